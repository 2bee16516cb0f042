//! The syllables that occur in terms, each with a number; found by their bare letters.

use std::collections::HashMap;

use super::token::{LETTERS, Marks};
use crate::text::phonology;

/// Letters that fit into a key; longer syllables live in a map of their own.
const PACKED: usize = 8;

/// A table slot: the letters packed, the syllable's number (0 none), whether a Vietnamese
/// syllable can be spelled so.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    letters: u64,
    id: u32,
    skeleton: bool,
}

/// What letters are: a term's syllable, a possible Vietnamese syllable, both or neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Known {
    /// The number of the syllable among the terms; 0 for none.
    pub(super) id: u32,
    /// A Vietnamese syllable can be spelled so, with some marks or none.
    pub(super) skeleton: bool,
    /// Spelled with the y of `kỹ`.
    pub(super) y: bool,
}

/// All syllables of all terms.
#[derive(Debug)]
pub(super) struct Lexicon {
    slots: Vec<Slot>,
    long: HashMap<Box<[u8]>, u32>,
    /// By number; 0 is none.
    letters: Vec<Box<[u8]>>,
    /// By number: whether a term is this one syllable.
    single: Vec<bool>,
}

/// `kỹ` = `kĩ`: the only vowel after h k l m s t, or the whole syllable (`y tế`, `i tế`).
fn written_y(letters: &[u8]) -> bool {
    matches!(
        letters,
        [b'y'] | [b'h' | b'k' | b'l' | b'm' | b's' | b't', b'y']
    )
}

/// Whether a piece of a foreign word can be spoken for itself.
fn sounds(letters: &[u8]) -> bool {
    letters.len() > 1
        && letters
            .iter()
            .any(|b| matches!(b, b'a' | b'e' | b'i' | b'o' | b'u' | b'y' | b'0'..=b'9' | 0x80..))
}

/// The letters (bits) that begin another part of a token: a capital behind a small letter, a
/// letter behind a digit, a digit behind a letter.
fn parts(letters: &[u8], capitals: u64) -> u64 {
    (1..letters.len()).fold(0, |parts, at| {
        let capital = capitals >> (at - 1) & 3 == 2;
        let digits = letters[at].is_ascii_digit() != letters[at - 1].is_ascii_digit();
        parts | u64::from(capital || digits) << at
    })
}

#[inline]
fn pack(letters: &[u8]) -> u64 {
    letters
        .iter()
        .rev()
        .fold(0, |key, letter| key << 8 | u64::from(*letter))
}

#[inline]
#[allow(clippy::cast_possible_truncation)] // the shift leaves few bits
fn hash(key: u64) -> usize {
    (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as usize
}

impl Lexicon {
    /// A lexicon of the given syllables (bare letters), numbered from 1 in their order; for each,
    /// whether it is a term by itself.
    pub(super) fn new(syllables: Vec<Box<[u8]>>, single: &[bool]) -> Self {
        let skeletons = phonology::skeletons();
        let size = ((skeletons.len() + syllables.len()) * 2).next_power_of_two();
        let mut lexicon = Self {
            slots: vec![Slot::default(); size],
            long: HashMap::new(),
            letters: vec![Box::default()],
            single: [&[false], single].concat(),
        };
        for letters in skeletons {
            lexicon.slot(pack(letters)).skeleton = true;
        }
        for (id, letters) in (1..).zip(&syllables) {
            if letters.len() <= PACKED {
                lexicon.slot(pack(letters)).id = id;
            } else {
                lexicon.long.insert(letters.clone(), id);
            }
        }
        lexicon.letters.extend(syllables);
        lexicon
    }

    /// The form by which a syllable is kept, and whether a y was read as i for it.
    pub(super) fn canonical(letters: &[u8]) -> (Box<[u8]>, bool) {
        let mut kept: Box<[u8]> = letters.into();
        let y = written_y(letters);
        if y && let Some(last) = kept.last_mut() {
            *last = b'i';
        }
        (kept, y)
    }

    fn slot(&mut self, key: u64) -> &mut Slot {
        let mask = self.slots.len() - 1;
        let mut at = hash(key) & mask;
        while self.slots[at].letters != 0 && self.slots[at].letters != key {
            at = (at + 1) & mask;
        }
        self.slots[at].letters = key;
        &mut self.slots[at]
    }

    /// What these letters are.
    #[inline]
    pub(super) fn find(&self, letters: &[u8]) -> Known {
        if letters.is_empty() {
            return Known::default();
        }
        if letters.len() > PACKED {
            let id = self.long.get(letters).copied().unwrap_or(0);
            return Known {
                id,
                ..Known::default()
            };
        }
        self.probe(pack(letters), letters)
    }

    /// What few letters are, given them packed, too.
    #[inline]
    fn probe(&self, packed: u64, letters: &[u8]) -> Known {
        let y = letters.len() <= 2 && written_y(letters);
        let mut key = packed;
        if y {
            key ^= u64::from(b'y' ^ b'i') << (8 * (letters.len() - 1));
        }
        let mask = self.slots.len() - 1;
        let mut at = hash(key) & mask;
        loop {
            let slot = &self.slots[at];
            if slot.letters == key {
                let Slot { id, skeleton, .. } = *slot;
                return Known { id, skeleton, y };
            }
            if slot.letters == 0 {
                return Known {
                    y,
                    ..Known::default()
                };
            }
            at = (at + 1) & mask;
        }
    }

    /// Numbers in use, 0 included.
    pub(super) fn len(&self) -> usize {
        self.letters.len()
    }

    /// Bytes on the heap, about.
    pub(super) fn memory_usage(&self) -> usize {
        let letters: usize = self
            .letters
            .iter()
            .map(|l| l.len() + size_of::<Box<[u8]>>())
            .sum();
        self.slots.len() * size_of::<Slot>() + letters + self.single.len()
    }

    /// Whether a term is this one syllable.
    pub(super) fn is_single_term(&self, id: u32) -> bool {
        self.single[id as usize]
    }

    /// Whether a syllable with these marks is a word of the language.
    pub(super) fn is_word(&self, id: u32, marks: Marks) -> bool {
        let mut letters = self.letters[id as usize].to_vec();
        if marks.y()
            && let Some(last) = letters.last_mut()
        {
            *last = b'y';
        }
        crate::text::words::is_word(&letters, marks.shapes(), marks.tone())
    }

    /// Where a token of joined syllables (`vắcxin`, `covid19`, `ChốngDịch`) may be cut: `cuts[n]`
    /// is whether before letter `n` one syllable ends and another begins, all letters being
    /// accounted for. Where capitals (bits) or digits part the token, its parts may be any word.
    /// False if there is no such reading, or no syllable of a term in it.
    pub(super) fn cut(&self, letters: &[u8], capitals: u64, cuts: &mut Vec<bool>) -> bool {
        let n = letters.len();
        cuts.clear();
        cuts.resize(n + 1, false);
        let parts = parts(letters, capitals);
        cuts[0] = true;
        for from in 0..n {
            if cuts[from] {
                self.pieces(letters, from, parts, |to, _| cuts[to] = true);
            }
        }
        if !cuts[n] {
            return false;
        }
        // Keep the cuts from which the end can be reached.
        let mut reaches = [false; LETTERS + 1];
        let mut known = false;
        reaches[n] = true;
        for from in (0..n).rev() {
            if cuts[from] {
                self.pieces(letters, from, parts, |to, id| {
                    reaches[from] |= reaches[to];
                    known |= id != 0 && reaches[to] && to - from < n;
                });
            }
        }
        for (cut, reaches) in cuts.iter_mut().zip(reaches) {
            *cut &= reaches;
        }
        known
    }

    /// Syllables, known or possible, and whole numbers that begin at a letter.
    fn pieces(&self, letters: &[u8], from: usize, parts: u64, mut found: impl FnMut(usize, u32)) {
        if parts != 0 && (from == 0 || parts >> from & 1 != 0) {
            let rest = parts
                .checked_shr(1 + u32::try_from(from).unwrap_or(0))
                .unwrap_or(0);
            let part = from + 1 + rest.trailing_zeros() as usize;
            found(part.min(letters.len()), 0);
        }
        let digit = |at: usize| letters.get(at).is_some_and(u8::is_ascii_digit);
        if from > 0 && digit(from - 1) && digit(from) {
            return;
        }
        let digits = (from..letters.len()).take_while(|at| digit(*at)).count();
        if digits > 0 {
            found(from + digits, self.find(&letters[from..from + digits]).id);
        }
        let mut packed = 0;
        for to in from + 1..=letters.len().min(from + PACKED) {
            packed |= u64::from(letters[to - 1]) << (8 * (to - from - 1));
            if to <= from + digits || (digit(to - 1) && digit(to)) {
                continue;
            }
            let piece = self.probe(packed, &letters[from..to]);
            if piece.skeleton || (piece.id != 0 && sounds(&letters[from..to])) {
                found(to, piece.id);
            }
        }
    }
}
