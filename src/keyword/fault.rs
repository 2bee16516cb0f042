//! What can be wrong inside a rule or a list's line, and how it is told.

use std::ops::Range;

use super::lex::MAX_DISTANCE;
use crate::message::Message;
use crate::problem::nearest;

/// A mistake at a byte range of the rule's own text.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// What is wrong.
    pub kind: FaultKind,
    /// Where.
    pub span: Range<usize>,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each has its words in the catalogue")]
pub enum FaultKind {
    EmptyRule,
    MissingAfter,
    MissingBefore,
    MissingOperator,
    EmptyGroup,
    Unopened,
    Unclosed,
    UnclosedQuote,
    UnclosedRegex,
    UnclosedOptions,
    EmptyPhrase,
    ListWithoutName,
    NearWithoutDistance(&'static str, u32),
    TooFar(&'static str),
    UnknownOption(String),
    StrictAndLoose,
    OptionsWithoutPhrase,
    PatternTooLong,
    PatternMatchesAll,
    BadPattern(String),
    TooDeep,
    TooLong,
    ChainTooLong,
    DoubleNot,
    NotAlone,
    AndInNear,
    /// Only a warning: the word is searched for as it stands.
    LowerCaseOperator(String),
}

/// Whether the rule cannot be used with this in it.
pub(super) fn is_error(kind: &FaultKind) -> bool {
    !matches!(kind, FaultKind::LowerCaseOperator(_))
}

impl Fault {
    /// What is wrong and the mend, in the catalogue's words; `written` is the text at the span.
    pub(super) fn messages(&self, written: &str) -> (Message, Message) {
        let plain =
            |what: &'static str, mend: &'static str| (Message::new(what), Message::new(mend));
        let named = |what: &'static str, mend: &'static str| {
            (
                Message::new(what).with("written", written),
                Message::new(mend).with("written", written),
            )
        };
        match &self.kind {
            FaultKind::EmptyRule => plain("keyword-empty-rule", "keyword-empty-rule-mend"),
            FaultKind::MissingAfter => named("keyword-missing-after", "keyword-missing-after-mend"),
            FaultKind::MissingBefore => {
                named("keyword-missing-before", "keyword-missing-before-mend")
            }
            FaultKind::MissingOperator => {
                named("keyword-missing-operator", "keyword-missing-operator-mend")
            }
            FaultKind::EmptyGroup => plain("keyword-empty-group", "keyword-empty-group-mend"),
            FaultKind::Unopened => plain("keyword-unopened", "keyword-unopened-mend"),
            FaultKind::Unclosed => plain("keyword-unclosed", "keyword-unclosed-mend"),
            FaultKind::UnclosedQuote => {
                plain("keyword-unclosed-quote", "keyword-unclosed-quote-mend")
            }
            FaultKind::UnclosedRegex => {
                plain("keyword-unclosed-regex", "keyword-unclosed-regex-mend")
            }
            FaultKind::UnclosedOptions => {
                plain("keyword-unclosed-options", "keyword-unclosed-options-mend")
            }
            FaultKind::EmptyPhrase => plain("keyword-empty-phrase", "keyword-empty-phrase-mend"),
            FaultKind::ListWithoutName => plain(
                "keyword-list-without-name",
                "keyword-list-without-name-mend",
            ),
            FaultKind::NearWithoutDistance(name, usual) => (
                Message::new("keyword-near-distance").with("written", written),
                Message::new("keyword-near-distance-mend").with("near", format!("{name}/{usual}")),
            ),
            FaultKind::TooFar(name) => (
                Message::new("keyword-too-far").with("name", name),
                Message::new("keyword-too-far-mend").with("near", format!("{name}/{MAX_DISTANCE}")),
            ),
            FaultKind::UnknownOption(option) => (
                Message::new("keyword-unknown-option").with("option", option),
                match nearest(option, ["strict", "loose", "name"]) {
                    Some(near) => Message::new("keyword-unknown-option-near").with("near", near),
                    None => Message::new("keyword-unknown-option-mend"),
                },
            ),
            FaultKind::StrictAndLoose => {
                plain("keyword-strict-and-loose", "keyword-strict-and-loose-mend")
            }
            FaultKind::OptionsWithoutPhrase => named(
                "keyword-options-without-phrase",
                "keyword-options-without-phrase-mend",
            ),
            FaultKind::PatternTooLong => {
                plain("keyword-pattern-too-long", "keyword-pattern-too-long-mend")
            }
            FaultKind::PatternMatchesAll => plain(
                "keyword-pattern-matches-all",
                "keyword-pattern-matches-all-mend",
            ),
            FaultKind::BadPattern(error) => (
                Message::new("keyword-bad-pattern").with("error", error),
                Message::new("keyword-bad-pattern-mend"),
            ),
            FaultKind::TooDeep => plain("keyword-too-deep", "keyword-too-deep-mend"),
            FaultKind::TooLong | FaultKind::ChainTooLong => {
                plain("keyword-too-long", "keyword-too-long-mend")
            }
            FaultKind::DoubleNot => plain("keyword-double-not", "keyword-double-not-mend"),
            FaultKind::NotAlone => named("keyword-not-alone", "keyword-not-alone-mend"),
            FaultKind::AndInNear => plain("keyword-and-in-near", "keyword-and-in-near-mend"),
            FaultKind::LowerCaseOperator(upper) => (
                Message::new("keyword-lower-case-operator").with("written", written),
                Message::new("keyword-lower-case-operator-mend")
                    .with("upper", upper)
                    .with("written", written),
            ),
        }
    }
}
