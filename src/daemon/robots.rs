//! What sites said in their `robots.txt`, kept in the seen memory by the clock of the machine.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tracing::warn;

use crate::fetch::RobotsMemory;
use crate::seen::{Seen, SeenRobots};

/// The seen memory as the fetcher uses it.
pub(super) struct KeptRobots {
    seen: Seen,
    clock: fn() -> Timestamp,
}

impl KeptRobots {
    pub(super) fn shared(seen: Seen, clock: fn() -> Timestamp) -> Arc<dyn RobotsMemory> {
        Arc::new(Self { seen, clock })
    }
}

impl fmt::Debug for KeptRobots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptRobots").finish_non_exhaustive()
    }
}

impl RobotsMemory for KeptRobots {
    fn recall(&self, origin: &str) -> Option<(Vec<u8>, Duration)> {
        let kept = self.seen.robots(origin).unwrap_or_else(|error| {
            warn!(%error, "the seen memory failed: {error}");
            None
        })?;
        // A clock that was put back makes what is kept younger, never older than it is.
        let age = (self.clock)().duration_since(kept.at);
        Some((
            kept.known.into_bytes(),
            Duration::try_from(age).unwrap_or_default(),
        ))
    }

    fn keep(&self, origin: &str, known: &[u8]) {
        let robots = SeenRobots {
            known: String::from_utf8_lossy(known).into_owned(),
            at: (self.clock)(),
        };
        if let Err(error) = self.seen.set_robots(origin, &robots) {
            warn!(%error, "the seen memory failed: {error}");
        }
    }
}
