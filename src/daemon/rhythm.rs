//! How long to wait until a source is looked at again: pure, on what is remembered of it.
//!
//! **The law.** Items arrive at a source at random with some rate λ, learned from what each
//! reading brought. To keep the sum of all delays smallest at a given number of requests, sources
//! are asked in proportion to the square root of their rates (Sia, Cho & Cho, "Efficient
//! Monitoring Algorithm for Fast News Alerts", IEEE TKDE 19(7), 2007, theorem on resource
//! allocation for equal costs). So the interval is √(every / λ): `every` itself where one item
//! comes in that time, between a quarter and four times of it elsewhere, and never below a
//! minute. λ is a mean that forgets over three days, and begins as if two items had come at the
//! rate of one in `every`.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Serialize};

use super::health::TOLD_AFTER;
use super::pipeline::End;
use crate::fetch::FailureClass;
use crate::seen::SourceState;

/// A failing source is asked at least this often: nothing is ever given up.
pub(super) const RAREST: Duration = Duration::from_secs(24 * 3600);
/// No source is asked more often, unless its `every` says so.
const OFTENEST: Duration = Duration::from_secs(60);
/// The interval leaves `every` by this factor at most.
pub(super) const SWING: u32 = 4;
/// How many items `every` counts for, against those that came.
const TRUST_IN_EVERY: f64 = 2.0;
/// In this time what came loses all but 37 % of its weight.
const FORGETS_IN: f64 = 3.0 * 24.0 * 3600.0;
/// One reading says no more of the time before it than this; a clock set wrong says less.
const LONGEST_WATCH: f64 = 24.0 * 3600.0;
/// A source that told a rumour is asked so much more often,
const HASTE: u32 = 4;
/// for this time,
const HOT: Duration = Duration::from_secs(2 * 3600);
/// and for this one where the rumour stands on several pages already.
const HOT_SPREADING: Duration = Duration::from_secs(6 * 3600);
/// Readings made sooner after a gap.
const HURRIED: u32 = 8;

/// No silence shorter than this is unusual: offices close for the holidays of Tết.
const LEAST_SILENCE: u64 = 14 * 24 * 3600;
/// A silence this many times as long as the usual one is unusual. Were it a matter of chance
/// alone (a Poisson process), one in e²⁰ would be as long; items that come in bursts need the room.
const UNUSUAL: u64 = 20;
/// The usual silence of a source that brought nothing yet.
const UNKNOWN_SILENCE: u64 = 3 * 24 * 3600;
/// A silence counts for one in so many in the mean of them.
const SILENCES: u64 = 8;

/// How often a source is asked, against its `every`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pace {
    /// About as often as `every` says.
    Usual,
    /// More often, since it brings much.
    Often,
    /// Less often, since it brings little.
    Seldom,
    /// More often for some hours, since it told a rumour.
    Hot,
    /// More often for some readings, since items may have come and gone unseen.
    Hurried,
    /// Less often, since it keeps failing.
    BackedOff,
}

impl Pace {
    /// Of a source with this state.
    pub(super) fn of(every: Duration, state: &SourceState, now: Timestamp) -> Self {
        let learned = learned(every, state);
        if state.failures >= TOLD_AFTER {
            Self::BackedOff
        } else if is_hot(state, now) {
            Self::Hot
        } else if state.hurried > 0 {
            Self::Hurried
        } else if learned < every * 9 / 10 {
            Self::Often
        } else if learned > every * 11 / 10 {
            Self::Seldom
        } else {
            Self::Usual
        }
    }
}

/// Whether a source has had nothing new for unusually long, while it was watched.
pub(super) fn is_unusually_quiet(state: &SourceState) -> bool {
    let usual = state.usual_quiet.unwrap_or(UNKNOWN_SILENCE);
    state.quiet > LEAST_SILENCE.max(usual.saturating_mul(UNUSUAL))
}

/// What came of an answer.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct News {
    /// Items not seen before.
    pub(super) new: usize,
    /// New assertions of rumours, and whether one of them stands on several pages.
    pub(super) rumours: Option<Spreading>,
    /// Items may have come and gone unseen.
    pub(super) gap: bool,
}

/// Whether a rumour stands on several pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Spreading {
    No,
    Yes,
}

/// Learns from an answer. Call it before the state's `last_success` moves.
pub(super) fn learn(state: &mut SourceState, news: News, now: Timestamp) {
    // What a source held at its first sight came at no known time.
    if let Some(last) = state.last_success {
        let watched = now.duration_since(last).as_secs_f64().min(LONGEST_WATCH);
        if watched > 0.0 {
            let kept = (-watched / FORGETS_IN).exp();
            #[expect(clippy::cast_precision_loss, reason = "at most some thousand items")]
            let came = news.new as f64;
            state.rhythm.arrivals = state.rhythm.arrivals * kept + came;
            state.rhythm.watched = state.rhythm.watched * kept + watched;
            hear_silence(state, Duration::from_secs_f64(watched).as_secs(), news.new);
        }
    }
    let hot = match news.rumours {
        Some(Spreading::Yes) => Some(HOT_SPREADING),
        Some(Spreading::No) => Some(HOT),
        None => None,
    };
    if let Some(until) = hot.and_then(|hot| now.checked_add(hot).ok()) {
        state.hot_until = state.hot_until.max(Some(until));
    }
    state.hurried = match news.gap {
        true => HURRIED,
        false => state.hurried.saturating_sub(1),
    };
}

fn hear_silence(state: &mut SourceState, watched: u64, new: usize) {
    let quiet = state.quiet.saturating_add(watched);
    if new == 0 {
        state.quiet = quiet;
        return;
    }
    state.usual_quiet = Some(match state.usual_quiet {
        None => quiet,
        Some(usual) => usual - usual / SILENCES + quiet / SILENCES,
    });
    state.quiet = 0;
}

/// How long until the next look, given how this one ended.
pub(super) fn wait(every: Duration, state: &SourceState, end: &End, now: Timestamp) -> Duration {
    match end {
        End::Failed(failure) => backed_off(every, failure.class, state.failures)
            .max(failure.retry_after.unwrap_or(Duration::ZERO)),
        End::Unrecorded(_) => every,
        End::Read(_) | End::Unchanged => interval(every, state, now),
    }
}

fn interval(every: Duration, state: &SourceState, now: Timestamp) -> Duration {
    let longest = (every * SWING).min(RAREST.max(every));
    let shortest = OFTENEST.min(every);
    let learned = learned(every, state).clamp((every / SWING).max(shortest), longest);
    let hot = is_hot(state, now);
    let mut wait = learned;
    if hot {
        wait = wait.min(every) / HASTE;
    } else if state.hurried > 0 {
        wait /= 2;
    }
    // The admin's `every` outweighs what the server wishes: a page that may be cached for a year
    // is news all the same.
    let wished = Duration::from_secs(state.at_least.unwrap_or(0));
    wait = wait
        .max(shortest)
        .max(wished.min(if hot { every } else { longest }));
    if hot {
        wait
    } else {
        past_skipped(wait, state, now)
    }
}

fn is_hot(state: &SourceState, now: Timestamp) -> bool {
    // A clock that was set back makes nothing hot for longer than it should be.
    state
        .hot_until
        .is_some_and(|until| until > now && until.duration_since(now) <= signed(HOT_SPREADING))
}

/// √(every / λ).
fn learned(every: Duration, state: &SourceState) -> Duration {
    let every = every.as_secs_f64().max(1.0);
    let rate =
        (state.rhythm.arrivals + TRUST_IN_EVERY) / (state.rhythm.watched + TRUST_IN_EVERY * every);
    // What was read from disk may be anything.
    Duration::try_from_secs_f64((every / rate).sqrt()).unwrap_or(RAREST)
}

/// Linearly longer with every failure in a row, up to a day: steeply where asking again changes
/// nothing soon, gently where a line or a server will be back.
fn backed_off(every: Duration, class: FailureClass, failures: u32) -> Duration {
    use FailureClass::{
        Busy, Closed, Connect, Dns, Http4xx, Http5xx, Refused, Robots, Timeout, Tls, TooBig,
        Unreadable,
    };
    let halves = match class {
        // Temporary.
        Dns | Connect | Timeout | Busy => 1,
        // Soft.
        Http5xx | Tls | Unreadable => 2,
        // Hard.
        Http4xx | Robots | TooBig | Closed | Refused => 8,
    };
    // Until it is told of, a failure is looked into at the usual pace.
    let beyond = failures.saturating_sub(TOLD_AFTER - 1);
    let factor = beyond.saturating_mul(halves).saturating_add(2);
    (every / 2)
        .saturating_mul(factor)
        .min(RAREST.max(every))
        .max(OFTENEST.min(every))
}

/// A time within the hours and days that the feed skips is put off to their end, a day at most.
fn past_skipped(wait: Duration, state: &SourceState, now: Timestamp) -> Duration {
    const HOUR: Duration = Duration::from_secs(3600);
    let skipped = |wait: Duration| {
        let at = now.checked_add(wait).unwrap_or(Timestamp::MAX);
        let at = at.to_zoned_datetime(TimeZone::fixed(Offset::UTC));
        state.skip_hours >> at.hour() & 1 == 1
            || state.skip_days >> at.weekday().to_monday_zero_offset() & 1 == 1
    };
    if (state.skip_hours == 0 && state.skip_days == 0) || !skipped(wait) {
        return wait;
    }
    let hours = (1..=24).map(|hours| wait + HOUR * hours);
    hours
        .into_iter()
        .find(|wait| !skipped(*wait))
        .map_or(wait + RAREST, |wait| {
            // To the beginning of that hour.
            let at = now.checked_add(wait).unwrap_or(Timestamp::MAX);
            let into = u64::try_from(at.as_second().rem_euclid(3600)).unwrap_or(0);
            wait.saturating_sub(Duration::from_secs(into))
        })
}

fn signed(duration: Duration) -> jiff::SignedDuration {
    jiff::SignedDuration::try_from(duration).unwrap_or(jiff::SignedDuration::MAX)
}

#[cfg(test)]
mod tests;
