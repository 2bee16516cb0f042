//! Feeds in the shapes they come in.
