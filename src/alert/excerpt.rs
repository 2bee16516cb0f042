//! The passage that a mail shows: around the densest match, at most 500 characters.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use super::Excerpt;
use super::visible::{Sieve, one_line};
use crate::document::{Document, Field};
use crate::scan::TermSpan;

/// Characters of an excerpt, the ellipses included (promise V1).
pub const MAX_EXCERPT: usize = 500;

/// Characters that the matched terms of one excerpt may stretch over, so that some context fits.
const CORE: usize = 320;
/// Bytes around the core that are looked at; more holds only what is hidden anyway.
const REACH: usize = 8 * 1024;
/// Terms looked at: a page that repeats a rumour a thousand times needs no better excerpt.
const MAX_SPANS: usize = 512;

/// A character that is shown, with its place in the original.
struct Kept {
    at: usize,
    c: char,
}

/// The passage of `document` with the most different terms of `spans` in it; of its text, and
/// where nothing matched there, of its title.
pub(super) fn excerpt(document: &Document, spans: &[TermSpan]) -> Excerpt {
    let field = if spans.iter().any(|span| span.field == Field::Text) {
        Field::Text
    } else {
        Field::Title
    };
    let text = document.field(field);
    let mut spans: Vec<&TermSpan> = spans
        .iter()
        .filter(|span| {
            span.field == field && !span.range.is_empty() && text.get(span.range.clone()).is_some()
        })
        .take(MAX_SPANS)
        .collect();
    spans.sort_by_key(|span| (span.range.start, span.range.end));
    let core = densest(text, &spans);
    let mut passage = passage(text, &core, &spans);
    if field == Field::Title {
        lead_in(&mut passage, &document.text);
    }
    passage
}

/// After a title, the beginning of the text, which tells how it is meant.
fn lead_in(passage: &mut Excerpt, text: &str) {
    const DASH: &str = " — ";
    let used = passage.text.chars().count() + DASH.chars().count();
    let begin = one_line(text, MAX_EXCERPT.saturating_sub(used));
    // Many feeds repeat the title as the text's first line; few words tell nothing.
    if begin.chars().count() > 20 && !begin.starts_with(passage.text.as_str()) {
        passage.text.push_str(DASH);
        passage.text.push_str(&begin);
    }
}

/// The byte range of the terms that stand closest together: most different terms first, then
/// the shortest stretch, then the earliest.
fn densest(text: &str, spans: &[&TermSpan]) -> Range<usize> {
    let mut best: Option<(usize, usize, Range<usize>)> = None;
    for (i, first) in spans.iter().enumerate() {
        let start = first.range.start;
        let mut terms: Vec<&str> = Vec::new();
        let mut end = start;
        let mut chars = 0;
        for span in &spans[i..] {
            let until = span.range.end.max(end);
            chars += text[end..until].chars().count();
            if chars > CORE && !terms.is_empty() {
                break;
            }
            end = until;
            if !terms.contains(&&*span.term) {
                terms.push(&span.term);
                let better = best.as_ref().is_none_or(|(most, length, _)| {
                    terms.len() > *most || (terms.len() == *most && end - start < *length)
                });
                if better {
                    best = Some((terms.len(), end - start, start..end));
                }
            }
        }
    }
    best.map_or(0..0, |(_, _, range)| range)
}

/// The passage around `core`, not longer than it may be.
fn passage(text: &str, core: &Range<usize>, spans: &[&TermSpan]) -> Excerpt {
    // Two ellipses with their spaces.
    let mut room = MAX_EXCERPT - 4;
    loop {
        let passage = cut(text, core, spans, room);
        // Composing shortens nearly all text, yet some letters of other scripts come apart.
        let over = passage.text.chars().count().saturating_sub(MAX_EXCERPT);
        if over == 0 || room == 0 {
            return passage;
        }
        room = room.saturating_sub(over);
    }
}

/// Cuts `room` characters around `core`, at sentence borders where they are near, else at words.
fn cut(text: &str, core: &Range<usize>, spans: &[&TermSpan], room: usize) -> Excerpt {
    let from = text.floor_char_boundary(core.start.saturating_sub(REACH));
    let to = text.ceil_char_boundary((core.end + REACH).min(text.len()));
    let mut sieve = Sieve::default();
    let kept: Vec<Kept> = text[from..to]
        .char_indices()
        .filter_map(|(at, c)| sieve.pass(c).map(|c| Kept { at: from + at, c }))
        .collect();
    let first = kept.partition_point(|k| k.at < core.start);
    let last = kept.partition_point(|k| k.at < core.end).max(first);
    let last = last.min(first + room);
    let spare = room - (last - first);

    let mut start = left_border(&kept, first, spare / 2);
    let mut end = right_border(&kept, last, spare - (first - start));
    while end > start && kept[end - 1].c == ' ' {
        end -= 1;
    }
    while start < end && kept[start].c == ' ' {
        start += 1;
    }
    let cut_before = from > 0 || start > 0;
    let cut_after = to < text.len() || kept[end..].iter().any(|k| k.c != ' ');

    let mut out = Excerpt::default();
    if cut_before && start < end {
        out.text.push_str("… ");
    }
    let mut i = start;
    let mut span = spans.iter().peekable();
    while i < end {
        while span.next_if(|s| s.range.end <= kept[i].at).is_some() {}
        let mark = span.peek().map(|s| s.range.clone());
        let marked = mark
            .as_ref()
            .is_some_and(|range| range.contains(&kept[i].at));
        let border = match mark {
            Some(range) if marked => range.end,
            Some(range) => range.start,
            None => usize::MAX,
        };
        let mut next = i + 1;
        while next < end && kept[next].at < border {
            next += 1;
        }
        push_piece(&mut out, &kept[i..next], marked);
        i = next;
    }
    if cut_after && start < end {
        out.text.push_str(" …");
    }
    out
}

/// Appends a piece, composed by itself so that byte ranges stay exact.
fn push_piece(out: &mut Excerpt, piece: &[Kept], marked: bool) {
    let start = out.text.len();
    out.text.extend(piece.iter().map(|k| k.c).nfc());
    if !marked {
        return;
    }
    match out.marks.last_mut() {
        // Overlapping terms leave one mark.
        Some(mark) if mark.end == start => mark.end = out.text.len(),
        _ => out.marks.push(start..out.text.len()),
    }
}

/// Whether a sentence can begin at `i`.
fn sentence_begins(kept: &[Kept], i: usize) -> bool {
    i == 0 || (i >= 2 && kept[i - 1].c == ' ' && matches!(kept[i - 2].c, '.' | '!' | '?' | '…'))
}

/// Where the passage begins: at most `spare` characters before `first`, at the farthest
/// sentence border, else at the farthest word border.
fn left_border(kept: &[Kept], first: usize, spare: usize) -> usize {
    let lowest = first.saturating_sub(spare);
    (lowest..=first)
        .find(|i| sentence_begins(kept, *i))
        .or_else(|| (lowest..=first).find(|i| *i > 0 && kept[*i - 1].c == ' '))
        .unwrap_or(lowest)
}

/// Where the passage ends: at most `spare` characters after `last`, at the farthest sentence
/// border in the second half of that room, else at the farthest word border.
fn right_border(kept: &[Kept], last: usize, spare: usize) -> usize {
    let highest = (last + spare).min(kept.len());
    if highest == kept.len() {
        return highest;
    }
    (last + (highest - last) / 2..=highest)
        .rev()
        .find(|i| *i > last && sentence_begins(kept, *i))
        .or_else(|| (last..=highest).rev().find(|i| kept[*i].c == ' '))
        .unwrap_or(highest)
}
