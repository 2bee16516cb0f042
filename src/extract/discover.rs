//! What a page tells of itself: the feeds it names, and whether it can be read without a login
//! or a script engine.

use scraper::Html;
use serde::Serialize;
use url::Url;

use super::html;
use super::page::selector;
use super::{address, clean};

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
