//! The daemon: a loop that looks at sources, one that sends mails, one that answers the command
//! line, and the service manager's signals.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::disk::DiskTrouble;
use super::lag::Lags;
use super::metrics::{self, Counters};
use super::outbox::LANES;
use super::status::Status;
use super::upkeep::{self, Upkeep};
use super::watch::Watch;
use super::world::{Snapshot, World};
use super::{
    Clock, answers, control, forget, lead_anew, mail_out_by_one, notices, status, systemd,
};
use crate::config::Loaded;
use crate::message::Lang;
use crate::problem::{Level, Style, render};

/// The loops look up at least this often; a longer silence means that they hang.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(5);
/// How often it is looked whether the folders of the files are still those that are watched.
const FOLDERS_SEEN_TO: Duration = Duration::from_secs(20);
/// A running canhtin.
pub struct Service {
    pub(super) world: Arc<World>,
    pub(super) live: ArcSwap<Snapshot>,
    load: Box<dyn Fn() -> Loaded + Send + Sync>,
    pub(super) clock: Clock,
    started: Timestamp,
    /// Set when the live snapshot was swapped.
    pub(super) changed: Notify,
    /// Set when there may be something to mail.
    pub(super) poke: Notify,
    /// Problems of the last reading of the files, rendered.
    problems: Mutex<Vec<String>>,
    /// Set by [`Service::run`]: files saved while it runs are taken over.
    watch: Mutex<Option<Watch>>,
    /// What is wrong with the disk.
    pub(super) disk: Mutex<Option<DiskTrouble>>,
    /// What the monitoring system is told of looks.
    pub(super) counters: Counters,
    /// Held while the files are read again: of two readings the older one must not win.
    reloading: tokio::sync::Mutex<()>,
    /// Backups, inspections, retention.
    upkeep: Upkeep,
    /// Rounds of the scheduling loop: the watchdog wants it to move.
    pub(super) beats: AtomicU64,
    /// How punctual the readings are.
    pub(super) lags: Mutex<Lags>,
}

/// How a reload ended.
struct Reloaded {
    /// Whether the new files are in force.
    fit: bool,
    /// Their problems, rendered.
    problems: Vec<String>,
}

impl Service {
    /// A service over open memories and a first snapshot; `load` reads the files again.
    #[must_use]
    pub fn new(
        world: World,
        snapshot: Snapshot,
        problems: Vec<String>,
        load: impl Fn() -> Loaded + Send + Sync + 'static,
        clock: Clock,
    ) -> Self {
        Self {
            world: Arc::new(world),
            live: ArcSwap::from_pointee(snapshot),
            load: Box::new(load),
            clock,
            started: clock(),
            changed: Notify::new(),
            poke: Notify::new(),
            problems: Mutex::new(problems),
            watch: Mutex::new(None),
            disk: Mutex::default(),
            counters: Counters::default(),
            reloading: tokio::sync::Mutex::default(),
            upkeep: Upkeep::default(),
            beats: AtomicU64::new(0),
            lags: Mutex::default(),
        }
    }

    /// Runs until `stop` is set, then lets what is under way end. `reload` asks for the files
    /// to be read again.
    ///
    /// # Errors
    /// When the control socket cannot be made.
    pub async fn run(
        self: Arc<Self>,
        stop: CancellationToken,
        reload: Arc<Notify>,
    ) -> std::io::Result<()> {
        if let Err(error) = self.world.ledger.release_claims((self.clock)()).await {
            error!(%error, "ledger: {error}");
        }
        if let Ok(mut watch) = self.watch.lock() {
            let watch = watch.insert(Watch::new(Arc::clone(&reload)));
            watch.follow(&self.live.load().config);
        }
        self.lead_anew().await;
        let store = self.live.load().config.store.dir.clone();
        let mut side = JoinSet::new();
        let answers = Arc::clone(&self);
        let control_stop = stop.clone();
        // Made before anybody is told that it is ready.
        let socket = control::listen(&store);
        side.spawn(async move {
            control::serve(&store, socket?, answers, control_stop).await;
            Ok(())
        });
        side.spawn(Arc::clone(&self).watch(stop.clone()));
        side.spawn(Arc::clone(&self).flush_seen(stop.clone()));
        side.spawn(Arc::clone(&self).keep_up(stop.clone()));
        side.spawn(Arc::clone(&self).hear(reload, stop.clone()));
        side.spawn(Arc::clone(&self).read_answers(stop.clone()));
        side.spawn(Arc::clone(&self).serve_metrics(stop.clone()));
        side.spawn(Arc::clone(&self).watch_disk(stop.clone()));
        side.spawn(Arc::clone(&self).tell_admins(stop.clone()));
        let mut mails = JoinSet::new();
        for _ in 0..LANES {
            mails.spawn(Arc::clone(&self).send_mails(stop.clone()));
        }
        systemd::ready(&self.line());
        info!("watching: {}", self.line());
        self.gather(&stop).await;
        systemd::stopping();
        while let Some(lane) = mails.join_next().await {
            if let Err(panic) = lane {
                error!(%panic, "outbox");
            }
        }
        let mut result = Ok(());
        while let Some(ended) = side.join_next().await {
            match ended {
                Ok(ended) => result = result.and(ended),
                Err(panic) => error!(%panic, "service"),
            }
        }
        let seen = self.world.seen.clone();
        if let Ok(Err(error)) = tokio::task::spawn_blocking(move || seen.flush()).await {
            warn!(%error, "seen memory: {error}");
        }
        self.world.ledger.close().await;
        result
    }

    /// Closes groups and sends mails as they fall due: one lane of several.
    async fn send_mails(self: Arc<Self>, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let more = || self.poke.notify_one();
            // Not kept over the wait: a lane that sleeps would keep replaced settings alive.
            let sent = {
                let snapshot = self.live.load_full();
                mail_out_by_one(&self.world, &snapshot, self.clock, more, &stop).await
            };
            let wait = match sent {
                Ok(_) => self.until_next_mail().await,
                Err(error) => {
                    error!(%error, "ledger: {error}");
                    HEARTBEAT
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.poke.notified() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    async fn until_next_mail(&self) -> Duration {
        const LONGEST: Duration = Duration::from_secs(60);
        match self.world.ledger.next_due((self.clock)()).await {
            Ok(Some(due)) => Duration::try_from(due.duration_since((self.clock)()))
                .unwrap_or(Duration::ZERO)
                .clamp(Duration::from_millis(100), LONGEST),
            Ok(None) => LONGEST,
            Err(error) => {
                error!(%error, "ledger: {error}");
                HEARTBEAT
            }
        }
    }

    /// Looks for answers by mail.
    async fn read_answers(self: Arc<Self>, stop: CancellationToken) -> std::io::Result<()> {
        let live = || self.live.load_full();
        answers::watch(&self.world.ledger, live, self.clock, &stop).await;
        Ok(())
    }

    /// Tells the service manager that work moves, and only then.
    async fn watch(self: Arc<Self>, stop: CancellationToken) -> std::io::Result<()> {
        let Some(every) = systemd::watchdog_interval() else {
            return Ok(());
        };
        let mut last = u64::MAX;
        loop {
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = tokio::time::sleep(every) => {}
            }
            let beats = self.beats.load(Ordering::Relaxed);
            if beats != last && self.world.ledger.overview().await.is_ok() {
                systemd::alive();
                systemd::status(&self.line());
            }
            last = beats;
        }
    }

    /// What the seen memory lost is noticed up to its last flush only.
    async fn flush_seen(self: Arc<Self>, stop: CancellationToken) -> std::io::Result<()> {
        loop {
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = tokio::time::sleep(HEARTBEAT) => {}
            }
            let seen = self.world.seen.clone();
            if let Ok(Err(error)) = tokio::task::spawn_blocking(move || seen.flush()).await {
                warn!(%error, "seen memory: {error}");
            }
        }
    }

    async fn keep_up(self: Arc<Self>, stop: CancellationToken) -> std::io::Result<()> {
        let settings = || {
            let config = &self.live.load().config;
            (config.store.clone(), config.office.lang)
        };
        self.upkeep
            .run(&self.world, settings, self.clock, &stop)
            .await;
        Ok(())
    }

    async fn hear(
        self: Arc<Self>,
        reload: Arc<Notify>,
        stop: CancellationToken,
    ) -> std::io::Result<()> {
        loop {
            let asked = tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = reload.notified() => true,
                () = tokio::time::sleep(FOLDERS_SEEN_TO) => {
                    self.folders_are_lost()
                }
            };
            if asked {
                systemd::reloading();
                self.reload().await;
                systemd::ready(&self.line());
            }
        }
    }

    /// Whether a watched folder is gone; a watch that the system did not give is asked for again.
    fn folders_are_lost(&self) -> bool {
        let Ok(mut watch) = self.watch.lock() else {
            return false;
        };
        let Some(watch) = watch.as_mut() else {
            return false;
        };
        if watch.has_failed() {
            watch.follow(&self.live.load().config);
        }
        watch.is_lost()
    }

    /// Tells admins how canhtin itself fares.
    async fn tell_admins(self: Arc<Self>, stop: CancellationToken) -> std::io::Result<()> {
        let problems = || self.problems.lock().map(|p| p.clone()).unwrap_or_default();
        notices::files(&self.world.ledger, &problems(), (self.clock)()).await;
        notices::watch(
            Arc::clone(&self.world),
            || self.live.load_full(),
            || !problems().is_empty(),
            || self.poke.notify_one(),
            self.clock,
            stop,
        )
        .await;
        Ok(())
    }

    /// Reads the files again. All that can fail is done before the live snapshot is swapped:
    /// with any error the last good one stays in force.
    async fn reload(self: &Arc<Self>) -> Reloaded {
        let _turn = self.reloading.lock().await;
        let this = Arc::clone(self);
        let built = tokio::task::spawn_blocking(move || {
            let loaded = (this.load)();
            let lang = this.live.load().config.office.lang;
            let mut problems = shown(&loaded, lang);
            let fit = !loaded.any_error();
            let snapshot = loaded
                .config
                .filter(|_| fit)
                .map(|config| Snapshot::build(config, Some(&this.live.load())));
            match snapshot {
                Some(Ok(snapshot)) => (Some(snapshot), problems),
                Some(Err(error)) => {
                    problems.push(error.to_string());
                    (None, problems)
                }
                None => (None, problems),
            }
        });
        let (snapshot, problems) = match built.await {
            Ok(built) => built,
            Err(panic) => (None, vec![panic.to_string()]),
        };
        for problem in &problems {
            warn!("{problem}");
        }
        let fit = snapshot.is_some();
        if let Some(snapshot) = snapshot {
            let version = snapshot.config.rulebook.version.clone();
            info!(
                rules = version,
                sources = snapshot.sources.len(),
                "reloaded"
            );
            if let Ok(mut watch) = self.watch.lock()
                && let Some(watch) = watch.as_mut()
            {
                watch.follow(&snapshot.config);
            }
            self.live.store(Arc::new(snapshot));
            self.changed.notify_one();
            self.lead_anew().await;
        } else {
            error!("not reloaded: the last good files stay in force");
        }
        if let Ok(mut kept) = self.problems.lock() {
            kept.clone_from(&problems);
        }
        notices::files(&self.world.ledger, &problems, (self.clock)()).await;
        self.poke.notify_one();
        Reloaded { fit, problems }
    }

    /// What waits for a mail follows the settings in force.
    async fn lead_anew(&self) {
        let snapshot = self.live.load_full();
        if let Err(error) = lead_anew(&self.world, &snapshot, (self.clock)()).await {
            error!(%error, "ledger: {error}");
        }
        self.poke.notify_one();
    }

    async fn status(&self) -> Status {
        let snapshot = self.live.load_full();
        let mut problems = self.problems.lock().map(|p| p.clone()).unwrap_or_default();
        let disk = self.disk_trouble().map(|trouble| trouble.message());
        problems.extend(disk.map(|told| told.say(snapshot.config.office.lang)));
        let (started, now) = (Some(self.started), (self.clock)());
        let mut status = status::gather(&self.world, &snapshot, problems, started, now).await;
        status.punctuality = self.lags.lock().ok().map(|lags| lags.told());
        let health = self.upkeep.health(&snapshot.config.store);
        status.with_stores(health, snapshot.config.office.lang)
    }

    /// Where it listens is settled at the start.
    async fn serve_metrics(self: Arc<Self>, stop: CancellationToken) -> std::io::Result<()> {
        if let Some(listen) = self.live.load().config.metrics {
            let counters = self.counters.clone();
            let status = move || {
                let this = Arc::clone(&self);
                async move { this.status().await }
            };
            metrics::serve(listen, counters, status, stop).await;
        }
        Ok(())
    }

    /// One line for `systemctl status`.
    fn line(&self) -> String {
        let snapshot = self.live.load();
        let (sources, rules) = (
            snapshot.sources.len(),
            snapshot.config.rulebook.metas().count(),
        );
        format!("{sources} sources, {rules} rules")
    }
}

/// The errors as text, for logs and `status`; warnings are for whoever runs `check`.
#[must_use]
pub fn shown(loaded: &Loaded, lang: Lang) -> Vec<String> {
    loaded
        .problems
        .iter()
        .filter(|problem| problem.level == Level::Error)
        .map(|problem| render(problem, lang, Style::Plain))
        .collect()
}

impl control::Answers for Service {
    async fn answer(self: Arc<Self>, request: control::Request) -> String {
        let answer = match request {
            control::Request::Status => {
                return serde_json::to_string(&self.status().await).unwrap_or_else(|error| {
                    serde_json::json!({ "error": error.to_string() }).to_string()
                });
            }
            control::Request::Reload => {
                let reloaded = self.reload().await;
                serde_json::json!({ "reloaded": reloaded.fit, "problems": reloaded.problems })
            }
            control::Request::Forget { url, by } => {
                let config = &self.live.load_full().config;
                let (page, now) = ((url.as_str(), by.as_str()), (self.clock)());
                let forgotten = forget::forget(&self.world.ledger, config, page, now).await;
                self.poke.notify_one();
                forgotten
                    .map_err(|error| error.to_string())
                    .and_then(|done| serde_json::to_value(done).map_err(|e| e.to_string()))
                    .unwrap_or_else(|error| serde_json::json!({ "error": error }))
            }
            request => {
                let answer = upkeep::answer(&self.world, &request, (self.clock)()).await;
                self.poke.notify_one();
                answer
            }
        };
        answer.to_string()
    }
}
