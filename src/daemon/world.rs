//! What a running canhtin holds: the two memories, and the snapshot of all settings that one
//! pass works with from its beginning to its end.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Semaphore;

use super::robots::KeptRobots;
use super::tellings;
use crate::config::{Config, Store};
use crate::extract;
use crate::fetch::{Fetcher, FetcherError, RobotsMemory};
use crate::ledger::{Ledger, LedgerError};
use crate::mail::{Transport, TransportError};
use crate::message::Message;
use crate::scan::Scanner;
use crate::seen::{Notice, Seen, SeenError};
use crate::source::Source;

/// How long a damaged or hanging seen memory is waited for at the start.
const SEEN_DEADLINE: Duration = Duration::from_secs(8);

/// The memories, open.
#[derive(Debug)]
pub struct World {
    /// What has been seen; may be forgotten.
    pub seen: Seen,
    /// What must never be forgotten.
    pub ledger: Ledger,
    /// What sites said in their `robots.txt`; lies in `seen`.
    pub robots: Arc<dyn RobotsMemory>,
}

/// Settings with all that is built of them, immutable: a reload builds another and swaps it in.
#[derive(Debug)]
pub struct Snapshot {
    /// The settings.
    pub config: Config,
    /// What is watched.
    pub sources: Vec<Arc<Source>>,
    /// The rules, ready to scan.
    pub scanner: Arc<Scanner>,
    /// The way to the web.
    pub fetcher: Arc<Fetcher>,
    /// The way mails leave.
    pub transport: Transport,
    /// Bounds how many documents are parsed or scanned at once.
    pub parsers: Semaphore,
}

/// Why canhtin cannot begin its work.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The seen memory.
    #[error(transparent)]
    Seen(#[from] SeenError),
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The HTTP client.
    #[error(transparent)]
    Fetcher(#[from] FetcherError),
    /// The mail transport.
    #[error(transparent)]
    Mail(#[from] TransportError),
    /// The store's folder.
    #[error("{}: {error}", .dir.display())]
    Folder {
        /// The folder.
        dir: PathBuf,
        /// What went wrong.
        error: std::io::Error,
    },
}

impl Snapshot {
    /// Builds all that can fail before anything live is touched. The fetcher of the snapshot
    /// before is kept where its settings are the same, and with it the gaps between requests.
    ///
    /// # Errors
    /// When the HTTP client or the mail transport cannot be set up.
    pub fn build(mut config: Config, before: Option<&Self>) -> Result<Self, StartError> {
        let fetcher = match before {
            Some(before) if before.config.fetch == config.fetch => Arc::clone(&before.fetcher),
            _ => Arc::new(Fetcher::new(&config.fetch)?),
        };
        let sources = std::mem::take(&mut config.sources);
        Ok(Self {
            sources: sources.into_iter().map(Arc::new).collect(),
            scanner: Arc::new(Scanner::new(Arc::clone(&config.rulebook))),
            fetcher,
            transport: Transport::new(&config.mail)?,
            parsers: Semaphore::new(
                2 * std::thread::available_parallelism().map_or(1, usize::from),
            ),
            config,
        })
    }

    /// What reading a document may take, and the time zone of dates without one.
    #[must_use]
    pub fn limits(&self) -> extract::Limits {
        extract::Limits::new(self.config.office.tz.clone())
    }
}

impl World {
    /// Opens both memories in the store's folder, which is made if missing. Blocks for the seen
    /// memory at most eight seconds.
    ///
    /// # Errors
    /// When another canhtin has them open, the disk refuses, or the ledger is damaged.
    pub async fn open(store: &Store, now: Timestamp) -> Result<(Self, Vec<Message>), StartError> {
        std::fs::create_dir_all(&store.dir).map_err(|error| StartError::Folder {
            dir: store.dir.clone(),
            error,
        })?;
        // The seen memory's lock keeps a second canhtin from the ledger, too.
        let opened = Seen::open(&store.seen(), SEEN_DEADLINE, now)?;
        let ledger = Ledger::open(&store.ledger(), now).await?;
        tellings::restore(&opened.seen, &ledger).await?;
        let notices = opened.notices.iter().map(Notice::message).collect();
        let world = Self {
            robots: KeptRobots::shared(opened.seen.clone(), Timestamp::now),
            seen: opened.seen,
            ledger,
        };
        Ok((world, notices))
    }
}
