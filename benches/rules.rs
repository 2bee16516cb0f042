//! What more rules cost: 100, 1,000 and 10,000 rules on the same documents, and beside each the
//! bare search for the same terms.
//!
//! `CANHTIN_CORPUS=DIR cargo bench --bench rules` reads `DIR/text/{laws,news,comments}.jsonl`;
//! without it, documents are made up of common words, and the figures say little.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a bench may stop at once"
)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use canhtin::document::Document;
use canhtin::keyword::{self, Expr, Kind, Rulebook, Term};
use canhtin::problem::Problems;
use canhtin::scan::terms::{Occurrence, Scratch, TermMatcher};
use canhtin::scan::{Scanner, Speaker};
use canhtin::text;
use divan::Bencher;
use divan::counter::BytesCount;

/// Numbers of rules.
const SIZES: [usize; 3] = [100, 1_000, 10_000];
/// Lists that all rules share, and terms in each.
const LISTS: usize = 20;
const TERMS: usize = 30;

fn main() {
    divan::main();
}

static DOCUMENTS: LazyLock<Vec<Document>> = LazyLock::new(|| {
    let mut documents = Vec::new();
    let mut add = |title: &str, text: &str| {
        documents.push(Document {
            id: documents.len().to_string(),
            url: None,
            title: title.to_owned(),
            text: text.to_owned(),
            published: None,
        });
    };
    let Some(dir) = std::env::var_os("CANHTIN_CORPUS") else {
        let words: Vec<&str> = include_str!("../src/text/words.txt")
            .split_whitespace()
            .collect();
        let mut dice = Dice(1);
        for _ in 0..2_000 {
            let some: Vec<&str> = (0..700).map(|_| words[dice.below(400)]).collect();
            add("", &some.join(" "));
        }
        return documents;
    };
    for name in ["laws", "news", "comments"] {
        let path = Path::new(&dir).join(format!("text/{name}.jsonl"));
        let lines = std::fs::read_to_string(path).expect("the corpus has this file");
        for line in lines.lines() {
            let row: serde_json::Value = serde_json::from_str(line).expect("a row is JSON");
            let field = |name: &str| row[name].as_str().unwrap_or_default();
            add(field("title"), field("text"));
        }
    }
    documents
});

static BYTES: LazyLock<usize> = LazyLock::new(|| {
    let bytes = DOCUMENTS.iter().map(|d| d.title.len() + d.text.len());
    bytes.sum()
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

    /// A phrase of `n` syllables from the documents.
    fn phrase(&mut self, n: usize) -> String {
        loop {
            let text = &DOCUMENTS[self.below(DOCUMENTS.len())].text;
            let line = text
                .lines()
                .nth(self.below(text.lines().count().max(1)))
                .unwrap_or("");
            let words: Vec<&str> = text::syllables(line)
                .map(|syllable| syllable.text)
                .filter(|word| word.chars().all(char::is_alphabetic))
                .collect();
            if words.len() >= n {
                let at = self.below(words.len() - n + 1);
                return words[at..at + n].join(" ").to_lowercase();
            }
        }
    }
}

/// Rules as offices write them: a shared list near one of two phrases of its own, unless a third
/// stands in the document.
fn rulebook(rules: usize) -> Arc<Rulebook> {
    let folder = std::env::temp_dir().join(format!("canhtin-bench-{}-{rules}", std::process::id()));
    let mut dice = Dice(7);
    std::fs::create_dir_all(folder.join("lists")).expect("a folder");
    std::fs::create_dir_all(folder.join("rumours")).expect("a folder");
    for list in 0..LISTS {
        let terms: Vec<String> = (0..TERMS).map(|_| dice.phrase(2)).collect();
        std::fs::write(folder.join(format!("lists/l{list}.txt")), terms.join("\n"))
            .expect("a file");
    }
    let mut text = String::new();
    for rule in 0..rules {
        let (list, near) = (rule % LISTS, 5 + rule % 15);
        let (first, second, third) = (dice.phrase(3), dice.phrase(4), dice.phrase(5));
        writeln!(
            text,
            "[[rule]]\nid = 'r{rule}'\ntitle = 'r{rule}'\nseverity = 'low'\n\
             match = '@l{list} NEAR/{near} (\"{first}\" OR \"{second}\")'\nunless = '\"{third}\"'\n"
        )
        .expect("a string");
    }
    std::fs::write(folder.join("rumours/r.toml"), text).expect("a file");
    let problems = Problems::default();
    let book = keyword::load(&folder, &problems);
    std::fs::remove_dir_all(&folder).expect("it was made above");
    assert!(!problems.any_error(), "the rules are right");
    assert_eq!(book.rules.len(), rules);
    Arc::new(book)
}

#[divan::bench(args = SIZES, max_time = 20)]
fn rules(bencher: Bencher<'_, '_>, count: usize) {
    let scanner = Scanner::new(rulebook(count));
    bencher.counter(BytesCount::new(*BYTES)).bench_local(|| {
        let hits = DOCUMENTS
            .iter()
            .map(|document| scanner.scan(document, Speaker::Anyone).len());
        black_box(hits.sum::<usize>())
    });
}

/// The same terms, without rules.
#[divan::bench(args = SIZES, max_time = 20)]
fn terms_alone(bencher: Bencher<'_, '_>, count: usize) {
    let book = rulebook(count);
    let mut terms: Vec<Term> = Vec::new();
    let listed = book.lists.values().flat_map(|list| &list.terms);
    terms.extend(listed.map(|term| term.value.clone()));
    let mut phrases = |expr: &Expr| {
        expr.walk(&mut |part| {
            if let Kind::Phrase(term) = &part.kind {
                terms.push(term.clone());
            }
        });
    };
    for rule in &book.rules {
        phrases(&rule.matches);
        rule.unless.iter().for_each(&mut phrases);
    }
    terms.sort();
    terms.dedup();
    let matcher = TermMatcher::build(&terms, &book.homoglyphs);
    let (mut scratch, mut found) = (Scratch::default(), Vec::<Occurrence>::new());
    bencher.counter(BytesCount::new(*BYTES)).bench_local(|| {
        let mut all = 0;
        for document in DOCUMENTS.iter() {
            matcher.find(&document.title, &document.text, &mut scratch, &mut found);
            all += found.len();
        }
        black_box(all)
    });
}

/// Files to a scanner that is ready.
#[divan::bench(args = SIZES, sample_count = 5)]
fn build(bencher: Bencher<'_, '_>, count: usize) {
    let book = rulebook(count);
    bencher.bench_local(|| Scanner::new(Arc::clone(&book)));
}
