//! `alert explain`: who gets an alert, when and why.

use std::io::Write;
use std::sync::Arc;

use clap::{Args, Subcommand};
use jiff::Timestamp;

use super::Exit;
use super::hits::{clock, ledger_of, meant};
use super::setting::{Setting, explained};
use crate::alert::{Alert, Facts, Told};
use crate::config::Config;
use crate::document::Document;
use crate::keyword::Severity;
use crate::ledger::{HitRecord, Ledger};
use crate::message::{Lang, Message};
use crate::scan::{Hit, Stance, Tier};
use crate::story::StoryId;

/// What `alert` is asked to do.
#[derive(Debug, Subcommand)]
pub(super) enum AlertCommand {
    /// Say who gets an alert, when and why: which routes match, what each asks, what holds it up
    Explain(ExplainArgs),
}

/// Which alert: one that was found, or one that could be.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("which").required(true).args(["id", "rule"]))]
pub(super) struct ExplainArgs {
    /// The ID that stands in the mail; its beginning is enough
    id: Option<String>,
    /// As if this rule fired,
    #[arg(long, value_name = "RULE", requires = "source")]
    rule: Option<String>,
    /// in this source
    #[arg(long, value_name = "SOURCE", conflicts_with = "id")]
    source: Option<String>,
    /// As if it weighed so much [default: what the rule says]
    #[arg(long, value_parser = severity, conflicts_with = "id")]
    severity: Option<Severity>,
    /// As if the document named this place (may be given several times)
    #[arg(long, value_name = "PLACE", conflicts_with = "id")]
    place: Vec<String>,
    /// As if it came in at this time, like 2021-08-15T22:00:00+07:00 [default: now]
    #[arg(long, value_name = "TIME", value_parser = moment, conflicts_with = "id")]
    at: Option<Timestamp>,
}

fn moment(text: &str) -> Result<Timestamp, &'static str> {
    text.parse().map_err(|_| "2021-08-15T22:00:00+07:00")
}

fn severity(text: &str) -> Result<Severity, &'static str> {
    text.parse().map_err(|()| Severity::WANTED)
}

pub(super) async fn run(
    command: &AlertCommand,
    setting: &Setting,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let AlertCommand::Explain(args) = command;
    let (config, lang, any_error) = setting.load_or_complain()?;
    match (&args.id, &args.rule, &args.source) {
        (Some(id), _, _) => found(id, &config, lang, out).await?,
        (None, Some(rule), Some(source)) => {
            possible(args, (rule, source), &config, lang, out).await?;
        }
        // clap asks for one or the other.
        (None, _, _) => {}
    }
    Ok(if any_error {
        Exit::Problems
    } else {
        Exit::Done
    })
}

/// An alert of the ledger: what became of it, and what the settings say of it now.
async fn found(id: &str, config: &Config, lang: Lang, out: &mut impl Write) -> anyhow::Result<()> {
    let ledger = ledger_of(config, lang).await?;
    let id = meant(&ledger, id, lang).await?;
    let known = (ledger.hit(&id).await?, ledger.find_alert(&id).await?);
    if let (Some(record), Some((alert, muted))) = known {
        let told = ledger.told(&alert.rule).await?;
        // As it was when it came in: what was told later did not hold it up.
        let before: Vec<Told> = told.into_iter().filter(|t| t.last <= alert.seen).collect();
        let text = config.routing.explained(&alert, &before, alert.seen, lang);
        write!(out, "{text}")?;
        if let Some(mute) = muted {
            let was = Message::new("cli-explain-was-muted")
                .with("until", clock(mute.until, &config.office.tz))
                .with("reason", mute.reason.as_deref().unwrap_or("–"));
            writeln!(out, "{}", was.say(lang))?;
        }
        became(&record, config, lang, out)?;
    }
    ledger.close().await;
    Ok(())
}

/// The mails that told it, and who still waits for one.
fn became(
    record: &HitRecord,
    config: &Config,
    lang: Lang,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    for mail in &record.mails {
        let told = Message::new("cli-explain-mailed")
            .with("receiver", &mail.receiver)
            .with("at", clock(mail.closed, &config.office.tz));
        writeln!(out, "{}", told.say(lang))?;
    }
    if !record.waits_for.is_empty() {
        let waits =
            Message::new("cli-explain-waits").with("receivers", record.waits_for.join(", "));
        writeln!(out, "{}", waits.say(lang))?;
    }
    Ok(())
}

/// An alert that could be, told as the ledger stands.
async fn possible(
    args: &ExplainArgs,
    (rule, source): (&str, &str),
    config: &Config,
    lang: Lang,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let now = args.at.unwrap_or_else(Timestamp::now);
    let alert = imagined(args, rule, source, config, lang, now)?;
    let path = config.store.ledger();
    let told = if path.exists() {
        let ledger = Ledger::join(&path).await;
        let ledger = ledger.map_err(|error| explained(lang, &error.what(), &error.mend()))?;
        let told = ledger.told(rule).await?;
        ledger.close().await;
        told
    } else {
        Vec::new()
    };
    write!(
        out,
        "{}",
        config.routing.explained(&alert, &told, now, lang)
    )?;
    Ok(())
}

fn imagined(
    args: &ExplainArgs,
    rule: &str,
    source: &str,
    config: &Config,
    lang: Lang,
    now: Timestamp,
) -> anyhow::Result<Alert> {
    let unknown = |what, name: &str| {
        let mend = Message::new("cli-explain-unknown-mend");
        explained(lang, &Message::new(what).with("name", name), &mend)
    };
    let meta = config.rulebook.metas().find(|meta| &*meta.id == rule);
    let meta = meta.ok_or_else(|| unknown("cli-explain-no-rule", rule))?;
    let place = config.sources.iter().find(|known| &*known.id == source);
    let place = place.ok_or_else(|| unknown("cli-explain-no-source", source))?;
    let mut meta = meta.clone();
    meta.severity = args.severity.unwrap_or(meta.severity);
    let document = Document {
        id: "?".to_owned(),
        url: None,
        title: String::new(),
        text: String::new(),
        published: None,
    };
    let hit = Hit {
        rule: Arc::new(meta),
        stance: Stance::Asserts,
        tier: Tier::Exact,
        spans: Vec::new(),
        cue: None,
    };
    Ok(Alert::new(&Facts {
        document: &document,
        source: place,
        hit: &hit,
        story: StoryId("?".to_owned()),
        rules_version: &config.rulebook.version,
        now,
        edited: false,
        places: &[],
        named: &args.place,
    }))
}
