//! `once`: one pass over all sources, then the outbox; all groups are closed without waiting.

use std::io::Write;
use std::sync::Arc;

use jiff::Timestamp;

use super::Exit;
use super::report::{self, bar, line};
use super::setting::{Setting, start_error};
use crate::alert::Alert;
use crate::config::Store;
use crate::daemon::pipeline::Passed;
use crate::daemon::upkeep::back_up_if_due;
use crate::daemon::world::{Snapshot, World};
use crate::daemon::{lead_anew, look_all, mail_out, pass_all};
use crate::message::{Lang, Message};

pub(super) async fn run(
    setting: &Setting,
    dry_run: bool,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    report::log_to_stderr("off");
    let (config, lang, any_error) = if dry_run {
        setting.load_or_complain()?
    } else {
        setting.load_to_send_or_complain()?
    };
    let store = config.store.clone();
    let snapshot =
        Arc::new(Snapshot::build(config, None).map_err(|error| start_error(lang, error))?);
    let exit = if dry_run {
        rehearse(&snapshot, lang, out).await?
    } else {
        let opened = World::open(&store, Timestamp::now()).await;
        let (world, notices) = opened.map_err(|error| start_error(lang, error))?;
        for notice in notices {
            report::to_stderr(&notice.say(lang));
        }
        work(world, &store, &snapshot, lang, out).await?
    };
    Ok(if any_error { Exit::Problems } else { exit })
}

/// The real thing.
async fn work(
    world: World,
    store: &Store,
    snapshot: &Arc<Snapshot>,
    lang: Lang,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let world = Arc::new(world);
    let stop = report::stop_on_signal()?;
    world.ledger.release_claims(Timestamp::now()).await?;
    lead_anew(&world, snapshot, Timestamp::now()).await?;
    let bar = bar(snapshot.sources.len());
    let passes = pass_all(&world, snapshot, Timestamp::now, &stop, |passed| {
        bar.inc(1);
        bar.set_message(passed.source.to_string());
    })
    .await;
    bar.finish_and_clear();
    let failed = tell(&passes, snapshot, lang, out)?;
    let drained = mail_out(&world, snapshot, Timestamp::now, true, &stop).await?;
    let summary = Message::new("cli-once-mails")
        .count("sent", drained.sent)
        .count("waiting", drained.postponed)
        .count("held", drained.held);
    writeln!(out, "{}", summary.say(lang))?;
    let cut_short = passes.len() < snapshot.sources.len();
    let unsent = drained.postponed + drained.held > 0;
    let backed_up = back_up_if_due(&world.ledger, store, Timestamp::now()).await;
    if let Err(error) = &backed_up {
        report::to_stderr(&error.what().say(lang));
    }
    let seen = world.seen.clone();
    tokio::task::spawn_blocking(move || seen.flush()).await??;
    world.ledger.close().await;
    Ok(if failed || cut_short || unsent || backed_up.is_err() {
        Exit::Problems
    } else {
        Exit::Done
    })
}

/// `--dry-run`: the same without the memories.
async fn rehearse(
    snapshot: &Arc<Snapshot>,
    lang: Lang,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let stop = report::stop_on_signal()?;
    let bar = bar(snapshot.sources.len());
    let (passes, alerts) = look_all(snapshot, Timestamp::now, &stop, |_| bar.inc(1)).await;
    bar.finish_and_clear();
    let failed = tell(&passes, snapshot, lang, out)?;
    for alert in &alerts {
        writeln!(out, "{}", told(alert))?;
    }
    let summary = Message::new("cli-once-dry").count("hits", alerts.len());
    writeln!(out, "{}", summary.say(lang))?;
    let cut_short = passes.len() < snapshot.sources.len();
    Ok(if failed || cut_short {
        Exit::Problems
    } else {
        Exit::Done
    })
}

/// A line a source; gives whether any failed.
fn tell(
    passes: &[Passed],
    snapshot: &Snapshot,
    lang: Lang,
    out: &mut impl Write,
) -> anyhow::Result<bool> {
    for passed in passes {
        writeln!(out, "{}", line(passed, snapshot, lang))?;
    }
    Ok(passes.iter().any(|passed| passed.end.is_failure()))
}

fn told(alert: &Alert) -> String {
    format!(
        "  {} [{}, {}, {}] {} · {}",
        alert.rule,
        alert.severity,
        alert.stance,
        alert.tier,
        alert.source,
        alert.url.as_deref().unwrap_or(&alert.item),
    )
}
