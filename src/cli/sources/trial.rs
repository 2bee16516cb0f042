//! `sources test`: what a source or an address would yield, and a block for it.

use std::io::Write;
use std::sync::Arc;

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;
use url::Url;

use super::super::Exit;
use super::super::recipe::{self, Recipe};
use super::super::setting::{Setting, explained};
use super::candidates;
use crate::config::Config;
use crate::daemon::further;
use crate::extract::{self, Discovery, Extracted, Limits};
use crate::fetch::{self, Accept, Failure, Fetched, Fetcher, Outcome, Request};
use crate::message::{Lang, Message, say};
use crate::source::{Draft, Kind, Source, closed, fresh_id, recognised};

/// Items that are shown.
const SHOWN: usize = 5;

/// What `sources test` is asked to do.
#[derive(Debug, Args)]
pub(in crate::cli) struct TestArgs {
    /// A source of the configuration, or an address
    #[arg(value_name = "ID|URL")]
    what: String,
    /// The kind, where the address does not tell
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    #[command(flatten)]
    recipe: Recipe,
    /// One JSON object instead of text
    #[arg(long)]
    json: bool,
}

/// What was found out.
#[derive(Debug, Serialize)]
struct Report {
    /// Where the items were read.
    url: Url,
    kind: Kind,
    count: usize,
    items: Vec<Item>,
    notes: Vec<String>,
    /// The ready block.
    block: String,
}

/// An item as far as it is shown.
#[derive(Debug, Serialize)]
struct Item {
    title: String,
    url: Option<String>,
    published: Option<Timestamp>,
    /// Letters of the text.
    letters: usize,
}

/// What the command works with.
struct Trial {
    fetcher: Fetcher,
    limits: Limits,
    lang: Lang,
    config: Option<Config>,
}

pub(super) async fn run(
    args: &TestArgs,
    setting: &Setting,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let loaded = setting.load();
    let lang = setting.lang(&loaded);
    let config = loaded.config;
    let settings = config.as_ref().map(|config| config.fetch.clone());
    let tz = config
        .as_ref()
        .map_or_else(super::super::extraction::vietnam, |config| {
            config.office.tz.clone()
        });
    let trial = Trial {
        fetcher: Fetcher::new(&settings.unwrap_or_default())?,
        limits: Limits::new(tz).at(Timestamp::now()),
        lang,
        config,
    };
    let report = trial.report(args).await?;
    if args.json {
        writeln!(out, "{}", serde_json::to_string(&report)?)?;
    } else {
        trial.tell(&report, out)?;
    }
    Ok(if report.count == 0 {
        Exit::Problems
    } else {
        Exit::Done
    })
}

impl Trial {
    async fn report(&self, args: &TestArgs) -> anyhow::Result<Report> {
        if !args.what.contains("://") {
            let source = self.named(&args.what)?;
            let draft = Draft::from(&source);
            let extracted = self.read(&Arc::new(source)).await;
            let extracted = extracted.map_err(|failure| self.failed(&failure))?;
            return self.reported(draft, &extracted);
        }
        let url = Url::parse(&args.what).map_err(|_| {
            let what = Message::new("extract-bad-url").with("url", &args.what);
            explained(self.lang, &what, &Message::new("extract-bad-url-mend"))
        })?;
        let kind = match args.kind.as_deref() {
            Some(kind) => Some(recipe::kind(kind, self.lang)?),
            None => recognised(&url),
        };
        if let Some(refused) = closed(kind, &url) {
            return Err(explained(
                self.lang,
                &refused.what.with("url", &url),
                &refused.mend,
            ));
        }
        let recipe = args.recipe.keys();
        let told = kind.or((!recipe.is_empty()).then_some(Kind::Page));
        match told {
            Some(kind) => {
                let mut draft = Draft::new("thu", kind, url.as_str());
                draft.recipe = recipe;
                draft.follow = (kind == Kind::Page).then_some(true);
                let extracted = self.try_out(&draft).await?;
                self.reported(draft, &extracted)
            }
            None => self.found(&url).await,
        }
    }

    /// The first candidate of an address that yields something.
    async fn found(&self, url: &Url) -> anyhow::Result<Report> {
        let fetched = self.get(url, Accept::Feed).await;
        let fetched = fetched.map_err(|failure| self.failed(&failure))?;
        let head = String::from_utf8_lossy(&fetched.body[..fetched.body.len().min(1024)])
            .to_ascii_lowercase();
        if !head.contains("<html") && !head.contains("<!doctype html") {
            let sitemap = head.contains("<urlset") || head.contains("<sitemapindex");
            let kind = if sitemap { Kind::Sitemap } else { Kind::Feed };
            let draft = Draft::new("thu", kind, url.as_str());
            let extracted = self.try_out(&draft).await?;
            return self.reported(draft, &extracted);
        }
        let page = fetched.url.clone();
        let found = self.discover(fetched).await?;
        if let Some(door) = self.door(&found, url) {
            return Err(door);
        }
        for draft in candidates::told(&page, &found) {
            if let Some(report) = self.promising(draft, &found).await {
                return Ok(report);
            }
        }
        for draft in candidates::usual(&page) {
            if let Some(report) = self.promising(draft, &found).await {
                return Ok(report);
            }
        }
        let robots = self.robots(&page).await;
        let page_itself = candidates::page_itself(&page, &found);
        let (list, whole): (Vec<Draft>, Vec<Draft>) = page_itself
            .into_iter()
            .partition(|draft| draft.kind == Kind::Page);
        let sitemaps = candidates::sitemaps(&page, &robots);
        for draft in list.into_iter().chain(sitemaps).chain(whole) {
            if let Some(report) = self.promising(draft, &found).await {
                return Ok(report);
            }
        }
        Err(explained(
            self.lang,
            &Message::new("sources-nothing").with("url", url),
            &Message::new("sources-nothing-mend"),
        ))
    }

    /// Why the page cannot be watched at all, in plain words.
    fn door(&self, found: &Discovery, url: &Url) -> Option<anyhow::Error> {
        let (what, mend) = if found.asks_login {
            ("sources-login", "sources-login-mend")
        } else if found.needs_scripts && found.feeds.is_empty() {
            // Its feeds and sitemaps can be read all the same.
            super::super::report::to_stderr(&say(self.lang, "gathering-note-scripts"));
            return None;
        } else {
            return None;
        };
        let what = Message::new(what).with("url", url);
        Some(explained(self.lang, &what, &Message::new(mend)))
    }

    /// What a candidate yields, where it does.
    async fn promising(&self, mut draft: Draft, found: &Discovery) -> Option<Report> {
        let source = draft.settle().ok()?;
        let extracted = self.read(&Arc::new(source)).await.ok()?;
        if extracted.documents.is_empty() {
            return None;
        }
        draft.name.clone_from(&found.title);
        self.reported(draft, &extracted).ok()
    }

    async fn try_out(&self, draft: &Draft) -> anyhow::Result<Extracted> {
        let source = draft
            .settle()
            .map_err(|problems| recipe::listed(&problems, self.lang))?;
        let read = self.read(&Arc::new(source)).await;
        read.map_err(|failure| self.failed(&failure))
    }

    async fn read(&self, source: &Arc<Source>) -> Result<Extracted, Failure> {
        let request = further::request(source, &source.url);
        match self.fetcher.fetch(request).await {
            Outcome::Fetched(fetched) => {
                further::extract(&self.fetcher, None, source, &self.limits, *fetched).await
            }
            Outcome::Failed(failure) => Err(failure),
            // Only a conditional request is answered so.
            Outcome::NotModified { .. } => Ok(Extracted::default()),
        }
    }

    async fn get(&self, url: &Url, accept: Accept) -> Result<Fetched, Failure> {
        match self.fetcher.fetch(Request::new(url, accept)).await {
            Outcome::Fetched(fetched) => Ok(*fetched),
            Outcome::Failed(failure) => Err(failure),
            Outcome::NotModified { .. } => Err(Failure::new(
                fetch::FailureClass::Unreadable,
                "304 without being asked",
            )),
        }
    }

    async fn discover(&self, fetched: Fetched) -> anyhow::Result<Discovery> {
        let limits = self.limits.clone();
        let found = tokio::task::spawn_blocking(move || extract::discover(&fetched, &limits));
        found.await?.map_err(|failure| self.failed(&failure))
    }

    async fn robots(&self, page: &Url) -> String {
        let Ok(url) = page.join("/robots.txt") else {
            return String::new();
        };
        let read = self.get(&url, Accept::Page).await;
        read.map_or_else(
            |_| String::new(),
            |read| String::from_utf8_lossy(&read.body).into_owned(),
        )
    }

    fn named(&self, id: &str) -> anyhow::Result<Source> {
        let sources = self.config.iter().flat_map(|config| &config.sources);
        let found = sources.clone().find(|source| &*source.id == id);
        found.cloned().ok_or_else(|| {
            let mend = match crate::problem::nearest(id, sources.map(|source| &*source.id)) {
                Some(near) => Message::new("sources-no-id-near").with("near", near),
                None => Message::new("extract-no-source-mend"),
            };
            explained(
                self.lang,
                &Message::new("extract-no-source").with("id", id),
                &mend,
            )
        })
    }

    fn reported(&self, mut draft: Draft, extracted: &Extracted) -> anyhow::Result<Report> {
        let url = draft
            .settle()
            .map_err(|problems| recipe::listed(&problems, self.lang))?
            .url;
        if draft.id == "thu" {
            let host = url
                .host_str()
                .unwrap_or_default()
                .trim_start_matches("www.");
            let taken = |id: &str| {
                let mut sources = self.config.iter().flat_map(|config| &config.sources);
                sources.any(|source| &*source.id == id)
            };
            draft.id = fresh_id(&wish(host, &draft), &taken);
            // Looked up once: the feed's own address spares the look-up at every poll.
            if draft.kind == Kind::Youtube && extracted.further.len() == 1 {
                draft.url = extracted.further[0].to_string();
            }
        }
        let notes = extracted
            .notes
            .iter()
            .map(|note| note.what().say(self.lang));
        let items = extracted.documents.iter().take(SHOWN).map(|document| Item {
            title: document.title.clone(),
            url: document.url.clone(),
            published: document.published,
            letters: document.text.chars().count(),
        });
        Ok(Report {
            url,
            kind: draft.kind,
            count: extracted.documents.len(),
            notes: notes.collect(),
            items: items.collect(),
            block: draft.to_toml(),
        })
    }

    fn failed(&self, failure: &Failure) -> anyhow::Error {
        let what = Message::new("sources-failed")
            .with("class", failure.class.what().say(self.lang))
            .with("detail", &failure.detail);
        explained(self.lang, &what, &Message::new("extract-failed-mend"))
    }

    fn tell(&self, report: &Report, out: &mut impl Write) -> std::io::Result<()> {
        let head = Message::new("sources-read")
            .with("kind", report.kind)
            .with("url", &report.url)
            .count("count", report.count);
        writeln!(out, "{}\n", head.say(self.lang))?;
        for (at, item) in report.items.iter().enumerate() {
            let time = item.published.map_or_else(
                || say(self.lang, "extract-undated"),
                |time| {
                    time.to_zoned_datetime(self.limits.tz.clone())
                        .strftime("%d/%m/%Y %H:%M")
                        .to_string()
                },
            );
            let letters = Message::new("sources-letters").count("count", item.letters);
            let title = match item.title.as_str() {
                "" => say(self.lang, "sources-untitled"),
                title => title.to_owned(),
            };
            writeln!(out, "{}. {title}", at + 1)?;
            let url = item.url.as_deref().unwrap_or("-");
            writeln!(out, "   {time} · {} · {url}", letters.say(self.lang))?;
        }
        for note in &report.notes {
            writeln!(out, "! {note}")?;
        }
        writeln!(
            out,
            "\n{}\n\n{}",
            say(self.lang, "sources-block"),
            report.block
        )
    }
}

/// What an id is made of: the host, and for a platform whose host says nothing, the name.
fn wish(host: &str, draft: &Draft) -> String {
    let platform = matches!(
        draft.kind,
        Kind::Telegram | Kind::Youtube | Kind::Reddit | Kind::Mastodon
    );
    let name = draft
        .url
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or_default();
    match platform {
        true => format!("{} {}", draft.kind, name.trim_start_matches('@')),
        false => host.to_owned(),
    }
}
