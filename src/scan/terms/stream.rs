//! The tokens of a field, as the reader leaves them for the search.

use std::ops::Range;

use super::token::{Marks, flag};

/// Where a sentence or a paragraph begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Border {
    /// The first token behind it, numbered through the document.
    pub(super) token: u32,
    /// Whether a paragraph begins there, too.
    pub(super) paragraph: bool,
}

/// One token of a field.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Token {
    /// Its marks.
    pub(super) marks: Marks,
    /// Number of its syllable; 0 if no term has it.
    pub(super) id: u32,
    /// [`flag`]s.
    pub(super) flags: u32,
    /// Bytes in the field.
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Token {
    /// As indices.
    pub(super) fn bytes(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// The tokens of a stretch of a field.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    pub(super) all: Vec<Token>,
    /// Tokens with [`flag::WAVE`], by index here, ordered.
    pub(super) waves: Vec<usize>,
    /// Number of the first token here within the document.
    pub(super) base: u32,
}

impl Tokens {
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn clear(&mut self, base: u32) {
        self.all.clear();
        self.waves.clear();
        self.base = base;
    }

    /// Drops the first tokens.
    pub(super) fn drop_first(&mut self, count: usize) {
        self.all.drain(..count);
        self.waves.retain(|at| *at >= count);
        for at in &mut self.waves {
            *at -= count;
        }
        self.base += u32::try_from(count).unwrap_or(u32::MAX);
    }

    pub(super) fn wave(&mut self, at: usize) {
        self.all[at].flags |= flag::WAVE;
        if self.waves.last().is_none_or(|last| *last < at) {
            self.waves.push(at);
        }
    }
}

/// What all tokens of a field have among them.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Seen {
    /// The flags of all tokens together.
    pub(super) flags: u32,
    /// How many have [`flag::DISGUISED`].
    pub(super) disguised: u32,
}
