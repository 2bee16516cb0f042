//! The web of the fleet: many hosts on loopback addresses, each with its feeds, some of them dead
//! in one of five ways. `fleet-web PORT HOSTS DEAD FOLDER` writes `sources.toml` into FOLDER,
//! serves until its stdin is closed, and then says how the living were asked.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    reason = "a tool for measuring may stop at once"
)]

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::Read as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;

/// Feeds on each host.
const FEEDS: usize = 50;
/// Items in each feed.
const ITEMS: usize = 20;
/// One feed in so many has a new item every five minutes.
const BUSY: usize = 20;
const SLOW: Duration = Duration::from_secs(20);

#[derive(Clone, Copy, PartialEq, Debug)]
enum Kind {
    Living,
    Refused,
    Hanging,
    Unknown,
    Broken,
    Slow,
}

impl Kind {
    /// The dead are spread among the hosts.
    fn of(host: usize, hosts: usize, dead: usize) -> Self {
        let before = host * dead / hosts;
        if (host + 1) * dead / hosts == before {
            return Self::Living;
        }
        [
            Self::Refused,
            Self::Hanging,
            Self::Unknown,
            Self::Broken,
            Self::Slow,
        ][before % 5]
    }
}

/// When each feed was asked, by host and feed.
type Asked = HashMap<(usize, usize), Vec<Instant>>;

struct Web {
    kind: Kind,
    began: Instant,
    asked: Arc<Mutex<Asked>>,
    host: usize,
}

fn address(host: usize) -> Ipv4Addr {
    Ipv4Addr::new(127, 0, (1 + host / 250) as u8, (1 + host % 250) as u8)
}

async fn feed(
    State(web): State<Arc<Web>>,
    Path(feed): Path<usize>,
    ConnectInfo(_from): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Response {
    match web.kind {
        Kind::Hanging => std::future::pending().await,
        Kind::Slow => {
            tokio::time::sleep(SLOW).await;
            return StatusCode::GATEWAY_TIMEOUT.into_response();
        }
        Kind::Broken => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        _ => {}
    }
    web.asked
        .lock()
        .unwrap()
        .entry((web.host, feed))
        .or_default()
        .push(Instant::now());
    let newest = match feed % BUSY {
        0 => web.began.elapsed().as_secs() as usize / 300,
        _ => 0,
    };
    let tag = format!("\"{newest}\"");
    if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known == tag.as_str())
    {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let mut body = String::from("<rss version=\"2.0\"><channel><title>Tin</title>");
    for n in newest..newest + ITEMS {
        let _ = write!(
            body,
            "<item><title>Tin {feed} số {n}</title><link>http://{}/{feed}/{n}</link>\
             <guid>{feed}-{n}</guid><description>Sáng nay chợ phiên đông hơn mọi khi, giá rau \
             giữ như tuần trước.</description></item>",
            address(web.host)
        );
    }
    body.push_str("</channel></rss>");
    let headers = [
        (
            header::CONTENT_TYPE,
            "application/rss+xml; charset=utf-8".to_owned(),
        ),
        (header::ETAG, tag),
    ];
    (headers, body).into_response()
}

fn sources(port: u16, hosts: usize, dead: usize) -> String {
    let mut toml = String::new();
    for host in 0..hosts {
        let kind = Kind::of(host, hosts, dead);
        let name = match kind {
            Kind::Unknown => format!("khong-co-{host}.invalid"),
            _ => format!("{}:{port}", address(host)),
        };
        for feed in 0..FEEDS {
            let _ = writeln!(
                toml,
                "[[source]]\nid = \"h{host}-{feed}\"\nkind = \"feed\"\ntrust = \"social\"\n\
                 url = \"http://{name}/feed/{feed}\"\nevery = \"4m\"\n"
            );
        }
    }
    toml
}

#[tokio::main]
async fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [port, hosts, dead] = [0, 1, 2].map(|n| args[n].parse::<usize>().unwrap());
    let port = port as u16;
    let asked = Arc::new(Mutex::new(HashMap::new()));
    let began = Instant::now();
    let mut living = 0;
    for host in 0..hosts {
        let kind = Kind::of(host, hosts, dead);
        living += usize::from(kind == Kind::Living) * FEEDS;
        if matches!(kind, Kind::Refused | Kind::Unknown) {
            continue;
        }
        let asked = Arc::clone(&asked);
        let web = Arc::new(Web {
            kind,
            began,
            asked,
            host,
        });
        let router = Router::new()
            .route("/feed/{feed}", get(feed))
            .with_state(web);
        let listener = TcpListener::bind((address(host), port)).await.unwrap();
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
    }
    std::fs::write(
        std::path::Path::new(&args[3]).join("sources.toml"),
        sources(port, hosts, dead),
    )
    .unwrap();
    println!("serving {living} living feeds on {hosts} hosts, {dead} of them dead");
    let closed = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    let _ = closed.await;
    let asked = asked.lock().unwrap();
    let requests: usize = asked.values().map(Vec::len).sum();
    let mut gaps: Vec<Duration> = asked
        .values()
        .flat_map(|times| times.windows(2).map(|two| two[1] - two[0]))
        .collect();
    gaps.sort();
    let of = |hundredths: usize| {
        gaps.get((gaps.len() * hundredths / 100).min(gaps.len().saturating_sub(1)))
    };
    println!(
        "{} of {living} living feeds were asked, {requests} requests; between two requests to \
         one feed: median {:.0?}, 95 % {:.0?}, longest {:.0?}",
        asked.len(),
        of(50).copied().unwrap_or_default(),
        of(95).copied().unwrap_or_default(),
        of(100).copied().unwrap_or_default(),
    );
}
