//! What a mail says and how it leaves.

mod bundles;
mod hostile;
mod mime;
mod settings;
mod snapshots;
