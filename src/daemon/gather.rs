//! The loop that looks at sources as they fall due.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::task::{Id, JoinSet};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::pipeline::{self, End, Passed};
use super::schedule::{Schedule, first_due, start_spread, was_silent};
use super::service::{HEARTBEAT, Service};
use crate::fetch::Failure;
use crate::source::Source;

/// Over how long the silent sources are asked again when the line is back.
const LINE_BACK_SPREAD: Duration = Duration::from_secs(60);
/// How long passes under way may take to end after the stop signal.
const PATIENCE: Duration = Duration::from_secs(15);

impl Service {
    /// Looks at each source when it is due.
    pub(super) async fn gather(self: &Arc<Self>, stop: &CancellationToken) {
        let mut schedule = Schedule::default();
        let mut passes: JoinSet<Option<Passed>> = JoinSet::new();
        let mut under_way: HashMap<Id, Arc<str>> = HashMap::new();
        self.reschedule(&mut schedule);
        while !stop.is_cancelled() {
            self.beats.fetch_add(1, Ordering::Relaxed);
            let now = Instant::now();
            // What is found while the disk takes nothing could not be recorded.
            let held = self.disk_trouble().is_some();
            while !held && let Some(source) = schedule.take_due(now) {
                let id = Arc::clone(&source.id);
                let pass = passes.spawn(Box::pin(Arc::clone(self).look_at(source)));
                under_way.insert(pass.id(), id);
            }
            let next = schedule.next_due().filter(|_| !held);
            let next = next.unwrap_or(now + HEARTBEAT);
            tokio::select! {
                () = stop.cancelled() => break,
                () = self.changed.notified() => self.reschedule(&mut schedule),
                Some(ended) = passes.join_next_with_id() => {
                    let (task, passed) = match ended {
                        Ok((task, passed)) => (task, passed),
                        Err(panic) => {
                            error!(%panic, "pass");
                            (panic.id(), None)
                        }
                    };
                    if let Some(id) = under_way.remove(&task) {
                        self.ended(&mut schedule, &id, passed.as_ref());
                    }
                }
                () = tokio::time::sleep_until(next.clamp(now, now + HEARTBEAT)) => {}
            }
        }
        let rest = async { while passes.join_next().await.is_some() {} };
        if tokio::time::timeout(PATIENCE, rest).await.is_err() {
            warn!("some sources were still being read: they are read again after the start");
        }
        passes.shutdown().await;
    }

    fn ended(&self, schedule: &mut Schedule, id: &Arc<str>, passed: Option<&Passed>) {
        self.counters.count(passed);
        let now = Instant::now();
        let lag = schedule.done(id, passed, now);
        if passed.is_some_and(|passed| passed.line_back) {
            schedule.bring_forward(now, LINE_BACK_SPREAD);
        }
        if let (Some(lag), Some(passed)) = (lag, passed)
            && !passed.end.is_failure()
            && let Ok(mut lags) = self.lags.lock()
        {
            lags.add(lag, schedule.waiting());
        }
    }

    async fn look_at(self: Arc<Self>, source: Arc<Source>) -> Option<Passed> {
        let snapshot = self.live.load_full();
        let id = Arc::clone(&source.id);
        match pipeline::pass(&self.world, &snapshot, &source, (self.clock)()).await {
            Ok(passed) => {
                match &passed.end {
                    End::Read(counts) if counts.new_hits > 0 => {
                        let hits = counts.new_hits;
                        info!(source = %id, hits, "{id}: {hits} new hits");
                        self.poke.notify_one();
                    }
                    End::Read(_) | End::Unchanged => {}
                    End::Unrecorded(_) => {}
                    End::Failed(failure) => {
                        let Failure { class, detail, .. } = failure;
                        warn!(source = %id, %class, detail, "{id}: {class}: {detail}");
                    }
                }
                Some(passed)
            }
            Err(error) => {
                error!(%error, source = %id, "{id}: not recorded, to be read again: {error}");
                None
            }
        }
    }

    fn reschedule(&self, schedule: &mut Schedule) {
        let snapshot = self.live.load();
        let (now, instant) = ((self.clock)(), Instant::now());
        let spread = start_spread(snapshot.sources.len());
        let concurrency = snapshot.config.fetch.concurrency;
        let mut away = Vec::new();
        schedule.replace(&snapshot.sources, concurrency, instant, |source| {
            let state = self.world.seen.source_state(&source.id).unwrap_or_default();
            if was_silent(&state) {
                away.push(source.clone());
            }
            first_due(source, &state, now, instant, spread)
        });
        for source in &away {
            schedule.suspect(source);
        }
    }
}
