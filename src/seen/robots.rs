//! What sites said in their `robots.txt`, so that a restart asks none of them again.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Seen, SeenError, put};

/// What is older is of no use to anybody: it is twice the time for which RFC 9309 §2.3.1.4 lets a
/// file be out of reach.
const OLDEST: SignedDuration = SignedDuration::from_hours(60 * 24);

/// What is known of the `robots.txt` of one origin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenRobots {
    /// In the words of the room that asked (`fetch`).
    pub known: String,
    /// When it was asked.
    pub at: Timestamp,
}

impl Seen {
    /// What was kept of an origin (`https://trang.example`).
    ///
    /// # Errors
    /// [`SeenError::Failed`] if the database fails.
    pub fn robots(&self, origin: &str) -> Result<Option<SeenRobots>, SeenError> {
        let value = self.store.robots.get(origin)?;
        Ok(value.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    /// Keeps what is known of an origin.
    ///
    /// # Errors
    /// [`SeenError::Failed`] if the database fails.
    pub fn set_robots(&self, origin: &str, robots: &SeenRobots) -> Result<(), SeenError> {
        put(&self.store.robots, origin, robots)
    }
}

/// Walks over all of them, and drops what is too old or not to be read.
pub(super) fn prune(tree: &sled::Tree, now: Timestamp) -> sled::Result<()> {
    for record in tree {
        let (origin, bytes) = record?;
        let robots: Option<SeenRobots> = serde_json::from_slice(&bytes).ok();
        if robots.is_none_or(|robots| now.duration_since(robots.at) > OLDEST) {
            tree.remove(origin)?;
        }
    }
    Ok(())
}
