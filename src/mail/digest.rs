//! The mail that tells of several rumours, a short section each.

use askama::Template;

use super::Office;
use super::answer::AnswerBlock;
use super::letter::{Piece, Refuted, answer, pieces, refutes};
use super::link::Link;
use super::settings::Settings;
use super::words::{
    MAX_TITLE, clock, counts_of, gravest, severity_colour, severity_word, trust_word,
};
use crate::alert::{Alert, Bundle, Occasion, one_line};
use crate::keyword::Severity;
use crate::message::{Lang, Message, say};
use crate::scan::Stance;

/// Characters of the official answer: the mails of the rumour itself have all of it.
const MAX_ANSWER: usize = 600;
/// Official links of one rumour.
const MAX_LINKS: usize = 3;

/// Whether the bundle tells of several rumours.
pub(super) fn is_digest(bundle: &Bundle) -> bool {
    let first = bundle.alerts.first().map(|alert| &alert.rule);
    bundle.alerts.iter().any(|alert| Some(&alert.rule) != first)
}

/// How much of a digest is shown how fully. What does not fit moves to the next form, and what
/// fits no form is counted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    /// Rumours with a section.
    sections: usize,
    /// Rumours with one line.
    lines: usize,
    /// Items named by their id, over all rumours.
    ids: usize,
    /// Sections with buttons to answer.
    answers: usize,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            sections: 20,
            lines: 100,
            ids: 2_000,
            answers: 10,
        }
    }
}

impl Plan {
    /// A smaller plan; false where there is none.
    pub(super) fn shrink(&mut self) -> bool {
        if self.answers > 3 {
            self.answers -= 1;
        } else if self.sections > 4 {
            self.sections = self.sections * 3 / 4;
        } else if self.ids > 500 {
            self.ids = self.ids * 3 / 4;
        } else if self.lines > 20 {
            self.lines /= 2;
        } else if self.sections > 1 {
            self.sections -= 1;
        } else if self.answers > 0 {
            self.answers -= 1;
        } else if self.ids > 0 {
            self.ids /= 2;
        } else if self.lines > 0 {
            self.lines /= 2;
        } else {
            return false;
        }
        true
    }
}

/// All that the bundle holds of one rumour.
struct Rumour<'a> {
    rule: &'a str,
    severity: Severity,
    alerts: Vec<&'a Alert>,
}

/// A rumour in short.
struct Section<'a> {
    colour: &'static str,
    severity: String,
    claim: String,
    state: String,
    counts: String,
    pieces: Vec<Piece<'a>>,
    place: Option<Place>,
    refuted: Option<Refuted>,
    answer: Vec<String>,
    links: Vec<Link>,
    ids: Vec<&'a str>,
    /// What the reader may answer with, about the newest telling.
    answers: AnswerBlock,
}

/// Where the newest passage stands.
struct Place {
    name: String,
    trust: String,
    title: String,
    link: Option<Link>,
    seen: String,
}

/// A rumour on one line.
struct Line<'a> {
    text: String,
    ids: Vec<&'a str>,
}

/// A digest.
#[derive(Template)]
#[template(path = "digest.html")]
pub(super) struct Digest<'a> {
    lang: Lang,
    colour: &'static str,
    badge: String,
    claim: String,
    summary: String,
    sections: Vec<Section<'a>>,
    lines: Vec<Line<'a>>,
    ids: Vec<&'a str>,
    uncounted: Option<String>,
    steps: Vec<String>,
    footer: Vec<String>,
}

#[derive(Template)]
#[template(path = "digest.txt")]
struct DigestText<'a> {
    l: &'a Digest<'a>,
}

/// The subject: why it comes now, how grave the gravest is, how much there is.
pub(super) fn subject(bundle: &Bundle, lang: Lang) -> String {
    let id = match bundle.occasion {
        Occasion::Cap => "mail-subject-storm",
        Occasion::Digest | Occasion::Group => "mail-subject-digest",
    };
    Message::new(id)
        .with(
            "severity",
            say(lang, severity_word(gravest(&bundle.alerts))),
        )
        .count("rumours", rumours(bundle).len())
        .count("items", counts_of(&bundle.alerts).0)
        .say(lang)
}

/// The rumours, the gravest first, then the one told most often.
fn rumours(bundle: &Bundle) -> Vec<Rumour<'_>> {
    let mut list: Vec<Rumour<'_>> = Vec::new();
    for alert in &bundle.alerts {
        match list.iter_mut().find(|rumour| rumour.rule == alert.rule) {
            Some(rumour) => rumour.alerts.push(alert),
            None => list.push(Rumour {
                rule: &alert.rule,
                severity: Severity::Info,
                alerts: vec![alert],
            }),
        }
    }
    for rumour in &mut list {
        rumour.severity = gravest(rumour.alerts.iter().copied());
        rumour.alerts.sort_by_key(|alert| alert.seen);
    }
    list.sort_by_key(|rumour| {
        let many = rumour.alerts.len();
        (std::cmp::Reverse((rumour.severity, many)), rumour.rule)
    });
    list
}

impl<'a> Digest<'a> {
    pub(super) fn new(
        bundle: &'a Bundle,
        office: &Office,
        settings: &Settings,
        plan: &Plan,
    ) -> Self {
        let lang = office.lang;
        let rumours = rumours(bundle);
        let (items, pages) = counts_of(&bundle.alerts);
        let (badge, summary) = match bundle.occasion {
            Occasion::Cap => ("mail-storm", "mail-storm-summary"),
            Occasion::Digest | Occasion::Group => ("mail-digest", "mail-digest-summary"),
        };
        let (full, rest) = rumours.split_at(plan.sections.min(rumours.len()));
        let (lined, rest) = rest.split_at(plan.lines.min(rest.len()));
        let mut left = plan.ids;
        let mut hidden = 0;
        let mut ids = |rumour: &Rumour<'a>| -> Vec<&'a str> {
            let shown = rumour.alerts.len().min(left);
            left -= shown;
            hidden += rumour.alerts.len() - shown;
            let alerts = rumour.alerts[..shown].iter();
            alerts.map(|alert| alert.id.as_str()).collect()
        };
        let mut sections: Vec<Section<'a>> = full
            .iter()
            .map(|rumour| section(rumour, ids(rumour), bundle, office))
            .collect();
        for (section, rumour) in sections.iter_mut().zip(full).take(plan.answers) {
            if let Some(alert) = answerable(rumour, bundle) {
                section.answers = AnswerBlock::about(settings, &bundle.receiver, alert, office);
            }
        }
        let lines = lined
            .iter()
            .map(|rumour| Line {
                text: line(rumour, lang),
                ids: ids(rumour),
            })
            .collect();
        let rest: Vec<&str> = rest.iter().flat_map(ids).collect();
        Self {
            lang,
            colour: severity_colour(gravest(&bundle.alerts)),
            badge: say(lang, badge),
            claim: Message::new("mail-digest-title")
                .count("rumours", rumours.len())
                .count("items", items)
                .count("pages", pages)
                .say(lang),
            summary: Message::new(summary)
                .with("at", clock(bundle.closed, office))
                .say(lang),
            sections,
            lines,
            ids: rest,
            uncounted: (hidden > 0).then(|| {
                Message::new("mail-digest-uncounted")
                    .count("count", hidden)
                    .say(lang)
            }),
            steps: vec![
                say(lang, "mail-step-read"),
                say(lang, "mail-step-share"),
                say(lang, "mail-step-id"),
            ],
            footer: footer(bundle, office),
        }
    }

    pub(super) fn html(&self) -> Result<String, askama::Error> {
        self.render()
    }

    pub(super) fn text(&self) -> Result<String, askama::Error> {
        let mut text = DigestText { l: self }.render()?;
        // Parts that are left out leave their blank lines behind.
        while text.contains("\n\n\n") {
            text = text.replace("\n\n\n", "\n\n");
        }
        Ok(text)
    }

    fn t(&self, id: &'static str) -> String {
        say(self.lang, id)
    }
}

fn section<'a>(
    rumour: &Rumour<'a>,
    ids: Vec<&'a str>,
    bundle: &Bundle,
    office: &Office,
) -> Section<'a> {
    let lang = office.lang;
    // A refutation's own words are told below, beside who refutes.
    let told = rumour.alerts.iter().rev();
    let newest = told
        .into_iter()
        .find(|alert| alert.stance == Stance::Asserts);
    let first = rumour.alerts[0];
    let (mut answer, mut links) = answer(first);
    answer.truncate(1);
    answer.retain_mut(|paragraph| {
        *paragraph = one_line(paragraph, MAX_ANSWER);
        !paragraph.is_empty()
    });
    links.truncate(MAX_LINKS);
    let by = bundle.refutations.iter().rev();
    let refuted = by.into_iter().find(|by| by.rule == rumour.rule);
    Section {
        colour: severity_colour(rumour.severity),
        severity: say(lang, severity_word(rumour.severity)),
        claim: one_line(&first.title, MAX_TITLE),
        state: state(rumour, newest.is_some(), bundle, lang),
        counts: counts(rumour, lang),
        pieces: newest.map_or_else(Vec::new, |alert| pieces(&alert.excerpt)),
        place: newest.map(|alert| place(alert, office)),
        refuted: refuted.map(|refutation| refutes(refutation, office)),
        answer,
        links,
        ids,
        answers: AnswerBlock::default(),
    }
}

/// The newest telling of the rumour: what its story is, a verdict can say.
fn answerable<'b>(rumour: &Rumour<'b>, bundle: &'b Bundle) -> Option<&'b str> {
    let told = rumour.alerts.iter().rev();
    let newest = told
        .into_iter()
        .find(|alert| alert.stance == Stance::Asserts);
    let known = bundle.known.iter().find(|known| known.rule == rumour.rule);
    newest
        .map(|alert| alert.id.as_str())
        .or_else(|| known?.alert.as_deref())
}

/// Whether the rumour is new to the receiver, and how it has changed.
fn state(rumour: &Rumour<'_>, told: bool, bundle: &Bundle, lang: Lang) -> String {
    let known = bundle.known.iter().find(|known| known.rule == rumour.rule);
    match known {
        _ if !told => say(lang, "mail-state-refuted"),
        None => say(lang, "mail-state-new"),
        Some(known) if rumour.severity > known.severity => Message::new("mail-state-raised")
            .with("from", say(lang, severity_word(known.severity)))
            .with("to", say(lang, severity_word(rumour.severity)))
            .say(lang),
        Some(_) => say(lang, "mail-state-again"),
    }
}

fn counts(rumour: &Rumour<'_>, lang: Lang) -> String {
    let (items, pages) = counts_of(rumour.alerts.iter().copied());
    Message::new("mail-digest-counts")
        .count("items", items)
        .count("pages", pages)
        .say(lang)
}

fn line(rumour: &Rumour<'_>, lang: Lang) -> String {
    Message::new("mail-digest-line")
        .with("severity", say(lang, severity_word(rumour.severity)))
        .with("claim", one_line(&rumour.alerts[0].title, 80))
        .with("counts", counts(rumour, lang))
        .say(lang)
}

fn place(alert: &Alert, office: &Office) -> Place {
    let title = one_line(&alert.page_title, MAX_TITLE);
    let told = alert.excerpt.text.starts_with(&title);
    Place {
        name: one_line(&alert.source_name, MAX_TITLE),
        trust: say(office.lang, trust_word(alert.trust)),
        title: if told { String::new() } else { title },
        link: alert.url.as_deref().and_then(Link::new),
        seen: Message::new("mail-seen")
            .with("at", clock(alert.seen, office))
            .say(office.lang),
    }
}

fn footer(bundle: &Bundle, office: &Office) -> Vec<String> {
    let version: String = bundle.alerts[0].rules_version.chars().take(16).collect();
    let offset = bundle
        .closed
        .to_zoned_datetime(office.tz.clone())
        .strftime("%:z")
        .to_string();
    vec![
        Message::new("mail-footer-office")
            .with("office", one_line(&office.name, MAX_TITLE))
            .say(office.lang),
        Message::new("mail-footer-digest")
            .with("version", version)
            .with("offset", offset)
            .say(office.lang),
        say(office.lang, "mail-footer-public"),
    ]
}
