//! `mark`: what a person says of an alert, into the ledger and its audit trail.

use std::io::Write;
use std::time::Duration;

use anyhow::anyhow;
use clap::Args;
use jiff::{SignedDuration, Timestamp};

use super::hits::{ledger_of, meant};
use super::setting::{Setting, explained};
use super::{Exit, user};
use crate::ledger::{Ledger, Named, Ruled, Ruling, Target, UnknownVerdict, Verdict, Way};
use crate::message::{Lang, Message, say};
use crate::problem::toml::parse_duration;

/// Characters of a note that are kept.
const MAX_NOTE: usize = 1_000;

/// How long a snooze hides unless `--for` says otherwise.
const SNOOZE: Duration = Duration::from_secs(7 * 24 * 3600);

/// What `mark` is asked to do.
#[derive(Debug, Args)]
pub(super) struct MarkArgs {
    /// The ID that stands in the mail (its beginning is enough); to hide a whole rumour, the
    /// rule's ID
    id: String,
    /// tin-gia (false), tin-dung (true), khong-lien-quan (irrelevant), da-xu-ly (handled),
    /// tam-an-7-ngay (snooze)
    #[arg(value_parser = verdict)]
    verdict: Verdict,
    /// What others should know
    #[arg(long)]
    note: Option<String>,
    /// How long to hide, with tam-an: 12h, 30d; 0s shows it again
    #[arg(long = "for", value_name = "TIME", value_parser = duration)]
    how_long: Option<Duration>,
}

fn verdict(text: &str) -> Result<Verdict, UnknownVerdict> {
    text.parse()
}

fn duration(text: &str) -> Result<Duration, &'static str> {
    parse_duration(text).ok_or("12h, 7d, 30d")
}

pub(super) async fn run(
    args: &MarkArgs,
    setting: &Setting,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let (config, lang, _) = setting.load_or_complain()?;
    let ledger = ledger_of(&config, lang).await?;
    let now = Timestamp::now();
    let snoozes = args.verdict == Verdict::Snooze;
    let ruling = Ruling {
        target: target(args, &ledger, lang).await?,
        verdict: args.verdict,
        until: snoozes.then(|| until(args.how_long.unwrap_or(SNOOZE), now)),
        by: user::name(),
        way: Way::Command,
        note: args
            .note
            .as_deref()
            .map(note)
            .filter(|note| !note.is_empty()),
        answer: None,
    };
    let ruled = ledger.judge(&ruling, now).await;
    let ruled = ruled.map_err(|error| explained(lang, &error.what(), &error.mend()))?;
    ledger.close().await;
    let Ruled::Recorded { withdrawn } = ruled else {
        return Err(anyhow!(
            Message::new("cli-hits-unknown")
                .with("id", &args.id)
                .say(lang)
        ));
    };
    let (Target::Alert(marked) | Target::Rule(marked)) = &ruling.target;
    let told = match ruling.until {
        Some(until) if until > now => Message::new("cli-mark-snoozed"),
        Some(_) => Message::new("cli-mark-unsnoozed"),
        None => Message::new("cli-mark-done").with("verdict", say(lang, args.verdict.word())),
    };
    writeln!(out, "{}", told.with("id", marked).say(lang))?;
    if let Some(effect) = effect(&ruling, now) {
        let told = effect.with(
            "until",
            ruling.until.map_or_else(String::new, |until| {
                super::hits::clock(until, &config.office.tz)
            }),
        );
        writeln!(out, "{}", told.say(lang))?;
    }
    if withdrawn > 0 {
        let told = Message::new("cli-mark-withdrawn").with("count", withdrawn);
        writeln!(out, "{}", told.say(lang))?;
    }
    Ok(Exit::Done)
}

/// The alert that is meant; with a snooze, else the rumour.
async fn target(args: &MarkArgs, ledger: &Ledger, lang: Lang) -> anyhow::Result<Target> {
    if args.verdict == Verdict::Snooze && ledger.named(&args.id).await? == Named::Nothing {
        return Ok(Target::Rule(args.id.clone()));
    }
    Ok(Target::Alert(meant(ledger, &args.id, lang).await?))
}

fn until(how_long: Duration, now: Timestamp) -> Timestamp {
    SignedDuration::try_from(how_long)
        .ok()
        .and_then(|how_long| now.checked_add(how_long).ok())
        .unwrap_or(Timestamp::MAX)
}

/// A note on one line, without what hides or reorders.
fn note(text: &str) -> String {
    crate::alert::one_line(text, MAX_NOTE)
}

/// What the verdict changes for mails to come.
fn effect(ruling: &Ruling, now: Timestamp) -> Option<Message> {
    let id = match (ruling.verdict, &ruling.target) {
        (Verdict::False | Verdict::Handled, _) => return None,
        (Verdict::True | Verdict::Irrelevant, _) => "cli-mark-silenced",
        (Verdict::Snooze, _) if ruling.until.is_none_or(|until| until <= now) => {
            "cli-mark-shown-again"
        }
        (Verdict::Snooze, Target::Alert(_)) => "cli-mark-hidden",
        (Verdict::Snooze, Target::Rule(_)) => "cli-mark-rumour-hidden",
    };
    Some(Message::new(id))
}
