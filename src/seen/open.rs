//! Opening the database under guard: lock, leftovers, deadline, setting aside.

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::{
    CAPACITY, Contained, Fingerprints, Lock, Notice, Opened, Seen, SeenError, SeenStats, Store,
    compact,
};

/// sled's own default of 1 GiB would be its memory in use.
const CACHE_BYTES: u64 = 8 * 1024 * 1024;

/// How often sled writes by itself, in milliseconds.
const FLUSH_EVERY_MS: u64 = 500;

/// How long rewriting a wasteful database may take: a million items take some ten seconds.
const COMPACTING: Duration = Duration::from_secs(90);

/// How long sled's own lock may linger after its database was closed.
const LOCK_LINGERS: Duration = Duration::from_secs(1);

/// The database with its trees, opened and walked over.
struct Trees {
    db: sled::Db,
    items: sled::Tree,
    validators: sled::Tree,
    states: sled::Tree,
    robots: sled::Tree,
    listings: sled::Tree,
    fingerprints: Fingerprints,
    /// How many items it holds.
    count: u64,
}

/// Why a database did not open.
#[derive(Debug)]
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
    if let Some(parent) = dir.parent() {
        fs::create_dir_all(parent).map_err(disk)?;
    }
    let lock = take_lock(dir)?;
    compact::recover(dir).map_err(disk)?;
    fs::create_dir_all(dir).map_err(disk)?;
    // sled drops what follows a damaged place without a word; our own count shows it.
    let expected = read_count(&lock.0).unwrap_or_default();
    let mut notices = remove_leftovers(dir).map_err(disk)?;

    let opened =
        open_in_time(dir, deadline, expected, now).and_then(|trees| compacted(dir, trees, now));
    let trees = match opened {
        Ok(trees) => trees,
        Err(Refusal::Environment(error)) => return Err(disk(error)),
        Err(Refusal::Damaged(why)) => {
            let to = set_aside(dir, now).map_err(disk)?;
            notices.push(Notice::SetAside { to, why });
            fs::create_dir_all(dir).map_err(disk)?;
            match open_in_time(dir, deadline, 0, now) {
                Ok(trees) => trees,
                Err(Refusal::Environment(error)) => return Err(disk(error)),
                Err(Refusal::Damaged(why)) => return Err(SeenError::Failed(why)),
            }
        }
    };
    let count = trees.count;
    let store = Store {
        db: Contained::new(trees.db),
        items: Contained::new(trees.items),
        validators: Contained::new(trees.validators),
        states: Contained::new(trees.states),
        robots: Contained::new(trees.robots),
        listings: Contained::new(trees.listings),
        fingerprints: Mutex::new(trees.fingerprints),
        count: Mutex::new(count),
        lock,
    };
    if count < expected {
        // The fresh one holds less than the one before was known to hold.
        store.write_count(count).map_err(disk)?;
    }
    Ok(Opened {
        seen: Seen {
            store: Arc::new(store),
        },
        notices,
    })
}

/// Locks `<dir>.lock`. The system lets go of it when the process ends, however it ends.
fn take_lock(dir: &Path) -> Result<Lock, SeenError> {
    let path = beside(dir, ".lock");
    let disk = |source| SeenError::Disk {
        path: path.clone(),
        source,
    };
    let file = File::options()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(&path)
        .map_err(disk)?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
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
fn open_in_time(
    dir: &Path,
    deadline: Duration,
    expected: u64,
    now: Timestamp,
) -> Result<Trees, Refusal> {
    let path = dir.to_owned();
    in_time(deadline, move || open_whole(&path, expected, now))
}

fn in_time<T: Send + 'static>(
    deadline: Duration,
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    let (answer, answered) = sync_channel(1);
    let opener = thread::Builder::new()
        .name("seen-open".to_owned())
        .spawn(move || {
            // Nobody listens any more after the deadline.
            let _ = answer.send(work());
        })
        .map_err(Refusal::Environment)?;
    match answered.recv_timeout(deadline) {
        Ok(opened) => opened,
        Err(RecvTimeoutError::Timeout) => Err(Refusal::Damaged(format!(
            "it did not answer within {} s",
            deadline.as_secs_f32()
        ))),
        Err(RecvTimeoutError::Disconnected) => Err(Refusal::Damaged(panic_text(opener))),
    }
}

/// Rewrites a database that takes far more room than it needs. Where there is no room for the
/// copy, it stays as it is.
fn compacted(dir: &Path, trees: Trees, now: Timestamp) -> Result<Trees, Refusal> {
    if !compact::is_wasteful(&trees.db, compact::LEAST_BYTES).map_err(refusal)? {
        return Ok(trees);
    }
    let path = dir.to_owned();
    in_time(COMPACTING, move || {
        if compact::copy(&trees.db, &path).is_err() {
            return Ok(trees);
        }
        drop(trees);
        compact::swap(&path).map_err(Refusal::Environment)?;
        open_trees(&path, now).map_err(refusal)
    })
}

/// Opens a database that holds at least the expected number of items.
fn open_whole(dir: &Path, expected: u64, now: Timestamp) -> Result<Trees, Refusal> {
    let trees = open_trees(dir, now).map_err(refusal)?;
    if trees.count < expected {
        let missing = format!("{} of {expected} items are gone", expected - trees.count);
        return Err(Refusal::Damaged(missing));
    }
    Ok(trees)
}

fn open_trees(dir: &Path, now: Timestamp) -> sled::Result<Trees> {
    let db = open_unlocked(dir)?;
    let tree = |name| db.open_tree(name);
    let (items, validators, states) = (tree("items")?, tree("validators")?, tree("states")?);
    // Damage in the middle of the log shows only when its page is read.
    let count = walk(&items)?;
    walk(&validators)?;
    walk(&states)?;
    let listings = tree("listings")?;
    walk(&listings)?;
    let robots = tree("robots")?;
    super::robots::prune(&robots, now)?;
    let fingerprints = Fingerprints::load(tree("fingerprints")?, CAPACITY)?;
    Ok(Trees {
        db,
        items,
        validators,
        states,
        robots,
        listings,
        fingerprints,
        count,
    })
}

/// Reads every record of an open database, on a thread that is left to itself if it hangs.
pub(super) fn inspect(store: &Store, deadline: Duration) -> Result<SeenStats, SeenError> {
    let (db, items) = (store.db.clone(), store.items.clone());
    let others =
        [&store.validators, &store.states, &store.listings].map(|tree| sled::Tree::clone(tree));
    let looked = in_time(deadline, move || {
        let items = walk(&items).map_err(refusal)?;
        let mut lengths = [0; 3];
        for (length, tree) in lengths.iter_mut().zip(&others) {
            *length = walk(tree).map_err(refusal)?;
        }
        let bytes = db.size_on_disk().map_err(refusal)?;
        Ok((items, lengths[1], bytes))
    });
    match looked {
        Ok((items, sources, bytes)) => Ok(SeenStats {
            items: usize::try_from(items).unwrap_or(usize::MAX),
            sources: usize::try_from(sources).unwrap_or(usize::MAX),
            bytes,
        }),
        Err(Refusal::Damaged(why)) => Err(SeenError::Failed(why)),
        Err(Refusal::Environment(error)) => Err(SeenError::Failed(error.to_string())),
    }
}

/// Reads every record; gives how many there are.
fn walk(tree: &sled::Tree) -> sled::Result<u64> {
    let mut count = 0;
    for record in tree {
        record?;
        count += 1;
    }
    Ok(count)
}

/// The number of items that are known to be in the database's file, as the lock file has it.
fn read_count(mut lock: &File) -> Option<u64> {
    let mut text = String::new();
    lock.seek(SeekFrom::Start(0)).ok()?;
    lock.read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

impl Store {
    /// Keeps the number of items in the lock file: one write of one length, so that a kill
    /// leaves the old number or the new.
    pub(super) fn write_count(&self, count: u64) -> io::Result<()> {
        let mut lock = &self.lock.0;
        lock.seek(SeekFrom::Start(0))?;
        lock.write_all(format!("{count:020}\n").as_bytes())
    }
}

/// Opens the database once nobody locks it any more. We alone may open it, so whoever still does
/// is a process that we have just started and that has not let go of our files yet.
pub(super) fn open_unlocked(dir: &Path) -> sled::Result<sled::Db> {
    let begun = Instant::now();
    loop {
        let opened = sled::Config::default()
            .path(dir)
            .cache_capacity(CACHE_BYTES)
            .flush_every_ms(Some(FLUSH_EVERY_MS))
            .open();
        match opened {
            Err(sled::Error::Io(error)) if is_lock(&error) && begun.elapsed() < LOCK_LINGERS => {
                thread::sleep(Duration::from_millis(10));
            }
            other => return other,
        }
    }
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
    ) || is_lock(error)
}

/// sled has no kind of its own for this.
fn is_lock(error: &io::Error) -> bool {
    error.to_string().contains("could not acquire lock")
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
pub(super) fn beside(dir: &Path, suffix: &str) -> PathBuf {
    let mut name = dir.file_name().unwrap_or_default().to_owned();
    name.push(suffix);
    dir.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn damage_within(
        deadline: Duration,
        harm: impl FnOnce() -> Result<(), Refusal> + Send + 'static,
    ) -> String {
        match in_time(deadline, harm) {
            Err(Refusal::Damaged(why)) => why,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_hangs_or_panics_is_damaged() {
        let hangs = damage_within(Duration::from_millis(50), || {
            loop {
                thread::park();
            }
        });
        assert_eq!(hangs, "it did not answer within 0.05 s");
        let long = Duration::from_secs(60);
        assert_eq!(damage_within(long, || panic!("page {}", 7)), "page 7");
        assert_eq!(damage_within(long, || panic!("plain")), "plain");
    }

    #[test]
    fn a_disk_that_refuses_is_told_from_damage() {
        let environment = [
            io::Error::from(ErrorKind::StorageFull),
            io::Error::from(ErrorKind::ReadOnlyFilesystem),
            io::Error::from(ErrorKind::PermissionDenied),
            io::Error::other("could not acquire lock on \"db\": busy"),
        ];
        for error in environment {
            let refused = refusal(sled::Error::Io(error));
            assert!(matches!(refused, Refusal::Environment(_)), "{refused:?}");
        }
        let damage = [
            sled::Error::Io(io::Error::from(ErrorKind::UnexpectedEof)),
            sled::Error::ReportableBug("odd".to_owned()),
        ];
        for error in damage {
            let refused = refusal(error);
            assert!(matches!(refused, Refusal::Damaged(_)), "{refused:?}");
        }
    }
}
