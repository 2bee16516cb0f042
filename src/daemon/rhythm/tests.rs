use super::*;
use crate::daemon::pipeline::Counts;
use crate::fetch::Failure;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const EVERY: Duration = Duration::from_secs(15 * 60);

fn at(seconds: u64) -> Timestamp {
    // A Monday, midnight GMT.
    let begin: Timestamp = "2021-08-23T00:00:00Z".parse().unwrap();
    begin + Duration::from_secs(seconds)
}

fn read() -> End {
    End::Read(Counts::default())
}

fn news(new: usize) -> News {
    News {
        new,
        ..News::default()
    }
}

/// A source that brings `new` items at each of many readings, `gap` apart.
fn steady(new: usize, gap: Duration) -> (SourceState, Timestamp) {
    let mut state = SourceState::default();
    let mut now = at(0);
    for _ in 0..2000 {
        now += gap;
        learn(&mut state, news(new), now);
        state.last_success = Some(now);
    }
    (state, now)
}

fn near(wait: Duration, wanted: Duration) -> bool {
    wait.abs_diff(wanted) < wanted / 20
}

#[test]
fn the_interval_is_the_root_of_the_rate() {
    let rows = [
        // Items at each reading, time between readings, interval that comes of it.
        (1, EVERY, EVERY),
        (4, EVERY, EVERY / 2),
        (1, 4 * EVERY, 2 * EVERY),
        (100, EVERY, EVERY / 4),
        (0, EVERY, 4 * EVERY),
    ];
    for (new, gap, wanted) in rows {
        let (state, now) = steady(new, gap);
        let wait = wait(EVERY, &state, &read(), now);
        assert!(
            near(wait, wanted),
            "{new} in {gap:?}: {wait:?}, not {wanted:?}"
        );
    }
    let fresh = SourceState::default();
    assert_eq!(wait(EVERY, &fresh, &read(), at(0)), EVERY);
    assert_eq!(wait(EVERY, &fresh, &End::Unchanged, at(0)), EVERY);
}

#[test]
fn never_below_a_minute_unless_every_is() {
    let (state, now) = steady(50, MINUTE);
    assert_eq!(wait(2 * MINUTE, &state, &read(), now), MINUTE);
    let second = Duration::from_secs(1);
    let (state, now) = steady(50, 10 * second);
    assert_eq!(wait(second, &state, &read(), now), second);
}

#[test]
fn a_day_of_silence_does_not_forget_a_busy_source() {
    let (mut state, mut now) = steady(4, EVERY);
    for _ in 0..24 {
        now += HOUR;
        learn(&mut state, news(0), now);
        state.last_success = Some(now);
    }
    assert!(wait(EVERY, &state, &read(), now) < EVERY);
}

#[test]
fn a_source_that_told_a_rumour_is_asked_sooner_for_a_while() {
    let (mut state, now) = steady(0, EVERY);
    let rumour = |spreading| News {
        new: 1,
        rumours: Some(spreading),
        ..News::default()
    };
    learn(&mut state, rumour(Spreading::No), now);
    assert_eq!(wait(EVERY, &state, &read(), now), EVERY / 4);
    assert!(wait(EVERY, &state, &read(), now + 2 * HOUR) > EVERY);
    learn(&mut state, rumour(Spreading::Yes), now);
    assert_eq!(wait(EVERY, &state, &read(), now + 5 * HOUR), EVERY / 4);
    assert!(wait(EVERY, &state, &read(), now + 6 * HOUR) > EVERY);
    // The clock was a year ahead when it happened.
    assert!(wait(EVERY, &state, &read(), now - 9000 * HOUR) > EVERY);
}

#[test]
fn after_a_gap_readings_come_sooner() {
    let mut state = SourceState::default();
    learn(
        &mut state,
        News {
            gap: true,
            ..news(9)
        },
        at(0),
    );
    for _ in 0..HURRIED {
        assert_eq!(wait(EVERY, &state, &read(), at(0)), EVERY / 2);
        learn(&mut state, news(0), at(0));
    }
    assert_eq!(wait(EVERY, &state, &read(), at(0)), EVERY);
}

#[test]
fn what_servers_and_feeds_ask_for_is_heeded_within_bounds() {
    let asking = |at_least: u64, skip_hours: u32, skip_days: u8| SourceState {
        at_least: Some(at_least),
        skip_hours,
        skip_days,
        ..SourceState::default()
    };
    let rows = [
        (asking(60, 0, 0), 0, EVERY),
        (asking(1800, 0, 0), 0, 2 * EVERY),
        (asking(31_536_000, 0, 0), 0, 4 * EVERY),
        // The hours from 0 to 5 are skipped.
        (asking(0, 0b1_1111, 0), 0, 5 * HOUR),
        (
            asking(0, 0b1_1111, 0),
            1000,
            5 * HOUR - Duration::from_secs(1000),
        ),
        (asking(0, 0b1_1111, 0), 5 * 3600, EVERY),
        // Mondays are skipped.
        (asking(0, 0, 1), 0, 24 * HOUR),
        // All hours: nobody means that.
        (asking(0, 0xff_ffff, 0), 0, EVERY + 24 * HOUR),
    ];
    for (state, second, wanted) in rows {
        assert_eq!(
            wait(EVERY, &state, &read(), at(second)),
            wanted,
            "{state:?}"
        );
    }
    let hot = SourceState {
        hot_until: Some(at(60)),
        ..asking(3600, 0b1_1111, 1)
    };
    assert_eq!(wait(EVERY, &hot, &read(), at(0)), EVERY);
}

#[test]
fn failures_lengthen_the_wait_but_never_beyond_a_day() {
    use FailureClass::{Dns, Http4xx, Http5xx, Robots, Timeout};
    let hour = Some(HOUR);
    let rows = [
        (EVERY, Timeout, 1, None, EVERY),
        (EVERY, Http4xx, 2, None, EVERY),
        (EVERY, Timeout, 3, None, EVERY * 3 / 2),
        (EVERY, Dns, 4, None, 2 * EVERY),
        (EVERY, Http5xx, 3, None, 2 * EVERY),
        (EVERY, Http5xx, 5, None, 4 * EVERY),
        (EVERY, Http4xx, 3, None, 5 * EVERY),
        (EVERY, Robots, 5, None, 13 * EVERY),
        (EVERY, Timeout, u32::MAX, None, RAREST),
        (EVERY, Http5xx, 1, hour, HOUR),
        (EVERY, Http5xx, 1, Some(2 * RAREST), 2 * RAREST),
        (3 * RAREST, Http4xx, 2, None, 3 * RAREST),
    ];
    for (every, class, failures, retry_after, wanted) in rows {
        let state = SourceState {
            failures,
            ..SourceState::default()
        };
        let failure = Failure {
            retry_after,
            ..Failure::new(class, "")
        };
        let waited = wait(every, &state, &End::Failed(failure), at(0));
        assert_eq!(waited, wanted, "{class} {failures}");
    }
}

#[test]
fn no_clock_makes_a_storm_or_a_stall() {
    let clocks = [
        "1970-01-01T00:00:01Z",
        "2038-01-19T03:14:08Z",
        "2021-08-22T00:00:00Z",
    ];
    for jump in clocks.map(|clock| clock.parse::<Timestamp>().unwrap()) {
        let (mut state, mut now) = steady(1, EVERY);
        for clock in [jump, jump + EVERY, now, now + EVERY] {
            learn(&mut state, news(1), clock);
            state.last_success = Some(clock);
            let waited = wait(EVERY, &state, &read(), clock);
            assert!(
                waited >= EVERY / 4 && waited <= 4 * EVERY,
                "{clock}: {waited:?}"
            );
        }
        // And it is as before after some days.
        now += EVERY;
        for _ in 0..1200 {
            now += EVERY;
            learn(&mut state, news(1), now);
            state.last_success = Some(now);
        }
        assert!(near(wait(EVERY, &state, &read(), now), EVERY));
    }
}

/// A generator of its own (xorshift64*), so that the figures are the same everywhere.
struct Random(u64);

impl Random {
    /// Uniform in (0, 1].
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        ((self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) as f64 + 1.0) / 2f64.powi(53)
    }
}

/// Delays in seconds of all items of one source over the days, and the requests made.
fn simulate(
    rate: f64,
    days: u32,
    next: &mut impl FnMut(usize, Timestamp) -> Duration,
    seed: u64,
) -> (Vec<f64>, u32) {
    let mut random = Random(seed);
    let end = f64::from(days) * 86_400.0;
    let (mut arrival, mut poll, mut polls) = (0.0, 0.0, 0);
    let (mut delays, mut pending) = (Vec::new(), Vec::new());
    while poll < end {
        while arrival < poll {
            pending.push(arrival);
            arrival -= random.next().ln() / rate;
        }
        polls += 1;
        let came = pending.len();
        delays.extend(pending.drain(..).map(|came| poll - came));
        let wait = next(came, at(Duration::from_secs_f64(poll).as_secs()));
        poll += wait.as_secs_f64();
    }
    (delays, polls)
}

/// Prints what the law gains over asking all sources equally often.
#[test]
fn the_law_finds_news_sooner_with_as_many_requests() {
    const SOURCES: u32 = 1000;
    const DAYS: u32 = 5;
    // From one item in ten days to two hundred a day.
    let rates = (0..SOURCES).map(|n| 0.1 * 2000f64.powf(f64::from(n) / 999.0) / 86_400.0);
    let rates: Vec<f64> = rates.collect();
    let mean = |delays: &[f64]| delays.iter().sum::<f64>() / delays.len() as f64 / 60.0;
    let (mut delays, mut polls) = (Vec::new(), 0);
    for (rate, seed) in rates.iter().zip(1..) {
        let mut state = SourceState::default();
        let mut next = |came, now| {
            learn(&mut state, news(came), now);
            state.last_success = Some(now);
            wait(EVERY, &state, &read(), now)
        };
        let (own, asked) = simulate(*rate, DAYS, &mut next, seed);
        delays.extend(own);
        polls += asked;
    }
    let same = Duration::from_secs_f64(f64::from(SOURCES * DAYS) * 86_400.0 / f64::from(polls));
    let mut equal = Vec::new();
    for (rate, seed) in rates.iter().zip(1..) {
        equal.extend(simulate(*rate, DAYS, &mut |_, _| same, seed).0);
    }
    let (law, equal) = (mean(&delays), mean(&equal));
    println!(
        "{SOURCES} sources, {DAYS} days, {} items: {polls} requests; mean delay {law:.1} min by \
         the law, {equal:.1} min with as many requests at equal intervals of {:.1} min",
        delays.len(),
        same.as_secs_f64() / 60.0,
    );
    assert!(delays.len() > 100_000);
    assert!(law < 0.7 * equal, "{law} against {equal}");
}

#[test]
fn a_silence_is_unusual_against_the_usual_one() {
    const DAY: u64 = 24;
    let hours = |hours: u64| Duration::from_secs(hours * 3600);
    // Something new every so many hours; then hours of silence that is not unusual, and is.
    let rows = [
        (Some(6), 14 * DAY, 14 * DAY + 7),
        (Some(7 * DAY), 139 * DAY, 141 * DAY),
        (None, 60 * DAY, 60 * DAY + 7),
    ];
    for (usual, still, unusual) in rows {
        let mut state = SourceState::default();
        let mut now = at(0);
        let mut look = |state: &mut SourceState, new| {
            now += hours(6);
            learn(state, news(new), now);
            state.last_success = Some(now);
        };
        look(&mut state, 30);
        for look_no in 1..=20 * usual.unwrap_or(0) / 6 {
            let new = usual.is_some_and(|usual| look_no * 6 % usual == 0);
            look(&mut state, usize::from(new));
        }
        assert_eq!(state.quiet, 0);
        for _ in 0..still / 6 {
            look(&mut state, 0);
        }
        assert!(!is_unusually_quiet(&state), "{usual:?}: {state:?}");
        for _ in still / 6..unusual.div_ceil(6) {
            look(&mut state, 0);
        }
        assert!(is_unusually_quiet(&state), "{usual:?}: {state:?}");
    }
}

#[test]
fn what_nobody_watched_is_no_silence() {
    let mut state = SourceState::default();
    learn(&mut state, news(30), at(0));
    state.last_success = Some(at(0));
    // The machine was off for a year, or its clock was.
    let later = at(365 * 24 * 3600);
    learn(&mut state, news(0), later);
    assert!(!is_unusually_quiet(&state), "{state:?}");
}

#[test]
fn the_pace_is_named() {
    let pace = |state: &SourceState| Pace::of(EVERY, state, at(0));
    let fresh = SourceState::default();
    assert_eq!(pace(&fresh), Pace::Usual);
    assert_eq!(pace(&steady(100, EVERY).0), Pace::Often);
    assert_eq!(pace(&steady(0, EVERY).0), Pace::Seldom);
    let hurried = SourceState {
        hurried: 1,
        ..fresh.clone()
    };
    assert_eq!(pace(&hurried), Pace::Hurried);
    let hot = SourceState {
        hot_until: Some(at(60)),
        ..hurried
    };
    assert_eq!(pace(&hot), Pace::Hot);
    let failing = SourceState {
        failures: TOLD_AFTER,
        ..hot
    };
    assert_eq!(pace(&failing), Pace::BackedOff);
}
