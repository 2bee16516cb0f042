//! One pass over one source, as the design draws it: fetch → extract → scan → ledger → seen.
//!
//! Order of writes: the ledger commits first, then the items are remembered, then the
//! validators move on. A crash between two of them costs work, never an alert.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tracing::warn;
use url::Url;

use super::admission::commit;
use super::follow::{Follower, Tries};
use super::forget;
use super::further;
use super::health::{self, Ended};
use super::identity::{Fresh, Mark, Past, Sight, is_before};
use super::lanes::Lane;
use super::memory::{
    Learned, is_of, or_forgotten, record, remember_items, remember_reading, usable_validators,
};
use super::rhythm::Spreading;
use super::tellings;
use super::texts::{Kept, Texts};
use super::understand::understand;
use super::world::{Snapshot, World};
use crate::alert::Alert;
use crate::document::Document;
use crate::extract::Pace;
use crate::failpoint::{self, Point};
use crate::fetch::{Failure, Outcome, Validators};
use crate::ledger::LedgerError;
use crate::seen::{ItemMemory, Listing, SourceState};
use crate::source::Source;

pub use super::understand::speaker;

/// What one pass over one source brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// The source.
    pub source: Arc<str>,
    /// How it ended.
    pub end: End,
    /// How long until the source is looked at again.
    pub wait: Duration,
    /// It is the first that was read after the line of the office was down.
    pub line_back: bool,
}

/// How a pass ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// The server said that nothing changed.
    Unchanged,
    /// Items were read.
    Read(Counts),
    /// Nothing could be read, and why.
    Failed(Failure),
    /// What was read could not be recorded, and is read again; what the ledger says.
    Unrecorded(String),
}

impl End {
    /// Whether the source was not read, or not recorded.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        matches!(self, Self::Failed(_) | Self::Unrecorded(_))
    }
}

/// What was counted in a pass.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Items the source shows.
    pub items: usize,
    /// Items never seen before, or changed since.
    pub fresh: usize,
    /// Rules that fired on fresh items, refutations included.
    pub hits: usize,
    /// Hits that the ledger did not know yet.
    pub new_hits: usize,
    /// Followed articles that could not be fetched this time.
    pub unfollowed: usize,
}

/// A body with the items that are new in it.
#[derive(Default)]
pub(super) struct Reading {
    pub(super) items: usize,
    pub(super) fresh: Vec<Fresh>,
    /// Too old to be told.
    pub(super) past: Vec<Past>,
    /// What turns out to be older once its page is read is past too.
    pub(super) past_before: Option<Timestamp>,
    pub(super) listing: Listing,
    pub(super) gap: bool,
    pub(super) validators: Validators,
    pub(super) moved_to: Option<Url>,
    /// How long the server and the feed ask to be left alone.
    pub(super) at_least: Option<Duration>,
    pub(super) pace: Pace,
}

/// What a source answered.
enum Answer {
    /// Nothing changed.
    Unchanged {
        moved_to: Option<Url>,
    },
    Body(Box<Reading>),
}

/// One pass over one source.
///
/// # Errors
/// When the ledger cannot be written: then nothing was remembered, and the pass can be made
/// again.
pub async fn pass(
    world: &World,
    snapshot: &Arc<Snapshot>,
    source: &Arc<Source>,
    now: Timestamp,
) -> Result<Passed, LedgerError> {
    let (mut brought, mut rumours, mut moved_to) = (None, None, None);
    let mut lane = snapshot.lanes.begin(&source.id).await;
    let end = match read(Some(world), snapshot, &mut lane, source, now).await {
        Ok(Answer::Body(mut reading)) => {
            moved_to.clone_from(&reading.moved_to);
            let taken = take_in(world, snapshot, &mut lane, source, &mut reading, now).await?;
            match taken {
                Ok(taken) => {
                    rumours = taken.rumours;
                    brought = Some(reading);
                    End::Read(taken.counts)
                }
                Err(failure) => End::Failed(failure),
            }
        }
        Ok(Answer::Unchanged { moved_to: to }) => {
            moved_to = to;
            End::Unchanged
        }
        Err(failure) => End::Failed(failure),
    };
    let news = Learned {
        brought: brought.as_deref(),
        moved_to,
        rumours,
    };
    let (wait, state) = record(world, source, &end, &news, now);
    let ended = Ended {
        source,
        state: &state,
        end: &end,
        gap: brought.is_some_and(|reading| reading.gap),
        now,
    };
    let lang = snapshot.config.office.lang;
    let line_back = health::attend(world, ended, lang, snapshot.hosts).await;
    Ok(Passed {
        source: Arc::clone(&source.id),
        end,
        wait,
        line_back,
    })
}

/// A pass that records nothing: every item counts as new. Gives the alerts it would admit.
pub async fn look(
    snapshot: &Arc<Snapshot>,
    source: &Arc<Source>,
    now: Timestamp,
) -> (Passed, Vec<Alert>) {
    let mut alerts = Vec::new();
    let mut lane = snapshot.lanes.begin(&source.id).await;
    let end = match read(None, snapshot, &mut lane, source, now).await {
        Ok(Answer::Body(reading)) => {
            let (tries, mut fresh) = (Tries::default(), reading.fresh);
            let mut follower = Follower::new(snapshot, source, &tries, now);
            follower.follow(&mut lane, &mut fresh).await;
            match understand(None, snapshot, &mut lane, source, &fresh, now).await {
                Ok((found, _)) => {
                    alerts = found;
                    let mut counts = Counts {
                        items: reading.items,
                        hits: alerts.len(),
                        ..Counts::default()
                    };
                    counts.add(&fresh);
                    End::Read(counts)
                }
                Err(failure) => End::Failed(failure),
            }
        }
        Ok(Answer::Unchanged { .. }) => End::Unchanged,
        Err(failure) => End::Failed(failure),
    };
    let passed = Passed {
        source: Arc::clone(&source.id),
        end,
        wait: source.every,
        line_back: false,
    };
    (passed, alerts)
}

impl Counts {
    fn add(&mut self, fresh: &[Fresh]) {
        // What was counted when it was met first is no news of the source.
        self.fresh += fresh.iter().filter(|item| !item.again).count();
        self.unfollowed += fresh.iter().filter(|item| !item.settled).count();
    }
}

/// What was taken in of a reading.
#[derive(Default)]
struct Taken {
    counts: Counts,
    rumours: Option<Spreading>,
}

/// Follows, scans, records and remembers the new items of a reading, batch by batch: a list whose
/// pages take hours tells what the first ones say at once, and a restart begins where it ended.
async fn take_in(
    world: &World,
    snapshot: &Arc<Snapshot>,
    lane: &mut Lane<'_>,
    source: &Arc<Source>,
    reading: &mut Reading,
    now: Timestamp,
) -> Result<Result<Taken, Failure>, LedgerError> {
    let mut follower = Follower::new(snapshot, source, &world.tries, now);
    let mut taken = Taken::default();
    taken.counts.items = reading.items;
    let mut past = std::mem::take(&mut reading.past);
    let mut unsettled = Vec::new();
    for mut batch in follower.batches(std::mem::take(&mut reading.fresh)) {
        follower.follow(lane, &mut batch).await;
        let too_old = |item: &Fresh| {
            let horizon = reading.past_before.filter(|_| !item.edited);
            horizon.is_some_and(|horizon| is_before(&item.document, horizon))
        };
        // The followed page may tell the date that the list does not.
        let (old, batch): (Vec<Fresh>, Vec<Fresh>) = batch.into_iter().partition(too_old);
        past.extend(old.into_iter().map(Past::from));
        // The followed page may name another address as its own.
        let (batch, off) = match source.follow {
            true => forget::part_off(world, batch).await,
            false => (batch, Vec::new()),
        };
        past.extend(off);
        let understood = understand(Some(world), snapshot, lane, source, &batch, now).await;
        let (alerts, told) = match understood {
            Ok(understood) => understood,
            Err(failure) => return Ok(Err(failure)),
        };
        failpoint::reach(Point::Fetched);
        tellings::keep(world, &told, now).await;
        failpoint::reach(Point::TellingsKept);
        let admitted = commit(world, snapshot, &alerts, now).await?;
        failpoint::reach(Point::Recorded);
        keep_texts(world, snapshot, source, &batch, now).await;
        remember_items(world, source, &batch, &past, now);
        taken.counts.fresh += past.len();
        taken.counts.add(&batch);
        taken.counts.hits += alerts.len();
        taken.counts.new_hits += admitted.new;
        taken.rumours = taken.rumours.max(admitted.rumours);
        past.clear();
        unsettled.extend(batch.into_iter().filter(|item| !item.settled));
    }
    remember_reading(world, source, reading, &unsettled, now);
    Ok(Ok(taken))
}

/// fetch → extract → what is new.
async fn read(
    world: Option<&World>,
    snapshot: &Arc<Snapshot>,
    lane: &mut Lane<'_>,
    source: &Arc<Source>,
    now: Timestamp,
) -> Result<Answer, Failure> {
    let validators = world.and_then(|world| usable_validators(world, source, now));
    if let Some(world) = world {
        snapshot.fetcher.keep_robots_in(&world.robots);
    }
    let request = further::request(source, &source.url).known(validators.as_ref());
    let fetched = match snapshot.fetcher.fetch(request).await {
        Outcome::Fetched(fetched) => *fetched,
        Outcome::NotModified { moved_to } => return Ok(Answer::Unchanged { moved_to }),
        Outcome::Failed(failure) => return Err(failure),
    };
    let (mut validators, moved_to) = (fetched.validators.clone(), fetched.moved_to.clone());
    let fresh_for = fetched.fresh_for;
    let limits = snapshot.limits().at(now);
    let extracted =
        further::extract(&snapshot.fetcher, Some(lane), source, &limits, fetched).await?;
    if !extracted.further.is_empty() {
        // They speak of the body that names the addresses, not of what the addresses hold.
        validators = Validators::default();
    }
    for note in &extracted.notes {
        let what = note.what().say(snapshot.config.office.lang);
        warn!(source = %source.id, "{}: {what}", source.id);
    }
    let items = extracted.documents.len();
    let reading = sorted(world, source, extracted.documents, now).await;
    Ok(Answer::Body(Box::new(Reading {
        items,
        validators,
        moved_to,
        at_least: fresh_for.max(extracted.pace.at_least),
        pace: extracted.pace,
        ..reading
    })))
}

/// What is new among the items.
async fn sorted(
    world: Option<&World>,
    source: &Source,
    documents: Vec<Document>,
    now: Timestamp,
) -> Reading {
    let mut reading = Reading::default();
    let Some(world) = world else {
        reading.fresh = Sight::of_everything(documents).fresh;
        return reading;
    };
    let state: SourceState = or_forgotten(world.seen.source_state(&source.id));
    let before = or_forgotten(world.seen.listing(&source.id));
    let same = is_of(&state, source);
    let sight = Sight {
        before: if same { before } else { Listing::default() },
        last_success: state.last_success.filter(|_| same),
        now,
    };
    let known = |id: &str| {
        let memory: Option<ItemMemory> = or_forgotten(world.seen.item_shown(&source.id, id, now));
        memory.map(|memory| Mark::from_bits(memory.digest))
    };
    let sorted = sight.sort(documents, known);
    let (fresh, off) = forget::part_off(world, sorted.fresh).await;
    (reading.fresh, reading.past) = (fresh, sorted.past);
    (reading.listing, reading.gap) = (sorted.listing, sorted.gap);
    reading.past_before = sight.past_before();
    reading.past.extend(off);
    reading
}

/// Keeps the texts for `replay`; that they cannot be kept harms nothing else.
async fn keep_texts(
    world: &World,
    snapshot: &Snapshot,
    source: &Source,
    fresh: &[Fresh],
    now: Timestamp,
) {
    let texts: Vec<Kept> = forget::keepable(world, fresh)
        .await
        .into_iter()
        .map(|document| Kept {
            source: source.id.to_string(),
            seen: now,
            document,
        })
        .collect();
    let store = &snapshot.config.store;
    if let Err(error) = Texts::new(&store.dir, store.keep_texts).add(&texts, now) {
        warn!(%error, "the texts could not be kept: {error}");
    }
}
