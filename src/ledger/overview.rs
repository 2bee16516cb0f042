//! What the ledger tells of itself.

use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{
    DeliveryState, Ledger, LedgerError, Overview, QueueRow, count, from_json, millis, time,
};
use crate::alert::Alert;

impl Ledger {
    /// The ledger in numbers, all of one moment.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn overview(&self) -> Result<Overview, LedgerError> {
        let row = sqlx::query(
            "SELECT
                 (SELECT COUNT(*) FROM alert WHERE stance = 'asserts') AS alerts,
                 (SELECT COUNT(*) FROM alert WHERE stance = 'denies') AS refutations,
                 (SELECT COUNT(*) FROM story WHERE items > 0) AS stories,
                 (SELECT COUNT(*) FROM (SELECT DISTINCT receiver, grouping
                     FROM dispatch WHERE mail IS NULL) AS open_group) AS waiting_groups,
                 (SELECT COUNT(*) FROM delivery WHERE state = 'queued') AS queued,
                 (SELECT COUNT(*) FROM delivery
                     WHERE state = 'queued' AND attempts > 0) AS delayed_count,
                 (SELECT COUNT(*) FROM delivery WHERE state = 'sending') AS sending,
                 (SELECT COUNT(*) FROM delivery WHERE state = 'held') AS held,
                 (SELECT COUNT(*) FROM alert WHERE muted IS NOT NULL) AS muted,
                 (SELECT COUNT(*) FROM delivery WHERE state = 'sent') AS sent,
                 (SELECT MIN(mail.closed) FROM delivery
                     JOIN mail ON mail.message_id = delivery.mail
                     WHERE delivery.state IN ('queued', 'sending')) AS oldest_queued,
                 (SELECT MAX(ended_at) FROM delivery WHERE state = 'sent') AS last_sent,
                 (SELECT MAX(seen) FROM alert WHERE stance = 'asserts') AS last_alert",
        )
        .fetch_one(&self.readers)
        .await?;
        let number = |name: &str| count(row.try_get(name)?);
        let moment = |name: &str| row.try_get::<Option<i64>, _>(name)?.map(time).transpose();
        Ok(Overview {
            alerts: number("alerts")?,
            refutations: number("refutations")?,
            stories: number("stories")?,
            waiting_groups: number("waiting_groups")?,
            queued: number("queued")?,
            delayed: number("delayed_count")?,
            sending: number("sending")?,
            held: number("held")?,
            muted: number("muted")?,
            sent: number("sent")?,
            oldest_queued: moment("oldest_queued")?,
            last_sent: moment("last_sent")?,
            last_alert: moment("last_alert")?,
        })
    }

    /// The deliveries that have not been made yet, held ones first, then as they will be tried.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn queue(&self) -> Result<Vec<QueueRow>, LedgerError> {
        let rows = sqlx::query(
            "SELECT delivery.mail, mail.receiver, delivery.recipient, mail.subject,
                 delivery.state, delivery.attempts, mail.closed, delivery.next_attempt,
                 delivery.last_reply
             FROM delivery JOIN mail ON mail.message_id = delivery.mail
             WHERE delivery.state <> 'sent'
             ORDER BY CASE delivery.state WHEN 'held' THEN 0 ELSE 1 END,
                 delivery.next_attempt, delivery.mail, delivery.recipient",
        )
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(queue_row).collect()
    }

    /// The subjects of the mails composed at or after `since`, oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn subjects(&self, since: Timestamp) -> Result<Vec<String>, LedgerError> {
        let subjects = sqlx::query_scalar(
            "SELECT subject FROM mail WHERE subject IS NOT NULL AND closed >= $1
             ORDER BY closed, message_id",
        )
        .bind(millis(since))
        .fetch_all(&self.readers)
        .await?;
        Ok(subjects)
    }

    /// How many sources beside `source` tell the rumour of a rule as true, seen at or after
    /// `since`.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn pages_beside(
        &self,
        rule: &str,
        source: &str,
        since: Timestamp,
    ) -> Result<u64, LedgerError> {
        let pages = sqlx::query_scalar(
            "SELECT COUNT(DISTINCT source) FROM alert
             WHERE rule = $1 AND stance = 'asserts' AND source <> $2 AND seen >= $3",
        )
        .bind(rule)
        .bind(source)
        .bind(millis(since))
        .fetch_one(&self.readers)
        .await?;
        count(pages)
    }

    /// The newest alerts and refutations, newest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn recent(&self, limit: u32) -> Result<Vec<Alert>, LedgerError> {
        let bodies: Vec<String> =
            sqlx::query_scalar("SELECT body FROM alert ORDER BY seen DESC, id LIMIT $1")
                .bind(i64::from(limit))
                .fetch_all(&self.readers)
                .await?;
        bodies.iter().map(|body| from_json(body)).collect()
    }
}

fn queue_row(row: &SqliteRow) -> Result<QueueRow, LedgerError> {
    let state = match row.try_get("state")? {
        "queued" => DeliveryState::Queued,
        "sending" => DeliveryState::Sending,
        "sent" => DeliveryState::Sent,
        "held" => DeliveryState::Held,
        other => return Err(LedgerError::unreadable(format!("a delivery is {other}"))),
    };
    let next_attempt = match state {
        DeliveryState::Queued | DeliveryState::Sending => Some(time(row.try_get("next_attempt")?)?),
        DeliveryState::Sent | DeliveryState::Held => None,
    };
    Ok(QueueRow {
        mail: row.try_get("mail")?,
        receiver: row.try_get("receiver")?,
        recipient: row.try_get("recipient")?,
        subject: row.try_get("subject")?,
        state,
        attempts: count(row.try_get("attempts")?)?,
        closed: time(row.try_get("closed")?)?,
        next_attempt,
        last_reply: row.try_get("last_reply")?,
    })
}
