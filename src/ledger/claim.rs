//! The outbox: the next delivery is claimed, with the bytes of its mail.

use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::deliver::{MAX_REFUSALS, end};
use super::notices::ADMINS;
use super::{Claimed, Ledger, LedgerError, Transaction, count, from_json, millis, seal, time};
use crate::alert::Content;

/// How long a claim holds. No sending takes longer by the limits of RFC 5321 §4.5.3.2: whoever
/// claimed it could not mark it, so that it must be tried again.
pub(super) const CLAIM_HOLDS_MILLIS: i64 = 3_600_000;

/// What stands in place of a server's reply where a record is damaged.
pub(super) const DAMAGED: &str = "damaged in the ledger (its checksum does not match)";

/// Makes a mail's subject and bytes of what it tells; `None` where that cannot be done now.
pub type Compose<'a> = &'a (dyn Fn(&Content) -> Option<(String, Vec<u8>)> + Sync);

impl Ledger {
    /// Claims the delivery that has waited longest past its time, if any: nobody else gets it, nor
    /// another one to its recipient, for an hour, unless it is marked or the claims are released. One whose record is damaged is
    /// held instead.
    ///
    /// # Errors
    /// When the ledger cannot be read or written.
    pub async fn claim(&self, now: Timestamp) -> Result<Option<Claimed>, LedgerError> {
        let nothing = |_: &Content| None;
        self.claim_after(None, now, &nothing).await
    }

    /// Records that the server has taken a delivery, if `taken` tells of one with its reply, and
    /// claims the next one; all in one transaction, of which each is a wait for the disk. Where
    /// the next one's bytes are not there yet, `compose` may make them (the subject and the
    /// bytes): they are kept before they are sent for the first time, as
    /// [`keep_composed`](Self::keep_composed) does it.
    ///
    /// # Errors
    /// When the ledger cannot be read or written: then nothing is recorded, and what was taken
    /// must be recorded by [`sent`](Self::sent).
    pub async fn claim_after(
        &self,
        taken: Option<(&Claimed, &str)>,
        now: Timestamp,
        compose: Compose<'_>,
    ) -> Result<Option<Claimed>, LedgerError> {
        let mut taken = taken;
        loop {
            let mut tx = self.begin().await?;
            if let Some((delivery, reply)) = taken.take() {
                end(&mut tx, delivery, "sent", now, reply).await?;
            }
            let Some(delivery) = claim_next(&mut tx, now).await? else {
                tx.commit().await?;
                return Ok(None);
            };
            if !is_whole(&mut tx, delivery).await? {
                hold_damaged(&mut tx, delivery, now).await?;
                tx.commit().await?;
                continue;
            }
            let mut claimed = claimed(&mut tx, delivery).await?;
            if claimed.raw.is_none()
                && let Some((subject, raw)) = compose(&claimed.content)
            {
                claimed.raw = Some(keep(&mut tx, &claimed.mail, &subject, raw).await?);
            }
            tx.commit().await?;
            return Ok(Some(claimed));
        }
    }

    /// Keeps a composed mail, before it is sent for the first time, and gives the bytes to send:
    /// these, or the ones that were kept before. So a Message-ID never has two contents.
    ///
    /// # Errors
    /// When the ledger cannot be written; then nothing may be sent.
    pub async fn keep_composed(
        &self,
        mail: &str,
        subject: &str,
        raw: Vec<u8>,
    ) -> Result<Vec<u8>, LedgerError> {
        let mut connection = self.writer.acquire().await?;
        keep(&mut connection, mail, subject, raw).await
    }
}

async fn keep(
    connection: &mut SqliteConnection,
    mail: &str,
    subject: &str,
    raw: Vec<u8>,
) -> Result<Vec<u8>, LedgerError> {
    let kept: Option<Vec<u8>> = sqlx::query_scalar(
        "UPDATE mail SET subject = COALESCE(subject, $1), raw = COALESCE(raw, $2),
             raw_seal = CASE WHEN raw IS NULL THEN $3 ELSE raw_seal END
         WHERE message_id = $4 RETURNING raw",
    )
    .bind(subject)
    .bind(&raw)
    .bind(seal::RAW.seal(&[mail.as_bytes(), &raw]))
    .bind(mail)
    .fetch_optional(connection)
    .await?;
    kept.ok_or_else(|| LedgerError::Failed {
        detail: format!("no mail {mail}"),
    })
}

fn content_of(mail: &SqliteRow) -> Result<Content, LedgerError> {
    let bundle = mail.try_get("bundle")?;
    Ok(match mail.try_get("receiver")? {
        ADMINS => Content::Notices(from_json(bundle)?),
        _ => Content::Alerts(from_json(bundle)?),
    })
}

/// Takes the next delivery; gives its row. Of a recipient's mails the earliest goes first, one at
/// a time, unless the server has refused that one too often.
async fn claim_next(tx: &mut Transaction, now: Timestamp) -> Result<Option<i64>, LedgerError> {
    sqlx::query(
        "UPDATE delivery SET state = 'queued', next_attempt = $1, claimed_at = NULL
         WHERE state = 'sending' AND claimed_at <= $2",
    )
    .bind(millis(now))
    .bind(millis(now).saturating_sub(CLAIM_HOLDS_MILLIS))
    .execute(&mut **tx)
    .await?;
    let row = sqlx::query_scalar(
        "UPDATE delivery SET state = 'sending', claimed_at = $1, attempts = attempts + 1
         WHERE rowid = (
             SELECT CASE WHEN due.refusals >= $2 THEN due.rowid ELSE (
                 SELECT first.rowid FROM delivery AS first
                 WHERE first.state = 'queued' AND first.recipient = due.recipient
                     AND first.refusals < $2
                 ORDER BY first.queued_at, first.rowid LIMIT 1) END
             FROM delivery AS due
             WHERE due.state = 'queued' AND due.next_attempt <= $1 AND NOT EXISTS (
                 SELECT 1 FROM delivery AS busy
                 WHERE busy.state = 'sending' AND busy.recipient = due.recipient)
             ORDER BY due.next_attempt, due.queued_at, due.rowid LIMIT 1)
         RETURNING rowid",
    )
    .bind(millis(now))
    .bind(MAX_REFUSALS)
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row)
}

/// Whether a delivery and its mail are as they were written.
pub(super) async fn is_whole(tx: &mut Transaction, delivery: i64) -> Result<bool, LedgerError> {
    let mail: Option<(i64, bool)> = sqlx::query_as(
        "SELECT mail.rowid, mail.raw IS NOT NULL
         FROM delivery JOIN mail ON mail.message_id = delivery.mail
         WHERE delivery.rowid = $1",
    )
    .bind(delivery)
    .fetch_optional(&mut **tx)
    .await?;
    let Some((mail, composed)) = mail else {
        return Ok(false);
    };
    Ok(seal::DELIVERY.holds(tx, Some(delivery)).await?
        && seal::MAIL.holds(tx, Some(mail)).await?
        && (!composed || seal::RAW.holds(tx, Some(mail)).await?))
}

async fn claimed(tx: &mut Transaction, delivery: i64) -> Result<Claimed, LedgerError> {
    let row = sqlx::query(
        "SELECT delivery.mail, recipient, queued_at, attempts, raw, receiver, bundle
         FROM delivery JOIN mail ON mail.message_id = delivery.mail
         WHERE delivery.rowid = $1",
    )
    .bind(delivery)
    .fetch_one(&mut **tx)
    .await?;
    Ok(Claimed {
        mail: row.try_get("mail")?,
        recipient: row.try_get("recipient")?,
        queued: time(row.try_get("queued_at")?)?,
        attempts: count(row.try_get("attempts")?)?,
        raw: row.try_get("raw")?,
        content: content_of(&row)?,
    })
}

/// Holds what is not what it was: nobody knows any more what it said, or to whom.
async fn hold_damaged(
    tx: &mut Transaction,
    delivery: i64,
    now: Timestamp,
) -> Result<(), LedgerError> {
    sqlx::query(
        "UPDATE delivery SET state = 'held', ended_at = $1, claimed_at = NULL, last_reply = $2
         WHERE rowid = $3",
    )
    .bind(millis(now))
    .bind(DAMAGED)
    .bind(delivery)
    .execute(&mut **tx)
    .await?;
    seal::DELIVERY.note_damage(tx, delivery, now).await
}
