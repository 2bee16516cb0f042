//! Answers of a documented API, by the source's JSONPath queries (RFC 9535).

use jiff::Timestamp;
use serde_json::Value;
use serde_json_path::JsonPath;
use url::Url;

use super::feed::garbled;
use super::{Extracted, Limits, Note, address, clean, date, hex, html, unreadable};
use crate::document::Document;
use crate::fetch::{Failure, Fetched};
use crate::source::{ApiRecipe, Source};
use crate::text::charset::{self, Markup};

/// A longer id is kept as its digest.
const LONGEST_ID: usize = 512;
/// Seconds since 1970 are smaller than this until the year 5138; milliseconds are greater.
const SECONDS_END: u64 = 100_000_000_000;

/// The items of an answer. A next page is not asked for: what is watched is what is newest.
///
/// # Errors
/// When the body is not JSON (a value nested more than 128 deep is not read).
pub(super) fn read(
    source: &Source,
    fetched: &Fetched,
    limits: &Limits,
) -> Result<Extracted, Failure> {
    let Some(recipe) = &source.api else {
        return Err(unreadable("the source says no paths (item, title, text)"));
    };
    let decoded = charset::decode(
        &fetched.body,
        fetched.content_type.as_deref(),
        Markup::Plain,
    );
    let answer: Value = serde_json::from_str(&decoded.text)
        .map_err(|error| unreadable(format!("not JSON: {error}")))?;
    let items = recipe.item.query(&answer);
    let shown = items.len();
    let documents = items
        .iter()
        .take(limits.max_items)
        .filter_map(|item| document(item, recipe, &fetched.url, limits))
        .collect();
    let mut extracted = Extracted {
        documents,
        ..Extracted::default()
    };
    if shown > limits.max_items {
        let taken = limits.max_items;
        extracted.notes.push(Note::Surplus { taken, shown });
    }
    extracted.notes.extend(garbled(&decoded));
    Ok(extracted)
}

fn document(item: &Value, recipe: &ApiRecipe, base: &Url, limits: &Limits) -> Option<Document> {
    let first = |path: &Option<JsonPath>| {
        let path = path.as_ref()?;
        path.query(item).iter().find_map(|value| word(value))
    };
    let url = first(&recipe.link).and_then(|link| address::normalised(&link, Some(base)));
    let title = first(&recipe.title).map_or_else(String::new, |title| line(&title));
    let text = recipe.text.as_ref().map_or_else(String::new, |path| {
        let parts: Vec<String> = path
            .query(item)
            .iter()
            .filter_map(|value| word(value))
            .map(|part| flow(&part))
            .filter(|part| !part.is_empty())
            .collect();
        parts.join("\n\n")
    });
    if title.is_empty() && text.is_empty() {
        return None;
    }
    let published = recipe.time.as_ref().and_then(|path| {
        let nodes = path.query(item);
        let value = nodes.first()?;
        time(value, recipe.time_format.as_deref(), limits)
    });
    let mut document = Document {
        id: String::new(),
        url,
        title,
        text,
        published,
    };
    document.id = first(&recipe.id)
        .or_else(|| document.url.clone())
        .unwrap_or_else(|| hex(&document.content_digest()));
    if document.id.len() > LONGEST_ID {
        document.id = hex(&blake3::hash(document.id.as_bytes()).as_bytes()[..16]);
    }
    Some(document)
}

/// A value that is one word of the answer.
fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Many APIs hand out the HTML of their pages.
fn is_markup(text: &str) -> bool {
    text.match_indices('<').any(|(at, _)| {
        let next = text[at + 1..].chars().next();
        next.is_some_and(|c| c.is_ascii_alphabetic() || c == '/')
    }) && text.contains('>')
        || text.contains("&amp;")
        || text.contains("&#")
        || text.contains("&quot;")
}

fn line(text: &str) -> String {
    if is_markup(text) {
        html::line(text)
    } else {
        clean::line(text)
    }
}

fn flow(text: &str) -> String {
    if is_markup(text) {
        html::text(text)
    } else {
        clean::plain(text)
    }
}

/// A written time, or seconds or milliseconds since 1970. Figures that write a time
/// (`20210823143000`) are that.
fn time(value: &Value, format: Option<&str>, limits: &Limits) -> Option<Timestamp> {
    let written = word(value)?;
    let written = written.trim();
    let since = |number: i64| {
        if number.unsigned_abs() < SECONDS_END {
            Timestamp::from_second(number).ok()
        } else {
            Timestamp::from_millisecond(number).ok()
        }
    };
    let stamped = |read: date::Read| read.at;
    format
        .and_then(|format| date::by_format(written, format, &limits.tz))
        .or_else(|| date::compact(written, &limits.tz).map(stamped))
        .or_else(|| written.parse().ok().and_then(since))
        .or_else(|| date::stamped(written, &limits.tz).map(stamped))
}

#[cfg(test)]
mod tests;
