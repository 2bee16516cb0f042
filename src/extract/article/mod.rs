//! One page's main text, title and time, without menus, comments and related news.

mod main_text;
mod marks;
mod metadata;

use super::{Extracted, Limits, Note, address, clean, html, page};
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
    /// It was too deep for a tree.
    flat: bool,
}

/// The article that a list or a feed named.
pub(super) fn followed(fetched: &Fetched, listed: &Document, limits: &Limits) -> Document {
    let read = read(&decoded(fetched), fetched, limits);
    // A page that yields less than its teaser was not understood, or stands behind a wall.
    let text = if read.text.len() >= listed.text.len() {
        read.text
    } else {
        listed.text.clone()
    };
    let title = if read.title.is_empty() {
        listed.title.clone()
    } else {
        read.title
    };
    Document {
        id: listed.id.clone(),
        url: listed
            .url
            .clone()
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
    let url = address::normalised(source.url.as_str(), None);
    let mut extracted = Extracted::default();
    if !(read.title.is_empty() && read.text.is_empty()) {
        extracted.documents.push(Document {
            id: url.clone().unwrap_or_else(|| source.url.to_string()),
            url,
            title: read.title,
            text: read.text,
            published: read.published,
        });
    }
    extracted.notes.extend(super::feed::garbled(&decoded));
    extracted.notes.extend(read.flat.then_some(Note::Flat));
    extracted
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
    let base = page::base(&tree, &fetched.url);
    let metadata = metadata::read(&tree, &base, &limits.tz);
    let text = main_text::read(&tree, &metadata.title);
    Read {
        text: if text.is_empty() { metadata.body } else { text },
        title: metadata.title,
        published: metadata.published,
        flat: false,
    }
}

fn is_html(text: &str, content_type: Option<&str>) -> bool {
    let said_plain =
        content_type.is_some_and(|kind| kind.trim().to_ascii_lowercase().starts_with("text/plain"));
    !said_plain && text.contains('<')
}

#[cfg(test)]
mod tests;
