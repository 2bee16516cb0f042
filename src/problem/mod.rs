//! What users wrote wrongly: never an error value that ends anything, always a list of problems
//! with file, line, column and the mend.

pub mod toml;

mod meant;
mod render;

use std::cell::RefCell;
use std::fmt;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::message::Message;

pub use meant::{meant, nearest};
pub use render::{Style, render, render_all};

/// A file that a user edits, as it was read.
#[derive(Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// The path as users should see it.
    pub path: PathBuf,
    /// Its text; empty where it could not be read.
    pub text: String,
    /// Where its lines begin; a file of many blocks is asked for many places.
    lines: OnceLock<Vec<usize>>,
}

impl SourceFile {
    /// A file with its text.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>, text: impl Into<String>) -> Arc<Self> {
        Arc::new(Self {
            path: path.into(),
            text: text.into(),
            lines: OnceLock::new(),
        })
    }

    /// Line and column of a byte offset, both from 1, the column in characters.
    #[must_use]
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let offset = self.text.floor_char_boundary(offset);
        let lines = self.lines.get_or_init(|| {
            let ends = self.text.match_indices('\n').map(|(at, _)| at + 1);
            std::iter::once(0).chain(ends).collect()
        });
        let line = lines.partition_point(|start| *start <= offset);
        let start = lines[line - 1];
        (line, self.text[start..offset].chars().count() + 1)
    }
}

/// How much a problem matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Works, but probably not as meant.
    Warning,
    /// Cannot work: the last good version stays in force.
    Error,
}

/// One thing to mend in a user's file.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// Error or warning.
    pub level: Level,
    /// The file it stands in.
    pub file: Arc<SourceFile>,
    /// Byte range in the file's text that the caret shows; `None` speaks of the whole file.
    pub span: Option<Range<usize>>,
    /// What is wrong.
    pub what: Message,
    /// What to write instead.
    pub mend: Option<Message>,
}

impl Problem {
    /// An error at `span`.
    #[must_use]
    pub fn error(file: &Arc<SourceFile>, span: Range<usize>, what: Message) -> Self {
        Self {
            level: Level::Error,
            file: Arc::clone(file),
            span: Some(span),
            what,
            mend: None,
        }
    }

    /// A warning at `span`.
    #[must_use]
    pub fn warning(file: &Arc<SourceFile>, span: Range<usize>, what: Message) -> Self {
        Self {
            level: Level::Warning,
            ..Self::error(file, span, what)
        }
    }

    /// An error about a file as a whole: missing, unreadable.
    #[must_use]
    pub fn whole_file(path: &Path, what: Message) -> Self {
        Self {
            level: Level::Error,
            file: SourceFile::new(path, ""),
            span: None,
            what,
            mend: None,
        }
    }

    /// Adds the mend.
    #[must_use]
    pub fn mend(mut self, mend: Message) -> Self {
        self.mend = Some(mend);
        self
    }
}

/// Collects problems while files are read.
#[derive(Debug, Default)]
pub struct Problems(RefCell<Vec<Problem>>);

impl Problems {
    /// Adds a problem.
    pub fn push(&self, problem: Problem) {
        self.0.borrow_mut().push(problem);
    }

    /// Whether any of them is an error.
    #[must_use]
    pub fn any_error(&self) -> bool {
        self.errors() > 0
    }

    /// How many of them are errors.
    #[must_use]
    pub fn errors(&self) -> usize {
        let is_error = |p: &&Problem| p.level == Level::Error;
        self.0.borrow().iter().filter(is_error).count()
    }

    /// How many there are so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.borrow().len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All of them, by file and place, errors before warnings at one place.
    #[must_use]
    pub fn into_sorted(self) -> Vec<Problem> {
        let mut list = self.0.into_inner();
        list.sort_by(|a, b| {
            let place = |p: &Problem| p.span.as_ref().map(|span| span.start);
            (&a.file.path, place(a), b.level).cmp(&(&b.file.path, place(b), a.level))
        });
        list
    }
}

/// A value with the byte range it was written at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands in its file.
    pub span: Range<usize>,
}

impl<T: fmt::Display> fmt::Display for Spanned<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

impl<T> Spanned<T> {
    /// The value changed, the place kept.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned {
            value: change(self.value),
            span: self.span,
        }
    }
}

/// Reads a file as UTF-8 text; what cannot be read becomes a problem.
#[must_use]
pub fn read_text(path: &Path, problems: &Problems) -> Option<Arc<SourceFile>> {
    match std::fs::read(path) {
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => {
                let text = text
                    .strip_prefix('\u{feff}')
                    .map_or(text.clone(), str::to_owned);
                Some(SourceFile::new(path, text))
            }
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let line = error.as_bytes()[..at]
                    .iter()
                    .filter(|b| **b == b'\n')
                    .count()
                    + 1;
                problems.push(
                    Problem::whole_file(path, Message::new("problem-not-utf8").count("line", line))
                        .mend(Message::new("problem-not-utf8-mend")),
                );
                None
            }
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            problems.push(
                Problem::whole_file(path, Message::new("problem-file-missing"))
                    .mend(Message::new("problem-file-missing-mend")),
            );
            None
        }
        Err(error) => {
            problems.push(
                Problem::whole_file(
                    path,
                    Message::new("problem-file-unreadable").with("error", error),
                )
                .mend(Message::new("problem-file-unreadable-mend")),
            );
            None
        }
    }
}

/// What a path written in a file of the folder `base` leads to, without steps there and back: people
/// look for `keywords`, not for `config/../keywords`. A step back out of a link to a folder stays,
/// since it leads elsewhere.
#[must_use]
pub fn beside(base: &Path, written: impl AsRef<Path>) -> PathBuf {
    let mut path = PathBuf::new();
    for part in base.join(written).components() {
        let back = part == Component::ParentDir
            && matches!(path.components().next_back(), Some(Component::Normal(_)))
            && !path.is_symlink();
        match part {
            Component::CurDir => {}
            _ if back => {
                path.pop();
            }
            _ => path.push(part),
        }
    }
    if path.as_os_str().is_empty() {
        path.push(".");
    }
    path
}

#[cfg(test)]
mod tests;
