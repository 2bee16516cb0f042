//! What still waits, for a look and for new settings.

use jiff::Timestamp;
use sqlx::Row;

use super::admit::{dispatch_seal, insert_dispatch, set_muted};
use super::{Ledger, LedgerError, audit, from_json, millis, time, to_json};
use crate::alert::{Alert, Dispatch, Mute};

/// An alert that waits for a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The alert.
    pub alert: Alert,
    /// Where it goes, and when.
    pub dispatch: Dispatch,
    /// Whether it waits since its receiver got as many mails as it may.
    pub capped: bool,
}

/// What becomes of an alert that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It goes to the same receiver in another way.
    Retimed(String, Dispatch),
    /// It goes to others, since the receiver of that name is no more.
    Redirected(String, String, Vec<Dispatch>),
    /// It goes to nobody.
    Muted(String, Mute),
}

impl Ledger {
    /// Every alert that waits for a mail, the earliest due first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn waiting(&self) -> Result<Vec<Waiting>, LedgerError> {
        let rows = sqlx::query(
            "SELECT alert.body, dispatch.receiver, dispatch.grouping, dispatch.due,
                 dispatch.digest, dispatch.why
             FROM dispatch JOIN alert ON alert.id = dispatch.alert
             WHERE dispatch.mail IS NULL
             ORDER BY dispatch.due, dispatch.receiver, alert.id",
        )
        .fetch_all(&self.readers)
        .await?;
        rows.iter()
            .map(|row| {
                let digest: i64 = row.try_get("digest")?;
                Ok(Waiting {
                    alert: from_json(row.try_get("body")?)?,
                    dispatch: Dispatch {
                        receiver: row.try_get("receiver")?,
                        group: row.try_get("grouping")?,
                        due: time(row.try_get("due")?)?,
                        digest: digest > 0,
                        why: from_json(row.try_get("why")?)?,
                    },
                    capped: digest > 1,
                })
            })
            .collect()
    }

    /// Carries out what new settings change of what waits, in one transaction.
    ///
    /// # Errors
    /// When the ledger cannot be written; then nothing was changed.
    pub async fn change(&self, changes: &[Change], now: Timestamp) -> Result<(), LedgerError> {
        let mut tx = self.begin().await?;
        for change in changes {
            match change {
                Change::Retimed(alert, to) => {
                    sqlx::query(
                        "UPDATE dispatch
                         SET grouping = $1, due = $2, digest = $3, why = $4, seal = $5
                         WHERE mail IS NULL AND alert = $6 AND receiver = $7",
                    )
                    .bind(&to.group)
                    .bind(millis(to.due))
                    .bind(i64::from(to.digest))
                    .bind(to_json(&to.why)?)
                    .bind(dispatch_seal(alert, &to.receiver, &to.group))
                    .bind(alert)
                    .bind(&to.receiver)
                    .execute(&mut *tx)
                    .await?;
                }
                Change::Redirected(alert, from, to) => {
                    sqlx::query(
                        "DELETE FROM dispatch
                         WHERE mail IS NULL AND alert = $1 AND receiver = $2",
                    )
                    .bind(alert)
                    .bind(from)
                    .execute(&mut *tx)
                    .await?;
                    for dispatch in to {
                        insert_dispatch(&mut tx, alert, dispatch).await?;
                    }
                    audit::append(&mut tx, now, "redirected", alert).await?;
                }
                Change::Muted(alert, mute) => {
                    sqlx::query("DELETE FROM dispatch WHERE mail IS NULL AND alert = $1")
                        .bind(alert)
                        .execute(&mut *tx)
                        .await?;
                    set_muted(&mut tx, alert, mute, now).await?;
                }
            }
        }
        Ok(tx.commit().await?)
    }

    /// The alerts that were muted at or after `since`, newest first, at most `limit`.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn muted(
        &self,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<(Alert, Mute)>, LedgerError> {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "SELECT body, muted FROM alert WHERE muted IS NOT NULL AND seen >= $1
             ORDER BY seen DESC, id LIMIT $2",
        )
        .bind(millis(since))
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        rows.iter()
            .map(|(alert, mute)| Ok((from_json(alert)?, from_json(mute)?)))
            .collect()
    }

    /// The alert of that id, with what mutes it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn find_alert(&self, id: &str) -> Result<Option<(Alert, Option<Mute>)>, LedgerError> {
        let row: Option<(String, Option<String>)> =
            sqlx::query_as("SELECT body, muted FROM alert WHERE id = $1")
                .bind(id)
                .fetch_optional(&self.readers)
                .await?;
        let Some((alert, mute)) = row else {
            return Ok(None);
        };
        let mute = mute.map(|mute| from_json(&mute)).transpose()?;
        Ok(Some((from_json(&alert)?, mute)))
    }
}
