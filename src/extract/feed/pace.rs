//! What a feed says about how often it wants to be read.

use std::time::Duration;

use super::super::tags::{Dialect, Piece, Pieces};

/// How often a feed wants to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pace {
    /// Not again before this time has passed: RSS 2.0 `ttl`, or the period of the syndication
    /// module of RSS 1.0 (`sy:updatePeriod` by `sy:updateFrequency`). The longer of the two.
    pub at_least: Option<Duration>,
    /// RSS 2.0 `skipHours`: bit n stands for the hour that begins n o'clock GMT.
    pub skip_hours: u32,
    /// RSS 2.0 `skipDays`: bit 0 is Monday, by GMT.
    pub skip_days: u8,
}

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const DAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// Reads the channel's head, up to the first item.
pub(super) fn read(xml: &str) -> Pace {
    let mut pace = Pace::default();
    let (mut ttl, mut period, mut frequency) = (None, None, 1);
    let mut element = "";
    for piece in Pieces::new(xml, Dialect::Xml) {
        let text = match piece {
            Piece::Open { name, .. } => {
                element = name.rsplit(':').next().unwrap_or(name);
                if ["item", "entry"].contains(&element) {
                    break;
                }
                continue;
            }
            Piece::Close { .. } => {
                element = "";
                continue;
            }
            Piece::Text(text) | Piece::Data(text) => text.trim(),
            Piece::Other => continue,
        };
        match element {
            "ttl" => {
                ttl = text
                    .parse::<u64>()
                    .ok()
                    .map(|minutes| minutes.saturating_mul(MINUTE));
            }
            "updatePeriod" => period = seconds_of(text),
            "updateFrequency" => frequency = text.parse().unwrap_or(1).max(1),
            // Some count the hours from 1 to 24.
            "hour" => {
                let hour = text.parse::<u32>().ok().filter(|hour| *hour <= 24);
                pace.skip_hours |= hour.map_or(0, |hour| 1 << (hour % 24));
            }
            "day" => {
                let day = text.to_ascii_lowercase();
                let known = DAYS.iter().position(|known| *known == day);
                pace.skip_days |= known.map_or(0, |n| 1 << n);
            }
            _ => {}
        }
    }
    let module = period.map(|period| period / frequency);
    pace.at_least = ttl
        .max(module)
        .filter(|seconds| *seconds > 0)
        .map(Duration::from_secs);
    pace
}

fn seconds_of(period: &str) -> Option<u64> {
    match period.to_ascii_lowercase().as_str() {
        "hourly" => Some(HOUR),
        "daily" => Some(DAY),
        "weekly" => Some(7 * DAY),
        "monthly" => Some(30 * DAY),
        "yearly" => Some(365 * DAY),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_feeds_say_of_their_pace() {
        let rows = [
            ("<title>a</title>", None, 0, 0),
            ("<ttl> 60 </ttl>", Some(HOUR), 0, 0),
            ("<ttl>0</ttl>", None, 0, 0),
            ("<ttl>soon</ttl>", None, 0, 0),
            (
                "<sy:updatePeriod>hourly</sy:updatePeriod>\
                 <sy:updateFrequency>2</sy:updateFrequency>",
                Some(HOUR / 2),
                0,
                0,
            ),
            (
                "<sy:updatePeriod>\n daily </sy:updatePeriod><ttl><![CDATA[10]]></ttl>",
                Some(DAY),
                0,
                0,
            ),
            (
                "<skipHours><hour>0</hour><hour>23</hour><hour>24</hour><hour>99</hour></skipHours>\
                 <skipDays><day>Sunday</day><day>monday</day><day>x</day></skipDays>",
                None,
                1 << 23 | 1,
                1 << 6 | 1,
            ),
            ("<item><ttl>60</ttl><hour>3</hour></item>", None, 0, 0),
        ];
        for (head, at_least, skip_hours, skip_days) in rows {
            let wanted = Pace {
                at_least: at_least.map(Duration::from_secs),
                skip_hours,
                skip_days,
            };
            let xml = format!("<rss><channel>{head}<item/></channel></rss>");
            assert_eq!(read(&xml), wanted, "{head}");
        }
    }
}
