//! What keeps the memory small: items that nobody shows any more are forgotten, and what was set
//! aside goes in the end.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use super::open::beside;
use super::{ItemMemory, Seen, SeenError, SeenStats, SourceState, item_key, open};

/// An item that its source still shows is noted as shown this often.
const RENEWED: Duration = Duration::from_secs(30 * 24 * 3600);

/// Items that are forgotten at once.
const STEP: usize = 1000;

/// How many memories that were set aside are kept for whoever wants to know why,
const KEPT_BROKEN: usize = 3;

/// and for how long.
const KEEP_BROKEN: Duration = Duration::from_secs(30 * 24 * 3600);

/// How long a small memory is waited for when it is opened: whoever is killed now and then must be
/// back within five seconds, also where sled never comes back from what the kill left.
const SMALL_OPENS: Duration = Duration::from_secs(3);

/// How much longer for each MiB: a million items (250 MB) open in some 0.4 s, in ten times that on
/// a machine that has much else to do.
const EACH_MIB: Duration = Duration::from_millis(20);

/// The longest that any memory is waited for.
const LARGE_OPENS: Duration = Duration::from_secs(8);

/// How long to wait for the memory in `dir`, by its size on disk; at most 8 s.
#[must_use]
pub fn patience(dir: &Path) -> Duration {
    let entries = fs::read_dir(dir).into_iter().flatten();
    let sizes = entries.filter_map(|entry| Some(entry.ok()?.metadata().ok()?.len()));
    let mebibytes = u32::try_from(sizes.sum::<u64>() >> 20).unwrap_or(u32::MAX);
    SMALL_OPENS
        .saturating_add(EACH_MIB.saturating_mul(mebibytes))
        .min(LARGE_OPENS)
}

impl Seen {
    /// What is known of an item that its source shows now. Once in a while that is noted, so that
    /// the item is not forgotten.
    ///
    /// # Errors
    /// [`SeenError::Failed`] if the database fails.
    pub fn item_shown(
        &self,
        source: &str,
        item: &str,
        now: Timestamp,
    ) -> Result<Option<ItemMemory>, SeenError> {
        let Some(mut memory) = self.item(source, item)? else {
            return Ok(None);
        };
        let age = now.duration_since(memory.shown);
        if !age.is_negative() && age.unsigned_abs() >= RENEWED {
            memory.shown = now;
            // Not while items go.
            let _count = self.count();
            let key = item_key(source, item);
            if self.store.items.contains_key(&key)? {
                self.store.items.insert(key, &memory.to_bytes())?;
            }
        }
        Ok(Some(memory))
    }

    /// Forgets the items that their sources have not shown since `before`; gives how many. Shown
    /// again, they count as new, and the ledger knows what was told of them.
    ///
    /// # Errors
    /// [`SeenError::Failed`] if the database fails.
    pub fn forget_unseen(&self, before: Timestamp) -> Result<u64, SeenError> {
        let mut forgotten = 0;
        let mut keys = Vec::with_capacity(STEP);
        for record in self.store.items.iter() {
            let (key, value) = record?;
            if ItemMemory::from_bytes(&value).is_none_or(|memory| memory.shown < before) {
                keys.push(key);
            }
            if keys.len() == STEP {
                forgotten += self.remove(&mut keys)?;
            }
        }
        Ok(forgotten + self.remove(&mut keys)?)
    }

    fn remove(&self, keys: &mut Vec<sled::IVec>) -> Result<u64, SeenError> {
        if keys.is_empty() {
            return Ok(0);
        }
        let mut count = self.count();
        let mut removed = 0;
        // While items go, fewer are known to be there.
        self.keep_count(count.saturating_sub(keys.len() as u64))?;
        for key in keys.drain(..) {
            removed += u64::from(self.store.items.remove(key)?.is_some());
        }
        *count = count.saturating_sub(removed);
        self.write_out(*count)?;
        Ok(removed)
    }

    /// Forgets the items of all sources, their validators and listings, and takes each source for
    /// read last at `since` at the latest: what has come since then is read as new.
    ///
    /// # Errors
    /// [`SeenError::Failed`] if the database fails.
    pub fn rewind(&self, since: Timestamp) -> Result<(), SeenError> {
        let mut count = self.count();
        self.keep_count(0)?;
        for tree in [
            &self.store.items,
            &self.store.validators,
            &self.store.listings,
        ] {
            tree.clear()?;
        }
        *count = 0;
        for state in self.store.states.iter() {
            let (source, value) = state?;
            let Ok(mut state) = serde_json::from_slice::<SourceState>(&value) else {
                continue;
            };
            state.last_success = state.last_success.map(|last| last.min(since));
            let value =
                serde_json::to_vec(&state).map_err(|error| SeenError::Failed(error.to_string()))?;
            self.store.states.insert(source, value)?;
        }
        self.write_out(*count)
    }

    /// Reads every record within `deadline`; gives how much there is.
    ///
    /// # Errors
    /// [`SeenError::Failed`] if a record cannot be read, or it takes longer.
    pub fn inspect(&self, deadline: Duration) -> Result<SeenStats, SeenError> {
        open::inspect(&self.store, deadline)
    }
}

/// Deletes memories that were set aside beside `dir`: all but the newest three, and those that
/// have lain there for 30 days. Gives how many.
///
/// # Errors
/// When one cannot be deleted.
pub fn forget_broken(dir: &Path, now: Timestamp) -> io::Result<usize> {
    let stem = beside(dir, ".broken-");
    let (Some(parent), Some(stem)) = (stem.parent(), stem.file_name()) else {
        return Ok(0);
    };
    let entries = match fs::read_dir(parent) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(0),
        other => other?,
    };
    let mut broken: Vec<(String, PathBuf)> = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if let Some(time) = name.strip_prefix(&*stem.to_string_lossy()) {
            broken.push((time.to_owned(), entry.path()));
        }
    }
    // By their times, newest first.
    broken.sort_by(|a, b| b.cmp(a));
    let oldest = now.checked_sub(KEEP_BROKEN).unwrap_or(Timestamp::MIN);
    let oldest = oldest.strftime("%Y%m%dT%H%M%SZ").to_string();
    let mut deleted = 0;
    for (n, (time, path)) in broken.into_iter().enumerate() {
        if n >= KEPT_BROKEN || time < oldest {
            fs::remove_dir_all(path)?;
            deleted += 1;
        }
    }
    Ok(deleted)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(24 * 3600);

    fn day(n: u32) -> Timestamp {
        "2027-01-15T08:00:00Z".parse::<Timestamp>().unwrap() + n * DAY
    }

    fn fresh(dir: &Path) -> Seen {
        Seen::open(&dir.join("seen"), Duration::from_secs(60), day(0))
            .unwrap()
            .seen
    }

    #[test]
    fn a_large_memory_is_waited_for_longer() {
        let dir = tempfile::TempDir::new().unwrap();
        assert_eq!(patience(&dir.path().join("none")), SMALL_OPENS);
        let file = fs::File::create(dir.path().join("db")).unwrap();
        for (mebibytes, seconds) in [(1, 3.02), (100, 5.0), (250, 8.0), (9000, 8.0)] {
            file.set_len(mebibytes << 20).unwrap();
            assert_eq!(patience(dir.path()), Duration::from_secs_f64(seconds));
        }
    }

    #[test]
    fn what_its_source_still_shows_is_not_forgotten() {
        let dir = tempfile::TempDir::new().unwrap();
        let seen = fresh(dir.path());
        let items: Vec<(String, [u8; 16])> = (0..2500).map(|n| (n.to_string(), [7; 16])).collect();
        seen.remember_items("bao", &items, day(0)).unwrap();
        for n in [29, 100, 150] {
            let known = seen.item_shown("bao", "5", day(n)).unwrap().unwrap();
            assert_eq!((known.digest, known.first_seen), ([7; 16], day(0)));
        }
        assert_eq!(seen.item("bao", "5").unwrap().unwrap().shown, day(150));
        assert_eq!(seen.forget_unseen(day(0)).unwrap(), 0);
        assert_eq!(seen.forget_unseen(day(120)).unwrap(), 2499);
        assert_eq!(seen.item("bao", "6").unwrap(), None);
        assert!(seen.item("bao", "5").unwrap().is_some());
        assert_eq!(seen.item_shown("bao", "6", day(150)).unwrap(), None);
        // That they went is no loss at the next opening.
        drop(seen);
        let opened = Seen::open(&dir.path().join("seen"), Duration::from_secs(60), day(151));
        let opened = opened.unwrap();
        assert_eq!(opened.notices, []);
        assert_eq!(opened.seen.inspect(DAY).unwrap().items, 1);
    }

    #[test]
    fn an_item_of_an_older_version_counts_as_shown_when_it_was_seen_first() {
        let memory = ItemMemory {
            digest: [3; 16],
            first_seen: day(2),
            shown: day(9),
        };
        assert_eq!(ItemMemory::from_bytes(&memory.to_bytes()), Some(memory));
        let older = ItemMemory::from_bytes(&memory.to_bytes()[..24]).unwrap();
        assert_eq!((older.first_seen, older.shown), (day(2), day(2)));
    }

    #[test]
    fn a_rewound_memory_reads_everything_again_and_knows_when_it_read_last() {
        let dir = tempfile::TempDir::new().unwrap();
        let seen = fresh(dir.path());
        seen.remember_items("bao", &[("1", [7; 16])], day(0))
            .unwrap();
        for (source, last) in [("bao", Some(day(5))), ("moi", None), ("cu", Some(day(1)))] {
            let state = SourceState {
                last_success: last,
                failures: 3,
                ..SourceState::default()
            };
            seen.set_source_state(source, &state).unwrap();
        }
        seen.rewind(day(3)).unwrap();
        assert_eq!(seen.item("bao", "1").unwrap(), None);
        let last = |source| seen.source_state(source).unwrap().last_success;
        assert_eq!(last("bao"), Some(day(3)));
        assert_eq!(last("moi"), None);
        assert_eq!(last("cu"), Some(day(1)));
        assert_eq!(seen.source_state("bao").unwrap().failures, 3);
        drop(seen);
        let opened = Seen::open(&dir.path().join("seen"), Duration::from_secs(60), day(6));
        assert_eq!(opened.unwrap().notices, []);
    }

    #[test]
    fn of_what_was_set_aside_the_newest_three_stay_for_a_month() {
        let dir = tempfile::TempDir::new().unwrap();
        let seen = dir.path().join("seen");
        for name in [
            "seen.broken-20270115T080000Z",
            "seen.broken-20270115T080000Z-2",
            "seen.broken-20270110T080000Z",
            "seen.broken-20270109T080000Z",
            "seen.lock",
            "seen",
        ] {
            fs::create_dir(dir.path().join(name)).unwrap();
        }
        let names = || {
            let entries = fs::read_dir(dir.path()).unwrap();
            let mut names: Vec<_> = entries.map(|e| e.unwrap().file_name()).collect();
            names.sort();
            names
        };
        assert_eq!(forget_broken(&seen, day(1)).unwrap(), 1);
        assert_eq!(
            names(),
            [
                "seen",
                "seen.broken-20270110T080000Z",
                "seen.broken-20270115T080000Z",
                "seen.broken-20270115T080000Z-2",
                "seen.lock"
            ]
        );
        assert_eq!(forget_broken(&seen, day(27)).unwrap(), 1);
        assert_eq!(forget_broken(&seen, day(60)).unwrap(), 2);
        assert_eq!(names(), ["seen", "seen.lock"]);
    }
}
