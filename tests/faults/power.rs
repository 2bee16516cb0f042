//! Power cuts: the stores lie on a file system of their own in a loop image; the daemon is
//! stopped at a random moment, and the image copied as it is. The copy holds what was really
//! written, not what waits in the page cache, as a disk after a power cut.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use canhtin::sample::inbox::{Act, Received, Step};

use crate::helpers::{Bench, alert_ids, message_id, stderr, stdout};
use crate::support::{Daemon, Random, eventually, rounds, seed};

/// Daemons that are cut off.
const LIVES: u64 = 1;
/// Cuts of each; `CANHTIN_CUTS` makes it more.
const CUTS: u64 = 4;

/// An ext4 image, mounted while it lives.
struct Disk(PathBuf);

impl Disk {
    /// `None` where images cannot be made or mounted.
    fn new(image: &Path, at: &Path) -> Option<Self> {
        std::fs::File::create(image)
            .and_then(|file| file.set_len(64 << 20))
            .ok()?;
        let made = Command::new("mkfs.ext4")
            .args(["-q", "-F"])
            .arg(image)
            .status();
        made.is_ok_and(|status| status.success()).then_some(())?;
        Self::mount(image, at)
    }

    fn mount(image: &Path, at: &Path) -> Option<Self> {
        std::fs::create_dir_all(at).unwrap();
        let mounted = Command::new("mount")
            .args(["-o", "loop"])
            .args([image, at])
            .status();
        mounted
            .is_ok_and(|status| status.success())
            .then(|| Self(at.to_owned()))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// What was on the disk, and what had arrived, when the power was cut.
struct Cut {
    image: PathBuf,
    arrived: Vec<Received>,
}

#[test]
fn power_cut_loses_no_acknowledged_alert() {
    let cuts = rounds("CANHTIN_CUTS", CUTS);
    let lives = LIVES.max(cuts / 10);
    let calm = Bench::new();
    calm.run(&["once"]);
    let expected: BTreeSet<String> = calm.alerts().into_keys().collect();
    assert!(expected.len() >= 6);
    let mut random = Random(seed(0x000F_F0FF));
    let (mut replayed, mut after_mails, mut between) = (0, 0, 0);
    for life in 0..lives {
        let bench = Bench::new();
        let Some(disk) = Disk::new(&bench.path("disk.img"), &bench.path("var")) else {
            println!("skipped: needs the right to mount a loop image, and mkfs.ext4");
            return;
        };
        let made = live_and_cut(&bench, cuts.div_ceil(lives), expected.len(), &mut random);
        drop(disk);
        for cut in &made {
            replayed += 1;
            after_mails += u64::from(!cut.arrived.is_empty());
            let here = alerts_in(&cut.arrived).len();
            between += u64::from(here > 0 && here < expected.len());
            comes_back(cut, &expected, life);
        }
    }
    assert!(replayed >= cuts, "{replayed} cuts of {cuts}");
    assert!(
        after_mails >= cuts / 2,
        "only {after_mails} of {cuts} cuts fell after a mail"
    );
    println!(
        "{replayed} power cuts, {after_mails} of them after mails had gone, {between} between the \
         first and the last; no alert lost, none in two mails"
    );
}

/// A daemon under the sample web, from its first moment; its disk is copied at random moments:
/// a third of them before any mail may have gone, the others as one mail after the other leaves.
fn live_and_cut(bench: &Bench, cuts: u64, alerts: usize, random: &mut Random) -> Vec<Cut> {
    // A server that takes its time, so that there is a first and a last mail.
    for _ in 0..20 {
        let late = Act::Late(Duration::from_millis(100 + random.below(300)));
        bench.inbox.script(Step::Dot, late);
    }
    let mut daemon = Daemon::start(bench.command(&["run"]), &bench.path("log"));
    let mut made = Vec::new();
    for number in 0..cuts {
        let early = cuts / 3;
        let wanted = usize::try_from((number + 1).saturating_sub(early)).unwrap();
        eventually("a mail", || {
            bench.inbox.messages().len() >= wanted.min(6) || bench.alerts().len() >= alerts
        });
        let longest = if number < early { 1_500 / early } else { 150 };
        std::thread::sleep(Duration::from_millis(random.below(longest)));
        daemon.signal("STOP");
        let image = bench.path(&format!("cut-{number}.img"));
        let copied = Command::new("cp")
            .arg("--sparse=always")
            .args([bench.path("disk.img"), image.clone()])
            .status();
        assert!(copied.unwrap().success());
        made.push(Cut {
            image,
            arrived: bench.inbox.messages(),
        });
        daemon.signal("CONT");
    }
    assert!(daemon.runs());
    eventually("every alert", || bench.alerts().len() >= alerts);
    daemon.stop();
    made
}

/// The alerts that these mails tell, each with the Message-IDs it came by.
fn alerts_in<'a>(
    mails: impl IntoIterator<Item = &'a Received>,
) -> BTreeMap<String, BTreeSet<String>> {
    let mut alerts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for mail in mails {
        for alert in alert_ids(&mail.raw) {
            let ids = alerts.entry(alert).or_default();
            ids.insert(message_id(&mail.raw));
        }
    }
    alerts
}

/// The machine starts again with the disk as it was.
fn comes_back(cut: &Cut, expected: &BTreeSet<String>, life: u64) {
    let bench = Bench::new();
    let _disk = Disk::mount(&cut.image, &bench.path("var")).expect("the copy cannot be mounted");
    let again = bench.run(&["once"]);
    assert!(
        stdout(&again).lines().any(|line| line.starts_with('✓')),
        "life {life}: it did not start again by itself: {}",
        stderr(&again)
    );
    let later = bench.inbox.messages();
    let mails = alerts_in(cut.arrived.iter().chain(&later));
    for alert in expected {
        match mails.get(alert) {
            None => panic!("life {life}: alert {alert} is lost"),
            Some(ids) => assert_eq!(
                ids.len(),
                1,
                "life {life}: {alert} in several mails: {ids:?}"
            ),
        }
    }
}
