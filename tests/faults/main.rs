//! Faults of the machine under the real binary: damaged stores, full and read-only disks, few
//! descriptors, signals at bad moments. `docs/RELIABILITY.md` tells which promise each one keeps.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test may stop at once"
)]
#![allow(unreachable_pub, reason = "a test binary has no outside")]

#[path = "../it/helpers.rs"]
#[allow(dead_code, reason = "shared with the other test program")]
mod helpers;

mod clocks;
mod damage;
mod limits;
mod names;
mod points;
mod power;
mod reloads;
mod signals;
mod support;
