//! A text as the set of its shingles, and how far one text holds another.
//!
//! Shingles are runs of a few syllables without marks (Broder, *On the resemblance and
//! containment of documents*, 1997). The set of the text at hand is whole; of the texts
//! remembered only a sketch is kept, the smallest hashes, so what is found is an estimate.

use crate::document::Document;
use crate::seen::{QUERIED, SKETCH};
use crate::text::letter::LetterTable;
use crate::text::{Spelling, syllables};

/// Syllables in a shingle. Measured on news with a tenth of the syllables changed: three leave
/// 73 % of the shingles whole, and two articles on one subject share few of them.
const SYLLABLES: usize = 3;

/// Syllables in a shingle that is a key: of the threes of a news article four in ten stand in
/// another of 1,347, of the fives one in twelve.
const KEY_SYLLABLES: usize = 5;

/// A text of fewer syllables than this is too short to be like another: only its copies are the
/// same.
pub(super) const SHORT: usize = 12;

/// Syllables that are looked at: what follows changes neither speed nor answer any more.
const LONGEST: usize = 50_000;

/// How much of one of two texts must stand in the other. Measured: a tenth of the syllables
/// changed leaves 73 %; of different news on one subject few reach 40 %.
const CONTAINED: f64 = 0.55;

/// Shingles of a sketch that two texts must share at least.
const SHARED: usize = 4;

/// Two texts as like as this need not both be remembered.
const ALIKE: f64 = 0.9;

/// What a text says, bare of everything that copies change.
#[derive(Debug, Clone)]
pub(super) struct Shingles {
    /// Hashes of all shingles, ascending, each once. Empty for a short text.
    hashes: Vec<u32>,
    /// The smallest hashes of longer shingles, ascending, at most [`QUERIED`].
    pub(super) keys: Vec<u32>,
    /// Digest of the letters and digits alone.
    pub(super) digest: [u8; 16],
}

/// How like two texts are, both from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Likeness {
    /// The greater part of one that stands in the other.
    pub(super) containment: f64,
    /// What they share, of all that they say.
    pub(super) resemblance: f64,
    /// Shingles on which the estimate rests.
    shared: usize,
}

impl Shingles {
    pub(super) fn of(document: &Document) -> Self {
        let table = LetterTable::builtin();
        let mut letters = blake3::Hasher::new();
        let mut words = Vec::new();
        for field in [&document.title, &document.text] {
            for syllable in syllables(field).take(LONGEST) {
                let spelling = Spelling::read(&table, syllable.text);
                letters.update(spelling.letters());
                words.push(fnv(spelling.letters()));
            }
        }
        let mut digest = [0; 16];
        letters.finalize_xof().fill(&mut digest);
        if words.len() < SHORT {
            words.clear();
        }
        let mut keys = hashes(&words, KEY_SYLLABLES);
        keys.truncate(QUERIED);
        Self {
            hashes: hashes(&words, SYLLABLES),
            keys,
            digest,
        }
    }

    /// The smallest hashes, by which the text is remembered; empty for a short text.
    pub(super) fn sketch(&self) -> &[u32] {
        &self.hashes[..self.hashes.len().min(SKETCH)]
    }

    /// How like this text is to one of which the sketch is known.
    pub(super) fn likeness(&self, sketch: &[u32]) -> Likeness {
        let shared = sketch
            .iter()
            .filter(|hash| self.hashes.binary_search(hash).is_ok())
            .count();
        // Beyond the last hash of a full sketch nothing is known of the other text.
        let horizon = match sketch.last() {
            Some(last) if sketch.len() >= SKETCH => *last,
            _ => u32::MAX,
        };
        let comparable = self.hashes.partition_point(|hash| *hash <= horizon);
        let smaller = sketch.len().min(comparable);
        Likeness {
            containment: share(shared, smaller),
            resemblance: share(shared, sketch.len() + comparable - shared),
            shared,
        }
    }
}

impl Likeness {
    /// Whether it is one text told twice.
    pub(super) fn is_same(self) -> bool {
        self.shared >= SHARED && self.containment >= CONTAINED
    }

    /// Whether remembering the second text would add nothing.
    pub(super) fn is_alike(self) -> bool {
        self.resemblance >= ALIKE
    }
}

#[allow(clippy::cast_precision_loss, reason = "counts of a few thousand")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        return 0.0;
    }
    part as f64 / whole as f64
}

/// FNV-1a, 64 bits, <http://www.isthe.com/chongo/tech/comp/fnv/>.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// The hashes of all runs of so many words, ascending, each once.
fn hashes(words: &[u64], count: usize) -> Vec<u32> {
    let mut hashes: Vec<u32> = words.windows(count).map(shingle).collect();
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

/// The upper half of a hash of some syllables in this order. It is kept on disk: another way to
/// hash would forget all stories.
fn shingle(words: &[u64]) -> u32 {
    let mut hash = words.iter().fold(0_u64, |hash, word| {
        (hash.rotate_left(21) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    });
    // The finaliser of MurmurHash3.
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    let [a, b, c, d, ..] = hash.to_be_bytes();
    u32::from_be_bytes([a, b, c, d])
}
