//! Who gets an alert: the first route that matches, and the next ones where it says so.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use unicode_normalization::UnicodeNormalization;

use super::{Alert, Dispatch};
use crate::keyword::{RuleMeta, Severity};
use crate::message::Message;
use crate::problem::{Problem, Problems, SourceFile, Spanned, nearest};
use crate::scan::Stance;
use crate::source::{Source, Trust};

/// Who is told: a name with addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receiver {
    /// What routes call it.
    pub name: String,
    /// Addresses, each `a@b.vn` or `Name <a@b.vn>`; at least one.
    pub to: Vec<String>,
}

/// Which alerts go to a receiver. An empty list matches everything.
#[derive(Debug, Clone)]
pub struct Route {
    /// The receiver's name.
    pub receiver: String,
    /// The least severity.
    pub min_severity: Severity,
    /// The rule's topic is one of these; case does not count.
    pub topic: Vec<String>,
    /// The rule's id is one of these.
    pub rule: Vec<Spanned<String>>,
    /// The item's title or the excerpt names one of these, as whole words; case does not count.
    pub place: Vec<String>,
    /// The source has one of these tags.
    pub tags: Vec<String>,
    /// The source is one of these.
    pub trust: Vec<Trust>,
    /// How long a group waits for further alerts.
    pub group_wait: Duration,
    /// Whether the routes after this one are asked too.
    pub go_on: bool,
}

/// All receivers and routes, as settled from `[[receiver]]` and `[[route]]`.
#[derive(Debug, Clone)]
pub struct Routing {
    /// Who can be told.
    pub receivers: Vec<Receiver>,
    /// Asked in this order.
    pub routes: Vec<Route>,
    /// The office's own places, from `[office]`: an alert that names one weighs more.
    pub places: Vec<String>,
    /// The file they stand in and the place of the first route, for warnings.
    pub(super) at: (Arc<SourceFile>, Range<usize>),
}

impl Route {
    /// What does not depend on the document's words.
    fn fits(
        &self,
        severity: Severity,
        topic: Option<&str>,
        rule: &str,
        source: SourceSide<'_>,
    ) -> bool {
        let any = |list: &[String], word: &str| {
            list.iter().any(|w| w.to_lowercase() == word.to_lowercase())
        };
        severity >= self.min_severity
            && (self.topic.is_empty() || topic.is_some_and(|topic| any(&self.topic, topic)))
            && (self.rule.is_empty() || self.rule.iter().any(|id| id.value == rule))
            && (self.tags.is_empty() || source.tags.iter().any(|tag| any(&self.tags, tag)))
            && (self.trust.is_empty() || self.trust.contains(&source.trust))
    }

    fn matches(&self, alert: &Alert) -> bool {
        let source = SourceSide {
            tags: &alert.tags,
            trust: alert.trust,
        };
        self.fits(
            alert.routed_severity(),
            alert.topic.as_deref(),
            &alert.rule,
            source,
        ) && (self.place.is_empty()
            || self
                .place
                .iter()
                .any(|place| names(&alert.page_title, place) || names(&alert.excerpt.text, place)))
    }
}

#[derive(Clone, Copy)]
struct SourceSide<'a> {
    tags: &'a [String],
    trust: Trust,
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

impl Routing {
    /// The receiver of that name.
    #[must_use]
    pub fn receiver(&self, name: &str) -> Option<&Receiver> {
        self.receivers.iter().find(|receiver| receiver.name == name)
    }

    /// Who gets the alert, each receiver once, and when its group is due. A refutation goes to
    /// nobody by itself: it is shown beside the rumour, and the ledger knows who got that before.
    #[must_use]
    pub fn dispatch(&self, alert: &Alert, now: Timestamp) -> Vec<Dispatch> {
        let mut list: Vec<Dispatch> = Vec::new();
        if alert.stance == Stance::Denies {
            return list;
        }
        for route in self.routes.iter().filter(|route| route.matches(alert)) {
            if list.iter().all(|d| d.receiver != route.receiver) {
                list.push(Dispatch {
                    receiver: route.receiver.clone(),
                    group: alert.rule.clone(),
                    due: now
                        .saturating_add(route.group_wait)
                        .unwrap_or(Timestamp::MAX),
                });
            }
            if !route.go_on {
                break;
            }
        }
        list
    }

    /// Warns of rules whose alerts would reach nobody, and of routes that name no rule there is.
    pub fn warn<'r>(
        &self,
        rules: impl IntoIterator<Item = &'r RuleMeta>,
        sources: &[Source],
        problems: &Problems,
    ) {
        let (file, span) = &self.at;
        let rules: Vec<&RuleMeta> = rules.into_iter().collect();
        let ids: BTreeSet<&str> = rules.iter().map(|rule| &*rule.id).collect();
        for id in self.routes.iter().flat_map(|route| &route.rule) {
            if ids.contains(id.value.as_str()) {
                continue;
            }
            let mend = match nearest(&id.value, ids.iter().copied()) {
                Some(near) => Message::new("alert-no-rule-near").with("near", near),
                None => Message::new("alert-no-rule-mend"),
            };
            let what = Message::new("alert-no-rule").with("rule", &id.value);
            problems.push(Problem::warning(file, id.span.clone(), what).mend(mend));
        }
        if self.routes.is_empty() {
            return;
        }
        for rule in rules {
            let lost = sources.iter().find(|source| {
                let side = SourceSide {
                    tags: &source.tags,
                    trust: source.trust,
                };
                !self.routes.iter().any(|route| {
                    route.place.is_empty()
                        && route.fits(rule.severity, rule.topic.as_deref(), &rule.id, side)
                })
            });
            if let Some(source) = lost {
                let what = Message::new("alert-unrouted")
                    .with("rule", &rule.id)
                    .with("severity", rule.severity)
                    .with("source", &source.id);
                let mend = Message::new("alert-unrouted-mend").with("severity", rule.severity);
                problems.push(Problem::warning(file, span.clone(), what).mend(mend));
            }
        }
    }
}
