use std::collections::BTreeMap;

use super::*;
use crate::daemon::pipeline::Counts;
use crate::fetch::Failure;
use crate::source::Kind;

const SECOND: Duration = Duration::from_secs(1);
const EVERY: Duration = Duration::from_secs(15 * 60);

fn source(id: &str, host: &str) -> Arc<Source> {
    let url = format!("http://{host}.example/{id}").parse().unwrap();
    Arc::new(Source {
        id: Arc::from(id),
        every: EVERY,
        ..Source::ad_hoc(Kind::Feed, url)
    })
}

fn passed(source: &Source, end: End) -> Passed {
    Passed {
        source: Arc::clone(&source.id),
        end,
        wait: EVERY,
        line_back: false,
    }
}

fn read() -> End {
    End::Read(Counts::default())
}

fn failed(class: FailureClass) -> End {
    End::Failed(Failure::new(class, ""))
}

fn schedule(sources: &[Arc<Source>], concurrency: usize, now: Instant) -> Schedule {
    let mut schedule = Schedule::default();
    schedule.replace(sources, concurrency, now, |_| now);
    schedule
}

/// All that can be begun now.
fn begun(schedule: &mut Schedule, now: Instant) -> Vec<String> {
    let mut ids: Vec<String> = std::iter::from_fn(|| schedule.take_due(now))
        .map(|source| source.id.to_string())
        .collect();
    ids.sort();
    ids
}

#[test]
fn one_source_of_a_host_at_a_time() {
    let now = Instant::now();
    let sources = [source("a1", "a"), source("a2", "a"), source("b1", "b")];
    let mut schedule = schedule(&sources, 8, now);
    let first = begun(&mut schedule, now);
    assert_eq!(first.len(), 2);
    assert_eq!(schedule.waiting(), 1);
    let of_a = Arc::from(first[0].as_str());
    let lag = schedule.done(&of_a, Some(&passed(&sources[0], read())), now + SECOND);
    assert_eq!(lag, Some(SECOND));
    let second = begun(&mut schedule, now + SECOND);
    assert_eq!(second.len(), 1);
    assert!(second[0].starts_with('a') && second[0] != first[0]);
    assert!(begun(&mut schedule, now + SECOND).is_empty());
}

#[test]
fn the_blogs_of_a_platform_hold_one_place() {
    let now = Instant::now();
    let blogs = (0..40).map(|n| {
        let url = format!("https://blog-{n}.blogspot.com/feeds/posts/default");
        Arc::new(Source {
            id: format!("blog-{n}").into(),
            ..Source::ad_hoc(Kind::Feed, url.parse().unwrap())
        })
    });
    let sources: Vec<_> = blogs.chain([source("b", "b"), source("c", "c")]).collect();
    let mut schedule = schedule(&sources, 1, now);
    let first = begun(&mut schedule, now);
    assert_eq!(first.len(), 3, "{first:?}");
    assert!(first.contains(&"b".to_owned()) && first.contains(&"c".to_owned()));
}

#[test]
fn a_reload_keeps_the_times_and_begins_nothing_twice() {
    let now = Instant::now();
    let sources = [source("a", "a"), source("b", "a"), source("gone", "g")];
    let mut schedule = schedule(&sources, 8, now);
    let under_way = schedule.take_due(now).unwrap();
    let more = [source("a", "a"), source("b", "a"), source("new", "n")];
    schedule.replace(&more, 8, now, |_| now + 9 * SECOND);
    assert!(
        begun(&mut schedule, now).iter().all(|id| id != "gone"),
        "what is gone is gone"
    );
    // The host is still engaged by the pass under way, unless that one was of another host.
    if &*under_way.id != "gone" {
        assert!(begun(&mut schedule, now).is_empty());
        schedule.done(&under_way.id, Some(&passed(&under_way, read())), now);
        assert_eq!(begun(&mut schedule, now).len(), 1);
    }
    assert!(begun(&mut schedule, now + 10 * SECOND).contains(&"new".to_owned()));
}

#[test]
fn a_corrected_address_and_a_shorter_interval_take_effect_at_once() {
    let hour = 3600 * SECOND;
    let now = Instant::now();
    let daily = |id: &str, host: &str, every: Duration| {
        let source = source(id, host);
        Arc::new(Source {
            every,
            ..(*source).clone()
        })
    };
    let before = ["same", "moved", "oftener", "rarer"].map(|id| daily(id, id, 24 * hour));
    let mut schedule = schedule(&before, 8, now);
    begun(&mut schedule, now);
    for source in &before {
        let ended = Passed {
            wait: 24 * hour,
            ..passed(source, read())
        };
        schedule.done(&source.id, Some(&ended), now);
    }
    let after = [
        daily("same", "same", 24 * hour),
        daily("moved", "elsewhere", 24 * hour),
        daily("oftener", "oftener", hour),
        daily("rarer", "rarer", 48 * hour),
    ];
    let mut asked = Vec::new();
    schedule.replace(&after, 8, now, |source| {
        asked.push(source.id.to_string());
        now + SECOND
    });
    assert_eq!(asked, ["moved", "oftener"]);
    assert_eq!(begun(&mut schedule, now + SECOND), ["moved", "oftener"]);
    // They change again while they are being read.
    let again = [
        daily("same", "same", 24 * hour),
        daily("moved", "third", 24 * hour),
        daily("oftener", "oftener", hour / 4),
    ];
    schedule.replace(&again, 8, now, |_| panic!("all are known"));
    let ended = |n: usize| Passed {
        wait: 4 * hour,
        ..passed(&after[n], read())
    };
    schedule.done(&after[1].id, Some(&ended(1)), now);
    assert_eq!(begun(&mut schedule, now), ["moved"]);
    schedule.done(&after[2].id, Some(&ended(2)), now);
    assert_eq!(begun(&mut schedule, now + hour), ["oftener"]);
}

#[test]
fn a_pass_that_broke_down_is_made_again() {
    let now = Instant::now();
    let sources = [source("a", "a")];
    let mut schedule = schedule(&sources, 8, now);
    let id = schedule.take_due(now).unwrap().id.clone();
    schedule.done(&id, None, now);
    assert!(begun(&mut schedule, now + EVERY - SECOND).is_empty());
    assert_eq!(begun(&mut schedule, now + EVERY), ["a"]);
}

#[test]
fn no_source_is_asked_later_than_its_interval_nor_sooner_than_a_server_asked() {
    let now = Instant::now();
    for id in ["a", "b", "nguồn", "x", "y"] {
        let (sooner, later) = (sooner(EVERY, id, now), later(EVERY, id, now));
        assert!(sooner >= EVERY * 9 / 10 && sooner <= EVERY);
        assert!(later >= EVERY && later <= EVERY * 11 / 10);
    }
}

#[test]
fn silent_hosts_have_places_of_their_own() {
    let now = Instant::now();
    let sources: Vec<Arc<Source>> = (0..20)
        .map(|n| source(&format!("dead-{n}"), &format!("dead-{n}")))
        .chain((0..20).map(|n| source(&format!("live-{n}"), &format!("live-{n}"))))
        .collect();
    let mut schedule = schedule(&sources, 8, now);
    assert_eq!(
        begun(&mut schedule, now).len(),
        32,
        "as many as there are places"
    );
    for source in &sources {
        let end = match source.id.starts_with("dead") {
            true => failed(FailureClass::Timeout),
            false => read(),
        };
        schedule.done(&source.id, Some(&passed(source, end)), now);
        begun(&mut schedule, now);
    }
    let later = now + 2 * EVERY;
    let begun = begun(&mut schedule, later);
    let dead = begun.iter().filter(|id| id.starts_with("dead")).count();
    assert_eq!((dead, begun.len() - dead), (2, 20), "{begun:?}");
    // The line comes back: they are asked again soon.
    schedule.bring_forward(later, SECOND);
}

#[test]
fn a_host_that_was_not_asked_stays_where_it_was() {
    let now = Instant::now();
    let sources = [source("dead", "dead")];
    let mut schedule = schedule(&sources, 8, now);
    for (class, suspect) in [
        (FailureClass::Connect, true),
        (FailureClass::Robots, true),
        (FailureClass::Http5xx, false),
        (FailureClass::Refused, false),
    ] {
        let later = now + 4 * EVERY;
        schedule.replace(&sources, 8, now, |_| now);
        assert_eq!(begun(&mut schedule, later), ["dead"], "{class}");
        let ended = passed(&sources[0], failed(class));
        schedule.done(&sources[0].id, Some(&ended), now);
        let host = &schedule.hosts[&host(&sources[0])];
        assert_eq!(host.suspect, suspect, "{class}");
    }
}

#[test]
fn when_the_line_is_back_silent_hosts_are_asked_soon() {
    let now = Instant::now();
    let sources = [source("dead", "dead"), source("live", "live")];
    let mut schedule = schedule(&sources, 8, now);
    begun(&mut schedule, now);
    let away = passed(&sources[0], failed(FailureClass::Connect));
    schedule.done(&sources[0].id, Some(&away), now);
    schedule.done(&sources[1].id, Some(&passed(&sources[1], read())), now);
    schedule.bring_forward(now, 10 * SECOND);
    assert_eq!(begun(&mut schedule, now + 10 * SECOND), ["dead"]);
}

#[test]
fn a_start_goes_on_where_the_last_run_ended_whatever_the_clock_says() {
    let (now, instant) = (
        "2021-08-23T07:00:00Z".parse::<Timestamp>().unwrap(),
        Instant::now(),
    );
    let source = source("a", "a");
    let spread = 200 * SECOND;
    let state = |last: i64, next: i64| SourceState {
        last_attempt: Some(now + jiff::SignedDuration::from_secs(last)),
        next_due: Some(now + jiff::SignedDuration::from_secs(next)),
        ..SourceState::default()
    };
    let day = 24 * 3600;
    let failing = |state| SourceState {
        failures: 3,
        ..state
    };
    let of = |address: &str, state| SourceState {
        address: Some(address.to_owned()),
        ..state
    };
    let rows = [
        (
            "read every day until now",
            state(-600, day - 600),
            Some(SWING * EVERY),
        ),
        (
            "failing",
            failing(state(-600, day - 600)),
            Some(86_400 * SECOND - 600 * SECOND),
        ),
        (
            "the same address",
            of("http://a.example/a", state(-600, 300)),
            Some(300 * SECOND),
        ),
        (
            "another address",
            of("http://b.example/a", failing(state(-600, 3000))),
            None,
        ),
        ("due in five minutes", state(-600, 300), Some(300 * SECOND)),
        ("overdue", state(-7200, -3600), None),
        ("never asked", SourceState::default(), None),
        ("the clock was set back", state(day, day + 900), None),
        ("the clock was at 2038", state(-600, 500_000_000), None),
        (
            "the clock was at 1970",
            state(-1_600_000_000, -1_599_999_000),
            None,
        ),
    ];
    for (what, state, wanted) in rows {
        let due = first_due(&source, &state, now, instant, spread) - instant;
        match wanted {
            Some(wanted) => assert_eq!(due, wanted, "{what}"),
            None => assert!(due <= spread, "{what}: {due:?}"),
        }
    }
}

#[test]
fn a_start_is_no_thunder() {
    assert_eq!(start_spread(64), Duration::ZERO);
    assert_eq!(start_spread(10_000), 200 * SECOND);
    let (now, instant) = (Timestamp::UNIX_EPOCH, Instant::now());
    let mut by_second: BTreeMap<u64, usize> = BTreeMap::new();
    for n in 0..10_000 {
        let source = source(&n.to_string(), "a");
        let due = first_due(
            &source,
            &SourceState::default(),
            now,
            instant,
            start_spread(10_000),
        );
        *by_second.entry((due - instant).as_secs()).or_default() += 1;
    }
    let most = by_second.values().max().unwrap();
    assert!(
        *most < 100 && by_second.len() >= 200,
        "{most} in one second"
    );
}

/// The 95th percentile of the lags of living sources over two hours of virtual time: 40 sources
/// on each host, one answer takes 0.1 s, the gap is 1 s, the dead take 30 s to say nothing.
fn p95_lag(living: usize, dead: usize) -> Duration {
    const EACH: usize = 40;
    const REQUESTS: usize = 16;
    let hosts = (0..living).map(|n| format!("live-{n}"));
    let hosts = hosts.chain((0..dead).map(|n| format!("dead-{n}")));
    let sources: Vec<Arc<Source>> = hosts
        .flat_map(|host| (0..EACH).map(move |n| source(&format!("{host}-{n}"), &host)))
        .collect();
    let begin = Instant::now();
    let mut schedule = Schedule::default();
    let spread = start_spread(1600);
    schedule.replace(&sources, REQUESTS, begin, |source| {
        begin + share(&source.id, begin, spread)
    });
    let mut ends: BinaryHeap<Reverse<(Instant, Arc<str>)>> = BinaryHeap::new();
    let by_id: HashMap<Arc<str>, Arc<Source>> = sources
        .iter()
        .map(|s| (Arc::clone(&s.id), Arc::clone(s)))
        .collect();
    let (mut now, mut lags) = (begin, Vec::new());
    while now < begin + 7200 * SECOND {
        while let Some(source) = schedule.take_due(now) {
            let takes = match source.id.starts_with("dead") {
                true => 30 * SECOND,
                false => SECOND + SECOND / 10,
            };
            ends.push(Reverse((now + takes, Arc::clone(&source.id))));
        }
        let next = schedule.next_due();
        now = match (ends.peek(), next) {
            (Some(Reverse((end, _))), Some(due)) => (*end).min(due.max(now + SECOND / 100)),
            (Some(Reverse((end, _))), None) => *end,
            (None, due) => due.unwrap(),
        };
        while let Some(Reverse((end, id))) = ends.peek().cloned()
            && end <= now
        {
            ends.pop();
            let source = &by_id[&id];
            let dead = id.starts_with("dead");
            let end_of_pass = match dead {
                true => failed(FailureClass::Timeout),
                false => read(),
            };
            let lag = schedule.done(&id, Some(&passed(source, end_of_pass)), end);
            if !dead {
                lags.extend(lag);
            }
        }
    }
    lags.sort();
    lags[lags.len() * 95 / 100]
}

/// Prints the lags; three in ten sources are dead.
#[test]
fn the_dead_do_not_delay_the_living() {
    let (alone, beside) = (p95_lag(28, 0), p95_lag(28, 12));
    println!("p95 lag of the living: {alone:?} alone, {beside:?} beside three dead in ten");
    assert!(
        beside.as_secs_f64() <= 1.2 * alone.as_secs_f64(),
        "{alone:?}, {beside:?}"
    );
}
