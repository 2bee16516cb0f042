//! The texts that were scanned, kept for a while so that edited rules can be tried on them
//! (`replay`): one file a day of JSON lines. Losing them costs nothing but that.

use std::fs::{self, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::document::Document;

/// A text as it was scanned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Source id.
    pub source: String,
    /// When it was scanned.
    pub seen: Timestamp,
    /// What was scanned.
    #[serde(flatten)]
    pub document: Document,
}

/// Held by whoever writes a day's file. The store's lock keeps other processes away.
static WRITING: Mutex<()> = Mutex::new(());

/// The folder of kept texts.
#[derive(Debug, Clone)]
pub struct Texts {
    dir: PathBuf,
    keep: Duration,
}

impl Texts {
    /// Texts below the store's folder, each kept for `keep`; none are kept where that is zero.
    #[must_use]
    pub fn new(store: &Path, keep: Duration) -> Self {
        Self {
            dir: store.join("texts"),
            keep,
        }
    }

    /// Adds what one pass scanned, and deletes the days that are too old.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn add(&self, texts: &[Kept], now: Timestamp) -> io::Result<()> {
        if self.keep.is_zero() || texts.is_empty() {
            return Ok(());
        }
        let path = self.dir.join(format!("{}.jsonl", day(now)));
        if !path.exists() {
            fs::create_dir_all(&self.dir)?;
            self.forget_old(now)?;
        }
        let mut lines = Vec::new();
        for text in texts {
            // A line cut short by a crash must not spoil the next one.
            lines.push(b'\n');
            serde_json::to_writer(&mut lines, text)?;
        }
        let _writing = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
        OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)?
            .write_all(&lines)
    }

    /// Every kept text scanned since then, oldest day first; lines that cannot be read are
    /// passed over.
    ///
    /// # Errors
    /// When the folder cannot be read; none at all is no error.
    pub fn since(&self, since: Timestamp, mut each: impl FnMut(Kept)) -> io::Result<()> {
        for path in self.days()? {
            if day_of(&path).is_some_and(|written| *written < *day(since)) {
                continue;
            }
            for line in BufReader::new(fs::File::open(path)?).split(b'\n') {
                if let Ok(text) = serde_json::from_slice::<Kept>(&line?)
                    && text.seen >= since
                {
                    each(text);
                }
            }
        }
        Ok(())
    }

    /// Deletes the texts of the page at `url` (normalised), and lines that cannot be read and name
    /// it; gives how many.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub fn forget_page(&self, url: &str) -> io::Result<usize> {
        let named = serde_json::Value::from(url).to_string().into_bytes();
        let is_of_page = |line: &[u8]| match serde_json::from_slice::<Kept>(line) {
            Ok(Kept { document, .. }) => document.url.as_deref() == Some(url) || document.id == url,
            Err(_) => line.windows(named.len()).any(|part| part == named),
        };
        let mut forgotten = 0;
        for path in self.days()? {
            let _writing = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
            let all = fs::read(&path)?;
            let lines: Vec<&[u8]> = all.split(|byte| *byte == b'\n').collect();
            let kept: Vec<&[u8]> = lines.iter().copied().filter(|l| !is_of_page(l)).collect();
            if kept.len() == lines.len() {
                continue;
            }
            forgotten += lines.len() - kept.len();
            let fresh = path.with_extension("new");
            let mut file = fs::File::create(&fresh)?;
            file.write_all(&kept.join(&b'\n'))?;
            file.sync_all()?;
            fs::rename(&fresh, &path)?;
        }
        Ok(forgotten)
    }

    /// Deletes the days that are too old.
    ///
    /// # Errors
    /// When the folder cannot be read or a file cannot be deleted.
    pub fn forget_old(&self, now: Timestamp) -> io::Result<()> {
        let Ok(oldest) = now.checked_sub(
            jiff::SignedDuration::try_from(self.keep).unwrap_or(jiff::SignedDuration::MAX),
        ) else {
            return Ok(());
        };
        for path in self.days()? {
            if day_of(&path).is_some_and(|written| *written < *day(oldest)) {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    fn days(&self) -> io::Result<Vec<PathBuf>> {
        let entries = match fs::read_dir(&self.dir) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut days = Vec::new();
        for entry in entries {
            let path = entry?.path();
            if path.extension().is_some_and(|e| e == "jsonl") {
                days.push(path);
            }
        }
        days.sort();
        Ok(days)
    }
}

/// The UTC day, `2021-08-15`: as text it sorts as it should.
fn day(at: Timestamp) -> String {
    at.to_string().chars().take(10).collect()
}

fn day_of(path: &Path) -> Option<String> {
    Some(path.file_stem()?.to_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(id: &str, seen: &str) -> Kept {
        Kept {
            source: "nguon".to_owned(),
            seen: seen.parse().unwrap(),
            document: Document {
                id: id.to_owned(),
                url: None,
                title: "Tiêu đề\nhai dòng".to_owned(),
                text: "Nội dung".to_owned(),
                published: None,
            },
        }
    }

    fn ids(texts: &Texts, since: &str) -> Vec<String> {
        let mut ids = Vec::new();
        texts
            .since(since.parse().unwrap(), |text| ids.push(text.document.id))
            .unwrap();
        ids
    }

    #[test]
    fn texts_come_back_until_they_are_too_old() {
        let dir = tempfile::tempdir().unwrap();
        let texts = Texts::new(dir.path(), Duration::from_secs(2 * 24 * 3600));
        let days = [
            "2021-08-01T10:00:00Z",
            "2021-08-02T10:00:00Z",
            "2021-08-05T10:00:00Z",
        ];
        for (id, day) in ["a", "b", "c"].into_iter().zip(days) {
            texts.add(&[kept(id, day)], day.parse().unwrap()).unwrap();
            assert!(ids(&texts, day).contains(&id.to_owned()));
        }
        assert_eq!(ids(&texts, "2021-01-01T00:00:00Z"), ["c"]);
    }

    #[test]
    fn a_line_cut_short_spoils_no_other() {
        let dir = tempfile::tempdir().unwrap();
        let texts = Texts::new(dir.path(), Duration::from_secs(24 * 3600));
        let now = "2021-08-01T10:00:00Z";
        texts.add(&[kept("a", now)], now.parse().unwrap()).unwrap();
        let path = dir.path().join("texts/2021-08-01.jsonl");
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() - 5]).unwrap();
        texts.add(&[kept("b", now)], now.parse().unwrap()).unwrap();
        assert_eq!(ids(&texts, now), ["b"]);
    }

    #[test]
    fn a_page_is_forgotten_and_its_neighbours_are_not() {
        let dir = tempfile::tempdir().unwrap();
        let texts = Texts::new(dir.path(), Duration::from_secs(9 * 24 * 3600));
        let page = "https://bao.example/tin?a=1";
        for (n, url) in [page, "https://bao.example/tin?a=12", page]
            .into_iter()
            .enumerate()
        {
            let now = format!("2021-08-0{}T10:00:00Z", n / 2 + 1);
            let mut text = kept(&format!("tin {n}"), &now);
            text.document.url = Some(url.to_owned());
            texts.add(&[text], now.parse().unwrap()).unwrap();
        }
        let now = "2021-08-03T10:00:00Z";
        let rest = [kept(page, now), kept("tin 9", now)];
        texts.add(&rest, now.parse().unwrap()).unwrap();
        let torn = dir.path().join("texts/2021-08-02.jsonl");
        let whole = fs::read(&torn).unwrap();
        fs::write(&torn, &whole[..whole.len() - 5]).unwrap();

        assert_eq!(texts.forget_page(page).unwrap(), 3);
        assert_eq!(ids(&texts, "2021-08-01T00:00:00Z"), ["tin 1", "tin 9"]);
        for path in texts.days().unwrap() {
            assert!(!fs::read_to_string(path).unwrap().contains("a=1\""));
        }
        assert_eq!(texts.forget_page(page).unwrap(), 0);
        let after = "2021-08-04T10:00:00Z";
        texts
            .add(&[kept("tin 10", after)], after.parse().unwrap())
            .unwrap();
        assert!(ids(&texts, after).contains(&"tin 10".to_owned()));
    }

    #[test]
    fn nothing_is_kept_where_nothing_should_be() {
        let dir = tempfile::tempdir().unwrap();
        let texts = Texts::new(dir.path(), Duration::ZERO);
        let now = "2021-08-01T10:00:00Z";
        texts.add(&[kept("a", now)], now.parse().unwrap()).unwrap();
        assert!(!dir.path().join("texts").exists());
        assert!(ids(&texts, now).is_empty());
    }
}
