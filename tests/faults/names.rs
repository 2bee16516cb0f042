//! Name servers that know nothing, fail or are silent, under a running daemon with many sources:
//! each host is asked ever more rarely, and the admins get one notice, not one for each.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::{Ipv4Addr, UdpSocket};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use canhtin::sample::Site;

use crate::helpers::{Bench, message_id, stdout};
use crate::support::{Daemon, eventually_within};

/// The only address that the test's name server listens on.
const SERVER: Ipv4Addr = Ipv4Addr::new(127, 66, 0, 54);
/// Sources, each with a host of its own; a third of the hosts fails in each way.
const SOURCES: usize = 60;
/// How long the outage lasts from the notice on.
const OUTAGE: Duration = Duration::from_secs(20);

/// A name server (RFC 1035 §4.1) in an outage that can be ended.
struct Names {
    stop: Arc<AtomicBool>,
    mended: Arc<AtomicBool>,
    /// How often each name was asked for (A and AAAA together).
    asked: Arc<Mutex<BTreeMap<String, u32>>>,
    serving: Option<std::thread::JoinHandle<()>>,
}

impl Names {
    fn start(socket: UdpSocket) -> Self {
        let mut names = Self {
            stop: Arc::default(),
            mended: Arc::default(),
            asked: Arc::default(),
            serving: None,
        };
        let (stop, mended) = (Arc::clone(&names.stop), Arc::clone(&names.mended));
        let asked = Arc::clone(&names.asked);
        names.serving = Some(std::thread::spawn(move || {
            let mut buffer = [0; 512];
            while let Ok((length, from)) = socket.recv_from(&mut buffer) {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                let query = &buffer[..length];
                let label = String::from_utf8_lossy(label(query)).into_owned();
                let code = match label.split('-').next() {
                    _ if mended.load(Ordering::SeqCst) => Some(0),
                    Some("mat") => Some(3),
                    Some("hong") => Some(2),
                    _ => None,
                };
                *asked.lock().unwrap().entry(label).or_default() += 1;
                if let Some(code) = code {
                    socket.send_to(&reply(query, code), from).unwrap();
                }
            }
        }));
        names
    }
}

impl Drop for Names {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let wake = UdpSocket::bind("127.0.0.1:0").unwrap();
        let _ = wake.send_to(b"stop", (SERVER, 53));
        let _ = self.serving.take().map(std::thread::JoinHandle::join);
    }
}

/// The first label of the name that is asked for.
fn label(query: &[u8]) -> &[u8] {
    let length = query.get(12).copied().map_or(0, usize::from);
    query.get(13..13 + length).unwrap_or_default()
}

/// An answer with this code; with an address where it is no error and an A record is asked for.
fn reply(query: &[u8], code: u8) -> Vec<u8> {
    let end = 12 + query[12..].iter().position(|byte| *byte == 0).unwrap() + 5;
    let has_address = code == 0 && query[end - 4..end - 2] == [0, 1];
    let mut answer = query[..2].to_vec();
    answer.extend([
        0x81,
        0x80 | code,
        0,
        1,
        0,
        u8::from(has_address),
        0,
        0,
        0,
        0,
    ]);
    answer.extend(&query[12..end]);
    if has_address {
        answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 127, 0, 0, 1]);
    }
    answer
}

fn bench() -> Bench {
    let mut sources = String::new();
    for n in 0..SOURCES {
        let way = ["mat", "hong", "im"][n % 3];
        let _ = writeln!(
            sources,
            "[[source]]\nid = \"nguon-{n}\"\nkind = \"feed\"\nevery = \"1s\"\n\
             url = \"http://{way}-{n}.thu.example:9/rss\""
        );
    }
    let bench = Bench::of(Site::builder(), &sources);
    bench.write(
        "resolv.conf",
        &format!("nameserver {SERVER}\noptions timeout:1 attempts:2\n"),
    );
    bench
}

/// The daemon with this name server as its only one.
fn command(bench: &Bench, what: &str) -> Command {
    let mut command = Command::new("unshare");
    command
        .args(["--mount", "sh", "-c"])
        .arg("mount --bind \"$1\" /etc/resolv.conf && shift && exec \"$@\"")
        .arg("sh")
        .arg(bench.path("resolv.conf"))
        .arg(env!("CARGO_BIN_EXE_canhtin"))
        .arg("--config")
        .arg(bench.path("config/canhtin.toml"))
        .arg(what);
    command
}

#[test]
fn dns_nxdomain_servfail_and_no_answer_back_off_per_host_and_are_told_once() {
    let mounts = Command::new("unshare").args(["--mount", "true"]).status();
    let socket = UdpSocket::bind((SERVER, 53));
    let (true, Ok(socket)) = (mounts.is_ok_and(|status| status.success()), socket) else {
        println!("skipped: needs the right to mount and to listen on port 53");
        return;
    };
    let names = Names::start(socket);
    let bench = bench();
    let began = Instant::now();
    let (mut daemon, _) = Daemon::start_ready(command(&bench, "run"), &bench.path("log"));
    // How often admins are told of something; the mail gathers for a while.
    let log = || std::fs::read_to_string(bench.path("log")).unwrap();
    let told = |kind: &str| log().matches(&format!("kind=\"{kind}\"")).count();
    eventually_within(Duration::from_secs(120), "that the line is down", || {
        told("line-down") > 0
    });
    // A while of the outage is what is tested.
    std::thread::sleep(OUTAGE);
    assert!(daemon.runs());
    assert_eq!(
        (told("line-down"), told("dead"), told("failing")),
        (1, 0, 0),
        "{}",
        log()
    );
    let asked = names.asked.lock().unwrap().clone();
    assert!(
        asked.len() >= SOURCES,
        "only {} names were asked for",
        asked.len()
    );
    // Each lookup is two questions, A and AAAA, twice where nobody answers; a search domain of
    // the machine may double it. Then 15 s of rest, 30 s, 60 s ….
    let lookups = 2 + began.elapsed().as_secs() / 15;
    let most = asked.values().max().copied().unwrap_or_default();
    assert!(
        u64::from(most) <= 8 * lookups,
        "{most} questions for one name: {asked:?}"
    );

    names.mended.store(true, Ordering::SeqCst);
    // Nobody listens on the port, but the names are there again: it is the hosts now.
    eventually_within(Duration::from_secs(120), "names again", || {
        let listed = stdout(&bench.run(&["status"]));
        listed.contains("[connect]")
    });
    assert!(daemon.stop().0.success());
    names.mended.store(false, Ordering::SeqCst);
    // Mails out what gathers.
    let mut once = command(&bench, "once");
    assert!(once.output().unwrap().status.code().is_some());
    let mails = bench.inbox.messages();
    assert_eq!(mails.len(), 1, "more than one mail");
    assert!(message_id(&mails[0].raw).starts_with("<notice."));
    println!(
        "{SOURCES} hosts without a name server for {:?}: one notice in one mail, at most {most} questions for a name",
        began.elapsed()
    );
}
