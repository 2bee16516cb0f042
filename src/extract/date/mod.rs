//! Times as feeds and Vietnamese pages write them.

mod machine;
mod relative;

use std::sync::LazyLock;

pub(super) use machine::{compact, stamped};

use jiff::civil::{self, DateTime};
use jiff::fmt::rfc2822;
use jiff::fmt::strtime;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use regex::{Captures, Regex};

/// A date is not longer; what is longer is text that may hold anything.
const LONGEST: usize = 160;

/// Reads a time by a format of the source's own, in the office's zone where it names none.
pub(super) fn by_format(text: &str, format: &str, tz: &TimeZone) -> Option<Timestamp> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // What follows the time ("(GMT+7)", "| Sức khỏe") is not the format's matter.
    let (parsed, _) = strtime::BrokenDownTime::parse_prefix(format, text.as_str()).ok()?;
    if let Ok(timestamp) = parsed.to_timestamp() {
        return Some(timestamp);
    }
    let moment = parsed
        .to_datetime()
        .or_else(|_| parsed.to_date().map(civil::Date::to_datetime_midnight))
        .ok()?;
    tz.to_timestamp(moment).ok()
}

/// Reads RFC 3339, RFC 2822, C's `asctime` and what is near them, and the Vietnamese forms: `Thứ Hai,
/// 23/8/2021 | 14:30 GMT+7`, `14:30 23-08-2021`, `ngày 23 tháng 8 năm 2021`, `23 Tháng Tám,
/// 2021`. A time without a zone is the office's. `None` where no full date is found.
pub(super) fn parse(text: &str, tz: &TimeZone) -> Option<Timestamp> {
    read(text, tz).map(|read| read.at)
}

/// The same where a time is all that a text should be: also with a year in two digits
/// (`23/8/21`), and what is told from the moment of reading: `2 giờ trước`, `hôm qua, 14:05`. The
/// latter need `now`, the moment at which the page was fetched.
pub(super) fn shown(text: &str, tz: &TimeZone, now: Option<Timestamp>) -> Option<Timestamp> {
    parse(text, tz)
        .or_else(|| in_short(text, tz))
        .or_else(|| relative::read(text, now?, tz))
}

/// Reads a day whose year is written in two digits, from 2000 on. Only where a time must be: in
/// running text the same figures are a score or the number of a paper.
fn in_short(text: &str, tz: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    if text.len() > LONGEST {
        return None;
    }
    let c = found(&SHORT_YEAR, text)?;
    // The slashed form, the dashed one, and that of RFC 822.
    let at = [1, 4, 7].into_iter().find(|at| c.get(*at).is_some())?;
    let month = match at {
        7 => month(&c[8])?,
        _ => number(&c, at + 1)?,
    };
    let year: i16 = number(&c, at + 2)?;
    let date = civil::Date::new(2000 + year, month, number(&c, at)?).ok()?;
    instant(text, date, tz).map(|read| read.at)
}

/// A time with what is known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) at: Timestamp,
    /// It names a time of the day, not only a day.
    pub(super) clock: bool,
    /// It is said to be UTC.
    pub(super) utc: bool,
}

/// Reads a time as [`parse`] does.
pub(super) fn read(text: &str, tz: &TimeZone) -> Option<Read> {
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    let mail = rfc2822::DateTimeParser::new().relaxed_weekday(true);
    let exact = text.parse::<Timestamp>().ok();
    if let Some(at) = exact.or_else(|| mail.parse_timestamp(text).ok()) {
        let utc = zone(text) == Some(Offset::UTC);
        let clock = true;
        return Some(Read { at, clock, utc });
    }
    if let Some(c) = found(&YEAR_LAST, text) {
        let zone = c.get(4).map_or("", |zone| zone.as_str());
        let (month, day, clock, year) = (&c[1], &c[2], &c[3], &c[5]);
        return read(&format!("{day} {month} {year} {clock} {zone}"), tz);
    }
    instant(text, date(text)?, tz)
}

/// The day at the clock and in the zone that the text names.
fn instant(text: &str, date: civil::Date, tz: &TimeZone) -> Option<Read> {
    let (clock, zone) = (time(text), zone(text));
    let moment = date.to_datetime(clock.unwrap_or(civil::Time::midnight()));
    let at = match zone {
        Some(offset) => offset.to_timestamp(moment).ok()?,
        None => tz.to_timestamp(moment).ok()?,
    };
    Some(Read {
        at,
        clock: clock.is_some(),
        utc: zone == Some(Offset::UTC),
    })
}

/// A pattern of this file; that each is valid is tested.
macro_rules! pattern {
    ($name:ident, $pattern:literal) => {
        static $name: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new($pattern).ok());
    };
}

use pattern;

fn found<'t>(pattern: &'static LazyLock<Option<Regex>>, text: &'t str) -> Option<Captures<'t>> {
    pattern.as_ref()?.captures(text)
}

fn number<T: std::str::FromStr>(captures: &Captures<'_>, group: usize) -> Option<T> {
    captures.get(group)?.as_str().parse().ok()
}

pattern!(
    YEAR_FIRST,
    r"(?:^|\D)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:\D|$)"
);
pattern!(
    DAY_FIRST,
    r"(?:^|\D)(\d{1,2})\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?(\d{4})(?:\D|$)"
);
pattern!(
    SPOKEN,
    r"(?i)(?:^|\D)(\d{1,2})\s+tháng\s+(\d{1,2})[\s,/]+(?:năm\s+)?(\d{4})(?:\D|$)"
);
pattern!(
    NAMED,
    r"(?i)(?:^|\D)(\d{1,2})\s+tháng\s+(giêng|một|hai|ba|tư|bốn|năm|sáu|bảy|bẩy|tám|chín|mười một|mười hai|mười|chạp)[\s,]+(?:năm\s+)?(\d{4})(?:\D|$)"
);
pattern!(
    ENGLISH,
    r"(?i)(?:^|\D)(\d{1,2})[\s-]+(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?[\s,-]+(\d{4})"
);
pattern!(
    AMERICAN,
    r"(?i)(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})"
);
pattern!(
    YEAR_LAST,
    r"(?i)(?:^|\s)(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\s+(\d{1,2})\s+(\d{1,2}:\d{2}(?::\d{2})?)\s+(?:([+-]\d{4}|[a-z]{1,5})\s+)?(\d{4})$"
);
pattern!(
    SHORT_YEAR,
    r"(?i)(?:^|[^\d/.-])(?:(\d{1,2})/(\d{1,2})/(\d{2})|(\d{1,2})-(\d{1,2})-(\d{2})|(\d{1,2})\s(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\s(\d{2}))(?:[^\d/.-]|$)"
);
pattern!(
    CLOCK,
    r"(?i)(?:^|[^\d:+-])(\d{1,2})\s?(?::|g|h|giờ)\s?(\d{2})(?:\s?:\s?(\d{2}))?(?:\.\d+)?\s*(?:'|phút\b)?\s*(am|pm|sa|ch|sáng|chiều|tối)?\b"
);
pattern!(
    FULL_HOUR,
    r"(?i)(?:^|[^\d:+/.-])(\d{1,2})\s?(?:h|giờ)\b\s*(?:đúng\s+)?(sáng|chiều|tối)?"
);
pattern!(
    UNPADDED,
    r"(?i)(?:^|\s)[1-9]/\d{1,2}/\d{4}\s|\s\d{1,2}:\d{2}:\d{2}\s*[ap]m"
);
pattern!(
    OFFSET,
    r"(?i)(?:GMT|UTC|[ap]m|:\d{2}(?:\.\d+)?)\s?([+-])\s?(\d{1,2})(?::?(\d{2}))?\s*\)?$"
);

fn date(text: &str) -> Option<civil::Date> {
    let make = |year: i16, month: i8, day: i8| civil::Date::new(year, month, day).ok();
    if let Some(c) = found(&YEAR_FIRST, text) {
        return make(number(&c, 1)?, number(&c, 2)?, number(&c, 3)?);
    }
    for pattern in [&DAY_FIRST, &SPOKEN] {
        if let Some(c) = found(pattern, text) {
            let (first, second, year) = (number(&c, 1)?, number(&c, 2)?, number(&c, 3)?);
            return if second > 12 || first <= 12 && is_american(text) {
                make(year, first, second)
            } else {
                make(year, second, first)
            };
        }
    }
    if let Some(c) = found(&NAMED, text) {
        return make(number(&c, 3)?, vietnamese_month(&c[2])?, number(&c, 1)?);
    }
    if let Some(c) = found(&ENGLISH, text) {
        return make(number(&c, 3)?, month(&c[2])?, number(&c, 1)?);
    }
    let c = found(&AMERICAN, text)?;
    make(number(&c, 3)?, month(&c[1])?, number(&c, 2)?)
}

/// Servers set to the American style write the month first and AM or PM (`8/12/2021 2:30:00
/// PM`). Vietnamese sites write AM and PM too, behind a day in two digits, before a month, and
/// PM even behind 14:30.
fn is_american(text: &str) -> bool {
    let half = found(&CLOCK, text).is_some_and(|c| {
        let small = c[1].parse::<u8>().is_ok_and(|hour| hour <= 12);
        let half = c.get(4).map(|half| half.as_str().to_ascii_lowercase());
        small && half.is_some_and(|half| half == "am" || half == "pm")
    });
    half && text.contains('/') && found(&UNPADDED, text).is_some()
}

fn vietnamese_month(name: &str) -> Option<i8> {
    Some(match name.to_lowercase().as_str() {
        "giêng" | "một" => 1,
        "hai" => 2,
        "ba" => 3,
        "tư" | "bốn" => 4,
        "năm" => 5,
        "sáu" => 6,
        "bảy" | "bẩy" => 7,
        "tám" => 8,
        "chín" => 9,
        "mười" => 10,
        "mười một" => 11,
        "mười hai" | "chạp" => 12,
        _ => return None,
    })
}

fn month(name: &str) -> Option<i8> {
    const NAMES: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let at = NAMES
        .iter()
        .position(|known| name.eq_ignore_ascii_case(known))?;
    i8::try_from(at + 1).ok()
}

/// The time of the day, where one is named.
fn time(text: &str) -> Option<civil::Time> {
    let whole = || {
        let c = found(&FULL_HOUR, text)?;
        let hour = in_half(number(&c, 1)?, c.get(2).map(|half| half.as_str()));
        civil::Time::new(hour, 0, 0, 0).ok()
    };
    let Some(c) = found(&CLOCK, text) else {
        return whole();
    };
    let hour = in_half(number(&c, 1)?, c.get(4).map(|half| half.as_str()));
    civil::Time::new(hour, number(&c, 2)?, number(&c, 3).unwrap_or(0), 0).ok()
}

/// The hour of the whole day. SA and CH (sáng, chiều) are what a Vietnamese server writes for AM
/// and PM.
fn in_half(hour: i8, half: Option<&str>) -> i8 {
    match half.map(str::to_lowercase).as_deref() {
        Some("pm" | "ch" | "chiều" | "tối") if hour < 12 => hour + 12,
        Some("am" | "sa" | "sáng") if hour == 12 => 0,
        _ => hour,
    }
}

fn zone(text: &str) -> Option<Offset> {
    if let Some(c) = found(&OFFSET, text) {
        let (hours, minutes): (i64, i64) = (number(&c, 2)?, number(&c, 3).unwrap_or(0));
        let seconds = (hours * 60 + minutes) * 60 * if &c[1] == "-" { -1 } else { 1 };
        return Offset::try_from(SignedDuration::from_secs(seconds)).ok();
    }
    let last = text
        .rsplit(|c: char| !c.is_ascii_alphanumeric())
        .find(|word| !word.is_empty())?;
    let utc = ["Z", "GMT", "UTC"].contains(&last)
        || (last.ends_with('Z') && last.contains(|c: char| c.is_ascii_digit()));
    utc.then_some(Offset::UTC)
}

/// Midnight begins a day that is named without a time.
trait Midnight {
    fn to_datetime_midnight(self) -> DateTime;
}

impl Midnight for civil::Date {
    fn to_datetime_midnight(self) -> DateTime {
        self.to_datetime(civil::Time::midnight())
    }
}

#[cfg(test)]
mod tests;
