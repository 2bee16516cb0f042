//! When an article was published: what the page tells machines, checked against what it shows
//! near the heading.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use scraper::{ElementRef, Node};

use super::super::page::STAMPS;
use super::super::{Limits, clean, date};
use super::layout::Page;
use super::marks::{names, words};

/// A longer text holds more than a time, in bytes.
const LONGEST: usize = 160;
/// A time that belongs to the heading stands within so many nodes before it,
const BEFORE: usize = 150;
/// or after it.
const AFTER: usize = 250;
/// What a day without a clock counts as further away, in nodes.
const NO_CLOCK: usize = 300;
/// What a time of change counts as further away.
const CHANGED: usize = 1000;

/// The time of publication. `heading` and `text` tell how-manieth nodes of the page the heading
/// and the main text are.
pub(super) fn published(
    page: &Page<'_>,
    told: Option<&str>,
    heading: Option<usize>,
    text: Option<usize>,
    limits: &Limits,
) -> Option<Timestamp> {
    let told = told.and_then(|told| date::stamped(told, &limits.tz));
    let shown = shown(page, heading, text, limits);
    let (Some(told), Some(shown)) = (told, shown) else {
        return told.or(shown).map(|read| read.at);
    };
    Some(settled(told, shown, &limits.tz))
}

/// Which of two times is meant. Servers write the office's time as UTC, or only the day.
fn settled(told: date::Read, shown: date::Read, tz: &TimeZone) -> Timestamp {
    let as_utc = TimeZone::UTC.to_datetime(told.at);
    let (told_here, shown_here) = (tz.to_datetime(told.at), tz.to_datetime(shown.at));
    let minute = |moment: jiff::civil::DateTime| (moment.date(), moment.hour(), moment.minute());
    let wrong_zone = told.utc && shown.clock && minute(as_utc) == minute(shown_here);
    let midnight = !told.clock || (told_here.hour(), told_here.minute()) == (0, 0);
    let finer = midnight && shown.clock && told_here.date() == shown_here.date();
    if wrong_zone || finer {
        shown.at
    } else {
        told.at
    }
}

/// The time that the page shows nearest to the heading.
fn shown(
    page: &Page<'_>,
    heading: Option<usize>,
    text: Option<usize>,
    limits: &Limits,
) -> Option<date::Read> {
    let anchor = heading.or(text)?;
    let near = anchor.saturating_sub(BEFORE)..=anchor.max(text.unwrap_or(0)) + AFTER;
    let mut best: Option<(usize, date::Read)> = None;
    for node in page.root().descendants() {
        let at = page.weight(node).at;
        let Some(element) = ElementRef::wrap(node).filter(|_| near.contains(&at)) else {
            continue;
        };
        if matches!(element.value().name(), "a" | "script" | "style" | "option") {
            continue;
        }
        let Some((read, marked)) = written(page, element, limits) else {
            continue;
        };
        let mut distance = if at < anchor {
            (anchor - at) * 3 / 2
        } else {
            at - anchor
        };
        distance += if read.clock { 0 } else { NO_CLOCK };
        distance += if is_change(element) { CHANGED } else { 0 };
        distance = if marked { distance / 4 } else { distance };
        if best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, read));
        }
    }
    best.map(|(_, read)| read)
}

/// The time of an element that holds one, and whether it is marked as the article's own.
fn written(
    page: &Page<'_>,
    element: ElementRef<'_>,
    limits: &Limits,
) -> Option<(date::Read, bool)> {
    let value = element.value();
    let marked = value.attr("itemprop") == Some("datePublished")
        || value.attr("data-role") == Some("publishdate")
        || value.attr("pubdate").is_some();
    let stamp = STAMPS
        .iter()
        .map(|name| value.attr(name))
        .chain([value.attr("content").filter(|_| marked)])
        .flatten()
        .find_map(|stamp| date::stamped(stamp, &limits.tz));
    if stamp.is_some_and(|stamp| stamp.clock) {
        return stamp.map(|stamp| (stamp, marked));
    }
    // The innermost element says it, and a paragraph says more than a time.
    let own = element
        .children()
        .any(|child| matches!(child.value(), Node::Text(text) if !text.trim().is_empty()));
    if !own || page.weight(*element).letters > LONGEST / 2 {
        return stamp.map(|stamp| (stamp, marked));
    }
    let text = clean::line(&words(*element, LONGEST));
    let read = (text.len() <= LONGEST)
        .then(|| date::read(&text, &limits.tz))
        .flatten();
    let relative = || {
        let at = date::shown(&text, &limits.tz, limits.now)?;
        let clock = true;
        let utc = false;
        Some(date::Read { at, clock, utc })
    };
    let named = value.name() == "time" || is_named(element);
    let read = read.or_else(|| relative().filter(|_| named)).or(stamp)?;
    Some((read, marked))
}

fn is_named(element: ElementRef<'_>) -> bool {
    names(element.value()).iter().any(|name| {
        [
            "time",
            "date",
            "ngay",
            "publish",
            "published",
            "datetime",
            "publishdate",
        ]
        .contains(&name.as_str())
    })
}

/// Whether it is the time of the last change.
fn is_change(element: ElementRef<'_>) -> bool {
    let named = names(element.value())
        .iter()
        .any(|name| matches!(name.as_str(), "update" | "updated" | "modified" | "capnhat"));
    let value = element.value();
    named || value.attr("itemprop") == Some("dateModified") || {
        let text = words(*element, 60).to_lowercase();
        text.starts_with("cập nhật") || text.starts_with("sửa")
    }
}
