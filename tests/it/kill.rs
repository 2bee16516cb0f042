//! kill -9 at random moments of `once`, on the sample web and a real inbox.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::helpers::{Bench, message_id, stderr, stdout};

/// Installations that are killed, one after the other.
const INSTALLATIONS: u64 = 10;
/// How often each is killed; `CANHTIN_KILLS` makes it more.
const KILLS: u64 = 5;

/// A small generator (xorshift64*), so that a failing run can be made again.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) % bound.max(1)
    }
}

#[test]
fn kill_9_at_random_moments_loses_no_alert_and_doubles_no_content() {
    let asked = std::env::var("CANHTIN_KILLS").ok();
    let kills = asked.and_then(|n| n.parse().ok()).unwrap_or(KILLS);
    // What an undisturbed run tells, and how long it takes.
    let calm = Bench::new();
    let began = Instant::now();
    calm.run(&["once"]);
    let whole = u64::try_from(began.elapsed().as_micros()).unwrap();
    let expected: BTreeSet<String> = calm.alerts().into_keys().collect();
    assert!(
        expected.len() >= 6,
        "only {} alerts expected",
        expected.len()
    );

    let mut random = Random(0x5EED_CA47);
    let (mut killed, mut mails) = (0, 0);
    for installation in 0..INSTALLATIONS {
        let bench = Bench::new();
        for _ in 0..kills {
            killed += u64::from(kill_once(&bench, random.below(whole)));
            // The seen memory may be lost at any time.
            if random.below(4) == 0 {
                let _ = std::fs::remove_dir_all(bench.path("var/seen"));
            }
        }
        mails += holds_all(&bench, &expected, installation);
    }
    let all = INSTALLATIONS * kills;
    assert!(
        killed > all / 2,
        "only {killed} of {all} were still running"
    );
    println!(
        "{killed} kills, {} alerts an installation, {mails} mails",
        expected.len()
    );
}

/// Starts `once` and kills it after some microseconds; whether it was still running.
fn kill_once(bench: &Bench, after: u64) -> bool {
    let mut once = bench.command(&["once"]);
    let mut child = once
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_micros(after));
    let running = child.try_wait().unwrap().is_none();
    child.kill().unwrap();
    child.wait().unwrap();
    running
}

/// A last whole run, then: every alert arrived, none in two mails, no Message-ID with two
/// contents. Gives the number of mails.
fn holds_all(bench: &Bench, expected: &BTreeSet<String>, installation: u64) -> usize {
    let last = bench.run(&["once"]);
    assert!(
        stdout(&last).lines().any(|line| line.starts_with('✓')),
        "installation {installation}: the stores did not open again: {}",
        stderr(&last)
    );
    let arrived = bench.alerts();
    let missing: Vec<_> = expected
        .iter()
        .filter(|id| !arrived.contains_key(*id))
        .collect();
    assert!(
        missing.is_empty(),
        "installation {installation} lost {missing:?}"
    );
    for (alert, mails) in &arrived {
        assert_eq!(
            mails.len(),
            1,
            "alert {alert} came in several mails: {mails:?}"
        );
    }
    let mut contents: BTreeMap<String, BTreeSet<Vec<u8>>> = BTreeMap::new();
    for mail in bench.inbox.messages() {
        contents
            .entry(message_id(&mail.raw))
            .or_default()
            .insert(mail.raw);
    }
    for (id, versions) in &contents {
        assert_eq!(
            versions.len(),
            1,
            "{id} came with {} contents",
            versions.len()
        );
    }
    contents.len()
}
