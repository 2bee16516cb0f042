//! The mail that tells those who got a rumour that it is refuted.

use askama::Template;

use super::Office;
use super::answer::AnswerBlock;
use super::letter::{Refuted, answer, refuted};
use super::link::Link;
use super::settings::Settings;
use super::words::{MAX_TITLE, clock, footer};
use crate::alert::{Bundle, one_line};
use crate::message::{Lang, Message, say};
use crate::scan::Stance;

/// Whether the bundle's alerts all deny.
pub(super) fn is_follow_up(bundle: &Bundle) -> bool {
    let mut stances = bundle.alerts.iter().map(|alert| alert.stance);
    stances.all(|stance| stance == Stance::Denies)
}

/// The subject: what was claimed, who refutes it and when.
pub(super) fn subject(bundle: &Bundle, office: &Office) -> String {
    let first = &bundle.alerts[0];
    Message::new("mail-subject-follow-up")
        .with("claim", one_line(&first.title, 80))
        .with("name", one_line(&first.source_name, 60))
        .with("at", clock(first.published.unwrap_or(first.seen), office))
        .say(office.lang)
}

/// A follow-up.
#[derive(Template)]
#[template(path = "followup.html")]
pub(super) struct FollowUp {
    lang: Lang,
    badge: String,
    claim: String,
    summary: String,
    refuted: Vec<Refuted>,
    more_refuted: Option<String>,
    answer: Vec<String>,
    links: Vec<Link>,
    /// What the reader may answer with, about an alert that an earlier mail told.
    answers: AnswerBlock,
    steps: Vec<String>,
    footer: Vec<String>,
}

#[derive(Template)]
#[template(path = "followup.txt")]
struct FollowUpText<'a> {
    l: &'a FollowUp,
}

impl FollowUp {
    pub(super) fn new(bundle: &Bundle, office: &Office) -> Self {
        let lang = office.lang;
        let first = &bundle.alerts[0];
        let (refuted, more_refuted) = refuted(bundle, office);
        let (answer, links) = answer(first);
        Self {
            lang,
            badge: say(lang, "mail-refuted"),
            claim: one_line(&first.title, MAX_TITLE),
            summary: Message::new("mail-follow-up-summary")
                .with("at", clock(bundle.closed, office))
                .say(lang),
            refuted,
            more_refuted,
            answer,
            links,
            answers: AnswerBlock::default(),
            steps: vec![say(lang, "mail-step-refuted"), say(lang, "mail-step-share")],
            footer: footer(bundle, office),
        }
    }

    /// The same with what the reader may answer, where answers are taken.
    pub(super) fn with_answers(
        mut self,
        bundle: &Bundle,
        office: &Office,
        settings: &Settings,
    ) -> Self {
        let told = bundle.known.iter().find_map(|known| known.alert.as_deref());
        if let Some(alert) = told {
            self.answers = AnswerBlock::about(settings, &bundle.receiver, alert, office);
        }
        self
    }

    pub(super) fn html(&self) -> Result<String, askama::Error> {
        self.render()
    }

    pub(super) fn text(&self) -> Result<String, askama::Error> {
        FollowUpText { l: self }.render()
    }

    fn t(&self, id: &'static str) -> String {
        say(self.lang, id)
    }
}
