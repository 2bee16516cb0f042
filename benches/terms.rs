//! Fold and term matcher against plain aho-corasick over table-folded bytes, in the same run.
//!
//! `CANHTIN_CORPUS=DIR cargo bench --bench terms` reads `DIR/text/{laws,news,comments}.jsonl`;
//! without it, documents are made up of common words, and the figures say little.

#![allow(clippy::expect_used, missing_docs)] // a bench may stop

use std::hint::black_box;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use canhtin::keyword::{Term, TermOptions};
use canhtin::scan::terms::{Occurrence, Scratch, TermMatcher};
use canhtin::text::letter::{Kind, LetterTable};
use canhtin::text::{self, Homoglyphs};
use divan::Bencher;
use divan::counter::BytesCount;

/// Numbers of terms.
const SIZES: [usize; 4] = [100, 1_000, 10_000, 100_000];

fn main() {
    divan::main();
}

/// Titles and texts.
static DOCUMENTS: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let Some(dir) = std::env::var_os("CANHTIN_CORPUS") else {
        return invented();
    };
    let mut documents = Vec::new();
    for name in ["laws", "news", "comments"] {
        let path = std::path::Path::new(&dir).join(format!("text/{name}.jsonl"));
        let lines = std::fs::read_to_string(path).expect("the corpus has this file");
        for line in lines.lines() {
            let row: serde_json::Value = serde_json::from_str(line).expect("a row is JSON");
            let field = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
            documents.push((field("title"), field("text")));
        }
    }
    documents
});

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

fn invented() -> Vec<(String, String)> {
    let words: Vec<&str> = include_str!("../src/text/words.txt")
        .split_whitespace()
        .collect();
    let mut dice = Dice(1);
    let mut sentence = |n: usize| -> String {
        let some: Vec<&str> = (0..n).map(|_| words[dice.below(400)]).collect();
        some.join(" ")
    };
    (0..2_000).map(|_| (sentence(12), sentence(700))).collect()
}

static BYTES: LazyLock<usize> = LazyLock::new(|| {
    DOCUMENTS
        .iter()
        .map(|(title, text)| title.len() + text.len())
        .sum()
});

/// Distinct phrases of three to five syllables, drawn from the documents.
fn phrases(count: usize) -> Vec<String> {
    static ALL: LazyLock<Vec<String>> = LazyLock::new(|| {
        let mut dice = Dice(7);
        let mut all = Vec::new();
        let mut seen = std::collections::HashSet::new();
        while all.len() < 100_000 {
            let (_, text) = &DOCUMENTS[dice.below(DOCUMENTS.len())];
            let line = text
                .lines()
                .nth(dice.below(text.lines().count().max(1)))
                .unwrap_or("");
            let part = line.split(['.', ',', ';', ':', '(', ')', '"', '/']);
            for clause in part {
                let words: Vec<&str> = text::syllables(clause).map(|s| s.text).collect();
                let n = 3 + dice.below(3);
                if words.len() < n {
                    continue;
                }
                let at = dice.below(words.len() - n + 1);
                let phrase = words[at..at + n].join(" ").to_lowercase();
                if seen.insert(text::unmarked(&phrase)) {
                    all.push(phrase);
                }
            }
        }
        all.truncate(100_000);
        all
    });
    ALL[..count].to_vec()
}

fn terms(count: usize) -> Vec<Term> {
    phrases(count)
        .into_iter()
        .map(|text| Term {
            text: text.into(),
            options: TermOptions::default(),
        })
        .collect()
}

/// The table fold of the baselines: letters without marks, everything else as one space.
fn fold(table: &LetterTable, text: &str, folded: &mut Vec<u8>) {
    folded.push(b' ');
    let mut ascii = [b' '; 128];
    for (byte, fold) in ascii.iter_mut().enumerate() {
        if let Some(c) = u8::try_from(byte).ok().filter(u8::is_ascii_alphanumeric) {
            *fold = c.to_ascii_lowercase();
        }
    }
    for c in text.chars() {
        if c.is_ascii() {
            folded.push(ascii[c as usize]);
            continue;
        }
        let entry = table.entry(c);
        match entry.kind() {
            Kind::Letter => folded.push(entry.base()),
            Kind::Gap | Kind::Foreign | Kind::Several => folded.push(b' '),
            Kind::Mark | Kind::Ignorable => {}
        }
    }
    folded.push(b' ');
}

fn baseline(bencher: Bencher<'_, '_>, kind: AhoCorasickKind, count: usize) {
    let patterns: Vec<String> = phrases(count)
        .iter()
        .map(|p| format!(" {} ", text::unmarked(p)))
        .collect();
    let automaton = AhoCorasick::builder()
        .kind(Some(kind))
        .match_kind(MatchKind::Standard)
        .build(&patterns)
        .expect("an automaton");
    let table = LetterTable::builtin();
    let mut folded = Vec::new();
    bencher.counter(BytesCount::new(*BYTES)).bench_local(|| {
        let mut hits = 0;
        for (title, text) in &*DOCUMENTS {
            for field in [title, text] {
                folded.clear();
                fold(&table, field, &mut folded);
                hits += automaton.find_overlapping_iter(&folded).count();
            }
        }
        black_box(hits)
    });
}

/// aho-corasick's contiguous NFA over folded bytes.
#[divan::bench(args = SIZES, sample_count = 5, sample_size = 1)]
fn letters_nfa(bencher: Bencher<'_, '_>, count: usize) {
    baseline(bencher, AhoCorasickKind::ContiguousNFA, count);
}

/// aho-corasick's DFA over folded bytes; of 100,000 terms it would take half a gigabyte.
#[divan::bench(args = &SIZES[..3], sample_count = 5, sample_size = 1)]
fn letters_dfa(bencher: Bencher<'_, '_>, count: usize) {
    baseline(bencher, AhoCorasickKind::DFA, count);
}

/// The term matcher: the whole meaning of a term, fold included.
#[divan::bench(args = SIZES, sample_count = 9, sample_size = 1)]
fn terms_found(bencher: Bencher<'_, '_>, count: usize) {
    let matcher = TermMatcher::build(&terms(count), &Homoglyphs::builtin());
    let mut scratch = Scratch::default();
    let mut found: Vec<Occurrence> = Vec::new();
    bencher.counter(BytesCount::new(*BYTES)).bench_local(|| {
        let mut hits = 0;
        for (title, text) in &*DOCUMENTS {
            matcher.find(title, text, &mut scratch, &mut found);
            hits += found.len();
        }
        black_box(hits)
    });
}

/// The table fold alone.
#[divan::bench(sample_count = 9, sample_size = 1)]
fn fold_alone(bencher: Bencher<'_, '_>) {
    let table = LetterTable::builtin();
    let mut folded = Vec::new();
    bencher.counter(BytesCount::new(*BYTES)).bench_local(|| {
        for (title, text) in &*DOCUMENTS {
            folded.clear();
            fold(&table, title, &mut folded);
            fold(&table, text, &mut folded);
            black_box(&folded);
        }
    });
}

/// Making a matcher.
#[divan::bench(args = SIZES, sample_count = 5, sample_size = 1)]
fn build(bencher: Bencher<'_, '_>, count: usize) {
    let terms = terms(count);
    let homoglyphs = Homoglyphs::builtin();
    bencher.bench_local(|| TermMatcher::build(black_box(&terms), &homoglyphs));
}
