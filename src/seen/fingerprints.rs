//! Fingerprints of the texts that were told: which of a million texts does this one resemble?
//!
//! A sketch holds the smallest of the hashes of a text's shingles (bottom-k, Broder, *On the
//! resemblance and containment of documents*, 1997); two sketches show how like two texts are.
//! Keys are the smallest hashes of longer shingles, so that few texts share one by chance; two
//! texts of which one holds a fair part of the other share some. Both lie in sled under ascending
//! numbers; the keys are in memory as well, 8 bytes each.

use std::collections::{BTreeMap, BTreeSet};

use super::{Contained, SeenError};

/// Hashes that a sketch holds at most.
pub const SKETCH: usize = 64;

/// Keys under which a text is found.
pub const KEYS: usize = 10;

/// Keys by which a text is looked for. More than it is found under: of a text three times as
/// long as the one it holds, a third of the smallest hashes are the other's. With 20 all of them
/// are missed with probability (2/3)^20, 0.03 %.
pub const QUERIED: usize = 20;

/// Texts that are listed under one key. The oldest stay, so that the first telling of a story
/// is found however often it is told again.
const TEXTS_A_KEY: usize = 64;

/// Candidates that are looked at, those that share most keys first.
const CANDIDATES: usize = 8;

/// Texts that are kept; beyond it the oldest are forgotten. A million take 80 MB of memory.
pub const CAPACITY: usize = 1_000_000;

/// What is kept of one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// Names the telling that the text belongs to.
    pub telling: [u8; 16],
    /// The smallest hashes of its shingles, ascending, at most [`SKETCH`]; all of them if fewer.
    pub sketch: Vec<u32>,
    /// What it is found under, at most [`KEYS`].
    pub keys: Vec<u32>,
}

/// The fingerprints of all texts told.
#[derive(Debug)]
pub struct Fingerprints {
    tree: Contained<sled::Tree>,
    keys: Keys,
    /// How many texts are kept.
    len: usize,
    /// The number of the next text.
    next: u32,
    capacity: usize,
}

impl Fingerprints {
    /// Reads the keys of all texts, and with them every page of the tree.
    pub(super) fn load(tree: sled::Tree, capacity: usize) -> sled::Result<Self> {
        let mut entries = Vec::new();
        let (mut len, mut next) = (0, 0);
        for record in &tree {
            let (number, value) = record?;
            let number = number.as_ref().try_into().map(u32::from_be_bytes);
            let (Ok(number), Some(text)) = (number, Fingerprint::from_bytes(&value)) else {
                // Of another version: as good as forgotten.
                continue;
            };
            entries.extend(text.keys.iter().map(|key| entry(*key, number)));
            len += 1;
            next = number.saturating_add(1);
        }
        Ok(Self {
            tree: Contained::new(tree),
            keys: Keys::new(entries),
            len,
            next,
            capacity,
        })
    }

    /// The texts that are found under most of these keys, at most 8; of equals the oldest first.
    ///
    /// # Errors
    /// [`SeenError::Failed`] if the database fails.
    pub fn like(&self, keys: &[u32]) -> Result<Vec<Fingerprint>, SeenError> {
        let mut shared: BTreeMap<u32, usize> = BTreeMap::new();
        for key in keys {
            for number in self.keys.numbers(*key) {
                *shared.entry(number).or_default() += 1;
            }
        }
        let mut best: Vec<(usize, u32)> = shared.into_iter().map(|(n, keys)| (keys, n)).collect();
        best.sort_unstable_by(|(keys, n), (other_keys, other)| {
            other_keys.cmp(keys).then(n.cmp(other))
        });
        best.truncate(CANDIDATES);
        let mut texts = Vec::with_capacity(best.len());
        for (_, number) in best {
            let value = self.tree.get(number.to_be_bytes())?;
            texts.extend(value.and_then(|bytes| Fingerprint::from_bytes(&bytes)));
        }
        Ok(texts)
    }

    /// Remembers a text. Where there is no room, the oldest sixteenth is forgotten.
    ///
    /// # Errors
    /// [`SeenError::Failed`] if the database fails.
    pub fn insert(&mut self, text: &Fingerprint) -> Result<(), SeenError> {
        if self.len >= self.capacity {
            self.forget_oldest(self.capacity.div_ceil(16))?;
        }
        let number = self.next;
        self.next = number
            .checked_add(1)
            .ok_or_else(|| SeenError::Failed("texts have no more numbers".to_owned()))?;
        self.tree.insert(number.to_be_bytes(), text.to_bytes())?;
        self.len += 1;
        for key in &text.keys {
            self.keys.insert(*key, number);
        }
        Ok(())
    }

    /// How many texts are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether no text is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Forgets every text, to be told them again.
    ///
    /// # Errors
    /// [`SeenError::Failed`] if the database fails.
    pub fn clear(&mut self) -> Result<(), SeenError> {
        self.tree.clear()?;
        self.keys = Keys::default();
        (self.len, self.next) = (0, 0);
        Ok(())
    }

    fn forget_oldest(&mut self, count: usize) -> Result<(), SeenError> {
        let mut batch = sled::Batch::default();
        let mut last = None;
        for number in self.tree.iter().keys().take(count) {
            let number = number?;
            last = number.as_ref().try_into().ok().map(u32::from_be_bytes);
            batch.remove(number);
            self.len = self.len.saturating_sub(1);
        }
        self.tree.apply_batch(batch)?;
        if let Some(last) = last {
            self.keys.forget_up_to(last);
        }
        Ok(())
    }
}

impl Fingerprint {
    /// The telling, the number of keys, then keys and sketch, each hash as a little-endian `u32`.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let keys = &self.keys[..self.keys.len().min(KEYS)];
        let mut bytes = self.telling.to_vec();
        bytes.extend(u8::try_from(keys.len()));
        let hashes = keys.iter().chain(&self.sketch);
        bytes.extend(hashes.flat_map(|hash| hash.to_le_bytes()));
        bytes
    }

    /// Reads what [`Fingerprint::to_bytes`] wrote; `None` if it is something else.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (telling, rest) = bytes.split_first_chunk::<16>()?;
        let (count, rest) = rest.split_first()?;
        let (hashes, rest) = rest.as_chunks::<4>();
        let hashes: Vec<u32> = hashes
            .iter()
            .map(|hash| u32::from_le_bytes(*hash))
            .collect();
        let (keys, sketch) = hashes.split_at_checked(usize::from(*count))?;
        let is_whole = rest.is_empty() && keys.len() <= KEYS && sketch.len() <= SKETCH;
        (is_whole && sketch.is_sorted()).then(|| Self {
            telling: *telling,
            sketch: sketch.to_vec(),
            keys: keys.to_vec(),
        })
    }
}

/// A key and the number of a text: in order, the texts of a key stand together, oldest first.
fn entry(key: u32, number: u32) -> u64 {
    u64::from(key) << 32 | u64::from(number)
}

fn key_of(entry: u64) -> u64 {
    entry >> 32
}

/// The number of the text: the lower half.
fn number_of(entry: u64) -> u32 {
    let [_, _, _, _, number @ ..] = entry.to_be_bytes();
    u32::from_be_bytes(number)
}

/// Which texts have a key: a sorted array, and a small tree of what came since it was sorted.
#[derive(Debug, Default)]
struct Keys {
    sorted: Vec<u64>,
    recent: BTreeSet<u64>,
}

impl Keys {
    fn new(mut entries: Vec<u64>) -> Self {
        entries.sort_unstable();
        let mut run = (u64::MAX, 0);
        entries.retain(|entry| {
            let key = key_of(*entry);
            run = if run.0 == key {
                (key, run.1 + 1)
            } else {
                (key, 1)
            };
            run.1 <= TEXTS_A_KEY
        });
        entries.shrink_to_fit();
        Self {
            sorted: entries,
            recent: BTreeSet::new(),
        }
    }

    /// The texts that have a key, oldest first.
    fn numbers(&self, key: u32) -> impl Iterator<Item = u32> {
        let (first, last) = (entry(key, 0), entry(key, u32::MAX));
        let start = self.sorted.partition_point(|entry| *entry < first);
        self.sorted[start..]
            .iter()
            .take_while(move |entry| **entry <= last)
            .chain(self.recent.range(first..=last))
            .map(|entry| number_of(*entry))
    }

    fn insert(&mut self, key: u32, number: u32) {
        if self.numbers(key).count() >= TEXTS_A_KEY {
            return;
        }
        self.recent.insert(entry(key, number));
        if self.recent.len() > 4096 + self.sorted.len() / 16 {
            self.merge();
        }
    }

    /// Merges from the back, in place: no second array is made.
    fn merge(&mut self) {
        let recent = std::mem::take(&mut self.recent);
        let mut from = self.sorted.len();
        self.sorted.reserve_exact(recent.len());
        self.sorted.resize(from + recent.len(), 0);
        let mut to = self.sorted.len();
        for entry in recent.into_iter().rev() {
            while from > 0 && self.sorted[from - 1] > entry {
                (from, to) = (from - 1, to - 1);
                self.sorted[to] = self.sorted[from];
            }
            to -= 1;
            self.sorted[to] = entry;
        }
    }

    fn forget_up_to(&mut self, number: u32) {
        self.merge();
        self.sorted.retain(|entry| number_of(*entry) > number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory(capacity: usize) -> Fingerprints {
        let db = sled::Config::new().temporary(true).open().unwrap();
        Fingerprints::load(db.open_tree("fingerprints").unwrap(), capacity).unwrap()
    }

    fn text(telling: u8, keys: impl IntoIterator<Item = u32>) -> Fingerprint {
        Fingerprint {
            telling: [telling; 16],
            sketch: vec![1, 2, u32::MAX],
            keys: keys.into_iter().collect(),
        }
    }

    #[test]
    fn bytes_come_back_and_others_are_refused() {
        let known = text(7, [1, 2, u32::MAX]);
        assert_eq!(Fingerprint::from_bytes(&known.to_bytes()), Some(known));
        let sketched = |sketch: Vec<u32>| Fingerprint {
            sketch,
            ..text(1, [])
        };
        let mut short = text(1, [1, 2]).to_bytes();
        short.truncate(16 + 1 + 4);
        let mut many = text(1, 0..10).to_bytes();
        many[16] = 11;
        let unlike = [
            vec![0; 16],
            vec![0; 18],
            short,
            many,
            sketched(vec![2, 1]).to_bytes(),
            sketched((0..65).collect()).to_bytes(),
        ];
        for bytes in unlike {
            assert_eq!(Fingerprint::from_bytes(&bytes), None);
        }
    }

    #[test]
    fn most_shared_keys_come_first_then_the_oldest() {
        let mut memory = memory(100);
        for text in [
            text(1, [1, 2, 90, 91]),
            text(2, [1, 2, 3, 92]),
            text(3, [1, 2, 80, 81]),
            text(4, [60, 61]),
        ] {
            memory.insert(&text).unwrap();
        }
        let found = memory.like(&[1, 2, 3, 4]).unwrap();
        let tellings: Vec<u8> = found.iter().map(|text| text.telling[0]).collect();
        assert_eq!(tellings, [2, 1, 3]);
        assert_eq!(memory.like(&[5]).unwrap(), []);
    }

    #[test]
    fn the_first_telling_is_found_however_many_follow() {
        let mut memory = memory(10_000);
        for n in 0..2_000_u32 {
            let telling = if n == 0 { 1 } else { 2 };
            memory.insert(&text(telling, [5, 6, 1_000 + n])).unwrap();
        }
        assert_eq!(memory.keys.numbers(5).count(), TEXTS_A_KEY);
        assert_eq!(memory.like(&[5, 6]).unwrap()[0].telling, [1; 16]);
    }

    #[test]
    fn the_oldest_are_forgotten_and_the_rest_is_found() {
        let mut memory = memory(1_600);
        for n in 0..5_000_u32 {
            memory.insert(&text(1, [n, 10_000 + n])).unwrap();
            assert!(memory.len() <= 1_600);
        }
        assert_eq!(memory.tree.len(), memory.len());
        assert_eq!(memory.like(&[0]).unwrap(), []);
        for n in 3_500..5_000 {
            assert_eq!(memory.like(&[n]).unwrap().len(), 1, "{n}");
        }
    }

    #[test]
    fn loaded_again_all_is_as_it_was() {
        let db = sled::Config::new().temporary(true).open().unwrap();
        let tree = db.open_tree("fingerprints").unwrap();
        let mut first = Fingerprints::load(tree.clone(), 10_000).unwrap();
        for n in 0..3_000_u32 {
            first
                .insert(&text(1, [n % 7, 100 + n, 10_000 + n]))
                .unwrap();
        }
        let mut again = Fingerprints::load(tree, 10_000).unwrap();
        assert_eq!((again.len(), again.next), (first.len(), first.next));
        first.keys.merge();
        assert_eq!(again.keys.sorted, first.keys.sorted);
        again.clear().unwrap();
        assert!(again.is_empty());
        assert_eq!(again.like(&[1]).unwrap(), []);
    }
}
