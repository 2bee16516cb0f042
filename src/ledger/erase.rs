//! Deleting: by age, as the settings say, and by whoever asks for it.
//!
//! An alert that was deleted is still known by a digest of its keys, so that nobody is told of
//! the same page again. The audit trail is never cut: it tells numbers and keys, no content, and
//! stays verifiable from its first record.

use jiff::Timestamp;
use sqlx::Row;

use super::{Ledger, LedgerError, Transaction, audit, millis};

/// What is deleted in one transaction, so that nobody waits long for the write lock.
const STEP: i64 = 100;

/// What was deleted for its age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Forgotten {
    /// Mails, with their deliveries.
    pub mails: u64,
    /// Alerts and refutations.
    pub alerts: u64,
    /// Stories of which no alert is left.
    pub stories: u64,
    /// Fingerprints of texts.
    pub fingerprints: u64,
}

impl Ledger {
    /// Deletes what is older than `before`: mails closed before it (but none that still waits to
    /// be sent), alerts seen before it (but none that still waits for its mail), stories without
    /// alerts, fingerprints, what people said of these.
    ///
    /// # Errors
    /// When the ledger cannot be written; what was deleted until then stays deleted.
    pub async fn forget_before(
        &self,
        before: Timestamp,
        now: Timestamp,
    ) -> Result<Forgotten, LedgerError> {
        let mut forgotten = Forgotten::default();
        while let step @ 1.. = self.forget_mails(before).await? {
            forgotten.mails += step;
        }
        while let step @ 1.. = self.forget_alerts(before, now).await? {
            forgotten.alerts += step;
        }
        while let step @ 1.. = self.forget_stories(before).await? {
            forgotten.stories += step;
        }
        while let step @ 1.. = self.forget_fingerprints(before).await? {
            forgotten.fingerprints += step;
        }
        if forgotten != Forgotten::default() {
            let detail = format!(
                "{} mails, {} alerts, {} stories",
                forgotten.mails, forgotten.alerts, forgotten.stories
            );
            let mut tx = self.begin().await?;
            audit::append(&mut tx, now, "forgotten", &detail).await?;
            tx.commit().await?;
        }
        Ok(forgotten)
    }

    async fn forget_mails(&self, before: Timestamp) -> Result<u64, LedgerError> {
        let mut tx = self.begin().await?;
        let old: Vec<String> = sqlx::query_scalar(
            "SELECT message_id FROM mail WHERE closed < $1 AND NOT EXISTS (
                 SELECT 1 FROM delivery WHERE delivery.mail = mail.message_id
                 AND delivery.state IN ('queued', 'sending'))
             LIMIT $2",
        )
        .bind(millis(before))
        .bind(STEP)
        .fetch_all(&mut *tx)
        .await?;
        for mail in &old {
            erase_mail(&mut tx, mail).await?;
        }
        tx.commit().await?;
        Ok(old.len() as u64)
    }

    async fn forget_alerts(&self, before: Timestamp, now: Timestamp) -> Result<u64, LedgerError> {
        let mut tx = self.begin().await?;
        let old: Vec<String> = sqlx::query_scalar(
            "SELECT id FROM alert WHERE seen < $1
             AND NOT EXISTS (SELECT 1 FROM dispatch WHERE dispatch.alert = alert.id)
             LIMIT $2",
        )
        .bind(millis(before))
        .bind(STEP)
        .fetch_all(&mut *tx)
        .await?;
        for alert in &old {
            erase_alert(&mut tx, alert, now).await?;
        }
        tx.commit().await?;
        Ok(old.len() as u64)
    }

    async fn forget_stories(&self, before: Timestamp) -> Result<u64, LedgerError> {
        let mut tx = self.begin().await?;
        let old: Vec<String> = sqlx::query_scalar(
            "SELECT id FROM story WHERE last_seen < $1
             AND NOT EXISTS (SELECT 1 FROM alert WHERE alert.story = story.id)
             LIMIT $2",
        )
        .bind(millis(before))
        .bind(STEP)
        .fetch_all(&mut *tx)
        .await?;
        for story in &old {
            for sql in [
                "DELETE FROM verdict WHERE story = $1",
                "DELETE FROM story WHERE id = $1",
            ] {
                sqlx::query(sql).bind(story).execute(&mut *tx).await?;
            }
        }
        tx.commit().await?;
        Ok(old.len() as u64)
    }

    async fn forget_fingerprints(&self, before: Timestamp) -> Result<u64, LedgerError> {
        let deleted = sqlx::query(
            "DELETE FROM fingerprint WHERE seq IN (
                 SELECT seq FROM fingerprint WHERE kept < $1 LIMIT $2)",
        )
        .bind(millis(before))
        .bind(10 * STEP)
        .execute(&self.writer)
        .await?;
        Ok(deleted.rows_affected())
    }
}

/// Deletes a mail with its deliveries and the dispatches that it carried.
pub(super) async fn erase_mail(tx: &mut Transaction, mail: &str) -> Result<(), LedgerError> {
    for sql in [
        "DELETE FROM delivery WHERE mail = $1",
        "DELETE FROM dispatch WHERE mail = $1",
        "DELETE FROM notice WHERE mail = $1",
        "DELETE FROM told WHERE mail = $1",
        "DELETE FROM mail WHERE message_id = $1",
    ] {
        sqlx::query(sql).bind(mail).execute(&mut **tx).await?;
    }
    Ok(())
}

/// Deletes an alert with its dispatches and what people said of it; its story stays. It is known
/// from then on by its keys alone.
pub(super) async fn erase_alert(
    tx: &mut Transaction,
    alert: &str,
    now: Timestamp,
) -> Result<(), LedgerError> {
    let row = sqlx::query("SELECT rule, stance, source, item, page FROM alert WHERE id = $1")
        .bind(alert)
        .fetch_optional(&mut **tx)
        .await?;
    let Some(row) = row else {
        return Ok(());
    };
    let (rule, stance) = (row.try_get("rule")?, row.try_get("stance")?);
    let keys = keys(
        rule,
        stance,
        row.try_get("source")?,
        row.try_get("item")?,
        row.try_get("page")?,
    );
    for key in keys {
        sqlx::query("INSERT INTO forgotten (key, at) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .bind(key)
            .bind(millis(now))
            .execute(&mut **tx)
            .await?;
    }
    for sql in [
        "DELETE FROM verdict WHERE alert = $1",
        "DELETE FROM dispatch WHERE alert = $1",
        "DELETE FROM alert WHERE id = $1",
    ] {
        sqlx::query(sql).bind(alert).execute(&mut **tx).await?;
    }
    Ok(())
}

/// Whether an alert of this rule and stance in this item, or on this page, was deleted, or the
/// page at this address is to be forgotten whatever it says.
pub(super) async fn is_forgotten(
    tx: &mut Transaction,
    [item, page]: [String; 2],
    url: Option<&str>,
) -> Result<bool, LedgerError> {
    let known: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM forgotten WHERE key IN ($1, $2, $3)")
        .bind(item)
        .bind(page)
        .bind(url.map(page_key))
        .fetch_one(&mut **tx)
        .await?;
    Ok(known > 0)
}

/// Digests of the two keys of an alert: the item within its source, and the page.
pub(super) fn keys(rule: &str, stance: &str, source: &str, item: &str, page: &str) -> [String; 2] {
    [
        digest(&["item", rule, stance, source, item]),
        digest(&["page", rule, stance, page]),
    ]
}

/// A digest of the address of a page that is to be forgotten.
pub(super) fn page_key(url: &str) -> String {
    digest(&["address", url])
}

fn digest(parts: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().to_hex()[..32].to_owned()
}
