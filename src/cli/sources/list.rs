//! `sources list`: how it goes with each source, asked of the running daemon; where none runs,
//! read from the stores.

use std::io::Write;

use jiff::Timestamp;

use super::super::Exit;
use super::super::setting::Setting;
use super::super::status::{self, local};
use crate::daemon::status::{Kind, Pace, SourceRow};
use crate::fetch::FailureClass;
use crate::message::{Lang, Message, say};

/// Carries it out. With `json`, a line of JSON a source.
pub(super) async fn run(
    setting: &Setting,
    json: bool,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let Some((status, lang, tz)) = status::obtain(setting).await? else {
        return Ok(Exit::Problems);
    };
    let at = |time: Timestamp| local(time, &tz);
    if json {
        for row in &status.sources {
            writeln!(out, "{}", serde_json::to_string(row)?)?;
        }
        return Ok(Exit::Done);
    }
    if let Some(since) = status.line_down_since {
        let down = Kind::LineDown.what().with("since", at(since));
        writeln!(out, "✗ {}", down.say(lang))?;
    }
    for row in &status.sources {
        writeln!(
            out,
            "{} {:<24} {}",
            mark(row),
            row.id,
            times(row, lang, &at)
        )?;
        let failure = failure(row, lang).into_iter();
        for line in failure.chain(status::ailments(row, lang, &at)) {
            writeln!(out, "    {line}")?;
        }
    }
    Ok(Exit::Done)
}

/// ✗ it cannot be read, ! something else is wrong, · it was never read, ✓ all is well.
fn mark(row: &SourceRow) -> char {
    match () {
        () if row.state.failures > 0 => '✗',
        () if !row.ailments.is_empty() => '!',
        () if row.state.last_success.is_none() => '·',
        () => '✓',
    }
}

/// Next reading, last success, last new item, and how often it is read.
fn times(row: &SourceRow, lang: Lang, at: &impl Fn(Timestamp) -> String) -> String {
    let state = &row.state;
    let time = |time: Option<Timestamp>| time.map_or_else(|| say(lang, "cli-status-never"), at);
    Message::new("cli-sources-row")
        .with("next", time(state.next_due))
        .with("last", time(state.last_success))
        .with("new", time(state.last_new))
        .with("pace", pace(row, lang))
        .say(lang)
}

/// How long the source waits now, and why that is not its `every`.
fn pace(row: &SourceRow, lang: Lang) -> String {
    let wait = match (row.state.last_attempt, row.state.next_due) {
        (Some(last), Some(next)) => next.duration_since(last).as_secs().unsigned_abs(),
        _ => row.every,
    };
    let minutes = usize::try_from(wait.div_ceil(60)).unwrap_or(usize::MAX);
    let why = match row.pace {
        Pace::Usual => {
            return Message::new("cli-sources-every")
                .count("minutes", minutes)
                .say(lang);
        }
        Pace::Often => "cli-sources-often",
        Pace::Seldom => "cli-sources-seldom",
        Pace::Hot => "cli-sources-hot",
        Pace::Hurried => "cli-sources-hurried",
        Pace::BackedOff => "cli-sources-backed-off",
    };
    Message::new("cli-sources-every-why")
        .count("minutes", minutes)
        .with("why", say(lang, why))
        .say(lang)
}

/// Why the last reading failed: the class in words, and the detail for operators.
fn failure(row: &SourceRow, lang: Lang) -> Option<String> {
    let state = &row.state;
    let failure = state.last_failure.as_ref().filter(|_| state.failures > 0)?;
    let class = FailureClass::of(&failure.class).map(|class| class.what().say(lang));
    let told = Message::new("cli-sources-failing")
        .count("failures", state.failures as usize)
        .with("class", &failure.class)
        .with("words", class.unwrap_or_default())
        .with("detail", &failure.detail);
    Some(told.say(lang))
}
