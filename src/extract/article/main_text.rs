//! The main text: the container whose paragraphs hold the most text that is no link, with the
//! lead before it, read without boxes of other news.

use std::collections::{HashMap, HashSet};

use ego_tree::{NodeId, NodeRef};
use scraper::Node;

use super::super::clean::Flow;
use super::super::html::is_block;
use super::layout::Page;
use super::marks::{
    self, Heading, heading, is_aside, is_body, is_colophon, is_date, is_lead, words,
};

/// A lead stands within so many levels above the text's container.
const NEAR: usize = 4;
/// Paragraphs that a lead may have.
const MOST_LEADS: usize = 3;
/// A container holds the text where it has this share of its parent's.
const HOLDS: f64 = 0.7;
/// An element that is named as the body holds the text where it has this share of the page's.
const BODY_HOLDS: f64 = 0.25;
/// Letters below which a body is none.
const BODY: usize = 100;
/// A paragraph that is the same as an earlier one and longer than this is a copy, in bytes.
const COPY: usize = 60;
/// What follows a heading of other news is looked at so far.
const FOLLOWING: usize = 60;

/// What the page says of its article in its head.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told<'m> {
    pub(super) title: &'m str,
    pub(super) description: &'m str,
}

/// The text with the place where it stands.
pub(super) struct Main<'t> {
    /// Paragraphs parted by a blank line.
    pub(super) text: String,
    pub(super) container: NodeRef<'t, Node>,
}

/// The main text; `None` where the page has none.
pub(super) fn read<'t>(page: &Page<'t>, told: Told<'_>) -> Option<Main<'t>> {
    let reader = Reader { page, told };
    let container = reader.container()?;
    let mut flow = Flow::default();
    for lead in reader.leads(container) {
        flow.paragraph();
        reader.collect(lead, &mut flow);
    }
    flow.paragraph();
    reader.collect(container, &mut flow);
    Some(Main {
        text: without_copies(&flow.finish()),
        container,
    })
}

/// Print versions and wide layouts bear the same paragraph twice.
fn without_copies(text: &str) -> String {
    let mut seen = HashSet::new();
    let kept: Vec<&str> = text
        .split("\n\n")
        .filter(|paragraph| paragraph.len() < COPY || seen.insert(*paragraph))
        .collect();
    kept.join("\n\n")
}

struct Reader<'p, 't> {
    page: &'p Page<'t>,
    told: Told<'p>,
}

impl<'t> Reader<'_, 't> {
    /// The smallest element that holds most of the paragraphs, of the page or of what is named
    /// as the article's body.
    fn container(&self) -> Option<NodeRef<'t, Node>> {
        let root = self.page.root();
        let scores = self.scores(root);
        let score = |node: NodeRef<'_, Node>| scores.get(&node.id()).copied().unwrap_or(0);
        let whole = score(root);
        if whole == 0 {
            return None;
        }
        let holds = |node: &NodeRef<'t, Node>| {
            score(*node) >= BODY && score(*node) as f64 >= BODY_HOLDS * whole as f64
        };
        let named = root.descendants().filter(|node| {
            scores.contains_key(&node.id()) && node.value().as_element().is_some_and(is_body)
        });
        // Of bodies in bodies the inner one, as long as it holds what the outer one holds.
        let mut body: Option<NodeRef<'t, Node>> = None;
        for node in named.filter(holds) {
            let outer = body.filter(|body| node.ancestors().any(|above| above.id() == body.id()));
            let better = match (outer, body) {
                (Some(outer), _) => 2 * score(node) > score(outer),
                (None, Some(body)) => score(node) > score(body),
                (None, None) => true,
            };
            if better {
                body = Some(node);
            }
        }
        let mut best = body.unwrap_or(root);
        loop {
            let heaviest = best.children().max_by_key(|child| score(*child));
            match heaviest {
                Some(child) if score(child) as f64 >= HOLDS * score(best) as f64 => best = child,
                _ => return Some(best),
            }
        }
    }

    /// Letters of the paragraphs in each element.
    fn scores(&self, root: NodeRef<'t, Node>) -> HashMap<NodeId, usize> {
        let mut scores: HashMap<NodeId, usize> = HashMap::new();
        let mut walked = Vec::new();
        let mut walk = vec![root];
        while let Some(node) = walk.pop() {
            if self.page.is_foreign(node) {
                continue;
            }
            walked.push(node);
            if !self.page.is_paragraph(node) {
                walk.extend(node.children());
            } else if !is_colophon(node) {
                scores.insert(node.id(), self.page.weight(node).unlinked());
            }
        }
        // Parents were walked before their children. A paragraph counts for what holds it.
        for node in walked.iter().rev() {
            let own = scores.get(&node.id()).copied().unwrap_or(0);
            if let (true, Some(parent)) = (own > 0, node.parent()) {
                *scores.entry(parent.id()).or_default() += own;
            }
        }
        scores
    }

    /// Leads of the article that stand outside its container: near it, before it.
    fn leads(&self, container: NodeRef<'t, Node>) -> Vec<NodeRef<'t, Node>> {
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
            if outside && self.page.is_foreign(node) {
                continue;
            }
            let letters = self.page.weight(node).letters;
            if outside && (is_lead(node, letters) || self.is_described(node, letters)) {
                found.push(node);
                continue;
            }
            let children: Vec<_> = node.children().collect();
            walk.extend(children.into_iter().rev());
        }
        found
    }

    /// Whether a block says what the page's description says.
    fn is_described(&self, node: NodeRef<'_, Node>, letters: usize) -> bool {
        let described = self.told.description.trim_end_matches(['.', '…', ' ']);
        let block = || {
            node.value()
                .as_element()
                .is_some_and(|element| is_block(element.name()))
        };
        if !(40..=1500).contains(&letters) || described.len() < COPY || !block() {
            return false;
        }
        let text = words(node, 2 * described.len() + 200);
        text.contains(described) && text.len() < described.len() + 60
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
            if inner && is_block(name) {
                match heading(node, self.page.weight(node).letters) {
                    Some(Heading::Comments) => {
                        skip(&mut walk, usize::MAX);
                        continue;
                    }
                    Some(Heading::OtherNews) => {
                        let skipped = self.other_news(&walk);
                        skip(&mut walk, skipped);
                        continue;
                    }
                    None => {}
                }
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

    /// How many of the siblings after a heading of other news belong to it: all, unless the
    /// article goes on behind them with paragraphs of its own.
    fn other_news(&self, walk: &[Step<'_>]) -> usize {
        let (mut news, mut paragraphs, mut first) = (0, 0, None);
        let siblings = walk.iter().rev().map_while(|step| match step {
            Step::Enter(node) => Some(*node),
            Step::Border | Step::Badge => None,
        });
        for (at, node) in siblings.take(FOLLOWING).enumerate() {
            let weight = self.page.weight(node);
            if self.page.is_paragraph(node) && weight.linked == 0 {
                paragraphs += 1;
                first = first.or(Some(at));
            } else if 2 * weight.linked > weight.letters && weight.letters > 0 {
                // A list of links is as much news as it has entries.
                news += node
                    .children()
                    .filter(|child| self.page.weight(*child).linked > 0)
                    .count()
                    .max(1);
            }
        }
        match first {
            Some(at) if paragraphs > news => at,
            _ => usize::MAX,
        }
    }

    fn is_title(&self, node: NodeRef<'_, Node>) -> bool {
        words(node, 2 * self.told.title.len() + 100) == self.told.title
    }

    fn is_left_out(&self, node: NodeRef<'_, Node>, name: &str) -> bool {
        // The title is told already.
        let is_title = || name == "h1" || self.is_title(node);
        let weight = self.page.weight(node);
        let block = is_block(name) && weight.letters > 0;
        self.page.is_foreign(node)
            || (matches!(name, "h1" | "h2" | "h3") && is_title())
            || block && weight.is_a_list_of_links()
            || block && is_aside(node, weight)
            || is_date(node, weight.letters)
            || marks::is_clock(node, weight.letters)
    }
}

/// What remains to be read.
enum Step<'t> {
    Enter(NodeRef<'t, Node>),
    Border,
    Badge,
}

/// Passes over at most so many siblings, to the end of the box they stand in.
fn skip(walk: &mut Vec<Step<'_>>, most: usize) {
    for _ in 0..most {
        if walk.pop_if(|step| matches!(step, Step::Enter(_))).is_none() {
            break;
        }
    }
}

/// Headings before the text that are looked at.
const HEADINGS: usize = 20;

/// The heading of the article where the page's head does not tell it: the nearest one before
/// the text that is named or marked as a title.
pub(super) fn heading_before<'t>(
    page: &Page<'t>,
    container: NodeRef<'t, Node>,
) -> Option<NodeRef<'t, Node>> {
    let begin = page.weight(container).at;
    let titled = page.root().descendants().filter(|node| {
        let weight = page.weight(*node);
        (10..300).contains(&weight.letters)
            && !weight.is_a_list_of_links()
            && node.value().as_element().is_some_and(marks::is_titled)
    });
    let (before, mut after): (Vec<_>, Vec<_>) =
        titled.partition(|node| page.weight(*node).at <= begin);
    // The container may hold its own heading.
    after.truncate(1);
    let own = |node: &NodeRef<'t, Node>| {
        !std::iter::once(*node)
            .chain(node.ancestors())
            .any(|node| page.is_foreign(node))
    };
    before
        .into_iter()
        .rev()
        .chain(after)
        .take(HEADINGS)
        .find(own)
}
