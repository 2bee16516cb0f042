//! `store`: looking the stores over, backing them up, putting a backup back.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::anyhow;
use clap::Subcommand;
use jiff::Timestamp;

use super::Exit;
use super::setting::{Setting, explained, start_error};
use crate::config::Store;
use crate::daemon::control::{self, Request};
use crate::daemon::owner::make_folder;
use crate::daemon::upkeep::Verified;
use crate::daemon::world::{StartError, put_back, restored_notice};
use crate::ledger::{self, Inspection, Ledger, LedgerError};
use crate::mail::AnswerKey;
use crate::message::{Lang, Message, say};
use crate::seen::{self, Notice, Seen};

/// How long reading all of it may take.
const READING: Duration = Duration::from_secs(60);

#[derive(Debug, Subcommand)]
pub(super) enum StoreCommand {
    /// Look over every record of the stores; exit code 1 if anything is damaged
    Verify {
        /// Follow the audit trail, too
        #[arg(long)]
        audit: bool,
        /// Look over this backup instead
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// Make a backup, also while the service runs
    Backup {
        /// Where to [default: backups/ in the store's folder]
        #[arg(value_name = "DIR")]
        dir: Option<PathBuf>,
    },
    /// List the backups
    List,
    /// Put a backup in the ledger's place; the service must be stopped
    Restore {
        /// A backup, or a folder of which the newest fit one is taken
        /// [default: backups/ in the store's folder]
        #[arg(value_name = "DIR|FILE")]
        from: Option<PathBuf>,
    },
    /// Begin an empty ledger where the old one is lost and there is no backup
    BeginAnew,
}

pub(super) async fn run(
    setting: &Setting,
    command: StoreCommand,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    super::report::log_to_stderr("error");
    let (config, lang, _) = setting.load_or_complain()?;
    let store = config.store;
    match command {
        StoreCommand::Verify {
            audit,
            file: Some(file),
        } => {
            let looked = ledger::inspect_file(&file, audit).await;
            tell(&looked.map_err(|e| told(lang, &e))?, None, lang, out)
        }
        StoreCommand::Verify { audit, file: None } => verify(&store, audit, lang, out).await,
        StoreCommand::Backup { dir } => backup(&store, dir.as_deref(), lang, out).await,
        StoreCommand::List => list(&store, lang, out),
        StoreCommand::Restore { from } => restore(&store, from.as_deref(), lang, out).await,
        StoreCommand::BeginAnew => begin_anew(&store, lang, out).await,
    }
}

fn told(lang: Lang, error: &LedgerError) -> anyhow::Error {
    explained(lang, &error.what(), &error.mend())
}

async fn verify(
    store: &Store,
    audit: bool,
    lang: Lang,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    if let Some(answer) = control::ask(&store.dir, Request::Verify { audit }).await? {
        if let Some(error) = answer["error"].as_str() {
            return Err(anyhow!(error.to_owned()));
        }
        let verified: Verified = serde_json::from_value(answer)?;
        let failure = verified
            .seen_failure
            .map(|detail| Message::new("seen-failed").with("detail", detail));
        let seen = (verified.seen_items, failure);
        return tell(&verified.ledger, Some(seen), lang, out);
    }
    // The lock keeps a service from starting meanwhile.
    let opened = open_seen(store, lang)?;
    let looked = ledger::inspect_file(&store.ledger(), audit).await;
    let inspection = looked.map_err(|e| told(lang, &e))?;
    let failure = opened.notices.iter().find_map(|notice| match notice {
        Notice::SetAside { .. } => Some(notice.message()),
        Notice::LeftoverRemoved { .. } => None,
    });
    let items = opened.seen.inspect(READING).map_or(0, |stats| stats.items);
    tell(&inspection, Some((items, failure)), lang, out)
}

fn open_seen(store: &Store, lang: Lang) -> anyhow::Result<crate::seen::Opened> {
    make_folder(&store.dir).map_err(|error| start_error(lang, error))?;
    let dir = store.seen();
    Seen::open(&dir, seen::patience(&dir), Timestamp::now())
        .map_err(|error| start_error(lang, StartError::Seen(error)))
}

/// What was looked over, and a line for each finding.
fn tell(
    ledger: &Inspection,
    seen: Option<(usize, Option<Message>)>,
    lang: Lang,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let looked = Message::new("cli-store-ledger").with("records", ledger.records);
    writeln!(out, "{}", looked.say(lang))?;
    if let Some(audit) = ledger.audit {
        let looked = Message::new("cli-store-audit").with("records", audit);
        writeln!(out, "{}", looked.say(lang))?;
    }
    let mut sound = ledger.is_sound();
    for finding in &ledger.findings {
        writeln!(out, "  ✗ {}", finding.message().say(lang))?;
    }
    if ledger.found > ledger.findings.len() {
        let more = Message::new("cli-store-more").with("number", ledger.found);
        writeln!(out, "  {}", more.say(lang))?;
    }
    if !sound {
        let mend = say(lang, "problem-mend");
        writeln!(out, "  → {mend}: {}", say(lang, "ledger-found-mend"))?;
    }
    if let Some((items, failure)) = seen {
        let looked = Message::new("cli-store-seen").with("items", items);
        writeln!(out, "{}", looked.say(lang))?;
        if let Some(failure) = failure {
            writeln!(out, "  ✗ {}", failure.say(lang))?;
            sound = false;
        }
    }
    let verdict = if sound {
        "cli-store-sound"
    } else {
        "cli-store-damaged"
    };
    writeln!(out, "{}", say(lang, verdict))?;
    Ok(if sound { Exit::Done } else { Exit::Problems })
}

/// Made by this process, not by the service, which may write nowhere but in its own folder.
async fn backup(
    store: &Store,
    dir: Option<&Path>,
    lang: Lang,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let own = store.backup_dir();
    let dir = dir.unwrap_or(&own);
    make_folder(dir).map_err(|error| start_error(lang, error))?;
    let made = ledger::back_up_file(&store.ledger(), dir, Timestamp::now()).await;
    let made = made.map_err(|error| told(lang, &error))?;
    AnswerKey::back_up(&store.dir, dir)?;
    let done = Message::new("cli-store-backed-up").with("path", made.path.display());
    writeln!(out, "{}", done.say(lang))?;
    if made.inspection.is_sound() {
        return Ok(Exit::Done);
    }
    tell(&made.inspection, None, lang, out)
}

fn list(store: &Store, lang: Lang, out: &mut impl Write) -> anyhow::Result<Exit> {
    let dir = store.backup_dir();
    let backups = ledger::backups(&dir).map_err(|error| told(lang, &error))?;
    if backups.is_empty() {
        let none = Message::new("ledger-no-backup").with("dir", dir.display());
        writeln!(out, "{}", none.say(lang))?;
    }
    for backup in backups {
        let kib = backup.bytes.div_ceil(1024);
        writeln!(
            out,
            "{}  {kib:>8} KiB  {}",
            backup.at,
            backup.path.display()
        )?;
    }
    Ok(Exit::Done)
}

async fn restore(
    store: &Store,
    from: Option<&Path>,
    lang: Lang,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    // Refused where a service runs.
    let opened = open_seen(store, lang)?;
    let own = store.backup_dir();
    let backup = ledger::fit_backup(from.unwrap_or(&own)).await;
    let backup = backup.map_err(|error| told(lang, &error))?;
    let restored = put_back(store, &opened.seen, backup, Timestamp::now())
        .await
        .map_err(|error| start_error(lang, error))?;
    writeln!(out, "{}", restored_notice(&restored).say(lang))?;
    if let Some(replaced) = restored.replaced {
        let kept = Message::new("cli-store-replaced").with("to", replaced.display());
        writeln!(out, "{}", kept.say(lang))?;
    }
    Ok(Exit::Done)
}

async fn begin_anew(store: &Store, lang: Lang, out: &mut impl Write) -> anyhow::Result<Exit> {
    let _opened = open_seen(store, lang)?;
    let path = store.ledger();
    if path.exists() {
        let there = Message::new("cli-store-there").with("path", path.display());
        return Err(anyhow!(there.say(lang)));
    }
    let ledger = Ledger::begin_anew(&path, Timestamp::now()).await;
    ledger.map_err(|error| told(lang, &error))?.close().await;
    let begun = Message::new("cli-store-begun").with("path", path.display());
    writeln!(out, "{}", begun.say(lang))?;
    Ok(Exit::Done)
}
