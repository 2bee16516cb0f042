//! An item as feeds tell it, before it is a document.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use url::Url;

use super::super::{address, clean, hex, html};
use crate::document::Document;

/// A longer guid is kept as its digest.
const LONGEST_ID: usize = 512;

/// A text with how it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) text: String,
    pub(super) plain: bool,
}

impl Said {
    pub(super) fn html(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            plain: false,
        }
    }

    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            plain: true,
        }
    }

    fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// A text that is said to be plain and holds entities was escaped once too often; one
    /// without them keeps its `<`.
    fn is_markup(&self) -> bool {
        let entity = || {
            self.text.match_indices('&').any(|(at, _)| {
                let name: &str = self.text[at + 1..].split(';').next().unwrap_or_default();
                self.text[at + 1 + name.len()..].starts_with(';')
                    && (1..=10).contains(&name.len())
                    && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '#')
            })
        };
        !self.plain || entity() && !self.text.contains('<')
    }

    fn line(&self) -> String {
        if self.is_markup() {
            html::line(&self.text)
        } else {
            clean::line(&self.text)
        }
    }

    fn flow(&self) -> String {
        if self.is_markup() {
            html::text(&self.text)
        } else {
            clean::plain(&self.text)
        }
    }
}

/// One entry of a feed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Item {
    /// `guid`, `id`, `rdf:about`: what the feed itself wrote, never invented.
    pub(super) guid: String,
    pub(super) link: String,
    pub(super) title: Said,
    pub(super) summary: Said,
    pub(super) content: Said,
    pub(super) published: Option<Timestamp>,
}

impl Item {
    /// Whether nothing that every item has is missing.
    pub(super) fn is_full(&self) -> bool {
        !self.title.is_empty() && !self.link.trim().is_empty() && self.published.is_some()
    }

    /// Whether it says nothing beyond its title.
    pub(super) fn is_mute(&self) -> bool {
        self.summary.is_empty() && self.content.is_empty()
    }

    /// How much of an item was found.
    pub(super) fn fullness(&self) -> usize {
        let filled = [
            !self.guid.is_empty(),
            !self.link.trim().is_empty(),
            !self.title.is_empty(),
            !self.is_mute(),
            self.published.is_some(),
        ];
        1 + filled.into_iter().filter(|filled| *filled).count()
    }

    /// The document, with the item's link relative to the feed's own address. An item that holds
    /// nothing of what is read here is an item all the same, so that counts agree.
    pub(super) fn into_document(self, feed: &Url, shared: &HashSet<String>) -> Document {
        let title = self.title.line();
        let (summary, content) = (self.summary.flow(), self.content.flow());
        let text = if content.len() >= summary.len() {
            content
        } else {
            summary
        };
        let guid = self.guid.trim();
        let url =
            address::normalised(&self.link, Some(feed)).or_else(|| address::normalised(guid, None));
        let mut document = Document {
            id: String::new(),
            url,
            title,
            text,
            published: self.published,
        };
        document.id = if guid.is_empty() || shared.contains(guid) {
            document
                .url
                .clone()
                .unwrap_or_else(|| hex(&document.content_digest()))
        } else {
            guid.to_owned()
        };
        if document.id.len() > LONGEST_ID {
            document.id = hex(&blake3::hash(document.id.as_bytes()).as_bytes()[..16]);
        }
        document
    }
}

/// Guids that several items with different links bear: they name no item.
pub(super) fn shared_guids(items: &[Item]) -> HashSet<String> {
    let mut links: HashMap<&str, &str> = HashMap::with_capacity(items.len());
    let mut shared = HashSet::new();
    for item in items {
        let (guid, link) = (item.guid.trim(), item.link.trim());
        if *links.entry(guid).or_insert(link) != link {
            shared.insert(guid.to_owned());
        }
    }
    shared
}
