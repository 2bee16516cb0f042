//! What `canhtin demo` runs the real program on: a small web on loopback, in Vietnamese and of
//! our own writing, and an SMTP inbox. Tests use the same servers with pages of their own.

pub mod inbox;
pub mod site;

mod web;

pub use inbox::Inbox;
pub use site::Site;
