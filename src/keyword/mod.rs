//! Keyword files → (Rulebook, problems): lists of terms and rules of rumours, as admins write
//! them. One bad line never disables the others.

mod check;
mod encode;
mod expr;
mod fault;
mod left_out;
mod lex;
mod lint;
mod list;
mod load;
mod parse;
mod place;
mod refutation;
mod rule;
mod term;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use expr::{Expr, Kind};
pub use fault::{Fault, FaultKind};
pub use left_out::LeftOut;
pub use list::List;
pub use load::{CUE_LISTS, DENIALS, NEGATIONS, POINTERS, REFUTATIONS, REVERSALS, Rulebook, load};
pub use parse::parse;
pub use refutation::KnownRefutation;
pub use rule::Rule;
pub use term::{Term, TermOptions};

/// The longest stretch of a text that a pattern is tried on at once.
pub const REGEX_WINDOW: usize = 64 * 1024;

/// Compiles a rule's pattern: upper and lower case alike, bounded in size.
///
/// # Errors
/// The pattern is no regular expression, or one that grows beyond the bound.
pub fn regex(pattern: &str) -> Result<regex::Regex, regex::Error> {
    regex::RegexBuilder::new(pattern)
        .case_insensitive(true)
        .size_limit(1 << 20)
        .dfa_size_limit(1 << 20)
        .build()
}

/// How grave it is when a rule fires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Merely followed.
    Info,
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
    /// Urgent.
    Urgent,
}

impl Severity {
    /// The values as files write them, for problem reports.
    pub const WANTED: &'static str = "info | low | medium | high | urgent";
}

impl FromStr for Severity {
    type Err = ();

    fn from_str(s: &str) -> Result<Self, ()> {
        Ok(match s {
            "info" => Self::Info,
            "low" => Self::Low,
            "medium" => Self::Medium,
            "high" => Self::High,
            "urgent" => Self::Urgent,
            _ => return Err(()),
        })
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Urgent => "urgent",
        })
    }
}

/// What a rule says of itself, apart from when it fires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleMeta {
    /// Stable name.
    pub id: Arc<str>,
    /// The claim, in words officers use.
    pub title: String,
    /// How grave.
    pub severity: Severity,
    /// What it is about.
    pub topic: Option<String>,
    /// What officers can say.
    pub answer: Option<String>,
    /// Official material to share.
    pub links: Vec<String>,
    /// When the claim was first seen.
    pub since: Option<Date>,
    /// Who has refuted it already.
    pub refutations: Vec<KnownRefutation>,
}

#[cfg(test)]
mod tests;
