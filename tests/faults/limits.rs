//! Little room: a full disk, a folder that cannot be written, few descriptors.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::helpers::{Bench, stderr, stdout};
use crate::support::{Daemon, eventually, is_root};

/// A small file system of its own, unmounted at the end.
struct Tmpfs(PathBuf);

impl Tmpfs {
    fn mount(at: &Path, size: &str) -> Option<Self> {
        std::fs::create_dir_all(at).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
            .arg(at)
            .status();
        mounted
            .is_ok_and(|status| status.success())
            .then(|| Self(at.to_owned()))
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn disk_full_keeps_the_queue_says_so_and_recovers_without_a_restart() {
    let bench = Bench::new();
    let Some(_disk) = Tmpfs::mount(&bench.path("var"), "24m") else {
        println!("skipped: needs the right to mount a tmpfs");
        return;
    };
    // One round while there is room, so that the stores are there.
    bench.run(&["once"]);
    let sent = bench.inbox.messages().len();
    assert!(sent >= 6, "only {sent} mails while there was room");

    bench.site.advance();
    let ballast = bench.path("var/ballast");
    let full = Command::new("dd")
        .args(["if=/dev/zero", "bs=4k", "status=none"])
        .arg(format!("of={}", ballast.display()))
        .output()
        .unwrap();
    assert!(!full.status.success(), "the disk was not filled");
    let during = bench.run(&["once"]);
    let said = format!("{}{}", stdout(&during), stderr(&during));
    assert_eq!(during.status.code(), Some(1), "{said}");
    assert!(said.contains("đĩa") || said.contains("space"), "{said}");
    assert!(!said.contains("panicked at"), "{said}");

    std::fs::remove_file(&ballast).unwrap();
    bench.run(&["once"]);
    let ids: Vec<_> = bench.alerts().into_iter().collect();
    assert!(
        bench.inbox.messages().len() > sent,
        "nothing more after there was room again"
    );
    for (alert, mails) in ids {
        assert_eq!(mails.len(), 1, "alert {alert} in several mails: {mails:?}");
    }
}

#[test]
fn read_only_store_is_told_in_one_line_and_mended_by_the_next_start() {
    if is_root() {
        // Root may write everywhere: an immutable mount takes the place of permissions.
        let bench = Bench::new();
        let var = bench.path("var");
        let Some(_disk) = Tmpfs::mount(&var, "24m") else {
            println!("skipped: needs the right to mount a tmpfs");
            return;
        };
        let remount = |how: &str| {
            let done = Command::new("mount")
                .args(["-o", &format!("remount,{how}")])
                .arg(&var)
                .status();
            assert!(done.unwrap().success());
        };
        remount("ro");
        is_refused(&bench);
        remount("rw");
        bench.run(&["once"]);
        assert!(bench.inbox.messages().len() >= 6);
        return;
    }
    let bench = Bench::new();
    let var = bench.path("var");
    std::fs::create_dir(&var).unwrap();
    std::fs::set_permissions(&var, std::fs::Permissions::from_mode(0o500)).unwrap();
    is_refused(&bench);
    std::fs::set_permissions(&var, std::fs::Permissions::from_mode(0o700)).unwrap();
    bench.run(&["once"]);
    assert!(bench.inbox.messages().len() >= 6);
}

fn is_refused(bench: &Bench) {
    let refused = bench.run(&["once"]);
    assert_eq!(refused.status.code(), Some(1));
    let said = stderr(&refused);
    assert_eq!(said.trim().lines().count(), 1, "{said}");
    assert!(said.contains("var"), "{said}");
    assert!(bench.inbox.messages().is_empty());
}

#[test]
fn sixty_four_descriptors_are_slower_and_lose_nothing() {
    let bench = Bench::new();
    let expected = {
        let calm = Bench::new();
        calm.run(&["once"]);
        calm.alerts().len()
    };
    assert!(expected >= 6);
    let mut command = Command::new("bash");
    command
        .args(["-c", "ulimit -n 64 && exec \"$@\"", "bash"])
        .arg(env!("CARGO_BIN_EXE_canhtin"))
        .arg("--config")
        .arg(bench.path("config/canhtin.toml"))
        .arg("run");
    let mut daemon = Daemon::start(command, &bench.path("log"));
    eventually("every alert", || bench.alerts().len() >= expected);
    assert!(daemon.runs());
    let (ended, _) = daemon.stop();
    assert!(ended.success(), "{ended}");
    let log = std::fs::read_to_string(bench.path("log")).unwrap();
    assert!(!log.contains("panicked at"), "{log}");
}

#[test]
fn disk_full_under_run_stops_fetching_says_so_and_recovers_without_a_restart() {
    let bench = Bench::new();
    let Some(_disk) = Tmpfs::mount(&bench.path("var"), "24m") else {
        println!("skipped: needs the right to mount a tmpfs");
        return;
    };
    let mut daemon = Daemon::start(bench.command(&["run"]), &bench.path("log"));
    eventually("the mails", || bench.inbox.messages().len() >= 6);
    let ballast = bench.path("var/ballast");
    let full = Command::new("dd")
        .args(["if=/dev/zero", "bs=4k", "status=none"])
        .arg(format!("of={}", ballast.display()))
        .output()
        .unwrap();
    assert!(!full.status.success(), "the disk was not filled");
    bench.site.advance();
    let status = || -> serde_json::Value {
        serde_json::from_slice(&bench.run(&["status", "--json"]).stdout).unwrap_or_default()
    };
    eventually("status telling of the disk", || {
        let problems = status()["problems"].to_string();
        problems.contains("đĩa") || problems.contains("disk")
    });
    assert!(daemon.runs());
    std::fs::remove_file(&ballast).unwrap();
    eventually("status without the trouble", || {
        let problems = status()["problems"].to_string();
        !(problems.contains("đĩa") || problems.contains("disk"))
    });
    let (ended, _) = daemon.stop();
    assert!(ended.success(), "{ended}");
    for (alert, mails) in bench.alerts() {
        assert_eq!(mails.len(), 1, "alert {alert} in several mails: {mails:?}");
    }
}

/// A control group with this much memory, removed at the end.
struct MemoryGroup(PathBuf);

impl MemoryGroup {
    fn new(bytes: u64) -> Option<Self> {
        let name = format!("canhtin-test-{}", std::process::id());
        let v1 = Path::new("/sys/fs/cgroup/memory").join(&name);
        let v2 = Path::new("/sys/fs/cgroup").join(&name);
        let (group, limit) = if v1.parent()?.is_dir() {
            (v1, "memory.limit_in_bytes")
        } else {
            (v2, "memory.max")
        };
        std::fs::create_dir(&group).ok()?;
        let group = Self(group);
        std::fs::write(group.0.join(limit), bytes.to_string()).ok()?;
        Some(group)
    }
}

impl Drop for MemoryGroup {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir(&self.0);
    }
}

#[test]
fn a_memory_limit_of_128_mb_is_slower_and_loses_nothing() {
    let bench = Bench::new();
    let Some(group) = MemoryGroup::new(128 << 20) else {
        println!("skipped: needs a memory control group to write to");
        return;
    };
    let expected = {
        let calm = Bench::new();
        calm.run(&["once"]);
        calm.alerts().len()
    };
    assert!(expected >= 6);
    let mut command = Command::new("bash");
    let enter = format!(
        "echo $$ > {}/cgroup.procs && exec \"$@\"",
        group.0.display()
    );
    command
        .args(["-c", &enter, "bash"])
        .arg(env!("CARGO_BIN_EXE_canhtin"))
        .arg("--config")
        .arg(bench.path("config/canhtin.toml"))
        .arg("run");
    let mut daemon = Daemon::start(command, &bench.path("log"));
    eventually("every alert", || bench.alerts().len() >= expected);
    assert!(daemon.runs());
    let (ended, _) = daemon.stop();
    assert!(ended.success(), "{ended}");
}

#[test]
fn eio_from_the_disk_is_told_and_mended_by_the_next_start() {
    let bench = Bench::new();
    let traced = Command::new("strace")
        .args(["-o", "/dev/null", "true"])
        .status();
    if !traced.is_ok_and(|status| status.success()) {
        println!("skipped: needs strace with the right to trace");
        return;
    }
    bench.run(&["once"]);
    let sent = bench.inbox.messages().len();
    assert!(sent >= 6);
    bench.site.advance();
    for call in ["fsync,fdatasync", "pwrite64", "ftruncate"] {
        let inject = format!("inject={call}:error=EIO:when=1+");
        let during = Command::new("strace")
            .args(["-f", "-o", "/dev/null", "-e", &inject])
            .arg(env!("CARGO_BIN_EXE_canhtin"))
            .arg("--config")
            .arg(bench.path("config/canhtin.toml"))
            .arg("once")
            .output()
            .unwrap();
        let said = format!("{}{}", stdout(&during), stderr(&during));
        // 101 would be a panic that nobody contained.
        let code = during.status.code();
        assert!(matches!(code, Some(0 | 1)), "{call}: {code:?}: {said}");
    }
    let after = bench.run(&["once"]);
    assert!(stdout(&after).lines().any(|line| line.starts_with('✓')));
    assert!(bench.inbox.messages().len() > sent, "{}", stderr(&after));
    for (alert, mails) in bench.alerts() {
        assert_eq!(mails.len(), 1, "alert {alert} in several mails: {mails:?}");
    }
}
