//! Random texts: spans are right, the plain reading agrees with a naive search, and no input
//! takes long.

use std::collections::BTreeSet;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

use super::*;
use crate::text;

const TERMS: [&str; 8] = [
    "vắc xin",
    "phong tỏa",
    "chết",
    "bộ y tế",
    "covid 19",
    "a a a a",
    "Bạch Thông [name]",
    "sốt [loose]",
];

static MATCHER: LazyLock<TermMatcher> = LazyLock::new(|| matcher(&TERMS));

/// Never first or last in a word.
const HIDDEN: char = '\u{200b}';

/// Pieces that texts of the worst kind are made of.
const PIECES: [&str; 32] = [
    "vắc", "xin", "va", "c", "a", "aaaa", "phong", "toả", "ch", "ết", "bộ", "y", "tế", "covid",
    "19", " ", " ", "-", ".", "_", "\n", "\n\n", "💉", "\u{200b}", "\u{301}", "\u{306}", "ս", "đ",
    "𝗧", "://", "“", "B",
];

/// Ways to write a letter's case and form that leave the word.
fn rewritten(term: &str, choices: &[u8]) -> String {
    let mut choices = choices.iter().cycle();
    let mut choice = |n: u8| choices.next().map_or(0, |c| c % n);
    let mut out = String::new();
    for c in term.chars() {
        if c == ' ' {
            out.push_str(
                [" ", "-", "\u{a0}", "  ", "\n", " – ", "\u{2011}"][usize::from(choice(7))],
            );
            continue;
        }
        let c: String = if choice(2) == 0 {
            c.to_string()
        } else {
            c.to_uppercase().collect()
        };
        match choice(3) {
            0 => out.extend(c.nfd()),
            _ => out.push_str(&c),
        }
        if choice(8) == 0 {
            out.push('\u{2060}');
        }
    }
    out.trim_end_matches('\u{2060}').to_owned()
}

/// Where the terms are, by comparing keys at every syllable, for texts without other readings.
fn naive(terms: &[&str], text: &str) -> BTreeSet<(u32, usize, usize)> {
    let words: Vec<_> = text::syllables(text).collect();
    let mut found = BTreeSet::new();
    for (index, term) in (0..).zip(terms) {
        let keys: Vec<String> = term.split(' ').map(text::key).collect();
        for window in words.windows(keys.len()) {
            let equal = window
                .iter()
                .map(|w| text::key(w.text))
                .eq(keys.iter().cloned());
            let bound = window.windows(2).all(|two| {
                let between = &text[two[0].range.end..two[1].range.start];
                between.chars().all(|c| " -\n".contains(c)) && between.matches('\n').count() < 2
            });
            if equal && bound {
                found.insert((
                    index,
                    window[0].range.start,
                    window[keys.len() - 1].range.end,
                ));
            }
        }
    }
    found
}

const VOCABULARY: [&str; 8] = [
    "tử", "vong", "bệnh", "dịch", "người", "được", "thuốc", "nước",
];
const GAPS: [&str; 9] = [" ", " ", " ", " ", "-", ". ", ", ", "\n", "\n\n"];

proptest! {
    #[test]
    fn anything_is_read_without_panic(parts in prop::collection::vec(0..PIECES.len(), 0..60), rest in any::<String>()) {
        let mut text: String = parts.iter().map(|at| PIECES[*at]).collect();
        text.push_str(&rest);
        let found = find(&MATCHER, &text);
        prop_assert!(found.is_sorted_by_key(|(_, range, _)| (range.start, range.end)));
        for (_, range, _) in found {
            let first = text[range.clone()].chars().next().unwrap();
            let last = text[range].chars().next_back().unwrap();
            let bare = last.is_whitespace() || last.is_ascii_punctuation() || last == HIDDEN;
            prop_assert!(!bare && (first.is_alphanumeric() || first == '₫'));
        }
    }

    #[test]
    fn rewritten_terms_are_found_to_the_letter(
        at in 0..TERMS.len() - 3,
        choices in prop::collection::vec(any::<u8>(), 1..40),
        before in "[ -,]{1,4}",
    ) {
        let surface = rewritten(TERMS[at], &choices);
        let text = format!("Đồn{before} {surface}, nhé");
        let start = "Đồn".len() + before.len() + 1;
        let found = find(&MATCHER, &text);
        let wanted = start..start + surface.len();
        let hit = found.iter().any(|(term, range, _)| *term as usize == at && *range == wanted);
        prop_assert!(hit, "{:?} in {:?}: {:?}", TERMS[at], text, found);
    }

    #[test]
    fn plain_text_agrees_with_a_naive_search(
        words in prop::collection::vec((0..VOCABULARY.len(), 0..GAPS.len()), 0..120),
        terms in prop::collection::vec(prop::collection::vec(0..VOCABULARY.len(), 1..6), 1..12),
    ) {
        let text: String = words.iter().map(|(word, gap)| [VOCABULARY[*word], GAPS[*gap]].concat()).collect();
        let terms: Vec<String> = terms
            .iter()
            .map(|ids| ids.iter().map(|id| VOCABULARY[*id]).collect::<Vec<_>>().join(" "))
            .collect();
        let terms: Vec<&str> = terms.iter().map(String::as_str).collect();
        let found: BTreeSet<_> = find(&matcher(&terms), &text)
            .into_iter()
            .map(|(term, range, _)| (term, range.start, range.end))
            .collect();
        prop_assert_eq!(found, naive(&terms, &text));
    }
}

#[test]
fn blocks_join_without_a_seam() {
    let matcher = matcher(&["vắc xin", "phong tỏa nước", "chết"]);
    for filler in [
        0, 1, 2, 3, 1015, 1020, 1023, 1024, 1025, 1085, 1087, 1088, 1089, 2110, 5000,
    ] {
        let mut text = "nước ".repeat(filler);
        let mut wanted = Vec::new();
        for (term, surface) in [
            (0, "v.ắ.c xin"),
            (1, "phong-toả nước"),
            (2, "ch.ết"),
            (0, "vắcxin"),
        ] {
            wanted.push((term, text.len()..text.len() + surface.len()));
            text.push_str(surface);
            text.push_str(", ");
        }
        let found: Vec<_> = find(&matcher, &text)
            .into_iter()
            .map(|(t, r, _)| (t, r))
            .collect();
        assert_eq!(found, wanted, "behind {filler} words");
    }
}

#[test]
fn no_text_takes_long() {
    let matcher = matcher(&TERMS);
    let (mut scratch, mut found) = (Scratch::default(), Vec::new());
    for unit in [
        "a",
        "1",
        "\u{301}",
        ".",
        "💉",
        "a b a b ",
        "a.b.a.b.",
        "a-",
        "vắc ",
        "v.ắ.",
        "a\u{200b}",
        "aaab",
        "phong",
        "\n",
        "a a a a ",
        "covid",
        "://",
        "www.",
        "\u{feff}",
        "đ ộ c ",
        "𝗮",
        "bộ y ",
    ] {
        let text = unit.repeat(200_000 / unit.len());
        let before = Instant::now();
        matcher.find(unit, &text, &mut scratch, &mut found);
        // Quadratic work would take minutes.
        assert!(
            before.elapsed() < Duration::from_secs(30),
            "{unit:?} took {:?}",
            before.elapsed()
        );
    }
}
