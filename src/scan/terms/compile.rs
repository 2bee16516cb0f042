//! Terms as lists write them → syllables, patterns, options.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use super::lexicon::Lexicon;
use super::token::{Marks, Word};
use crate::keyword::{Term, TermOptions};
use crate::text;
use crate::text::letter::{LetterTable, gap};
use crate::text::phonology;

/// Syllables of a term at most; longer ones match nothing.
pub(super) const LONGEST_TERM: usize = 32;

/// Syllables whose marks lie in [`Compiled`] itself.
const INLINE: usize = 5;

/// A term, ready to be compared: half a line of a processor's cache.
#[derive(Debug, Clone, Copy)]
pub(super) struct Compiled {
    marks: [Marks; INLINE],
    /// Its index in the lists.
    pub(super) index: u32,
    /// Where its marks begin in [`Terms::marks`], if they are more.
    first: u32,
    /// Syllables.
    len: u8,
    /// The next term has the same letters.
    more: bool,
    pub(super) options: TermOptions,
}

/// All terms, in the order of their letters. The first of those with the same letters gives
/// the pattern its number.
#[derive(Debug, Default)]
pub(super) struct Terms {
    compiled: Vec<Compiled>,
    marks: Vec<Marks>,
    /// By the index of a term that has a stop, comma or slash inside: before which syllables
    /// (bits).
    hard: HashMap<u32, u32>,
    /// Syllables of the longest term.
    pub(super) longest: usize,
}

impl Terms {
    /// The terms that are spelled by a pattern.
    #[inline]
    pub(super) fn of(&self, pattern: u32) -> impl Iterator<Item = &Compiled> {
        let mut rest = self.compiled[pattern as usize..].iter();
        let mut more = true;
        std::iter::from_fn(move || {
            let term = if more { rest.next() } else { None };
            more = term.is_some_and(|term| term.more);
            term
        })
    }

    /// The marks of a term's syllables.
    #[inline]
    pub(super) fn marks<'a>(&'a self, term: &'a Compiled) -> &'a [Marks] {
        let len = usize::from(term.len);
        if len <= INLINE {
            &term.marks[..len]
        } else {
            &self.marks[term.first as usize..term.first as usize + len]
        }
    }

    /// The syllables (bits) before which the term itself has a stop, comma or slash.
    pub(super) fn hard(&self, term: &Compiled) -> u32 {
        self.hard.get(&term.index).copied().unwrap_or(0)
    }

    /// Whether any term has a stop, comma or slash inside.
    pub(super) fn any_hard(&self) -> bool {
        !self.hard.is_empty()
    }

    fn push(&mut self, index: u32, options: TermOptions, syllables: &[Written], more: bool) {
        let hard = (0..)
            .zip(syllables)
            .fold(0, |bits, (n, s)| bits | u32::from(s.hard) << n);
        if hard != 0 {
            self.hard.insert(index, hard);
        }
        self.longest = self.longest.max(syllables.len());
        let mut marks = [Marks::default(); INLINE];
        for (mark, syllable) in marks.iter_mut().zip(syllables) {
            *mark = syllable.marks;
        }
        self.compiled.push(Compiled {
            marks,
            index,
            first: u32::try_from(self.marks.len()).unwrap_or(u32::MAX),
            len: u8::try_from(syllables.len()).unwrap_or(0),
            more,
            options,
        });
        if syllables.len() > INLINE {
            self.marks.extend(syllables.iter().map(|s| s.marks));
        }
    }

    /// Bytes on the heap.
    pub(super) fn memory_usage(&self) -> usize {
        self.compiled.len() * size_of::<Compiled>() + self.marks.len() * size_of::<Marks>()
    }
}

/// A syllable as a term writes it.
struct Written {
    letters: Box<[u8]>,
    marks: Marks,
    hard: bool,
}

/// Reads the syllables of a term; joined ones with marks (`vắcxin`) are parted. `None` where a
/// syllable is too long to be one.
fn read(table: &LetterTable, term: &str) -> Option<Vec<Written>> {
    let mut written = Vec::new();
    let mut end = 0;
    for syllable in text::syllables(term) {
        let between = &term[end..syllable.range.start];
        let hard = end > 0
            && between
                .chars()
                .any(|c| table.entry(c).gap() & (gap::STOP | gap::OTHER) != 0);
        end = syllable.range.end;
        for (part, piece) in parted(syllable.text).into_iter().enumerate() {
            let mut word = Word::new();
            for c in piece.chars() {
                word.push(table, c, table.entry(c));
            }
            if word.overlong || word.letters().is_empty() {
                return None;
            }
            let (letters, y) = Lexicon::canonical(word.letters());
            let mut marks = word.marks;
            marks.set_y(y);
            written.push(Written {
                letters,
                marks,
                hard: hard && part == 0,
            });
        }
    }
    (1..=LONGEST_TERM)
        .contains(&written.len())
        .then_some(written)
}

/// The possible syllables of a token with a tone that is none itself; the token alone if it is
/// one or cannot be parted. Loan words in one piece (`ôtô`, `lênin`) have no tone.
fn parted(token: &str) -> Vec<String> {
    let whole = || vec![token.to_owned()];
    let spelling = text::Spelling::read(&LetterTable::builtin(), token);
    if spelling.tone() == Some(0) || phonology::is_skeleton(spelling.letters()) {
        return whole();
    }
    let chars: Vec<char> = token.nfc().collect();
    // The fewest parts: the cut before each end that leads back to the start.
    let mut best: Vec<Option<(usize, usize)>> = vec![None; chars.len() + 1];
    best[0] = Some((0, 0));
    for to in 1..=chars.len() {
        for from in to.saturating_sub(phonology::LONGEST)..to {
            let part: String = chars[from..to].iter().collect();
            if let Some((parts, _)) = best[from]
                && best[to].is_none_or(|(least, _)| parts + 1 < least)
                && text::is_syllable(&part)
            {
                best[to] = Some((parts + 1, from));
            }
        }
    }
    let mut parts = Vec::new();
    let mut to = chars.len();
    while to > 0 {
        let Some((_, from)) = best[to] else {
            return whole();
        };
        parts.push(chars[from..to].iter().collect());
        to = from;
    }
    parts.reverse();
    parts
}

/// Compiles terms: the lexicon of their syllables, the patterns, the terms in their order.
pub(super) fn compile(table: &LetterTable, terms: &[Term]) -> (Lexicon, Vec<Vec<u32>>, Terms) {
    let written: Vec<(u32, Vec<Written>)> = (0..)
        .zip(terms)
        .filter_map(|(index, term)| Some((index, read(table, &term.text)?)))
        .collect();
    let (numbers, lexicon) = number(&written);
    let mut order: Vec<(Vec<u32>, usize)> = (0..)
        .zip(&written)
        .map(|(at, (_, syllables))| (syllables.iter().map(|s| numbers[&s.letters]).collect(), at))
        .collect();
    order.sort_unstable();

    let mut result = Terms::default();
    for (at, (pattern, written_at)) in order.iter().enumerate() {
        let (index, syllables) = &written[*written_at];
        let more = order.get(at + 1).is_some_and(|(next, _)| next == pattern);
        result.push(*index, terms[*index as usize].options, syllables, more);
    }
    let patterns = order.into_iter().map(|(pattern, _)| pattern).collect();
    (lexicon, patterns, result)
}

/// Numbers the syllables from 1, the commonest first, so that they get the shortest codes.
fn number(written: &[(u32, Vec<Written>)]) -> (HashMap<Box<[u8]>, u32>, Lexicon) {
    let mut counts: HashMap<&[u8], (usize, bool)> = HashMap::new();
    for (_, syllables) in written {
        for syllable in syllables {
            let count = counts.entry(&syllable.letters).or_default();
            count.0 += 1;
            count.1 |= syllables.len() == 1;
        }
    }
    let mut order: Vec<(&[u8], (usize, bool))> = counts.into_iter().collect();
    order.sort_unstable_by(|a, b| b.1.0.cmp(&a.1.0).then(a.0.cmp(b.0)));
    let single: Vec<bool> = order.iter().map(|(_, (_, single))| *single).collect();
    let syllables: Vec<Box<[u8]>> = order
        .iter()
        .map(|(letters, _)| Box::from(*letters))
        .collect();
    let numbers = syllables.iter().cloned().zip(1..).collect();
    (numbers, Lexicon::new(syllables, &single))
}
