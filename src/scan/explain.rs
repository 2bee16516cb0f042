//! Why a rule fired: each of its operators with its truth.

use super::eval::State;
use super::program::{Node, NodeId, Program};
use super::{Scanner, TermSpan};
use crate::document::Document;
use crate::keyword::{Expr, Kind};

/// Spans shown of one part.
const MAX_SHOWN: usize = 4;

/// A part of a rule and what became of it in a document.
#[derive(Debug, Clone)]
pub struct Explained {
    /// The part as rules write it.
    pub written: String,
    /// What joins the parts below: `AND`, `OR`, `NOT`, `NEAR/5`, `BEFORE/3`, `title:`; empty for
    /// a phrase, list or pattern.
    pub operator: String,
    /// Whether it holds.
    pub holds: bool,
    /// At how many places it was found.
    pub places: usize,
    /// The first of them; for a phrase, list or pattern.
    pub found: Vec<TermSpan>,
    /// The parts below.
    pub parts: Vec<Explained>,
}

/// Why a rule fired, or did not.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// `match`.
    pub matches: Explained,
    /// `unless`.
    pub unless: Option<Explained>,
}

impl Scanner {
    /// Explains the rule `id` on a document; `None` where the book has no such rule.
    #[must_use]
    pub fn explain(&self, document: &Document, id: &str) -> Option<Explanation> {
        let at = self
            .book
            .rules
            .iter()
            .position(|rule| &*rule.meta.id == id)?;
        let (rule, built) = (&self.book.rules[at], &self.program.rules[at]);
        let mut state = State::new(&self.program);
        state.find(&self.program, &self.matcher, document);
        let mut explain = |expr: &Expr, node: NodeId| {
            let mut walk = Walk {
                program: &self.program,
                document,
                state: &mut state,
            };
            walk.explain(expr, node, false, false)
        };
        Some(Explanation {
            matches: explain(&rule.matches, built.matches),
            unless: rule
                .unless
                .as_ref()
                .zip(built.unless)
                .map(|(expr, node)| explain(expr, node)),
        })
    }
}

struct Walk<'a> {
    program: &'a Program,
    document: &'a Document,
    state: &'a mut State,
}

impl Walk<'_> {
    fn explain(&mut self, expr: &Expr, node: NodeId, title: bool, beside_near: bool) -> Explained {
        let passages = self
            .state
            .passages(self.program, self.document, node, title);
        let built = &self.program.nodes[node as usize];
        let below: Vec<NodeId> = match built {
            Node::Title(inner) | Node::Not(inner) => vec![*inner],
            Node::Near { left, right, .. } => vec![*left, *right],
            Node::And(parts) | Node::Or(parts) => parts.to_vec(),
            Node::Leaf(_) | Node::Regex(_) | Node::Never => Vec::new(),
        };
        let is_title = matches!(built, Node::Title(_));
        let is_near = matches!(built, Node::Near { .. });
        let parts: Vec<Explained> = expr
            .parts()
            .iter()
            .zip(below)
            .map(|(part, node)| self.explain(part, node, title || is_title, is_near))
            .collect();
        let holds = match built {
            // Beside NEAR it forbids a neighbour, not a presence: the parent tells.
            Node::Not(_) if beside_near => true,
            Node::Not(_) => parts.iter().all(|part| !part.holds),
            _ => !passages.is_empty(),
        };
        let mut found = Vec::new();
        if parts.is_empty() {
            for passage in passages.iter().take(MAX_SHOWN) {
                self.state.each(passage, &mut |number| {
                    found.push(super::scanner::span(
                        self.program,
                        &self.state.found[number as usize],
                    ));
                });
            }
        }
        Explained {
            written: expr.to_string(),
            operator: operator(&expr.kind),
            holds,
            places: passages.len(),
            found,
            parts,
        }
    }
}

fn operator(kind: &Kind) -> String {
    match kind {
        Kind::And(_) => "AND".to_owned(),
        Kind::Or(_) => "OR".to_owned(),
        Kind::Not(_) => "NOT".to_owned(),
        Kind::Title(_) => "title:".to_owned(),
        Kind::Near {
            within, ordered, ..
        } => format!("{}/{within}", if *ordered { "BEFORE" } else { "NEAR" }),
        Kind::Phrase(_) | Kind::List(_) | Kind::Regex(_) | Kind::Missing => String::new(),
    }
}
