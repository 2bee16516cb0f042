//! A term as a list or a rule writes it.

use std::sync::Arc;

/// Options in brackets at the end of a list's line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub struct TermOptions {
    /// `[strict]`: marks must be equal.
    pub strict: bool,
    /// `[loose]`: a one-syllable term matches unmarked text too, in a document without marks.
    pub loose: bool,
    /// `[name]`: a proper name; every syllable begins with a capital in the original, or the
    /// document has no capitals or no marks at all.
    pub name: bool,
    /// Written behind `!`: a passage that cancels the list's terms inside it; matches in
    /// whatever case or marks.
    pub veto: bool,
}

/// A term: one or more syllables written with their marks.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Term {
    /// The syllables as written, white space collapsed.
    pub text: Arc<str>,
    /// How it may match.
    pub options: TermOptions,
}
