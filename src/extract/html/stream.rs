//! Running text from HTML without a tree: one token after the other, in linear time, however
//! deep the markup.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

use super::super::clean::{self, Flow};
use super::super::tags::{Dialect, Foreign, Piece, Pieces, attributes};
use super::{is_block, is_unread};

/// A tag with more attributes loses all of them: the tokenizer compares each with all others.
const MOST_ATTRIBUTES: usize = 128;
/// Shorter tags cannot hold so many.
const LONG_TAG: usize = 2 * MOST_ATTRIBUTES;

/// The text of an HTML fragment or page, paragraphs parted by a blank line. Entities are decoded
/// once.
pub(in crate::extract) fn text(html: &str) -> String {
    // Most titles and many summaries hold no markup at all.
    if !html.contains(['<', '&']) {
        return clean::plain(html);
    }
    let tokenizer = Tokenizer::new(Sink::default(), TokenizerOpts::default());
    let input = BufferQueue::default();
    for piece in tame(html) {
        input.push_back(StrTendril::from(piece));
        // Scripts do not run here, so that the tokenizer never stops for one.
        let _ = tokenizer.feed(&input);
    }
    tokenizer.end();
    tokenizer.sink.state.into_inner().flow.finish()
}

/// The same on one line.
pub(in crate::extract) fn line(html: &str) -> String {
    if html.contains(['<', '&']) {
        clean::line(&text(html))
    } else {
        clean::line(html)
    }
}

/// The markup as it stands, monstrous tags cut down to their names.
pub(super) fn tame(html: &str) -> Vec<&str> {
    let mut kept = Vec::new();
    let mut from = 0;
    for piece in Pieces::new(html, Dialect::Html) {
        let Piece::Open {
            name,
            attributes: written,
            whole,
            ..
        } = piece
        else {
            continue;
        };
        if whole.len() < LONG_TAG
            || attributes(written).take(MOST_ATTRIBUTES + 1).count() <= MOST_ATTRIBUTES
        {
            continue;
        }
        let start = whole.as_ptr() as usize - html.as_ptr() as usize;
        kept.push(&html[from..start + 1 + name.len()]);
        kept.push(">");
        from = start + whole.len();
    }
    kept.push(&html[from..]);
    kept
}

#[derive(Default)]
struct Sink {
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    flow: Flow,
    /// Inside this element nothing is read; how deep its own kind is nested.
    unread: Option<(String, usize)>,
    foreign: Foreign,
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut state = self.state.borrow_mut();
        match token {
            Token::CharacterTokens(text) if state.unread.is_none() => state.flow.push(&text),
            Token::TagToken(tag) => {
                state.tag(&tag);
                return state.raw(&tag);
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl State {
    fn tag(&mut self, tag: &Tag) {
        let name: &str = &tag.name;
        if let Some((unread, depth)) = &mut self.unread {
            if unread.as_str() == name && !tag.self_closing {
                match tag.kind {
                    TagKind::StartTag => *depth += 1,
                    TagKind::EndTag => *depth -= 1,
                }
            }
            if *depth == 0 {
                self.unread = None;
            }
            return;
        }
        match name {
            "br" => self.flow.line(),
            "td" | "th" => self.flow.space(),
            _ if is_block(name) => self.flow.paragraph(),
            _ => {}
        }
        if tag.kind == TagKind::StartTag && is_unread(name) && !tag.self_closing {
            self.unread = Some((name.to_owned(), 1));
        }
    }

    /// What the tree builder would tell the tokenizer (HTML standard §13.2.6.4), with the same
    /// exceptions as [`Pieces`].
    fn raw(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name: &str = &tag.name;
        if tag.kind == TagKind::EndTag {
            self.foreign.close(name);
            return TokenSinkResult::Continue;
        }
        self.foreign.open(name, tag.self_closing);
        if !self.foreign.is_raw(name, tag.self_closing) {
            return TokenSinkResult::Continue;
        }
        TokenSinkResult::RawData(match name {
            "script" => RawKind::ScriptData,
            "textarea" | "title" => RawKind::Rcdata,
            _ => RawKind::Rawtext,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_as_people_read_it() {
        for (html, wanted) in [
            ("", ""),
            ("a  b\nc", "a b\nc"),
            ("<p>a<p>b</p>c", "a\n\nb\n\nc"),
            ("a<br>b<br/><br>c", "a\nb\n\nc"),
            (
                "<a href='x'><img src=y alt='ảnh'></a></br>Bộ&nbsp;Y t&#7871; &amp;amp; WHO",
                "Bộ Y tế &amp; WHO",
            ),
            (
                "x<script>if (a<b) '</p>'</script>y<style>p{}</style>z",
                "xyz",
            ),
            ("x<svg><svg>a</svg>b</svg>y<button>z</button>", "xy"),
            ("<p>a<iframe src='x'/>b</p><title/><p>c", "ab\n\nc"),
            ("a<script src='x'/><b>b</b><STYLE />c<textarea/>d", "abcd"),
            ("a<iframe/></iframe>b<script/></script>c", "abc"),
            ("a<svg><style/><title>b</svg><p>c", "a\n\nc"),
            ("a<button><svg><style></svg></button>b", "ab"),
            ("a<math><mtext><title></math>b<style>c</style>d", "abd"),
            ("a<svg/><style>b<p></style>c</svg>d", "acd"),
            (
                "<table><tr><td>a</td><td>b</td></tr><tr><td>c</table>",
                "a b\n\nc",
            ),
            ("5 < 6 và a<b", "5 < 6 và a"),
            ("&lt;b&gt;đậm&lt;/b&gt;", "<b>đậm</b>"),
            ("v<b>ắ</b>c&shy;x&#8203;in &#146;", "vắc\u{ad}x\u{200b}in ’"),
            ("<ul><li>một<li>hai</ul>", "một\n\nhai"),
            ("<!-- x -->a<![CDATA[b]]>c", "ac"),
            ("a\0b&#0;c", "abc"),
        ] {
            assert_eq!(text(html).replace('\u{fffd}', ""), wanted, "{html}");
        }
        assert_eq!(line("<p>a</p><p>b&amp;c</p>"), "a b&c");
    }

    #[test]
    fn a_monstrous_tag_is_cut_down() {
        let tag: String = (0..80_000).map(|n| format!(" a{n}=\"{n}\"")).collect();
        let html = format!("<p>x</p><div{tag}>y</div><p>z");
        assert_eq!(text(&html), "x\n\ny\n\nz");
        assert_eq!(tame(&html).concat(), "<p>x</p><div>y</div><p>z");
        // Also where HTML would take it for raw text, and this reader does not.
        let html = format!("<script/><svg><style><div{tag}></svg>");
        assert_eq!(tame(&html).concat(), "<script/><svg><style><div></svg>");
        let raw = format!("<script><div{tag}></script>");
        assert_eq!(tame(&raw).concat(), raw);
    }

    #[test]
    fn depth_and_unclosed_tags_cost_nothing() {
        let html = format!(
            "{}x{}",
            "<div><b><ul><li>".repeat(60_000),
            "</div>".repeat(60_000)
        );
        let begin = std::time::Instant::now();
        assert_eq!(text(&html), "x");
        println!("1.3 MB, 240,000 deep: {:?}", begin.elapsed());
        assert!(begin.elapsed().as_secs() < 10);
    }

    proptest::proptest! {
        #[test]
        fn no_markup_breaks_it(html in "[<>/!?&;#x\\[\\]\"'=a-cấ \u{0}-]{0,80}") {
            let text = text(&html);
            proptest::prop_assert!(!text.contains(|c: char| c.is_control() && c != '\n'));
        }
    }
}
