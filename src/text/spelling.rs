//! A run of letters with their marks, read from a text: what fold, phonology and matcher share.

use super::letter::{BREVE, CIRCUMFLEX, Entry, HORN, Kind, LetterTable, takes_shape, takes_tone};

/// Letters with marks; tone and shape of each letter are kept apart from it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spelling {
    letters: Vec<u8>,
    /// Two bits a letter for the first 32.
    shapes: u64,
    /// Three bits a letter for the first 21.
    tones: u64,
    /// A letter is a look-alike, has a decoration, or something invisible stands inside.
    pub disguised: bool,
    /// The first letter is a capital.
    pub capital: bool,
}

impl Spelling {
    /// Reads a text as letters; what is no letter, digit or mark is left out.
    #[must_use]
    pub fn read(table: &LetterTable, text: &str) -> Self {
        let mut spelling = Self::default();
        for c in text.chars() {
            let entry = table.entry(c);
            match entry.kind() {
                Kind::Letter => spelling.push(entry),
                Kind::Several => table.expansion(c).iter().for_each(|e| spelling.push(*e)),
                Kind::Foreign => {
                    let mut bytes = [0; 4];
                    for lower in c.to_lowercase() {
                        spelling
                            .letters
                            .extend(lower.encode_utf8(&mut bytes).bytes());
                    }
                }
                Kind::Mark => spelling.mark(entry),
                Kind::Ignorable | Kind::Gap => {}
            }
        }
        spelling
    }

    fn push(&mut self, entry: Entry) {
        let at = self.letters.len();
        if at == 0 {
            self.capital = entry.capital();
        }
        if at < 32 {
            self.shapes |= u64::from(entry.shape()) << (2 * at);
        }
        if at < 21 {
            self.tones |= u64::from(entry.tone()) << (3 * at);
        }
        self.disguised |= entry.disguised();
        self.letters.push(entry.base());
    }

    fn mark(&mut self, mark: Entry) {
        let Some(base) = self.letters.last() else {
            return;
        };
        let at = self.letters.len() - 1;
        if takes_shape(*base, mark.shape()) && at < 32 {
            self.shapes |= u64::from(mark.shape()) << (2 * at);
        } else if mark.tone() != 0 && takes_tone(*base) && at < 21 {
            self.tones |= u64::from(mark.tone()) << (3 * at);
        } else {
            self.disguised = true;
        }
    }

    /// The letters without marks, lower case; foreign letters as UTF-8.
    #[must_use]
    pub fn letters(&self) -> &[u8] {
        &self.letters
    }

    /// Shape marks, two bits a letter, the first letter lowest.
    #[must_use]
    pub fn shapes(&self) -> u64 {
        self.shapes
    }

    /// The one tone, wherever it was typed; `None` where there are two different ones.
    #[must_use]
    pub fn tone(&self) -> Option<u8> {
        let mut tone = 0;
        for at in 0..21 {
            match (self.tones >> (3 * at) & 7) as u8 {
                0 => {}
                found if tone == 0 || tone == found => tone = found,
                _ => return None,
            }
        }
        Some(tone)
    }

    /// The canonical spelling: letters with shape marks, composed, and the tone as a combining
    /// mark behind the last vowel.
    #[must_use]
    pub fn key(&self) -> String {
        let mut key = String::new();
        let text = String::from_utf8_lossy(&self.letters);
        let last = self.letters.iter().rposition(|b| takes_tone(*b));
        let mut at = 0;
        for c in text.chars() {
            let shape = if at < 32 {
                (self.shapes >> (2 * at) & 3) as u8
            } else {
                0
            };
            key.push(match (c, shape) {
                ('a', BREVE) => 'ă',
                ('a', CIRCUMFLEX) => 'â',
                ('e', CIRCUMFLEX) => 'ê',
                ('o', CIRCUMFLEX) => 'ô',
                ('o', HORN) => 'ơ',
                ('u', HORN) => 'ư',
                ('d', HORN) => 'đ',
                _ => c,
            });
            let tone = match self.tone() {
                Some(tone) if last == Some(at) => tone,
                None if at < 21 => (self.tones >> (3 * at) & 7) as u8,
                _ => 0,
            };
            key.extend(usize::from(tone).checked_sub(1).map(|tone| TONES[tone]));
            at += c.len_utf8();
        }
        key
    }
}

/// The combining marks of the tones, in the order of [`Entry::tone`].
const TONES: [char; 5] = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];
