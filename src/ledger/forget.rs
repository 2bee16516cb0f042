//! Forgetting one page: all that is known of it goes, but for a digest of its address, so that it
//! is not recorded anew.

use std::collections::BTreeSet;

use jiff::Timestamp;
use sqlx::Row;

use super::notices::ADMINS;
use super::{Ledger, LedgerError, Transaction, audit, erase, from_json, millis, seal, to_json};
use crate::alert::{Alert, Bundle};
use crate::failpoint::{self, Point};

/// What was deleted of a page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PageForgotten {
    /// Alerts and refutations on it.
    pub alerts: u64,
    /// Message-IDs of the mails that told it, without angle brackets.
    pub mails: Vec<String>,
    /// Deliveries that were still to be made, and are not made: their mails told nothing else.
    pub withdrawn: u64,
    /// Mails that tell it and are being sent at this moment: they are still there.
    pub under_way: u64,
}

/// Read beside the writer, whom reading all of it would hold up.
const ALERTS_NAMING: &str =
    "SELECT id, CAST(body AS BLOB) FROM alert WHERE instr(body, $1) > 0 ORDER BY id";
const MAILS_NAMING: &str = "SELECT message_id, CAST(bundle AS BLOB) FROM mail
     WHERE instr(bundle, $1) > 0 ORDER BY message_id";

impl Ledger {
    /// Deletes all that was recorded of the page at `url` (in its normalised form): its alerts,
    /// what waits to be mailed of them, their places in mails with the bytes of these, notes on
    /// them. What is left of a mail that waits is composed anew; of one that was sent its
    /// deliveries stay. Counts of stories stay, and so does the verdict on a story.
    ///
    /// From now on no alert on that page is admitted. `by` says who asks for it, and goes into
    /// the audit trail, where the address does not.
    ///
    /// # Errors
    /// When the ledger cannot be written; what was deleted until then stays deleted, and asking
    /// again deletes the rest.
    pub async fn forget_page(
        &self,
        url: &str,
        by: &str,
        now: Timestamp,
    ) -> Result<PageForgotten, LedgerError> {
        let named = serde_json::Value::from(url).to_string();
        self.refuse_page(url, now).await?;
        failpoint::reach(Point::PageRefused);
        let mut forgotten = PageForgotten::default();
        for (id, body) in self.naming(ALERTS_NAMING, &named).await? {
            // One that cannot be read names the page all the same.
            let is_of_page = |alert: &Alert| alert.url.as_deref() == Some(url) || alert.item == url;
            if from_json(&body).as_ref().map_or(true, is_of_page) {
                self.forget_alert(&id, now).await?;
                forgotten.alerts += 1;
                failpoint::reach(Point::PageAlertGone);
            }
        }
        // No further mail can tell them now.
        for (mail, _) in self.naming(MAILS_NAMING, &named).await? {
            match self.forget_in_mail(&mail, url).await? {
                Some(Left::UnderWay) => forgotten.under_way += 1,
                Some(Left::Changed { withdrawn }) => {
                    forgotten.withdrawn += withdrawn;
                    forgotten.mails.push(mail);
                    failpoint::reach(Point::PageMailChanged);
                }
                None => {}
            }
        }
        let detail = format!(
            "a page: {} alerts, {} mails, by {by}",
            forgotten.alerts,
            forgotten.mails.len()
        );
        let mut tx = self.begin().await?;
        audit::append(&mut tx, now, "forgotten", &detail).await?;
        tx.commit().await?;
        // What was overwritten in the file is not left in its journal.
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .fetch_all(&self.writer)
            .await?;
        Ok(forgotten)
    }

    /// Which of these addresses are of forgotten pages.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn forgotten_pages(
        &self,
        urls: Vec<String>,
    ) -> Result<BTreeSet<String>, LedgerError> {
        if urls.is_empty() {
            return Ok(BTreeSet::new());
        }
        // Pages that anybody asked to forget are few.
        let keys: Vec<String> = sqlx::query_scalar("SELECT key FROM forgotten")
            .fetch_all(&self.readers)
            .await?;
        if keys.is_empty() {
            return Ok(BTreeSet::new());
        }
        let keys: BTreeSet<String> = keys.into_iter().collect();
        let known = |url: &String| keys.contains(&erase::page_key(url));
        Ok(urls.into_iter().filter(known).collect())
    }

    async fn refuse_page(&self, url: &str, now: Timestamp) -> Result<(), LedgerError> {
        sqlx::query("INSERT INTO forgotten (key, at) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .bind(erase::page_key(url))
            .bind(millis(now))
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Keys and JSON of the records that a query finds to have this string as a value.
    async fn naming(
        &self,
        query: &'static str,
        string: &str,
    ) -> Result<Vec<(String, String)>, LedgerError> {
        let rows: Vec<(String, Vec<u8>)> = sqlx::query_as(query)
            .bind(string)
            .fetch_all(&self.readers)
            .await?;
        let text = |json: Vec<u8>| String::from_utf8_lossy(&json).into_owned();
        Ok(rows
            .into_iter()
            .map(|(key, json)| (key, text(json)))
            .collect())
    }

    /// The verdict on its story stays, without the alert that it was given by.
    async fn forget_alert(&self, id: &str, now: Timestamp) -> Result<(), LedgerError> {
        let mut tx = self.begin().await?;
        sqlx::query("UPDATE verdict SET alert = NULL, note = NULL WHERE alert = $1")
            .bind(id)
            .execute(&mut *tx)
            .await?;
        erase::erase_alert(&mut tx, id, now).await?;
        Ok(tx.commit().await?)
    }

    /// `None` if the mail does not tell the page.
    async fn forget_in_mail(&self, mail: &str, url: &str) -> Result<Option<Left>, LedgerError> {
        let mut tx = self.begin().await?;
        let row = sqlx::query(
            "SELECT receiver, grouping, closed, bundle, (
                 SELECT COUNT(*) FROM delivery
                 WHERE delivery.mail = message_id AND delivery.state = 'sending') AS sending
             FROM mail WHERE message_id = $1 AND receiver <> $2",
        )
        .bind(mail)
        .bind(ADMINS)
        .fetch_optional(&mut *tx)
        .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        // One that cannot be read cannot be mended either.
        let Ok(mut bundle) = from_json::<Bundle>(row.try_get("bundle")?) else {
            erase::erase_mail(&mut tx, mail).await?;
            tx.commit().await?;
            return Ok(Some(Left::Changed { withdrawn: 0 }));
        };
        if !take_out(&mut bundle, url) {
            return Ok(None);
        }
        if row.try_get::<i64, _>("sending")? > 0 {
            return Ok(Some(Left::UnderWay));
        }
        let frozen = Frozen {
            mail,
            receiver: row.try_get("receiver")?,
            group: row.try_get("grouping")?,
            closed: row.try_get("closed")?,
        };
        frozen.say(&mut tx, &bundle).await?;
        let withdrawn = match bundle.alerts.is_empty() {
            true => withdraw(&mut tx, mail).await?,
            false => 0,
        };
        tx.commit().await?;
        Ok(Some(Left::Changed { withdrawn }))
    }
}

/// What became of a mail.
enum Left {
    /// It says nothing of the page any more.
    Changed { withdrawn: u64 },
    /// It is being sent.
    UnderWay,
}

/// What of a mail stays as it was.
struct Frozen<'a> {
    mail: &'a str,
    receiver: String,
    group: String,
    closed: i64,
}

impl Frozen<'_> {
    /// Has it say this from now on: where it still waits, it is composed from it.
    async fn say(&self, tx: &mut Transaction, bundle: &Bundle) -> Result<(), LedgerError> {
        let json = to_json(bundle)?;
        let seal = seal::MAIL.seal(&[
            self.mail.as_bytes(),
            self.receiver.as_bytes(),
            self.group.as_bytes(),
            self.closed.to_string().as_bytes(),
            json.as_bytes(),
        ]);
        sqlx::query(
            "UPDATE mail SET bundle = $1, seal = $2, subject = NULL, raw = NULL, raw_seal = NULL
             WHERE message_id = $3",
        )
        .bind(json)
        .bind(seal)
        .bind(self.mail)
        .execute(&mut **tx)
        .await?;
        Ok(())
    }
}

/// Takes a page out of what a mail tells; says whether it was in it. A refutation that the
/// keyword files name is the office's own word, and stays.
fn take_out(bundle: &mut Bundle, url: &str) -> bool {
    let (alerts, refutations) = (bundle.alerts.len(), bundle.refutations.len());
    bundle
        .alerts
        .retain(|alert| alert.url.as_deref() != Some(url) && alert.item != url);
    let known = bundle
        .alerts
        .iter()
        .flat_map(|alert| &alert.known_refutations);
    let named = known
        .filter(|known| known.url.as_deref() == Some(url))
        .count()
        > 0;
    if !named {
        bundle
            .refutations
            .retain(|refutation| refutation.url.as_deref() != Some(url));
    }
    let stories: Vec<&str> = bundle.alerts.iter().map(|a| a.story.0.as_str()).collect();
    bundle
        .spread
        .retain(|spread| stories.contains(&spread.story.0.as_str()));
    (bundle.alerts.len(), bundle.refutations.len()) != (alerts, refutations)
}

/// Gives up what is left to be made of a mail that tells nothing any more, and the mail with it
/// if nobody got it; says how many deliveries that were.
async fn withdraw(tx: &mut Transaction, mail: &str) -> Result<u64, LedgerError> {
    let withdrawn = sqlx::query("DELETE FROM delivery WHERE mail = $1 AND state <> 'sent'")
        .bind(mail)
        .execute(&mut **tx)
        .await?
        .rows_affected();
    let sent: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM delivery WHERE mail = $1")
        .bind(mail)
        .fetch_one(&mut **tx)
        .await?;
    if sent == 0 {
        erase::erase_mail(tx, mail).await?;
    }
    Ok(withdrawn)
}
