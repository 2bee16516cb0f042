//! One pass over one source, as the design draws it: fetch → extract → scan → ledger → seen.
//!
//! Order of writes: the ledger commits first, then the items are remembered, then the
//! validators move on. A crash between two of them costs work, never an alert.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tracing::warn;

use super::admission::commit;
use super::tellings::{self, Teller};
use super::texts::{Kept, Texts};
use super::world::{Snapshot, World};
use crate::alert::{Alert, Facts};
use crate::document::Document;
use crate::extract::{self, Extracted};
use crate::fetch::{Accept, Failure, FailureClass, Outcome, Request, Validators};
use crate::ledger::LedgerError;
use crate::scan::Speaker;
use crate::seen::{Fingerprint, ItemMemory, LastFailure, SeenError, SeenValidators};
use crate::source::{Source, Trust};

/// Some servers answer 304 for ever: once in this time the whole body is asked for.
const FULL_GET_EVERY: Duration = Duration::from_secs(24 * 3600);

/// What one pass over one source brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// The source.
    pub source: Arc<str>,
    /// How it ended.
    pub end: End,
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

/// An item that is new, or whose text changed.
#[derive(Debug)]
struct Fresh {
    /// As the source shows it.
    listed: Document,
    /// What is scanned: the followed article, else the item as listed.
    document: Document,
    /// An earlier version was scanned before.
    edited: bool,
    /// Whether it need not be looked at again until it changes.
    settled: bool,
}

/// A body with the items that are new in it.
struct Reading {
    items: usize,
    fresh: Vec<Fresh>,
    validators: Validators,
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
    let end = match read(Some(world), snapshot, source, now).await {
        Ok(Some(reading)) => {
            match understand(Some(world), snapshot, source, &reading.fresh, now).await {
                Ok((alerts, told)) => {
                    tellings::keep(world, &told, now).await;
                    let new_hits = commit(world, snapshot, &alerts, now).await?;
                    keep_texts(snapshot, source, &reading.fresh, now);
                    remember(world, source, &reading, now);
                    End::Read(reading.counts(alerts.len(), new_hits))
                }
                Err(failure) => End::Failed(failure),
            }
        }
        Ok(None) => End::Unchanged,
        Err(failure) => End::Failed(failure),
    };
    record(world, source, &end, now);
    Ok(Passed {
        source: Arc::clone(&source.id),
        end,
    })
}

/// A pass that records nothing: every item counts as new. Gives the alerts it would admit.
pub async fn look(
    snapshot: &Arc<Snapshot>,
    source: &Arc<Source>,
    now: Timestamp,
) -> (Passed, Vec<Alert>) {
    let mut alerts = Vec::new();
    let end = match read(None, snapshot, source, now).await {
        Ok(Some(reading)) => match understand(None, snapshot, source, &reading.fresh, now).await {
            Ok((found, _)) => {
                alerts = found;
                End::Read(reading.counts(alerts.len(), 0))
            }
            Err(failure) => End::Failed(failure),
        },
        Ok(None) => End::Unchanged,
        Err(failure) => End::Failed(failure),
    };
    let source = Arc::clone(&source.id);
    (Passed { source, end }, alerts)
}

impl Reading {
    fn counts(&self, hits: usize, new_hits: usize) -> Counts {
        Counts {
            items: self.items,
            fresh: self.fresh.len(),
            hits,
            new_hits,
            unfollowed: self.fresh.iter().filter(|fresh| !fresh.settled).count(),
        }
    }
}

/// fetch → extract → what is new → followed. `None`: the server says nothing changed.
async fn read(
    world: Option<&World>,
    snapshot: &Arc<Snapshot>,
    source: &Arc<Source>,
    now: Timestamp,
) -> Result<Option<Reading>, Failure> {
    let validators = world.and_then(|world| usable_validators(world, source, now));
    let request = Request::new(&source.url, source.kind.into()).known(validators.as_ref());
    let fetched = match snapshot.fetcher.fetch(request).await {
        Outcome::Fetched(fetched) => *fetched,
        Outcome::NotModified => return Ok(None),
        Outcome::Failed(failure) => return Err(failure),
    };
    if let Some(to) = &fetched.moved_to {
        warn!(source = %source.id, %to, "{}: moved for good to {to}: its url should be changed", source.id);
    }
    let validators = fetched.validators.clone();
    let extracted = {
        let (source, limits) = (Arc::clone(source), snapshot.limits());
        off_thread(snapshot, move || {
            extract::extract(&source, &fetched, &limits)
        })
        .await?
    };
    for note in &extracted.notes {
        let what = note.what().say(snapshot.config.office.lang);
        warn!(source = %source.id, "{}: {what}", source.id);
    }
    let items = extracted.documents.len();
    let fresh = unseen(world, source, extracted);
    let fresh = follow(snapshot, source, fresh).await;
    Ok(Some(Reading {
        items,
        fresh,
        validators,
    }))
}

/// A seen memory that fails is a memory that has forgotten: more work, no lost alert.
fn or_forgotten<T: Default>(answer: Result<T, SeenError>) -> T {
    answer.unwrap_or_else(|error| {
        warn!(%error, "the seen memory failed: {error}");
        T::default()
    })
}

fn usable_validators(world: &World, source: &Source, now: Timestamp) -> Option<Validators> {
    let known: SeenValidators = or_forgotten(world.seen.validators(&source.id))?;
    let age = now.duration_since(known.last_full);
    let fresh = age.unsigned_abs() < FULL_GET_EVERY;
    fresh.then_some(Validators {
        etag: known.etag,
        last_modified: known.last_modified,
    })
}

/// Runs CPU-bound work where it holds up nobody: parsing ignores the runtime's deadlines.
async fn off_thread<T: Send + 'static>(
    snapshot: &Arc<Snapshot>,
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    // The semaphore lives as long as the snapshot and is never closed.
    let _permit = snapshot.parsers.acquire().await;
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(panic) => Err(Failure::new(FailureClass::Unreadable, panic.to_string())),
    }
}

/// The items that are new, or whose text changed since it was scanned.
fn unseen(world: Option<&World>, source: &Source, extracted: Extracted) -> Vec<Fresh> {
    let mut fresh = Vec::new();
    for listed in extracted.documents {
        let known: Option<ItemMemory> =
            world.and_then(|world| or_forgotten(world.seen.item(&source.id, &listed.id)));
        if known.is_some_and(|memory| memory.digest == listed.content_digest()) {
            continue;
        }
        fresh.push(Fresh {
            document: listed.clone(),
            listed,
            edited: known.is_some(),
            settled: true,
        });
    }
    fresh
}

/// Takes the main text of each new item's page, where the source wants that.
async fn follow(
    snapshot: &Arc<Snapshot>,
    source: &Arc<Source>,
    mut fresh: Vec<Fresh>,
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
                let limits = snapshot.limits();
                let read = move || extract::article(&source, &fetched, &listed, &limits);
                match off_thread(snapshot, read).await {
                    Ok(article) => item.document = article,
                    // Its list entry is scanned; the page would be as unreadable next time.
                    Err(failure) => warn!(%url, "{url}: {}", failure.detail),
                }
            }
            Outcome::NotModified => {}
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
    use FailureClass::{Connect, Dns, Http4xx, Http5xx, Refused, Robots, Timeout, Tls, TooBig};
    match class {
        Http4xx | Robots | TooBig | FailureClass::Unreadable | Refused => true,
        Dns | Connect | Tls | Timeout | Http5xx => false,
    }
}

/// Scans the new items; each hit with its story becomes an alert. Also what was remembered of
/// texts that said something new.
async fn understand(
    world: Option<&World>,
    snapshot: &Arc<Snapshot>,
    source: &Arc<Source>,
    fresh: &[Fresh],
    now: Timestamp,
) -> Result<(Vec<Alert>, Vec<Fingerprint>), Failure> {
    let documents: Vec<(Document, bool)> = fresh
        .iter()
        .map(|item| (item.document.clone(), item.edited))
        .collect();
    let (shared, source) = (Arc::clone(snapshot), Arc::clone(source));
    let mut teller = Teller::new(world);
    off_thread(snapshot, move || {
        let speaker = speaker(source.trust);
        let mut alerts = Vec::new();
        for (document, edited) in &documents {
            let hits = shared.scanner.scan(document, speaker);
            if hits.is_empty() {
                continue;
            }
            let telling = teller.telling(document);
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
fn keep_texts(snapshot: &Snapshot, source: &Source, fresh: &[Fresh], now: Timestamp) {
    let texts: Vec<Kept> = fresh
        .iter()
        .map(|item| Kept {
            source: source.id.to_string(),
            seen: now,
            document: item.document.clone(),
        })
        .collect();
    let store = &snapshot.config.store;
    if let Err(error) = Texts::new(&store.dir, store.keep_texts).add(&texts, now) {
        warn!(%error, "the texts could not be kept: {error}");
    }
}

/// After the ledger: the items, then the validators. Items that must be followed again are not
/// remembered, and then the whole body is asked for again.
fn remember(world: &World, source: &Source, reading: &Reading, now: Timestamp) {
    let settled: Vec<(&str, [u8; 16])> = reading
        .fresh
        .iter()
        .filter(|item| item.settled)
        .map(|item| (item.listed.id.as_str(), item.listed.content_digest()))
        .collect();
    let kept = SeenValidators {
        etag: reading.validators.etag.clone(),
        last_modified: reading.validators.last_modified.clone(),
        last_full: now,
    };
    let all_settled = settled.len() == reading.fresh.len();
    let has_any = kept.etag.is_some() || kept.last_modified.is_some();
    let remembered = world
        .seen
        .remember_items(&source.id, &settled, now)
        .and_then(|()| {
            let validators = (all_settled && has_any).then_some(&kept);
            world.seen.set_validators(&source.id, validators)
        });
    or_forgotten(remembered);
}

/// Keeps how it goes with the source.
fn record(world: &World, source: &Source, end: &End, now: Timestamp) {
    let mut state = or_forgotten(world.seen.source_state(&source.id));
    state.last_attempt = Some(now);
    match end {
        End::Failed(failure) => {
            state.failures = state.failures.saturating_add(1);
            state.last_failure = Some(LastFailure {
                class: failure.class.to_string(),
                detail: failure.detail.clone(),
                at: now,
            });
        }
        End::Unchanged => {
            state.failures = 0;
            state.last_success = Some(now);
        }
        End::Unrecorded(_) => {}
        End::Read(counts) => {
            state.failures = 0;
            state.last_success = Some(now);
            if counts.fresh > 0 {
                state.last_new = Some(now);
            }
            state.empty_readings = match counts.items {
                0 => state.empty_readings.saturating_add(1),
                _ => 0,
            };
        }
    }
    or_forgotten(world.seen.set_source_state(&source.id, &state));
}
