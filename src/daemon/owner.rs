//! Whose the store's folder is. Root may write there, but the service, which has an account of its
//! own, could not open what root leaves behind.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::world::StartError;

/// Makes the store's folder where it is missing.
///
/// # Errors
/// When the disk refuses, or root would write into a folder of somebody else.
pub fn make_folder(dir: &Path) -> Result<(), StartError> {
    // The owner of a process's files is who it acts as (proc(5)).
    let process = std::fs::metadata("/proc/self").map(|process| process.uid());
    if let Some(owner) = process.ok().and_then(|uid| stranger(uid, dir)) {
        let dir = dir.to_owned();
        return Err(StartError::Foreign { dir, owner });
    }
    std::fs::create_dir_all(dir).map_err(|error| StartError::Folder {
        dir: dir.to_owned(),
        error,
    })
}

/// Whose the folder is, or the nearest above it that there is, where the user `uid` is root and
/// its owner is not.
fn stranger(uid: u32, dir: &Path) -> Option<u32> {
    let found = dir.ancestors().find_map(|folder| {
        let folder = match folder.as_os_str().is_empty() {
            true => Path::new("."),
            false => folder,
        };
        std::fs::metadata(folder).ok()
    })?;
    (uid == 0 && found.uid() != 0).then(|| found.uid())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_is_kept_out_of_a_folder_of_somebody_else() {
        let dir = tempfile::tempdir().unwrap();
        let own = std::fs::metadata(dir.path()).unwrap().uid();
        if own == 0 {
            std::os::unix::fs::chown(dir.path(), Some(12_345), Some(12_345)).unwrap();
        }
        let owner = std::fs::metadata(dir.path()).unwrap().uid();
        for inside in ["", "var", "var/lib"] {
            let inside = dir.path().join(inside);
            assert_eq!(stranger(0, &inside), Some(owner), "{}", inside.display());
            assert_eq!(stranger(owner, &inside), None);
            assert_eq!(stranger(owner + 1, &inside), None);
        }
        assert_eq!(stranger(0, Path::new("/")), None);
        // Nothing is made, either.
        let made = make_folder(&dir.path().join("var"));
        assert_eq!(made.is_err(), own == 0, "{made:?}");
        assert_eq!(dir.path().join("var").exists(), own != 0);
    }
}
