//! One page's main text, title and time, without menus, comments and related news.

mod layout;
mod main_text;
mod marks;
mod metadata;
mod time;

use layout::Page;
use main_text::Main;
use scraper::Html;
use url::Url;

use super::{Extracted, Limits, Note, address, clean, html};
use crate::document::Document;
use crate::fetch::Fetched;
use crate::source::Source;
use crate::text::charset::{self, Decoded, Markup};

/// What a page says of itself.
#[derive(Debug, Default)]
struct Read {
    title: String,
    text: String,
    published: Option<jiff::Timestamp>,
    canonical: Option<String>,
    /// It was too deep for a tree.
    flat: bool,
}

/// The article that a list or a feed named.
pub(super) fn followed(fetched: &Fetched, listed: &Document, limits: &Limits) -> Document {
    let read = read(&decoded(fetched), fetched, limits);
    // A page that yields less than its teaser was not understood, or stands behind a wall.
    let less = read.text.len() < listed.text.len();
    let (title, text) = if less && !listed.title.is_empty() {
        (listed.title.clone(), listed.text.clone())
    } else if less {
        (read.title, listed.text.clone())
    } else if read.title.is_empty() {
        (listed.title.clone(), read.text)
    } else if metadata::tells(&read.title, &listed.title) || read.text.contains(&listed.title) {
        (read.title, read.text)
    } else {
        // A wall, a missing page or another headline of the same news: what the list says is
        // read too.
        let mut parts = vec![listed.title.clone()];
        let teaser = &listed.text;
        parts.extend((!read.text.contains(teaser)).then(|| teaser.clone()));
        parts.extend((!read.text.is_empty()).then_some(read.text));
        (read.title, parts.join("\n\n"))
    };
    Document {
        id: listed.id.clone(),
        url: own_address(read.canonical.as_deref(), &fetched.url)
            .or_else(|| listed.url.clone())
            .or_else(|| address::normalised(fetched.url.as_str(), None)),
        title,
        text,
        published: read.published.or(listed.published),
    }
}

/// A page that is itself the source: one document, under the source's own address.
pub(super) fn watched(source: &Source, fetched: &Fetched, limits: &Limits) -> Extracted {
    let decoded = decoded(fetched);
    let read = read(&decoded, fetched, limits);
    let own = own_address(read.canonical.as_deref(), &fetched.url);
    let address = address::normalised(source.url.as_str(), None);
    let mut extracted = Extracted::default();
    if !(read.title.is_empty() && read.text.is_empty()) {
        extracted.documents.push(Document {
            // The source's own address stays whatever the page says of itself.
            id: address
                .clone()
                .or_else(|| own.clone())
                .unwrap_or_else(|| source.url.to_string()),
            url: own.or(address),
            title: read.title,
            text: read.text,
            published: read.published,
        });
    }
    extracted.notes.extend(super::feed::garbled(&decoded));
    extracted.notes.extend(read.flat.then_some(Note::Flat));
    extracted
}

/// What stands before the names of sites that show a page in another shape.
const SHAPES: [&str; 5] = ["www.", "m.", "mobile.", "amp.", "wap."];

/// The address that a page names as its own (RFC 6596), where it may: on the same site, and not
/// its front page, which some name on every page. A saved page may name any.
fn own_address(canonical: Option<&str>, page: &Url) -> Option<String> {
    let address: Url = address::normalised(canonical?, Some(page))?.parse().ok()?;
    let site = |url: &Url| {
        let host = url.host_str().unwrap_or_default().to_owned();
        let bare = SHAPES.iter().find_map(|shape| host.strip_prefix(shape));
        bare.map(str::to_owned).unwrap_or(host)
    };
    let saved = !matches!(page.scheme(), "http" | "https");
    let is_front = address.path() == "/" && address.query().is_none();
    (saved || site(&address) == site(page) && (!is_front || page.path() == "/"))
        .then(|| address.into())
}

fn decoded(fetched: &Fetched) -> Decoded {
    charset::decode(&fetched.body, fetched.content_type.as_deref(), Markup::Html)
}

fn read(decoded: &Decoded, fetched: &Fetched, limits: &Limits) -> Read {
    if !is_html(&decoded.text, fetched.content_type.as_deref()) {
        return Read {
            text: clean::plain(&decoded.text),
            ..Read::default()
        };
    }
    let Some(tree) = html::parse(&decoded.text) else {
        return Read {
            text: html::text(&decoded.text),
            flat: true,
            ..Read::default()
        };
    };
    whole(&tree, limits)
}

/// A text of at least so many bytes is no series of pictures.
const LONG: usize = 4000;
/// A text of this share of what the captions add is one.
const FEW: f64 = 0.4;

fn whole(tree: &Html, limits: &Limits) -> Read {
    let metadata = metadata::read(tree);
    let mut title = metadata.title.text;
    let told = main_text::Told {
        title: &title,
        description: &metadata.description,
    };
    let mut page = Page::new(tree);
    let mut main = main_text::read(&page, told);
    // A series of pictures tells its story below them.
    let length = |main: &Option<Main<'_>>| main.as_ref().map_or(0, |main| main.text.len());
    if length(&main) < LONG {
        let with_captions = page.with_captions();
        let captioned = main_text::read(&with_captions, told);
        if (length(&main) as f64) < FEW * length(&captioned) as f64 {
            (page, main) = (with_captions, captioned);
        }
    }
    let mut heading = heading(&page, &title);
    if let (true, Some(main)) = (metadata.title.weak || title.is_empty(), &main)
        && let Some(node) = main_text::heading_before(&page, main.container)
    {
        title = marks::words(node, 1000);
        heading = Some(page.weight(node).at);
    }
    let begin = main.as_ref().map(|main| page.weight(main.container).at);
    let published = time::published(&page, metadata.published.as_deref(), heading, begin, limits);
    let text = main.map(|main| main.text).unwrap_or_default();
    let text = if text.is_empty() { metadata.body } else { text };
    Read {
        text: without_title(text, &title),
        title,
        published,
        canonical: metadata.canonical,
        flat: false,
    }
}

/// The how-manieth node the heading is.
fn heading(page: &Page<'_>, title: &str) -> Option<usize> {
    let mut headings = page.root().descendants().filter(|node| {
        let named = node.value().as_element().is_some_and(marks::is_titled);
        named && page.weight(*node).letters < 300 && marks::words(*node, 1000) == title
    });
    headings.next().map(|node| page.weight(node).at)
}

/// The heading was found after the text was read.
fn without_title(text: String, title: &str) -> String {
    match text
        .strip_prefix(title)
        .and_then(|rest| rest.strip_prefix("\n\n"))
    {
        Some(rest) if !title.is_empty() => rest.to_owned(),
        _ => text,
    }
}

fn is_html(text: &str, content_type: Option<&str>) -> bool {
    let said_plain =
        content_type.is_some_and(|kind| kind.trim().to_ascii_lowercase().starts_with("text/plain"));
    !said_plain && text.contains('<')
}

#[cfg(test)]
mod newspapers;
#[cfg(test)]
mod tests;
