//! `refutations import`: what fact checkers tell machines (ClaimReview) as ready blocks of
//! `refutations.toml`, each with the rule that finds its claim.

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::path::Path;

use anyhow::{Context, anyhow};
use clap::Subcommand;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use url::Url;

use super::Exit;
use super::setting::Setting;
use crate::config::Config;
use crate::document::Document;
use crate::extract::{self, ClaimReview};
use crate::fetch::{Accept, Fetcher, Outcome, Request};
use crate::keyword::{REFUTATIONS, Rulebook};
use crate::message::{Lang, Message, say};
use crate::scan::{Scanner, Speaker};

/// Bytes of a file that are read.
const MAX_FILE: u64 = 32 << 20;

/// What `refutations` is asked to do.
#[derive(Debug, Subcommand)]
pub(super) enum RefutationsCommand {
    /// Read a fact checker's page, or a file of ClaimReview, as blocks of refutations.toml
    Import {
        /// An address, or a file of HTML, JSON or JSON lines; - for stdin
        from: String,
        /// Append the blocks to refutations.toml instead of printing them
        #[arg(long)]
        append: bool,
    },
}

/// What a file already knows, and how claims are matched to rules.
struct Desk<'a> {
    scanner: Scanner,
    rules: &'a Rulebook,
    tz: TimeZone,
    lang: Lang,
}

pub(super) async fn run(
    command: &RefutationsCommand,
    setting: &Setting,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let RefutationsCommand::Import { from, append } = command;
    let (config, lang, _) = setting.load_or_complain()?;
    let (body, content_type, page) = read(from, &config).await?;
    let tz = config.office.tz.clone();
    let reviews = extract::claims(&body, content_type.as_deref(), &tz);
    let desk = Desk {
        scanner: Scanner::new(std::sync::Arc::clone(&config.rulebook)),
        rules: &config.rulebook,
        tz,
        lang,
    };
    let (mut blocks, mut matched, mut skipped) = (String::new(), 0, 0);
    for review in &reviews {
        let rules = desk.rules_of(review);
        if !review.refuted || rules.is_empty() {
            skipped += 1;
            super::report::to_stderr(&desk.why_not(review));
            continue;
        }
        for rule in rules {
            if desk.is_known(&rule, review, page.as_ref()) {
                skipped += 1;
                continue;
            }
            matched += 1;
            blocks.push_str(&desk.block(&rule, review, page.as_ref()));
        }
    }
    if *append && matched > 0 {
        add(&config.keywords.join(REFUTATIONS), &blocks)?;
    } else {
        write!(out, "{blocks}")?;
    }
    let told = Message::new("cli-refutations-read")
        .count("reviews", reviews.len())
        .count("matched", matched)
        .count("skipped", skipped);
    super::report::to_stderr(&told.say(lang));
    Ok(if matched > 0 {
        Exit::Done
    } else {
        Exit::Problems
    })
}

async fn read(
    from: &str,
    config: &Config,
) -> anyhow::Result<(Vec<u8>, Option<String>, Option<Url>)> {
    if from.starts_with("http://") || from.starts_with("https://") {
        let url = Url::parse(from)?;
        let fetcher = Fetcher::new(&config.fetch)?;
        return match fetcher.fetch(Request::new(&url, Accept::Page)).await {
            Outcome::Fetched(page) => Ok((page.body, page.content_type, Some(page.url))),
            Outcome::Failed(failure) => {
                Err(anyhow!("{url}: {}: {}", failure.class, failure.detail))
            }
            Outcome::NotModified { .. } => Err(anyhow!("{url}: 304")),
        };
    }
    let mut body = Vec::new();
    if from == "-" {
        std::io::stdin()
            .lock()
            .take(MAX_FILE)
            .read_to_end(&mut body)?;
    } else {
        let file = std::fs::File::open(from).with_context(|| from.to_owned())?;
        file.take(MAX_FILE).read_to_end(&mut body)?;
    }
    Ok((body, None, None))
}

impl Desk<'_> {
    /// The rules of rumours that find the claim, whether it is told as true or denied.
    fn rules_of(&self, review: &ClaimReview) -> Vec<String> {
        let document = Document {
            id: String::new(),
            url: None,
            title: String::new(),
            text: review.claim.clone(),
            published: None,
        };
        let mut rules: Vec<String> = self
            .scanner
            .scan(&document, Speaker::Anyone)
            .iter()
            .map(|hit| hit.rule.id.to_string())
            .collect();
        rules.dedup();
        rules
    }

    /// Whether the rule has this refutation already.
    fn is_known(&self, rule: &str, review: &ClaimReview, page: Option<&Url>) -> bool {
        let url = review.url.as_deref().or(page.map(Url::as_str));
        self.rules
            .metas()
            .filter(|meta| *meta.id == *rule)
            .flat_map(|meta| &meta.refutations)
            .any(|known| match url {
                Some(url) => known.url.as_deref() == Some(url),
                None => known.title == review.claim,
            })
    }

    /// A block as people write it. What is not told is left to be filled in, so that `check`
    /// asks for it.
    fn block(&self, rule: &str, review: &ClaimReview, page: Option<&Url>) -> String {
        let text = |text: &str| toml::Value::String(text.to_owned()).to_string();
        let host = page.and_then(Url::host_str);
        let by = review.by.as_deref().or(host).unwrap_or_default();
        let mut block = format!(
            "\n[[refutation]]\nrule  = {}\ntitle = {}\nby    = {}\n",
            text(rule),
            text(&review.claim),
            text(by)
        );
        match review.at.map(|at| self.day(at)) {
            Some(day) => block.push_str(&format!("at    = {day}\n")),
            None => block.push_str(&format!(
                "# at  =   {}\n",
                say(self.lang, "cli-refutations-day")
            )),
        }
        if let Some(url) = review.url.as_deref().or(page.map(Url::as_str)) {
            block.push_str(&format!("url   = {}\n", text(url)));
        }
        block
    }

    fn day(&self, at: Timestamp) -> jiff::civil::Date {
        at.to_zoned_datetime(self.tz.clone()).date()
    }

    fn why_not(&self, review: &ClaimReview) -> String {
        let id = match review.refuted {
            true => "cli-refutations-no-rule",
            false => "cli-refutations-not-false",
        };
        Message::new(id)
            .with("claim", &review.claim)
            .with("rating", review.rating.as_deref().unwrap_or("–"))
            .say(self.lang)
    }
}

/// One write, so that a reload that comes between sees all of it or nothing.
fn add(path: &Path, blocks: &str) -> anyhow::Result<()> {
    let file = OpenOptions::new().create(true).append(true).open(path);
    let mut file = file.with_context(|| path.display().to_string())?;
    file.write_all(blocks.as_bytes())?;
    file.sync_all()?;
    Ok(())
}
