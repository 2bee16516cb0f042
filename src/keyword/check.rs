//! Warnings about what would load but not do what was meant.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::list::List;
use super::rule::Placed;
use crate::message::Message;
use crate::problem::{Problem, Problems, SourceFile};

/// Looks at all lists and rules together.
pub(super) fn check(_placed: &[Placed], _lists: &BTreeMap<Arc<str>, List>, _problems: &Problems) {}

/// A list's name must be one that `@name` can say.
pub(super) fn list_name(file: &Arc<SourceFile>, name: &str, problems: &Problems) {
    if super::lex::list_name(name) != name || name.is_empty() {
        problems.push(
            Problem {
                file: Arc::clone(file),
                span: None,
                ..Problem::whole_file(
                    &file.path,
                    Message::new("keyword-list-file-name").with("name", name),
                )
            }
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
