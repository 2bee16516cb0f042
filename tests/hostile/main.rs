//! Everything that comes from outside and means ill, through the real path (fetch → extract), each
//! document in a process of its own that tells what it took. `docs/RELIABILITY.md` has the table.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test may stop at once, and this one prints its figures"
)]
#![allow(unreachable_pub, reason = "a test binary has no outside")]

mod beside;
mod documents;
mod names;
mod probe;
mod rows;
mod server;
