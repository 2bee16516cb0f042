//! How grave an alert is, and why: what its rule says, moved by who tells it, how it is written,
//! where it happens and how far it has spread.
//!
//! A rule that merely follows a subject (`info`) is never moved, and nothing is moved down to it.

use serde::{Deserialize, Serialize};

use super::Alert;
use super::route::names;
use crate::keyword::Severity;
use crate::scan::{Stance, Tier};
use crate::source::Trust;

/// How long a page counts as telling a rumour now: an old rumour that comes back on
/// one page has not spread.
pub const SPREAD_WINDOW: std::time::Duration = std::time::Duration::from_secs(7 * 24 * 3600);

/// Pages at which a rumour weighs one step more (yet not `urgent`), two steps, three.
const SPREAD_STEPS: [u64; 3] = [3, 10, 30];

/// Why an alert is as grave as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weight {
    /// What the rule says.
    pub rule: Severity,
    /// What moved it, in order; each moved it indeed.
    pub reasons: Vec<Reason>,
}

/// What moves an alert's severity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reason {
    /// Lighter: an official page tells it, which mostly is a warning that was not recognised.
    Official,
    /// Lighter: written without marks, so it may be another word.
    Unmarked,
    /// Graver: written so that it is not found.
    Disguised,
    /// Graver: it names a place of the office's own.
    Place(String),
    /// Graver: as many pages tell it.
    Spread(u64),
}

impl Alert {
    /// Weighs an alert whose severity is its rule's.
    pub(super) fn weigh(&mut self, places: &[String]) {
        self.weight = Some(Weight {
            rule: self.severity,
            reasons: Vec::new(),
        });
        if self.trust == Trust::Official {
            self.move_by(-1, Severity::Urgent, Reason::Official);
        }
        match self.tier {
            Tier::Unmarked => self.move_by(-1, Severity::Urgent, Reason::Unmarked),
            Tier::Disguised => self.move_by(1, Severity::Urgent, Reason::Disguised),
            Tier::Exact | Tier::Variant => {}
        }
        let named = places
            .iter()
            .find(|place| names(&self.page_title, place) || names(&self.excerpt.text, place));
        if let Some(place) = named {
            self.move_by(1, Severity::Urgent, Reason::Place(place.clone()));
        }
    }

    /// Weighs in that `pages` sources, this one included, tell the rumour within
    /// [`SPREAD_WINDOW`].
    pub fn weigh_spread(&mut self, pages: u64) {
        if self.stance == Stance::Denies {
            return;
        }
        let reached = SPREAD_STEPS.into_iter().filter(|least| pages >= *least);
        let (steps, most) = match reached.count() {
            0 => return,
            1 => (1, Severity::High),
            2 => (2, Severity::Urgent),
            _ => (3, Severity::Urgent),
        };
        self.move_by(steps, most, Reason::Spread(pages));
    }

    /// The graver of what the rule says and what was weighed: routes ask for this one, so that
    /// weighing never takes an alert from somebody.
    #[must_use]
    pub fn routed_severity(&self) -> Severity {
        let rule = self.weight.as_ref().map(|weight| weight.rule);
        rule.map_or(self.severity, |rule| rule.max(self.severity))
    }

    fn move_by(&mut self, steps: i8, most: Severity, reason: Reason) {
        let mut moved = self.severity;
        for _ in 0..steps.unsigned_abs() {
            moved = match (moved, steps > 0) {
                (Severity::Info, _) => Severity::Info,
                (Severity::Low, false) | (Severity::Medium, false) => Severity::Low,
                (Severity::Low, true) | (Severity::High, false) => Severity::Medium,
                (Severity::Medium, true) | (Severity::Urgent, false) => Severity::High,
                (Severity::High | Severity::Urgent, true) => Severity::Urgent,
            };
        }
        let moved = if steps > 0 {
            moved.min(most.max(self.severity))
        } else {
            moved
        };
        if moved == self.severity {
            return;
        }
        if let Some(weight) = &mut self.weight {
            weight.reasons.push(reason);
            self.severity = moved;
        }
    }
}
