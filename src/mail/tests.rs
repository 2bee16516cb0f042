//! What a mail says and how it leaves.

mod answers;
pub(super) mod bundles;
mod hostile;
mod mime;
mod reports;
mod settings;
mod snapshots;
