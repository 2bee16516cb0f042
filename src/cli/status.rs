//! `status`: asked of the running daemon; where none runs, read from the stores.

use std::io::Write;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Exit;
use super::setting::{Setting, start_error};
use crate::daemon::control::{self, Request};
use crate::daemon::service::shown;
use crate::daemon::status::{Kind, SourceRow, Status, gather};
use crate::daemon::upkeep::{Health, measure};
use crate::daemon::world::{Snapshot, World};
use crate::ledger::{DeliveryState, QueueRow};
use crate::message::{Lang, Message, say};

pub(super) async fn run(
    setting: &Setting,
    json: bool,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let Some((status, lang, tz)) = obtain(setting).await? else {
        return Ok(Exit::Problems);
    };
    if json {
        writeln!(out, "{}", serde_json::to_string(&status)?)?;
    } else {
        tell(&status, lang, &tz, out)?;
    }
    Ok(if status.problems.is_empty() {
        Exit::Done
    } else {
        Exit::Problems
    })
}

/// How things stand, with the office's language and time zone. `None` where the files cannot be
/// used, which stderr says.
pub(super) async fn obtain(setting: &Setting) -> anyhow::Result<Option<(Status, Lang, TimeZone)>> {
    let loaded = setting.load();
    let lang = setting.lang(&loaded);
    let problems = shown(&loaded, lang);
    let (mut answer, mut tz) = (None, TimeZone::system());
    // What runs works by the last good files and can tell, whatever is wrong in them by now.
    if let Some(of) = loaded.whereabouts {
        answer = control::ask(&of.store, Request::Status).await?;
        tz = of.office.tz;
    }
    let status: Status = match (answer, loaded.config) {
        (Some(answer), _) => serde_json::from_value(answer)?,
        (None, None) => {
            super::report::to_stderr(&problems.join("\n\n"));
            return Ok(None);
        }
        (None, Some(config)) => {
            let opened = World::open(&config.store, Timestamp::now()).await;
            let (world, notices) = opened.map_err(|error| start_error(lang, error))?;
            let notices = notices.iter().map(|notice| notice.say(lang));
            let problems = problems.into_iter().chain(notices).collect();
            let health = measure(&config.store);
            let snapshot =
                Snapshot::build(config, None).map_err(|error| start_error(lang, error))?;
            let status = gather(&world, &snapshot, problems, None, Timestamp::now()).await;
            let status = status.with_stores(health, lang);
            world.ledger.close().await;
            status
        }
    };
    Ok(Some((status, lang, tz)))
}

fn tell(status: &Status, lang: Lang, tz: &TimeZone, out: &mut impl Write) -> std::io::Result<()> {
    let at = |time: Timestamp| local(time, tz);
    let running = match status.running_since {
        Some(since) => Message::new("cli-status-running").with("since", at(since)),
        None => Message::new("cli-status-stopped"),
    };
    writeln!(out, "canhtin {} · {}", status.version, running.say(lang))?;
    let rules = Message::new("cli-status-rules")
        .count("rules", status.rules)
        .with("version", &status.rules_version);
    writeln!(out, "{}", rules.say(lang))?;
    writeln!(
        out,
        "\n{}",
        Message::new("cli-status-sources")
            .count("sources", status.sources.len())
            .say(lang)
    )?;
    if let Some(since) = status.line_down_since {
        let down = Kind::LineDown.what().with("since", at(since));
        writeln!(out, "  {}", down.say(lang))?;
    }
    for row in &status.sources {
        writeln!(out, "  {:<24} {}", row.id, source(row, lang, &at))?;
        for ill in ailments(row, lang, &at) {
            writeln!(out, "    ! {ill}")?;
        }
    }
    if let Some(ledger) = &status.ledger {
        let mails = Message::new("cli-status-mails")
            .with("sent", ledger.sent)
            .with("waiting", ledger.queued + ledger.sending)
            .with("groups", ledger.waiting_groups)
            .with("held", ledger.held);
        writeln!(out, "\n{}", mails.say(lang))?;
        if ledger.muted > 0 {
            let muted = Message::new("cli-status-muted").with("muted", ledger.muted);
            writeln!(out, "  {}", muted.say(lang))?;
        }
        if let Some(last) = ledger.last_sent {
            writeln!(
                out,
                "  {}",
                Message::new("cli-status-last")
                    .with("at", at(last))
                    .say(lang)
            )?;
        }
        if let Some(oldest) = ledger.oldest_queued {
            writeln!(
                out,
                "  {}",
                Message::new("cli-status-oldest")
                    .with("at", at(oldest))
                    .say(lang)
            )?;
        }
    }
    for row in &status.queue {
        writeln!(out, "  {}", queued(row, lang, &at))?;
    }
    if !status.precision.is_empty() {
        writeln!(out, "\n{}", say(lang, "cli-status-precision"))?;
    }
    for rule in &status.precision {
        let judged = Message::new("cli-status-judged")
            .with("rule", &rule.rule)
            .with("right", rule.right)
            .with("wrong", rule.wrong)
            .with("irrelevant", rule.irrelevant)
            .with("told", rule.told);
        writeln!(out, "  {}", judged.say(lang))?;
    }
    writeln!(out, "\n{}", stores(&status.stores, lang, &at))?;
    if !status.problems.is_empty() {
        writeln!(out, "\n{}", say(lang, "cli-status-problems"))?;
        for problem in &status.problems {
            writeln!(out, "{problem}\n")?;
        }
    }
    Ok(())
}

/// A time as people of the office write it.
pub(super) fn local(time: Timestamp, tz: &TimeZone) -> String {
    time.to_zoned_datetime(tz.clone())
        .strftime("%H:%M %d/%m/%Y")
        .to_string()
}

/// How the stores are, in a line.
fn stores(health: &Health, lang: Lang, at: &impl Fn(Timestamp) -> String) -> String {
    let never = || say(lang, "cli-status-never");
    let sound = match (&health.inspection, health.verified) {
        (Some(inspection), Some(verified)) if inspection.is_sound() => {
            Message::new("cli-status-sound")
                .with("at", at(verified))
                .say(lang)
        }
        (Some(inspection), _) => Message::new("cli-status-damaged")
            .with("number", inspection.found)
            .say(lang),
        (None, _) => say(lang, "cli-status-unverified"),
    };
    Message::new("cli-status-stores")
        .with("ledger", format!("{:.1}", mebibytes(health.ledger_bytes)))
        .with("seen", format!("{:.1}", mebibytes(health.seen_bytes)))
        .with("sound", sound)
        .with("backups", health.backups)
        .with("last", health.last_backup.map_or_else(never, at))
        .say(lang)
}

fn mebibytes(bytes: u64) -> f64 {
    let kib = u32::try_from(bytes / 1024).unwrap_or(u32::MAX);
    f64::from(kib) / 1024.0
}

/// What is wrong with a source, a line each.
pub(super) fn ailments(
    row: &SourceRow,
    lang: Lang,
    at: &impl Fn(Timestamp) -> String,
) -> Vec<String> {
    let told = row.ailments.iter().map(|ill| {
        let what = ill.kind.what();
        match (ill.kind, &row.state.moved_to) {
            (Kind::Moved, Some(to)) => what.with("to", to),
            _ => what.with("since", at(ill.since)),
        }
    });
    told.map(|what| what.say(lang)).collect()
}

fn source(row: &SourceRow, lang: Lang, at: &impl Fn(Timestamp) -> String) -> String {
    let state = &row.state;
    match (&state.last_failure, state.last_success) {
        (Some(failure), last) if state.failures > 0 => match last {
            Some(last) => Message::new("cli-status-failing").with("last", at(last)),
            None => Message::new("cli-status-failing-never"),
        }
        .count("failures", state.failures as usize)
        .with("class", &failure.class)
        .with("detail", &failure.detail)
        .say(lang),
        (_, Some(last)) => match state.last_new {
            Some(new) => Message::new("cli-status-read").with("new", at(new)),
            None => Message::new("cli-status-read-none"),
        }
        .with("last", at(last))
        .say(lang),
        (_, None) => say(lang, "cli-status-unread"),
    }
}

pub(super) fn queued(row: &QueueRow, lang: Lang, at: &impl Fn(Timestamp) -> String) -> String {
    let reply = row.last_reply.as_deref().unwrap_or("–");
    if row.state == DeliveryState::Held {
        return Message::new("cli-status-held")
            .with("to", &row.recipient)
            .with("reply", reply)
            .say(lang);
    }
    Message::new("cli-status-queued")
        .with("to", &row.recipient)
        .count("attempts", row.attempts as usize)
        .with(
            "next",
            row.next_attempt
                .map_or_else(|| say(lang, "cli-status-never"), at),
        )
        .with("reply", reply)
        .say(lang)
}
