//! `extract`: what a source would yield from a file or an address.

use std::io::{Read as _, Write};
use std::path::Path;
use std::sync::Arc;

use clap::Args;
use jiff::tz::{Offset, TimeZone};
use url::Url;

use super::Exit;
use super::recipe::{self, Recipe};
use super::setting::{Setting, explained};
use crate::config::Config;
use crate::daemon::further;
use crate::document::Document;
use crate::extract::{self, Extracted, Limits};
use crate::fetch::{self, Failure, FailureClass, Fetched, Fetcher, Outcome, Request};
use crate::message::{Lang, Message, say};
use crate::problem::nearest;
use crate::source::{Kind, Source};

/// Letters of an item's text that the listing shows.
const SHOWN: usize = 300;

/// What `extract` is asked to do.
#[derive(Debug, Args)]
pub(super) struct ExtractArgs {
    /// A source of the configuration
    #[arg(long, value_name = "ID", conflicts_with_all = ["kind", "url"])]
    pub source: Option<String>,
    /// feed, page, article, sitemap, telegram, youtube, reddit, mastodon, forum or json [default:
    /// by what is read]
    #[arg(long, value_name = "KIND")]
    pub kind: Option<String>,
    #[command(flatten)]
    pub recipe: Recipe,
    /// The address that a file was saved from, for its relative links
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// One JSON object {"id","url","title","text","published"} for each item
    #[arg(long)]
    pub json: bool,
    /// A file (- is stdin) or an address [default: the source's own]
    #[arg(value_name = "FILE|URL")]
    pub input: Option<String>,
}

/// Carries the command out.
pub(super) async fn run(
    args: &ExtractArgs,
    setting: &Setting,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let mut extraction = Extraction::new(args, setting)?;
    let fetched = extraction.input(args).await?;
    let untold = args.kind.is_none() && args.source.is_none() && args.recipe.keys().is_empty();
    if untold && extraction.source.kind == Kind::Feed {
        extraction.source.kind = guess(&fetched);
    }
    let (lang, limits) = (extraction.lang, extraction.limits.clone());
    let source = Arc::new(extraction.source.clone());
    let extracted = extraction.extract(&source, fetched).await?;
    for note in &extracted.notes {
        super::report::to_stderr(&note.what().say(lang));
    }
    for (at, listed) in extracted.documents.iter().enumerate() {
        let document = extraction.followed(&source, listed).await;
        if args.json {
            serde_json::to_writer(&mut *out, &document)?;
            writeln!(out)?;
        } else {
            show(at + 1, &document, lang, &limits.tz, out)?;
        }
    }
    if !args.json {
        let count = Message::new("extract-count").count("count", extracted.documents.len());
        writeln!(out, "{}", count.say(lang))?;
    }
    Ok(Exit::Done)
}

/// What the command works with.
struct Extraction {
    source: Source,
    limits: Limits,
    lang: Lang,
    fetch: fetch::Settings,
    /// Set once something was asked of the network.
    fetcher: Option<Fetcher>,
}

impl Extraction {
    fn new(args: &ExtractArgs, setting: &Setting) -> anyhow::Result<Self> {
        // Only a named source needs a configuration; a file can be read without one.
        let (config, lang) = match &args.source {
            Some(_) => {
                let (config, lang, _) = setting.load_or_complain()?;
                (Some(config), lang)
            }
            None => {
                let loaded = setting.load();
                let lang = setting.lang(&loaded);
                (loaded.config, lang)
            }
        };
        let source = match (&args.source, &config) {
            (Some(id), Some(config)) => named(id, config, lang)?,
            _ => ad_hoc(args, lang)?,
        };
        let tz = config
            .as_ref()
            .map_or_else(vietnam, |config| config.office.tz.clone());
        Ok(Self {
            source,
            limits: Limits::new(tz).at(jiff::Timestamp::now()),
            lang,
            fetch: config.map(|config| config.fetch).unwrap_or_default(),
            fetcher: None,
        })
    }

    async fn input(&mut self, args: &ExtractArgs) -> anyhow::Result<Fetched> {
        match args.input.as_deref() {
            Some(input) if input.starts_with("http://") || input.starts_with("https://") => {
                let own = args.source.is_none() && args.url.is_none();
                let url = match own {
                    true => self.source.url.clone(),
                    false => parsed(input, self.lang)?,
                };
                self.get(&url).await
            }
            Some(input) => self.file(Path::new(input)),
            None if matches!(self.source.url.scheme(), "http" | "https") => {
                let url = self.source.url.clone();
                self.get(&url).await
            }
            None => Err(explained(
                self.lang,
                &Message::new("extract-no-input"),
                &Message::new("extract-no-input-mend"),
            )),
        }
    }

    /// The items; where a body names addresses instead, theirs, if the network was asked already.
    async fn extract(&self, source: &Arc<Source>, fetched: Fetched) -> anyhow::Result<Extracted> {
        let read = match &self.fetcher {
            Some(fetcher) => further::extract(fetcher, None, source, &self.limits, fetched).await,
            None => {
                let (source, limits) = (Arc::clone(source), self.limits.clone());
                let work = move || extract::extract(&source, &fetched, &limits);
                let read = tokio::task::spawn_blocking(work).await?;
                for url in read.iter().flat_map(|read| &read.further) {
                    let next = Message::new("extract-further").with("url", url);
                    super::report::to_stderr(&next.say(self.lang));
                }
                read
            }
        };
        read.map_err(|failure| failed(self.lang, &failure))
    }

    async fn get(&mut self, url: &Url) -> anyhow::Result<Fetched> {
        let fetcher = match self.fetcher.take() {
            Some(fetcher) => fetcher,
            None => Fetcher::new(&self.fetch)?,
        };
        let fetcher = self.fetcher.insert(fetcher);
        let request = further::request(&self.source, url);
        match fetcher.fetch(request).await {
            Outcome::Fetched(fetched) => Ok(*fetched),
            Outcome::Failed(failure) => Err(failed(self.lang, &failure)),
            // Only a conditional request is answered so.
            Outcome::NotModified { .. } => Err(anyhow::anyhow!("304")),
        }
    }

    fn file(&self, path: &Path) -> anyhow::Result<Fetched> {
        let mut body = Vec::new();
        let read = if path.as_os_str() == "-" {
            std::io::stdin().lock().read_to_end(&mut body)
        } else {
            std::fs::File::open(path).and_then(|mut file| file.read_to_end(&mut body))
        };
        read.map_err(|error| {
            let what = Message::new("extract-file").with("file", path.display());
            let mend = Message::new("extract-file-mend");
            explained(self.lang, &what.with("error", error), &mend)
        })?;
        Ok(Fetched::saved(self.source.url.clone(), None, body))
    }

    /// The item's own page where the source is followed and the network was asked already; what
    /// cannot be had stays as listed, as it would in the daemon.
    async fn followed(&self, source: &Arc<Source>, listed: &Document) -> Document {
        let url = listed.url.as_deref().and_then(|url| Url::parse(url).ok());
        let (true, Some(fetcher), Some(url)) = (source.follow, &self.fetcher, url) else {
            return listed.clone();
        };
        let request = Request::new(&url, fetch::Accept::Page);
        let Outcome::Fetched(fetched) = fetcher.fetch(request).await else {
            return listed.clone();
        };
        let (source, item, limits) = (Arc::clone(source), listed.clone(), self.limits.clone());
        let work = move || extract::article(&source, &fetched, &item, &limits);
        match tokio::task::spawn_blocking(work).await {
            Ok(Ok(document)) => document,
            _ => listed.clone(),
        }
    }
}

/// Where no configuration says otherwise, times are Vietnam's.
pub(super) fn vietnam() -> TimeZone {
    TimeZone::get("Asia/Ho_Chi_Minh").unwrap_or_else(|_| TimeZone::fixed(Offset::constant(7)))
}

fn named(id: &str, config: &Config, lang: Lang) -> anyhow::Result<Source> {
    if let Some(source) = config.sources.iter().find(|source| &*source.id == id) {
        return Ok(source.clone());
    }
    let mend = match nearest(id, config.sources.iter().map(|source| &*source.id)) {
        Some(near) => Message::new("extract-no-source-near").with("near", near),
        None => Message::new("extract-no-source-mend"),
    };
    Err(explained(
        lang,
        &Message::new("extract-no-source").with("id", id),
        &mend,
    ))
}

fn ad_hoc(args: &ExtractArgs, lang: Lang) -> anyhow::Result<Source> {
    let kind = args.kind.as_deref().map(|kind| recipe::kind(kind, lang));
    let input = args.input.as_deref().filter(|input| input.contains("://"));
    let url = args.url.as_deref().or(input).map(|url| parsed(url, lang));
    recipe::ad_hoc(kind.transpose()?, url.transpose()?, &args.recipe, lang)
}

fn parsed(url: &str, lang: Lang) -> anyhow::Result<Url> {
    Url::parse(url).map_err(|_| {
        let what = Message::new("extract-bad-url").with("url", url);
        explained(lang, &what, &Message::new("extract-bad-url-mend"))
    })
}

/// What was read, by its beginning: a page of links, a sitemap, else it should be a feed.
fn guess(fetched: &Fetched) -> Kind {
    let head = &fetched.body[..fetched.body.len().min(1024)];
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    if head.contains("<html") || head.contains("<!doctype html") {
        Kind::Page
    } else if head.contains("<urlset") || head.contains("<sitemapindex") {
        Kind::Sitemap
    } else {
        Kind::Feed
    }
}

fn failed(lang: Lang, failure: &Failure) -> anyhow::Error {
    if failure.class == FailureClass::Refused {
        let what = Message::new("extract-inside").with("detail", &failure.detail);
        return explained(lang, &what, &Message::new("extract-inside-mend"));
    }
    let what = Message::new("extract-failed")
        .with("class", failure.class)
        .with("detail", &failure.detail);
    explained(lang, &what, &Message::new("extract-failed-mend"))
}

fn show(
    number: usize,
    document: &Document,
    lang: Lang,
    tz: &TimeZone,
    out: &mut impl Write,
) -> std::io::Result<()> {
    let published = document.published.map_or_else(
        || say(lang, "extract-undated"),
        |time| {
            time.to_zoned_datetime(tz.clone())
                .strftime("%d/%m/%Y %H:%M")
                .to_string()
        },
    );
    writeln!(out, "{number}. {}", document.title)?;
    writeln!(
        out,
        "   {published} · {}",
        document.url.as_deref().unwrap_or("-")
    )?;
    let mut text: String = document.text.chars().take(SHOWN).collect();
    if text.len() < document.text.len() {
        text.push('…');
    }
    for line in text.lines().filter(|line| !line.is_empty()) {
        writeln!(out, "   {line}")?;
    }
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FEEDS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/feeds/");
    const PAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/pages/");

    fn args(input: Option<String>) -> ExtractArgs {
        ExtractArgs {
            source: None,
            kind: None,
            url: None,
            recipe: Recipe::default(),
            json: true,
            input,
        }
    }

    async fn said(args: &ExtractArgs) -> Result<String, String> {
        let setting = Setting::new(Some("no/such/canhtin.toml".into()), Some(Lang::En));
        let mut out = Vec::new();
        match run(args, &setting, &mut out).await {
            Ok(exit) => {
                assert_eq!(exit, Exit::Done);
                Ok(String::from_utf8(out).unwrap())
            }
            Err(error) => Err(error.to_string()),
        }
    }

    #[tokio::test]
    async fn json_lines_of_a_feed_without_any_configuration() {
        let said = said(&args(Some(format!("{FEEDS}gio-kieu-my.rss"))))
            .await
            .unwrap();
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(lines.len(), 3);
        assert_eq!(
            lines[1],
            "{\"id\":\"20210822090000\",\"url\":\"https://hengio.example/duong-ban-20210822.htm\",\
             \"title\":\"Đường lên bản đã thông xe\",\"text\":\"Sau mưa lũ, đoạn đường 14 km đã thông.\",\
             \"published\":\"2021-08-22T02:00:00Z\"}"
        );
    }

    #[tokio::test]
    async fn a_listing_for_people() {
        let listing = ExtractArgs {
            json: false,
            ..args(Some(format!("{FEEDS}nhat-ky.atom")))
        };
        let said = said(&listing).await.unwrap();
        let head = "1. Mùa cốm mới\n   23/08/2021 07:30 · https://nhatky.example/2021/08/mua-com-moi.html\n   \
                    Lúa nếp đã ngả màu.\n   Cả bản giã cốm từ sáng sớm.\n\n2. ";
        assert!(
            said.starts_with(head) && said.ends_with("\n3 items\n"),
            "{said}"
        );
    }

    #[tokio::test]
    async fn a_page_is_known_by_its_look_and_an_article_by_its_kind() {
        let page = args(Some(format!("{PAGES}danh-sach.html")));
        assert_eq!(said(&page).await.unwrap().lines().count(), 2);
        let article = ExtractArgs {
            kind: Some("article".to_owned()),
            url: Some("https://baomau.example/bai.html".to_owned()),
            ..args(Some(format!("{PAGES}bai-sapo.html")))
        };
        let said = said(&article).await.unwrap();
        assert!(
            said.starts_with("{\"id\":\"https://baomau.example/bai.html\""),
            "{said}"
        );
    }

    #[tokio::test]
    async fn mistakes_are_told_in_one_line_with_the_mend() {
        let fixture = || Some(format!("{PAGES}bai-sapo.html"));
        let kind = |kind: &str| ExtractArgs {
            kind: Some(kind.to_owned()),
            ..args(fixture())
        };
        for (args, begin) in [
            (args(None), "nothing to read was named → "),
            (
                args(Some("no-such-file".to_owned())),
                "the file no-such-file cannot be read: ",
            ),
            (
                args(Some("http://127.0.0.1:1/".to_owned())),
                "the address is not on the public network: ",
            ),
            (
                args(Some("https://".to_owned())),
                "\"https://\" is not an address → ",
            ),
            (kind("fed"), "the kind \"fed\" cannot be read → "),
            (kind("feed"), "it cannot be read [unreadable]: "),
        ] {
            let error = said(&args).await.unwrap_err();
            assert!(error.starts_with(begin) && error.contains(" → "), "{error}");
            assert!(!error.contains('\n'), "{error}");
        }
    }
}
