//! A span of time in numbers, for the mails to admins.

use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Ledger, LedgerError, count, from_json, millis, time};
use crate::alert::{Alert, RumourWeek};

/// What happened in a span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Happened {
    /// Hits that assert a rumour.
    pub hits: u64,
    /// Hits that refute one.
    pub refutations: u64,
    /// Deliveries made.
    pub sent: u64,
}

impl Ledger {
    /// When the first thing was recorded; `None` in a ledger that is still empty.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn began(&self) -> Result<Option<Timestamp>, LedgerError> {
        let first: Option<i64> = sqlx::query_scalar("SELECT at FROM audit ORDER BY seq LIMIT 1")
            .fetch_optional(&self.readers)
            .await?;
        first.map(time).transpose()
    }

    /// What happened from `since` on and before `until`.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn happened(
        &self,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Happened, LedgerError> {
        let row = sqlx::query(
            "SELECT
                 (SELECT COUNT(*) FROM alert
                  WHERE stance = 'asserts' AND seen >= $1 AND seen < $2) AS hits,
                 (SELECT COUNT(*) FROM alert
                  WHERE stance = 'denies' AND seen >= $1 AND seen < $2) AS refutations,
                 (SELECT COUNT(*) FROM delivery
                  WHERE state = 'sent' AND ended_at >= $1 AND ended_at < $2) AS sent",
        )
        .bind(millis(since))
        .bind(millis(until))
        .fetch_one(&self.readers)
        .await?;
        Ok(Happened {
            hits: count(row.try_get("hits")?)?,
            refutations: count(row.try_get("refutations")?)?,
            sent: count(row.try_get("sent")?)?,
        })
    }

    /// The rumours told from `since` on and before `until`, the most told first; beside each, how
    /// often it was told in the span of the same length before.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn rumours(
        &self,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<RumourWeek>, LedgerError> {
        let length = until.duration_since(since);
        let before = since.checked_sub(length).unwrap_or(Timestamp::MIN);
        let rows = sqlx::query(
            "SELECT week.rule, week.stories, week.items, week.pages, week.first_seen,
                 (SELECT COUNT(*) FROM alert WHERE rule = week.rule AND stance = 'asserts'
                      AND seen >= $3 AND seen < $1) AS items_before,
                 (SELECT MIN(delivery.ended_at)
                  FROM alert JOIN dispatch ON dispatch.alert = alert.id
                      JOIN delivery ON delivery.mail = dispatch.mail
                  WHERE alert.rule = week.rule AND alert.stance = 'asserts'
                      AND alert.seen >= $1 AND alert.seen < $2
                      AND delivery.state = 'sent') AS first_mail,
                 (SELECT MAX(told) FROM alert WHERE rule = week.rule AND stance = 'denies'
                      AND trust IN ('official', 'press') AND seen < $2) AS refuted,
                 (SELECT body FROM alert WHERE rule = week.rule AND stance = 'asserts'
                      AND seen >= $1 AND seen < $2
                  ORDER BY seen DESC, id LIMIT 1) AS newest
             FROM (SELECT rule, COUNT(DISTINCT story) AS stories, COUNT(*) AS items,
                       COUNT(DISTINCT source) AS pages, MIN(seen) AS first_seen
                   FROM alert WHERE stance = 'asserts' AND seen >= $1 AND seen < $2
                   GROUP BY rule) AS week
             ORDER BY week.items DESC, week.rule",
        )
        .bind(millis(since))
        .bind(millis(until))
        .bind(millis(before))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(rumour).collect()
    }
}

fn rumour(row: &SqliteRow) -> Result<RumourWeek, LedgerError> {
    let newest: Alert = from_json(row.try_get("newest")?)?;
    let moment = |name: &str| row.try_get::<Option<i64>, _>(name)?.map(time).transpose();
    Ok(RumourWeek {
        rule: row.try_get("rule")?,
        title: newest.title,
        severity: newest.severity,
        stories: count(row.try_get("stories")?)?,
        items: count(row.try_get("items")?)?,
        pages: count(row.try_get("pages")?)?,
        items_before: count(row.try_get("items_before")?)?,
        first_seen: time(row.try_get("first_seen")?)?,
        first_mail: moment("first_mail")?,
        refuted: moment("refuted")?,
    })
}
