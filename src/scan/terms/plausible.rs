//! What looks like a disguise and is none: abbreviations, names, initials, lists, addresses.

use crate::text;

use super::address::is_domain;
use super::lattice::{Edge, Ground, Window};
use super::token::flag;

/// Abbreviations with a stop inside whose letters also spell a syllable.
const ABBREVIATIONS: [&str; 4] = ["c.ty", "c.an", "c.bộ", "t.p"];

/// Whether the path of a window is a disguise that somebody meant.
pub(super) fn plausible(window: &Window, ground: Ground<'_>) -> bool {
    let path = &window.path;
    let (Some(first), Some(last)) = (path.first(), path.last()) else {
        return false;
    };
    if in_domain(ground, last.tokens.end) {
        return false;
    }
    let one = path.len() == 1;
    if one && first.joined && !stands_out(window, ground, first) {
        return false;
    }
    let spaced: Vec<&Edge> = path.iter().filter(|edge| is_spaced(ground, edge)).collect();
    if !spaced.is_empty() && !spelled_out(window, ground, &spaced, one) {
        return false;
    }
    !one || !first.split() || !spaced.is_empty() || deliberate(window, ground, first)
}

/// Whether the token before `next` belongs to a host name (`tuoitre.vn`).
fn in_domain(ground: Ground<'_>, next: usize) -> bool {
    (next..ground.tokens.len().min(next + 2)).any(|at| {
        let token = ground.tokens.all[at];
        token.flags & flag::SPLIT != 0
            && ground.text[..token.start as usize].ends_with('.')
            && is_domain(ground.text[token.bytes()].as_bytes())
    })
}

/// Whether a lone syllable inside a longer token is set off there: by a digit beside a letter
/// (`covid19`) or by a capital (`ChốngDịch`).
fn stands_out(window: &Window, ground: Ground<'_>, edge: &Edge) -> bool {
    let token = window.letters_of(edge.tokens.start);
    if edge.split() || ground.tokens.all[edge.tokens.start].flags & flag::REPEAT != 0 {
        return false;
    }
    let border = |at: usize| {
        at == token.start || at == token.end || {
            let (before, after) = (window.letters[at - 1], window.letters[at]);
            before.base.is_ascii_digit() != after.base.is_ascii_digit()
                || (!before.capital && after.capital)
        }
    };
    edge.letters.len() > 1 && border(edge.letters.start) && border(edge.letters.end)
}

/// Whether an edge is spelled by single letters with spaces between.
fn is_spaced(ground: Ground<'_>, edge: &Edge) -> bool {
    edge.split()
        && edge
            .tokens
            .clone()
            .skip(1)
            .all(|at| ground.tokens.all[at].flags & flag::SPACED != 0)
}

/// Whether single letters with spaces between spell a word and are no list: enough of them, not
/// in the order of the alphabet, and, for a lone syllable, no further single letter beside.
fn spelled_out(window: &Window, ground: Ground<'_>, edges: &[&Edge], one: bool) -> bool {
    let letters: Vec<u8> = edges
        .iter()
        .flat_map(|edge| window.letters[edge.letters.clone()].iter().map(|l| l.base))
        .collect();
    if letters.len() < 3 || letters.windows(2).all(|two| two[1] == two[0] + 1) {
        return false;
    }
    let all = &ground.tokens.all;
    let beside = |edge: &Edge| {
        let (from, to) = (edge.tokens.start, edge.tokens.end);
        let linked = |at: usize| all[at].flags & flag::SPACED != 0;
        (from > 0 && linked(from) && all[from - 1].flags & flag::SINGLE != 0)
            || (to < all.len() && linked(to) && all[to].flags & flag::SINGLE != 0)
    };
    !one || !edges.iter().any(|edge| beside(edge))
}

/// Whether a lone syllable in pieces is no abbreviation (`c.ty`), name (`T.Hải`), initials
/// (`N.V.A`), compound (`ô-tô`, `Lê-nin`) or two words whose space was forgotten.
fn deliberate(window: &Window, ground: Ground<'_>, edge: &Edge) -> bool {
    let tokens = ground.tokens;
    let piece = |at: usize| &ground.text[tokens.all[at].bytes()];
    let separator = |at: usize| {
        ground.text[..tokens.all[at].start as usize]
            .chars()
            .next_back()
    };
    let (from, to) = (edge.tokens.start, edge.tokens.end);
    let inside = separator(from + 1);
    // Part of something longer of the same make.
    let goes_on = |at: usize| tokens.all[at].flags & flag::SPLIT != 0 && separator(at) == inside;
    if (from > 0 && goes_on(from)) || (to < tokens.len() && goes_on(to)) {
        return false;
    }
    let letters = &window.letters[edge.letters.clone()];
    if !letters
        .iter()
        .any(|l| matches!(l.base, b'a' | b'e' | b'i' | b'o' | b'u' | b'y'))
    {
        return false;
    }
    let flags = |at: usize| tokens.all[at].flags;
    let single = |at: usize| flags(at) & flag::SINGLE != 0;
    let capital = |at: usize| flags(at) & flag::CAPITAL != 0;
    let pieces = edge.tokens.clone();
    let listed = || letters.windows(2).all(|two| two[1].base == two[0].base + 1);
    if pieces.clone().all(single)
        && !edge.step.marks.any()
        && (pieces.clone().all(capital) || listed())
    {
        return false;
    }
    // Without marks a piece that can be a syllable may be a word; with marks it is one or not.
    let syllable = |at: usize| {
        let letters = &window.letters[window.letters_of(at)];
        let bases: Vec<u8> = letters.iter().map(|l| l.base).collect();
        ground.lexicon.find(&bases).skeleton
            && (flags(at) & flag::MARKED == 0 || text::is_word(piece(at)))
    };
    if inside == Some('.') && to - from == 2 {
        let whole = format!("{}.{}", piece(from), piece(from + 1)).to_lowercase();
        if ABBREVIATIONS.contains(&whole.as_str()) {
            return false;
        }
        if single(from) && capital(from + 1) && syllable(from + 1) {
            return false;
        }
    }
    let hyphen = inside.is_some_and(|c| c == '-' || ('\u{2010}'..='\u{2015}').contains(&c));
    let long = |at: usize| !single(at);
    !(pieces.clone().all(syllable) && (hyphen || pieces.clone().all(long)))
}
