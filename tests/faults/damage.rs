//! Truncation, flipped bits and zeroed pages at random places of either store.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::helpers::{Bench, copy_dir, stderr};
use crate::support::{Random, rounds};

/// How long a damaged store may take to be noticed (promises: 10 s), with the run around it.
const LONGEST: Duration = Duration::from_secs(10);

/// Harms one file of a store; tells what was done.
fn harm(random: &mut Random, file: &Path) -> String {
    let mut bytes = fs::read(file).unwrap();
    let length = bytes.len() as u64;
    let at = usize::try_from(random.below(length)).unwrap();
    let done = match random.below(3) {
        0 => {
            bytes.truncate(at);
            format!("cut at {at} of {length}")
        }
        1 => {
            let bit = random.below(8);
            bytes[at] ^= 1 << bit;
            format!("bit {bit} of byte {at} of {length} flipped")
        }
        _ => {
            let page = at / 4096 * 4096;
            let end = bytes.len().min(page + 4096);
            bytes[page..end].fill(0);
            format!("page at {page} of {length} zeroed")
        }
    };
    fs::write(file, bytes).unwrap();
    format!("{}: {done}", file.display())
}

/// The files below a folder that hold anything.
fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if fs::metadata(&path).unwrap().len() > 0 {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Puts the stores back as they were after the first, sound run.
fn put_back(kept: &Path, var: &Path) {
    fs::remove_dir_all(var).unwrap();
    copy_dir(kept, var);
}

/// Whether something was set aside under this name.
fn set_aside(var: &Path, name: &str) -> bool {
    fs::read_dir(var).unwrap().any(|entry| {
        let name_found = entry.unwrap().file_name().to_string_lossy().into_owned();
        name_found.starts_with(&format!("{name}.broken-"))
    })
}

/// How many alerts the ledger has, as `status` says; what it says where the damage shows only now.
fn alerts_told(bench: &Bench) -> Result<u64, String> {
    let status = bench.run(&["status", "--json"]);
    match serde_json::from_slice::<serde_json::Value>(&status.stdout) {
        Ok(status) => Ok(status["ledger"]["alerts"].as_u64().unwrap_or_default()),
        Err(_) => Err(format!("{}: {}", status.status, stderr(&status))),
    }
}

#[test]
fn store_or_index_truncated_flipped_or_zeroed_is_noticed_and_mails_nothing_again() {
    let rounds = rounds("CANHTIN_DAMAGES", 60);
    let mut random = Random(0xDA_3A6E);
    let bench = Bench::new();
    assert!(bench.run(&["once"]).status.code().is_some());
    let sent = bench.alert_mails();
    assert!(sent >= 6, "only {sent} mails before any damage");
    let (var, kept) = (bench.path("var"), bench.path("kept"));
    copy_dir(&var, &kept);
    let alerts = alerts_told(&bench).unwrap();

    let (mut noticed, mut restored, mut slowest) = (0, 0, Duration::ZERO);
    for round in 0..rounds {
        put_back(&kept, &var);
        let ledger = round % 2 == 0;
        // Every other damaged ledger has no backup beside it.
        let backed_up = round % 4 == 0;
        if !backed_up {
            fs::remove_dir_all(var.join("backups")).unwrap();
        }
        let file = if ledger {
            var.join("ledger.sqlite")
        } else {
            let of_seen = files(&var.join("seen"));
            let which = random.below(of_seen.len() as u64);
            of_seen[usize::try_from(which).unwrap()].clone()
        };
        let done = harm(&mut random, &file);
        let began = Instant::now();
        let ended = bench.run(&["once"]);
        let took = began.elapsed();
        slowest = slowest.max(took);
        assert!(took < LONGEST + Duration::from_secs(5), "{done}: {took:?}");
        assert!(ended.status.code().is_some(), "{done}: {}", ended.status);
        assert!(
            !stderr(&ended).contains("panicked at"),
            "{done}: {}",
            stderr(&ended)
        );
        assert_eq!(
            bench.alert_mails(),
            sent,
            "{done}: a mail was repeated: {}",
            stderr(&ended)
        );
        if ledger && set_aside(&var, "ledger") {
            noticed += 1;
            assert!(
                stderr(&ended).contains("broken-"),
                "{done}: {}",
                stderr(&ended)
            );
            if backed_up {
                restored += 1;
                assert!(stderr(&ended).contains("backups"), "{done}");
            } else {
                assert_eq!(ended.status.code(), Some(3), "{done}");
                // Nothing is begun in its place behind the operator's back.
                assert!(!var.join("ledger.sqlite").exists(), "{done}");
                let again = bench.run(&["once"]);
                assert_eq!(again.status.code(), Some(3), "{done}");
                assert_eq!(bench.alert_mails(), sent, "{done}");
                continue;
            }
        } else if !ledger && set_aside(&var, "seen") {
            noticed += 1;
        }
        // Whatever was done to it, it is not a silently empty one.
        match alerts_told(&bench) {
            Ok(told) => assert!(told >= alerts, "{done}: {told} of {alerts} alerts are left"),
            Err(said) => assert!(said.contains("broken-"), "{done}: {said}"),
        }
    }
    assert!(
        noticed >= rounds / 4,
        "only {noticed} of {rounds} were noticed"
    );
    assert!(restored > 0);
    println!(
        "{rounds} damages, {noticed} noticed and set aside, {restored} ledgers restored from their \
         backup, slowest run {slowest:?}"
    );
}
