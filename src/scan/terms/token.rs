//! A syllable of the document as the matcher sees it: which one, with what marks.

use crate::text::letter::{Entry, Kind, LetterTable, takes_shape, takes_tone};

/// Letters of a token that are looked at; longer ones are no syllable and hide none.
pub(super) const LETTERS: usize = 64;

/// Letters whose shape mark fits into [`Marks`]; a Vietnamese syllable has at most seven.
const SHAPED: usize = 12;

/// The marks of one syllable: two bits of shape a letter (12 letters), three bits of tone, and
/// whether it is written with the y of `kỹ`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Marks(u32);

impl Marks {
    const SHAPES: u32 = (1 << 24) - 1;
    const TONE: u32 = 7 << 24;
    /// Two tones: no single syllable.
    const TORN: u32 = 1 << 27;
    const Y: u32 = 1 << 28;

    /// Adds a letter's marks.
    #[inline]
    pub(super) fn add(&mut self, at: usize, shape: u8, tone: u8) {
        if at < SHAPED {
            self.0 |= u32::from(shape) << (2 * at);
        }
        if tone != 0 {
            let tone = u32::from(tone) << 24;
            if self.0 & Self::TONE == 0 {
                self.0 |= tone;
            } else if self.0 & Self::TONE != tone {
                self.0 |= Self::TORN;
            }
        }
    }

    #[inline]
    pub(super) fn set_y(&mut self, y: bool) {
        self.0 |= if y { Self::Y } else { 0 };
    }

    /// Whether two different tones were typed.
    pub(super) const fn torn(self) -> bool {
        self.0 & Self::TORN != 0
    }

    /// Whether the i of `kĩ` was written y.
    pub(super) const fn y(self) -> bool {
        self.0 & Self::Y != 0
    }

    /// Shape marks, two bits a letter.
    pub(super) const fn shapes(self) -> u64 {
        (self.0 & Self::SHAPES) as u64
    }

    /// The tone as in [`Entry::tone`].
    pub(super) const fn tone(self) -> u8 {
        (self.0 >> 24 & 7) as u8
    }

    /// Whether there is any mark.
    #[inline]
    pub(super) const fn any(self) -> bool {
        self.0 & (Self::SHAPES | Self::TONE) != 0
    }

    /// The same marks, i/y apart.
    #[inline]
    pub(super) const fn same(self, other: Self) -> bool {
        (self.0 ^ other.0) & !Self::Y == 0
    }

    /// Whether every mark here is one of `whole` too: some may be missing, none contradicts.
    #[inline]
    pub(super) const fn within(self, whole: Self) -> bool {
        const LOW: u32 = 0x55_5555;
        let differ = self.0 ^ whole.0;
        let written = (self.0 | self.0 >> 1) & LOW;
        let differs = (differ | differ >> 1) & LOW;
        written & differs == 0
            && (self.0 & Self::TONE == 0 || differ & (Self::TONE | Self::TORN) == 0)
    }
}

/// What is to be known of a token besides its syllable: bits of a `u32`.
pub(super) mod flag {
    /// Has a mark.
    pub(in super::super) const MARKED: u32 = 1;
    /// Begins with a capital.
    pub(in super::super) const CAPITAL: u32 = 1 << 1;
    /// Has a capital anywhere.
    pub(in super::super) const CAPITALS: u32 = 1 << 2;
    /// Has look-alikes, decorations or something invisible inside.
    pub(in super::super) const DISGUISED: u32 = 1 << 3;
    /// May be read in another way: letters split, repeated or syllables joined.
    pub(in super::super) const WAVE: u32 = 1 << 4;
    /// One letter.
    pub(in super::super) const SINGLE: u32 = 1 << 5;
    /// Has a digit.
    pub(in super::super) const DIGIT: u32 = 1 << 6;
    /// Three or more of one letter.
    pub(in super::super) const REPEAT: u32 = 1 << 7;
    /// A term of one syllable is spelled like this.
    pub(in super::super) const TERM: u32 = 1 << 8;
    /// Consists of several syllables, one of a term among them.
    pub(in super::super) const JOINED: u32 = 1 << 9;
    /// What stands before it lets a term go on.
    pub(in super::super) const CROSS: u32 = 1 << 16;
    /// What stands before it lets a term go on, but hides it (a pictograph, `_`).
    pub(in super::super) const VEIL: u32 = 1 << 17;
    /// One character that may split letters stands before it.
    pub(in super::super) const SPLIT: u32 = 1 << 18;
    /// Nothing but spaces stands before it.
    pub(in super::super) const SPACED: u32 = 1 << 19;
}

/// The letters of one token, marks apart, as they are read.
#[derive(Debug)]
pub(super) struct Word {
    letters: [u8; LETTERS],
    len: usize,
    pub(super) marks: Marks,
    pub(super) flags: u32,
    /// Which letters are capitals.
    pub(super) capitals: u64,
    /// How many of the last letter stand in a row.
    run: usize,
    /// It has more letters than are looked at.
    pub(super) overlong: bool,
}

impl Word {
    pub(super) const fn new() -> Self {
        Self {
            letters: [0; LETTERS],
            len: 0,
            marks: Marks(0),
            flags: 0,
            capitals: 0,
            run: 0,
            overlong: false,
        }
    }

    /// The letters; of more than three alike in a row, three.
    #[inline]
    pub(super) fn letters(&self) -> &[u8] {
        &self.letters[..self.len]
    }

    #[inline]
    pub(super) fn push_ascii(&mut self, byte: u8) {
        let lower = byte | 0x20;
        if byte.is_ascii_digit() {
            self.flags |= flag::DIGIT;
            self.push_base(byte, true);
        } else {
            if byte != lower {
                self.capital();
            }
            self.push_base(lower, false);
        }
    }

    /// The next letter is a capital.
    #[inline]
    fn capital(&mut self) {
        self.flags |= flag::CAPITALS;
        self.flags |= if self.len == 0 { flag::CAPITAL } else { 0 };
        if self.len < LETTERS {
            self.capitals |= 1 << self.len;
        }
    }

    /// Adds a base letter; `digit`s are never taken for a repeated letter.
    #[inline]
    fn push_base(&mut self, base: u8, digit: bool) {
        if self.len > 0 && self.letters[self.len - 1] == base && !digit {
            self.run += 1;
            if self.run >= 3 {
                self.flags |= flag::REPEAT;
                if self.run > 3 {
                    return;
                }
            }
        } else {
            self.run = 1;
        }
        if self.len == LETTERS {
            self.overlong = true;
            return;
        }
        self.letters[self.len] = base;
        self.len += 1;
    }

    fn push_entry(&mut self, entry: Entry) {
        if entry.capital() {
            self.capital();
        }
        if entry.disguised() {
            self.flags |= flag::DISGUISED;
        }
        let digit = entry.base().is_ascii_digit();
        self.flags |= if digit { flag::DIGIT } else { 0 };
        self.push_base(entry.base(), digit);
        self.marks
            .add(self.len.saturating_sub(1), entry.shape(), entry.tone());
    }

    /// Adds a character that is not a gap; whether it can be seen.
    pub(super) fn push(&mut self, table: &LetterTable, c: char, entry: Entry) -> bool {
        match entry.kind() {
            Kind::Letter => self.push_entry(entry),
            Kind::Several => {
                for letter in table.expansion(c) {
                    self.push_entry(*letter);
                }
            }
            Kind::Foreign => {
                let mut bytes = [0; 4];
                for lower in c.to_lowercase() {
                    for byte in lower.encode_utf8(&mut bytes).bytes() {
                        self.push_base(byte, true);
                    }
                }
            }
            Kind::Mark => {
                let Some(base) = self.len.checked_sub(1).map(|at| self.letters[at]) else {
                    return false;
                };
                if takes_shape(base, entry.shape()) {
                    self.marks.add(self.len - 1, entry.shape(), 0);
                } else if entry.tone() != 0 && takes_tone(base) {
                    self.marks.add(self.len - 1, 0, entry.tone());
                } else {
                    self.flags |= flag::DISGUISED;
                }
            }
            Kind::Ignorable | Kind::Gap => return false,
        }
        true
    }
}
