//! `run`: the daemon. SIGTERM drains and ends it, SIGHUP reloads.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;
use tracing::warn;

use super::setting::{Setting, start_error};
use super::{Exit, report};
use crate::config::Store;
use crate::daemon::service::{Service, shown};
use crate::daemon::world::{Snapshot, StartError, World};
use crate::message::Message;
use crate::seen::SeenError;

/// How long another canhtin on the same stores is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) fn run(setting: &Setting) -> anyhow::Result<Exit> {
    report::block_on(serve(setting))
}

async fn serve(setting: &Setting) -> anyhow::Result<Exit> {
    // First of all: a signal during a slow start must not end it halfway.
    let stop = report::stop_on_signal()?;
    let mut hup = signal(SignalKind::hangup())?;
    report::log_to_stderr("info");
    let loaded = setting.load_to_send();
    let lang = setting.lang(&loaded);
    let problems = shown(&loaded, lang);
    let Some(config) = loaded.config else {
        report::to_stderr(&problems.join("\n\n"));
        return Ok(Exit::Problems);
    };
    // A broken source or rule must not keep the others from being watched after a reboot.
    for problem in &problems {
        warn!("{problem}");
    }
    let opened = open(&config.store).await;
    let (world, notices) = opened.map_err(|error| start_error(lang, error))?;
    for notice in notices {
        warn!("{}", notice.say(lang));
    }
    let snapshot = Snapshot::build(config, None).map_err(|error| start_error(lang, error))?;
    let again = Setting::new(Some(setting.config.clone()), None);
    let load = move || again.load_to_send();
    let service = Service::new(world, snapshot, problems, load, Timestamp::now);
    let reload = Arc::new(Notify::new());
    let asked = Arc::clone(&reload);
    tokio::spawn(async move {
        while hup.recv().await.is_some() {
            asked.notify_one();
        }
    });
    Arc::new(service).run(stop, reload).await?;
    Ok(Exit::Done)
}

/// Opens the stores; a `status` or `once` that holds them at this moment is waited for.
async fn open(store: &Store) -> Result<(World, Vec<Message>), StartError> {
    let began = Instant::now();
    loop {
        match World::open(store, Timestamp::now()).await {
            Err(StartError::Seen(SeenError::Running { .. })) if began.elapsed() < PATIENCE => {
                tokio::time::sleep(PATIENCE / 50).await;
            }
            other => return other,
        }
    }
}
