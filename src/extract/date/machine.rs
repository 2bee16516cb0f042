//! Times as machines write them into attributes, feeds and answers of APIs.

use std::sync::LazyLock;

use jiff::civil::{Date, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use regex::Regex;

use super::{Read, found, in_short, number, pattern, read};

/// News are told of these years; other figures are no date.
const YEARS: std::ops::RangeInclusive<i16> = 1990..=2099;

pattern!(
    COMPACT,
    r"^(\d{4})(\d{2})(\d{2})(?:[T ]?(\d{2})(\d{2})(\d{2})?(?:\.\d+)?\s?(?:(Z)|([+-]\d{2}):?(\d{2}))?)?$"
);
// From 2001 to 2033. A telephone number begins with 0.
pattern!(EPOCH, r"^(1\d{9})(\d{3})?$");

/// Reads what [`super::read`] does, the basic form of ISO 8601, seconds or milliseconds since
/// 1970, and a year in two digits.
pub(in crate::extract) fn stamped(text: &str, tz: &TimeZone) -> Option<Read> {
    let known = |at| Read {
        at,
        clock: true,
        utc: false,
    };
    compact(text, tz)
        .or_else(|| since(text.trim()).map(known))
        .or_else(|| read(text, tz))
        .or_else(|| in_short(text, tz).map(known))
}

/// Reads the basic form of ISO 8601 (4.2.2, 5.4.2 of the 2000 edition): `20210823`,
/// `20210823T143000+0700`, also without the `T`. A time without a zone is the office's.
pub(in crate::extract) fn compact(text: &str, tz: &TimeZone) -> Option<Read> {
    let c = found(&COMPACT, text.trim())?;
    let year = number(&c, 1).filter(|year| YEARS.contains(year))?;
    let date = Date::new(year, number(&c, 2)?, number(&c, 3)?).ok()?;
    let clock = match c.get(4) {
        Some(_) => {
            let second = number(&c, 6).unwrap_or(0);
            Some(Time::new(number(&c, 4)?, number(&c, 5)?, second, 0).ok()?)
        }
        None => None,
    };
    let moment = date.to_datetime(clock.unwrap_or(Time::midnight()));
    let zone = match c.get(7) {
        Some(_) => Some(Offset::UTC),
        None => offset(number(&c, 8), number(&c, 9)),
    };
    let at = match zone {
        Some(zone) => zone.to_timestamp(moment).ok()?,
        None => tz.to_timestamp(moment).ok()?,
    };
    Some(Read {
        at,
        clock: clock.is_some(),
        utc: zone == Some(Offset::UTC),
    })
}

fn offset(hours: Option<i64>, minutes: Option<i64>) -> Option<Offset> {
    let (hours, minutes) = (hours?, minutes?);
    let sign = if hours < 0 { -1 } else { 1 };
    Offset::try_from(SignedDuration::from_mins(hours * 60 + sign * minutes)).ok()
}

fn since(text: &str) -> Option<Timestamp> {
    let c = found(&EPOCH, text)?;
    let seconds = number(&c, 1)?;
    Timestamp::new(seconds, number(&c, 2).unwrap_or(0) * 1_000_000).ok()
}

/// Whether every pattern here is valid.
#[cfg(test)]
pub(super) fn are_valid() -> bool {
    [&COMPACT, &EPOCH].iter().all(|pattern| pattern.is_some())
}
