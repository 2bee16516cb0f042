//! What `canhtin demo` runs the real program on: a small web on loopback, in Vietnamese and of
//! our own writing. Tests use the same server with pages of their own.

pub mod site;

mod web;
