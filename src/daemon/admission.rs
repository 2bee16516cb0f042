//! What a pass found goes into the ledger, weighed by how far each rumour has spread; and what
//! waits there is led anew when the settings change.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use jiff::Timestamp;
use tracing::info;

use super::rhythm::Spreading;
use super::world::{Snapshot, World};
use crate::alert::{Alert, Dispatch, Routed, Routing, SPREAD_WINDOW, Told};
use crate::ledger::{Admission, Change, Ledger, LedgerError, Waiting};
use crate::scan::Stance;

/// What the ledger knows of a rumour, asked once.
struct Rumour {
    /// Sources beside the one that is read.
    others: u64,
    told: Vec<Told>,
}

/// A rumour on so many pages is spreading.
const SPREADING: u64 = 3;

/// What was admitted.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Admitted {
    /// Alerts that the ledger did not know.
    pub(super) new: usize,
    /// Whether a rumour was among them, and whether it spreads.
    pub(super) rumours: Option<Spreading>,
}

/// Admits the alerts with their routes in one transaction, one admission after the other.
pub(super) async fn commit(
    world: &World,
    snapshot: &Snapshot,
    alerts: &[Alert],
    now: Timestamp,
) -> Result<Admitted, LedgerError> {
    if alerts.is_empty() {
        return Ok(Admitted::default());
    }
    let ledger = &world.ledger;
    let _turn = ledger.turn().await;
    let mut rumours: BTreeMap<&str, Rumour> = BTreeMap::new();
    let mut admissions = Vec::with_capacity(alerts.len());
    for alert in alerts {
        // All of one pass are of one source.
        let rumour = match rumours.entry(&alert.rule) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(rumour(ledger, alert, now).await?),
        };
        let mut alert = alert.clone();
        alert.weigh_spread(rumour.others + 1);
        let Routed { dispatches, muted } = snapshot.config.routing.route(&alert, &rumour.told, now);
        admissions.push(Admission {
            alert,
            dispatches,
            muted,
        });
    }
    let new = ledger.admit(&admissions, now).await?.new;
    let told = alerts
        .iter()
        .filter(|alert| alert.stance == Stance::Asserts && new.contains(&alert.id));
    let spreads = |alert: &Alert| {
        rumours
            .get(&*alert.rule)
            .is_some_and(|r| r.others + 1 >= SPREADING)
    };
    let rumours = told.map(|alert| match spreads(alert) {
        true => Spreading::Yes,
        false => Spreading::No,
    });
    Ok(Admitted {
        rumours: rumours.max(),
        new: new.len(),
    })
}

async fn rumour(ledger: &Ledger, alert: &Alert, now: Timestamp) -> Result<Rumour, LedgerError> {
    let since = now.checked_sub(SPREAD_WINDOW).unwrap_or(Timestamp::MIN);
    let others = ledger.pages_beside(&alert.rule, &alert.source, since);
    Ok(Rumour {
        others: others.await?,
        told: ledger.told(&alert.rule).await?,
    })
}

/// Leads what waits by the settings as they are now, as if it came in under them when it was
/// seen: other times, other groups, now muted, or to others where its receiver is no more. What
/// the settings would send to nobody goes to whom it was to go.
pub(super) async fn lead_anew(
    ledger: &Ledger,
    routing: &Routing,
    now: Timestamp,
) -> Result<(), LedgerError> {
    let _turn = ledger.turn().await;
    let mut changes = Vec::new();
    let mut told: BTreeMap<String, Vec<Told>> = BTreeMap::new();
    for waiting in ledger.waiting().await? {
        let rule = &waiting.alert.rule;
        if !told.contains_key(rule) {
            told.insert(rule.clone(), ledger.told(rule).await?);
        }
        let told = told.get(rule).map(Vec::as_slice).unwrap_or_default();
        changes.extend(change(&waiting, told, routing, now));
    }
    if changes.is_empty() {
        return Ok(());
    }
    info!(changes = changes.len(), "what waits was led anew");
    ledger.change(&changes, now).await
}

fn change(waiting: &Waiting, told: &[Told], routing: &Routing, now: Timestamp) -> Option<Change> {
    let Waiting {
        alert,
        dispatch: before,
        capped,
    } = waiting;
    if let Some(mute) = routing.muted(alert, now) {
        return Some(Change::Muted(alert.id.clone(), mute.clone()));
    }
    let after = routing.route(alert, told, alert.seen).dispatches;
    if routing.receiver(&before.receiver).is_none() {
        let others: Vec<Dispatch> = after
            .into_iter()
            .filter(|dispatch| routing.receiver(&dispatch.receiver).is_some())
            .collect();
        return (!others.is_empty())
            .then(|| Change::Redirected(alert.id.clone(), before.receiver.clone(), others));
    }
    let same = after
        .into_iter()
        .find(|dispatch| dispatch.receiver == before.receiver)?;
    let moved = (same.due, &same.group, same.digest) != (before.due, &before.group, before.digest);
    (moved && !capped).then(|| Change::Retimed(alert.id.clone(), same))
}
