//! Warnings about what would load but not do what was meant: lists and rules together.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use super::expr::{Expr, Kind};
use super::lint::Lint;
use super::list::List;
use super::load::CUE_LISTS;
use super::place::Offsets;
use super::rule::{Mention, Placed};
use crate::message::Message;
use crate::problem::{Level, Problem, Problems, SourceFile};
use crate::text;

/// A conjunct that stands in more rules than this tells nothing about which contains which.
const TOO_COMMON: usize = 100;

type Lists = BTreeMap<Arc<str>, List>;

/// Looks at all lists and rules together.
pub(super) fn check(placed: &[Placed], lists: &Lists, mentions: &[Mention], problems: &Problems) {
    let usage = Usage::of(placed, lists, mentions);
    for (name, list) in lists {
        check_list(name, list, lists, &usage, problems);
    }
    for placed in placed {
        check_phrases(placed, problems);
        check_contradictions(placed, problems);
    }
    check_contained(placed, problems);
}

/// The place of `match` among a rule's expressions.
const MATCH: usize = 0;

/// Which lists are used, and which of them make a rule fire without a word near.
#[derive(Default)]
struct Usage {
    used: BTreeSet<Arc<str>>,
    alone: BTreeSet<Arc<str>>,
}

impl Usage {
    fn of(placed: &[Placed], lists: &Lists, mentions: &[Mention]) -> Self {
        let mut usage = Self::default();
        usage.used.extend(CUE_LISTS.into_iter().map(Arc::from));
        let mentioned = mentions.iter().map(|mention| Arc::clone(&mention.name));
        usage.used.extend(mentioned);
        for (place, (expr, _)) in placed
            .iter()
            .flat_map(|rule| rule.expressions().enumerate())
        {
            leaves(expr, true, place == MATCH, &mut |leaf, alone| {
                if let (Kind::List(name), true) = (&leaf.kind, alone) {
                    usage.alone.insert(Arc::clone(name));
                }
            });
        }
        // Includes pass on what they are used for; a list with itself in a circle is broken open.
        for set in [&mut usage.used, &mut usage.alone] {
            let mut open: Vec<Arc<str>> = set.iter().cloned().collect();
            while let Some(name) = open.pop() {
                for include in lists.get(&name).into_iter().flat_map(|list| &list.includes) {
                    if set.insert(Arc::clone(&include.value)) {
                        open.push(Arc::clone(&include.value));
                    }
                }
            }
        }
        usage
    }
}

/// Hands over every phrase, list and pattern, and whether it decides alone: no word must stand
/// near it, none beside it in the document. In `unless`, where `forbids` is false, what stands
/// under NOT lets the rule fire no oftener than its `match` does.
fn leaves<'e>(expr: &'e Expr, alone: bool, forbids: bool, visit: &mut impl FnMut(&'e Expr, bool)) {
    if expr.parts().is_empty() {
        visit(expr, alone);
    }
    let present = expr.parts().iter().filter(|part| !part.is_not()).count();
    for part in expr.parts() {
        let below = match expr.kind {
            Kind::Near { .. } => false,
            // What must be absent forbids the whole document.
            Kind::And(_) if part.is_not() => alone && forbids,
            Kind::And(_) => alone && present == 1,
            _ => alone,
        };
        leaves(part, below, forbids, visit);
    }
}

fn check_list(name: &Arc<str>, list: &List, lists: &Lists, usage: &Usage, problems: &Problems) {
    if !holds_terms(list, lists) {
        about_file(
            list,
            Level::Error,
            Message::new("keyword-empty-list").with("name", name),
            Message::new("keyword-empty-list-mend"),
            problems,
        );
    } else if !usage.used.contains(name) {
        about_file(
            list,
            Level::Warning,
            Message::new("keyword-unused-list").with("name", name),
            Message::new("keyword-unused-list-mend").with("name", name),
            problems,
        );
    }
    let vetoes: Vec<String> = list
        .vetoes
        .iter()
        .map(|veto| text::key(&veto.value.text))
        .collect();
    let marked: HashSet<String> = list
        .terms
        .iter()
        .filter(|term| !term.value.text.is_ascii())
        .map(|term| text::unmarked(&term.value.text))
        .collect();
    let lint = Lint {
        file: &list.file,
        problems,
        alone: usage.alone.contains(name),
        vetoes: &vetoes,
        marked: &marked,
    };
    let mut seen: HashMap<String, usize> = HashMap::new();
    for term in &list.terms {
        match seen.entry(text::key(&term.value.text)) {
            std::collections::hash_map::Entry::Occupied(first) => {
                twice(
                    &list.file,
                    term.span.clone(),
                    &term.value.text,
                    *first.get(),
                    problems,
                );
                continue;
            }
            std::collections::hash_map::Entry::Vacant(free) => {
                free.insert(term.span.start);
            }
        }
        // Cues are found near claims only: their terms never fire alone.
        if !CUE_LISTS.contains(&name.as_ref()) {
            lint.term(&term.value, &term.span);
        }
    }
}

fn holds_terms(list: &List, lists: &Lists) -> bool {
    !list.terms.is_empty()
        || list
            .includes
            .iter()
            .filter_map(|include| lists.get(&include.value))
            .any(|below| holds_terms(below, lists))
}

fn about_file(list: &List, level: Level, what: Message, mend: Message, problems: &Problems) {
    problems.push(
        Problem {
            level,
            ..Problem::whole_file(&list.file.path, what)
        }
        .mend(mend),
    );
}

fn check_phrases(placed: &Placed, problems: &Problems) {
    let mut marked = HashSet::new();
    for (expr, _) in placed.expressions() {
        leaves(expr, true, true, &mut |leaf, _| match &leaf.kind {
            Kind::Phrase(term) if !term.text.is_ascii() => {
                marked.insert(text::unmarked(&term.text));
            }
            _ => {}
        });
    }
    let lint = |alone| Lint {
        file: &placed.file,
        problems,
        alone,
        vetoes: &[],
        marked: &marked,
    };
    for (place, (expr, offsets)) in placed.expressions().enumerate() {
        leaves(expr, true, place == MATCH, &mut |leaf, alone| {
            if let Kind::Phrase(term) = &leaf.kind {
                lint(alone).term(term, &offsets.place(&leaf.span));
            }
        });
    }
}

/// Parts without which an expression cannot match.
fn necessary<'e>(expr: &'e Expr, found: &mut Vec<&'e Expr>) {
    if expr.is_not() {
        return;
    }
    found.push(expr);
    if !matches!(expr.kind, Kind::Or(_)) {
        for part in expr.parts() {
            necessary(part, found);
        }
    }
}

/// The branches of an OR; of anything else itself.
fn branches(expr: &Expr) -> &[Expr] {
    match &expr.kind {
        Kind::Or(parts) => parts,
        _ => std::slice::from_ref(expr),
    }
}

fn check_contradictions(placed: &Placed, problems: &Problems) {
    let never = |expr: &Expr, offsets: &Offsets, part: &Expr| {
        problems.push(
            Problem::error(
                &placed.file,
                offsets.place(&expr.span),
                Message::new("keyword-never").with("part", part),
            )
            .mend(Message::new("keyword-never-mend").with("part", part)),
        );
    };
    for (expr, offsets) in placed.expressions() {
        expr.walk(&mut |part| {
            let Kind::And(parts) = &part.kind else { return };
            let mut needed = Vec::new();
            for conjunct in parts {
                necessary(conjunct, &mut needed);
            }
            for conjunct in parts {
                let Kind::Not(inner) = &conjunct.kind else {
                    continue;
                };
                if let Some(both) = branches(inner)
                    .iter()
                    .find(|branch| needed.contains(branch))
                {
                    never(conjunct, offsets, both);
                }
            }
        });
    }
    if let (Some(unless), Some(offsets)) = (&placed.rule.unless, &placed.unless) {
        let mut needed = Vec::new();
        necessary(&placed.rule.matches, &mut needed);
        for branch in branches(unless) {
            if needed.contains(&branch) {
                never(branch, offsets, branch);
            }
        }
    }
}

/// A rule as the sets of what must be there: any of the sets will do.
fn alternatives(expr: &Expr) -> Vec<BTreeSet<String>> {
    branches(expr)
        .iter()
        .map(|branch| match &branch.kind {
            Kind::And(parts) => parts.iter().map(ToString::to_string).collect(),
            _ => BTreeSet::from([branch.to_string()]),
        })
        .collect()
}

/// Tells of rules that fire only where another one fires too.
fn check_contained(placed: &[Placed], problems: &Problems) {
    let sets: Vec<Vec<BTreeSet<String>>> = placed
        .iter()
        .map(|placed| alternatives(&placed.rule.matches))
        .collect();
    let mut rules_of: HashMap<&str, Vec<usize>> = HashMap::new();
    for (rule, sets) in sets.iter().enumerate() {
        for part in sets.iter().flatten() {
            let rules = rules_of.entry(part).or_default();
            if rules.last() != Some(&rule) {
                rules.push(rule);
            }
        }
    }
    let unless = |rule: usize| placed[rule].rule.unless.as_ref();
    for (inner, alternatives) in sets.iter().enumerate() {
        let Some(first) = alternatives.first() else {
            continue;
        };
        let candidates = first
            .iter()
            .filter_map(|part| rules_of.get(part.as_str()))
            .filter(|rules| rules.len() <= TOO_COMMON)
            .flatten();
        let outer = candidates.copied().find(|outer| {
            let covers =
                |set: &BTreeSet<String>| sets[*outer].iter().any(|wider| wider.is_subset(set));
            // Of two equal rules the later one is told.
            *outer != inner
                && (unless(*outer).is_none() || unless(*outer) == unless(inner))
                && alternatives.iter().all(covers)
                && (*outer < inner
                    || sets[*outer] != *alternatives
                    || unless(*outer) != unless(inner))
        });
        let Some(outer) = outer else { continue };
        let (inner, outer) = (&placed[inner], &placed[outer]);
        let (line, _) = outer.file.position(outer.id.start);
        problems.push(
            Problem::warning(
                &inner.file,
                inner.id.clone(),
                Message::new("keyword-contained")
                    .with("inner", &inner.rule.meta.id)
                    .with("outer", &outer.rule.meta.id)
                    .with("place", format!("{}:{line}", outer.file.path.display())),
            )
            .mend(Message::new("keyword-contained-mend").with("outer", &outer.rule.meta.id)),
        );
    }
}

/// A list's name must be one that `@name` can say.
pub(super) fn list_name(file: &Arc<SourceFile>, name: &str, problems: &Problems) {
    if super::lex::list_name(name) != name || name.is_empty() {
        problems.push(
            Problem::whole_file(
                &file.path,
                Message::new("keyword-list-file-name").with("name", name),
            )
            .mend(Message::new("keyword-list-file-name-mend")),
        );
    }
}

/// A term that stands in one file twice.
pub(super) fn twice(
    file: &Arc<SourceFile>,
    span: Range<usize>,
    term: &str,
    first: usize,
    problems: &Problems,
) {
    let (line, _) = file.position(first);
    problems.push(
        Problem::warning(
            file,
            span,
            Message::new("keyword-twice")
                .with("term", term)
                .count("line", line),
        )
        .mend(Message::new("keyword-twice-mend")),
    );
}
