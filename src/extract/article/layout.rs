//! What a page's elements weigh, and which of them are no part of any article.

use std::collections::{HashMap, HashSet};

use ego_tree::{NodeId, NodeRef};
use scraper::node::Element;
use scraper::{Html, Node};

use super::super::html::{is_block, is_unread};
use super::marks::{self, Part};

/// A paragraph of the main text has at least so many letters; labels have fewer.
const PARAGRAPH: usize = 40;
/// A block with a greater share of letters in links is a list of other news.
const MOST_LINKED: f64 = 0.5;
/// A block with this share of letters in links is nothing else.
const ALL_LINKED: f64 = 0.9;
/// Headings and bodies that are looked for; an honest page has one or two.
const MARKED: usize = 8;
/// A card, the teaser of another article, has at most so many letters.
const CARD: usize = 700;
/// The linked headline of a card has at least so many.
const HEADLINE: usize = 15;
/// Parts of an element that are looked at to tell a card.
const PARTS: usize = 12;

/// Letters in an element, how many of them stand in links, and where it begins.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Weight {
    pub(super) letters: usize,
    pub(super) linked: usize,
    /// The how-manieth node of the page it is.
    pub(super) at: usize,
}

impl Weight {
    fn is_linked(self) -> bool {
        self.linked as f64 > MOST_LINKED * self.letters as f64
    }

    pub(super) fn is_a_list_of_links(self) -> bool {
        self.linked as f64 > ALL_LINKED * self.letters as f64
    }

    pub(super) fn unlinked(self) -> usize {
        self.letters.saturating_sub(self.linked)
    }
}

/// What was measured of a page.
#[derive(Clone)]
pub(super) struct Page<'t> {
    pub(super) tree: &'t Html,
    weights: HashMap<NodeId, Weight>,
    /// Letters of the page's paragraphs outside comments and boxes; 0 while that is not known
    /// yet, and then every element may be the page's layout.
    letters: usize,
    /// Elements around the article's heading or body: they bear any name, `sidebar-1` too.
    frame: HashSet<NodeId>,
    /// Captions count as text: the page is a series of pictures.
    captions: bool,
}

impl<'t> Page<'t> {
    pub(super) fn new(tree: &'t Html) -> Self {
        let mut page = Self {
            weights: weights(tree),
            tree,
            letters: 0,
            frame: frame(tree),
            captions: false,
        };
        page.letters = page.letters_outside_boxes();
        page
    }

    /// The same page with its captions as text.
    pub(super) fn with_captions(&self) -> Self {
        let mut page = self.clone();
        page.captions = true;
        page.letters = page.letters_outside_boxes();
        page
    }

    pub(super) fn root(&self) -> NodeRef<'t, Node> {
        self.tree.tree.root()
    }

    pub(super) fn weight(&self, node: NodeRef<'_, Node>) -> Weight {
        self.weights.get(&node.id()).copied().unwrap_or_default()
    }

    fn is_heavy(&self, node: NodeRef<'_, Node>) -> bool {
        2 * self.weight(node).unlinked() > self.letters
    }

    fn letters_outside_boxes(&self) -> usize {
        let mut letters = 0;
        let mut walk = vec![self.root()];
        while let Some(node) = walk.pop() {
            if self.is_foreign(node) {
                continue;
            }
            if self.is_paragraph(node) {
                letters += self.weight(node).unlinked();
            } else {
                walk.extend(node.children());
            }
        }
        letters
    }

    /// A block with text of its own and no further block inside.
    pub(super) fn is_paragraph(&self, node: NodeRef<'_, Node>) -> bool {
        let Node::Element(element) = node.value() else {
            return false;
        };
        let weight = self.weight(node);
        let fits = matches!(
            element.name(),
            "p" | "div" | "blockquote" | "li" | "td" | "section" | "article" | "pre"
        ) || self.captions && element.name() == "figcaption";
        fits && weight.letters >= PARAGRAPH
            && !weight.is_linked()
            && !node.children().any(|child| {
                let element = child.value().as_element();
                element.is_some_and(|child| is_block(child.name()))
            })
    }

    /// Whether an element is no part of any article, by its kind, its name or its make.
    pub(super) fn is_foreign(&self, node: NodeRef<'_, Node>) -> bool {
        let element = match node.value() {
            Node::Element(element) => element,
            Node::Comment(_) | Node::ProcessingInstruction(_) => return true,
            _ => return false,
        };
        let name = element.name();
        if is_unread(name) || matches!(name, "nav" | "aside" | "footer") || is_hidden(element) {
            return true;
        }
        let frame = matches!(name, "html" | "body" | "main") || self.frame.contains(&node.id());
        // What the editors' boxes of many Vietnamese sites call themselves.
        let related = element
            .attr("type")
            .is_some_and(|kind| kind.starts_with("Related"));
        if related || frame {
            return related;
        }
        match name {
            "figure" | "figcaption" if !self.captions => return true,
            // Portals put the whole page into a form.
            "form" if !self.is_heavy(node) => return true,
            _ => {}
        }
        if names_author(element) && !self.is_heavy(node) {
            return true;
        }
        let part = marks::part(element, self.is_heavy(node));
        part == Some(Part::Other)
            || part == Some(Part::Caption) && !self.captions && !self.is_heavy(node)
            || self.is_card(node)
    }

    /// Whether an element is the teaser of another article: a linked headline, and perhaps some
    /// words below it.
    fn is_card(&self, node: NodeRef<'_, Node>) -> bool {
        let weight = self.weight(node);
        let block = node
            .value()
            .as_element()
            .is_some_and(|element| is_block(element.name()));
        if !block || weight.letters > CARD || weight.linked < HEADLINE || self.is_heavy(node) {
            return false;
        }
        let mut node = node;
        // Wrappers around the picture and the words.
        for _ in 0..4 {
            let mut parts = node
                .children()
                .take(PARTS)
                .filter(|part| self.weight(*part).letters > 0);
            let (Some(first), second) = (parts.next(), parts.next()) else {
                return false;
            };
            let headline = self.weight(first);
            let is_element = first.value().is_element();
            if second.is_none()
                && is_element
                && first.value().as_element().is_some_and(|e| e.name() != "a")
            {
                node = first;
                continue;
            }
            let own_block = second.is_some_and(|second| {
                let element = second.value().as_element();
                element.is_some_and(|element| is_block(element.name()) || element.name() == "span")
            });
            let first_block = first
                .value()
                .as_element()
                .is_some_and(|e| is_block(e.name()));
            return is_element
                && headline.linked >= HEADLINE
                && headline.is_a_list_of_links()
                && (own_block || first_block)
                && second.is_some();
        }
        false
    }
}

fn is_hidden(element: &Element) -> bool {
    let style = element.attr("style").unwrap_or_default();
    element.attr("hidden").is_some()
        || element.attr("aria-hidden") == Some("true")
        || style
            .to_ascii_lowercase()
            .replace(' ', "")
            .contains("display:none")
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

/// The weight of every element, children before parents: ids grow in the order of the text, so
/// that one walk backwards sums them all up.
fn weights(tree: &Html) -> HashMap<NodeId, Weight> {
    let mut weights: HashMap<NodeId, Weight> = HashMap::new();
    let nodes: Vec<NodeRef<'_, Node>> = tree.tree.root().descendants().collect();
    for (at, node) in nodes.into_iter().enumerate().rev() {
        let mut own = weights.get(&node.id()).copied().unwrap_or_default();
        match node.value() {
            Node::Text(text) => own.letters += text.chars().filter(|c| c.is_alphanumeric()).count(),
            Node::Element(element) if is_unread(element.name()) => own = Weight::default(),
            Node::Element(element) if element.name() == "a" => own.linked = own.letters,
            _ => {}
        }
        own.at = at;
        weights.insert(node.id(), own);
        if let Some(parent) = node.parent() {
            let sum = weights.entry(parent.id()).or_default();
            sum.letters += own.letters;
            sum.linked += own.linked;
        }
    }
    weights
}

/// Whether an element is marked as the name of a person who made the page: properties of
/// Schema.org's `CreativeWork`, the link type `author` of HTML (§4.6.7.2).
fn names_author(element: &Element) -> bool {
    let says = |attribute, wanted: &[&str]| {
        let said = element.attr(attribute).unwrap_or_default();
        said.split_ascii_whitespace()
            .any(|word| wanted.contains(&word))
    };
    says("itemprop", &["author", "creator", "contributor", "editor"]) || says("rel", &["author"])
}
