//! Times as feeds and Vietnamese pages write them.

use std::sync::LazyLock;

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

/// Reads RFC 3339, RFC 2822 and what is near them, and the Vietnamese forms: `Thứ Hai,
/// 23/8/2021 | 14:30 GMT+7`, `14:30 23-08-2021`, `ngày 23 tháng 8 năm 2021`. A time without a
/// zone is the office's. `None` where no full date is found.
pub(super) fn parse(text: &str, tz: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Some(timestamp);
    }
    let mail = rfc2822::DateTimeParser::new().relaxed_weekday(true);
    if let Ok(timestamp) = mail.parse_timestamp(text) {
        return Some(timestamp);
    }
    let moment = date(text)?.to_datetime(time(text));
    match zone(text) {
        Some(offset) => offset.to_timestamp(moment).ok(),
        None => tz.to_timestamp(moment).ok(),
    }
}

/// A pattern of this file; that each is valid is tested.
macro_rules! pattern {
    ($name:ident, $pattern:literal) => {
        static $name: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new($pattern).ok());
    };
}

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
    r"(?i)(?:^|\D)(\d{1,2})\s+tháng\s+(\d{1,2})[\s,]+(?:năm\s+)?(\d{4})(?:\D|$)"
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
    CLOCK,
    r"(?i)(?:^|[^\d:+-])(\d{1,2})\s?(?::|h|giờ)\s?(\d{2})(?:\s?(?::|')\s?(\d{2}))?(?:\.\d+)?\s*(am|pm|sa|ch)?\b"
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
            // Only servers set to the American style write AM and PM, and they put the month
            // first; so does a date whose second number is no month.
            let american = found(&CLOCK, text).is_some_and(|c| {
                c.get(4)
                    .is_some_and(|half| half.as_str().to_ascii_lowercase().ends_with('m'))
            });
            return if american && first <= 12 || second > 12 {
                make(year, first, second)
            } else {
                make(year, second, first)
            };
        }
    }
    if let Some(c) = found(&ENGLISH, text) {
        return make(number(&c, 3)?, month(&c[2])?, number(&c, 1)?);
    }
    let c = found(&AMERICAN, text)?;
    make(number(&c, 3)?, month(&c[1])?, number(&c, 2)?)
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

fn time(text: &str) -> civil::Time {
    let read = || {
        let c = found(&CLOCK, text)?;
        let mut hour: i8 = number(&c, 1)?;
        // SA and CH (sáng, chiều) are what a Vietnamese server writes for AM and PM.
        match c
            .get(4)
            .map(|half| half.as_str().to_ascii_lowercase())
            .as_deref()
        {
            Some("pm" | "ch") if hour < 12 => hour += 12,
            Some("am" | "sa") if hour == 12 => hour = 0,
            _ => {}
        }
        civil::Time::new(hour, number(&c, 2)?, number(&c, 3).unwrap_or(0), 0).ok()
    };
    read().unwrap_or(civil::Time::midnight())
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
mod tests {
    use super::*;

    fn office() -> TimeZone {
        TimeZone::get("Asia/Ho_Chi_Minh").unwrap()
    }

    #[test]
    fn every_pattern_is_valid() {
        for pattern in [
            &YEAR_FIRST,
            &DAY_FIRST,
            &SPOKEN,
            &ENGLISH,
            &AMERICAN,
            &CLOCK,
            &OFFSET,
        ] {
            assert!(pattern.is_some());
        }
    }

    #[test]
    fn one_moment_in_many_forms() {
        let moment: Timestamp = "2021-08-23T14:30:00+07:00".parse().unwrap();
        for text in [
            "2021-08-23T14:30:00+07:00",
            "2021-08-23T07:30:00Z",
            "2021-08-23 14:30:00",
            "2021-08-23T14:30",
            "2021-08-23T14:30:00.000+0700",
            "2021/08/23 14:30",
            "2021-08-23T14:30:00 +07:00",
            " 2021-08-23 14:30:00\n",
            "2021-08-23T07:30:00 UTC",
            "Mon, 23 Aug 2021 14:30:00 +0700",
            "Mon, 23 Aug 2021 07:30:00 GMT",
            "Mon, 23 Aug 2021 07:30 UTC",
            "Monday, 23 August 2021 14:30:00 +0700",
            "Tue, 23 Aug 2021 14:30:00 +0700",
            "23 Aug 2021 14:30",
            "Mon, 23 Aug 2021 14:30:00 GMT+7",
            "Mon, 23 Aug 2021 14:30:00",
            "Aug 23, 2021 2:30 PM",
            "August 23rd, 2021 14:30 +07:00",
            "8/23/2021 2:30:00 PM",
            "8/23/2021 14:30",
            "23/8/2021 2:30:00 CH",
            "Thứ Hai, 23/8/2021 | 14:30 GMT+7",
            "Thứ hai, 23/8/2021, 14:30 (GMT+7)",
            "23/08/2021 14:30",
            "23-08-2021 14:30",
            "23.08.2021 14:30",
            "14:30 23/08/2021",
            "14:30, 23/08/2021",
            "14h30 23/8/2021",
            "14h30' ngày 23/8/2021",
            "14:30 | 23/08/2021",
            "Thứ Hai, ngày 23 tháng 8 năm 2021, 14:30",
            "23 tháng 8, 2021 14:30",
            "Cập nhật lúc 14:30:00, 23/08/2021 (UTC+07:00)",
            "23/08/2021 14:30 GMT+0700",
            "14 giờ 30 23/8/2021",
        ] {
            assert_eq!(parse(text, &office()), Some(moment), "{text}");
        }
        let midnight: Timestamp = "2021-08-23T00:00:00+07:00".parse().unwrap();
        for text in [
            "2021-08-23",
            "23/8/2021",
            "Ngày 23 tháng 8 năm 2021",
            "23 Aug 2021",
        ] {
            assert_eq!(parse(text, &office()), Some(midnight), "{text}");
        }
        let noon: Timestamp = "2021-08-12T12:05:00+07:00".parse().unwrap();
        assert_eq!(parse("8/12/2021 12:05:00 PM", &office()), Some(noon));
        assert_eq!(parse("12/8/2021 12:05", &office()), Some(noon));
    }

    #[test]
    fn what_is_no_date() {
        for text in [
            "",
            "hôm nay",
            "14:30",
            "2 giờ trước",
            "32/8/2021",
            "23/8",
            "0000-00-00",
            "1/1/1",
            &"9".repeat(500),
        ] {
            assert_eq!(parse(text, &office()), None, "{text}");
        }
    }

    #[test]
    fn a_format_of_the_sources_own() {
        let moment: Timestamp = "2021-08-23T14:30:00+07:00".parse().unwrap();
        let midnight: Timestamp = "2021-08-23T00:00:00+07:00".parse().unwrap();
        for (text, format, wanted) in [
            ("23/08/2021 14:30", "%d/%m/%Y %H:%M", Some(moment)),
            (
                " 23/08/2021\n   14:30 (GMT+7)",
                "%d/%m/%Y %H:%M",
                Some(moment),
            ),
            ("(23-8-2021)", "(%d-%m-%Y)", Some(midnight)),
            ("2021-08-23 07:30 +0000", "%Y-%m-%d %H:%M %z", Some(moment)),
            ("hôm nay", "%d/%m/%Y", None),
        ] {
            assert_eq!(by_format(text, format, &office()), wanted, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_it(text in "[0-9:/ +TZ.,|-]{0,40}|\\PC{0,60}") {
            let _ = parse(&text, &office());
            let _ = by_format(&text, "%d/%m/%Y %H:%M", &office());
        }
    }
}
