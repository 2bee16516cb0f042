//! Why the ledger cannot be used.

use std::io;
use std::path::PathBuf;

use sqlx::migrate::MigrateError;

use crate::message::Message;

/// Why the ledger cannot be used. The driver's own errors stay inside the room.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// Its file is damaged. When that shows at opening, the file has been set aside; nothing is
    /// put in its place.
    #[error("the ledger is damaged: {detail}")]
    Damaged {
        /// Where the damaged file lies now; `None` if it still lies in its place.
        set_aside: Option<PathBuf>,
        /// What SQLite says.
        detail: String,
    },
    /// There is no ledger, but a broken one lies beside its place.
    #[error("the ledger {} is missing, and a broken one lies beside it", path.display())]
    Missing {
        /// Where the ledger should be.
        path: PathBuf,
        /// The newest broken one.
        broken: PathBuf,
    },
    /// A backup is damaged, or none.
    #[error("the backup {} is not fit: {detail}", path.display())]
    BadBackup {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// There is no backup that is fit.
    #[error("no fit backup in {}", dir.display())]
    NoBackup {
        /// Where it was looked for.
        dir: PathBuf,
    },
    /// The file is something else.
    #[error("{} is not a ledger of canhtin", path.display())]
    NotOurs {
        /// The file.
        path: PathBuf,
    },
    /// A newer canhtin has changed its schema.
    #[error("the ledger {} was written by a newer canhtin", path.display())]
    TooNew {
        /// The file.
        path: PathBuf,
    },
    /// The disk refuses: full, read-only, no permission, input/output error.
    #[error("the ledger cannot be written: {detail}")]
    Disk {
        /// What the system says.
        detail: String,
    },
    /// Another process holds it for too long.
    #[error("another process holds the ledger for too long")]
    Busy,
    /// Anything else.
    #[error("the ledger failed: {detail}")]
    Failed {
        /// What the driver says.
        detail: String,
    },
}

impl LedgerError {
    /// Whether the ledger is gone from its place, and only a backup or a decision helps.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        matches!(
            self,
            Self::Damaged {
                set_aside: Some(_),
                ..
            } | Self::Missing { .. }
        )
    }

    /// What happened, for people.
    #[must_use]
    pub fn what(&self) -> Message {
        match self {
            Self::Damaged {
                set_aside: Some(to),
                detail,
            } => Message::new("ledger-damaged-set-aside")
                .with("detail", detail)
                .with("to", to.display()),
            Self::Damaged { detail, .. } => Message::new("ledger-damaged").with("detail", detail),
            Self::Missing { path, broken } => Message::new("ledger-missing")
                .with("path", path.display())
                .with("broken", broken.display()),
            Self::BadBackup { path, detail } => Message::new("ledger-bad-backup")
                .with("path", path.display())
                .with("detail", detail),
            Self::NoBackup { dir } => Message::new("ledger-no-backup").with("dir", dir.display()),
            Self::NotOurs { path } => Message::new("ledger-not-ours").with("path", path.display()),
            Self::TooNew { path } => Message::new("ledger-too-new").with("path", path.display()),
            Self::Disk { detail } => Message::new("ledger-disk").with("detail", detail),
            Self::Busy => Message::new("ledger-busy"),
            Self::Failed { detail } => Message::new("ledger-failed").with("detail", detail),
        }
    }

    /// What to do about it, for people.
    #[must_use]
    pub fn mend(&self) -> Message {
        Message::new(match self {
            Self::Damaged { .. } | Self::Missing { .. } => "ledger-damaged-mend",
            Self::BadBackup { .. } | Self::NoBackup { .. } => "ledger-bad-backup-mend",
            Self::NotOurs { .. } => "ledger-not-ours-mend",
            Self::TooNew { .. } => "ledger-too-new-mend",
            Self::Disk { .. } => "ledger-disk-mend",
            Self::Busy => "ledger-busy-mend",
            Self::Failed { .. } => "ledger-failed-mend",
        })
    }

    /// A stored value that cannot be what was written.
    pub(super) fn unreadable(detail: impl Into<String>) -> Self {
        Self::Damaged {
            set_aside: None,
            detail: detail.into(),
        }
    }
}

impl From<sqlx::Error> for LedgerError {
    fn from(error: sqlx::Error) -> Self {
        let detail = error.to_string();
        match &error {
            sqlx::Error::Database(database) => {
                let code = database.code().and_then(|code| code.parse::<i32>().ok());
                of_code(code.unwrap_or_default(), detail)
            }
            sqlx::Error::Io(_) => Self::Disk { detail },
            sqlx::Error::PoolTimedOut => Self::Busy,
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => Self::unreadable(detail),
            _ => Self::Failed { detail },
        }
    }
}

impl From<io::Error> for LedgerError {
    fn from(error: io::Error) -> Self {
        Self::Disk {
            detail: error.to_string(),
        }
    }
}

impl From<MigrateError> for LedgerError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
            error => Self::Failed {
                detail: error.to_string(),
            },
        }
    }
}

/// By SQLite's result code, <https://sqlite.org/rescode.html>: the low byte is the primary one.
fn of_code(code: i32, detail: String) -> LedgerError {
    const BUSY: i32 = 5;
    const LOCKED: i32 = 6;
    const PERM: i32 = 3;
    const READONLY: i32 = 8;
    const IOERR: i32 = 10;
    const CORRUPT: i32 = 11;
    const FULL: i32 = 13;
    const CANTOPEN: i32 = 14;
    const NOTADB: i32 = 26;
    const IOERR_SHORT_READ: i32 = IOERR | (2 << 8);
    match code & 0xff {
        CORRUPT | NOTADB => LedgerError::unreadable(detail),
        IOERR if code == IOERR_SHORT_READ => LedgerError::unreadable(detail),
        PERM | READONLY | IOERR | FULL | CANTOPEN => LedgerError::Disk { detail },
        BUSY | LOCKED => LedgerError::Busy,
        _ => LedgerError::Failed { detail },
    }
}
