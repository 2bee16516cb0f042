//! `[[source]]` blocks → settled sources, every problem listed at its place.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use scraper::Selector;
use scraper::error::SelectorErrorKind;
use url::{Host, Url};

use super::{CssPath, Kind, PageRecipe, Source, Trust};
use crate::message::Message;
use crate::problem::toml::Table;
use crate::problem::{Problem, Spanned};

/// How often a source is looked at where its block does not say.
pub(super) const DEFAULT_EVERY: Duration = Duration::from_secs(15 * 60);
/// The shortest interval that a public server is asked at.
const SHORTEST_EVERY: Duration = Duration::from_secs(60);
/// The shortest interval on servers of one's own: loopback and the names kept for tests.
const SHORTEST_TEST_EVERY: Duration = Duration::from_secs(1);
/// Kinds that other tools know and canhtin does not read yet.
const NOT_YET: [&str; 6] = [
    "sitemap", "telegram", "youtube", "reddit", "mastodon", "json",
];
/// Keys that only a page has.
const PAGE_KEYS: [&str; 6] = ["item", "link", "title", "text", "time", "time_format"];

/// What earlier blocks took, in this file and in the files read before it: one value is passed
/// through all of them, so that a double is found wherever it stands.
#[derive(Debug, Default)]
pub struct Known {
    ids: BTreeMap<String, Place>,
    urls: BTreeMap<String, String>,
}

#[derive(Debug)]
struct Place {
    file: PathBuf,
    line: usize,
}

/// Reads every `[[source]]` block of a file's root table. A block with an error is left out;
/// the problems say why.
#[must_use]
pub fn read_sources(mut root: Table<'_>, known: &mut Known) -> Vec<Source> {
    let blocks = root.tables("source");
    root.finish();
    blocks
        .into_iter()
        .filter_map(|block| read_source(block, known))
        .collect()
}

fn read_source(mut block: Table<'_>, known: &mut Known) -> Option<Source> {
    let id = read_id(&mut block, known);
    let kind = read_kind(&mut block);
    let url = read_url(&mut block, known);
    let name = block.string("name");
    let trust = block.parsed::<Trust>("trust", Trust::WANTED);
    let every = read_every(&mut block, url.as_ref());
    let tags = block.strings("tags").unwrap_or_default();
    let follow = block.boolean("follow");
    let page = match kind {
        Some(Kind::Page) => read_page(&mut block),
        Some(kind) => {
            refuse_page_keys(&mut block, kind);
            None
        }
        // What the block needs is not known; its page keys are not to be called unknown.
        None => {
            for key in PAGE_KEYS {
                let _ = block.string(key);
            }
            None
        }
    };
    if let (Some(Kind::Article), Some(follow)) = (kind, &follow)
        && follow.value
    {
        warn(
            &block,
            follow.span.clone(),
            Message::new("source-follow-article"),
            Message::new("source-follow-article-mend"),
        );
    }
    block.finish();

    let (id, kind, url) = (id?, kind?, url?);
    if kind == Kind::Page && page.is_none() {
        return None;
    }
    known
        .urls
        .entry(url.to_string())
        .or_insert_with(|| id.clone());
    Some(Source {
        name: name.map_or_else(|| id.clone(), |name| name.value),
        id: Arc::from(id),
        kind,
        url,
        trust: trust.map_or(Trust::Social, |trust| trust.value),
        every: every.unwrap_or(DEFAULT_EVERY),
        tags: tags.into_iter().map(|tag| tag.value).collect(),
        page,
        follow: kind != Kind::Article && follow.is_some_and(|follow| follow.value),
    })
}

fn warn(block: &Table<'_>, span: Range<usize>, what: Message, mend: Message) {
    block
        .problems()
        .push(Problem::warning(block.file(), span, what).mend(mend));
}

fn read_id(block: &mut Table<'_>, known: &mut Known) -> Option<String> {
    let id = block.required("id", "\"cong-huyen\"")?;
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if id.value.is_empty() || id.value.len() > 64 || !id.value.chars().all(fits) {
        block.error(
            id.span,
            Message::new("source-bad-id").with("id", &id.value),
            Message::new("source-bad-id-mend"),
        );
        return None;
    }
    if let Some(place) = known.ids.get(&id.value) {
        block.error(
            id.span,
            Message::new("source-duplicate-id").with("id", &id.value),
            Message::new("source-duplicate-id-mend")
                .with("file", place.file.display())
                .with("line", place.line),
        );
        return None;
    }
    let place = Place {
        file: block.file().path.clone(),
        line: block.file().position(id.span.start).0,
    };
    known.ids.insert(id.value.clone(), place);
    Some(id.value)
}

fn read_kind(block: &mut Table<'_>) -> Option<Kind> {
    if !block.has("kind") {
        block.missing("kind", "\"feed\"");
    }
    let kind = block.string("kind")?;
    if NOT_YET.contains(&kind.value.as_str()) {
        block.error(
            kind.span,
            Message::new("source-kind-not-yet").with("kind", &kind.value),
            Message::new("source-kind-not-yet-mend").with("wanted", Kind::WANTED),
        );
        return None;
    }
    block
        .parsed::<Kind>("kind", Kind::WANTED)
        .map(|kind| kind.value)
}

fn read_url(block: &mut Table<'_>, known: &Known) -> Option<Url> {
    let written = block.required("url", "\"https://…\"")?;
    let refuse = |what: Message, mend: Message| {
        block.error(written.span.clone(), what.with("url", &written.value), mend);
        None
    };
    let url = match Url::parse(written.value.trim()) {
        Ok(url) => url,
        Err(url::ParseError::RelativeUrlWithoutBase) => {
            return refuse(
                Message::new("source-url-no-scheme"),
                Message::new("source-url-no-scheme-mend")
                    .with("url", written.value.trim_start_matches('/')),
            );
        }
        Err(error) => {
            return refuse(
                Message::new("source-bad-url").with("error", error),
                Message::new("source-bad-url-mend"),
            );
        }
    };
    if !matches!(url.scheme(), "http" | "https") {
        return refuse(
            Message::new("source-bad-scheme").with("scheme", url.scheme()),
            Message::new("source-bad-scheme-mend"),
        );
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse(
            Message::new("source-url-login"),
            Message::new("source-url-login-mend"),
        );
    }
    if let Some(other) = known.urls.get(url.as_str()) {
        warn(
            block,
            written.span,
            Message::new("source-duplicate-url").with("other", other),
            Message::new("source-duplicate-url-mend"),
        );
    }
    Some(url)
}

fn read_every(block: &mut Table<'_>, url: Option<&Url>) -> Option<Duration> {
    let every = block.duration("every")?;
    if every.value >= SHORTEST_EVERY {
        return Some(every.value);
    }
    let own = url.is_some_and(is_own_server);
    let (what, mend) = (
        Message::new("source-every-short"),
        Message::new("source-every-short-mend"),
    );
    if own && every.value >= SHORTEST_TEST_EVERY {
        warn(block, every.span, what, mend);
        return Some(every.value);
    }
    block.error(every.span, what, mend);
    None
}

/// Whether the address is one's own server or a name that RFC 2606 and RFC 6761 keep for tests.
fn is_own_server(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => ["localhost", "example", "test"]
            .iter()
            .any(|top| name == *top || name.ends_with(&format!(".{top}"))),
        None => false,
    }
}

fn refuse_page_keys(block: &mut Table<'_>, kind: Kind) {
    for key in PAGE_KEYS {
        if let Some(value) = block.string(key) {
            block.error(
                value.span,
                Message::new("source-page-key")
                    .with("key", key)
                    .with("kind", kind),
                Message::new("source-page-key-mend").with("key", key),
            );
        }
    }
}

fn read_page(block: &mut Table<'_>) -> Option<PageRecipe> {
    let item = read_path(block, "item", Some("\"div.news-item\""));
    let link = read_path(block, "link", Some("\"a@href\""));
    let title = read_path(block, "title", None);
    let text = read_path(block, "text", None);
    let time = block.string("time");
    let time_path = time.clone().and_then(|time| checked_path(block, time));
    let time_format = read_time_format(block);
    match (&time, &time_path, &time_format) {
        (Some(time), Some(path), None) if path.attribute.as_deref() != Some("datetime") => warn(
            block,
            time.span.clone(),
            Message::new("source-time-no-format"),
            Message::new("source-time-no-format-mend"),
        ),
        (None, _, Some(format)) => warn(
            block,
            format.span.clone(),
            Message::new("source-format-no-time"),
            Message::new("source-format-no-time-mend"),
        ),
        _ => {}
    }
    let item = item?;
    if let Some(attribute) = &item.attribute {
        block.error(
            block.span(),
            Message::new("source-item-attribute").with("attribute", attribute),
            Message::new("source-item-attribute-mend"),
        );
        return None;
    }
    Some(PageRecipe {
        item,
        link: link?,
        title,
        text,
        time: time_path,
        time_format: time_format.map(|format| format.value),
    })
}

fn read_path(block: &mut Table<'_>, key: &'static str, required: Option<&str>) -> Option<CssPath> {
    let written = match required {
        Some(example) => block.required(key, example),
        None => block.string(key),
    }?;
    checked_path(block, written)
}

fn checked_path(block: &Table<'_>, written: Spanned<String>) -> Option<CssPath> {
    let path = CssPath::parse(&written.value);
    // An empty selector is the item itself; alone it says nothing.
    if path.css.is_empty() && path.attribute.is_some() {
        return Some(path);
    }
    match Selector::parse(&path.css) {
        Ok(_) => Some(path),
        Err(error) => {
            block.error(
                written.span,
                Message::new(reason(&error)).with("selector", &path.css),
                Message::new("source-bad-selector-mend"),
            );
            None
        }
    }
}

/// The parser's own words name its tokens, not what an admin wrote.
fn reason(error: &SelectorErrorKind) -> &'static str {
    let known = [
        ("EmptySelector", "source-selector-empty"),
        ("EndOfLine", "source-selector-unfinished"),
        ("DanglingCombinator", "source-selector-unfinished"),
        ("ClassNeedsIdent", "source-selector-class"),
        ("UnsupportedPseudo", "source-selector-pseudo"),
    ];
    let kind = format!("{error:?}");
    let found = known.iter().find(|(name, _)| kind.contains(name));
    found.map_or("source-bad-selector", |(_, message)| message)
}

fn read_time_format(block: &mut Table<'_>) -> Option<Spanned<String>> {
    let format = block.string("time_format")?;
    // A format that can be written can be read: a fixed time shows whether it is one.
    let sample = jiff::civil::date(2021, 8, 23)
        .at(14, 30, 0, 0)
        .to_zoned_datetime(jiff::tz::TimeZone::UTC)
        .ok()?;
    let tried = jiff::fmt::strtime::format(&format.value, &sample);
    match tried {
        Ok(_) if format.value.contains('%') => Some(format),
        _ => {
            block.error(
                format.span,
                Message::new("source-bad-format").with("format", &format.value),
                Message::new("source-bad-format-mend"),
            );
            None
        }
    }
}
