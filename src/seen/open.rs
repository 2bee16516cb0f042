//! Opening the database under guard: lock, leftovers, deadline, setting aside.

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;

use super::{Notice, Opened, Seen, SeenError, Store};

/// sled's own default of 1 GiB would be its memory in use.
const CACHE_BYTES: u64 = 32 * 1024 * 1024;

/// How often sled writes by itself, in milliseconds.
const FLUSH_EVERY_MS: u64 = 500;

/// The database with its trees, opened and walked over.
type Trees = (sled::Db, [sled::Tree; 3]);

/// Why a database did not open.
enum Refusal {
    /// It is damaged: moving it away mends it.
    Damaged(String),
    /// The disk or another process refuses: a fresh database would fare no better.
    Environment(io::Error),
}

pub(super) fn open(dir: &Path, deadline: Duration, now: Timestamp) -> Result<Opened, SeenError> {
    let disk = |source| SeenError::Disk {
        path: dir.to_owned(),
        source,
    };
    fs::create_dir_all(dir).map_err(disk)?;
    let lock = take_lock(dir)?;
    let mut notices = remove_leftovers(dir).map_err(disk)?;

    let (db, [items, validators, states]) = match open_in_time(dir, deadline) {
        Ok(trees) => trees,
        Err(Refusal::Environment(error)) => return Err(disk(error)),
        Err(Refusal::Damaged(why)) => {
            let to = set_aside(dir, now).map_err(disk)?;
            notices.push(Notice::SetAside { to, why });
            fs::create_dir_all(dir).map_err(disk)?;
            match open_in_time(dir, deadline) {
                Ok(trees) => trees,
                Err(Refusal::Environment(error)) => return Err(disk(error)),
                Err(Refusal::Damaged(why)) => return Err(SeenError::Failed(why)),
            }
        }
    };
    let store = Store {
        db,
        items,
        validators,
        states,
        _lock: lock,
    };
    Ok(Opened {
        seen: Seen {
            store: Arc::new(store),
        },
        notices,
    })
}

/// Locks `<dir>.lock`. The system lets go of it when the process ends, however it ends.
fn take_lock(dir: &Path) -> Result<File, SeenError> {
    let path = beside(dir, ".lock");
    let disk = |source| SeenError::Disk {
        path: path.clone(),
        source,
    };
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(disk)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(SeenError::Running { lock: path.clone() }),
        Err(TryLockError::Error(error)) => Err(disk(error)),
    }
}

/// A kill during an opening leaves `snap.<lsn>.generating`, which sled then takes for a damaged
/// snapshot. It was never finished, so nothing is lost with it.
fn remove_leftovers(dir: &Path) -> io::Result<Vec<Notice>> {
    let mut notices = Vec::new();
    for entry in fs::read_dir(dir)? {
        let file = entry?.path();
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("snap.") && name.ends_with(".generating") {
            fs::remove_file(&file)?;
            notices.push(Notice::LeftoverRemoved { file });
        }
    }
    Ok(notices)
}

/// Opens on a thread of its own, since a damaged database may panic or never come back. A thread
/// that hangs is left to itself: it holds on to the folder that is then moved away.
fn open_in_time(dir: &Path, deadline: Duration) -> Result<Trees, Refusal> {
    let (answer, answered) = sync_channel(1);
    let path = dir.to_owned();
    let opener = thread::Builder::new()
        .name("seen-open".to_owned())
        .spawn(move || {
            // Nobody listens any more after the deadline.
            let _ = answer.send(open_trees(&path));
        })
        .map_err(Refusal::Environment)?;
    match answered.recv_timeout(deadline) {
        Ok(opened) => opened.map_err(refusal),
        Err(RecvTimeoutError::Timeout) => Err(Refusal::Damaged(format!(
            "it did not open within {} s",
            deadline.as_secs_f32()
        ))),
        Err(RecvTimeoutError::Disconnected) => Err(Refusal::Damaged(panic_text(opener))),
    }
}

fn open_trees(dir: &Path) -> sled::Result<Trees> {
    let db = sled::Config::default()
        .path(dir)
        .cache_capacity(CACHE_BYTES)
        .flush_every_ms(Some(FLUSH_EVERY_MS))
        .open()?;
    let trees = [
        db.open_tree("items")?,
        db.open_tree("validators")?,
        db.open_tree("states")?,
    ];
    // Damage in the middle of the log shows only when its page is read.
    for tree in &trees {
        for record in tree {
            record?;
        }
    }
    Ok((db, trees))
}

fn refusal(error: sled::Error) -> Refusal {
    match error {
        sled::Error::Io(error) if of_environment(&error) => Refusal::Environment(error),
        error => Refusal::Damaged(error.to_string()),
    }
}

fn of_environment(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::StorageFull
            | ErrorKind::QuotaExceeded
            | ErrorKind::ReadOnlyFilesystem
            | ErrorKind::PermissionDenied
            | ErrorKind::WouldBlock
    ) || error.to_string().contains("could not acquire lock")
}

fn panic_text(thread: thread::JoinHandle<()>) -> String {
    let Err(panic) = thread.join() else {
        return "it gave no answer".to_owned();
    };
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("it panicked")
        .to_owned()
}

/// Moves `dir` to `<dir>.broken-<UTC time>`, with a number behind it where that is taken.
fn set_aside(dir: &Path, now: Timestamp) -> io::Result<PathBuf> {
    let stem = format!(".broken-{}", now.strftime("%Y%m%dT%H%M%SZ"));
    let mut to = beside(dir, &stem);
    let mut number = 2;
    while to.try_exists()? {
        to = beside(dir, &format!("{stem}-{number}"));
        number += 1;
    }
    fs::rename(dir, &to)?;
    Ok(to)
}

/// A path beside `dir` that begins with its name.
fn beside(dir: &Path, suffix: &str) -> PathBuf {
    let mut name = dir.file_name().unwrap_or_default().to_owned();
    name.push(suffix);
    dir.with_file_name(name)
}
