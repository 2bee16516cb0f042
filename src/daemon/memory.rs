//! What a pass asks of the seen memory, and what it leaves there. A memory that fails is one that
//! has forgotten.

use std::time::Duration;

use jiff::Timestamp;
use tracing::warn;
use url::Url;

use super::health::is_silence;
use super::identity::{self, Fresh, Mark, Past};
use super::pipeline::{End, Reading};
use super::rhythm::{self, News, Spreading};
use super::world::World;
use crate::failpoint::{self, Point};
use crate::fetch::Validators;
use crate::seen::{LastFailure, SeenError, SeenValidators, SourceState};
use crate::source::Source;

/// Some servers answer 304 for ever: once in this time the whole body is asked for.
const FULL_GET_EVERY: Duration = Duration::from_secs(24 * 3600);

/// A seen memory that fails is a memory that has forgotten: more work, no lost alert.
pub(super) fn or_forgotten<T: Default>(answer: Result<T, SeenError>) -> T {
    answer.unwrap_or_else(|error| {
        warn!(%error, "the seen memory failed: {error}");
        T::default()
    })
}

/// Whether a state was learned of the address that the source has now.
pub(super) fn is_of(state: &SourceState, source: &Source) -> bool {
    let address = state.address.as_deref();
    address.is_none_or(|address| address == source.url.as_str())
}

pub(super) fn usable_validators(
    world: &World,
    source: &Source,
    now: Timestamp,
) -> Option<Validators> {
    let known: SeenValidators = or_forgotten(world.seen.validators(&source.id))?;
    let state: SourceState = or_forgotten(world.seen.source_state(&source.id));
    if !is_of(&state, source) {
        return None;
    }
    let age = now.duration_since(known.last_full);
    let fresh = age.unsigned_abs() < FULL_GET_EVERY;
    fresh.then_some(Validators {
        etag: known.etag,
        last_modified: known.last_modified,
    })
}

/// After the ledger: the items of a batch. Those whose page must be asked for again are not
/// remembered.
pub(super) fn remember_items(
    world: &World,
    source: &Source,
    fresh: &[Fresh],
    past: &[Past],
    now: Timestamp,
) {
    let settled = fresh.iter().filter(|item| item.settled);
    let scanned = settled.map(|item| (&*item.listed.id, Mark::scanned(item.digest).bits()));
    let passed_over = past
        .iter()
        .map(|item| (&*item.id, Mark::passed_over(item.digest).bits()));
    let items: Vec<(&str, [u8; 16])> = scanned.chain(passed_over).collect();
    or_forgotten(world.seen.remember_items(&source.id, &items, now));
    failpoint::reach(Point::ItemsRemembered);
}

/// After the last batch: the listing, then the validators. Where items must be looked at again,
/// the whole body is asked for again.
pub(super) fn remember_reading(
    world: &World,
    source: &Source,
    reading: &Reading,
    unsettled: &[Fresh],
    now: Timestamp,
) {
    let mut listing = reading.listing.clone();
    identity::without(&mut listing, unsettled);
    let kept = SeenValidators {
        etag: reading.validators.etag.clone(),
        last_modified: reading.validators.last_modified.clone(),
        last_full: now,
    };
    let has_any = kept.etag.is_some() || kept.last_modified.is_some();
    let listed = match listing.0.is_empty() {
        // An emptied feed comes back with what it had.
        true => Ok(()),
        false => world.seen.set_listing(&source.id, &listing),
    };
    let remembered = listed.and_then(|()| {
        let validators = (unsettled.is_empty() && has_any).then_some(&kept);
        world.seen.set_validators(&source.id, validators)
    });
    or_forgotten(remembered);
    failpoint::reach(Point::ValidatorsKept);
}

/// What a pass learned besides how it ended.
pub(super) struct Learned<'a> {
    pub(super) brought: Option<&'a Reading>,
    /// Where a chain of permanent redirects led.
    pub(super) moved_to: Option<Url>,
    pub(super) rumours: Option<Spreading>,
}

/// Keeps how it goes with the source; gives how long to wait until it is looked at
/// again, and what is known now.
pub(super) fn record(
    world: &World,
    source: &Source,
    end: &End,
    learned: &Learned<'_>,
    now: Timestamp,
) -> (Duration, SourceState) {
    let mut state = or_forgotten(world.seen.source_state(&source.id));
    if !is_of(&state, source) {
        state = SourceState::default();
    }
    note(&mut state, end, learned, world.health.line_is_down(), now);
    let wait = rhythm::wait(source.every, &state, end, now);
    state.address = Some(source.url.to_string());
    state.last_attempt = Some(now);
    state.next_due = now.checked_add(wait).ok();
    or_forgotten(world.seen.set_source_state(&source.id, &state));
    (wait, state)
}

fn note(
    state: &mut SourceState,
    end: &End,
    learned: &Learned<'_>,
    line_is_down: bool,
    now: Timestamp,
) {
    let new = match end {
        End::Failed(failure) => {
            // What is the line's fault is held against no source.
            if !(line_is_down && is_silence(failure.class)) {
                state.failures = state.failures.saturating_add(1);
                state.failing_since = state.failing_since.or(Some(now));
            }
            state.last_failure = Some(LastFailure {
                class: failure.class.to_string(),
                detail: failure.detail.clone(),
                at: now,
            });
            return;
        }
        End::Unrecorded(_) => return,
        End::Unchanged => {
            if state.empty_readings > 0 {
                state.empty_readings = state.empty_readings.saturating_add(1);
            }
            0
        }
        End::Read(counts) => {
            if counts.fresh > 0 {
                state.last_new = Some(now);
            }
            state.empty_readings = match counts.items {
                0 => state.empty_readings.saturating_add(1),
                _ => 0,
            };
            counts.fresh
        }
    };
    let news = News {
        new,
        rumours: learned.rumours,
        gap: learned.brought.is_some_and(|reading| reading.gap),
    };
    rhythm::learn(state, news, now);
    if let Some(reading) = learned.brought {
        state.at_least = reading.at_least.map(|at_least| at_least.as_secs());
        state.skip_hours = reading.pace.skip_hours;
        state.skip_days = reading.pace.skip_days;
    }
    state.moved_to = learned.moved_to.as_ref().map(ToString::to_string);
    if news.gap {
        state.last_gap_from = state.last_success;
    }
    state.failures = 0;
    state.failing_since = None;
    state.last_success = Some(now);
}
