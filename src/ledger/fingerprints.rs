//! The fingerprints of told texts, so that a lost seen memory forgets no story.

use jiff::Timestamp;
use sqlx::Row;

use super::{Ledger, LedgerError, count, millis, seal};
use crate::seen::Fingerprint;

impl Ledger {
    /// Keeps fingerprints; those that are kept already stay as they are.
    ///
    /// # Errors
    /// When the ledger cannot be written; then none was kept.
    pub async fn keep_fingerprints(
        &self,
        texts: &[Fingerprint],
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        if texts.is_empty() {
            return Ok(());
        }
        let mut tx = self.begin().await?;
        for text in texts {
            let record = text.to_bytes();
            let kept = millis(now).to_string();
            sqlx::query(
                "INSERT INTO fingerprint (kept, record, seal) VALUES ($1, $2, $3)
                 ON CONFLICT DO NOTHING",
            )
            .bind(millis(now))
            .bind(&record)
            .bind(seal::FINGERPRINT.seal(&[kept.as_bytes(), &record]))
            .execute(&mut *tx)
            .await?;
        }
        Ok(tx.commit().await?)
    }

    /// How many fingerprints are kept.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn fingerprint_count(&self) -> Result<usize, LedgerError> {
        let number = sqlx::query_scalar("SELECT COUNT(*) FROM fingerprint")
            .fetch_one(&self.readers)
            .await?;
        count(number)
    }

    /// The fingerprints in the order in which they were kept, at most `limit` of those after the
    /// place `after` (0 at first); with the place to go on from.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn fingerprints(
        &self,
        after: i64,
        limit: u32,
    ) -> Result<(Vec<Fingerprint>, i64), LedgerError> {
        let rows =
            sqlx::query("SELECT seq, record FROM fingerprint WHERE seq > $1 ORDER BY seq LIMIT $2")
                .bind(after)
                .bind(i64::from(limit))
                .fetch_all(&self.readers)
                .await?;
        let mut place = after;
        let mut texts = Vec::with_capacity(rows.len());
        for row in rows {
            place = row.try_get("seq")?;
            let record: Vec<u8> = row.try_get("record")?;
            // One that cannot be read is a story that may be split, no reason to stop.
            texts.extend(Fingerprint::from_bytes(&record));
        }
        Ok((texts, place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn fingerprints_are_kept_once_and_in_order() {
        let dir = tempfile::TempDir::new().unwrap();
        let path = dir.path().join("ledger.sqlite");
        let now = Timestamp::UNIX_EPOCH;
        let ledger = Ledger::open(&path, now).await.unwrap();
        let text = |telling| Fingerprint {
            telling: [telling; 16],
            sketch: vec![1, u32::MAX],
            keys: vec![7],
        };
        let all: Vec<Fingerprint> = [3, 1, 2].map(text).to_vec();
        ledger.keep_fingerprints(&all[..2], now).await.unwrap();
        ledger.keep_fingerprints(&all, now).await.unwrap();
        ledger.close().await;

        let ledger = Ledger::open(&path, now).await.unwrap();
        assert_eq!(ledger.fingerprint_count().await.unwrap(), 3);
        let (first, place) = ledger.fingerprints(0, 2).await.unwrap();
        let (rest, end) = ledger.fingerprints(place, 2).await.unwrap();
        assert_eq!([first, rest].concat(), all);
        assert_eq!(ledger.fingerprints(end, 2).await.unwrap(), (vec![], end));
    }
}
