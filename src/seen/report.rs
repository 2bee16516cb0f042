//! What the memory tells people: notices at opening, and why it cannot be used.

use std::io;
use std::path::PathBuf;

use crate::message::Message;

/// Something out of the ordinary that happened at opening and was mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The database did not open; it was moved and a fresh one begun.
    SetAside {
        /// Where it lies now.
        to: PathBuf,
        /// What was wrong with it, for operators.
        why: String,
    },
    /// A half-written snapshot, left by a kill during an earlier opening, was removed.
    LeftoverRemoved {
        /// The removed file.
        file: PathBuf,
    },
}

/// Why the memory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SeenError {
    /// Another process holds it open.
    #[error("another canhtin is running (it holds {})", lock.display())]
    Running {
        /// The lock file.
        lock: PathBuf,
    },
    /// The disk refuses: full, read-only, no permission.
    #[error("{}: {source}", path.display())]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The open database failed at a call. It is set aside at the next opening.
    #[error("the memory of seen items failed: {0}")]
    Failed(String),
}

impl SeenError {
    /// What happened, for people.
    #[must_use]
    pub fn what(&self) -> Message {
        match self {
            Self::Running { lock } => Message::new("seen-running").with("lock", lock.display()),
            Self::Disk { path, source } => Message::new("seen-disk")
                .with("path", path.display())
                .with("detail", source),
            Self::Failed(detail) => Message::new("seen-failed").with("detail", detail),
        }
    }

    /// What to do about it, for people.
    #[must_use]
    pub fn mend(&self) -> Message {
        Message::new(match self {
            Self::Running { .. } => "seen-running-mend",
            Self::Disk { .. } => "seen-disk-mend",
            Self::Failed(_) => "seen-failed-mend",
        })
    }
}

impl From<sled::Error> for SeenError {
    fn from(error: sled::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

impl Notice {
    /// The notice, for people.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::SetAside { to, why } => Message::new("seen-set-aside")
                .with("to", to.display())
                .with("why", why),
            Self::LeftoverRemoved { file } => {
                Message::new("seen-leftover-removed").with("file", file.display())
            }
        }
    }
}
