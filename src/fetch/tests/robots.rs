//! `robots.txt` as it is asked for, obeyed and kept.

use super::*;

fn robots(text: &str) -> Answer {
    ok("Content-Type: text/plain\r\n", text.as_bytes())
}

fn asked(server: &Server) -> Vec<String> {
    let line = |seen: server::Seen| seen.head.split(' ').nth(1).map(str::to_owned);
    server.seen().into_iter().filter_map(line).collect()
}

#[tokio::test]
async fn a_forbidden_page_is_not_asked_for_and_the_line_is_named() {
    let server = Server::whole(|path| match path {
        "/robots.txt" => robots("User-agent: canhtin\nDisallow: /kin\nAllow: /kin/mo\n"),
        "/to-kin" => bare("302 Found", "Location: /kin/x\r\n"),
        _ => ok("", b"x"),
    })
    .await;
    let fetcher = Fetcher::new(&settings()).unwrap();
    for (path, allowed) in [
        ("/tin", true),
        ("/kin/a", false),
        ("/kin/mo/a", true),
        ("/to-kin", false),
    ] {
        match get(&fetcher, &server.url(path)).await {
            Outcome::Fetched(_) => assert!(allowed, "{path}"),
            Outcome::Failed(failure) => {
                assert!(!allowed, "{path}: {failure:?}");
                assert_eq!(failure.class, FailureClass::Robots);
                let said = format!("robots.txt of http://{}: Disallow: /kin", server.addr);
                assert_eq!(failure.detail, said);
            }
            Outcome::NotModified { .. } => panic!("{path}"),
        }
    }
    assert_eq!(
        asked(&server),
        ["/robots.txt", "/tin", "/kin/mo/a", "/to-kin"]
    );
}

#[tokio::test]
async fn what_comes_instead_of_a_file_decides() {
    let closed = || robots("User-agent: *\nDisallow: /\n");
    type Serve = fn(&str) -> Answer;
    let cases: [(&str, Serve, Option<FailureClass>); 15] = [
        ("404", |_| bare("404 Not Found", ""), None),
        ("403", |_| bare("403 Forbidden", ""), None),
        ("401", |_| bare("401 Unauthorized", ""), None),
        (
            "429",
            |_| bare("429 Slow down", "Retry-After: 60\r\n"),
            Some(FailureClass::Http4xx),
        ),
        ("429 at once", |_| bare("429 Slow down", ""), None),
        ("204", |_| bare("204 No Content", ""), None),
        (
            "no gzip",
            |_| ok("Content-Encoding: gzip\r\n", b"User-agent: *\nAllow: /"),
            Some(FailureClass::Unreadable),
        ),
        (
            "a coding nobody asked for",
            |_| ok("Content-Encoding: compress\r\n", b"x"),
            Some(FailureClass::Unreadable),
        ),
        ("500", |_| bare("500 Oops", ""), Some(FailureClass::Http5xx)),
        (
            "nothing",
            |_| Answer::Bytes(Vec::new()),
            Some(FailureClass::Connect),
        ),
        (
            "five redirects",
            |path| match path.strip_prefix("/r") {
                Some("5") => robots("User-agent: *\nDisallow: /\n"),
                Some("obots.txt") => bare("301 Moved", "Location: /r1\r\n"),
                Some(n) => {
                    let next = n.parse::<u32>().unwrap() + 1;
                    bare("302 Found", &format!("Location: /r{next}\r\n"))
                }
                None => ok("", b"x"),
            },
            Some(FailureClass::Robots),
        ),
        (
            "a loop",
            |_| bare("302 Found", "Location: /robots.txt\r\n"),
            None,
        ),
        (
            "a redirect inside",
            |_| bare("302 Found", "Location: http://10.0.0.1/robots.txt\r\n"),
            None,
        ),
        (
            "a redirect to nowhere",
            |_| bare("302 Found", "Location: http://\r\n"),
            None,
        ),
        (
            "a file without end",
            |_| {
                Answer::Endless(
                    b"HTTP/1.1 200 OK\r\n\r\nUser-agent: *\nDisallow: /\n".to_vec(),
                    b"# x\n".repeat(10_000),
                    Duration::ZERO,
                )
            },
            Some(FailureClass::Robots),
        ),
    ];
    for (case, serve, wanted) in cases {
        let server = Server::whole(move |path| match path {
            "/tin" => ok("", b"x"),
            path => serve(path),
        })
        .await;
        let fetcher = Fetcher::new(&settings()).unwrap();
        match (get(&fetcher, &server.url("/tin")).await, wanted) {
            (Outcome::Fetched(_), None) => {}
            (Outcome::Failed(failure), Some(wanted)) => {
                assert_eq!(failure.class, wanted, "{case}: {failure:?}");
                assert!(
                    failure.detail.starts_with("robots.txt"),
                    "{case}: {failure:?}"
                );
                // The answer stands for the next page, too.
                let before = server.connections();
                assert_eq!(class(&get(&fetcher, &server.url("/tin")).await), wanted);
                assert_eq!(server.connections(), before, "{case}");
            }
            (outcome, wanted) => panic!("{case}: {outcome:?}, not {wanted:?}"),
        }
    }
    // A redirect to another host tells for the host that was asked.
    let other = Server::whole(move |_| closed()).await;
    let there = other.url("/else.txt").to_string();
    let server = Server::whole(move |path| match path {
        "/robots.txt" => bare("302 Found", &format!("Location: {there}\r\n")),
        _ => ok("", b"x"),
    })
    .await;
    let fetcher = Fetcher::new(&settings()).unwrap();
    assert_eq!(
        class(&get(&fetcher, &server.url("/tin")).await),
        FailureClass::Robots
    );
    assert_eq!((asked(&server).len(), asked(&other).len()), (1, 1));
}

#[tokio::test]
async fn many_sources_of_one_origin_ask_once() {
    let server = Server::whole(|path| match path {
        "/robots.txt" => robots("User-agent: *\nDisallow: /kin\n"),
        _ => ok("", b"x"),
    })
    .await;
    let fetcher = Arc::new(Fetcher::new(&settings()).unwrap());
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..20 {
        let (fetcher, url) = (Arc::clone(&fetcher), server.url(&format!("/{n}")));
        tasks.spawn(async move { body(get(&fetcher, &url).await) });
    }
    assert_eq!(tasks.join_all().await.len(), 20);
    let asked = asked(&server);
    assert_eq!(
        asked.iter().filter(|path| *path == "/robots.txt").count(),
        1
    );
    assert_eq!(asked[0], "/robots.txt");
}

#[tokio::test]
async fn exempt_hosts_and_apis_are_not_asked() {
    let server = Server::whole(|path| match path {
        "/robots.txt" => robots("User-agent: *\nDisallow: /\n"),
        "/away" => bare("302 Found", "Location: http://khac.example/api\r\n"),
        _ => ok("", b"x"),
    })
    .await;
    let resolve = ["tin.example", "khac.example"]
        .map(|host| (host.to_owned(), server.addr))
        .into();
    let own = Settings {
        ignore_robots: vec!["tin.example".to_owned()],
        resolve,
        ..settings()
    };
    let fetcher = Fetcher::new(&own).unwrap();
    let url: Url = "http://tin.example/tin".parse().unwrap();
    body(get(&fetcher, &url).await);
    assert_eq!(asked(&server), ["/tin"]);
    let other: Url = "http://khac.example/api".parse().unwrap();
    assert_eq!(class(&get(&fetcher, &other).await), FailureClass::Robots);

    let credentials = HeaderMap::from_iter([(
        header::AUTHORIZATION,
        HeaderValue::from_static("Bearer bi-mat"),
    )]);
    let request = Request::new(&other, Accept::Feed).api(&credentials);
    body(fetcher.fetch(request).await);
    let away: Url = "http://tin.example/away".parse().unwrap();
    body(
        fetcher
            .fetch(Request::new(&away, Accept::Feed).api(&credentials))
            .await,
    );
    let seen = server.seen();
    let with = |seen: &server::Seen| seen.head.contains("authorization: bearer bi-mat");
    let last: Vec<bool> = seen[seen.len() - 3..].iter().map(with).collect();
    assert_eq!(last, [true, true, false], "sent to its own origin alone");
}

#[tokio::test]
async fn a_crawl_delay_widens_the_gap() {
    let server = Server::whole(|path| match path {
        "/robots.txt" => robots("User-agent: *\nCrawl-delay: 0.2\n"),
        _ => ok("", b"x"),
    })
    .await;
    let fetcher = Fetcher::new(&settings()).unwrap();
    for path in ["/1", "/2"] {
        body(get(&fetcher, &server.url(path)).await);
    }
    for pair in server.seen().windows(2) {
        let gap = pair[1].begin.duration_since(pair[0].begin);
        assert!(gap >= Duration::from_millis(200), "{gap:?}");
    }
    assert_eq!(server.seen().len(), 3);
}
