//! The keys of `[[receiver]]` and `[[route]]` that say when, and `[[mute]]`.

use jiff::civil::Time;
use jiff::tz::TimeZone;

use super::mute::Mute;
use super::one_line;
use super::route::Muted;
use super::timing::{Days, GroupBy, News, Overrides, Quiet, parse_time};
use crate::message::Message;
use crate::problem::Spanned;
use crate::problem::toml::Table;

/// Characters of a mute's reason.
const MAX_REASON: usize = 200;

/// What [`GroupBy`] and [`News`] are written as.
const GROUP_BY: &str = "rumour | story | topic | source | all";
const NEWS: &str = "digest | raised | mail";

impl std::str::FromStr for GroupBy {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Ok(match text {
            "rumour" => Self::Rumour,
            "story" => Self::Story,
            "topic" => Self::Topic,
            "source" => Self::Source,
            "all" => Self::All,
            _ => return Err(()),
        })
    }
}

impl std::str::FromStr for News {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Ok(match text {
            "digest" => Self::Digest,
            "raised" => Self::Raised,
            "mail" => Self::Mail,
            _ => return Err(()),
        })
    }
}

/// Reads the keys that say when mails leave.
pub(super) fn read_overrides(table: &mut Table<'_>) -> Overrides {
    Overrides {
        group_by: table.parsed("group_by", GROUP_BY).map(|by| by.value),
        group_wait: table.duration("group_wait").map(|wait| wait.value),
        group_interval: table.duration("group_interval").map(|wait| wait.value),
        news: table.parsed("news", NEWS).map(|news| news.value),
        quiet: read_list(table, "quiet", "alert-bad-quiet-mend", |text| {
            text.parse::<Quiet>().ok()
        }),
        days: read_days(table),
        digest: read_list(table, "digest", "alert-bad-digest-mend", parse_time).map(sorted),
    }
}

/// A list of values of one kind; `""` and `[]` are the empty list.
fn read_list<T>(
    table: &mut Table<'_>,
    key: &'static str,
    mend: &'static str,
    parse: impl Fn(&str) -> Option<T>,
) -> Option<Vec<T>> {
    let mut list = Vec::new();
    for word in table.strings(key)? {
        if word.value.trim().is_empty() {
            continue;
        }
        match parse(&word.value) {
            Some(value) => list.push(value),
            None => table.error(
                word.span,
                Message::new("problem-bad-value")
                    .with("key", key)
                    .with("value", &word.value),
                Message::new(mend),
            ),
        }
    }
    Some(list)
}

fn sorted(mut times: Vec<Time>) -> Vec<Time> {
    times.sort_unstable();
    times.dedup();
    times
}

fn read_days(table: &mut Table<'_>) -> Option<Days> {
    let names = table.strings("working_days")?;
    let span = names
        .first()
        .map_or(table.span(), |first| first.span.clone());
    match Days::of(names.iter().map(|name| name.value.as_str())) {
        Ok(days) if days.any() => return Some(days),
        Ok(_) => table.error(
            span,
            Message::new("alert-no-days"),
            Message::new("alert-no-days-mend"),
        ),
        Err(wrong) => {
            let at = names.iter().find(|name| name.value == wrong);
            table.error(
                at.map_or(span, |name| name.span.clone()),
                Message::new("problem-bad-value")
                    .with("key", "working_days")
                    .with("value", wrong),
                Message::new("problem-bad-value-mend").with("wanted", Days::NAMES.join(" | ")),
            );
        }
    }
    None
}

/// Reads every `[[mute]]`. `until` is the day on whose beginning mails come again, by the
/// office's clock.
pub(super) fn read_mutes(root: &mut Table<'_>, tz: &TimeZone) -> (Vec<Mute>, Muted) {
    let mut mutes = Vec::new();
    let mut named = Muted::default();
    for mut table in root.tables("mute") {
        let rule = table.string("rule");
        let source = table.string("source");
        let reason = table.string("reason");
        let until = table.date("until");
        if !table.has("until") {
            table.missing("until", "2021-09-01");
        }
        if !table.has("rule") && !table.has("source") {
            table.error(
                table.span(),
                Message::new("alert-empty-mute"),
                Message::new("alert-empty-mute-mend"),
            );
        }
        let end = until.and_then(|until| {
            let midnight = until.value.to_datetime(Time::midnight());
            let zoned = tz.to_ambiguous_zoned_datetime(midnight).compatible();
            let value = zoned.ok()?.timestamp();
            let span = until.span;
            Some(Spanned { value, span })
        });
        if let Some(end) = end
            && (rule.is_some() || source.is_some())
        {
            mutes.push(Mute {
                rule: rule.as_ref().map(|rule| rule.value.clone()),
                source: source.as_ref().map(|source| source.value.clone()),
                until: end.value,
                reason: reason.map(|reason| one_line(&reason.value, MAX_REASON)),
            });
            named.ends.push(end);
        }
        named.rules.extend(rule);
        named.sources.extend(source);
        table.finish();
    }
    (mutes, named)
}
