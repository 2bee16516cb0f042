//! The work that keeps a processor busy, in two lanes: documents of sources that took long last
//! time, or are large and of a source not known yet, wait for each other and for nobody else. So
//! a source whose pages are hard to read, on purpose or not, holds up none of the others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::fetch::{Failure, FailureClass};

/// A pass that took more of a processor makes its source a slow one; an honest page takes some
/// ten milliseconds, a feed of 2,000 items 300.
const SLOW: Duration = Duration::from_secs(1);
/// Work that goes on for longer gives its place to the next, and goes on beside it.
const GRACE: Duration = Duration::from_millis(250);
/// A larger body of a source that is not known yet goes into the slow lane at once.
const LARGE: usize = 1 << 20;
/// Passes over slow sources at once: so many large bodies may lie waiting for the slow lane's one
/// place.
const SLOW_PASSES: usize = 4;

/// The places, and which sources are slow.
#[derive(Debug)]
pub struct Lanes {
    quick: Semaphore,
    /// One processor of two stays free for the others.
    slow: Semaphore,
    slow_passes: Semaphore,
    grace: Duration,
    /// Whether the last pass over a source was slow; unknown where it is missing.
    known: Mutex<HashMap<Arc<str>, bool>>,
}

/// One pass of one source.
#[derive(Debug)]
pub struct Lane<'a> {
    lanes: &'a Lanes,
    source: Arc<str>,
    /// Held where the source was slow last time.
    slow: Option<SemaphorePermit<'a>>,
    spent: Duration,
    /// Some work was done.
    worked: bool,
}

impl Default for Lanes {
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            quick: Semaphore::new(2 * processors),
            slow: Semaphore::new((processors / 2).max(1)),
            slow_passes: Semaphore::new(SLOW_PASSES),
            grace: GRACE,
            known: Mutex::default(),
        }
    }
}

impl Lanes {
    /// Begins a pass. One over a source that was slow last time waits here for other slow ones,
    /// before anything is fetched, so that its bodies do not lie waiting.
    pub async fn begin(&self, source: &Arc<str>) -> Lane<'_> {
        let was_slow = self.known().get(source).copied().unwrap_or(false);
        let slow = match was_slow {
            // The places live as long as the lanes and are never closed.
            true => self.slow_passes.acquire().await.ok(),
            false => None,
        };
        Lane {
            lanes: self,
            source: Arc::clone(source),
            slow,
            spent: Duration::ZERO,
            worked: false,
        }
    }

    /// Forgets all but these sources.
    pub fn retain(&self, is_source: impl Fn(&str) -> bool) {
        self.known().retain(|source, _| is_source(source));
    }

    fn known(&self) -> MutexGuard<'_, HashMap<Arc<str>, bool>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lane<'_> {
    /// Does the work on a thread of its own, since it ignores the runtime's deadlines. `size`:
    /// bytes of the body that is read; 0 where there is none.
    ///
    /// # Errors
    /// Those of the work; [`FailureClass::Unreadable`] where it panicked.
    pub async fn run<T: Send + 'static>(
        &mut self,
        size: usize,
        work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let unknown = size > LARGE && !self.lanes.known().contains_key(&self.source);
        let slow = unknown || self.slow.is_some() || self.spent > SLOW;
        let (_slow, quick) = match slow {
            true => (self.lanes.slow.acquire().await.ok(), None),
            false => (None, self.lanes.quick.acquire().await.ok()),
        };
        let mut working = tokio::task::spawn_blocking(|| {
            let before = processor_time();
            (work(), processor_time().saturating_sub(before))
        });
        let ended = match tokio::time::timeout(self.lanes.grace, &mut working).await {
            Ok(ended) => ended,
            Err(_) => {
                drop(quick);
                working.await
            }
        };
        match ended {
            Ok((done, spent)) => {
                self.spent += spent;
                self.worked = true;
                done
            }
            Err(panic) => Err(Failure::new(FailureClass::Unreadable, panic.to_string())),
        }
    }
}

impl Drop for Lane<'_> {
    fn drop(&mut self) {
        // A pass that never came to read anything says nothing new.
        if self.worked {
            let slow = self.spent > SLOW;
            self.lanes.known().insert(Arc::clone(&self.source), slow);
        }
    }
}

/// What this thread used of a processor so far.
fn processor_time() -> Duration {
    let spent = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    // It begins at zero and never goes back.
    Duration::try_from(spent).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// Places of one processor, without patience.
    fn lanes() -> Arc<Lanes> {
        Arc::new(Lanes {
            quick: Semaphore::new(1),
            slow: Semaphore::new(1),
            slow_passes: Semaphore::new(1),
            grace: Duration::ZERO,
            known: Mutex::default(),
        })
    }

    fn id(n: usize) -> Arc<str> {
        Arc::from(format!("nguon-{n}"))
    }

    /// Work that ends when `end` says so.
    fn endless(
        end: &Arc<Mutex<mpsc::Receiver<()>>>,
    ) -> impl FnOnce() -> Result<(), Failure> + use<> {
        let end = Arc::clone(end);
        move || {
            let _ = end.lock().unwrap_or_else(PoisonError::into_inner).recv();
            Ok(())
        }
    }

    async fn reads(lanes: &Lanes, source: usize, size: usize) -> bool {
        let mut lane = lanes.begin(&id(source)).await;
        lane.run(size, || Ok(7)).await == Ok(7)
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn none_waits_for_work_that_does_not_end() {
        let lanes = lanes();
        assert!(reads(&lanes, 100, 2 * LARGE).await);
        let (go, end) = mpsc::channel();
        let end = Arc::new(Mutex::new(end));
        let (begun, mut beginning) = tokio::sync::mpsc::unbounded_channel();
        let hostile: Vec<_> = (0..16)
            .map(|n| {
                let (lanes, work, begun) = (Arc::clone(&lanes), endless(&end), begun.clone());
                // Each second one is large and not known.
                let size = (n % 2) * 2 * LARGE;
                tokio::spawn(async move {
                    let mut lane = lanes.begin(&id(n)).await;
                    let work = move || {
                        let _ = begun.send(());
                        work()
                    };
                    lane.run(size, work).await
                })
            })
            .collect();
        // The eight small ones and the first of the large ones.
        for _ in 0..9 {
            beginning.recv().await.unwrap();
        }
        let others = async {
            assert!(reads(&lanes, 100, 2 * LARGE).await, "known as quick");
            assert!(reads(&lanes, 101, 2_000).await, "small");
        };
        let waited = tokio::time::timeout(Duration::from_secs(60), others).await;
        assert!(waited.is_ok(), "they wait for what does not end");
        assert!(beginning.try_recv().is_err(), "the other large ones wait");
        drop(go);
        for hostile in hostile {
            hostile.await.unwrap().unwrap();
        }
    }

    #[tokio::test]
    async fn a_slow_source_waits_for_slow_ones_until_it_is_quick_again() {
        let lanes = lanes();
        lanes.known().insert(id(1), true);
        lanes.known().insert(id(2), true);
        let first = lanes.begin(&id(1)).await;
        let other = id(2);
        let second = lanes.begin(&other);
        let waits = tokio::time::timeout(Duration::from_millis(20), second).await;
        assert!(waits.is_err(), "one slow source at a time");
        assert!(reads(&lanes, 3, 10).await);
        drop(first);
        assert_eq!(lanes.known().get(&id(1)), Some(&true), "it read nothing");
        assert!(reads(&lanes, 1, 10).await);
        assert_eq!(lanes.known().get(&id(1)), Some(&false));
        lanes.retain(|source| source == "nguon-2");
        assert_eq!(lanes.known().len(), 1);
    }

    #[tokio::test]
    async fn what_takes_long_makes_a_source_slow() {
        let lanes = lanes();
        let mut lane = lanes.begin(&id(1)).await;
        let work = || {
            let before = processor_time();
            let mut turns = 0_u64;
            while processor_time().saturating_sub(before) <= SLOW {
                turns += 1;
            }
            Ok(turns)
        };
        assert!(lane.run(10, work).await.unwrap() > 0);
        assert!(lane.run(10, || Ok(())).await.is_ok());
        drop(lane);
        assert_eq!(lanes.known().get(&id(1)), Some(&true));
        let failed = lanes
            .begin(&id(2))
            .await
            .run(1, || -> Result<(), _> { panic!("x") })
            .await;
        assert_eq!(failed.unwrap_err().class, FailureClass::Unreadable);
    }
}
