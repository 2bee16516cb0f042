use std::net::Ipv4Addr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;

const LOOPBACK: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

async fn get(site: &Site, host: &str, path: &str, more: &str) -> String {
    let mut stream = TcpStream::connect(site.addr()).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{more}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    answer.lines().find_map(|line| line.strip_prefix(name))
}

#[tokio::test]
async fn pages_are_told_apart_by_host_and_rounds_follow() {
    let site = Site::builder()
        .page(
            "a.example",
            "/",
            Page::new("text/plain", "a").then("a later"),
        )
        .page("b.example", "/", Page::new("text/plain", "b").with_etag())
        .page("c.example", "/gone", Page::failing(StatusCode::GONE))
        .start(LOOPBACK)
        .await
        .unwrap();
    assert_eq!(site.hosts(), ["a.example", "b.example", "c.example"]);
    assert!(
        site.resolve_toml()
            .contains(&format!("\"a.example\" = \"{}\"", site.addr()))
    );

    assert!(
        get(&site, "a.example", "/?q=1", "")
            .await
            .ends_with("\r\n\r\na")
    );
    assert!(
        get(&site, "A.example:8080", "/", "")
            .await
            .ends_with("\r\n\r\na")
    );
    let b = get(&site, "b.example", "/", "").await;
    assert!(b.ends_with("\r\n\r\nb"));
    let tag = header(&b, "etag: ").unwrap();
    for known in [tag.to_owned(), format!("\"x\", W/{tag}"), "*".to_owned()] {
        let again = get(
            &site,
            "b.example",
            "/",
            &format!("If-None-Match: {known}\r\n"),
        )
        .await;
        assert!(again.starts_with("HTTP/1.1 304"), "{again}");
        assert_eq!(header(&again, "etag: "), Some(tag));
        assert!(again.ends_with("\r\n\r\n"));
    }
    let other = get(&site, "b.example", "/", "If-None-Match: \"x\"\r\n").await;
    assert!(other.starts_with("HTTP/1.1 200"), "{other}");
    assert!(
        get(&site, "c.example", "/gone", "")
            .await
            .starts_with("HTTP/1.1 410")
    );
    assert!(
        get(&site, "d.example", "/", "")
            .await
            .starts_with("HTTP/1.1 404")
    );

    for _ in 0..3 {
        site.advance();
        assert!(
            get(&site, "a.example", "/", "")
                .await
                .ends_with("\r\n\r\na later")
        );
    }
    let requests = site.requests();
    assert_eq!(requests.to_host("a.example"), 5);
    assert_eq!(requests.not_modified(), 3);
    assert_eq!(requests.unknown, 1);
    let b = requests.pages[&("b.example".to_owned(), "/".to_owned())];
    assert_eq!(
        b,
        Count {
            requests: 5,
            not_modified: 3
        }
    );
    site.stop().await;
}

#[tokio::test]
async fn a_hanging_page_answers_only_when_the_site_stops() {
    let site = Site::builder()
        .page("slow.example", "/", Page::hanging())
        .start(LOOPBACK)
        .await
        .unwrap();
    let addr = site.addr();
    let mut stream = TcpStream::connect(addr).await.unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: slow.example\r\n\r\n")
        .await
        .unwrap();
    // The request has arrived once it is counted; no byte may have come back by then.
    while site.requests().to_host("slow.example") == 0 {
        tokio::task::yield_now().await;
    }
    let mut byte = [0];
    let waited = tokio::time::timeout(Duration::from_millis(50), stream.read(&mut byte)).await;
    assert!(waited.is_err(), "answered {waited:?}");
    site.stop().await;
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.unwrap();
    assert!(rest.is_empty() || rest.starts_with(b"HTTP/1.1 503"));
    assert!(TcpStream::connect(addr).await.is_err());
}

#[tokio::test]
async fn the_sample_web_starts_with_its_feeds_failures_and_an_etag() {
    let now = "2021-08-23T08:00:00Z".parse().unwrap();
    let site = Site::start(LOOPBACK, now).await.unwrap();
    let atom = get(&site, "soyte.thuongson.example", "/tin-tuc/atom.xml", "").await;
    assert!(header(&atom, "etag: ").is_some() && atom.contains("</feed>"));
    let gone = get(&site, "baodadoi.example", "/rss/tin-moi.rss", "").await;
    assert!(gone.starts_with("HTTP/1.1 404"), "{gone}");
    let before = get(&site, "raovat.example", "/rss/suoi-ngan.rss", "").await;
    site.advance();
    let after = get(&site, "raovat.example", "/rss/suoi-ngan.rss", "").await;
    assert_eq!(
        after.matches("<item>").count(),
        before.matches("<item>").count() + 2
    );
    site.stop().await;
}
