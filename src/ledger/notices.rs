//! What admins are told: kept once, gathered for a little while, frozen into mails.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::Row;

use super::close::Letter;
use super::{Ledger, LedgerError, Transaction, from_json, millis, to_json};
use crate::alert::{Matter, Notice, Report};
use crate::failpoint::{self, Point};

/// How long a notice waits for others: what happens together is told together.
const WAIT: Duration = Duration::from_secs(180);

/// The same for broken files, of which an admin is told within a minute.
const FILES_WAIT: Duration = Duration::from_secs(30);

/// Notices of one mail; those beyond go into the next.
const MAX_NOTICES: i64 = 200;

/// The receiver under which mails to admins stand; no `[[receiver]]` has an empty name.
pub(super) const ADMINS: &str = "";

impl Ledger {
    /// Keeps a notice for the next mail to the admins; false if one with its key was kept before.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn post_notice(&self, notice: &Notice, now: Timestamp) -> Result<bool, LedgerError> {
        let wait = match &notice.matter {
            matter if matter.is_report() => Duration::ZERO,
            Matter::KeywordFilesBroken { .. } => FILES_WAIT,
            _ => WAIT,
        };
        let posted = sqlx::query(
            "INSERT INTO notice (key, at, topic, body, due) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT DO NOTHING",
        )
        .bind(&notice.key)
        .bind(millis(notice.at))
        .bind(notice.matter.topic())
        .bind(to_json(notice)?)
        .bind(millis(now.checked_add(wait).unwrap_or(now)))
        .execute(&self.writer)
        .await?;
        Ok(posted.rows_affected() > 0)
    }

    /// Makes mails to `to` of the notices that are due, and of those that wait beside them; of
    /// all if `all`. Gives the Message-IDs. Where `to` is empty, they count as told: whoever
    /// becomes admin later gets no old news.
    ///
    /// # Errors
    /// When the ledger cannot be read or written.
    pub async fn close_notices(
        &self,
        now: Timestamp,
        all: bool,
        to: &[String],
        domain: &str,
    ) -> Result<Vec<String>, LedgerError> {
        let mut mails = Vec::new();
        loop {
            let mut tx = self.begin().await?;
            let notices = waiting(&mut tx, now, all).await?;
            if notices.is_empty() {
                return Ok(mails);
            }
            settle(&mut tx, &notices, now, None).await?;
            let notices = still_news(&mut tx, notices).await?;
            if to.is_empty() || notices.is_empty() {
                tx.commit().await?;
                continue;
            }
            let report = Report {
                to: to.to_vec(),
                message_id: message_id(&notices, domain),
                references: references(&mut tx, &notices).await?,
                closed: now,
                notices,
            };
            record(&mut tx, &report).await?;
            settle(&mut tx, &report.notices, now, Some(&report.message_id)).await?;
            failpoint::reach(Point::NoticeFrozen);
            tx.commit().await?;
            failpoint::reach(Point::NoticeClosed);
            mails.push(report.message_id);
        }
    }

    /// Whether a notice with this key was kept before.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn has_notice(&self, key: &str) -> Result<bool, LedgerError> {
        let known: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM notice WHERE key = $1")
            .bind(key)
            .fetch_one(&self.readers)
            .await?;
        Ok(known > 0)
    }

    /// The newest notice about `topic`: whether a matter was told as begun and
    /// not yet as ended.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn last_notice(&self, topic: &str) -> Result<Option<Notice>, LedgerError> {
        let body: Option<String> = sqlx::query_scalar(
            "SELECT body FROM notice WHERE topic = $1 ORDER BY at DESC, key DESC LIMIT 1",
        )
        .bind(topic)
        .fetch_optional(&self.readers)
        .await?;
        body.map(|body| from_json(&body)).transpose()
    }
}

/// One report by itself, else all the others, oldest first, if the first of them is due.
async fn waiting(
    tx: &mut Transaction,
    now: Timestamp,
    all: bool,
) -> Result<Vec<Notice>, LedgerError> {
    let rows =
        sqlx::query("SELECT body, due FROM notice WHERE closed IS NULL ORDER BY at, key LIMIT $1")
            .bind(MAX_NOTICES)
            .fetch_all(&mut **tx)
            .await?;
    let mut due = all;
    let mut others = Vec::new();
    for row in &rows {
        let notice: Notice = from_json(row.try_get("body")?)?;
        if notice.matter.is_report() {
            return Ok(vec![notice]);
        }
        due |= row.try_get::<i64, _>("due")? <= millis(now);
        others.push(notice);
    }
    Ok(if due { others } else { Vec::new() })
}

/// Leaves out what is over before it was told: earlier errors of files read again since, and
/// sources that came back.
async fn still_news(
    tx: &mut Transaction,
    notices: Vec<Notice>,
) -> Result<Vec<Notice>, LedgerError> {
    let topics: Vec<Option<String>> = notices.iter().map(|n| n.matter.topic()).collect();
    let mut told_broken = None;
    let mut kept = Vec::new();
    for (at, notice) in notices.iter().enumerate() {
        let beside = |other: usize| topics[other].is_some() && topics[other] == topics[at];
        let later = |wanted: fn(&Matter) -> bool| {
            (at + 1..notices.len()).any(|i| beside(i) && wanted(&notices[i].matter))
        };
        let earlier =
            |wanted: fn(&Matter) -> bool| (0..at).any(|i| beside(i) && wanted(&notices[i].matter));
        let over = match &notice.matter {
            Matter::KeywordFilesBroken { .. } => later(|_| true),
            Matter::KeywordFilesMended => {
                let broken = match told_broken {
                    Some(broken) => broken,
                    None => *told_broken.insert(files_told_broken(tx).await?),
                };
                !broken || later(|_| true)
            }
            Matter::SourceFailing { .. } => later(|m| matches!(m, Matter::SourceBack { .. })),
            Matter::SourceBack { .. } => earlier(|m| matches!(m, Matter::SourceFailing { .. })),
            _ => false,
        };
        if !over {
            kept.push(notice.clone());
        }
    }
    Ok(kept)
}

/// Whether the last mail about files told of errors.
async fn files_told_broken(tx: &mut Transaction) -> Result<bool, LedgerError> {
    let body: Option<String> = sqlx::query_scalar(
        "SELECT body FROM notice WHERE topic = 'files' AND mail IS NOT NULL
         ORDER BY at DESC, key DESC LIMIT 1",
    )
    .fetch_optional(&mut **tx)
    .await?;
    let last: Option<Notice> = body.map(|body| from_json(&body)).transpose()?;
    Ok(last.is_some_and(|last| matches!(last.matter, Matter::KeywordFilesBroken { .. })))
}

fn message_id(notices: &[Notice], domain: &str) -> String {
    let mut keys: Vec<&str> = notices.iter().map(|notice| notice.key.as_str()).collect();
    keys.sort_unstable();
    let mut hasher = blake3::Hasher::new();
    for key in keys {
        hasher.update(&(key.len() as u64).to_le_bytes());
        hasher.update(key.as_bytes());
    }
    format!("notice.{}@{domain}", &hasher.finalize().to_hex()[..32])
}

/// The latest mail about each topic that the notices continue, in the order of the notices.
async fn references(tx: &mut Transaction, notices: &[Notice]) -> Result<Vec<String>, LedgerError> {
    let mut references: Vec<String> = Vec::new();
    for notice in notices.iter().filter(|notice| notice.matter.continues()) {
        let earlier: Option<String> = sqlx::query_scalar(
            "SELECT mail FROM notice WHERE topic = $1 AND mail IS NOT NULL
             ORDER BY closed DESC LIMIT 1",
        )
        .bind(notice.matter.topic())
        .fetch_optional(&mut **tx)
        .await?;
        references.extend(earlier.filter(|mail| !references.contains(mail)));
    }
    Ok(references)
}

async fn settle(
    tx: &mut Transaction,
    notices: &[Notice],
    now: Timestamp,
    mail: Option<&str>,
) -> Result<(), LedgerError> {
    for notice in notices {
        sqlx::query("UPDATE notice SET closed = $1, mail = $2 WHERE key = $3")
            .bind(millis(now))
            .bind(mail)
            .bind(&notice.key)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

async fn record(tx: &mut Transaction, report: &Report) -> Result<(), LedgerError> {
    let letter = Letter {
        message_id: &report.message_id,
        receiver: ADMINS,
        group: ADMINS,
        to: &report.to,
        closed: report.closed,
        json: to_json(report)?,
    };
    letter.record(tx).await?;
    letter.queue(tx).await
}
