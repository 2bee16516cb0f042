use super::*;
use crate::daemon::pipeline::Counts;
use crate::fetch::Failure;
use crate::seen::LastFailure;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_630_000_000 + seconds).unwrap()
}

fn source() -> Source {
    let url = "http://bao.example/rss".parse().unwrap();
    Source::ad_hoc(crate::source::Kind::Feed, url)
}

fn read(items: usize) -> End {
    End::Read(Counts {
        items,
        ..Counts::default()
    })
}

fn failed(class: FailureClass, detail: &str) -> End {
    End::Failed(Failure::new(class, detail))
}

/// A source whose passes are judged one after the other, a minute apart.
#[derive(Default)]
struct Patient {
    state: SourceState,
    open: BTreeMap<Kind, Timestamp>,
    passes: i64,
}

impl Patient {
    /// What is told after a pass.
    fn after(&mut self, source: &Source, end: &End, gap: bool) -> Vec<String> {
        self.passes += 1;
        let now = at(60 * self.passes);
        match end {
            End::Failed(failure) => {
                self.state.failures += 1;
                self.state.failing_since = self.state.failing_since.or(Some(now));
                self.state.last_failure = Some(LastFailure {
                    class: failure.class.to_string(),
                    detail: failure.detail.clone(),
                    at: now,
                });
            }
            End::Read(counts) => {
                self.state.failures = 0;
                self.state.failing_since = None;
                self.state.empty_readings = match counts.items {
                    0 => self.state.empty_readings + 1,
                    _ => 0,
                };
                if counts.items > 0 {
                    self.state.last_new = Some(now);
                }
            }
            _ => {}
        }
        let ended = Ended {
            source,
            state: &self.state,
            end,
            gap,
            now,
        };
        let mut told = Vec::new();
        for change in judge(ended, &self.open) {
            match change {
                Change::Begins(kind, since) => {
                    self.open.insert(kind, since);
                    told.push(kind.name().to_owned());
                }
                Change::Ends(kind, tell) => {
                    self.open.remove(&kind);
                    if tell {
                        told.push(format!("not {}", kind.name()));
                    }
                }
            }
        }
        told
    }
}

fn page() -> Source {
    use crate::source::{CssPath, PageRecipe};
    let css = || CssPath::parse("li");
    Source {
        page: Some(Box::new(PageRecipe {
            item: css(),
            link: css(),
            title: None,
            text: None,
            time: None,
            time_format: None,
        })),
        ..source()
    }
}

#[test]
fn each_trouble_is_told_once_and_its_end_once() {
    let gone = || failed(FailureClass::Http4xx, "HTTP 404");
    let hidden = || failed(FailureClass::Http4xx, "HTTP 403");
    let away = || failed(FailureClass::Timeout, "no whole answer");
    let shut = || failed(FailureClass::Closed, "no public preview");
    let nameless = || failed(FailureClass::Dns, "Name or service not known");
    let rows: Vec<(&str, Source, Vec<End>, &[&str])> = vec![
        ("two failures", source(), vec![away(), away(), read(3)], &[]),
        (
            "failing for long, then well",
            source(),
            vec![away(), away(), away(), away(), gone(), read(3), read(3)],
            &["failing", "not failing"],
        ),
        (
            "gone",
            source(),
            vec![gone(), gone(), gone(), gone(), End::Unchanged],
            &["dead", "not dead"],
        ),
        (
            "forbidden is not gone",
            source(),
            vec![hidden(), hidden(), hidden()],
            &["failing"],
        ),
        (
            "a channel that turned its preview off, and is gone later",
            source(),
            vec![shut(), shut(), shut(), gone(), shut(), read(2)],
            &["closed", "not closed"],
        ),
        (
            "no such name",
            source(),
            vec![nameless(), nameless(), nameless()],
            &["dead"],
        ),
        (
            "selectors that fit no longer",
            page(),
            vec![read(3), read(0), read(0), read(0), read(0), read(2)],
            &["rotten", "not rotten"],
        ),
        (
            "selectors that never fitted",
            page(),
            vec![read(0), read(0), read(0), read(0)],
            &["empty"],
        ),
        (
            "an emptied feed that comes back",
            source(),
            vec![read(3), read(0), read(0), read(3), read(0), read(0)],
            &[],
        ),
        (
            "failing while empty",
            source(),
            vec![
                read(0),
                read(0),
                read(0),
                away(),
                away(),
                away(),
                read(0),
                read(1),
            ],
            &["empty", "failing", "not failing", "not empty"],
        ),
        (
            "what the ledger refuses says nothing",
            source(),
            vec![End::Unrecorded("full".to_owned()); 5],
            &[],
        ),
    ];
    for (what, source, ends, wanted) in rows {
        let mut patient = Patient::default();
        let told = ends
            .iter()
            .flat_map(|end| patient.after(&source, end, false));
        assert_eq!(told.collect::<Vec<_>>(), wanted, "{what}");
    }
}

#[test]
fn an_unusual_silence_is_told_once_and_its_end_once() {
    let long = 15 * 24 * 3600;
    let mut patient = Patient::default();
    assert!(patient.after(&source(), &read(3), false).is_empty());
    patient.state.usual_quiet = Some(3600);
    patient.state.quiet = long;
    let article = Source {
        kind: crate::source::Kind::Article,
        ..source()
    };
    assert!(patient.after(&article, &End::Unchanged, false).is_empty());
    let told = patient.after(&source(), &End::Unchanged, false);
    assert_eq!(told, ["silent"]);
    patient.state.quiet += 3600;
    assert!(patient.after(&source(), &read(3), false).is_empty());
    // The seen memory is lost: all looks new, and it is not.
    let lost = std::mem::take(&mut patient.state);
    assert!(patient.after(&source(), &read(3), false).is_empty());
    patient.state = SourceState { quiet: 0, ..lost };
    assert_eq!(patient.after(&source(), &read(3), false), ["not silent"]);
    assert!(patient.after(&source(), &read(3), false).is_empty());
}

#[test]
fn a_move_and_a_gap_are_told_once_and_end_in_silence() {
    let (source, mut patient) = (source(), Patient::default());
    patient.state.moved_to = Some("https://moi.example/rss".to_owned());
    // It shows at a 304 as well as with a body.
    assert_eq!(patient.after(&source, &End::Unchanged, false), ["moved"]);
    assert_eq!(patient.after(&source, &read(3), true), ["gap"]);
    assert!(patient.after(&source, &read(3), true).is_empty());
    patient.state.moved_to = None;
    assert!(patient.after(&source, &read(3), false).is_empty());
    assert!(
        patient.after(&source, &read(3), true).is_empty(),
        "within a day"
    );
    patient.passes += 24 * 60;
    assert!(patient.after(&source, &read(3), false).is_empty());
    assert_eq!(patient.after(&source, &read(3), true), ["gap"]);
}

#[test]
fn a_failure_common_to_most_hosts_is_the_line() {
    let health = Health::default();
    let hear = |host: usize, answered, hosts| {
        let heard = match answered {
            true => Heard::Answer,
            false => Heard::Silence,
        };
        let change = health.hear(&format!("h{host}"), heard, hosts, at(9));
        // What begins is open at once: other passes fail at the same moment.
        if let Some(change @ Change::Ends(..)) = change {
            health.apply(LINE, change);
        }
        change
    };
    // Of ten hosts four fail, one of them again and again: it is the hosts.
    for host in [1, 2, 2, 2, 3, 4] {
        assert_eq!(hear(host, false, 10), None);
    }
    assert_eq!(
        hear(5, false, 10),
        Some(Change::Begins(Kind::LineDown, at(9)))
    );
    assert!(health.line_is_down());
    assert_eq!(hear(6, false, 10), None, "told once");
    assert_eq!(hear(7, true, 10), Some(Change::Ends(Kind::LineDown, true)));
    assert_eq!(hear(7, true, 10), None);
    // An answer in between: it is the hosts.
    for host in [1, 2, 3, 4, 99, 5, 6, 7, 8] {
        assert_eq!(hear(host, host == 99, 10), None);
    }
    // Of two hosts nobody can tell.
    let two = Health::default();
    assert!((0..2).all(|n| two.hear(&n.to_string(), Heard::Silence, 2, at(0)).is_none()));
}

/// A store in a folder of its own.
fn store(dir: &std::path::Path) -> crate::config::Store {
    crate::config::Store {
        dir: dir.join("var"),
        retention: std::time::Duration::MAX,
        keep_texts: std::time::Duration::ZERO,
        backup_every: std::time::Duration::ZERO,
        backups: 0,
    }
}

#[tokio::test]
async fn only_what_came_over_the_line_says_that_it_is_up() {
    let dir = tempfile::tempdir().unwrap();
    let (world, _) = World::open(&store(dir.path()), at(0)).await.unwrap();
    let source = |host: &str| Source {
        id: host.into(),
        url: format!("http://{host}.example/rss").parse().unwrap(),
        ..source()
    };
    let away = failed(FailureClass::Connect, "no route");
    let forbidden = failed(FailureClass::Robots, "robots.txt: Disallow: /");
    let refused = failed(FailureClass::Refused, "10.0.0.1 is not a global address");
    let broken = failed(FailureClass::Http5xx, "HTTP 500");
    let mut backs = Vec::new();
    for round in 0..4 {
        for (host, end) in [
            ("a", &away),
            ("b", &away),
            ("kin", &forbidden),
            ("c", &away),
            ("trong", &refused),
            ("d", &away),
        ] {
            let ended = Ended {
                source: &source(host),
                state: &SourceState {
                    failures: 1,
                    ..SourceState::default()
                },
                end,
                gap: false,
                now: at(60 * round),
            };
            backs.push(attend(&world, ended, Lang::Vi, 6).await);
        }
    }
    assert!(!backs.contains(&true), "{backs:?}");
    assert!(world.health.line_is_down());
    let ended = Ended {
        source: &source("e"),
        state: &SourceState::default(),
        end: &broken,
        gap: false,
        now: at(600),
    };
    assert!(attend(&world, ended, Lang::Vi, 6).await, "a status arrived");
    assert!(!world.health.line_is_down());
    world.ledger.close().await;
}

#[tokio::test]
async fn what_was_told_is_not_told_again_though_the_seen_memory_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let source = source();
    let state = |failures| SourceState {
        failures,
        failing_since: Some(at(0)),
        ..SourceState::default()
    };
    let away = failed(FailureClass::Timeout, "no whole answer");
    let mut told = Vec::new();
    for (round, (end, failures)) in [
        (&away, 3),
        (&away, 3),
        (&read(3), 0),
        (&read(3), 0),
        (&away, 3),
    ]
    .into_iter()
    .enumerate()
    {
        let store = store(dir.path());
        std::fs::remove_dir_all(store.seen()).unwrap_or_default();
        let now = at(60 * i64::try_from(round).unwrap());
        let (world, _) = World::open(&store, now).await.unwrap();
        let ended = Ended {
            source: &source,
            state: &state(failures),
            end,
            gap: false,
            now,
        };
        attend(&world, ended, Lang::Vi, 1).await;
        let mails = world
            .ledger
            .close_notices(now, true, &["quan-tri@example.vn".to_owned()], "example.vn")
            .await
            .unwrap();
        told.push(mails.len());
        world.ledger.close().await;
    }
    assert_eq!(
        told,
        [1, 0, 1, 0, 0],
        "the key of the last one is that of the first"
    );
}
