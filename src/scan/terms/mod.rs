//! The terms of all lists and rules, found in one pass over a document.
//!
//! `docs/MATCHING.md` tells how and why.

mod compile;
mod lattice;
mod lexicon;
mod memory;
mod phrases;
mod plausible;
mod reader;
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
use lattice::{Ground, REACH, Window};
use lexicon::Lexicon;
use memory::Memory;
use phrases::{Phrases, THREE, TWO};
use reader::{Border, Reader, Seen, Token, Tokens};
use token::flag;
use verify::{Needs, Step, verify};

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

    /// Finds what begins at these tokens.
    fn search(
        &self,
        place: &Place<'_>,
        starts: Range<usize>,
        scratch: &mut Scratch,
        found: &mut Vec<Occurrence>,
    ) {
        let quick = self.phrases.shortcuts() && !self.terms.any_hard();
        let Scratch {
            tokens, candidates, ..
        } = scratch;
        let all = &tokens.all[..];
        if candidates.len() <= starts.len() {
            candidates.resize(starts.len() + 1, (0, 0));
        }
        let mut count = 0;
        let id = |at: usize| all.get(at).map_or(0, |token| token.id);
        let (mut next, mut third) = (id(starts.start), id(starts.start + 1));
        for at in starts.clone() {
            let first;
            (first, next, third) = (next, third, id(at + 2));
            let ways = self.phrases.may_begin(first, next, third) | all[at].flags & flag::TERM;
            // Written always, kept only if it may lead somewhere: no branch to be mispredicted.
            candidates[count] = (at, ways);
            count += usize::from(ways != 0);
        }
        for candidate in 0..count {
            let (at, ways) = scratch.candidates[candidate];
            if quick {
                self.quick(place, at, ways, scratch, found);
            } else {
                self.plain(place, at, scratch, found);
            }
        }
        self.waves(place, starts, scratch, found);
    }

    /// The tokens as they stand, from one of them on, by way of the known beginnings.
    fn quick(
        &self,
        place: &Place<'_>,
        start: usize,
        ways: u32,
        scratch: &mut Scratch,
        found: &mut Vec<Occurrence>,
    ) {
        let Scratch {
            tokens,
            steps,
            needs,
            ..
        } = scratch;
        let all = &tokens.all[start..];
        let from = all[0].start;
        let mut report = |pattern: u32, steps: &[Step]| {
            let span = (start..start + steps.len(), from..all[steps.len() - 1].end);
            self.accept(pattern, steps, 0, place, tokens.base, span, needs, found);
        };
        steps.clear();
        steps.push(Step::of(&all[0], true));
        if ways & flag::TERM != 0
            && let Some(node) = self.phrases.next(self.phrases.start(), all[0].id)
            && let Some(pattern) = self.phrases.ending(node)
        {
            report(pattern, steps);
        }
        if ways & (TWO | THREE) == 0 || all.len() < 2 || all[1].flags & flag::CROSS == 0 {
            return;
        }
        steps.push(Step::of(&all[1], false));
        if ways & TWO != 0
            && let (Some(pattern), _) = self.phrases.after(all[0].id, all[1].id, 0)
        {
            report(pattern, steps);
        }
        if ways & THREE == 0 || all.len() < 3 || all[2].flags & flag::CROSS == 0 {
            return;
        }
        let (ending, longer) = self.phrases.after(all[0].id, all[1].id, all[2].id);
        steps.push(Step::of(&all[2], false));
        if let Some(pattern) = ending {
            report(pattern, steps);
        }
        let Some(mut node) = longer else {
            return;
        };
        let fourth = all.get(3).map_or(0, |token| token.id);
        if !self
            .phrases
            .may_go_on(all[0].id, all[1].id, all[2].id, fourth)
        {
            return;
        }
        for token in all.iter().take(self.terms.longest).skip(3) {
            if token.flags & flag::CROSS == 0 {
                return;
            }
            let Some(next) = self.phrases.next(node, token.id) else {
                return;
            };
            node = next;
            steps.push(Step::of(token, false));
            if let Some(pattern) = self.phrases.ending(node) {
                report(pattern, steps);
            }
        }
    }

    /// The same, syllable by syllable, also across stops and slashes that a term has inside.
    fn plain(
        &self,
        place: &Place<'_>,
        start: usize,
        scratch: &mut Scratch,
        found: &mut Vec<Occurrence>,
    ) {
        let Scratch {
            tokens,
            steps,
            needs,
            ..
        } = scratch;
        steps.clear();
        let mut rough = 0_u32;
        let mut node = self.phrases.start();
        for at in start..tokens.len().min(start + self.terms.longest) {
            let token = tokens.all[at];
            if at > start && token.flags & flag::CROSS == 0 {
                if token.flags & flag::SPLIT == 0 {
                    return;
                }
                rough |= 1 << (at - start);
            }
            let Some(next) = self.phrases.next(node, token.id) else {
                return;
            };
            node = next;
            steps.push(Step::of(&token, at == start));
            if let Some(pattern) = self.phrases.ending(node) {
                let bytes = tokens.all[start].start..token.end;
                let span = (start..at + 1, bytes);
                self.accept(
                    pattern,
                    steps,
                    rough,
                    place,
                    tokens.base,
                    span,
                    needs,
                    found,
                );
            }
        }
    }

    /// The other readings of split, repeated or joined letters.
    fn waves(
        &self,
        place: &Place<'_>,
        starts: Range<usize>,
        scratch: &mut Scratch,
        found: &mut Vec<Occurrence>,
    ) {
        let Scratch {
            tokens,
            window,
            needs,
            steps,
            ..
        } = scratch;
        let ground = Ground {
            table: &self.table,
            lexicon: &self.lexicon,
            phrases: &self.phrases,
            text: place.text,
            tokens,
        };
        let back = self.terms.longest.saturating_sub(1);
        let mut done = starts.start;
        let mut next = 0;
        while let Some(&wave) = tokens.waves.get(next) {
            if wave < done {
                next += 1;
                continue;
            }
            // Neighbouring waves share a window.
            let first = wave.saturating_sub(back).max(done);
            let mut last = wave;
            while let Some(&wave) = tokens.waves.get(next)
                && wave <= last + back.max(1)
                && wave - first < 2 * REACH
            {
                last = wave;
                next += 1;
            }
            let end = (last + 1).min(starts.end);
            if first >= end {
                // What is left begins in the next block.
                break;
            }
            window.open(first..(end + REACH).min(tokens.len()));
            for start in first..end {
                if !self.may_reach_wave(&tokens.all[start..]) {
                    continue;
                }
                window.walk(ground, start, &mut |window, pattern| {
                    if !plausible::plausible(window, ground) {
                        return;
                    }
                    let [from, .., to] = &window.path[..] else {
                        let Some(only) = window.path.first() else {
                            return;
                        };
                        let span = (only.tokens.clone(), only.bytes.clone());
                        let mut step = only.step;
                        step.flags &= !flag::VEIL;
                        self.accept(pattern, &[step], 0, place, tokens.base, span, needs, found);
                        return;
                    };
                    let span = (
                        from.tokens.start..to.tokens.end,
                        from.bytes.start..to.bytes.end,
                    );
                    steps.clear();
                    steps.extend(window.path.iter().enumerate().map(|(at, edge)| {
                        let mut step = edge.step;
                        if at > 0 && step.flags & flag::VEIL != 0 {
                            step.flags |= flag::DISGUISED;
                        }
                        step
                    }));
                    self.accept(pattern, steps, 0, place, tokens.base, span, needs, found);
                });
            }
            done = end;
        }
    }

    /// Whether a term may begin with the first of these tokens and another reading be part of it:
    /// not if three plain tokens come first that begin no term.
    fn may_reach_wave(&self, tokens: &[Token]) -> bool {
        let [a, b, c, ..] = tokens else {
            return true;
        };
        (a.flags | b.flags | c.flags) & flag::WAVE != 0
            || self.phrases.may_begin(a.id, b.id, c.id) & THREE != 0
    }

    /// Adds the terms of a pattern whose marks and options agree.
    #[allow(clippy::too_many_arguments)] // all of it is one match
    fn accept(
        &self,
        pattern: u32,
        steps: &[Step],
        rough: u32,
        place: &Place<'_>,
        base: u32,
        (tokens, bytes): (Range<usize>, Range<u32>),
        needs: &mut Vec<(usize, Needs)>,
        found: &mut Vec<Occurrence>,
    ) {
        for term in self.terms.of(pattern) {
            if rough != 0 && rough & !self.terms.hard(term) != 0 {
                continue;
            }
            let marks = self.terms.marks(term);
            if let Some((tier, need)) = verify(term, marks, steps, &self.lexicon) {
                let number = |at: usize| base + u32::try_from(at).unwrap_or(0);
                if need != Needs::default() {
                    needs.push((found.len(), need));
                }
                found.push(Occurrence {
                    term: term.index,
                    field: place.field,
                    range: bytes.start as usize..bytes.end as usize,
                    tier,
                    syllables: number(tokens.start)..number(tokens.end),
                    sentence: 0,
                    paragraph: 0,
                });
            }
        }
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
