//! What has been seen already: items, content digests, validators, the state of each source and
//! the fingerprints of texts.
//!
//! All of it may be forgotten at the cost of work: the ledger has the last word on what has been
//! alerted. So a database that does not open is set aside and a fresh one begun ([`Opened`]).
//! It lies in sled 0.34.7, which survives `kill -9` but may lose its last seconds, and in a
//! power cut everything (its issues 1351 and 1452).
//!
//! Every call is short and blocking; [`Seen::open`] and [`Seen::flush`] wait for the disk and
//! belong on a thread that may block.

mod compact;
mod fingerprints;
mod listing;
mod open;
mod report;
mod robots;
mod state;
#[cfg(test)]
mod tests;
mod upkeep;

use std::collections::BTreeSet;
use std::fmt;
use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use fingerprints::{CAPACITY, Fingerprint, Fingerprints, KEYS, QUERIED, SKETCH};
pub use listing::{Listing, Shown};
pub use report::{Notice, SeenError};
pub use robots::SeenRobots;
pub use state::{LastFailure, Rhythm, SourceState};
pub use upkeep::{forget_broken, patience};

/// The memory of what has been seen. Clones share it.
#[derive(Clone)]
pub struct Seen {
    store: Arc<Store>,
}

/// The trees of the database, and the lock that keeps other processes out while it is open.
struct Store {
    db: Contained<sled::Db>,
    items: Contained<sled::Tree>,
    validators: Contained<sled::Tree>,
    states: Contained<sled::Tree>,
    robots: Contained<sled::Tree>,
    listings: Contained<sled::Tree>,
    fingerprints: Mutex<Fingerprints>,
    /// Items in the database; held while their number changes.
    count: Mutex<u64>,
    /// Also keeps the number of items that were flushed. Let go of last.
    lock: Lock,
}

/// Whoever lets go of sled last writes out the rest, and panics where the disk fails: what is in
/// here may be forgotten, so it ends nothing.
#[derive(Debug)]
struct Contained<T>(Option<T>);

impl<T> Contained<T> {
    fn new(inner: T) -> Self {
        Self(Some(inner))
    }
}

impl<T> std::ops::Deref for Contained<T> {
    type Target = T;

    fn deref(&self) -> &T {
        match &self.0 {
            Some(inner) => inner,
            None => unreachable!("taken by the drop only"),
        }
    }
}

impl<T> Drop for Contained<T> {
    fn drop(&mut self) {
        let inner = self.0.take();
        let let_go = std::panic::AssertUnwindSafe(|| drop(inner));
        if std::panic::catch_unwind(let_go).is_err() {
            tracing::warn!("the seen memory could not be closed");
        }
    }
}

/// The lock on `<dir>.lock`.
struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing alone would leave it to a child process that was started a moment ago.
        let _ = self.0.unlock();
    }
}

/// What [`Seen::open`] brings.
#[derive(Debug)]
pub struct Opened {
    /// The open memory.
    pub seen: Seen,
    /// What the operator should hear of the opening; mostly empty.
    pub notices: Vec<Notice>,
}

/// What is known of one item of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ItemMemory {
    /// Digest of what the item said when it was scanned last
    /// (`Document::content_digest`).
    pub digest: [u8; 16],
    /// When the item was seen first, to the millisecond.
    pub first_seen: Timestamp,
    /// When its source was last known to show it, give or take a month.
    pub shown: Timestamp,
}

/// What a source's server told us to send back at the next conditional request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenValidators {
    /// `ETag`, exactly as received.
    pub etag: Option<String>,
    /// `Last-Modified`, exactly as received.
    pub last_modified: Option<String>,
    /// When a whole body arrived last: some servers answer 304 for ever, so that an
    /// unconditional request is due now and then.
    pub last_full: Timestamp,
}

/// How much is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeenStats {
    /// Items of all sources.
    pub items: usize,
    /// Sources with a state.
    pub sources: usize,
    /// Bytes on disk.
    pub bytes: u64,
}

impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seen").finish_non_exhaustive()
    }
}

impl Seen {
    /// Opens the memory in `dir` (made if missing), and waits at most `deadline` for it.
    ///
    /// A database that is damaged, panics or hangs is renamed to `seen.broken-<UTC time>` beside
    /// `dir` and a fresh one is begun; the notices say so. The lock is a file of its own beside
    /// `dir`, since the folder itself may move.
    ///
    /// # Errors
    /// [`SeenError::Running`] if another process has it open, [`SeenError::Disk`] if the disk
    /// refuses: then nothing is moved.
    pub fn open(dir: &Path, deadline: Duration, now: Timestamp) -> Result<Opened, SeenError> {
        open::open(dir, deadline, now)
    }

    /// What is known of an item.
    ///
    /// # Errors
    /// [`SeenError::Failed`] if the database fails.
    pub fn item(&self, source: &str, item: &str) -> Result<Option<ItemMemory>, SeenError> {
        let value = self.store.items.get(item_key(source, item))?;
        Ok(value.and_then(|bytes| ItemMemory::from_bytes(&bytes)))
    }

    /// Remembers items with the digests of what they said, all or none. An item known before
    /// keeps the time it was seen first.
    ///
    /// # Errors
    /// [`SeenError::Failed`] if the database fails.
    pub fn remember_items<I: AsRef<str>>(
        &self,
        source: &str,
        items: &[(I, [u8; 16])],
        now: Timestamp,
    ) -> Result<(), SeenError> {
        let mut count = self.count();
        let mut batch = sled::Batch::default();
        let mut new = BTreeSet::new();
        for (item, digest) in items {
            let key = item_key(source, item.as_ref());
            let known = self.store.items.get(&key)?;
            if known.is_none() {
                new.insert(key.clone());
            }
            let first_seen = known
                .and_then(|bytes| ItemMemory::from_bytes(&bytes))
                .map_or(now, |memory| memory.first_seen);
            let memory = ItemMemory {
                digest: *digest,
                first_seen,
                shown: now,
            };
            batch.insert(key, &memory.to_bytes());
        }
        self.store.items.apply_batch(batch)?;
        *count += new.len() as u64;
        Ok(())
    }

    /// What to send at the next conditional request to a source.
    ///
    /// # Errors
    /// [`SeenError::Failed`] if the database fails.
    pub fn validators(&self, source: &str) -> Result<Option<SeenValidators>, SeenError> {
        let value = self.store.validators.get(source)?;
        Ok(value.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    /// Keeps validators, or forgets them so that the next request is unconditional. Call it
    /// after the source's items were remembered, never before.
    ///
    /// # Errors
    /// [`SeenError::Failed`] if the database fails.
    pub fn set_validators(
        &self,
        source: &str,
        validators: Option<&SeenValidators>,
    ) -> Result<(), SeenError> {
        match validators {
            Some(validators) => put(&self.store.validators, source, validators),
            None => {
                self.store.validators.remove(source)?;
                Ok(())
            }
        }
    }

    /// How it goes with a source; the empty state where nothing is known.
    ///
    /// # Errors
    /// [`SeenError::Failed`] if the database fails.
    pub fn source_state(&self, source: &str) -> Result<SourceState, SeenError> {
        let value = self.store.states.get(source)?;
        Ok(value
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default())
    }

    /// Keeps how it goes with a source.
    ///
    /// # Errors
    /// [`SeenError::Failed`] if the database fails.
    pub fn set_source_state(&self, source: &str, state: &SourceState) -> Result<(), SeenError> {
        put(&self.store.states, source, state)?;
        let_go();
        Ok(())
    }

    /// What a source showed when it showed anything last; empty where nothing is known.
    ///
    /// # Errors
    /// [`SeenError::Failed`] if the database fails.
    pub fn listing(&self, source: &str) -> Result<Listing, SeenError> {
        let value = self.store.listings.get(source)?;
        Ok(value.map_or_else(Listing::default, |bytes| Listing::from_bytes(&bytes)))
    }

    /// Keeps what a source shows. Call it after the source's items were remembered.
    ///
    /// # Errors
    /// [`SeenError::Failed`] if the database fails.
    pub fn set_listing(&self, source: &str, listing: &Listing) -> Result<(), SeenError> {
        self.store.listings.insert(source, listing.to_bytes())?;
        Ok(())
    }

    /// The fingerprints of the texts told, for one caller at a time: whoever finds that a text
    /// is new remembers it before anybody else asks.
    pub fn fingerprints(&self) -> MutexGuard<'_, Fingerprints> {
        // A panic while it was held leaves texts that are not found by all of their keys.
        self.store
            .fingerprints
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets all about a source: items, validators, state, listing.
    ///
    /// # Errors
    /// [`SeenError::Failed`] if the database fails.
    pub fn forget_source(&self, source: &str) -> Result<(), SeenError> {
        self.store.validators.remove(source)?;
        self.store.states.remove(source)?;
        self.store.listings.remove(source)?;
        let mut count = self.count();
        // While items go, no number is known to be there.
        self.keep_count(0)?;
        for key in self.store.items.scan_prefix(items_of(source)).keys() {
            // A damaged page yields errors for ever: the first one ends the walk.
            if self.store.items.remove(key?)?.is_some() {
                *count = count.saturating_sub(1);
            }
        }
        self.write_out(*count)
    }

    /// Writes to disk what was remembered, so that its loss would be noticed at the next
    /// opening. Blocks; a running program calls it every few seconds.
    ///
    /// # Errors
    /// [`SeenError::Failed`] if the database fails.
    pub fn flush(&self) -> Result<(), SeenError> {
        let count = self.count();
        self.write_out(*count)
    }

    /// Flushes, then keeps the number of items that are in the file now for certain.
    fn write_out(&self, count: u64) -> Result<(), SeenError> {
        // `flush_async` deadlocks under concurrency (sled issue 1308).
        self.store.db.flush()?;
        let_go();
        self.keep_count(count)
    }

    fn keep_count(&self, count: u64) -> Result<(), SeenError> {
        self.store
            .write_count(count)
            .map_err(|error| SeenError::Failed(error.to_string()))
    }

    /// A panic while it was held leaves a number that is too small at worst.
    fn count(&self) -> MutexGuard<'_, u64> {
        self.store
            .count
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// How much is remembered; walks over everything.
    ///
    /// # Errors
    /// [`SeenError::Failed`] if the database fails.
    pub fn stats(&self) -> Result<SeenStats, SeenError> {
        Ok(SeenStats {
            items: self.store.items.len(),
            sources: self.store.states.len(),
            bytes: self.store.db.size_on_disk()?,
        })
    }
}

impl ItemMemory {
    /// Digest, then both times as milliseconds since 1970, each a big-endian `i64`.
    fn to_bytes(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes[..16].copy_from_slice(&self.digest);
        bytes[16..24].copy_from_slice(&self.first_seen.as_millisecond().to_be_bytes());
        bytes[24..].copy_from_slice(&self.shown.as_millisecond().to_be_bytes());
        bytes
    }

    /// The second time may be missing: earlier versions did not write it.
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let time = |millis: &[u8]| {
            let millis = i64::from_be_bytes(millis.try_into().ok()?);
            Timestamp::from_millisecond(millis).ok()
        };
        let (digest, times) = bytes.split_first_chunk::<16>()?;
        let (first, shown) = times.split_at_checked(8)?;
        let first_seen = time(first)?;
        Some(Self {
            digest: *digest,
            first_seen,
            shown: if shown.is_empty() {
                first_seen
            } else {
                time(shown)?
            },
        })
    }
}

/// Prefix of the keys of a source's items; a source id holds no NUL.
fn items_of(source: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(source.len() + 17);
    key.extend_from_slice(source.as_bytes());
    key.push(0);
    key
}

/// Frees what sled has replaced. It leaves that to the thread's next 64 replacements, and each may
/// be a buffer of half a megabyte: some tens of megabytes over all threads.
fn let_go() {
    crossbeam_epoch::pin().flush();
}

/// Item ids may be long addresses: a digest keeps the keys small.
fn item_key(source: &str, item: &str) -> Vec<u8> {
    let mut key = items_of(source);
    key.extend_from_slice(&blake3::hash(item.as_bytes()).as_bytes()[..16]);
    key
}

fn put(tree: &sled::Tree, source: &str, value: &impl Serialize) -> Result<(), SeenError> {
    let bytes = serde_json::to_vec(value).map_err(|error| SeenError::Failed(error.to_string()))?;
    tree.insert(source, bytes)?;
    Ok(())
}
