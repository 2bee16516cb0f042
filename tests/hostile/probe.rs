//! One document in a process of its own: this test program, started again.

use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use canhtin::extract::{self, Limits};
use canhtin::fetch::{Fetcher, Outcome, Request, Settings};
use canhtin::source::{Kind, Source};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use url::Url;

/// Names the kind, the time-out in milliseconds and the address of the document.
const WHAT: &str = "CANHTIN_HOSTILE_PROBE";
/// Marks the line of the answer.
const MARK: &str = "probe says ";

/// What became of a document, and what it took.
#[derive(Debug, Serialize, Deserialize)]
pub struct Taken {
    /// `items`, or the class of the failure.
    pub end: String,
    pub detail: String,
    pub items: usize,
    /// Letters of all texts and titles.
    pub letters: usize,
    /// The beginning of the first item.
    pub begin: String,
    /// Seconds of processor time.
    pub cpu: f64,
    /// Peak memory above that of the idle process, in MB.
    pub memory: f64,
    pub wall: f64,
}

/// Has another process take the document.
pub fn take(kind: &str, timeout: Duration, url: &str) -> Taken {
    let what = format!("{kind} {} {url}", timeout.as_millis());
    let done = Command::new(std::env::current_exe().unwrap())
        .args(["probe::the_other_process", "--exact", "--nocapture"])
        .env(WHAT, &what)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    let line = said.lines().find_map(|line| line.split_once(MARK));
    let Some((_, answer)) = line else {
        let errors = String::from_utf8_lossy(&done.stderr);
        panic!("{what}: {:?}: {said}{errors}", done.status);
    };
    assert!(
        !String::from_utf8_lossy(&done.stderr).contains("panicked at"),
        "{what}"
    );
    serde_json::from_str(answer).unwrap()
}

/// Does nothing when it is run as a test.
#[test]
fn the_other_process() {
    let Ok(what) = std::env::var(WHAT) else {
        return;
    };
    let mut parts = what.splitn(3, ' ');
    let kind: Kind = parts.next().unwrap().parse().unwrap();
    let timeout = Duration::from_millis(parts.next().unwrap().parse().unwrap());
    let url: Url = parts.next().unwrap().parse().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let taken = runtime.block_on(work(kind, timeout, url));
    println!("{MARK}{}", serde_json::to_string(&taken).unwrap());
}

async fn work(kind: Kind, timeout: Duration, url: Url) -> Taken {
    let fetcher = Fetcher::new(&Settings {
        gap: Duration::ZERO,
        timeout,
        allow_networks: vec!["127.0.0.9/32".parse().unwrap()],
        ..Settings::default()
    })
    .unwrap();
    let (idle, used, began) = (status("VmRSS:"), cpu(), Instant::now());
    let source = Arc::new(Source::ad_hoc(kind, url));
    let request = Request::new(&source.url, kind.into());
    let mut taken = Taken {
        end: String::new(),
        detail: String::new(),
        items: 0,
        letters: 0,
        begin: String::new(),
        cpu: 0.0,
        memory: 0.0,
        wall: 0.0,
    };
    let read = match fetcher.fetch(request).await {
        Outcome::Fetched(fetched) => {
            let read = move || extract::extract(&source, &fetched, &Limits::new(TimeZone::UTC));
            tokio::task::spawn_blocking(read).await.unwrap()
        }
        Outcome::Failed(failure) => Err(failure),
        Outcome::NotModified { .. } => panic!("nothing was known"),
    };
    match read {
        Ok(extracted) => {
            let notes: Vec<String> = extracted
                .notes
                .iter()
                .map(|note| format!("{note:?}"))
                .collect();
            let texts = extracted
                .documents
                .iter()
                .map(|item| item.text.len() + item.title.len());
            taken.end = "items".to_owned();
            taken.detail = notes.join(", ");
            taken.items = extracted.documents.len();
            taken.letters = texts.sum();
            if let Some(first) = extracted.documents.first() {
                let said = format!("{} {}", first.title, first.text);
                taken.begin = said.chars().take(200).collect();
            }
        }
        Err(failure) => {
            taken.end = failure.class.to_string();
            taken.detail = failure.detail;
        }
    }
    taken.wall = began.elapsed().as_secs_f64();
    taken.cpu = cpu() - used;
    taken.memory = (status("VmHWM:") - idle) / 1024.0;
    taken
}

/// A figure of `/proc/self/status` in KB.
fn status(name: &str) -> f64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(name))
        .unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// User and system time of this process, in seconds (`man 5 proc`: fields 14 and 15 of `stat`, in
/// ticks of which every Linux on these machines has 100 a second).
fn cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap();
    let after_name = text.rsplit_once(") ").unwrap().1;
    let ticks = after_name.split(' ').skip(11).take(2);
    ticks
        .map(|ticks| ticks.parse::<f64>().unwrap())
        .sum::<f64>()
        / 100.0
}
