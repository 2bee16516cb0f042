//! Vietnamese text: what a letter, a syllable and a word are, whatever way they were typed.
//!
//! A syllable is its letters (`a`–`z`, digits) with their shape marks (breve, circumflex, horn,
//! the stroke of `đ`) plus one tone, wherever that tone was typed. `docs/MATCHING.md` tells how
//! the matcher makes use of it.

pub mod charset;
pub mod letter;
pub mod phonology;
pub mod words;

mod homoglyph;
mod spelling;
#[cfg(test)]
mod tests;

use std::ops::Range;

pub use homoglyph::{BadRow, Homoglyphs};
pub use spelling::Spelling;

use letter::{Kind, LetterTable};

/// A whole syllable of a text (a run of letters and digits), with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Syllable<'t> {
    /// As written, from its first to its last letter, combining marks included.
    pub text: &'t str,
    /// Byte range in the text.
    pub range: Range<usize>,
}

/// The whole syllables of a text, in order: runs of letters and digits, whatever is invisible
/// among them. Linear in the text.
pub fn syllables(text: &str) -> impl Iterator<Item = Syllable<'_>> {
    let table = LetterTable::builtin();
    let mut at = 0;
    std::iter::from_fn(move || {
        let (mut start, mut end) = (None, at);
        for (offset, c) in text[at..].char_indices() {
            match table.entry(c).kind() {
                Kind::Letter | Kind::Foreign | Kind::Several => {
                    start.get_or_insert(at + offset);
                    end = at + offset + c.len_utf8();
                }
                Kind::Mark if start.is_some() => end = at + offset + c.len_utf8(),
                Kind::Gap if start.is_some() => break,
                _ => {}
            }
        }
        let start = start?;
        at = end;
        Some(Syllable {
            text: &text[start..end],
            range: start..end,
        })
    })
}

/// The canonical folded form of a phrase, marks kept: equal for all normal forms, cases,
/// places of the tone and separators. Syllables are parted by one space; the tone of each, as a
/// combining mark, stands behind its last vowel.
#[must_use]
pub fn key(text: &str) -> String {
    fold(text, Spelling::key)
}

/// The phrase without marks, in lower case, syllables parted by one space.
#[must_use]
pub fn unmarked(text: &str) -> String {
    fold(text, |spelling| {
        String::from_utf8_lossy(spelling.letters()).into_owned()
    })
}

fn fold(text: &str, form: impl Fn(&Spelling) -> String) -> String {
    let table = LetterTable::builtin();
    let mut folded = String::with_capacity(text.len());
    for syllable in syllables(text) {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(&form(&Spelling::read(&table, syllable.text)));
    }
    folded
}

/// Whether the text is one possible Vietnamese syllable, its marks included.
#[must_use]
pub fn is_syllable(text: &str) -> bool {
    one(text, phonology::is_possible)
}

/// Whether the text is one syllable that Vietnamese words are made of.
#[must_use]
pub fn is_word(text: &str) -> bool {
    one(text, words::is_word)
}

fn one(text: &str, test: impl Fn(&[u8], u64, u8) -> bool) -> bool {
    let mut all = syllables(text);
    let (Some(only), None) = (all.next(), all.next()) else {
        return false;
    };
    let spelling = Spelling::read(&LetterTable::builtin(), only.text);
    spelling
        .tone()
        .is_some_and(|tone| test(spelling.letters(), spelling.shapes(), tone))
}
