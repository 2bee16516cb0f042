//! Which items of a reading are new, which were changed, and which were there all along: by id,
//! else by address and content, whatever a feed does to its guids, dates and order.
//!
//! It also keeps archives from flooding anybody. What a source already held when it was seen
//! first, and is older than [`RECENT`], is remembered and never alerted; so is a heap of old
//! items that turns up all at once later (an import, a redesign).

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use jiff::Timestamp;

use crate::document::Document;
use crate::seen::{Listing, Shown};

/// What is older when a source is seen first is its past, no news.
pub(super) const RECENT: Duration = Duration::from_secs(3 * 24 * 3600);
/// Of items without a date the first ones of a listing count as recent: lists show what is new
/// at the top, and a screenful holds about so many.
const UNDATED_RECENT: usize = 20;
/// More old items than this at one reading are no late entries but an archive.
const LATE_ENTRIES: usize = 20;
/// With fewer items than this before or now, nothing in common says nothing.
const COMPARABLE: usize = 5;

/// An item that is new, or whose text changed.
#[derive(Debug)]
pub(super) struct Fresh {
    /// As the source shows it.
    pub(super) listed: Document,
    /// What is scanned: the followed article, else the item as listed.
    pub(super) document: Document,
    /// An earlier version was seen before.
    pub(super) edited: bool,
    /// Whether it need not be looked at again until it changes.
    pub(super) settled: bool,
    /// Its page was asked for in vain before.
    pub(super) again: bool,
    /// Digest of what the source shows of it.
    pub(super) digest: [u8; 16],
}

/// An item that is remembered only.
#[derive(Debug)]
pub(super) struct Past {
    pub(super) id: String,
    /// Digest of what the source shows of it.
    pub(super) digest: [u8; 16],
}

impl From<Fresh> for Past {
    fn from(fresh: Fresh) -> Self {
        Self {
            id: fresh.listed.id,
            digest: fresh.digest,
        }
    }
}

/// What is known of a source before a reading.
#[derive(Debug)]
pub(super) struct Sight {
    /// What it showed last; empty where that is not known.
    pub(super) before: Listing,
    /// When it was read last; `None` at its first sight, or where the memory was lost.
    pub(super) last_success: Option<Timestamp>,
    /// When it is read now.
    pub(super) now: Timestamp,
}

/// A reading, sorted.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    /// To be scanned.
    pub(super) fresh: Vec<Fresh>,
    /// Seen never before, and too old to be told: remembered only.
    pub(super) past: Vec<Past>,
    /// What the source shows now; empty where it shows nothing.
    pub(super) listing: Listing,
    /// Nothing of the reading before is left, and nothing in this one is older than it: items
    /// may have come and gone unseen.
    pub(super) gap: bool,
}

impl Sight {
    /// A look that knows of nothing before, and passes over nothing.
    pub(super) fn of_everything(documents: Vec<Document>) -> Sorted {
        Sorted {
            fresh: documents
                .into_iter()
                .map(|document| {
                    let digest = document.content_digest();
                    fresh(document, digest, false)
                })
                .collect(),
            ..Sorted::default()
        }
    }

    /// What is older is too old to be told, at a first sight. Asked again once a followed page has
    /// told the date that the list did not.
    pub(super) fn past_before(&self) -> Option<Timestamp> {
        self.last_success.is_none().then(|| horizon(self.now))
    }

    /// Sorts a reading; `known` gives what is remembered of an id ([`Mark`]). A date in the future
    /// becomes `now`.
    pub(super) fn sort(
        &self,
        mut documents: Vec<Document>,
        mut known: impl FnMut(&str) -> Option<Mark>,
    ) -> Sorted {
        for document in &mut documents {
            document.published = document.published.map(|at| at.min(self.now));
        }
        let digests: Vec<[u8; 16]> = documents.iter().map(Document::content_digest).collect();
        let shown = shown(&documents, &digests);
        let memories: Vec<Option<Mark>> = documents.iter().map(|d| known(&d.id)).collect();
        let before = Before::new(&self.before, &shown, memories.iter().all(Option::is_none));
        let gap = self.is_gap(&documents, &memories, &before, &shown);
        let strange = memories.iter().all(Option::is_none) && !before.matches_any(&shown);

        let (mut fresh_ones, mut new, mut passed_over) = (Vec::new(), Vec::new(), Vec::new());
        let known = memories.into_iter().zip(&shown);
        for ((mut document, digest), (memory, shown)) in
            documents.into_iter().zip(digests).zip(known)
        {
            match memory {
                Some(mark) if mark.is_of(digest) => {}
                Some(mark) if mark.was_scanned() => fresh_ones.push(fresh(document, digest, true)),
                Some(_) => passed_over.push(fresh(document, digest, true)),
                None => match before.recognise(shown) {
                    Recognised::Unchanged => {}
                    Recognised::Edited => {
                        // The guid will be another one next time; the address stays.
                        if let Some(url) = &document.url {
                            document.id.clone_from(url);
                        }
                        fresh_ones.push(fresh(document, digest, true));
                    }
                    Recognised::No => new.push(fresh(document, digest, false)),
                },
            }
        }
        let (told, mut past) = self.part_past(new, strange);
        fresh_ones.extend(told);
        let (told, still_past) = self.part_edited(passed_over);
        fresh_ones.extend(told);
        past.extend(still_past);
        Sorted {
            fresh: fresh_ones,
            past: past.into_iter().map(Past::from).collect(),
            listing: Listing(shown),
            gap,
        }
    }

    /// Parts what is told from what is only remembered, both in the source's order.
    fn part_past(&self, new: Vec<Fresh>, strange: bool) -> (Vec<Fresh>, Vec<Fresh>) {
        let horizon = match self.last_success {
            None => Some(horizon(self.now)),
            Some(last) => {
                // What is that old should have been there at the last reading.
                let horizon = horizon(last.min(self.now));
                let late = new.iter().filter(|d| is_before(&d.listed, horizon)).count();
                (late > LATE_ENTRIES).then_some(horizon)
            }
        };
        let mut undated = 0;
        new.into_iter().partition(|item| {
            let document = &item.listed;
            undated += usize::from(document.published.is_none());
            match document.published {
                None => !strange || undated <= UNDATED_RECENT,
                Some(_) => horizon.is_none_or(|horizon| !is_before(document, horizon)),
            }
        })
    }

    /// The same of items that were passed over as past and say something else now. A counter in
    /// each of them, or a new template, makes no news of an archive.
    fn part_edited(&self, edited: Vec<Fresh>) -> (Vec<Fresh>, Vec<Fresh>) {
        if edited.len() > LATE_ENTRIES {
            return (Vec::new(), edited);
        }
        let horizon = horizon(self.now);
        edited
            .into_iter()
            .partition(|item| !is_before(&item.listed, horizon))
    }

    fn is_gap(
        &self,
        documents: &[Document],
        memories: &[Option<Mark>],
        before: &Before,
        shown: &[Shown],
    ) -> bool {
        let Some(last) = self.last_success else {
            return false;
        };
        self.before.0.len() >= COMPARABLE
            && documents.len() >= COMPARABLE
            && memories.iter().all(Option::is_none)
            && !before.matches_any(shown)
            // One that was published earlier was left out earlier: a redesign, no gap.
            && !documents.iter().any(|d| d.published.is_some_and(|at| at < last))
    }
}

/// Forgets the items that must be looked at again, so that they are not known by their address.
pub(super) fn without(listing: &mut Listing, unsettled: &[Fresh]) {
    let contents: HashSet<u64> = unsettled.iter().map(|item| word(&item.digest)).collect();
    let urls = unsettled
        .iter()
        .filter_map(|item| item.listed.url.as_deref());
    let urls: HashSet<u64> = urls.map(address).collect();
    listing
        .0
        .retain(|shown| !contents.contains(&shown.content) && !urls.contains(&shown.url));
}

/// What is remembered of an item: 127 bits of the digest of what it said, and in the last one
/// whether that was passed over as past, and never scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark([u8; 16]);

impl Mark {
    pub(super) fn scanned(mut digest: [u8; 16]) -> Self {
        digest[15] &= !1;
        Self(digest)
    }

    pub(super) fn passed_over(mut digest: [u8; 16]) -> Self {
        digest[15] |= 1;
        Self(digest)
    }

    /// As the seen memory keeps it.
    pub(super) fn bits(self) -> [u8; 16] {
        self.0
    }

    pub(super) fn from_bits(bits: [u8; 16]) -> Self {
        Self(bits)
    }

    fn was_scanned(self) -> bool {
        self.0[15] & 1 == 0
    }

    fn is_of(self, digest: [u8; 16]) -> bool {
        self == Self::scanned(digest) || self == Self::passed_over(digest)
    }
}

fn fresh(listed: Document, digest: [u8; 16], edited: bool) -> Fresh {
    Fresh {
        digest,
        document: listed.clone(),
        listed,
        edited,
        settled: true,
        again: false,
    }
}

fn horizon(now: Timestamp) -> Timestamp {
    now.checked_sub(RECENT).unwrap_or(Timestamp::MIN)
}

pub(super) fn is_before(document: &Document, horizon: Timestamp) -> bool {
    document.published.is_some_and(|at| at < horizon)
}

/// The reading before, for look-up.
struct Before {
    shown: HashSet<Shown>,
    contents: HashSet<u64>,
    urls: HashSet<u64>,
    /// Nothing is known by its id, and several items by something else: the source gives its
    /// items new ids at every reading, so that address and content decide.
    restless: bool,
}

enum Recognised {
    Unchanged,
    Edited,
    No,
}

impl Before {
    fn new(listing: &Listing, now: &[Shown], no_id_known: bool) -> Self {
        let before = Self {
            shown: listing.0.iter().copied().collect(),
            contents: listing.0.iter().map(|shown| shown.content).collect(),
            urls: listing.0.iter().map(|shown| shown.url).collect(),
            restless: false,
        };
        let matching = now.iter().filter(|shown| before.matches(shown)).count();
        Self {
            restless: no_id_known && matching > 1,
            ..before
        }
    }

    fn matches(&self, shown: &Shown) -> bool {
        self.has_content(shown) || self.has_url(shown)
    }

    fn has_content(&self, shown: &Shown) -> bool {
        shown.content != 0 && self.contents.contains(&shown.content)
    }

    fn has_url(&self, shown: &Shown) -> bool {
        shown.url != 0 && self.urls.contains(&shown.url)
    }

    fn matches_any(&self, shown: &[Shown]) -> bool {
        shown.iter().any(|shown| self.matches(shown))
    }

    fn recognise(&self, shown: &Shown) -> Recognised {
        let named = shown.content != 0 || shown.url != 0;
        if named && self.shown.contains(shown) || self.restless && self.has_content(shown) {
            Recognised::Unchanged
        } else if self.restless && self.has_url(shown) {
            Recognised::Edited
        } else {
            Recognised::No
        }
    }
}

/// An address that several items share names none of them; no more does a text that several
/// share, or that is empty, as where a sitemap tells addresses only.
fn shown(documents: &[Document], digests: &[[u8; 16]]) -> Vec<Shown> {
    let mut times: HashMap<u64, usize> = HashMap::with_capacity(2 * documents.len());
    let all: Vec<Shown> = documents
        .iter()
        .zip(digests)
        .map(|(document, digest)| Shown {
            url: document.url.as_deref().map_or(0, address),
            content: match document.title.is_empty() && document.text.is_empty() {
                true => 0,
                false => word(digest),
            },
        })
        .collect();
    for shown in &all {
        *times.entry(shown.url).or_default() += 1;
        *times.entry(shown.content).or_default() += 1;
    }
    let own = |word: u64| {
        if times.get(&word) == Some(&1) {
            word
        } else {
            0
        }
    };
    all.into_iter()
        .map(|shown| Shown {
            url: own(shown.url),
            content: own(shown.content),
        })
        .collect()
}

fn address(url: &str) -> u64 {
    word(blake3::hash(url.as_bytes()).as_bytes())
}

fn word(digest: &[u8]) -> u64 {
    digest
        .iter()
        .take(8)
        .fold(0, |word, byte| word << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests;
