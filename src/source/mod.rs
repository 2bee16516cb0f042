//! What is watched: one public source each, as settled from `[[source]]` blocks.

mod draft;
pub mod opml;
mod platform;
mod read;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json_path::JsonPath;
use url::Url;

pub use draft::{Draft, fresh_id};
pub use platform::{Refused, closed, fetched_at, recognised};
pub use read::{Credentials, Known, read_sources};

/// How a source is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// RSS, Atom or JSON Feed.
    Feed,
    /// A list page read by CSS selectors.
    Page,
    /// One page, watched for its main text.
    Article,
    /// What a site lists for search engines: its pages, or its news with titles and times.
    Sitemap,
    /// The public preview of a Telegram channel.
    Telegram,
    /// The public feed of a YouTube channel or playlist.
    Youtube,
    /// The public feed of a subreddit.
    Reddit,
    /// The public feed of a Mastodon account or tag.
    Mastodon,
    /// The public feed of a forum or of one of its sections.
    Forum,
    /// A documented API, read by JSONPath.
    Json,
}

/// Who speaks there: weighs stance and severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Trust {
    /// A social page or forum.
    Social,
    /// A licensed press body.
    Press,
    /// A state body.
    Official,
}

/// A source with all its settings settled.
#[derive(Debug, Clone)]
pub struct Source {
    /// Stable name in mails, logs and files: lower-case letters, digits, hyphens.
    pub id: Arc<str>,
    /// What officers read in mails; the id where the file names none.
    pub name: String,
    /// How it is read.
    pub kind: Kind,
    /// Where it is fetched; for a platform, the feed that belongs to the written address.
    pub url: Url,
    /// The address as the file writes it.
    pub address: Url,
    /// Who speaks there.
    pub trust: Trust,
    /// How often it is looked at.
    pub every: Duration,
    /// Free words that routes may match.
    pub tags: Vec<String>,
    /// Selectors of a [`Kind::Page`]; `None` for other kinds.
    pub page: Option<Box<PageRecipe>>,
    /// Paths of a [`Kind::Json`]; `None` for other kinds.
    pub api: Option<Box<ApiRecipe>>,
    /// Whether each new item's page is fetched for its main text.
    pub follow: bool,
}

impl Source {
    /// A source that no file names: an address given on the command line.
    #[must_use]
    pub fn ad_hoc(kind: Kind, url: Url) -> Self {
        let id = url.host_str().unwrap_or("-");
        Self {
            address: url.clone(),
            id: Arc::from(id),
            name: id.to_owned(),
            kind,
            url,
            trust: Trust::Social,
            every: read::DEFAULT_EVERY,
            tags: Vec::new(),
            page: None,
            api: None,
            follow: false,
        }
    }
}

/// How the items of a list page are found. Selectors were parsed once when the file was read,
/// so each is known to be valid.
#[derive(Debug, Clone)]
pub struct PageRecipe {
    /// Each match is one item.
    pub item: CssPath,
    /// The link inside an item.
    pub link: CssPath,
    /// The title inside an item; the link's text where there is none.
    pub title: Option<CssPath>,
    /// The text inside an item.
    pub text: Option<CssPath>,
    /// The publication time inside an item.
    pub time: Option<CssPath>,
    /// strptime-like format of the time, in the office's time zone.
    pub time_format: Option<String>,
}

/// How the items of a JSON answer are found, by RFC 9535. Paths were parsed once when the file
/// was read. Those inside an item begin at the item: `$` is the item itself.
#[derive(Debug, Clone)]
pub struct ApiRecipe {
    /// Each match is one item.
    pub item: JsonPath,
    /// The item's lasting name inside it.
    pub id: Option<JsonPath>,
    /// The item's address inside it.
    pub link: Option<JsonPath>,
    /// The title inside an item.
    pub title: Option<JsonPath>,
    /// The text inside an item; several matches are paragraphs.
    pub text: Option<JsonPath>,
    /// The publication time inside an item.
    pub time: Option<JsonPath>,
    /// strptime-like format of the time, in the office's time zone.
    pub time_format: Option<String>,
    /// Headers of the request, as the API's operator gave them out. All are marked sensitive, so
    /// that nothing prints them.
    pub headers: Arc<HeaderMap>,
}

/// A CSS selector with an optional attribute: `a@href`, `div.item`, `time@datetime`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CssPath {
    /// The selector proper; empty means the item itself (`@href` where the item is a link).
    pub css: String,
    /// The attribute to take instead of the text.
    pub attribute: Option<String>,
}

impl CssPath {
    /// Parts a selector from its attribute. An `@` inside the selector (`a[href*="@"]`) is left
    /// alone, since what follows it is no attribute's name.
    #[must_use]
    pub fn parse(written: &str) -> Self {
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':');
        let written = written.trim();
        match written.rsplit_once('@') {
            Some((css, name)) if !name.is_empty() && name.chars().all(is_name) => Self {
                css: css.trim_end().to_owned(),
                attribute: Some(name.to_ascii_lowercase()),
            },
            _ => Self {
                css: written.to_owned(),
                attribute: None,
            },
        }
    }
}

impl fmt::Display for CssPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.css)?;
        match &self.attribute {
            Some(attribute) => write!(f, "@{attribute}"),
            None => Ok(()),
        }
    }
}

macro_rules! words {
    ($type:ty, $wanted:literal, $($word:literal => $value:expr),+) => {
        impl $type {
            /// The values as files write them, for problem reports.
            pub const WANTED: &'static str = $wanted;
        }
        impl FromStr for $type {
            type Err = ();
            fn from_str(s: &str) -> Result<Self, ()> {
                match s { $($word => Ok($value),)+ _ => Err(()) }
            }
        }
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(v if *v == $value => $word,)+ _ => "" })
            }
        }
    };
}

words!(Kind, "feed | page | article | sitemap | telegram | youtube | reddit | mastodon | forum | json",
    "feed" => Self::Feed, "page" => Self::Page, "article" => Self::Article,
    "sitemap" => Self::Sitemap, "telegram" => Self::Telegram, "youtube" => Self::Youtube,
    "reddit" => Self::Reddit, "mastodon" => Self::Mastodon, "forum" => Self::Forum,
    "json" => Self::Json);
words!(Trust, "official | press | social",
    "official" => Self::Official, "press" => Self::Press, "social" => Self::Social);

#[cfg(test)]
mod tests;
