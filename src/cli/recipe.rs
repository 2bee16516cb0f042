//! The keys of a recipe as arguments, and the source that kind, address and recipe make.

use clap::Args;
use url::Url;

use super::setting::explained;
use crate::message::{Lang, Message};
use crate::problem::{Problem, Style, meant, render_all};
use crate::source::{Draft, Kind, Source, fetched_at, recognised};

/// Stands for the address of a file that was saved from nowhere known.
const NOWHERE: &str = "https://tep.invalid/";

/// Where the items are: CSS selectors of a page, JSONPath of an API.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct Recipe {
    /// What each item is: a CSS selector (page) or a JSONPath (json)
    #[arg(long, value_name = "WHERE", help_heading = "Recipe")]
    pub item: Option<String>,
    /// The lasting name of an item (json)
    #[arg(long, value_name = "WHERE", help_heading = "Recipe")]
    pub item_id: Option<String>,
    /// The link inside an item
    #[arg(long, value_name = "WHERE", help_heading = "Recipe")]
    pub link: Option<String>,
    /// The title inside an item
    #[arg(long, value_name = "WHERE", help_heading = "Recipe")]
    pub title: Option<String>,
    /// The text inside an item
    #[arg(long, value_name = "WHERE", help_heading = "Recipe")]
    pub text: Option<String>,
    /// The publication time inside an item
    #[arg(long, value_name = "WHERE", help_heading = "Recipe")]
    pub time: Option<String>,
    /// How the time is written, such as "%d/%m/%Y %H:%M"
    #[arg(long, value_name = "FORMAT", help_heading = "Recipe")]
    pub time_format: Option<String>,
    /// A ready recipe (json): graph-api
    #[arg(long, value_name = "NAME", help_heading = "Recipe")]
    pub preset: Option<String>,
}

impl Recipe {
    /// The keys that were given, as a block writes them.
    pub(super) fn keys(&self) -> Vec<(String, String)> {
        let keys = [
            ("preset", &self.preset),
            ("item", &self.item),
            ("item_id", &self.item_id),
            ("link", &self.link),
            ("title", &self.title),
            ("text", &self.text),
            ("time", &self.time),
            ("time_format", &self.time_format),
        ];
        keys.into_iter()
            .filter_map(|(key, value)| Some((key.to_owned(), value.clone()?)))
            .collect()
    }
}

/// The kind by its name.
pub(super) fn kind(written: &str, lang: Lang) -> anyhow::Result<Kind> {
    written.parse().map_err(|()| {
        let mend = match meant(written, Kind::WANTED) {
            Some(near) => Message::new("extract-bad-kind-near").with("near", near),
            None => Message::new("extract-bad-kind-mend").with("wanted", Kind::WANTED),
        };
        let what = Message::new("extract-bad-kind").with("kind", written);
        explained(lang, &what, &mend)
    })
}

/// A source that no file names. `kind`: as said, else by the address, else a feed.
pub(super) fn ad_hoc(
    kind: Option<Kind>,
    url: Option<Url>,
    recipe: &Recipe,
    lang: Lang,
) -> anyhow::Result<Source> {
    let kind = kind
        .or_else(|| recognised(url.as_ref()?))
        .unwrap_or(Kind::Feed);
    let keys = recipe.keys();
    if !keys.is_empty() {
        let written = url.as_ref().map_or(NOWHERE, Url::as_str);
        let mut draft = Draft::new("thu", kind, written);
        draft.recipe = keys;
        let mut source = draft.settle().map_err(|problems| listed(&problems, lang))?;
        source.follow = false;
        if url.is_none() {
            source.url = nowhere()?;
        }
        return Ok(source);
    }
    let Some(url) = url else {
        return Ok(Source::ad_hoc(kind, nowhere()?));
    };
    let fetched = fetched_at(kind, &url)
        .map_err(|refused| explained(lang, &refused.what.with("url", &url), &refused.mend))?;
    let mut source = Source::ad_hoc(kind, url);
    source.url = fetched;
    Ok(source)
}

/// Links relative to nothing known lead nowhere, and are left out.
fn nowhere() -> anyhow::Result<Url> {
    Ok(Url::parse("file:///")?)
}

/// The problems, as `check` shows them, in one error.
pub(super) fn listed(problems: &[Problem], lang: Lang) -> anyhow::Error {
    anyhow::anyhow!("{}", render_all(problems, lang, Style::Plain).trim())
}
