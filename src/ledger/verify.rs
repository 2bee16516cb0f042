//! Looking over a whole ledger: what SQLite notices, every seal, the audit trail.

use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sqlx::sqlite::SqlitePool;

use super::{Ledger, LedgerError, count, open, seal};
use crate::message::Message;

/// Findings that are listed; a page that is gone may spoil thousands of records.
const LISTED: usize = 50;

/// Records that are read at once.
const STEP: i64 = 500;

/// What looking over a ledger brought.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Inspection {
    /// Records whose seal was looked at.
    pub records: u64,
    /// Records of the audit trail that were followed; `None` if it was not asked for.
    pub audit: Option<u64>,
    /// What is damaged, at most 50 of it; empty where all is sound.
    pub findings: Vec<Finding>,
    /// How many findings there are.
    pub found: usize,
}

/// Something damaged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "lowercase")]
pub enum Finding {
    /// The file's structure, as SQLite says.
    Structure {
        /// What it says.
        detail: String,
    },
    /// Records that point to others that are not there.
    Dangling {
        /// The table of those that point.
        table: String,
    },
    /// A record is not what was written.
    Record {
        /// What it is: `alert`, `mail`, …
        kind: String,
        /// Its key, as far as it can be read.
        label: String,
    },
    /// The audit trail was changed, or something was cut out of it.
    Audit {
        /// The first record that does not follow from the one before.
        seq: u64,
    },
}

impl Inspection {
    /// Whether nothing is damaged.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.found == 0
    }

    /// What makes it unfit to be a ledger, if anything: records that are damaged one by one are
    /// left alone wherever they are met, and do not.
    #[must_use]
    pub fn torn(&self) -> Option<String> {
        self.findings.iter().find_map(|finding| match finding {
            Finding::Structure { detail } => Some(detail.clone()),
            Finding::Dangling { table } => Some(format!("rows of {table} point to none")),
            Finding::Record { .. } | Finding::Audit { .. } => None,
        })
    }

    fn add(&mut self, finding: Finding) {
        self.found += 1;
        if self.findings.len() < LISTED {
            self.findings.push(finding);
        }
    }
}

impl Finding {
    /// The finding, for people.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::Structure { detail } => {
                Message::new("ledger-found-structure").with("detail", detail)
            }
            Self::Dangling { table } => Message::new("ledger-found-dangling").with("table", table),
            Self::Record { kind, label } => Message::new("ledger-found-record")
                .with("kind", kind)
                .with("label", label),
            Self::Audit { seq } => Message::new("ledger-found-audit").with("seq", seq),
        }
    }
}

impl Ledger {
    /// Looks over the whole ledger while it is in use, `pause` after each few hundred records;
    /// the audit trail too where `audit` is set.
    ///
    /// # Errors
    /// When the ledger cannot be read for another reason than damage, which is a finding.
    pub async fn inspect(&self, audit: bool, pause: Duration) -> Result<Inspection, LedgerError> {
        inspect(&self.readers, audit, pause).await
    }
}

/// Looks over a ledger that nobody has open, and changes nothing: neither is it set aside nor its
/// schema brought up to date.
///
/// # Errors
/// When it cannot be read for another reason than damage, is none of ours, or a newer program
/// wrote it.
pub async fn inspect_file(path: &Path, audit: bool) -> Result<Inspection, LedgerError> {
    let pool = match open::read_only(path).await {
        Err(LedgerError::Damaged { detail, .. }) => return Ok(structure(detail)),
        other => other?,
    };
    let looked = inspect(&pool, audit, Duration::ZERO).await;
    pool.close().await;
    looked
}

fn structure(detail: String) -> Inspection {
    let mut inspection = Inspection::default();
    inspection.add(Finding::Structure { detail });
    inspection
}

async fn inspect(
    pool: &SqlitePool,
    audit: bool,
    pause: Duration,
) -> Result<Inspection, LedgerError> {
    let mut inspection = Inspection::default();
    match look(pool, audit, pause, &mut inspection).await {
        Err(LedgerError::Damaged { detail, .. }) => {
            inspection.add(Finding::Structure { detail });
            Ok(inspection)
        }
        ended => ended.map(|()| inspection),
    }
}

async fn look(
    pool: &SqlitePool,
    audit: bool,
    pause: Duration,
    inspection: &mut Inspection,
) -> Result<(), LedgerError> {
    let said: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check(20)")
        .fetch_all(pool)
        .await?;
    for detail in said.into_iter().filter(|line| line != "ok") {
        inspection.add(Finding::Structure { detail });
    }
    let dangling: Vec<String> =
        sqlx::query_scalar("SELECT DISTINCT \"table\" FROM pragma_foreign_key_check")
            .fetch_all(pool)
            .await?;
    for table in dangling {
        inspection.add(Finding::Dangling { table });
    }
    for kind in seal::sealed(pool).await? {
        let mut last = i64::MIN;
        loop {
            let records = kind.after(pool, last, STEP).await?;
            let Some(end) = records.last() else {
                break;
            };
            last = end.rowid;
            inspection.records += records.len() as u64;
            for record in records.iter().filter(|record| !record.is_whole(kind)) {
                inspection.add(Finding::Record {
                    kind: kind.name.to_owned(),
                    label: record.label(),
                });
            }
            rest(pause).await;
        }
    }
    if audit {
        follow_trail(pool, pause, inspection).await?;
    }
    Ok(())
}

async fn follow_trail(
    pool: &SqlitePool,
    pause: Duration,
    inspection: &mut Inspection,
) -> Result<(), LedgerError> {
    let mut trail = super::audit::Trail::default();
    let mut broken = None;
    while broken.is_none() {
        let Some(found) = trail.step(pool).await? else {
            break;
        };
        broken = found;
        rest(pause).await;
    }
    inspection.audit = Some(trail.followed);
    if let Some(seq) = broken {
        inspection.add(Finding::Audit { seq: count(seq)? });
    }
    Ok(())
}

async fn rest(pause: Duration) {
    if !pause.is_zero() {
        tokio::time::sleep(pause).await;
    }
}
