//! What mails have told of each rumour, to whom.

use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Ledger, LedgerError, Transaction, count, millis, time};
use crate::alert::{Alert, Bundle, Known, Told};
use crate::keyword::Severity;

/// Severities as `told.severity` numbers them.
const SEVERITIES: [Severity; 5] = [
    Severity::Info,
    Severity::Low,
    Severity::Medium,
    Severity::High,
    Severity::Urgent,
];

fn rank(severity: Severity) -> i64 {
    let rank = SEVERITIES.iter().position(|known| *known == severity);
    rank.and_then(|rank| i64::try_from(rank).ok()).unwrap_or(0)
}

fn severity(rank: i64) -> Result<Severity, LedgerError> {
    let known = SEVERITIES.get(count::<usize>(rank)?);
    known
        .copied()
        .ok_or_else(|| LedgerError::unreadable(format!("a severity of {rank}")))
}

impl Ledger {
    /// What the receivers' mails have told of a rule's rumour, by receiver and group.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn told(&self, rule: &str) -> Result<Vec<Told>, LedgerError> {
        let rows = sqlx::query(
            "SELECT receiver, grouping, MAX(closed) AS last, MAX(severity) AS severity,
                 MAX(refuted) AS refuted
             FROM told WHERE rule = $1 GROUP BY receiver, grouping
             ORDER BY receiver, grouping",
        )
        .bind(rule)
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(told).collect()
    }
}

fn told(row: &SqliteRow) -> Result<Told, LedgerError> {
    Ok(Told {
        receiver: row.try_get("receiver")?,
        group: row.try_get("grouping")?,
        last: time(row.try_get("last")?)?,
        severity: severity(row.try_get("severity")?)?,
        refuted: row.try_get::<i64, _>("refuted")? > 0,
    })
}

/// Which of the alerts' rumours the receiver was mailed before.
pub(super) async fn known(
    tx: &mut Transaction,
    receiver: &str,
    alerts: &[Alert],
) -> Result<Vec<Known>, LedgerError> {
    let mut known: Vec<Known> = Vec::new();
    for rule in rules(alerts) {
        let gravest: Option<i64> =
            sqlx::query_scalar("SELECT MAX(severity) FROM told WHERE rule = $1 AND receiver = $2")
                .bind(rule)
                .bind(receiver)
                .fetch_one(&mut **tx)
                .await?;
        if let Some(gravest) = gravest {
            known.push(Known {
                rule: rule.to_owned(),
                severity: severity(gravest)?,
                alert: newest_mailed(tx, receiver, rule).await?,
            });
        }
    }
    Ok(known)
}

/// The newest alert that told the rumour to the receiver in a mail.
async fn newest_mailed(
    tx: &mut Transaction,
    receiver: &str,
    rule: &str,
) -> Result<Option<String>, LedgerError> {
    let newest = sqlx::query_scalar(
        "SELECT alert.id FROM alert JOIN dispatch ON dispatch.alert = alert.id
         WHERE alert.rule = $1 AND alert.stance = 'asserts'
             AND dispatch.receiver = $2 AND dispatch.mail IS NOT NULL
         ORDER BY alert.seen DESC, alert.id LIMIT 1",
    );
    let newest = newest.bind(rule).bind(receiver);
    Ok(newest.fetch_optional(&mut **tx).await?)
}

/// The rules of the alerts, each once, in order.
pub(super) fn rules(alerts: &[Alert]) -> Vec<&str> {
    let mut rules: Vec<&str> = Vec::new();
    for alert in alerts {
        if !rules.contains(&alert.rule.as_str()) {
            rules.push(&alert.rule);
        }
    }
    rules
}

/// Remembers what a mail tells of each rumour in a group.
pub(super) async fn remember(
    tx: &mut Transaction,
    bundle: &Bundle,
    group: &str,
    alerts: &[Alert],
    closed: Timestamp,
) -> Result<(), LedgerError> {
    for rule in rules(alerts) {
        let of_rule = alerts.iter().filter(|alert| alert.rule == rule);
        let gravest = of_rule.map(Alert::routed_severity).max();
        let refuted = bundle.refutations.iter().any(|by| by.rule == rule);
        sqlx::query(
            "INSERT INTO told (mail, receiver, grouping, rule, closed, severity, refuted)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(&bundle.message_id)
        .bind(&bundle.receiver)
        .bind(group)
        .bind(rule)
        .bind(millis(closed))
        .bind(rank(gravest.unwrap_or(Severity::Info)))
        .bind(i64::from(refuted))
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}
