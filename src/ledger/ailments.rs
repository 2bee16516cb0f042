//! What admins were told of sources and is not over yet.

use jiff::Timestamp;
use sqlx::Row;

use super::{Ledger, LedgerError, millis, time};

/// One thing that is wrong with one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ailment {
    /// The source's id; empty for the line of the office.
    pub source: String,
    /// What is wrong, in the daemon's words.
    pub kind: String,
    /// Since when, to the millisecond.
    pub since: Timestamp,
}

impl Ledger {
    /// All that is not over yet.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn ailments(&self) -> Result<Vec<Ailment>, LedgerError> {
        let rows = sqlx::query("SELECT source, kind, since FROM ailment ORDER BY source, kind")
            .fetch_all(&self.readers)
            .await?;
        let read = rows.iter().map(|row| {
            Ok(Ailment {
                source: row.try_get("source")?,
                kind: row.try_get("kind")?,
                since: time(row.try_get("since")?)?,
            })
        });
        read.collect()
    }

    /// Keeps that something is wrong; one that is kept already stays as it is.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn keep_ailment(&self, ailment: &Ailment) -> Result<(), LedgerError> {
        sqlx::query(
            "INSERT INTO ailment (source, kind, since) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        )
        .bind(&ailment.source)
        .bind(&ailment.kind)
        .bind(millis(ailment.since))
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// It is over.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn end_ailment(&self, source: &str, kind: &str) -> Result<(), LedgerError> {
        sqlx::query("DELETE FROM ailment WHERE source = $1 AND kind = $2")
            .bind(source)
            .bind(kind)
            .execute(&self.writer)
            .await?;
        Ok(())
    }
}
