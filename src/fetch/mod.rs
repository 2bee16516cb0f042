//! Source → Fetched: one polite, bounded, guarded request. A fetch that fails is an outcome
//! with a class, never an error that ends anything.

mod body;
mod failure;
mod gate;
mod guard;
mod settings;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{self, HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tracing::warn;
use url::Url;

use crate::message::Message;
use crate::source::Kind;
use gate::{Gates, Turn};
use guard::{Guard, GuardedResolver};

pub use guard::{Refusal, is_global};
pub use settings::{Settings, read_settings};

/// Redirects followed before the guard refuses (promised: 5).
pub const MAX_HOPS: usize = 5;
/// A host that cannot be reached in this time counts as away.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Idle connections are kept for a followed article or two, no longer.
const IDLE_TIMEOUT: Duration = Duration::from_secs(15);

/// What a server told us to send back next time (RFC 9110 §8.8, §13).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Validators {
    /// `ETag`, exactly as received.
    pub etag: Option<String>,
    /// `Last-Modified`, exactly as received.
    pub last_modified: Option<String>,
}

/// A body that arrived whole, within its limits.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// The address after redirects.
    pub url: Url,
    /// The `Content-Type` header.
    pub content_type: Option<String>,
    /// Decoded bytes.
    pub body: Vec<u8>,
    /// For the next conditional request.
    pub validators: Validators,
    /// Where a chain of permanent redirects (301, 308) leads.
    pub moved_to: Option<Url>,
}

/// How a fetch ended.
#[derive(Debug)]
pub enum Outcome {
    /// A new body.
    Fetched(Box<Fetched>),
    /// 304: nothing new.
    NotModified,
    /// No body, and why.
    Failed(Failure),
}

/// Why a fetch brought nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The class, by which the schedule backs off.
    pub class: FailureClass,
    /// One line for operators; holds no secret.
    pub detail: String,
    /// `Retry-After`, as a duration from now, at most 24 h.
    pub retry_after: Option<Duration>,
}

/// Classes of failed fetches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureClass {
    /// The name does not resolve.
    Dns,
    /// No TCP connection, or it broke off.
    Connect,
    /// The TLS handshake or certificate failed.
    Tls,
    /// A deadline passed.
    Timeout,
    /// 4xx.
    Http4xx,
    /// 5xx.
    Http5xx,
    /// robots.txt says no.
    Robots,
    /// The decoded body passed its limit.
    TooBig,
    /// The body cannot be read as what it should be.
    Unreadable,
    /// The guard refused: a non-global address, a scheme other than http(s), too many hops.
    Refused,
}

impl FailureClass {
    /// The class as people read it.
    #[must_use]
    pub fn what(self) -> Message {
        Message::new(match self {
            Self::Dns => "gathering-class-dns",
            Self::Connect => "gathering-class-connect",
            Self::Tls => "gathering-class-tls",
            Self::Timeout => "gathering-class-timeout",
            Self::Http4xx => "gathering-class-http-4xx",
            Self::Http5xx => "gathering-class-http-5xx",
            Self::Robots => "gathering-class-robots",
            Self::TooBig => "gathering-class-too-big",
            Self::Unreadable => "gathering-class-unreadable",
            Self::Refused => "gathering-class-refused",
        })
    }
}

/// What kind of body is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accept {
    /// RSS, Atom or JSON Feed.
    Feed,
    /// An HTML page.
    Page,
}

impl From<Kind> for Accept {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Feed => Self::Feed,
            Kind::Page | Kind::Article => Self::Page,
        }
    }
}

/// One request: what, and what is known of it.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The address.
    pub url: &'a Url,
    /// What the last answer told; `None` asks for the body in any case.
    pub validators: Option<&'a Validators>,
    /// The kind of body wanted.
    pub accept: Accept,
}

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
    permits: Semaphore,
    timeout: Duration,
    max_body: usize,
}

/// How one hop ended.
enum Hop {
    Redirect { to: Url, permanent: bool },
    NotModified,
    Body(Box<Fetched>),
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
        let resolver = GuardedResolver(Arc::clone(&guard));
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
            permits: Semaphore::new(settings.concurrency.max(1)),
            timeout: settings.timeout,
            max_body: settings.max_body,
        })
    }

    /// Sends one request and follows its redirects. Waits in line for each host on the way.
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
            match self.hop(&url, request, &mut left).await? {
                Hop::NotModified => return Ok(Outcome::NotModified),
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
    async fn hop(
        &self,
        url: &Url,
        request: Request<'_>,
        left: &mut Duration,
    ) -> Result<Hop, Failure> {
        let mut turn = self.gates.enter(url).await?;
        let Ok(_permit) = self.permits.acquire().await else {
            return Err(Failure::new(FailureClass::Refused, "the fetcher is closed"));
        };
        let begin = Instant::now();
        let outcome = tokio::time::timeout(*left, self.send(url, request, &mut turn)).await;
        *left = left.saturating_sub(begin.elapsed());
        outcome.unwrap_or_else(|_| {
            let detail = format!("no whole answer within {} s", self.timeout.as_secs_f32());
            Err(Failure::new(FailureClass::Timeout, detail))
        })
    }

    async fn send(&self, url: &Url, request: Request<'_>, turn: &mut Turn) -> Result<Hop, Failure> {
        let mut builder = self
            .client
            .get(url.clone())
            .header(header::ACCEPT, accept(request.accept));
        let validators = request.validators.cloned().unwrap_or_default();
        // Both are sent: RFC 9110 §13.2.2 lets the ETag decide where the server knows it.
        for (name, value) in [
            (header::IF_NONE_MATCH, &validators.etag),
            (header::IF_MODIFIED_SINCE, &validators.last_modified),
        ] {
            if let Some(value) = value.as_deref().and_then(|v| HeaderValue::from_str(v).ok()) {
                builder = builder.header(name, value);
            }
        }
        let response = builder.send().await.map_err(|error| failure::of(&error))?;
        // The dialled address was checked; this holds that no other way leads past the guard.
        let remote = response.remote_addr().ok_or(Refusal::NoRemote)?;
        self.guard.address(remote.ip())?;

        let status = response.status();
        match status.as_u16() {
            304 if validators != Validators::default() => Ok(Hop::NotModified),
            301 | 302 | 303 | 307 | 308 => Ok(Hop::Redirect {
                to: failure::target(url, response.headers())?,
                permanent: matches!(status.as_u16(), 301 | 308),
            }),
            200..=203 => {
                let fetched = body::read(response, url, self.max_body).await?;
                Ok(Hop::Body(Box::new(fetched)))
            }
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
        .default_headers(HeaderMap::from_iter([(
            header::ACCEPT_LANGUAGE,
            HeaderValue::from_static("vi,en;q=0.5"),
        )]))
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        // A frame may ask for a window of 128 MiB, far above what a body may take.
        .no_zstd()
        .dns_resolver(resolver)
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_max_idle_per_host(1)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .referer(false)
}

fn accept(accept: Accept) -> HeaderValue {
    HeaderValue::from_static(match accept {
        Accept::Feed => {
            "application/rss+xml, application/atom+xml, application/feed+json, \
             application/rdf+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
        }
        Accept::Page => "text/html, application/xhtml+xml;q=0.9, */*;q=0.5",
    })
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

impl fmt::Display for FailureClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dns => "dns",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Timeout => "timeout",
            Self::Http4xx => "http-4xx",
            Self::Http5xx => "http-5xx",
            Self::Robots => "robots",
            Self::TooBig => "too-big",
            Self::Unreadable => "unreadable",
            Self::Refused => "refused",
        })
    }
}

#[cfg(test)]
mod tests;
