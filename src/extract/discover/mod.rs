//! What a page tells of itself: the feeds it names, what made it, how its list is built, and
//! whether it can be read without a login or a script engine.

mod list;

use scraper::Html;
use serde::Serialize;
use url::Url;

use super::page::{base, selector};
use super::{Limits, address, clean, html, unreadable};
use crate::fetch::{Failure, Fetched};
use crate::text::charset::{self, Markup};

/// A page that shows fewer words than this to a reader without scripts shows nothing.
const FEW_WORDS: usize = 40;

/// A feed that a page names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NamedFeed {
    /// Its address.
    pub url: Url,
    /// What the page calls it; may be empty.
    pub title: String,
}

/// What a page tells of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Discovery {
    /// Its title, for a source's name.
    pub title: String,
    /// The feeds that it names.
    pub feeds: Vec<NamedFeed>,
    /// The program that made it, by its own word (`meta name="generator"`) in lower case.
    pub generator: String,
    /// How its list seems to be built, as keys of a page source with their values.
    pub recipe: Option<Vec<(String, String)>>,
    /// It asks for a password and says little else.
    pub asks_login: bool,
    /// It shows next to nothing without scripts.
    pub needs_scripts: bool,
}

/// Looks at an HTML page.
///
/// # Errors
/// When the page is too deep or too big to be taken apart.
pub fn discover(fetched: &Fetched, limits: &Limits) -> Result<Discovery, Failure> {
    super::contained(|| {
        let content_type = fetched.content_type.as_deref();
        let decoded = charset::decode(&fetched.body, content_type, Markup::Html);
        let tree = html::parse(&decoded.text).ok_or_else(|| {
            unreadable("the page is nested too deep or too big to be taken apart")
        })?;
        let base = base(&tree, &fetched.url);
        let first = |css: &str| {
            let css = selector(css).ok()?;
            tree.select(&css).next()
        };
        let title = first("title").map(|title| html::line(&title.inner_html()));
        let generator = first("meta[name='generator']").and_then(|meta| meta.attr("content"));
        Ok(Discovery {
            title: title.unwrap_or_default(),
            feeds: alternates(&tree, &base),
            generator: generator.unwrap_or_default().to_lowercase(),
            recipe: list::recipe(&tree, &base, limits),
            asks_login: asks_login(&tree),
            needs_scripts: needs_scripts(&tree),
        })
    })
}

/// The feeds of `<link rel="alternate">` (HTML standard §4.6.7.1), in the page's order. Feeds of
/// comments are left out.
pub(super) fn alternates(tree: &Html, base: &Url) -> Vec<NamedFeed> {
    let Ok(links) = selector("link[rel~='alternate'][href], a[rel~='alternate'][href]") else {
        return Vec::new();
    };
    let mut feeds: Vec<NamedFeed> = Vec::new();
    for link in tree.select(&links) {
        let kind = link.attr("type").unwrap_or_default().to_ascii_lowercase();
        let is_feed = ["rss+xml", "atom+xml", "feed+json", "rdf+xml"]
            .iter()
            .any(|end| kind.contains(end));
        let title = clean::line(link.attr("title").unwrap_or_default());
        let url = link
            .attr("href")
            .and_then(|href| address::normalised(href, Some(base)))
            .and_then(|url| Url::parse(&url).ok());
        let Some(url) = url.filter(|url| is_feed && !is_of_comments(&title, url)) else {
            continue;
        };
        if feeds.iter().all(|known| known.url != url) {
            feeds.push(NamedFeed { url, title });
        }
    }
    feeds
}

/// WordPress names the feed of comments beside the feed of posts.
fn is_of_comments(title: &str, url: &Url) -> bool {
    let title = title.to_lowercase();
    url.path().contains("/comments/") || title.contains("bình luận") || title.contains("comments")
}

/// Whether the page is a door: it asks for a password and says little else.
pub(super) fn asks_login(tree: &Html) -> bool {
    let password = selector("input[type='password']").ok();
    let asks = password.is_some_and(|field| tree.select(&field).next().is_some());
    asks && words(tree) < 5 * FEW_WORDS
}

/// Whether the page shows next to nothing without scripts, and has scripts.
pub(super) fn needs_scripts(tree: &Html) -> bool {
    let script = selector("script").ok();
    let scripted = script.is_some_and(|script| tree.select(&script).next().is_some());
    scripted && words(tree) < FEW_WORDS
}

fn words(tree: &Html) -> usize {
    let body = selector("body").ok();
    body.and_then(|body| tree.select(&body).next())
        .map_or(0, |body| {
            html::text(&body.html()).split_whitespace().count()
        })
}
