//! RSS, Atom and JSON Feed. XML is mended first, then read by feed-rs; what feed-rs refuses or
//! drops is read by a tolerant reader of our own, and the fuller answer is taken.

mod item;
mod json;
mod library;
mod mend;
mod pace;
mod tolerant;

use super::{Extracted, Limits, Note, unreadable};
use crate::fetch::{Failure, Fetched};
use crate::text::charset::{self, Decoded, Markup};

use item::Item;

pub use pace::Pace;

/// The items of a feed.
///
/// # Errors
/// When the body is no feed, or nested deeper than any honest feed is.
pub(super) fn read(fetched: &Fetched, limits: &Limits) -> Result<Extracted, Failure> {
    let content_type = fetched.content_type.as_deref();
    let decoded = charset::decode(&fetched.body, content_type, Markup::Xml);
    let (mut items, shown) = items(&decoded.text, limits)?;
    let taken = items.len().min(limits.max_items);
    items.truncate(taken);
    let mut notes = garbled(&decoded);
    if shown > taken {
        notes.push(Note::Surplus { taken, shown });
    }
    let shared = item::shared_guids(&items);
    let documents = items
        .into_iter()
        .map(|item| item.into_document(&fetched.url, &shared))
        .collect();
    Ok(Extracted {
        documents,
        notes,
        pace: pace::read(&decoded.text),
        ..Extracted::default()
    })
}

pub(super) fn garbled(decoded: &Decoded) -> Vec<Note> {
    let note = decoded
        .had_errors
        .then_some(Note::Garbled(decoded.encoding));
    note.into_iter().collect()
}

/// The items, and how many the feed holds.
fn items(text: &str, limits: &Limits) -> Result<(Vec<Item>, usize), Failure> {
    let begin = text.trim_start_matches(|c: char| c.is_whitespace() || c.is_control());
    if begin.starts_with('{') {
        return json::read(begin, limits).map_err(unreadable);
    }
    let mended =
        mend::mend(begin, limits.max_items).map_err(|error| unreadable(error.to_string()))?;
    // Atom lets a text stand as base64, which feed-rs takes for the text itself.
    if ["base64", "octet-stream"]
        .iter()
        .any(|cue| mended.xml.contains(cue))
    {
        let items = tolerant::read(&mended.xml, limits);
        if items.len() >= mended.kept {
            return Ok((items, mended.shown));
        }
    }
    let first = library::read(&mended.xml, limits);
    if let Ok(items) = &first
        && items.len() >= mended.kept
        && items.iter().all(Item::is_full)
        // feed-rs drops a media description that stands alone.
        && !(mended.xml.contains("<media:description") && items.iter().any(Item::is_mute))
    {
        return first.map(|items| (items, mended.shown)).map_err(unreadable);
    }
    let second = tolerant::read(&mended.xml, limits);
    let fullness = |items: &[Item]| items.iter().map(Item::fullness).sum::<usize>();
    match first {
        Ok(first) if fullness(&first) >= fullness(&second) => Ok((first, mended.shown)),
        Err(error) if second.is_empty() && mended.shown > 0 => Err(unreadable(error)),
        _ => Ok((second, mended.shown)),
    }
}

#[cfg(test)]
mod tests;
