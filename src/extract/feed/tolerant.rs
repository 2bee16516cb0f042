//! The second reader: any mended feed by its elements' local names, whatever namespace and
//! version it claims. RSS 0.90, Atom 0.3 and feeds with one odd attribute come through here.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::super::{Limits, date};
use super::item::{Item, Said};

/// Prefixes whose elements bear an item's names and mean something else.
const FOREIGN: [&str; 7] = [
    "itunes", "image", "podcast", "geo", "georss", "slash", "thr",
];

/// Reads what [`super::mend`] gave; a place that cannot be read ends the reading.
pub(super) fn read(xml: &str, limits: &Limits) -> Vec<Item> {
    let mut reader = Reader::from_str(xml);
    let mut items = Vec::new();
    let mut atom = None;
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => {
                let name = local(&tag);
                let atom = *atom.get_or_insert(name == "feed" || name == "entry");
                if name == "item" || name == "entry" {
                    items.push(item(xml, &mut reader, &tag, atom, limits));
                }
            }
            Ok(Event::Eof) | Err(_) => return items,
            Ok(_) => {}
        }
    }
}

fn local(tag: &BytesStart<'_>) -> String {
    tag.local_name().as_ref().to_ascii_lowercase()
}

fn prefix(tag: &BytesStart<'_>) -> String {
    let name = tag.name();
    let prefix = name
        .as_ref()
        .split_once(':')
        .map_or("", |(prefix, _)| prefix);
    prefix.to_ascii_lowercase()
}

fn attribute(tag: &BytesStart<'_>, wanted: &str) -> Option<String> {
    let mut written = tag.attributes();
    let named = written
        .with_checks(false)
        .flatten()
        .find(|attribute| attribute.key.as_ref().eq_ignore_ascii_case(wanted));
    named.map(|attribute| unescaped(&attribute.value))
}

/// Mending left only references that XML itself knows.
fn unescaped(text: &str) -> String {
    quick_xml::escape::unescape(text).map_or_else(|_| text.to_owned(), |text| text.into_owned())
}

fn item(
    xml: &str,
    reader: &mut Reader<&[u8]>,
    tag: &BytesStart<'_>,
    atom: bool,
    limits: &Limits,
) -> Item {
    let mut found = Found::default();
    let about = attribute(tag, "rdf:about");
    // Video feeds keep their description in a group.
    let mut groups = 0_usize;
    loop {
        match reader.read_event() {
            Ok(Event::Empty(tag)) => {
                if local(&tag) == "link" {
                    take_link(&mut found.item, &tag, "");
                }
            }
            Ok(Event::Start(tag)) if local(&tag) == "group" => groups += 1,
            Ok(Event::End(_)) if groups > 0 => groups -= 1,
            Ok(Event::Start(tag)) => {
                let tag = tag.into_owned();
                let inside = inside(xml, reader);
                field(&mut found, &tag, inside, atom, limits);
            }
            Ok(Event::End(_) | Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    let mut item = found.item;
    if item.guid.is_empty() {
        item.guid = about.unwrap_or_default();
    }
    if item.title.text.is_empty() {
        item.title = Said::html(found.media_title);
    }
    item.published = found.published.or(found.updated);
    item
}

/// An item while its elements are read.
#[derive(Default)]
struct Found {
    item: Item,
    published: Option<jiff::Timestamp>,
    updated: Option<jiff::Timestamp>,
    media_title: String,
}

/// The inside of an element.
struct Inside<'x> {
    /// Its text, references resolved.
    text: String,
    /// As it is written.
    raw: &'x str,
    /// It holds elements.
    nested: bool,
}

/// Reads to the end of the element that was just opened. The text is well-formed by mending,
/// and never deeper than that allows.
fn inside<'x>(xml: &'x str, reader: &mut Reader<&[u8]>) -> Inside<'x> {
    let at =
        |reader: &Reader<&[u8]>| usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
    let start = at(reader);
    let (mut end, mut depth, mut nested) = (start, 0_usize, false);
    let mut text = String::new();
    loop {
        end = end.max(at(reader));
        match reader.read_event() {
            Ok(Event::Start(_)) => {
                nested = true;
                depth += 1;
            }
            Ok(Event::End(_)) if depth > 0 => depth -= 1,
            Ok(Event::End(_) | Event::Eof) | Err(_) => break,
            Ok(Event::Empty(_)) => nested = true,
            Ok(Event::Text(piece)) => text.push_str(&piece),
            Ok(Event::CData(piece)) => text.push_str(&piece),
            Ok(Event::GeneralRef(name)) => {
                let mut whole = String::from("&");
                whole.push_str(&name);
                whole.push(';');
                text.push_str(&unescaped(&whole));
            }
            Ok(_) => {}
        }
    }
    let raw = xml.get(start..end).unwrap_or_default();
    Inside { text, raw, nested }
}

fn field(found: &mut Found, tag: &BytesStart<'_>, inside: Inside<'_>, atom: bool, limits: &Limits) {
    let item = &mut found.item;
    let prefix = prefix(tag);
    if FOREIGN.contains(&prefix.as_str()) {
        return;
    }
    if prefix == "media" {
        match local(tag).as_str() {
            "description" if item.summary.text.is_empty() => {
                item.summary = Said::plain(inside.text);
            }
            // Only where the item has no title of its own.
            "title" => found.media_title = inside.text,
            _ => {}
        }
        return;
    }
    let text = inside.text.trim().to_owned();
    match local(tag).as_str() {
        "link" => take_link(item, tag, &text),
        "guid" | "id" if item.guid.is_empty() => item.guid = text,
        "title" if item.title.text.is_empty() => item.title = said(tag, inside, atom),
        "description" | "summary" | "abstract" if item.summary.text.is_empty() => {
            item.summary = said(tag, inside, atom);
        }
        "content" | "encoded" | "body" | "fulltext" if item.content.text.is_empty() => {
            item.content = said(tag, inside, atom);
        }
        "pubdate" | "published" | "issued" | "date" | "created" => {
            found.published = found
                .published
                .or_else(|| date::stamped(&text, &limits.tz).map(|read| read.at));
        }
        "updated" | "modified" | "lastbuilddate" => {
            found.updated = found
                .updated
                .or_else(|| date::stamped(&text, &limits.tz).map(|read| read.at));
        }
        _ => {}
    }
}

/// A link by its attribute (Atom) or its text (RSS).
fn take_link(item: &mut Item, tag: &BytesStart<'_>, text: &str) {
    let relation = attribute(tag, "rel").unwrap_or_default();
    if !(relation.is_empty() || relation.eq_ignore_ascii_case("alternate")) {
        return;
    }
    let link = attribute(tag, "href").filter(|href| !href.trim().is_empty());
    let link = link.unwrap_or_else(|| text.to_owned());
    if item.link.is_empty() {
        item.link = link;
    }
}

/// A text that stands as base64: by its mode (Atom 0.3), or because its type is no text (RFC 4287
/// §4.1.3.3).
fn from_base64(tag: &BytesStart<'_>, kind: &str, text: &str) -> Option<String> {
    let mode = attribute(tag, "mode").is_some_and(|mode| mode.eq_ignore_ascii_case("base64"));
    if !mode && !kind.eq_ignore_ascii_case("application/octet-stream") {
        return None;
    }
    let letters: String = text.split_whitespace().collect();
    let bytes = BASE64.decode(letters).ok()?;
    String::from_utf8(bytes).ok()
}

/// Atom texts are plain unless they say otherwise; what RSS holds is HTML.
fn said(tag: &BytesStart<'_>, inside: Inside<'_>, atom: bool) -> Said {
    if inside.nested {
        return Said::html(inside.raw);
    }
    let kind = attribute(tag, "type").unwrap_or_default();
    if atom && let Some(text) = from_base64(tag, &kind, &inside.text) {
        return Said::html(text);
    }
    let escaped = attribute(tag, "mode").is_some_and(|mode| mode == "escaped");
    let plain = ["", "text", "text/plain"].contains(&kind.as_str()) && !escaped;
    if atom && plain {
        Said::plain(inside.text)
    } else {
        Said::html(inside.text)
    }
}
