//! What must never be forgotten: alerts and their stories, the outbox, the audit trail.
//!
//! The port and its only implementation so far, SQLite with a write-ahead log and
//! `synchronous=FULL`: what a call has returned from survives a power cut. The statements keep
//! to what PostgreSQL also understands, and no type of the driver leaves the room.
//!
//! A hit passes through it like this: [`Ledger::admit`] → its groups wait → [`Ledger::close_due`]
//! freezes a group into a mail → [`Ledger::claim`], [`Ledger::keep_composed`] →
//! [`Ledger::sent`], [`Ledger::postpone`] or [`Ledger::hold`].

mod admit;
mod ailments;
mod audit;
mod backup;
mod claim;
mod close;
mod deliver;
mod erase;
mod error;
mod fingerprints;
mod forget;
mod group;
mod hits;
mod notices;
mod open;
mod open_groups;
mod overview;
mod salvage;
mod seal;
#[cfg(test)]
mod tests;
mod told;
mod verdict;
mod verify;
mod week;

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::sqlite::SqlitePool;
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::alert::{Alert, Content, Dispatch, Mute};

pub use crate::alert::{UnknownVerdict, Verdict};
pub use ailments::Ailment;
pub use audit::AuditRecord;
pub use backup::{
    BackedUp, Backup, Fit, Restored, back_up_file, backups, fit_backup, prune, restore,
};
pub use claim::Compose;
pub use close::RecipientsOf;
pub use deliver::Delay;
pub use erase::Forgotten;
pub use error::LedgerError;
pub use forget::PageForgotten;
pub use hits::{HitFilter, HitPlace, HitRecord, MailOfHit, Named};
pub use open_groups::{Change, Waiting};
pub use verdict::{Recorded, RulePrecision, Ruled, Ruling, Target, Way};
pub use verify::{Finding, Inspection, inspect_file};
pub use week::Happened;

/// The ledger. Clones share it.
#[derive(Debug, Clone)]
pub struct Ledger {
    /// One connection: SQLite has one writer at a time.
    writer: SqlitePool,
    readers: SqlitePool,
    turn: Arc<Mutex<()>>,
}

/// While it is held nobody else takes a turn: see [`Ledger::turn`].
pub type Turn = OwnedMutexGuard<()>;

/// An alert with where it goes; without dispatches it is only recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admission {
    /// The alert.
    pub alert: Alert,
    /// At most one counts for each receiver.
    pub dispatches: Vec<Dispatch>,
    /// What keeps it from going anywhere.
    pub muted: Option<Mute>,
}

/// What became of admissions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Admitted {
    /// Ids of the alerts that were not known before.
    pub new: Vec<String>,
    /// How many were known: they are recorded once and dispatched once.
    pub known: usize,
}

/// To whom a receiver's mails go.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recipients {
    /// Mail addresses; each gets a delivery of its own.
    pub to: Vec<String>,
    /// Mails made within any hour; `None` for as many as there are.
    pub max_per_hour: Option<usize>,
}

/// What became of due groups.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Closed {
    /// Message-IDs of the mails that were made, without angle brackets.
    pub mails: Vec<String>,
    /// Receivers that have no recipients any more. Their groups stay open and are looked at
    /// again after [`ORPHAN_WAIT`].
    pub orphans: Vec<String>,
}

/// A delivery that is being made by whoever claimed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// Message-ID of the mail, without angle brackets.
    pub mail: String,
    /// The one address that this delivery is for.
    pub recipient: String,
    /// Since when it is tried.
    pub queued: Timestamp,
    /// How often it has been tried, this time included.
    pub attempts: u32,
    /// The bytes of the mail; `None` until it is composed.
    pub raw: Option<Vec<u8>>,
    /// What to compose it from.
    pub content: Content,
}

/// How far a delivery has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryState {
    /// Waits for its next attempt.
    Queued,
    /// Is being sent.
    Sending,
    /// The server has taken it.
    Sent,
    /// Refused for good, or tried for too long: someone must look at it.
    Held,
}

/// The ledger in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Overview {
    /// Alerts that assert a rumour.
    pub alerts: u64,
    /// Hits that refute one.
    pub refutations: u64,
    /// Stories with at least one asserting alert.
    pub stories: u64,
    /// Groups that wait to become a mail.
    pub waiting_groups: u64,
    /// Deliveries that wait for their next attempt.
    pub queued: u64,
    /// Those among them that failed at least once.
    pub delayed: u64,
    /// Deliveries under way.
    pub sending: u64,
    /// Deliveries that someone must look at.
    pub held: u64,
    /// Alerts that the settings muted: recorded, mailed to nobody.
    #[serde(default)]
    pub muted: u64,
    /// Deliveries made.
    pub sent: u64,
    /// When the oldest mail that still waits was closed.
    pub oldest_queued: Option<Timestamp>,
    /// When a mail was last taken by its server.
    pub last_sent: Option<Timestamp>,
    /// When the newest alert was seen.
    pub last_alert: Option<Timestamp>,
}

/// A delivery that has not been made yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueRow {
    /// Message-ID of the mail, without angle brackets.
    pub mail: String,
    /// Receiver name.
    pub receiver: String,
    /// The address.
    pub recipient: String,
    /// The subject, once it is composed.
    pub subject: Option<String>,
    /// How far it has come.
    pub state: DeliveryState,
    /// How often it has been tried.
    pub attempts: u32,
    /// When the mail was closed.
    pub closed: Timestamp,
    /// When it is tried next; `None` if it is held.
    pub next_attempt: Option<Timestamp>,
    /// What the server, or the network, last said.
    pub last_reply: Option<String>,
}

/// How long a group without recipients waits before it is looked at again.
pub const ORPHAN_WAIT: std::time::Duration = std::time::Duration::from_secs(600);

impl Ledger {
    /// Opens the ledger at `path`, or begins it where there was none.
    ///
    /// A damaged file is set aside as `<stem>.broken-<UTC time>.<extension>`, with its journal,
    /// and nothing is put in its place: neither now nor at the next opening. Restoring a backup
    /// mends it, or [`Ledger::begin_anew`].
    ///
    /// # Errors
    /// [`LedgerError`] says which of these it is, and what mends it.
    pub async fn open(path: &Path, now: Timestamp) -> Result<Self, LedgerError> {
        open::open(path, now, open::Beginning::OnlyAtFirst).await
    }

    /// As [`Ledger::open`], but begins an empty ledger also where a broken one was set aside.
    /// Only for someone who has decided that.
    ///
    /// # Errors
    /// As [`Ledger::open`].
    pub async fn begin_anew(path: &Path, now: Timestamp) -> Result<Self, LedgerError> {
        open::open(path, now, open::Beginning::Anew).await
    }

    /// Opens a ledger that another process may be working with: it must be there, and it is
    /// neither examined nor set aside.
    ///
    /// # Errors
    /// When it is not there, is of another program or version, or cannot be read.
    pub async fn join(path: &Path) -> Result<Self, LedgerError> {
        open::join(path).await
    }

    /// For whoever reads what was told, decides on it and writes that down: no group is closed
    /// and nothing is routed in between by another that takes turns.
    pub async fn turn(&self) -> Turn {
        Arc::clone(&self.turn).lock_owned().await
    }

    /// Waits for what is under way and closes the file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// A transaction that takes the write lock at once: one that began by reading could be
    /// refused the lock later.
    async fn begin(&self) -> Result<Transaction, LedgerError> {
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }
}

type Transaction = sqlx::Transaction<'static, sqlx::Sqlite>;

/// A time as the ledger keeps it: milliseconds since 1970.
fn millis(time: Timestamp) -> i64 {
    time.as_millisecond()
}

/// A time that the ledger kept.
fn time(millis: i64) -> Result<Timestamp, LedgerError> {
    Timestamp::from_millisecond(millis).map_err(|error| LedgerError::unreadable(error.to_string()))
}

/// A count that the ledger kept.
fn count<N: TryFrom<i64>>(number: i64) -> Result<N, LedgerError> {
    N::try_from(number).map_err(|_| LedgerError::unreadable(format!("a count of {number}")))
}

fn to_json(value: &impl Serialize) -> Result<String, LedgerError> {
    serde_json::to_string(value).map_err(|error| LedgerError::Failed {
        detail: error.to_string(),
    })
}

fn from_json<T: for<'de> Deserialize<'de>>(json: &str) -> Result<T, LedgerError> {
    serde_json::from_str(json).map_err(|error| LedgerError::unreadable(error.to_string()))
}
