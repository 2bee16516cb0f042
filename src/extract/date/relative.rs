//! Times told from the moment of reading: `vừa xong`, `5 phút trước`, `hôm qua, 14:05`.

use std::sync::LazyLock;

use jiff::civil;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan};
use regex::Regex;

use super::{found, number, pattern};

pattern!(
    AGO,
    r"(?i)(?:^|\s|\()(?:cách\s+đây\s+)?(?:khoảng\s+)?(\d{1,3}|một|hai|ba|vài|nửa)\s+(giây|phút|giờ|tiếng|ngày|hôm|tuần|tháng|năm|seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?)\s+(?:trước|vừa qua|ago)(?:\W|$)"
);
pattern!(
    SINCE,
    r"(?i)(?:^|\s)cách\s+đây\s+(?:khoảng\s+)?(\d{1,3}|một|hai|ba|vài|nửa)\s+(giây|phút|giờ|tiếng|ngày|hôm|tuần|tháng|năm)(?:\W|$)"
);
pattern!(
    SHORT,
    r"(?i)^\W*(\d{1,3})\s?(s|m|h|d|w|giây|phút|giờ|ngày|tuần)\W*$"
);
pattern!(
    NOW,
    r"(?i)^\W*(?:vừa xong|vừa đăng|mới đây|vừa mới đăng|ngay bây giờ|just now|now|mới cập nhật|vừa cập nhật)\W*$"
);
pattern!(
    DAY,
    r"(?i)(?:^|[\s(,|-])(hôm nay|sáng nay|trưa nay|chiều nay|tối nay|hôm qua|sáng qua|chiều qua|tối qua|đêm qua|hôm kia|today|yesterday)(?:\W|$)"
);

/// Reads a time that is told from `now` in the zone of `tz`. What names only a day is its
/// midnight; a time that would lie after `now` is `now`.
pub(super) fn read(text: &str, now: Timestamp, tz: &TimeZone) -> Option<Timestamp> {
    // A longer text is a sentence that tells of another moment.
    if text.chars().count() > 60 {
        return None;
    }
    if found(&NOW, text).is_some() {
        return Some(now);
    }
    if let Some(c) = found(&DAY, text) {
        return day(&c[1].to_lowercase(), text, now, tz);
    }
    let ago = found(&AGO, text).or_else(|| found(&SINCE, text));
    let c = ago.or_else(|| found(&SHORT, text))?;
    let count: i64 = match c[1].to_lowercase().as_str() {
        "một" => 1,
        "hai" | "vài" => 2,
        "ba" => 3,
        "nửa" => return half(&c[2].to_lowercase(), now, tz),
        _ => number(&c, 1)?,
    };
    back(now, span(&c[2].to_lowercase(), count)?, tz)
}

fn span(unit: &str, count: i64) -> Option<Span> {
    Some(match unit {
        "giây" | "s" | "sec" | "secs" | "second" | "seconds" => count.seconds(),
        "phút" | "m" | "min" | "mins" | "minute" | "minutes" => count.minutes(),
        "giờ" | "tiếng" | "h" | "hr" | "hrs" | "hour" | "hours" => count.hours(),
        "ngày" | "hôm" | "d" | "day" | "days" => count.days(),
        "tuần" | "w" | "week" | "weeks" => count.weeks(),
        "tháng" | "month" | "months" => count.months(),
        "năm" | "year" | "years" => count.years(),
        _ => return None,
    })
}

fn half(unit: &str, now: Timestamp, tz: &TimeZone) -> Option<Timestamp> {
    let span = match unit {
        "phút" => 30.seconds(),
        "giờ" | "tiếng" => 30.minutes(),
        "ngày" => 12.hours(),
        "tháng" => 15.days(),
        "năm" => 6.months(),
        _ => return None,
    };
    back(now, span, tz)
}

fn back(now: Timestamp, span: Span, tz: &TimeZone) -> Option<Timestamp> {
    tz.to_timestamp(tz.to_datetime(now).checked_sub(span).ok()?)
        .ok()
}

fn day(name: &str, text: &str, now: Timestamp, tz: &TimeZone) -> Option<Timestamp> {
    let today = tz.to_datetime(now).date();
    let days = match name {
        "hôm kia" => 2,
        _ if name.ends_with("qua") || name == "yesterday" => 1,
        _ => 0,
    };
    let date = today.checked_sub(days.days()).ok()?;
    let afternoon = ["chiều", "tối", "đêm"]
        .iter()
        .any(|part| name.starts_with(part));
    let clock = super::time(text).map(|time| {
        let twelve = afternoon && (1..12).contains(&time.hour());
        let later = time.checked_add(12.hours()).ok().filter(|_| twelve);
        later.unwrap_or(time)
    });
    let moment = date.to_datetime(clock.unwrap_or(civil::Time::midnight()));
    tz.to_timestamp(moment).ok().map(|at| at.min(now))
}

/// Whether every pattern here is valid.
#[cfg(test)]
pub(super) fn are_valid() -> bool {
    [&AGO, &SINCE, &SHORT, &NOW, &DAY]
        .iter()
        .all(|pattern| pattern.is_some())
}
