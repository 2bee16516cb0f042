//! Notices to admins: each once, gathered, referring to what they continue.

use super::*;
use crate::alert::{Content, Heartbeat, Matter, Notice, Report, SourceName, Trouble};

fn notice(key: &str, seconds: i64, matter: Matter) -> Notice {
    Notice {
        key: key.to_owned(),
        at: at(seconds),
        matter,
    }
}

fn broken(key: &str, seconds: i64) -> Notice {
    let problems = vec!["lists/vac-xin.txt:3:1".to_owned()];
    notice(key, seconds, Matter::KeywordFilesBroken { problems })
}

fn source(id: &str) -> SourceName {
    SourceName {
        id: id.to_owned(),
        name: format!("Trang {id}"),
    }
}

fn failing(key: &str, seconds: i64) -> Notice {
    let source = source(key);
    let trouble = Trouble {
        words: "không nối được".to_owned(),
        detail: "connection refused".to_owned(),
        since: None,
        last_success: None,
    };
    notice(key, seconds, Matter::SourceFailing { source, trouble })
}

fn admins() -> Vec<String> {
    vec![
        "quan-tri@example.vn".to_owned(),
        "hai@example.vn".to_owned(),
    ]
}

async fn close(ledger: &Ledger, seconds: i64) -> Vec<String> {
    ledger
        .close_notices(at(seconds), false, &admins(), "example.vn")
        .await
        .unwrap()
}

async fn report(ledger: &Ledger, seconds: i64) -> Report {
    let claimed = ledger.claim(at(seconds)).await.unwrap().unwrap();
    ledger.sent(&claimed, at(seconds), "250").await.unwrap();
    match claimed.content {
        Content::Notices(report) => *report,
        Content::Alerts(_) => panic!("a report was expected"),
    }
}

#[tokio::test]
async fn a_key_is_told_once() {
    let (_dir, ledger) = fresh().await;
    assert!(ledger.post_notice(&broken("a", 0), at(0)).await.unwrap());
    assert!(!ledger.post_notice(&broken("a", 5), at(5)).await.unwrap());
    assert_eq!(close(&ledger, 600).await.len(), 1);
    assert!(
        !ledger
            .post_notice(&broken("a", 700), at(700))
            .await
            .unwrap()
    );
    assert_eq!(close(&ledger, 2_000).await, Vec::<String>::new());
    assert_eq!(report(&ledger, 2_000).await.notices, [broken("a", 0)]);
}

#[tokio::test]
async fn what_happens_together_is_told_together() {
    let (_dir, ledger) = fresh().await;
    for (key, seconds) in [("a", 0), ("b", 60), ("c", 170)] {
        let notice = failing(key, seconds);
        ledger.post_notice(&notice, at(seconds)).await.unwrap();
    }
    assert_eq!(ledger.next_due(at(0)).await.unwrap(), Some(at(180)));
    assert_eq!(close(&ledger, 179).await, Vec::<String>::new());
    assert_eq!(close(&ledger, 180).await.len(), 1);
    let report = report(&ledger, 180).await;
    let keys: Vec<&str> = report.notices.iter().map(|n| n.key.as_str()).collect();
    assert_eq!(keys, ["a", "b", "c"]);
    assert_eq!(report.to, admins());
    assert_eq!(ledger.overview().await.unwrap().queued, 1);
}

#[tokio::test]
async fn what_is_over_before_it_was_told_is_not_told() {
    let (_dir, ledger) = fresh().await;
    let back = |key: &str, seconds| {
        let source = source(key);
        let since = None;
        notice(
            &format!("{key} back"),
            seconds,
            Matter::SourceBack { source, since },
        )
    };
    let mended = |seconds| notice("mended", seconds, Matter::KeywordFilesMended);
    for notice in [
        broken("first", 0),
        failing("a", 1),
        failing("b", 2),
        broken("second", 3),
        back("a", 4),
        mended(5),
    ] {
        ledger.post_notice(&notice, notice.at).await.unwrap();
    }
    close(&ledger, 200).await;
    assert_eq!(report(&ledger, 200).await.notices, [failing("b", 2)]);
    // The errors that are told are the last ones.
    for notice in [broken("third", 300), broken("fourth", 301)] {
        ledger.post_notice(&notice, notice.at).await.unwrap();
    }
    assert_eq!(close(&ledger, 329).await, Vec::<String>::new());
    assert_eq!(close(&ledger, 330).await.len(), 1);
    // The second delivery of the first mail, then the new one.
    report(&ledger, 330).await;
    assert_eq!(report(&ledger, 330).await.notices, [broken("fourth", 301)]);
}

#[tokio::test]
async fn a_regular_mail_goes_at_once_and_alone() {
    let (_dir, ledger) = fresh().await;
    let heartbeat = notice("heartbeat", 10, Matter::Heartbeat(Heartbeat::default()));
    ledger.post_notice(&broken("a", 0), at(0)).await.unwrap();
    ledger.post_notice(&heartbeat, at(10)).await.unwrap();
    assert_eq!(close(&ledger, 10).await.len(), 1);
    assert_eq!(report(&ledger, 10).await.notices, [heartbeat]);
    assert_eq!(close(&ledger, 180).await.len(), 1);
}

#[tokio::test]
async fn what_ends_refers_to_what_began() {
    let (_dir, ledger) = fresh().await;
    ledger.post_notice(&broken("a", 0), at(0)).await.unwrap();
    let first = close(&ledger, 300).await;
    let mended = notice("b", 1_000, Matter::KeywordFilesMended);
    ledger.post_notice(&mended, at(1_000)).await.unwrap();
    close(&ledger, 1_300).await;
    // Both deliveries of the first, then the second mail.
    for _ in 0..2 {
        assert_eq!(
            report(&ledger, 2_000).await.references,
            Vec::<String>::new()
        );
    }
    assert_eq!(report(&ledger, 2_000).await.references, first);
    let last = ledger.last_notice("files").await.unwrap();
    assert_eq!(last, Some(mended));
    assert_eq!(ledger.last_notice("disk").await.unwrap(), None);
}

#[tokio::test]
async fn without_admins_old_news_does_not_wait_for_the_first() {
    let (_dir, ledger) = fresh().await;
    ledger.post_notice(&broken("a", 0), at(0)).await.unwrap();
    let closed = ledger.close_notices(at(300), false, &[], "example.vn");
    assert_eq!(closed.await.unwrap(), Vec::<String>::new());
    assert_eq!(close(&ledger, 600).await, Vec::<String>::new());
    assert_eq!(ledger.next_due(at(600)).await.unwrap(), None);
}
