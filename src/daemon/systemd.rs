//! What the service manager is told (sd_notify(3)); nothing where there is none.

use std::time::Duration;

use sd_notify::NotifyState;
use tracing::warn;

fn notify(states: &[NotifyState<'_>]) {
    // The manager not hearing us must not stop the watch.
    if let Err(error) = sd_notify::notify(states) {
        warn!(%error, "the service manager was not told");
    }
}

/// The service can work: stores open, rules loaded.
pub(super) fn ready(status: &str) {
    notify(&[NotifyState::Ready, NotifyState::Status(status)]);
}

/// A line for `systemctl status`.
pub(super) fn status(status: &str) {
    notify(&[NotifyState::Status(status)]);
}

/// A reload begins (with the monotonic time that Type=notify-reload asks for).
pub(super) fn reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => notify(&[NotifyState::Reloading, now]),
        Err(_) => notify(&[NotifyState::Reloading]),
    }
}

/// The service is ending.
pub(super) fn stopping() {
    notify(&[NotifyState::Stopping]);
}

/// How often the manager wants a sign of life; half its limit. `None` where it wants none.
#[must_use]
pub(super) fn watchdog_interval() -> Option<Duration> {
    sd_notify::watchdog_enabled().map(|limit| limit / 2)
}

/// A sign of life.
pub(super) fn alive() {
    notify(&[NotifyState::Watchdog]);
}
