//! Whether the disk takes what must be kept. While it does not, no source is read: what would be
//! found could not be recorded.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;
use tracing::{error, info};

use super::notices::tell;
use super::service::{HEARTBEAT, Service};
use crate::alert::Matter;
use crate::message::Message;

/// How often a healthy disk is asked; one in trouble is asked at every [`HEARTBEAT`].
const ASK_EVERY: Duration = Duration::from_secs(20);
/// With less room than this the ledger could fail in the middle of its work.
const RESERVE: u64 = 4 << 20;

/// Since when the disk takes nothing, and what the system says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DiskTrouble {
    pub(super) since: Timestamp,
    pub(super) detail: String,
}

impl DiskTrouble {
    /// The line for `status`.
    pub(super) fn message(&self) -> Message {
        Message::new("daemon-disk-trouble").with("detail", &self.detail)
    }
}

impl Service {
    /// Asks the disk from time to time, until `stop`; tells when it stops and starts to take.
    pub(super) async fn watch_disk(self: Arc<Self>, stop: CancellationToken) -> io::Result<()> {
        loop {
            let dir = self.live.load().config.store.dir.clone();
            let asked = tokio::task::spawn_blocking(move || probe(&dir)).await;
            let detail = match asked {
                Ok(asked) => asked.err().map(|error| error.to_string()),
                Err(panic) => Some(panic.to_string()),
            };
            self.judge_disk(detail).await;
            let wait = if self.disk_trouble().is_some() {
                HEARTBEAT
            } else {
                ASK_EVERY
            };
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// What is wrong with the disk, if anything is.
    pub(super) fn disk_trouble(&self) -> Option<DiskTrouble> {
        self.disk.lock().ok().and_then(|disk| disk.clone())
    }

    async fn judge_disk(&self, detail: Option<String>) {
        let now = (self.clock)();
        let before = self.disk_trouble();
        let after = detail.map(|detail| DiskTrouble {
            since: before.as_ref().map_or(now, |before| before.since),
            detail,
        });
        if let Ok(mut disk) = self.disk.lock() {
            disk.clone_from(&after);
        }
        match (before, after) {
            (None, Some(trouble)) => error!(
                detail = trouble.detail,
                "the disk takes nothing, sources are not read until it does: {}", trouble.detail
            ),
            (Some(trouble), None) => {
                info!("the disk takes writing again");
                // Before, the ledger could not have taken the notice.
                let DiskTrouble { since, detail } = trouble;
                let ledger = &self.world.ledger;
                let key = format!("disk:{since}");
                tell(ledger, key, since, Matter::DiskTrouble { detail }).await;
                let back = Matter::DiskBack { since: Some(since) };
                tell(ledger, format!("disk-back:{since}"), now, back).await;
                self.changed.notify_one();
                self.poke.notify_one();
            }
            _ => {}
        }
    }
}

/// Writes a few bytes through to the disk, and looks how much room there is.
fn probe(dir: &Path) -> io::Result<()> {
    let file = dir.join(".probe");
    let written = File::create(&file).and_then(|mut probe| {
        probe.write_all(&[0; 4096])?;
        probe.sync_data()
    });
    let removed = fs::remove_file(&file);
    written.and(removed)?;
    let room = rustix::fs::statvfs(dir)?;
    let free = room.f_bavail.saturating_mul(room.f_frsize);
    if free < RESERVE {
        let detail = format!("only {} KiB free", free / 1024);
        return Err(io::Error::new(io::ErrorKind::StorageFull, detail));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_takes_and_one_that_does_not() {
        let dir = tempfile::tempdir().unwrap();
        probe(dir.path()).unwrap();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        assert!(probe(&dir.path().join("away")).is_err());
        assert!(probe(Path::new("/proc")).is_err());
    }
}
