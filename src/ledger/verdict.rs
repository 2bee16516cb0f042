//! What people say of alerts. Every verdict is kept, and the latest one counts; each concerns the
//! story that the alert tells, hence all its copies.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Ledger, LedgerError, Transaction, audit, count, millis, time};
use crate::alert::{Alert, Verdict};
use crate::scan::Stance;

/// How a verdict came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// By `canhtin mark`.
    Command,
    /// By an answer to a mail.
    Mail,
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Command => "command",
            Self::Mail => "mail",
        })
    }
}

/// What a verdict is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// The story that this alert tells.
    Alert(String),
    /// The whole rumour of this rule; it can only be hidden for some time.
    Rule(String),
}

/// A verdict to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// About what.
    pub target: Target,
    /// What is said.
    pub verdict: Verdict,
    /// Until when a [`Verdict::Snooze`] hides; of no meaning with the others.
    pub until: Option<Timestamp>,
    /// Who says it: the name of a user or of a receiver, never an address.
    pub by: String,
    /// How it came.
    pub way: Way,
    /// What the person adds.
    pub note: Option<String>,
    /// Names the mail that says it: one mail speaks once.
    pub answer: Option<String>,
}

/// What became of a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruled {
    /// It is recorded; so many alerts that waited to be mailed are mailed no more.
    Recorded {
        /// Alerts taken out of open groups, counted once for each receiver.
        withdrawn: u64,
    },
    /// This mail, or another one that answers the same alert, has said so before.
    Repeated,
    /// There is no such alert or rumour.
    Unknown,
}

/// A verdict as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// When.
    pub at: Timestamp,
    /// What was said.
    pub verdict: Verdict,
    /// Until when it hides, for a snooze.
    pub until: Option<Timestamp>,
    /// Who said it.
    pub by: String,
    /// How it came.
    pub way: Way,
    /// What was added.
    pub note: Option<String>,
}

/// How well a rule's alerts were judged, counted in stories: a copied text is judged once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulePrecision {
    /// Rule id.
    pub rule: String,
    /// Stories that were rightly told: judged false, or handled.
    pub right: u64,
    /// Stories whose claim turned out to be true.
    pub wrong: u64,
    /// Stories that did not tell the rumour at all.
    pub irrelevant: u64,
    /// Stories that mails told.
    pub told: u64,
}

impl RulePrecision {
    /// The share of right ones among those judged; `None` where nobody has judged any.
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        let judged = self.right + self.wrong + self.irrelevant;
        #[expect(clippy::cast_precision_loss, reason = "nobody judges 2^52 stories")]
        (judged > 0).then(|| self.right as f64 / judged as f64)
    }
}

impl Ledger {
    /// Records what a person says, in the audit trail too. Where it silences a story or a rumour,
    /// its alerts that wait to be mailed are withdrawn; they stay recorded.
    ///
    /// # Errors
    /// When the ledger cannot be written; then nothing was recorded.
    pub async fn judge(&self, ruling: &Ruling, now: Timestamp) -> Result<Ruled, LedgerError> {
        let mut tx = self.begin().await?;
        let Some(place) = Place::of(&mut tx, &ruling.target).await? else {
            return Ok(Ruled::Unknown);
        };
        if ruling.way == Way::Mail && place.has_answered(&mut tx, ruling, now).await? {
            return Ok(Ruled::Repeated);
        }
        let recorded = sqlx::query(
            "INSERT INTO verdict (at, rule, alert, story, verdict, until, judge, way, note, answer)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
        )
        .bind(millis(now))
        .bind(&place.rule)
        .bind(&place.alert)
        .bind(&place.story)
        .bind(ruling.verdict.to_string())
        .bind(ruling.until.map(millis))
        .bind(&ruling.by)
        .bind(ruling.way.to_string())
        .bind(&ruling.note)
        .bind(&ruling.answer)
        .execute(&mut *tx)
        .await?;
        if recorded.rows_affected() == 0 {
            return Ok(Ruled::Repeated);
        }
        let withdrawn = place.withdraw(&mut tx, now).await?;
        audit::append(&mut tx, now, "judged", &place.told(ruling)).await?;
        tx.commit().await?;
        Ok(Ruled::Recorded { withdrawn })
    }

    /// What was said of a story, oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn verdicts(&self, story: &str) -> Result<Vec<Recorded>, LedgerError> {
        let rows = sqlx::query(
            "SELECT at, verdict, until, judge, way, note FROM verdict WHERE story = $1 ORDER BY seq",
        )
        .bind(story)
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(recorded).collect()
    }

    /// Until when a rumour is hidden as a whole, if it is at `now`.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn hidden_until(
        &self,
        rule: &str,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, LedgerError> {
        let until: Option<Option<i64>> = sqlx::query_scalar(LATEST_OF_RULE)
            .bind(rule)
            .fetch_optional(&self.readers)
            .await?;
        let until = until.flatten().map(time).transpose()?;
        Ok(until.filter(|until| *until > now))
    }

    /// How well each rule was judged whose stories were mailed from `since` on and before `until`,
    /// by rule. The latest verdict on a story counts, snoozes left aside, whenever it was given.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn precision(
        &self,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<RulePrecision>, LedgerError> {
        let rows = sqlx::query(
            "SELECT told.rule,
                 SUM(CASE WHEN latest.verdict IN ('false', 'handled') THEN 1 ELSE 0 END) AS is_right,
                 SUM(CASE WHEN latest.verdict = 'true' THEN 1 ELSE 0 END) AS is_wrong,
                 SUM(CASE WHEN latest.verdict = 'irrelevant' THEN 1 ELSE 0 END) AS is_irrelevant,
                 COUNT(*) AS told
             FROM (SELECT DISTINCT alert.rule AS rule, alert.story AS story
                   FROM mail JOIN dispatch ON dispatch.mail = mail.message_id
                       JOIN alert ON alert.id = dispatch.alert
                   WHERE mail.closed >= $1 AND mail.closed < $2 AND alert.stance = 'asserts') AS told
             LEFT JOIN verdict AS latest ON latest.seq = (
                 SELECT MAX(seq) FROM verdict
                 WHERE verdict.story = told.story AND verdict.verdict <> 'snooze')
             GROUP BY told.rule ORDER BY told.rule",
        )
        .bind(millis(since))
        .bind(millis(until))
        .fetch_all(&self.readers)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(RulePrecision {
                    rule: row.try_get("rule")?,
                    right: count(row.try_get("is_right")?)?,
                    wrong: count(row.try_get("is_wrong")?)?,
                    irrelevant: count(row.try_get("is_irrelevant")?)?,
                    told: count(row.try_get("told")?)?,
                })
            })
            .collect()
    }
}

/// The latest verdict on a story.
const LATEST_OF_STORY: &str =
    "SELECT verdict, until FROM verdict WHERE story = $1 ORDER BY seq DESC LIMIT 1";

/// The latest that does not merely hide a story for some time. A snooze of no length shows it
/// again, whatever was said before.
const LASTING_OF_STORY: &str = "SELECT verdict FROM verdict
     WHERE story = $1 AND (verdict <> 'snooze' OR until <= at) ORDER BY seq DESC LIMIT 1";

/// Until when the latest snooze hides a whole rumour.
const LATEST_OF_RULE: &str =
    "SELECT until FROM verdict WHERE rule = $1 AND story IS NULL ORDER BY seq DESC LIMIT 1";

/// Whether people have said that an alert makes no mail now.
pub(super) async fn is_silenced(
    tx: &mut Transaction,
    alert: &Alert,
    now: Timestamp,
) -> Result<bool, LedgerError> {
    // Who refutes a rumour is news to those who were told it.
    if alert.stance == Stance::Denies {
        return Ok(false);
    }
    Ok(rule_is_silenced(tx, &alert.rule, now).await?
        || story_is_silenced(tx, &alert.story.0, now).await?)
}

async fn rule_is_silenced(
    tx: &mut Transaction,
    rule: &str,
    now: Timestamp,
) -> Result<bool, LedgerError> {
    let until: Option<Option<i64>> = sqlx::query_scalar(LATEST_OF_RULE)
        .bind(rule)
        .fetch_optional(&mut **tx)
        .await?;
    Ok(until.flatten().is_some_and(|until| until > millis(now)))
}

async fn story_is_silenced(
    tx: &mut Transaction,
    story: &str,
    now: Timestamp,
) -> Result<bool, LedgerError> {
    let latest = sqlx::query(LATEST_OF_STORY)
        .bind(story)
        .fetch_optional(&mut **tx)
        .await?;
    let Some(latest) = latest else {
        return Ok(false);
    };
    let until: Option<i64> = latest.try_get("until")?;
    if verdict(latest.try_get("verdict")?)? == Verdict::Snooze
        && until.is_some_and(|until| until > millis(now))
    {
        return Ok(true);
    }
    let lasting: Option<String> = sqlx::query_scalar(LASTING_OF_STORY)
        .bind(story)
        .fetch_optional(&mut **tx)
        .await?;
    let lasting = lasting.as_deref().map(verdict).transpose()?;
    Ok(matches!(lasting, Some(Verdict::True | Verdict::Irrelevant)))
}

/// Where a verdict stands.
struct Place {
    rule: String,
    alert: Option<String>,
    story: Option<String>,
}

impl Place {
    async fn of(tx: &mut Transaction, target: &Target) -> Result<Option<Self>, LedgerError> {
        match target {
            Target::Alert(id) => {
                let found: Option<(String, String)> =
                    sqlx::query_as("SELECT rule, story FROM alert WHERE id = $1")
                        .bind(id)
                        .fetch_optional(&mut **tx)
                        .await?;
                Ok(found.map(|(rule, story)| Self {
                    rule,
                    alert: Some(id.clone()),
                    story: Some(story),
                }))
            }
            Target::Rule(rule) => {
                let known: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM alert WHERE rule = $1")
                    .bind(rule)
                    .fetch_one(&mut **tx)
                    .await?;
                Ok((known > 0).then(|| Self {
                    rule: rule.clone(),
                    alert: None,
                    story: None,
                }))
            }
        }
    }

    /// Whether the last answer of this receiver to this alert says the same: the mail was sent
    /// again under another Message-ID. A snooze that is over may be given anew.
    async fn has_answered(
        &self,
        tx: &mut Transaction,
        ruling: &Ruling,
        now: Timestamp,
    ) -> Result<bool, LedgerError> {
        let last: Option<(String, Option<i64>)> = sqlx::query_as(
            "SELECT verdict, until FROM verdict
             WHERE story = $1 AND alert = $2 AND judge = $3 AND way = 'mail'
             ORDER BY seq DESC LIMIT 1",
        )
        .bind(&self.story)
        .bind(&self.alert)
        .bind(&ruling.by)
        .fetch_optional(&mut **tx)
        .await?;
        Ok(last.is_some_and(|(said, until)| {
            said == ruling.verdict.to_string() && until.is_none_or(|until| until > millis(now))
        }))
    }

    /// Takes what is silenced out of the groups that wait.
    async fn withdraw(&self, tx: &mut Transaction, now: Timestamp) -> Result<u64, LedgerError> {
        let silenced = match &self.story {
            Some(story) => story_is_silenced(tx, story, now).await?,
            None => rule_is_silenced(tx, &self.rule, now).await?,
        };
        if !silenced {
            return Ok(0);
        }
        let withdrawn = sqlx::query(
            "DELETE FROM dispatch WHERE mail IS NULL AND alert IN (
                 SELECT id FROM alert
                 WHERE rule = $1 AND stance = 'asserts' AND ($2 IS NULL OR story = $2))",
        )
        .bind(&self.rule)
        .bind(&self.story)
        .execute(&mut **tx)
        .await?;
        Ok(withdrawn.rows_affected())
    }

    /// The verdict in the audit trail. The note is told by its digest, so that it can be erased
    /// and still cannot be changed unseen.
    fn told(&self, ruling: &Ruling) -> String {
        let target = self.alert.as_deref().unwrap_or(&self.rule);
        let mut told = format!(
            "{target} {} by {} way {}",
            ruling.verdict, ruling.by, ruling.way
        );
        if let Some(until) = ruling.until {
            told.push_str(&format!(" until {until}"));
        }
        if let Some(note) = &ruling.note {
            told.push_str(&format!(
                " note {}",
                &blake3::hash(note.as_bytes()).to_hex()[..32]
            ));
        }
        told
    }
}

fn verdict(text: &str) -> Result<Verdict, LedgerError> {
    text.parse()
        .map_err(|_| LedgerError::unreadable(format!("a verdict is {text}")))
}

fn recorded(row: &SqliteRow) -> Result<Recorded, LedgerError> {
    let until: Option<i64> = row.try_get("until")?;
    Ok(Recorded {
        at: time(row.try_get("at")?)?,
        verdict: verdict(row.try_get("verdict")?)?,
        until: until.map(time).transpose()?,
        by: row.try_get("judge")?,
        way: match row.try_get("way")? {
            "mail" => Way::Mail,
            _ => Way::Command,
        },
        note: row.try_get("note")?,
    })
}
