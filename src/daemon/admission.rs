//! What a pass found goes into the ledger, weighed by how far each rumour has spread.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use jiff::Timestamp;

use super::world::{Snapshot, World};
use crate::alert::{Alert, SPREAD_WINDOW};
use crate::ledger::{Admission, LedgerError};

/// Admits the alerts with their routes in one transaction; gives how many were new.
pub(super) async fn commit(
    world: &World,
    snapshot: &Snapshot,
    alerts: &[Alert],
    now: Timestamp,
) -> Result<usize, LedgerError> {
    if alerts.is_empty() {
        return Ok(0);
    }
    let since = now.checked_sub(SPREAD_WINDOW).unwrap_or(Timestamp::MIN);
    let mut others: BTreeMap<&str, u64> = BTreeMap::new();
    let mut admissions = Vec::with_capacity(alerts.len());
    for alert in alerts {
        // All of one pass are of one source.
        let others = match others.entry(&alert.rule) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => {
                let ledger = &world.ledger;
                *new.insert(
                    ledger
                        .pages_beside(&alert.rule, &alert.source, since)
                        .await?,
                )
            }
        };
        let mut alert = alert.clone();
        alert.weigh_spread(others + 1);
        admissions.push(Admission {
            dispatches: snapshot.config.routing.dispatch(&alert, now),
            alert,
        });
    }
    Ok(world.ledger.admit(&admissions, now).await?.new.len())
}
