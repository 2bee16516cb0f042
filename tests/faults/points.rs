//! Death at each named point of the code, between two writes whose order matters.

use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::sync::{LazyLock, Mutex};
use std::time::{Duration, Instant};

use canhtin::failpoint::Point;
use canhtin::sample::Site;
use canhtin::sample::inbox::{Act, Step};
use canhtin::sample::site::Page;
use canhtin::seen::{Seen, SourceState};
use jiff::Timestamp;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqlSafeStr};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::helpers::{Bench, LOOPBACK, copy_dir, stderr, stdout, unquoted};
use crate::signals::{all_arrived, comes_back};
use crate::support::{eventually, rounds};

/// The two feeds of the refuted rumour.
const SOURCES: &str = r#"
[[source]]
id = "nguon"
kind = "feed"
url = "http://nguon.example/rss"
trust = "social"

[[source]]
id = "soyte"
kind = "feed"
url = "http://soyte.example/rss"
trust = "official"
"#;

/// How many deaths are died at once; most of their time they wait for servers.
const AT_ONCE: usize = 4;

/// The two steps of a ledger from before checksums.
const OLD_SCHEMA: [(&str, &str); 2] = [
    (
        "first",
        include_str!("../../src/ledger/migrations/0001_first.sql"),
    ),
    (
        "fingerprint",
        include_str!("../../src/ledger/migrations/0002_fingerprint.sql"),
    ),
];

/// The sample web without the page that hangs: nothing is waited for.
fn bench() -> Bench {
    let runtime = Runtime::new().unwrap();
    let site = Site::start(LOOPBACK, Timestamp::now());
    let site = runtime.block_on(site).unwrap();
    let sources = site.sources_toml();
    let answering: Vec<&str> = sources
        .split("[[source]]")
        .filter(|source| !source.contains("trangtreo"))
        .collect();
    assert!(answering.len() > 6);
    Bench::with_site(runtime, site, &answering.join("[[source]]"))
}

/// A rumour that the health department refutes in the next round: nothing but that is to be told
/// then.
fn refuted() -> Bench {
    let item = |id: &str, text: &str| {
        format!(
            "<item><title>Tin {id}</title><link>http://{id}.example/1</link>\
             <guid isPermaLink=\"false\">{id}-1</guid><description>{text}</description></item>"
        )
    };
    let feed = |items: &str| {
        format!("<rss version=\"2.0\"><channel><title>Tin</title>{items}</channel></rss>")
    };
    let page = |body: String| Page::new("application/rss+xml", body);
    let rumour = "Chị bán hàng đầu chợ kể tiêm vắc xin xong thì vô sinh, cả xóm bàn tán.";
    let refutation = "Sở Y tế bác bỏ tin đồn tiêm vắc xin gây vô sinh: thông tin tiêm vắc xin gây \
         vô sinh là sai sự thật.";
    let weather = item("mua", "Chiều tối nay có mưa rào ở vài nơi trong huyện.");
    let both = format!("{weather}{}", item("soyte", refutation));
    let site = Site::builder()
        .page("nguon.example", "/rss", page(feed(&item("nguon", rumour))))
        .page(
            "soyte.example",
            "/rss",
            page(feed(&weather)).then(feed(&both)),
        );
    Bench::of(site, SOURCES)
}

/// Whether mails name all of these; a digest lists them in one line.
fn is_told(bench: &Bench, alerts: &BTreeSet<String>) -> bool {
    let mails = bench.inbox.messages();
    let told: String = mails.iter().map(|mail| unquoted(&mail.raw)).collect();
    alerts.iter().all(|id| told.contains(id.as_str()))
}

/// What arrives where nothing dies: the alerts, and how many mails.
struct Expected {
    alerts: BTreeSet<String>,
    mails: usize,
}

/// The same by what is watched, and how mails are made.
struct Calm {
    sample: Expected,
    digest: Expected,
    refuted: Expected,
}

impl Calm {
    fn new() -> Self {
        let told = |bench: &Bench| {
            bench.run(&["once"]);
            Expected {
                alerts: bench.alerts().into_keys().collect(),
                mails: bench.alert_mails(),
            }
        };
        let sample = told(&bench());
        assert!(sample.alerts.len() >= 6 && sample.mails >= 6);
        let limited = bench();
        one_mail_an_hour(&limited);
        let digest = told(&limited);
        assert_eq!(digest.mails, 1);
        assert!(is_told(&limited, &sample.alerts));
        let refuted = refuted();
        assert_eq!(told(&refuted).mails, 1);
        refuted.site.advance();
        let refuted = told(&refuted);
        assert_eq!(refuted.mails, 2, "no follow-up");
        Self {
            sample,
            digest,
            refuted,
        }
    }

    fn of(&self, point: Point) -> &Expected {
        match point {
            Point::DigestFrozen | Point::DigestClosed => &self.digest,
            Point::FollowUpFrozen | Point::FollowUpClosed => &self.refuted,
            _ => &self.sample,
        }
    }
}

/// Makes one recipient's mails of the hour few: all travel in one digest.
fn one_mail_an_hour(bench: &Bench) {
    let file = bench.path("config/canhtin.toml");
    let config = std::fs::read_to_string(&file).unwrap();
    let receiver = "name = \"truc-ban\"\n";
    let with_limit = config.replace(receiver, &format!("{receiver}max_per_hour = 1\n"));
    assert_ne!(with_limit, config);
    std::fs::write(file, with_limit).unwrap();
}

/// A ledger as it was before its records had seals.
fn old_ledger(path: &Path) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let steps = OLD_SCHEMA.iter().zip(1..).map(|((name, sql), version)| {
        let sql = (*sql).into_sql_str();
        Migration::new(version, (*name).into(), MigrationType::Simple, sql, false)
    });
    let migrator = Migrator::with_migrations(steps.collect());
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .pragma("application_id", 0x636e_6874.to_string());
    Runtime::new().unwrap().block_on(async {
        let mut ledger = options.connect().await.unwrap();
        migrator.run(&mut ledger).await.unwrap();
        ledger.close().await.unwrap();
    });
}

/// Items that the wasteful memory still knows.
const KEPT_ITEMS: usize = 100;

/// A seen memory of over 64 MiB that holds next to nothing.
static WASTEFUL: LazyLock<TempDir> = LazyLock::new(|| {
    let place = TempDir::new().unwrap();
    let now = Timestamp::now();
    let opened = Seen::open(&place.path().join("seen"), Duration::from_secs(60), now);
    let seen = opened.unwrap().seen;
    let state = SourceState {
        address: Some("http://cu.example/".repeat(400)),
        ..SourceState::default()
    };
    for n in 0..12_000 {
        seen.set_source_state(&format!("cũ {n}"), &state).unwrap();
    }
    seen.flush().unwrap();
    for n in 0..12_000 {
        seen.forget_source(&format!("cũ {n}")).unwrap();
    }
    let kept: Vec<(String, [u8; 16])> = (0..KEPT_ITEMS)
        .map(|item| (format!("còn {item}"), [9; 16]))
        .collect();
    seen.remember_items("cu", &kept, now).unwrap();
    seen.flush().unwrap();
    drop(seen);
    let size = size(&place.path().join("seen"));
    assert!(size > 64 << 20, "only {size} B");
    place
});

fn size(dir: &Path) -> u64 {
    let mut sum = 0;
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        sum += match path.is_dir() {
            true => size(&path),
            false => path.metadata().unwrap().len(),
        };
    }
    sum
}

/// The first page on record.
fn a_page(bench: &Bench) -> String {
    let listed = stdout(&bench.run(&["hits", "list", "--json"]));
    let hit: serde_json::Value = serde_json::from_str(listed.lines().next().unwrap()).unwrap();
    hit["url"].as_str().unwrap().to_owned()
}

/// Brings an installation before the point; gives what has to be run to come to it.
fn before(point: Point, bench: &Bench) -> Vec<String> {
    let command: &[&str] = match point {
        Point::DigestFrozen | Point::DigestClosed => {
            one_mail_an_hour(bench);
            &["once"]
        }
        Point::FollowUpFrozen | Point::FollowUpClosed => {
            bench.run(&["once"]);
            bench.site.advance();
            &["once"]
        }
        Point::NoticeFrozen | Point::NoticeClosed => {
            bench.run(&["once"]);
            let seen = bench.path("var/seen");
            std::fs::remove_dir_all(&seen).unwrap();
            std::fs::create_dir(&seen).unwrap();
            &["once"]
        }
        Point::MailDotted => {
            let late = Act::Late(Duration::from_secs(2));
            bench.inbox.script(Step::Dot, late);
            &["once"]
        }
        Point::SeenCopied | Point::SeenMoved | Point::SeenSwapped | Point::SeenCleared => {
            copy_dir(WASTEFUL.path(), &bench.path("var"));
            &["once"]
        }
        Point::SchemaMoved | Point::RecordsSealed => {
            old_ledger(&bench.path("var/ledger.sqlite"));
            &["once"]
        }
        Point::BackupCopied | Point::BackupNamed => {
            bench.run(&["once"]);
            &["store", "backup"]
        }
        Point::RestoreRewound
        | Point::RestoreCopied
        | Point::RestoreCleared
        | Point::RestoreSwapped => {
            bench.run(&["once"]);
            &["store", "restore"]
        }
        Point::PageRefused
        | Point::PageAlertGone
        | Point::PageMailChanged
        | Point::PageForgotten => {
            bench.run(&["once"]);
            let page = a_page(bench);
            return vec!["forget".to_owned(), page];
        }
        _ => &["once"],
    };
    command.iter().map(|&word| word.to_owned()).collect()
}

/// What holds for some points besides.
fn after(point: Point, bench: &Bench, command: &[String]) {
    match point {
        Point::SeenCopied | Point::SeenMoved | Point::SeenSwapped | Point::SeenCleared => {
            let seen = bench.path("var/seen");
            assert!(size(&seen) < 32 << 20, "not compacted in the end");
            for leftover in ["var/seen.old", "var/seen.compact"] {
                assert!(!bench.path(leftover).exists(), "{leftover} is left");
            }
            let opened = Seen::open(&seen, Duration::from_secs(60), Timestamp::now()).unwrap();
            assert_eq!(opened.notices, []);
            for item in 0..KEPT_ITEMS {
                let known = opened.seen.item("cu", &format!("còn {item}")).unwrap();
                assert!(known.is_some(), "forgotten: {item}");
            }
        }
        Point::BackupCopied | Point::BackupNamed => {
            let again = bench.run(&["store", "backup"]);
            assert!(again.status.success(), "{}", stderr(&again));
        }
        Point::PageRefused
        | Point::PageAlertGone
        | Point::PageMailChanged
        | Point::PageForgotten => {
            let again = bench.run(&["forget", &command[1]]);
            assert!(again.status.success(), "{}", stderr(&again));
            bench.run(&["once"]);
            let known = stdout(&bench.run(&["hits", "list", "--json"]));
            assert!(!known.contains(&command[1]), "it is back");
        }
        _ => {}
    }
}

/// One death and what comes after it; false where the point was not reached so often.
fn die_and_come_back(point: Point, nth: u64, calm: &Calm) -> bool {
    let bench = match point {
        Point::FollowUpFrozen | Point::FollowUpClosed => refuted(),
        _ => bench(),
    };
    let command = before(point, &bench);
    let words: Vec<&str> = command.iter().map(String::as_str).collect();
    let mut dying = bench.command(&words);
    dying.env("CANHTIN_FAILPOINT", format!("{}:{nth}", point.name()));
    let died = dying.output().unwrap();
    let killed = died.status.signal() == Some(9);
    assert!(
        killed || nth > 1,
        "not reached: {}: {}",
        died.status,
        stderr(&died)
    );
    if point == Point::MailDotted && nth == 1 {
        eventually("the mail before the reply", || {
            bench.inbox.messages().len() == 1
        });
    }
    let expected = calm.of(point);
    let (mails, arrived) = if nth.is_multiple_of(2) {
        comes_back(&bench, &expected.alerts)
    } else {
        bench.run(&["once"]);
        let told = all_arrived(&bench, &expected.alerts);
        assert!(bench.alert_mails() >= expected.mails, "a mail is missing");
        if matches!(point, Point::DigestFrozen | Point::DigestClosed) {
            assert!(
                is_told(&bench, &calm.sample.alerts),
                "a digest is not whole"
            );
        }
        told
    };
    let under_way = match point {
        Point::MailDotted | Point::MailTaken | Point::MailMarked => 1,
        _ => 0,
    };
    assert!(
        arrived - mails <= under_way,
        "{arrived} times {mails} mails"
    );
    after(point, &bench, &command);
    let verified = bench.run(&["store", "verify", "--audit"]);
    assert!(verified.status.success(), "{}", stdout(&verified));
    killed
}

#[test]
fn kill_9_at_each_named_failpoint_loses_no_alert_and_doubles_no_content() {
    if !cfg!(debug_assertions) {
        println!("skipped: needs a build with debug assertions");
        return;
    }
    let times = rounds("CANHTIN_FAILPOINT_TIMES", 1);
    let began = Instant::now();
    let calm = Calm::new();
    let deaths: Vec<(Point, u64)> = (1..=times)
        .flat_map(|nth| Point::ALL.iter().map(move |&point| (point, nth)))
        .collect();
    let (next, died, wrong) = (
        Mutex::new(deaths.iter()),
        Mutex::new(0),
        Mutex::new(Vec::new()),
    );
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let Some(&(point, nth)) = next.lock().unwrap().next() else {
                        return;
                    };
                    let one = || die_and_come_back(point, nth, &calm);
                    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(one)) {
                        Ok(killed) => *died.lock().unwrap() += u64::from(killed),
                        Err(_) => wrong.lock().unwrap().push((point.name(), nth)),
                    }
                }
            });
        }
    });
    let (died, wrong) = (died.into_inner().unwrap(), wrong.into_inner().unwrap());
    assert!(wrong.is_empty(), "{wrong:?}");
    assert!(died >= Point::ALL.len() as u64);
    println!(
        "{} named points, {died} deaths at them: no alert lost, none in two mails; {:?}",
        Point::ALL.len(),
        began.elapsed()
    );
}
