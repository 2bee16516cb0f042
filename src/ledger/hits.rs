//! What was found, for people who look through it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::Row;

use super::{DeliveryState, Ledger, LedgerError, Recorded, count, from_json, millis, time};
use crate::alert::Alert;

/// Which alerts to look through. What is `None` leaves nothing out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HitFilter {
    /// Seen at or after this.
    pub since: Option<Timestamp>,
    /// Of this rule.
    pub rule: Option<String>,
    /// Found in this source.
    pub source: Option<String>,
}

/// Where a page of alerts ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HitPlace {
    seen: i64,
    id: String,
}

/// An alert with what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HitRecord {
    /// The alert.
    pub alert: Alert,
    /// What people said of its story, oldest first; the last one counts.
    pub verdicts: Vec<Recorded>,
    /// The mails that tell it.
    pub mails: Vec<MailOfHit>,
    /// Receivers whose mail about it is not made yet.
    pub waits_for: Vec<String>,
    /// Items that tell the story as true.
    pub items: u64,
    /// Sources that tell the story as true.
    pub sources: u64,
}

/// A mail that tells an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailOfHit {
    /// Its Message-ID, without angle brackets.
    pub message_id: String,
    /// Whose it is.
    pub receiver: String,
    /// When it was made.
    pub closed: Timestamp,
    /// How far the slowest of its deliveries has come; `None` if it has none.
    pub state: Option<DeliveryState>,
}

/// What an id that a person typed stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// This alert.
    One(String),
    /// Several begin like this; some of them.
    Several(Vec<String>),
    /// None begins like this.
    Nothing,
}

/// Alerts shown where an id is ambiguous.
const SHOWN: i64 = 6;

impl Ledger {
    /// At most `limit` alerts that pass the filter, newest first, from after `place` on; with
    /// the place to go on from, `None` at the end.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn hits(
        &self,
        filter: &HitFilter,
        place: Option<&HitPlace>,
        limit: u32,
    ) -> Result<(Vec<HitRecord>, Option<HitPlace>), LedgerError> {
        let bodies: Vec<(String, i64, String)> = sqlx::query_as(
            "SELECT id, seen, body FROM alert
             WHERE ($1 IS NULL OR seen >= $1) AND ($2 IS NULL OR rule = $2)
                 AND ($3 IS NULL OR source = $3)
                 AND ($4 IS NULL OR seen < $4 OR (seen = $4 AND id > $5))
             ORDER BY seen DESC, id LIMIT $6",
        )
        .bind(filter.since.map(millis))
        .bind(&filter.rule)
        .bind(&filter.source)
        .bind(place.map(|place| place.seen))
        .bind(place.map(|place| place.id.as_str()))
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        let next = bodies
            .last()
            .filter(|_| bodies.len() as u64 == u64::from(limit))
            .map(|(id, seen, _)| HitPlace {
                seen: *seen,
                id: id.clone(),
            });
        let mut records = Vec::with_capacity(bodies.len());
        for (_, _, body) in &bodies {
            records.push(self.with_history(from_json(body)?).await?);
        }
        Ok((records, next))
    }

    /// One alert with what came of it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn hit(&self, id: &str) -> Result<Option<HitRecord>, LedgerError> {
        let body: Option<String> = sqlx::query_scalar("SELECT body FROM alert WHERE id = $1")
            .bind(id)
            .fetch_optional(&self.readers)
            .await?;
        match body {
            Some(body) => Ok(Some(self.with_history(from_json(&body)?).await?)),
            None => Ok(None),
        }
    }

    /// What a typed id stands for: the whole of it or its beginning. Upper and lower case are
    /// alike, O is read as 0 and I and L as 1 (Crockford's base32).
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn named(&self, typed: &str) -> Result<Named, LedgerError> {
        let typed: String = typed
            .trim()
            .to_ascii_lowercase()
            .chars()
            .map(|c| match c {
                'o' => '0',
                'i' | 'l' => '1',
                c => c,
            })
            .collect();
        let plain = !typed.is_empty() && typed.chars().all(|c| c.is_ascii_alphanumeric());
        if !plain {
            return Ok(Named::Nothing);
        }
        let mut found: Vec<String> = sqlx::query_scalar(
            "SELECT id FROM alert WHERE id BETWEEN $1 AND $2 ORDER BY id LIMIT $3",
        )
        .bind(&typed)
        .bind(format!("{typed}~"))
        .bind(SHOWN)
        .fetch_all(&self.readers)
        .await?;
        if let Some(whole) = found.iter().position(|id| *id == typed) {
            return Ok(Named::One(found.swap_remove(whole)));
        }
        Ok(match found.len() {
            0 => Named::Nothing,
            1 => Named::One(found.remove(0)),
            _ => Named::Several(found),
        })
    }

    async fn with_history(&self, alert: Alert) -> Result<HitRecord, LedgerError> {
        let dispatches = sqlx::query(
            "SELECT dispatch.receiver, mail.message_id, mail.closed,
                 (SELECT state FROM delivery WHERE delivery.mail = mail.message_id
                  ORDER BY CASE state WHEN 'held' THEN 0 WHEN 'queued' THEN 1
                      WHEN 'sending' THEN 2 ELSE 3 END LIMIT 1) AS state
             FROM dispatch LEFT JOIN mail ON mail.message_id = dispatch.mail
             WHERE dispatch.alert = $1 ORDER BY mail.closed, dispatch.receiver",
        )
        .bind(&alert.id)
        .fetch_all(&self.readers)
        .await?;
        let (mut mails, mut waits_for) = (Vec::new(), Vec::new());
        for row in &dispatches {
            let receiver: String = row.try_get("receiver")?;
            match row.try_get::<Option<String>, _>("message_id")? {
                Some(message_id) => mails.push(MailOfHit {
                    message_id,
                    receiver,
                    closed: time(row.try_get("closed")?)?,
                    state: state(row.try_get("state")?),
                }),
                None => waits_for.push(receiver),
            }
        }
        let (items, sources): (i64, i64) =
            sqlx::query_as("SELECT items, sources FROM story WHERE id = $1")
                .bind(&alert.story.0)
                .fetch_one(&self.readers)
                .await?;
        Ok(HitRecord {
            verdicts: self.verdicts(&alert.story.0).await?,
            alert,
            mails,
            waits_for,
            items: count(items)?,
            sources: count(sources)?,
        })
    }
}

fn state(text: Option<&str>) -> Option<DeliveryState> {
    Some(match text? {
        "queued" => DeliveryState::Queued,
        "sending" => DeliveryState::Sending,
        "sent" => DeliveryState::Sent,
        _ => DeliveryState::Held,
    })
}
