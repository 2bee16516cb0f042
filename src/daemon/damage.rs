//! What the daily look finds damaged in the ledger: put back from the backups where they have it,
//! and told to the admins.

use std::time::Duration;

use jiff::Timestamp;
use tracing::{info, warn};

use super::notices;
use super::world::World;
use crate::alert::Matter;
use crate::config::Store;
use crate::ledger::{self, Finding, Inspection};
use crate::message::Lang;

/// How long the second look rests after each few hundred records.
const PAUSE: Duration = Duration::from_millis(50);

/// Mends what can be mended, and tells admins what was and what could not be: the same damage
/// once. Gives how the ledger is afterwards.
pub(super) async fn mended(
    world: &World,
    store: &Store,
    found: Inspection,
    lang: Lang,
    now: Timestamp,
) -> Inspection {
    if found.is_sound() {
        return found;
    }
    let is_record = |finding: &Finding| matches!(finding, Finding::Record { .. });
    let mended = match found.findings.iter().any(is_record) {
        true => salvaged(world, store, now).await,
        false => 0,
    };
    let left = match mended {
        0 => found,
        _ => match world.ledger.inspect(true, PAUSE).await {
            Ok(left) => left,
            Err(error) => {
                warn!(%error, "ledger: {error}");
                found
            }
        },
    };
    let key = match (left.is_sound(), mended) {
        (true, _) => format!("ledger-mended:{now}"),
        (false, 0) => format!("ledger-damaged:{}", digest(&left)),
        (false, _) => format!("ledger-damaged:{}:{now}", digest(&left)),
    };
    let matter = Matter::LedgerDamaged {
        findings: left
            .findings
            .iter()
            .map(|f| f.message().say(lang))
            .collect(),
        left: left.found as u64,
        mended,
    };
    notices::tell(&world.ledger, key, now, matter).await;
    left
}

/// Puts records back from the newest backups that have them.
async fn salvaged(world: &World, store: &Store, now: Timestamp) -> u64 {
    let backups = match ledger::backups(&store.backup_dir()) {
        Ok(backups) => backups,
        Err(error) => {
            warn!(%error, "the backups cannot be listed: {error}");
            return 0;
        }
    };
    let mut sum = 0;
    for backup in backups {
        let path = backup.path.display();
        match world.ledger.salvage(&backup.path, now).await {
            Ok(0) => {}
            Ok(records) => {
                info!(records, %path, "damaged records were put back");
                sum += records;
            }
            Err(error) => warn!(%error, %path, "nothing can be put back from it: {error}"),
        }
    }
    sum
}

/// What makes it the same damage.
fn digest(inspection: &Inspection) -> String {
    let mut hasher = blake3::Hasher::new();
    for finding in &inspection.findings {
        hasher.update(format!("{finding:?}\n").as_bytes());
    }
    hasher.update(&(inspection.found as u64).to_le_bytes());
    hasher.finalize().to_hex()[..16].to_owned()
}
