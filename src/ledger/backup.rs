//! Backups: a whole copy of the ledger, made while it is in use, and put back in its place.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use sqlx::sqlite::SqlitePool;

use super::open::{self, Aside, sync_folder, with_suffix};
use super::{Inspection, Ledger, LedgerError, audit, inspect_file, time};
use crate::failpoint::{self, Point};

/// How a backup is named: by its UTC time, so that names sort as times do.
const NAME: &str = "ledger-%Y%m%dT%H%M%SZ";

/// A backup in a folder of backups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// The file.
    pub path: PathBuf,
    /// When it was made, to the second.
    pub at: Timestamp,
    /// Its size.
    pub bytes: u64,
}

/// A backup that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackedUp {
    /// The file.
    pub path: PathBuf,
    /// What looking it over brought. Damaged records of the ledger are in the backup, too.
    pub inspection: Inspection,
}

/// A backup that was looked over and can take the ledger's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fit {
    /// The file.
    pub path: PathBuf,
    /// When it was made: by its name, else when something was recorded in it last.
    pub at: Timestamp,
}

/// A backup that took the ledger's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The backup.
    pub from: PathBuf,
    /// When it was made.
    pub at: Timestamp,
    /// Where the ledger that was there before lies now.
    pub replaced: Option<PathBuf>,
}

impl Ledger {
    /// Makes a backup in `dir` (made if missing) while the ledger is in use: all of one moment,
    /// synced, and looked over before it gets its name.
    ///
    /// # Errors
    /// When the disk refuses, or the copy is torn because the ledger is: then there is none.
    pub async fn back_up(&self, dir: &Path, now: Timestamp) -> Result<BackedUp, LedgerError> {
        back_up(&self.readers, dir, now).await
    }
}

/// Makes a backup of a ledger that another process may have open.
///
/// # Errors
/// As [`Ledger::back_up`].
pub async fn back_up_file(
    path: &Path,
    dir: &Path,
    now: Timestamp,
) -> Result<BackedUp, LedgerError> {
    let pool = open::read_only(path).await?;
    let made = back_up(&pool, dir, now).await;
    pool.close().await;
    made
}

async fn back_up(pool: &SqlitePool, dir: &Path, now: Timestamp) -> Result<BackedUp, LedgerError> {
    fs::create_dir_all(dir)?;
    let to = free_name(dir, now)?;
    let unborn = with_suffix(&to, ".new");
    remove(&unborn)?;
    let made = copy_and_look(pool, &unborn).await;
    let inspection = match made {
        Ok(inspection) => inspection,
        Err(error) => {
            // It has no use, and takes room.
            let _ = remove(&unborn);
            return Err(error);
        }
    };
    failpoint::reach(Point::BackupCopied);
    fs::rename(&unborn, &to)?;
    sync_folder(&to)?;
    failpoint::reach(Point::BackupNamed);
    Ok(BackedUp {
        path: to,
        inspection,
    })
}

async fn copy_and_look(pool: &SqlitePool, to: &Path) -> Result<Inspection, LedgerError> {
    // It holds addresses of people, and may lie in a folder that others read. SQLite fills an
    // empty file.
    OpenOptions::new()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(to)?;
    // One read transaction: what is written meanwhile goes on and is not in it,
    // <https://sqlite.org/lang_vacuum.html#vacuuminto>.
    sqlx::query("VACUUM INTO $1")
        .bind(to.to_string_lossy())
        .execute(pool)
        .await?;
    File::open(to)?.sync_all()?;
    let inspection = inspect_file(to, true).await?;
    match inspection.torn() {
        None => Ok(inspection),
        Some(detail) => Err(LedgerError::unreadable(detail)),
    }
}

/// The backups in a folder, newest first; none where there is no such folder.
///
/// # Errors
/// When the folder cannot be read.
pub fn backups(dir: &Path) -> Result<Vec<Backup>, LedgerError> {
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        let path = entry.path();
        if let Some(at) = made_at(&path) {
            let bytes = entry.metadata()?.len();
            found.push(Backup { path, at, bytes });
        }
    }
    found.sort_by(|a, b| b.path.cmp(&a.path));
    Ok(found)
}

/// Deletes all but the newest `keep` backups, and what was left of unfinished ones; gives how
/// many backups were deleted.
///
/// # Errors
/// When one cannot be deleted.
pub fn prune(dir: &Path, keep: usize) -> Result<usize, LedgerError> {
    let old = backups(dir)?.split_off(keep.min(backups(dir)?.len()));
    for backup in &old {
        remove(&backup.path)?;
    }
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("ledger-") && name.contains(".sqlite.new") {
            remove(&path)?;
        }
    }
    Ok(old.len())
}

/// Looks a backup over: the file `from`, or the newest fit one of the folder `from`.
///
/// # Errors
/// [`LedgerError::BadBackup`], [`LedgerError::NoBackup`], or the disk.
pub async fn fit_backup(from: &Path) -> Result<Fit, LedgerError> {
    if from.is_file() {
        return look_over(from).await;
    }
    for backup in backups(from)? {
        match look_over(&backup.path).await {
            Err(LedgerError::BadBackup { path, detail }) => {
                tracing::error!(path = %path.display(), detail, "passed over: a damaged backup");
            }
            other => return other,
        }
    }
    Err(LedgerError::NoBackup {
        dir: from.to_owned(),
    })
}

/// Puts a backup in the ledger's place. What is there already is kept as
/// `<stem>.replaced-<UTC time>.<extension>`. Nobody may have the ledger open.
///
/// What came into the ledger after the backup is not in it. Whoever calls this forgets first
/// what has been seen since, so that it is read again.
///
/// # Errors
/// When the disk refuses: then the ledger is where it was, or set aside.
pub async fn restore(path: &Path, backup: Fit, now: Timestamp) -> Result<Restored, LedgerError> {
    let Fit { path: from, at } = backup;
    let unborn = with_suffix(path, ".new");
    for suffix in ["", "-wal", "-shm", "-journal"] {
        remove(&with_suffix(&unborn, suffix))?;
    }
    fs::copy(&from, &unborn)?;
    File::open(&unborn)?.sync_all()?;
    failpoint::reach(Point::RestoreCopied);
    let replaced = match path.try_exists()? || open::has_journal(path) {
        true => Some(open::move_aside(path, Aside::Replaced, now)?),
        false => None,
    };
    failpoint::reach(Point::RestoreCleared);
    fs::rename(&unborn, path)?;
    sync_folder(path)?;
    failpoint::reach(Point::RestoreSwapped);
    let ledger = Ledger::open(path, now).await?;
    let noted = ledger.note_restored(&from, now).await;
    ledger.close().await;
    noted?;
    Ok(Restored { from, at, replaced })
}

impl Ledger {
    async fn note_restored(&self, from: &Path, now: Timestamp) -> Result<(), LedgerError> {
        let name = from.file_name().unwrap_or_default().to_string_lossy();
        let mut tx = self.begin().await?;
        audit::append(&mut tx, now, "restored", &name).await?;
        Ok(tx.commit().await?)
    }
}

async fn look_over(backup: &Path) -> Result<Fit, LedgerError> {
    let bad = |detail| LedgerError::BadBackup {
        path: backup.to_owned(),
        detail,
    };
    let inspection = match inspect_file(backup, false).await {
        Err(error @ (LedgerError::NotOurs { .. } | LedgerError::Failed { .. })) => {
            return Err(bad(error.to_string()));
        }
        other => other?,
    };
    if let Some(detail) = inspection.torn() {
        return Err(bad(detail));
    }
    let at = match made_at(backup) {
        Some(at) => at,
        None => last_event(backup).await?,
    };
    Ok(Fit {
        path: backup.to_owned(),
        at,
    })
}

/// When something was last recorded in a ledger.
async fn last_event(path: &Path) -> Result<Timestamp, LedgerError> {
    let pool = open::read_only(path).await?;
    let last: Result<Option<i64>, _> = sqlx::query_scalar("SELECT MAX(at) FROM audit")
        .fetch_one(&pool)
        .await;
    pool.close().await;
    last?.map_or(Ok(Timestamp::UNIX_EPOCH), time)
}

/// When a file says by its name that it was made.
fn made_at(path: &Path) -> Option<Timestamp> {
    let name = path.file_name()?.to_str()?.strip_suffix(".sqlite")?;
    let time = jiff::civil::DateTime::strptime(NAME, name.get(..23)?).ok()?;
    let rest = &name[23..];
    if !rest.is_empty() && !rest.starts_with('-') {
        return None;
    }
    TimeZone::UTC.to_timestamp(time).ok()
}

fn free_name(dir: &Path, now: Timestamp) -> io::Result<PathBuf> {
    let stem = now.strftime(NAME).to_string();
    let mut path = dir.join(format!("{stem}.sqlite"));
    let mut number = 2;
    while path.try_exists()? {
        path = dir.join(format!("{stem}-{number}.sqlite"));
        number += 1;
    }
    Ok(path)
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
