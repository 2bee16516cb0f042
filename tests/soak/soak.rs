//! The long test: the real daemon beside a web of many sources and a mail server, with faults
//! drawn at random, for as long as one likes.
//!
//! `cargo build --release && cargo run --release --example soak -- MINUTES [SOURCES] [SEED]`
//!
//! A line every half minute tells memory and descriptors; after each fault the time until no more
//! sources waited for their turn than before; at the end the slope of memory after the warm-up, and whether every
//! rumour told by a page that could be read is in the ledger and mailed. Exit code 1 where a bound broke.

#![allow(clippy::print_stdout)] // its report

mod fault;
mod web;

use std::error::Error;
use std::fs;
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use canhtin::sample::Inbox;

use fault::{Fault, Random};
use web::Web;

/// How often sources are looked at; the shortest that the settings allow.
const EVERY: Duration = Duration::from_secs(60);
/// Memory is judged after this share of the time: caches fill until then.
const WARM_UP: f64 = 0.25;
const TICK: Duration = Duration::from_secs(5);

type Outcome<T> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let mut args = std::env::args().skip(1);
    let mut number = |default: u64| args.next().map_or(Ok(default), |text| text.parse::<u64>());
    let minutes = number(10)?;
    let sources = usize::try_from(number(1000)?)?;
    let seed = number(7)?;
    let binary = std::env::current_exe()?
        .parent()
        .and_then(Path::parent)
        .ok_or("no folder of programs")?
        .join("canhtin");
    let dir = tempfile::tempdir()?;
    let mut soak = Soak::start(&binary, dir.path().to_owned(), sources, seed).await?;
    let sound = soak.run(Duration::from_secs(60 * minutes)).await?;
    if sound {
        Ok(())
    } else {
        Err("a bound was broken".into())
    }
}

struct Soak {
    binary: PathBuf,
    dir: PathBuf,
    web: Arc<Web>,
    inbox: Option<Inbox>,
    smtp: SocketAddr,
    /// Mails of inboxes that were closed by a fault.
    mails: Vec<String>,
    daemon: Child,
    random: Random,
    began: Instant,
    samples: Vec<Sample>,
    sound: bool,
}

struct Sample {
    at: Duration,
    /// Which life of the daemon; memory is compared within one.
    life: u32,
    rss_kib: u64,
    descriptors: usize,
}

impl Soak {
    async fn start(binary: &Path, dir: PathBuf, sources: usize, seed: u64) -> Outcome<Self> {
        let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let web = Web::start(loopback, sources).await?;
        let inbox = Inbox::start(loopback).await?;
        let smtp = inbox.addr();
        write_settings(&dir, &web, smtp)?;
        let daemon = spawn(binary, &dir)?;
        Ok(Self {
            binary: binary.to_owned(),
            dir,
            web,
            inbox: Some(inbox),
            smtp,
            mails: Vec::new(),
            daemon,
            random: Random(seed | 1),
            began: Instant::now(),
            samples: Vec::new(),
            sound: true,
        })
    }

    async fn run(&mut self, time: Duration) -> Outcome<bool> {
        let mut life = 0;
        // A first round over all sources, then a baseline.
        self.watch(2 * EVERY, life).await?;
        let normal = self.backlog()?;
        println!("normal: {normal} sources are due and wait for their turn");
        let quiet = EVERY;
        while self.began.elapsed() + 3 * quiet < time {
            // Memory is judged within the last life: kills come early.
            let early = self.began.elapsed().as_secs_f64() < WARM_UP * time.as_secs_f64() / 2.0;
            let fault = Fault::draw(&mut self.random, early);
            let length = Duration::from_secs(10 + self.random.below(50));
            println!(
                "{:>7.0} s  {fault:?} for {} s",
                self.began.elapsed().as_secs_f64(),
                length.as_secs()
            );
            if self.begin(fault).await? {
                life += 1;
            }
            self.watch(length, life).await?;
            self.end(fault).await?;
            self.recover(fault, normal, life).await?;
            self.watch(quiet, life).await?;
        }
        self.web.quiet();
        self.watch(3 * EVERY, life).await?;
        self.judge(time, life);
        Ok(self.sound)
    }

    /// Begins a fault; whether the daemon is another one afterwards.
    async fn begin(&mut self, fault: Fault) -> Outcome<bool> {
        match fault {
            Fault::Kill => {
                self.daemon.kill()?;
                self.daemon.wait()?;
                let began = Instant::now();
                self.daemon = spawn(&self.binary, &self.dir)?;
                println!(
                    "           started again in {:.1} s",
                    ready(&self.dir, began).await?
                );
                return Ok(true);
            }
            Fault::Smtp => {
                if let Some(inbox) = self.inbox.take() {
                    self.mails.extend(message_ids(&inbox));
                }
            }
            Fault::Stop => self.signal("STOP")?,
            Fault::BrokenList => {
                fs::write(
                    self.dir.join("keywords/rumours/hong.toml"),
                    "[[rule]\nid = 3",
                )?;
                self.signal("HUP")?;
            }
            Fault::Reload => {
                let list = self.dir.join("keywords/lists/vac-xin.txt");
                let mut file = fs::File::options().append(true).open(list)?;
                writeln!(file, "thuốc chích thử {}", self.random.below(1 << 40))?;
                self.signal("HUP")?;
            }
            Fault::Web(trouble) => self.web.trouble(trouble, &mut self.random),
        }
        Ok(false)
    }

    async fn end(&mut self, fault: Fault) -> Outcome<()> {
        match fault {
            Fault::Smtp => self.inbox = Some(Inbox::start(self.smtp).await?),
            Fault::Stop => self.signal("CONT")?,
            Fault::BrokenList => {
                fs::remove_file(self.dir.join("keywords/rumours/hong.toml"))?;
                self.signal("HUP")?;
            }
            Fault::Web(_) => self.web.quiet(),
            Fault::Kill | Fault::Reload => {}
        }
        Ok(())
    }

    /// Waits until as few sources wait for their turn as before the fault.
    async fn recover(&mut self, fault: Fault, normal: u64, life: u32) -> Outcome<()> {
        let began = Instant::now();
        let bound = normal + self.web.sources() as u64 / 50;
        loop {
            let waiting = self.backlog()?;
            if waiting <= bound {
                println!(
                    "           in time again after {:.0} s",
                    began.elapsed().as_secs_f64()
                );
                return Ok(());
            }
            if began.elapsed() > Duration::from_secs(60) {
                println!("BROKEN: {fault:?}: {waiting} sources still wait a minute after it");
                self.sound = false;
                return Ok(());
            }
            self.watch(TICK, life).await?;
        }
    }

    /// How many sources are due and not under way, as the daemon says.
    fn backlog(&self) -> Outcome<u64> {
        let waiting = &self.status()?["punctuality"]["waiting"];
        Ok(waiting.as_u64().ok_or("no punctuality")?)
    }

    fn status(&self) -> Outcome<serde_json::Value> {
        let answer = Command::new(&self.binary)
            .arg("--config")
            .arg(self.dir.join("config/canhtin.toml"))
            .args(["status", "--json"])
            .output()?;
        Ok(serde_json::from_slice(&answer.stdout)?)
    }

    async fn watch(&mut self, time: Duration, life: u32) -> Outcome<()> {
        let until = Instant::now() + time;
        while Instant::now() < until {
            tokio::time::sleep(TICK.min(until - Instant::now())).await;
            if let Some(status) = self.daemon.try_wait()? {
                return Err(format!("the daemon ended by itself: {status}").into());
            }
            let sample = Sample {
                at: self.began.elapsed(),
                life,
                rss_kib: rss_kib(self.daemon.id())?,
                descriptors: fs::read_dir(format!("/proc/{}/fd", self.daemon.id()))?.count(),
            };
            if self.samples.len().is_multiple_of(6) {
                println!(
                    "{:>7.0} s  {:>6.1} MB  {:>3} descriptors  {} polls  {} mails",
                    sample.at.as_secs_f64(),
                    mb(sample.rss_kib),
                    sample.descriptors,
                    self.web.polls(),
                    self.mails.len() + self.inbox.as_ref().map_or(0, |i| i.messages().len()),
                );
            }
            self.samples.push(sample);
        }
        Ok(())
    }

    fn judge(&mut self, time: Duration, life: u32) {
        let after = time.mul_f64(WARM_UP);
        let last: Vec<&Sample> = self
            .samples
            .iter()
            .filter(|sample| sample.life == life && sample.at >= after)
            .collect();
        let slope = slope(&last);
        let first_and_last = (last.first(), last.last());
        if let (Some(first), Some(end)) = first_and_last {
            println!(
                "memory {:.1} MB → {:.1} MB, slope {slope:.2} MB/h; descriptors {} → {}, most {}",
                mb(first.rss_kib),
                mb(end.rss_kib),
                first.descriptors,
                end.descriptors,
                last.iter()
                    .map(|sample| sample.descriptors)
                    .max()
                    .unwrap_or(0),
            );
            if end.descriptors > first.descriptors + 20 {
                println!("BROKEN: descriptors leak");
                self.sound = false;
            }
        }
        if slope >= 1.0 {
            println!("BROKEN: memory grows by 1 MB/h or more");
            self.sound = false;
        }
        if let Some(inbox) = &self.inbox {
            self.mails.extend(message_ids(inbox));
        }
        let all = self.mails.len();
        self.mails.sort();
        self.mails.dedup();
        println!(
            "{} polls, {} rumours told, {all} mails, {} of them again with a known Message-ID",
            self.web.polls(),
            self.web.rumours(),
            all - self.mails.len()
        );
        match self.ledger() {
            Ok((alerts, waiting)) => {
                println!("{alerts} alerts in the ledger, {waiting} deliveries waiting");
                if alerts < self.web.rumours() as u64 || waiting > 0 {
                    println!("BROKEN: a rumour was lost, or its mail");
                    self.sound = false;
                }
            }
            Err(error) => {
                println!("BROKEN: no status: {error}");
                self.sound = false;
            }
        }
    }

    /// Alerts recorded, and deliveries not made yet.
    fn ledger(&self) -> Outcome<(u64, u64)> {
        let status = self.status()?;
        let number = |name: &str| status["ledger"][name].as_u64().ok_or("no number");
        Ok((
            number("alerts")?,
            number("queued")? + number("sending")? + number("held")?,
        ))
    }

    fn signal(&self, name: &str) -> Outcome<()> {
        let id = self.daemon.id().to_string();
        Command::new("kill").args(["-s", name, &id]).status()?;
        Ok(())
    }
}

impl Drop for Soak {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

/// Megabytes an hour, by least squares.
#[allow(clippy::cast_precision_loss)]
fn slope(samples: &[&Sample]) -> f64 {
    let count = samples.len() as f64;
    let points = samples
        .iter()
        .map(|sample| (sample.at.as_secs_f64() / 3600.0, mb(sample.rss_kib)));
    let (x, y) = points.clone().fold((0.0, 0.0), |(x, y), point| {
        (x + point.0 / count, y + point.1 / count)
    });
    let (up, down) = points.fold((0.0, 0.0), |(up, down), point| {
        (
            up + (point.0 - x) * (point.1 - y),
            down + (point.0 - x).powi(2),
        )
    });
    if down > 0.0 { up / down } else { 0.0 }
}

#[allow(clippy::cast_precision_loss)]
fn mb(kib: u64) -> f64 {
    kib as f64 * 1024.0 / 1e6
}

fn rss_kib(pid: u32) -> Outcome<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.ok_or("no VmRSS")?.parse()?)
}

fn message_ids(inbox: &Inbox) -> Vec<String> {
    let id = |raw: &[u8]| {
        String::from_utf8_lossy(raw)
            .lines()
            .find_map(|line| line.strip_prefix("Message-ID: ").map(str::to_owned))
            .unwrap_or_default()
    };
    inbox.messages().iter().map(|mail| id(&mail.raw)).collect()
}

fn spawn(binary: &Path, dir: &Path) -> Outcome<Child> {
    let log = fs::File::options()
        .create(true)
        .append(true)
        .open(dir.join("log"))?;
    Ok(Command::new(binary)
        .arg("--config")
        .arg(dir.join("config/canhtin.toml"))
        .arg("run")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()?)
}

/// Seconds until the control socket answers.
async fn ready(dir: &Path, began: Instant) -> Outcome<f64> {
    while tokio::net::UnixStream::connect(dir.join("var/control.sock"))
        .await
        .is_err()
    {
        if began.elapsed() > Duration::from_secs(60) {
            return Err("the daemon was not ready after a minute".into());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(began.elapsed().as_secs_f64())
}

fn write_settings(dir: &Path, web: &Web, smtp: SocketAddr) -> Outcome<()> {
    copy(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("keywords"),
        &dir.join("keywords"),
    )?;
    fs::create_dir_all(dir.join("config"))?;
    fs::write(dir.join("config/sources.toml"), web.sources_toml(EVERY))?;
    let settings = format!(
        r#"keywords = "../keywords"
sources = ["sources.toml"]
[office]
name = "Phòng thử"
[store]
dir = "../var"
[fetch]
contact = "thu@example.vn"
gap = "20ms"
timeout = "10s"
allow_networks = ["127.0.0.0/8"]
{resolve}
[mail]
from = "Canh tin <canhtin@example.vn>"
transport = "smtp"
[mail.smtp]
host = "127.0.0.1"
port = {port}
tls = "none"
[[receiver]]
name = "truc-ban"
to = ["truc@example.vn"]
[[route]]
receiver = "truc-ban"
min_severity = "info"
group_wait = "1s"
"#,
        resolve = web.resolve_toml(),
        port = smtp.port(),
    );
    fs::write(dir.join("config/canhtin.toml"), settings)?;
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Outcome<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
