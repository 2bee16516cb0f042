//! `robots.txt` (RFC 9309): asked once a day for each origin, kept over a restart.

mod rules;
#[cfg(test)]
mod table;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use url::Url;

use super::{Failure, FailureClass};

pub(super) use rules::MOST_BYTES;
pub use rules::{AGENT, Rules};

/// An answer is used for a day at most (RFC 9309 §2.4).
const LONGEST_LIFE: Duration = Duration::from_secs(24 * 3600);
/// Whatever `Cache-Control` says: asking before each page would burden the site that the file
/// is there to spare.
const SHORTEST_LIFE: Duration = Duration::from_secs(3600);
/// A server that answers 5xx, or with what cannot be read, is asked again after this time.
const UNREACHABLE_LIFE: Duration = Duration::from_secs(600);
/// The same where no answer came at all, so that the sources of one host fail together.
const SILENT_LIFE: Duration = Duration::from_secs(60);
/// A file that was out of reach for so long may count as absent (RFC 9309 §2.3.1.4).
const GIVEN_UP: Duration = Duration::from_secs(30 * 24 * 3600);
/// Fewer origins than this are not worth a search for old ones.
const KEEP: usize = 256;
/// Bytes of all rules in memory; honest files take one or two thousand.
const MOST_WEIGHT: usize = 8 << 20;

/// Rules that take more are no honest file's; with each of them the whole is weighed.
const HEAVY: usize = 64 << 10;

/// The rules to go by, if there are any.
pub(super) type Permit = Result<Option<Arc<Rules>>, Failure>;

/// Where answers are kept while the program does not run. A memory that forgets costs requests.
pub trait RobotsMemory: fmt::Debug + Send + Sync {
    /// What was kept of an origin, and how long ago that was.
    fn recall(&self, origin: &str) -> Option<(Vec<u8>, Duration)>;
    /// Keeps what is known of an origin now.
    fn keep(&self, origin: &str, known: &[u8]);
}

/// What all origins said.
#[derive(Debug)]
pub(super) struct Cache {
    origins: Mutex<Origins>,
    memory: OnceLock<Arc<dyn RobotsMemory>>,
    exempt: BTreeSet<String>,
}

#[derive(Debug)]
struct Origins {
    known: HashMap<String, Arc<Entry>>,
    prune_at: usize,
}

type Entry = tokio::sync::Mutex<Option<Known>>;

/// What is known of one origin.
#[derive(Debug)]
pub(super) struct Known {
    /// What it said last.
    rules: Option<Arc<Rules>>,
    /// Why it could not be asked again.
    failure: Option<Failure>,
    /// For how long it had been out of reach when it was asked last.
    unreachable: Duration,
    asked: Instant,
    life: Duration,
}

/// The same as it is written down.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    rules: Option<String>,
    failure: Option<Failure>,
    unreachable: Duration,
    life: Duration,
}

/// What came of asking an origin.
#[derive(Debug)]
pub(super) enum Answer {
    /// The file, and for how long it may be used.
    File(Vec<u8>, Option<Duration>),
    /// There is none: all is allowed (RFC 9309 §2.3.1.3).
    Unavailable,
    /// The server is asked too much to say: what it said before holds, and where that is unknown
    /// all is allowed, as by any 4xx.
    Later,
    /// Nobody can tell: nothing is allowed (RFC 9309 §2.3.1.4).
    Unreachable(Failure),
}

impl Cache {
    pub(super) fn new(exempt: &[String]) -> Self {
        Self {
            origins: Mutex::new(Origins {
                known: HashMap::new(),
                prune_at: KEEP,
            }),
            memory: OnceLock::new(),
            exempt: exempt.iter().cloned().collect(),
        }
    }

    /// Keeps answers in `memory` from now on; the first one named stays.
    pub(super) fn keep_in(&self, memory: &Arc<dyn RobotsMemory>) {
        self.memory.get_or_init(|| Arc::clone(memory));
    }

    /// Whether the operator took this host out.
    pub(super) fn is_exempt(&self, url: &Url) -> bool {
        url.host_str()
            .is_some_and(|host| self.exempt.contains(host.trim_end_matches('.')))
    }

    /// The place of one origin; whoever holds it locked is the one who asks.
    pub(super) fn entry(&self, origin: &str) -> Arc<Entry> {
        let mut origins = self.origins.lock().unwrap_or_else(PoisonError::into_inner);
        if origins.known.len() >= origins.prune_at {
            origins.prune();
        }
        if let Some(entry) = origins.known.get(origin) {
            return Arc::clone(entry);
        }
        let recalled = self.recall(origin);
        let entry = Arc::new(tokio::sync::Mutex::new(recalled));
        origins.known.insert(origin.to_owned(), Arc::clone(&entry));
        entry
    }

    fn recall(&self, origin: &str) -> Option<Known> {
        let (bytes, age) = self.memory.get()?.recall(origin)?;
        let kept: Kept = serde_json::from_slice(&bytes).ok()?;
        let rules = kept.rules.map(|text| Rules::read(text.as_bytes(), AGENT));
        let now = Instant::now();
        Some(Known {
            rules: rules.map(Arc::new),
            unreachable: match kept.failure {
                Some(_) => kept.unreachable.saturating_add(age),
                None => Duration::ZERO,
            },
            failure: kept.failure,
            asked: now,
            life: kept.life.saturating_sub(age),
        })
    }

    /// Takes in what an origin answered.
    pub(super) fn learn(&self, origin: &str, place: &mut Option<Known>, answer: Answer) -> Permit {
        let before = place.take();
        let known = place.insert(Known::after(before, answer, Instant::now()));
        if let Some(memory) = self.memory.get()
            && let Ok(bytes) = serde_json::to_vec(&known.kept())
        {
            memory.keep(origin, &bytes);
        }
        if known.weight() > HEAVY {
            let mut origins = self.origins.lock().unwrap_or_else(PoisonError::into_inner);
            origins.prune();
        }
        known.rules()
    }
}

impl Origins {
    /// Forgets what is out of date, and all that nobody uses where rules take too much room.
    fn prune(&mut self) {
        let now = Instant::now();
        let mut weight = 0;
        self.known.retain(|_, entry| {
            if Arc::strong_count(entry) > 1 {
                return true;
            }
            let Ok(known) = entry.try_lock() else {
                return true;
            };
            weight += known.as_ref().map_or(0, Known::weight);
            weight < MOST_WEIGHT && known.as_ref().is_some_and(|known| known.is_fresh(now))
        });
        self.prune_at = KEEP.max(2 * self.known.len());
    }
}

impl Known {
    fn after(before: Option<Self>, answer: Answer, now: Instant) -> Self {
        let good = |rules: Arc<Rules>, life| Self {
            rules: Some(rules),
            failure: None,
            unreachable: Duration::ZERO,
            asked: now,
            life,
        };
        match answer {
            Answer::File(file, life) => {
                let life = life.unwrap_or(LONGEST_LIFE);
                let life = life.clamp(SHORTEST_LIFE, LONGEST_LIFE);
                good(Arc::new(Rules::read(&file, AGENT)), life)
            }
            Answer::Unavailable => good(Arc::new(Rules::allow_all()), LONGEST_LIFE),
            Answer::Later => {
                let known = before.and_then(|known| known.rules);
                good(
                    known.unwrap_or_else(|| Arc::new(Rules::allow_all())),
                    SHORTEST_LIFE,
                )
            }
            Answer::Unreachable(failure) => {
                let again = match failure.class {
                    FailureClass::Http4xx | FailureClass::Http5xx | FailureClass::Unreadable => {
                        UNREACHABLE_LIFE
                    }
                    _ => SILENT_LIFE,
                };
                let asked = failure.retry_after.unwrap_or_default();
                Self {
                    unreachable: before.as_ref().map_or(Duration::ZERO, |known| {
                        known.failure.as_ref().map_or(Duration::ZERO, |_| {
                            known.unreachable + now.duration_since(known.asked)
                        })
                    }),
                    rules: before.and_then(|known| known.rules),
                    life: asked.clamp(again, LONGEST_LIFE),
                    failure: Some(failure),
                    asked: now,
                }
            }
        }
    }

    pub(super) fn is_fresh(&self, now: Instant) -> bool {
        now.duration_since(self.asked) < self.life
    }

    /// The rules to go by; an error where the file is out of reach and never was in it. An older
    /// copy is used then (RFC 9309 §2.4), and after 30 days none is needed (§2.3.1.4).
    pub(super) fn rules(&self) -> Permit {
        match (&self.rules, &self.failure) {
            (Some(rules), _) => Ok(Some(Arc::clone(rules))),
            (None, Some(failure)) if self.unreachable < GIVEN_UP => Err(failure.clone()),
            (None, _) => Ok(None),
        }
    }

    fn weight(&self) -> usize {
        self.rules.as_ref().map_or(0, |rules| rules.weight())
    }

    fn kept(&self) -> Kept {
        Kept {
            rules: self.rules.as_ref().map(|rules| rules.text()),
            failure: self.failure.clone(),
            unreachable: self.unreachable,
            life: self.life,
        }
    }
}

/// The origin of a page (RFC 6454), for which one file speaks.
pub(super) fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}
