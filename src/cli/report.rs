//! What commands that pass over sources have in common: the runtime, the progress bar, the line
//! a source.

use std::io::{self, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use super::is_watched;
use crate::daemon::pipeline::{End, Passed};
use crate::daemon::world::Snapshot;
use crate::message::{Lang, Message, say};

/// Parsing threads beyond the cores only cost memory.
const BLOCKING_THREADS: usize = 8;

/// Runs a command on a runtime of its own.
pub(super) fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(
            std::thread::available_parallelism()
                .map_or(1, usize::from)
                .min(4),
        )
        .max_blocking_threads(BLOCKING_THREADS)
        .enable_all()
        .build()?;
    let done = runtime.block_on(work);
    // Blocking work that hangs (a broken disk) must not hold the exit.
    runtime.shutdown_timeout(Duration::from_secs(1));
    done
}

/// Logs go to stderr, at `level` unless `CANHTIN_LOG` says otherwise. Where stderr is the
/// journal, they go to it with their fields, as `CANHTIN_…` (see `docs/LOGGING.md`).
pub(super) fn log_to_stderr(level: &str) {
    let filter = EnvFilter::try_from_env("CANHTIN_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    let journal = stderr_is_journal()
        .then(tracing_journald::layer)
        .and_then(Result::ok)
        .map(|layer| layer.with_field_prefix(Some("CANHTIN".to_owned())));
    // A second subscriber in one process (tests) is no harm.
    let _ = if let Some(journal) = journal {
        tracing_subscriber::registry()
            .with(filter)
            .with(journal)
            .try_init()
    } else {
        tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(io::stderr)
            .with_ansi(is_watched())
            .with_target(false)
            .finish()
            .try_init()
    };
}

/// Whether `JOURNAL_STREAM` names the very file that is stderr, as systemd.exec(5) asks: the
/// variable is also inherited by programs whose stderr leads elsewhere.
fn stderr_is_journal() -> bool {
    use std::os::unix::fs::MetadataExt;
    let Ok(stream) = std::env::var("JOURNAL_STREAM") else {
        return false;
    };
    std::fs::metadata("/proc/self/fd/2")
        .is_ok_and(|stderr| stream == format!("{}:{}", stderr.dev(), stderr.ino()))
}

/// A token that is set by the first SIGINT or SIGTERM.
pub(super) fn stop_on_signal() -> anyhow::Result<CancellationToken> {
    use tokio::signal::unix::{SignalKind, signal};
    let stop = CancellationToken::new();
    let (mut int, mut term) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
    );
    let set = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = int.recv() => {}
            _ = term.recv() => {}
        }
        set.cancel();
    });
    Ok(stop)
}

/// A bar on stderr, where somebody watches it.
pub(super) fn bar(total: usize) -> ProgressBar {
    let target = if is_watched() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let bar = ProgressBar::with_draw_target(Some(total as u64), target);
    if let Ok(style) = ProgressStyle::with_template("{bar:32} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    bar
}

/// One line: what came of a source.
pub(super) fn line(passed: &Passed, snapshot: &Snapshot, lang: Lang) -> String {
    let what = match &passed.end {
        End::Read(counts) if counts.items == 0 => nothing(&passed.source, snapshot, lang),
        End::Unchanged => say(lang, "cli-pass-unchanged"),
        End::Read(counts) if counts.hits > 0 => Message::new("cli-pass-hits")
            .count("items", counts.items)
            .count("fresh", counts.fresh)
            .count("hits", counts.hits)
            .say(lang),
        End::Read(counts) => Message::new("cli-pass-read")
            .count("items", counts.items)
            .count("fresh", counts.fresh)
            .say(lang),
        End::Failed(failure) => Message::new("cli-pass-failed")
            .with("class", failure.class)
            .with("what", failure.class.what().say(lang))
            .with("detail", &failure.detail)
            .say(lang),
        End::Unrecorded(detail) => Message::new("cli-pass-unrecorded")
            .with("detail", detail)
            .say(lang),
    };
    let mark = match &passed.end {
        End::Failed(_) | End::Unrecorded(_) => "✗",
        End::Read(counts) if counts.items == 0 => "!",
        End::Read(_) | End::Unchanged => "✓",
    };
    format!("{mark} {:<24} {what}", passed.source)
}

/// That a source answers and shows no item: often its selectors or paths do not fit.
fn nothing(id: &str, snapshot: &Snapshot, lang: Lang) -> String {
    let source = snapshot.sources.iter().find(|source| &*source.id == id);
    let what = match source {
        Some(source) if source.page.is_some() => "cli-pass-page-nothing",
        Some(source) if source.api.is_some() => "cli-pass-api-nothing",
        _ => "cli-pass-nothing",
    };
    Message::new(what).with("source", id).say(lang)
}

/// Writes a block of text to stderr.
pub(super) fn to_stderr(text: &str) {
    // Nothing can be done where even stderr is gone.
    let _ = writeln!(io::stderr(), "{text}");
}
