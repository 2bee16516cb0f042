//! One alert as `hits` shows it: as JSON with stable names, on one line, or in full.

use std::io::Write;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::said;
use crate::keyword::Severity;
use crate::ledger::{HitRecord, MailOfHit, Recorded, Verdict, Way};
use crate::message::{Lang, Message, say};
use crate::scan::{Stance, Tier};
use crate::source::Trust;

/// One alert. The names of the fields are what `--json` and `--jsonl` promise.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    pub id: String,
    pub seen: Timestamp,
    pub published: Option<Timestamp>,
    pub severity: Severity,
    pub rule: String,
    pub title: String,
    pub topic: Option<String>,
    pub stance: Stance,
    pub tier: Tier,
    pub terms: Vec<String>,
    pub source: String,
    pub source_name: String,
    pub trust: Trust,
    pub tags: Vec<String>,
    pub url: Option<String>,
    pub page_title: String,
    pub excerpt: String,
    pub story: String,
    pub items: u64,
    pub sources: u64,
    /// What was said last, a snooze left aside.
    pub verdict: Option<Verdict>,
    /// Until when the story is hidden, where it is.
    pub hidden_until: Option<Timestamp>,
    pub verdicts: Vec<Recorded>,
    pub mails: Vec<MailOfHit>,
    pub waits_for: Vec<String>,
    pub rules_version: String,
}

impl Row {
    pub(super) fn new(record: HitRecord, now: Timestamp) -> Self {
        let alert = record.alert;
        let last = record.verdicts.last();
        Self {
            verdict: record
                .verdicts
                .iter()
                .map(|said| said.verdict)
                .rfind(|verdict| *verdict != Verdict::Snooze),
            hidden_until: last
                .filter(|last| last.verdict == Verdict::Snooze)
                .and_then(|last| last.until)
                .filter(|until| *until > now),
            id: alert.id,
            seen: alert.seen,
            published: alert.published,
            severity: alert.severity,
            rule: alert.rule,
            title: alert.title,
            topic: alert.topic,
            stance: alert.stance,
            tier: alert.tier,
            terms: alert.terms,
            source: alert.source,
            source_name: alert.source_name,
            trust: alert.trust,
            tags: alert.tags,
            url: alert.url,
            page_title: alert.page_title,
            excerpt: alert.excerpt.text,
            story: alert.story.0,
            items: record.items,
            sources: record.sources,
            verdicts: record.verdicts,
            mails: record.mails,
            waits_for: record.waits_for,
            rules_version: alert.rules_version,
        }
    }

    pub(super) fn write_json(&self, out: &mut impl Write) -> anyhow::Result<()> {
        serde_json::to_writer(&mut *out, self)?;
        Ok(writeln!(out)?)
    }

    /// On one line.
    pub(super) fn line(&self, lang: Lang, tz: &TimeZone) -> String {
        let name = if self.page_title.is_empty() {
            &self.excerpt
        } else {
            &self.page_title
        };
        let name: String = name.chars().take(80).collect();
        let mut line = format!(
            "{:<12}  {}  {:<10}  {} · {}: {name}",
            self.id,
            clock(self.seen, tz),
            severity(self.severity, lang),
            self.title,
            self.source_name,
        );
        if self.stance == Stance::Denies {
            line.push_str(&format!(" [{}]", say(lang, "cli-hits-denies")));
        }
        for word in self.marked(lang, tz) {
            line.push_str(&format!(" [{word}]"));
        }
        line
    }

    /// What people said of it.
    fn marked(&self, lang: Lang, tz: &TimeZone) -> Vec<String> {
        let hidden = self.hidden_until.map(|until| {
            Message::new("cli-hits-hidden")
                .with("until", clock(until, tz))
                .say(lang)
        });
        let verdict = self.verdict.map(|verdict| said(verdict, lang));
        verdict.into_iter().chain(hidden).collect()
    }

    /// In full.
    pub(super) fn write_text(
        &self,
        lang: Lang,
        tz: &TimeZone,
        out: &mut impl Write,
    ) -> std::io::Result<()> {
        writeln!(out, "{} · {}", self.id, self.title)?;
        let mut tell = |id: &'static str, value: &str| {
            if value.is_empty() {
                return Ok(());
            }
            writeln!(out, "  {}: {value}", say(lang, id))
        };
        tell("cli-hits-severity", &severity(self.severity, lang))?;
        tell("cli-hits-rule", &self.rule)?;
        tell("cli-hits-topic", self.topic.as_deref().unwrap_or_default())?;
        tell("cli-hits-stance", &stance(self.stance, lang))?;
        tell("cli-hits-tier", &tier(self.tier, lang))?;
        tell("cli-hits-terms", &self.terms.join(", "))?;
        let speaker = format!(
            "{} ({}, {})",
            self.source_name,
            self.source,
            trust(self.trust, lang)
        );
        tell("cli-hits-source", &speaker)?;
        tell("cli-hits-page-title", &self.page_title)?;
        tell("cli-hits-url", self.url.as_deref().unwrap_or_default())?;
        tell("cli-hits-excerpt", &self.excerpt)?;
        let published = self.published.map(|at| clock(at, tz)).unwrap_or_default();
        tell("cli-hits-published", &published)?;
        tell("cli-hits-seen", &clock(self.seen, tz))?;
        let spread = Message::new("cli-hits-spread-told")
            .with("items", self.items)
            .with("sources", self.sources);
        tell("cli-hits-spread", &spread.say(lang))?;
        for mail in &self.mails {
            tell("cli-hits-mail", &self.mailed(mail, lang, tz))?;
        }
        tell("cli-hits-waits", &self.waits_for.join(", "))?;
        for one in &self.verdicts {
            tell("cli-hits-verdict", &judged(one, lang, tz))?;
        }
        tell("cli-hits-version", &self.rules_version)
    }

    fn mailed(&self, mail: &MailOfHit, lang: Lang, tz: &TimeZone) -> String {
        use crate::ledger::DeliveryState::{Held, Queued, Sending, Sent};
        let state = match mail.state {
            Some(Sent) => say(lang, "cli-hits-mail-sent"),
            Some(Held) => say(lang, "cli-hits-mail-held"),
            Some(Queued | Sending) | None => say(lang, "cli-hits-mail-queued"),
        };
        format!("{}, {}, {state}", mail.receiver, clock(mail.closed, tz))
    }
}

/// A verdict as people read it.
fn judged(one: &Recorded, lang: Lang, tz: &TimeZone) -> String {
    let way = match one.way {
        Way::Command => "cli-hits-by-command",
        Way::Mail => "cli-hits-by-mail",
    };
    let mut told = Message::new(way)
        .with("verdict", said(one.verdict, lang))
        .with("by", &one.by)
        .with("at", clock(one.at, tz))
        .say(lang);
    if let Some(until) = one.until {
        let hidden = Message::new("cli-hits-hidden").with("until", clock(until, tz));
        told.push_str(&format!("; {}", hidden.say(lang)));
    }
    if let Some(note) = &one.note {
        told.push_str(&format!(" – {note}"));
    }
    told
}

/// A time on the office's clock.
pub(in crate::cli) fn clock(at: Timestamp, tz: &TimeZone) -> String {
    at.to_zoned_datetime(tz.clone())
        .strftime("%H:%M %d/%m/%Y")
        .to_string()
}

pub(super) fn severity(severity: Severity, lang: Lang) -> String {
    say(
        lang,
        match severity {
            Severity::Info => "mail-severity-info",
            Severity::Low => "mail-severity-low",
            Severity::Medium => "mail-severity-medium",
            Severity::High => "mail-severity-high",
            Severity::Urgent => "mail-severity-urgent",
        },
    )
}

pub(super) fn stance(stance: Stance, lang: Lang) -> String {
    say(
        lang,
        match stance {
            Stance::Asserts => "cli-hits-asserts",
            Stance::Denies => "cli-hits-denies",
        },
    )
}

pub(super) fn tier(tier: Tier, lang: Lang) -> String {
    say(
        lang,
        match tier {
            Tier::Exact => "cli-hits-tier-exact",
            Tier::Variant => "cli-hits-tier-variant",
            Tier::Unmarked => "cli-hits-tier-unmarked",
            Tier::Disguised => "cli-hits-tier-disguised",
        },
    )
}

pub(super) fn trust(trust: Trust, lang: Lang) -> String {
    say(
        lang,
        match trust {
            Trust::Official => "mail-trust-official",
            Trust::Press => "mail-trust-press",
            Trust::Social => "mail-trust-social",
        },
    )
}
