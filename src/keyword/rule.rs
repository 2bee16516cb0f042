//! `[[rule]]` blocks of `rumours/*.toml` and `topics/*.toml`.

use std::ops::Range;
use std::sync::Arc;

use super::expr::{Expr, Kind};
use super::fault::is_error;
use super::left_out::LeftOut;
use super::list::report;
use super::parse::parse;
use super::place::Offsets;
use super::{RuleMeta, Severity};
use crate::message::Message;
use crate::problem::toml::{Table, read_file};
use crate::problem::{Problem, Problems, SourceFile, Spanned};

/// A rule: what it says of itself, and when it fires.
#[derive(Debug, Clone)]
pub struct Rule {
    /// What it says of itself.
    pub meta: Arc<RuleMeta>,
    /// It fires where this is found,
    pub matches: Expr,
    /// unless this is found in the same document.
    pub unless: Option<Expr>,
}

/// A rule with the places of its parts in its file, as the loader needs them.
#[derive(Debug)]
pub(super) struct Placed {
    pub(super) rule: Rule,
    pub(super) file: Arc<SourceFile>,
    pub(super) id: Range<usize>,
    pub(super) matches: Offsets,
    pub(super) unless: Option<Offsets>,
}

impl Placed {
    /// Each of its expressions with the offsets of its text in the file.
    pub(super) fn expressions(&self) -> impl Iterator<Item = (&Expr, &Offsets)> {
        let unless = self.rule.unless.as_ref().zip(self.unless.as_ref());
        std::iter::once((&self.rule.matches, &self.matches)).chain(unless)
    }
}

/// A list that a rule names, whether or not the rule is free of errors.
#[derive(Debug)]
pub(super) struct Mention {
    pub(super) file: Arc<SourceFile>,
    pub(super) place: Range<usize>,
    pub(super) name: Arc<str>,
}

/// Whether a file's rules must name their severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shelf {
    Rumours,
    Topics,
}

/// Reads the rules of a file; those with an error in what decides whether they fire are left out.
pub(super) fn read_rules(
    file: &Arc<SourceFile>,
    shelf: Shelf,
    mentions: &mut Vec<Mention>,
    left_out: &mut LeftOut,
    problems: &Problems,
) -> Vec<Placed> {
    let before = problems.len();
    read_file(file, problems, |mut root| {
        if problems.len() > before {
            // The syntax is broken: what stands behind may not have been seen.
            left_out.add_unnamed();
        }
        let mut read = |table: Table<'_>| {
            let (id, topic) = (table.peek("id"), table.peek("topic"));
            let rule = read_rule(table, shelf, mentions);
            if rule.is_none() {
                left_out.add(id, topic);
            }
            rule
        };
        let rules = root.tables("rule").into_iter().filter_map(&mut read);
        let rules = rules.collect();
        root.finish();
        rules
    })
}

fn read_rule(mut table: Table<'_>, shelf: Shelf, mentions: &mut Vec<Mention>) -> Option<Placed> {
    let (file, problems) = (Arc::clone(table.file()), table.problems());
    let id = table
        .required("id", "\"vac-xin-vo-sinh\"")
        .and_then(|id| checked_id(id, &table));
    let title = table.required("title", "\"Vắc xin gây vô sinh\"");
    let severity = severity(&mut table, shelf);
    let topic = table.string("topic").map(|topic| topic.value);
    let matches = table
        .required("match", "'@vac-xin NEAR/12 vô sinh'")
        .map(|text| expression(&file, &text, mentions, problems));
    let unless = table
        .string("unless")
        .map(|text| expression(&file, &text, mentions, problems));
    let answer = table.string("answer").map(|answer| answer.value);
    let links = links(&mut table);
    let since = table.date("since").map(|since| since.value);
    table.finish();
    let (id, title) = (id?, title?);
    let (matches, match_offsets) = matches??;
    let (unless, unless_offsets) = match unless {
        Some(unless) => unless.map(|(expr, offsets)| (Some(expr), Some(offsets)))?,
        None => (None, None),
    };
    Some(Placed {
        rule: Rule {
            meta: Arc::new(RuleMeta {
                id: id.value.into(),
                title: title.value,
                severity: severity?,
                topic,
                answer,
                links,
                since,
                refutations: Vec::new(),
            }),
            matches,
            unless,
        },
        file,
        id: id.span,
        matches: match_offsets,
        unless: unless_offsets,
    })
}

fn severity(table: &mut Table<'_>, shelf: Shelf) -> Option<Severity> {
    if !table.has("severity") {
        // Takes the key all the same, so that it is among the known ones.
        let _ = table.string("severity");
        if shelf == Shelf::Topics {
            return Some(Severity::Info);
        }
        table.missing("severity", "\"medium\"");
        return None;
    }
    table
        .parsed("severity", Severity::WANTED)
        .map(|severity| severity.value)
}

/// Ids stand in file names, mails and commands: letters, digits, `-`, `_`, `.`.
fn checked_id(id: Spanned<String>, table: &Table<'_>) -> Option<Spanned<String>> {
    let fine = !id.value.is_empty()
        && id.value.len() <= 80
        && id
            .value
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    if fine {
        return Some(id);
    }
    let proposed: String = crate::text::unmarked(&id.value)
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("-");
    let proposed = if proposed.is_empty() {
        "vac-xin-vo-sinh".to_owned()
    } else {
        proposed
    };
    table.error(
        id.span,
        Message::new("keyword-bad-id").with("id", id.value),
        Message::new("keyword-bad-id-mend").with("id", proposed),
    );
    None
}

/// Links that are http(s); the others are told and left out, the rule stays.
fn links(table: &mut Table<'_>) -> Vec<String> {
    let written = table.strings("links").unwrap_or_default();
    let checked = written
        .into_iter()
        .filter_map(|link| checked_link(table, link));
    checked.collect()
}

/// A link that is http(s); another one is told.
pub(super) fn checked_link(table: &Table<'_>, link: Spanned<String>) -> Option<String> {
    let fine = url::Url::parse(&link.value)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if fine && !link.value.contains(char::is_whitespace) {
        return Some(link.value);
    }
    let bare = link.value.trim();
    let mend =
        if !bare.is_empty() && !bare.contains("://") && bare.contains('.') && !bare.contains(' ') {
            Message::new("keyword-bad-link-near").with("near", format!("https://{bare}"))
        } else {
            Message::new("keyword-bad-link-mend")
        };
    table.error(
        link.span,
        Message::new("keyword-bad-link").with("link", &link.value),
        mend,
    );
    None
}

fn expression(
    file: &Arc<SourceFile>,
    text: &Spanned<String>,
    mentions: &mut Vec<Mention>,
    problems: &Problems,
) -> Option<(Expr, Offsets)> {
    let offsets = Offsets::of_string(&file.text, &text.span, &text.value);
    let (expr, faults) = parse(&text.value);
    mentions.extend(lists_in(&expr).into_iter().map(|(name, span)| Mention {
        file: Arc::clone(file),
        place: offsets.place(&span),
        name,
    }));
    let broken = faults.iter().any(|fault| is_error(&fault.kind));
    for fault in faults {
        // A mistake about the whole of an empty rule has no letters of its own.
        let place = if text.value.trim().is_empty() {
            text.span.clone()
        } else {
            offsets.place(&fault.span)
        };
        report(file, place, &fault, problems);
    }
    (!broken).then_some((expr, offsets))
}

/// Names of the lists that an expression uses, with their places in its text.
pub(super) fn lists_in(expr: &Expr) -> Vec<(Arc<str>, Range<usize>)> {
    let mut names = Vec::new();
    expr.walk(&mut |part| {
        if let Kind::List(name) = &part.kind
            && !name.is_empty()
        {
            names.push((Arc::clone(name), part.span.clone()));
        }
    });
    names
}

/// Tells that a rule names a list that is not there.
pub(super) fn unknown_list(
    file: &Arc<SourceFile>,
    place: Range<usize>,
    name: &str,
    near: Option<&str>,
    problems: &Problems,
) {
    let mend = match near {
        Some(near) => Message::new("keyword-unknown-list-near").with("near", near),
        None => Message::new("keyword-unknown-list-mend").with("name", name),
    };
    problems.push(
        Problem::error(
            file,
            place,
            Message::new("keyword-unknown-list").with("name", name),
        )
        .mend(mend),
    );
}
