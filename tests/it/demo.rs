use std::collections::BTreeSet;
use std::path::Path;

use crate::helpers::{canhtin, stderr, stdout};

fn mails(dir: &Path) -> BTreeSet<String> {
    std::fs::read_dir(dir.join("mail"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".eml"))
        .collect()
}

#[test]
fn the_demo_mails_every_rumour_once_and_nothing_again() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("thu nghiem");
    let demo = || {
        canhtin()
            .args(["demo", "--dir"])
            .arg(&dir)
            .output()
            .unwrap()
    };

    let first = demo();
    assert!(
        first.status.success(),
        "{}{}",
        stdout(&first),
        stderr(&first)
    );
    let sent = mails(&dir);
    assert!(
        sent.len() >= 6,
        "only {} mails\n{}",
        sent.len(),
        stdout(&first)
    );
    for name in &sent {
        assert!(
            dir.join("mail").join(name).with_extension("html").exists(),
            "{name}"
        );
    }
    assert!(stdout(&first).contains("[Canh tin"), "{}", stdout(&first));

    let second = demo();
    assert!(
        second.status.success(),
        "{}{}",
        stdout(&second),
        stderr(&second)
    );
    assert_eq!(mails(&dir), sent, "{}", stdout(&second));
}

#[test]
fn the_demo_speaks_english_too() {
    let dir = tempfile::tempdir().unwrap();
    let shown = canhtin()
        .args(["demo", "--lang", "en", "--dir"])
        .arg(dir.path())
        .output()
        .unwrap();
    assert!(shown.status.success(), "{}", stderr(&shown));
    assert!(
        stdout(&shown).contains("Three steps to real use"),
        "{}",
        stdout(&shown)
    );
}
