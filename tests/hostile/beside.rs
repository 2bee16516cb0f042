//! Hostile sources beside a good one: how much later the good one is read.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use canhtin::config::{self, Environment};
use canhtin::daemon::pipeline::{End, look};
use canhtin::daemon::world::Snapshot;
use jiff::Timestamp;

use crate::documents as doc;
use crate::server::{Answer, serve};

/// One source never delays another by more than this; here sixteen do it at once.
const MOST: Duration = Duration::from_secs(5);
/// The machine may be busy with something else: the best of so many rounds counts.
const ROUNDS: usize = 3;
/// Readings of the good source.
const READINGS: usize = 8;

/// The kinds of harm, each on a host of its own.
fn hostile() -> Vec<(&'static str, Answer)> {
    let begin = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n";
    let pause = Duration::from_millis(50);
    let html = |body: &str| Answer::body("Content-Type: text/html\r\n", &doc::page(body));
    let feed = |body: Vec<u8>| Answer::body("Content-Type: text/xml\r\n", &body);
    let packed = |coding: &str, body: Vec<u8>| {
        Answer::body(&format!("Content-Encoding: {coding}\r\n"), &body)
    };
    let zeros = vec![0; 64 << 20];
    vec![
        ("feed", Answer::silence()),
        (
            "feed",
            Answer::endless(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n", pause),
        ),
        ("feed", Answer::endless(begin, b"x", pause)),
        (
            "feed",
            Answer::endless(begin, &[b'x'; 65_536], Duration::ZERO),
        ),
        ("feed", Answer::redirect("/")),
        ("feed", packed("gzip", doc::gzip(&zeros))),
        ("feed", packed("br", doc::brotli(&zeros))),
        ("feed", packed("zstd", doc::zstd(&zeros))),
        ("article", html(&doc::nested("<div>"))),
        ("article", html(&doc::nested("<p><b>"))),
        ("article", html(&doc::attributes(450_000))),
        ("feed", feed(doc::deep_feed())),
        ("feed", feed(doc::nested_base())),
        ("feed", feed(doc::billion_laughs())),
        ("feed", feed(doc::many_items(100_000))),
        ("feed", feed(doc::noise(6 << 20))),
    ]
}

fn snapshot(dir: &Path, kinds: &[&str], port: u16) -> Arc<Snapshot> {
    let keywords = Path::new(env!("CARGO_MANIFEST_DIR")).join("keywords");
    let settings = format!(
        "keywords = {keywords:?}\nsources = [\"sources.toml\"]\n[office]\nname = \"Phòng thử\"\n\
         [store]\ndir = \"var\"\n[fetch]\ncontact = \"thu@example.vn\"\ngap = \"0s\"\n\
         allow_networks = [\"127.0.0.0/8\"]\n[mail]\nfrom = \"thu@example.vn\"\ntransport = \"dir\"\n\
         dir = \"mail\"\n[[receiver]]\nname = \"truc-ban\"\nto = [\"truc@example.vn\"]\n\
         [[route]]\nreceiver = \"truc-ban\"\n"
    );
    let mut sources = String::new();
    for (n, kind) in kinds.iter().enumerate() {
        let host = n + 10;
        sources.push_str(&format!(
            "[[source]]\nid = \"nguon-{n}\"\nkind = \"{kind}\"\nurl = \"http://127.0.0.{host}:{port}/{n}\"\n\
             trust = \"social\"\n"
        ));
    }
    std::fs::write(dir.join("canhtin.toml"), settings).unwrap();
    std::fs::write(dir.join("sources.toml"), sources).unwrap();
    let loaded = config::load(&dir.join("canhtin.toml"), &Environment::default());
    let problems: Vec<_> = loaded
        .problems
        .iter()
        .map(|problem| problem.what.id())
        .collect();
    assert!(!loaded.any_error(), "{problems:?}");
    Arc::new(Snapshot::build(loaded.config.unwrap(), None).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_sources_do_not_keep_a_good_one_from_being_read() {
    let mut served = hostile();
    let harms = served.len();
    served.push((
        "feed",
        Answer::body(
            "Content-Type: text/xml\r\n",
            &doc::feed("Trạm y tế mở cửa."),
        ),
    ));
    let kinds: Vec<&str> = served.iter().map(|(kind, _)| *kind).collect();
    let port = serve(move |path| served[path[1..].parse::<usize>().unwrap_or(4)].1.clone())
        .await
        .port();
    let dir = tempfile::tempdir().unwrap();
    let snapshot = snapshot(dir.path(), &kinds, port);
    let good = Arc::clone(&snapshot.sources[harms]);
    let read = async |snapshot: &Arc<Snapshot>| {
        let mut longest = Duration::ZERO;
        for _ in 0..READINGS {
            let began = Instant::now();
            let (passed, _) = look(snapshot, &good, Timestamp::now()).await;
            longest = longest.max(began.elapsed());
            assert!(matches!(passed.end, End::Read(_)), "{passed:?}");
        }
        longest
    };
    let alone = read(&snapshot).await;
    let attack: Vec<_> = snapshot.sources[..harms]
        .iter()
        .map(|source| {
            let (snapshot, source) = (Arc::clone(&snapshot), Arc::clone(source));
            tokio::spawn(async move {
                // Each again as soon as it ended.
                loop {
                    look(&snapshot, &source, Timestamp::now()).await;
                }
            })
        })
        .collect();
    assert!(attack.len() >= 16);
    let mut beside = Vec::new();
    while beside.len() < ROUNDS && beside.iter().all(|slowest| *slowest > alone + MOST) {
        beside.push(read(&snapshot).await);
    }
    attack.iter().for_each(tokio::task::JoinHandle::abort);
    println!(
        "the slowest of {READINGS} readings: {alone:?} alone, {beside:?} beside {harms} hostile sources"
    );
    let best = beside.iter().min().unwrap();
    assert!(*best <= alone + MOST, "{beside:?}, {alone:?} alone");
}
