//! The main text: the container whose paragraphs hold the most text that is no link, with the
//! lead before it, read without boxes of other news.

use std::collections::{HashMap, HashSet};

use ego_tree::{NodeId, NodeRef};
use scraper::{Html, Node};

use super::super::clean::Flow;
use super::super::html::{is_block, is_unread};
use super::marks::{begins_other_news, is_colophon, is_date, is_foreign_name, is_lead, words};

/// A paragraph of the main text has at least so many letters; captions and labels have fewer.
const PARAGRAPH: usize = 40;
/// A block with a greater share of letters in links is a list of other news.
const MOST_LINKED: f64 = 0.5;
/// A block with this share of letters in links is nothing else.
const ALL_LINKED: f64 = 0.9;
/// A lead stands within so many levels above the text's container.
const NEAR: usize = 4;
/// Headings and bodies that are looked for; an honest page has one or two.
const MARKED: usize = 8;
/// Paragraphs that a lead may have.
const MOST_LEADS: usize = 3;
/// A container holds the text where it has this share of its parent's.
const HOLDS: f64 = 0.7;

/// The main text, paragraphs parted by a blank line; empty where the page has none.
pub(super) fn read(tree: &Html, title: &str) -> String {
    let mut page = Page {
        weights: weights(tree),
        letters: 0,
        frame: frame(tree),
        title,
    };
    page.letters = page.letters_outside_boxes(tree.tree.root());
    let Some(container) = page.container(tree.tree.root()) else {
        return String::new();
    };
    let mut flow = Flow::default();
    for lead in page.leads(container) {
        flow.paragraph();
        page.collect(lead, &mut flow);
    }
    flow.paragraph();
    page.collect(container, &mut flow);
    flow.finish()
}

/// What was measured of a page.
struct Page<'a> {
    weights: HashMap<NodeId, Weight>,
    /// Letters of the page's paragraphs outside comments and boxes; 0 while that is not known
    /// yet, and then every element may be the page's layout.
    letters: usize,
    /// Elements around the article's heading or body: they bear any name, `sidebar-1` too.
    frame: HashSet<NodeId>,
    title: &'a str,
}

fn frame(tree: &Html) -> HashSet<NodeId> {
    let marks = |node: &NodeRef<'_, Node>| {
        node.value().as_element().is_some_and(|element| {
            element.name() == "h1" || element.attr("itemprop") == Some("articleBody")
        })
    };
    let marked: Vec<_> = tree
        .tree
        .root()
        .descendants()
        .filter(marks)
        .take(MARKED)
        .collect();
    let around = marked
        .iter()
        .flat_map(|node| std::iter::once(*node).chain(node.ancestors()));
    around.map(|node| node.id()).collect()
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

    fn is_a_list_of_links(self) -> bool {
        self.linked as f64 > ALL_LINKED * self.letters as f64
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

impl Page<'_> {
    fn weight(&self, node: NodeRef<'_, Node>) -> Weight {
        self.weights.get(&node.id()).copied().unwrap_or_default()
    }

    fn is_heavy(&self, node: NodeRef<'_, Node>) -> bool {
        let weight = self.weight(node);
        2 * (weight.letters - weight.linked) > self.letters
    }

    fn letters_outside_boxes(&self, root: NodeRef<'_, Node>) -> usize {
        let mut letters = 0;
        let mut walk = vec![root];
        while let Some(node) = walk.pop() {
            let weight = self.weight(node);
            if self.is_foreign(node) {
                continue;
            }
            if is_paragraph(node, weight) {
                letters += weight.letters - weight.linked;
            } else {
                walk.extend(node.children());
            }
        }
        letters
    }

    /// The smallest element that holds most of the page's paragraphs.
    fn container<'t>(&self, root: NodeRef<'t, Node>) -> Option<NodeRef<'t, Node>> {
        let mut paragraphs: HashMap<NodeId, usize> = HashMap::new();
        let mut walked = Vec::new();
        let mut walk = vec![root];
        while let Some(node) = walk.pop() {
            if self.is_foreign(node) {
                continue;
            }
            walked.push(node);
            let weight = self.weight(node);
            if !is_paragraph(node, weight) {
                walk.extend(node.children());
            } else if !is_colophon(node) {
                paragraphs.insert(node.id(), weight.letters - weight.linked);
            }
        }
        // Parents were walked before their children. A paragraph counts for what holds it.
        let mut scores: HashMap<NodeId, usize> = HashMap::new();
        for node in walked.iter().rev() {
            let id = node.id();
            let own = scores
                .get(&id)
                .or(paragraphs.get(&id))
                .copied()
                .unwrap_or(0);
            if let (true, Some(parent)) = (own > 0, node.parent()) {
                *scores.entry(parent.id()).or_default() += own;
            }
        }
        let score = |node: NodeRef<'_, Node>| scores.get(&node.id()).copied().unwrap_or(0);
        let mut best = root;
        if score(best) == 0 {
            return None;
        }
        loop {
            let heaviest = best.children().max_by_key(|child| score(*child));
            match heaviest {
                Some(child) if score(child) as f64 >= HOLDS * score(best) as f64 => best = child,
                _ => return Some(best),
            }
        }
    }

    /// Leads of the article that stand outside its container: near it, before it.
    fn leads<'t>(&self, container: NodeRef<'t, Node>) -> Vec<NodeRef<'t, Node>> {
        // A lead further away belongs to another article.
        let near: Vec<NodeRef<'t, Node>> = container.ancestors().take(NEAR).collect();
        let Some(outer) = near.iter().rev().find(|node| {
            let name = node.value().as_element().map(scraper::node::Element::name);
            name.is_some_and(|name| !matches!(name, "html" | "body"))
        }) else {
            return Vec::new();
        };
        let around: HashSet<NodeId> = near.iter().map(NodeRef::id).collect();
        let mut found = Vec::new();
        let mut walk = vec![*outer];
        while let Some(node) = walk.pop() {
            if node.id() == container.id() || found.len() == MOST_LEADS {
                break;
            }
            let outside = !around.contains(&node.id());
            if outside && self.is_foreign(node) {
                continue;
            }
            if outside && is_lead(node, self.weight(node).letters) {
                found.push(node);
                continue;
            }
            let children: Vec<_> = node.children().collect();
            walk.extend(children.into_iter().rev());
        }
        found
    }

    /// Whether an element is no part of any article, by its kind or its name.
    fn is_foreign(&self, node: NodeRef<'_, Node>) -> bool {
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
        let style = element.attr("style").unwrap_or_default();
        let hidden = element.attr("hidden").is_some()
            || element.attr("aria-hidden") == Some("true")
            || style.replace(' ', "").contains("display:none");
        let frame =
            matches!(name, "html" | "body" | "main" | "article") || self.frame.contains(&node.id());
        // What the editors' boxes of many Vietnamese sites call themselves.
        let related = element
            .attr("type")
            .is_some_and(|kind| kind.starts_with("Related"));
        hidden || related || !frame && is_foreign_name(element, self.is_heavy(node))
    }

    /// Reads the text below `top`, foreign boxes and lists of links left out.
    fn collect(&self, top: NodeRef<'_, Node>, flow: &mut Flow) {
        let mut walk = vec![Step::Enter(top)];
        // A styled word ended just now.
        let mut badge = false;
        while let Some(step) = walk.pop() {
            let node = match step {
                Step::Enter(node) => node,
                Step::Border => {
                    flow.paragraph();
                    continue;
                }
                Step::Badge => {
                    badge = true;
                    continue;
                }
            };
            let name = match node.value() {
                Node::Text(text) => {
                    if std::mem::take(&mut badge) && text.starts_with(char::is_uppercase) {
                        flow.space();
                    }
                    flow.push(text);
                    continue;
                }
                Node::Element(element) => element.name(),
                _ => continue,
            };
            let inner = node.id() != top.id();
            // Dates, paths and labels stand above the heading.
            if name == "h1" && self.is_title(node) {
                *flow = Flow::default();
            }
            if inner && self.is_left_out(node, name) {
                continue;
            }
            // What follows the heading of other news is other news, to the end of its box.
            if inner && is_block(name) && begins_other_news(node, self.weight(node).letters) {
                while walk.pop_if(|step| matches!(step, Step::Enter(_))).is_some() {}
                continue;
            }
            match name {
                "br" => flow.line(),
                "td" | "th" => flow.space(),
                // A place or a label before the first word, parted from it by its style only.
                "span" => walk.push(Step::Badge),
                _ if is_block(name) => {
                    flow.paragraph();
                    walk.push(Step::Border);
                }
                _ => {}
            }
            let children: Vec<_> = node.children().collect();
            walk.extend(children.into_iter().rev().map(Step::Enter));
        }
    }

    fn is_title(&self, node: NodeRef<'_, Node>) -> bool {
        words(node, 2 * self.title.len() + 100) == self.title
    }

    fn is_left_out(&self, node: NodeRef<'_, Node>, name: &str) -> bool {
        // The title is told already.
        let is_title = || name == "h1" || self.is_title(node);
        let weight = self.weight(node);
        self.is_foreign(node)
            || (matches!(name, "h1" | "h2" | "h3") && is_title())
            || is_block(name) && weight.letters > 0 && weight.is_a_list_of_links()
            || is_date(node, weight.letters)
    }
}

/// What remains to be read.
enum Step<'t> {
    Enter(NodeRef<'t, Node>),
    Border,
    Badge,
}
