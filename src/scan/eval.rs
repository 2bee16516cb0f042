//! One document against the program.

use std::sync::Arc;

use super::passage::{Bond, Part, Parts, Passage, Sorted, distinct, pairs, sort, without};
use super::program::{LeafId, Node, NodeId, Program, RuleId};
use super::terms::{Occurrence, Scratch, TermMatcher};
use crate::document::{Document, Field};

/// What evaluating a document needs; used again for the next one.
#[derive(Debug, Default)]
pub(super) struct State {
    scratch: Scratch,
    /// All terms found, in order; what patterns found stands behind them.
    pub(super) found: Vec<Occurrence>,
    pub(super) terms_found: usize,
    parts: Parts,
    /// This document's number; what bears another is left from an earlier one.
    now: u32,
    leaves: Vec<Bucket>,
    rules: Vec<u32>,
    candidates: Vec<RuleId>,
    pub(super) regexes: Vec<Option<Vec<u32>>>,
    pub(super) title_syllables: Option<u32>,
}

/// What a leaf found.
#[derive(Debug, Default)]
struct Bucket {
    touched: u32,
    settled: u32,
    found: Vec<u32>,
    /// `found` as passages, once a rule has asked for them.
    passages: Option<Arc<Sorted>>,
}

/// A rule that fired, with the passages that made it fire.
#[derive(Debug)]
pub(super) struct Fired {
    pub(super) rule: RuleId,
    pub(super) passages: Vec<Passage>,
}

impl State {
    pub(super) fn new(program: &Program) -> Self {
        let mut state = Self::default();
        state
            .leaves
            .resize_with(program.leaves.len(), Bucket::default);
        state.rules.resize(program.rules.len(), 0);
        state.regexes.resize(program.regexes.len(), None);
        state
    }

    /// Looks up all terms; afterwards rules can be evaluated.
    pub(super) fn find(&mut self, program: &Program, matcher: &TermMatcher, document: &Document) {
        self.next_document();
        matcher.find(
            &document.title,
            &document.text,
            &mut self.scratch,
            &mut self.found,
        );
        self.terms_found = self.found.len();
        let Self {
            found,
            leaves,
            candidates,
            rules,
            now,
            ..
        } = self;
        let mut touch = |leaf: LeafId, occurrence: Option<u32>| {
            let bucket = &mut leaves[leaf as usize];
            let first = bucket.touched != *now;
            if first {
                bucket.touched = *now;
                bucket.found.clear();
                for rule in program.triggers.row(leaf) {
                    if std::mem::replace(&mut rules[*rule as usize], *now) != *now {
                        candidates.push(*rule);
                    }
                }
            }
            bucket.found.extend(occurrence);
            first
        };
        for (number, occurrence) in (0..).zip(found.iter()) {
            for leaf in program.leaves_of.row(occurrence.term) {
                if touch(*leaf, Some(number)) {
                    for above in &program.leaves[*leaf as usize].above {
                        touch(*above, None);
                    }
                }
            }
        }
    }

    fn next_document(&mut self) {
        self.parts.clear();
        self.candidates.clear();
        self.regexes.fill(None);
        self.title_syllables = None;
        self.now = self.now.wrapping_add(1);
        if self.now == 0 {
            // The numbers came round: nothing of an earlier document may look like this one's.
            self.rules.fill(0);
            for bucket in &mut self.leaves {
                (bucket.touched, bucket.settled) = (0, 0);
            }
            self.now = 1;
        }
    }

    /// Every rule that fires, in the order of the book.
    pub(super) fn fire(&mut self, program: &Program, document: &Document) -> Vec<Fired> {
        let mut candidates = std::mem::take(&mut self.candidates);
        candidates.extend(&program.always);
        candidates.sort_unstable();
        let mut fired = Vec::new();
        for id in &candidates {
            let rule = &program.rules[*id as usize];
            if !self.may_fire(&rule.required) {
                continue;
            }
            let mut passages = self.passages(program, document, rule.matches, false);
            distinct(&mut passages);
            if passages.is_empty() {
                continue;
            }
            let cancelled = rule
                .unless
                .is_some_and(|unless| !self.passages(program, document, unless, false).is_empty());
            if !cancelled {
                fired.push(Fired {
                    rule: *id,
                    passages,
                });
            }
        }
        self.candidates = candidates;
        fired
    }

    fn may_fire(&self, required: &[Box<[LeafId]>]) -> bool {
        required
            .iter()
            .all(|clause| clause.iter().any(|leaf| self.is_touched(*leaf)))
    }

    fn is_touched(&self, leaf: LeafId) -> bool {
        self.leaves[leaf as usize].touched == self.now
    }

    /// Where a node matches, sorted by place. Inside NEAR a `NOT` is handled by its parent.
    pub(super) fn passages(
        &mut self,
        program: &Program,
        document: &Document,
        node: NodeId,
        title: bool,
    ) -> Vec<Passage> {
        match &program.nodes[node as usize] {
            Node::Leaf(leaf) => {
                self.settle(program, *leaf);
                let bucket = &self.leaves[*leaf as usize];
                if bucket.touched != self.now {
                    return Vec::new();
                }
                self.singles(&bucket.found, title)
            }
            Node::Regex(regex) => {
                self.match_regex(program, document, *regex);
                let found = self.regexes[*regex as usize].as_deref().unwrap_or_default();
                self.singles(found, title)
            }
            Node::Title(inner) => self.passages(program, document, *inner, true),
            Node::Not(_) | Node::Never => Vec::new(),
            Node::Or(parts) => {
                let mut all = Vec::new();
                for part in parts {
                    all.append(&mut self.passages(program, document, *part, title));
                }
                sort(&mut all);
                all
            }
            Node::And(parts) => self.all_of(program, document, parts, title),
            Node::Near {
                within,
                ordered,
                left,
                right,
            } => {
                let bond = Bond {
                    within: *within,
                    ordered: *ordered,
                    close: true,
                };
                self.near(program, document, (*left, *right), bond, title)
            }
        }
    }

    fn singles(&self, numbers: &[u32], title: bool) -> Vec<Passage> {
        let mut all: Vec<Passage> = numbers
            .iter()
            .filter(|number| !title || self.found[**number as usize].field == Field::Title)
            .map(|number| {
                let occurrence = &self.found[*number as usize];
                Passage {
                    from: occurrence.syllables.start,
                    to: occurrence.syllables.end,
                    paragraph: occurrence.paragraph,
                    gap: 0,
                    part: Part::One(*number),
                }
            })
            .collect();
        sort(&mut all);
        all
    }

    fn all_of(
        &mut self,
        program: &Program,
        document: &Document,
        parts: &[NodeId],
        title: bool,
    ) -> Vec<Passage> {
        for part in parts {
            if let Node::Not(inner) = &program.nodes[*part as usize]
                && !self.passages(program, document, *inner, title).is_empty()
            {
                return Vec::new();
            }
        }
        let mut whole: Option<Arc<Sorted>> = None;
        for part in parts {
            if matches!(program.nodes[*part as usize], Node::Not(_)) {
                continue;
            }
            let found = self.operand(program, document, *part, title);
            if found.is_empty() {
                return Vec::new();
            }
            whole = Some(match whole {
                None => found,
                Some(before) => Arc::new(Sorted::new(self.join(&before, &found, Bond::DOCUMENT))),
            });
        }
        whole.map_or_else(Vec::new, |whole| whole.to_vec())
    }

    fn near(
        &mut self,
        program: &Program,
        document: &Document,
        (left, right): (NodeId, NodeId),
        bond: Bond,
        title: bool,
    ) -> Vec<Passage> {
        let absent = |node: NodeId| match &program.nodes[node as usize] {
            Node::Not(inner) => Some(*inner),
            _ => None,
        };
        let (kept, absent, kept_first) = match (absent(left), absent(right)) {
            (None, None) => {
                let lefts = self.operand(program, document, left, title);
                if lefts.is_empty() {
                    return Vec::new();
                }
                let rights = self.operand(program, document, right, title);
                return self.join(&lefts, &rights, bond);
            }
            (None, Some(absent)) => (left, absent, true),
            (Some(absent), None) => (right, absent, false),
            (Some(_), Some(_)) => return Vec::new(),
        };
        let kept = self.operand(program, document, kept, title);
        if kept.is_empty() {
            return Vec::new();
        }
        let absent = self.operand(program, document, absent, title);
        without(&kept, &absent, bond, kept_first)
    }

    /// Where a node matches, kept for the next rule that asks for the same list.
    fn operand(
        &mut self,
        program: &Program,
        document: &Document,
        node: NodeId,
        title: bool,
    ) -> Arc<Sorted> {
        let leaf = match &program.nodes[node as usize] {
            Node::Leaf(leaf) if !title => *leaf,
            _ => return Arc::new(Sorted::new(self.passages(program, document, node, title))),
        };
        self.settle(program, leaf);
        if !self.is_touched(leaf) {
            return Arc::default();
        }
        if let Some(known) = &self.leaves[leaf as usize].passages {
            return Arc::clone(known);
        }
        let all = self.singles(&self.leaves[leaf as usize].found, false);
        let all = Arc::new(Sorted::new(all));
        self.leaves[leaf as usize].passages = Some(Arc::clone(&all));
        all
    }

    fn join(&mut self, left: &Sorted, right: &Sorted, bond: Bond) -> Vec<Passage> {
        let found = &self.found;
        let spans = |number: u32| {
            let syllables = &found[number as usize].syllables;
            (syllables.start, syllables.end)
        };
        pairs(left, right, bond, &spans, &mut self.parts)
    }

    /// Makes a leaf's finds complete: with those of included lists, without cancelled ones.
    fn settle(&mut self, program: &Program, leaf: LeafId) {
        let at = leaf as usize;
        if self.leaves[at].touched != self.now || self.leaves[at].settled == self.now {
            return;
        }
        self.leaves[at].settled = self.now;
        self.leaves[at].passages = None;
        let built = &program.leaves[at];
        let mut found = std::mem::take(&mut self.leaves[at].found);
        for include in &built.includes {
            self.settle(program, *include);
            if self.is_touched(*include) {
                found.extend_from_slice(&self.leaves[*include as usize].found);
            }
        }
        if !built.includes.is_empty() {
            found.sort_unstable();
            found.dedup();
        }
        for veto in [built.veto, program.veto].into_iter().flatten() {
            if self.is_touched(veto) && veto != leaf {
                self.drop_inside(&mut found, veto);
            }
        }
        self.leaves[at].found = found;
    }

    /// Drops finds that lie inside a find of `veto`.
    fn drop_inside(&self, found: &mut Vec<u32>, veto: LeafId) {
        let at = |number: u32| {
            let occurrence = &self.found[number as usize];
            (
                (occurrence.field, occurrence.range.start),
                occurrence.range.end,
            )
        };
        // The farthest end of all passages that begin at or before each.
        let mut reach = Vec::new();
        for (start, end) in self.leaves[veto as usize].found.iter().map(|n| at(*n)) {
            let before = reach.last().filter(|((field, _), _)| *field == start.0);
            let farthest = before.map_or(end, |(_, before): &((Field, usize), usize)| {
                end.max(*before)
            });
            reach.push((start, farthest));
        }
        found.retain(|number| {
            let (start, end) = at(*number);
            let behind = reach.partition_point(|(begin, _)| *begin <= start);
            let covered = behind
                .checked_sub(1)
                .map(|at| reach[at])
                .is_some_and(|((field, _), farthest)| field == start.0 && farthest >= end);
            !covered
        });
    }

    /// What a leaf found, as numbers of occurrences.
    pub(super) fn leaf(&mut self, program: &Program, leaf: Option<LeafId>) -> Vec<u32> {
        let Some(leaf) = leaf else { return Vec::new() };
        self.settle(program, leaf);
        if self.is_touched(leaf) {
            self.leaves[leaf as usize].found.clone()
        } else {
            Vec::new()
        }
    }

    /// Whether the title holds a find of one of the leaves.
    pub(super) fn title_has(&self, leaves: &[LeafId]) -> bool {
        leaves
            .iter()
            .filter(|leaf| self.is_touched(**leaf))
            .any(|leaf| {
                self.leaves[*leaf as usize]
                    .found
                    .first()
                    .is_some_and(|number| self.found[*number as usize].field == Field::Title)
            })
    }

    /// Hands over the number of each occurrence of a passage.
    pub(super) fn each(&self, passage: &Passage, visit: &mut impl FnMut(u32)) {
        self.parts.each(passage.part, visit);
    }
}
