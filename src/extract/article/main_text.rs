//! The main text: the container whose paragraphs hold the most text that is no link, with the
//! lead before it, read without boxes of other news.

use std::collections::{HashMap, HashSet};

use ego_tree::{NodeId, NodeRef};
use scraper::{ElementRef, Html, Node};

use super::super::clean::Flow;
use super::super::html::{is_block, is_unread};

/// A paragraph of the main text has at least so many letters; captions and labels have fewer.
const PARAGRAPH: usize = 60;
/// A block with a greater share of letters in links is a list of other news.
const MOST_LINKED: f64 = 0.5;
/// A container holds the text where it has this share of its parent's.
const HOLDS: f64 = 0.75;

/// Words of class and id names that mark what is not the article. They are compared with the
/// whole words of a name (`box-related`, `relatedNews`), not with parts of words.
const FOREIGN: [&str; 52] = [
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
    "widget",
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
/// Words of class names that mark a lead.
const LEADS: [&str; 7] = [
    "sapo",
    "lead",
    "chapeau",
    "description",
    "summary",
    "teaser",
    "intro",
];

/// The main text, paragraphs parted by a blank line; empty where the page has none.
pub(super) fn read(tree: &Html, title: &str) -> String {
    let weights = weights(tree);
    let Some(container) = container(tree, &weights) else {
        return String::new();
    };
    let mut flow = Flow::default();
    for lead in leads(tree, container) {
        flow.paragraph();
        collect(lead, &weights, &mut flow, title);
    }
    flow.paragraph();
    if let Some(container) = tree.tree.get(container) {
        collect(container, &weights, &mut flow, title);
    }
    flow.finish()
}

/// Letters in an element, and how many of them stand in links.
#[derive(Debug, Default, Clone, Copy)]
struct Weight {
    letters: usize,
    linked: usize,
}

impl Weight {
    fn is_linked(self) -> bool {
        self.linked as f64 > MOST_LINKED * self.letters as f64
    }
}

/// The weight of every element, children before parents: ids grow in the order of the text, so
/// that one walk backwards sums them all up.
fn weights(tree: &Html) -> HashMap<NodeId, Weight> {
    let mut weights: HashMap<NodeId, Weight> = HashMap::new();
    let nodes: Vec<NodeRef<'_, Node>> = tree.tree.root().descendants().collect();
    for node in nodes.into_iter().rev() {
        let mut own = weights.get(&node.id()).copied().unwrap_or_default();
        match node.value() {
            Node::Text(text) => own.letters += text.chars().filter(|c| c.is_alphanumeric()).count(),
            Node::Element(element) if is_unread(element.name()) => own = Weight::default(),
            Node::Element(element) if element.name() == "a" => own.linked = own.letters,
            _ => {}
        }
        weights.insert(node.id(), own);
        if let Some(parent) = node.parent() {
            let sum = weights.entry(parent.id()).or_default();
            sum.letters += own.letters;
            sum.linked += own.linked;
        }
    }
    weights
}

/// The smallest element that holds most of the page's paragraphs.
fn container(tree: &Html, weights: &HashMap<NodeId, Weight>) -> Option<NodeId> {
    let mut scores: HashMap<NodeId, usize> = HashMap::new();
    let mut walk = vec![tree.tree.root()];
    while let Some(node) = walk.pop() {
        if is_foreign(node) {
            continue;
        }
        let weight = weights.get(&node.id()).copied().unwrap_or_default();
        if is_paragraph(node, weight) {
            for ancestor in node.ancestors() {
                *scores.entry(ancestor.id()).or_default() += weight.letters - weight.linked;
            }
            continue;
        }
        walk.extend(node.children());
    }
    let mut best = tree.tree.root();
    let score = |node: NodeRef<'_, Node>| scores.get(&node.id()).copied().unwrap_or(0);
    if score(best) == 0 {
        return None;
    }
    loop {
        let heaviest = best.children().max_by_key(|child| score(*child));
        match heaviest {
            Some(child) if score(child) as f64 >= HOLDS * score(best) as f64 => best = child,
            _ => return Some(best.id()),
        }
    }
}

/// A block with text of its own and no further block inside.
fn is_paragraph(node: NodeRef<'_, Node>, weight: Weight) -> bool {
    let Node::Element(element) = node.value() else {
        return false;
    };
    let fits = matches!(
        element.name(),
        "p" | "div" | "blockquote" | "li" | "td" | "section" | "article" | "pre"
    );
    if !fits || weight.letters < PARAGRAPH || weight.is_linked() {
        return false;
    }
    let mut children = node.children();
    !children.any(|child| {
        child
            .value()
            .as_element()
            .is_some_and(|child| is_block(child.name()))
    })
}

/// Leads of the article that stand outside its container: near it, before it.
fn leads(tree: &Html, container: NodeId) -> Vec<NodeRef<'_, Node>> {
    let Some(container) = tree.tree.get(container) else {
        return Vec::new();
    };
    // The page's own frame: a lead further away belongs to another article.
    let frame: Vec<NodeRef<'_, Node>> = container.ancestors().take(4).collect();
    let Some(outer) = frame.iter().rev().find(|node| {
        node.value()
            .as_element()
            .is_some_and(|element| !matches!(element.name(), "html" | "body"))
    }) else {
        return Vec::new();
    };
    let inside: HashSet<NodeId> = frame.iter().map(NodeRef::id).collect();
    let mut found = Vec::new();
    let mut walk = vec![*outer];
    while let Some(node) = walk.pop() {
        if node.id() == container.id() {
            break;
        }
        if is_foreign(node) && !inside.contains(&node.id()) {
            continue;
        }
        if is_lead(node) && !inside.contains(&node.id()) {
            found.push(node);
            continue;
        }
        let children: Vec<_> = node.children().collect();
        walk.extend(children.into_iter().rev());
    }
    found
}

fn is_lead(node: NodeRef<'_, Node>) -> bool {
    let named = node.value().as_element().is_some_and(|element| {
        matches!(element.name(), "p" | "h2" | "h3" | "div" | "strong")
            && names(element)
                .iter()
                .any(|name| LEADS.contains(&name.as_str()))
    });
    let letters = || {
        text_of(node)
            .chars()
            .filter(|c| c.is_alphanumeric())
            .count()
    };
    named && (30..1500).contains(&letters())
}

fn text_of(node: NodeRef<'_, Node>) -> String {
    ElementRef::wrap(node)
        .map(|element| element.text().collect())
        .unwrap_or_default()
}

/// Whether an element is no part of any article, by its kind or its name.
fn is_foreign(node: NodeRef<'_, Node>) -> bool {
    let Node::Element(element) = node.value() else {
        return matches!(
            node.value(),
            Node::Comment(_) | Node::ProcessingInstruction(_)
        );
    };
    let name = element.name();
    if is_unread(name)
        || matches!(
            name,
            "nav" | "aside" | "footer" | "form" | "figure" | "figcaption"
        )
    {
        return true;
    }
    let hidden = element.attr("hidden").is_some()
        || element.attr("aria-hidden") == Some("true")
        || element
            .attr("style")
            .is_some_and(|style| style.replace(' ', "").contains("display:none"));
    // A page's frame may bear any name: `body.has-sidebar`.
    let frame = matches!(name, "html" | "body" | "main" | "article");
    hidden || !frame && is_foreign_name(&names(element))
}

fn is_foreign_name(names: &[String]) -> bool {
    names.iter().any(|name| FOREIGN.contains(&name.as_str()))
        || names.windows(2).any(|pair| {
            FOREIGN_PAIRS
                .iter()
                .any(|(a, b)| pair[0] == *a && pair[1] == *b)
        })
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

/// Reads the text below `top`, foreign boxes and lists of links left out.
fn collect(
    top: NodeRef<'_, Node>,
    weights: &HashMap<NodeId, Weight>,
    flow: &mut Flow,
    title: &str,
) {
    enum Step<'t> {
        Enter(NodeRef<'t, Node>),
        Border,
    }
    let mut walk = vec![Step::Enter(top)];
    while let Some(step) = walk.pop() {
        let node = match step {
            Step::Enter(node) => node,
            Step::Border => {
                flow.paragraph();
                continue;
            }
        };
        match node.value() {
            Node::Text(text) => flow.push(text),
            Node::Element(element) => {
                let name = element.name();
                let weight = weights.get(&node.id()).copied().unwrap_or_default();
                let inner = node.id() != top.id();
                if inner && is_left_out(node, name, weight, title) {
                    continue;
                }
                // What follows the heading of other news is other news, to the end of its box.
                if inner && is_block(name) && begins_other_news(node, weight) {
                    while walk.pop_if(|step| matches!(step, Step::Enter(_))).is_some() {}
                    continue;
                }
                match name {
                    "br" => flow.line(),
                    "td" | "th" => flow.space(),
                    _ if is_block(name) => {
                        flow.paragraph();
                        walk.push(Step::Border);
                    }
                    _ => {}
                }
                let children: Vec<_> = node.children().collect();
                walk.extend(children.into_iter().rev().map(Step::Enter));
            }
            _ => {}
        }
    }
}

fn is_left_out(node: NodeRef<'_, Node>, name: &str, weight: Weight, title: &str) -> bool {
    if is_foreign(node) {
        return true;
    }
    // The title is told already.
    if name == "h1" || (matches!(name, "h2" | "h3") && text_of(node).trim() == title) {
        return true;
    }
    is_block(name) && weight.letters > 0 && weight.linked as f64 > 0.9 * weight.letters as f64
}

fn begins_other_news(node: NodeRef<'_, Node>, weight: Weight) -> bool {
    if weight.letters == 0 || weight.letters > 40 {
        return false;
    }
    let text = text_of(node).to_lowercase();
    let text = text
        .trim()
        .trim_matches([':', '.', '*', '>', '»', '-', ' ']);
    OTHER_NEWS.iter().any(|heading| text == *heading)
}
