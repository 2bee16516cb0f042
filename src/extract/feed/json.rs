//! JSON Feed 1.0 and 1.1, item by item: what is not read is never kept.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::super::{Limits, date};
use super::item::{Item, Said};

/// The items, and how many there were.
///
/// # Errors
/// When the text is not JSON, or no feed.
pub(super) fn read(text: &str, limits: &Limits) -> Result<(Vec<Item>, usize), String> {
    let mut feed = Feed {
        limits,
        items: Vec::new(),
        shown: None,
    };
    let mut json = serde_json::Deserializer::from_str(text);
    feed.map(&mut json)
        .map_err(|error| format!("not JSON: {error}"))?;
    match feed.shown {
        Some(shown) => Ok((feed.items, shown)),
        None => Err("JSON, but no JSON Feed: it has no `items`".to_owned()),
    }
}

struct Feed<'l> {
    limits: &'l Limits,
    items: Vec<Item>,
    shown: Option<usize>,
}

impl Feed<'_> {
    fn map<'de, D: Deserializer<'de>>(&mut self, json: D) -> Result<(), D::Error> {
        json.deserialize_map(Members(self))
    }
}

/// The members of the feed.
struct Members<'f, 'l>(&'f mut Feed<'l>);

impl<'de> Visitor<'de> for Members<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a feed")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if key == "items" {
                map.next_value_seed(Items(self.0))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

/// The items of the feed; those beyond the limit are counted only.
struct Items<'f, 'l>(&'f mut Feed<'l>);

impl<'de> DeserializeSeed<'de> for Items<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Items<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of items")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Self(feed) = self;
        let mut shown = 0;
        loop {
            if feed.items.len() < feed.limits.max_items {
                match list.next_element::<Written>()? {
                    Some(written) => feed.items.push(written.item(feed.limits)),
                    None => break,
                }
            } else if list.next_element::<IgnoredAny>()?.is_none() {
                break;
            }
            shown += 1;
        }
        feed.shown = Some(shown);
        Ok(())
    }
}

/// An item as it is written; members of another type than they should be are passed over.
#[derive(Deserialize)]
#[serde(default)]
struct Written {
    id: Value,
    url: Value,
    external_url: Value,
    title: Value,
    content_html: Value,
    content_text: Value,
    summary: Value,
    date_published: Value,
    date_modified: Value,
}

impl Default for Written {
    fn default() -> Self {
        let null = || Value::Null;
        Self {
            id: null(),
            url: null(),
            external_url: null(),
            title: null(),
            content_html: null(),
            content_text: null(),
            summary: null(),
            date_published: null(),
            date_modified: null(),
        }
    }
}

/// A number as an id is common, and the format asks readers to take it.
fn text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

impl Written {
    fn item(self, limits: &Limits) -> Item {
        let first = |a: Value, b: Value| {
            Some(text(a))
                .filter(|a| !a.is_empty())
                .unwrap_or_else(|| text(b))
        };
        let html = text(self.content_html);
        let content = if html.is_empty() {
            Said::plain(text(self.content_text))
        } else {
            Said::html(html)
        };
        Item {
            guid: text(self.id),
            link: first(self.url, self.external_url),
            title: Said::plain(text(self.title)),
            summary: Said::plain(text(self.summary)),
            content,
            published: date::stamped(&first(self.date_published, self.date_modified), &limits.tz)
                .map(|read| read.at),
        }
    }
}
