//! Notices that an admin saved a file, so that nobody has to ask for a reload.
//!
//! Folders are watched, not files: editors put a new file in the old one's place.

use std::collections::BTreeSet;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use notify_debouncer_full::notify::event::{EventKind, ModifyKind};
use notify_debouncer_full::notify::{RecommendedWatcher, RecursiveMode};
use notify_debouncer_full::{DebounceEventResult, Debouncer, RecommendedCache, new_debouncer};
use tokio::sync::Notify;
use tracing::{debug, info, warn};

use crate::config::Config;

/// A file counts as written when nothing touched it for so long: a half-written one is broken.
const SETTLED: Duration = Duration::from_secs(2);

/// Longer than it takes from reading the files to watching them, opening the stores included.
const START: Duration = Duration::from_secs(60);

type Folders = BTreeSet<(PathBuf, Option<(u64, u64)>)>;

/// Watches the folders of the settings in force.
pub(super) struct Watch {
    /// With the numbers of the system by which a folder put in another's place shows.
    folders: Folders,
    debouncer: Option<Debouncer<RecommendedWatcher, RecommendedCache>>,
    /// The system gave no watch at the last try.
    failed: bool,
    changed: Arc<Notify>,
}

impl Watch {
    /// Watches nothing yet; `changed` is told of every saved file.
    pub(super) fn new(changed: Arc<Notify>) -> Self {
        Self {
            folders: BTreeSet::new(),
            debouncer: None,
            failed: false,
            changed,
        }
    }

    /// Watches what these settings were read from. Where the system gives no watch (too many, or
    /// a file system without), a reload must be asked for until a later try succeeds.
    pub(super) fn follow(&mut self, config: &Config) {
        let folders = if config.watch_files {
            folders(config)
        } else {
            BTreeSet::new()
        };
        self.follow_folders(folders.into_iter().map(numbered).collect());
    }

    fn follow_folders(&mut self, folders: Folders) {
        if folders == self.folders && !self.failed {
            return;
        }
        self.folders = folders;
        self.debouncer = None;
        if self.folders.is_empty() {
            self.failed = false;
            return;
        }
        match self.start() {
            Ok(debouncer) => {
                self.debouncer = Some(debouncer);
                // What was saved after the reading and before the watch gives no event.
                let since = SystemTime::now().checked_sub(START);
                if std::mem::take(&mut self.failed) {
                    info!("files are watched now");
                    self.changed.notify_one();
                } else if since
                    .is_some_and(|since| self.folders.iter().any(|(f, _)| saved_in(f, since)))
                {
                    self.changed.notify_one();
                }
            }
            Err(error) => {
                let again = std::mem::replace(&mut self.failed, true);
                if !again {
                    warn!(%error, "files are not watched, ask for a reload after edits: {error}");
                }
            }
        }
    }

    /// Whether the system gave no watch at the last try.
    pub(super) fn has_failed(&self) -> bool {
        self.failed
    }

    /// Whether a folder was deleted, or another put in its place: nothing is heard of that one.
    pub(super) fn is_lost(&self) -> bool {
        let mut folders = self.folders.iter();
        folders.any(|known| numbered(known.0.clone()) != *known)
    }

    fn start(
        &self,
    ) -> notify_debouncer_full::notify::Result<Debouncer<RecommendedWatcher, RecommendedCache>>
    {
        let changed = Arc::clone(&self.changed);
        let mut debouncer = new_debouncer(SETTLED, None, move |events: DebounceEventResult| {
            let saved = match &events {
                Ok(events) => events.iter().any(|event| {
                    is_change(event.kind) && event.paths.iter().any(|path| is_ours(path))
                }),
                // Events were lost: there may be anything.
                Err(_) => true,
            };
            if saved {
                debug!("a file was saved");
                changed.notify_one();
            }
        })?;
        for (folder, _) in &self.folders {
            debouncer.watch(folder, RecursiveMode::Recursive)?;
        }
        Ok(debouncer)
    }
}

fn numbered(folder: PathBuf) -> (PathBuf, Option<(u64, u64)>) {
    let found = std::fs::metadata(&folder).ok();
    (folder, found.map(|found| (found.dev(), found.ino())))
}

/// The folders that hold what people edit; those within another one of them are left out.
fn folders(config: &Config) -> BTreeSet<PathBuf> {
    let parent = |path: &Path| path.parent().map(Path::to_owned);
    let all: BTreeSet<PathBuf> = config
        .source_files
        .iter()
        .filter_map(|path| {
            if path.is_dir() {
                Some(path.clone())
            } else {
                parent(path)
            }
        })
        .chain(parent(&config.file))
        .chain([config.keywords.clone()])
        .filter_map(|path| {
            let path = if path.as_os_str().is_empty() {
                PathBuf::from(".")
            } else {
                path
            };
            path.canonicalize().ok()
        })
        .collect();
    let within = |path: &PathBuf| {
        all.iter()
            .any(|other| other != path && path.starts_with(other))
    };
    all.iter().filter(|path| !within(path)).cloned().collect()
}

/// Whether a file in the folder, or in one right below it, was saved since then.
fn saved_in(folder: &Path, since: SystemTime) -> bool {
    let entries = |folder: &Path| std::fs::read_dir(folder).into_iter().flatten().flatten();
    let saved = |path: PathBuf| {
        let time = std::fs::metadata(&path).and_then(|meta| meta.modified());
        is_ours(&path) && time.is_ok_and(|time| time >= since)
    };
    entries(folder).any(|entry| {
        let path = entry.path();
        match path.is_dir() {
            true => entries(&path).any(|entry| saved(entry.path())),
            false => saved(path),
        }
    })
}

/// Reading a file, or changing its times, is no change.
fn is_change(kind: EventKind) -> bool {
    match kind {
        EventKind::Create(_) | EventKind::Remove(_) => true,
        EventKind::Modify(what) => !matches!(what, ModifyKind::Metadata(_)),
        EventKind::Any | EventKind::Access(_) | EventKind::Other => false,
    }
}

/// Whether canhtin would read the file: not an editor's copy, and none of its own stores.
fn is_ours(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    let hidden = name.is_none_or(|name| name.starts_with('.'));
    let extension = path.extension().and_then(|extension| extension.to_str());
    !hidden && matches!(extension, Some("toml" | "txt" | "tsv"))
}

#[cfg(test)]
mod tests {
    use notify_debouncer_full::notify::event::{AccessKind, DataChange, MetadataKind, RemoveKind};

    use super::*;

    #[test]
    fn what_was_saved_before_the_watch_began_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let lists = folder.path().join("lists");
        std::fs::create_dir(&lists).unwrap();
        let list = lists.join("vac-xin.txt");
        std::fs::write(&list, "vắc xin").unwrap();
        let now = SystemTime::now();
        assert!(saved_in(folder.path(), now - START));
        let old = std::fs::File::options().write(true).open(&list).unwrap();
        old.set_modified(now - 2 * START).unwrap();
        assert!(!saved_in(folder.path(), now - START));
        // Nobody reads a copy that an editor leaves.
        std::fs::write(lists.join(".vac-xin.txt"), "vắc").unwrap();
        assert!(!saved_in(folder.path(), now - START));
    }

    #[tokio::test]
    async fn a_watch_that_could_not_begin_is_tried_again() {
        let dir = tempfile::tempdir().unwrap();
        let (there, late) = (dir.path().join("config"), dir.path().join("keywords"));
        std::fs::create_dir(&there).unwrap();
        // A folder that nobody can watch yet; its number is not known.
        let folders: Folders = [numbered(there), numbered(late.clone())].into();
        let changed = Arc::new(Notify::new());
        let mut watch = Watch::new(Arc::clone(&changed));
        for _ in 0..2 {
            watch.follow_folders(folders.clone());
            assert!(watch.has_failed() && watch.debouncer.is_none());
        }
        std::fs::create_dir(late).unwrap();
        watch.follow_folders(folders);
        assert!(!watch.has_failed() && watch.debouncer.is_some());
        // Edits that nobody watched are asked for.
        changed.notified().await;
    }

    #[test]
    fn edits_count_and_readings_do_not() {
        let rows = [
            (EventKind::Modify(ModifyKind::Data(DataChange::Any)), true),
            (EventKind::Remove(RemoveKind::File), true),
            (EventKind::Access(AccessKind::Read), false),
            (
                EventKind::Modify(ModifyKind::Metadata(MetadataKind::AccessTime)),
                false,
            ),
        ];
        for (kind, expected) in rows {
            assert_eq!(is_change(kind), expected, "{kind:?}");
        }
        let rows = [
            ("keywords/lists/vac-xin.txt", true),
            ("config/canhtin.toml", true),
            ("keywords/homoglyphs.tsv", true),
            ("keywords/lists/.vac-xin.txt.swp", false),
            ("keywords/lists/.#vac-xin.txt", false),
            ("keywords/lists/vac-xin.txt~", false),
            ("keywords/lists/4913", false),
            ("var/ledger.sqlite-wal", false),
        ];
        for (path, expected) in rows {
            assert_eq!(is_ours(Path::new(path)), expected, "{path}");
        }
    }
}
