//! One pass over the raw bytes of a field: tokens and what stands between them.

use std::ops::Range;

use super::lexicon::Lexicon;
use super::memory::{Memory, REMEMBERED, Remembered};
use super::token::{LETTERS, Marks, Word, flag};
use crate::text::letter::{Kind, LetterTable, gap};

/// What a byte can be, as far as a byte tells.
const WORD: u8 = 0;
const GAP: u8 = 1;
/// First byte of a character that may be either.
const EITHER: u8 = 2;

/// ASCII letters and digits, the lead bytes of the blocks with Vietnamese letters and combining
/// marks (C3–C6, CC, E1) and continuation bytes belong to words; a token that turns out to hold
/// anything else is read character by character.
static BYTES: [u8; 256] = {
    let mut bytes = [EITHER; 256];
    let mut b = 0;
    while b < 256 {
        bytes[b] = match b {
            0x80..=0xbf | 0xc3..=0xc6 | 0xcc | 0xe1 => WORD,
            0..=0x7f if (b as u8).is_ascii_alphanumeric() => WORD,
            0..=0x7f => GAP,
            _ => EITHER,
        };
        b += 1;
    }
    bytes
};

/// Where a sentence or a paragraph begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Border {
    /// The first token behind it, numbered through the document.
    pub(super) token: u32,
    /// Whether a paragraph begins there, too.
    pub(super) paragraph: bool,
}

/// The tokens of a stretch of a field.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    /// Numbers of the syllables.
    pub(super) ids: Vec<u32>,
    /// Their marks.
    pub(super) marks: Vec<Marks>,
    /// [`flag`]s.
    pub(super) flags: Vec<u32>,
    /// Byte ranges in the field.
    pub(super) spans: Vec<(u32, u32)>,
    /// Tokens with [`flag::WAVE`], by index here, ordered.
    pub(super) waves: Vec<usize>,
    /// Number of the first token here within the document.
    pub(super) base: u32,
}

impl Tokens {
    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    pub(super) fn clear(&mut self, base: u32) {
        self.ids.clear();
        self.marks.clear();
        self.flags.clear();
        self.spans.clear();
        self.waves.clear();
        self.base = base;
    }

    /// Drops the first tokens.
    pub(super) fn drop_first(&mut self, count: usize) {
        self.ids.drain(..count);
        self.marks.drain(..count);
        self.flags.drain(..count);
        self.spans.drain(..count);
        self.waves.retain(|at| *at >= count);
        for at in &mut self.waves {
            *at -= count;
        }
        self.base += u32::try_from(count).unwrap_or(u32::MAX);
    }

    fn wave(&mut self, at: usize) {
        self.flags[at] |= flag::WAVE;
        if self.waves.last().is_none_or(|last| *last < at) {
            self.waves.push(at);
        }
    }
}

/// Reads a field token by token.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    table: &'a LetterTable,
    lexicon: &'a Lexicon,
    text: &'a str,
    at: usize,
    /// [`gap`] bits since the last token.
    gap: u16,
    /// Visible characters since the last token.
    between: u32,
    /// Room for the cuts of joined syllables.
    cuts: Vec<bool>,
}

/// What all tokens of a field have among them.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Seen {
    /// The flags of all tokens together.
    pub(super) flags: u32,
    /// How many have [`flag::DISGUISED`].
    pub(super) disguised: u32,
}

impl<'a> Reader<'a> {
    /// Begins a field. Offsets are 32 bits wide: what lies behind 4 GiB is not read.
    pub(super) fn new(table: &'a LetterTable, lexicon: &'a Lexicon, text: &'a str) -> Self {
        let end = text.floor_char_boundary(u32::MAX as usize - 8);
        Self {
            table,
            lexicon,
            text: &text[..end],
            at: 0,
            gap: gap::OTHER,
            between: 2,
            cuts: Vec::new(),
        }
    }

    /// Reads on until there are `limit` tokens; false once the field is at its end.
    pub(super) fn fill(
        &mut self,
        limit: usize,
        memory: &mut Memory,
        tokens: &mut Tokens,
        seen: &mut Seen,
        borders: &mut Vec<Border>,
    ) -> bool {
        let bytes = self.text.as_bytes();
        while self.at < bytes.len() {
            match BYTES[usize::from(bytes[self.at])] {
                GAP => {
                    self.ascii_gap(bytes[self.at]);
                    continue;
                }
                EITHER => {
                    if let Some((bits, len)) = self.gap_char(self.at) {
                        self.add_gap(bits);
                        self.at += len;
                        continue;
                    }
                }
                _ => {}
            }
            if tokens.len() >= limit {
                return true;
            }
            self.word(memory, tokens, seen, borders);
        }
        false
    }

    #[inline]
    fn ascii_gap(&mut self, byte: u8) {
        self.at += 1;
        if byte == b' ' {
            self.gap |= gap::SPACE;
            self.between += 1;
            return;
        }
        if byte == b':' && self.text.as_bytes()[self.at..].starts_with(b"//") {
            self.skip_address();
        }
        self.add_gap(self.table.entry(byte as char).gap());
    }

    fn add_gap(&mut self, bits: u16) {
        if self.gap & bits & gap::NEWLINE != 0 {
            self.gap |= gap::PARAGRAPH;
        }
        self.gap |= bits;
        self.between += 1;
    }

    /// The words of an address are nobody's words.
    fn skip_address(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest
            .find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '\'' | '”' | '’'))
            .unwrap_or(rest.len());
        self.gap |= gap::OTHER;
    }

    /// The bits and length of the character at a byte, if it stands between words.
    fn gap_char(&self, at: usize) -> Option<(u16, usize)> {
        let c = self.text[at..].chars().next()?;
        let entry = self.table.entry(c);
        (entry.kind() == Kind::Gap).then_some((entry.gap(), c.len_utf8()))
    }

    /// Reads one token: from memory if it was met before, letter by letter if not.
    #[inline]
    fn word(
        &mut self,
        memory: &mut Memory,
        tokens: &mut Tokens,
        seen: &mut Seen,
        borders: &mut Vec<Border>,
    ) {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let mut end = start;
        while end < bytes.len() && BYTES[usize::from(bytes[end])] == WORD {
            end += 1;
        }
        let whole = end > start
            && end - start <= REMEMBERED
            && (end == bytes.len()
                || BYTES[usize::from(bytes[end])] == GAP
                || self.gap_char(end).is_some());
        if !whole {
            if let Some((found, span)) = self.read_word() {
                self.push(found, span, tokens, seen, borders);
            }
            return;
        }
        let mut raw = [0; REMEMBERED];
        raw[..end - start].copy_from_slice(&bytes[start..end]);
        let raw = u128::from_le_bytes(raw);
        let known = *memory.slot(raw);
        if known.raw == raw {
            self.at = end;
            self.push(known, start..end, tokens, seen, borders);
        } else if let Some((mut found, span)) = self.read_word() {
            if span == (start..end) && self.at == end {
                found.raw = raw;
                *memory.slot(raw) = found;
            }
            self.push(found, span, tokens, seen, borders);
        }
    }

    /// Reads letters up to the next gap. `None` where only invisible characters stood.
    fn read_word(&mut self) -> Option<(Remembered, Range<usize>)> {
        let mut word = Word::new();
        let (mut first, mut end, mut hidden) = (None, self.at, false);
        let mut stop = self.text.len();
        for (offset, c) in self.text[self.at..].char_indices() {
            let at = self.at + offset;
            if c.is_ascii_alphanumeric() {
                word.push_ascii(c as u8);
            } else {
                let entry = self.table.entry(c);
                if entry.kind() == Kind::Gap {
                    stop = at;
                    break;
                }
                if !word.push(self.table, c, entry) {
                    hidden |= first.is_some();
                    continue;
                }
            }
            if first.is_some() && hidden {
                word.flags |= flag::DISGUISED;
            }
            first.get_or_insert(at);
            end = at + c.len_utf8();
        }
        self.at = stop;
        let first = first?;
        Some((self.recognise(word), first..end))
    }

    /// What a token's letters say.
    fn recognise(&mut self, mut word: Word) -> Remembered {
        let mut flags = word.flags;
        let known = if word.overlong {
            Default::default()
        } else {
            self.lexicon.find(word.letters())
        };
        word.marks.set_y(known.y);
        if word.marks.any() {
            flags |= flag::MARKED;
        }
        if word.letters().len() == 1 && flags & flag::DIGIT == 0 {
            flags |= flag::SINGLE;
        }
        if self.lexicon.is_single_term(known.id) {
            flags |= flag::TERM;
        }
        let joined = !word.overlong
            && word.letters().len() > 2
            && (!known.skeleton || word.marks.torn())
            && self.lexicon.cut(word.letters(), &mut self.cuts);
        if joined || (flags & flag::REPEAT != 0 && !word.overlong) {
            flags |= flag::WAVE;
        }
        debug_assert!(word.letters().len() <= LETTERS);
        Remembered {
            raw: 0,
            marks: word.marks,
            id: known.id,
            flags,
        }
    }

    #[inline]
    fn push(
        &mut self,
        found: Remembered,
        span: Range<usize>,
        tokens: &mut Tokens,
        seen: &mut Seen,
        borders: &mut Vec<Border>,
    ) {
        let at = tokens.len();
        let mut flags = found.flags;
        if self.gap == gap::SPACE {
            flags |= flag::CROSS | flag::SPACED;
        } else {
            flags |= self.uncommon_gap(tokens, flags, span.start, borders);
        }
        seen.flags |= flags;
        seen.disguised += flags >> flag::DISGUISED.trailing_zeros() & 1;
        tokens.ids.push(found.id);
        tokens.marks.push(found.marks);
        tokens.flags.push(flags);
        // Offsets fit: see `new`.
        tokens.spans.push((
            u32::try_from(span.start).unwrap_or(u32::MAX),
            u32::try_from(span.end).unwrap_or(u32::MAX),
        ));
        self.gap = 0;
        self.between = 0;
        if at > 0 {
            let before = tokens.flags[at - 1];
            let split = flags & flag::SPLIT != 0 && (flags | before) & flag::DIGIT == 0;
            let spaced = flags & flag::SPACED != 0 && flags & before & flag::SINGLE != 0;
            if split || spaced {
                tokens.wave(at - 1);
                tokens.wave(at);
                return;
            }
        }
        if flags & flag::WAVE != 0 {
            tokens.wave(at);
        }
    }

    /// The flags of a gap that is more than spaces; notes where sentences begin.
    fn uncommon_gap(
        &self,
        tokens: &Tokens,
        flags: u32,
        start: usize,
        borders: &mut Vec<Border>,
    ) -> u32 {
        let gap = self.gap;
        let border = gap & (gap::STOP | gap::NEWLINE | gap::PARAGRAPH) != 0;
        if border && tokens.len() + tokens.base as usize > 0 {
            let paragraph = gap & gap::PARAGRAPH != 0;
            if paragraph || self.ends_sentence(tokens, flags, start) {
                let token = tokens.base + u32::try_from(tokens.len()).unwrap_or(0);
                borders.push(Border { token, paragraph });
            }
        }
        let mut result = 0;
        if gap & (gap::PARAGRAPH | gap::STOP | gap::OTHER) == 0 {
            result |= flag::CROSS;
            if gap & (gap::EMOJI | gap::BINDER) != 0 {
                result |= flag::VEIL;
            }
        }
        if gap & gap::SPLITTER != 0 && self.between == 1 {
            result |= flag::SPLIT;
        }
        result
    }

    /// Whether a stop or a line break before `start` ends a sentence: not in `3.5`, `v.ắ.c`,
    /// `TP.HCM`, `TS. Nam`, nor where a line is merely wrapped.
    fn ends_sentence(&self, tokens: &Tokens, flags: u32, start: usize) -> bool {
        let capital = flags & flag::CAPITAL != 0;
        if self.gap & gap::STOP == 0 {
            return capital;
        }
        if self.gap & (gap::SPACE | gap::NEWLINE) == 0 && self.between == 1 {
            let long = tokens.spans.last().is_some_and(|(from, to)| to - from > 3);
            return capital && long && flags & flag::SINGLE == 0;
        }
        let abbreviation = tokens.spans.last().is_some_and(|(from, to)| {
            let before = &self.text[*from as usize..*to as usize];
            before.len() <= 3
                && before.starts_with(|c: char| c.is_ascii_uppercase())
                && self.text[*to as usize..start].starts_with(". ")
        });
        !(abbreviation && capital)
    }
}
