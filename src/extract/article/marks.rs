//! What marks the parts of a page that are no article: names, headings, set phrases.

use ego_tree::NodeRef;
use jiff::tz::TimeZone;
use scraper::Node;
use scraper::node::Element;

use super::super::clean::Flow;
use super::super::date;
use super::super::html::is_block;
use super::layout::Weight;

/// Words of class and id names that mark what is not the article. They are compared with the
/// whole words of a name (`box-related`, `relatedNews`), not with parts of words.
const FOREIGN: [&str; 63] = [
    "ad",
    "ads",
    "adv",
    "advert",
    "banner",
    "breadcrumb",
    "breadcrumbs",
    "comment",
    "comments",
    "binhluan",
    "cmt",
    "copyright",
    "footer",
    "menu",
    "nav",
    "navbar",
    "newsletter",
    "pagination",
    "popular",
    "popup",
    "promo",
    "rating",
    "ratings",
    "recommend",
    "recommended",
    "recommendation",
    "recommendations",
    "related",
    "relate",
    "relation",
    "relationnews",
    "lienquan",
    "tinlienquan",
    "tinlienquanv2",
    "tinkhac",
    "xemthem",
    "docthem",
    "readmore",
    "seemore",
    "morenews",
    "share",
    "sharing",
    "sidebar",
    "social",
    "sociallike",
    "sponsor",
    "subscribe",
    "suggest",
    "tag",
    "tags",
    "tagged",
    "keywords",
    "toolbar",
    "tools",
    "author",
    "byline",
    "butdanh",
    "tacgia",
    "writer",
    "zalo",
    "tlq",
    "poll",
    "quiz",
];
/// The same for what stands below a picture or a film.
const CAPTIONS: [&str; 9] = [
    "caption",
    "captions",
    "pcaption",
    "imgcaption",
    "imagecaption",
    "cation",
    "figcaption",
    "chuthich",
    "thumbcaption",
];
/// Names of the article's body, as words one after the other.
const BODIES: [(&str, &str); 30] = [
    ("fck", "detail"),
    ("detail", "content"),
    ("detail", "body"),
    ("details", "content"),
    ("singular", "content"),
    ("article", "body"),
    ("article", "content"),
    ("content", "detail"),
    ("content", "fck"),
    ("content", "news"),
    ("news", "content"),
    ("news", "body"),
    ("post", "content"),
    ("post", "body"),
    ("entry", "content"),
    ("cms", "body"),
    ("knc", "content"),
    ("art", "body"),
    ("main", "content"),
    ("text", "long"),
    ("journal", "content"),
    ("noi", "dung"),
    ("noidung", "tin"),
    ("chi", "tiet"),
    ("story", "body"),
    ("body", "content"),
    ("magazine", "body"),
    ("amp", "body"),
    ("detail", "text"),
    ("live", "blog"),
];
/// The same as words one after the other.
const FOREIGN_PAIRS: [(&str, &str); 19] = [
    ("inner", "article"),
    ("box", "news"),
    ("list", "news"),
    ("link", "footer"),
    ("tin", "lq"),
    ("binh", "luan"),
    ("lien", "quan"),
    ("tin", "khac"),
    ("tin", "cu"),
    ("tin", "moi"),
    ("xem", "them"),
    ("doc", "them"),
    ("read", "more"),
    ("see", "more"),
    ("same", "category"),
    ("cung", "chuyen"),
    ("most", "view"),
    ("tac", "gia"),
    ("hot", "news"),
];
/// Names that a page's layout bears too: an element that holds most of the page's text is then
/// the layout (`content-with-sidebar`).
const LAYOUT: [&str; 17] = [
    "sidebar", "menu", "nav", "navbar", "banner", "toolbar", "tools", "share", "social", "tag",
    "tags", "tagged", "author", "ad", "ads", "popular", "rating",
];
/// Headings after which other news begin.
const OTHER_NEWS: [&str; 20] = [
    "tin liên quan",
    "tin cùng chuyên mục",
    "tin cùng mục",
    "cùng chuyên mục",
    "tin khác",
    "các tin khác",
    "tin cũ hơn",
    "tin mới hơn",
    "bài liên quan",
    "bài viết liên quan",
    "bài viết khác",
    "xem thêm",
    "đọc thêm",
    "đọc tiếp",
    "tin mới",
    "tin nổi bật",
    "tin đọc nhiều",
    "xem nhiều",
    "có thể bạn quan tâm",
    "bạn có thể quan tâm",
];
/// Headings after which comments begin.
const COMMENTS: [&str; 6] = [
    "bình luận",
    "ý kiến bạn đọc",
    "ý kiến của bạn",
    "ý kiến độc giả",
    "gửi bình luận",
    "viết bình luận",
];
/// How lines begin that lead readers elsewhere.
const ASIDES: [&str; 18] = [
    "xem thêm",
    "đọc thêm",
    ">>",
    "tin liên quan",
    "bài liên quan",
    "mời độc giả",
    "mời quý độc giả",
    "mời bạn đọc",
    "mời các bạn",
    "mời quý vị",
    "mời xem",
    "bạn đọc có thể",
    "video:",
    "clip:",
    "từ khóa",
    "từ khoá",
    "chủ đề:",
    "tags:",
];
/// An aside without a link has at most so many letters.
const SHORT_ASIDE: usize = 60;
/// What the colophon of a page says.
const COLOPHON: [&str; 8] = [
    "bản quyền",
    "giấy phép",
    "chịu trách nhiệm",
    "cơ quan chủ quản",
    "tổng biên tập",
    "ghi rõ nguồn",
    "copyright",
    "©",
];
/// Words of class names that mark a date.
const DATES: [&str; 5] = ["date", "time", "datetime", "ngay", "published"];
/// A line of this length in bytes that holds a date holds nothing else.
const DATE_LINE: usize = 60;
/// Words of class names that mark a lead.
const LEADS: [&str; 11] = [
    "sapo",
    "lede",
    "tomtat",
    "trichdan",
    "chappeau",
    "lead",
    "chapeau",
    "description",
    "summary",
    "teaser",
    "intro",
];

/// The words below a node on one line, at most `limit` bytes of them and a bounded search.
pub(super) fn words(node: NodeRef<'_, Node>, limit: usize) -> String {
    let mut flow = Flow::default();
    let mut length = 0;
    for below in node.descendants().take(50 + limit) {
        match below.value() {
            Node::Text(text) => {
                flow.push(text);
                length += text.len();
            }
            Node::Element(element) if element.name() == "br" || is_block(element.name()) => {
                flow.space();
            }
            _ => {}
        }
        if length > limit {
            break;
        }
    }
    flow.finish()
}

/// Whether an element is named and filled like a lead.
pub(super) fn is_lead(node: NodeRef<'_, Node>, letters: usize) -> bool {
    (30..1500).contains(&letters)
        && node.value().as_element().is_some_and(|element| {
            matches!(
                element.name(),
                "p" | "h2" | "h3" | "h4" | "div" | "strong" | "b" | "span" | "section" | "header"
            ) && names(element)
                .iter()
                .any(|name| LEADS.contains(&name.as_str()))
        })
}

/// What an element is beside the article's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// No part of any article.
    Other,
    /// What stands below a picture.
    Caption,
}

/// What a class or id says that an element is; `heavy` elements hold most of the page's text.
pub(super) fn part(element: &Element, heavy: bool) -> Option<Part> {
    let mut names = names(element);
    names.retain(|name| !(heavy && LAYOUT.contains(&name.as_str())));
    let single = |name: &String| FOREIGN.contains(&name.as_str()) || name.starts_with("related");
    let pair = |pair: &[String]| {
        FOREIGN_PAIRS
            .iter()
            .any(|(a, b)| pair[0] == *a && pair[1] == *b)
            && !(heavy && pair[1] == "news")
    };
    if names.iter().any(single) || names.windows(2).any(pair) {
        return Some(Part::Other);
    }
    let caption = |name: &String| CAPTIONS.contains(&name.as_str());
    names.iter().any(caption).then_some(Part::Caption)
}

/// Whether an element is named or marked as the body of an article (Schema.org, and the names
/// that the content systems of Vietnamese papers use).
pub(super) fn is_body(element: &Element) -> bool {
    if element.attr("itemprop") == Some("articleBody")
        || element.attr("data-role") == Some("content")
    {
        return true;
    }
    let names = names(element);
    names.iter().any(|name| {
        matches!(
            name.as_str(),
            "fck" | "maincontent" | "abody" | "noidung" | "articlebody"
        )
    }) || names
        .windows(2)
        .any(|pair| BODIES.iter().any(|(a, b)| pair[0] == *a && pair[1] == *b))
}

/// Whether an element is named or marked as a title.
pub(super) fn is_titled(element: &Element) -> bool {
    match element.name() {
        "h1" => true,
        "h2" | "h3" | "h4" | "div" | "p" | "span" | "td" | "strong" | "b" => {
            element.attr("itemprop") == Some("headline")
                || element.attr("data-role") == Some("title")
                || names(element).iter().any(|name| {
                    matches!(
                        name.as_str(),
                        "title" | "headline" | "tieude" | "tieu" | "heading"
                    )
                })
        }
        _ => false,
    }
}

/// The words of an element's class and id: parted at hyphens, underscores and inner capitals.
pub(super) fn names(element: &Element) -> Vec<String> {
    let mut words = Vec::new();
    for written in element.attr("id").into_iter().chain(element.attr("class")) {
        let mut word = String::new();
        let mut small = false;
        for c in written.chars().take(400) {
            let border = !c.is_ascii_alphanumeric() || (c.is_ascii_uppercase() && small);
            if border && !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            if c.is_ascii_alphanumeric() {
                word.push(c.to_ascii_lowercase());
            }
            small = c.is_ascii_lowercase();
        }
        if !word.is_empty() {
            words.push(word);
        }
    }
    words
}

/// Whether a paragraph is the page's colophon.
pub(super) fn is_colophon(node: NodeRef<'_, Node>) -> bool {
    let text = words(node, 1000).to_lowercase();
    COLOPHON.iter().any(|cue| text.contains(cue))
}

/// Whether a block, or an inline element named like it, holds a date and nothing else. A date
/// inside a sentence is left there.
pub(super) fn is_date(node: NodeRef<'_, Node>, letters: usize) -> bool {
    let named = || {
        node.value().as_element().is_some_and(|element| {
            is_block(element.name())
                || element.name() == "time"
                || names(element)
                    .iter()
                    .any(|name| DATES.contains(&name.as_str()))
        })
    };
    (1..DATE_LINE).contains(&letters) && named() && {
        let text = words(node, 2 * DATE_LINE);
        text.len() <= DATE_LINE && date::parse(&text, &TimeZone::UTC).is_some()
    }
}

/// What a heading begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heading {
    OtherNews,
    Comments,
}

/// Whether a block is the heading of something that is not the article.
pub(super) fn heading(node: NodeRef<'_, Node>, letters: usize) -> Option<Heading> {
    if letters == 0 || letters > 40 {
        return None;
    }
    let text = words(node, 200).to_lowercase();
    let text = text.trim_matches(|c: char| !c.is_alphabetic());
    if OTHER_NEWS.contains(&text) {
        Some(Heading::OtherNews)
    } else if COMMENTS.contains(&text) {
        Some(Heading::Comments)
    } else {
        None
    }
}

/// Whether a line leads readers elsewhere (`Xem thêm: …`), or is a caption without a name.
pub(super) fn is_aside(node: NodeRef<'_, Node>, weight: Weight) -> bool {
    if weight.letters > 250 {
        return false;
    }
    let text = words(node, 800).to_lowercase();
    let begins = ASIDES.iter().any(|cue| text.starts_with(cue));
    // A picture's author is told at the end of its caption.
    let credit = || {
        let from = text.char_indices().rev().nth(50).map_or(0, |(at, _)| at);
        let end = &text[from..];
        ["ảnh: ", "(ảnh ", "ảnh minh họa"]
            .iter()
            .any(|cue| end.contains(cue))
            && !text.starts_with("tin, ảnh")
            && !text.starts_with("bài, ảnh")
            && !text.starts_with("bài và ảnh")
    };
    begins && (2 * weight.linked > weight.letters || weight.letters <= SHORT_ASIDE) || credit()
}

/// Whether a block holds a time of the day and nothing else, as in a running report.
pub(super) fn is_clock(node: NodeRef<'_, Node>, letters: usize) -> bool {
    (1..=5).contains(&letters)
        && node
            .value()
            .as_element()
            .is_some_and(|element| is_block(element.name()))
        && {
            let text = words(node, 40);
            let (hour, rest) = text.split_once([':', 'h', 'g']).unwrap_or_default();
            (1..=2).contains(&hour.len())
                && hour.bytes().all(|b| b.is_ascii_digit())
                && rest.trim_end_matches(['\'', ' ']).len() == 2
                && rest.bytes().take(2).all(|b| b.is_ascii_digit())
        }
}
