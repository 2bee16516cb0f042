//! Source → Fetched: one polite, bounded, guarded request. A fetch that fails is an outcome
//! with a class, never an error that ends anything.

mod body;
mod budget;
mod decode;
mod failure;
mod freshness;
mod gate;
mod guard;
mod lookup;
mod outcome;
mod permission;
mod request;
mod robots;
mod settings;

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{self, HeaderMap, HeaderValue};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tracing::warn;
use url::Url;

use body::Limit;
use budget::Budget;
use gate::{Gates, Turn};
use guard::Guard;
use lookup::GuardedResolver;

pub use budget::Share;
pub use gate::gate_of;
pub use guard::{Refusal, is_global};
pub use outcome::{Failure, FailureClass, Fetched, Heard, Outcome};
pub use request::{Accept, Request, Validators};
pub use robots::{AGENT, RobotsMemory, Rules};
pub use settings::{Settings, read_settings};

/// Redirects followed before the guard refuses (promised: 5).
pub const MAX_HOPS: usize = 5;
/// Bytes of all bodies that are being read or wait to be read by a parser, their beginnings apart:
/// these have a quarter of it more.
const ALL_BODIES: usize = 64 << 20;
/// A host that cannot be reached in this time counts as away.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Idle connections are kept for a followed article or two, no longer.
const IDLE_TIMEOUT: Duration = Duration::from_secs(15);

/// The HTTP client could not be set up.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client cannot be set up: {0}")]
pub struct FetcherError(String);

/// Sends requests: guarded, bounded, one at a time per host. Cheap to share behind an `Arc`.
#[derive(Debug)]
pub struct Fetcher {
    client: reqwest::Client,
    guard: Arc<Guard>,
    gates: Gates,
    robots: robots::Cache,
    permits: Semaphore,
    budget: Budget,
    timeout: Duration,
    limit: Limit,
}

/// What one hop is about.
struct Errand {
    headers: HeaderMap,
    conditional: bool,
    limit: Limit,
    /// The gap that the host asked for.
    delay: Duration,
}

/// How one hop ended.
enum Hop {
    Redirect {
        to: Url,
        permanent: bool,
    },
    NotModified,
    Body(Box<Fetched>),
    /// A body that cannot be unpacked.
    Spoilt(Failure),
}

impl Fetcher {
    /// A fetcher with its own connections, gates and limits.
    ///
    /// # Errors
    /// When the HTTP client cannot be set up (no usable TLS).
    pub fn new(settings: &Settings) -> Result<Self, FetcherError> {
        let guard = Arc::new(Guard {
            allow: settings.allow_networks.clone(),
            fixed: settings.resolve.clone(),
        });
        let resolver = GuardedResolver::new(Arc::clone(&guard));
        let client = builder(settings, resolver.clone())
            .build()
            .or_else(|error| {
                // A machine without any root certificate can still read http, and says of each
                // https source that its certificate is not trusted.
                warn!(error = failure::chain(&error), "no certificate is trusted");
                builder(settings, resolver).tls_certs_only([]).build()
            })
            .map_err(|error| FetcherError(failure::chain(&error)))?;
        Ok(Self {
            client,
            guard,
            gates: Gates::new(settings.gap),
            robots: robots::Cache::new(&settings.ignore_robots),
            permits: Semaphore::new(settings.concurrency.max(1)),
            budget: Budget::new(ALL_BODIES),
            timeout: settings.timeout,
            limit: Limit {
                max: settings.max_body,
                cut: false,
            },
        })
    }

    /// Keeps what sites say in their `robots.txt` over a restart; the first memory named stays.
    pub fn keep_robots_in(&self, memory: &Arc<dyn RobotsMemory>) {
        self.robots.keep_in(memory);
    }

    /// Sends one request and follows its redirects, each where `robots.txt` allows it. Waits in
    /// line for each host on the way.
    pub async fn fetch(&self, request: Request<'_>) -> Outcome {
        match self.follow(request).await {
            Ok(outcome) => outcome,
            Err(failure) => Outcome::Failed(failure),
        }
    }

    async fn follow(&self, request: Request<'_>) -> Result<Outcome, Failure> {
        let mut url = request.url.clone();
        let mut left = self.timeout;
        let mut moved_to = None;
        let mut all_permanent = true;
        for _ in 0..=MAX_HOPS {
            self.guard.url(&url)?;
            let delay = match request.credentials {
                Some(_) => Duration::ZERO,
                None => self.permit(&url).await?,
            };
            let errand = Errand {
                headers: request.headers(&url),
                conditional: request.is_conditional(),
                limit: self.limit,
                delay,
            };
            match self.hop(&url, errand, &mut left).await? {
                Hop::Spoilt(failure) => return Err(failure),
                Hop::NotModified => return Ok(Outcome::NotModified { moved_to }),
                Hop::Body(fetched) => {
                    return Ok(Outcome::Fetched(Box::new(Fetched {
                        moved_to,
                        ..*fetched
                    })));
                }
                Hop::Redirect { to, permanent } => {
                    all_permanent &= permanent;
                    if all_permanent {
                        moved_to = Some(to.clone());
                    }
                    url = to;
                }
            }
        }
        Err(Refusal::Hops(MAX_HOPS).into())
    }

    /// One hop in its turn; `left` is what remains of the deadline for all of them.
    async fn hop(&self, url: &Url, errand: Errand, left: &mut Duration) -> Result<Hop, Failure> {
        let mut turn = self.gates.enter(url, errand.delay).await?;
        let Ok(_permit) = self.permits.acquire().await else {
            return Err(Failure::new(FailureClass::Refused, "the fetcher is closed"));
        };
        let begin = Instant::now();
        let outcome = tokio::time::timeout(*left, self.send(url, errand, &mut turn)).await;
        *left = left.saturating_sub(begin.elapsed());
        outcome.unwrap_or_else(|_| {
            let detail = format!("no whole answer within {} s", self.timeout.as_secs_f32());
            Err(Failure::new(FailureClass::Timeout, detail))
        })
    }

    async fn send(&self, url: &Url, errand: Errand, turn: &mut Turn) -> Result<Hop, Failure> {
        let response = self
            .client
            .get(url.clone())
            .headers(errand.headers)
            .send()
            .await
            .map_err(|error| failure::of(&error))?;
        // The dialled address was checked; this holds that no other way leads past the guard.
        let remote = response.remote_addr().ok_or(Refusal::NoRemote)?;
        self.guard.address(remote.ip())?;

        let status = response.status();
        match status.as_u16() {
            304 if errand.conditional => Ok(Hop::NotModified),
            301 | 302 | 303 | 307 | 308 => Ok(Hop::Redirect {
                to: failure::target(url, response.headers())?,
                permanent: matches!(status.as_u16(), 301 | 308),
            }),
            200..=203 => match body::read(response, url, errand.limit, &self.budget).await {
                Ok(fetched) => Ok(Hop::Body(Box::new(fetched))),
                Err(failure) if failure.class == FailureClass::Unreadable => {
                    Ok(Hop::Spoilt(failure))
                }
                Err(failure) => Err(failure),
            },
            code => {
                let failed = failure::status(code, response.headers());
                if let (429 | 503, Some(pause)) = (code, failed.retry_after) {
                    turn.close_for(pause, failed.clone());
                }
                Err(failed)
            }
        }
    }
}

fn builder(settings: &Settings, resolver: GuardedResolver) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .user_agent(user_agent(settings.contact.as_deref()))
        .default_headers(HeaderMap::from_iter([
            (
                header::ACCEPT_LANGUAGE,
                HeaderValue::from_static("vi,en;q=0.5"),
            ),
            (
                header::ACCEPT_ENCODING,
                HeaderValue::from_static(decode::OFFERED),
            ),
        ]))
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .dns_resolver(resolver)
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_max_idle_per_host(1)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .referer(false)
}

/// `canhtin/0.1.0 (+mailto:office@example.vn)`, so that whoever is annoyed knows whom to tell.
fn user_agent(contact: Option<&str>) -> String {
    let version = env!("CARGO_PKG_VERSION");
    match contact {
        Some(page) if page.starts_with("http") => format!("canhtin/{version} (+{page})"),
        Some(mail) => format!("canhtin/{version} (+mailto:{mail})"),
        None => format!("canhtin/{version}"),
    }
}

#[cfg(test)]
mod tests;
