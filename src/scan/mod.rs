//! Document × Rulebook → Hits, each with its stance, its tier and exact byte spans.

pub mod terms;

mod eval;
mod explain;
mod passage;
mod pattern;
mod program;
mod scanner;
mod stance;

#[cfg(test)]
mod tests;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::document::Field;
use crate::keyword::RuleMeta;

pub use explain::{Explained, Explanation};
pub use scanner::{Scanner, Speaker};

/// How the surface of a match differs from the term as the list writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// The same word but for case, normal form, tone placement, separators.
    Exact,
    /// i/y.
    Variant,
    /// Marks missing.
    Unmarked,
    /// Seen through a disguise.
    Disguised,
}

/// Whether a document claims the rumour or refutes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stance {
    /// Tells it as true, or passes it on.
    Asserts,
    /// Refutes it.
    Denies,
}

/// One matched term in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermSpan {
    /// Which field.
    pub field: Field,
    /// Byte range in that field's original text.
    pub range: Range<usize>,
    /// The term as its list or rule writes it.
    pub term: Arc<str>,
    /// How its surface differs.
    pub tier: Tier,
}

/// A rule that fired on a document.
#[derive(Debug, Clone)]
pub struct Hit {
    /// The rule.
    pub rule: Arc<RuleMeta>,
    /// Asserts or denies.
    pub stance: Stance,
    /// The least exact tier among the spans that made the rule fire.
    pub tier: Tier,
    /// The terms that made it fire, in the order of the document (title first).
    pub spans: Vec<TermSpan>,
    /// The cue that decided a `denies`, if any, as a span for display.
    pub cue: Option<TermSpan>,
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Exact => "exact",
            Self::Variant => "variant",
            Self::Unmarked => "unmarked",
            Self::Disguised => "disguised",
        })
    }
}

impl fmt::Display for Stance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Asserts => "asserts",
            Self::Denies => "denies",
        })
    }
}
