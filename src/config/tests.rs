use std::collections::BTreeSet;

use super::*;
use crate::problem::{Style, render_all};

const SHIPPED: &str = include_str!("../../config/canhtin.toml");

fn read(text: &str) -> Vec<Problem> {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("config/canhtin.toml");
    std::fs::create_dir_all(dir.path().join("config")).unwrap();
    std::fs::create_dir_all(dir.path().join("keywords")).unwrap();
    std::fs::write(dir.path().join("config/sources.toml"), "").unwrap();
    std::fs::write(&file, text).unwrap();
    load(&file, &Environment::default()).problems
}

fn errors(problems: &[Problem]) -> String {
    let errors: Vec<Problem> = problems
        .iter()
        .filter(|problem| problem.level == Level::Error)
        .cloned()
        .collect();
    render_all(&errors, Lang::En, Style::Plain)
}

#[test]
fn the_shipped_file_has_no_error() {
    assert_eq!(errors(&read(SHIPPED)), "");
}

/// An unknown key makes the table name every key that it knows: each must stand in the shipped
/// file, set or as a comment, so that it documents them all.
#[test]
fn the_shipped_file_documents_every_key() {
    let uncommented: String = SHIPPED
        .lines()
        .map(|line| match line.strip_prefix("# [") {
            Some(table) => format!("[{table}\n"),
            None => format!("{line}\n"),
        })
        .collect();
    let documented: BTreeSet<&str> = SHIPPED
        .lines()
        .filter_map(|line| line.trim_start_matches(['#', ' ']).split_once('='))
        .map(|(key, _)| key.trim())
        .chain(SHIPPED.lines().filter_map(|line| {
            let name = line.trim_start_matches(['#', ' ']).strip_prefix('[')?;
            let name = name.trim_start_matches('[').split(']').next()?;
            name.rsplit('.').next()
        }))
        .collect();
    let mut tables = 0;
    let mut keys = 0;
    let headers = uncommented.lines().filter(|line| line.starts_with('['));
    for header in std::iter::once("").chain(headers) {
        if header.contains("resolve") {
            // Its keys are host names.
            continue;
        }
        let broken = if header.is_empty() {
            format!("qqqqqqqqqqqq = 1\n{uncommented}")
        } else {
            uncommented.replacen(header, &format!("{header}\nqqqqqqqqqqqq = 1"), 1)
        };
        let said = errors(&read(&broken));
        let known = said
            .split("the keys that work here: ")
            .nth(1)
            .unwrap_or_else(|| panic!("{header}: {said}"));
        tables += 1;
        for key in known.lines().next().unwrap().split(", ") {
            keys += 1;
            assert!(
                documented.contains(key),
                "{header} {key} is not in the shipped file"
            );
        }
    }
    assert!(tables >= 7, "only {tables} tables seen");
    assert!(keys >= 30, "only {keys} keys seen");
}

#[test]
fn paths_start_at_the_file_and_the_state_directory_takes_the_stores_place() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("config/canhtin.toml");
    std::fs::create_dir_all(dir.path().join("config")).unwrap();
    std::fs::create_dir_all(dir.path().join("keywords")).unwrap();
    std::fs::write(dir.path().join("config/sources.toml"), "").unwrap();
    std::fs::write(&file, SHIPPED).unwrap();
    let config = load(&file, &Environment::default()).config.unwrap();
    assert_eq!(config.store.dir, dir.path().join("var"));
    assert_eq!(config.keywords, dir.path().join("keywords"));

    let environment = Environment {
        state_directory: Some("/var/lib/canhtin".into()),
        ..Environment::default()
    };
    let config = load(&file, &environment).config.unwrap();
    assert_eq!(
        config.store.ledger(),
        Path::new("/var/lib/canhtin/ledger.sqlite")
    );
}

#[test]
fn a_file_that_cannot_be_used_settles_nothing_and_names_every_problem() {
    let problems = read("lang = \"fr\"\nkeywords = \"../khong-co\"\n[office]\n[fetch]\ngap = 2\n");
    let said = errors(&problems);
    for wanted in ["lang", "khong-co", "sources", "name", "gap", "route"] {
        assert!(said.contains(wanted), "no {wanted} in\n{said}");
    }
}
