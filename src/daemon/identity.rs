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
    /// An earlier version was scanned before.
    pub(super) edited: bool,
    /// Whether it need not be looked at again until it changes.
    pub(super) settled: bool,
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

    /// Whether an item is too old to be told, at a first sight. Asked again once a followed page
    /// has told the date that the list did not.
    pub(super) fn is_past(&self, document: &Document) -> bool {
        self.last_success.is_none() && is_before(document, horizon(self.now))
    }

    /// Sorts a reading; `known` gives the digest of what an id said when it was scanned last.
    /// A date in the future becomes `now`.
    pub(super) fn sort(
        &self,
        mut documents: Vec<Document>,
        mut known: impl FnMut(&str) -> Option<[u8; 16]>,
    ) -> Sorted {
        for document in &mut documents {
            document.published = document.published.map(|at| at.min(self.now));
        }
        let digests: Vec<[u8; 16]> = documents.iter().map(Document::content_digest).collect();
        let shown = shown(&documents, &digests);
        let memories: Vec<Option<[u8; 16]>> = documents.iter().map(|d| known(&d.id)).collect();
        let before = Before::new(&self.before, &shown, memories.iter().all(Option::is_none));
        let gap = self.is_gap(&documents, &memories, &before, &shown);
        let strange = memories.iter().all(Option::is_none) && !before.matches_any(&shown);

        let (mut fresh_ones, mut new) = (Vec::new(), Vec::new());
        let known = memories.into_iter().zip(&shown);
        for ((mut document, digest), (memory, shown)) in
            documents.into_iter().zip(digests).zip(known)
        {
            match memory {
                Some(before) if before == digest => {}
                Some(_) => fresh_ones.push(fresh(document, digest, true)),
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
        let (told, past) = self.part_past(new, strange);
        fresh_ones.extend(told);
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

    fn is_gap(
        &self,
        documents: &[Document],
        memories: &[Option<[u8; 16]>],
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
pub(super) fn without(listing: &mut Listing, unsettled: &[&Fresh]) {
    let again: HashSet<u64> = unsettled.iter().map(|item| word(&item.digest)).collect();
    listing.0.retain(|shown| !again.contains(&shown.content));
}

fn fresh(listed: Document, digest: [u8; 16], edited: bool) -> Fresh {
    Fresh {
        digest,
        document: listed.clone(),
        listed,
        edited,
        settled: true,
    }
}

fn horizon(now: Timestamp) -> Timestamp {
    now.checked_sub(RECENT).unwrap_or(Timestamp::MIN)
}

fn is_before(document: &Document, horizon: Timestamp) -> bool {
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
        self.contents.contains(&shown.content) || shown.url != 0 && self.urls.contains(&shown.url)
    }

    fn matches_any(&self, shown: &[Shown]) -> bool {
        shown.iter().any(|shown| self.matches(shown))
    }

    fn recognise(&self, shown: &Shown) -> Recognised {
        if self.shown.contains(shown) || self.restless && self.contents.contains(&shown.content) {
            Recognised::Unchanged
        } else if self.restless && shown.url != 0 && self.urls.contains(&shown.url) {
            Recognised::Edited
        } else {
            Recognised::No
        }
    }
}

/// An address that several items share names none of them.
fn shown(documents: &[Document], digests: &[[u8; 16]]) -> Vec<Shown> {
    let mut times: HashMap<&str, usize> = HashMap::with_capacity(documents.len());
    for url in documents.iter().filter_map(|d| d.url.as_deref()) {
        *times.entry(url).or_default() += 1;
    }
    let own = |url: &&str| times.get(url) == Some(&1);
    let all = documents
        .iter()
        .zip(digests)
        .map(|(document, digest)| Shown {
            url: document
                .url
                .as_deref()
                .filter(own)
                .map_or(0, |url| word(blake3::hash(url.as_bytes()).as_bytes())),
            content: word(digest),
        });
    all.collect()
}

fn word(digest: &[u8]) -> u64 {
    digest
        .iter()
        .take(8)
        .fold(0, |word, byte| word << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests;
