//! A tree of a page, after its depth was measured and while time and size are watched. The
//! tree builder is quadratic in depth: 500 KB of `<div>` took it 26 s.

use std::time::{Duration, Instant};

use html5ever::driver::{ParseOpts, parse_document};
use html5ever::tendril::{StrTendril, TendrilSink};
use scraper::{Html, HtmlTreeSink};

use super::super::tags::{Dialect, Piece, Pieces};
use super::stream::tame;

/// Deeper pages are read as running text only.
const DEEPEST: usize = 512;
/// Formatting left open: the tree builder opens all of them again in every paragraph.
const MOST_FORMATTING: usize = 64;
/// Nodes of a tree; each takes some 150 bytes. An honest page of 2 MB has 100,000.
const MOST_NODES: usize = 400_000;
/// The last resort on top of the bounds above, checked between chunks. They hold a page to about
/// 2 s of a processor; on a busy machine that is more by the clock.
const LONGEST: Duration = Duration::from_millis(2500);
/// The parser is fed in pieces of this size.
const CHUNK: usize = 4 << 10;

/// The page as a tree; `None` where it is too deep, too big or too slow for one.
pub(in crate::extract) fn parse(html: &str) -> Option<Html> {
    if !is_shallow(html) {
        return None;
    }
    let begin = Instant::now();
    let mut parser = parse_document(
        HtmlTreeSink::new(Html::new_document()),
        ParseOpts::default(),
    );
    for piece in tame(html) {
        let mut rest = piece;
        while !rest.is_empty() {
            let (chunk, after) = rest.split_at(rest.ceil_char_boundary(CHUNK));
            rest = after;
            parser.process(StrTendril::from(chunk));
            let sink = &parser.tokenizer.sink.sink;
            let nodes = sink.0.borrow().tree.values().len();
            if nodes > MOST_NODES || begin.elapsed() > LONGEST {
                return None;
            }
        }
    }
    Some(parser.finish())
}

/// Whether the markup stays within the bounds, by a linear walk. Elements that close themselves
/// where another begins (`<p>`, `<li>`) add at most one level to what holds them.
fn is_shallow(html: &str) -> bool {
    let (mut depth, mut formatting) = (0_usize, 0_usize);
    for piece in Pieces::new(html, Dialect::Html) {
        let (name, open) = match piece {
            Piece::Open { name, .. } => (name, true),
            Piece::Close { name } => (name, false),
            _ => continue,
        };
        let (levels, formats) = weight(name);
        if open {
            depth += levels;
            formatting += formats;
        } else {
            depth = depth.saturating_sub(levels);
            formatting = formatting.saturating_sub(formats);
        }
        if depth > DEEPEST || formatting > MOST_FORMATTING {
            return false;
        }
    }
    true
}

/// How many levels an element adds, and how many formatting elements.
fn weight(name: &str) -> (usize, usize) {
    let mut lower = [0; 8];
    let Some(lower) = lower.get_mut(..name.len()) else {
        return (1, 0);
    };
    lower.copy_from_slice(name.as_bytes());
    lower.make_ascii_lowercase();
    match &*lower {
        b"area" | b"base" | b"br" | b"col" | b"embed" | b"hr" | b"img" | b"input" | b"link"
        | b"meta" | b"param" | b"source" | b"track" | b"wbr" | b"frame" => (0, 0),
        b"p" | b"li" | b"dt" | b"dd" | b"option" | b"tr" | b"td" | b"th" | b"tbody" | b"thead"
        | b"tfoot" | b"html" | b"head" | b"body" => (0, 0),
        b"a" | b"b" | b"big" | b"code" | b"em" | b"font" | b"i" | b"nobr" | b"s" | b"small"
        | b"strike" | b"strong" | b"tt" | b"u" => (1, 1),
        _ => (1, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_honest_page_is_shallow() {
        let page = format!(
            "<!doctype html><p>x<br>{}",
            "<p>a<img><li>b<td>c <b>d</b>".repeat(10_000)
        );
        assert!(is_shallow(&page));
        let page = "<ul><li><div><p>x</div></ul>".repeat(1_000);
        let tree = parse(&page).unwrap();
        assert!(tree.tree.values().len() > 4_000);
    }

    #[test]
    fn hostile_pages_are_refused_in_time() {
        let formats: String = (0..60).map(|n| format!("<b id={n}>")).collect();
        let pages = [
            ("divs", "<div>".repeat(100_000)),
            ("lists", "<ul><li>".repeat(30_000)),
            ("tables", "<table><tr><td>".repeat(30_000)),
            ("fonts", "<font>".repeat(100_000)),
            (
                "formatting brought back",
                format!("<p>{formats}</p>{}", "<p>x".repeat(200_000)),
            ),
            (
                "formatting by number",
                (0..50_000).map(|n| format!("<p><i id={n}>")).collect(),
            ),
            ("misnested", "<a><div></a>".repeat(60_000)),
            ("paragraphs", "<p>".repeat(300_000)),
            (
                "attributes",
                format!(
                    "<p{}>",
                    (0..80_000).map(|n| format!(" a{n}")).collect::<String>()
                ),
            ),
            ("comments", "<!--".repeat(300_000)),
            ("declarations", "<!D[>".repeat(300_000)),
            ("quotes", "<a b=\"".repeat(200_000)),
            ("entities", "&amp".repeat(300_000)),
            ("selects", "<select><option>".repeat(60_000)),
            ("headings", "<h1><h2>".repeat(60_000)),
            ("buttons", "<button><p>".repeat(60_000)),
            ("frames", "<svg><foreignObject>".repeat(30_000)),
        ];
        for (name, page) in pages {
            let begin = Instant::now();
            let tree = parse(&page);
            let took = begin.elapsed();
            let nodes = tree.map(|tree| tree.tree.values().len());
            println!(
                "{name}: {} KB, {took:?}, nodes {nodes:?}",
                page.len() / 1024
            );
            // The bound of the deadline and of one chunk after it, on a busy machine.
            assert!(took < Duration::from_secs(12), "{name} took {took:?}");
        }
    }
}
