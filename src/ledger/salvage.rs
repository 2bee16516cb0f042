//! Putting single damaged records back as a backup has them, while the ledger is in use.

use std::path::Path;

use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::seal::{self, Kind, Stored};
use super::{Ledger, LedgerError, Transaction, audit, claim, millis};

/// Records that are read at once.
const STEP: i64 = 500;

/// The name of the backup beside the ledger.
const BACKUP: &str = "backup";

/// A damaged record.
struct Damaged {
    kind: &'static Kind,
    stored: Stored,
}

impl Ledger {
    /// Puts damaged records back from a backup: those of which it has the very version that was
    /// written, by its seal. What changed since, like a page taken out of a mail, therefore stays
    /// changed. An alert that was passed over for its damage waits for its mail again, and a
    /// delivery that was held for it is made. Each record is one entry in the audit trail. Gives
    /// how many records were put back.
    ///
    /// # Errors
    /// When the backup cannot be read or the ledger cannot be written; what was put back until
    /// then stays.
    pub async fn salvage(&self, backup: &Path, now: Timestamp) -> Result<u64, LedgerError> {
        let damaged = self.damaged().await?;
        if damaged.is_empty() {
            return Ok(0);
        }
        // Another database may be attached outside of transactions only.
        let path = backup.to_string_lossy();
        sqlx::query(AssertSqlSafe(format!("ATTACH DATABASE $1 AS {BACKUP}")))
            .bind(&*path)
            .execute(&self.writer)
            .await?;
        let done = self.put_back(&damaged, now).await;
        sqlx::query(AssertSqlSafe(format!("DETACH DATABASE {BACKUP}")))
            .execute(&self.writer)
            .await?;
        done
    }

    async fn damaged(&self) -> Result<Vec<Damaged>, LedgerError> {
        let mut damaged = Vec::new();
        for kind in seal::sealed(&self.readers).await? {
            let mut last = i64::MIN;
            loop {
                let records = kind.after(&self.readers, last, STEP).await?;
                let Some(end) = records.last() else {
                    break;
                };
                last = end.rowid;
                let of_kind = records.into_iter().filter(|record| !record.is_whole(kind));
                damaged.extend(of_kind.map(|stored| Damaged { kind, stored }));
            }
        }
        Ok(damaged)
    }

    async fn put_back(&self, damaged: &[Damaged], now: Timestamp) -> Result<u64, LedgerError> {
        let mut put_back = 0;
        for record in damaged {
            let mut tx = self.begin().await?;
            match record.put_back(&mut tx, now).await {
                Ok(true) => {
                    tx.commit().await?;
                    put_back += 1;
                }
                // Another record has its key by now: this one stays as it is.
                Ok(false) | Err(LedgerError::Failed { .. }) => tx.rollback().await?,
                Err(error) => return Err(error),
            }
        }
        if put_back > 0 {
            let mut tx = self.begin().await?;
            release_damaged(&mut tx, now).await?;
            tx.commit().await?;
        }
        Ok(put_back)
    }
}

impl Damaged {
    async fn put_back(&self, tx: &mut Transaction, now: Timestamp) -> Result<bool, LedgerError> {
        let (kind, rowid) = (self.kind, self.stored.rowid);
        let Some(twin) = kind.twin(tx, BACKUP, &self.stored).await? else {
            return Ok(false);
        };
        let columns = format!("{}, {}", kind.columns.join(", "), kind.seal);
        let table = kind.table;
        sqlx::query(AssertSqlSafe(format!(
            "UPDATE main.{table} SET ({columns}) = (
                 SELECT {columns} FROM {BACKUP}.{table} WHERE rowid = $1)
             WHERE rowid = $2"
        )))
        .bind(twin.rowid)
        .bind(rowid)
        .execute(&mut **tx)
        .await?;
        if !kind.holds(tx, Some(rowid)).await? {
            return Ok(false);
        }
        let noted = sqlx::query("DELETE FROM damage WHERE kind = $1 AND label IN ($2, $3)")
            .bind(kind.name)
            .bind(self.stored.label())
            .bind(twin.label())
            .execute(&mut **tx)
            .await?;
        if *kind == seal::ALERT && noted.rows_affected() > 0 {
            open_again(tx, rowid).await?;
        }
        let detail = format!("{} {}", kind.name, twin.label());
        audit::append(tx, now, "salvaged", &detail).await?;
        Ok(true)
    }
}

/// An alert that was damaged when its group was closed was taken out of it: it goes back to where
/// it waited when the backup was made.
async fn open_again(tx: &mut Transaction, alert: i64) -> Result<(), LedgerError> {
    sqlx::query(AssertSqlSafe(format!(
        "INSERT INTO main.dispatch (alert, receiver, grouping, due, digest, why, seal)
         SELECT alert, receiver, grouping, due, digest, why, seal FROM {BACKUP}.dispatch
         WHERE mail IS NULL AND alert = (SELECT id FROM main.alert WHERE rowid = $1)
             AND NOT EXISTS (
                 SELECT 1 FROM main.dispatch AS there WHERE there.alert = dispatch.alert)"
    )))
    .bind(alert)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Puts deliveries back into the queue that were held for damage that is mended.
async fn release_damaged(tx: &mut Transaction, now: Timestamp) -> Result<(), LedgerError> {
    let held: Vec<i64> =
        sqlx::query_scalar("SELECT rowid FROM delivery WHERE state = 'held' AND last_reply = $1")
            .bind(claim::DAMAGED)
            .fetch_all(&mut **tx)
            .await?;
    for delivery in held {
        if claim::is_whole(tx, delivery).await? {
            sqlx::query(
                "UPDATE delivery SET state = 'queued', queued_at = $1, attempts = 0,
                     next_attempt = $1, ended_at = NULL, last_reply = NULL
                 WHERE rowid = $2",
            )
            .bind(millis(now))
            .bind(delivery)
            .execute(&mut **tx)
            .await?;
        }
    }
    Ok(())
}
