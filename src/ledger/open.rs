//! Opening the ledger: a damaged file is noticed and set aside, a new one appears whole or not
//! at all, and an empty one never takes the place of a lost one.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, SqlSafeStr};

use super::{Ledger, LedgerError, seal};
use crate::failpoint::{self, Point};

/// Every step of the schema, in order. A step that has been released never changes.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "first", include_str!("migrations/0001_first.sql")),
    (
        2,
        "fingerprint",
        include_str!("migrations/0002_fingerprint.sql"),
    ),
    (3, "seal", include_str!("migrations/0003_seal.sql")),
    (4, "routing", include_str!("migrations/0004_routing.sql")),
    (5, "verdict", include_str!("migrations/0005_verdict.sql")),
    (6, "notice", include_str!("migrations/0006_notice.sql")),
    (7, "ailment", include_str!("migrations/0007_ailment.sql")),
    (16, "order", include_str!("migrations/0016_order.sql")),
];

/// `application_id` in the file's header ("cnht"), by which a ledger is told from any other
/// SQLite database, <https://sqlite.org/pragma.html#pragma_application_id>.
const APPLICATION_ID: i32 = 0x636e_6874;

/// How long a statement waits for another process that writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Readers beside the one writer; each is a thread.
const READERS: u32 = 3;

/// Whether a ledger may be begun where a broken one was set aside.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Beginning {
    /// No: someone must decide first.
    OnlyAtFirst,
    /// Yes: someone has decided.
    Anew,
}

/// Why a ledger is moved from its place; its new name says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aside {
    /// It is damaged.
    Broken,
    /// A backup takes its place.
    Replaced,
}

impl Aside {
    const ALL: [Self; 2] = [Self::Broken, Self::Replaced];

    /// What the names of such ledgers begin with.
    fn stem(self, path: &Path) -> String {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let why = match self {
            Self::Broken => "broken",
            Self::Replaced => "replaced",
        };
        format!("{stem}.{why}-")
    }
}

pub(super) async fn open(
    path: &Path,
    now: Timestamp,
    beginning: Beginning,
) -> Result<Ledger, LedgerError> {
    match fs::metadata(path) {
        // SQLite takes an empty file for a new database; ours is never empty.
        Ok(file) if file.len() == 0 => {
            return Err(set_aside(path, now, "the file is empty".to_owned()));
        }
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {
            if has_journal(path) {
                let why = "the file is missing, its journal is there".to_owned();
                return Err(set_aside(path, now, why));
            }
            if beginning == Beginning::OnlyAtFirst
                && let Some(broken) = newest_broken(path)?
            {
                return Err(LedgerError::Missing {
                    path: path.to_owned(),
                    broken,
                });
            }
            create(path).await?;
        }
        Err(error) => return Err(error.into()),
    }
    match connect(path).await {
        Err(LedgerError::Damaged { detail, .. }) => Err(set_aside(path, now, detail)),
        other => other,
    }
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        // Statements would stand in the journal.
        .disable_statement_logging()
}

/// Makes the file under another name and moves it into place when it is whole, so that a kill
/// on the way leaves nothing that could be taken for a damaged ledger.
async fn create(path: &Path) -> Result<(), LedgerError> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let unborn = with_suffix(path, ".new");
    for leftover in [unborn.clone(), with_suffix(&unborn, "-journal")] {
        match fs::remove_file(leftover) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    let options = options(&unborn)
        .create_if_missing(true)
        .synchronous(SqliteSynchronous::Full)
        .pragma("application_id", APPLICATION_ID.to_string());
    let pool = one(options).await?;
    let migrated = migrator().run(&pool).await;
    pool.close().await;
    migrated?;
    failpoint::reach(Point::LedgerMade);
    fs::rename(&unborn, path)?;
    Ok(sync_folder(path)?)
}

async fn connect(path: &Path) -> Result<Ledger, LedgerError> {
    connected(path, true).await
}

/// Beside another process: whoever keeps the ledger examines it.
pub(super) async fn join(path: &Path) -> Result<Ledger, LedgerError> {
    connected(path, false).await
}

async fn connected(path: &Path, examined: bool) -> Result<Ledger, LedgerError> {
    let writing = options(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        // What is deleted is overwritten, not only let go of.
        .pragma("secure_delete", "ON");
    let writer = one(writing).await?;
    if let Err(error) = inspect(&writer, path, examined).await {
        writer.close().await;
        return Err(error);
    }
    let readers = SqlitePoolOptions::new()
        .max_connections(READERS)
        .connect_lazy_with(options(path).read_only(true));
    Ok(Ledger {
        writer,
        readers,
        turn: Arc::default(),
    })
}

async fn one(options: SqliteConnectOptions) -> Result<SqlitePool, LedgerError> {
    Ok(SqlitePoolOptions::new()
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        // After a full disk SQLite has rolled back by itself; the driver's own ROLLBACK then
        // fails, and its connection would count as within a transaction for ever.
        .after_release(|connection, _| {
            Box::pin(async move {
                connection.ping().await?;
                Ok(!connection.is_in_transaction())
            })
        })
        .connect_with(options)
        .await?)
}

/// Opens a ledger that nobody else has open only to look at it.
pub(super) async fn read_only(path: &Path) -> Result<SqlitePool, LedgerError> {
    let pool = one(options(path).read_only(true)).await?;
    match is_ours(&pool, path).await {
        Ok(()) => Ok(pool),
        Err(error) => {
            pool.close().await;
            Err(error)
        }
    }
}

/// Whether it is one of ours. One that lost its mark and has our tables is damaged: nobody else
/// makes such a file.
async fn is_ours(pool: &SqlitePool, path: &Path) -> Result<(), LedgerError> {
    let id: i32 = sqlx::query_scalar("PRAGMA application_id")
        .fetch_one(pool)
        .await?;
    if id == APPLICATION_ID {
        return Ok(());
    }
    let ours: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table'
         AND name IN ('story', 'alert', 'dispatch', 'mail', 'delivery', 'audit')",
    )
    .fetch_one(pool)
    .await?;
    Err(if ours >= 3 {
        LedgerError::unreadable(format!("its mark is {id:#x}"))
    } else {
        LedgerError::NotOurs {
            path: path.to_owned(),
        }
    })
}

/// Whether it is ours, sound (where that is `examined`), and of a schema that we know.
async fn inspect(writer: &SqlitePool, path: &Path, examined: bool) -> Result<(), LedgerError> {
    is_ours(writer, path).await?;
    if examined {
        let found: Vec<String> = sqlx::query_scalar("PRAGMA quick_check(5)")
            .fetch_all(writer)
            .await
            .map_err(nonsense)?;
        if found != ["ok"] {
            return Err(LedgerError::unreadable(found.join("; ")));
        }
    }
    match migrator().run(writer).await {
        Err(MigrateError::VersionMissing(_)) => {
            return Err(LedgerError::TooNew {
                path: path.to_owned(),
            });
        }
        Err(MigrateError::VersionMismatch(version)) => {
            let detail = format!("step {version} of its schema is not the one of this program");
            return Err(LedgerError::unreadable(detail));
        }
        other => other?,
    }
    failpoint::reach(Point::SchemaMoved);
    seal::seal_older(writer).await?;
    failpoint::reach(Point::RecordsSealed);
    let missing = missing_schema(writer).await?;
    if missing.is_empty() {
        Ok(())
    } else {
        let detail = format!("its schema lacks {}", missing.join(", "));
        Err(LedgerError::unreadable(detail))
    }
}

/// What a ledger of the newest schema has and this one has not: SQLite takes a name whose bit
/// flipped for another name.
async fn missing_schema(ledger: &SqlitePool) -> Result<Vec<String>, LedgerError> {
    const PARTS: &str = "SELECT type || ' ' || name FROM sqlite_master
        UNION SELECT m.name || '.' || c.name
        FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c WHERE m.type = 'table'";
    let blank = SqliteConnectOptions::new()
        .in_memory(true)
        .disable_statement_logging();
    let blank = one(blank).await?;
    let migrated = migrator().run(&blank).await;
    let wanted: Result<Vec<String>, _> = sqlx::query_scalar(PARTS).fetch_all(&blank).await;
    blank.close().await;
    migrated?;
    let found: BTreeSet<String> = sqlx::query_scalar(PARTS)
        .fetch_all(ledger)
        .await
        .map_err(nonsense)?
        .into_iter()
        .collect();
    Ok(wanted?
        .into_iter()
        .filter(|part| !found.contains(part))
        .collect())
}

/// Of a file that is ours, SQLite reads the schema: if it makes no sense to it, it is damaged.
fn nonsense(error: sqlx::Error) -> LedgerError {
    match error.into() {
        LedgerError::Failed { detail } => LedgerError::unreadable(detail),
        other => other,
    }
}

fn migrator() -> Migrator {
    migrator_up_to(i64::MAX)
}

/// The steps of the schema up to this one.
pub(super) fn migrator_up_to(last: i64) -> Migrator {
    let steps = MIGRATIONS.iter().filter(|&&(version, ..)| version <= last);
    let steps = steps.map(|&(version, name, sql)| {
        Migration::new(
            version,
            name.into(),
            MigrationType::Simple,
            sql.into_sql_str(),
            false,
        )
    });
    Migrator::with_migrations(steps.collect())
}

/// Moves the ledger with its journal to `<stem>.broken-<UTC time>.<extension>` and gives the
/// error that says so.
fn set_aside(path: &Path, now: Timestamp, detail: String) -> LedgerError {
    match move_aside(path, Aside::Broken, now) {
        Ok(to) => LedgerError::Damaged {
            set_aside: Some(to),
            detail,
        },
        Err(error) => LedgerError::Damaged {
            set_aside: None,
            detail: format!("{detail}; it cannot be set aside: {error}"),
        },
    }
}

pub(super) fn move_aside(path: &Path, why: Aside, now: Timestamp) -> io::Result<PathBuf> {
    let stem = why.stem(path) + &now.strftime("%Y%m%dT%H%M%SZ").to_string();
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    let mut to = path.with_file_name(format!("{stem}.{extension}"));
    let mut number = 2;
    while to.try_exists()? || has_journal(&to) {
        to = path.with_file_name(format!("{stem}-{number}.{extension}"));
        number += 1;
    }
    // The journal first: beside a new ledger it would be taken for that one's.
    for suffix in ["-wal", "-shm", ""] {
        match fs::rename(with_suffix(path, suffix), with_suffix(&to, suffix)) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    sync_folder(path)?;
    Ok(to)
}

/// The newest set aside ledger, by its name.
fn newest_broken(path: &Path) -> io::Result<Option<PathBuf>> {
    let stems = Aside::ALL.map(|why| why.stem(path));
    let folder = match fs::read_dir(folder_of(path)) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        other => other?,
    };
    let mut newest = None;
    for entry in folder {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if stems.iter().any(|stem| name.starts_with(stem)) {
            newest = newest.max(Some(entry.path()));
        }
    }
    Ok(newest)
}

pub(super) fn has_journal(path: &Path) -> bool {
    fs::metadata(with_suffix(path, "-wal")).is_ok_and(|journal| journal.len() > 0)
}

pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Makes a rename durable.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(folder_of(path))?.sync_all()
}
