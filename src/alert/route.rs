//! Who gets an alert: a tree of routes as in Alertmanager. Of routes beside each other the first
//! that matches takes the alert, and the next ones too where it says so; a route with routes
//! below it hands the alert down, and keeps it where none of those matches.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use unicode_normalization::UnicodeNormalization;

use super::mute::Mute;
use super::timing::{Timing, Told};
use super::{Alert, Dispatch};
use crate::document::Document;
use crate::keyword::Severity;
use crate::problem::{SourceFile, Spanned};
use crate::scan::Stance;
use crate::source::Trust;

/// Mails within any hour that a receiver gets unless its settings say otherwise: one in five
/// minutes.
const MAX_PER_HOUR: usize = 12;

/// Who is told: a name with addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receiver {
    /// What routes call it.
    pub name: String,
    /// Addresses, each `a@b.vn` or `Name <a@b.vn>`; at least one.
    pub to: Vec<String>,
    /// Mails within any hour; what is more waits and becomes one digest. `None`: the files say
    /// nothing, see [`Receiver::most_per_hour`].
    pub max_per_hour: Option<usize>,
    /// When its mails leave unless a route says otherwise.
    pub timing: Timing,
}

impl Receiver {
    /// Mails within any hour while the service runs. Where somebody asks for one pass and all its
    /// mails at once, only what the files say counts.
    #[must_use]
    pub fn most_per_hour(&self) -> usize {
        self.max_per_hour.unwrap_or(MAX_PER_HOUR)
    }
}

/// What a route asks of an alert, all of it. An empty list matches everything.
#[derive(Debug, Clone)]
pub struct Conditions {
    /// The least severity.
    pub min_severity: Severity,
    /// The rule's topic is one of these; case does not count.
    pub topic: Vec<Spanned<String>>,
    /// The rule's id is one of these.
    pub rule: Vec<Spanned<String>>,
    /// The document names one of these, as whole words; case does not count.
    pub place: Vec<String>,
    /// The source's id is one of these.
    pub source: Vec<Spanned<String>>,
    /// The source has one of these tags.
    pub tags: Vec<Spanned<String>>,
    /// The source is one of these.
    pub trust: Vec<Trust>,
}

/// Which alerts go to a receiver, and when.
#[derive(Debug, Clone)]
pub struct Route {
    /// The receiver's name, its own or inherited.
    pub receiver: String,
    /// What it asks.
    pub conditions: Conditions,
    /// When its mails leave, all inheritance settled.
    pub timing: Timing,
    /// Whether the routes beside it, after this one, are asked too.
    pub go_on: bool,
    /// The routes below it.
    pub routes: Vec<Route>,
}

/// All receivers and routes, as settled from `[[receiver]]`, `[[route]]` and `[[mute]]`.
#[derive(Debug, Clone)]
pub struct Routing {
    /// Who can be told.
    pub receivers: Vec<Receiver>,
    /// Asked in this order.
    pub routes: Vec<Route>,
    /// What nobody wants mails about for some time.
    pub mutes: Vec<Mute>,
    /// The office's own places, from `[office]`: an alert that names one weighs more.
    pub places: Vec<String>,
    /// The office's clock.
    pub tz: TimeZone,
    /// The file they stand in and the place of the first route, for warnings.
    pub(super) at: (Arc<SourceFile>, Range<usize>),
    /// What mutes name, for warnings.
    pub(super) muted: Muted,
}

/// The ids that mutes name, when they end, and where that stands.
#[derive(Debug, Clone, Default)]
pub(super) struct Muted {
    pub(super) rules: Vec<Spanned<String>>,
    pub(super) sources: Vec<Spanned<String>>,
    pub(super) ends: Vec<Spanned<Timestamp>>,
}

/// Where an alert goes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Routed {
    /// To whom, and when; each receiver once.
    pub dispatches: Vec<Dispatch>,
    /// What keeps it from going anywhere.
    pub muted: Option<Mute>,
}

/// One of a route's conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// `min_severity`
    Severity,
    /// `topic`
    Topic,
    /// `rule`
    Rule,
    /// `place`
    Place,
    /// `source`
    Source,
    /// `tags`
    Tags,
    /// `trust`
    Trust,
}

/// What is asked of, all but the document's words.
#[derive(Clone, Copy)]
pub(super) struct Side<'a> {
    pub(super) severity: Severity,
    pub(super) topic: Option<&'a str>,
    pub(super) rule: &'a str,
    pub(super) source: &'a str,
    pub(super) tags: &'a [String],
    pub(super) trust: Trust,
}

impl<'a> Side<'a> {
    fn of(alert: &'a Alert) -> Self {
        Self {
            severity: alert.routed_severity(),
            topic: alert.topic.as_deref(),
            rule: &alert.rule,
            source: &alert.source,
            tags: &alert.tags,
            trust: alert.trust,
        }
    }
}

impl Conditions {
    /// Each condition that stands in the route, and whether it holds; `Place` is left out.
    pub(super) fn asked(&self, side: Side<'_>) -> Vec<(Condition, bool)> {
        let any = |list: &[Spanned<String>], word: &str| {
            let same = |w: &Spanned<String>| w.value.to_lowercase() == word.to_lowercase();
            list.iter().any(same)
        };
        let is = |list: &[Spanned<String>], id: &str| list.iter().any(|w| w.value == id);
        let topic = side.topic.is_some_and(|topic| any(&self.topic, topic));
        let tags = side.tags.iter().any(|tag| any(&self.tags, tag));
        let all = [
            (
                self.min_severity > Severity::Info,
                Condition::Severity,
                side.severity >= self.min_severity,
            ),
            (!self.topic.is_empty(), Condition::Topic, topic),
            (
                !self.rule.is_empty(),
                Condition::Rule,
                is(&self.rule, side.rule),
            ),
            (
                !self.source.is_empty(),
                Condition::Source,
                is(&self.source, side.source),
            ),
            (!self.tags.is_empty(), Condition::Tags, tags),
            (
                !self.trust.is_empty(),
                Condition::Trust,
                self.trust.contains(&side.trust),
            ),
        ];
        let standing = all.into_iter().filter(|(stands, _, _)| *stands);
        standing.map(|(_, what, holds)| (what, holds)).collect()
    }

    /// Each condition that stands in the route, and whether the alert fulfils it.
    #[must_use]
    pub fn judge(&self, alert: &Alert) -> Vec<(Condition, bool)> {
        let mut judged = self.asked(Side::of(alert));
        if !self.place.is_empty() {
            let holds = self.place.iter().any(|place| alert.tells_of(place));
            judged.push((Condition::Place, holds));
        }
        judged
    }

    fn hold(&self, alert: &Alert) -> bool {
        self.judge(alert).iter().all(|(_, holds)| *holds)
    }
}

impl Alert {
    /// Whether the document names a place: known since it was read, else seen in what was kept.
    fn tells_of(&self, place: &str) -> bool {
        let known = self
            .places
            .iter()
            .any(|known| known.to_lowercase() == place.to_lowercase());
        known || names(&self.page_title, place) || names(&self.excerpt.text, place)
    }
}

/// Whether `text` holds `place` as whole words, whatever the case.
pub(super) fn names(text: &str, place: &str) -> bool {
    let fold = |s: &str| s.nfc().collect::<String>().to_lowercase();
    let (text, place) = (fold(text), fold(place));
    !place.is_empty()
        && text.match_indices(&place).any(|(at, found)| {
            let border = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
            border(text[..at].chars().next_back())
                && border(text[at + found.len()..].chars().next())
        })
}

/// The routes that take an alert, in order.
fn takers<'r>(routes: &'r [Route], alert: &Alert, into: &mut Vec<&'r Route>) -> bool {
    let mut taken = false;
    for route in routes.iter().filter(|route| route.conditions.hold(alert)) {
        if !takers(&route.routes, alert, into) {
            into.push(route);
        }
        taken = true;
        if !route.go_on {
            break;
        }
    }
    taken
}

/// Every route, those below others after them.
pub(super) fn every<'r>(routes: &'r [Route], into: &mut Vec<&'r Route>) {
    for route in routes {
        into.push(route);
        every(&route.routes, into);
    }
}

impl Routing {
    /// The receiver of that name.
    #[must_use]
    pub fn receiver(&self, name: &str) -> Option<&Receiver> {
        self.receivers.iter().find(|receiver| receiver.name == name)
    }

    /// Every place that a route asks for and the document names.
    #[must_use]
    pub fn places_in(&self, document: &Document) -> Vec<String> {
        let mut all = Vec::new();
        every(&self.routes, &mut all);
        let mut found: Vec<String> = Vec::new();
        for place in all.iter().flat_map(|route| &route.conditions.place) {
            let there = names(&document.title, place) || names(&document.text, place);
            if there && !found.contains(place) {
                found.push(place.clone());
            }
        }
        found
    }

    /// The routes that take an alert, in order, each receiver once.
    #[must_use]
    pub fn takers(&self, alert: &Alert) -> Vec<&Route> {
        let mut all = Vec::new();
        takers(&self.routes, alert, &mut all);
        let mut told: BTreeSet<&str> = BTreeSet::new();
        all.retain(|route| told.insert(&route.receiver));
        all
    }

    /// What mutes an alert at `now`: of several, the one that holds longest.
    #[must_use]
    pub fn muted(&self, alert: &Alert, now: Timestamp) -> Option<&Mute> {
        let holding = self.mutes.iter().filter(|mute| mute.holds(alert, now));
        holding.max_by_key(|mute| mute.until)
    }

    /// Who gets an alert that comes in at `now`, and when; `told` is what mails have told of its
    /// rumour so far.
    ///
    /// A refutation by an official or press source goes to those who were mailed the rumour and
    /// do not know yet that it is refuted, within the group that they know it from; any other
    /// goes to nobody.
    #[must_use]
    pub fn route(&self, alert: &Alert, told: &[Told], now: Timestamp) -> Routed {
        if let Some(mute) = self.muted(alert, now) {
            return Routed {
                dispatches: Vec::new(),
                muted: Some(mute.clone()),
            };
        }
        let dispatches = match alert.stance {
            Stance::Asserts => self.tell(alert, told, now),
            Stance::Denies => self.follow_up(alert, told, now),
        };
        Routed {
            dispatches,
            muted: None,
        }
    }

    fn tell(&self, alert: &Alert, told: &[Told], now: Timestamp) -> Vec<Dispatch> {
        let dispatch = |route: &Route| {
            let group = route.timing.group(alert);
            let known = told
                .iter()
                .find(|told| told.receiver == route.receiver && told.group == group);
            let severity = alert.routed_severity();
            let due = route.timing.due(severity, known, now, &self.tz);
            Dispatch::new(&route.receiver, group, due)
        };
        self.takers(alert).into_iter().map(dispatch).collect()
    }

    fn follow_up(&self, alert: &Alert, told: &[Told], now: Timestamp) -> Vec<Dispatch> {
        let counts = matches!(alert.trust, Trust::Official | Trust::Press)
            // A rule that merely follows a subject has nothing to refute.
            && alert.severity > Severity::Info;
        let mut dispatches: Vec<Dispatch> = Vec::new();
        if !counts {
            return dispatches;
        }
        let mut latest: Vec<&Told> = told.iter().collect();
        latest.sort_by_key(|told| std::cmp::Reverse(told.last));
        for known in latest {
            let name = &known.receiver;
            let knows = told.iter().any(|t| t.receiver == *name && t.refuted);
            if knows || dispatches.iter().any(|d| d.receiver == *name) {
                continue;
            }
            let timing = self.receiver(name).map(|receiver| &receiver.timing);
            let due = match timing {
                Some(timing) => timing.due(alert.severity, Some(known), now, &self.tz),
                // Nobody by that name any more: it waits with whatever else waits for them.
                None => super::Overrides::default().settle().due(
                    alert.severity,
                    Some(known),
                    now,
                    &self.tz,
                ),
            };
            dispatches.push(Dispatch::new(name, known.group.clone(), due));
        }
        dispatches
    }
}
