//! `hits list | show | export`: what was found. They read the ledger beside a running daemon.

mod row;
mod table;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use anyhow::{Context, anyhow};
use clap::{Args, Subcommand};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::Exit;
use super::setting::{Setting, explained};
use crate::config::Config;
use crate::keyword::Severity;
use crate::ledger::{HitFilter, HitRecord, Ledger, Named};
use crate::message::{Lang, Message, say};
use crate::problem::toml::parse_duration;

use row::Row;
pub(super) use row::clock;

/// Alerts read from the ledger at once.
const AT_ONCE: u32 = 200;

/// What `hits` is asked to do.
#[derive(Debug, Subcommand)]
pub(super) enum HitsCommand {
    /// List what was found, newest first
    List {
        #[command(flatten)]
        which: Which,
        /// JSON lines instead of text
        #[arg(long)]
        json: bool,
    },
    /// Show all that is known of one alert
    Show {
        /// The ID that stands in the mail; its beginning is enough
        id: String,
        /// One JSON object instead of text
        #[arg(long)]
        json: bool,
    },
    /// Write what was found into a file (else to the screen), newest first
    #[command(group = clap::ArgGroup::new("form").required(true))]
    Export {
        #[command(flatten)]
        which: Which,
        /// A table that opens in Excel
        #[arg(long, group = "form")]
        csv: bool,
        /// JSON lines
        #[arg(long, group = "form")]
        jsonl: bool,
        /// Where to
        file: Option<PathBuf>,
    },
}

/// Which alerts.
#[derive(Debug, Args)]
pub(super) struct Which {
    /// How far back: 12h, 7d, or a day, 2021-08-15
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Of this rule only
    #[arg(long, value_name = "ID")]
    rule: Option<String>,
    /// Of this source only
    #[arg(long, value_name = "ID")]
    source: Option<String>,
    /// At least this grave: info, low, medium, high, urgent
    #[arg(long, value_name = "LEVEL", value_parser = severity)]
    severity: Option<Severity>,
}

fn severity(text: &str) -> Result<Severity, &'static str> {
    text.parse().map_err(|()| Severity::WANTED)
}

/// What the three commands work with.
struct Desk {
    ledger: Ledger,
    lang: Lang,
    tz: TimeZone,
    now: Timestamp,
}

pub(super) async fn run(
    command: &HitsCommand,
    setting: &Setting,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let (config, lang, _) = setting.load_or_complain()?;
    let desk = Desk {
        ledger: ledger_of(&config, lang).await?,
        lang,
        tz: config.office.tz.clone(),
        now: Timestamp::now(),
    };
    match command {
        HitsCommand::List { which, json } => desk.list(which, *json, out).await?,
        HitsCommand::Show { id, json } => desk.show(id, *json, out).await?,
        HitsCommand::Export {
            which, csv, file, ..
        } => match file {
            Some(path) => {
                let file = File::create(path).with_context(|| path.display().to_string())?;
                let mut file = BufWriter::new(file);
                let written = desk.export(which, *csv, &mut file).await?;
                file.flush()?;
                let told = Message::new("cli-hits-exported")
                    .count("hits", written)
                    .with("file", path.display());
                super::report::to_stderr(&told.say(lang));
            }
            None => {
                desk.export(which, *csv, out).await?;
            }
        },
    }
    desk.ledger.close().await;
    Ok(Exit::Done)
}

/// The ledger of a configuration, beside whoever works with it.
pub(super) async fn ledger_of(config: &Config, lang: Lang) -> anyhow::Result<Ledger> {
    let path = config.store.ledger();
    if !path.exists() {
        return Err(explained(
            lang,
            &Message::new("cli-hits-no-ledger").with("path", path.display()),
            &Message::new("cli-hits-no-ledger-mend"),
        ));
    }
    let joined = Ledger::join(&path).await;
    joined.map_err(|error| explained(lang, &error.what(), &error.mend()))
}

/// The alert that a typed id means.
pub(super) async fn meant(ledger: &Ledger, typed: &str, lang: Lang) -> anyhow::Result<String> {
    match ledger.named(typed).await? {
        Named::One(id) => Ok(id),
        Named::Several(ids) => Err(explained(
            lang,
            &Message::new("cli-hits-ambiguous")
                .with("id", typed)
                .with("ids", ids.join(", ")),
            &Message::new("cli-hits-ambiguous-mend"),
        )),
        Named::Nothing => Err(explained(
            lang,
            &Message::new("cli-hits-unknown").with("id", typed),
            &Message::new("cli-hits-unknown-mend"),
        )),
    }
}

impl Desk {
    async fn list(&self, which: &Which, json: bool, out: &mut impl Write) -> anyhow::Result<()> {
        let mut count = 0;
        self.each(which, |record| {
            count += 1;
            let row = Row::new(record, self.now);
            if json {
                return row.write_json(out);
            }
            Ok(writeln!(out, "{}", row.line(self.lang, &self.tz))?)
        })
        .await?;
        if !json {
            let told = Message::new("cli-hits-count").count("hits", count);
            writeln!(out, "{}", told.say(self.lang))?;
        }
        Ok(())
    }

    async fn show(&self, typed: &str, json: bool, out: &mut impl Write) -> anyhow::Result<()> {
        let id = meant(&self.ledger, typed, self.lang).await?;
        let Some(record) = self.ledger.hit(&id).await? else {
            return Err(anyhow!(
                Message::new("cli-hits-unknown")
                    .with("id", typed)
                    .say(self.lang)
            ));
        };
        let rule = record.alert.rule.clone();
        let row = Row::new(record, self.now);
        if json {
            return row.write_json(out);
        }
        row.write_text(self.lang, &self.tz, out)?;
        if let Some(until) = self.ledger.hidden_until(&rule, self.now).await? {
            let told = Message::new("cli-hits-rumour-hidden")
                .with("until", clock(until, &self.tz))
                .say(self.lang);
            writeln!(out, "{told}")?;
        }
        Ok(())
    }

    /// Gives how many were written.
    async fn export(
        &self,
        which: &Which,
        csv: bool,
        out: &mut impl Write,
    ) -> anyhow::Result<usize> {
        let mut count = 0;
        if csv {
            let mut table = table::Table::begin(out, self.lang)?;
            self.each(which, |record| {
                count += 1;
                table.add(&Row::new(record, self.now), &self.tz)
            })
            .await?;
            table.end()?;
        } else {
            self.each(which, |record| {
                count += 1;
                Row::new(record, self.now).write_json(out)
            })
            .await?;
        }
        Ok(count)
    }

    async fn each(
        &self,
        which: &Which,
        mut tell: impl FnMut(HitRecord) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let filter = HitFilter {
            since: which.since(self.now, &self.tz, self.lang)?,
            rule: which.rule.clone(),
            source: which.source.clone(),
        };
        let mut place = None;
        loop {
            let (records, next) = self.ledger.hits(&filter, place.as_ref(), AT_ONCE).await?;
            for record in records {
                if which
                    .severity
                    .is_none_or(|least| record.alert.severity >= least)
                {
                    tell(record)?;
                }
            }
            place = next;
            if place.is_none() {
                return Ok(());
            }
        }
    }
}

impl Which {
    /// From when on: so long ago, or the beginning of a day in the office's zone.
    fn since(
        &self,
        now: Timestamp,
        tz: &TimeZone,
        lang: Lang,
    ) -> anyhow::Result<Option<Timestamp>> {
        let Some(text) = &self.since else {
            return Ok(None);
        };
        let ago = parse_duration(text)
            .and_then(|ago| SignedDuration::try_from(ago).ok())
            .map(|ago| now.checked_sub(ago).unwrap_or(Timestamp::MIN));
        let day = || {
            let day: jiff::civil::Date = text.parse().ok()?;
            Some(day.to_zoned_datetime(tz.clone()).ok()?.timestamp())
        };
        match ago.or_else(day) {
            Some(since) => Ok(Some(since)),
            None => Err(anyhow!(
                Message::new("cli-hits-since").with("since", text).say(lang)
            )),
        }
    }
}

/// The name of a verdict's word, with until when it hides.
fn said(verdict: crate::ledger::Verdict, lang: Lang) -> String {
    say(lang, verdict.word())
}
