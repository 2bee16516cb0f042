//! Against material that is not part of the project: `CANHTIN_CORPUS` names its directory.

use std::path::PathBuf;

use super::*;
use crate::story::shingles::SHORT;

/// A source of numbers that is the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % n
    }
}

/// Titles and texts of a file of the corpus, with at least so many syllables.
fn texts(name: &str, at_least: usize) -> Option<Vec<(String, String)>> {
    let Some(dir) = std::env::var_os("CANHTIN_CORPUS").map(PathBuf::from) else {
        println!("skipped: CANHTIN_CORPUS is not set");
        return None;
    };
    let lines = std::fs::read_to_string(dir.join("text").join(name)).unwrap();
    let mut texts: Vec<(String, String)> = lines
        .lines()
        .map(|line| {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            let field = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
            (field("title"), field("text"))
        })
        .collect();
    texts.retain(|(title, text)| syllables(&format!("{title} {text}")).count() >= at_least);
    assert!(texts.len() > 1000, "{}", texts.len());
    Some(texts)
}

/// A tenth of the syllables replaced by others of the same texts, left out, or doubled by one.
fn change(text: &str, words: &[String], dice: &mut Dice) -> String {
    let mut all: Vec<String> = syllables(text).map(|s| s.text.to_owned()).collect();
    for _ in 0..all.len() / 10 {
        let at = dice.below(all.len());
        let word = words[dice.below(words.len())].clone();
        match dice.below(4) {
            0 => all[at] = String::new(),
            1 => all[at] = format!("{} {word}", all[at]),
            _ => all[at] = word,
        }
    }
    all.join(" ")
}

/// A stretch of 60 % of the syllables, from anywhere.
fn cut_anywhere(text: &str, dice: &mut Dice) -> String {
    let all: Vec<_> = syllables(text).collect();
    let length = all.len() * 60 / 100;
    let from = dice.below(all.len() - length + 1);
    text[all[from].range.start..all[from + length - 1].range.end].to_owned()
}

const EDITS: [&str; 6] = [
    "a tenth of the syllables changed",
    "cut to 60 %",
    "header and footer added",
    "marks dropped",
    "“Theo …” before, title dropped",
    "all of these, cut to 80 %",
];

fn edited(
    edit: usize,
    (title, text): &(String, String),
    words: &[String],
    dice: &mut Dice,
) -> String {
    let whole = format!("{title}\n{text}");
    match edit {
        0 => change(&whole, words, dice),
        1 => cut_anywhere(&whole, dice),
        2 => format!("{HEADER}{whole}{FOOTER}"),
        3 => unmarked(&whole),
        4 => format!("Theo trang tin của tỉnh: {text}"),
        _ => {
            let changed = change(cut(&whole, 80), words, dice);
            unmarked(&format!("{HEADER}Theo trang tin: {changed}{FOOTER}"))
        }
    }
}

/// The share of edited copies, in percent, that are joined to their original, for each edit.
fn joined(texts: &[(String, String)]) -> [f64; 6] {
    let memory = Memory::new();
    let mut dice = Dice(11);
    let originals: Vec<Telling> = texts
        .iter()
        .map(|(title, text)| memory.telling(title, text))
        .collect();
    let words: Vec<String> = texts
        .iter()
        .flat_map(|(_, text)| {
            syllables(text)
                .map(|s| s.text.to_owned())
                .collect::<Vec<_>>()
        })
        .collect();
    std::array::from_fn(|edit| {
        let mut joined = 0_u32;
        for (text, original) in texts.iter().zip(&originals) {
            let copy = document("", &edited(edit, text, &words, &mut dice));
            // Looked up only: each copy meets the originals, not the other copies.
            let nearest = nearest(&Shingles::of(&copy), &memory.seen.fingerprints()).unwrap();
            joined += u32::from(nearest.is_some_and(|(_, telling)| Telling(telling) == *original));
        }
        let percent = f64::from(joined) / f64::from(u32::try_from(texts.len()).unwrap()) * 100.0;
        println!(
            "{}: {joined} of {}, {percent:.2} %",
            EDITS[edit],
            texts.len()
        );
        percent
    })
}

#[test]
fn edited_news_are_joined() {
    let Some(texts) = texts("news.jsonl", SHORTEST) else {
        return;
    };
    for (edit, percent) in joined(&texts).into_iter().enumerate().take(5) {
        assert!(percent >= 95.0, "{}: {percent}", EDITS[edit]);
    }
}

/// Around posts as short as these, header and footer are two thirds of the page and more.
#[test]
fn edited_posts_are_joined() {
    let Some(posts) = texts("comments.jsonl", SHORT) else {
        return;
    };
    for (at_least, at_most) in [(SHORT, 20), (20, 40), (40, 80), (80, 10_000)] {
        let mut posts = posts.clone();
        posts.retain(|(_, text)| (at_least..at_most).contains(&syllables(text).count()));
        assert_ne!(posts.len(), 0);
        println!("posts of {at_least} to {at_most} syllables:");
        for (edit, percent) in joined(&posts).into_iter().enumerate().take(5) {
            // The shortest have too little left to be known by.
            assert!(percent >= 95.0 || at_least == SHORT, "{}", EDITS[edit]);
        }
    }
}

/// Syllables of a text that is looked for in all its edits: a title alone is not.
const SHORTEST: usize = 30;

#[test]
fn different_news_are_not_joined() {
    let Some(texts) = texts("news.jsonl", 1) else {
        return;
    };
    let shingles: Vec<Shingles> = texts
        .iter()
        .map(|(title, text)| Shingles::of(&document(title, text)))
        .collect();
    let (mut pairs, mut wrong) = (0_u32, 0_u32);
    let mut histogram = [0_u32; 11];
    for (a, text) in shingles.iter().enumerate() {
        for (b, other) in shingles.iter().enumerate().filter(|(b, _)| *b != a) {
            pairs += 1;
            let likeness = text.likeness(other.sketch());
            let tenth = (0..10)
                .rev()
                .find(|n| likeness.containment * 10.0 >= f64::from(*n));
            histogram[tenth.map_or(0, |n| usize::try_from(n).unwrap())] += 1;
            if likeness.is_same() {
                wrong += 1;
                println!("{likeness:?}\n  {}\n  {}", texts[a].0, texts[b].0);
            }
        }
    }
    println!("{wrong} of {pairs} joined; by tenths of containment: {histogram:?}");
    assert!(pairs >= 1_000_000);
    let per_million = f64::from(wrong) * 1e6 / f64::from(pairs);
    assert!(per_million <= 10.0, "{wrong} of {pairs}");
}
