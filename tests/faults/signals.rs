//! Signals at bad moments: SIGTERM in the middle of a mail, SIGKILL at random under `run`.

use std::collections::BTreeSet;
use std::time::Duration;

use canhtin::sample::inbox::{Act, Step};

use crate::helpers::{Bench, message_id};
use crate::support::{Daemon, Random, eventually, rounds};

/// What the daemon says of itself; null before it can. Where none answers, `status` opens the
/// stores itself and would hold them while the daemon starts.
fn status(bench: &Bench) -> serde_json::Value {
    if !bench.path("var/control.sock").exists() {
        return serde_json::Value::Null;
    }
    let said = bench.run(&["status", "--json"]);
    serde_json::from_slice(&said.stdout).unwrap_or_default()
}

#[test]
fn sigterm_mid_send_ends_well_within_25_s_and_the_next_start_sends_it() {
    let bench = Bench::new();
    // The server takes the first mail and then says nothing: neither sent nor refused.
    bench.inbox.script(Step::Dot, Act::Hang);
    let daemon = Daemon::start(bench.command(&["run"]), &bench.path("log"));
    eventually("a mail under way", || {
        status(&bench)["ledger"]["sending"] == 1
    });
    let (ended, took) = daemon.stop();
    let log = std::fs::read_to_string(bench.path("log")).unwrap();
    assert!(ended.success(), "{ended}: {log}");
    assert!(took < Duration::from_secs(25), "{took:?}");

    bench.run(&["once"]);
    let contents: BTreeSet<(String, Vec<u8>)> = bench
        .inbox
        .messages()
        .into_iter()
        .map(|mail| (message_id(&mail.raw), mail.raw))
        .collect();
    let ids: BTreeSet<&String> = contents.iter().map(|(id, _)| id).collect();
    assert_eq!(ids.len(), contents.len(), "one Message-ID, two contents");
    for (alert, mails) in bench.alerts() {
        assert_eq!(mails.len(), 1, "alert {alert} in several mails: {mails:?}");
    }
    let calm = Bench::new();
    calm.run(&["once"]);
    let missing: Vec<_> = calm
        .alerts()
        .into_keys()
        .filter(|id| !bench.alerts().contains_key(id))
        .collect();
    assert!(missing.is_empty(), "lost: {missing:?}");
}

#[test]
fn kill_9_at_random_under_run_loses_no_alert_and_doubles_no_content() {
    let kills = rounds("CANHTIN_RUN_KILLS", 20);
    let calm = Bench::new();
    calm.run(&["once"]);
    let expected: BTreeSet<String> = calm.alerts().into_keys().collect();
    assert!(expected.len() >= 6);

    let mut random = Random(0x5161_5EED);
    let bench = Bench::new();
    let mut alive = 0;
    for kill in 0..kills {
        let mut daemon = Daemon::start(bench.command(&["run"]), &bench.path("log"));
        // A random moment is what is tested; nothing is waited for.
        std::thread::sleep(Duration::from_millis(random.below(1_500)));
        alive += u64::from(daemon.runs());
        drop(daemon);
        if kill % 4 == 3 {
            let _ = std::fs::remove_dir_all(bench.path("var/seen"));
        }
    }
    assert_eq!(alive, kills, "a start ended by itself");
    // Left by the killed ones; the next says by it that it answers.
    let _ = std::fs::remove_file(bench.path("var/control.sock"));
    let daemon = Daemon::start(bench.command(&["run"]), &bench.path("log"));
    eventually("every alert", || {
        let arrived = bench.alerts();
        expected.iter().all(|id| arrived.contains_key(id))
    });
    // Before it answers it may not listen to signals yet.
    eventually("its answer", || status(&bench)["running_since"].is_string());
    assert!(daemon.stop().0.success());
    let mut contents: BTreeSet<(String, Vec<u8>)> = BTreeSet::new();
    for mail in bench.inbox.messages() {
        contents.insert((message_id(&mail.raw), mail.raw));
    }
    let ids: BTreeSet<&String> = contents.iter().map(|(id, _)| id).collect();
    assert_eq!(ids.len(), contents.len(), "one Message-ID, two contents");
    for (alert, mails) in bench.alerts() {
        assert_eq!(mails.len(), 1, "alert {alert} in several mails: {mails:?}");
    }
    let (arrived, mails) = (bench.inbox.messages().len(), contents.len());
    println!(
        "{kills} kills under run: {mails} mails, {} sent again",
        arrived - mails
    );
}
