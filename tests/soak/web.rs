//! A web of many feeds on one address, told apart by host and path, that can be given trouble.

use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};

use crate::fault::{Random, Trouble};

const HOSTS: usize = 50;
/// A feed gets a new item this often, shifted from feed to feed.
const NEWS_EVERY: u64 = 600;
/// One new item in so many tells a rumour.
const RUMOUR_IN: u64 = 40;

pub(crate) struct Web {
    addr: SocketAddr,
    sources: usize,
    began: Instant,
    epoch: Timestamp,
    polls: AtomicU64,
    state: Mutex<Shared>,
}

#[derive(Default)]
struct Shared {
    trouble: Option<(Trouble, usize)>,
    rumours: std::collections::HashSet<(usize, u64)>,
}

impl Web {
    pub(crate) async fn start(listen: SocketAddr, sources: usize) -> io::Result<Arc<Self>> {
        let listener = tokio::net::TcpListener::bind(listen).await?;
        let web = Arc::new(Self {
            addr: listener.local_addr()?,
            sources,
            began: Instant::now(),
            epoch: Timestamp::now(),
            polls: AtomicU64::new(0),
            state: Mutex::default(),
        });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&web));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(web)
    }

    pub(crate) fn sources_toml(&self, every: Duration) -> String {
        let mut toml = String::new();
        for n in 0..self.sources {
            let _ = writeln!(
                toml,
                "[[source]]\nid = \"nguon-{n}\"\nname = \"Nguồn {n}\"\nkind = \"feed\"\n\
                 url = \"http://may{}.example/{n}.xml\"\ntrust = \"social\"\nevery = \"{}s\"\n",
                n % HOSTS,
                every.as_secs()
            );
        }
        toml
    }

    pub(crate) fn resolve_toml(&self) -> String {
        let mut toml = "[fetch.resolve]\n".to_owned();
        for host in 0..HOSTS {
            let _ = writeln!(toml, "\"may{host}.example\" = \"{}\"", self.addr);
        }
        toml
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Shared> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A third of the hosts has this trouble from now on.
    pub(crate) fn trouble(&self, trouble: Trouble, random: &mut Random) {
        let first = usize::try_from(random.below(3)).unwrap_or(0);
        self.lock().trouble = Some((trouble, first));
    }

    /// No host has any trouble from now on.
    pub(crate) fn quiet(&self) {
        self.lock().trouble = None;
    }

    pub(crate) fn sources(&self) -> usize {
        self.sources
    }

    pub(crate) fn polls(&self) -> u64 {
        self.polls.load(Ordering::Relaxed)
    }

    pub(crate) fn rumours(&self) -> usize {
        self.lock().rumours.len()
    }

    fn feed(&self, n: usize) -> (String, u64) {
        let seconds = self.began.elapsed().as_secs() + n as u64 * 7;
        let newest = seconds / NEWS_EVERY + 20;
        let mut xml = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\"><channel><title>Nguồn {n}</title>"
        );
        for item in (newest.saturating_sub(19)..=newest).rev() {
            let (title, text) = if item > 20 && is_rumour(n, item) {
                self.lock().rumours.insert((n, item));
                rumour(n, item)
            } else {
                news(n, item)
            };
            let age = seconds.saturating_sub((item - 20) * NEWS_EVERY);
            let at = self.epoch
                + SignedDuration::from_secs(
                    i64::try_from(seconds.saturating_sub(age)).unwrap_or(0),
                )
                - SignedDuration::from_secs(if item <= 20 { 3600 } else { 0 });
            let _ = write!(
                xml,
                "<item><guid isPermaLink=\"false\">{n}-{item}</guid><title>{title}</title>\
                 <link>http://may{}.example/{n}/{item}.html</link><description>{text}</description>\
                 <pubDate>{}</pubDate></item>",
                n % HOSTS,
                at.strftime("%a, %d %b %Y %H:%M:%S +0000")
            );
        }
        xml.push_str("</channel></rss>");
        (xml, newest)
    }
}

fn is_rumour(n: usize, item: u64) -> bool {
    (n as u64)
        .wrapping_mul(31)
        .wrapping_add(item * 17)
        .is_multiple_of(RUMOUR_IN)
}

/// Wordings that the shipped rules know, made different by numbers.
fn rumour(n: usize, item: u64) -> (String, String) {
    (
        format!("Tin nóng số {n}.{item}"),
        format!(
            "Mọi người ơi nghe nói tiêm vắc xin xong là bị vô sinh hết, nhà số {n} có người bị rồi, \
             chia sẻ lần thứ {item} cho cả làng cùng biết mà tránh."
        ),
    )
}

fn news(n: usize, item: u64) -> (String, String) {
    const WHAT: [&str; 6] = [
        "họp tổng kết vụ mùa",
        "khai giảng năm học mới",
        "sửa con đường liên thôn",
        "tiêm vắc xin cho người cao tuổi",
        "phát khẩu trang tại chợ",
        "thi đấu bóng chuyền",
    ];
    let what = WHAT[usize::try_from((n as u64 + item) % 6).unwrap_or(0)];
    (
        format!("Xã {n} {what}"),
        format!(
            "Ngày {item}, xã {n} {what} với sự tham gia của {} hộ dân trong vùng.",
            item * 3 % 97 + 20
        ),
    )
}

async fn answer(State(web): State<Arc<Web>>, uri: Uri, headers: HeaderMap) -> Response {
    let name = uri.path().trim_start_matches('/');
    let Some(n) = name
        .strip_suffix(".xml")
        .and_then(|n| n.parse::<usize>().ok())
    else {
        return StatusCode::NOT_FOUND.into_response();
    };
    web.polls.fetch_add(1, Ordering::Relaxed);
    let trouble = {
        let trouble = web.lock().trouble;
        trouble.and_then(|(trouble, third)| (n % HOSTS % 3 == third).then_some(trouble))
    };
    match trouble {
        None => good(&web, n, &headers),
        Some(Trouble::Hangs) => std::future::pending().await,
        Some(Trouble::Fails) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Some(Trouble::Throttles) => {
            (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "30")]).into_response()
        }
        Some(Trouble::Garbage) => "<html><p>Bảo trì".into_response(),
        Some(Trouble::Endless) => Body::from_stream(Endless).into_response(),
    }
}

fn good(web: &Web, n: usize, headers: &HeaderMap) -> Response {
    let (xml, newest) = web.feed(n);
    let etag = format!("\"{n}-{newest}\"");
    if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known == etag.as_str())
    {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    (
        [
            (header::CONTENT_TYPE, "application/rss+xml".to_owned()),
            (header::ETAG, etag),
        ],
        xml,
    )
        .into_response()
}

/// Blanks for ever, at some speed.
struct Endless;

impl futures_core::Stream for Endless {
    type Item = io::Result<Vec<u8>>;

    fn poll_next(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Ready(Some(Ok(vec![b' '; 65536])))
    }
}
