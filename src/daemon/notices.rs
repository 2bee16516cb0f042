//! What admins are told: broken files, a stuck queue, the sign of life of each day, the summary
//! of each week.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;
use tracing::{error, info};

use super::Clock;
use super::world::{Snapshot, World};
use crate::alert::{Heartbeat, Matter, Notice, Precision, Weekly};
use crate::ledger::{Ledger, LedgerError};

/// How often it is looked whether something is to be told.
const LOOK: Duration = Duration::from_secs(30);

/// How long the oldest mail waits before the queue counts as stuck.
const STUCK: Duration = Duration::from_secs(30 * 60);

const DAY: Duration = Duration::from_secs(24 * 3600);
const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);

/// Tells admins of a matter, unless it was told under this key before: in the journal, and by the
/// next mail to those in `[admin]`. An error is logged: whoever has news for admins cannot help a
/// ledger that fails.
pub async fn tell(ledger: &Ledger, key: String, at: Timestamp, matter: Matter) {
    let notice = Notice { key, at, matter };
    match ledger.post_notice(&notice, at).await {
        Ok(true) => info!(notice = notice.key, "admins are told: {}", notice.key),
        Ok(false) => {}
        Err(error) => error!(%error, notice = notice.key, "not told to admins: {error}"),
    }
}

/// Tells of files with errors, and when they are mended; `problems` are those of the latest
/// reading, rendered.
pub(super) async fn files(ledger: &Ledger, problems: &[String], now: Timestamp) {
    let last = match ledger.last_notice("files").await {
        Ok(last) => last.map(|notice| notice.matter),
        Err(error) => {
            error!(%error, "ledger: {error}");
            None
        }
    };
    let was = match &last {
        Some(Matter::KeywordFilesBroken { problems }) => problems.as_slice(),
        _ => &[],
    };
    if was == problems {
        return;
    }
    let key = format!("files:{now}");
    let matter = if problems.is_empty() {
        Matter::KeywordFilesMended
    } else {
        Matter::KeywordFilesBroken {
            problems: problems.to_vec(),
        }
    };
    tell(ledger, key, now, matter).await;
}

/// Looks from time to time whether something is to be told, until `stop`; calls `due` where mails
/// may leave at once.
pub(super) async fn watch(
    world: Arc<World>,
    snapshot: impl Fn() -> Arc<Snapshot>,
    files_broken: impl Fn() -> bool,
    due: impl Fn(),
    clock: Clock,
    stop: CancellationToken,
) {
    loop {
        let now = clock();
        let snapshot = snapshot();
        let looked = async {
            queue(&world.ledger, now).await?;
            heartbeat(&world, &snapshot, files_broken(), now).await?;
            weekly(&world, &snapshot, now).await?;
            world.ledger.next_due(now).await
        };
        match looked.await {
            Ok(next) if next.is_some_and(|next| next <= now) => due(),
            Ok(_) => {}
            Err(error) => error!(%error, "ledger: {error}"),
        }
        // Replaced settings are not kept alive over the wait.
        drop(snapshot);
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// Tells that mails wait and none leaves, and when they leave again.
async fn queue(ledger: &Ledger, now: Timestamp) -> Result<(), LedgerError> {
    let overview = ledger.overview().await?;
    let last = ledger.last_notice("queue").await?;
    let stuck = match &last {
        Some(notice) => match &notice.matter {
            Matter::QueueStuck { oldest, .. } => Some((notice, *oldest)),
            _ => None,
        },
        None => None,
    };
    if let Some((notice, oldest)) = stuck {
        if overview.last_sent.is_some_and(|sent| sent > notice.at) {
            let key = format!("queue-moves:{}", notice.key);
            tell(ledger, key, now, Matter::QueueMoves { since: oldest }).await;
            return Ok(());
        }
        // All that waited then was dropped or refused for good: what waits now is another matter.
        let others = overview
            .oldest_queued
            .is_some_and(|oldest| oldest > notice.at);
        if !others {
            return Ok(());
        }
    }
    let Some(oldest) = overview.oldest_queued.filter(|_| overview.delayed > 0) else {
        return Ok(());
    };
    let waits_long = oldest.checked_add(STUCK).is_ok_and(|limit| now >= limit);
    let none_leaves = overview.last_sent.is_none_or(|sent| sent <= oldest);
    if waits_long && none_leaves {
        let queue = ledger.queue().await?;
        let reply = queue.iter().filter_map(|row| row.last_reply.clone()).next();
        let matter = Matter::QueueStuck {
            waiting: overview.queued,
            oldest,
            last_reply: reply,
        };
        tell(ledger, format!("queue-stuck:{oldest}"), now, matter).await;
    }
    Ok(())
}

/// The sign of life of the day whose turn it is.
async fn heartbeat(
    world: &World,
    snapshot: &Snapshot,
    files_broken: bool,
    now: Timestamp,
) -> Result<(), LedgerError> {
    let (admin, office) = (&snapshot.config.admin, &snapshot.config.office);
    let Some(turn) = admin.heartbeat_turn(now, &office.tz) else {
        return Ok(());
    };
    let key = format!("heartbeat:{}", turn.day);
    if world.ledger.has_notice(&key).await? {
        return Ok(());
    }
    let since = turn.due.checked_sub(DAY).unwrap_or(turn.due);
    let happened = world.ledger.happened(since, turn.due).await?;
    let overview = world.ledger.overview().await?;
    let beat = Heartbeat {
        since,
        sources: snapshot.sources.len() as u64,
        failing: failing(world, snapshot),
        rules: snapshot.config.rulebook.metas().count() as u64,
        hits: happened.hits,
        refutations: happened.refutations,
        sent: happened.sent,
        queued: overview.queued,
        held: overview.held,
        files_broken,
    };
    tell(&world.ledger, key, now, Matter::Heartbeat(beat)).await;
    Ok(())
}

/// The summary of the week whose turn it is.
async fn weekly(world: &World, snapshot: &Snapshot, now: Timestamp) -> Result<(), LedgerError> {
    let (admin, office) = (&snapshot.config.admin, &snapshot.config.office);
    let Some(turn) = admin.weekly_turn(now, &office.tz) else {
        return Ok(());
    };
    let key = format!("weekly:{}", turn.day);
    if world.ledger.has_notice(&key).await? {
        return Ok(());
    }
    // Of a time before the first day nothing is known.
    if world
        .ledger
        .began()
        .await?
        .is_none_or(|began| began >= turn.due)
    {
        return Ok(());
    }
    let since = turn.due.checked_sub(WEEK).unwrap_or(turn.due);
    let week = Weekly {
        since,
        until: turn.due,
        rumours: world.ledger.rumours(since, turn.due).await?,
        rules: precision(world, snapshot, since, turn.due).await?,
        sent: world.ledger.happened(since, turn.due).await?.sent,
        sources: snapshot.sources.len() as u64,
        failing: failing(world, snapshot).len() as u64,
    };
    tell(&world.ledger, key, now, Matter::Weekly(Box::new(week))).await;
    Ok(())
}

/// How officers judged the rules that told something, under the names that the rules have now.
async fn precision(
    world: &World,
    snapshot: &Snapshot,
    since: Timestamp,
    until: Timestamp,
) -> Result<Vec<Precision>, LedgerError> {
    let rules = world.ledger.precision(since, until).await?;
    let title = |id: &str| {
        let mut metas = snapshot.config.rulebook.metas();
        let meta = metas.find(|meta| *meta.id == *id);
        meta.map_or_else(|| id.to_owned(), |meta| meta.title.clone())
    };
    let one = |rule: crate::ledger::RulePrecision| Precision {
        title: title(&rule.rule),
        right: rule.right,
        judged: rule.right + rule.wrong + rule.irrelevant,
        told: rule.told,
        rule: rule.rule,
    };
    Ok(rules.into_iter().map(one).collect())
}

/// Names of the sources that cannot be read at present.
fn failing(world: &World, snapshot: &Snapshot) -> Vec<String> {
    let fails = |id: &str| {
        let state = world.seen.source_state(id).unwrap_or_default();
        state.failures > 0
    };
    let sources = snapshot.sources.iter();
    let failing = sources.filter(|source| fails(&source.id));
    failing.map(|source| source.name.clone()).collect()
}

#[cfg(test)]
mod tests;
