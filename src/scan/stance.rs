//! Does the document tell the claim as true, or refute it? Decided for each passage that makes
//! a claim, from the cue lists, and then for the document.

use super::eval::{Fired, State};
use super::passage::Passage;
use super::program::Program;
use super::{Speaker, Stance};
use crate::document::Field;

/// How far before the claim's first word its verb may be negated, in syllables.
const NEGATION_REACH: u32 = 4;
/// How far from a denial what turns it round may stand, in syllables.
const REVERSAL_REACH: u32 = 8;
/// How many paragraphs "the above information" reaches back.
const POINTER_REACH: u32 = 2;
/// How many sentences after the title its claim may still be answered.
const ANSWER_REACH: u32 = 2;
/// More passages of one claim than these tell nothing new.
const MAX_PASSAGES: usize = 64;
/// Nor more cues of one document.
const MAX_CUES: usize = 1_000;

/// A denial that stands.
#[derive(Debug, Clone, Copy)]
struct Cue {
    occurrence: u32,
    from: u32,
    to: u32,
    sentence: u32,
    paragraph: u32,
    title: bool,
    /// Its sentence points back at what was told before.
    points_back: bool,
}

/// The denials of a document, reversed ones left out.
#[derive(Debug)]
pub(super) struct Cues {
    denials: Vec<Cue>,
    negations: Vec<Cue>,
    /// Sentences in which a claim is told, with the rule's place in the list of those that fired.
    claims: Vec<(u32, usize)>,
}

/// What was decided of a rule.
#[derive(Debug)]
pub(super) struct Decided {
    pub(super) stance: Stance,
    /// The passages of that stance.
    pub(super) passages: Vec<Passage>,
    /// The occurrence that decided a denial.
    pub(super) cue: Option<u32>,
}

impl Cues {
    pub(super) fn read(state: &mut State, program: &Program, fired: &[Fired]) -> Self {
        let lists = program.cues;
        let denials = state.leaf(program, lists.denials);
        let negations = state.leaf(program, lists.negations);
        let reversals = state.leaf(program, lists.reversals);
        let pointers = state.leaf(program, lists.pointers);
        let sentence = |number: &u32| state.found[*number as usize].sentence;
        let in_sentence = |numbers: &[u32], wanted: u32| {
            let from = numbers.partition_point(|number| sentence(number) < wanted);
            let to = numbers.partition_point(|number| sentence(number) <= wanted);
            from..to
        };
        let cue = |number: u32| {
            let found = &state.found[number as usize];
            Cue {
                occurrence: number,
                from: found.syllables.start,
                to: found.syllables.end,
                sentence: found.sentence,
                paragraph: found.paragraph,
                title: found.field == Field::Title,
                points_back: !in_sentence(&pointers, found.sentence).is_empty(),
            }
        };
        let stands = |cue: &Cue| {
            let beside = in_sentence(&reversals, cue.sentence);
            !reversals[beside].iter().take(MAX_CUES).any(|number| {
                let found = &state.found[*number as usize];
                let gap = found
                    .syllables
                    .start
                    .saturating_sub(cue.to)
                    .max(cue.from.saturating_sub(found.syllables.end));
                gap <= REVERSAL_REACH
            })
        };
        let mut claims = Vec::new();
        for (rule, fired) in fired.iter().enumerate() {
            for passage in fired.passages.iter().take(MAX_PASSAGES) {
                state.each(passage, &mut |number| {
                    claims.push((state.found[number as usize].sentence, rule));
                });
            }
        }
        claims.sort_unstable();
        claims.dedup();
        Self {
            denials: denials
                .into_iter()
                .take(MAX_CUES)
                .map(cue)
                .filter(stands)
                .collect(),
            negations: negations
                .into_iter()
                .take(MAX_CUES)
                .map(cue)
                .filter(stands)
                .collect(),
            claims,
        }
    }

    /// Decides for the rule that stands at `rule` among those that fired.
    pub(super) fn decide(
        &self,
        state: &State,
        program: &Program,
        fired: &Fired,
        rule: usize,
        speaker: Speaker,
    ) -> Decided {
        let passages = &fired.passages[..fired.passages.len().min(MAX_PASSAGES)];
        let leaves = &program.rules[fired.rule as usize].leaves;
        let claim = |passage: &Passage| self.denied(state, passage, rule, speaker);
        let in_title = self
            .denials
            .iter()
            .find(|cue| cue.title && state.title_has(leaves) && !is_claimed(state, cue, passages));
        if let Some(cue) = in_title {
            return Decided {
                stance: Stance::Denies,
                passages: passages.to_vec(),
                cue: Some(cue.occurrence),
            };
        }
        if let Some(cue) = self.answered(state, passages, rule) {
            return Decided {
                stance: Stance::Denies,
                passages: passages.to_vec(),
                cue: Some(cue),
            };
        }
        let cues: Vec<Option<u32>> = passages.iter().map(claim).collect();
        let denied = cues.iter().filter(|cue| cue.is_some()).count();
        // An article opens or closes with the refutation and quotes the rumour in between.
        let ends = [cues.first(), cues.last()]
            .iter()
            .flatten()
            .any(|cue| cue.is_some());
        let stance = if ends || denied * 2 >= passages.len() {
            Stance::Denies
        } else {
            Stance::Asserts
        };
        let wanted = stance == Stance::Denies;
        Decided {
            stance,
            passages: passages
                .iter()
                .zip(&cues)
                .filter(|(_, cue)| cue.is_some() == wanted)
                .map(|(passage, _)| *passage)
                .collect(),
            cue: cues.into_iter().flatten().next().filter(|_| wanted),
        }
    }

    /// A claim told in the title only, often as a question, that the text begins by denying.
    fn answered(&self, state: &State, passages: &[Passage], rule: usize) -> Option<u32> {
        let mut title_only = !passages.is_empty();
        let mut last_sentence = 0;
        for passage in passages {
            state.each(passage, &mut |number| {
                let found = &state.found[number as usize];
                title_only &= found.field == Field::Title;
                last_sentence = last_sentence.max(found.sentence);
            });
        }
        self.denials
            .iter()
            .find(|cue| {
                title_only
                    && !cue.title
                    && cue.sentence <= last_sentence + ANSWER_REACH
                    && !self.speaks_of_another(cue.sentence, rule)
            })
            .map(|cue| cue.occurrence)
    }

    /// The cue that denies a passage.
    fn denied(
        &self,
        state: &State,
        passage: &Passage,
        rule: usize,
        speaker: Speaker,
    ) -> Option<u32> {
        let mut sentences = Vec::new();
        let mut spans = Vec::new();
        let mut last_paragraph = passage.paragraph;
        state.each(passage, &mut |number| {
            let found = &state.found[number as usize];
            sentences.push(found.sentence);
            spans.push((found.syllables.start, found.syllables.end));
            last_paragraph = last_paragraph.max(found.paragraph);
        });
        let first_sentence = sentences.iter().min().copied().unwrap_or(0);
        let last_sentence = sentences.iter().max().copied().unwrap_or(0);
        let covers = |from: u32| {
            spans
                .iter()
                .any(|(start, end)| *start <= from && from < *end)
        };
        let denial = self.denials.iter().find(|cue| {
            if covers(cue.from) && covers(cue.to - 1) {
                return false;
            }
            if sentences.contains(&cue.sentence) {
                return true;
            }
            if self.speaks_of_another(cue.sentence, rule) {
                return false;
            }
            let near = sentences.iter().any(|s| s.abs_diff(cue.sentence) == 1);
            let same = (passage.paragraph..=last_paragraph).contains(&cue.paragraph);
            let back = cue.points_back
                && cue.sentence > last_sentence
                && cue.paragraph - last_paragraph.min(cue.paragraph) <= POINTER_REACH
                && !self.another_between(last_sentence, cue.sentence, rule);
            // An office does not spread what it speaks against in the same paragraph.
            let wide = speaker == Speaker::Authority && same;
            (near && same) || back || wide
        });
        if let Some(cue) = denial {
            return Some(cue.occurrence);
        }
        self.negations
            .iter()
            .find(|cue| {
                cue.from + NEGATION_REACH >= passage.from
                    && cue.from < passage.to
                    && (first_sentence..=last_sentence).contains(&cue.sentence)
                    && !covers(cue.from)
            })
            .map(|cue| cue.occurrence)
    }

    /// Whether a sentence tells a claim of another rule and none of this one.
    fn speaks_of_another(&self, sentence: u32, rule: usize) -> bool {
        let from = self.claims.partition_point(|(s, _)| *s < sentence);
        let mut here = self.claims[from..]
            .iter()
            .take_while(|(s, _)| *s == sentence)
            .peekable();
        here.peek().is_some() && here.all(|(_, other)| *other != rule)
    }

    /// Whether a claim of another rule stands between two sentences.
    fn another_between(&self, after: u32, before: u32, rule: usize) -> bool {
        let from = self.claims.partition_point(|(s, _)| *s <= after);
        self.claims[from..]
            .iter()
            .take_while(|(s, _)| *s < before)
            .any(|(_, other)| *other != rule)
    }
}

/// Whether the cue is one of the claim's own terms: a rule about false news names them itself.
fn is_claimed(state: &State, cue: &Cue, passages: &[Passage]) -> bool {
    let mut claimed = false;
    for passage in passages {
        state.each(passage, &mut |number| {
            let syllables = &state.found[number as usize].syllables;
            claimed |= syllables.start <= cue.from && cue.to <= syllables.end;
        });
    }
    claimed
}
