//! The shipped rules on our own evaluation set: what they catch, call denied, and leave alone.
//! Its README tells what the figures are worth.

use std::path::Path;

use canhtin::document::Document;
use canhtin::keyword;
use canhtin::problem::Problems;
use canhtin::scan::{Scanner, Speaker, Stance};

use crate::helpers::keywords;

/// Shares out of a hundred that the set must not fall below.
struct Bounds {
    asserts: usize,
    denies: usize,
    fired: usize,
}

#[derive(Debug, Default)]
struct Figures {
    asserts: (usize, usize),
    denies: (usize, usize),
    fired: (usize, usize),
    wrong: Vec<String>,
}

fn scanner() -> Scanner {
    let problems = Problems::default();
    let book = keyword::load(&keywords(), &problems);
    assert!(!problems.any_error());
    Scanner::new(book.into())
}

fn measure(scanner: &Scanner, file: &str) -> Figures {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/claims")
        .join(file);
    let mut figures = Figures::default();
    for line in std::fs::read_to_string(path).unwrap().lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| row[key].as_str().unwrap().to_owned();
        let document = Document {
            id: text("id"),
            url: None,
            title: text("title"),
            text: text("text"),
            published: None,
        };
        let hits = scanner.scan(&document, Speaker::Anyone);
        let expected = row["expect"].as_object().unwrap();
        if expected.is_empty() {
            let alarms = hits
                .iter()
                .filter(|hit| hit.stance == Stance::Asserts)
                .count();
            figures.fired.1 += 1;
            figures.fired.0 += usize::from(alarms > 0);
            if alarms > 0 {
                figures.wrong.push(document.id.clone());
            }
            continue;
        }
        let found = expected.iter().any(|(rule, stance)| {
            hits.iter()
                .any(|hit| &*hit.rule.id == rule && stance == &hit.stance.to_string())
        });
        let counted = match expected.values().next().unwrap().as_str() {
            Some("denies") => &mut figures.denies,
            _ => &mut figures.asserts,
        };
        counted.1 += 1;
        counted.0 += usize::from(found);
        if !found {
            figures.wrong.push(document.id);
        }
    }
    figures
}

#[test]
fn the_rules_keep_what_they_caught_and_left_alone() {
    let scanner = scanner();
    for (file, rows, bounds) in [
        (
            "dev.jsonl",
            900,
            Bounds {
                asserts: 97,
                denies: 97,
                fired: 2,
            },
        ),
        (
            "held.jsonl",
            450,
            Bounds {
                asserts: 95,
                denies: 95,
                fired: 3,
            },
        ),
    ] {
        let figures = measure(&scanner, file);
        let Figures {
            asserts,
            denies,
            fired,
            wrong,
        } = &figures;
        println!("{file}: asserts {asserts:?}, denies {denies:?}, fired {fired:?}");
        assert!(
            asserts.1 + denies.1 + fired.1 >= rows,
            "{file}: only {figures:?}"
        );
        assert!(
            asserts.0 * 100 >= asserts.1 * bounds.asserts,
            "{file}: {asserts:?} {wrong:?}"
        );
        assert!(
            denies.0 * 100 >= denies.1 * bounds.denies,
            "{file}: {denies:?} {wrong:?}"
        );
        assert!(
            fired.0 * 100 <= fired.1 * bounds.fired,
            "{file}: {fired:?} {wrong:?}"
        );
    }
}

/// Ordinary text: at most two `asserts` hits per thousand articles at severity medium or above.
#[test]
fn ordinary_news_stays_quiet() {
    let Some(corpus) = std::env::var_os("CANHTIN_CORPUS") else {
        println!("skipped: needs CANHTIN_CORPUS");
        return;
    };
    let scanner = scanner();
    for file in ["news.jsonl", "comments.jsonl"] {
        let path = Path::new(&corpus).join("text").join(file);
        let (mut texts, mut alarms) = (0, Vec::new());
        for line in std::fs::read_to_string(path).unwrap().lines() {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
            let document = Document {
                id: text("id"),
                url: None,
                title: text("title"),
                text: text("text"),
                published: None,
            };
            texts += 1;
            for hit in scanner.scan(&document, Speaker::Anyone) {
                if hit.stance == Stance::Asserts && hit.rule.severity >= keyword::Severity::Medium {
                    alarms.push((document.id.clone(), hit.rule.id.to_string()));
                }
            }
        }
        println!("{file}: {texts} texts, {} alarms {alarms:?}", alarms.len());
        assert!(texts > 1_000, "{file}: only {texts} texts");
        assert!(alarms.len() * 1_000 <= texts * 2, "{file}: {alarms:?}");
    }
}
