//! What one character is: a letter with its marks, a mark, nothing at all, or a gap.
//!
//! The whole of Unicode is put into one table of 256-character pages, so that the question
//! costs two loads. Built once; look-alikes ([`Homoglyphs`]) are laid over it.

use std::sync::{Arc, LazyLock};

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::homoglyph::Homoglyphs;

/// Shape marks: breve.
pub const BREVE: u8 = 1;
/// Shape marks: circumflex.
pub const CIRCUMFLEX: u8 = 2;
/// Shape marks: horn of `ơ ư`, stroke of `đ`.
pub const HORN: u8 = 3;

/// What stands between two words, as bits; a character may be several.
pub mod gap {
    /// White space within a line, tab, no-break space.
    pub const SPACE: u16 = 1;
    /// `-` and U+2010–2015.
    pub const HYPHEN: u16 = 2;
    /// A line break.
    pub const NEWLINE: u16 = 4;
    /// A second line break: a new paragraph.
    pub const PARAGRAPH: u16 = 8;
    /// A pictograph.
    pub const EMOJI: u16 = 16;
    /// `_` or `*`: binds words, in a disguised way.
    pub const BINDER: u16 = 32;
    /// `.`, `!`, `?`, `…` and their like.
    pub const STOP: u16 = 64;
    /// Any other character.
    pub const OTHER: u16 = 128;
    /// May split the letters of a disguised word: `. - _ * : , /`, middle dots, pictographs.
    pub const SPLITTER: u16 = 256;
}

/// What a character is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A letter or digit `a–z0–9`, possibly with marks.
    Letter,
    /// A letter of a script that is nobody's look-alike; stands for itself in lower case.
    Foreign,
    /// Several letters in one character (ligatures); see [`LetterTable::expansion`].
    Several,
    /// A combining mark: shape, tone, or a mere decoration.
    Mark,
    /// Invisible: counts for nothing.
    Ignorable,
    /// Between words; [`Entry::gap`] says what.
    Gap,
}

/// One row of the table, packed into 32 bits.
///
/// Bits 0–7 the letter (or, for gaps, 0–15 the gap bits), 16–17 shape, 18–20 tone, 21 capital,
/// 22 disguise, 24–26 kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry(u32);

const CAPITAL: u32 = 1 << 21;
const DISGUISE: u32 = 1 << 22;

impl Entry {
    const IGNORABLE: Self = Self::of(Kind::Ignorable);
    const FOREIGN: Self = Self::of(Kind::Foreign);

    const fn of(kind: Kind) -> Self {
        Self((kind as u32) << 24)
    }

    const fn letter(base: u8, shape: u8, tone: u8) -> Self {
        Self((Kind::Letter as u32) << 24 | base as u32 | (shape as u32) << 16 | (tone as u32) << 18)
    }

    const fn mark(shape: u8, tone: u8) -> Self {
        Self((Kind::Mark as u32) << 24 | (shape as u32) << 16 | (tone as u32) << 18)
    }

    const fn between(bits: u16) -> Self {
        Self((Kind::Gap as u32) << 24 | bits as u32)
    }

    const fn with(self, flag: u32, on: bool) -> Self {
        if on { Self(self.0 | flag) } else { self }
    }

    /// What it is.
    #[inline]
    #[must_use]
    pub const fn kind(self) -> Kind {
        match self.0 >> 24 & 7 {
            0 => Kind::Letter,
            1 => Kind::Foreign,
            2 => Kind::Several,
            3 => Kind::Mark,
            4 => Kind::Ignorable,
            _ => Kind::Gap,
        }
    }

    /// The letter without marks, in lower case.
    #[inline]
    #[must_use]
    pub const fn base(self) -> u8 {
        (self.0 & 0xff) as u8
    }

    /// Its shape mark: 0, [`BREVE`], [`CIRCUMFLEX`] or [`HORN`].
    #[inline]
    #[must_use]
    pub const fn shape(self) -> u8 {
        (self.0 >> 16 & 3) as u8
    }

    /// Its tone: 0 none, 1 huyền, 2 sắc, 3 ngã, 4 hỏi, 5 nặng.
    #[inline]
    #[must_use]
    pub const fn tone(self) -> u8 {
        (self.0 >> 18 & 7) as u8
    }

    /// Whether it is a capital.
    #[inline]
    #[must_use]
    pub const fn capital(self) -> bool {
        self.0 & CAPITAL != 0
    }

    /// Whether the letter is a look-alike or a styled form of the one it is read as.
    #[inline]
    #[must_use]
    pub const fn disguised(self) -> bool {
        self.0 & DISGUISE != 0
    }

    /// The bits of [`gap`].
    #[inline]
    #[must_use]
    pub const fn gap(self) -> u16 {
        (self.0 & 0xffff) as u16
    }
}

/// The shape mark or tone that a combining mark writes (shape, tone).
const fn combining(c: char) -> Option<(u8, u8)> {
    Some(match c {
        '\u{306}' => (BREVE, 0),
        '\u{302}' => (CIRCUMFLEX, 0),
        '\u{31b}' => (HORN, 0),
        '\u{300}' => (0, 1),
        '\u{301}' => (0, 2),
        '\u{303}' => (0, 3),
        '\u{309}' => (0, 4),
        '\u{323}' => (0, 5),
        _ => return None,
    })
}

/// Whether a shape mark can sit on a letter: ă, â ê ô, ơ ư. Elsewhere it is a decoration.
#[inline]
#[must_use]
pub const fn takes_shape(base: u8, shape: u8) -> bool {
    match shape {
        BREVE => base == b'a',
        CIRCUMFLEX => matches!(base, b'a' | b'e' | b'o'),
        HORN => matches!(base, b'o' | b'u'),
        _ => false,
    }
}

/// Whether a tone can sit on a letter.
#[inline]
#[must_use]
pub const fn takes_tone(base: u8) -> bool {
    matches!(base, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
}

/// Characters without a visible form (Unicode's Default_Ignorable_Code_Point).
const fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Pictographs, by the blocks that hold them.
const fn is_emoji(c: char) -> bool {
    matches!(c,
        '\u{2190}'..='\u{21ff}' | '\u{2300}'..='\u{23ff}' | '\u{25a0}'..='\u{27bf}'
        | '\u{2934}'..='\u{2935}' | '\u{2b00}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
}

fn gap_entry(c: char) -> Entry {
    use gap::{BINDER, EMOJI, HYPHEN, NEWLINE, OTHER, PARAGRAPH, SPACE, SPLITTER, STOP};
    Entry::between(match c {
        '\n' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' => NEWLINE,
        '\u{2029}' => NEWLINE | PARAGRAPH,
        '-' | '\u{2010}'..='\u{2015}' => HYPHEN | SPLITTER,
        '_' | '*' => BINDER | SPLITTER,
        '.' => STOP | SPLITTER,
        '!' | '?' | '…' | '。' | '！' | '？' | '⁉' | '⁈' | '‼' | '⁇' => STOP,
        ':' | ',' | '/' | '·' | '•' | '‧' | '∙' => OTHER | SPLITTER,
        c if c.is_whitespace() => SPACE,
        c if is_emoji(c) => EMOJI | SPLITTER,
        _ => OTHER,
    })
}

/// Reads one character by a list of look-alikes; several letters are returned beside.
fn read(c: char, homoglyphs: &Homoglyphs) -> (Entry, Vec<Entry>) {
    if is_ignorable(c) {
        return (Entry::IGNORABLE, Vec::new());
    }
    if let Some((shape, tone)) = combining(c) {
        return (Entry::mark(shape, tone), Vec::new());
    }
    let spelled = homoglyphs.get(c).or_else(|| {
        // A capital without a row of its own looks like its small letter, or like nothing.
        let mut lower = c.to_lowercase();
        let small = lower.next().filter(|_| lower.next().is_none())?;
        homoglyphs.get(small)
    });
    if spelled.is_none() && is_combining_mark(c) {
        // Marks of an alphabet that is written with them (Thai, Devanagari) belong to its
        // letters; a mark for any letter (strike-through, rings) is a decoration.
        return (Entry::mark(0, 0), Vec::new());
    }
    if spelled.is_none() && !c.is_alphanumeric() {
        return (gap_entry(c), Vec::new());
    }
    let (mut letters, mut disguised) = (Vec::new(), spelled.is_some());
    match spelled {
        Some(text) => spell(
            text.nfd(),
            &Homoglyphs::none(),
            &mut letters,
            &mut disguised,
        ),
        None => {
            let one = c.to_string();
            let compatible: String = one.nfkd().collect();
            disguised = compatible != one.nfd().collect::<String>();
            spell(compatible.chars(), homoglyphs, &mut letters, &mut disguised);
        }
    }
    let capital = c.is_uppercase();
    for letter in &mut letters {
        *letter = letter.with(DISGUISE, disguised).with(CAPITAL, capital);
    }
    match letters[..] {
        [] => (Entry::FOREIGN.with(CAPITAL, capital), Vec::new()),
        [only] => (only, Vec::new()),
        _ => (Entry::of(Kind::Several), letters),
    }
}

/// Turns decomposed characters into letters with marks; none at all if one of them is foreign.
fn spell(
    chars: impl Iterator<Item = char>,
    homoglyphs: &Homoglyphs,
    letters: &mut Vec<Entry>,
    disguised: &mut bool,
) {
    for c in chars {
        if let Some((shape, tone)) = combining(c) {
            match letters.last_mut() {
                Some(Entry(bits)) if takes_shape((*bits & 0xff) as u8, shape) => {
                    *bits |= u32::from(shape) << 16;
                }
                Some(Entry(bits)) if tone != 0 && takes_tone((*bits & 0xff) as u8) => {
                    *bits |= u32::from(tone) << 18;
                }
                _ => *disguised = true,
            }
        } else if is_combining_mark(c) {
            *disguised = true;
        } else if let Some(text) = homoglyphs.get(c) {
            *disguised = true;
            spell(text.nfd(), &Homoglyphs::none(), letters, disguised);
        } else {
            match c.to_lowercase().next() {
                Some(lower @ ('a'..='z' | '0'..='9')) => {
                    letters.push(Entry::letter(lower as u8, 0, 0));
                }
                // The stroke is no combining mark in Unicode; Eth and African D stand for Đ
                // in many old files.
                Some('đ' | 'ð' | 'ɖ') => letters.push(Entry::letter(b'd', HORN, 0)),
                _ => return letters.clear(),
            }
        }
    }
}

const PAGES: usize = 0x200;

/// Characters whose reading can differ from "foreign letter"; the rest is CJK and Hangul.
const READ: [std::ops::Range<u32>; 3] = [0..0x3400, 0xa000..0xac00, 0xd7b0..0x20000];

/// The table for all characters.
#[derive(Debug, Clone)]
pub struct LetterTable {
    page_of: Vec<u16>,
    pages: Vec<[Entry; 256]>,
    several: Vec<(char, Vec<Entry>)>,
}

impl LetterTable {
    /// Reads all characters by a table of look-alikes.
    #[must_use]
    pub fn new(homoglyphs: &Homoglyphs) -> Self {
        let mut table = Self {
            page_of: vec![0; PAGES],
            pages: vec![[Entry::FOREIGN; 256]],
            several: Vec::new(),
        };
        for code in READ.into_iter().flatten() {
            let Some(c) = char::from_u32(code) else {
                continue;
            };
            let (entry, letters) = read(c, homoglyphs);
            if entry.kind() == Kind::Several {
                table.several.push((c, letters));
            }
            let page = &mut table.page_of[(code >> 8) as usize];
            if entry != Entry::FOREIGN && *page == 0 {
                *page = u16::try_from(table.pages.len()).unwrap_or(0);
                table.pages.push([Entry::FOREIGN; 256]);
            }
            if *page != 0 {
                table.pages[usize::from(*page)][(code & 0xff) as usize] = entry;
            }
        }
        table
    }

    /// The table with the look-alikes that are shipped.
    #[must_use]
    pub fn builtin() -> Arc<Self> {
        static BUILTIN: LazyLock<Arc<LetterTable>> =
            LazyLock::new(|| Arc::new(LetterTable::new(&Homoglyphs::builtin())));
        Arc::clone(&BUILTIN)
    }

    /// The table with these look-alikes; the one of the shipped ones is made once.
    #[must_use]
    pub fn shared(homoglyphs: &Homoglyphs) -> Arc<Self> {
        if *homoglyphs == Homoglyphs::builtin() {
            Self::builtin()
        } else {
            Arc::new(Self::new(homoglyphs))
        }
    }

    /// What `c` is.
    #[inline]
    #[must_use]
    pub fn entry(&self, c: char) -> Entry {
        let code = c as usize;
        match self.page_of.get(code >> 8) {
            Some(page) => self.pages[usize::from(*page)][code & 0xff],
            None if is_ignorable(c) => Entry::IGNORABLE,
            None if c.is_alphanumeric() => Entry::FOREIGN,
            None => Entry::between(gap::OTHER),
        }
    }

    /// The letters of a [`Kind::Several`] character.
    #[must_use]
    pub fn expansion(&self, c: char) -> &[Entry] {
        self.several
            .binary_search_by_key(&c, |(several, _)| *several)
            .map_or(&[], |at| &self.several[at].1)
    }
}
