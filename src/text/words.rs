//! Syllables that Vietnamese words are made of.
//!
//! The phonology allows some 17,000 syllables, of which the language uses a good third; a partly
//! marked phrase of real ones is another phrase (`chưa khỏi` is not `chữa khỏi`), so the
//! difference matters. `words.txt` has those that we counted at least twice in legal texts and
//! newspapers of 2019–2021.

use std::sync::LazyLock;

use super::letter::LetterTable;
use super::phonology::LONGEST;
use super::spelling::Spelling;

static WORDS: LazyLock<Vec<u64>> = LazyLock::new(|| {
    let table = LetterTable::builtin();
    let mut words: Vec<u64> = include_str!("words.txt")
        .split_whitespace()
        .filter_map(|word| {
            let spelling = Spelling::read(&table, word);
            key(spelling.letters(), spelling.shapes(), spelling.tone()?)
        })
        .collect();
    words.sort_unstable();
    words.dedup();
    words
});

/// A syllable in 52 bits: five a letter, two a shape, three for the tone.
fn key(letters: &[u8], shapes: u64, tone: u8) -> Option<u64> {
    if letters.is_empty() || letters.len() > LONGEST {
        return None;
    }
    let mut key = 0;
    for letter in letters {
        key = key << 5 | u64::from(letter.checked_sub(b'a' - 1).filter(|n| *n <= 26)?);
    }
    Some(key | shapes << 35 | u64::from(tone) << 49)
}

/// Whether letters with just these marks are a syllable of the Vietnamese vocabulary.
#[must_use]
pub fn is_word(letters: &[u8], shapes: u64, tone: u8) -> bool {
    key(letters, shapes, tone).is_some_and(|key| WORDS.binary_search(&key).is_ok())
}
