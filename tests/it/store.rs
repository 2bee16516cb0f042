use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Child;
use std::time::{Duration, Instant};

use crate::helpers::{Bench, stderr, stdout, unquoted};

/// A daemon that answers; killed when a test fails.
struct Daemon(Child);

impl Daemon {
    fn start(bench: &Bench) -> Self {
        let daemon = Self(bench.command(&["run"]).spawn().unwrap());
        let socket = bench.path("var/control.sock");
        eventually("the daemon", || socket.exists());
        daemon
    }

    fn stop(mut self) {
        let pid = self.0.id().to_string();
        let sent = std::process::Command::new("kill")
            .args(["-s", "TERM", &pid])
            .status();
        assert!(sent.unwrap().success());
        assert!(self.0.wait().unwrap().success());
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Polls what another process does; there is nothing to wait on.
fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < deadline, "{what} did not come about");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn backups(bench: &Bench) -> Vec<std::path::PathBuf> {
    let Ok(entries) = fs::read_dir(bench.path("var/backups")) else {
        return Vec::new();
    };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|e| e == "sqlite"));
    paths.sort();
    paths
}

fn status(bench: &Bench) -> serde_json::Value {
    serde_json::from_str(&stdout(&bench.run(&["status", "--json"]))).unwrap()
}

#[test]
fn a_running_daemon_is_looked_over_backed_up_and_not_restored() {
    let bench = Bench::new();
    let config = fs::read_to_string(bench.path("config/canhtin.toml")).unwrap();
    let often = "[store]\nbackup_every = \"1s\"\nbackups = 2\n";
    bench.write("config/canhtin.toml", &config.replace("[store]\n", often));
    let key = "khoa".repeat(8);
    bench.write("var/answers.key", &key);
    let daemon = Daemon::start(&bench);
    eventually("the mails", || bench.alert_mails() >= 6);

    let verified = bench.run(&["store", "verify", "--audit"]);
    assert!(verified.status.success(), "{}", stdout(&verified));
    assert!(stdout(&verified).contains("Không có gì hỏng"));
    // It looks itself over and backs itself up, and keeps two backups of many.
    let first = {
        eventually("a backup", || !backups(&bench).is_empty());
        backups(&bench).remove(0)
    };
    eventually("a third backup", || !first.exists());
    assert!(backups(&bench).len() <= 3, "{:?}", backups(&bench));
    eventually("its own look", || {
        status(&bench)["stores"]["verified"].is_string()
    });
    let stores = status(&bench)["stores"].clone();
    assert_eq!(stores["inspection"]["found"], 0, "{stores}");
    assert!(stores["ledger_bytes"].as_u64().unwrap() > 0, "{stores}");

    let elsewhere = bench.path("usb");
    let made = bench.run(&["store", "backup", elsewhere.to_str().unwrap()]);
    assert!(made.status.success(), "{}", stderr(&made));
    // The key of the answers goes with it, and into the folder of its own backups.
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 2);
    for dir in [&elsewhere, &bench.path("var/backups")] {
        let kept = fs::metadata(dir.join("answers.key")).unwrap();
        assert_eq!(kept.permissions().mode() & 0o777, 0o600);
    }
    let refused = bench.run(&["store", "restore", elsewhere.to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(1), "{}", stdout(&refused));
    assert!(bench.run(&["queue", "list"]).status.success());
    daemon.stop();

    fs::remove_file(bench.path("var/answers.key")).unwrap();
    let restored = bench.run(&["store", "restore", elsewhere.to_str().unwrap()]);
    assert!(restored.status.success(), "{}", stderr(&restored));
    let put_back = fs::read_to_string(bench.path("var/answers.key"));
    assert_eq!(put_back.unwrap(), key);
    let verified = bench.run(&["store", "verify", "--audit"]);
    assert!(verified.status.success(), "{}", stdout(&verified));
}

/// The whole store is deleted but for the backup: what the backup knew is not mailed again.
#[test]
fn a_deleted_store_comes_back_from_its_backup_and_mails_nothing_again() {
    let bench = Bench::new();
    bench.run(&["once"]);
    let (sent, alerts) = (
        bench.alert_mails(),
        status(&bench)["ledger"]["alerts"].clone(),
    );
    assert!(sent >= 6, "only {sent} mails");
    assert_eq!(backups(&bench).len(), 1);
    for entry in fs::read_dir(bench.path("var")).unwrap() {
        let path = entry.unwrap().path();
        if path.ends_with("backups") {
            continue;
        }
        match path.is_dir() {
            true => fs::remove_dir_all(path).unwrap(),
            false => fs::remove_file(path).unwrap(),
        }
    }
    let again = bench.run(&["once"]);
    let said = stderr(&again);
    assert!(said.contains("khôi phục"), "{said}");
    assert_eq!(bench.alert_mails(), sent, "{said}");
    assert_eq!(status(&bench)["ledger"]["alerts"], alerts);
    // What is new since is mailed.
    bench.site.advance();
    bench.run(&["once"]);
    assert!(bench.alert_mails() > sent);
}

#[test]
fn a_lost_ledger_without_a_backup_waits_for_a_decision() {
    let bench = Bench::new();
    bench.run(&["once"]);
    let sent = bench.alert_mails();
    fs::remove_dir_all(bench.path("var/backups")).unwrap();
    fs::write(bench.path("var/ledger.sqlite"), "").unwrap();
    for command in [&["run"][..], &["once"], &["status"]] {
        let refused = bench.run(command);
        assert_eq!(refused.status.code(), Some(3), "{command:?}");
        let said = stderr(&refused);
        assert!(said.contains("canhtin store restore"), "{said}");
        assert!(said.contains("canhtin store begin-anew"), "{said}");
    }
    assert_eq!(bench.alert_mails(), sent);
    let begun = bench.run(&["store", "begin-anew"]);
    assert!(begun.status.success(), "{}", stderr(&begun));
    let refused = bench.run(&["store", "begin-anew"]);
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(status(&bench)["ledger"]["alerts"], 0);
}

#[test]
fn a_damaged_record_is_found_and_named() {
    let bench = Bench::new();
    bench.run(&["once"]);
    flip_titles(&bench);
    let verified = bench.run(&["store", "verify"]);
    assert_eq!(verified.status.code(), Some(1), "{}", stdout(&verified));
    let said = stdout(&verified);
    assert!(said.contains("bản ghi"), "{said}");
    assert!(said.contains("canhtin store restore"), "{said}");
    let in_english = bench.run(&["--lang", "en", "store", "verify"]);
    assert!(stdout(&in_english).contains("is not what was written"));
}

/// Changes a letter of the ledger's texts by itself.
fn flip_titles(bench: &Bench) {
    let path = bench.path("var/ledger.sqlite");
    let mut bytes = fs::read(&path).unwrap();
    let title = "Vắc xin gây vô sinh".as_bytes();
    let places: Vec<usize> = (0..bytes.len() - title.len())
        .filter(|at| &bytes[*at..*at + title.len()] == title)
        .collect();
    assert!(!places.is_empty(), "the sample has no such title any more");
    for at in places {
        bytes[at] ^= 1;
    }
    fs::write(path, bytes).unwrap();
}

/// The subjects of the mails about damage in the ledger.
fn told_of_damage(bench: &Bench) -> Vec<String> {
    let mails = bench.inbox.messages();
    let text = mails.iter().map(|mail| unquoted(&mail.raw));
    let about = |text: &String| text.contains("kiểm tra hằng ngày");
    text.filter(about).collect()
}

/// Lets a service look its stores over once, and sends what it has to tell.
fn looked_over(bench: &Bench) -> serde_json::Value {
    let daemon = Daemon::start(bench);
    let looked = || status(bench)["stores"]["inspection"].clone();
    eventually("the look over the stores", || !looked().is_null());
    let inspection = looked();
    daemon.stop();
    bench.run(&["once"]);
    inspection
}

#[test]
fn damage_found_while_it_runs_is_mended_from_a_backup_and_told_to_the_admins_once() {
    let bench = Bench::new();
    bench.run(&["once"]);
    let alerts = bench.alerts();
    assert_eq!(backups(&bench).len(), 1);
    flip_titles(&bench);
    assert_eq!(looked_over(&bench)["found"], 0);
    let told = told_of_damage(&bench);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("Đã khôi phục"), "{told:?}");
    let verified = bench.run(&["store", "verify", "--audit"]);
    assert!(verified.status.success(), "{}", stdout(&verified));

    // Where no backup has it, it stays damaged, and is told of once.
    flip_titles(&bench);
    for _ in 0..2 {
        fs::remove_dir_all(bench.path("var/backups")).unwrap();
        let found = looked_over(&bench)["found"].as_u64().unwrap();
        assert!(found > 0);
        let told = told_of_damage(&bench);
        assert_eq!(told.len(), 2, "{told:?}");
        let count = format!("Sổ cái có {found} chỗ bị hỏng");
        assert!(told[1].contains(&count), "{told:?}");
    }
    assert_eq!(bench.alerts(), alerts, "something was mailed again");
}
