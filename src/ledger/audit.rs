//! The audit trail: append-only, each record chained to the one before.

use jiff::Timestamp;
use sqlx::Row;

use super::{Ledger, LedgerError, Transaction, count, millis, time};

/// One record of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRecord {
    /// Its number.
    pub seq: u64,
    /// When it happened.
    pub at: Timestamp,
    /// What happened: `admitted`, `closed`, `composed`, `sent`, `postponed`, `held`, `requeued`.
    pub event: String,
    /// To what.
    pub detail: String,
}

/// Adds a record within the transaction that does what it tells.
pub(super) async fn append(
    tx: &mut Transaction,
    at: Timestamp,
    event: &str,
    detail: &str,
) -> Result<(), LedgerError> {
    let before: Option<String> =
        sqlx::query_scalar("SELECT chain FROM audit ORDER BY seq DESC LIMIT 1")
            .fetch_optional(&mut **tx)
            .await?;
    sqlx::query("INSERT INTO audit (at, event, detail, chain) VALUES ($1, $2, $3, $4)")
        .bind(millis(at))
        .bind(event)
        .bind(detail)
        .bind(link(
            before.as_deref().unwrap_or_default(),
            millis(at),
            event,
            detail,
        ))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// What a record's chain must be, given the chain of the record before.
fn link(before: &str, at: i64, event: &str, detail: &str) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in [before, &at.to_string(), event, detail] {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().to_hex()[..32].to_owned()
}

impl Ledger {
    /// The newest records, newest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn audit(&self, limit: u32) -> Result<Vec<AuditRecord>, LedgerError> {
        let rows =
            sqlx::query("SELECT seq, at, event, detail FROM audit ORDER BY seq DESC LIMIT $1")
                .bind(i64::from(limit))
                .fetch_all(&self.readers)
                .await?;
        rows.iter()
            .map(|row| {
                Ok(AuditRecord {
                    seq: count(row.try_get("seq")?)?,
                    at: time(row.try_get("at")?)?,
                    event: row.try_get("event")?,
                    detail: row.try_get("detail")?,
                })
            })
            .collect()
    }

    /// Walks over the whole trail; gives the number of the first record that was changed, or
    /// that follows one cut out. Records cut off at the end do not show.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn first_broken_audit_record(&self) -> Result<Option<u64>, LedgerError> {
        const STEP: i64 = 1000;
        let (mut last, mut before) = (0_i64, String::new());
        loop {
            let rows = sqlx::query(
                "SELECT seq, at, event, detail, chain FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2",
            )
            .bind(last)
            .bind(STEP)
            .fetch_all(&self.readers)
            .await?;
            if rows.is_empty() {
                return Ok(None);
            }
            for row in rows {
                last = row.try_get("seq")?;
                let chain: String = row.try_get("chain")?;
                let (event, detail): (&str, &str) = (row.try_get("event")?, row.try_get("detail")?);
                if chain != link(&before, row.try_get("at")?, event, detail) {
                    return Ok(Some(count(last)?));
                }
                before = chain;
            }
        }
    }
}
