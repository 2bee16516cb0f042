//! What the stores need now and then: backups, a look over every record, and that old things go.

use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::damage::mended;
use super::texts::Texts;
use super::world::World;
use super::{Clock, control};
use crate::config::Store;
use crate::ledger::{self, BackedUp, Inspection, Ledger, LedgerError};
use crate::mail::AnswerKey;
use crate::message::{Lang, Message};
use crate::seen;

/// How often it is looked whether something is due.
const TURN: Duration = Duration::from_secs(60);

/// How often the stores are looked over and old things deleted.
const DAY: Duration = Duration::from_secs(24 * 3600);

/// How long a backup that failed is not tried again.
const AFTER_FAILURE: Duration = Duration::from_secs(600);

/// How long the inspection rests after each few hundred records, so that it takes nothing from
/// the work: a million records take some two minutes more by it.
const PAUSE: Duration = Duration::from_millis(50);

/// How long reading the whole seen memory may take.
const SEEN_PATIENCE: Duration = Duration::from_secs(60);

/// How long the composed bytes of sent mails are kept; what they were composed from stays.
const SENT_BYTES: Duration = Duration::from_secs(30 * 24 * 3600);

/// How long an item that its source does not show any more is remembered.
const UNSEEN: Duration = Duration::from_secs(180 * 24 * 3600);

/// How the stores are.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Health {
    /// When they were looked over last, since the start.
    pub verified: Option<Timestamp>,
    /// What that brought.
    pub inspection: Option<Inspection>,
    /// When the newest backup was made.
    pub last_backup: Option<Timestamp>,
    /// How many backups there are.
    pub backups: usize,
    /// Why the last backup, or another task, failed; empty where all is well.
    pub failures: Vec<String>,
    /// Size of the ledger with its journal.
    pub ledger_bytes: u64,
    /// Size of the seen memory.
    pub seen_bytes: u64,
}

/// What looking both stores over brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verified {
    /// The ledger.
    pub ledger: Inspection,
    /// Items in the seen memory.
    pub seen_items: usize,
    /// What is wrong with the seen memory, if anything.
    pub seen_failure: Option<String>,
}

/// The tasks, and how the last ones went.
#[derive(Debug, Default)]
pub(super) struct Upkeep {
    health: Mutex<Health>,
}

impl Upkeep {
    /// Does what is due until `stop` is set.
    pub(super) async fn run(
        &self,
        world: &World,
        settings: impl Fn() -> (Store, Lang),
        clock: Clock,
        stop: &CancellationToken,
    ) {
        let (mut next_day, mut next_backup) = (None, None);
        while !stop.is_cancelled() {
            let ((store, lang), began) = (settings(), tokio::time::Instant::now());
            if next_backup.is_none_or(|next| next <= began) {
                next_backup = match back_up_if_due(&world.ledger, &store, clock()).await {
                    Ok(_) => None,
                    Err(failure) => {
                        error!(error = %failure, "no backup: {failure}");
                        self.note("backup", Some(failure.to_string()));
                        Some(began + AFTER_FAILURE)
                    }
                };
                if next_backup.is_none() {
                    self.note("backup", None);
                }
            }
            if next_day.is_none_or(|next| next <= began) {
                next_day = Some(began + DAY);
                let daily = self.daily(world, &store, lang, clock);
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = daily => {}
                }
            }
            let turn = match store.backup_every.is_zero() {
                true => TURN,
                false => TURN.min(store.backup_every).max(Duration::from_secs(1)),
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(turn) => {}
            }
        }
    }

    /// The inspection first: what is damaged is told before anything is deleted beside it.
    async fn daily(&self, world: &World, store: &Store, lang: Lang, clock: Clock) {
        let verified = verify(world, true, PAUSE).await;
        match verified {
            Ok(verified) => {
                let inspection = mended(world, store, verified.ledger, lang, clock()).await;
                if inspection.is_sound() {
                    info!(records = inspection.records, "the ledger is sound");
                } else {
                    error!(found = inspection.found, "the ledger is damaged");
                }
                self.note("seen", verified.seen_failure);
                let mut health = self.lock();
                health.verified = Some(clock());
                health.inspection = Some(inspection);
            }
            Err(failure) => self.note("verify", Some(failure.to_string())),
        }
        let forgotten = forget_old(world, store, clock()).await;
        if let Err(failure) = &forgotten {
            warn!(error = %failure, "old things could not be deleted: {failure}");
        }
        self.note("retention", forgotten.err());
    }

    /// How the stores are now.
    pub(super) fn health(&self, store: &Store) -> Health {
        let lock = self.lock();
        Health {
            verified: lock.verified,
            inspection: lock.inspection.clone(),
            failures: lock.failures.clone(),
            ..measure(store)
        }
    }

    /// Notes how a task ended.
    fn note(&self, task: &str, failure: Option<String>) {
        let prefix = format!("{task}: ");
        let mut health = self.lock();
        health.failures.retain(|noted| !noted.starts_with(&prefix));
        if let Some(failure) = failure {
            health.failures.push(format!("{prefix}{failure}"));
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Health> {
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What can be told of the stores from their folder alone.
#[must_use]
pub fn measure(store: &Store) -> Health {
    let size = |path: &Path| std::fs::metadata(path).map_or(0, |file| file.len());
    let mut journal = store.ledger().into_os_string();
    journal.push("-wal");
    let of_seen = std::fs::read_dir(store.seen()).into_iter().flatten();
    let backups = ledger::backups(&store.backup_dir()).unwrap_or_default();
    Health {
        ledger_bytes: size(&store.ledger()) + size(Path::new(&journal)),
        seen_bytes: of_seen
            .filter_map(|entry| entry.ok()?.metadata().ok())
            .map(|file| file.len())
            .sum(),
        last_backup: backups.first().map(|backup| backup.at),
        backups: backups.len(),
        ..Health::default()
    }
}

/// Makes a backup where the newest one is old enough, and deletes those beyond the number that is
/// kept.
///
/// # Errors
/// When the disk refuses, or the ledger is torn.
pub async fn back_up_if_due(
    ledger: &Ledger,
    store: &Store,
    now: Timestamp,
) -> Result<Option<BackedUp>, LedgerError> {
    if store.backup_every.is_zero() {
        return Ok(None);
    }
    let dir = store.backup_dir();
    if let Some(newest) = ledger::backups(&dir)?.first() {
        let age = now.duration_since(newest.at);
        // One from the future was made before the clock was set back.
        if !age.is_negative() && age.unsigned_abs() < store.backup_every {
            return Ok(None);
        }
    }
    // The key first: a new backup of the ledger ends the trying, a failure noted with it.
    std::fs::create_dir_all(&dir)?;
    AnswerKey::back_up(&store.dir, &dir)?;
    let made = ledger.back_up(&dir, now).await?;
    ledger::prune(&dir, store.backups)?;
    info!(path = %made.path.display(), "backed up");
    Ok(Some(made))
}

/// Looks both stores over while they are in use.
///
/// # Errors
/// When the ledger cannot be read for another reason than damage.
pub async fn verify(world: &World, audit: bool, pause: Duration) -> Result<Verified, LedgerError> {
    let ledger = world.ledger.inspect(audit, pause).await?;
    let seen = world.seen.clone();
    let looked = tokio::task::spawn_blocking(move || seen.inspect(SEEN_PATIENCE)).await;
    let (seen_items, seen_failure) = match looked {
        Ok(Ok(stats)) => (stats.items, None),
        Ok(Err(error)) => (0, Some(error.to_string())),
        Err(panic) => (0, Some(panic.to_string())),
    };
    Ok(Verified {
        ledger,
        seen_items,
        seen_failure,
    })
}

/// Deletes what is older than the settings allow, in every store.
async fn forget_old(world: &World, store: &Store, now: Timestamp) -> Result<(), String> {
    let before = |age: Duration| now.checked_sub(age).unwrap_or(Timestamp::MIN);
    let words = |error: LedgerError| error.to_string();
    let ledger = &world.ledger;
    let forgotten = ledger
        .forget_before(before(store.retention), now)
        .await
        .map_err(words)?;
    let bytes = SENT_BYTES.min(store.retention);
    let dropped = ledger.drop_sent_bytes(before(bytes)).await.map_err(words)?;
    let (seen, dir, texts) = (
        world.seen.clone(),
        store.seen(),
        Texts::new(&store.dir, store.keep_texts),
    );
    let unseen = before(UNSEEN);
    let blocking = move || -> io::Result<u64> {
        texts.forget_old(now)?;
        seen::forget_broken(&dir, now)?;
        seen.forget_unseen(unseen).map_err(io::Error::other)
    };
    let items = match tokio::task::spawn_blocking(blocking).await {
        Ok(ended) => ended.map_err(|error| error.to_string())?,
        Err(panic) => return Err(panic.to_string()),
    };
    info!(
        alerts = forgotten.alerts,
        mails = forgotten.mails,
        stories = forgotten.stories,
        items,
        dropped,
        "old things deleted"
    );
    Ok(())
}

/// What is wrong with the stores, for people.
#[must_use]
pub fn complaints(health: &Health) -> Vec<Message> {
    let found = health.inspection.iter().flat_map(|i| &i.findings);
    let mut complaints: Vec<Message> = found.map(ledger::Finding::message).collect();
    if !complaints.is_empty() {
        complaints.push(Message::new("ledger-found-mend"));
    }
    complaints.extend(
        health
            .failures
            .iter()
            .map(|detail| Message::new("daemon-upkeep-failed").with("detail", detail)),
    );
    complaints
}

/// Answers what the command line asks about the stores.
pub async fn answer(
    world: &World,
    request: &control::Request,
    now: Timestamp,
) -> serde_json::Value {
    let ledger = &world.ledger;
    let answer = match request {
        control::Request::Verify { audit } => match verify(world, *audit, Duration::ZERO).await {
            Ok(verified) => serde_json::to_value(verified).map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        },
        control::Request::Retry { mail } => ledger
            .requeue_held(mail.as_deref(), now)
            .await
            .map(|done| serde_json::json!({ "done": done }))
            .map_err(|error| error.to_string()),
        control::Request::Drop { mail } => ledger
            .drop_deliveries(mail, now)
            .await
            .map(|done| serde_json::json!({ "done": done }))
            .map_err(|error| error.to_string()),
        control::Request::Status | control::Request::Reload | control::Request::Forget { .. } => {
            Err("not about stores alone".to_owned())
        }
    };
    answer.unwrap_or_else(|error| serde_json::json!({ "error": error }))
}

#[cfg(test)]
mod tests;
