//! What a page tells machines: JSON-LD, Open Graph, meta.

use std::collections::HashSet;

use scraper::{ElementRef, Html, Selector};
use serde_json::Value;

use super::super::html;
use super::marks::words;

/// What stands between a page's title and the site's name.
const SEPARATORS: [&str; 6] = [" - ", " | ", " – ", " — ", " :: ", " » "];
/// JSON-LD is looked through to this depth; Schema.org nests a graph in a list in an object.
const DEEPEST: usize = 4;

/// Elements of one kind that are looked at.
const MOST: usize = 50;
/// A title is cut at this length, in bytes.
const LONGEST_TITLE: usize = 1000;

/// What a page tells machines.
#[derive(Debug, Default)]
pub(super) struct Metadata {
    pub(super) title: Title,
    /// As it is written.
    pub(super) published: Option<String>,
    /// Of the article, where it is told.
    pub(super) description: String,
    /// The whole text, where JSON-LD holds it.
    pub(super) body: String,
    /// The address that the page names as its own (RFC 6596), as it is written.
    pub(super) canonical: Option<String>,
}

/// The title with what is known of it.
#[derive(Debug, Default)]
pub(super) struct Title {
    pub(super) text: String,
    /// It is only the window's: old portals bear one on all pages.
    pub(super) weak: bool,
}

pub(super) fn read(tree: &Html) -> Metadata {
    let linked = linked(tree);
    let named = |name: &str| {
        let value = linked.article.as_ref();
        let value = value.and_then(|article| article.get(name)?.as_str());
        value.map(html::line).filter(|value| !value.is_empty())
    };
    let published = named("datePublished")
        .or_else(|| named("dateCreated"))
        .or(linked.rescued)
        .or_else(|| TIMES.iter().find_map(|css| content(tree, css)));
    let described = "meta[property='og:description'], meta[name='description']";
    Metadata {
        title: title(tree, named("headline")),
        published,
        description: content(tree, described).unwrap_or_default(),
        canonical: select(tree, "link[rel='canonical']")
            .iter()
            .find_map(|link| link.attr("href").map(str::to_owned)),
        body: linked
            .article
            .as_ref()
            .and_then(|article| article.get("articleBody")?.as_str())
            .map(html::text)
            .unwrap_or_default(),
    }
}

/// Where pages tell machines when they were published.
const TIMES: [&str; 6] = [
    "meta[property='article:published_time'], meta[name='article:published_time']",
    "meta[itemprop='datePublished']",
    "meta[name='pubdate'], meta[name='pubDate'], meta[name='publishdate']",
    "meta[name='publish-date'], meta[name='publish_date'], meta[name='dc.date.issued']",
    "meta[name='DC.date.issued'], meta[property='og:published_time'], meta[itemprop='dateCreated']",
    "meta[name='date'], meta[name='parsely-pub-date'], meta[name='cXenseParse:recs:publishtime']",
];

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
fn title(tree: &Html, headline: Option<String>) -> Title {
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
    let headings: Vec<String> = select(tree, "h1, [itemprop='headline']:not(meta)")
        .iter()
        .take(MOST)
        .map(|heading| words(**heading, LONGEST_TITLE))
        .filter(|heading| !heading.is_empty())
        .collect();
    let strong = |text: String| Title { text, weak: false };
    let longest = || headings.iter().max_by_key(|heading| heading.len()).cloned();
    let is_told = told.is_some();
    let Some(told) = told.or(window).filter(|told| !told.is_empty()) else {
        return longest().map(strong).unwrap_or_default();
    };
    let same = |heading: &&String| told.starts_with(heading.as_str()) || heading.starts_with(&told);
    if let Some(heading) = headings.iter().find(same) {
        return strong(heading.clone());
    }
    // Old portals bear one window title on all pages.
    let other = longest().filter(|heading| !told.contains(heading.as_str()));
    if let (false, Some(heading)) = (is_told, other) {
        return strong(heading);
    }
    // What is written for search engines says the heading in other words.
    if let Some(heading) = headings.iter().find(|heading| are_alike(heading, &told)) {
        return strong(heading.clone());
    }
    let site = content(tree, "meta[property='og:site_name']").unwrap_or_default();
    let named = SEPARATORS
        .iter()
        .filter_map(|separator| told.rsplit_once(separator))
        .find(|(_, name)| {
            site.eq_ignore_ascii_case(name.trim()) || headings.iter().any(|heading| heading == name)
        });
    Title {
        text: named.map_or(told.clone(), |(title, _)| title.to_owned()),
        weak: !is_told,
    }
}

/// Whether a title holds every word of another.
pub(super) fn tells(title: &str, other: &str) -> bool {
    set_of_words(other).is_subset(&set_of_words(title))
}

fn set_of_words(text: &str) -> HashSet<String> {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric());
    words
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Whether two titles share most of their words.
fn are_alike(a: &str, b: &str) -> bool {
    let (a, b) = (set_of_words(a), set_of_words(b));
    a.len() >= 4 && 2 * a.intersection(&b).count() >= a.len()
}

/// What the JSON-LD blocks hold (Schema.org).
#[derive(Default)]
struct Linked {
    article: Option<Value>,
    /// The time of publication from a block that is no valid JSON.
    rescued: Option<String>,
}

fn linked(tree: &Html) -> Linked {
    let mut found = Linked::default();
    for script in select(tree, "script[type='application/ld+json']") {
        let text: String = script.text().collect();
        // Editors leave line breaks inside the strings, which JSON forbids.
        let text = text.replace(['\n', '\r', '\t'], " ");
        if let Ok(value) = serde_json::from_str::<Value>(&text) {
            let article = article(&value, DEEPEST).cloned();
            found.article = found.article.or(article);
        } else if text.contains("Article") {
            // A quotation mark in the headline that nobody escaped.
            found.rescued = found
                .rescued
                .or_else(|| rescued(&text, "\"datePublished\""));
        }
    }
    found
}

/// The string behind a name in broken JSON.
fn rescued(text: &str, name: &str) -> Option<String> {
    let (_, after) = text.split_once(name)?;
    let value = after.trim_start().strip_prefix(':')?.trim_start();
    let (value, _) = value.strip_prefix('"')?.split_once('"')?;
    Some(value.to_owned()).filter(|value| !value.is_empty())
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
