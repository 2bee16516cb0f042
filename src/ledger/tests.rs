mod admit;
mod backup;
mod close;
mod deliver;
mod digest;
mod erase;
mod forget;
mod hits;
mod kill;
mod notices;
mod open;
mod salvage;
mod seal;
mod verdict;

use std::path::PathBuf;
use std::time::Duration;

use tempfile::TempDir;

use super::*;
use crate::alert::Excerpt;
use crate::keyword::Severity;
use crate::scan::{Stance, Tier};
use crate::source::Trust;
use crate::story::StoryId;

/// A moment, `seconds` after the one at which the tests begin.
fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

/// A folder with the place of a ledger in it.
fn place() -> (TempDir, PathBuf) {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("ledger.sqlite");
    (dir, path)
}

async fn open_at(path: &Path) -> Ledger {
    Ledger::open(path, at(0)).await.unwrap()
}

async fn fresh() -> (TempDir, Ledger) {
    let (dir, path) = place();
    let ledger = open_at(&path).await;
    (dir, ledger)
}

/// An alert of the rule `r` in an item of a source, on a page of its own.
fn alert(source: &str, item: &str) -> Alert {
    Alert {
        id: format!("r/{source}/{item}"),
        rule: "r".to_owned(),
        title: "Vắc xin gây vô sinh".to_owned(),
        severity: Severity::High,
        weight: None,
        topic: None,
        answer: None,
        links: Vec::new(),
        source: source.to_owned(),
        source_name: format!("Trang {source}"),
        trust: Trust::Press,
        tags: Vec::new(),
        places: Vec::new(),
        item: item.to_owned(),
        url: Some(format!("https://{source}.example.vn/{item}")),
        page_title: format!("Tin {item}"),
        excerpt: Excerpt::default(),
        stance: Stance::Asserts,
        tier: Tier::Exact,
        terms: Vec::new(),
        published: None,
        seen: at(0),
        edited: false,
        story: StoryId(format!("story {item}")),
        rules_version: "1".to_owned(),
        known_refutations: Vec::new(),
    }
}

fn dispatch(receiver: &str, due: i64) -> Dispatch {
    Dispatch {
        receiver: receiver.to_owned(),
        group: "r".to_owned(),
        due: at(due),
        digest: false,
        why: Vec::new(),
    }
}

/// An alert that goes to the receiver `truc` and is due at once.
fn admission(source: &str, item: &str) -> Admission {
    Admission {
        alert: alert(source, item),
        dispatches: vec![dispatch("truc", 0)],
        muted: None,
    }
}

/// What makes mails of the receiver `truc`, with the two addresses `a@` and `b@`.
fn two(name: &str) -> Option<Recipients> {
    (name == "truc").then(|| Recipients {
        to: vec!["a@example.vn".to_owned(), "b@example.vn".to_owned()],
        max_per_hour: None,
    })
}

fn one(name: &str) -> Option<Recipients> {
    (name == "truc").then(|| Recipients {
        to: vec!["a@example.vn".to_owned()],
        max_per_hour: None,
    })
}

async fn close_all(ledger: &Ledger, now: Timestamp) -> Vec<String> {
    ledger
        .close_due(now, true, &one, "example.vn")
        .await
        .unwrap()
        .mails
}
