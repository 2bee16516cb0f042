//! Text that only looks right in its own fonts: TCVN3 (`.VnTime`) and VNI (`VNI-Times`). What a
//! program that knows no such font sees is Western letters (`Céng hßa x· héi`, `Coäng hoøa xaõ
//! hoäi`), in whatever encoding these came.
//!
//! TCVN3 is the part of TCVN 5712:1993 that has the small letters and the capitals without tones
//! (glibc's `TCVN` agrees with every row); capitals with tones are small letters in a font of
//! capitals. VNI writes a tone or shape as a letter of its own behind the base letter, as the
//! tables of UniKey and of Unicode's mapping by VNI Software list.

use std::collections::HashSet;

/// TCVN3 from A1 to FE, `·` where it has nothing.
const TCVN3: &str = "ĂÂÊÔƠƯĐăâêôơưđ······àảãáạ·ằẳẵắ·······ặầẩẫấậè·ẻẽéẹềểễếệìỉ···ĩíịò·ỏõóọồổỗốộờởỡớợù·ủũúụừửữứựỳỷỹýỵ";
/// The Western letter that is a VNI letter by itself.
const VNI_ALONE: [(char, char); 18] = [
    ('ñ', 'đ'),
    ('ô', 'ơ'),
    ('ö', 'ư'),
    ('í', 'í'),
    ('ì', 'ì'),
    ('æ', 'ỉ'),
    ('ó', 'ĩ'),
    ('ò', 'ị'),
    ('î', 'ỵ'),
    ('Ñ', 'Đ'),
    ('Ô', 'Ơ'),
    ('Ö', 'Ư'),
    ('Í', 'Í'),
    ('Ì', 'Ì'),
    ('Æ', 'Ỉ'),
    ('Ó', 'Ĩ'),
    ('Ò', 'Ị'),
    ('Î', 'Ỵ'),
];
/// The mark that a VNI letter behind its base means, as combining marks.
const VNI_MARKS: [(char, &str, &str); 17] = [
    ('ù', "aeouyôö", "\u{301}"),
    ('ø', "aeouyôö", "\u{300}"),
    ('û', "aeouyôö", "\u{309}"),
    ('õ', "aeouyôö", "\u{303}"),
    ('ï', "aeouyôö", "\u{323}"),
    ('â', "aeo", "\u{302}"),
    ('á', "aeo", "\u{302}\u{301}"),
    ('à', "aeo", "\u{302}\u{300}"),
    ('å', "aeo", "\u{302}\u{309}"),
    ('ã', "aeo", "\u{302}\u{303}"),
    ('ä', "aeo", "\u{302}\u{323}"),
    ('ê', "a", "\u{306}"),
    ('é', "a", "\u{306}\u{301}"),
    ('è', "a", "\u{306}\u{300}"),
    ('ú', "a", "\u{306}\u{309}"),
    ('ü', "a", "\u{306}\u{303}"),
    ('ë', "a", "\u{306}\u{323}"),
];

/// Different words that must come out of a text before it is taken for one in such a font.
const DISTINCT: usize = 3;
/// And words in all.
const WORDS: usize = 4;
/// Of so many marked words one may be none: a name, a slip, a foreign word.
const ONE_WRONG_IN: usize = 4;
/// Words that are looked at; a text shows what it is sooner.
const LOOKED_AT: usize = 3000;

/// An encoding by font.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Font {
    Tcvn3,
    Vni,
}

impl Font {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Tcvn3 => "TCVN3",
            Self::Vni => "VNI",
        }
    }

    /// The word as its font shows it; `None` where the font has no such letter.
    pub(super) fn decode(self, word: &str) -> Option<String> {
        match self {
            Self::Tcvn3 => tcvn3(word),
            Self::Vni => Some(vni(word)),
        }
    }
}

/// The text as its font shows it, with that font; `None` for what is no such text, which is
/// nearly everything. Markup between `<` and `>` stays as it is, so do words that are
/// Vietnamese already.
pub(super) fn mended(text: &str) -> Option<(String, Font)> {
    let font = recognised(text)?;
    let mut mended = String::with_capacity(text.len() + text.len() / 2);
    for segment in segments(text) {
        if is_in(segment, font) {
            for word in segment.split_inclusive(is_gap) {
                let bare = word.trim_end_matches(is_gap);
                match decoded(bare, font) {
                    Some(decoded) => mended.push_str(&decoded),
                    None => mended.push_str(bare),
                }
                mended.push_str(&word[bare.len()..]);
            }
        } else {
            mended.push_str(segment);
        }
    }
    Some((mended, font))
}

/// Whether a text has a line that might be in such a font. Quick: it looks at letters only.
pub(super) fn may_hold(text: &str) -> bool {
    segments(text).any(is_western_segment)
}

/// What was counted of the words of a text.
#[derive(Default)]
struct Count {
    good: usize,
    bad: usize,
    distinct: HashSet<String>,
}

impl Count {
    fn is_full(&self) -> bool {
        self.good + self.bad == LOOKED_AT
    }

    fn look_at(&mut self, word: &str, font: Font) {
        if self.is_full() {
            return;
        }
        match verdict(word, font) {
            Verdict::Word(decoded) => {
                self.good += 1;
                if self.distinct.len() < DISTINCT {
                    self.distinct.insert(decoded);
                }
            }
            Verdict::Either => {}
            Verdict::Other => self.bad += 1,
        }
    }

    fn is_clear(&self) -> bool {
        self.good >= WORDS
            && self.distinct.len() >= DISTINCT
            && self.good >= ONE_WRONG_IN * self.bad
    }
}

/// Whether words of one font make up the marked words of the text's Western lines.
fn recognised(text: &str) -> Option<Font> {
    let (mut tcvn3, mut vni) = (Count::default(), Count::default());
    let words = segments(text)
        .filter(|segment| is_western_segment(segment))
        .flat_map(marked);
    for word in words {
        if tcvn3.is_full() && vni.is_full() {
            break;
        }
        tcvn3.look_at(word, Font::Tcvn3);
        vni.look_at(word, Font::Vni);
    }
    match (tcvn3.is_clear(), vni.is_clear()) {
        (true, true) if vni.good > tcvn3.good => Some(Font::Vni),
        (true, _) => Some(Font::Tcvn3),
        (false, true) => Some(Font::Vni),
        (false, false) => None,
    }
}

/// Whether a line of a text in this font is in it itself.
fn is_in(segment: &str, font: Font) -> bool {
    if !is_western_segment(segment) {
        return false;
    }
    let (mut good, mut bad) = (0, 0);
    for word in marked(segment) {
        match verdict(word, font) {
            Verdict::Word(_) => good += 1,
            Verdict::Either => {}
            Verdict::Other => bad += 1,
        }
    }
    good > 0 && good >= bad
}

/// What a Western word is in a font.
enum Verdict {
    /// A Vietnamese word, which it is not as it stands.
    Word(String),
    /// A word both ways (`tù` is `tự`).
    Either,
    /// No Vietnamese word.
    Other,
}

fn verdict(word: &str, font: Font) -> Verdict {
    let word = word.trim_matches(is_punctuation);
    let Some(decoded) = font.decode(word) else {
        return Verdict::Other;
    };
    let lower = decoded.to_lowercase();
    // Words joined by a hyphen or a full stop.
    let mut parts = lower.split(is_punctuation).filter(|part| !part.is_empty());
    if !parts.all(crate::text::is_word) {
        Verdict::Other
    } else if crate::text::is_word(word) {
        Verdict::Either
    } else {
        Verdict::Word(lower)
    }
}

/// A word as the font shows it, what the font does not have left as it is.
fn decoded(word: &str, font: Font) -> Option<String> {
    if word.is_ascii() {
        return None;
    }
    let inner = word.trim_matches(is_punctuation);
    let start = inner.as_ptr() as usize - word.as_ptr() as usize;
    let decoded = font.decode(inner)?;
    // A font of capitals shows small letters as capitals.
    let capitals = inner.chars().filter(char::is_ascii_uppercase).count();
    let small = inner.chars().any(|c| c.is_ascii_lowercase());
    let decoded = if capitals >= 2 && !small {
        decoded.to_uppercase()
    } else {
        decoded
    };
    Some([&word[..start], &decoded, &word[start + inner.len()..]].concat())
}

fn tcvn3(word: &str) -> Option<String> {
    let letter = |c: char| match u32::from(c) {
        0x00..0x80 => Some(c),
        at @ 0xa1..=0xfe => {
            let at = usize::try_from(at - 0xa1).ok()?;
            TCVN3.chars().nth(at).filter(|letter| *letter != '·')
        }
        // Typographic quotation marks and dashes are no letters.
        _ if !c.is_alphabetic() => Some(c),
        _ => None,
    };
    word.chars().map(letter).collect()
}

fn vni(word: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let lower = |c: char| c.to_lowercase().next().unwrap_or(c);
    let mut out = String::with_capacity(word.len());
    let mut base: Option<char> = None;
    for c in word.chars() {
        let mark = base.and_then(|base| {
            let found = VNI_MARKS
                .iter()
                .find(|(mark, bases, _)| *mark == lower(c) && bases.contains(lower(base)));
            found.map(|(_, _, marks)| *marks)
        });
        if let Some(marks) = mark {
            out.push_str(marks);
            base = None;
            continue;
        }
        let alone = VNI_ALONE.iter().find(|(western, _)| *western == c);
        out.push(alone.map_or(c, |(_, letter)| *letter));
        base = Some(c);
    }
    out.nfc().collect()
}

/// Lines and the runs between two tags.
fn segments(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = if rest.starts_with('<') {
            rest.find('>').map_or(rest.len(), |at| at + 1)
        } else {
            let mut bytes = rest.bytes();
            let end = bytes.position(|byte| matches!(byte, b'<' | b'\n'));
            end.map_or(rest.len(), |at| at.max(1))
        };
        let (segment, after) = rest.split_at(end);
        rest = after;
        Some(segment)
    })
}

fn marked(segment: &str) -> impl Iterator<Item = &str> {
    segment
        .split(is_gap)
        .filter(|word| word.contains(is_western))
}

/// Text, no tag, with Western letters and none that only Vietnamese in Unicode has. One of these
/// stands among the first words of nearly every Vietnamese line, so that little of it is read.
fn is_western_segment(segment: &str) -> bool {
    if segment.starts_with('<') || segment.is_ascii() {
        return false;
    }
    let mut western = false;
    for c in segment.chars() {
        match c {
            '\u{1ea0}'..='\u{1ef9}'
            | 'ă'
            | 'Ă'
            | 'đ'
            | 'Đ'
            | 'ơ'
            | 'Ơ'
            | 'ư'
            | 'Ư'
            | '\u{300}'..='\u{323}' => return false,
            c => western |= is_western(c),
        }
    }
    western
}

fn is_western(c: char) -> bool {
    matches!(c, '\u{a1}'..='\u{fe}')
}

fn is_gap(c: char) -> bool {
    c.is_whitespace()
}

fn is_punctuation(c: char) -> bool {
    c.is_ascii_punctuation() || matches!(c, '\u{2010}'..='\u{203a}')
}
