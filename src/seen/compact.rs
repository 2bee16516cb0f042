//! Compaction: sled's file grows with every write and gives little back. Once it is far larger
//! than what it holds, all of it is copied into a fresh one, and the two are swapped.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::open::{beside, open_unlocked};
use crate::failpoint::{self, Point};

/// Smaller files are left alone.
pub(super) const LEAST_BYTES: u64 = 64 * 1024 * 1024;

/// A file is wasteful when it is this many times as large as its keys and values.
const WASTE: u64 = 6;

/// Where the copy is made.
fn copy_of(dir: &Path) -> PathBuf {
    beside(dir, ".compact")
}

/// Where the wasteful one waits to be deleted.
fn old_of(dir: &Path) -> PathBuf {
    beside(dir, ".old")
}

/// Ends a swap that was cut off: wherever it was, a whole database is there.
pub(super) fn recover(dir: &Path) -> io::Result<()> {
    remove(&copy_of(dir))?;
    let old = old_of(dir);
    if old.try_exists()? && !dir.try_exists()? {
        fs::rename(&old, dir)?;
    }
    remove(&old)
}

/// Whether a file of `least` bytes or more holds little.
pub(super) fn is_wasteful(db: &sled::Db, least: u64) -> sled::Result<bool> {
    let size = db.size_on_disk()?;
    if size < least {
        return Ok(false);
    }
    let mut content = 0;
    for name in db.tree_names() {
        for record in &db.open_tree(name)? {
            let (key, value) = record?;
            content += (key.len() + value.len()) as u64;
        }
    }
    Ok(size > WASTE * content)
}

/// Copies everything; the copy is removed again where that fails.
pub(super) fn copy(db: &sled::Db, dir: &Path) -> sled::Result<()> {
    let to = copy_of(dir);
    remove(&to)?;
    let copied = copy_into(db, &to);
    if copied.is_err() {
        remove(&to)?;
    }
    copied
}

fn copy_into(db: &sled::Db, to: &Path) -> sled::Result<()> {
    let fresh = open_unlocked(to)?;
    for name in db.tree_names() {
        let into = fresh.open_tree(&name)?;
        for record in &db.open_tree(&name)? {
            let (key, value) = record?;
            into.insert(key, value)?;
        }
    }
    fresh.flush()?;
    Ok(())
}

/// Puts the copy in the place of the database, which nobody has open any more.
pub(super) fn swap(dir: &Path) -> io::Result<()> {
    let old = old_of(dir);
    remove(&old)?;
    failpoint::reach(Point::SeenCopied);
    fs::rename(dir, &old)?;
    failpoint::reach(Point::SeenMoved);
    fs::rename(copy_of(dir), dir)?;
    failpoint::reach(Point::SeenSwapped);
    remove(&old)?;
    failpoint::reach(Point::SeenCleared);
    Ok(())
}

fn remove(dir: &Path) -> io::Result<()> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Much was written into it, and little is left.
    fn filled(dir: &Path) -> sled::Db {
        let db = open_unlocked(dir).unwrap();
        let items = db.open_tree("items").unwrap();
        for n in 0..40_000_u32 {
            let value = blake3::hash(&n.to_be_bytes());
            items.insert(value.as_bytes(), value.as_bytes()).unwrap();
        }
        db.flush().unwrap();
        for key in items.iter().keys().skip(100) {
            items.remove(key.unwrap()).unwrap();
        }
        db.flush().unwrap();
        db.open_tree("states").unwrap().insert("bao", "ok").unwrap();
        db
    }

    fn content(db: &sled::Db) -> Vec<(sled::IVec, sled::IVec)> {
        ["items", "states"]
            .iter()
            .flat_map(|name| db.open_tree(name).unwrap().iter())
            .map(Result::unwrap)
            .collect()
    }

    #[test]
    fn a_wasteful_database_becomes_small_and_holds_the_same() {
        let place = tempfile::TempDir::new().unwrap();
        let dir = place.path().join("seen");
        let db = filled(&dir);
        let (held, before) = (content(&db), db.size_on_disk().unwrap());
        assert_eq!(held.len(), 101);
        assert!(!is_wasteful(&db, LEAST_BYTES).unwrap());
        assert!(is_wasteful(&db, 0).unwrap());
        copy(&db, &dir).unwrap();
        drop(db);
        swap(&dir).unwrap();
        let db = open_unlocked(&dir).unwrap();
        assert_eq!(content(&db), held);
        let after = db.size_on_disk().unwrap();
        assert!(after < before / 2, "{before} B became {after} B");
        let names: Vec<_> = fs::read_dir(place.path()).unwrap().collect();
        assert_eq!(names.len(), 1, "{names:?}");
    }

    #[test]
    fn a_swap_that_was_cut_off_leaves_a_whole_one() {
        let place = tempfile::TempDir::new().unwrap();
        let dir = place.path().join("seen");
        let held = content(&filled(&dir));
        // Killed between the two renames.
        fs::rename(&dir, old_of(&dir)).unwrap();
        fs::create_dir(copy_of(&dir)).unwrap();
        recover(&dir).unwrap();
        assert_eq!(content(&open_unlocked(&dir).unwrap()), held);
        // Killed before the old one was deleted.
        fs::create_dir(old_of(&dir)).unwrap();
        recover(&dir).unwrap();
        assert_eq!(content(&open_unlocked(&dir).unwrap()), held);
        assert!(!old_of(&dir).exists() && !copy_of(&dir).exists());
    }
}
