//! The other readings: letters that were split, repeated or run together.
//!
//! Around the few tokens that may be read in another way, the text is a lattice: an edge is a
//! token as it stands, or a syllable of some term spelled by letters, across splitting
//! characters or inside a longer token. The automaton is walked along every path, each start
//! with a bounded number of edges, so the whole stays linear.

use std::ops::Range;

use super::lexicon::Lexicon;
use super::phrases::{Phrases, Place};
use super::stream::{Token, Tokens};
use super::token::{LETTERS, Marks, flag};
use super::verify::Step;
use crate::text::letter::{Entry, Kind, LetterTable, takes_shape, takes_tone};

/// Tokens that a match may reach beyond its first.
pub(super) const REACH: usize = 64;

/// Edges tried from one start at most.
const BUDGET: u32 = 400;

/// Letters of one spelled syllable at most.
const SPELLED: usize = 16;

/// The letters of a token that was not looked at yet.
const UNREAD: (usize, usize) = (usize::MAX, usize::MAX);

/// One letter of a token that may be read in another way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Letter {
    pub(super) base: u8,
    shape: u8,
    tone: u8,
    pub(super) capital: bool,
    /// A syllable may end before it and another begin with it.
    cut: bool,
    /// Bytes in the field.
    start: u32,
    end: u32,
}

/// One syllable of a path.
#[derive(Debug, Clone)]
pub(super) struct Edge {
    pub(super) step: Step,
    /// Tokens it is spelled by.
    pub(super) tokens: Range<usize>,
    /// Its letters among the window's; empty for a token as it stands.
    pub(super) letters: Range<usize>,
    /// Begins or ends inside a token.
    pub(super) joined: bool,
    /// Bytes in the field.
    pub(super) bytes: Range<u32>,
}

impl Edge {
    /// Spelled across several tokens.
    pub(super) fn split(&self) -> bool {
        self.tokens.len() > 1
    }

    fn plain(&self) -> bool {
        self.letters.is_empty()
    }
}

/// The letters of the tokens around a wave, and the path that is being walked.
#[derive(Debug, Default)]
pub(super) struct Window {
    /// Tokens it covers.
    tokens: Range<usize>,
    pub(super) letters: Vec<Letter>,
    /// Where the letters of each token of the window are, or [`UNREAD`].
    read: Vec<(usize, usize)>,
    cuts: Vec<bool>,
    pub(super) path: Vec<Edge>,
    budget: u32,
}

/// What the walk needs to know.
#[derive(Clone, Copy)]
pub(super) struct Ground<'a> {
    pub(super) table: &'a LetterTable,
    pub(super) lexicon: &'a Lexicon,
    pub(super) phrases: &'a Phrases,
    pub(super) text: &'a str,
    pub(super) tokens: &'a Tokens,
}

impl Window {
    /// Begins anew with these tokens; their letters are read when they are asked for.
    pub(super) fn open(&mut self, tokens: Range<usize>) {
        self.letters.clear();
        self.read.clear();
        self.read.resize(tokens.len(), UNREAD);
        self.tokens = tokens;
    }

    /// Reads the letters of a token of the window, if it may be read in another way.
    fn look(&mut self, ground: Ground<'_>, token: usize) -> Range<usize> {
        let at = token - self.tokens.start;
        if self.read[at] == UNREAD {
            let from = self.letters.len();
            if ground.tokens.all[token].flags & flag::WAVE != 0 {
                self.read(ground, token);
            }
            self.read[at] = (from, self.letters.len());
        }
        self.letters_of(token)
    }

    /// Reads one token's letters, runs of three or more as one.
    fn read(&mut self, ground: Ground<'_>, at: usize) {
        let Token { start, end, .. } = ground.tokens.all[at];
        let from = self.letters.len();
        let mut run = 0;
        for (offset, c) in ground.text[start as usize..end as usize].char_indices() {
            let at = start + u32::try_from(offset).unwrap_or(0);
            let bytes = at..at + u32::try_from(c.len_utf8()).unwrap_or(0);
            let entry = ground.table.entry(c);
            match entry.kind() {
                Kind::Letter => self.add(from, entry, &bytes, &mut run),
                Kind::Several => {
                    for letter in ground.table.expansion(c) {
                        self.add(from, *letter, &bytes, &mut run);
                    }
                }
                Kind::Mark => {
                    if let Some(last) = self.letters[from..].last_mut() {
                        last.end = bytes.end;
                        if takes_shape(last.base, entry.shape()) {
                            last.shape |= entry.shape();
                        } else if takes_tone(last.base) && last.tone == 0 {
                            last.tone = entry.tone();
                        }
                    }
                }
                Kind::Foreign => {
                    self.letters.truncate(from);
                    return;
                }
                Kind::Ignorable | Kind::Gap => {}
            }
            if self.letters.len() - from > 2 * LETTERS {
                break;
            }
        }
        self.close_run(run);
        if ground.tokens.all[at].flags & (flag::JOINED | flag::REPEAT) != 0 {
            self.mark_cuts(ground.lexicon, from);
        }
    }

    fn add(&mut self, from: usize, entry: Entry, bytes: &Range<u32>, run: &mut usize) {
        let letter = Letter {
            base: entry.base(),
            shape: entry.shape(),
            tone: entry.tone(),
            capital: entry.capital(),
            cut: false,
            start: bytes.start,
            end: bytes.end,
        };
        match self.letters[from..].last_mut() {
            Some(last) if last.base == letter.base && !letter.base.is_ascii_digit() => {
                *run += 1;
                if *run > 3 {
                    last.end = letter.end;
                    last.shape |= letter.shape;
                    last.tone = last.tone.max(letter.tone);
                    return;
                }
            }
            _ => {
                self.close_run(*run);
                *run = 1;
            }
        }
        self.letters.push(letter);
    }

    /// Makes one letter of a run of three, with the marks of all.
    fn close_run(&mut self, run: usize) {
        if run < 3 {
            return;
        }
        let at = self.letters.len() - 3;
        let [mut first, second, third] =
            [self.letters[at], self.letters[at + 1], self.letters[at + 2]];
        first.end = third.end;
        first.shape |= second.shape | third.shape;
        first.tone = first.tone.max(second.tone).max(third.tone);
        self.letters.truncate(at);
        self.letters.push(first);
    }

    /// Notes where joined syllables may be cut.
    fn mark_cuts(&mut self, lexicon: &Lexicon, from: usize) {
        let letters = &mut self.letters[from..];
        if letters.len() < 3 || letters.len() > LETTERS {
            return;
        }
        let bases: Vec<u8> = letters.iter().map(|l| l.base).collect();
        let capitals = (0..).zip(letters.iter()).fold(0, |bits, (at, letter)| {
            bits | u64::from(letter.capital) << at
        });
        let tones = letters.iter().filter(|l| l.tone != 0).count();
        if (lexicon.find(&bases).skeleton && tones < 2)
            || !lexicon.cut(&bases, capitals, &mut self.cuts)
        {
            return;
        }
        for (letter, cut) in letters.iter_mut().zip(&self.cuts).skip(1) {
            letter.cut = *cut;
        }
    }

    /// Letters of a token that was looked at.
    pub(super) fn letters_of(&self, token: usize) -> Range<usize> {
        let (from, to) = self.read[token - self.tokens.start];
        from..to
    }

    /// Walks all paths that begin at a token or inside it and differ from the plain reading.
    pub(super) fn walk(
        &mut self,
        ground: Ground<'_>,
        start: usize,
        found: &mut impl FnMut(&Self, u32),
    ) {
        let letters = self.look(ground, start);
        self.budget = BUDGET;
        self.path.clear();
        self.edges(
            ground,
            ground.phrases.start(),
            start,
            letters.start,
            false,
            found,
        );
        for at in letters.start + 1..letters.end.max(letters.start + 1) {
            if self.letters[at].cut {
                self.budget = BUDGET;
                self.edges(ground, ground.phrases.start(), start, at, false, found);
            }
        }
    }

    /// Tries every edge from a place in the text: a token and one of its letters. `must_split`:
    /// the gap before is one that only splits letters.
    fn edges(
        &mut self,
        ground: Ground<'_>,
        place: Place,
        token: usize,
        letter: usize,
        must_split: bool,
        found: &mut impl FnMut(&Self, u32),
    ) {
        let own = self.look(ground, token);
        if letter == own.start && !must_split {
            let plain = ground.tokens.all[token];
            let edge = Edge {
                step: Step {
                    id: plain.id,
                    marks: plain.marks,
                    flags: plain.flags,
                },
                tokens: token..token + 1,
                letters: 0..0,
                joined: false,
                bytes: plain.start..plain.end,
            };
            self.follow(ground, place, edge, own.end, found);
        }
        if own.is_empty() {
            return;
        }
        let (mut spelled, mut marks) = ([0; SPELLED], Marks::default());
        let (mut last, mut at) = (token, letter);
        for n in 0..SPELLED {
            if at == self.letters_of(last).end {
                if !self.links(ground, last) {
                    return;
                }
                last += 1;
            }
            let next = self.letters[at];
            spelled[n] = next.base;
            marks.add(n, next.shape, next.tone);
            at += 1;
            let ends = at == self.letters_of(last).end;
            if !ends && !self.letters[at].cut {
                continue;
            }
            let known = ground.lexicon.find(&spelled[..=n]);
            let whole = last == token && letter == own.start && ends;
            let repeated = ground.tokens.all[token].flags & flag::REPEAT != 0;
            if known.id == 0
                || marks.torn()
                || (whole && !repeated)
                || (must_split && last == token)
            {
                continue;
            }
            let mut marks = marks;
            marks.set_y(known.y);
            let edge = self.spelled(ground, token..last + 1, letter..at, known.id, marks);
            self.follow(ground, place, edge, at, found);
        }
    }

    /// An edge of letters.
    fn spelled(
        &self,
        ground: Ground<'_>,
        tokens: Range<usize>,
        letters: Range<usize>,
        id: u32,
        marks: Marks,
    ) -> Edge {
        let (first, last) = (self.letters[letters.start], self.letters[letters.end - 1]);
        let all = &ground.tokens.all[tokens.clone()];
        let hidden = all.iter().fold(0, |bits, token| {
            bits | token.flags & (flag::DISGUISED | flag::REPEAT)
        });
        let mut flags = all[0].flags & (flag::VEIL | flag::CROSS);
        if hidden != 0 || tokens.len() > 1 {
            flags |= flag::DISGUISED;
        }
        if first.capital {
            flags |= flag::CAPITAL;
        }
        let joined = letters.start != self.letters_of(tokens.start).start
            || letters.end != self.letters_of(tokens.end - 1).end;
        if letters.start != self.letters_of(tokens.start).start {
            flags &= !flag::VEIL;
        }
        Edge {
            step: Step { id, marks, flags },
            tokens,
            joined,
            bytes: first.start..last.end,
            letters,
        }
    }

    /// Whether a syllable may be spelled on from one token into the next.
    fn links(&mut self, ground: Ground<'_>, token: usize) -> bool {
        let next = token + 1;
        if next >= self.tokens.end || self.look(ground, next).is_empty() {
            return false;
        }
        let (here, there) = (
            ground.tokens.all[token].flags,
            ground.tokens.all[next].flags,
        );
        (here | there) & flag::DIGIT == 0
            && (there & flag::SPLIT != 0
                || (there & flag::SPACED != 0 && here & there & flag::SINGLE != 0))
    }

    /// Takes an edge, reports what ends with it, and goes on behind it.
    fn follow(
        &mut self,
        ground: Ground<'_>,
        place: Place,
        edge: Edge,
        at: usize,
        found: &mut impl FnMut(&Self, u32),
    ) {
        if self.budget == 0 {
            return;
        }
        self.budget -= 1;
        let Some(place) = ground.phrases.next(place, edge.step.id) else {
            return;
        };
        let last = edge.tokens.end - 1;
        let split = edge.split();
        self.path.push(edge);
        if self.path.iter().any(|edge| !edge.plain())
            && let Some(pattern) = ground.phrases.ending(place)
        {
            found(self, pattern);
        }
        if at < self.letters_of(last).end {
            self.edges(ground, place, last, at, false, found);
        } else if last + 1 < self.tokens.end {
            let gap = ground.tokens.all[last + 1].flags;
            if gap & flag::CROSS != 0 {
                let letter = self.look(ground, last + 1).start;
                self.edges(ground, place, last + 1, letter, false, found);
            } else if gap & flag::SPLIT != 0 {
                let letter = self.look(ground, last + 1).start;
                self.edges(ground, place, last + 1, letter, !split, found);
            }
        }
        self.path.pop();
    }
}
