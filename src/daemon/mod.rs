//! The running of things: one pass over one source ([`pipeline`]), the outbox, the schedule,
//! and what surrounds them in a service ([`service`], `control`, `systemd`).

mod admission;
pub mod answers;
pub mod control;
mod damage;
mod disk;
mod follow;
pub mod forget;
pub mod further;
mod gather;
mod health;
mod identity;
mod lag;
pub mod lanes;
mod memory;
mod metrics;
pub mod notices;
pub mod outbox;
pub mod owner;
pub mod pipeline;
mod rhythm;
mod robots;
mod schedule;
pub mod service;
pub mod status;
mod systemd;
mod tellings;
pub mod texts;
mod understand;
pub mod upkeep;
mod watch;
pub mod world;

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::task::{Id, JoinSet};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use self::outbox::{Desk, Drained};
use self::pipeline::{End, Passed};
use self::schedule::Schedule;
use self::world::{Snapshot, World};
use crate::alert::Alert;
use crate::config::Config;
use crate::ledger::LedgerError;
use crate::mail::{self, AnswerKey};
use crate::source::Source;

/// Resident memory of this process in bytes; `None` where the system does not tell
/// (`/proc/self/status`, proc(5)).
fn memory_in_use() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib * 1024)
}

/// The clock, passed in from above.
pub type Clock = fn() -> Timestamp;

/// Passes over all sources, one of a host at a time, hosts that do not answer in places of their
/// own, so that they hold up nobody else; `each` hears of every pass as it ends. Ends early, with
/// fewer passes, when `stop` is set.
pub async fn pass_all(
    world: &Arc<World>,
    snapshot: &Arc<Snapshot>,
    clock: Clock,
    stop: &CancellationToken,
    each: impl FnMut(&Passed),
) -> Vec<Passed> {
    let mut schedule = once(snapshot);
    for source in &snapshot.sources {
        let state = world.seen.source_state(&source.id).unwrap_or_default();
        if schedule::was_silent(&state) {
            schedule.suspect(source);
        }
    }
    let world = Arc::clone(world);
    let one = move |snapshot: Arc<Snapshot>, source: Arc<Source>| {
        let world = Arc::clone(&world);
        async move {
            match pipeline::pass(&world, &snapshot, &source, clock()).await {
                Ok(passed) => (passed, Vec::new()),
                Err(error) => (unrecorded(&source, &error), Vec::new()),
            }
        }
    };
    all(snapshot, schedule, stop, one, each).await.0
}

/// Looks at all sources and records nothing; gives what would be told.
pub async fn look_all(
    snapshot: &Arc<Snapshot>,
    clock: Clock,
    stop: &CancellationToken,
    each: impl FnMut(&Passed),
) -> (Vec<Passed>, Vec<Alert>) {
    let one = move |snapshot: Arc<Snapshot>, source: Arc<Source>| async move {
        pipeline::look(&snapshot, &source, clock()).await
    };
    all(snapshot, once(snapshot), stop, one, each).await
}

/// All sources are due now.
fn once(snapshot: &Snapshot) -> Schedule {
    let mut schedule = Schedule::default();
    let (now, concurrency) = (Instant::now(), snapshot.config.fetch.concurrency);
    schedule.replace(&snapshot.sources, concurrency, now, |_| now);
    schedule
}

async fn all<F>(
    snapshot: &Arc<Snapshot>,
    mut schedule: Schedule,
    stop: &CancellationToken,
    one: impl Fn(Arc<Snapshot>, Arc<Source>) -> F,
    mut each: impl FnMut(&Passed),
) -> (Vec<Passed>, Vec<Alert>)
where
    F: Future<Output = (Passed, Vec<Alert>)> + Send + 'static,
{
    let mut passes = JoinSet::new();
    let mut under_way: HashMap<Id, Arc<str>> = HashMap::new();
    let (mut done, mut alerts) = (Vec::new(), Vec::new());
    loop {
        while let Some(source) = schedule.take_due(Instant::now()) {
            let id = Arc::clone(&source.id);
            let pass = passes.spawn(one(Arc::clone(snapshot), source));
            under_way.insert(pass.id(), id);
        }
        let ended = tokio::select! {
            ended = passes.join_next_with_id() => ended,
            () = stop.cancelled() => None,
        };
        let (task, passed) = match ended {
            Some(Ok((task, passed))) => (task, Some(passed)),
            Some(Err(panic)) => {
                error!(%panic, "pass");
                (panic.id(), None)
            }
            None => break,
        };
        if let Some(id) = under_way.remove(&task) {
            schedule.over(&id, passed.as_ref().map(|(passed, _)| &passed.end));
        }
        if let Some((passed, found)) = passed {
            each(&passed);
            done.push(passed);
            alerts.extend(found);
        }
    }
    // What is cut off here was not recorded, or is in the ledger: both are whole.
    passes.shutdown().await;
    let ids = snapshot.sources.iter().map(|source| &*source.id);
    let order: HashMap<&str, usize> = ids.zip(0..).collect();
    done.sort_by_key(|passed| order.get(&*passed.source).copied());
    (done, alerts)
}

/// A pass that the ledger could not record counts as failed: it will be made again.
fn unrecorded(source: &Source, error: &LedgerError) -> Passed {
    error!(%error, source = %source.id, "{}: not recorded: {error}", source.id);
    Passed {
        source: Arc::clone(&source.id),
        end: End::Unrecorded(error.to_string()),
        wait: source.every,
        line_back: false,
    }
}

/// Leads what waits for a mail by the snapshot's settings, as if it came in under them: for a
/// start and a reload.
///
/// # Errors
/// When the ledger cannot be read or written; then nothing was changed.
pub async fn lead_anew(
    world: &World,
    snapshot: &Snapshot,
    now: Timestamp,
) -> Result<(), LedgerError> {
    admission::lead_anew(&world.ledger, &snapshot.config.routing, now).await
}

/// The settings of mails with the key of the store's answers, where answers are taken. Without
/// the key, mails go out without links to answer by.
fn with_key(config: &Config) -> mail::Settings {
    let mut settings = config.mail.clone();
    if let Some(answers) = &mut settings.answers {
        match AnswerKey::of_store(&config.store.dir) {
            Ok(key) => answers.key = Some(key),
            Err(error) => warn!(%error, "the key of the answers cannot be read: {error}"),
        }
    }
    settings
}

/// Closes the groups that are due (all of them if `all`), then sends what is to be sent.
///
/// # Errors
/// When the ledger cannot be read or written.
pub async fn mail_out(
    world: &World,
    snapshot: &Snapshot,
    clock: Clock,
    all: bool,
    stop: &CancellationToken,
) -> Result<Drained, LedgerError> {
    let settings = with_key(&snapshot.config);
    let desk = close_mails(world, snapshot, &settings, clock, all).await?;
    outbox::drain_by_lanes(&desk, clock, stop).await
}

/// Closes the groups and the notices that are due, all of them if `all`.
async fn close_mails<'a>(
    world: &'a World,
    snapshot: &'a Snapshot,
    settings: &'a mail::Settings,
    clock: Clock,
    all: bool,
) -> Result<Desk<'a>, LedgerError> {
    let desk = Desk {
        ledger: &world.ledger,
        office: &snapshot.config.office,
        settings,
        transport: &snapshot.transport,
    };
    outbox::close_due(&desk, &snapshot.config.routing, clock(), all).await?;
    outbox::close_notices(&desk, &snapshot.config.admin, clock(), all).await?;
    Ok(desk)
}

/// The same for one lane of several that work side by side: sends until nothing is due, and calls
/// `more` for each mail, since others may be due beside it.
async fn mail_out_by_one(
    world: &World,
    snapshot: &Snapshot,
    clock: Clock,
    more: impl Fn(),
    stop: &CancellationToken,
) -> Result<Drained, LedgerError> {
    let settings = with_key(&snapshot.config);
    let desk = close_mails(world, snapshot, &settings, clock, false).await?;
    outbox::drain_calling(&desk, clock, more, stop).await
}
