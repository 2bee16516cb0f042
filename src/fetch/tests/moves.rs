//! Where a source went for good, and the names of failures.

use super::*;

#[tokio::test]
async fn a_move_is_told_also_where_nothing_changed() {
    let server = Server::start(|path| match path {
        "/old" => bare("301 Moved Permanently", "Location: /new\r\n"),
        "/new" => bare("307 Temporary Redirect", "Location: /today\r\n"),
        "/temporary" => bare("302 Found", "Location: /today\r\n"),
        _ => bare("304 Not Modified", ""),
    })
    .await;
    let fetcher = Fetcher::new(&settings()).unwrap();
    let known = Validators {
        etag: Some("\"v1\"".to_owned()),
        last_modified: None,
    };
    for (path, wanted) in [
        ("/old", Some("/new")),
        ("/new", None),
        ("/temporary", None),
        ("/today", None),
    ] {
        let url = server.url(path);
        let request = Request::new(&url, Accept::Feed).known(Some(&known));
        match fetcher.fetch(request).await {
            Outcome::NotModified { moved_to } => {
                assert_eq!(moved_to, wanted.map(|to| server.url(to)), "{path}");
            }
            other => panic!("{path}: {other:?}"),
        }
    }
}

#[test]
fn every_class_is_known_by_its_name() {
    use FailureClass::{
        Busy, Closed, Connect, Dns, Http4xx, Http5xx, Refused, Robots, Timeout, Tls, TooBig,
        Unreadable,
    };
    for class in [
        Dns, Connect, Tls, Timeout, Http4xx, Http5xx, Robots, TooBig, Unreadable, Closed, Refused,
        Busy,
    ] {
        assert_eq!(FailureClass::of(&class.to_string()), Some(class));
    }
    assert_eq!(FailureClass::of("mưa"), None);
}

#[tokio::test]
async fn only_a_chain_of_permanent_redirects_moves_a_source() {
    let server = Server::start(|path| match path {
        "/old" => bare("308 Permanent Redirect", "Location: /new\r\n"),
        "/new" => bare("302 Found", "Location: /today\r\n"),
        "/temporary" => bare("302 Found", "Location: /moved\r\n"),
        "/moved" => bare("301 Moved Permanently", "Location: /today\r\n"),
        "/loop" => bare("302 Found", "Location: /loop\r\n"),
        "/nowhere" => bare("302 Found", ""),
        _ => ok("", b"x"),
    })
    .await;
    let fetcher = Fetcher::new(&settings()).unwrap();
    let moved = body(get(&fetcher, &server.url("/old")).await);
    assert_eq!(
        (moved.url, moved.moved_to),
        (server.url("/today"), Some(server.url("/new")))
    );
    assert_eq!(
        body(get(&fetcher, &server.url("/temporary")).await).moved_to,
        None
    );
    assert_eq!(
        class(&get(&fetcher, &server.url("/loop")).await),
        FailureClass::Refused
    );
    assert_eq!(
        class(&get(&fetcher, &server.url("/nowhere")).await),
        FailureClass::Unreadable
    );
}
