//! One bound for the bytes of all bodies together: many large ones at once wait for each other
//! instead of filling the memory.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Failure, FailureClass};

/// Bytes are counted in steps of this size.
const STEP: usize = 64 << 10;
/// A body that finds no room for so long gives up what it has, so that bodies which wait for
/// each other's room come free again.
const PATIENCE: Duration = Duration::from_secs(5);

/// The memory for all bodies.
#[derive(Debug)]
pub(super) struct Budget {
    steps: Arc<Semaphore>,
    all: usize,
    patience: Duration,
}

/// What one body takes of the memory for all bodies; dropped with it. A copy takes nothing.
#[derive(Debug, Default)]
pub struct Share {
    permit: Option<OwnedSemaphorePermit>,
}

impl Clone for Share {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Budget {
    pub(super) fn new(bytes: usize) -> Self {
        let all = bytes.div_ceil(STEP);
        Self {
            steps: Arc::new(Semaphore::new(all)),
            all,
            patience: PATIENCE,
        }
    }

    /// Makes the share at least this large; waits where others have the room.
    pub(super) async fn grow(&self, share: &mut Share, bytes: usize) -> Result<(), Failure> {
        // What is larger than all there is takes all there is, and so goes alone.
        let wanted = bytes.div_ceil(STEP).min(self.all);
        let has = share
            .permit
            .as_ref()
            .map_or(0, OwnedSemaphorePermit::num_permits);
        let Ok(more) = u32::try_from(wanted.saturating_sub(has)) else {
            return Ok(());
        };
        if more == 0 {
            return Ok(());
        }
        let waiting = Arc::clone(&self.steps).acquire_many_owned(more);
        match tokio::time::timeout(self.patience, waiting).await {
            Ok(Ok(permit)) => {
                match &mut share.permit {
                    Some(held) => held.merge(permit),
                    none => *none = Some(permit),
                }
                Ok(())
            }
            _ => Err(Failure::new(
                FailureClass::Timeout,
                "too many large bodies arrive at once",
            )),
        }
    }
}

impl Share {
    /// Gives back what is more than these bytes need.
    pub(super) fn shrink_to(&mut self, bytes: usize) {
        if let Some(permit) = &mut self.permit {
            let surplus = permit.num_permits().saturating_sub(bytes.div_ceil(STEP));
            drop(permit.split(surplus));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn bodies_that_wait_for_each_other_come_free() {
        let budget = Arc::new(Budget {
            patience: Duration::from_millis(50),
            ..Budget::new(4 * STEP)
        });
        let (mut a, mut b) = (Share::default(), Share::default());
        budget.grow(&mut a, 2 * STEP).await.unwrap();
        budget.grow(&mut b, STEP + 1).await.unwrap();
        budget.grow(&mut b, 2 * STEP).await.unwrap();
        assert_eq!(budget.steps.available_permits(), 0);
        // Each wants what the other has.
        let shared = Arc::clone(&budget);
        let b = tokio::spawn(async move { (shared.grow(&mut b, 3 * STEP).await, b) });
        let given_up = budget.grow(&mut a, 3 * STEP).await.unwrap_err();
        assert_eq!(given_up.class, FailureClass::Timeout);
        drop(a);
        let (_, b) = b.await.unwrap();
        drop(b);
        assert_eq!(budget.steps.available_permits(), 4);
    }

    #[tokio::test]
    async fn the_largest_goes_alone_and_all_is_given_back() {
        let budget = Budget::new(4 * STEP);
        let mut share = Share::default();
        budget.grow(&mut share, 100 * STEP).await.unwrap();
        assert_eq!(budget.steps.available_permits(), 0);
        share.shrink_to(STEP);
        assert_eq!(budget.steps.available_permits(), 3);
        drop(share.clone());
        assert_eq!(budget.steps.available_permits(), 3);
        drop(share);
        assert_eq!(budget.steps.available_permits(), 4);
    }
}
