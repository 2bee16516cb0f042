//! Fetched → Documents. Pure and CPU-bound: callers run it where it holds up nobody. Whatever a
//! page holds, the answer is documents or an honest [`FailureClass::Unreadable`], within bounds
//! of time and memory, and never a panic.

mod address;
mod api;
mod article;
mod claims;
mod clean;
mod date;
mod discover;
mod feed;
mod html;
mod page;
mod platform;
mod shown;
mod sitemap;
mod tags;
mod telegram;
#[cfg(test)]
mod testing;

use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use url::Url;

use crate::document::Document;
use crate::fetch::{Failure, FailureClass, Fetched};
use crate::message::Message;
use crate::source::{Kind, Source};

pub use address::normalised;
pub use claims::{ClaimReview, claims};
pub use discover::{Discovery, NamedFeed, discover};
pub use feed::Pace;

/// What an extraction may take.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The office's time zone: what a page says without a zone is meant there.
    pub tz: TimeZone,
    /// Items taken from one body; the rest is counted and reported.
    pub max_items: usize,
    /// When the body was fetched: what a page tells from then (`2 giờ trước`) is counted back
    /// from here, and left untold where this is unknown.
    pub now: Option<Timestamp>,
}

impl Limits {
    /// The promised limit of 2,000 items, in this time zone.
    #[must_use]
    pub fn new(tz: TimeZone) -> Self {
        Self {
            tz,
            max_items: 2_000,
            now: None,
        }
    }

    /// The same for a body that was fetched at this moment.
    #[must_use]
    pub fn at(mut self, now: Timestamp) -> Self {
        self.now = Some(now);
        self
    }
}

/// What one body holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Extracted {
    /// The items, in the source's order, with distinct ids.
    pub documents: Vec<Document>,
    /// Addresses that hold the items instead: the lists of a sitemap index, the feed that a page
    /// names. To be fetched and extracted as the same source's, and [`absorb`](Self::absorb)ed.
    pub further: Vec<Url>,
    /// What operators should know.
    pub notes: Vec<Note>,
    /// How often the source wants to be read.
    pub pace: Pace,
}

impl Extracted {
    /// Takes in what an address of [`further`](Self::further) held; one level deep only.
    pub fn absorb(&mut self, other: Self, limits: &Limits) {
        self.pace = other.pace;
        self.documents.extend(other.documents);
        distinct(&mut self.documents);
        let shown = self.documents.len();
        if shown > limits.max_items {
            let taken = limits.max_items;
            self.documents.truncate(taken);
            self.notes.push(Note::Surplus { taken, shown });
        }
        if !other.further.is_empty() {
            let shown = other.further.len();
            self.notes.push(Note::Lists { taken: 0, shown });
        }
        for note in other.notes {
            if !self.notes.contains(&note) {
                self.notes.push(note);
            }
        }
    }
}

/// What an extraction noticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// More items than are taken from one body.
    Surplus {
        /// Items taken.
        taken: usize,
        /// Items the body holds.
        shown: usize,
    },
    /// An index with more lists than are read.
    Lists {
        /// Lists that are read.
        taken: usize,
        /// Lists that the index names.
        shown: usize,
    },
    /// The body can be read and holds no item: an empty feed, or selectors that fit no longer.
    Nothing,
    /// Some bytes meant nothing in the encoding (its WHATWG name).
    Garbled(&'static str),
    /// The page shows next to nothing without scripts, which do not run here.
    Scripts,
    /// The page is nested too deep to be taken apart; only its running text was read.
    Flat,
}

impl Note {
    /// The note as people read it.
    #[must_use]
    pub fn what(&self) -> Message {
        match self {
            Self::Surplus { taken, shown } => Message::new("gathering-note-surplus")
                .count("taken", *taken)
                .count("shown", *shown),
            Self::Lists { taken, shown } => Message::new("gathering-note-lists")
                .count("taken", *taken)
                .count("shown", *shown),
            Self::Nothing => Message::new("gathering-note-nothing"),
            Self::Garbled(encoding) => {
                Message::new("gathering-note-garbled").with("encoding", encoding)
            }
            Self::Scripts => Message::new("gathering-note-scripts"),
            Self::Flat => Message::new("gathering-note-flat"),
        }
    }
}

/// The items of a source's body.
///
/// # Errors
/// [`FailureClass::Unreadable`] when the body is not what the source should be.
pub fn extract(source: &Source, fetched: &Fetched, limits: &Limits) -> Result<Extracted, Failure> {
    contained(|| {
        let mut extracted = match source.kind {
            Kind::Feed => feed::read(fetched, limits)?,
            Kind::Page => page::read(source, fetched, limits)?,
            Kind::Article => article::watched(source, fetched, limits),
            Kind::Sitemap => sitemap::read(source, fetched, limits)?,
            Kind::Telegram => telegram::read(fetched, limits)?,
            Kind::Youtube | Kind::Reddit | Kind::Mastodon | Kind::Forum => {
                platform::read(source, fetched, limits)?
            }
            Kind::Json => api::read(source, fetched, limits)?,
        };
        shown::settle(&mut extracted.documents);
        distinct(&mut extracted.documents);
        if extracted.documents.is_empty() && extracted.further.is_empty() {
            extracted.notes.push(Note::Nothing);
        }
        Ok(extracted)
    })
}

/// The main text of a listed item's own page. Identity and address stay those of the list; what
/// the page does not tell is taken from there too.
///
/// # Errors
/// [`FailureClass::Unreadable`] when the page cannot be taken apart at all.
pub fn article(
    _source: &Source,
    fetched: &Fetched,
    listed: &Document,
    limits: &Limits,
) -> Result<Document, Failure> {
    contained(|| {
        let mut document = article::followed(fetched, listed, limits);
        shown::settle(std::slice::from_mut(&mut document));
        Ok(document)
    })
}

/// Whether two addresses belong to one site: the same host, but for `www.`, or one below the other.
fn is_same_site(one: &Url, other: &Url) -> bool {
    let host = |url: &Url| {
        let host = url.host_str().unwrap_or_default();
        host.trim_start_matches("www.").to_owned()
    };
    let (one, other) = (host(one), host(other));
    let under = |a: &str, b: &str| {
        a.strip_suffix(b)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    !one.is_empty() && !other.is_empty() && (under(&one, &other) || under(&other, &one))
}

/// A page that shows nothing in public.
fn closed(detail: impl Into<String>) -> Failure {
    Failure::new(FailureClass::Closed, detail)
}

fn unreadable(detail: impl Into<String>) -> Failure {
    Failure::new(FailureClass::Unreadable, detail)
}

/// A parser that fails on a hostile body must not take the pass with it.
fn contained<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(unreadable("the parser failed")))
}

/// Gives every document an id of its own. An id that items with different titles bear names none
/// of them (a feed whose items all link to the front page): there the title is part of it, so
/// that it stays the same when items come and go. One item shown twice is one document.
fn distinct(documents: &mut Vec<Document>) {
    let mut titles: HashMap<&str, &str> = HashMap::with_capacity(documents.len());
    let mut shared: HashSet<String> = HashSet::new();
    let mut repeated = false;
    for document in &*documents {
        match titles.get(&*document.id) {
            Some(title) => {
                repeated = true;
                if *title != document.title {
                    shared.insert(document.id.clone());
                }
            }
            None => {
                titles.insert(&document.id, &document.title);
            }
        }
    }
    if !repeated {
        return;
    }
    let mut seen: HashMap<String, [u8; 16]> = HashMap::with_capacity(documents.len());
    documents.retain_mut(|document| {
        if shared.contains(&document.id) {
            let title = blake3::hash(document.title.as_bytes());
            document.id = format!("{}#{}", document.id, hex(&title.as_bytes()[..8]));
        }
        let digest = document.content_digest();
        match seen.get(&document.id) {
            None => seen.insert(document.id.clone(), digest).is_none(),
            Some(first) if *first == digest => false,
            Some(_) => {
                document.id = format!("{}#{}", document.id, hex(&digest[..8]));
                seen.insert(document.id.clone(), digest).is_none()
            }
        }
    });
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        use std::fmt::Write as _;
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests;
