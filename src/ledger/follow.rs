//! Those who got a rumour learn, once, that it is refuted.

use std::time::Duration;

use jiff::Timestamp;

use super::{LedgerError, Transaction, admit::insert_dispatch};
use crate::alert::{Alert, Dispatch};
use crate::keyword::Severity;
use crate::scan::Stance;
use crate::source::Trust;

/// How long a follow-up waits for further refutations: those of one morning come together.
const WAIT: Duration = Duration::from_secs(120);

/// Dispatches a refutation to every receiver whose mails told the rumour and none of them that
/// it is refuted. It joins the rumour's group, hence its thread.
pub(super) async fn follow_up(
    tx: &mut Transaction,
    alert: &Alert,
    id: &str,
    now: Timestamp,
) -> Result<(), LedgerError> {
    let counts = alert.stance == Stance::Denies
        && matches!(alert.trust, Trust::Official | Trust::Press)
        // A rule that merely follows a subject has nothing to refute.
        && alert.severity > Severity::Info;
    if !counts {
        return Ok(());
    }
    // Quotes within a JSON string are escaped, so only the bundle's own key can match.
    let receivers: Vec<String> = sqlx::query_scalar(
        "SELECT receiver FROM mail WHERE grouping = $1
         GROUP BY receiver
         HAVING SUM(CASE WHEN bundle LIKE '%\"refutations\":[]%' THEN 0 ELSE 1 END) = 0",
    )
    .bind(&alert.rule)
    .fetch_all(&mut **tx)
    .await?;
    for receiver in receivers {
        let dispatch = Dispatch {
            receiver,
            group: alert.rule.clone(),
            due: now.checked_add(WAIT).unwrap_or(now),
        };
        insert_dispatch(tx, id, &dispatch).await?;
    }
    Ok(())
}
