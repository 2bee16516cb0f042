//! The memory of raw tokens: real text has few distinct surfaces, so most need folding once.
//!
//! A fixed number of slots, compared exactly, overwritten freely: hostile text can make it
//! useless, never large or wrong.

use super::token::Marks;

/// Bytes of a token that can be remembered.
pub(super) const REMEMBERED: usize = 16;

const SLOTS: usize = 1 << 15;

/// A raw token and what it was found to be.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Remembered {
    /// The raw bytes, padded with zeros.
    raw: [u64; 2],
    /// Its marks.
    pub(super) marks: Marks,
    /// Its syllable among the terms, 0 for none.
    pub(super) id: u32,
    /// Flags without those of the gap before it.
    pub(super) flags: u32,
}

/// A table of [`Remembered`] tokens, valid for one matcher.
#[derive(Debug, Default)]
pub(super) struct Memory {
    slots: Vec<Remembered>,
    matcher: u64,
}

impl Memory {
    /// Forgets everything unless it was made for this matcher.
    pub(super) fn attune(&mut self, matcher: u64) {
        if self.matcher != matcher || self.slots.is_empty() {
            self.slots.clear();
            self.slots.resize(SLOTS, Remembered::default());
            self.matcher = matcher;
        }
    }

    /// What a raw token was found to be, if it is remembered.
    #[inline]
    pub(super) fn recall(&self, raw: u128) -> Option<&Remembered> {
        let slot = &self.slots[slot(raw)];
        (slot.raw == halves(raw)).then_some(slot)
    }

    /// Remembers a raw token, in place of another.
    pub(super) fn keep(&mut self, raw: u128, found: Remembered) {
        self.slots[slot(raw)] = Remembered {
            raw: halves(raw),
            ..found
        };
    }
}

#[inline]
#[allow(clippy::cast_possible_truncation)] // the two halves are what is wanted
const fn halves(raw: u128) -> [u64; 2] {
    [raw as u64, (raw >> 64) as u64]
}

#[inline]
#[allow(clippy::cast_possible_truncation)] // the shift leaves few bits
fn slot(raw: u128) -> usize {
    let [low, high] = halves(raw);
    let mixed = (low ^ high.rotate_left(23)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> (64 - SLOTS.trailing_zeros())) as usize
}

impl Remembered {
    /// A token's reading, not yet kept.
    pub(super) fn new(id: u32, marks: Marks, flags: u32) -> Self {
        Self {
            raw: [0; 2],
            marks,
            id,
            flags,
        }
    }
}
