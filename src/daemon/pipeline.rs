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
use super::forget;
use super::further;
use super::health::{self, Ended};
use super::identity::{Fresh, Past, Sight};
use super::lanes::Lane;
use super::memory::{Learned, is_of, or_forgotten, record, remember, usable_validators};
use super::tellings::{self, Teller};
use super::texts::{Kept, Texts};
use super::world::{Snapshot, World};
use crate::alert::{Alert, Facts};
use crate::document::Document;
use crate::extract::{self, Pace};
use crate::failpoint::{self, Point};
use crate::fetch::{Accept, Failure, FailureClass, Outcome, Request, Validators};
use crate::ledger::LedgerError;
use crate::scan::Speaker;
use crate::seen::{Fingerprint, ItemMemory, Listing, SourceState};
use crate::source::{Source, Trust};

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
    /// Too old to be told at a first sight.
    pub(super) past: Vec<Past>,
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
        Ok(Answer::Body(reading)) => {
            moved_to.clone_from(&reading.moved_to);
            let fresh = &reading.fresh;
            match understand(Some(world), snapshot, &mut lane, source, fresh, now).await {
                Ok((alerts, told)) => {
                    failpoint::reach(Point::Fetched);
                    tellings::keep(world, &told, now).await;
                    failpoint::reach(Point::TellingsKept);
                    let admitted = commit(world, snapshot, &alerts, now).await?;
                    failpoint::reach(Point::Recorded);
                    keep_texts(world, snapshot, source, &reading.fresh, now).await;
                    remember(world, source, &reading, now);
                    rumours = admitted.rumours;
                    let counts = reading.counts(alerts.len(), admitted.new);
                    brought = Some(reading);
                    End::Read(counts)
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
            match understand(None, snapshot, &mut lane, source, &reading.fresh, now).await {
                Ok((found, _)) => {
                    alerts = found;
                    End::Read(reading.counts(alerts.len(), 0))
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

impl Reading {
    fn counts(&self, hits: usize, new_hits: usize) -> Counts {
        Counts {
            items: self.items,
            fresh: self.fresh.len() + self.past.len(),
            hits,
            new_hits,
            unfollowed: self.fresh.iter().filter(|fresh| !fresh.settled).count(),
        }
    }
}

/// fetch → extract → what is new → followed.
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
    let reading = sorted(world, snapshot, lane, source, extracted.documents, now).await;
    Ok(Answer::Body(Box::new(Reading {
        items,
        validators,
        moved_to,
        at_least: fresh_for.max(extracted.pace.at_least),
        pace: extracted.pace,
        ..reading
    })))
}

/// What is new among the items, each with its followed page.
async fn sorted(
    world: Option<&World>,
    snapshot: &Arc<Snapshot>,
    lane: &mut Lane<'_>,
    source: &Arc<Source>,
    documents: Vec<Document>,
    now: Timestamp,
) -> Reading {
    let mut reading = Reading::default();
    let Some(world) = world else {
        let fresh = Sight::of_everything(documents).fresh;
        reading.fresh = follow(snapshot, lane, source, fresh, now).await;
        return reading;
    };
    let state: SourceState = or_forgotten(world.seen.source_state(&source.id));
    let sight = Sight {
        before: or_forgotten(world.seen.listing(&source.id)),
        last_success: state.last_success.filter(|_| is_of(&state, source)),
        now,
    };
    let known = |id: &str| {
        let memory: Option<ItemMemory> = or_forgotten(world.seen.item_shown(&source.id, id, now));
        memory.map(|memory| memory.digest)
    };
    let sorted = sight.sort(documents, known);
    let (fresh, off) = forget::part_off(world, sorted.fresh).await;
    let fresh = follow(snapshot, lane, source, fresh, now).await;
    (reading.past, reading.listing, reading.gap) = (sorted.past, sorted.listing, sorted.gap);
    reading.past.extend(off);
    for item in fresh {
        // The followed page may tell the date that the list does not.
        if !item.edited && sight.is_past(&item.document) {
            reading.past.push(item.into());
        } else {
            reading.fresh.push(item);
        }
    }
    reading
}

/// Takes the main text of each new item's page, where the source wants that.
async fn follow(
    snapshot: &Arc<Snapshot>,
    lane: &mut Lane<'_>,
    source: &Arc<Source>,
    mut fresh: Vec<Fresh>,
    now: Timestamp,
) -> Vec<Fresh> {
    if !source.follow {
        return fresh;
    }
    for item in &mut fresh {
        let Some(url) = item.listed.url.as_deref().and_then(|url| url.parse().ok()) else {
            continue;
        };
        let request = Request::new(&url, Accept::Page);
        match snapshot.fetcher.fetch(request).await {
            Outcome::Fetched(fetched) => {
                let (source, listed) = (Arc::clone(source), item.listed.clone());
                let limits = snapshot.limits().at(now);
                let size = fetched.body.len();
                let read = move || extract::article(&source, &fetched, &listed, &limits);
                match lane.run(size, read).await {
                    Ok(article) => item.document = article,
                    // Its list entry is scanned; the page would be as unreadable next time.
                    Err(failure) => warn!(%url, "{url}: {}", failure.detail),
                }
            }
            Outcome::NotModified { .. } => {}
            Outcome::Failed(failure) => {
                let Failure { class, detail, .. } = &failure;
                warn!(source = %source.id, %class, detail, "{url}: {class}: {detail}");
                item.settled = is_lasting(failure.class);
            }
        }
    }
    fresh
}

/// Whether an article's page will be as absent at the next look.
fn is_lasting(class: FailureClass) -> bool {
    use FailureClass::{
        Busy, Closed, Connect, Dns, Http4xx, Http5xx, Refused, Robots, Timeout, Tls, TooBig,
    };
    match class {
        Http4xx | Robots | TooBig | FailureClass::Unreadable | Closed | Refused => true,
        Dns | Connect | Tls | Timeout | Http5xx | Busy => false,
    }
}

/// Scans the new items; each hit with its story becomes an alert. Also what was remembered of
/// texts that said something new.
async fn understand(
    world: Option<&World>,
    snapshot: &Arc<Snapshot>,
    lane: &mut Lane<'_>,
    source: &Arc<Source>,
    fresh: &[Fresh],
    now: Timestamp,
) -> Result<(Vec<Alert>, Vec<Fingerprint>), Failure> {
    if fresh.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let documents: Vec<(Document, bool)> = fresh
        .iter()
        .map(|item| (item.document.clone(), item.edited))
        .collect();
    let (shared, source) = (Arc::clone(snapshot), Arc::clone(source));
    let mut teller = Teller::new(world);
    lane.run(0, move || {
        let speaker = speaker(source.trust);
        let mut alerts = Vec::new();
        for (document, edited) in &documents {
            let hits = shared.scanner.scan(document, speaker);
            if hits.is_empty() {
                continue;
            }
            let telling = teller.telling(document);
            let named = shared.config.routing.places_in(document);
            for hit in &hits {
                alerts.push(Alert::new(&Facts {
                    document,
                    source: &source,
                    hit,
                    story: telling.of_rumour(&hit.rule.id),
                    rules_version: &shared.config.rulebook.version,
                    now,
                    edited: *edited,
                    places: &shared.config.routing.places,
                    named: &named,
                }));
            }
        }
        Ok((alerts, teller.into_new()))
    })
    .await
}

/// In whose voice a source of this trust speaks.
#[must_use]
pub fn speaker(trust: Trust) -> Speaker {
    match trust {
        Trust::Official | Trust::Press => Speaker::Authority,
        Trust::Social => Speaker::Anyone,
    }
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
