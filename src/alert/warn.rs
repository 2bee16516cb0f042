//! What routes and mutes ask for that can never be: warnings of `check`.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::route::{Conditions, Routing, Side, every};
use crate::keyword::{RuleMeta, Rulebook};
use crate::message::Message;
use crate::problem::{Problem, Problems, Spanned, nearest};
use crate::source::Source;

/// The names there are, and what to say of one that is not among them.
struct Names<'a> {
    known: BTreeSet<&'a str>,
    mend: &'static str,
}

impl<'a> Names<'a> {
    fn new(known: impl IntoIterator<Item = &'a str>, mend: &'static str) -> Self {
        Self {
            known: known.into_iter().collect(),
            mend,
        }
    }

    /// Case counts in ids, which have small letters only, and not in topics and tags.
    fn hold(&self, name: &str) -> bool {
        let same = |known: &&str| known.to_lowercase() == name.to_lowercase();
        self.known.contains(name) || self.known.iter().any(same)
    }

    fn mend(&self, name: &str) -> Message {
        match nearest(name, self.known.iter().copied()) {
            Some(near) => Message::new("alert-no-rule-near").with("near", near),
            None if self.known.is_empty() => Message::new("alert-none-there-mend"),
            None => Message::new(self.mend).with(
                "known",
                self.known.iter().copied().collect::<Vec<_>>().join(", "),
            ),
        }
    }
}

impl Routing {
    /// Warns of rules whose alerts would reach nobody, and of routes and mutes that name what is
    /// not there. What was left out for an error of its own counts as there; `all_sources` says
    /// that no source was.
    pub fn warn(
        &self,
        rulebook: &Rulebook,
        sources: &[Source],
        all_sources: bool,
        problems: &Problems,
    ) {
        self.warn_of_unknown(rulebook, sources, all_sources, problems);
        if self.routes.is_empty() {
            return;
        }
        let (file, span) = &self.at;
        for rule in rulebook.metas() {
            if let Some(source) = self.lost_at(rule, sources) {
                let what = Message::new("alert-unrouted")
                    .with("rule", &rule.id)
                    .with("severity", rule.severity)
                    .with("source", &source.id);
                let mend = Message::new("alert-unrouted-mend").with("severity", rule.severity);
                problems.push(Problem::warning(file, span.clone(), what).mend(mend));
            }
        }
    }

    /// A source where what the rule finds reaches nobody.
    fn lost_at<'s>(&self, rule: &RuleMeta, sources: &'s [Source]) -> Option<&'s Source> {
        sources.iter().find(|source| {
            let side = Side {
                severity: rule.severity,
                topic: rule.topic.as_deref(),
                rule: &rule.id,
                source: &source.id,
                tags: &source.tags,
                trust: source.trust,
            };
            // What a route takes, it or one below it keeps.
            !self.routes.iter().any(|route| {
                let asked = route.conditions.asked(side);
                route.conditions.place.is_empty() && asked.iter().all(|(_, holds)| *holds)
            })
        })
    }

    fn warn_of_unknown(
        &self,
        rulebook: &Rulebook,
        sources: &[Source],
        all_sources: bool,
        problems: &Problems,
    ) {
        let file = &self.at.0;
        let mut routes = Vec::new();
        every(&self.routes, &mut routes);
        let named = |list: fn(&Conditions) -> &Vec<Spanned<String>>| {
            let lists = routes.iter().flat_map(move |route| list(&route.conditions));
            lists.collect::<Vec<_>>()
        };
        let tell = |name: &Spanned<String>, names: &Names<'_>, what| {
            let what = Message::new(what).with("name", &name.value);
            let mend = names.mend(&name.value);
            problems.push(Problem::warning(file, name.span.clone(), what).mend(mend));
        };
        let left_out = &rulebook.left_out;
        let rules = Names::new(rulebook.metas().map(|rule| &*rule.id), "alert-no-rule-mend");
        let unknown = |id: &Spanned<String>| {
            !rules.known.contains(&*id.value) && !left_out.may_be_rule(&id.value)
        };
        for id in named(|of| &of.rule).into_iter().filter(|id| unknown(id)) {
            tell(id, &rules, "alert-no-rule");
        }
        for id in self.muted.rules.iter().filter(|id| unknown(id)) {
            tell(id, &rules, "alert-mute-no-rule");
        }
        let topics = rulebook.metas().filter_map(|rule| rule.topic.as_deref());
        let topics = Names::new(topics, "alert-no-topic-mend");
        for topic in named(|of| &of.topic) {
            if !topics.hold(&topic.value) && !left_out.may_be_topic(&topic.value) {
                tell(topic, &topics, "alert-no-topic");
            }
        }
        if !all_sources {
            return;
        }
        let ids = Names::new(
            sources.iter().map(|source| &*source.id),
            "alert-no-source-mend",
        );
        let unknown = |id: &Spanned<String>| !ids.known.contains(&*id.value);
        for id in named(|of| &of.source).into_iter().filter(|id| unknown(id)) {
            tell(id, &ids, "alert-no-source");
        }
        for id in self.muted.sources.iter().filter(|id| unknown(id)) {
            tell(id, &ids, "alert-mute-no-source");
        }
        let tags = sources.iter().flat_map(|source| &source.tags);
        let tags = Names::new(tags.map(String::as_str), "alert-no-tag-mend");
        for tag in named(|of| &of.tags) {
            if !tags.hold(&tag.value) {
                tell(tag, &tags, "alert-no-tag");
            }
        }
    }

    /// Warns of mutes that were over before `now`.
    #[must_use]
    pub fn outlived(&self, now: Timestamp) -> Vec<Problem> {
        let over = self.muted.ends.iter().filter(|end| end.value <= now);
        let told = over.map(|end| {
            let what = Message::new("alert-mute-over");
            Problem::warning(&self.at.0, end.span.clone(), what)
                .mend(Message::new("alert-mute-over-mend"))
        });
        told.collect()
    }
}
