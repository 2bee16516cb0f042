//! `run`: the daemon. SIGTERM drains and ends it, SIGHUP reloads.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;
use tracing::warn;

use super::setting::{Setting, start_error};
use super::{Exit, report};
use crate::daemon::service::{Service, shown};
use crate::daemon::world::{Snapshot, World};

pub(super) fn run(setting: &Setting) -> anyhow::Result<Exit> {
    report::block_on(serve(setting))
}

async fn serve(setting: &Setting) -> anyhow::Result<Exit> {
    report::log_to_stderr("info");
    let loaded = setting.load();
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
    let opened = World::open(&config.store, Timestamp::now()).await;
    let (world, notices) = opened.map_err(|error| start_error(lang, error))?;
    for notice in notices {
        warn!("{}", notice.say(lang));
    }
    let snapshot = Snapshot::build(config, None).map_err(|error| start_error(lang, error))?;
    let again = Setting::new(Some(setting.config.clone()), None);
    let load = move || again.load();
    let service = Service::new(world, snapshot, problems, load, Timestamp::now);
    let reload = Arc::new(Notify::new());
    let mut hup = signal(SignalKind::hangup())?;
    let asked = Arc::clone(&reload);
    tokio::spawn(async move {
        while hup.recv().await.is_some() {
            asked.notify_one();
        }
    });
    Arc::new(service)
        .run(report::stop_on_signal()?, reload)
        .await?;
    Ok(Exit::Done)
}
