use std::os::unix::net::UnixDatagram;
use std::process::Child;
use std::time::{Duration, Instant};

use crate::helpers::{Bench, stdout};

/// A daemon with a service manager that listens to it; killed when a test fails.
pub struct Daemon {
    child: Child,
    manager: UnixDatagram,
}

impl Daemon {
    pub fn start(bench: &Bench) -> Self {
        let socket = bench.path("notify.sock");
        let manager = UnixDatagram::bind(&socket).unwrap();
        manager
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        let child = bench
            .command(&["run"])
            .env("NOTIFY_SOCKET", &socket)
            .spawn()
            .unwrap();
        let daemon = Self { child, manager };
        daemon.await_state("READY=1");
        daemon
    }

    /// Waits until the daemon tells its manager this.
    fn await_state(&self, wanted: &str) -> String {
        let mut buffer = [0; 4096];
        loop {
            let n = self
                .manager
                .recv(&mut buffer)
                .unwrap_or_else(|e| panic!("no {wanted}: {e}"));
            let said = String::from_utf8_lossy(&buffer[..n]).into_owned();
            if said.lines().any(|line| line == wanted) {
                return said;
            }
        }
    }

    fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let sent = std::process::Command::new("kill")
            .args(["-s", name, &pid])
            .status()
            .unwrap();
        assert!(sent.success());
    }

    /// SIGTERM; gives how long it took to end, and that it ended well.
    pub fn stop(mut self) -> Duration {
        let began = Instant::now();
        self.signal("TERM");
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}");
        began.elapsed()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Polls what another process does; there is nothing to wait on.
pub fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(
            Instant::now() < deadline,
            "{what} did not come about in 60 s"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn it_is_ready_mails_answers_and_stops_when_told() {
    let bench = Bench::new();
    let daemon = Daemon::start(&bench);
    eventually("the mails", || bench.inbox.messages().len() >= 6);

    let status = bench.run(&["status", "--json"]);
    let status: serde_json::Value = serde_json::from_str(&stdout(&status)).unwrap();
    assert!(status["running_since"].is_string(), "{status}");
    assert!(status["ledger"]["sent"].as_u64().unwrap() >= 6, "{status}");

    // The stores are taken: a second opener says so in one line.
    let second = bench.run(&["once"]);
    assert_eq!(second.status.code(), Some(1));
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert_eq!(said.trim().lines().count(), 1, "{said}");

    let took = daemon.stop();
    assert!(took < Duration::from_secs(25), "{took:?}");
}

#[test]
fn a_reload_takes_good_files_and_keeps_the_last_good_ones_before_bad_ones() {
    let bench = Bench::new();
    bench.own_keywords();
    // The watch reloads fresh files by itself, and which reload did what could not be told apart.
    bench.configure("watch_files = false");
    let daemon = Daemon::start(&bench);
    let version = || {
        let status = bench.run(&["status", "--json"]);
        let status: serde_json::Value = serde_json::from_str(&stdout(&status)).unwrap();
        (
            status["rules_version"].as_str().unwrap().to_owned(),
            status["problems"].to_string(),
        )
    };
    let (first, _) = version();

    let list = bench.path("keywords/lists/vac-xin.txt");
    let good = std::fs::read_to_string(&list).unwrap();
    std::fs::write(&list, format!("{good}\nmũi tiêm thử nghiệm\n")).unwrap();
    daemon.signal("HUP");
    daemon.await_state("RELOADING=1");
    daemon.await_state("READY=1");
    let (second, _) = version();
    assert_ne!(first, second);

    let rules = bench.path("keywords/rumours/vac-xin.toml");
    let text = std::fs::read_to_string(&rules).unwrap();
    std::fs::write(&rules, text.replacen("@vac-xin", "@vac-xinn", 1)).unwrap();
    let reload = bench.run(&["reload"]);
    assert_eq!(reload.status.code(), Some(1), "{}", stdout(&reload));
    assert!(stdout(&reload).contains("vac-xinn"), "{}", stdout(&reload));
    let (third, problems) = version();
    assert_eq!(third, second, "broken files came into force");
    assert!(problems.contains("vac-xinn"), "{problems}");

    std::fs::write(&rules, text).unwrap();
    let reload = bench.run(&["reload"]);
    assert!(reload.status.success(), "{}", stdout(&reload));
    daemon.stop();
}

#[test]
fn the_watchdog_is_fed_while_work_moves() {
    let bench = Bench::new();
    let socket = bench.path("notify.sock");
    let manager = UnixDatagram::bind(&socket).unwrap();
    manager
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let mut command = bench.command(&["run"]);
    command
        .env("NOTIFY_SOCKET", &socket)
        .env("WATCHDOG_USEC", "12000000");
    let daemon = Daemon {
        child: command.spawn().unwrap(),
        manager,
    };
    daemon.await_state("WATCHDOG=1");
    daemon.stop();
}

#[test]
fn a_saved_file_is_taken_over_and_a_broken_one_is_told_without_being_asked() {
    let bench = Bench::new();
    bench.own_keywords();
    let daemon = Daemon::start(&bench);
    let status = || -> serde_json::Value {
        serde_json::from_str(&stdout(&bench.run(&["status", "--json"]))).unwrap()
    };
    let first = status()["rules_version"].clone();

    // As editors do: a new file in the old one's place.
    let list = bench.path("keywords/lists/vac-xin.txt");
    let good = std::fs::read_to_string(&list).unwrap();
    let beside = bench.path("keywords/lists/.vac-xin.txt.new");
    std::fs::write(&beside, format!("{good}\nmũi tiêm thử nghiệm\n")).unwrap();
    std::fs::rename(&beside, &list).unwrap();
    eventually("new rules", || status()["rules_version"] != first);
    let second = status()["rules_version"].clone();

    let rules = bench.path("keywords/rumours/vac-xin.toml");
    let text = std::fs::read_to_string(&rules).unwrap();
    std::fs::write(&rules, &text[..text.len() / 2]).unwrap();
    eventually("a problem", || {
        status()["problems"].to_string().contains("vac-xin.toml")
    });
    assert_eq!(
        status()["rules_version"],
        second,
        "a half-written file came into force"
    );

    std::fs::write(&rules, text).unwrap();
    eventually("no problem", || {
        status()["problems"].as_array().is_some_and(Vec::is_empty)
    });
    daemon.stop();
}

#[test]
fn metrics_are_given_in_the_open_format() {
    use std::io::{Read, Write};

    let bench = Bench::new();
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .unwrap()
        .port();
    let file = bench.path("config/canhtin.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(
        &file,
        format!("{text}\n[metrics]\nlisten = \"127.0.0.1:{port}\"\n"),
    )
    .unwrap();
    let daemon = Daemon::start(&bench);
    eventually("the mails", || bench.inbox.messages().len() >= 6);
    let scrape = || {
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream
            .write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            .unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    };
    let sent = |text: &str| {
        let line = text
            .lines()
            .find(|line| line.starts_with("canhtin_mails_sent "));
        line.and_then(|line| line.rsplit(' ').next()?.parse::<u64>().ok())
    };
    eventually("the count of mails", || sent(&scrape()) >= Some(6));
    let text = scrape();
    for name in [
        "canhtin_build_info{version=",
        "canhtin_rules_info{version=",
        "canhtin_looks_total{outcome=\"read\"}",
        "canhtin_sources ",
        "canhtin_sources_failing ",
        "canhtin_mails_waiting ",
        "canhtin_mails_held 0",
        "canhtin_last_mail_time_seconds ",
        "canhtin_memory_bytes ",
        "# EOF",
    ] {
        assert!(text.contains(name), "{name} is not in\n{text}");
    }
    assert!(!text.contains('@'), "an address is in\n{text}");
    daemon.stop();
}
