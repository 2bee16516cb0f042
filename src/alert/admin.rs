//! `[admin]` of `canhtin.toml`: who is told how canhtin itself fares, and when.

use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;

use super::read::parse_address;
use crate::message::Message;
use crate::problem::Problem;
use crate::problem::toml::Table;

/// How long after its time a heartbeat is still worth sending: later the next one is near.
const LATEST_HEARTBEAT: Duration = Duration::from_secs(12 * 3600);
/// How long after its time a summary of the week is still worth sending.
const LATEST_WEEKLY: Duration = Duration::from_secs(72 * 3600);

/// Who is told how canhtin itself fares, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admin {
    /// Addresses, each `a@b.vn` or `Name <a@b.vn>`. Without any, only the journal and `status`
    /// tell.
    pub to: Vec<String>,
    /// When the daily sign of life is due, on the office's clock; `None` for none.
    pub heartbeat: Option<Time>,
    /// When the summary of the week is due; `None` for none.
    pub weekly: Option<(Weekday, Time)>,
}

impl Default for Admin {
    fn default() -> Self {
        Self {
            to: Vec::new(),
            heartbeat: Some(Time::constant(7, 0, 0, 0)),
            weekly: Some((Weekday::Monday, Time::constant(7, 30, 0, 0))),
        }
    }
}

/// A regular mail that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Its day on the office's calendar: each day has one at most.
    pub day: Date,
    /// When it became due.
    pub due: Timestamp,
}

impl Admin {
    /// The heartbeat whose turn it is at `now`, unless that was too long ago to be worth it.
    #[must_use]
    pub fn heartbeat_turn(&self, now: Timestamp, tz: &TimeZone) -> Option<Turn> {
        let time = self.heartbeat?;
        latest(now, tz, time, LATEST_HEARTBEAT, |_| true)
    }

    /// The weekly summary whose turn it is at `now`, likewise.
    #[must_use]
    pub fn weekly_turn(&self, now: Timestamp, tz: &TimeZone) -> Option<Turn> {
        let (weekday, time) = self.weekly?;
        latest(now, tz, time, LATEST_WEEKLY, |day| day.weekday() == weekday)
    }
}

/// The latest day that is wanted and whose time has come, if that was at most `within` ago.
fn latest(
    now: Timestamp,
    tz: &TimeZone,
    time: Time,
    within: Duration,
    wanted: impl Fn(Date) -> bool,
) -> Option<Turn> {
    let today = now.to_zoned_datetime(tz.clone()).date();
    let mut day = today;
    for _ in 0..7 {
        // A time that a clock change skips is the moment after the gap.
        let due = tz.to_timestamp(day.to_datetime(time)).ok()?;
        if wanted(day) && due <= now {
            let last = due.checked_add(within).unwrap_or(Timestamp::MAX);
            return (now <= last).then_some(Turn { day, due });
        }
        day = day.yesterday().ok()?;
    }
    None
}

/// `"07:00"`; empty for never.
struct Daily(Option<Time>);

impl FromStr for Daily {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if text.trim().is_empty() {
            return Ok(Self(None));
        }
        let (hour, minute) = text.trim().split_once(':').ok_or(())?;
        let part = |digits: &str| match digits.len() {
            1 | 2 if digits.bytes().all(|b| b.is_ascii_digit()) => digits.parse().map_err(drop),
            _ => Err(()),
        };
        let time = Time::new(part(hour)?, part(minute)?, 0, 0).map_err(drop)?;
        Ok(Self(Some(time)))
    }
}

/// `"mon 07:30"`; empty for never.
struct OnceAWeek(Option<(Weekday, Time)>);

impl FromStr for OnceAWeek {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if text.trim().is_empty() {
            return Ok(Self(None));
        }
        let (day, time) = text.trim().split_once(' ').ok_or(())?;
        let day = match day.to_ascii_lowercase().as_str() {
            "mon" => Weekday::Monday,
            "tue" => Weekday::Tuesday,
            "wed" => Weekday::Wednesday,
            "thu" => Weekday::Thursday,
            "fri" => Weekday::Friday,
            "sat" => Weekday::Saturday,
            "sun" => Weekday::Sunday,
            _ => return Err(()),
        };
        let Daily(time) = time.trim_start().parse()?;
        Ok(Self(Some((day, time.ok_or(())?))))
    }
}

/// Reads `[admin]` of the file's root table; warns where nobody would be told.
#[must_use]
pub fn read_admin(root: &mut Table<'_>) -> Admin {
    let mut admin = Admin::default();
    let mut at = 0..0;
    if let Some(mut table) = root.table("admin") {
        at = table.span();
        for address in table.strings("to").unwrap_or_default() {
            if parse_address(&address.value).is_some() {
                admin.to.push(address.value);
            } else {
                table.error(
                    address.span,
                    Message::new("alert-bad-address").with("address", &address.value),
                    Message::new("alert-bad-address-mend"),
                );
            }
        }
        if let Some(daily) = table.parsed::<Daily>("heartbeat", "HH:MM") {
            admin.heartbeat = daily.value.0;
        }
        if let Some(weekly) = table.parsed::<OnceAWeek>("weekly", "mon HH:MM") {
            admin.weekly = weekly.value.0;
        }
        table.finish();
    }
    if admin.to.is_empty() {
        let what = Message::new("alert-no-admin");
        root.problems().push(
            Problem::warning(root.file(), at, what).mend(Message::new("alert-no-admin-mend")),
        );
    }
    admin
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::toml::read_file;
    use crate::problem::{Level, Problems, SourceFile};

    fn read(text: &str) -> (Admin, Vec<(Level, &'static str)>) {
        let file = SourceFile::new("canhtin.toml", text);
        let problems = Problems::default();
        let admin = read_file(&file, &problems, |mut root| {
            let admin = read_admin(&mut root);
            root.finish();
            admin
        });
        let told = problems.into_sorted();
        (admin, told.iter().map(|p| (p.level, p.what.id())).collect())
    }

    #[test]
    fn the_table_is_read() {
        let (admin, told) =
            read("[admin]\nto = 'quan-tri@a.example'\nheartbeat = '6:05'\nweekly = 'Fri 16:00'");
        assert_eq!(told, []);
        assert_eq!(admin.to, ["quan-tri@a.example"]);
        assert_eq!(admin.heartbeat, Some(Time::constant(6, 5, 0, 0)));
        let friday = (Weekday::Friday, Time::constant(16, 0, 0, 0));
        assert_eq!(admin.weekly, Some(friday));
        let (admin, _) = read("[admin]\nto = ['a@a.example']\nheartbeat = ''\nweekly = ''");
        assert_eq!((admin.heartbeat, admin.weekly), (None, None));
    }

    #[test]
    fn what_cannot_work_is_told() {
        use Level::{Error, Warning};
        let rows: [(&str, &[(Level, &str)]); 6] = [
            ("", &[(Warning, "alert-no-admin")]),
            ("[admin]\nto = []", &[(Warning, "alert-no-admin")]),
            (
                "[admin]\nto = ['a@a.example', 'khong phai']",
                &[(Error, "alert-bad-address")],
            ),
            (
                "[admin]\nto = 'a@a.example'\nheartbeat = '25:00'",
                &[(Error, "problem-bad-value")],
            ),
            (
                "[admin]\nto = 'a@a.example'\nheartbeat = '+7:00'",
                &[(Error, "problem-bad-value")],
            ),
            (
                "[admin]\nto = 'a@a.example'\nweekly = 'thứ hai 07:00'",
                &[(Error, "problem-bad-value")],
            ),
        ];
        for (text, want) in rows {
            assert_eq!(read(text).1, want, "{text}");
        }
    }

    #[test]
    fn turns_come_once_a_day_and_once_a_week_by_the_offices_clock() {
        let tz = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
        let admin = Admin::default();
        // 2026-11-23 is a Monday; the office is seven hours ahead of UTC.
        let rows = [
            // Hours after the last one: not any more.
            ("2026-11-22T23:59:59Z", None, None),
            ("2026-11-23T00:00:00Z", Some("2026-11-23"), None),
            (
                "2026-11-23T00:30:00Z",
                Some("2026-11-23"),
                Some("2026-11-23"),
            ),
            (
                "2026-11-23T12:00:00Z",
                Some("2026-11-23"),
                Some("2026-11-23"),
            ),
            ("2026-11-23T12:00:01Z", None, Some("2026-11-23")),
            (
                "2026-11-26T00:30:00Z",
                Some("2026-11-26"),
                Some("2026-11-23"),
            ),
            ("2026-11-26T00:30:01Z", Some("2026-11-26"), None),
        ];
        for (now, heartbeat, weekly) in rows {
            let now: Timestamp = now.parse().unwrap();
            let day = |turn: Option<Turn>| turn.map(|turn| turn.day.to_string());
            let turns = (
                day(admin.heartbeat_turn(now, &tz)),
                day(admin.weekly_turn(now, &tz)),
            );
            let want = (heartbeat.map(str::to_owned), weekly.map(str::to_owned));
            assert_eq!(turns, want, "{now}");
        }
    }
}
