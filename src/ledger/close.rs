//! Groups that are due are frozen into mails.

use std::collections::BTreeSet;

use jiff::Timestamp;
use sqlx::Row;

use super::{
    Closed, Ledger, LedgerError, ORPHAN_WAIT, Recipients, Transaction, audit, count, from_json,
    millis, seal, time, to_json,
};
use crate::alert::{Alert, Bundle, Refutation, Spread};
use crate::scan::Stance;
use crate::story::StoryId;

/// How many earlier mails a mail refers to: the thread's first and its latest, so that the
/// header stays short (RFC 5322 §3.6.4 lets a client drop those between).
const MAX_REFERENCES: usize = 20;

/// Refutations told in one mail.
const MAX_REFUTATIONS: i64 = 20;

/// Who a receiver's mails go to now; `None` where the settings know the receiver no more.
pub type RecipientsOf<'a> = &'a (dyn Fn(&str) -> Option<Recipients> + Sync);

impl Ledger {
    /// Makes a mail of each group that is due (of every open one if `all`), with one delivery
    /// per recipient that may be tried at once. Each group is one transaction.
    ///
    /// A Message-ID is the digest of receiver, group and alerts, at `domain`.
    ///
    /// # Errors
    /// When the ledger cannot be read or written; groups closed before that stay closed.
    pub async fn close_due(
        &self,
        now: Timestamp,
        all: bool,
        recipients: RecipientsOf<'_>,
        domain: &str,
    ) -> Result<Closed, LedgerError> {
        let limit = if all { i64::MAX } else { millis(now) };
        let due: Vec<(String, String)> = sqlx::query_as(
            "SELECT receiver, grouping FROM dispatch WHERE mail IS NULL
             GROUP BY receiver, grouping HAVING MIN(due) <= $1
             ORDER BY MIN(due), receiver, grouping",
        )
        .bind(limit)
        .fetch_all(&self.writer)
        .await?;
        let mut closed = Closed::default();
        for (receiver, group) in due {
            let group = Group {
                receiver: &receiver,
                name: &group,
            };
            match recipients(&receiver).filter(|recipients| !recipients.to.is_empty()) {
                Some(recipients) => {
                    let mail = self.freeze(&group, recipients, domain, now).await?;
                    closed.mails.extend(mail);
                }
                None => {
                    self.put_off(&group, now).await?;
                    if !closed.orphans.contains(&receiver) {
                        closed.orphans.push(receiver);
                    }
                }
            }
        }
        Ok(closed)
    }

    /// Closes one group; `None` if somebody else has closed it meanwhile.
    async fn freeze(
        &self,
        group: &Group<'_>,
        recipients: Recipients,
        domain: &str,
        now: Timestamp,
    ) -> Result<Option<String>, LedgerError> {
        let mut tx = self.begin().await?;
        let alerts = group.alerts(&mut tx, now).await?;
        if alerts.is_empty() {
            tx.commit().await?;
            return Ok(None);
        }
        let bundle = Bundle {
            receiver: group.receiver.to_owned(),
            to: recipients.to,
            message_id: group.message_id(&alerts, domain),
            references: group.references(&mut tx).await?,
            closed: now,
            spread: spread(&mut tx, &alerts).await?,
            refutations: refutations(&mut tx, &alerts).await?,
            alerts,
        };
        group.record(&mut tx, &bundle).await?;
        tx.commit().await?;
        Ok(Some(bundle.message_id))
    }

    async fn put_off(&self, group: &Group<'_>, now: Timestamp) -> Result<(), LedgerError> {
        let later = now.checked_add(ORPHAN_WAIT).unwrap_or(now);
        sqlx::query(
            "UPDATE dispatch SET due = $1
             WHERE mail IS NULL AND receiver = $2 AND grouping = $3 AND due < $1",
        )
        .bind(millis(later))
        .bind(group.receiver)
        .bind(group.name)
        .execute(&self.writer)
        .await?;
        Ok(())
    }
}

/// An open group.
struct Group<'a> {
    receiver: &'a str,
    name: &'a str,
}

impl Group<'_> {
    /// Its alerts, oldest first. A damaged one is taken out of the group and noted.
    async fn alerts(
        &self,
        tx: &mut Transaction,
        now: Timestamp,
    ) -> Result<Vec<Alert>, LedgerError> {
        let rows: Vec<(i64, i64, Vec<u8>)> = sqlx::query_as(
            "SELECT dispatch.rowid, alert.rowid, CAST(alert.body AS BLOB)
             FROM dispatch JOIN alert ON alert.id = dispatch.alert
             WHERE dispatch.mail IS NULL AND dispatch.receiver = $1 AND dispatch.grouping = $2
             ORDER BY alert.seen, alert.id",
        )
        .bind(self.receiver)
        .bind(self.name)
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
        // Beside news of the rumour, refutations are told by the bundle's own list.
        if alerts.iter().any(|alert| alert.stance == Stance::Asserts) {
            alerts.retain(|alert| alert.stance == Stance::Asserts);
        }
        Ok(alerts)
    }

    fn message_id(&self, alerts: &[Alert], domain: &str) -> String {
        let mut ids: Vec<&str> = alerts.iter().map(|alert| alert.id.as_str()).collect();
        ids.sort_unstable();
        let mut hasher = blake3::Hasher::new();
        for part in [self.receiver, self.name].into_iter().chain(ids) {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        format!("{}@{domain}", &hasher.finalize().to_hex()[..32])
    }

    async fn references(&self, tx: &mut Transaction) -> Result<Vec<String>, LedgerError> {
        let mut earlier: Vec<String> = sqlx::query_scalar(
            "SELECT message_id FROM mail WHERE receiver = $1 AND grouping = $2
             ORDER BY closed, message_id",
        )
        .bind(self.receiver)
        .bind(self.name)
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
            group: self.name,
            to: &bundle.to,
            closed: bundle.closed,
            json: to_json(bundle)?,
        };
        letter.record(tx).await?;
        sqlx::query(
            "UPDATE dispatch SET mail = $1
             WHERE mail IS NULL AND receiver = $2 AND grouping = $3",
        )
        .bind(&bundle.message_id)
        .bind(self.receiver)
        .bind(self.name)
        .execute(&mut **tx)
        .await?;
        letter.queue(tx).await
    }
}

/// A frozen mail on its way into the ledger.
pub(super) struct Letter<'a> {
    pub message_id: &'a str,
    pub receiver: &'a str,
    pub group: &'a str,
    /// Each gets a delivery of its own.
    pub to: &'a [String],
    pub closed: Timestamp,
    /// What it is composed from.
    pub json: String,
}

impl Letter<'_> {
    pub(super) async fn record(&self, tx: &mut Transaction) -> Result<(), LedgerError> {
        let closed = millis(self.closed);
        let seal = seal::MAIL.seal(&[
            self.message_id.as_bytes(),
            self.receiver.as_bytes(),
            self.group.as_bytes(),
            closed.to_string().as_bytes(),
            self.json.as_bytes(),
        ]);
        sqlx::query(
            "INSERT INTO mail (message_id, receiver, grouping, closed, bundle, seal)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(self.message_id)
        .bind(self.receiver)
        .bind(self.group)
        .bind(closed)
        .bind(&self.json)
        .bind(seal)
        .execute(&mut **tx)
        .await?;
        Ok(())
    }

    /// One delivery for each recipient, to be tried at once.
    pub(super) async fn queue(&self, tx: &mut Transaction) -> Result<(), LedgerError> {
        for recipient in self.to {
            sqlx::query(
                "INSERT INTO delivery
                     (mail, recipient, state, queued_at, attempts, next_attempt, seal)
                 VALUES ($1, $2, 'queued', $3, 0, $3, $4) ON CONFLICT DO NOTHING",
            )
            .bind(self.message_id)
            .bind(recipient)
            .bind(millis(self.closed))
            .bind(seal::DELIVERY.seal(&[self.message_id.as_bytes(), recipient.as_bytes()]))
            .execute(&mut **tx)
            .await?;
        }
        audit::append(tx, self.closed, "closed", self.message_id).await
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

/// The latest refutations by those whose word counts, oldest first.
async fn refutations(
    tx: &mut Transaction,
    alerts: &[Alert],
) -> Result<Vec<Refutation>, LedgerError> {
    let Some(first) = alerts.first() else {
        return Ok(Vec::new());
    };
    let rows: Vec<(i64, Vec<u8>)> = sqlx::query_as(
        "SELECT rowid, CAST(body AS BLOB) FROM alert
         WHERE rule = $1 AND stance = 'denies' AND trust IN ('official', 'press')
         ORDER BY told DESC, id LIMIT $2",
    )
    .bind(&first.rule)
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
            source_name: alert.source_name,
            page_title: alert.page_title,
            url: alert.url,
            at: alert.published.unwrap_or(alert.seen),
        });
    }
    Ok(refutations)
}
