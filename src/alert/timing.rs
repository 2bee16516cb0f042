//! When a receiver is told: waits, quiet hours, working days, digests. Pure: all of it follows
//! from the settings, from what the receiver was told before, and from now.
//!
//! Hours are those of the office's clock. Where the clock is put forward, a time that does not
//! exist that day counts as the moment of the change; where it is put back, a time that comes
//! twice counts the first time (RFC 5545 §3.3.5, which jiff calls "compatible").

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};
use serde::{Deserialize, Serialize};

use super::Alert;
use crate::keyword::Severity;

/// How long a group waits for further alerts unless its route says otherwise: Alertmanager's
/// `group_wait` is 30 s for machines that fail together; pages that copy each other take longer.
pub const GROUP_WAIT: Duration = Duration::from_secs(120);

/// How long after a mail further news of the same group waits, unless its route says otherwise.
pub const GROUP_INTERVAL: Duration = Duration::from_secs(30 * 60);

/// Days that are looked through for an hour that is neither quiet nor on a day off.
const FAR: usize = 400;

/// What makes alerts travel together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GroupBy {
    /// One mail for each rumour, whatever story tells it.
    #[default]
    Rumour,
    /// One for each story.
    Story,
    /// One for each topic; a rule without a topic stands for itself.
    Topic,
    /// One for each source.
    Source,
    /// All in one.
    All,
}

/// How news of a rumour that the receiver knows already travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum News {
    /// In the next digest.
    #[default]
    Digest,
    /// News that makes the rumour graver in a mail of its own, all else in the next digest.
    Raised,
    /// In a mail of its own.
    Mail,
}

/// Hours of the day in which no mail is sent; may reach over midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quiet {
    /// From this time on,
    pub from: Time,
    /// up to this one.
    pub to: Time,
}

/// Days of the week on which mails are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days([bool; 7]);

/// When a receiver's mails leave, as a route settles it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timing {
    /// What travels together.
    pub group_by: GroupBy,
    /// How long the first mail of a group waits for more.
    pub group_wait: Duration,
    /// How long after a group's last mail its next one may leave.
    pub group_interval: Duration,
    /// How news of what is known travels.
    pub news: News,
    /// When nothing is sent; `urgent` is.
    pub quiet: Vec<Quiet>,
    /// On which days mails are sent; `urgent` is on all.
    pub days: Days,
    /// When the day's digests leave, in order; without any there are none.
    pub digest: Vec<Time>,
}

/// What a route or a receiver says of timing; what it leaves out it inherits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Overrides {
    /// As in [`Timing`].
    pub group_by: Option<GroupBy>,
    /// As in [`Timing`].
    pub group_wait: Option<Duration>,
    /// As in [`Timing`].
    pub group_interval: Option<Duration>,
    /// As in [`Timing`].
    pub news: Option<News>,
    /// As in [`Timing`].
    pub quiet: Option<Vec<Quiet>>,
    /// As in [`Timing`].
    pub days: Option<Days>,
    /// As in [`Timing`].
    pub digest: Option<Vec<Time>>,
}

/// What a receiver's mails have told of a rumour within one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The receiver.
    pub receiver: String,
    /// The group.
    pub group: String,
    /// When the last mail about it was closed.
    pub last: Timestamp,
    /// The gravest it was told as.
    pub severity: Severity,
    /// Whether any of these mails told that it is refuted.
    pub refuted: bool,
}

/// Why an alert waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hold {
    /// For further alerts of its group.
    Wait,
    /// Since its group was mailed not long ago.
    Interval,
    /// For the digest, since it is `low` or `info`.
    Light,
    /// For the digest, since the receiver knows the rumour already.
    News,
    /// Till the end of the quiet hours.
    Quiet,
    /// Till the next working day.
    DayOff,
    /// Since the receiver got as many mails within the hour as it may.
    Cap,
}

/// A reason to wait, and till when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Why.
    pub hold: Hold,
    /// Till when.
    pub until: Timestamp,
}

/// When an alert is due, in what kind of mail, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// When.
    pub at: Timestamp,
    /// Whether it waits for a digest, instead of a mail of its group.
    pub digest: bool,
    /// Why, in order; the last one ends at `at`.
    pub why: Vec<Step>,
}

impl Default for Days {
    fn default() -> Self {
        Self([true; 7])
    }
}

impl Days {
    /// The days as `working_days` names them, from Monday.
    pub const NAMES: [&'static str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    /// The days of these names; the first name that is none of [`Days::NAMES`] is the error.
    ///
    /// # Errors
    /// The name that is not one.
    pub fn of<'n>(names: impl IntoIterator<Item = &'n str>) -> Result<Self, &'n str> {
        let mut days = Self([false; 7]);
        for name in names {
            let known = Self::NAMES
                .iter()
                .position(|day| day.eq_ignore_ascii_case(name));
            days.0[known.ok_or(name)?] = true;
        }
        Ok(days)
    }

    /// Whether mails are sent on that day.
    #[must_use]
    pub fn holds(&self, day: Weekday) -> bool {
        self.0[usize::try_from(day.to_monday_zero_offset()).unwrap_or(0)]
    }

    /// Whether there is any such day.
    #[must_use]
    pub fn any(&self) -> bool {
        self.0.contains(&true)
    }

    /// The names of the days, from Monday.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        let named = Self::NAMES.into_iter().zip(self.0);
        named.filter_map(|(name, on)| on.then_some(name))
    }
}

impl FromStr for Quiet {
    type Err = ();

    /// Reads `21:00-06:00`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (from, to) = text.split_once(['-', '–']).ok_or(())?;
        let (from, to) = (parse_time(from).ok_or(())?, parse_time(to).ok_or(())?);
        (from != to).then_some(Self { from, to }).ok_or(())
    }
}

impl fmt::Display for Quiet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}–{}", hour(self.from), hour(self.to))
    }
}

/// Reads `7:30` or `07:30`.
pub(super) fn parse_time(text: &str) -> Option<Time> {
    let (hour, minute) = text.trim().split_once(':')?;
    let digits = |text: &str| {
        let plain = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| text.parse::<i8>().ok()).flatten()
    };
    Time::new(digits(hour)?, digits(minute)?, 0, 0).ok()
}

/// A time as people write it.
pub(super) fn hour(time: Time) -> String {
    time.strftime("%H:%M").to_string()
}

impl Quiet {
    fn holds(&self, time: Time) -> bool {
        if self.from < self.to {
            self.from <= time && time < self.to
        } else {
            time >= self.from || time < self.to
        }
    }
}

impl Overrides {
    /// What this says, else what `above` says.
    #[must_use]
    pub fn or(self, above: &Self) -> Self {
        Self {
            group_by: self.group_by.or(above.group_by),
            group_wait: self.group_wait.or(above.group_wait),
            group_interval: self.group_interval.or(above.group_interval),
            news: self.news.or(above.news),
            quiet: self.quiet.or_else(|| above.quiet.clone()),
            days: self.days.or(above.days),
            digest: self.digest.or_else(|| above.digest.clone()),
        }
    }

    /// What this says, else the defaults.
    #[must_use]
    pub fn settle(self) -> Timing {
        Timing {
            group_by: self.group_by.unwrap_or_default(),
            group_wait: self.group_wait.unwrap_or(GROUP_WAIT),
            group_interval: self.group_interval.unwrap_or(GROUP_INTERVAL),
            news: self.news.unwrap_or_default(),
            quiet: self.quiet.unwrap_or_default(),
            days: self.days.unwrap_or_default(),
            digest: self.digest.unwrap_or_default(),
        }
    }
}

impl Timing {
    /// The group that an alert travels in.
    #[must_use]
    pub fn group(&self, alert: &Alert) -> String {
        match self.group_by {
            GroupBy::Rumour => alert.rule.clone(),
            GroupBy::Story => format!("{}/{}", alert.rule, alert.story),
            GroupBy::Topic => match &alert.topic {
                Some(topic) => format!("topic:{}", topic.to_lowercase()),
                None => alert.rule.clone(),
            },
            GroupBy::Source => format!("source:{}", alert.source),
            GroupBy::All => "all".to_owned(),
        }
    }

    /// When an alert of that severity is due that comes in at `now`, to a receiver that was told
    /// `told` of its rumour.
    #[must_use]
    pub fn due(
        &self,
        severity: Severity,
        told: Option<&Told>,
        now: Timestamp,
        tz: &TimeZone,
    ) -> Due {
        let light = severity <= Severity::Low;
        let alone = match (told, self.news) {
            (None, _) => !light,
            (Some(_), News::Mail) => !light,
            (Some(told), News::Raised) => !light && severity > told.severity,
            (Some(_), News::Digest) => false,
        };
        if !alone && let Some(at) = self.next_digest(now, tz) {
            let hold = match told {
                Some(_) => Hold::News,
                None => Hold::Light,
            };
            return Due {
                at,
                digest: true,
                why: vec![Step { hold, until: at }],
            };
        }
        let mut at = later(now, self.group_wait);
        let mut why = vec![Step {
            hold: Hold::Wait,
            until: at,
        }];
        if let Some(told) = told
            && later(told.last, self.group_interval) > at
        {
            at = later(told.last, self.group_interval);
            why.push(Step {
                hold: Hold::Interval,
                until: at,
            });
        }
        if severity < Severity::Urgent {
            at = self.open_from(at, tz, &mut why);
        }
        Due {
            at,
            digest: false,
            why,
        }
    }

    /// The first moment at or after `at` that is neither quiet nor on a day off; `at` where
    /// there is none within a year. `why` learns what stood in the way.
    fn open_from(&self, at: Timestamp, tz: &TimeZone, why: &mut Vec<Step>) -> Timestamp {
        let mut here = at.to_zoned_datetime(tz.clone());
        let steps = why.len();
        for _ in 0..FAR {
            let (hold, next) = if !self.days.holds(here.weekday()) {
                (
                    Hold::DayOff,
                    day_after(&here).and_then(|day| moment(day, Time::midnight(), tz)),
                )
            } else if let Some(quiet) = self.quiet.iter().find(|quiet| quiet.holds(here.time())) {
                let day = if here.time() < quiet.to {
                    Some(here.date())
                } else {
                    day_after(&here)
                };
                (Hold::Quiet, day.and_then(|day| moment(day, quiet.to, tz)))
            } else {
                return here.timestamp().max(at);
            };
            let Some(next) = next.filter(|next| next.timestamp() > here.timestamp()) else {
                break;
            };
            match why.last_mut().filter(|last| last.hold == hold) {
                Some(last) => last.until = next.timestamp(),
                None => why.push(Step {
                    hold,
                    until: next.timestamp(),
                }),
            }
            here = next;
        }
        why.truncate(steps);
        at
    }

    /// The first digest after `at`; `None` where there is none.
    #[must_use]
    pub fn next_digest(&self, at: Timestamp, tz: &TimeZone) -> Option<Timestamp> {
        let mut day = at.to_zoned_datetime(tz.clone()).date();
        for _ in 0..FAR {
            if self.days.holds(day.weekday()) {
                for time in &self.digest {
                    let quiet = self.quiet.iter().any(|quiet| quiet.holds(*time));
                    let moment = moment(day, *time, tz)?.timestamp();
                    if moment > at && !quiet {
                        return Some(moment);
                    }
                }
            }
            day = day.tomorrow().ok()?;
        }
        None
    }
}

fn day_after(here: &ZonedDateTime) -> Option<Date> {
    here.date().tomorrow().ok()
}

/// That time of that day on the office's clock.
fn moment(day: Date, time: Time, tz: &TimeZone) -> Option<ZonedDateTime> {
    tz.to_ambiguous_zoned_datetime(day.to_datetime(time))
        .compatible()
        .ok()
}

fn later(time: Timestamp, by: Duration) -> Timestamp {
    time.checked_add(by).unwrap_or(Timestamp::MAX)
}
