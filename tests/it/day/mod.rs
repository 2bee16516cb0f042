//! A whole day at minute steps: sixty feeds on loopback, the real pipeline from fetching to the
//! mails, the shipped settings of who gets what and when, and a clock of its own.

mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::IntoResponse;
use canhtin::config::{self, Environment};
use canhtin::daemon::mail_out;
use canhtin::daemon::pipeline::{End, pass};
use canhtin::daemon::world::{Snapshot, World};
use canhtin::ledger::{HitFilter, HitRecord};
use canhtin::message::Lang;
use canhtin::problem::{Style, render_all};
use canhtin::scan::Stance;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::helpers::{LOOPBACK, copy_dir, keywords};
use text::{Item, OFFICIAL, PRESS, REFUTED, RUMOURS, SOURCES, TELLINGS, What};

const SEED: u64 = 20_210_816;

/// Each source is asked every so many minutes.
const EVERY: i64 = 15;
/// The shipped `group_wait`, in seconds.
const GROUP_WAIT: i64 = 120;
/// The day, and the next morning until its first digest has left.
const MINUTES: i64 = 24 * 60 + 8 * 60;

/// By then every source has shown all of the day.
const LAST_LOOK: i64 = 24 * 60 + EVERY;

/// Seconds since 1970.
static NOW: AtomicI64 = AtomicI64::new(0);

fn clock() -> Timestamp {
    Timestamp::from_second(NOW.load(Ordering::Relaxed)).unwrap()
}

/// Midnight in the office.
fn midnight() -> i64 {
    let midnight: Timestamp = "2021-08-16T00:00:00+07:00".parse().unwrap();
    midnight.as_second()
}

fn host(source: usize) -> String {
    format!("trang-{source:02}.example")
}

/// The newest items of a source, as they stand at this minute.
fn feed(items: &[Item], source: usize) -> String {
    let now = (NOW.load(Ordering::Relaxed) - midnight()) / 60;
    let mut xml =
        String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\"><channel>");
    write!(
        xml,
        "<title>Trang {source}</title><link>http://{}/</link>",
        host(source)
    )
    .unwrap();
    let shown = items.iter().enumerate().rev();
    let shown = shown.filter(|(_, item)| item.source == source && item.minute <= now);
    for (number, item) in shown.take(40) {
        let at = Timestamp::from_second(midnight() + item.minute * 60).unwrap();
        let address = format!("http://{}/bai/{number}", host(source));
        write!(
            xml,
            "<item><guid>{address}</guid><link>{address}</link><title>{}</title>\
             <pubDate>{}</pubDate><description><![CDATA[<p>{}</p>]]></description></item>",
            item.title,
            jiff::fmt::rfc2822::to_string(&at.to_zoned_datetime(TimeZone::UTC)).unwrap(),
            item.paragraphs.join("</p><p>"),
        )
        .unwrap();
    }
    xml.push_str("</channel></rss>");
    xml
}

async fn answer(
    State(items): State<Arc<Vec<Item>>>,
    uri: Uri,
    headers: HeaderMap,
) -> axum::response::Response {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let number = host
        .and_then(|host| host.get(6..8))
        .and_then(|n| n.parse().ok());
    match (uri.path(), number) {
        ("/rss", Some(source)) => {
            let kind = [(header::CONTENT_TYPE, "application/rss+xml; charset=utf-8")];
            (kind, feed(&items, source)).into_response()
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The files of an office that took the shipped receivers and routes as they are.
fn write_files(dir: &Path, port: u16) {
    let shipped = include_str!("../../../config/canhtin.toml");
    let start = shipped.find("\n[[receiver]]\n").unwrap();
    let mut main = String::from(
        "keywords = \"../keywords\"\nsources = [\"sources.toml\"]\n[office]\nname = \"Phòng thử\"\n\
         timezone = \"Asia/Ho_Chi_Minh\"\n[store]\ndir = \"../var\"\n[fetch]\ncontact = \"thu@example.vn\"\n\
         gap = \"1ms\"\nallow_networks = [\"127.0.0.0/8\"]\n[mail]\nfrom = \"Canh tin <canhtin@example.vn>\"\n\
         transport = \"dir\"\ndir = \"../mail\"\n",
    );
    main.push_str(&shipped[start..]);
    main.push_str("\n[fetch.resolve]\n");
    let mut sources = String::new();
    for source in 0..SOURCES {
        writeln!(main, "\"{}\" = \"127.0.0.1:{port}\"", host(source)).unwrap();
        let trust = match source {
            _ if source < OFFICIAL => "official",
            _ if source < PRESS => "press",
            _ => "social",
        };
        writeln!(
            sources,
            "[[source]]\nid = \"trang-{source:02}\"\nkind = \"feed\"\nurl = \"http://{}/rss\"\ntrust = \"{trust}\"\n",
            host(source)
        )
        .unwrap();
    }
    let mut rules = String::new();
    for rumour in &RUMOURS {
        let ([s1, s2], [c1, c2]) = (rumour.subjects, rumour.claims);
        writeln!(
            rules,
            "[[rule]]\nid = \"{}\"\ntitle = \"{s1} {c1}\"\nseverity = \"{}\"\n\
             match = '(\"{s1}\" OR \"{s2}\") NEAR/12 (\"{c1}\" OR \"{c2}\")'\n",
            rumour.id, rumour.severity
        )
        .unwrap();
    }
    copy_dir(&keywords().join("lists"), &dir.join("keywords/lists"));
    for (name, text) in [
        ("config/canhtin.toml", &main),
        ("config/sources.toml", &sources),
        ("keywords/rumours/day.toml", &rules),
    ] {
        let path = dir.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

/// What the ledger knows at the end.
async fn all_hits(world: &World) -> Vec<HitRecord> {
    let filter = HitFilter {
        since: None,
        rule: None,
        source: None,
    };
    let (mut all, mut place) = (Vec::new(), None);
    loop {
        let (some, next) = world
            .ledger
            .hits(&filter, place.as_ref(), 200)
            .await
            .unwrap();
        all.extend(some);
        if next.is_none() {
            return all;
        }
        place = next;
    }
}

/// The item that an alert is about.
fn item<'i>(items: &'i [Item], hit: &HitRecord) -> &'i Item {
    let url = hit.alert.url.as_deref().unwrap();
    &items[url.rsplit('/').next().unwrap().parse::<usize>().unwrap()]
}

/// What the day brought.
#[derive(Debug, Default)]
struct Figures {
    /// By receiver and day in the office: the mails.
    mails: BTreeMap<(String, String), BTreeSet<String>>,
    /// Alerts by time and mail.
    at: BTreeMap<(Timestamp, String), usize>,
    /// Seconds from the first sighting of each rumour to its first mail.
    waits: BTreeMap<String, i64>,
    /// Tellings that were alerts, and those mailed.
    caught: usize,
    mailed: usize,
    /// Alerts in more than one mail to a receiver.
    repeated: usize,
    /// Alerts on ordinary news, and the mails with nothing else in them.
    unwanted_alerts: usize,
    unwanted_mails: usize,
    refutations: BTreeSet<usize>,
}

fn count(items: &[Item], hits: &[HitRecord]) -> Figures {
    let mut figures = Figures::default();
    let mut first_seen: BTreeMap<&str, i64> = BTreeMap::new();
    let mut first_mail: BTreeMap<&str, i64> = BTreeMap::new();
    let mut wanted: BTreeMap<&str, bool> = BTreeMap::new();
    for hit in hits {
        let what = item(items, hit).what;
        let mut told: BTreeSet<&str> = BTreeSet::new();
        for mail in &hit.mails {
            let office = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
            let day = mail.closed.to_zoned_datetime(office).date().to_string();
            let mails = figures.mails.entry((mail.receiver.clone(), day));
            mails.or_default().insert(mail.message_id.clone());
            *figures
                .at
                .entry((mail.closed, mail.message_id.clone()))
                .or_default() += 1;
            figures.repeated += usize::from(!told.insert(&mail.receiver));
            *wanted.entry(&mail.message_id).or_default() |= what != What::Ordinary;
        }
        match what {
            What::Telling(n) if hit.alert.stance == Stance::Asserts => {
                assert_eq!(hit.alert.rule, RUMOURS[n].id);
                figures.caught += 1;
                figures.mailed += usize::from(!hit.mails.is_empty());
                let earliest = |map: &mut BTreeMap<&'static str, i64>, at: Timestamp| {
                    let known = map.entry(RUMOURS[n].id).or_insert(i64::MAX);
                    *known = (*known).min(at.as_second());
                };
                earliest(&mut first_seen, hit.alert.seen);
                for mail in &hit.mails {
                    earliest(&mut first_mail, mail.closed);
                }
            }
            What::Refutation(n) if !told.is_empty() && hit.alert.stance == Stance::Denies => {
                figures.refutations.insert(n);
            }
            What::Ordinary => figures.unwanted_alerts += 1,
            What::Telling(_) | What::Refutation(_) => {}
        }
    }
    for (rule, seen) in first_seen {
        if let Some(mail) = first_mail.get(rule) {
            figures.waits.insert(rule.to_owned(), mail - seen);
        }
    }
    figures.unwanted_mails = wanted.values().filter(|wanted| !**wanted).count();
    figures
}

async fn live(world: &World, snapshot: &Arc<Snapshot>) {
    let stop = CancellationToken::new();
    for minute in 0..MINUTES {
        NOW.store(midnight() + minute * 60, Ordering::Relaxed);
        for (number, source) in (0..).zip(&snapshot.sources) {
            if minute <= LAST_LOOK && (minute + number) % EVERY == 0 {
                let passed = pass(world, snapshot, source, clock()).await.unwrap();
                assert!(
                    matches!(passed.end, End::Read(_) | End::Unchanged),
                    "{passed:?}"
                );
            }
        }
        let due = world.ledger.next_due(clock()).await.unwrap();
        if due.is_some_and(|due| due <= clock()) {
            mail_out(world, snapshot, clock, false, &stop)
                .await
                .unwrap();
        }
    }
}

#[test]
fn a_day_of_rumours_is_a_handful_of_mails() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let began = Instant::now();
    let items = Arc::new(text::day(SEED));
    let tellings = items
        .iter()
        .filter(|item| matches!(item.what, What::Telling(_)));
    assert_eq!((items.len(), tellings.count()), (text::ITEMS, TELLINGS));
    NOW.store(midnight(), Ordering::Relaxed);
    let dir = tempfile::tempdir().unwrap();
    let hits = runtime.block_on(async {
        let listener = TcpListener::bind(LOOPBACK).await.unwrap();
        write_files(dir.path(), listener.local_addr().unwrap().port());
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&items));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let loaded = config::load(
            &dir.path().join("config/canhtin.toml"),
            &Environment::default(),
        );
        assert!(
            !loaded.any_error(),
            "{}",
            render_all(&loaded.problems, Lang::En, Style::Plain)
        );
        let config = loaded.config.unwrap();
        let (world, _) = World::open(&config.store, clock()).await.unwrap();
        let snapshot = Arc::new(Snapshot::build(config, None).unwrap());
        live(&world, &snapshot).await;
        assert_eq!(world.ledger.overview().await.unwrap().waiting_groups, 0);
        let hits = all_hits(&world).await;
        world.ledger.close().await;
        hits
    });
    let figures = count(&items, &hits);
    report(&figures, began);
    assert!(figures.caught >= TELLINGS * 95 / 100, "{figures:#?}");
    assert_eq!(figures.mailed, figures.caught, "nothing is lost");
    assert_eq!(figures.waits.len(), RUMOURS.len(), "{figures:#?}");
    for (rule, wait) in &figures.waits {
        assert!(*wait <= GROUP_WAIT + 60, "{rule}: {wait} s");
    }
    assert_eq!(figures.repeated, 0);
    assert_eq!((figures.unwanted_alerts, figures.unwanted_mails), (0, 0));
    assert_eq!(figures.refutations, REFUTED.into_iter().collect());
    // The day itself, and the next one with its first digest.
    assert_eq!(figures.mails.len(), 2);
    for (day, mails) in &figures.mails {
        assert!(mails.len() <= 15, "{day:?}: {figures:#?}");
    }
}

#[expect(clippy::print_stdout, reason = "the figures are what the day is for")]
fn report(figures: &Figures, began: Instant) {
    println!("a day in {:.1} s", began.elapsed().as_secs_f64());
    for ((receiver, day), mails) in &figures.mails {
        println!("{receiver} on {day}: {} mails", mails.len());
    }
    for ((at, _), alerts) in &figures.at {
        println!("  {at} with {alerts} alerts");
    }
    println!(
        "rumours mailed: {} of {}",
        figures.waits.len(),
        RUMOURS.len()
    );
    println!(
        "tellings found: {} of {TELLINGS}, mailed: {}",
        figures.caught, figures.mailed
    );
    let longest = figures.waits.values().max();
    println!(
        "first sighting to first mail: {:?}, at most {longest:?} s",
        figures.waits
    );
    println!("alerts mailed twice: {}", figures.repeated);
    println!(
        "alerts on ordinary news: {}, mails of them alone: {}",
        figures.unwanted_alerts, figures.unwanted_mails
    );
}
