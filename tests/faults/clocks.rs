//! Clocks that are wrong: a day ahead or behind, 1970, 2038 and beyond.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::helpers::Bench;
use crate::support::{Daemon, eventually};

/// Where Debian puts it.
const LIBRARY: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

fn at(bench: &Bench, time: &str, file: bool) -> Option<Command> {
    if !Path::new(LIBRARY).exists() {
        println!("skipped: needs libfaketime");
        return None;
    }
    let mut command = bench.command(&["run"]);
    command
        .env("LD_PRELOAD", LIBRARY)
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
        .env("FAKETIME_NO_CACHE", "1");
    if file {
        let path = bench.path("time");
        std::fs::write(&path, time).unwrap();
        command.env("FAKETIME_TIMESTAMP_FILE", path);
    } else {
        command.env("FAKETIME", time);
    }
    Some(command)
}

#[test]
fn clock_1970_2038_and_a_day_off_make_no_storm_and_no_stall() {
    for time in ["+1d", "-1d", "@1970-01-02 00:00:00", "@2038-01-19 03:14:00"] {
        let bench = Bench::new();
        let Some(command) = at(&bench, time, false) else {
            return;
        };
        let mut daemon = Daemon::start(command, &bench.path("log"));
        // Dates of the sample web seem to lie in the future, or far in the past: what is old
        // at first sight is no news.
        let far = time.starts_with("@2038");
        let wanted = if far { 0 } else { 6 };
        eventually("the mails", || bench.inbox.messages().len() >= wanted);
        eventually("a first look at every source", || {
            bench.site.requests().pages.len() >= 8
        });
        assert!(daemon.runs(), "{time}");
        let requests: u64 = bench
            .site
            .requests()
            .pages
            .values()
            .map(|c| c.requests)
            .sum();
        assert!(requests < 60, "{time}: a storm of {requests} requests");
        let (ended, _) = daemon.stop();
        assert!(ended.success(), "{time}: {ended}");
        let log = std::fs::read_to_string(bench.path("log")).unwrap();
        assert!(!log.contains("panicked at"), "{time}: {log}");
    }
}

#[test]
fn clock_jumps_while_it_runs_make_no_storm_and_no_stall() {
    let bench = Bench::new();
    let Some(command) = at(&bench, "+0", true) else {
        return;
    };
    let mut daemon = Daemon::start(command, &bench.path("log"));
    let expected = {
        let calm = Bench::new();
        calm.run(&["once"]);
        calm.alerts().len()
    };
    assert!(expected >= 6);
    eventually("every alert", || bench.alerts().len() >= expected);
    let requests = || -> u64 {
        bench
            .site
            .requests()
            .pages
            .values()
            .map(|c| c.requests)
            .sum()
    };
    let (before, mails) = (requests(), bench.inbox.messages().len());
    for jump in [
        "+1d",
        "-1d",
        "@2038-01-19 03:14:00",
        "@1970-01-02 00:00:00",
        "+0",
    ] {
        std::fs::write(bench.path("time"), jump).unwrap();
        // Long enough for several rounds of every loop.
        std::thread::sleep(Duration::from_secs(3));
        assert!(daemon.runs(), "{jump}");
    }
    let asked = requests() - before;
    assert!(asked < 30, "a storm of {asked} requests");
    assert_eq!(bench.inbox.messages().len(), mails, "mails were repeated");
    // It still moves: an answer over the socket, and an orderly end.
    let status = bench.run(&["status", "--json"]);
    let status: serde_json::Value = serde_json::from_slice(&status.stdout).unwrap();
    assert!(status["running_since"].is_string(), "{status}");
    let (ended, _) = daemon.stop();
    assert!(ended.success(), "{ended}");
}
