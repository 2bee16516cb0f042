//! The fetcher against real servers on loopback, honest and hostile ones.

mod bodies;
mod moves;
mod robots;
mod server;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::net::{TcpListener, TcpStream};

use super::*;
use server::{Answer, Server, bare, ok};

fn settings() -> Settings {
    Settings {
        contact: Some("vhtt@example.vn".to_owned()),
        gap: Duration::ZERO,
        timeout: Duration::from_secs(10),
        max_body: 1 << 20,
        allow_networks: vec!["127.0.0.1/32".parse().unwrap()],
        ..Settings::default()
    }
}

async fn get(fetcher: &Fetcher, url: &Url) -> Outcome {
    fetcher.fetch(Request::new(url, Accept::Feed)).await
}

fn body(outcome: Outcome) -> Fetched {
    match outcome {
        Outcome::Fetched(fetched) => *fetched,
        other => panic!("a body was expected: {other:?}"),
    }
}

fn class(outcome: &Outcome) -> FailureClass {
    match outcome {
        Outcome::Failed(failure) => failure.class,
        other => panic!("a failure was expected: {other:?}"),
    }
}

#[tokio::test]
async fn a_second_request_is_conditional() {
    let server = Server::start(|_| {
        ok("ETag: \"v1\"\r\nLast-Modified: Mon, 23 Aug 2021 07:00:00 GMT\r\nContent-Type: text/xml\r\n", b"<rss/>")
    })
    .await;
    let fetcher = Fetcher::new(&settings()).unwrap();
    let first = body(get(&fetcher, &server.url("/rss")).await);
    assert_eq!(first.body, b"<rss/>");
    assert_eq!(first.content_type.as_deref(), Some("text/xml"));
    assert_eq!(first.validators.etag.as_deref(), Some("\"v1\""));

    let strict = Server::start(|_| bare("304 Not Modified", "")).await;
    let url = strict.url("/rss");
    let again = fetcher
        .fetch(Request::new(&url, Accept::Feed).known(Some(&first.validators)))
        .await;
    assert!(matches!(again, Outcome::NotModified { .. }), "{again:?}");
    let head = &strict.seen()[0].head;
    assert!(head.contains("if-none-match: \"v1\"\r\n"), "{head}");
    assert!(
        head.contains("if-modified-since: mon, 23 aug 2021 07:00:00 gmt\r\n"),
        "{head}"
    );
    assert!(
        head.contains("user-agent: canhtin/") && head.contains("(+mailto:vhtt@example.vn)\r\n"),
        "{head}"
    );
    assert!(
        !head.contains("cookie") && !head.contains("referer"),
        "{head}"
    );

    assert_eq!(
        class(&get(&fetcher, &url).await),
        FailureClass::Unreadable,
        "304 unasked"
    );
}

#[tokio::test]
async fn redirects_are_followed_five_times() {
    let server =
        Server::start(
            |path| match path.strip_prefix("/r").and_then(|n| n.parse::<u32>().ok()) {
                Some(0) | None => ok("", b"here"),
                Some(n) => bare(
                    "301 Moved Permanently",
                    &format!("Location: /r{}\r\n", n - 1),
                ),
            },
        )
        .await;
    let fetcher = Fetcher::new(&settings()).unwrap();
    let fetched = body(get(&fetcher, &server.url("/r5")).await);
    assert_eq!(
        (fetched.url.path(), fetched.moved_to),
        ("/r0", Some(server.url("/r0")))
    );
    let before = server.connections();
    assert_eq!(
        class(&get(&fetcher, &server.url("/r6")).await),
        FailureClass::Refused
    );
    assert_eq!(server.connections() - before, MAX_HOPS + 1);
}

/// The canary listens on every form of an address that the guard must not dial; the one
/// address that is allowed serves the redirects.
#[tokio::test]
async fn no_redirect_and_no_name_leads_inside() {
    let canary = TcpListener::bind("127.0.0.2:0").await.unwrap();
    let port = canary.local_addr().unwrap().port();
    let touched = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&touched);
    let listening = tokio::spawn(async move {
        while canary.accept().await.is_ok() {
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    let server = Server::start(move |path| {
        let to = path
            .trim_start_matches("/to/")
            .replace("PORT", &port.to_string());
        bare("302 Found", &format!("Location: http://{to}\r\n"))
    })
    .await;
    let hidden: SocketAddr = format!("127.0.0.2:{port}").parse().unwrap();
    let fetcher = Fetcher::new(&Settings {
        resolve: [
            ("rebound.example".to_owned(), hidden),
            (
                "metadata.example".to_owned(),
                "169.254.169.254:80".parse().unwrap(),
            ),
        ]
        .into(),
        ..settings()
    })
    .unwrap();
    let targets = [
        "127.0.0.2:PORT/",
        "127.2:PORT/",
        "2130706434:PORT/",
        "0x7f000002:PORT/",
        "0x7f.2:PORT/",
        "0177.0.0.2:PORT/",
        "127.0.0.2.:PORT/",
        "[::ffff:127.0.0.2]:PORT/",
        "[::ffff:7f00:2]:PORT/",
        "[::1]:PORT/",
        "169.254.169.254/latest/",
        "[64:ff9b::7f00:2]:PORT/",
        "[2002:7f00:2::]:PORT/",
        "100.64.0.1/",
        "0.0.0.0:PORT/",
        "[::]:PORT/",
        "10.0.0.1/",
        "rebound.example:PORT/",
        "rebound.example/",
        "REBOUND.example./",
        "metadata.example/",
    ];
    for target in targets {
        let outcome = get(&fetcher, &server.url(&format!("/to/{target}"))).await;
        assert_eq!(
            class(&outcome),
            FailureClass::Refused,
            "redirect to {target}: {outcome:?}"
        );
        let direct = format!("http://{}", target.replace("PORT", &port.to_string()))
            .parse()
            .unwrap();
        let outcome = get(&fetcher, &direct).await;
        assert_eq!(
            class(&outcome),
            FailureClass::Refused,
            "direct to {target}: {outcome:?}"
        );
    }
    assert_eq!(server.connections(), targets.len());
    // A connection of our own proves that the canary was listening all the time.
    assert_eq!(touched.load(Ordering::SeqCst), 0);
    TcpStream::connect(hidden).await.unwrap();
    while touched.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    listening.abort();
}

#[tokio::test]
async fn the_systems_own_names_are_guarded_too() {
    let server = Server::start(|_| ok("", b"x")).await;
    let url: Url = format!("http://localhost:{}/", server.addr.port())
        .parse()
        .unwrap();
    let closed = Fetcher::new(&Settings {
        allow_networks: Vec::new(),
        ..settings()
    })
    .unwrap();
    assert_eq!(class(&get(&closed, &url).await), FailureClass::Refused);
    assert_eq!(server.connections(), 0);
    let open = Fetcher::new(&settings()).unwrap();
    assert_eq!(body(get(&open, &url).await).body, b"x");
}

#[tokio::test]
async fn a_settled_host_keeps_its_name_and_takes_the_port() {
    let server = Server::start(|_| ok("", b"<rss/>")).await;
    let fetcher = Fetcher::new(&Settings {
        resolve: [("tin.example".to_owned(), server.addr)].into(),
        ..settings()
    })
    .unwrap();
    let url = "http://tin.example/rss".parse().unwrap();
    assert_eq!(body(get(&fetcher, &url).await).url, url);
    assert!(server.seen()[0].head.contains("host: tin.example\r\n"));
}

#[tokio::test]
async fn slow_and_silent_servers_meet_the_deadline() {
    let server = Server::start(|path| match path {
        "/silent" => Answer::Silence,
        "/drip" => Answer::Endless(
            b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n".to_vec(),
            b"x".to_vec(),
            Duration::from_millis(20),
        ),
        "/headers" => Answer::Endless(
            b"HTTP/1.1 200 OK\r\n".to_vec(),
            b"X-A: b\r\n".to_vec(),
            Duration::from_millis(20),
        ),
        "/around" => match bare("302 Found", "Location: /around\r\n") {
            Answer::Bytes(bytes) => Answer::Late(Duration::from_millis(150), bytes),
            other => other,
        },
        _ => ok("", b"x"),
    })
    .await;
    let timeout = Duration::from_millis(400);
    let fetcher = Fetcher::new(&Settings {
        timeout,
        ..settings()
    })
    .unwrap();
    for path in ["/silent", "/drip", "/headers", "/around"] {
        let begin = Instant::now();
        let outcome = get(&fetcher, &server.url(path)).await;
        assert_eq!(
            class(&outcome),
            FailureClass::Timeout,
            "{path}: {outcome:?}"
        );
        assert!(
            begin.elapsed() < timeout * 5,
            "{path} took {:?}",
            begin.elapsed()
        );
    }
}

#[tokio::test]
async fn failures_have_their_classes() {
    let server = Server::start(|path| match path {
        "/gone" => bare("410 Gone", ""),
        "/later" => bare("500 Oops", "Retry-After: 7\r\n"),
        "/cut" => Answer::Bytes(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf".to_vec()),
        "/noise" => Answer::Bytes(b"220 mail.example ESMTP\r\n".to_vec()),
        "/nothing" => Answer::Bytes(Vec::new()),
        "/partial" => bare("206 Partial Content", ""),
        _ => bare("404 Not Found", ""),
    })
    .await;
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap()
    };
    let fetcher = Fetcher::new(&settings()).unwrap();
    let secure = server.url("/").to_string().replace("http:", "https:");
    for (url, wanted) in [
        (server.url("/gone"), FailureClass::Http4xx),
        (server.url("/x"), FailureClass::Http4xx),
        (server.url("/later"), FailureClass::Http5xx),
        (server.url("/cut"), FailureClass::Connect),
        (server.url("/noise"), FailureClass::Connect),
        (server.url("/nothing"), FailureClass::Connect),
        (server.url("/partial"), FailureClass::Unreadable),
        (
            format!("http://{closed}/").parse().unwrap(),
            FailureClass::Connect,
        ),
        (secure.parse().unwrap(), FailureClass::Tls),
        (
            "http://no-such-host.invalid/".parse().unwrap(),
            FailureClass::Dns,
        ),
    ] {
        let outcome = get(&fetcher, &url).await;
        assert_eq!(class(&outcome), wanted, "{url}: {outcome:?}");
    }
    let Outcome::Failed(later) = get(&fetcher, &server.url("/later")).await else {
        panic!()
    };
    assert_eq!(later.retry_after, Some(Duration::from_secs(7)));
}

#[tokio::test]
async fn what_failed_a_moment_ago_says_nothing_of_the_host_now() {
    let with_robots = Fetcher::new(&settings()).unwrap();
    let fetcher = Fetcher::new(&Settings {
        ignore_robots: vec!["127.0.0.1".to_owned(), "no-such-host.invalid".to_owned()],
        ..settings()
    })
    .unwrap();
    let nobody = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap()
    };
    let nobody: Url = format!("http://{nobody}/").parse().unwrap();
    // A name that does not resolve, and a robots.txt that was out of reach.
    let nameless: Url = "http://no-such-host.invalid/".parse().unwrap();
    for (fetcher, url, wanted) in [
        (&fetcher, &nameless, FailureClass::Dns),
        (&with_robots, &nobody, FailureClass::Connect),
    ] {
        for heard in [Heard::Silence, Heard::Nothing, Heard::Nothing] {
            let Outcome::Failed(failure) = get(fetcher, url).await else {
                panic!("{url}")
            };
            assert_eq!((failure.class, failure.heard), (wanted, heard), "{url}");
        }
    }
    // Without it the host is asked each time.
    for _ in 0..2 {
        let Outcome::Failed(failure) = get(&fetcher, &nobody).await else {
            panic!("{nobody}")
        };
        assert_eq!(failure.heard, Heard::Silence);
    }
}

#[tokio::test]
async fn a_host_that_says_429_is_left_alone() {
    let server = Server::start(|_| bare("429 Too Many Requests", "Retry-After: 3600\r\n")).await;
    let fetcher = Fetcher::new(&settings()).unwrap();
    for (path, heard) in [
        ("/a", Heard::Answer),
        ("/b", Heard::Nothing),
        ("/c", Heard::Nothing),
    ] {
        let outcome = get(&fetcher, &server.url(path)).await;
        let Outcome::Failed(failure) = outcome else {
            panic!("{outcome:?}")
        };
        assert_eq!(
            (failure.class, failure.heard),
            (FailureClass::Http4xx, heard)
        );
        assert!(failure.retry_after.unwrap() > Duration::from_secs(3590));
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn one_host_gets_one_request_at_a_time_with_a_gap() {
    let server = Server::start(|path| match path {
        "/moved" => bare("302 Found", "Location: /x\r\n"),
        _ => ok("", b"x"),
    })
    .await;
    let gap = Duration::from_millis(60);
    let fetcher = Arc::new(Fetcher::new(&Settings { gap, ..settings() }).unwrap());
    let mut tasks = tokio::task::JoinSet::new();
    for path in ["/1", "/2", "/moved", "/3"] {
        let (fetcher, url) = (Arc::clone(&fetcher), server.url(path));
        tasks.spawn(async move { body(get(&fetcher, &url).await) });
    }
    assert_eq!(tasks.join_all().await.len(), 4);
    let seen = server.seen();
    assert_eq!(seen.len(), 5);
    for pair in seen.windows(2) {
        // The server writes its time down after sending, so the gap it sees may be shorter by
        // what the last bytes took to arrive; it can never be much shorter.
        let waited = pair[1].begin.duration_since(pair[0].begin);
        assert!(waited >= gap, "{waited:?} between the starts");
        assert!(pair[0].end.unwrap() <= pair[1].begin, "two at a time");
    }
}

#[tokio::test]
async fn a_hostile_host_delays_no_other() {
    let hostile = Server::start(|_| Answer::Silence).await;
    let good = Server::start(|_| ok("", b"x")).await;
    let fetcher = Arc::new(
        Fetcher::new(&Settings {
            concurrency: 4,
            ..settings()
        })
        .unwrap(),
    );
    let waiting: Vec<_> = (0..20)
        .map(|n| {
            let (fetcher, url) = (Arc::clone(&fetcher), hostile.url(&format!("/{n}")));
            tokio::spawn(async move { class(&get(&fetcher, &url).await) })
        })
        .collect();
    while hostile.connections() == 0 {
        tokio::task::yield_now().await;
    }
    let begin = Instant::now();
    body(get(&fetcher, &good.url("/")).await);
    assert!(
        begin.elapsed() < Duration::from_secs(2),
        "took {:?}",
        begin.elapsed()
    );
    waiting.iter().for_each(tokio::task::JoinHandle::abort);
}
