//! YouTube, Reddit, Mastodon and forums: their public feeds. Where the address is a page, the
//! feed that the page names is looked up and fetched next.

use scraper::Html;
use url::Url;

use super::feed::{self};
use super::page::{base, selector};
use super::{Extracted, Limits, closed, html, is_same_site, unreadable};
use crate::document::Document;
use crate::fetch::{Failure, Fetched};
use crate::source::{Kind, Source};
use crate::text::charset::{self, Markup};

/// How Reddit ends what it writes of each post: who posted, and the way to the comments.
const REDDIT_END: &str = "submitted by";

/// How phpBB begins its last paragraph, in English and Vietnamese.
const STATISTICS: [&str; 2] = ["Statistics:", "Thống kê:"];

/// The items of the feed, or the address where it is.
///
/// # Errors
/// When the body is neither a feed nor a page that names one; `closed` where the page asks for a
/// login.
pub(super) fn read(
    source: &Source,
    fetched: &Fetched,
    limits: &Limits,
) -> Result<Extracted, Failure> {
    if !is_page(&fetched.body) {
        let mut extracted = feed::read(fetched, limits)?;
        match source.kind {
            Kind::Reddit => extracted.documents.iter_mut().for_each(without_person),
            Kind::Forum => {
                extracted.documents.retain(|item| !is_reply(item));
                extracted.documents.iter_mut().for_each(without_statistics);
            }
            _ => {}
        }
        return Ok(extracted);
    }
    let decoded = charset::decode(&fetched.body, fetched.content_type.as_deref(), Markup::Html);
    let tree = html::parse(&decoded.text)
        .ok_or_else(|| unreadable("the page is nested too deep or too big to be taken apart"))?;
    let found = match source.kind {
        Kind::Youtube => channel_feed(&tree, &fetched.url),
        _ => named_feed(&tree, &fetched.url),
    };
    match found {
        Some(url) => Ok(Extracted {
            further: vec![url],
            ..Extracted::default()
        }),
        None if super::discover::asks_login(&tree) => {
            Err(closed("the page asks for a login and names no feed"))
        }
        None => Err(unreadable(
            "the page names no feed (link rel=\"alternate\")",
        )),
    }
}

/// Whether the body is HTML and no feed.
fn is_page(body: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&body[..body.len().min(2048)]).to_ascii_lowercase();
    let feed = ["<rss", "<feed", "<rdf:rdf"];
    let page = head.contains("<html") || head.contains("<!doctype html");
    page && !feed.iter().any(|begin| head.contains(begin))
}

/// The first feed that the page names itself, of its own site.
fn named_feed(tree: &Html, url: &Url) -> Option<Url> {
    super::discover::alternates(tree, &base(tree, url))
        .into_iter()
        .map(|named| named.url)
        .find(|feed| is_same_site(feed, url))
}

/// A channel's feed: by its own link, else by the channel's number in the canonical address.
fn channel_feed(tree: &Html, url: &Url) -> Option<Url> {
    if let Some(feed) = named_feed(tree, url) {
        return Some(feed);
    }
    let places = [
        ("link[rel='canonical']", "href"),
        ("meta[property='og:url']", "content"),
        ("meta[itemprop='identifier']", "content"),
        ("meta[itemprop='channelId']", "content"),
    ];
    let number = places.into_iter().find_map(|(css, attribute)| {
        let css = selector(css).ok()?;
        let written = tree.select(&css).next()?.attr(attribute)?;
        let number = written.rsplit('/').next().unwrap_or(written);
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        (number.starts_with("UC") && number.len() == 24 && number.chars().all(fits))
            .then(|| number.to_owned())
    })?;
    let mut feed = url.clone();
    feed.set_path("/feeds/videos.xml");
    feed.set_query(Some(&format!("channel_id={number}")));
    feed.set_fragment(None);
    Some(feed)
}

/// Takes the line off that names who posted.
fn without_person(document: &mut Document) {
    if let Some(at) = document.text.rfind(REDDIT_END) {
        document.text.truncate(at);
        let kept = document.text.trim_end().len();
        document.text.truncate(kept);
    }
}

/// phpBB lists answers too, which are comments: `Mục • Re: Chủ đề`.
fn is_reply(document: &Document) -> bool {
    let title = document.title.as_str();
    let subject = title
        .rsplit_once(" • ")
        .map_or(title, |(_, subject)| subject);
    subject.starts_with("Re: ")
}

/// Takes phpBB's last paragraph off, which tells who wrote and how many answered.
fn without_statistics(document: &mut Document) {
    if let Some((text, last)) = document.text.rsplit_once("\n\n")
        && STATISTICS.iter().any(|begin| last.starts_with(begin))
    {
        document.text = text.to_owned();
    }
}

#[cfg(test)]
mod tests;
