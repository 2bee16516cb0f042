//! When each source is looked at next, on the monotonic clock.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::pipeline::{End, Passed};
use crate::source::Source;

/// A failing source is asked at least this often: nothing is ever given up.
const RAREST: Duration = Duration::from_secs(24 * 3600);
/// Above this many sources at once, overdue ones are spread over [`START_SPREAD`].
const START_AT_ONCE: usize = 64;
/// How long the overdue sources of a start are spread over.
const START_SPREAD: Duration = Duration::from_secs(60);

/// The sources in the order in which they are due.
#[derive(Debug, Default)]
pub(super) struct Schedule {
    due: BinaryHeap<Reverse<(Instant, Arc<str>)>>,
    sources: HashMap<Arc<str>, Arc<Source>>,
    under_way: HashSet<Arc<str>>,
    failures: HashMap<Arc<str>, u32>,
}

impl Schedule {
    /// Takes over a new list of sources: those known keep their time, new ones are due by
    /// `first`, those gone are forgotten.
    pub(super) fn replace(
        &mut self,
        sources: &[Arc<Source>],
        mut first: impl FnMut(&Source, usize) -> Instant,
    ) {
        let known: HashMap<Arc<str>, Instant> =
            self.due.drain().map(|Reverse((at, id))| (id, at)).collect();
        self.sources = sources
            .iter()
            .map(|source| (Arc::clone(&source.id), Arc::clone(source)))
            .collect();
        for source in sources {
            if self.under_way.contains(&source.id) {
                continue;
            }
            let at = known
                .get(&source.id)
                .copied()
                .unwrap_or_else(|| first(source, sources.len()));
            self.due.push(Reverse((at, Arc::clone(&source.id))));
        }
        self.failures.retain(|id, _| self.sources.contains_key(id));
    }

    /// The next source that is due at `now`; it counts as under way until [`Schedule::done`].
    pub(super) fn take_due(&mut self, now: Instant) -> Option<Arc<Source>> {
        loop {
            let Reverse((at, _)) = self.due.peek()?;
            if *at > now {
                return None;
            }
            let Reverse((_, id)) = self.due.pop()?;
            if let Some(source) = self.sources.get(&id) {
                self.under_way.insert(id);
                return Some(Arc::clone(source));
            }
        }
    }

    /// When the next source is due.
    #[must_use]
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.due.peek().map(|Reverse((at, _))| *at)
    }

    /// A pass has ended (`None`: it could not be recorded): the source gets its next time.
    pub(super) fn done(&mut self, id: &Arc<str>, passed: Option<&Passed>, now: Instant) {
        self.under_way.remove(id);
        let Some(source) = self.sources.get(id) else {
            return;
        };
        let failures = match passed.map(|passed| &passed.end) {
            Some(End::Read(_) | End::Unchanged) => 0,
            Some(End::Failed(_) | End::Unrecorded(_)) | None => {
                1 + self.failures.get(id).copied().unwrap_or(0)
            }
        };
        self.failures.insert(Arc::clone(id), failures);
        let retry_after = match passed.map(|passed| &passed.end) {
            Some(End::Failed(failure)) => failure.retry_after,
            _ => None,
        };
        let wait = wait(source.every, failures, retry_after);
        let at = now + jittered(wait, id, failures);
        self.due.push(Reverse((at, Arc::clone(id))));
    }
}

/// How long until the next look: the source's rhythm, linearly longer with every failure in a
/// row, at least what the server asked for.
fn wait(every: Duration, failures: u32, retry_after: Option<Duration>) -> Duration {
    let backed_off = every.saturating_mul(failures.saturating_add(1));
    backed_off
        .min(RAREST.max(every))
        .max(retry_after.unwrap_or(Duration::ZERO))
}

/// Up to a tenth longer, differently for each source, so that they do not march in step.
fn jittered(wait: Duration, id: &str, salt: u32) -> Duration {
    wait + wait / 10 * share(id, salt) / 256
}

/// A number below 256 that a source keeps.
fn share(id: &str, salt: u32) -> u32 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(id.as_bytes());
    hasher.update(&salt.to_le_bytes());
    u32::from(hasher.finalize().as_bytes()[0])
}

/// When a source is due first after a start, given when it was looked at last. Where many are
/// overdue they are spread, so that a start is no thunder.
#[must_use]
pub(super) fn first_due(
    source: &Source,
    last_attempt: Option<Timestamp>,
    now: Timestamp,
    instant: Instant,
    sources: usize,
) -> Instant {
    let since = last_attempt.map(|last| now.duration_since(last));
    // A last attempt in the future means that the clock was set back: it says nothing.
    let remaining = since
        .and_then(|since| Duration::try_from(since).ok())
        .map_or(Duration::ZERO, |since| source.every.saturating_sub(since));
    if remaining.is_zero() && sources > START_AT_ONCE {
        return instant + START_SPREAD * share(&source.id, 0) / 256;
    }
    instant + remaining
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_lengthen_the_wait_but_never_beyond_a_day() {
        let minute = Duration::from_secs(60);
        let rows = [
            (15 * minute, 0, None, 15 * minute),
            (15 * minute, 1, None, 30 * minute),
            (15 * minute, 3, None, 60 * minute),
            (15 * minute, u32::MAX, None, RAREST),
            (15 * minute, 1, Some(2 * RAREST), 2 * RAREST),
            (3 * RAREST, 2, None, 3 * RAREST),
        ];
        for (every, failures, retry_after, expected) in rows {
            assert_eq!(wait(every, failures, retry_after), expected);
        }
    }

    #[test]
    fn jitter_stays_within_a_tenth() {
        let wait = Duration::from_secs(1000);
        for id in ["a", "b", "nguồn"] {
            let jittered = jittered(wait, id, 0);
            assert!(jittered >= wait && jittered <= wait + wait / 10);
        }
    }
}
