//! Sitemaps (sitemaps.org protocol 0.9): lists of pages, of news with titles and times (Google's
//! news extension 0.9), indexes of such lists, plain lists of addresses; gzip or not. Read as a
//! flow of events, so that depth and entities cost nothing.

use std::borrow::Cow;
use std::io::Read as _;

use flate2::read::MultiGzDecoder;
use jiff::Timestamp;
use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use url::Url;

use super::feed::{self, garbled};
use super::{Extracted, Limits, Note, address, clean, date, is_same_site, unreadable};
use crate::document::Document;
use crate::fetch::{Failure, FailureClass, Fetched};
use crate::source::Source;
use crate::text::charset::{self, Markup};

/// Bytes of a sitemap after unpacking: what any body may hold.
const MOST_UNPACKED: usize = 8 << 20;
/// Pages taken from one sitemap, the newest. The protocol lets one list 50,000, nearly all old.
const MOST_PAGES: usize = 500;
/// Lists read of one index, the newest.
pub(super) const MOST_LISTS: usize = 5;
/// A field is not longer; what is longer is cut.
const LONGEST_FIELD: usize = 4 << 10;

/// The pages of a sitemap, or the lists of an index.
///
/// # Errors
/// When the body is no sitemap, or unpacks to more than 8 MiB.
pub(super) fn read(
    source: &Source,
    fetched: &Fetched,
    limits: &Limits,
) -> Result<Extracted, Failure> {
    let body = unpacked(&fetched.body)?;
    let decoded = charset::decode(&body, fetched.content_type.as_deref(), Markup::Xml);
    let text = decoded
        .text
        .trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let mut extracted = if text.starts_with('<') {
        match tagged(text, limits)? {
            Listed::Pages { pages, shown } => documents(pages, shown, &fetched.url, limits),
            Listed::Lists(lists) => further(&lists, &fetched.url),
            // The protocol takes RSS and Atom for sitemaps too.
            Listed::Feed => return read_feed(source, fetched, body.into_owned(), limits),
        }
    } else {
        let (pages, shown) = lines(text)?;
        documents(pages, shown, &fetched.url, limits)
    };
    extracted.notes.extend(garbled(&decoded));
    Ok(extracted)
}

fn read_feed(
    _source: &Source,
    fetched: &Fetched,
    body: Vec<u8>,
    limits: &Limits,
) -> Result<Extracted, Failure> {
    feed::read(
        &Fetched {
            body,
            ..fetched.clone()
        },
        limits,
    )
}

/// The body, unpacked where it begins as gzip does (RFC 1952 §2.3.1).
fn unpacked(body: &[u8]) -> Result<Cow<'_, [u8]>, Failure> {
    if !body.starts_with(&[0x1f, 0x8b]) {
        return Ok(Cow::Borrowed(body));
    }
    let most = u64::try_from(MOST_UNPACKED).unwrap_or(u64::MAX);
    let mut plain = Vec::new();
    MultiGzDecoder::new(body)
        .take(most + 1)
        .read_to_end(&mut plain)
        .map_err(|error| unreadable(format!("the gzip body is damaged: {error}")))?;
    if plain.len() > MOST_UNPACKED {
        let detail = format!("the sitemap unpacks to more than {MOST_UNPACKED} bytes");
        return Err(Failure::new(FailureClass::TooBig, detail));
    }
    Ok(Cow::Owned(plain))
}

/// What is read of an entry.
const FIELDS: [&str; 4] = ["loc", "title", "publication_date", "lastmod"];

/// One `<url>` or `<sitemap>`.
#[derive(Debug, Default, Clone)]
struct Entry {
    location: String,
    title: String,
    published: String,
    changed: String,
}

enum Listed {
    Pages { pages: Vec<Entry>, shown: usize },
    Lists(Vec<Entry>),
    Feed,
}

/// One address a line (protocol: "text file").
fn lines(text: &str) -> Result<(Vec<Entry>, usize), Failure> {
    let mut pages = Vec::new();
    let mut shown = 0;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let is_address = line.starts_with("http://") || line.starts_with("https://");
        if !is_address && shown == 0 {
            return Err(unreadable("neither a sitemap nor a list of addresses"));
        }
        shown += 1;
        if is_address && pages.len() < MOST_PAGES {
            pages.push(Entry {
                location: line.to_owned(),
                ..Entry::default()
            });
        }
    }
    if shown == 0 {
        return Err(unreadable("the sitemap is empty"));
    }
    Ok((pages, shown))
}

/// The entries of an XML sitemap by its elements' local names, whatever the namespaces claim. A
/// place that cannot be read ends the reading.
fn tagged(text: &str, limits: &Limits) -> Result<Listed, Failure> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    let mut found: Option<Found> = None;
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => match &mut found {
                Some(found) => found.open(&local(&tag)),
                None => match local(&tag).as_str() {
                    "urlset" => found = Some(Found::new("url", limits)),
                    "sitemapindex" => found = Some(Found::new("sitemap", limits)),
                    "rss" | "feed" | "rdf" => return Ok(Listed::Feed),
                    "html" => return Err(unreadable("an HTML page, not a sitemap")),
                    other => return Err(unreadable(format!("<{other}> is no sitemap"))),
                },
            },
            Ok(Event::End(tag)) => {
                if let Some(found) = &mut found {
                    found.close(&tag.local_name().as_ref().to_ascii_lowercase());
                }
            }
            Ok(Event::Text(piece)) => found.iter_mut().for_each(|found| found.text(&piece)),
            Ok(Event::CData(piece)) => found.iter_mut().for_each(|found| found.text(&piece)),
            Ok(Event::GeneralRef(name)) => {
                let said = reference(&name);
                found.iter_mut().for_each(|found| found.text(&said));
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    let found = found.ok_or_else(|| unreadable("neither a sitemap nor a list of addresses"))?;
    Ok(found.finish())
}

fn local(tag: &BytesStart<'_>) -> String {
    tag.local_name().as_ref().to_ascii_lowercase()
}

/// A reference that XML itself knows; others mean nothing here.
fn reference(name: &BytesRef<'_>) -> String {
    let name: &str = name;
    let whole = format!("&{name};");
    quick_xml::escape::unescape(&whole).map_or_else(|_| String::new(), Cow::into_owned)
}

/// What is collected while the events pass by.
struct Found {
    /// `url` or `sitemap`.
    element: &'static str,
    /// Entries kept: twice what is taken, so that the newest can be told.
    most: usize,
    entries: Vec<Entry>,
    shown: usize,
    entry: Option<Entry>,
    field: Option<&'static str>,
}

impl Found {
    fn new(element: &'static str, limits: &Limits) -> Self {
        Self {
            element,
            most: limits.max_items.max(50_000),
            entries: Vec::new(),
            shown: 0,
            entry: None,
            field: None,
        }
    }

    fn open(&mut self, name: &str) {
        if name == self.element {
            self.entry = Some(Entry::default());
        }
        // The first of a name counts: `image:loc` comes after the page's own.
        self.field = FIELDS
            .into_iter()
            .find(|field| *field == name)
            .filter(|field| self.place(field).is_some_and(|place| place.is_empty()));
    }

    fn place(&mut self, field: &str) -> Option<&mut String> {
        let entry = self.entry.as_mut()?;
        Some(match field {
            "loc" => &mut entry.location,
            "title" => &mut entry.title,
            "publication_date" => &mut entry.published,
            _ => &mut entry.changed,
        })
    }

    fn text(&mut self, piece: &str) {
        if let Some(place) = self.field.and_then(|field| self.place(field)) {
            let room = LONGEST_FIELD.saturating_sub(place.len());
            place.push_str(&piece[..piece.floor_char_boundary(room)]);
        }
    }

    fn close(&mut self, name: &str) {
        if self.field.is_some_and(|field| field == name) {
            self.field = None;
        }
        if name == self.element
            && let Some(entry) = self.entry.take()
        {
            self.shown += 1;
            if self.entries.len() < self.most {
                self.entries.push(entry);
            }
        }
    }

    fn finish(self) -> Listed {
        if self.element == "sitemap" {
            return Listed::Lists(self.entries);
        }
        Listed::Pages {
            pages: self.entries,
            shown: self.shown,
        }
    }
}

/// The newest pages, the newest first; those without a time keep their order behind them.
fn documents(pages: Vec<Entry>, shown: usize, base: &Url, limits: &Limits) -> Extracted {
    let mut dated: Vec<(Option<Timestamp>, Entry)> = pages
        .into_iter()
        .map(|entry| {
            let time = date::parse(&entry.published, &limits.tz)
                .or_else(|| date::parse(&entry.changed, &limits.tz));
            (time, entry)
        })
        .collect();
    dated.sort_by_key(|(time, _)| std::cmp::Reverse(*time));
    let most = limits.max_items.min(MOST_PAGES);
    let mut extracted = Extracted::default();
    for (time, entry) in dated {
        let Some(url) = address::normalised(&entry.location, Some(base)) else {
            continue;
        };
        if extracted.documents.len() == most {
            break;
        }
        extracted.documents.push(Document {
            id: url.clone(),
            url: Some(url),
            title: clean::line(&entry.title),
            text: String::new(),
            published: time,
        });
    }
    let taken = extracted.documents.len();
    if shown > taken && taken == most {
        extracted.notes.push(Note::Surplus { taken, shown });
    }
    extracted
}

/// The lists of an index that are read: of the index's own site, the newest; of those without a
/// time, from both ends, since some sites begin with the newest and some end with it.
fn further(lists: &[Entry], base: &Url) -> Extracted {
    let shown = lists.len();
    let utc = jiff::tz::TimeZone::UTC;
    let mut own: Vec<(Option<Timestamp>, usize, Url)> = lists
        .iter()
        .enumerate()
        .filter_map(|(at, entry)| {
            let url = address::normalised(&entry.location, Some(base))?;
            let url = Url::parse(&url)
                .ok()
                .filter(|url| is_same_site(url, base))?;
            Some((
                date::parse(&entry.changed, &utc),
                at.min(shown - 1 - at),
                url,
            ))
        })
        .collect();
    own.sort_by_key(|(time, from_end, _)| (std::cmp::Reverse(*time), *from_end));
    let further = own.into_iter().take(MOST_LISTS).map(|(_, _, url)| url);
    let mut extracted = Extracted {
        further: further.collect(),
        ..Extracted::default()
    };
    let taken = extracted.further.len();
    if shown > taken {
        extracted.notes.push(Note::Lists { taken, shown });
    }
    extracted
}

#[cfg(test)]
mod tests;
