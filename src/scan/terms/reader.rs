//! One pass over the raw bytes of a field: tokens and what stands between them.

use std::ops::Range;

use super::address::{begins, length};
use super::bytes::{BYTES, EITHER, GAP, WORD, glance};
use super::lexicon::Lexicon;
use super::memory::{Memory, REMEMBERED, Remembered};
use super::stream::{Border, Seen, Token, Tokens};
use super::token::{LETTERS, Word, flag};
use crate::text::letter::{Kind, LetterTable, gap};

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
        if (byte == b':' || byte == b'.') && begins(self.text.as_bytes(), self.at) {
            self.at += length(&self.text[self.at..]);
            self.gap |= gap::OTHER;
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
            && self
                .lexicon
                .cut(word.letters(), word.capitals, &mut self.cuts);
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
