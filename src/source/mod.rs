//! What is watched: one public source each, as settled from `[[source]]` blocks.

mod read;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

pub use read::{Known, read_sources};

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
    /// Where it is.
    pub url: Url,
    /// Who speaks there.
    pub trust: Trust,
    /// How often it is looked at.
    pub every: Duration,
    /// Free words that routes may match.
    pub tags: Vec<String>,
    /// Selectors of a [`Kind::Page`]; `None` for other kinds.
    pub page: Option<PageRecipe>,
    /// Whether each new item's page is fetched for its main text.
    pub follow: bool,
}

impl Source {
    /// A source that no file names: an address given on the command line.
    #[must_use]
    pub fn ad_hoc(kind: Kind, url: Url) -> Self {
        let id = url.host_str().unwrap_or("-");
        Self {
            id: Arc::from(id),
            name: id.to_owned(),
            kind,
            url,
            trust: Trust::Social,
            every: read::DEFAULT_EVERY,
            tags: Vec::new(),
            page: None,
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

words!(Kind, "feed | page | article",
    "feed" => Self::Feed, "page" => Self::Page, "article" => Self::Article);
words!(Trust, "official | press | social",
    "official" => Self::Official, "press" => Self::Press, "social" => Self::Social);

#[cfg(test)]
mod tests;
