//! `demo`: a small sample web and an SMTP inbox on loopback, and the real program on them, in
//! two rounds, so that one sees that nothing is mailed twice.

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use include_dir::{Dir, include_dir};
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use super::Exit;
use super::report::{self, bar, line};
use super::setting::start_error;
use crate::config::{self, Environment};
use crate::daemon::outbox::Drained;
use crate::daemon::world::{Snapshot, World};
use crate::daemon::{mail_out, pass_all};
use crate::message::{Lang, Message, say};
use crate::problem::{Style, render_all};
use crate::sample::{Inbox, Site};

/// The shipped keyword files, so that the demo needs nothing but the program.
static KEYWORDS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/keywords");

/// Port 0: the system chooses a free one.
const LOOPBACK: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

pub(super) async fn run(dir: &Path, lang: Lang, out: &mut impl Write) -> anyhow::Result<Exit> {
    report::log_to_stderr("off");
    let began = Timestamp::now();
    let mails = dir.join("mail");
    std::fs::create_dir_all(&mails).with_context(|| mails.display().to_string())?;
    let dir = dir.canonicalize()?;
    let mails = dir.join("mail");
    let site = Site::start(LOOPBACK, Timestamp::now()).await?;
    let inbox = Inbox::start_in(LOOPBACK, &mails).await?;
    writeln!(out, "{}", say(lang, "cli-demo-intro"))?;
    let file = prepare(&dir, &site, &inbox, lang)?;
    let loaded = config::load(&file, &Environment::default());
    if loaded.any_error() {
        writeln!(out, "{}", render_all(&loaded.problems, lang, Style::Plain))?;
    }
    let Some(config) = loaded.config else {
        return Ok(Exit::Problems);
    };
    let opened = World::open(&config.store, Timestamp::now()).await;
    let (world, _) = opened.map_err(|error| start_error(lang, error))?;
    let world = Arc::new(world);
    world.ledger.release_claims(Timestamp::now()).await?;
    let snapshot =
        Arc::new(Snapshot::build(config, None).map_err(|error| start_error(lang, error))?);
    let stop = report::stop_on_signal()?;
    let mut whole = true;
    for round in 1..=2 {
        writeln!(
            out,
            "\n{}",
            Message::new("cli-demo-round")
                .count("round", round)
                .say(lang)
        )?;
        let drained = one_round(&world, &snapshot, &stop, lang, out).await?;
        whole &= drained.postponed + drained.held == 0;
        if round == 1 {
            site.advance();
        }
    }
    tell(&world.ledger.subjects(began).await?, &dir, lang, out)?;
    world.ledger.close().await;
    drop(inbox);
    site.stop().await;
    let interrupted = stop.is_cancelled();
    Ok(if whole && !interrupted {
        Exit::Done
    } else {
        Exit::Problems
    })
}

async fn one_round(
    world: &Arc<World>,
    snapshot: &Arc<Snapshot>,
    stop: &CancellationToken,
    lang: Lang,
    out: &mut impl Write,
) -> anyhow::Result<Drained> {
    let bar = bar(snapshot.sources.len());
    let passes = pass_all(world, snapshot, Timestamp::now, stop, |_| bar.inc(1)).await;
    bar.finish_and_clear();
    for passed in &passes {
        writeln!(out, "{}", line(passed, snapshot, lang))?;
    }
    let drained = mail_out(world, snapshot, Timestamp::now, true, stop).await?;
    let mailed = Message::new("cli-once-mails")
        .count("sent", drained.sent)
        .count("waiting", drained.postponed)
        .count("held", drained.held);
    writeln!(out, "{}", mailed.say(lang))?;
    Ok(drained)
}

/// Writes the files that a real installation has, leaving alone the keyword files that are
/// there: whoever edits them sees the change at the next `demo`.
fn prepare(dir: &Path, site: &Site, inbox: &Inbox, lang: Lang) -> anyhow::Result<PathBuf> {
    let folder = dir.join("config");
    std::fs::create_dir_all(&folder)?;
    let file = folder.join("canhtin.toml");
    write(&file, main_file(site, inbox, lang))?;
    write(&folder.join("sources.toml"), site.sources_toml())?;
    unpack(&KEYWORDS, &dir.join("keywords"))?;
    Ok(file)
}

fn unpack(embedded: &Dir<'_>, to: &Path) -> anyhow::Result<()> {
    for file in embedded.files() {
        let path = to.join(file.path());
        if !path.exists() {
            write(&path, file.contents())?;
        }
    }
    for below in embedded.dirs() {
        unpack(below, to)?;
    }
    Ok(())
}

fn write(path: &Path, contents: impl AsRef<[u8]>) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, contents).with_context(|| path.display().to_string())
}

fn main_file(site: &Site, inbox: &Inbox, lang: Lang) -> String {
    let note = say(lang, "cli-demo-config-note");
    let office = say(lang, "cli-demo-office");
    format!(
        r#"# {note}
lang = "{lang}"
keywords = "../keywords"
sources = ["sources.toml"]

[office]
name = "{office}"
timezone = "Asia/Ho_Chi_Minh"

[store]
dir = "../var"

[fetch]
contact = "canhtin@suoingan.example"
gap = "50ms"
timeout = "2s"
allow_networks = ["127.0.0.0/8"]

{resolve}
[mail]
from = "Canh tin <canhtin@suoingan.example>"
transport = "smtp"

[mail.smtp]
host = "127.0.0.1"
port = {port}
tls = "none"

[[receiver]]
name = "truc-ban"
to = ["truc@suoingan.example"]

[[route]]
receiver = "truc-ban"
min_severity = "low"
"#,
        resolve = site.resolve_toml(),
        port = inbox.addr().port(),
    )
}

/// The mails' subjects, where they lie, and what to do next.
fn tell(subjects: &[String], dir: &Path, lang: Lang, out: &mut impl Write) -> anyhow::Result<()> {
    writeln!(out)?;
    if subjects.is_empty() {
        writeln!(out, "{}", say(lang, "cli-demo-none"))?;
    } else {
        let found = Message::new("cli-demo-mails").count("mails", subjects.len());
        writeln!(out, "{}", found.say(lang))?;
    }
    for subject in subjects {
        writeln!(out, "  {subject}")?;
    }
    let next = Message::new("cli-demo-next").with("dir", dir.display());
    writeln!(out, "{}", next.say(lang))?;
    Ok(())
}
