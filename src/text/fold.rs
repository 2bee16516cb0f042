//! One character at a time: letters, marks, what to drop.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Letters that imitate Latin ones; an admin may extend the table.
#[derive(Debug, Clone, Default)]
pub struct Homoglyphs(Vec<(char, String)>);

impl Homoglyphs {
    /// The table shipped with the program.
    #[must_use]
    pub fn builtin() -> Self {
        Self::default()
    }
}

/// A whole syllable of a text (a run of letters and digits), with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Syllable<'t> {
    /// As written.
    pub text: &'t str,
    /// Byte range in the text.
    pub range: Range<usize>,
}

/// The whole syllables of a text, in order.
pub fn syllables(text: &str) -> impl Iterator<Item = Syllable<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let inside = |c: char| c.is_alphanumeric() || is_combining_mark(c);
        let start = at + text[at..].find(inside)?;
        let end = text[start..]
            .find(|c| !inside(c))
            .map_or(text.len(), |n| start + n);
        at = end;
        Some(Syllable {
            text: &text[start..end],
            range: start..end,
        })
    })
}

/// Shape marks of a letter: breve, circumflex, horn.
const SHAPES: [char; 3] = ['\u{306}', '\u{302}', '\u{31b}'];
/// Tones: grave, acute, tilde, hook above, dot below.
const TONES: [char; 5] = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];

/// The canonical folded form of a phrase, marks kept: equal for all normal forms, cases,
/// places of the tone and separators. Syllables are parted by one space.
#[must_use]
pub fn key(text: &str) -> String {
    let keys: Vec<String> = syllables(text).map(|s| syllable_key(s.text)).collect();
    keys.join(" ")
}

fn syllable_key(text: &str) -> String {
    let (mut letters, mut tone) = (String::new(), None);
    let mut shape: Option<char> = None;
    for c in text.nfkd().flat_map(char::to_lowercase).nfkd() {
        if SHAPES.contains(&c) {
            shape = Some(c);
        } else if TONES.contains(&c) {
            tone = Some(c);
        } else if !is_combining_mark(c) {
            letters.extend(shape.take());
            letters.push(c);
        }
    }
    letters.extend(shape);
    letters.extend(tone);
    letters
}

/// The phrase without marks, in lower case, syllables parted by one space.
#[must_use]
pub fn unmarked(text: &str) -> String {
    key(text)
        .chars()
        .filter(|c| !is_combining_mark(*c))
        .map(|c| if c == 'đ' { 'd' } else { c })
        .collect()
}

/// Whether the text is one possible Vietnamese syllable, marks included.
#[must_use]
pub fn is_syllable(text: &str) -> bool {
    let letters = unmarked(text);
    letters.len() <= 7
        && letters.bytes().all(|b| b.is_ascii_lowercase())
        && letters.contains(['a', 'e', 'i', 'o', 'u', 'y'])
}

/// Whether the text is one syllable that Vietnamese words are made of.
#[must_use]
pub fn is_word(text: &str) -> bool {
    is_syllable(text)
}
