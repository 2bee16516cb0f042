//! Which source is looked at next, on the monotonic clock: one at a time of each host, and those
//! of hosts that do not answer in places of their own, so that waiting for the dead delays none
//! of the living. How long a source waits is [`super::rhythm`]'s matter.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::memory::is_of;
use super::pipeline::{End, Passed};
use super::rhythm::{RAREST, SWING};
use crate::fetch::{FailureClass, Heard, gate_of};
use crate::seen::SourceState;
use crate::source::Source;

/// Overdue sources of a start are begun at this rate, in sources a second, so that it is no
/// thunder; as few as [`START_AT_ONCE`] are begun at once.
const START_RATE: u32 = 50;
/// See [`START_RATE`].
const START_AT_ONCE: usize = 64;
/// Passes under way at once for each request that may be: most wait for their host's gap.
const PASSES_A_REQUEST: usize = 4;
/// One in so many requests may be to a host that did not answer last time.
const SUSPECT_SHARE: usize = 4;

/// The sources in the order in which they are due.
#[derive(Debug, Default)]
pub(super) struct Schedule {
    due: BinaryHeap<Reverse<(Instant, Arc<str>)>>,
    sources: HashMap<Arc<str>, Arc<Source>>,
    hosts: HashMap<Arc<str>, Host>,
    /// Hosts with a source that is due and none under way, in their order.
    living: Lane,
    suspect: Lane,
    under_way: HashMap<Arc<str>, UnderWay>,
}

#[derive(Debug, Default)]
struct Host {
    /// Sources that are due, and since when.
    waiting: VecDeque<(Instant, Arc<str>)>,
    /// It stands in a lane, or one of its sources is under way.
    engaged: bool,
    /// It did not answer last time.
    suspect: bool,
}

#[derive(Debug, Default)]
struct Lane {
    hosts: VecDeque<Arc<str>>,
    under_way: usize,
    places: usize,
}

#[derive(Debug)]
struct UnderWay {
    /// As it was when the pass began.
    source: Arc<Source>,
    host: Arc<str>,
    since: Instant,
    suspect: bool,
}

impl Schedule {
    /// Takes over a new list of sources: those known keep their time, though none waits longer
    /// than it could by its new settings; new ones, those with another address and those to be
    /// read more often are due when `first` says; those gone are forgotten. `concurrency`: requests under way at once.
    pub(super) fn replace(
        &mut self,
        sources: &[Arc<Source>],
        concurrency: usize,
        now: Instant,
        mut first: impl FnMut(&Source) -> Instant,
    ) {
        self.living.places = concurrency.max(1) * PASSES_A_REQUEST;
        self.suspect.places = (concurrency / SUSPECT_SHARE).max(1);
        let waiting = self.hosts.values_mut().flat_map(|h| h.waiting.drain(..));
        let due = self.due.drain().map(|Reverse(due)| due);
        let known: HashMap<Arc<str>, Instant> =
            due.chain(waiting).map(|(at, id)| (id, at)).collect();
        self.living.hosts.clear();
        self.suspect.hosts.clear();
        for host in self.hosts.values_mut() {
            host.engaged = false;
        }
        for pass in self.under_way.values() {
            self.hosts
                .entry(Arc::clone(&pass.host))
                .or_default()
                .engaged = true;
        }
        let new = sources
            .iter()
            .map(|source| (Arc::clone(&source.id), Arc::clone(source)))
            .collect();
        let before = std::mem::replace(&mut self.sources, new);
        for source in sources {
            if self.under_way.contains_key(&source.id) {
                continue;
            }
            let as_before = before
                .get(&source.id)
                .is_some_and(|before| before.url == source.url && before.every <= source.every);
            let at = match known.get(&source.id).filter(|_| as_before) {
                Some(at) => (*at).min(now + RAREST.max(source.every)),
                None => first(source),
            };
            self.due.push(Reverse((at, Arc::clone(&source.id))));
        }
        let hosts: std::collections::HashSet<Arc<str>> = sources.iter().map(|s| host(s)).collect();
        self.hosts
            .retain(|name, host| host.engaged || hosts.contains(name));
    }

    /// A host that is known not to answer: its sources begin in the lane of their own.
    pub(super) fn suspect(&mut self, source: &Source) {
        self.hosts.entry(host(source)).or_default().suspect = true;
    }

    /// The next source to be looked at; it counts as under way until [`Schedule::done`]. `None`:
    /// none is due, or all places are taken.
    pub(super) fn take_due(&mut self, now: Instant) -> Option<Arc<Source>> {
        while let Some(Reverse((at, _))) = self.due.peek()
            && *at <= now
        {
            let Some(Reverse((at, id))) = self.due.pop() else {
                break;
            };
            if let Some(source) = self.sources.get(&id) {
                let name = host(source);
                self.hosts
                    .entry(Arc::clone(&name))
                    .or_default()
                    .waiting
                    .push_back((at, id));
                self.enlist(&name);
            }
        }
        self.next_of(false).or_else(|| self.next_of(true))
    }

    fn lane(&mut self, suspect: bool) -> &mut Lane {
        match suspect {
            true => &mut self.suspect,
            false => &mut self.living,
        }
    }

    /// Puts a host into its lane if it has something to do.
    fn enlist(&mut self, name: &Arc<str>) {
        let Some(host) = self.hosts.get_mut(name) else {
            return;
        };
        if host.engaged || host.waiting.is_empty() {
            return;
        }
        host.engaged = true;
        let suspect = host.suspect;
        self.lane(suspect).hosts.push_back(Arc::clone(name));
    }

    fn next_of(&mut self, suspect: bool) -> Option<Arc<Source>> {
        let lane = self.lane(suspect);
        if lane.under_way >= lane.places {
            return None;
        }
        loop {
            let name = self.lane(suspect).hosts.pop_front()?;
            let host = self.hosts.get_mut(&name)?;
            let Some((since, id)) = host.waiting.pop_front() else {
                host.engaged = false;
                continue;
            };
            let Some(source) = self.sources.get(&id).map(Arc::clone) else {
                host.engaged = false;
                self.enlist(&name);
                continue;
            };
            self.lane(suspect).under_way += 1;
            let pass = UnderWay {
                source: Arc::clone(&source),
                host: name,
                since,
                suspect,
            };
            self.under_way.insert(id, pass);
            return Some(source);
        }
    }

    /// When the next source is due.
    #[must_use]
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.due.peek().map(|Reverse((at, _))| *at)
    }

    /// Sources that are due and not under way yet.
    #[must_use]
    pub(super) fn waiting(&self) -> usize {
        self.hosts.values().map(|host| host.waiting.len()).sum()
    }

    /// A pass has ended (`None`: it could not be recorded): the source gets its next time. Gives
    /// how long after its time it ended.
    pub(super) fn done(
        &mut self,
        id: &Arc<str>,
        passed: Option<&Passed>,
        now: Instant,
    ) -> Option<Duration> {
        let pass = self.ended(id, passed.map(|passed| &passed.end))?;
        if let Some(source) = self.sources.get(id) {
            let wait = match passed {
                // What the pass found is of another address.
                _ if source.url != pass.source.url => Duration::ZERO,
                Some(passed) if passed.end.is_failure() => later(passed.wait, id, now),
                Some(passed) if source.every < pass.source.every => {
                    sooner(passed.wait.min(source.every * SWING), id, now)
                }
                Some(passed) => sooner(passed.wait, id, now),
                None => source.every,
            };
            self.due.push(Reverse((now + wait, Arc::clone(id))));
        }
        Some(now.saturating_duration_since(pass.since))
    }

    /// A pass has ended, and its source is not looked at again by this schedule.
    pub(super) fn over(&mut self, id: &Arc<str>, end: Option<&End>) {
        self.ended(id, end);
    }

    /// The host of a pass that has ended may be asked again.
    fn ended(&mut self, id: &Arc<str>, end: Option<&End>) -> Option<UnderWay> {
        let pass = self.under_way.remove(id)?;
        let lane = self.lane(pass.suspect);
        lane.under_way = lane.under_way.saturating_sub(1);
        if let Some(host) = self.hosts.get_mut(&pass.host) {
            host.engaged = false;
            match end {
                Some(End::Failed(failure)) => match failure.heard {
                    Heard::Answer => host.suspect = false,
                    Heard::Silence => host.suspect = true,
                    Heard::Nothing => {}
                },
                Some(End::Read(_) | End::Unchanged) => host.suspect = false,
                Some(End::Unrecorded(_)) | None => {}
            }
        }
        self.enlist(&pass.host);
        Some(pass)
    }

    /// The line is back: those that did not answer are asked again, spread over `within`.
    pub(super) fn bring_forward(&mut self, now: Instant, within: Duration) {
        let due = std::mem::take(&mut self.due);
        for Reverse((at, id)) in due {
            let away = self.sources.get(&id).is_some_and(|source| {
                self.hosts
                    .get(&host(source))
                    .is_some_and(|host| host.suspect)
            });
            let soon = now + share(&id, now, within);
            self.due
                .push(Reverse((if away { at.min(soon) } else { at }, id)));
        }
    }
}

/// Whether the host of a source did not answer when it was asked last.
pub(super) fn was_silent(state: &SourceState) -> bool {
    use FailureClass::{Connect, Dns, Timeout};
    state.failures > 0
        && state.last_failure.as_ref().is_some_and(|last| {
            [Connect, Dns, Timeout]
                .iter()
                .any(|class| class.to_string() == last.class)
        })
}

/// What one request at a time goes to: as the fetcher's gates see it.
fn host(source: &Source) -> Arc<str> {
    Arc::from(gate_of(&source.url))
}

/// Up to a tenth longer, so that sources do not march in step.
fn later(wait: Duration, id: &str, now: Instant) -> Duration {
    wait + share(id, now, wait / 10)
}

/// Up to a tenth shorter: none is asked later than its interval.
fn sooner(wait: Duration, id: &str, now: Instant) -> Duration {
    wait - share(id, now, wait / 10)
}

/// A share of `whole` that differs between sources, and from time to time.
fn share(id: &str, now: Instant, whole: Duration) -> Duration {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    (id, now).hash(&mut hasher);
    whole
        .mul_f64(f64::from(u32::try_from(hasher.finish() >> 32).unwrap_or(0)) / f64::from(u32::MAX))
}

/// Over how long the overdue ones of so many sources are spread at a start.
#[must_use]
pub(super) fn start_spread(sources: usize) -> Duration {
    match u32::try_from(sources) {
        Ok(few) if sources <= START_AT_ONCE => Duration::ZERO * few,
        Ok(many) => Duration::from_secs(1) * many / START_RATE,
        Err(_) => RAREST,
    }
}

/// When a source is due first after a start, or after its settings changed, given what is known of
/// it. Those overdue are spread; what is known of another address says nothing.
#[must_use]
pub(super) fn first_due(
    source: &Source,
    state: &SourceState,
    now: Timestamp,
    instant: Instant,
    spread: Duration,
) -> Instant {
    let left = |due: Timestamp| Duration::try_from(due.duration_since(now)).ok();
    // A last attempt in the future means that the clock was set back, and a time that no wait
    // leads to that it was set: then nothing is known.
    let sane = state.last_attempt.is_some_and(|last| last <= now) && is_of(state, source);
    // A source that answers waits no longer than its interval lets it, unless the feed asks for
    // certain hours.
    let put_off = state.failures > 0 || state.skip_hours != 0 || state.skip_days != 0;
    let longest = if put_off {
        RAREST.max(source.every)
    } else {
        (source.every * SWING).min(RAREST.max(source.every))
    };
    match state.next_due.filter(|_| sane).and_then(left) {
        Some(left) if !left.is_zero() && left <= RAREST.max(source.every) => {
            instant + left.min(longest)
        }
        _ => instant + share(&source.id, instant, spread.min(source.every)),
    }
}

#[cfg(test)]
mod tests;
