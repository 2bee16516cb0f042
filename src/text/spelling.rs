//! A run of letters with their marks, read from a text: what fold, phonology and matcher share.

use super::letter::{BREVE, CIRCUMFLEX, Entry, HORN, Kind, LetterTable, takes_shape, takes_tone};

/// Letters with marks; tone and shape of each letter are kept apart from it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spelling {
    letters: Vec<u8>,
    /// The marks of each letter: two bits of shape, three of tone above.
    marks: Vec<u8>,
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
                    spelling.marks.resize(spelling.letters.len(), 0);
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
        self.disguised |= entry.disguised();
        self.letters.push(entry.base());
        self.marks.push(entry.shape() | entry.tone() << 2);
    }

    fn mark(&mut self, mark: Entry) {
        let (Some(base), Some(marks)) = (self.letters.last(), self.marks.last_mut()) else {
            return;
        };
        // Of several marks of a kind on one letter the first counts.
        if takes_shape(*base, mark.shape()) && *marks & 3 == 0 {
            *marks |= mark.shape();
        } else if mark.tone() != 0 && takes_tone(*base) && *marks >> 2 == 0 {
            *marks |= mark.tone() << 2;
        } else {
            self.disguised = true;
        }
    }

    /// The letters without marks, lower case; foreign letters as UTF-8.
    #[must_use]
    pub fn letters(&self) -> &[u8] {
        &self.letters
    }

    /// Shape marks, two bits a letter, the first letter lowest; of the first 32 letters.
    #[must_use]
    pub fn shapes(&self) -> u64 {
        let first = self.marks.iter().take(32).rev();
        first.fold(0, |shapes, marks| shapes << 2 | u64::from(marks & 3))
    }

    /// The one tone, wherever it was typed; `None` where there are two different ones.
    #[must_use]
    pub fn tone(&self) -> Option<u8> {
        let mut tones = self
            .marks
            .iter()
            .map(|marks| marks >> 2)
            .filter(|tone| *tone != 0);
        let first = tones.next().unwrap_or(0);
        tones.all(|tone| tone == first).then_some(first)
    }

    /// The canonical spelling: letters with shape marks, composed, and the tone as a combining
    /// mark behind the last vowel.
    #[must_use]
    pub fn key(&self) -> String {
        let mut key = String::new();
        let text = String::from_utf8_lossy(&self.letters);
        let one = self.tone();
        let last = self.letters.iter().rposition(|b| takes_tone(*b));
        let mut at = 0;
        for c in text.chars() {
            let marks = self.marks.get(at).copied().unwrap_or(0);
            let shape = marks & 3;
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
            let tone = match one {
                Some(tone) if last == Some(at) => tone,
                Some(_) => 0,
                None => marks >> 2,
            };
            key.extend(usize::from(tone).checked_sub(1).map(|tone| TONES[tone]));
            at += c.len_utf8();
        }
        key
    }
}

/// The combining marks of the tones, in the order of [`Entry::tone`].
const TONES: [char; 5] = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];
