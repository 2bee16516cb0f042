//! Title and time of a page, from what it tells machines (JSON-LD, Open Graph, meta) before
//! what it shows.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use scraper::{ElementRef, Html, Selector};
use serde_json::Value;
use url::Url;

use super::super::{date, html};
use super::marks::words;

/// What stands between a page's title and the site's name.
const SEPARATORS: [&str; 6] = [" - ", " | ", " – ", " — ", " :: ", " » "];
/// JSON-LD is looked through to this depth; Schema.org nests a graph in a list in an object.
const DEEPEST: usize = 4;

/// Elements of one kind that are looked at.
const MOST: usize = 50;
/// A title is cut at this length, in bytes.
const LONGEST_TITLE: usize = 1000;

/// What a page says of itself.
#[derive(Debug, Default)]
pub(super) struct Metadata {
    pub(super) title: String,
    pub(super) published: Option<Timestamp>,
    /// The whole text, where JSON-LD holds it.
    pub(super) body: String,
}

pub(super) fn read(tree: &Html, _base: &Url, tz: &TimeZone) -> Metadata {
    let linked = linked(tree);
    let named = |name: &str| {
        let value = linked
            .as_ref()
            .and_then(|article| article.get(name)?.as_str());
        value.map(html::line).filter(|value| !value.is_empty())
    };
    let published = named("datePublished")
        .or_else(|| named("dateCreated"))
        .and_then(|time| date::parse(&time, tz))
        .or_else(|| shown_time(tree, tz));
    Metadata {
        title: title(tree, named("headline")),
        published,
        body: linked
            .as_ref()
            .and_then(|article| article.get("articleBody")?.as_str())
            .map(html::text)
            .unwrap_or_default(),
    }
}

fn select<'t>(tree: &'t Html, css: &str) -> Vec<ElementRef<'t>> {
    // The selectors are this file's own; a test holds that each is valid.
    Selector::parse(css)
        .map(|selector| tree.select(&selector).collect())
        .unwrap_or_default()
}

fn content(tree: &Html, css: &str) -> Option<String> {
    let contents = select(tree, css)
        .into_iter()
        .filter_map(|meta| meta.attr("content").map(html::line));
    contents.into_iter().find(|content| !content.is_empty())
}

/// The heading that the page shows, where it is the one that the page tells machines; a site's
/// name behind it is cut off.
fn title(tree: &Html, headline: Option<String>) -> String {
    let told = headline
        .or_else(|| content(tree, "meta[property='og:title'], meta[name='og:title']"))
        .or_else(|| {
            content(
                tree,
                "meta[name='twitter:title'], meta[property='twitter:title']",
            )
        });
    let window = select(tree, "title")
        .first()
        .map(|title| words(**title, LONGEST_TITLE));
    let headings: Vec<String> = select(tree, "h1")
        .iter()
        .take(MOST)
        .map(|heading| words(**heading, LONGEST_TITLE))
        .filter(|heading| !heading.is_empty())
        .collect();
    let longest = || headings.iter().max_by_key(|heading| heading.len()).cloned();
    let is_told = told.is_some();
    let Some(told) = told.or(window).filter(|told| !told.is_empty()) else {
        return longest().unwrap_or_default();
    };
    let same = |heading: &&String| told.starts_with(heading.as_str()) || heading.starts_with(&told);
    if let Some(heading) = headings.iter().find(same) {
        return heading.clone();
    }
    // Old portals bear one window title on all pages.
    let other = longest().filter(|heading| !told.contains(heading.as_str()));
    if let (false, Some(heading)) = (is_told, other) {
        return heading;
    }
    let site = content(tree, "meta[property='og:site_name']").unwrap_or_default();
    let named = SEPARATORS
        .iter()
        .filter_map(|separator| told.rsplit_once(separator))
        .find(|(_, name)| {
            site.eq_ignore_ascii_case(name.trim()) || headings.iter().any(|heading| heading == name)
        });
    named.map_or(told.clone(), |(title, _)| title.to_owned())
}

/// The article among the JSON-LD blocks (Schema.org).
fn linked(tree: &Html) -> Option<Value> {
    let mut best = None;
    for script in select(tree, "script[type='application/ld+json']") {
        let text: String = script.text().collect();
        // Editors leave line breaks inside the strings, which JSON forbids.
        let text = text.replace(['\n', '\r', '\t'], " ");
        if let Ok(value) = serde_json::from_str::<Value>(&text) {
            best = best.or_else(|| article(&value, DEEPEST).cloned());
        }
    }
    best
}

fn article(value: &Value, depth: usize) -> Option<&Value> {
    match value {
        _ if depth == 0 => None,
        Value::Array(list) => list.iter().find_map(|value| article(value, depth - 1)),
        Value::Object(object) => {
            let kind = object
                .get("@type")
                .map(Value::to_string)
                .unwrap_or_default();
            let is_article = ["Article", "Posting", "Report"]
                .iter()
                .any(|known| kind.contains(known));
            if is_article {
                return Some(value);
            }
            let inner = object.get("@graph").or_else(|| object.get("mainEntity"))?;
            article(inner, depth - 1)
        }
        _ => None,
    }
}

fn shown_time(tree: &Html, tz: &TimeZone) -> Option<Timestamp> {
    const TOLD: [&str; 6] = [
        "meta[property='article:published_time'], meta[name='article:published_time']",
        "meta[itemprop='datePublished']",
        "meta[name='pubdate'], meta[name='pubDate'], meta[name='publishdate']",
        "meta[name='publish-date'], meta[name='publish_date'], meta[name='dc.date.issued']",
        "meta[name='DC.date.issued'], meta[property='og:published_time'], meta[itemprop='dateCreated']",
        "meta[name='date'], meta[name='parsely-pub-date'], meta[name='cXenseParse:recs:publishtime']",
    ];
    let told = TOLD
        .iter()
        .find_map(|css| date::parse(&content(tree, css)?, tz));
    told.or_else(|| {
        let marked = select(tree, "[itemprop='datePublished'], time[datetime], time[pubdate]");
        marked.into_iter().find_map(|time| {
            let stamp = time.attr("datetime").or_else(|| time.attr("content"));
            stamp.and_then(|stamp| date::parse(stamp, tz)).or_else(|| written(time, tz))
        })
    })
    .or_else(|| {
        let dated = "time, [class*='date'], [class*='time'], [class*='ngay'], [class*='publish'], [id*='date'], [id*='time']";
        select(tree, dated).into_iter().find_map(|element| written(element, tz))
    })
}

/// A time that stands alone in an element.
fn written(element: ElementRef<'_>, tz: &TimeZone) -> Option<Timestamp> {
    // A longer text is a box that holds more than a time.
    let text = words(*element, 400);
    (text.len() <= 160).then(|| date::parse(&text, tz))?
}
