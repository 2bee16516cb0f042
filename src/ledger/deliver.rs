//! The outbox: how deliveries end, or wait for another attempt. How they begin stands in `claim`.

use super::claim::CLAIM_HOLDS_MILLIS;
use super::{Claimed, Ledger, LedgerError, Transaction, audit, millis, time};
use jiff::Timestamp;

/// How often a server may refuse a mail for now (greylisting does so once or twice) before later
/// mails to the same recipient go ahead of it.
pub(super) const MAX_REFUSALS: i64 = 3;

/// Why a delivery must wait for another attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delay {
    /// The server refused this mail, or broke off over it, for now.
    Refused,
    /// The server cannot be used at all: no mail would fare better.
    Away,
    /// The program was asked to stop.
    Stopped,
}

impl Ledger {
    /// Records that the server has taken a delivery.
    ///
    /// # Errors
    /// When the ledger cannot be written: then it will be sent again, with the same bytes.
    pub async fn sent(
        &self,
        delivery: &Claimed,
        now: Timestamp,
        reply: &str,
    ) -> Result<(), LedgerError> {
        self.end(delivery, "sent", now, reply).await
    }

    /// Holds a delivery that the server refuses for good, or that was tried for too long. It
    /// stays until someone requeues it.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn hold(
        &self,
        delivery: &Claimed,
        now: Timestamp,
        reply: &str,
    ) -> Result<(), LedgerError> {
        self.end(delivery, "held", now, reply).await
    }

    async fn end(
        &self,
        delivery: &Claimed,
        state: &str,
        now: Timestamp,
        reply: &str,
    ) -> Result<(), LedgerError> {
        let mut tx = self.begin().await?;
        end(&mut tx, delivery, state, now, reply).await?;
        Ok(tx.commit().await?)
    }

    /// Puts a claimed delivery back into the queue for a later attempt; later mails to its
    /// recipient wait for it, unless it was refused too often.
    ///
    /// # Errors
    /// When the ledger cannot be written; then the claim stands until it is released.
    pub async fn postpone(
        &self,
        delivery: &Claimed,
        now: Timestamp,
        next_attempt: Timestamp,
        reply: &str,
        why: Delay,
    ) -> Result<(), LedgerError> {
        let mut tx = self.begin().await?;
        let refusals: Option<i64> = sqlx::query_scalar(
            "UPDATE delivery
             SET state = 'queued', next_attempt = $1, claimed_at = NULL, last_reply = $2,
                 refusals = refusals + $3, away = $4
             WHERE mail = $5 AND recipient = $6 AND state = 'sending' RETURNING refusals",
        )
        .bind(millis(next_attempt))
        .bind(reply)
        .bind(i64::from(why == Delay::Refused))
        .bind(i64::from(why == Delay::Away))
        .bind(&delivery.mail)
        .bind(&delivery.recipient)
        .fetch_optional(&mut *tx)
        .await?;
        if refusals.is_some_and(|refusals| refusals < MAX_REFUSALS) && why != Delay::Stopped {
            // Later mails to this recipient wait behind it.
            sqlx::query(
                "UPDATE delivery SET next_attempt = $1, away = $2
                 WHERE recipient = $3 AND state = 'queued' AND next_attempt < $1
                     AND refusals < $4",
            )
            .bind(millis(next_attempt))
            .bind(i64::from(why == Delay::Away))
            .bind(&delivery.recipient)
            .bind(MAX_REFUSALS)
            .execute(&mut *tx)
            .await?;
        }
        note(&mut tx, now, "postponed", delivery).await?;
        Ok(tx.commit().await?)
    }

    /// Puts all claims back into the queue, to be tried at once; gives how many. For the start:
    /// whoever claimed them is gone, and whether they were sent is not known.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn release_claims(&self, now: Timestamp) -> Result<u64, LedgerError> {
        let released = sqlx::query(
            "UPDATE delivery SET state = 'queued', next_attempt = $1, claimed_at = NULL
             WHERE state = 'sending'",
        )
        .bind(millis(now))
        .execute(&self.writer)
        .await?;
        Ok(released.rows_affected())
    }

    /// Puts held deliveries back into the queue, as if they had just come, and has waiting ones
    /// tried at once: all held ones, or those of the mails whose id begins with `mail`; gives how
    /// many.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn requeue_held(
        &self,
        mail: Option<&str>,
        now: Timestamp,
    ) -> Result<u64, LedgerError> {
        let mut tx = self.begin().await?;
        let requeued = sqlx::query(
            "UPDATE delivery SET state = 'queued', queued_at = $1, attempts = 0,
                 next_attempt = $1, ended_at = NULL
             WHERE (state = 'held' OR $2 <> '' AND state = 'queued')
                 AND substr(mail, 1, length($2)) = $2",
        )
        .bind(millis(now))
        .bind(mail.unwrap_or_default())
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if requeued > 0 {
            audit::append(&mut tx, now, "requeued", &requeued.to_string()).await?;
        }
        tx.commit().await?;
        Ok(requeued)
    }

    /// Gives up the held and waiting deliveries of the mails whose id begins with `mail`: they
    /// are never made. Gives how many.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn drop_deliveries(&self, mail: &str, now: Timestamp) -> Result<u64, LedgerError> {
        let mut tx = self.begin().await?;
        let dropped: Vec<(String, String)> = sqlx::query_as(
            "DELETE FROM delivery
             WHERE state IN ('held', 'queued') AND substr(mail, 1, length($1)) = $1
                 AND $1 <> ''
             RETURNING mail, recipient",
        )
        .bind(mail)
        .fetch_all(&mut *tx)
        .await?;
        for (mail, recipient) in &dropped {
            audit::append(&mut tx, now, "dropped", &format!("{mail} {recipient}")).await?;
        }
        tx.commit().await?;
        Ok(dropped.len() as u64)
    }

    /// When the outbox has work next: the earliest due time of a group, attempt of a delivery or
    /// end of a claim, but not before `now`. `None` if nothing waits.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn next_due(&self, now: Timestamp) -> Result<Option<Timestamp>, LedgerError> {
        let earliest: Option<i64> = sqlx::query_scalar(
            "SELECT MIN(due) FROM (
                 SELECT MIN(due) AS due FROM dispatch WHERE mail IS NULL
                 UNION ALL
                 SELECT MIN(next_attempt) AS due FROM delivery
                 WHERE state = 'queued' AND NOT EXISTS (
                     SELECT 1 FROM delivery AS busy
                     WHERE busy.state = 'sending' AND busy.recipient = delivery.recipient)
                 UNION ALL
                 SELECT MIN(due) AS due FROM notice WHERE closed IS NULL
                 UNION ALL
                 SELECT MIN(claimed_at) + $1 AS due FROM delivery WHERE state = 'sending')
             AS waiting",
        )
        .bind(CLAIM_HOLDS_MILLIS)
        .fetch_one(&self.readers)
        .await?;
        let earliest = earliest.map(time).transpose()?;
        Ok(earliest.map(|due| due.max(now)))
    }

    /// Drops the bytes of mails closed before `before` whose deliveries were all made; gives how
    /// many. Subjects and bundles stay.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn drop_sent_bytes(&self, before: Timestamp) -> Result<u64, LedgerError> {
        let dropped = sqlx::query(
            "UPDATE mail SET raw = NULL, raw_seal = NULL
             WHERE raw IS NOT NULL AND closed < $1 AND NOT EXISTS (
                 SELECT 1 FROM delivery
                 WHERE delivery.mail = mail.message_id AND delivery.state <> 'sent')",
        )
        .bind(millis(before))
        .execute(&self.writer)
        .await?;
        Ok(dropped.rows_affected())
    }
}

/// Marks a delivery as ended.
pub(super) async fn end(
    tx: &mut Transaction,
    delivery: &Claimed,
    state: &str,
    now: Timestamp,
    reply: &str,
) -> Result<(), LedgerError> {
    sqlx::query(
        "UPDATE delivery SET state = $1, ended_at = $2, claimed_at = NULL, last_reply = $3
         WHERE mail = $4 AND recipient = $5",
    )
    .bind(state)
    .bind(millis(now))
    .bind(reply)
    .bind(&delivery.mail)
    .bind(&delivery.recipient)
    .execute(&mut **tx)
    .await?;
    release(tx, now, &delivery.recipient, state == "sent").await?;
    note(tx, now, state, delivery).await
}

/// A delivery has ended: those that waited behind it may go, and where the server took it, also
/// those that waited for the server.
async fn release(
    tx: &mut Transaction,
    now: Timestamp,
    recipient: &str,
    sent: bool,
) -> Result<(), LedgerError> {
    sqlx::query(
        "UPDATE delivery SET next_attempt = $1
         WHERE recipient = $2 AND state = 'queued' AND attempts = 0 AND next_attempt > $1",
    )
    .bind(millis(now))
    .bind(recipient)
    .execute(&mut **tx)
    .await?;
    if sent {
        sqlx::query(
            "UPDATE delivery SET next_attempt = CASE WHEN next_attempt > $1 THEN $1
                 ELSE next_attempt END, away = 0
             WHERE state = 'queued' AND away = 1",
        )
        .bind(millis(now))
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

async fn note(
    tx: &mut Transaction,
    now: Timestamp,
    event: &str,
    delivery: &Claimed,
) -> Result<(), LedgerError> {
    let detail = format!("{} {}", delivery.mail, delivery.recipient);
    audit::append(tx, now, event, &detail).await
}
