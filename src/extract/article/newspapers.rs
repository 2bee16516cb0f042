//! Whole pages in the shapes of Vietnamese papers: title, time, nine paragraphs in ten, and at
//! most a tenth of anything else.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::super::extract;
use super::tests::{fetched, limits};
use crate::document::Document;
use crate::source::{Kind, Source};

/// What a page holds, as its `.txt` says: title, time, paragraphs, parted by blank lines.
struct Wanted {
    title: String,
    published: Timestamp,
    paragraphs: Vec<String>,
}

fn wanted(page: &Path) -> Wanted {
    let text = fs::read_to_string(page.with_extension("txt")).unwrap();
    let mut parts = text.trim().split("\n\n").map(str::to_owned);
    Wanted {
        title: parts.next().unwrap(),
        published: parts.next().unwrap().parse().unwrap(),
        paragraphs: parts.collect(),
    }
}

fn read(page: &Path) -> Document {
    let url: url::Url = "https://bao.example/bai.html".parse().unwrap();
    let fetched = fetched(&fs::read(page).unwrap(), Some("text/html; charset=utf-8"));
    let source = Source::ad_hoc(Kind::Article, url);
    extract(&source, &fetched, &limits())
        .unwrap()
        .documents
        .remove(0)
}

fn pages() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/newspapers");
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut pages: Vec<PathBuf> = files
        .filter(|path| path.extension().is_some_and(|kind| kind == "html"))
        .collect();
    pages.sort();
    pages
}

/// What is left of the text without the wanted paragraphs, and how many of these came in order.
fn compare(text: &str, paragraphs: &[String]) -> (usize, String) {
    let (mut found, mut foreign, mut rest) = (0, String::new(), text);
    for paragraph in paragraphs {
        if let Some(at) = rest.find(paragraph.as_str()) {
            found += 1;
            foreign.push_str(&rest[..at]);
            rest = &rest[at + paragraph.len()..];
        }
    }
    foreign.push_str(rest);
    (
        found,
        foreign.split_whitespace().collect::<Vec<_>>().join(" "),
    )
}

#[test]
fn every_shape_is_read() {
    let pages = pages();
    assert!(pages.len() >= 12, "{} pages", pages.len());
    let mut faults = Vec::new();
    for page in &pages {
        let name = page.file_stem().unwrap().to_string_lossy();
        let (document, wanted) = (read(page), wanted(page));
        let (found, foreign) = compare(&document.text, &wanted.paragraphs);
        if document.title != wanted.title {
            faults.push(format!("{name}: title {:?}", document.title));
        }
        if document.published != Some(wanted.published) {
            faults.push(format!("{name}: time {:?}", document.published));
        }
        if 10 * found < 9 * wanted.paragraphs.len() {
            faults.push(format!("{name}: {found} of {}", wanted.paragraphs.len()));
        }
        if 10 * foreign.len() > document.text.len() {
            faults.push(format!("{name}: foreign text: {foreign}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
