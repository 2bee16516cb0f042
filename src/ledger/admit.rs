//! Alerts come in: each known once, whoever brings it again.

use jiff::Timestamp;

use super::{
    Admission, Admitted, Ledger, LedgerError, Transaction, audit, follow, millis, to_json,
};
use crate::alert::{Alert, Dispatch};
use crate::scan::Stance;
use crate::story::bare;

impl Ledger {
    /// Records alerts and their dispatches, all in one transaction. An alert of the same rule and
    /// stance in the same item, or on the same page though another source lists it, is known: it
    /// is neither recorded nor dispatched again.
    ///
    /// A dispatch joins the open group of its receiver and group, whose due time is the earliest
    /// of its dispatches.
    ///
    /// A refutation by an official or press source is dispatched to those who were mailed the
    /// rumour and do not know yet that it is refuted.
    ///
    /// # Errors
    /// When the ledger cannot be written; then nothing was recorded.
    pub async fn admit(
        &self,
        admissions: &[Admission],
        now: Timestamp,
    ) -> Result<Admitted, LedgerError> {
        let mut admitted = Admitted::default();
        if admissions.is_empty() {
            return Ok(admitted);
        }
        let mut tx = self.begin().await?;
        for Admission { alert, dispatches } in admissions {
            let Some(id) = insert_alert(&mut tx, alert).await? else {
                admitted.known += 1;
                continue;
            };
            count_in_story(&mut tx, alert, &id).await?;
            for dispatch in dispatches {
                insert_dispatch(&mut tx, &id, dispatch).await?;
            }
            follow::follow_up(&mut tx, alert, &id, now).await?;
            audit::append(&mut tx, now, "admitted", &id).await?;
            admitted.new.push(id);
        }
        tx.commit().await?;
        Ok(admitted)
    }
}

/// Gives the id under which the alert was recorded; `None` if it was known.
async fn insert_alert(tx: &mut Transaction, alert: &Alert) -> Result<Option<String>, LedgerError> {
    let page = page_key(alert);
    let mut alert = alert.clone();
    loop {
        let inserted = sqlx::query(
            "INSERT INTO alert (id, rule, stance, source, item, page, story, trust, seen, told, body)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
             ON CONFLICT DO NOTHING",
        )
        .bind(&alert.id)
        .bind(&alert.rule)
        .bind(alert.stance.to_string())
        .bind(&alert.source)
        .bind(&alert.item)
        .bind(&page)
        .bind(&alert.story.0)
        .bind(alert.trust.to_string())
        .bind(millis(alert.seen))
        .bind(millis(alert.published.unwrap_or(alert.seen)))
        .bind(to_json(&alert)?)
        .execute(&mut **tx)
        .await?;
        if inserted.rows_affected() == 1 {
            return Ok(Some(alert.id));
        }
        if is_known(tx, &alert, &page).await? {
            return Ok(None);
        }
        // Ids are short enough to be read out, so two may be alike by chance; no alert is lost
        // to that.
        alert.id.push('x');
    }
}

async fn is_known(tx: &mut Transaction, alert: &Alert, page: &str) -> Result<bool, LedgerError> {
    let known: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM alert
         WHERE rule = $1 AND stance = $2 AND ((source = $3 AND item = $4) OR page = $5)",
    )
    .bind(&alert.rule)
    .bind(alert.stance.to_string())
    .bind(&alert.source)
    .bind(&alert.item)
    .bind(page)
    .fetch_one(&mut **tx)
    .await?;
    Ok(known > 0)
}

/// Names the page that an item stands on, whichever source lists it. The title belongs to it,
/// since some feeds give all their items one address. An item without an address is on a page
/// of its own.
fn page_key(alert: &Alert) -> String {
    let mut hasher = blake3::Hasher::new();
    let title = bare(&alert.page_title);
    let parts = match &alert.url {
        Some(url) => ["url", url, &title],
        None => ["item", &alert.source, &alert.item],
    };
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().to_hex()[..32].to_owned()
}

/// Counts an alert that is already recorded under `id` in its story.
async fn count_in_story(tx: &mut Transaction, alert: &Alert, id: &str) -> Result<(), LedgerError> {
    let asserts = alert.stance == Stance::Asserts;
    let earlier: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM alert
         WHERE story = $1 AND source = $2 AND stance = 'asserts' AND id <> $3",
    )
    .bind(&alert.story.0)
    .bind(&alert.source)
    .bind(id)
    .fetch_one(&mut **tx)
    .await?;
    sqlx::query(
        "INSERT INTO story (id, rule, first_seen, last_seen, items, sources)
         VALUES ($1, $2, $3, $3, $4, $5)
         ON CONFLICT (id) DO UPDATE SET
             first_seen = CASE WHEN excluded.first_seen < story.first_seen
                 THEN excluded.first_seen ELSE story.first_seen END,
             last_seen = CASE WHEN excluded.last_seen > story.last_seen
                 THEN excluded.last_seen ELSE story.last_seen END,
             items = story.items + excluded.items,
             sources = story.sources + excluded.sources",
    )
    .bind(&alert.story.0)
    .bind(&alert.rule)
    .bind(millis(alert.seen))
    .bind(i64::from(asserts))
    .bind(i64::from(asserts && earlier == 0))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn insert_dispatch(
    tx: &mut Transaction,
    alert: &str,
    dispatch: &Dispatch,
) -> Result<(), LedgerError> {
    sqlx::query(
        "INSERT INTO dispatch (alert, receiver, grouping, due) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING",
    )
    .bind(alert)
    .bind(&dispatch.receiver)
    .bind(&dispatch.group)
    .bind(millis(dispatch.due))
    .execute(&mut **tx)
    .await?;
    Ok(())
}
