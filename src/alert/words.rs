//! Who gets what and when, in words: what `check` and `alert explain` print.

use std::fmt::Write as _;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::mute::Mute;
use super::route::{Condition, Conditions, Receiver, Route, Routed, Routing};
use super::timing::{Days, GroupBy, Hold, News, Timing, Told, hour};
use super::{Alert, Dispatch};
use crate::keyword::Severity;
use crate::message::{Lang, Message, say};
use crate::scan::Stance;

/// Writes a line; into a `String` that cannot fail.
fn line(out: &mut String, indent: usize, text: &str) {
    let _ = writeln!(out, "{:indent$}{text}", "");
}

/// A time as the office reads it.
fn clock(at: Timestamp, tz: &TimeZone) -> String {
    at.to_zoned_datetime(tz.clone())
        .strftime("%H:%M %d/%m/%Y")
        .to_string()
}

/// A duration in its largest whole unit.
fn long(duration: Duration, lang: Lang) -> String {
    let seconds = usize::try_from(duration.as_secs()).unwrap_or(usize::MAX);
    let (id, count) = match seconds {
        0 => ("alert-minutes", 0),
        s if s % 86_400 == 0 => ("alert-days", s / 86_400),
        s if s % 3_600 == 0 => ("alert-hours", s / 3_600),
        s if s % 60 == 0 => ("alert-minutes", s / 60),
        s => ("alert-seconds", s),
    };
    Message::new(id).count("count", count).say(lang)
}

fn times(timing: &Timing) -> String {
    let times: Vec<String> = timing.digest.iter().map(|time| hour(*time)).collect();
    times.join(", ")
}

impl Routing {
    /// Each receiver, what reaches it and when; and what is muted at `now`.
    #[must_use]
    pub fn described(&self, lang: Lang, now: Timestamp) -> String {
        let mut out = String::new();
        for receiver in &self.receivers {
            self.describe(receiver, lang, &mut out);
        }
        let muting = self.mutes.iter().filter(|mute| now < mute.until);
        for mute in muting {
            line(&mut out, 0, &self.mute_words(mute, lang));
        }
        out
    }

    fn describe(&self, receiver: &Receiver, lang: Lang, out: &mut String) {
        let head = Message::new("alert-say-receiver")
            .with("name", &receiver.name)
            .count("addresses", receiver.to.len());
        line(out, 0, &head.say(lang));
        let mut any = false;
        self.each_route(&mut |number, route, above| {
            if route.receiver != receiver.name {
                return;
            }
            any = true;
            let mut asked: Vec<String> = Vec::new();
            for conditions in above.iter().chain([&&route.conditions]) {
                asked.extend(conditions_words(conditions, lang));
            }
            if asked.is_empty() {
                asked.push(say(lang, "alert-say-everything"));
            }
            let what = Message::new("alert-say-route")
                .with("number", number)
                .with("what", asked.join("; "));
            line(out, 2, &what.say(lang));
            for text in timing_words(&route.timing, lang) {
                line(out, 4, &text);
            }
        });
        if !any {
            line(out, 2, &say(lang, "alert-say-no-route"));
        }
        let cap = Message::new("alert-say-cap").count("most", receiver.most_per_hour());
        line(out, 2, &cap.say(lang));
    }

    /// Calls `each` with the number of every route (`2.1`), the route, and what the routes above
    /// it ask.
    fn each_route<'r>(&'r self, each: &mut impl FnMut(&str, &'r Route, &[&'r Conditions])) {
        fn walk<'r>(
            routes: &'r [Route],
            before: &str,
            above: &mut Vec<&'r Conditions>,
            each: &mut impl FnMut(&str, &'r Route, &[&'r Conditions]),
        ) {
            for (i, route) in routes.iter().enumerate() {
                let number = format!("{before}{}", i + 1);
                each(&number, route, above);
                above.push(&route.conditions);
                walk(&route.routes, &format!("{number}."), above, each);
                above.pop();
            }
        }
        walk(&self.routes, "", &mut Vec::new(), each);
    }

    fn mute_words(&self, mute: &Mute, lang: Lang) -> String {
        let any = || "*".to_owned();
        let words = Message::new("alert-say-mute")
            .with("rule", mute.rule.clone().unwrap_or_else(any))
            .with("source", mute.source.clone().unwrap_or_else(any))
            .with("until", clock(mute.until, &self.tz))
            .with("reason", mute.reason.as_deref().unwrap_or("–"));
        words.say(lang)
    }

    /// Which routes take an alert that comes in at `now`, each condition's truth, and who gets it
    /// when and why; `told` is what mails have told of its rumour so far.
    #[must_use]
    pub fn explained(&self, alert: &Alert, told: &[Told], now: Timestamp, lang: Lang) -> String {
        let mut out = String::new();
        let head = Message::new("alert-why-alert")
            .with("rule", &alert.rule)
            .with("source", &alert.source)
            .with("severity", alert.routed_severity())
            .with("at", clock(now, &self.tz));
        line(&mut out, 0, &head.say(lang));
        let Routed { dispatches, muted } = self.route(alert, told, now);
        match alert.stance {
            Stance::Denies => line(&mut out, 0, &say(lang, "alert-why-denies")),
            Stance::Asserts => self.tried(alert, lang, &mut out),
        }
        if let Some(mute) = muted {
            line(&mut out, 0, &self.mute_words(&mute, lang));
            line(&mut out, 0, &say(lang, "alert-why-muted"));
        } else if dispatches.is_empty() {
            line(&mut out, 0, &say(lang, "alert-why-nobody"));
        }
        for dispatch in &dispatches {
            self.explain(dispatch, lang, &mut out);
        }
        out
    }

    /// Every route with its conditions and whether they hold.
    fn tried(&self, alert: &Alert, lang: Lang, out: &mut String) {
        let takers = self.takers(alert);
        self.each_route(&mut |number, route, above| {
            // Below a route that does not match, nothing is asked.
            let asked = |conditions: &Conditions| conditions.judge(alert).iter().all(|(_, ok)| *ok);
            if !above.iter().all(|conditions| asked(conditions)) {
                return;
            }
            let takes = takers.iter().any(|taker| std::ptr::eq(*taker, route));
            let id = match (takes, asked(&route.conditions)) {
                (true, _) => "alert-why-takes",
                (false, true) => "alert-why-passed",
                (false, false) => "alert-why-not",
            };
            let head = Message::new(id)
                .with("number", number)
                .with("receiver", &route.receiver);
            line(out, 0, &head.say(lang));
            for (condition, holds) in route.conditions.judge(alert) {
                let mark = if holds { "✓" } else { "✗" };
                let words = condition_words(&route.conditions, condition, lang);
                line(out, 2, &format!("{mark} {words}"));
            }
        });
    }

    fn explain(&self, dispatch: &Dispatch, lang: Lang, out: &mut String) {
        let id = if dispatch.digest {
            "alert-why-digest"
        } else {
            "alert-why-mail"
        };
        let head = Message::new(id)
            .with("receiver", &dispatch.receiver)
            .with("at", clock(dispatch.due, &self.tz))
            .with("group", &dispatch.group);
        line(out, 0, &head.say(lang));
        for step in &dispatch.why {
            let until = clock(step.until, &self.tz);
            let why = Message::new(hold_words(step.hold)).with("until", until);
            line(out, 2, &format!("- {}", why.say(lang)));
        }
        if let Some(receiver) = self.receiver(&dispatch.receiver) {
            let cap = Message::new("alert-say-cap").count("most", receiver.most_per_hour());
            line(out, 2, &format!("- {}", cap.say(lang)));
        }
    }
}

/// Why an alert waits, as the catalogue names it.
fn hold_words(hold: Hold) -> &'static str {
    match hold {
        Hold::Wait => "alert-hold-wait",
        Hold::Interval => "alert-hold-interval",
        Hold::Light => "alert-hold-light",
        Hold::News => "alert-hold-news",
        Hold::Quiet => "alert-hold-quiet",
        Hold::DayOff => "alert-hold-day-off",
        Hold::Cap => "alert-hold-cap",
    }
}

/// The conditions that stand in a route, in words.
fn conditions_words(conditions: &Conditions, lang: Lang) -> Vec<String> {
    let standing = [
        (
            conditions.min_severity > Severity::Info,
            Condition::Severity,
        ),
        (!conditions.topic.is_empty(), Condition::Topic),
        (!conditions.rule.is_empty(), Condition::Rule),
        (!conditions.place.is_empty(), Condition::Place),
        (!conditions.source.is_empty(), Condition::Source),
        (!conditions.tags.is_empty(), Condition::Tags),
        (!conditions.trust.is_empty(), Condition::Trust),
    ];
    let standing = standing.into_iter().filter(|(stands, _)| *stands);
    standing
        .map(|(_, condition)| condition_words(conditions, condition, lang))
        .collect()
}

fn condition_words(conditions: &Conditions, condition: Condition, lang: Lang) -> String {
    let (id, list) = match condition {
        Condition::Severity => ("alert-if-severity", conditions.min_severity.to_string()),
        Condition::Topic => ("alert-if-topic", listed(&conditions.topic)),
        Condition::Rule => ("alert-if-rule", listed(&conditions.rule)),
        Condition::Place => ("alert-if-place", conditions.place.join(", ")),
        Condition::Source => ("alert-if-source", listed(&conditions.source)),
        Condition::Tags => ("alert-if-tags", listed(&conditions.tags)),
        Condition::Trust => ("alert-if-trust", listed(&conditions.trust)),
    };
    Message::new(id).with("list", list).say(lang)
}

fn listed(list: &[impl ToString]) -> String {
    let words: Vec<String> = list.iter().map(ToString::to_string).collect();
    words.join(", ")
}

/// When mails leave, one sentence a line.
fn timing_words(timing: &Timing, lang: Lang) -> Vec<String> {
    let grouped = match timing.group_by {
        GroupBy::Rumour => "alert-by-rumour",
        GroupBy::Story => "alert-by-story",
        GroupBy::Topic => "alert-by-topic",
        GroupBy::Source => "alert-by-source",
        GroupBy::All => "alert-by-all",
    };
    let mut words = vec![
        Message::new("alert-say-first")
            .with("grouped", say(lang, grouped))
            .with("wait", long(timing.group_wait, lang))
            .say(lang),
    ];
    let alone =
        Message::new("alert-say-news-mail").with("interval", long(timing.group_interval, lang));
    let digest = |id| Message::new(id).with("times", times(timing)).say(lang);
    if timing.digest.is_empty() {
        words.push(alone.say(lang));
    } else {
        words.push(match timing.news {
            News::Digest => digest("alert-say-news-digest"),
            News::Mail => alone.say(lang),
            News::Raised => Message::new("alert-say-news-raised")
                .with("interval", long(timing.group_interval, lang))
                .with("times", times(timing))
                .say(lang),
        });
        words.push(digest("alert-say-light"));
    }
    for quiet in &timing.quiet {
        words.push(
            Message::new("alert-say-quiet")
                .with("hours", quiet)
                .say(lang),
        );
    }
    if timing.days != Days::default() {
        let days: Vec<String> = timing.days.names().map(|day| day_word(day, lang)).collect();
        words.push(
            Message::new("alert-say-days")
                .with("days", days.join(", "))
                .say(lang),
        );
    }
    words
}

fn day_word(day: &str, lang: Lang) -> String {
    let id = match day {
        "mon" => "alert-day-mon",
        "tue" => "alert-day-tue",
        "wed" => "alert-day-wed",
        "thu" => "alert-day-thu",
        "fri" => "alert-day-fri",
        "sat" => "alert-day-sat",
        _ => "alert-day-sun",
    };
    say(lang, id)
}
