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
    let mut byte = 0_u8;
    loop {
        bytes[byte as usize] = match byte {
            0x80..=0xbf | 0xc3..=0xc6 | 0xcc | 0xe1 => WORD,
            0..=0x7f if byte.is_ascii_alphanumeric() => WORD,
            0..=0x7f => GAP,
            _ => EITHER,
        };
        if byte == u8::MAX {
            break bytes;
        }
        byte += 1;
    }
};

/// The bytes up to the next one below `0` (a space, mostly), if they are few, and how many. They
/// are remembered as a token only if they are one.
#[inline]
fn glance(bytes: &[u8], at: usize) -> Option<(u128, usize)> {
    let chunk = bytes.get(at..at + REMEMBERED)?;
    let (low, high) = chunk.split_at(8);
    let low = u64::from_le_bytes(low.try_into().ok()?);
    let stops = stops(low);
    if stops != 0 {
        let bits = stops.trailing_zeros() - 7;
        return Some((u128::from(low & ((1 << bits) - 1)), bits as usize / 8));
    }
    let high = u64::from_le_bytes(high.try_into().ok()?);
    let stops = self::stops(high);
    if stops == 0 {
        return None;
    }
    let bits = stops.trailing_zeros() - 7;
    let raw = u128::from(high & ((1 << bits) - 1)) << 64 | u128::from(low);
    Some((raw, 8 + bits as usize / 8))
}

/// The high bits of those bytes that are below `0`.
#[inline]
const fn stops(bytes: u64) -> u64 {
    const HIGH: u64 = u64::from_le_bytes([0x80; 8]);
    const ADD: u64 = u64::from_le_bytes([0x80 - b'0'; 8]);
    // A byte's high bit is set in the sum if the byte is at least `0`.
    !(((bytes & !HIGH) + ADD) | bytes) & HIGH
}

/// Where a sentence or a paragraph begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Border {
    /// The first token behind it, numbered through the document.
    pub(super) token: u32,
    /// Whether a paragraph begins there, too.
    pub(super) paragraph: bool,
}

/// One token of a field.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Token {
    /// Its marks.
    pub(super) marks: Marks,
    /// Number of its syllable; 0 if no term has it.
    pub(super) id: u32,
    /// [`flag`]s.
    pub(super) flags: u32,
    /// Bytes in the field.
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Token {
    /// As indices.
    pub(super) fn bytes(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// The tokens of a stretch of a field.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    pub(super) all: Vec<Token>,
    /// Tokens with [`flag::WAVE`], by index here, ordered.
    pub(super) waves: Vec<usize>,
    /// Number of the first token here within the document.
    pub(super) base: u32,
}

impl Tokens {
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn clear(&mut self, base: u32) {
        self.all.clear();
        self.waves.clear();
        self.base = base;
    }

    /// Drops the first tokens.
    pub(super) fn drop_first(&mut self, count: usize) {
        self.all.drain(..count);
        self.waves.retain(|at| *at >= count);
        for at in &mut self.waves {
            *at -= count;
        }
        self.base += u32::try_from(count).unwrap_or(u32::MAX);
    }

    fn wave(&mut self, at: usize) {
        self.all[at].flags |= flag::WAVE;
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

/// Whether a name is the last part of host names that are common in Vietnamese texts.
pub(super) fn is_domain(name: &[u8]) -> bool {
    const DOMAINS: [&[u8]; 9] = [
        b"vn", b"com", b"net", b"org", b"gov", b"edu", b"info", b"tv", b"io",
    ];
    DOMAINS.contains(&name)
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
            if self.gap | gap::SPACE == gap::SPACE {
                self.run(limit, memory, tokens, seen);
            }
            let Some(&byte) = bytes.get(self.at) else {
                break;
            };
            match BYTES[usize::from(byte)] {
                GAP => {
                    self.ascii_gap(byte);
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
            if let Some((raw, len)) = glance(bytes, self.at)
                && let Some(known) = memory.recall(raw)
            {
                let start = self.at;
                self.at += len;
                self.push(known, start..start + len, tokens, seen, borders);
                continue;
            }
            self.word(memory, tokens, seen, borders);
        }
        false
    }

    /// Reads on as long as there are only tokens met before, with one space between.
    #[inline]
    fn run(&mut self, limit: usize, memory: &Memory, tokens: &mut Tokens, seen: &mut Seen) {
        let bytes = self.text.as_bytes();
        let (mut at, mut all) = (self.at, 0);
        let mut spaced = self.gap == gap::SPACE;
        while tokens.len() < limit {
            let first = at;
            if !spaced {
                if bytes.get(at) != Some(&b' ') {
                    break;
                }
                at += 1;
            }
            let Some((raw, len)) = glance(bytes, at) else {
                at = first;
                break;
            };
            let Some(known) = memory.recall(raw).filter(|_| len > 0) else {
                at = first;
                break;
            };
            spaced = false;
            let flags = known.flags | flag::CROSS | flag::SPACED;
            all |= flags;
            #[allow(clippy::cast_possible_truncation)] // offsets fit: see `new`
            tokens.all.push(Token {
                marks: known.marks,
                id: known.id,
                flags,
                start: at as u32,
                end: (at + len) as u32,
            });
            at += len;
            if flags & (flag::SINGLE | flag::WAVE | flag::DISGUISED) != 0 {
                self.unusual(flags, tokens, seen);
            }
        }
        seen.flags |= all;
        self.at = at;
        if !spaced {
            self.gap = 0;
            self.between = 0;
        }
    }

    fn ascii_gap(&mut self, byte: u8) {
        self.at += 1;
        if (byte == b':' || byte == b'.') && self.begins_address(byte) {
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

    /// Whether `https:`, `www.` or the stop of `tuoitre.vn/…` was just read.
    fn begins_address(&self, byte: u8) -> bool {
        let rest = &self.text.as_bytes()[self.at..];
        if byte == b':' {
            return rest.starts_with(b"//");
        }
        let before = &self.text.as_bytes()[..self.at - 1];
        before.ends_with(b"www")
            || (2..5).any(|n| rest.get(n) == Some(&b'/') && is_domain(&rest[..n]))
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
    fn word(
        &mut self,
        memory: &mut Memory,
        tokens: &mut Tokens,
        seen: &mut Seen,
        borders: &mut Vec<Border>,
    ) {
        // Among the words' bytes there are some of signs, too (× ÷).
        if let Some((bits, len)) = self.gap_char(self.at) {
            self.add_gap(bits);
            self.at += len;
            return;
        }
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
                self.push(&found, span, tokens, seen, borders);
            }
            return;
        }
        let mut raw = [0; REMEMBERED];
        raw[..end - start].copy_from_slice(&bytes[start..end]);
        let raw = u128::from_le_bytes(raw);
        if let Some(known) = memory.recall(raw) {
            self.at = end;
            self.push(known, start..end, tokens, seen, borders);
        } else if let Some((found, span)) = self.read_word() {
            if span == (start..end) && self.at == end {
                memory.keep(raw, found);
            }
            self.push(&found, span, tokens, seen, borders);
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
        if joined {
            flags |= flag::WAVE | flag::JOINED;
        } else if flags & flag::REPEAT != 0 && !word.overlong {
            flags |= flag::WAVE;
        }
        debug_assert!(word.letters().len() <= LETTERS);
        Remembered::new(known.id, word.marks, flags)
    }

    #[inline]
    fn push(
        &mut self,
        found: &Remembered,
        span: Range<usize>,
        tokens: &mut Tokens,
        seen: &mut Seen,
        borders: &mut Vec<Border>,
    ) {
        let mut flags = found.flags;
        if self.gap == gap::SPACE {
            flags |= flag::CROSS | flag::SPACED;
        } else {
            flags |= self.uncommon_gap(tokens, flags, span.start, borders);
        }
        self.gap = 0;
        self.between = 0;
        seen.flags |= flags;
        #[allow(clippy::cast_possible_truncation)] // offsets fit: see `new`
        tokens.all.push(Token {
            marks: found.marks,
            id: found.id,
            flags,
            start: span.start as u32,
            end: span.end as u32,
        });
        if flags & (flag::SPLIT | flag::SINGLE | flag::WAVE | flag::DISGUISED) != 0 {
            self.unusual(flags, tokens, seen);
        }
    }

    /// Notes that the last token may be read in another way, alone or with the one before.
    fn unusual(&mut self, flags: u32, tokens: &mut Tokens, seen: &mut Seen) {
        seen.disguised += u32::from(flags & flag::DISGUISED != 0);
        let at = tokens.len() - 1;
        if at > 0 {
            let before = tokens.all[at - 1];
            let split = flags & flag::SPLIT != 0 && self.may_join(before, tokens.all[at]);
            let spaced = flags & flag::SPACED != 0 && flags & before.flags & flag::SINGLE != 0;
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

    /// Whether two tokens with a splitting character between may be parts of one syllable: they
    /// spell one of a term's together, or one of them is no syllable by itself, or short.
    fn may_join(&self, before: Token, after: Token) -> bool {
        if (before.flags | after.flags) & flag::DIGIT != 0 {
            return false;
        }
        if (before.flags | after.flags) & flag::SINGLE != 0 {
            return true;
        }
        let mut both = [0; 2 * LETTERS];
        let mut len = 0;
        for token in [before, after] {
            let mut word = Word::new();
            for c in self.text[token.bytes()].chars() {
                word.push(self.table, c, self.table.entry(c));
            }
            if word.overlong {
                return false;
            }
            if word.letters().len() < 3 || !self.lexicon.find(word.letters()).skeleton {
                return true;
            }
            both[len..len + word.letters().len()].copy_from_slice(word.letters());
            len += word.letters().len();
        }
        self.lexicon.find(&both[..len]).id != 0
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
            let long = tokens
                .all
                .last()
                .is_some_and(|before| before.bytes().len() > 3);
            return capital && long && flags & flag::SINGLE == 0;
        }
        let abbreviation = tokens.all.last().is_some_and(|before| {
            let word = &self.text[before.bytes()];
            word.len() <= 3
                && word.starts_with(|c: char| c.is_ascii_uppercase())
                && self.text[before.end as usize..start].starts_with(". ")
        });
        !(abbreviation && capital)
    }
}
