//! Numbers for a monitoring system, in the OpenMetrics text format, on a listener on loopback.
//! The names are documented in `docs/METRICS.md`.

use std::net::SocketAddr;
use std::sync::atomic::AtomicU64;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use tokio_util::sync::CancellationToken;
use tracing::{error, info};

use super::pipeline::{End, Passed};
use super::status::Status;

/// The media type of the exposition (OpenMetrics 1.0).
const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What is counted while the daemon runs; the rest is read when it is asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Counters {
    looks: Family<Outcome, Counter>,
    items: Counter,
    hits: Counter,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    /// `read`, `unchanged`, `unrecorded` or the class of the failure.
    outcome: String,
}

impl Counters {
    /// Counts a look at a source.
    pub(super) fn count(&self, passed: Option<&Passed>) {
        let outcome = match passed.map(|passed| &passed.end) {
            Some(End::Read(counts)) => {
                self.items.inc_by(counts.fresh as u64);
                self.hits.inc_by(counts.new_hits as u64);
                "read".to_owned()
            }
            Some(End::Unchanged) => "unchanged".to_owned(),
            Some(End::Failed(failure)) => failure.class.to_string(),
            Some(End::Unrecorded(_)) | None => "unrecorded".to_owned(),
        };
        self.looks.get_or_create(&Outcome { outcome }).inc();
    }

    /// All numbers, as text.
    fn exposition(&self, status: &Status) -> Result<String, std::fmt::Error> {
        let mut registry = Registry::with_prefix("canhtin");
        let version = vec![("version", status.version.clone())];
        registry.register("build", "The program", Info::new(version));
        let rules = vec![("version", status.rules_version.clone())];
        registry.register("rules", "The rules in force", Info::new(rules));
        let looks = self.looks.clone();
        registry.register("looks", "Looks at sources, by how they ended", looks);
        let items = self.items.clone();
        registry.register("items", "New or changed items read", items);
        registry.register("hits", "New hits recorded", self.hits.clone());
        let failing = status.sources.iter().filter(|row| row.state.failures > 0);
        let ledger = status.ledger.clone().unwrap_or_default();
        let gauges: [(&str, &str, u64); 11] = [
            ("sources", "Sources watched", status.sources.len() as u64),
            (
                "sources_failing",
                "Sources whose last look failed",
                failing.count() as u64,
            ),
            ("rules_in_force", "Rules in force", status.rules as u64),
            ("alerts", "Alerts recorded", ledger.alerts),
            ("stories", "Stories told", ledger.stories),
            (
                "mails_waiting",
                "Deliveries that wait or are under way",
                ledger.queued + ledger.sending,
            ),
            (
                "mails_delayed",
                "Waiting deliveries that failed at least once",
                ledger.delayed,
            ),
            (
                "mails_held",
                "Deliveries that someone must look at",
                ledger.held,
            ),
            ("mails_sent", "Deliveries made, as far as kept", ledger.sent),
            (
                "problems",
                "Things that status calls wrong",
                status.problems.len() as u64,
            ),
            (
                "ledger_readable",
                "1 if the ledger answered",
                u64::from(status.ledger.is_some()),
            ),
        ];
        for (name, help, value) in gauges {
            registry.register(name, help, gauge(value));
        }
        let times = [
            ("start_time", "When it started", status.running_since),
            (
                "last_mail_time",
                "When a mail was last taken",
                ledger.last_sent,
            ),
            (
                "oldest_waiting_mail_time",
                "Since when the oldest waiting mail waits",
                ledger.oldest_queued,
            ),
            (
                "last_alert_time",
                "When the newest alert was seen",
                ledger.last_alert,
            ),
        ];
        for (name, help, time) in times {
            if let Some(seconds) = time.and_then(|time| u64::try_from(time.as_second()).ok()) {
                registry.register_with_unit(name, help, Unit::Seconds, gauge(seconds));
            }
        }
        if let Some(bytes) = super::memory_in_use() {
            let help = "Resident memory";
            registry.register_with_unit("memory", help, Unit::Bytes, gauge(bytes));
        }
        let mut text = String::new();
        encode(&mut text, &registry)?;
        Ok(text)
    }
}

fn gauge(value: u64) -> Gauge<u64, AtomicU64> {
    let gauge = Gauge::default();
    gauge.set(value);
    gauge
}

/// Answers `GET /metrics` on `listen` until `stop`. That it cannot listen harms nothing else.
pub(super) async fn serve<F>(
    listen: SocketAddr,
    counters: Counters,
    status: impl Fn() -> F + Clone + Send + Sync + 'static,
    stop: CancellationToken,
) where
    F: Future<Output = Status> + Send,
{
    let listener = match tokio::net::TcpListener::bind(listen).await {
        Ok(listener) => listener,
        Err(error) => {
            error!(%error, "no metrics on {listen}: {error}");
            return;
        }
    };
    if let Ok(address) = listener.local_addr() {
        info!("metrics on http://{address}/metrics");
    }
    let answer = move || {
        let (counters, status) = (counters.clone(), status.clone());
        async move { respond(counters.exposition(&status().await)) }
    };
    let router = Router::new().route("/metrics", get(answer));
    let served = axum::serve(listener, router)
        .with_graceful_shutdown(async move { stop.cancelled().await })
        .await;
    if let Err(error) = served {
        error!(%error, "metrics: {error}");
    }
}

fn respond(text: Result<String, std::fmt::Error>) -> Response {
    match text {
        Ok(text) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
