//! feed-rs, told not to invent ids and to read times as this house does.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use feed_rs::model::{Content, Entry, FeedType, Text};
use feed_rs::parser;
use jiff::Timestamp;

use super::super::{Limits, date};
use super::item::{Item, Said};

/// Reads mended XML.
pub(super) fn read(text: &str, limits: &Limits) -> Result<Vec<Item>, String> {
    let tz = limits.tz.clone();
    let feed = parser::Builder::new()
        .sanitize_content(false)
        // An invented id would make the same item a new one at every fetch.
        .id_generator(|_, _, _| String::new())
        .timestamp_parser(move |text| {
            let timestamp = date::stamped(text, &tz)?.at;
            DateTime::<Utc>::from_timestamp(timestamp.as_second(), 0)
        })
        .build()
        .parse(text.as_bytes())
        .map_err(|error| error.to_string())?;
    let kind = &feed.feed_type;
    Ok(feed
        .entries
        .into_iter()
        .map(|entry| item(entry, kind))
        .collect())
}

fn item(entry: Entry, kind: &FeedType) -> Item {
    let link = link(&entry);
    // A video feed tells what its items hold in the media description.
    let media = || {
        let described = entry
            .media
            .iter()
            .find_map(|media| media.description.as_ref());
        described.map(|text| Said::plain(text.content.clone()))
    };
    let published = entry.published.or(entry.updated);
    Item {
        link,
        title: entry
            .title
            .as_ref()
            .map(|text| said(text, kind))
            .unwrap_or_default(),
        summary: entry
            .summary
            .as_ref()
            .map(|text| said(text, kind))
            .or_else(media)
            .unwrap_or_default(),
        content: entry.content.map(content).unwrap_or_default(),
        published: published.and_then(|time| Timestamp::from_second(time.timestamp()).ok()),
        guid: entry.id,
    }
}

/// Atom says which texts are plain; what RSS holds is HTML, titles too.
fn said(text: &Text, kind: &FeedType) -> Said {
    Said {
        plain: *kind == FeedType::Atom && text.content_type.subty() == "plain",
        text: text.content.clone(),
    }
}

fn content(content: Content) -> Said {
    Said {
        plain: content.content_type.subty() == "plain",
        text: content.body.unwrap_or_default(),
    }
}

/// The item's own page: never its comments, its edit form or the feed itself.
fn link(entry: &Entry) -> String {
    const OTHER: [&str; 9] = [
        "self",
        "edit",
        "replies",
        "enclosure",
        "hub",
        "related",
        "via",
        "next",
        "license",
    ];
    let others: HashSet<&str> = OTHER.into();
    let own = || {
        entry.links.iter().filter(|link| {
            link.target.is_none() && !link.rel.as_deref().is_some_and(|rel| others.contains(rel))
        })
    };
    let page = own().find(|link| {
        link.media_type
            .as_deref()
            .is_none_or(|kind| kind.contains("html"))
    });
    page.or_else(|| own().next())
        .map(|link| link.href.trim().to_owned())
        .unwrap_or_default()
}
