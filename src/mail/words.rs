//! The words and figures that all parts of a mail share.

use jiff::Timestamp;

use super::Office;
use crate::alert::{Alert, Bundle, Reason, one_line};
use crate::keyword::Severity;
use crate::message::{Lang, Message, say};
use crate::scan::Tier;
use crate::source::Trust;

/// Characters of a page's title.
pub(super) const MAX_TITLE: usize = 160;

/// The subject: how grave, what is claimed, how far it went.
pub(super) fn subject(bundle: &Bundle, lang: Lang) -> String {
    let grave = gravest(&bundle.alerts);
    let counts = counts(bundle);
    let id = match (is_first(bundle), bundle.refutations.is_empty()) {
        (true, true) => "mail-subject",
        (true, false) => "mail-subject-refuted",
        (false, true) => "mail-subject-again",
        (false, false) => "mail-subject-again-refuted",
    };
    Message::new(id)
        .with("severity", say(lang, severity_word(grave)))
        .with("claim", one_line(&bundle.alerts[0].title, 100))
        .count("items", counts.0)
        .count("pages", counts.1)
        .say(lang)
}

/// Whether no mail told the receiver of the rumour before.
pub(super) fn is_first(bundle: &Bundle) -> bool {
    bundle.references.is_empty() && bundle.known.is_empty()
}

/// Items and sources of this mail.
pub(super) fn counts(bundle: &Bundle) -> (usize, usize) {
    counts_of(&bundle.alerts)
}

/// Items and sources of alerts.
pub(super) fn counts_of<'a>(alerts: impl IntoIterator<Item = &'a Alert>) -> (usize, usize) {
    let mut items: Vec<(&str, &str)> = alerts
        .into_iter()
        .map(|alert| (alert.source.as_str(), alert.item.as_str()))
        .collect();
    items.sort_unstable();
    items.dedup();
    let mut sources: Vec<&str> = items.iter().map(|(source, _)| *source).collect();
    sources.dedup();
    (items.len(), sources.len())
}

pub(super) fn gravest<'a>(alerts: impl IntoIterator<Item = &'a Alert>) -> Severity {
    let severities = alerts.into_iter().map(|alert| alert.severity);
    severities.max().unwrap_or(Severity::Info)
}

/// Why the mail's severity is what it is; `None` where the rule follows a subject, or no reason
/// was kept.
pub(super) fn weight(bundle: &Bundle, lang: Lang) -> Option<String> {
    // Of the gravest alerts the newest: it knows of the widest spread.
    let alert = bundle.alerts.iter().max_by_key(|alert| alert.severity)?;
    let weight = alert.weight.as_ref()?;
    if alert.severity == Severity::Info {
        return None;
    }
    let word = |severity| say(lang, severity_word(severity));
    if weight.reasons.is_empty() {
        let plain = Message::new("mail-weight-rule").with("severity", word(alert.severity));
        return Some(plain.say(lang));
    }
    let reasons: Vec<String> = weight
        .reasons
        .iter()
        .map(|reason| reason_words(reason).say(lang))
        .collect();
    let moved = Message::new("mail-weight")
        .with("severity", word(alert.severity))
        .with("rule", word(weight.rule))
        .with("reasons", reasons.join("; "));
    Some(moved.say(lang))
}

fn reason_words(reason: &Reason) -> Message {
    match reason {
        Reason::Official => Message::new("mail-weight-official"),
        Reason::Unmarked => Message::new("mail-weight-unmarked"),
        Reason::Disguised => Message::new("mail-weight-disguised"),
        Reason::Place(place) => {
            Message::new("mail-weight-place").with("place", one_line(place, 60))
        }
        Reason::Spread(pages) => Message::new("mail-weight-spread")
            .count("pages", usize::try_from(*pages).unwrap_or(usize::MAX)),
    }
}

pub(super) fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "mail-severity-info",
        Severity::Low => "mail-severity-low",
        Severity::Medium => "mail-severity-medium",
        Severity::High => "mail-severity-high",
        Severity::Urgent => "mail-severity-urgent",
    }
}

/// White letters on each have a contrast of at least 4.5 (WCAG 2.2, 1.4.3).
pub(super) fn severity_colour(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "#475569",
        Severity::Low => "#1d4ed8",
        Severity::Medium => "#8a5a00",
        Severity::High => "#b93a0a",
        Severity::Urgent => "#b0001e",
    }
}

pub(super) fn trust_word(trust: Trust) -> &'static str {
    match trust {
        Trust::Social => "mail-trust-social",
        Trust::Press => "mail-trust-press",
        Trust::Official => "mail-trust-official",
    }
}

pub(super) fn tier_word(tier: Tier) -> &'static str {
    match tier {
        Tier::Exact => "mail-tier-exact",
        Tier::Variant => "mail-tier-variant",
        Tier::Unmarked => "mail-tier-unmarked",
        Tier::Disguised => "mail-tier-disguised",
    }
}

/// A time on the office's clock.
pub(super) fn clock(at: Timestamp, office: &Office) -> String {
    let pattern = match office.lang {
        Lang::Vi => "%H:%M %d/%m/%Y",
        Lang::En => "%d %b %Y, %H:%M",
    };
    at.to_zoned_datetime(office.tz.clone())
        .strftime(pattern)
        .to_string()
}

/// A day on the office's calendar.
pub(super) fn day(at: Timestamp, office: &Office) -> String {
    let pattern = match office.lang {
        Lang::Vi => "%d/%m/%Y",
        Lang::En => "%d %b %Y",
    };
    at.to_zoned_datetime(office.tz.clone())
        .strftime(pattern)
        .to_string()
}

/// How far the office's clock is ahead of UTC, `+07:00`.
pub(super) fn offset(at: Timestamp, office: &Office) -> String {
    at.to_zoned_datetime(office.tz.clone())
        .strftime("%:z")
        .to_string()
}

/// What an officer may do next.
pub(super) fn steps(lang: Lang, answered: bool, refuted: bool, rule: &str) -> Vec<String> {
    let mut steps = vec![say(lang, "mail-step-read")];
    steps.push(match (answered, refuted) {
        (true, true) => say(lang, "mail-step-answer-and-refutation"),
        (true, false) => say(lang, "mail-step-answer"),
        (false, true) => say(lang, "mail-step-refutation"),
        (false, false) => Message::new("mail-step-ask").with("rule", rule).say(lang),
    });
    steps.push(say(lang, "mail-step-share"));
    steps.push(say(lang, "mail-step-id"));
    steps
}

pub(super) fn footer(bundle: &Bundle, office: &Office) -> Vec<String> {
    let version: String = bundle.alerts[0].rules_version.chars().take(16).collect();
    vec![
        Message::new("mail-footer-office")
            .with("office", one_line(&office.name, MAX_TITLE))
            .say(office.lang),
        Message::new("mail-footer-rules")
            .with("rule", &bundle.alerts[0].rule)
            .with("version", version)
            .with("offset", offset(bundle.closed, office))
            .say(office.lang),
        say(office.lang, "mail-footer-public"),
    ]
}
