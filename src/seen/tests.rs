use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

use tempfile::TempDir;

use super::*;

/// Items in the database that is harmed.
const ITEMS: u32 = 2000;

const DEADLINE: Duration = Duration::from_secs(8);

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn place() -> (TempDir, PathBuf) {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("seen");
    (dir, path)
}

fn open_at(path: &Path) -> Opened {
    Seen::open(path, DEADLINE, at(0)).unwrap()
}

fn digest(n: u32) -> [u8; 16] {
    u128::from(n).to_be_bytes()
}

/// Remembers `count` items and closes.
fn write(path: &Path, count: u32) {
    let seen = open_at(path).seen;
    let items: Vec<_> = (0..count).map(|n| (n.to_string(), digest(n))).collect();
    seen.remember_items("bao", &items, at(0)).unwrap();
    seen.flush().unwrap();
}

#[test]
fn an_item_keeps_the_time_it_was_seen_first() {
    let (_dir, path) = place();
    let opened = open_at(&path);
    assert_eq!(opened.notices, []);
    let seen = opened.seen;
    assert_eq!(seen.item("bao", "1").unwrap(), None);
    seen.remember_items("bao", &[("1", digest(1)), ("2", digest(2))], at(0))
        .unwrap();
    seen.remember_items("bao", &[("1", digest(9))], at(60))
        .unwrap();
    let memory = |n, first_seen| ItemMemory {
        digest: digest(n),
        first_seen,
        shown: if n == 9 { at(60) } else { at(0) },
    };
    assert_eq!(seen.item("bao", "1").unwrap(), Some(memory(9, at(0))));
    assert_eq!(seen.item("bao", "2").unwrap(), Some(memory(2, at(0))));
    assert_eq!(seen.item("ba", "o1").unwrap(), None, "another source");
    drop(seen);
    let seen = open_at(&path).seen;
    assert_eq!(seen.item("bao", "1").unwrap(), Some(memory(9, at(0))));
}

#[test]
fn robots_are_kept_for_sixty_days() {
    let (_dir, path) = place();
    let first = open_at(&path).seen;
    let robots = SeenRobots {
        known: "đóng cửa".to_owned(),
        at: at(0),
    };
    assert_eq!(first.robots("https://trang.example").unwrap(), None);
    first.set_robots("https://trang.example", &robots).unwrap();
    drop(first);
    for (days, kept) in [(59, true), (61, false)] {
        let now = at(0) + jiff::SignedDuration::from_hours(24 * days);
        let seen = Seen::open(&path, Duration::from_secs(20), now)
            .unwrap()
            .seen;
        let found = seen.robots("https://trang.example").unwrap();
        assert_eq!(found.is_some(), kept, "after {days} days");
        assert!(found.is_none_or(|found| found == robots));
    }
}

#[test]
fn validators_and_state_are_kept_and_forgotten() {
    let (_dir, path) = place();
    let seen = open_at(&path).seen;
    let validators = SeenValidators {
        etag: Some("W/\"á\"".to_owned()),
        last_modified: None,
        last_full: at(3),
    };
    let listing = Listing(vec![Shown { url: 1, content: 2 }]);
    let state = SourceState {
        last_attempt: Some(at(5)),
        failures: 2,
        last_failure: Some(LastFailure {
            class: "dns".to_owned(),
            detail: "no such name".to_owned(),
            at: at(5),
        }),
        ..SourceState::default()
    };
    for source in ["bao", "bao-2"] {
        assert_eq!(seen.validators(source).unwrap(), None);
        assert_eq!(seen.source_state(source).unwrap(), SourceState::default());
        seen.set_validators(source, Some(&validators)).unwrap();
        seen.set_source_state(source, &state).unwrap();
        assert_eq!(seen.listing(source).unwrap(), Listing::default());
        seen.set_listing(source, &listing).unwrap();
        seen.remember_items(source, &[("1", digest(1))], at(0))
            .unwrap();
    }
    assert_eq!(seen.validators("bao").unwrap(), Some(validators.clone()));
    assert_eq!(seen.source_state("bao").unwrap(), state);
    let stats = seen.stats().unwrap();
    assert_eq!((stats.items, stats.sources), (2, 2));

    seen.forget_source("bao").unwrap();
    assert_eq!(seen.validators("bao").unwrap(), None);
    assert_eq!(seen.source_state("bao").unwrap(), SourceState::default());
    assert_eq!(seen.listing("bao").unwrap(), Listing::default());
    assert_eq!(seen.listing("bao-2").unwrap(), listing);
    assert_eq!(seen.item("bao", "1").unwrap(), None);
    assert_eq!(seen.validators("bao-2").unwrap(), Some(validators));
    assert!(seen.item("bao-2", "1").unwrap().is_some());
    seen.set_validators("bao-2", None).unwrap();
    assert_eq!(seen.validators("bao-2").unwrap(), None);
}

#[test]
fn a_state_written_by_another_version_is_read_as_far_as_it_goes() {
    let (_dir, path) = place();
    let seen = open_at(&path).seen;
    seen.store
        .states
        .insert("old", r#"{"failures":3,"gone":true}"#)
        .unwrap();
    assert_eq!(seen.source_state("old").unwrap().failures, 3);
    seen.store.states.insert("odd", "?").unwrap();
    assert_eq!(seen.source_state("odd").unwrap(), SourceState::default());
}

#[test]
fn a_second_opener_hears_that_another_canhtin_is_running() {
    use crate::message::Lang;

    let (_dir, path) = place();
    let first = open_at(&path);
    let error = Seen::open(&path, DEADLINE, at(0)).unwrap_err();
    assert!(matches!(error, SeenError::Running { .. }), "{error:?}");
    assert!(error.what().say(Lang::Vi).contains("canhtin đang chạy"));
    assert!(error.mend().say(Lang::En).contains("canhtin status"));
    drop(first);
    assert_eq!(open_at(&path).notices, []);
}

#[test]
fn what_a_kill_during_an_opening_leaves_is_removed() {
    let (_dir, path) = place();
    write(&path, 10);
    let leftover = path.join("snap.00000000000000FF.generating");
    fs::write(&leftover, "half").unwrap();
    let opened = open_at(&path);
    assert_eq!(
        opened.notices,
        [Notice::LeftoverRemoved {
            file: leftover.clone()
        }]
    );
    assert!(!leftover.exists());
    assert!(opened.seen.item("bao", "1").unwrap().is_some());
}

#[test]
fn a_disk_that_refuses_is_no_damage() {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let error = Seen::open(&file.join("seen"), DEADLINE, at(0)).unwrap_err();
    assert!(matches!(error, SeenError::Disk { .. }), "{error:?}");
    assert_eq!(
        fs::read_dir(dir.path()).unwrap().count(),
        1,
        "nothing was moved"
    );
}

/// Opens a harmed database and looks at all of it: it is sound, or was set aside for a fresh one.
/// Gives whether it was set aside.
fn opens_after(harm: &str, path: &Path) -> bool {
    let begun = Instant::now();
    let opened = Seen::open(path, Duration::from_secs(3), at(0)).unwrap();
    assert!(begun.elapsed() < Duration::from_secs(10), "{harm}: hangs");
    let seen = opened.seen;
    seen.remember_items("bao", &[("new", digest(1))], at(1))
        .unwrap();
    assert!(seen.item("bao", "new").unwrap().is_some(), "{harm}");
    let set_aside = opened.notices.iter().any(|notice| match notice {
        Notice::SetAside { to, why } => {
            assert!(to.is_dir() && !why.is_empty(), "{harm}");
            println!("{harm}: {why}");
            let name = to.file_name().unwrap().to_string_lossy();
            assert!(name.starts_with("seen.broken-20270115T080000Z"), "{name}");
            true
        }
        Notice::LeftoverRemoved { .. } => false,
    });
    let kept = seen.stats().unwrap().items - 1;
    assert_eq!(
        kept,
        if set_aside { 0 } else { ITEMS as usize },
        "{harm}: part of it is gone"
    );
    set_aside
}

#[test]
fn a_damaged_database_is_set_aside_and_a_fresh_one_begun() {
    let (dir, path) = place();
    write(&path, ITEMS);
    let sound = fs::read(path.join("db")).unwrap();
    let snapshots: Vec<_> = fs::read_dir(&path)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|file| {
            file.file_name()
                .unwrap()
                .to_string_lossy()
                .starts_with("snap.")
        })
        .collect();
    let mut set_aside = 0;
    let mut rounds = 0;
    let mut round = |name: &str, harm: &dyn Fn(&mut Vec<u8>), snapshot: bool| {
        let place = dir.path().join(format!("{rounds}")).join("seen");
        fs::create_dir_all(&place).unwrap();
        fs::copy(
            dir.path().join("seen.lock"),
            place.with_file_name("seen.lock"),
        )
        .unwrap();
        for file in fs::read_dir(&path).unwrap() {
            let file = file.unwrap().path();
            if file.is_file() {
                fs::copy(&file, place.join(file.file_name().unwrap())).unwrap();
            }
        }
        let target = if snapshot {
            place.join(snapshots[0].file_name().unwrap())
        } else {
            place.join("db")
        };
        let mut bytes = fs::read(&target).unwrap();
        harm(&mut bytes);
        fs::write(&target, bytes).unwrap();
        set_aside += usize::from(opens_after(name, &place));
        rounds += 1;
    };
    round("unharmed", &|_| {}, false);
    round("emptied", &|bytes| bytes.clear(), false);
    round(
        "cut to a third",
        &|bytes| bytes.truncate(bytes.len() / 3),
        false,
    );
    round(
        "cut by 100 bytes",
        &|bytes| bytes.truncate(bytes.len() - 100),
        false,
    );
    round("a page zeroed", &|bytes| bytes[8192..12_288].fill(0), false);
    for n in 0..12 {
        let place = (n * 104_729 + 17) % sound.len();
        round(&format!("bit {place}"), &|bytes| bytes[place] ^= 4, false);
    }
    if !snapshots.is_empty() {
        round(
            "snapshot cut",
            &|bytes| bytes.truncate(bytes.len() / 2),
            true,
        );
        round("snapshot flipped", &|bytes| bytes[20] ^= 1, true);
    }
    println!("{set_aside} of {rounds} were set aside, the others are whole");
    assert!(set_aside >= 4 && set_aside < rounds);
}

#[test]
fn two_broken_ones_of_one_second_get_two_names() {
    let (dir, path) = place();
    for _ in 0..2 {
        write(&path, 10);
        fs::write(path.join("db"), "").unwrap();
        drop(open_at(&path));
    }
    let broken = fs::read_dir(dir.path())
        .unwrap()
        .filter(|entry| {
            let name = entry.as_ref().unwrap().file_name();
            name.to_string_lossy().starts_with("seen.broken-")
        })
        .count();
    assert_eq!(broken, 2);
}

#[test]
fn a_deleted_folder_is_noticed_once() {
    let (_dir, path) = place();
    write(&path, 10);
    fs::remove_dir_all(&path).unwrap();
    let opened = open_at(&path);
    assert!(
        matches!(&opened.notices[..], [Notice::SetAside { .. }]),
        "{:?}",
        opened.notices
    );
    drop(opened);
    assert_eq!(open_at(&path).notices, []);
}

#[test]
fn forgetting_a_source_is_no_damage() {
    let (_dir, path) = place();
    write(&path, 10);
    let seen = open_at(&path).seen;
    seen.remember_items("tin", &[("1", digest(1)), ("1", digest(2))], at(0))
        .unwrap();
    seen.forget_source("bao").unwrap();
    drop(seen);
    let opened = open_at(&path);
    assert_eq!(opened.notices, []);
    assert_eq!(opened.seen.stats().unwrap().items, 1);
}

/// In a child process: writes without end, and says so once per batch. Otherwise nothing.
#[test]
fn writes_until_killed() {
    let Some(path) = std::env::var_os("CANHTIN_TEST_SEEN") else {
        return;
    };
    println!("\nopening");
    let seen = Seen::open(Path::new(&path), DEADLINE, at(0)).unwrap().seen;
    let begin: u32 = std::env::var("CANHTIN_TEST_BEGIN")
        .unwrap()
        .parse()
        .unwrap();
    for n in (begin..).step_by(50) {
        let items: Vec<_> = (n..n + 50).map(|n| (n.to_string(), digest(n))).collect();
        seen.remember_items("bao", &items, at(0)).unwrap();
        seen.flush().unwrap();
        println!("\nwrote {}", n + 50);
    }
}

/// Starts a child that writes, and kills it when it has written so many batches: with none,
/// while it opens, `delay` after it began to. Gives the number of items known to be written.
fn write_and_kill(path: &Path, written: u32, batches: u32, delay: Duration) -> u32 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "seen::tests::writes_until_killed", "--nocapture"])
        .env("CANHTIN_TEST_SEEN", path)
        .env("CANHTIN_TEST_BEGIN", written.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    assert!(
        lines.any(|line| line == "opening"),
        "the child did not begin"
    );
    let mut known = written;
    if batches == 0 {
        let begun = Instant::now();
        while begun.elapsed() < delay {
            std::hint::spin_loop();
        }
    } else {
        let said: Vec<u32> = lines
            .filter_map(|line| line.strip_prefix("wrote ").map(|n| n.parse().unwrap()))
            .take(batches as usize)
            .collect();
        assert_eq!(said.len(), batches as usize, "the child ended by itself");
        known = said[said.len() - 1];
    }
    child.kill().unwrap();
    child.wait().unwrap();
    known
}

#[test]
fn it_opens_again_after_every_kill() {
    let (_dir, path) = place();
    let mut written = 0;
    for round in 0..40_u32 {
        // In turn: while opening, at ever later moments; while writing, at ever greater depth.
        let batches = if round % 2 == 0 { 0 } else { round };
        let delay = Duration::from_micros(u64::from(round) * 150);
        written = write_and_kill(&path, written, batches, delay);

        let opened = open_at(&path);
        let set_aside = opened
            .notices
            .iter()
            .any(|notice| matches!(notice, Notice::SetAside { .. }));
        assert!(!set_aside, "round {round}: {:?}", opened.notices);
        assert!(written > 0 || round == 0);
        for n in [0, written / 2, written.saturating_sub(1)] {
            if n < written {
                let memory = opened.seen.item("bao", &n.to_string()).unwrap();
                assert_eq!(
                    memory.map(|m| m.digest),
                    Some(digest(n)),
                    "round {round}: item {n}"
                );
            }
        }
    }
    assert!(written > 5000);
}
