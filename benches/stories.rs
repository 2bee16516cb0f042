//! How long it takes to find what story a text tells, with a million texts remembered.
//!
//! `CANHTIN_CORPUS=DIR cargo bench --bench stories` makes sentences in which each word follows
//! the one before as in `DIR/text/news.jsonl`; without it, of words drawn at random.
//! `STORIES_TEXTS` sets how many texts (a million). Each has seven sentences, and each sentence
//! stands in twenty texts, so that every lookup meets many texts that share something.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a bench prints, and may stop"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use canhtin::document::Document;
use canhtin::seen::Seen;
use canhtin::story::{Telling, identify};
use canhtin::text::unmarked;
use jiff::Timestamp;

/// Sentences in a text.
const SENTENCES: usize = 7;

/// Lookups of each kind.
const LOOKUPS: usize = 5_000;

/// A source of numbers that is the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % n
    }
}

fn sentences(count: usize) -> Vec<String> {
    let news = std::env::var_os("CANHTIN_CORPUS").map(|dir| {
        let path = Path::new(&dir).join("text/news.jsonl");
        std::fs::read_to_string(path).expect("the corpus has this file")
    });
    let words: Vec<String> = match &news {
        Some(lines) => lines
            .lines()
            .flat_map(|line| {
                let row: serde_json::Value = serde_json::from_str(line).expect("a row is JSON");
                let text = row["text"].as_str().unwrap_or_default();
                let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
                words
            })
            .collect(),
        None => include_str!("../src/text/words.txt")
            .split_whitespace()
            .map(str::to_owned)
            .collect(),
    };
    let mut places: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, word) in words.iter().enumerate() {
        places.entry(word).or_default().push(place);
    }
    let mut dice = Dice(5);
    let mut sentence = || {
        let mut place = dice.below(words.len());
        let mut sentence = words[place].clone();
        for _ in 0..18 {
            let same = &places[words[place].as_str()];
            // Without news every word stands in one place, and any may follow.
            place = match same.len() {
                1 if news.is_none() => dice.below(words.len()),
                n => (same[dice.below(n)] + 1) % words.len(),
            };
            sentence.push(' ');
            sentence.push_str(&words[place]);
        }
        sentence
    };
    (0..count).map(|_| sentence()).collect()
}

/// The text with a number.
fn text(number: usize, sentences: &[String]) -> Document {
    let mut dice = Dice(number as u64 ^ 0x5851_f42d_4c95_7f2d);
    dice.below(1);
    let drawn: Vec<&str> = (0..SENTENCES)
        .map(|_| sentences[dice.below(sentences.len())].as_str())
        .collect();
    document(drawn.join(". "))
}

/// Without marks, and without every tenth word.
fn edited(text: &str) -> String {
    let bare = unmarked(text);
    let kept = bare.split(' ').enumerate().filter(|(n, _)| n % 10 != 9);
    kept.map(|(_, word)| word).collect::<Vec<_>>().join(" ")
}

fn document(text: String) -> Document {
    Document {
        id: String::new(),
        url: None,
        title: String::new(),
        text,
        published: None,
    }
}

fn open(dir: &Path) -> Seen {
    let begun = Instant::now();
    let opened = Seen::open(dir, Duration::from_secs(600), Timestamp::UNIX_EPOCH);
    let opened = opened.expect("the memory opens");
    println!("opened in {:.2?}; {:?}", begun.elapsed(), opened.notices);
    opened.seen
}

/// Peak and present resident memory, as Linux tells it.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let wanted = |line: &&str| line.starts_with("VmHWM") || line.starts_with("VmRSS");
    status.lines().filter(wanted).collect::<Vec<_>>().join(", ")
}

fn print(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100];
    println!(
        "{what}: median {:.0?}, 99 % {:.0?}, slowest {:.0?} of {}",
        at(50),
        at(99),
        at(100),
        times.len()
    );
}

fn main() {
    let count: usize = std::env::var("STORIES_TEXTS")
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(1_000_000);
    let sentences = sentences(count * SENTENCES / 20);
    let dir = tempfile::TempDir::new().expect("a folder");
    let path = dir.path().join("seen");
    let seen = open(&path);

    let begun = Instant::now();
    let mut joined = 0;
    for number in 0..count {
        let document = text(number, &sentences);
        let told = identify(&document, &mut seen.fingerprints()).expect("it is identified");
        joined += usize::from(told.telling != Telling::begun_by(&document));
    }
    seen.flush().expect("it is written");
    println!(
        "{count} texts of {} sentences identified and remembered in {:.0?}; {joined} of them joined another; {} kept",
        sentences.len(),
        begun.elapsed(),
        seen.fingerprints().len()
    );
    println!("{}", memory());
    drop(seen);

    let seen = open(&path);
    let stats = seen.stats().expect("it is counted");
    println!(
        "after opening: {}; {} MB on disk",
        memory(),
        stats.bytes / 1_000_000
    );

    let mut dice = Dice(99);
    let mut found = 0;
    let mut times = Vec::new();
    for _ in 0..LOOKUPS {
        let original = text(dice.below(count), &sentences);
        let known = identify(&original, &mut seen.fingerprints()).expect("it is identified");
        let copy = document(format!("Theo mạng xã hội: {}", edited(&original.text)));
        let begun = Instant::now();
        let told = identify(&copy, &mut seen.fingerprints()).expect("it is identified");
        times.push(begun.elapsed());
        found += usize::from(told.telling == known.telling);
    }
    print("a copy without marks and every tenth word", times);
    println!("{found} of {LOOKUPS} found their original");

    let mut times = Vec::new();
    for number in 0..LOOKUPS {
        let new = text(usize::MAX - number, &sentences);
        let begun = Instant::now();
        identify(&new, &mut seen.fingerprints()).expect("it is identified");
        times.push(begun.elapsed());
    }
    print("a text never seen, remembered", times);
    println!("{}", memory());
}
