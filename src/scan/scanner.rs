//! The scanner: a rulebook made ready, shared by all threads.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::eval::State;
use super::passage::Passage;
use super::program::Program;
use super::stance::{Cues, Decided};
use super::terms::{Occurrence, TermMatcher};
use super::{Hit, TermSpan, Tier};
use crate::document::Document;
use crate::keyword::Rulebook;

/// Who speaks in a document, for the stance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Speaker {
    /// Anyone: a social page, a forum, unknown.
    #[default]
    Anyone,
    /// A state body or the press: a denial speaks of its whole paragraph.
    Authority,
}

/// Finds the rules that fire on a document. Immutable: share it between threads.
pub struct Scanner {
    pub(super) book: Arc<Rulebook>,
    pub(super) program: Program,
    pub(super) matcher: TermMatcher,
    /// Working memory, handed out and taken back.
    states: Mutex<Vec<State>>,
}

impl fmt::Debug for Scanner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scanner")
            .field("version", &self.book.version)
            .field("rules", &self.program.rules.len())
            .finish_non_exhaustive()
    }
}

impl Scanner {
    /// Makes a rulebook ready.
    #[must_use]
    pub fn new(book: Arc<Rulebook>) -> Self {
        let program = Program::build(&book);
        let matcher = TermMatcher::build(&program.terms, &book.homoglyphs);
        Self {
            book,
            program,
            matcher,
            states: Mutex::default(),
        }
    }

    /// The rulebook it was made of.
    #[must_use]
    pub fn rulebook(&self) -> &Arc<Rulebook> {
        &self.book
    }

    /// Every rule that fires on the document, once each, in the order of the book.
    #[must_use]
    pub fn scan(&self, document: &Document, speaker: Speaker) -> Vec<Hit> {
        let mut state = self
            .states()
            .pop()
            .unwrap_or_else(|| State::new(&self.program));
        state.find(&self.program, &self.matcher, document);
        let fired = state.fire(&self.program, document);
        let mut hits = Vec::with_capacity(fired.len());
        if !fired.is_empty() {
            let cues = Cues::read(&mut state, &self.program, &fired);
            for (at, fired) in fired.iter().enumerate() {
                let decided = cues.decide(&state, &self.program, fired, at, speaker);
                hits.push(self.hit(&state, fired.rule, &decided));
            }
        }
        self.states().push(state);
        hits
    }

    fn states(&self) -> std::sync::MutexGuard<'_, Vec<State>> {
        // Working memory is made anew for each document: a panic elsewhere leaves it usable.
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hit(&self, state: &State, rule: u32, decided: &Decided) -> Hit {
        let spans = spans(&self.program, state, &decided.passages);
        Hit {
            rule: Arc::clone(&self.program.rules[rule as usize].meta),
            stance: decided.stance,
            tier: spans
                .iter()
                .map(|span| span.tier)
                .max()
                .unwrap_or(Tier::Exact),
            spans,
            cue: decided
                .cue
                .map(|number| span(&self.program, &state.found[number as usize])),
        }
    }
}

/// The spans of passages in the order of the document, each once, none inside another.
fn spans(program: &Program, state: &State, passages: &[Passage]) -> Vec<TermSpan> {
    let mut numbers = Vec::new();
    for passage in passages {
        state.each(passage, &mut |number| numbers.push(number));
    }
    let place = |number: &u32| {
        let found = &state.found[*number as usize];
        (
            found.field,
            found.range.start,
            std::cmp::Reverse(found.range.end),
        )
    };
    numbers.sort_unstable_by_key(place);
    numbers.dedup_by_key(|number| place(number));
    let mut spans: Vec<TermSpan> = Vec::with_capacity(numbers.len());
    for number in numbers {
        let next = span(program, &state.found[number as usize]);
        let inside = spans
            .last()
            .is_some_and(|last| last.field == next.field && last.range.end >= next.range.end);
        if !inside {
            spans.push(next);
        }
    }
    spans
}

pub(in crate::scan) fn span(program: &Program, found: &Occurrence) -> TermSpan {
    let term = match program.terms.get(found.term as usize) {
        Some(term) => Arc::clone(&term.text),
        None => State::regex_of(program, found.term)
            .map_or_else(|| Arc::from(""), |pattern| format!("/{pattern}/").into()),
    };
    TermSpan {
        field: found.field,
        range: found.range.clone(),
        term,
        tier: found.tier,
    }
}
