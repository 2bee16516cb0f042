//! Which spellings are possible Vietnamese syllables: onset, rhyme, tone.
//!
//! The tables follow the common description of the orthography (Đoàn Thiện Thuật, *Ngữ âm tiếng
//! Việt*, 1977): 27 onsets; rhymes that end in a stop carry only sắc or nặng; `k gh ngh` stand
//! before `e ê i y`, `c g ng` before the others.

use std::sync::LazyLock;

use super::letter::LetterTable;
use super::spelling::Spelling;

/// Onsets, the longer before those they begin with.
const ONSETS: [&[u8]; 27] = [
    b"ngh", b"ng", b"nh", b"ch", b"gh", b"gi", b"kh", b"ph", b"qu", b"th", b"tr", b"b", b"c", b"d",
    b"g", b"h", b"k", b"l", b"m", b"n", b"p", b"r", b"s", b"t", b"v", b"x", b"",
];

/// Rhymes that take all six tones.
const OPEN: &str = "a ai ao au ay am an ang anh ăm ăn ăng âu ây âm ân âng e eo em en eng ê êu êm \
    ên ênh i ia iu im in inh iêu iêm iên iêng o oi om on ong oong ô ôi ôm ôn ông ơ ơi ơm ơn u ua \
    ui um un ung uôi uôm uôn uông ư ưa ưi ưu ưng ươi ươu ươm ươn ương y yêu yêm yên yêng ynh oa \
    oai oao oay oam oan oang oanh oăm oăn oăng oe oeo oen uây uân uâng uê uênh uơ uy uya uyu uyên \
    uynh uyn";

/// Rhymes that end in a stop: sắc or nặng only.
const STOPPED: &str = "ac ach ap at ăc ăp ăt âc âp ât ec ep et êch êp êt ich ip it iêc iêp iêt oc \
    op ot ooc ôc ôp ôt ơp ơt uc up ut uôc uôt ưc ưt ươc ươp ươt oac oach oap oat oăc oăt oet uât \
    uêch uych uyt uyêt yêt yt";

/// Letters of a syllable at most (`nghiêng`).
pub const LONGEST: usize = 7;

/// A rhyme in eight bytes: four letters and their shape marks.
fn rhyme_key(letters: &[u8], shapes: u32) -> u64 {
    let mut key = u64::from(shapes) << 32;
    for (at, letter) in letters.iter().enumerate() {
        key |= u64::from(*letter) << (8 * at);
    }
    key
}

struct Rhymes {
    /// With shape marks; the flag tells whether it ends in a stop.
    marked: Vec<(u64, bool)>,
    /// Without marks.
    bare: Vec<u64>,
}

static RHYMES: LazyLock<Rhymes> = LazyLock::new(|| {
    let (mut marked, mut bare) = (Vec::new(), Vec::new());
    let table = LetterTable::builtin();
    for (list, stopped) in [(OPEN, false), (STOPPED, true)] {
        for rhyme in list.split_whitespace() {
            let spelling = Spelling::read(&table, rhyme);
            let shapes = u32::try_from(spelling.shapes()).unwrap_or(0);
            marked.push((rhyme_key(spelling.letters(), shapes), stopped));
            bare.push(rhyme_key(spelling.letters(), 0));
        }
    }
    marked.sort_unstable();
    bare.sort_unstable();
    bare.dedup();
    Rhymes { marked, bare }
});

/// Whether an onset may stand before a rhyme that begins with `vowel`.
fn fits(onset: &[u8], rhyme: &[u8]) -> bool {
    let front = matches!(rhyme.first(), Some(b'e' | b'i' | b'y'));
    match onset {
        b"k" | b"gh" | b"ngh" => front,
        b"c" | b"ng" => !front,
        b"g" => !front || rhyme[0] == b'i',
        b"" => !rhyme.starts_with(b"ie"),
        _ => true,
    }
}

/// The possible splits of letters into onset and rhyme.
fn splits(letters: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    ONSETS.iter().filter_map(move |onset| {
        let rhyme = letters.strip_prefix(*onset)?;
        ((1..=4).contains(&rhyme.len()) && fits(onset, rhyme)).then_some((onset.len(), rhyme))
    })
}

/// Whether letters, with whatever marks, can be one Vietnamese syllable.
#[must_use]
pub fn is_skeleton(letters: &[u8]) -> bool {
    letters.len() <= LONGEST
        && splits(letters).any(|(_, rhyme)| RHYMES.bare.binary_search(&rhyme_key(rhyme, 0)).is_ok())
}

/// All spellings that can be one Vietnamese syllable with some marks or none.
#[must_use]
pub fn skeletons() -> &'static [Vec<u8>] {
    static ALL: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
        let mut all = Vec::new();
        for onset in ONSETS {
            for rhyme in &RHYMES.bare {
                let letters = rhyme.to_le_bytes();
                let rhyme = letters.split(|b| *b == 0).next().unwrap_or_default();
                if fits(onset, rhyme) {
                    all.push([onset, rhyme].concat());
                }
            }
        }
        all.sort_unstable();
        all.dedup();
        all
    });
    &ALL
}

/// Whether letters with just these marks are a possible Vietnamese syllable. `shapes` has two
/// bits a letter, the first letter lowest.
#[must_use]
pub fn is_possible(letters: &[u8], shapes: u64, tone: u8) -> bool {
    if letters.len() > LONGEST {
        return false;
    }
    // Of consonants only a d that begins the syllable carries a shape mark.
    let bare = if letters[..].first() == Some(&b'd') {
        shapes & !3
    } else {
        shapes
    };
    splits(letters).any(|(onset, rhyme)| {
        if bare & ((1 << (2 * onset)) - 1) != 0 {
            return false;
        }
        let Ok(rhyme_shapes) = u32::try_from(bare >> (2 * onset)) else {
            return false;
        };
        let key = rhyme_key(rhyme, rhyme_shapes);
        let found = RHYMES.marked.binary_search_by_key(&key, |(key, _)| *key);
        found.is_ok_and(|at| !RHYMES.marked[at].1 || matches!(tone, 2 | 5))
    })
}
