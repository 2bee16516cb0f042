//! What one mail tells: the open alerts of a group, or of several.

use std::collections::BTreeSet;

use jiff::Timestamp;
use sqlx::Row;

use super::close::Letter;
use super::{
    Ledger, LedgerError, Recipients, Transaction, count, from_json, seal, time, to_json, told,
};
use crate::alert::{Alert, Bundle, Occasion, Refutation, Spread};
use crate::scan::Stance;
use crate::story::StoryId;

/// How many earlier mails a mail refers to: the thread's first and its latest, so that the
/// header stays short (RFC 5322 §3.6.4 lets a client drop those between).
const MAX_REFERENCES: usize = 20;

/// Refutations told of one rumour in one mail.
const MAX_REFUTATIONS: i64 = 20;

/// The groups that a mail closes.
pub(super) struct Groups<'a> {
    pub(super) receiver: &'a str,
    pub(super) groups: Vec<&'a str>,
    pub(super) occasion: Occasion,
}

impl Groups<'_> {
    /// The name that the mail is threaded by: its only group, else none.
    fn name(&self) -> &str {
        match self.groups[..] {
            [only] => only,
            _ => "",
        }
    }

    /// Records the mail and gives what it tells; `None` if nothing is open.
    pub(super) async fn freeze(
        &self,
        tx: &mut Transaction,
        recipients: Recipients,
        domain: &str,
        now: Timestamp,
    ) -> Result<Option<Bundle>, LedgerError> {
        let mut by_group: Vec<(&str, Vec<Alert>)> = Vec::new();
        for group in &self.groups {
            let alerts = self.open(tx, group, now).await?;
            if !alerts.is_empty() {
                by_group.push((group, alerts));
            }
        }
        let alerts: Vec<Alert> = by_group.iter().flat_map(|(_, a)| a).cloned().collect();
        if alerts.is_empty() {
            return Ok(None);
        }
        let bundle = Bundle {
            receiver: self.receiver.to_owned(),
            to: recipients.to,
            message_id: self.message_id(&alerts, domain),
            references: self.references(tx).await?,
            closed: now,
            spread: spread(tx, &alerts).await?,
            refutations: refutations(tx, &alerts).await?,
            occasion: self.occasion,
            known: told::known(tx, self.receiver, &alerts).await?,
            alerts,
        };
        self.record(tx, &bundle).await?;
        for (group, alerts) in &by_group {
            told::remember(tx, &bundle, group, alerts, now).await?;
        }
        Ok(Some(bundle))
    }

    /// The open alerts of a group, oldest first. A damaged one is taken out of the group and
    /// noted.
    async fn open(
        &self,
        tx: &mut Transaction,
        group: &str,
        now: Timestamp,
    ) -> Result<Vec<Alert>, LedgerError> {
        let rows: Vec<(i64, i64, Vec<u8>)> = sqlx::query_as(
            "SELECT dispatch.rowid, alert.rowid, CAST(alert.body AS BLOB)
             FROM dispatch JOIN alert ON alert.id = dispatch.alert
             WHERE dispatch.mail IS NULL AND dispatch.receiver = $1 AND dispatch.grouping = $2
             ORDER BY alert.seen, alert.id",
        )
        .bind(self.receiver)
        .bind(group)
        .fetch_all(&mut **tx)
        .await?;
        let mut alerts: Vec<Alert> = Vec::with_capacity(rows.len());
        for (dispatch, alert, body) in rows {
            if seal::ALERT.holds(tx, Some(alert)).await? {
                alerts.push(from_json(&String::from_utf8_lossy(&body))?);
                continue;
            }
            sqlx::query("DELETE FROM dispatch WHERE rowid = $1")
                .bind(dispatch)
                .execute(&mut **tx)
                .await?;
            seal::ALERT.note_damage(tx, alert, now).await?;
        }
        // Beside news of a rumour, refutations are told by the bundle's own list.
        let asserted: BTreeSet<String> = alerts
            .iter()
            .filter(|alert| alert.stance == Stance::Asserts)
            .map(|alert| alert.rule.clone())
            .collect();
        alerts.retain(|alert| alert.stance == Stance::Asserts || !asserted.contains(&alert.rule));
        Ok(alerts)
    }

    fn message_id(&self, alerts: &[Alert], domain: &str) -> String {
        let mut ids: Vec<&str> = alerts.iter().map(|alert| alert.id.as_str()).collect();
        ids.sort_unstable();
        let mut hasher = blake3::Hasher::new();
        for part in [self.receiver, self.name()].into_iter().chain(ids) {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        format!("{}@{domain}", &hasher.finalize().to_hex()[..32])
    }

    /// The earlier mails of the thread; a digest of several groups belongs to none.
    async fn references(&self, tx: &mut Transaction) -> Result<Vec<String>, LedgerError> {
        let name = self.name();
        if name.is_empty() {
            return Ok(Vec::new());
        }
        let mut earlier: Vec<String> = sqlx::query_scalar(
            "SELECT message_id FROM mail WHERE receiver = $1 AND grouping = $2
             ORDER BY closed, message_id",
        )
        .bind(self.receiver)
        .bind(name)
        .fetch_all(&mut **tx)
        .await?;
        if earlier.len() > MAX_REFERENCES {
            earlier.drain(1..=earlier.len() - MAX_REFERENCES);
        }
        Ok(earlier)
    }

    async fn record(&self, tx: &mut Transaction, bundle: &Bundle) -> Result<(), LedgerError> {
        let letter = Letter {
            message_id: &bundle.message_id,
            receiver: self.receiver,
            group: self.name(),
            to: &bundle.to,
            closed: bundle.closed,
            json: to_json(bundle)?,
        };
        letter.record(tx).await?;
        for group in &self.groups {
            sqlx::query(
                "UPDATE dispatch SET mail = $1
                 WHERE mail IS NULL AND receiver = $2 AND grouping = $3",
            )
            .bind(&bundle.message_id)
            .bind(self.receiver)
            .bind(group)
            .execute(&mut **tx)
            .await?;
        }
        letter.queue(tx).await
    }
}

impl Ledger {
    /// What a mail to `to` about the alert `id` alone would be made of at `now`; `None` if there
    /// is no such alert. Nothing is recorded.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn preview(
        &self,
        id: &str,
        to: Vec<String>,
        domain: &str,
        now: Timestamp,
    ) -> Result<Option<Bundle>, LedgerError> {
        let Some(record) = self.hit(id).await? else {
            return Ok(None);
        };
        let alerts = vec![record.alert];
        // Rolled back when it is dropped.
        let mut tx = self.begin().await?;
        Ok(Some(Bundle {
            receiver: String::new(),
            to,
            message_id: format!("preview.{id}@{domain}"),
            references: Vec::new(),
            closed: now,
            spread: spread(&mut tx, &alerts).await?,
            refutations: refutations(&mut tx, &alerts).await?,
            occasion: Occasion::Group,
            known: Vec::new(),
            alerts,
        }))
    }
}

/// What is known of each story that the alerts tell, in the order of the alerts.
async fn spread(tx: &mut Transaction, alerts: &[Alert]) -> Result<Vec<Spread>, LedgerError> {
    let mut told: BTreeSet<&StoryId> = BTreeSet::new();
    let mut spread = Vec::new();
    for story in alerts.iter().map(|alert| &alert.story) {
        if !told.insert(story) {
            continue;
        }
        let row = sqlx::query("SELECT first_seen, items, sources FROM story WHERE id = $1")
            .bind(&story.0)
            .fetch_one(&mut **tx)
            .await?;
        spread.push(Spread {
            story: story.clone(),
            first_seen: time(row.try_get("first_seen")?)?,
            items: count(row.try_get("items")?)?,
            sources: count(row.try_get("sources")?)?,
        });
    }
    Ok(spread)
}

/// The latest refutations of each rumour by those whose word counts, oldest first.
async fn refutations(
    tx: &mut Transaction,
    alerts: &[Alert],
) -> Result<Vec<Refutation>, LedgerError> {
    let mut list = Vec::new();
    for rule in told::rules(alerts) {
        list.extend(refutations_of(tx, rule).await?);
        // What the keyword files know of is told too, unless it was found by itself.
        let newest = alerts.iter().rfind(|alert| alert.rule == *rule);
        for known in newest.iter().flat_map(|alert| &alert.known_refutations) {
            if known.url.is_none() || list.iter().all(|found| found.url != known.url) {
                list.push(known.clone());
            }
        }
    }
    list.sort_by_key(|refutation| refutation.at);
    Ok(list)
}

async fn refutations_of(tx: &mut Transaction, rule: &str) -> Result<Vec<Refutation>, LedgerError> {
    let rows: Vec<(i64, Vec<u8>)> = sqlx::query_as(
        "SELECT rowid, CAST(body AS BLOB) FROM alert
         WHERE rule = $1 AND stance = 'denies' AND trust IN ('official', 'press')
         ORDER BY told DESC, id LIMIT $2",
    )
    .bind(rule)
    .bind(MAX_REFUTATIONS)
    .fetch_all(&mut **tx)
    .await?;
    let mut refutations = Vec::with_capacity(rows.len());
    for (rowid, body) in rows.into_iter().rev() {
        if !seal::ALERT.holds(tx, Some(rowid)).await? {
            continue;
        }
        let alert: Alert = from_json(&String::from_utf8_lossy(&body))?;
        refutations.push(Refutation {
            rule: alert.rule,
            source_name: alert.source_name,
            page_title: alert.page_title,
            url: alert.url,
            at: alert.published.unwrap_or(alert.seen),
            whole_day: false,
        });
    }
    Ok(refutations)
}
