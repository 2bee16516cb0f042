//! The real binary against real servers on loopback.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at once"
)]
#![allow(unreachable_pub, reason = "a test binary has no outside")]

mod check;
mod claims;
mod daemon;
mod day;
mod demo;
mod explain;
mod feeds;
mod follow;
mod forum;
mod helpers;
mod kill;
mod matching;
mod once;
mod privacy;
mod replay;
mod robots;
mod sources;
mod store;
mod stories;
mod usage;
mod verdicts;
