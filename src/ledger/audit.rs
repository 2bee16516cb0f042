//! The audit trail: append-only, each record chained to the one before.

use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqlitePool;

use super::{Ledger, LedgerError, Transaction, count, millis, time};

/// One record of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRecord {
    /// Its number.
    pub seq: u64,
    /// When it happened.
    pub at: Timestamp,
    /// What happened: `admitted`, `closed`, `composed`, `sent`, `postponed`, `held`, `requeued`,
    /// `dropped`, `damaged`, `salvaged`, `forgotten`, `restored`.
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
            event.as_bytes(),
            detail.as_bytes(),
        ))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// What a record's chain must be, given the chain of the record before.
fn link(before: &str, at: i64, event: &[u8], detail: &[u8]) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in [before.as_bytes(), at.to_string().as_bytes(), event, detail] {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part);
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
        let mut trail = Trail::default();
        while let Some(broken) = trail.step(&self.readers).await? {
            if let Some(seq) = broken {
                return Ok(Some(count(seq)?));
            }
        }
        Ok(None)
    }
}

/// A walk along the trail.
#[derive(Debug, Default)]
pub(super) struct Trail {
    last: i64,
    before: String,
    /// Records that follow from the one before.
    pub followed: u64,
}

impl Trail {
    /// Follows some more records; `None` at the end, else the first that does not follow from
    /// the one before, if any.
    pub(super) async fn step(
        &mut self,
        pool: &SqlitePool,
    ) -> Result<Option<Option<i64>>, LedgerError> {
        const STEP: i64 = 1000;
        let rows = sqlx::query(
            "SELECT seq, at, CAST(event AS BLOB) AS event, CAST(detail AS BLOB) AS detail,
                 CAST(chain AS BLOB) AS chain
             FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2",
        )
        .bind(self.last)
        .bind(STEP)
        .fetch_all(pool)
        .await?;
        if rows.is_empty() {
            return Ok(None);
        }
        for row in rows {
            self.last = row.try_get("seq")?;
            let (event, detail, chain): (&[u8], &[u8], &[u8]) = (
                row.try_get("event")?,
                row.try_get("detail")?,
                row.try_get("chain")?,
            );
            let expected = link(&self.before, row.try_get("at")?, event, detail);
            if chain != expected.as_bytes() {
                return Ok(Some(Some(self.last)));
            }
            self.before = expected;
            self.followed += 1;
        }
        Ok(Some(None))
    }
}
