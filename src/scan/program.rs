//! A rulebook made ready: every term numbered once, every rule known by the terms without
//! which it cannot fire, so that a document costs what it hits and not what the book holds.

use std::collections::HashMap;
use std::sync::Arc;

use regex::Regex;

use crate::keyword::{self, Expr, Kind, RuleMeta, Rulebook, Term};

/// A place of the document where terms are looked up: one phrase, or one list.
pub(super) type LeafId = u32;
pub(super) type NodeId = u32;
pub(super) type RuleId = u32;

/// A rule's part, its children named by number.
#[derive(Debug)]
pub(super) enum Node {
    Leaf(LeafId),
    Regex(u32),
    Title(NodeId),
    Not(NodeId),
    Near {
        within: u32,
        ordered: bool,
        left: NodeId,
        right: NodeId,
    },
    And(Box<[NodeId]>),
    Or(Box<[NodeId]>),
    Never,
}

/// A phrase, or a list with what cancels its terms.
#[derive(Debug, Default)]
pub(super) struct Leaf {
    /// The leaf of the passages that cancel.
    pub(super) veto: Option<LeafId>,
    /// Included lists.
    pub(super) includes: Vec<LeafId>,
    /// Every list that includes this one, however far up.
    pub(super) above: Vec<LeafId>,
    /// How often its terms are to be expected, for the choice of a rule's trigger.
    weight: u64,
}

#[derive(Debug)]
pub(super) struct Rule {
    pub(super) meta: Arc<RuleMeta>,
    pub(super) matches: NodeId,
    pub(super) unless: Option<NodeId>,
    /// In each of these, one leaf at least must have been found.
    pub(super) required: Box<[Box<[LeafId]>]>,
    /// The leaves whose finds tell that a passage speaks of the claim.
    pub(super) leaves: Box<[LeafId]>,
}

/// Rows of numbers, one behind the other.
#[derive(Debug, Default)]
pub(super) struct Rows {
    starts: Vec<u32>,
    items: Vec<u32>,
}

impl Rows {
    fn new(rows: usize, mut pairs: Vec<(u32, u32)>) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        let mut starts = vec![0; rows + 1];
        for (row, _) in &pairs {
            starts[*row as usize + 1] += 1;
        }
        for row in 0..rows {
            starts[row + 1] += starts[row];
        }
        let items = pairs.into_iter().map(|(_, item)| item).collect();
        Self { starts, items }
    }

    pub(super) fn row(&self, row: u32) -> &[u32] {
        let row = row as usize;
        &self.items[self.starts[row] as usize..self.starts[row + 1] as usize]
    }
}

/// The leaves that the stance reads.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Cues {
    pub(super) denials: Option<LeafId>,
    pub(super) negations: Option<LeafId>,
    pub(super) reversals: Option<LeafId>,
    pub(super) pointers: Option<LeafId>,
}

#[derive(Debug)]
pub(super) struct Program {
    pub(super) terms: Vec<Term>,
    pub(super) leaves: Vec<Leaf>,
    /// Term → leaves that hold it themselves.
    pub(super) leaves_of: Rows,
    pub(super) regexes: Vec<Regex>,
    pub(super) nodes: Vec<Node>,
    pub(super) rules: Vec<Rule>,
    /// Leaf → rules that are looked at once it is found.
    pub(super) triggers: Rows,
    /// Rules that no term is necessary for: their patterns are tried on every document.
    pub(super) always: Vec<RuleId>,
    pub(super) cues: Cues,
    /// The leaf of what cancels every term of the book.
    pub(super) veto: Option<LeafId>,
}

impl Program {
    pub(super) fn build(book: &Rulebook) -> Self {
        let mut builder = Builder {
            book,
            terms: Vec::new(),
            term_ids: HashMap::new(),
            leaves: Vec::new(),
            phrases: HashMap::new(),
            lists: HashMap::new(),
            holds: Vec::new(),
            regexes: Vec::new(),
            regex_ids: HashMap::new(),
            nodes: Vec::new(),
        };
        let rules: Vec<(Rule, Vec<Box<[LeafId]>>)> =
            book.rules.iter().map(|rule| builder.rule(rule)).collect();
        let cues = Cues {
            denials: builder.cue(keyword::DENIALS),
            negations: builder.cue(keyword::NEGATIONS),
            reversals: builder.cue(keyword::REVERSALS),
            pointers: builder.cue(keyword::POINTERS),
        };
        let veto = builder.veto(book.vetoes.iter());
        builder.settle_leaves();
        builder.finish(rules, cues, veto)
    }
}

struct Builder<'b> {
    book: &'b Rulebook,
    terms: Vec<Term>,
    term_ids: HashMap<Term, u32>,
    leaves: Vec<Leaf>,
    phrases: HashMap<u32, LeafId>,
    lists: HashMap<Arc<str>, LeafId>,
    /// Term, leaf.
    holds: Vec<(u32, LeafId)>,
    regexes: Vec<Regex>,
    regex_ids: HashMap<Arc<str>, u32>,
    nodes: Vec<Node>,
}

/// Numbers in a book stay far below this: files of that size do not load.
fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

impl Builder<'_> {
    fn rule(&mut self, rule: &keyword::Rule) -> (Rule, Vec<Box<[LeafId]>>) {
        let matches = self.node(&rule.matches);
        let unless = rule.unless.as_ref().map(|unless| self.node(unless));
        let clauses = self.required(matches);
        let mut leaves = Vec::new();
        self.present_leaves(matches, &mut leaves);
        leaves.sort_unstable();
        leaves.dedup();
        let built = Rule {
            meta: Arc::clone(&rule.meta),
            matches,
            unless,
            required: Box::default(),
            leaves: leaves.into(),
        };
        (built, clauses)
    }

    fn term(&mut self, term: &Term) -> u32 {
        if let Some(id) = self.term_ids.get(term) {
            return *id;
        }
        let id = number(self.terms.len());
        self.terms.push(term.clone());
        self.term_ids.insert(term.clone(), id);
        id
    }

    fn phrase(&mut self, term: &Term) -> LeafId {
        let id = self.term(term);
        if let Some(leaf) = self.phrases.get(&id) {
            return *leaf;
        }
        let leaf = number(self.leaves.len());
        self.leaves.push(Leaf {
            weight: weight(term),
            ..Leaf::default()
        });
        self.holds.push((id, leaf));
        self.phrases.insert(id, leaf);
        leaf
    }

    /// The leaf of a list; the loader has opened all circles.
    fn list(&mut self, name: &Arc<str>) -> Option<LeafId> {
        if let Some(leaf) = self.lists.get(name) {
            return Some(*leaf);
        }
        let list = self.book.lists.get(name)?;
        let leaf = number(self.leaves.len());
        self.leaves.push(Leaf::default());
        self.lists.insert(Arc::clone(name), leaf);
        let mut whole = 0;
        for term in &list.terms {
            let id = self.term(&term.value);
            self.holds.push((id, leaf));
            whole += weight(&term.value);
        }
        let veto = self.veto(list.vetoes.iter().map(|veto| &veto.value));
        let includes: Vec<LeafId> = list
            .includes
            .iter()
            .filter_map(|include| self.list(&include.value))
            .collect();
        whole += includes
            .iter()
            .map(|include| self.leaves[*include as usize].weight)
            .sum::<u64>();
        let built = &mut self.leaves[leaf as usize];
        built.weight = whole;
        built.veto = veto;
        built.includes = includes;
        Some(leaf)
    }

    fn veto<'t>(&mut self, terms: impl Iterator<Item = &'t Term>) -> Option<LeafId> {
        let mut leaf = None;
        for term in terms {
            let id = self.term(term);
            let leaf = *leaf.get_or_insert_with(|| {
                self.leaves.push(Leaf::default());
                number(self.leaves.len() - 1)
            });
            self.holds.push((id, leaf));
        }
        leaf
    }

    fn cue(&mut self, name: &str) -> Option<LeafId> {
        self.list(&Arc::from(name))
    }

    fn node(&mut self, expr: &Expr) -> NodeId {
        let node = match &expr.kind {
            Kind::Phrase(term) => Node::Leaf(self.phrase(term)),
            Kind::List(name) => self.list(name).map_or(Node::Never, Node::Leaf),
            Kind::Regex(pattern) => self.regex(pattern),
            Kind::Title(inner) => Node::Title(self.node(inner)),
            Kind::Not(inner) => Node::Not(self.node(inner)),
            Kind::Near {
                within,
                ordered,
                sides,
            } => Node::Near {
                within: *within,
                ordered: *ordered,
                left: self.node(&sides[0]),
                right: self.node(&sides[1]),
            },
            Kind::And(parts) => Node::And(parts.iter().map(|part| self.node(part)).collect()),
            Kind::Or(parts) => Node::Or(parts.iter().map(|part| self.node(part)).collect()),
            Kind::Missing => Node::Never,
        };
        self.nodes.push(node);
        number(self.nodes.len() - 1)
    }

    fn regex(&mut self, pattern: &Arc<str>) -> Node {
        if let Some(id) = self.regex_ids.get(pattern) {
            return Node::Regex(*id);
        }
        match keyword::regex(pattern) {
            Ok(regex) => {
                let id = number(self.regexes.len());
                self.regexes.push(regex);
                self.regex_ids.insert(Arc::clone(pattern), id);
                Node::Regex(id)
            }
            // The loader has refused such a rule.
            Err(_) => Node::Never,
        }
    }

    /// Sets of leaves of each of which one must be found for the node to match.
    fn required(&self, node: NodeId) -> Vec<Box<[LeafId]>> {
        match &self.nodes[node as usize] {
            Node::Leaf(leaf) => vec![Box::from([*leaf])],
            Node::Regex(_) | Node::Not(_) => Vec::new(),
            Node::Never => vec![Box::default()],
            Node::Title(inner) => self.required(*inner),
            Node::Near { left, right, .. } => {
                let mut clauses = self.required(*left);
                clauses.extend(self.required(*right));
                clauses
            }
            Node::And(parts) => parts.iter().flat_map(|part| self.required(*part)).collect(),
            Node::Or(parts) => {
                let mut any = Vec::new();
                for part in parts {
                    let clauses = self.required(*part);
                    match clauses.into_iter().min_by_key(|clause| self.cost(clause)) {
                        Some(rarest) => any.extend(rarest),
                        None => return Vec::new(),
                    }
                }
                any.sort_unstable();
                any.dedup();
                vec![any.into()]
            }
        }
    }

    fn cost(&self, clause: &[LeafId]) -> u64 {
        clause
            .iter()
            .map(|leaf| self.leaves[*leaf as usize].weight)
            .sum()
    }

    /// Leaves that count by being there.
    fn present_leaves(&self, node: NodeId, leaves: &mut Vec<LeafId>) {
        match &self.nodes[node as usize] {
            Node::Leaf(leaf) => leaves.push(*leaf),
            Node::Title(inner) => self.present_leaves(*inner, leaves),
            Node::Near { left, right, .. } => {
                self.present_leaves(*left, leaves);
                self.present_leaves(*right, leaves);
            }
            Node::And(parts) | Node::Or(parts) => {
                for part in parts {
                    self.present_leaves(*part, leaves);
                }
            }
            Node::Regex(_) | Node::Not(_) | Node::Never => {}
        }
    }

    /// Lets each list know the lists above it.
    fn settle_leaves(&mut self) {
        for top in 0..self.leaves.len() {
            let mut below: Vec<LeafId> = self.leaves[top].includes.clone();
            let mut at = 0;
            while let Some(leaf) = below.get(at).copied() {
                at += 1;
                self.leaves[leaf as usize].above.push(number(top));
                for next in &self.leaves[leaf as usize].includes {
                    if !below.contains(next) {
                        below.push(*next);
                    }
                }
            }
        }
    }

    fn finish(
        self,
        rules: Vec<(Rule, Vec<Box<[LeafId]>>)>,
        cues: Cues,
        veto: Option<LeafId>,
    ) -> Program {
        let mut triggers = Vec::new();
        let mut always = Vec::new();
        let mut built = Vec::with_capacity(rules.len());
        for (id, (mut rule, mut clauses)) in rules.into_iter().enumerate() {
            clauses.sort_by_key(|clause| self.cost(clause));
            clauses.dedup();
            let mut clauses = clauses.into_iter();
            match clauses.next() {
                Some(rarest) => {
                    triggers.extend(rarest.iter().map(|leaf| (*leaf, number(id))));
                    rule.required = clauses.take(MAX_CLAUSES).collect();
                }
                None => always.push(number(id)),
            }
            built.push(rule);
        }
        Program {
            leaves_of: Rows::new(self.terms.len(), self.holds),
            triggers: Rows::new(self.leaves.len(), triggers),
            terms: self.terms,
            leaves: self.leaves,
            regexes: self.regexes,
            nodes: self.nodes,
            rules: built,
            always,
            cues,
            veto,
        }
    }
}

/// Sets looked at before a rule is evaluated; more would cost more than they spare.
const MAX_CLAUSES: usize = 4;

/// How often a term is to be expected: one syllable is common, four are rare. The steps follow
/// the counts of syllables and phrases in news text; only their order matters.
fn weight(term: &Term) -> u64 {
    match term.text.split([' ', '-']).count() {
        1 => 400,
        2 => 40,
        3 => 8,
        _ => 2,
    }
}
