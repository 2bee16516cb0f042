//! Signals at bad moments: SIGTERM in the middle of a mail, SIGKILL at random under `run`.

use std::collections::BTreeSet;
use std::time::Duration;

use canhtin::sample::inbox::{Act, Step};

use crate::helpers::{Bench, message_id, stdout};
use crate::support::{Daemon, Random, eventually, rounds, seed};

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

/// A start that takes longer is told with what it said.
const SLOW_START: Duration = Duration::from_secs(5);

/// How often an installation is killed before it may end its work.
const KILLS_EACH: u64 = 10;

#[test]
fn kill_9_at_random_under_run_loses_no_alert_and_doubles_no_content() {
    let kills = rounds("CANHTIN_RUN_KILLS", 20);
    let calm = Bench::new();
    calm.run(&["once"]);
    let expected: BTreeSet<String> = calm.alerts().into_keys().collect();
    assert!(expected.len() >= 6);

    let mut random = Random(seed(0x5161_5EED));
    let mut starts = Vec::new();
    let (mut mails, mut arrived, mut between) = (0, 0, 0);
    for _ in 0..kills.div_ceil(KILLS_EACH) {
        let bench = Bench::new();
        // A server that takes its time: more kills fall between a mail's dot and its reply.
        for _ in 0..KILLS_EACH {
            bench
                .inbox
                .script(Step::Dot, Act::Late(Duration::from_millis(200)));
        }
        for kill in 0..KILLS_EACH {
            starts.extend(live_and_die(&bench, kill, &mut random));
            let here = bench.alerts().len();
            between += u64::from(here > 0 && here < expected.len());
        }
        let (sent, taken) = comes_back(&bench, &expected);
        mails += sent;
        arrived += taken;
    }
    starts.sort();
    let (slowest, _) = starts.last().copied().unwrap_or_default();
    let (middle, _) = starts[starts.len() / 2];
    let processor = starts.iter().map(|&(_, processor)| processor).max();
    let late = starts.iter().filter(|&&(took, _)| took > SLOW_START);
    println!(
        "{kills} kills under run, {between} of them when some alerts had arrived and some not: \
         {mails} mails, {} sent again; {} starts measured: {middle:?} in the middle, the slowest \
         {slowest:?}, {} over {SLOW_START:?}; at most {:?} of a processor",
        arrived - mails,
        starts.len(),
        late.count(),
        processor.unwrap_or_default(),
    );
}

/// One life, ended at a random moment; how long its start took, and of that how much of a
/// processor, where it was let come so far.
fn live_and_die(bench: &Bench, kill: u64, random: &mut Random) -> Option<(Duration, Duration)> {
    let (command, log) = (bench.command(&["run"]), bench.path("log"));
    let (mut daemon, took) = if kill.is_multiple_of(2) {
        (Daemon::start(command, &log), None)
    } else {
        let said = std::fs::read_to_string(&log).unwrap_or_default().len();
        let (daemon, took) = Daemon::start_ready(command, &log);
        if took > SLOW_START {
            let log = std::fs::read_to_string(&log).unwrap();
            println!("a start took {took:?}: {}", &log[said..]);
        }
        let processor = daemon.processor();
        (daemon, Some((took, processor)))
    };
    // A random moment is what is tested; nothing is waited for.
    std::thread::sleep(Duration::from_millis(random.below(1_500)));
    assert!(daemon.runs(), "a start ended by itself");
    drop(daemon);
    if kill % 4 == 3 {
        let _ = std::fs::remove_dir_all(bench.path("var/seen"));
    }
    took
}

/// The last start finds every alert; then all arrive as [`all_arrived`] says.
pub fn comes_back(bench: &Bench, expected: &BTreeSet<String>) -> (usize, usize) {
    let (daemon, _) = Daemon::start_ready(bench.command(&["run"]), &bench.path("log"));
    eventually("every alert on record", || {
        let known = stdout(&bench.run(&["hits", "list"]));
        expected.iter().all(|id| known.contains(id.as_str()))
    });
    assert!(daemon.stop().0.success());
    // What came after the first mail of its rumour waits for the next one: `once` does not wait.
    bench.run(&["once"]);
    all_arrived(bench, expected)
}

/// All are there, none in two mails, no Message-ID with two contents. Gives how many mails there
/// are, and how many arrived.
pub fn all_arrived(bench: &Bench, expected: &BTreeSet<String>) -> (usize, usize) {
    let arrived = bench.alerts();
    let lost: Vec<_> = expected
        .iter()
        .filter(|id| !arrived.contains_key(*id))
        .collect();
    assert!(lost.is_empty(), "lost: {lost:?}");
    let mut contents: BTreeSet<(String, Vec<u8>)> = BTreeSet::new();
    for mail in bench.inbox.messages() {
        contents.insert((message_id(&mail.raw), mail.raw));
    }
    let ids: BTreeSet<&String> = contents.iter().map(|(id, _)| id).collect();
    assert_eq!(ids.len(), contents.len(), "one Message-ID, two contents");
    for (alert, mails) in bench.alerts() {
        assert_eq!(mails.len(), 1, "alert {alert} in several mails: {mails:?}");
    }
    (contents.len(), bench.inbox.messages().len())
}
