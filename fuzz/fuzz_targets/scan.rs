//! Terms against a text: the first lines of the input are terms, the rest is the document.
#![no_main]

use canhtin::keyword::{Term, TermOptions};
use canhtin::scan::terms::{Scratch, TermMatcher};
use canhtin::text::Homoglyphs;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| {
    let (terms, text) = input.split_once("\n\n").unwrap_or(("vắc xin\ncovid 19\nchết", input));
    let terms: Vec<Term> = terms
        .lines()
        .take(20)
        .map(|line| Term {
            text: line.trim_matches(['!', '<', '>', '~']).into(),
            options: TermOptions {
                veto: line.starts_with('!'),
                strict: line.ends_with('!'),
                loose: line.ends_with('~'),
                name: line.ends_with('<'),
            },
        })
        .collect();
    let matcher = TermMatcher::build(&terms, &Homoglyphs::builtin());
    let (mut scratch, mut found) = (Scratch::default(), Vec::new());
    let shape = matcher.find("", text, &mut scratch, &mut found);
    for occurrence in &found {
        assert!(text.get(occurrence.range.clone()).is_some_and(|surface| !surface.is_empty()));
        assert!(occurrence.syllables.end <= shape.syllables);
    }
    // A used scratch finds the same.
    let again = &mut Vec::new();
    matcher.find("", text, &mut scratch, again);
    assert_eq!(&found, again);
});
