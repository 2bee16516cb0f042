//! What marks the parts of a page that are no article: names, headings, set phrases.

use ego_tree::NodeRef;
use jiff::tz::TimeZone;
use scraper::Node;

use super::super::clean::Flow;
use super::super::date;
use super::super::html::is_block;

/// Words of class and id names that mark what is not the article. They are compared with the
/// whole words of a name (`box-related`, `relatedNews`), not with parts of words.
const FOREIGN: [&str; 51] = [
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
    "recommend",
    "recommended",
    "related",
    "relate",
    "relation",
    "relationnews",
    "lienquan",
    "tinlienquan",
    "tinkhac",
    "xemthem",
    "docthem",
    "readmore",
    "seemore",
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
    "toolbar",
    "tools",
    "author",
    "byline",
    "zalo",
];
/// The same as words one after the other.
const FOREIGN_PAIRS: [(&str, &str); 14] = [
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
const LAYOUT: [&str; 9] = [
    "sidebar", "menu", "nav", "navbar", "banner", "toolbar", "tools", "share", "social",
];
/// Headings after which other news begin.
const OTHER_NEWS: [&str; 11] = [
    "tin liên quan",
    "tin cùng chuyên mục",
    "tin khác",
    "các tin khác",
    "bài liên quan",
    "xem thêm",
    "đọc thêm",
    "bình luận",
    "ý kiến bạn đọc",
    "tin mới",
    "tin nổi bật",
];
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
const LEADS: [&str; 8] = [
    "sapo",
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
            matches!(element.name(), "p" | "h2" | "h3" | "div" | "strong")
                && names(element)
                    .iter()
                    .any(|name| LEADS.contains(&name.as_str()))
        })
}

/// Whether a class or id says that this is no part of an article; `heavy` elements hold most of
/// the page's text.
pub(super) fn is_foreign_name(element: &scraper::node::Element, heavy: bool) -> bool {
    let mut names = names(element);
    names.retain(|name| !(heavy && LAYOUT.contains(&name.as_str())));
    let single = |name: &String| FOREIGN.contains(&name.as_str()) || name.starts_with("related");
    let pair = |pair: &[String]| {
        FOREIGN_PAIRS
            .iter()
            .any(|(a, b)| pair[0] == *a && pair[1] == *b)
    };
    names.iter().any(single) || names.windows(2).any(pair)
}

/// The words of an element's class and id: parted at hyphens, underscores and inner capitals.
fn names(element: &scraper::node::Element) -> Vec<String> {
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

/// Whether a block is the heading of other news.
pub(super) fn begins_other_news(node: NodeRef<'_, Node>, letters: usize) -> bool {
    if letters == 0 || letters > 40 {
        return false;
    }
    let text = words(node, 200).to_lowercase();
    let text = text.trim_matches([':', '.', '*', '>', '»', '-', ' ']);
    OTHER_NEWS.contains(&text)
}
