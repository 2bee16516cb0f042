//! Where terms begin, and which of them the tokens from there on are.

use std::ops::Range;

use super::lattice::{Ground, REACH};
use super::phrases::{THREE, TWO};
use super::stream::Token;
use super::token::flag;
use super::verify::{Needs, Step, verify};
use super::{Occurrence, Place, Scratch, TermMatcher, plausible};

impl TermMatcher {
    /// Finds what begins at these tokens.
    pub(super) fn search(
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
