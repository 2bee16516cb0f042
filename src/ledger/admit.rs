//! Alerts come in: each known once, whoever brings it again.

use jiff::Timestamp;
use sqlx::Row;

use super::{
    Admission, Admitted, Ledger, LedgerError, Transaction, audit, erase, millis, seal, to_json,
    verdict,
};
use crate::alert::{Alert, Dispatch, Mute};
use crate::scan::Stance;
use crate::story::bare;

impl Ledger {
    /// Records alerts and their dispatches, all in one transaction. An alert of the same rule and
    /// stance in the same item, or on the same page though another source lists it, is known: it
    /// is neither recorded nor dispatched again.
    ///
    /// A dispatch joins the open group of its receiver and group, whose due time is the earliest
    /// of its dispatches. What is muted is recorded with the mute, and goes nowhere; what people
    /// have silenced by a verdict is recorded without its dispatches.
    ///
    /// # Errors
    /// When the ledger cannot be written; then nothing was recorded.
    pub async fn admit(
        &self,
        admissions: &[Admission],
        now: Timestamp,
    ) -> Result<Admitted, LedgerError> {
        let mut admitted = Admitted::default();
        if admissions.is_empty() {
            return Ok(admitted);
        }
        let mut tx = self.begin().await?;
        for admission in admissions {
            let Admission { alert, muted, .. } = admission;
            let Some(id) = insert_alert(&mut tx, alert).await? else {
                admitted.known += 1;
                continue;
            };
            count_in_story(&mut tx, alert, &id).await?;
            audit::append(&mut tx, now, "admitted", &id).await?;
            if let Some(mute) = muted {
                set_muted(&mut tx, &id, mute, now).await?;
            } else if !verdict::is_silenced(&mut tx, alert, now).await? {
                for dispatch in &admission.dispatches {
                    insert_dispatch(&mut tx, &id, dispatch).await?;
                }
            }
            admitted.new.push(id);
        }
        tx.commit().await?;
        Ok(admitted)
    }
}

/// Gives the id under which the alert was recorded; `None` if it was known.
async fn insert_alert(tx: &mut Transaction, alert: &Alert) -> Result<Option<String>, LedgerError> {
    let page = page_key(alert);
    let mut alert = alert.clone();
    let stance = alert.stance.to_string();
    let keys = erase::keys(&alert.rule, &stance, &alert.source, &alert.item, &page);
    if erase::is_forgotten(tx, keys, alert.url.as_deref()).await? {
        return Ok(None);
    }
    loop {
        let body = to_json(&alert)?;
        let trust = alert.trust.to_string();
        let seen = millis(alert.seen);
        let told = millis(alert.published.unwrap_or(alert.seen));
        let seal = seal::ALERT.seal(&[
            alert.id.as_bytes(),
            alert.rule.as_bytes(),
            stance.as_bytes(),
            alert.source.as_bytes(),
            alert.item.as_bytes(),
            page.as_bytes(),
            alert.story.0.as_bytes(),
            trust.as_bytes(),
            seen.to_string().as_bytes(),
            told.to_string().as_bytes(),
            body.as_bytes(),
        ]);
        let inserted = sqlx::query(
            "INSERT INTO alert
                 (id, rule, stance, source, item, page, story, trust, seen, told, body, seal)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
             ON CONFLICT DO NOTHING",
        )
        .bind(&alert.id)
        .bind(&alert.rule)
        .bind(&stance)
        .bind(&alert.source)
        .bind(&alert.item)
        .bind(&page)
        .bind(&alert.story.0)
        .bind(trust)
        .bind(seen)
        .bind(told)
        .bind(body)
        .bind(seal)
        .execute(&mut **tx)
        .await?;
        if inserted.rows_affected() == 1 {
            return Ok(Some(alert.id));
        }
        if is_known(tx, &alert, &page).await? {
            return Ok(None);
        }
        // Ids are short enough to be read out, so two may be alike by chance; no alert is lost
        // to that.
        alert.id.push('x');
    }
}

async fn is_known(tx: &mut Transaction, alert: &Alert, page: &str) -> Result<bool, LedgerError> {
    let known: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM alert
         WHERE rule = $1 AND stance = $2 AND ((source = $3 AND item = $4) OR page = $5)",
    )
    .bind(&alert.rule)
    .bind(alert.stance.to_string())
    .bind(&alert.source)
    .bind(&alert.item)
    .bind(page)
    .fetch_one(&mut **tx)
    .await?;
    Ok(known > 0)
}

/// Names the page that an item stands on, whichever source lists it. The title belongs to it,
/// since some feeds give all their items one address. An item without an address is on a page
/// of its own.
fn page_key(alert: &Alert) -> String {
    let mut hasher = blake3::Hasher::new();
    let title = bare(&alert.page_title);
    let parts = match &alert.url {
        Some(url) => ["url", url, &title],
        None => ["item", &alert.source, &alert.item],
    };
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().to_hex()[..32].to_owned()
}

/// Counts an alert that is already recorded under `id` in its story.
async fn count_in_story(tx: &mut Transaction, alert: &Alert, id: &str) -> Result<(), LedgerError> {
    let asserts = alert.stance == Stance::Asserts;
    let earlier: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM alert
         WHERE story = $1 AND source = $2 AND stance = 'asserts' AND id <> $3",
    )
    .bind(&alert.story.0)
    .bind(&alert.source)
    .bind(id)
    .fetch_one(&mut **tx)
    .await?;
    Tally {
        first_seen: millis(alert.seen),
        last_seen: millis(alert.seen),
        items: i64::from(asserts),
        sources: i64::from(asserts && earlier == 0),
    }
    .add_to(tx, &alert.story.0, &alert.rule)
    .await
}

/// What is counted of a story.
struct Tally {
    first_seen: i64,
    last_seen: i64,
    items: i64,
    sources: i64,
}

impl Tally {
    /// Adds it to the story, which begins with it where it is new.
    async fn add_to(
        mut self,
        tx: &mut Transaction,
        story: &str,
        rule: &str,
    ) -> Result<(), LedgerError> {
        let known = sqlx::query(
            "SELECT rowid, first_seen, last_seen, items, sources FROM story WHERE id = $1",
        )
        .bind(story)
        .fetch_optional(&mut **tx)
        .await?;
        let mut whole = true;
        if let Some(row) = known {
            whole = seal::STORY.holds(tx, row.try_get("rowid")?).await?;
            self.first_seen = self.first_seen.min(row.try_get("first_seen")?);
            self.last_seen = self.last_seen.max(row.try_get("last_seen")?);
            self.items += row.try_get::<i64, _>("items")?;
            self.sources += row.try_get::<i64, _>("sources")?;
        }
        // One that was damaged stays so: a new seal would hide it.
        let seal = whole.then(|| self.seal(story, rule));
        sqlx::query(
            "INSERT INTO story (id, rule, first_seen, last_seen, items, sources, seal)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (id) DO UPDATE SET first_seen = excluded.first_seen,
                 last_seen = excluded.last_seen, items = excluded.items,
                 sources = excluded.sources, seal = excluded.seal",
        )
        .bind(story)
        .bind(rule)
        .bind(self.first_seen)
        .bind(self.last_seen)
        .bind(self.items)
        .bind(self.sources)
        .bind(seal)
        .execute(&mut **tx)
        .await?;
        Ok(())
    }

    fn seal(&self, story: &str, rule: &str) -> Vec<u8> {
        let numbers =
            [self.first_seen, self.last_seen, self.items, self.sources].map(|n| n.to_string());
        let [first_seen, last_seen, items, sources] = numbers.each_ref().map(|n| n.as_bytes());
        seal::STORY.seal(&[
            story.as_bytes(),
            rule.as_bytes(),
            first_seen,
            last_seen,
            items,
            sources,
        ])
    }
}

pub(super) async fn insert_dispatch(
    tx: &mut Transaction,
    alert: &str,
    dispatch: &Dispatch,
) -> Result<(), LedgerError> {
    sqlx::query(
        "INSERT INTO dispatch (alert, receiver, grouping, due, digest, why, seal)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
    )
    .bind(alert)
    .bind(&dispatch.receiver)
    .bind(&dispatch.group)
    .bind(millis(dispatch.due))
    .bind(i64::from(dispatch.digest))
    .bind(to_json(&dispatch.why)?)
    .bind(dispatch_seal(alert, &dispatch.receiver, &dispatch.group))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) fn dispatch_seal(alert: &str, receiver: &str, group: &str) -> Vec<u8> {
    seal::DISPATCH.seal(&[alert.as_bytes(), receiver.as_bytes(), group.as_bytes()])
}

/// Records what keeps an alert from going anywhere.
pub(super) async fn set_muted(
    tx: &mut Transaction,
    alert: &str,
    mute: &Mute,
    now: Timestamp,
) -> Result<(), LedgerError> {
    sqlx::query("UPDATE alert SET muted = $1 WHERE id = $2")
        .bind(to_json(mute)?)
        .bind(alert)
        .execute(&mut **tx)
        .await?;
    audit::append(tx, now, "muted", alert).await
}
