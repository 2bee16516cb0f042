//! One bound for the bytes of all bodies together: many large ones at once wait for each other
//! instead of filling the memory. The beginning of each body has room of its own, so that large
//! ones, however many, leave the small ones alone.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Failure, FailureClass};

/// So much of each body is counted apart: most pages and feeds are smaller.
const BEGINNING: usize = 256 << 10;
/// Bytes are counted in steps of this size.
const STEP: usize = 64 << 10;
/// A body that finds no room for so long gives up what it has, so that bodies which wait for
/// each other's room come free again.
const PATIENCE: Duration = Duration::from_secs(5);

/// The memory for all bodies.
#[derive(Debug)]
pub(super) struct Budget {
    beginnings: Room,
    rest: Room,
    patience: Duration,
}

/// Steps that are free or taken.
#[derive(Debug)]
struct Room {
    steps: Arc<Semaphore>,
    all: usize,
}

/// What one body takes of the memory for all bodies; dropped with it. A copy takes nothing.
#[derive(Debug, Default)]
pub struct Share {
    beginning: Option<OwnedSemaphorePermit>,
    rest: Option<OwnedSemaphorePermit>,
}

impl Clone for Share {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Room {
    fn new(bytes: usize) -> Self {
        let all = bytes.div_ceil(STEP);
        Self {
            steps: Arc::new(Semaphore::new(all)),
            all,
        }
    }

    /// Makes what is held at least this large; `false` where there was no room in that time.
    async fn grow(
        &self,
        held: &mut Option<OwnedSemaphorePermit>,
        bytes: usize,
        patience: Duration,
    ) -> bool {
        // What is larger than all there is takes all there is, and so goes alone.
        let wanted = bytes.div_ceil(STEP).min(self.all);
        let Ok(more) = u32::try_from(wanted.saturating_sub(steps(held.as_ref()))) else {
            return true;
        };
        if more == 0 {
            return true;
        }
        let waiting = Arc::clone(&self.steps).acquire_many_owned(more);
        let Ok(Ok(permit)) = tokio::time::timeout(patience, waiting).await else {
            return false;
        };
        match held {
            Some(held) => held.merge(permit),
            none => *none = Some(permit),
        }
        true
    }
}

fn steps(held: Option<&OwnedSemaphorePermit>) -> usize {
    held.map_or(0, OwnedSemaphorePermit::num_permits)
}

impl Budget {
    /// Room for so many bytes, and a quarter of it more for the beginnings.
    pub(super) fn new(bytes: usize) -> Self {
        Self {
            beginnings: Room::new(bytes / 4),
            rest: Room::new(bytes),
            patience: PATIENCE,
        }
    }

    /// Makes the share at least this large; waits where others have the room.
    pub(super) async fn grow(&self, share: &mut Share, bytes: usize) -> Result<(), Failure> {
        let (begin, patience) = (bytes.min(BEGINNING), self.patience);
        let room = self.beginnings.grow(&mut share.beginning, begin, patience);
        let room = room.await
            && self
                .rest
                .grow(&mut share.rest, bytes - begin, patience)
                .await;
        match room {
            true => Ok(()),
            false => Err(Failure::new(
                FailureClass::Busy,
                "too many large bodies arrive at once",
            )),
        }
    }
}

impl Share {
    /// Gives back what is more than these bytes need.
    pub(super) fn shrink_to(&mut self, bytes: usize) {
        let begin = bytes.min(BEGINNING);
        for (permit, bytes) in [
            (&mut self.beginning, begin),
            (&mut self.rest, bytes - begin),
        ] {
            if let Some(permit) = permit {
                let surplus = permit.num_permits().saturating_sub(bytes.div_ceil(STEP));
                drop(permit.split(surplus));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes that take so many steps of the room for what follows the beginning.
    fn large(steps: usize) -> usize {
        BEGINNING + steps * STEP
    }

    fn budget(steps: usize) -> Budget {
        Budget {
            beginnings: Room::new(4 * BEGINNING),
            rest: Room::new(steps * STEP),
            patience: Duration::from_millis(50),
        }
    }

    #[tokio::test]
    async fn bodies_that_wait_for_each_other_come_free() {
        let budget = Arc::new(budget(4));
        let (mut a, mut b) = (Share::default(), Share::default());
        budget.grow(&mut a, large(2)).await.unwrap();
        budget.grow(&mut b, large(1) + 1).await.unwrap();
        budget.grow(&mut b, large(2)).await.unwrap();
        assert_eq!(budget.rest.steps.available_permits(), 0);
        // Each wants what the other has.
        let shared = Arc::clone(&budget);
        let b = tokio::spawn(async move { (shared.grow(&mut b, large(3)).await, b) });
        let given_up = budget.grow(&mut a, large(3)).await.unwrap_err();
        assert_eq!(given_up.class, FailureClass::Busy);
        // Small ones have their room meanwhile.
        let mut small = Share::default();
        budget.grow(&mut small, BEGINNING).await.unwrap();
        drop((a, small));
        let (_, b) = b.await.unwrap();
        drop(b);
        assert_eq!(budget.rest.steps.available_permits(), 4);
    }

    #[tokio::test]
    async fn the_largest_goes_alone_and_all_is_given_back() {
        let budget = budget(4);
        let mut share = Share::default();
        budget.grow(&mut share, large(100)).await.unwrap();
        assert_eq!(budget.rest.steps.available_permits(), 0);
        share.shrink_to(large(1));
        assert_eq!(budget.rest.steps.available_permits(), 3);
        share.shrink_to(STEP);
        let beginnings = budget.beginnings.steps.available_permits();
        assert_eq!(beginnings, 4 * BEGINNING / STEP - 1);
        drop(share.clone());
        assert_eq!(budget.rest.steps.available_permits(), 4);
        drop(share);
        assert_eq!(budget.beginnings.steps.available_permits(), beginnings + 1);
    }
}
