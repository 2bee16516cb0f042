//! Seals: a digest beside each record, by which a record that changed by itself is known.
//!
//! SQLite notices torn pages and broken trees, not a bit that flips within a text. A seal covers
//! the columns that never change once the record is written (all of a story's, whose seal is
//! renewed with it).

use jiff::Timestamp;
use sqlx::{AssertSqlSafe, Row};

use super::{LedgerError, Transaction, audit, millis};

/// Bytes of a seal: the first of a BLAKE3 digest.
const LENGTH: usize = 16;

/// Records that are sealed in one transaction.
const STEP: i64 = 500;

/// A kind of sealed records.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Kind {
    /// Goes into the seal, so that no record passes for one of another kind.
    pub name: &'static str,
    pub table: &'static str,
    /// What is sealed, in the order of the parts. The first one labels the record.
    pub columns: &'static [&'static str],
    /// The column of the seal.
    pub seal: &'static str,
    /// Which records of the table have one.
    pub only: &'static str,
}

const fn all(name: &'static str, columns: &'static [&'static str]) -> Kind {
    Kind {
        name,
        table: name,
        columns,
        seal: "seal",
        only: "1",
    }
}

pub(super) const STORY: Kind = all(
    "story",
    &["id", "rule", "first_seen", "last_seen", "items", "sources"],
);
pub(super) const ALERT: Kind = all(
    "alert",
    &[
        "id", "rule", "stance", "source", "item", "page", "story", "trust", "seen", "told", "body",
    ],
);
pub(super) const DISPATCH: Kind = all("dispatch", &["alert", "receiver", "grouping"]);
pub(super) const MAIL: Kind = all(
    "mail",
    &["message_id", "receiver", "grouping", "closed", "bundle"],
);
/// The composed bytes of a mail.
pub(super) const RAW: Kind = Kind {
    name: "raw",
    table: "mail",
    columns: &["message_id", "raw"],
    seal: "raw_seal",
    only: "raw IS NOT NULL",
};
pub(super) const DELIVERY: Kind = all("delivery", &["mail", "recipient"]);
pub(super) const FINGERPRINT: Kind = all("fingerprint", &["kept", "record"]);

/// Every kind.
pub(super) const KINDS: [&Kind; 7] = [
    &STORY,
    &ALERT,
    &DISPATCH,
    &MAIL,
    &RAW,
    &DELIVERY,
    &FINGERPRINT,
];

/// A record as it is stored, whatever became of it.
pub(super) struct Stored {
    pub rowid: i64,
    /// `None` for a column that is null.
    parts: Vec<Option<Vec<u8>>>,
    seal: Option<Vec<u8>>,
}

impl Kind {
    /// The seal of a record: its columns as bytes, numbers in decimal.
    pub(super) fn seal(&self, parts: &[&[u8]]) -> Vec<u8> {
        debug_assert_eq!(parts.len(), self.columns.len());
        let mut hasher = blake3::Hasher::new();
        for part in [self.name.as_bytes()].iter().chain(parts) {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        hasher.finalize().as_bytes()[..LENGTH].to_vec()
    }

    /// Reads records as bytes, so that none is too broken to be read.
    fn select(&self, condition: &str) -> AssertSqlSafe<String> {
        self.select_in("main", condition)
    }

    fn select_in(&self, database: &str, condition: &str) -> AssertSqlSafe<String> {
        let columns: String = self
            .columns
            .iter()
            .map(|column| format!(", CAST({column} AS BLOB)"))
            .collect();
        AssertSqlSafe(format!(
            "SELECT rowid, {}{columns} FROM {database}.{} WHERE {} AND {condition}",
            self.seal, self.table, self.only
        ))
    }

    /// At most `limit` records after `rowid`, by ascending rowid.
    pub(super) async fn after<'e>(
        &self,
        executor: impl sqlx::Executor<'e, Database = sqlx::Sqlite>,
        rowid: i64,
        limit: i64,
    ) -> Result<Vec<Stored>, LedgerError> {
        let rows = sqlx::query(self.select("rowid > $1 ORDER BY rowid LIMIT $2"))
            .bind(rowid)
            .bind(limit)
            .fetch_all(executor)
            .await?;
        rows.iter().map(|row| self.stored(row)).collect()
    }

    fn stored(&self, row: &sqlx::sqlite::SqliteRow) -> Result<Stored, LedgerError> {
        let parts = (0..self.columns.len()).map(|at| row.try_get(at + 2));
        Ok(Stored {
            rowid: row.try_get(0)?,
            seal: row.try_get(1)?,
            parts: parts.collect::<Result<_, _>>()?,
        })
    }

    /// Whether a record is there, and as it was written.
    pub(super) async fn holds(
        &self,
        tx: &mut Transaction,
        rowid: Option<i64>,
    ) -> Result<bool, LedgerError> {
        let row = sqlx::query(self.select("rowid = $1"))
            .bind(rowid)
            .fetch_optional(&mut **tx)
            .await?;
        let stored = row.map(|row| self.stored(&row)).transpose()?;
        Ok(stored.is_some_and(|stored| stored.is_whole(self)))
    }

    /// The whole record of an attached database that is the very version of a damaged one: it
    /// has its seal, or says the same where it is the seal that is damaged.
    pub(super) async fn twin(
        &self,
        tx: &mut Transaction,
        database: &str,
        damaged: &Stored,
    ) -> Result<Option<Stored>, LedgerError> {
        let key = format!("CAST({} AS BLOB)", self.columns[0]);
        let condition = format!("({} = $1 OR {key} = $2)", self.seal);
        let rows = sqlx::query(self.select_in(database, &condition))
            .bind(&damaged.seal)
            .bind(damaged.parts.first().and_then(Option::as_deref))
            .fetch_all(&mut **tx)
            .await?;
        for row in &rows {
            let candidate = self.stored(row)?;
            let same = candidate.seal == damaged.seal || candidate.parts == damaged.parts;
            if same && candidate.is_whole(self) {
                return Ok(Some(candidate));
            }
        }
        Ok(None)
    }

    /// Notes that a record is damaged and left alone from now on.
    pub(super) async fn note_damage(
        &self,
        tx: &mut Transaction,
        rowid: i64,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let row = sqlx::query(self.select("rowid = $1"))
            .bind(rowid)
            .fetch_optional(&mut **tx)
            .await?;
        let label = match row {
            Some(row) => self.stored(&row)?.label(),
            None => rowid.to_string(),
        };
        let noted = sqlx::query(
            "INSERT INTO damage (kind, label, found) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        )
        .bind(self.name)
        .bind(&label)
        .bind(millis(now))
        .execute(&mut **tx)
        .await?;
        if noted.rows_affected() > 0 {
            audit::append(tx, now, "damaged", &format!("{} {label}", self.name)).await?;
        }
        Ok(())
    }

    /// Seals the older records, step by step; what a kill leaves is sealed at the next opening.
    async fn seal_older(&self, ledger: &sqlx::SqlitePool) -> Result<(), LedgerError> {
        let update = format!(
            "UPDATE {} SET {} = $1 WHERE rowid = $2",
            self.table, self.seal
        );
        let mut last = i64::MIN;
        loop {
            let mut tx = ledger.begin_with("BEGIN IMMEDIATE").await?;
            let older = self.after(&mut *tx, last, STEP).await?;
            for record in &older {
                last = record.rowid;
                if record.seal.is_none() {
                    sqlx::query(AssertSqlSafe(update.clone()))
                        .bind(record.expected(self))
                        .bind(record.rowid)
                        .execute(&mut *tx)
                        .await?;
                }
            }
            if older.is_empty() {
                sqlx::query("DELETE FROM unsealed WHERE kind = $1")
                    .bind(self.name)
                    .execute(&mut *tx)
                    .await?;
                return Ok(tx.commit().await?);
            }
            tx.commit().await?;
        }
    }
}

impl Stored {
    fn expected(&self, kind: &Kind) -> Option<Vec<u8>> {
        let parts: Option<Vec<&[u8]>> = self.parts.iter().map(Option::as_deref).collect();
        Some(kind.seal(&parts?))
    }

    /// Whether it says what it was sealed with.
    pub(super) fn is_whole(&self, kind: &Kind) -> bool {
        self.seal.is_some() && self.seal == self.expected(kind)
    }

    /// Names it to people: its key, as far as that can be read. An address is not one.
    pub(super) fn label(&self) -> String {
        let key = self.parts.first().and_then(Option::as_deref);
        let key = String::from_utf8_lossy(key.unwrap_or_default());
        key.chars()
            .map(|c| if c.is_control() { '\u{fffd}' } else { c })
            .take(80)
            .collect()
    }
}

/// The kinds whose records must be sealed here: none in a ledger of an older schema.
pub(super) async fn sealed(ledger: &sqlx::SqlitePool) -> Result<Vec<&'static Kind>, LedgerError> {
    let has_seals: bool =
        sqlx::query_scalar("SELECT COUNT(*) FROM sqlite_master WHERE name = 'unsealed'")
            .fetch_one(ledger)
            .await?;
    if !has_seals {
        return Ok(Vec::new());
    }
    let unsealed = unsealed(ledger).await?;
    let is_sealed = |kind: &&Kind| !unsealed.iter().any(|name| name == kind.name);
    Ok(KINDS.into_iter().filter(is_sealed).collect())
}

async fn unsealed(ledger: &sqlx::SqlitePool) -> Result<Vec<String>, LedgerError> {
    Ok(sqlx::query_scalar("SELECT kind FROM unsealed")
        .fetch_all(ledger)
        .await?)
}

/// Seals the records that are older than seals, once.
pub(super) async fn seal_older(ledger: &sqlx::SqlitePool) -> Result<(), LedgerError> {
    let unsealed = unsealed(ledger).await?;
    for kind in KINDS {
        if unsealed.iter().any(|name| name == kind.name) {
            kind.seal_older(ledger).await?;
        }
    }
    Ok(())
}
