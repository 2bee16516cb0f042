//! A tree of a page, while its depth, its size and the time it takes are watched. The tree
//! builder is quadratic in depth: 500 KB of `<div>` took it 26 s.

use std::time::Duration;

use html5ever::driver::{ParseOpts, parse_document};
use html5ever::tendril::{StrTendril, TendrilSink};
use scraper::{Html, HtmlTreeSink};

use super::stream::tame;

/// Deeper pages are read as running text only. Browsers build no deeper trees either.
const DEEPEST: usize = 512;
/// Nodes of a tree; each takes some 150 bytes. An honest page of 2 MB has 100,000.
pub(in crate::extract) const MOST_NODES: usize = 400_000;
/// The last resort on top of the bounds above, checked between chunks: what a page may take of a
/// processor, which is no more on a busy machine.
const LONGEST: Duration = Duration::from_millis(2500);
/// The parser is fed in pieces of this size.
const CHUNK: usize = 4 << 10;
/// New nodes of a chunk whose depth is measured.
const SAMPLES: usize = 32;

/// The page as a tree; `None` where it is too deep, too big or too slow for one.
///
/// The depth is that of the tree itself: how deep markup nests only its builder knows, who closes
/// some elements unasked, leaves others open, and opens formatting left open again in every
/// paragraph (three of a kind at most, HTML standard §13.2.4.3).
pub(in crate::extract) fn parse(html: &str) -> Option<Html> {
    let begin = processor_time();
    let mut parser = parse_document(
        HtmlTreeSink::new(Html::new_document()),
        ParseOpts::default(),
    );
    let mut known = 0;
    for piece in tame(html) {
        let mut rest = piece;
        while !rest.is_empty() {
            let (chunk, after) = rest.split_at(rest.ceil_char_boundary(CHUNK));
            rest = after;
            parser.process(StrTendril::from(chunk));
            let page = parser.tokenizer.sink.sink.0.borrow();
            let nodes = page.tree.values().len();
            let spent = processor_time().saturating_sub(begin);
            if nodes > MOST_NODES || spent > LONGEST || is_deep(&page, nodes - known) {
                return None;
            }
            known = nodes;
        }
    }
    Some(parser.finish())
}

/// Whether a tree is too deep where its `new` last nodes stand.
fn is_deep(page: &Html, new: usize) -> bool {
    let step = (new / SAMPLES).max(1);
    let mut samples = page.tree.nodes().rev().take(new).step_by(step);
    samples.any(|node| node.ancestors().nth(DEEPEST).is_some())
}

/// What this thread used of a processor so far.
pub(in crate::extract) fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    // It is never negative.
    Duration::try_from(time).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nodes(page: &str) -> Option<usize> {
        parse(page).map(|tree| tree.tree.values().len())
    }

    #[test]
    fn an_honest_page_is_shallow() {
        let page = format!(
            "<!doctype html><p>x<br>{}",
            "<p>a<img><li>b<td>c <b>d</b>".repeat(10_000)
        );
        assert!(nodes(&page).is_some_and(|nodes| nodes > 60_000));
        let page = "<ul><li><div><p>x</div></ul>".repeat(1_000);
        assert!(nodes(&page).is_some_and(|nodes| nodes > 4_000));
    }

    /// Icons that are closed as in XML, and formatting that is never closed.
    #[test]
    fn formatting_left_open_makes_no_page_deep() {
        let names = |n: usize| format!("<a name=p{n}/>");
        for page in [
            "<div><i class=\"fa\"/> Tin</div>".repeat(700),
            "<li><i class=\"fa fa-clock\"/><span class=icon />Tin".repeat(700),
            "<p><b>Tin".repeat(5_000),
            "<p><font color=red><b>Tin".repeat(5_000),
            (0..700).map(|n| format!("{}Tin<br>", names(n))).collect(),
            "<i class=\"fa\"/>".repeat(400),
        ] {
            assert!(nodes(&page).is_some_and(|nodes| nodes > 400), "{page:.60}");
        }
    }

    #[test]
    fn a_deep_page_is_none_however_it_is_written() {
        for page in [
            "<div>".repeat(600),
            "<i>x".repeat(600),
            "<div></span>".repeat(600),
            "<span><div></span>".repeat(600),
            "<b><div></b>".repeat(600),
            (0..600).map(|n| format!("<p><i id={n}>x")).collect(),
        ] {
            assert_eq!(nodes(&page), None, "{page:.60}");
        }
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
            (
                "deep between two chunks only",
                format!("{}</body><!---->", "<div>".repeat(816)).repeat(100),
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
            let begin = processor_time();
            let nodes = nodes(&page);
            let took = processor_time() - begin;
            println!(
                "{name}: {} KB, {took:?}, nodes {nodes:?}",
                page.len() / 1024
            );
            // The bound and one chunk after it.
            assert!(took < Duration::from_secs(6), "{name} took {took:?}");
        }
    }
}
