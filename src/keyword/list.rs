//! A list of terms: one a line, with options, vetoes and other lists.

use std::ops::Range;
use std::sync::Arc;

use super::fault::{Fault, FaultKind};
use super::lex::{collapse, list_name, read_options};
use super::{Term, TermOptions};
use crate::message::Message;
use crate::problem::{Problem, Problems, SourceFile, Spanned};

/// The longest term, in characters. A line beyond it is no term but a passage, or a file that
/// is no list.
const MAX_TERM: usize = 200;

/// A list as its file says it.
#[derive(Debug, Clone)]
pub struct List {
    /// Its terms.
    pub terms: Vec<Spanned<Term>>,
    /// Passages that cancel its terms inside them.
    pub vetoes: Vec<Spanned<Term>>,
    /// Lists whose terms belong to it.
    pub includes: Vec<Spanned<Arc<str>>>,
    /// Where it was read from.
    pub file: Arc<SourceFile>,
}

/// What one line says.
pub(super) enum Line {
    Term(Term),
    Include(Arc<str>),
    Nothing,
}

/// Reads a whole list.
pub(super) fn read_list(file: &Arc<SourceFile>, problems: &Problems) -> List {
    let mut list = List {
        terms: Vec::new(),
        vetoes: Vec::new(),
        includes: Vec::new(),
        file: Arc::clone(file),
    };
    for (start, line) in lines(&file.text) {
        let (said, span) = read_line(line, start, file, problems);
        match said {
            Line::Term(term) if term.options.veto => {
                list.vetoes.push(Spanned { value: term, span });
            }
            Line::Term(term) => list.terms.push(Spanned { value: term, span }),
            Line::Include(name) => list.includes.push(Spanned { value: name, span }),
            Line::Nothing => {}
        }
    }
    list
}

/// The lines of a text with the offset of each; a lone CR ends a line too.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive(['\n', '\r']).map(move |line| {
        let start = at;
        at += line.len();
        (start, line)
    })
}

/// Reads one line that starts at `start`; the span is that of what it says, without comment.
pub(super) fn read_line(
    line: &str,
    start: usize,
    file: &Arc<SourceFile>,
    problems: &Problems,
) -> (Line, Range<usize>) {
    let body = without_comment(line);
    let content = body.trim();
    let at = start + (body.len() - body.trim_start().len());
    let span = at..at + content.len();
    if content.is_empty() {
        return (Line::Nothing, span);
    }
    let mut faults = Vec::new();
    let said = if let Some(name) = content.strip_prefix('@') {
        include(name, at, &mut faults)
    } else {
        term(content, at, &mut faults)
    };
    let broken = faults
        .iter()
        .any(|fault| super::fault::is_error(&fault.kind));
    for fault in faults {
        report(file, fault.span.clone(), &fault, problems);
    }
    let said = if broken { Line::Nothing } else { said };
    if let Line::Term(term) = &said {
        if term.text.chars().nth(MAX_TERM).is_some() {
            problems.push(
                Problem::error(file, span.clone(), Message::new("keyword-term-too-long"))
                    .mend(Message::new("keyword-term-too-long-mend")),
            );
            return (Line::Nothing, span);
        }
        if let Some(operator) = operator_in(&term.text) {
            problems.push(
                Problem::warning(
                    file,
                    span.clone(),
                    Message::new("keyword-operator-in-list").with("operator", operator),
                )
                .mend(Message::new("keyword-operator-in-list-mend")),
            );
        }
    }
    (said, span)
}

fn include(name: &str, at: usize, faults: &mut Vec<Fault>) -> Line {
    let known = list_name(name);
    if known.is_empty() || known.len() < name.trim_end().len() {
        faults.push(Fault {
            kind: FaultKind::ListWithoutName,
            span: at..at + 1 + name.len(),
        });
        return Line::Nothing;
    }
    Line::Include(known.into())
}

fn term(content: &str, at: usize, faults: &mut Vec<Fault>) -> Line {
    let mut options = TermOptions::default();
    let (mut text, mut at) = (content, at);
    if let Some(rest) = text.strip_prefix('!') {
        options.veto = true;
        at += 1 + rest.len() - rest.trim_start().len();
        text = rest.trim_start();
    }
    while let Some(inner) = text.strip_suffix(']') {
        let Some(open) = inner.rfind('[') else { break };
        read_options(&inner[open + 1..], at + open + 1, &mut options, faults);
        text = inner[..open].trim_end();
    }
    if let Some(open) = text.rfind('[')
        && !text[open..].contains(']')
    {
        faults.push(Fault {
            kind: FaultKind::UnclosedOptions,
            span: at + open..at + text.len(),
        });
    }
    text = unquoted(text, at, faults);
    if !text.chars().any(char::is_alphanumeric) && faults.is_empty() {
        faults.push(Fault {
            kind: FaultKind::EmptyPhrase,
            span: at..at + text.len().max(1),
        });
    }
    Line::Term(Term {
        text: collapse(text),
        options,
    })
}

/// Quotes around a term mean nothing; one without the other is a slip.
fn unquoted<'t>(text: &'t str, at: usize, faults: &mut Vec<Fault>) -> &'t str {
    let opens = text.starts_with(['"', '“']);
    let closes = text.ends_with(['"', '”']) && text.chars().count() > 1;
    match (opens, closes) {
        (true, true) => text.trim_matches(['"', '“', '”']).trim(),
        (false, false) => text,
        _ => {
            faults.push(Fault {
                kind: FaultKind::UnclosedQuote,
                span: at..at + text.len(),
            });
            text
        }
    }
}

/// A `#` at the beginning of the line or after a space, with a space behind it or none before.
fn without_comment(line: &str) -> &str {
    if line.trim_start().starts_with('#') {
        return "";
    }
    let comment = line
        .match_indices(" #")
        .map(|(at, _)| at)
        .find(|at| line[at + 2..].starts_with([' ', '\t', '\n', '\r']) || line.len() == at + 2)
        .or_else(|| line.find("\t#"));
    comment.map_or(line, |at| &line[..at])
}

fn operator_in(text: &str) -> Option<&str> {
    text.split(' ').skip(1).find(|word| {
        matches!(*word, "AND" | "OR" | "NOT")
            || word.starts_with("NEAR/")
            || word.starts_with("BEFORE/")
    })
}

/// Tells a fault of a list's line or of a rule at its place in the file.
pub(super) fn report(
    file: &Arc<SourceFile>,
    place: Range<usize>,
    fault: &Fault,
    problems: &Problems,
) {
    let written = file.text.get(place.clone()).unwrap_or_default();
    let (what, mend) = fault.messages(written);
    let problem = if super::fault::is_error(&fault.kind) {
        Problem::error(file, place, what)
    } else {
        Problem::warning(file, place, what)
    };
    problems.push(problem.mend(mend));
}
