//! `replay`: what edited rules would add and lose on the texts that were kept.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::anyhow;
use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use super::Exit;
use super::setting::Setting;
use crate::config::Config;
use crate::daemon::pipeline::speaker;
use crate::daemon::texts::{Kept, Texts};
use crate::keyword::{self, Rulebook};
use crate::ledger::Ledger;
use crate::message::{Lang, Message};
use crate::problem::toml::parse_duration;
use crate::problem::{Problems, Style, render_all};
use crate::scan::{Scanner, Speaker, Stance};

/// What `replay` is asked to do.
#[derive(Debug, Args)]
pub(super) struct ReplayArgs {
    /// How far back: 12h, 30d
    #[arg(long, default_value = "30d", value_name = "TIME")]
    since: String,
    /// Edited keyword files, compared with the configured ones [default: the configured files,
    /// compared with what was recorded]
    #[arg(long, value_name = "DIR")]
    keywords: Option<PathBuf>,
    /// One JSON object for each difference
    #[arg(long)]
    json: bool,
}

/// A rule that fires in one set of rules and not in the other.
#[derive(Debug, Serialize)]
struct Difference<'a> {
    change: Change,
    rule: &'a str,
    stance: Stance,
    source: &'a str,
    id: &'a str,
    url: Option<&'a str>,
    title: &'a str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Change {
    Added,
    Lost,
}

/// Rule and stance.
type Fired = (Arc<str>, Stance);

/// What the old rules say of a text.
enum Old {
    /// Rules to be run.
    Rules(Box<Scanner>),
    /// What was recorded, by source and item.
    Recorded(BTreeMap<(String, String), BTreeSet<(String, String)>>),
}

pub(super) async fn run(
    args: &ReplayArgs,
    setting: &Setting,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let (config, lang, any_error) = setting.load_or_complain()?;
    let back = parse_duration(&args.since).ok_or_else(|| {
        anyhow!(
            Message::new("cli-replay-since")
                .with("since", &args.since)
                .say(lang)
        )
    })?;
    let since = Timestamp::now().checked_sub(jiff::SignedDuration::try_from(back)?)?;
    let (old, new) = match &args.keywords {
        Some(dir) => {
            let edited = load(dir, lang)?;
            (
                Old::Rules(Box::new(Scanner::new(Arc::clone(&config.rulebook)))),
                edited,
            )
        }
        None => (
            recorded(&config, since).await?,
            Arc::clone(&config.rulebook),
        ),
    };
    let totals = compare(&config, since, &old, &Scanner::new(new), args.json, out)?;
    if !args.json {
        let summary = Message::new("cli-replay-summary")
            .count("texts", totals.texts)
            .count("added", totals.added)
            .count("lost", totals.lost);
        writeln!(out, "{}", summary.say(lang))?;
    }
    Ok(if any_error {
        Exit::Problems
    } else {
        Exit::Done
    })
}

/// Edited rules; with an error in them nothing could be said of what they lose.
fn load(dir: &std::path::Path, lang: Lang) -> anyhow::Result<Arc<Rulebook>> {
    let problems = Problems::default();
    let book = keyword::load(dir, &problems);
    if problems.any_error() {
        super::report::to_stderr(&render_all(&problems.into_sorted(), lang, Style::Plain));
        let what = Message::new("cli-replay-errors").with("dir", dir.display());
        return Err(anyhow!(what.say(lang)));
    }
    Ok(Arc::new(book))
}

async fn recorded(config: &Config, since: Timestamp) -> anyhow::Result<Old> {
    let path = config.store.ledger();
    let mut fired: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    if path.exists() {
        let ledger = Ledger::open(&path, Timestamp::now()).await?;
        for alert in ledger.recent(u32::MAX).await? {
            if alert.seen >= since {
                fired
                    .entry((alert.source, alert.item))
                    .or_default()
                    .insert((alert.rule, alert.stance.to_string()));
            }
        }
        ledger.close().await;
    }
    Ok(Old::Recorded(fired))
}

impl Old {
    fn fired(&self, text: &Kept, speaker: Speaker) -> BTreeSet<(String, String)> {
        match self {
            Self::Rules(scanner) => fired(scanner, text, speaker)
                .into_iter()
                .map(|(rule, stance)| (rule.to_string(), stance.to_string()))
                .collect(),
            Self::Recorded(all) => all
                .get(&(text.source.clone(), text.document.id.clone()))
                .cloned()
                .unwrap_or_default(),
        }
    }
}

fn fired(scanner: &Scanner, text: &Kept, speaker: Speaker) -> Vec<Fired> {
    scanner
        .scan(&text.document, speaker)
        .into_iter()
        .map(|hit| (Arc::clone(&hit.rule.id), hit.stance))
        .collect()
}

#[derive(Debug, Default)]
struct Totals {
    texts: usize,
    added: usize,
    lost: usize,
}

fn compare(
    config: &Config,
    since: Timestamp,
    old: &Old,
    new: &Scanner,
    json: bool,
    out: &mut impl Write,
) -> anyhow::Result<Totals> {
    // An item that was edited was kept in several versions: the last one counts.
    let mut texts: BTreeMap<(String, String), Kept> = BTreeMap::new();
    Texts::new(&config.store.dir, config.store.keep_texts).since(since, |text| {
        texts.insert((text.source.clone(), text.document.id.clone()), text);
    })?;
    let mut totals = Totals {
        texts: texts.len(),
        ..Totals::default()
    };
    for text in texts.values() {
        let trust = config
            .sources
            .iter()
            .find(|source| *source.id == *text.source);
        let speaker = trust.map_or(Speaker::Anyone, |source| speaker(source.trust));
        let before = old.fired(text, speaker);
        let after: BTreeSet<(String, String)> = fired(new, text, speaker)
            .into_iter()
            .map(|(rule, stance)| (rule.to_string(), stance.to_string()))
            .collect();
        for (change, rules) in [
            (Change::Added, after.difference(&before)),
            (Change::Lost, before.difference(&after)),
        ] {
            for (rule, stance) in rules {
                match change {
                    Change::Added => totals.added += 1,
                    Change::Lost => totals.lost += 1,
                }
                tell(&difference(change, rule, stance, text), json, out)?;
            }
        }
    }
    Ok(totals)
}

fn difference<'a>(change: Change, rule: &'a str, stance: &str, text: &'a Kept) -> Difference<'a> {
    Difference {
        change,
        rule,
        stance: if stance == "denies" {
            Stance::Denies
        } else {
            Stance::Asserts
        },
        source: &text.source,
        id: &text.document.id,
        url: text.document.url.as_deref(),
        title: &text.document.title,
    }
}

fn tell(found: &Difference<'_>, json: bool, out: &mut impl Write) -> anyhow::Result<()> {
    if json {
        serde_json::to_writer(&mut *out, found)?;
        writeln!(out)?;
        return Ok(());
    }
    let sign = match found.change {
        Change::Added => '+',
        Change::Lost => '-',
    };
    let place = found.url.unwrap_or(found.id);
    writeln!(
        out,
        "{sign} {} ({}) {} · {} · {place}",
        found.rule, found.stance, found.source, found.title
    )?;
    Ok(())
}
