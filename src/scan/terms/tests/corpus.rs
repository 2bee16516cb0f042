//! Against material that is not part of the project: `CANHTIN_CORPUS` names its directory.

use std::path::PathBuf;

use super::*;
use crate::text;

fn corpus() -> Option<PathBuf> {
    let dir = std::env::var_os("CANHTIN_CORPUS").map(PathBuf::from);
    if dir.is_none() {
        println!("skipped: CANHTIN_CORPUS is not set");
    }
    dir
}

/// Rows of a table, by tabs, without its head line.
fn rows(dir: &std::path::Path, table: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(dir.join("tables").join(table)).unwrap();
    let rows: Vec<Vec<String>> = text
        .lines()
        .skip(1)
        .map(|line| line.split('\t').map(str::to_owned).collect())
        .collect();
    assert!(!rows.is_empty());
    rows
}

/// Whether a term is found as the whole of a surface within a sentence.
fn found_whole(term: &str, surface: &str) -> bool {
    let matcher = matcher(&[term]);
    let text = format!("Hôm nay có {surface} ở đây.");
    let from = "Hôm nay có ".len();
    find(&matcher, &text)
        .iter()
        .any(|(_, range, _)| *range == (from..from + surface.len()))
}

fn report(what: &str, found: usize, misses: &[String]) -> f64 {
    let all = found + misses.len();
    #[allow(clippy::cast_precision_loss)] // small counts
    let recall = found as f64 / all as f64;
    println!(
        "{what}: {found} of {all} found ({:.1} %); missed: {}",
        100.0 * recall,
        misses.join(" | ")
    );
    assert!(all > 0);
    recall
}

#[test]
fn surface_variants_are_found() {
    let Some(dir) = corpus() else { return };
    let (mut found, mut misses) = (0, Vec::new());
    for row in rows(&dir, "surface_variants.tsv") {
        let [category, term, surface, _, tier, ..] = &row[..] else {
            panic!("{row:?}")
        };
        // Other spellings, abbreviations and undecoded text are the business of lists and readers.
        if !matches!(tier.as_str(), "L0" | "L1" | "L2") || category == "entity" {
            continue;
        }
        if found_whole(term, surface) {
            found += 1;
        } else {
            misses.push(format!("{term} {surface}"));
        }
    }
    assert!(report("surface variants", found, &misses) >= 0.95);
}

#[test]
fn disguised_tokens_are_read() {
    let Some(dir) = corpus() else { return };
    let (mut found, mut misses) = (0, Vec::new());
    for row in rows(&dir, "disguised_tokens.tsv") {
        // What is invisible behind the last letter is not part of the word.
        if found_whole(&row[1], row[0].trim_end_matches('\u{34f}')) {
            found += 1;
        } else {
            misses.push(format!("{} {}", row[1], row[0]));
        }
    }
    assert!(report("disguised tokens", found, &misses) >= 0.95);
}

#[test]
fn split_tokens_are_joined() {
    let Some(dir) = corpus() else { return };
    for (what, before) in [
        ("split tokens alone", ""),
        ("split tokens in a phrase", "người "),
    ] {
        let (mut found, mut misses) = (0, Vec::new());
        for row in rows(&dir, "split_tokens.tsv") {
            if found_whole(
                &format!("{before}{}", row[1]),
                &format!("{before}{}", row[0]),
            ) {
                found += 1;
            } else {
                misses.push(row[0].clone());
            }
        }
        report(what, found, &misses);
    }
}

#[test]
fn misordered_marks_read_the_same() {
    let Some(dir) = corpus() else { return };
    let read = |name: &str| std::fs::read_to_string(dir.join("legacy/udhr").join(name)).unwrap();
    let plain = text::key(&read("Vietnamese-UTF8"));
    let misordered = text::key(&read("Vietnamese-ALRN-UTF8"));
    let known: std::collections::HashSet<&str> = plain.split(' ').collect();
    let words: Vec<&str> = misordered.split(' ').collect();
    let same = words.iter().filter(|word| known.contains(*word)).count();
    println!(
        "misordered marks: {same} of {} words are words of the other text",
        words.len()
    );
    assert!(same * 100 > words.len() * 90);
}

#[test]
fn dictionary_syllables_are_possible_and_distinct() {
    let Some(dir) = corpus() else { return };
    let text = std::fs::read_to_string(dir.join("tables/syllables.txt")).unwrap();
    let all: Vec<&str> = text.lines().collect();
    let keys: std::collections::HashSet<String> = all.iter().map(|s| text::key(s)).collect();
    assert_eq!(keys.len(), all.len());
    let possible = all.iter().filter(|s| text::is_syllable(s)).count();
    let words = all.iter().filter(|s| text::is_word(s)).count();
    println!(
        "of {} dictionary syllables {possible} are possible, {words} words",
        all.len()
    );
    assert!(possible * 1000 > all.len() * 990);
}
