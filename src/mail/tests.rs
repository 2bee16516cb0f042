//! What a mail says and how it leaves.
