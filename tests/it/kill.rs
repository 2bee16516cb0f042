//! kill -9 at random moments of `once`, on the sample web and a real inbox.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use crate::helpers::{Bench, message_id, stderr, stdout};

/// CI's number of kills; the promise is tested with more by `CANHTIN_KILLS`.
const KILLS: u64 = 50;

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
    let kills = std::env::var("CANHTIN_KILLS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(KILLS);
    // What an undisturbed run tells, and how long it takes.
    let calm = Bench::new();
    let began = Instant::now();
    calm.run(&["once"]);
    let whole = began.elapsed();
    let expected: BTreeSet<String> = calm.alerts().into_keys().collect();
    assert!(
        expected.len() >= 6,
        "only {} alerts expected",
        expected.len()
    );

    let bench = Bench::new();
    let seed = 0x5EED_CA47;
    let mut random = Random(seed);
    let mut killed = 0;
    for round in 0..kills {
        // Half of the folders begin empty, so that the first moments of a store are hit, too.
        if round % 2 == 0 && round > 0 && round % 10 == 0 {
            let _ = std::fs::remove_dir_all(bench.path("var/seen"));
        }
        let mut child = bench.command(&["once"]).spawn().unwrap();
        let micros = u64::try_from(whole.as_micros()).unwrap();
        std::thread::sleep(Duration::from_micros(random.below(micros)));
        if child.try_wait().unwrap().is_none() {
            killed += 1;
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert!(
        killed > kills / 2,
        "only {killed} of {kills} were still running"
    );

    let last = bench.run(&["once"]);
    assert!(
        stdout(&last).lines().any(|line| line.starts_with('✓')),
        "the stores did not open again (seed {seed:#x}): {}",
        stderr(&last)
    );
    let arrived = bench.alerts();
    let missing: Vec<&String> = expected
        .iter()
        .filter(|id| !arrived.contains_key(*id))
        .collect();
    assert!(
        missing.is_empty(),
        "lost after {killed} kills (seed {seed:#x}): {missing:?}"
    );

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
    for (alert, mails) in &arrived {
        assert_eq!(
            mails.len(),
            1,
            "alert {alert} came in several mails: {mails:?}"
        );
    }
    println!(
        "{killed} kills, {} alerts, {} mails",
        arrived.len(),
        contents.len()
    );
}
