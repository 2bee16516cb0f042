//! The terms as sequences of syllable numbers, in an Aho–Corasick automaton over short codes.
//!
//! Whole syllables are the alphabet: each number becomes one to four bytes, prefix-free, so that
//! an anchored walk of the automaton from a syllable's first byte spells whole syllables only.
//! Two bit tables of adjacent pairs and triples decide where a walk is begun at all.

use aho_corasick::automaton::{Automaton, StateID};
use aho_corasick::nfa::contiguous;
use aho_corasick::{Anchored, BuildError};

/// Bits per entry of a filter: about one walk in sixteen is begun in vain.
const SPARSITY: usize = 16;

/// A set of numbers that sometimes says yes to others.
#[derive(Debug)]
struct Filter {
    bits: Vec<u64>,
    shift: u32,
}

impl Filter {
    fn new(entries: usize) -> Self {
        let bits = (entries * SPARSITY).next_power_of_two().max(4096);
        Self {
            bits: vec![0; bits / 64],
            shift: 64 - bits.trailing_zeros(),
        }
    }

    #[allow(clippy::cast_possible_truncation)] // the shift leaves few bits
    fn add(&mut self, mixed: u64) {
        let at = (mixed >> self.shift) as usize;
        self.bits[at / 64] |= 1 << (at % 64);
    }

    #[inline]
    #[allow(clippy::cast_possible_truncation)]
    fn has(&self, mixed: u64) -> bool {
        let at = (mixed >> self.shift) as usize;
        self.bits[at / 64] >> (at % 64) & 1 != 0
    }
}

#[inline]
fn pair(a: u32, b: u32) -> u64 {
    (u64::from(a) << 32 | u64::from(b)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

#[inline]
fn triple(a: u32, b: u32, c: u32) -> u64 {
    (pair(a, b).rotate_left(29) ^ u64::from(c)).wrapping_mul(0xd6e8_feb8_6659_fd93)
}

#[inline]
fn four(a: u32, b: u32, c: u32, d: u32) -> u64 {
    (triple(a, b, c).rotate_left(31) ^ u64::from(d)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Where the automaton stands after two or three syllables: most matches need no walk at all.
#[derive(Debug)]
struct Beginnings {
    slots: Vec<Beginning>,
}

/// A slot of [`Beginnings`].
#[derive(Debug, Clone, Copy, Default)]
struct Beginning {
    /// The syllables, 21 bits each; 0 is an empty slot.
    syllables: u64,
    state: StateID,
    /// Twice the number of the pattern that ends here plus one, plus one if longer patterns begin
    /// so.
    pattern: u32,
}

/// A pattern of two syllables may begin here.
pub(super) const TWO: u32 = 1;
/// A pattern of three syllables or more may begin here.
pub(super) const THREE: u32 = 2;

/// Numbers that [`Beginnings`] can hold.
const NUMBERS: usize = 1 << 21;

#[inline]
fn packed(a: u32, b: u32, c: u32) -> u64 {
    u64::from(a) | u64::from(b) << 21 | u64::from(c) << 42
}

impl Beginnings {
    fn new(entries: usize) -> Self {
        let slots = vec![Beginning::default(); (entries * 4 / 3 + 2).next_power_of_two()];
        Self { slots }
    }

    #[inline]
    #[allow(clippy::cast_possible_truncation)] // the shift leaves few bits
    fn at(&self, syllables: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = (syllables.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize & mask;
        while self.slots[at].syllables != 0 && self.slots[at].syllables != syllables {
            at = (at + 1) & mask;
        }
        at
    }
}

/// The code of one syllable.
#[derive(Debug, Clone, Copy, Default)]
struct Code {
    bytes: [u8; 4],
    len: u8,
}

impl Code {
    /// One byte for the first 128 numbers, two for 32,512 more, four for the rest.
    fn of(id: u32) -> Self {
        let [b0, b1, b2, _] = id.to_le_bytes();
        if id < 128 {
            return Self {
                bytes: [b0, 0, 0, 0],
                len: 1,
            };
        }
        let next = id - 128;
        let [low, high, _, _] = next.to_le_bytes();
        if next < 127 * 256 {
            Self {
                bytes: [128 + high, low, 0, 0],
                len: 2,
            }
        } else {
            Self {
                bytes: [255, b2, b1, b0],
                len: 4,
            }
        }
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }
}

/// A place in the automaton, reached by whole syllables.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    state: StateID,
    /// Code bytes since the beginning.
    bytes: usize,
}

/// All patterns.
#[derive(Debug)]
pub(super) struct Phrases {
    nfa: contiguous::NFA,
    start: StateID,
    /// Bytes of each pattern; no pattern is longer than 32 syllables of four bytes.
    lengths: Vec<u8>,
    codes: Vec<Code>,
    pairs: Filter,
    any_pairs: bool,
    triples: Filter,
    fours: Filter,
    beginnings: Beginnings,
}

impl Phrases {
    /// Patterns of syllable numbers below `ids`, none empty; of equal ones the first is found.
    ///
    /// # Errors
    /// If there are more patterns than the automaton can number.
    pub(super) fn new(patterns: &[Vec<u32>], ids: usize) -> Result<Self, BuildError> {
        let codes: Vec<Code> = (0..ids)
            .map(|id| Code::of(u32::try_from(id).unwrap_or(u32::MAX)))
            .collect();
        let coded: Vec<Vec<u8>> = patterns
            .iter()
            .map(|ids| {
                ids.iter()
                    .flat_map(|id| codes[*id as usize].bytes())
                    .copied()
                    .collect()
            })
            .collect();
        let nfa = contiguous::Builder::new()
            .dense_depth(2)
            .prefilter(false)
            .build(&coded)?;
        // This kind of automaton has both start states; the dead state would find nothing.
        let start = nfa.start_state(Anchored::Yes).unwrap_or_default();
        let mut phrases = Self {
            nfa,
            start,
            lengths: coded
                .iter()
                .map(|code| u8::try_from(code.len()).unwrap_or(0))
                .collect(),
            codes,
            any_pairs: patterns.iter().any(|p| p.len() == 2),
            pairs: Filter::new(patterns.iter().filter(|p| p.len() == 2).count()),
            triples: Filter::new(patterns.iter().filter(|p| p.len() > 2).count()),
            fours: Filter::new(patterns.iter().filter(|p| p.len() > 3).count()),
            beginnings: Beginnings::new(patterns.len()),
        };
        for pattern in patterns {
            match pattern[..] {
                [] | [_] => {}
                [a, b] => {
                    phrases.pairs.add(pair(a, b));
                    phrases.begin(&[a, b], packed(a, b, 0), false);
                }
                [a, b, c, ..] => {
                    phrases.triples.add(triple(a, b, c));
                    phrases.begin(&[a, b, c], packed(a, b, c), pattern.len() > 3);
                    if let Some(d) = pattern.get(3) {
                        phrases.fours.add(four(a, b, c, *d));
                    }
                }
            }
        }
        Ok(phrases)
    }

    /// Notes where the automaton stands after these syllables.
    fn begin(&mut self, ids: &[u32], syllables: u64, longer: bool) {
        if !self.shortcuts() {
            return;
        }
        let at = self.beginnings.at(syllables);
        if self.beginnings.slots[at].syllables == 0
            && let Some(place) = ids
                .iter()
                .try_fold(self.start(), |place, id| self.next(place, *id))
        {
            let pattern = self.ending(place).map_or(0, |pattern| 2 * (pattern + 1));
            self.beginnings.slots[at] = Beginning {
                syllables,
                state: place.state,
                pattern,
            };
        }
        self.beginnings.slots[at].pattern |= u32::from(longer);
    }

    /// What begins with two syllables that may be a pattern (the third is 0) or three that may
    /// begin one: the pattern that ends there, and the place if longer ones go on.
    #[inline]
    pub(super) fn after(&self, a: u32, b: u32, c: u32) -> (Option<u32>, Option<Place>) {
        let found = self.beginnings.slots[self.beginnings.at(packed(a, b, c))];
        let longer = (found.pattern & 1 != 0).then(|| Place {
            state: found.state,
            bytes: [a, b, c]
                .map(|id| usize::from(self.codes[id as usize].len))
                .iter()
                .sum(),
        });
        ((found.pattern >> 1).checked_sub(1), longer)
    }

    /// Whether all syllables have numbers that [`Self::after`] knows.
    pub(super) fn shortcuts(&self) -> bool {
        self.codes.len() <= NUMBERS
    }

    /// Whether these may be a pattern of two syllables ([`TWO`]), and whether a longer one may
    /// begin so ([`THREE`]).
    #[inline]
    pub(super) fn may_begin(&self, a: u32, b: u32, c: u32) -> u32 {
        let two = u32::from(self.any_pairs && self.pairs.has(pair(a, b)));
        let three = u32::from(self.triples.has(triple(a, b, c)));
        (two * TWO) | (three * THREE)
    }

    /// Whether a pattern of four syllables or more may begin with these.
    #[inline]
    pub(super) fn may_go_on(&self, a: u32, b: u32, c: u32, d: u32) -> bool {
        self.fours.has(four(a, b, c, d))
    }

    /// Where all patterns begin.
    #[inline]
    pub(super) fn start(&self) -> Place {
        Place {
            state: self.start,
            bytes: 0,
        }
    }

    /// One syllable on; `None` if no pattern goes on so.
    #[inline]
    pub(super) fn next(&self, place: Place, id: u32) -> Option<Place> {
        let Place { mut state, bytes } = place;
        let code = self.codes[id as usize].bytes();
        for byte in code {
            state = self.nfa.next_state(Anchored::Yes, state, *byte);
        }
        let bytes = bytes + code.len();
        (id != 0 && !self.nfa.is_dead(state)).then_some(Place { state, bytes })
    }

    /// The first of the patterns that end here, begun at the start. The automaton also lists
    /// patterns that are ends of longer ones, but behind those; their length tells them apart.
    #[inline]
    pub(super) fn ending(&self, place: Place) -> Option<u32> {
        if !self.nfa.is_match(place.state) {
            return None;
        }
        let pattern = self.nfa.match_pattern(place.state, 0);
        let whole = usize::from(self.lengths[pattern.as_usize()]) == place.bytes;
        whole.then_some(pattern.as_u32())
    }

    /// Bytes on the heap.
    pub(super) fn memory_usage(&self) -> usize {
        self.nfa.memory_usage()
            + self.lengths.len()
            + self.codes.len() * size_of::<Code>()
            + self.beginnings.slots.len() * size_of::<Beginning>()
            + (self.pairs.bits.len() + self.triples.bits.len() + self.fours.bits.len())
                * size_of::<u64>()
    }
}
