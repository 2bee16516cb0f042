//! The summary of a week.

use jiff::Timestamp;

use super::Office;
use super::report::{Bar, Section};
use super::words::{MAX_TITLE, severity_colour};
use crate::alert::{RumourWeek, Weekly, one_line};
use crate::message::{Message, say};

/// Rumours with a bar; of more, the number is told.
const MAX_BARS: usize = 25;
/// Rules with their precision.
const MAX_RULES: usize = 40;
/// Blocks of the longest bar in the text part.
const TEXT_BAR: usize = 30;

/// The week's dates.
pub(super) fn heading(week: &Weekly, office: &Office) -> Message {
    let day = |at: Timestamp| {
        at.to_zoned_datetime(office.tz.clone())
            .strftime("%d/%m/%Y")
            .to_string()
    };
    // The week ends within the day that its mail is sent on.
    Message::new("notice-weekly")
        .with("since", day(week.since))
        .with("until", day(week.until))
}

pub(super) fn section(week: &Weekly, office: &Office) -> Section {
    let lang = office.lang;
    let most = week.rumours.iter().map(|r| r.items).max().unwrap_or(0);
    let shown = week.rumours.iter().take(MAX_BARS);
    let items: u64 = week.rumours.iter().map(|rumour| rumour.items).sum();
    let what = Message::new("notice-weekly-what")
        .count("rumours", week.rumours.len())
        .count("items", usize(items))
        .with("sent", week.sent)
        .with("sources", week.sources)
        .with("failing", week.failing);
    let mut lines = vec![what.say(lang)];
    lines.push(say(
        lang,
        if week.rumours.is_empty() {
            "notice-weekly-none"
        } else {
            "notice-weekly-chart"
        },
    ));
    let bars = shown.map(|rumour| bar(rumour, most, office)).collect();
    Section {
        lines,
        bars,
        title: (!week.rules.is_empty()).then(|| say(lang, "notice-weekly-precision")),
        after_bars: week.rumours.get(MAX_BARS).map(|next| {
            Message::new("notice-weekly-more")
                .count("count", week.rumours.len() - MAX_BARS)
                .count("items", usize(next.items))
                .say(lang)
        }),
        items: judged(week, office),
        ..Section::default()
    }
}

fn judged(week: &Weekly, office: &Office) -> Vec<String> {
    let lang = office.lang;
    if week.rules.iter().all(|rule| rule.judged == 0) {
        return if week.rules.is_empty() {
            Vec::new()
        } else {
            vec![say(lang, "notice-weekly-unjudged")]
        };
    }
    let rules = week.rules.iter().take(MAX_RULES).map(|rule| {
        Message::new("notice-weekly-rule")
            .with("title", one_line(&rule.title, 80))
            .with("right", rule.right)
            .with("judged", rule.judged)
            .with("told", rule.told)
            .say(lang)
    });
    rules.collect()
}

fn bar(rumour: &RumourWeek, most: u64, office: &Office) -> Bar {
    let lang = office.lang;
    let share = usize(rumour.items * 100 / most.max(1)).clamp(1, 100);
    let numbers = Message::new("notice-weekly-row")
        .count("items", usize(rumour.items))
        .with("before", rumour.items_before)
        .count("stories", usize(rumour.stories))
        .count("pages", usize(rumour.pages))
        .say(lang);
    let mailed = match rumour.first_mail {
        Some(at) => Message::new("notice-weekly-mailed")
            .with("wait", wait(rumour.first_seen, at).say(lang))
            .say(lang),
        None => say(lang, "notice-weekly-unmailed"),
    };
    let refuted = match rumour.refuted {
        Some(_) => say(lang, "notice-weekly-refuted"),
        None => say(lang, "notice-weekly-open"),
    };
    Bar {
        title: one_line(&rumour.title, MAX_TITLE),
        share,
        colour: severity_colour(rumour.severity),
        text: "▇".repeat((share * TEXT_BAR / 100).max(1)),
        numbers,
        answer: format!("{mailed} · {refuted}"),
    }
}

/// How long it took, in the unit in which an officer would say it.
fn wait(from: Timestamp, to: Timestamp) -> Message {
    let seconds = usize::try_from(to.duration_since(from).as_secs()).unwrap_or(0);
    match seconds {
        0..120 => Message::new("notice-wait-seconds").count("count", seconds),
        120..7_200 => Message::new("notice-wait-minutes").count("count", seconds / 60),
        _ => Message::new("notice-wait-hours").count("count", seconds / 3_600),
    }
}

fn usize(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
