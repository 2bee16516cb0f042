//! What is wrong with a source, told to the admins once, and once when it is over: judged after
//! each pass from what is remembered of the source, pure; what is open stands in the ledger.
//!
//! A failure common to most hosts is the office's line: told as one thing, and held against no
//! source.

mod kind;
mod matter;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use tracing::{info, warn};

pub use self::kind::Kind;
use self::matter::matter;
use super::pipeline::End;
use super::rhythm;
use super::world::World;
use crate::alert::{Matter, Notice};
use crate::fetch::{FailureClass, Heard};
use crate::ledger::{Ailment, Ledger, LedgerError};
use crate::message::Lang;
use crate::seen::SourceState;
use crate::source::{self, Source};

/// So many failures, or readings without an item, in a row are told.
pub(super) const TOLD_AFTER: u32 = 3;
/// A gap is told again after this time.
const GAP_AGAIN: SignedDuration = SignedDuration::from_hours(24);
/// With fewer hosts than this failing at once, it is the hosts.
const LEAST_HOSTS: usize = 3;
/// The line of the office, among the sources.
const LINE: &str = "";

/// What is open, by source.
type Open = BTreeMap<String, BTreeMap<Kind, Timestamp>>;

/// What is wrong at present.
#[derive(Debug, Default)]
pub struct Health {
    open: Mutex<Open>,
    /// Hosts that did not answer since any host did.
    silent: Mutex<BTreeSet<String>>,
}

/// What a pass changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Begins(Kind, Timestamp),
    /// Whether it is told that it is over.
    Ends(Kind, bool),
}

impl Health {
    /// What the ledger knows to be open.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub(super) async fn load(ledger: &Ledger) -> Result<Self, LedgerError> {
        let mut open = Open::new();
        for ailment in ledger.ailments().await? {
            if let Some(kind) = Kind::of(&ailment.kind) {
                open.entry(ailment.source)
                    .or_default()
                    .insert(kind, ailment.since);
            }
        }
        Ok(Self {
            open: Mutex::new(open),
            silent: Mutex::default(),
        })
    }

    /// What is open of a source.
    pub(super) fn of(&self, source: &str) -> BTreeMap<Kind, Timestamp> {
        lock(&self.open).get(source).cloned().unwrap_or_default()
    }

    /// Since when the line of the office is down, where it is.
    pub(super) fn line_down_since(&self) -> Option<Timestamp> {
        let open = lock(&self.open);
        open.get(LINE)?.get(&Kind::LineDown).copied()
    }

    /// Whether the line of the office is down.
    pub(super) fn line_is_down(&self) -> bool {
        lock(&self.open).contains_key(LINE)
    }

    /// Hears whether a host answered; gives what that says of the line. `hosts`: all there are.
    fn hear(&self, host: &str, heard: Heard, hosts: usize, now: Timestamp) -> Option<Change> {
        let mut silent = lock(&self.silent);
        match heard {
            Heard::Answer => {
                silent.clear();
                return self
                    .line_is_down()
                    .then_some(Change::Ends(Kind::LineDown, true));
            }
            Heard::Silence => silent.insert(host.to_owned()),
            Heard::Nothing => return None,
        };
        let many = silent.len() >= LEAST_HOSTS.max(hosts.div_ceil(2));
        if !many || self.line_is_down() {
            return None;
        }
        // At once, within the lock: passes that fail beside this one have nothing to tell.
        let change = Change::Begins(Kind::LineDown, now);
        self.apply(LINE, change);
        Some(change)
    }

    fn apply(&self, source: &str, change: Change) {
        let mut open = lock(&self.open);
        match change {
            Change::Begins(kind, since) => {
                open.entry(source.to_owned())
                    .or_default()
                    .insert(kind, since);
            }
            Change::Ends(kind, _) => {
                if let Some(kinds) = open.get_mut(source) {
                    kinds.remove(&kind);
                    if kinds.is_empty() {
                        open.remove(source);
                    }
                }
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A pass that has ended, as health sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ended<'a> {
    pub(super) source: &'a Source,
    /// After the pass.
    pub(super) state: &'a SourceState,
    pub(super) end: &'a End,
    pub(super) gap: bool,
    pub(super) now: Timestamp,
}

/// What changes with a source, given what is open of it.
fn judge(ended: Ended<'_>, open: &BTreeMap<Kind, Timestamp>) -> Vec<Change> {
    match ended.end {
        End::Failed(failure) => {
            let known = Kind::UNREAD.iter().any(|kind| open.contains_key(kind));
            if known || ended.state.failures < TOLD_AFTER {
                return Vec::new();
            }
            let kind = match failure.class {
                FailureClass::Closed => Kind::Closed,
                _ if failure.is_gone() => Kind::Dead,
                _ => Kind::Failing,
            };
            let since = ended.state.failing_since.unwrap_or(ended.now);
            vec![Change::Begins(kind, since)]
        }
        End::Unrecorded(_) => Vec::new(),
        End::Unchanged => answered(ended, open, None),
        End::Read(counts) => answered(ended, open, Some(counts.items)),
    }
}

/// What changes with a source that answered, with so many items where it sent any body.
fn answered(
    ended: Ended<'_>,
    open: &BTreeMap<Kind, Timestamp>,
    items: Option<usize>,
) -> Vec<Change> {
    let Ended { state, now, .. } = ended;
    let is = |kind: Kind| open.contains_key(&kind);
    let over = |kinds: &[Kind]| -> Vec<Change> {
        let open = kinds.iter().copied().filter(|kind| is(*kind));
        open.map(|kind| Change::Ends(kind, true)).collect()
    };
    let mut changes = over(&Kind::UNREAD);
    let bare = is(Kind::Rotten) || is(Kind::Empty);
    if items.is_some_and(|items| items > 0) {
        changes.extend(over(&[Kind::Rotten, Kind::Empty]));
    } else if state.empty_readings >= TOLD_AFTER && !bare {
        let rotten = ended.source.page.is_some() && state.last_new.is_some();
        let kind = if rotten { Kind::Rotten } else { Kind::Empty };
        changes.push(Change::Begins(kind, state.last_new.unwrap_or(now)));
    }
    changes.extend(silence(ended, is(Kind::Silent), bare));
    match (&state.moved_to, is(Kind::Moved)) {
        (Some(_), false) => changes.push(Change::Begins(Kind::Moved, now)),
        (None, true) => changes.push(Change::Ends(Kind::Moved, false)),
        _ => {}
    }
    match open.get(&Kind::Gap) {
        None if ended.gap => changes.push(Change::Begins(Kind::Gap, now)),
        Some(since) if !ended.gap && now.duration_since(*since).abs() > GAP_AGAIN => {
            changes.push(Change::Ends(Kind::Gap, false));
        }
        _ => {}
    }
    changes
}

/// Whether a source begins or ceases to be silent for unusually long. One that shows no item at
/// all is told of as such, and a single page may well stay as it is.
fn silence(ended: Ended<'_>, known: bool, bare: bool) -> Option<Change> {
    let Ended { source, state, .. } = ended;
    if known {
        // At a first sight, also after the seen memory was lost, all looks new.
        let new = state.quiet == 0 && state.usual_quiet.is_some();
        return new.then_some(Change::Ends(Kind::Silent, true));
    }
    let last_new = state.last_new?;
    let watched = !bare && state.empty_readings == 0 && source.kind != source::Kind::Article;
    let silent = watched && rhythm::is_unusually_quiet(state);
    silent.then_some(Change::Begins(Kind::Silent, last_new))
}

/// Judges a pass, tells the admins what changed, and keeps it. Gives whether the line came back.
pub(super) async fn attend(world: &World, ended: Ended<'_>, lang: Lang, hosts: usize) -> bool {
    let Ended {
        source, end, now, ..
    } = ended;
    let host = source.url.host_str().unwrap_or_default();
    let heard = match end {
        End::Failed(failure) => failure.heard,
        End::Unrecorded(_) => Heard::Nothing,
        End::Read(_) | End::Unchanged => Heard::Answer,
    };
    let line = world.health.hear(host, heard, hosts, now);
    let mut back = false;
    if let Some(change) = line {
        back = matches!(change, Change::Ends(..));
        let since = world.health.line_down_since();
        let matter = match change {
            Change::Begins(..) => Matter::LineDown {
                sources: lock(&world.health.silent).len() as u64,
                since: Some(now),
            },
            Change::Ends(..) => Matter::LineBack { since },
        };
        tell(world, LINE, change, Some(matter), since, now).await;
    }
    if world.health.line_is_down() && ended.end.is_failure() {
        return back;
    }
    let open = world.health.of(&source.id);
    for change in judge(ended, &open) {
        let matter = matter(ended, change, &open, lang);
        let since = match change {
            Change::Begins(..) => None,
            Change::Ends(kind, _) => open.get(&kind).copied(),
        };
        tell(world, &source.id, change, matter, since, now).await;
    }
    back
}

/// Whether a failure may be the line's and not the host's.
pub(super) fn is_silence(class: FailureClass) -> bool {
    matches!(
        class,
        FailureClass::Dns | FailureClass::Connect | FailureClass::Timeout
    )
}

/// The notice first: if canhtin is killed between the two, its key keeps it from being told
/// again.
async fn tell(
    world: &World,
    source: &str,
    change: Change,
    matter: Option<Matter>,
    began: Option<Timestamp>,
    now: Timestamp,
) {
    let (kind, what, since) = match change {
        Change::Begins(kind, since) => (kind, "begins", since),
        Change::Ends(kind, _) => (kind, "ends", began.unwrap_or(now)),
    };
    let name = kind.name();
    match change {
        Change::Begins(..) => warn!(source, kind = name, "{source}: {name}"),
        Change::Ends(..) => info!(source, kind = name, "{source}: no longer {name}"),
    }
    let kept = async {
        if let Some(matter) = matter {
            let key = format!("source:{source}:{name}:{what}:{since}");
            world
                .ledger
                .post_notice(
                    &Notice {
                        key,
                        at: now,
                        matter,
                    },
                    now,
                )
                .await?;
        }
        match change {
            Change::Begins(..) => {
                let ailment = Ailment {
                    source: source.to_owned(),
                    kind: name.to_owned(),
                    since,
                };
                world.ledger.keep_ailment(&ailment).await
            }
            Change::Ends(..) => world.ledger.end_ailment(source, name).await,
        }
    };
    match kept.await {
        Ok(()) => world.health.apply(source, change),
        // Told after the next pass.
        Err(error) => {
            warn!(%error, "ledger: {error}");
            if let Change::Begins(kind, _) = change {
                world.health.apply(source, Change::Ends(kind, false));
            }
        }
    }
}

#[cfg(test)]
mod tests;
