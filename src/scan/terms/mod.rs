//! The terms of all lists and rules, found in one pass over a document.
//!
//! `docs/MATCHING.md` tells how and why.

mod address;
mod bytes;
mod compile;
mod lattice;
mod lexicon;
mod memory;
mod phrases;
mod plausible;
mod reader;
mod search;
mod stream;
mod token;
mod verify;

#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::document::Field;
use crate::keyword::Term;
use crate::scan::Tier;
use crate::text::Homoglyphs;
use crate::text::letter::LetterTable;

use compile::Terms;
use lattice::{REACH, Window};
use lexicon::Lexicon;
use memory::Memory;
use phrases::Phrases;
use reader::Reader;
use stream::{Border, Seen, Tokens};
use token::flag;
use verify::{Needs, Step};

/// Tokens read at a time.
const BLOCK: usize = 1024;

/// A term found in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// Index of the term in the slice the matcher was built from.
    pub term: u32,
    /// Which field.
    pub field: Field,
    /// Byte range in that field's original text, from the term's first to its last letter,
    /// combining marks and the disguise inside included.
    pub range: Range<usize>,
    /// How the surface differs from the term.
    pub tier: Tier,
    /// The syllables it covers, numbered through the document, title first. Syllables are
    /// counted as they stand: `vắcxin` is one, `v a c x i n` are six.
    pub syllables: Range<u32>,
    /// The sentence it begins in, numbered through the document.
    pub sentence: u32,
    /// The paragraph it lies in, numbered through the document; the title is one of its own.
    pub paragraph: u32,
}

/// What a document looks like as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DocumentShape {
    /// Syllables in title and text.
    pub syllables: u32,
    /// Whether any letter carries a mark (`đ` included).
    pub marks: bool,
    /// Whether any letter is a capital.
    pub capitals: bool,
    /// Syllables that mix alphabets or hide letters behind look-alikes, in thousandths.
    pub mixed_script_permille: u16,
}

/// What a search needs besides the matcher; one a thread, used again for every document.
#[derive(Debug, Default)]
pub struct Scratch {
    memory: Memory,
    tokens: Tokens,
    borders: Vec<Border>,
    steps: Vec<Step>,
    /// Tokens where a term may begin, and in which ways.
    candidates: Vec<(usize, u32)>,
    window: Window,
    /// What some occurrences need, by index.
    needs: Vec<(usize, Needs)>,
}

/// All terms, ready to be found. Immutable: share it between threads.
#[derive(Debug)]
pub struct TermMatcher {
    table: Arc<LetterTable>,
    lexicon: Lexicon,
    phrases: Phrases,
    terms: Terms,
    /// Tells matchers apart, for the memories of scratches.
    number: u64,
}

/// A field while it is read.
struct Place<'a> {
    field: Field,
    text: &'a str,
    /// Number of its first sentence and paragraph.
    sentence: u32,
    paragraph: u32,
}

impl TermMatcher {
    /// Prepares the terms; an occurrence names a term by its index here. A term without letters
    /// or of more than 32 syllables is never found.
    ///
    /// # Panics
    /// If there are more terms than an automaton can hold (billions of syllables).
    #[must_use]
    pub fn build(terms: &[Term], homoglyphs: &Homoglyphs) -> Self {
        static MATCHERS: AtomicU64 = AtomicU64::new(1);
        let table = LetterTable::shared(homoglyphs);
        let (lexicon, patterns, terms) = compile::compile(&table, terms);
        #[allow(clippy::expect_used)] // only memory could be exhausted before
        let phrases = Phrases::new(&patterns, lexicon.len()).expect("fewer than 2^31 states");
        Self {
            table,
            lexicon,
            phrases,
            terms,
            number: MATCHERS.fetch_add(1, Ordering::Relaxed),
        }
    }

    /// Bytes on the heap, the table of characters (shared by all matchers) apart.
    #[must_use]
    pub fn memory_usage(&self) -> usize {
        self.lexicon.memory_usage() + self.phrases.memory_usage() + self.terms.memory_usage()
    }

    /// Finds every occurrence of every term, overlapping and nested ones too, ordered by place.
    /// `found` is cleared first. Linear in the length of the document.
    pub fn find(
        &self,
        title: &str,
        text: &str,
        scratch: &mut Scratch,
        found: &mut Vec<Occurrence>,
    ) -> DocumentShape {
        found.clear();
        scratch.needs.clear();
        scratch.memory.attune(self.number);
        let mut seen = Seen::default();
        let title = Place {
            field: Field::Title,
            text: title,
            sentence: 0,
            paragraph: 0,
        };
        let (sentence, middle) = self.read(&title, 0, &mut seen, scratch, found);
        let text = Place {
            field: Field::Text,
            text,
            sentence: sentence + 1,
            paragraph: 1,
        };
        let (_, syllables) = self.read(&text, middle, &mut seen, scratch, found);
        settle(seen.flags, &scratch.needs, found);
        DocumentShape {
            syllables,
            marks: seen.flags & flag::MARKED != 0,
            capitals: seen.flags & flag::CAPITALS != 0,
            mixed_script_permille: permille(seen.disguised, syllables),
        }
    }

    /// Reads one field. Returns the number of its last sentence, and of the next syllable.
    fn read(
        &self,
        place: &Place<'_>,
        first: u32,
        seen: &mut Seen,
        scratch: &mut Scratch,
        found: &mut Vec<Occurrence>,
    ) -> (u32, u32) {
        let mut reader = Reader::new(&self.table, &self.lexicon, place.text);
        let begin = found.len();
        scratch.tokens.clear(first);
        scratch.borders.clear();
        let mut start = 0;
        loop {
            let Scratch {
                memory,
                tokens,
                borders,
                ..
            } = scratch;
            let limit = start + BLOCK + REACH;
            let more = reader.fill(limit, memory, tokens, seen, borders);
            let end = if more {
                tokens.len() - REACH
            } else {
                tokens.len()
            };
            self.search(place, start..end, scratch, found);
            if !more {
                break;
            }
            // One token stays, for those who look back.
            let done = end.saturating_sub(1);
            scratch.tokens.drop_first(done);
            start = end - done;
        }
        number(place, &scratch.borders, &mut found[begin..]);
        let sentences = u32::try_from(scratch.borders.len()).unwrap_or(u32::MAX);
        let next = scratch.tokens.base + u32::try_from(scratch.tokens.len()).unwrap_or(0);
        (place.sentence + sentences, next)
    }
}

/// Drops what the document as a whole does not allow, orders the rest, and keeps the nearest of
/// several readings of the same letters.
fn settle(document: u32, needs: &[(usize, Needs)], found: &mut Vec<Occurrence>) {
    // The needs stand in the order in which the occurrences were found.
    let mut unmet = needs
        .iter()
        .filter(|(_, need)| !need.met(document))
        .peekable();
    if unmet.peek().is_some() {
        let mut at = 0;
        found.retain(|_| {
            let keep = unmet.next_if(|(index, _)| *index == at).is_none();
            at += 1;
            keep
        });
    }
    let place = |o: &Occurrence| (o.field, o.range.start, o.range.end, o.term);
    if !found.is_sorted_by(|a, b| place(a) < place(b)) {
        found.sort_by(|a, b| place(a).cmp(&place(b)).then(a.tier.cmp(&b.tier)));
        found.dedup_by(|next, kept| place(next) == place(kept));
    }
}

/// Numbers the sentences and paragraphs of one field's occurrences.
fn number(place: &Place<'_>, borders: &[Border], found: &mut [Occurrence]) {
    if borders.is_empty() || found.is_empty() {
        for occurrence in found {
            (occurrence.sentence, occurrence.paragraph) = (place.sentence, place.paragraph);
        }
        return;
    }
    // Occurrences come nearly in order: those of plain tokens, then other readings, block by
    // block. So do the borders before them.
    let (mut at, mut paragraph) = (0, place.paragraph);
    let passed = |at: usize, token: u32| borders.get(at).is_some_and(|b| b.token <= token);
    for occurrence in found {
        while passed(at, occurrence.syllables.start) {
            paragraph += u32::from(borders[at].paragraph);
            at += 1;
        }
        while at > 0 && borders[at - 1].token > occurrence.syllables.start {
            at -= 1;
            paragraph -= u32::from(borders[at].paragraph);
        }
        occurrence.sentence = place.sentence + u32::try_from(at).unwrap_or(u32::MAX);
        occurrence.paragraph = paragraph;
    }
}

fn permille(part: u32, whole: u32) -> u16 {
    let share = u64::from(part) * 1000 / u64::from(whole.max(1));
    u16::try_from(share).unwrap_or(1000)
}
