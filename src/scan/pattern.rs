//! Patterns: regular expressions of rules, tried paragraph by paragraph in bounded windows.

use std::ops::Range;

use super::Tier;
use super::eval::State;
use super::program::Program;
use super::terms::Occurrence;
use crate::document::{Document, Field};
use crate::keyword::REGEX_WINDOW;
use crate::text;

/// Stands for a pattern where an occurrence names its term: pattern n is `u32::MAX - n`.
const REGEX: u32 = u32::MAX;

impl State {
    /// Which pattern an occurrence is of, if of any.
    pub(super) fn regex_of(program: &Program, term: u32) -> Option<&str> {
        let id = (REGEX - term) as usize;
        program.regexes.get(id).map(regex::Regex::as_str)
    }

    /// Tries a pattern once a paragraph, in windows of bounded length, so that the time grows
    /// with the text alone.
    pub(super) fn match_regex(&mut self, program: &Program, document: &Document, id: u32) {
        if self.regexes[id as usize].is_some() {
            return;
        }
        let regex = &program.regexes[id as usize];
        let mut numbers = Vec::new();
        for field in [Field::Title, Field::Text] {
            let text = document.field(field);
            for window in windows(text) {
                let Some(found) = regex.find(&text[window.clone()]) else {
                    continue;
                };
                if found.is_empty() {
                    continue;
                }
                let range = window.start + found.start()..window.start + found.end();
                let occurrence = self.locate(document, field, range, REGEX - id);
                numbers.push(u32::try_from(self.found.len()).unwrap_or(u32::MAX));
                self.found.push(occurrence);
            }
        }
        self.regexes[id as usize] = Some(numbers);
    }

    /// Numbers a byte range as the matcher would: from the nearest term before it.
    fn locate(
        &mut self,
        document: &Document,
        field: Field,
        range: Range<usize>,
        term: u32,
    ) -> Occurrence {
        let text = document.field(field);
        let terms = &self.found[..self.terms_found];
        let behind = terms.partition_point(|o| (o.field, o.range.start) <= (field, range.start));
        let anchor = behind
            .checked_sub(1)
            .map(|at| &terms[at])
            .filter(|anchor| anchor.field == field);
        let (mut at, mut syllable, mut sentence, mut paragraph) = match anchor {
            Some(o) => (o.range.start, o.syllables.start, o.sentence, o.paragraph),
            None if field == Field::Title => (0, 0, 0, 0),
            None => {
                let title = *self
                    .title_syllables
                    .get_or_insert_with(|| count(&document.title));
                (0, title, 1, 1)
            }
        };
        let between = &text[at..range.start];
        syllable += count(between);
        for (offset, c) in between.char_indices() {
            let after = &between[offset + c.len_utf8()..];
            if matches!(c, '.' | '!' | '?' | '…') && after.starts_with(char::is_whitespace) {
                sentence += 1;
            } else if c == '\n'
                && after
                    .trim_start_matches([' ', '\t', '\r'])
                    .starts_with('\n')
            {
                (sentence, paragraph) = (sentence + 1, paragraph + 1);
            }
        }
        at = range.start;
        let length = count(&text[at..range.end]).max(1);
        Occurrence {
            term,
            field,
            range,
            tier: Tier::Exact,
            syllables: syllable..syllable + length,
            sentence,
            paragraph,
        }
    }
}

fn count(text: &str) -> u32 {
    u32::try_from(text::syllables(text).count()).unwrap_or(u32::MAX)
}

/// The paragraphs of a text, the longest ones cut.
fn windows(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        if at >= text.len() {
            return None;
        }
        let start = at;
        let longest = text.ceil_char_boundary((start + REGEX_WINDOW).min(text.len()));
        at = text[start..longest]
            .find("\n\n")
            .map_or(longest, |end| start + end + 2);
        Some(start..at)
    })
}
