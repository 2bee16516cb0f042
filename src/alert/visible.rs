//! Which characters of a stranger's text officers may see: nothing that hides, reorders or
//! breaks lines.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Marks on one letter beyond which text is a prank that runs over its neighbours' lines;
/// Vietnamese needs two.
const MAX_MARKS: usize = 3;

/// What a character becomes.
pub(super) enum Shown {
    /// Itself.
    Char,
    /// A space.
    Space,
    /// Nothing.
    Nothing,
}

/// Controls, bidirectional controls, zero-width and filler characters, language tags.
///
/// Source: Unicode 16 `Default_Ignorable_Code_Point` and `Bidi_Control`; variation selectors
/// stay, since emoji need them and they hide nothing.
pub(super) fn shown(c: char) -> Shown {
    match c {
        c if c.is_whitespace() => Shown::Space,
        c if c.is_control() => Shown::Nothing,
        '\u{AD}'
        | '\u{34F}'
        | '\u{61C}'
        | '\u{115F}'
        | '\u{1160}'
        | '\u{17B4}'
        | '\u{17B5}'
        | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{3164}'
        | '\u{FEFF}'
        | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFFB}'
        | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}' => Shown::Nothing,
        _ => Shown::Char,
    }
}

/// Keeps what may be shown of a text, character by character, with white space collapsed to
/// single spaces and none at the beginning.
#[derive(Default)]
pub(super) struct Sieve {
    after_space: bool,
    begun: bool,
    marks: usize,
}

impl Sieve {
    /// The character to show for `c`, if any.
    pub(super) fn pass(&mut self, c: char) -> Option<char> {
        match shown(c) {
            Shown::Nothing => None,
            Shown::Space => {
                if self.after_space || !self.begun {
                    return None;
                }
                self.after_space = true;
                self.marks = 0;
                Some(' ')
            }
            Shown::Char => {
                // Counted as in NFD: composed or not, a text keeps the same marks.
                let marks = std::iter::once(c)
                    .nfd()
                    .filter(|part| is_combining_mark(*part))
                    .count();
                self.marks = if is_combining_mark(c) {
                    self.marks + marks
                } else {
                    marks
                };
                if self.marks > MAX_MARKS && is_combining_mark(c) {
                    return None;
                }
                self.begun = true;
                self.after_space = false;
                Some(c)
            }
        }
    }
}

/// A text of which lines and columns count, like a report that points into a file: at most
/// `lines` lines of `columns` characters, without what hides or reorders.
#[must_use]
pub fn block(text: &str, lines: usize, columns: usize) -> String {
    let mut kept: Vec<String> = Vec::new();
    for line in text.lines() {
        if kept.len() == lines {
            kept.push("…".to_owned());
            break;
        }
        let mut chars = line.chars().filter_map(|c| match shown(c) {
            Shown::Char => Some(c),
            Shown::Space => Some(' '),
            Shown::Nothing => None,
        });
        let mut line: String = chars.by_ref().take(columns).nfc().collect();
        line.truncate(line.trim_end().len());
        if chars.next().is_some() {
            line.push('…');
        }
        kept.push(line);
    }
    kept.join("\n")
}

/// A stranger's text as one line that is safe in a header and a body: controls, bidirectional
/// and zero-width characters removed, white space collapsed, composed (NFC), and cut at a word
/// border with "…" to at most `max` characters.
#[must_use]
pub fn one_line(text: &str, max: usize) -> String {
    let mut sieve = Sieve::default();
    // Composing needs what follows a letter, so a little more than `max` is read.
    let kept: String = text
        .chars()
        .filter_map(|c| sieve.pass(c))
        .take(max.saturating_mul(4).saturating_add(64))
        .nfc()
        .collect();
    let kept = kept.trim_end();
    if kept.chars().count() <= max {
        return kept.to_owned();
    }
    let head: String = kept.chars().take(max.saturating_sub(1)).collect();
    // A word border not too far back, else the middle of a word.
    let cut = match head.rfind(' ') {
        Some(space) if space * 4 >= head.len() * 3 => &head[..space],
        _ => &head,
    };
    format!("{}…", cut.trim_end())
}
