//! The terms of all lists and rules, found in one pass over a document.

use std::collections::HashMap;
use std::ops::Range;

use crate::document::Field;
use crate::keyword::Term;
use crate::scan::Tier;
use crate::text::{self, Homoglyphs};

/// A term found in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// Index of the term in the slice the matcher was built from.
    pub term: u32,
    /// Which field.
    pub field: Field,
    /// Byte range in that field's original text, from the term's first to its last letter.
    pub range: Range<usize>,
    /// How the surface differs from the term.
    pub tier: Tier,
    /// The syllables it covers, numbered through the document, title first.
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
pub struct Scratch {}

/// All terms, ready to be found. Immutable: share it between threads.
#[derive(Debug)]
pub struct TermMatcher {
    by_first: HashMap<String, Vec<(u32, Vec<String>)>>,
}

impl TermMatcher {
    /// Prepares the terms; an occurrence names a term by its index here.
    #[must_use]
    pub fn build(terms: &[Term], _homoglyphs: &Homoglyphs) -> Self {
        let mut by_first: HashMap<String, Vec<(u32, Vec<String>)>> = HashMap::new();
        for (index, term) in (0..).zip(terms) {
            let keys: Vec<String> = text::syllables(&term.text)
                .map(|s| text::key(s.text))
                .collect();
            if let Some(first) = keys.first() {
                by_first
                    .entry(first.clone())
                    .or_default()
                    .push((index, keys));
            }
        }
        Self { by_first }
    }

    /// Finds every occurrence of every term, overlapping and nested ones too, ordered by place.
    /// `found` is cleared first.
    pub fn find(
        &self,
        title: &str,
        text: &str,
        _scratch: &mut Scratch,
        found: &mut Vec<Occurrence>,
    ) -> DocumentShape {
        found.clear();
        let mut shape = DocumentShape::default();
        for (paragraph, (field, text)) in (0..).zip([(Field::Title, title), (Field::Text, text)]) {
            let words: Vec<_> = text::syllables(text)
                .map(|s| (text::key(s.text), s.range))
                .collect();
            shape.capitals |= text.chars().any(char::is_uppercase);
            shape.marks |= text::key(text) != text::unmarked(text);
            for (at, (key, range)) in words.iter().enumerate() {
                for (term, keys) in self.by_first.get(key).into_iter().flatten() {
                    let Some(window) = words.get(at..at + keys.len()) else {
                        continue;
                    };
                    if window.iter().map(|w| &w.0).eq(keys) {
                        let first = shape.syllables + u32::try_from(at).unwrap_or(u32::MAX);
                        found.push(Occurrence {
                            term: *term,
                            field,
                            range: range.start..window[window.len() - 1].1.end,
                            tier: Tier::Exact,
                            syllables: first..first + u32::try_from(keys.len()).unwrap_or(1),
                            sentence: paragraph,
                            paragraph,
                        });
                    }
                }
            }
            shape.syllables += u32::try_from(words.len()).unwrap_or(0);
        }
        shape
    }
}
