//! Groups that are due are frozen into mails, each for itself or several in one digest.

use std::time::Duration;

use jiff::Timestamp;

use super::group::Groups;
use super::{
    Closed, Ledger, LedgerError, ORPHAN_WAIT, Recipients, Transaction, audit, millis, seal, time,
    to_json,
};
use crate::alert::{Bundle, Hold, Occasion, Step};
use crate::failpoint::{self, Point};
use crate::scan::Stance;

/// The time within which a receiver's mails are counted.
const HOUR: Duration = Duration::from_secs(3600);

/// Mails that are made in one transaction: each is a wait for the disk, and nothing else is written
/// meanwhile.
const AT_ONCE: usize = 32;

/// Who a receiver's mails go to now; `None` where the settings know the receiver no more.
pub type RecipientsOf<'a> = &'a (dyn Fn(&str) -> Option<Recipients> + Sync);

/// What is due to one receiver.
#[derive(Debug, Default)]
struct DueTo {
    receiver: String,
    /// Groups that want a mail of their own, the longest due first.
    groups: Vec<String>,
    /// Groups that wait for a digest.
    digest: Vec<String>,
    /// Whether some of these wait since there were too many mails.
    capped: bool,
}

/// What is to become of it.
#[derive(Debug, PartialEq, Eq)]
enum Plan {
    /// The first so many groups get a mail each; all else travels in one digest, if any.
    Close { alone: usize, occasion: Occasion },
    /// All of it waits till then, and travels in one digest.
    Wait(Timestamp),
}

impl Ledger {
    /// Makes mails of all that is due (of all that is open if `all`), with one delivery per
    /// recipient that may be tried at once: one for each group, and one digest for each receiver
    /// of what waits for that. A receiver that has had its mails of the hour gets the rest as one
    /// digest: with the last of these mails, or as soon as the hour lets it. Each mail is made
    /// whole or not at all.
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
        let mut closed = Closed::default();
        for due in self.due(if all { i64::MAX } else { millis(now) }).await? {
            let Some(to) = recipients(&due.receiver).filter(|to| !to.to.is_empty()) else {
                self.put_off(&due.receiver, now).await?;
                closed.orphans.push(due.receiver);
                continue;
            };
            match self.plan(&due, &to, now, all).await? {
                Plan::Wait(until) => self.wait(&due, until).await?,
                Plan::Close { alone, occasion } => {
                    let (alone, rest) = due.groups.split_at(alone);
                    let single = alone.iter().map(|group| (vec![group], Occasion::Group));
                    let together: Vec<&String> = rest.iter().chain(&due.digest).collect();
                    let contents: Vec<Groups<'_>> = single
                        .chain([(together, occasion)])
                        .filter(|(groups, _)| !groups.is_empty())
                        .map(|(groups, occasion)| Groups {
                            receiver: &due.receiver,
                            groups: groups.into_iter().map(String::as_str).collect(),
                            occasion,
                        })
                        .collect();
                    for batch in contents.chunks(AT_ONCE) {
                        let mails = self.freeze_some(batch, &to, domain, now).await?;
                        closed.mails.extend(mails);
                    }
                }
            }
        }
        Ok(closed)
    }

    /// What is due at `limit`, by receiver, the longest due first.
    async fn due(&self, limit: i64) -> Result<Vec<DueTo>, LedgerError> {
        let rows: Vec<(String, String, i64)> = sqlx::query_as(
            "SELECT receiver, grouping, CASE WHEN digest = 0 THEN 0 ELSE 1 END AS later
             FROM dispatch WHERE mail IS NULL AND due <= $1
             GROUP BY receiver, grouping, later
             ORDER BY MIN(due), receiver, grouping, later",
        )
        .bind(limit)
        .fetch_all(&self.writer)
        .await?;
        let mut list: Vec<DueTo> = Vec::new();
        for (receiver, group, later) in rows {
            let known = list.iter().position(|due| due.receiver == receiver);
            let known = known.unwrap_or_else(|| {
                list.push(DueTo {
                    receiver,
                    ..DueTo::default()
                });
                list.len() - 1
            });
            let due = &mut list[known];
            match later {
                0 => due.groups.push(group),
                _ => due.digest.push(group),
            }
        }
        for due in &mut list {
            // What has a mail of its own takes along what waits of it.
            let DueTo { groups, digest, .. } = due;
            digest.retain(|group| !groups.contains(group));
            due.capped = self.any_capped(&due.receiver, limit).await?;
        }
        Ok(list)
    }

    async fn any_capped(&self, receiver: &str, limit: i64) -> Result<bool, LedgerError> {
        let capped: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM dispatch
             WHERE mail IS NULL AND receiver = $1 AND digest = 2 AND due <= $2",
        )
        .bind(receiver)
        .bind(limit)
        .fetch_one(&self.writer)
        .await?;
        Ok(capped > 0)
    }

    async fn plan(
        &self,
        due: &DueTo,
        to: &Recipients,
        now: Timestamp,
        all: bool,
    ) -> Result<Plan, LedgerError> {
        let scheduled = match due.capped {
            true => Occasion::Cap,
            false => Occasion::Digest,
        };
        let everything = Plan::Close {
            alone: due.groups.len(),
            occasion: scheduled,
        };
        let Some(most) = to.max_per_hour.map(|most| most.max(1)) else {
            return Ok(everything);
        };
        let since = now.checked_sub(HOUR).unwrap_or(Timestamp::MIN);
        let made: Vec<i64> = sqlx::query_scalar(
            "SELECT closed FROM mail WHERE receiver = $1 AND closed > $2 ORDER BY closed",
        )
        .bind(&due.receiver)
        .bind(millis(since))
        .fetch_all(&self.writer)
        .await?;
        let wanted = due.groups.len() + usize::from(!due.digest.is_empty());
        let free = most.saturating_sub(made.len());
        if wanted <= free {
            return Ok(everything);
        }
        if free > 0 || all {
            return Ok(Plan::Close {
                alone: free.saturating_sub(1).min(due.groups.len()),
                occasion: Occasion::Cap,
            });
        }
        // A clock that was put back leaves mails of the future behind: they count as of now.
        let frees = time(made[made.len() - most])?.min(now);
        Ok(Plan::Wait(frees.checked_add(HOUR).unwrap_or(now)))
    }

    /// Makes mails in one transaction; where one of them fails, each in its own, so that it keeps
    /// none before it from being made.
    async fn freeze_some(
        &self,
        contents: &[Groups<'_>],
        recipients: &Recipients,
        domain: &str,
        now: Timestamp,
    ) -> Result<Vec<String>, LedgerError> {
        if let Ok(mails) = self.freeze(contents, recipients, domain, now).await {
            return Ok(mails);
        }
        let mut mails = Vec::new();
        for content in contents {
            let one = std::slice::from_ref(content);
            mails.extend(self.freeze(one, recipients, domain, now).await?);
        }
        Ok(mails)
    }

    /// Makes mails in one transaction; those that would be empty, since somebody else has closed
    /// them meanwhile, are left out.
    async fn freeze(
        &self,
        contents: &[Groups<'_>],
        recipients: &Recipients,
        domain: &str,
        now: Timestamp,
    ) -> Result<Vec<String>, LedgerError> {
        let (mut mails, mut passed) = (Vec::new(), Vec::new());
        let mut tx = self.begin().await?;
        for content in contents {
            let frozen = content.freeze(&mut tx, recipients.clone(), domain, now);
            if let Some(bundle) = frozen.await? {
                let (frozen, closed) = points(&bundle);
                failpoint::reach(frozen);
                passed.push(closed);
                mails.push(bundle.message_id);
            }
        }
        tx.commit().await?;
        passed.into_iter().for_each(failpoint::reach);
        Ok(mails)
    }

    /// What is due waits for the digest that the hourly limit allows.
    async fn wait(&self, due: &DueTo, until: Timestamp) -> Result<(), LedgerError> {
        let why = to_json(&[Step {
            hold: Hold::Cap,
            until,
        }])?;
        for group in due.groups.iter().chain(&due.digest) {
            sqlx::query(
                "UPDATE dispatch SET digest = 2, due = $1, why = $2
                 WHERE mail IS NULL AND receiver = $3 AND grouping = $4 AND due < $1",
            )
            .bind(millis(until))
            .bind(&why)
            .bind(&due.receiver)
            .bind(group)
            .execute(&self.writer)
            .await?;
        }
        Ok(())
    }

    async fn put_off(&self, receiver: &str, now: Timestamp) -> Result<(), LedgerError> {
        let later = now.checked_add(ORPHAN_WAIT).unwrap_or(now);
        sqlx::query(
            "UPDATE dispatch SET due = $1 WHERE mail IS NULL AND receiver = $2 AND due < $1",
        )
        .bind(millis(later))
        .bind(receiver)
        .execute(&self.writer)
        .await?;
        Ok(())
    }
}

/// Where a test may end the process while this mail is made.
fn points(bundle: &Bundle) -> (Point, Point) {
    let mut stances = bundle.alerts.iter().map(|alert| alert.stance);
    match bundle.occasion {
        Occasion::Digest | Occasion::Cap => (Point::DigestFrozen, Point::DigestClosed),
        Occasion::Group if stances.all(|stance| stance == Stance::Denies) => {
            (Point::FollowUpFrozen, Point::FollowUpClosed)
        }
        Occasion::Group => (Point::GroupFrozen, Point::GroupClosed),
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
