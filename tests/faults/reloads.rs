//! Files edited while it runs: a reload after the other under load, and files that are no good.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use canhtin::daemon::control::{self, Request};
use canhtin::sample::Site;
use canhtin::sample::site::Page;

use crate::helpers::{Bench, copy_dir, keywords, message_id, stdout, unquoted};
use crate::support::{Daemon, eventually, eventually_within, rounds};

/// Sources that bring an item in each round of the site.
const SOURCES: u64 = 12;

/// What source `source` shows in a round: an item of each round so far.
fn feed(source: u64, round: u64) -> String {
    let mut feed = String::from("<rss version=\"2.0\"><channel><title>Tin</title>");
    for item in 0..=round {
        let _ = write!(
            feed,
            "<item><title>Chuyện {item} ở xóm {source}</title><guid isPermaLink=\"false\">{item}</guid>\
             <link>http://tin{source}.example/{item}</link><description>Chị hàng xóm số {source} kể \
             lần thứ {item}: súc miệng nước lá ổi khỏi cúm.</description></item>"
        );
    }
    feed + "</channel></rss>"
}

fn bench(rounds: u64) -> Bench {
    let (mut site, mut sources) = (Site::builder(), String::new());
    for source in 0..SOURCES {
        let (first, later) = (feed(source, 0), (1..rounds).map(|n| feed(source, n)));
        let page = later.fold(Page::new("application/rss+xml", first), Page::then);
        let host = format!("tin{source}.example");
        site = site.page(&host, "/rss", page);
        let _ = writeln!(
            sources,
            "[[source]]\nid = \"tin-{source}\"\nkind = \"feed\"\nurl = \"http://{host}/rss\"\nevery = \"1s\""
        );
    }
    let bench = Bench::of(site, &sources);
    let lists = bench.path("keywords/lists");
    fs::create_dir_all(bench.path("keywords/rumours")).unwrap();
    copy_dir(&keywords().join("lists"), &lists);
    write_rule(&bench, 0);
    bench.configure("");
    bench
}

fn title(edit: u64) -> String {
    format!("Lá ổi khỏi cúm, bản {edit}")
}

/// Saves the rules anew, as editors do: a new file in the old one's place.
fn write_rule(bench: &Bench, edit: u64) {
    let (new, file) = (
        bench.path("keywords/rumours/.thu.new"),
        bench.path("keywords/rumours/thu.toml"),
    );
    let title = title(edit);
    let rule = format!(
        "[[rule]]\nid = \"la-oi\"\ntitle = \"{title}\"\nseverity = \"low\"\nmatch = 'lá ổi NEAR/8 khỏi cúm'\n"
    );
    fs::write(&new, rule).unwrap();
    fs::rename(new, file).unwrap();
}

#[test]
fn reloads_under_load_match_every_item_by_one_version_that_stands_on_its_hit() {
    let reloads = rounds("CANHTIN_RELOADS", 40);
    let rounds_of_site = (reloads / 5).clamp(4, 60);
    let bench = bench(rounds_of_site);
    let (mut daemon, _) = Daemon::start_ready(bench.command(&["run"]), &bench.path("log"));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let ask = |request| {
        let answer = runtime.block_on(control::ask(&bench.path("var"), request));
        answer.unwrap().expect("nobody answers")
    };
    let version = || {
        ask(Request::Status)["rules_version"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let mut versions = BTreeMap::from([(title(0), version())]);
    let began = Instant::now();
    for edit in 1..=reloads {
        write_rule(&bench, edit);
        let answer = ask(Request::Reload);
        assert_eq!(answer["reloaded"], true, "{answer}");
        versions.insert(title(edit), version());
        if edit.is_multiple_of(reloads / (rounds_of_site - 1)) {
            bench.site.advance();
        }
    }
    let took = began.elapsed();
    assert!(daemon.runs());
    let different: BTreeSet<&String> = versions.values().collect();
    assert_eq!(
        different.len() as u64,
        reloads + 1,
        "an edit kept the version"
    );

    let expected = usize::try_from(SOURCES * rounds_of_site).unwrap();
    let hits = || -> Vec<serde_json::Value> {
        let listed = stdout(&bench.run(&["hits", "list", "--json"]));
        let rows = listed.lines().map(serde_json::from_str);
        rows.map(Result::unwrap).collect()
    };
    eventually_within(Duration::from_secs(120), "a hit for every item", || {
        hits().len() >= expected
    });
    let hits = hits();
    let urls: BTreeSet<&str> = hits.iter().filter_map(|hit| hit["url"].as_str()).collect();
    assert_eq!(urls.len(), expected, "items without a hit");
    assert_eq!(hits.len(), expected, "items with several hits");
    let mut used = BTreeSet::new();
    for hit in &hits {
        let (title, version) = (hit["title"].as_str().unwrap(), &hit["rules_version"]);
        assert_eq!(versions[title], *version, "two versions in one hit: {hit}");
        used.insert(title);
    }
    assert!(used.len() > 2, "all hits by {used:?}: there was no load");
    assert!(daemon.stop().0.success());
    println!(
        "{reloads} reloads in {took:?}: {expected} items, each with one hit, by {} versions",
        used.len()
    );
}

/// What is done to the keyword files, and a word that the telling of it has.
type Harm = (&'static str, &'static str, fn(&Path));

const HARMS: [Harm; 7] = [
    ("an error", "@vac-xinn", |dir| {
        edit(&dir.join("rumours/vac-xin.toml"), |text| {
            text.replacen("@vac-xin", "@vac-xinn", 1).into()
        });
    }),
    ("all deleted", "keywords", |dir| {
        fs::remove_dir_all(dir).unwrap();
    }),
    ("a list of 10 MB", "vac-xin.txt", |dir| {
        edit(&dir.join("lists/vac-xin.txt"), |text| {
            text.repeat((10 << 20) / text.len() + 1).into()
        });
    }),
    ("half-written", "vac-xin.toml", |dir| {
        edit(&dir.join("rumours/vac-xin.toml"), |text| {
            text.as_bytes()[..text.len() / 2].to_vec()
        });
    }),
    ("a list deleted", "vac-xin", |dir| {
        fs::remove_file(dir.join("lists/vac-xin.txt")).unwrap();
    }),
    ("rules of 10 MB", "vac-xin.toml", |dir| {
        edit(&dir.join("rumours/vac-xin.toml"), |text| {
            text.repeat((10 << 20) / text.len() + 1).into()
        });
    }),
    ("a wrong encoding", "vac-xin.txt", |dir| {
        edit(&dir.join("lists/vac-xin.txt"), |text| {
            let mut bytes = text.as_bytes().to_vec();
            bytes.extend([0xff, 0xc0, 0x80, b'\n', 0xf5]);
            bytes
        });
    }),
];

fn edit(file: &Path, how: impl Fn(String) -> Vec<u8>) {
    let text = fs::read_to_string(file).unwrap();
    fs::write(file, how(text)).unwrap();
}

#[test]
fn keyword_files_that_are_no_good_change_nothing_and_are_told_within_a_minute() {
    let bench = Bench::new();
    bench.own_keywords();
    let (mut daemon, _) = Daemon::start_ready(bench.command(&["run"]), &bench.path("log"));
    let status = || -> serde_json::Value {
        serde_json::from_str(&stdout(&bench.run(&["status", "--json"]))).unwrap()
    };
    let notices = || -> Vec<String> {
        let mails = bench.inbox.messages();
        let of_files = mails
            .iter()
            .filter(|mail| message_id(&mail.raw).starts_with("<notice."));
        of_files.map(|mail| unquoted(&mail.raw)).collect()
    };
    let dir = bench.path("keywords");
    let version = status()["rules_version"].clone();
    let mut slowest = Duration::ZERO;
    // Each takes most of a minute: by itself only the first three are tried.
    let harms = usize::try_from(rounds("CANHTIN_HARMS", 3)).unwrap();
    for (name, word, harm) in HARMS.into_iter().take(harms) {
        let before = notices().len();
        harm(&dir);
        let began = Instant::now();
        eventually_within(Duration::from_secs(120), name, || {
            status()["problems"].to_string().contains(word)
        });
        eventually_within(
            Duration::from_secs(120),
            &format!("a mail of {name}"),
            || notices()[before..].iter().any(|mail| mail.contains(word)),
        );
        let took = began.elapsed();
        println!("{name}: told by status and by mail after {took:?}");
        slowest = slowest.max(took);
        assert_eq!(status()["rules_version"], version, "{name} came into force");
        assert!(daemon.runs());
        // Mended, not by one write but file by file.
        copy_dir(&keywords(), &dir);
        eventually_within(Duration::from_secs(120), &format!("{name}, mended"), || {
            status()["problems"].as_array().is_some_and(Vec::is_empty)
        });
        assert_eq!(status()["rules_version"], version, "{name}, mended");
    }
    // What Windows editors do is no fault.
    let list = dir.join("lists/vac-xin.txt");
    edit(&list, |text| {
        format!("\u{feff}{}", text.replace('\n', "\r\n")).into()
    });
    eventually("other bytes", || status()["rules_version"] != version);
    assert_eq!(status()["problems"], serde_json::json!([]));
    assert!(daemon.stop().0.success());
    println!("{harms} harms, told after {slowest:?} at most");
}
