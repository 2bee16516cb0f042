//! Rows (terms, text, what is found), run through normal forms, cases, tone placements and
//! separators.

use super::*;
use crate::keyword::TermOptions;

mod corpus;
mod random;
mod rows;
mod shape;
mod variants;

/// A term as a list writes it: options in brackets, `!` before a veto.
pub(super) fn term(line: &str) -> Term {
    let mut options = TermOptions::default();
    let mut text = line.trim();
    while let Some((rest, option)) = text.strip_suffix(']').and_then(|t| t.rsplit_once('[')) {
        match option {
            "strict" => options.strict = true,
            "loose" => options.loose = true,
            "name" => options.name = true,
            _ => panic!("no such option: {option}"),
        }
        text = rest.trim();
    }
    if let Some(rest) = text.strip_prefix('!') {
        options.veto = true;
        text = rest;
    }
    Term {
        text: text.into(),
        options,
    }
}

/// A matcher of such terms.
pub(super) fn matcher(lines: &[&str]) -> TermMatcher {
    let terms: Vec<Term> = lines.iter().map(|line| term(line)).collect();
    TermMatcher::build(&terms, &Homoglyphs::builtin())
}

/// What is found in a text: (term, range, tier).
pub(super) fn find(matcher: &TermMatcher, text: &str) -> Vec<(u32, Range<usize>, Tier)> {
    let mut found = Vec::new();
    matcher.find("", text, &mut Scratch::default(), &mut found);
    for o in &found {
        assert!(
            text.get(o.range.clone()).is_some_and(|s| !s.is_empty()),
            "{:?} of {text:?} is no range of characters",
            o.range
        );
    }
    found
        .into_iter()
        .map(|o| (o.term, o.range, o.tier))
        .collect()
}
