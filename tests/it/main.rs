//! The real binary against real servers on loopback.

mod check;
mod daemon;
mod demo;
mod helpers;
mod kill;
mod matching;
mod once;
