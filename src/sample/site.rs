//! A small web on one loopback address. Pages are told apart by the `Host` header, so each
//! source has a host name of its own (under `.example`, RFC 2606 §3) and its address needs no
//! port: `[fetch.resolve]` leads every name to the address the site listens on.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::web;

/// How long [`Site::stop`] waits for answers under way.
const STOP_DEADLINE: Duration = Duration::from_secs(2);

/// A page as the site serves it.
#[derive(Debug, Clone)]
pub struct Page {
    content_type: String,
    /// The status and body of each round; the last ones hold for all later rounds.
    bodies: Vec<(StatusCode, Vec<u8>)>,
    etag: bool,
    hangs: bool,
    location: Option<String>,
    /// A header, by its name in small letters, without which it is refused.
    key: Option<(&'static str, &'static str)>,
}

impl Page {
    /// A page that answers 200 with `body`.
    #[must_use]
    pub fn new(content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            content_type: content_type.to_owned(),
            bodies: vec![(StatusCode::OK, body.into())],
            etag: false,
            hangs: false,
            location: None,
            key: None,
        }
    }

    /// A page that answers with `status` and a short body.
    #[must_use]
    pub fn failing(status: StatusCode) -> Self {
        Self {
            bodies: vec![(status, status.to_string().into())],
            ..Self::new("text/plain; charset=utf-8", "")
        }
    }

    /// A page that leads to another address for good.
    #[must_use]
    pub fn moved(to: &str) -> Self {
        Self {
            location: Some(to.to_owned()),
            ..Self::failing(StatusCode::MOVED_PERMANENTLY)
        }
    }

    /// A page whose request is taken and never answered while the site runs.
    #[must_use]
    pub fn hanging() -> Self {
        Self {
            hangs: true,
            ..Self::new("text/plain; charset=utf-8", "")
        }
    }

    /// What the page says in the next round, after [`Site::advance`], with 200.
    #[must_use]
    pub fn then(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.bodies.push((StatusCode::OK, body.into()));
        self
    }

    /// Sends an `ETag` and answers 304 to an `If-None-Match` that holds it (RFC 9110 §13.1.2).
    #[must_use]
    pub fn with_etag(mut self) -> Self {
        self.etag = true;
        self
    }

    /// Answers 401 to a request without this header, its name in small letters.
    #[must_use]
    pub fn behind(mut self, header: &'static str, value: &'static str) -> Self {
        self.key = Some((header, value));
        self
    }

    /// Whether a request with these headers may see it.
    fn is_open_to(&self, headers: &HeaderMap) -> bool {
        self.key
            .is_none_or(|(name, value)| headers.get(name).is_some_and(|given| given == value))
    }

    fn answer(&self, round: usize) -> (StatusCode, &[u8]) {
        let (status, body) = &self.bodies[round.min(self.bodies.len() - 1)];
        (*status, body)
    }
}

/// How often a page was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    /// All requests.
    pub requests: u64,
    /// Those answered 304.
    pub not_modified: u64,
}

/// Requests by page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Requests {
    /// Host and path (with `/` and without a query) of each known page that was asked for.
    pub pages: BTreeMap<(String, String), Count>,
    /// Requests for pages that the site does not have.
    pub unknown: u64,
    /// Requests for a `robots.txt`, which no host of the site has unless it was given one.
    pub robots: u64,
}

impl Requests {
    /// All requests answered 304.
    #[must_use]
    pub fn not_modified(&self) -> u64 {
        self.pages.values().map(|count| count.not_modified).sum()
    }

    /// The requests to one host.
    #[must_use]
    pub fn to_host(&self, host: &str) -> u64 {
        let of_host = self.pages.iter().filter(|((name, _), _)| name == host);
        of_host.map(|(_, count)| count.requests).sum()
    }
}

/// The pages of a site that is not started yet.
#[derive(Debug, Default)]
pub struct Builder {
    pages: BTreeMap<(String, String), Page>,
}

impl Builder {
    /// Adds a page, or replaces the one at that place. `path` begins with `/`.
    #[must_use]
    pub fn page(mut self, host: &str, path: &str, page: Page) -> Self {
        self.pages.insert((host.to_owned(), path.to_owned()), page);
        self
    }

    /// Adds the sample web, its dates counted back from `now`.
    #[must_use]
    pub fn sample(self, now: Timestamp) -> Self {
        web::pages(now)
            .into_iter()
            .fold(self, |site, (host, path, page)| site.page(host, path, page))
    }

    /// Starts serving; `listen` may have port 0.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn start(self, listen: SocketAddr) -> io::Result<Site> {
        let listener = TcpListener::bind(listen).await?;
        let addr = listener.local_addr()?;
        let stop = CancellationToken::new();
        let shared = Arc::new(Shared {
            pages: self.pages,
            round: AtomicUsize::new(0),
            requests: Mutex::default(),
            stop: stop.clone(),
        });
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&shared));
        let stopped = stop.clone().cancelled_owned();
        let server = tokio::spawn(async move {
            axum::serve(listener, router)
                .with_graceful_shutdown(stopped)
                .await
        });
        Ok(Site {
            addr,
            shared,
            server,
            stop: stop.drop_guard(),
        })
    }
}

/// A running site. Dropping it stops it too, without waiting.
#[derive(Debug)]
pub struct Site {
    addr: SocketAddr,
    shared: Arc<Shared>,
    server: JoinHandle<io::Result<()>>,
    stop: DropGuard,
}

#[derive(Debug)]
struct Shared {
    pages: BTreeMap<(String, String), Page>,
    round: AtomicUsize,
    requests: Mutex<Requests>,
    stop: CancellationToken,
}

impl Site {
    /// A site without pages, to be filled by a test.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Serves the sample web in its first round, its dates counted back from `now`.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn start(listen: SocketAddr, now: Timestamp) -> io::Result<Self> {
        Self::builder().sample(now).start(listen).await
    }

    /// The address listened on.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Begins the next round: pages that have a further body serve it from now on.
    pub fn advance(&self) {
        self.shared.round.fetch_add(1, Ordering::Relaxed);
    }

    /// The requests so far.
    #[must_use]
    pub fn requests(&self) -> Requests {
        self.shared.lock().clone()
    }

    /// The host names, in order.
    #[must_use]
    pub fn hosts(&self) -> Vec<&str> {
        let mut hosts: Vec<&str> = self.shared.pages.keys().map(|(h, _)| h.as_str()).collect();
        hosts.dedup();
        hosts
    }

    /// A `[fetch.resolve]` table that leads every host name to this site.
    #[must_use]
    pub fn resolve_toml(&self) -> String {
        let mut table = String::from("[fetch.resolve]\n");
        for host in self.hosts() {
            // Writing to a String cannot fail.
            let _ = writeln!(table, "\"{host}\" = \"{}\"", self.addr);
        }
        table
    }

    /// The sample web's `[[source]]` blocks. They are the same from run to run.
    #[must_use]
    pub fn sources_toml(&self) -> &'static str {
        web::SOURCES
    }

    /// Stops: hanging answers are dropped, others may finish for two seconds.
    pub async fn stop(self) {
        drop(self.stop);
        let abort = self.server.abort_handle();
        if tokio::time::timeout(STOP_DEADLINE, self.server)
            .await
            .is_err()
        {
            abort.abort();
        }
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, Requests> {
        // A count stays usable whatever a panicking holder left behind.
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self, place: &(String, String), not_modified: bool) {
        let mut requests = self.lock();
        if self.pages.contains_key(place) {
            let count = requests.pages.entry(place.clone()).or_default();
            count.requests += 1;
            count.not_modified += u64::from(not_modified);
        } else if place.1 == "/robots.txt" {
            requests.robots += 1;
        } else {
            requests.unknown += 1;
        }
    }
}

async fn answer(
    State(site): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let place = (host(&headers), uri.path().to_owned());
    let Some(page) = site.pages.get(&place) else {
        site.count(&place, false);
        return StatusCode::NOT_FOUND.into_response();
    };
    if !page.is_open_to(&headers) {
        site.count(&place, false);
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let (status, body) = page.answer(site.round.load(Ordering::Relaxed));
    let etag = page.etag.then(|| etag(body));
    let known = etag.as_deref().is_some_and(|tag| holds(&headers, tag));
    site.count(&place, known);
    if page.hangs {
        site.stop.cancelled().await;
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let mut response = Response::builder().status(status);
    if let Some(to) = &page.location {
        response = response.header(header::LOCATION, to);
    }
    if let Some(tag) = etag {
        response = response.header(header::ETAG, tag);
    }
    let response = if known {
        response
            .status(StatusCode::NOT_MODIFIED)
            .body(Body::empty())
    } else {
        response
            .header(header::CONTENT_TYPE, &page.content_type)
            .body(Body::from(body.to_vec()))
    };
    response.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

/// The host asked for, without port.
fn host(headers: &HeaderMap) -> String {
    let value = headers
        .get(header::HOST)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let name = value.rsplit_once(':').map_or(value, |(name, _)| name);
    name.to_ascii_lowercase()
}

fn etag(body: &[u8]) -> String {
    let digest = blake3::hash(body).to_hex();
    format!("\"{}\"", &digest[..16])
}

/// Whether `If-None-Match` names this tag, by weak comparison (RFC 9110 §8.8.3.2).
fn holds(headers: &HeaderMap, tag: &str) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}

#[cfg(test)]
mod tests;
