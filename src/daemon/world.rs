//! What a running canhtin holds: the two memories, and the snapshot of all settings that one
//! pass works with from its beginning to its end.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use super::follow::Tries;
use super::health::Health;
use super::lanes::Lanes;
use super::robots::KeptRobots;
use super::{notices, owner, tellings};
use crate::alert::Matter;
use crate::config::{Config, Store};
use crate::extract;
use crate::failpoint::{self, Point};
use crate::fetch::{Fetcher, FetcherError, RobotsMemory};
use crate::ledger::{self, Fit, Ledger, LedgerError, Restored};
use crate::mail::{AnswerKey, Transport, TransportError};
use crate::message::Message;
use crate::scan::Scanner;
use crate::seen::{self, Notice, Seen, SeenError};
use crate::source::Source;

/// The memories, open.
#[derive(Debug)]
pub struct World {
    /// What has been seen; may be forgotten.
    pub seen: Seen,
    /// What must never be forgotten.
    pub ledger: Ledger,
    /// What is wrong with sources, as told to the admins.
    pub health: Health,
    /// What sites said in their `robots.txt`; lies in `seen`.
    pub robots: Arc<dyn RobotsMemory>,
    /// Pages of articles that were asked for in vain.
    pub tries: Tries,
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
    /// Bounds how many documents are parsed or scanned at once; outlives a reload.
    pub lanes: Arc<Lanes>,
    /// How many different hosts the sources are on.
    pub hosts: usize,
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
    /// Root would leave files in the store's folder that its owner cannot open.
    #[error("{}: it belongs to uid {owner}", .dir.display())]
    Foreign {
        /// The folder.
        dir: PathBuf,
        /// Whose it is.
        owner: u32,
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
        let lanes = before.map_or_else(Arc::default, |before| Arc::clone(&before.lanes));
        let ids: HashSet<&str> = sources.iter().map(|source| &*source.id).collect();
        lanes.retain(|source| ids.contains(source));
        let hosts: HashSet<_> = sources.iter().map(|source| source.url.host_str()).collect();
        let hosts = hosts.len();
        // Collected, they would keep the far larger room of the list they come from.
        let mut shared = Vec::with_capacity(sources.len());
        shared.extend(sources.into_iter().map(Arc::new));
        Ok(Self {
            hosts,
            sources: shared,
            scanner: Arc::new(Scanner::new(Arc::clone(&config.rulebook))),
            fetcher,
            transport: Transport::new(&config.mail)?,
            lanes,
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
    /// memory three to eight seconds at most, by its size.
    ///
    /// A lost ledger (damaged, or missing beside backups) is replaced by its newest fit backup;
    /// what came after that is read again from the pages, so that its alerts come once more at
    /// worst. The notices say so.
    ///
    /// # Errors
    /// When another canhtin has them open, the disk refuses, the folder belongs to another account
    /// than root, which this is, or the ledger is lost and there is no backup.
    pub async fn open(store: &Store, now: Timestamp) -> Result<(Self, Vec<Message>), StartError> {
        owner::make_folder(&store.dir)?;
        // The seen memory's lock keeps a second canhtin from the ledger, too.
        let opened = Seen::open(&store.seen(), seen::patience(&store.seen()), now)?;
        let mut notices: Vec<Message> = opened.notices.iter().map(Notice::message).collect();
        let (ledger, restored) = open_ledger(store, &opened.seen, now).await?;
        if let Some((lost, restored)) = &restored {
            notices.extend([lost.what(), restored_notice(restored)]);
        }
        tell_admins(&ledger, &opened.notices, restored.as_ref(), now).await;
        tellings::restore(&opened.seen, &ledger).await?;
        let world = Self {
            robots: KeptRobots::shared(opened.seen.clone(), Timestamp::now),
            tries: Tries::default(),
            seen: opened.seen,
            health: Health::load(&ledger).await?,
            ledger,
        };
        Ok((world, notices))
    }
}

/// What was set aside is told by mail, too.
async fn tell_admins(
    ledger: &Ledger,
    seen: &[Notice],
    restored: Option<&(LedgerError, Restored)>,
    now: Timestamp,
) {
    let of_seen = seen.iter().filter_map(|notice| match notice {
        Notice::SetAside { to, .. } => Some(("seen", to.clone())),
        Notice::LeftoverRemoved { .. } => None,
    });
    let of_ledger = restored.map(|(lost, restored)| match lost {
        LedgerError::Damaged {
            set_aside: Some(to),
            ..
        } => ("ledger", to.clone()),
        _ => ("ledger", restored.from.clone()),
    });
    for (which, path) in of_seen.chain(of_ledger) {
        let matter = Matter::StoreSetAside {
            which: which.to_owned(),
            path: path.display().to_string(),
        };
        notices::tell(ledger, format!("set-aside:{which}:{now}"), now, matter).await;
    }
}

async fn open_ledger(
    store: &Store,
    seen: &Seen,
    now: Timestamp,
) -> Result<(Ledger, Option<(LedgerError, Restored)>), StartError> {
    let lost = match ledger_or_lost(store, now).await {
        Ok(ledger) => return Ok((ledger, None)),
        Err(error) if error.is_lost() => error,
        Err(error) => return Err(error.into()),
    };
    let backup = match ledger::fit_backup(&store.backup_dir()).await {
        Ok(backup) => backup,
        Err(LedgerError::NoBackup { .. }) => return Err(lost.into()),
        Err(error) => return Err(error.into()),
    };
    let restored = put_back(store, seen, backup, now).await?;
    let ledger = Ledger::open(&store.ledger(), now).await?;
    Ok((ledger, Some((lost, restored))))
}

/// Opens the ledger; one that is missing beside backups of it is lost, too.
async fn ledger_or_lost(store: &Store, now: Timestamp) -> Result<Ledger, LedgerError> {
    let path = store.ledger();
    if let Some(newest) = ledger::backups(&store.backup_dir())?.into_iter().next()
        && !path.try_exists()?
    {
        return Err(LedgerError::Missing {
            path,
            broken: newest.path,
        });
    }
    Ledger::open(&path, now).await
}

/// Puts a backup in the ledger's place. What has been seen since is forgotten first: a kill in
/// between costs work, no alert.
///
/// # Errors
/// When the seen memory or the disk refuses.
pub async fn put_back(
    store: &Store,
    seen: &Seen,
    backup: Fit,
    now: Timestamp,
) -> Result<Restored, StartError> {
    let (seen, since) = (seen.clone(), backup.at);
    let rewound = tokio::task::spawn_blocking(move || seen.rewind(since)).await;
    rewound.map_err(|panic| SeenError::Failed(panic.to_string()))??;
    failpoint::reach(Point::RestoreRewound);
    if let Some(dir) = backup.path.parent() {
        AnswerKey::restore(dir, &store.dir, now).map_err(LedgerError::from)?;
    }
    Ok(ledger::restore(&store.ledger(), backup, now).await?)
}

/// That a backup took the ledger's place, for people.
#[must_use]
pub fn restored_notice(restored: &Restored) -> Message {
    Message::new("ledger-restored")
        .with("from", restored.from.display())
        .with("at", restored.at.strftime("%Y-%m-%d %H:%M:%S UTC"))
}
