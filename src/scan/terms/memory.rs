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
    pub(super) raw: u128,
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

    /// The slot of a raw token, which may hold another one.
    #[inline]
    #[allow(clippy::cast_possible_truncation)] // the two halves are what is wanted
    pub(super) fn slot(&mut self, raw: u128) -> &mut Remembered {
        let mixed =
            (raw as u64 ^ ((raw >> 64) as u64).rotate_left(23)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        &mut self.slots[(mixed >> 49) as usize]
    }
}
