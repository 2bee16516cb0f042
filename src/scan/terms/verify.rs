//! Whether syllables that spell a term also have its marks, and how near they are to it.

use super::compile::Compiled;
use super::lexicon::Lexicon;
use super::stream::Token;
use super::token::{Marks, flag};
use crate::scan::Tier;

/// One syllable of a possible match.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) id: u32,
    pub(super) marks: Marks,
    /// [`flag`]s of the token, or of the letters it was spelled by.
    pub(super) flags: u32,
}

impl Step {
    /// A token as it stands; what stands before the first one does not matter.
    #[inline]
    pub(super) fn of(token: &Token, first: bool) -> Self {
        let veiled = token.flags & flag::VEIL != 0 && !first;
        Self {
            id: token.id,
            marks: token.marks,
            flags: token.flags | if veiled { flag::DISGUISED } else { 0 },
        }
    }
}

/// What must hold of the whole document for a match to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Needs {
    /// No letter of the document has a mark.
    pub(super) no_marks: bool,
    /// The document has no capitals, or no marks.
    pub(super) no_capitals: bool,
}

impl Needs {
    /// Whether a document with these [`flag`]s satisfies them.
    pub(super) const fn met(self, document: u32) -> bool {
        let marks = document & flag::MARKED != 0;
        let capitals = document & flag::CAPITALS != 0;
        !(self.no_marks && marks || self.no_capitals && capitals && marks)
    }
}

/// Compares the marks of a match with the term's: some may be missing, none contradicted.
///
/// A partly marked phrase whose every syllable is a word is another phrase (`chưa khỏi` is not
/// `chữa khỏi`); syllables written just as in the term have no voice in it, so that neither is
/// `chưa khỏi covid` `chữa khỏi covid`.
pub(super) fn verify(
    term: &Compiled,
    marks: &[Marks],
    steps: &[Step],
    lexicon: &Lexicon,
) -> Option<(Tier, Needs)> {
    let mut tier = Tier::Exact;
    let mut needs = Needs::default();
    let mut missing = false;
    for (step, wanted) in steps.iter().zip(marks) {
        if step.marks != *wanted {
            if !step.marks.same(*wanted) {
                if term.options.strict && !term.options.veto {
                    return None;
                }
                if !term.options.veto && !step.marks.within(*wanted) {
                    return None;
                }
                missing = true;
            }
            if step.marks.y() != wanted.y() {
                tier = tier.max(Tier::Variant);
            }
        }
        if step.flags & flag::DISGUISED != 0 {
            tier = Tier::Disguised;
        }
        needs.no_capitals |= term.options.name && step.flags & flag::CAPITAL == 0;
    }
    if term.options.veto {
        needs.no_capitals = false;
    }
    if missing {
        tier = tier.max(Tier::Unmarked);
        let marked = steps.iter().any(|step| step.marks.any());
        if term.options.veto {
            return Some((tier, needs));
        }
        if steps.len() == 1 {
            if marked || !term.options.loose {
                return None;
            }
            needs.no_marks = true;
        }
        let another = |(step, wanted): (&Step, &Marks)| {
            step.marks.same(*wanted) || lexicon.is_word(step.id, step.marks)
        };
        if steps.len() > 1 && marked && steps.iter().zip(marks).all(another) {
            return None;
        }
    }
    Some((tier, needs))
}
