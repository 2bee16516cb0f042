use super::*;

/// A ledger with one closed mail to `a@` and `b@`.
async fn with_a_mail() -> (TempDir, PathBuf, Ledger) {
    let (dir, path) = place();
    let ledger = open_at(&path).await;
    ledger.admit(&[admission("bao", "1")], at(0)).await.unwrap();
    ledger
        .close_due(at(0), false, &two, "example.vn")
        .await
        .unwrap();
    (dir, path, ledger)
}

async fn claim(ledger: &Ledger, now: i64) -> Option<Claimed> {
    ledger.claim(at(now)).await.unwrap()
}

#[tokio::test]
async fn each_recipient_is_claimed_once() {
    let (_dir, _path, ledger) = with_a_mail().await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let ledger = ledger.clone();
        tasks.spawn(async move { claim(&ledger, 1).await.map(|claimed| claimed.recipient) });
    }
    let mut claimed: Vec<String> = tasks.join_all().await.into_iter().flatten().collect();
    claimed.sort();
    assert_eq!(claimed, ["a@example.vn", "b@example.vn"]);
}

#[tokio::test]
async fn the_bytes_that_were_kept_first_are_the_ones_that_count() {
    let (_dir, path, ledger) = with_a_mail().await;
    let first = claim(&ledger, 1).await.unwrap();
    assert_eq!((first.raw.as_deref(), first.attempts), (None, 1));
    let kept = ledger
        .keep_composed(&first.mail, "Tin", b"one".to_vec())
        .await
        .unwrap();
    assert_eq!(kept, b"one");
    drop(ledger);

    let ledger = open_at(&path).await;
    let kept = ledger
        .keep_composed(&first.mail, "Khác", b"two".to_vec())
        .await
        .unwrap();
    assert_eq!(kept, b"one");
    let second = claim(&ledger, 1).await.unwrap();
    assert_ne!(second.recipient, first.recipient);
    assert_eq!(second.raw.as_deref(), Some(&b"one"[..]));
    let subjects: Vec<_> = ledger
        .queue()
        .await
        .unwrap()
        .into_iter()
        .map(|r| r.subject)
        .collect();
    assert_eq!(subjects, [Some("Tin".to_owned()), Some("Tin".to_owned())]);
    ledger
        .keep_composed("none@example.vn", "Tin", Vec::new())
        .await
        .unwrap_err();
}

#[tokio::test]
async fn a_delivery_ends_once_for_each_recipient() {
    let (_dir, _path, ledger) = with_a_mail().await;
    let a = claim(&ledger, 1).await.unwrap();
    let b = claim(&ledger, 1).await.unwrap();
    ledger.sent(&a, at(2), "250 ok").await.unwrap();
    ledger.hold(&b, at(3), "550 no such user").await.unwrap();
    assert_eq!(claim(&ledger, 1_000_000).await, None);
    assert_eq!(ledger.next_due(at(4)).await.unwrap(), None);

    let overview = ledger.overview().await.unwrap();
    assert_eq!((overview.sent, overview.held, overview.queued), (1, 1, 0));
    assert_eq!(overview.last_sent, Some(at(2)));
    let queue = ledger.queue().await.unwrap();
    let row = QueueRow {
        mail: b.mail.clone(),
        receiver: "truc".to_owned(),
        recipient: "b@example.vn".to_owned(),
        subject: None,
        state: DeliveryState::Held,
        attempts: 1,
        closed: at(0),
        next_attempt: None,
        last_reply: Some("550 no such user".to_owned()),
    };
    assert_eq!(queue, [row]);

    assert_eq!(ledger.requeue_held(None, at(9)).await.unwrap(), 1);
    let again = claim(&ledger, 9).await.unwrap();
    assert_eq!(
        (again.recipient, again.queued, again.attempts),
        (b.recipient, at(9), 1)
    );
}

#[tokio::test]
async fn a_postponed_delivery_waits_for_its_time() {
    let (_dir, _path, ledger) = with_a_mail().await;
    let a = claim(&ledger, 1).await.unwrap();
    let b = claim(&ledger, 1).await.unwrap();
    ledger.sent(&b, at(1), "250").await.unwrap();
    ledger
        .postpone(&a, at(1), at(301), "451 later", Delay::Refused)
        .await
        .unwrap();
    assert_eq!(claim(&ledger, 300).await, None);
    assert_eq!(ledger.next_due(at(2)).await.unwrap(), Some(at(301)));
    assert_eq!(
        ledger.next_due(at(500)).await.unwrap(),
        Some(at(500)),
        "never in the past"
    );
    let overview = ledger.overview().await.unwrap();
    assert_eq!((overview.queued, overview.delayed), (1, 1));
    assert_eq!(overview.oldest_queued, Some(at(0)));
    let again = claim(&ledger, 301).await.unwrap();
    assert_eq!((again.attempts, again.queued), (2, at(0)));
}

#[tokio::test]
async fn claims_of_a_process_that_died_are_released() {
    let (_dir, path, ledger) = with_a_mail().await;
    let lost = claim(&ledger, 1).await.unwrap();
    drop(ledger);
    let ledger = open_at(&path).await;
    let other = claim(&ledger, 1).await.unwrap();
    ledger.sent(&other, at(1), "250").await.unwrap();
    assert_eq!(claim(&ledger, 2).await, None, "still claimed");
    assert_eq!(ledger.release_claims(at(2)).await.unwrap(), 1);
    let again = claim(&ledger, 2).await.unwrap();
    assert_eq!(
        (again.mail, again.recipient, again.attempts),
        (lost.mail, lost.recipient, 2)
    );
}

#[tokio::test]
async fn a_claim_that_was_never_marked_ends_after_an_hour() {
    let (_dir, _path, ledger) = with_a_mail().await;
    let lost = claim(&ledger, 10).await.unwrap();
    let other = claim(&ledger, 10).await.unwrap();
    ledger.sent(&other, at(10), "250").await.unwrap();
    assert_eq!(ledger.next_due(at(11)).await.unwrap(), Some(at(3610)));
    assert_eq!(claim(&ledger, 3609).await, None);
    let again = claim(&ledger, 3610).await.unwrap();
    assert_eq!((again.recipient, again.attempts), (lost.recipient, 2));
}

#[tokio::test]
async fn a_full_disk_is_told_apart_and_gone_when_there_is_room() {
    let (_dir, _path, ledger) = with_a_mail().await;
    let claimed = claim(&ledger, 1).await.unwrap();
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count")
        .fetch_one(&ledger.writer)
        .await
        .unwrap();
    // SQLite cannot tell this limit from that of the disk.
    let limit = |pages: i64| sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"));
    sqlx::query(limit(pages))
        .execute(&ledger.writer)
        .await
        .unwrap();
    let raw = vec![b'x'; 100_000];
    let full = ledger
        .keep_composed(&claimed.mail, "Tin", raw.clone())
        .await
        .unwrap_err();
    assert!(matches!(full, LedgerError::Disk { .. }), "{full:?}");
    let many: Vec<Admission> = (10..200)
        .map(|n| admission("bao", &n.to_string()))
        .collect();
    let full = ledger.admit(&many, at(1)).await.unwrap_err();
    assert!(matches!(full, LedgerError::Disk { .. }), "{full:?}");
    assert_eq!(
        ledger.overview().await.unwrap().alerts,
        1,
        "the queue can be read"
    );

    sqlx::query(limit(1_000_000))
        .execute(&ledger.writer)
        .await
        .unwrap();
    assert_eq!(
        ledger.admit(&many, at(2)).await.unwrap().new.len(),
        many.len()
    );
    assert_eq!(
        ledger
            .keep_composed(&claimed.mail, "Tin", raw.clone())
            .await
            .unwrap(),
        raw
    );
}

#[tokio::test]
async fn the_longest_waiting_goes_first() {
    let (_dir, ledger) = fresh().await;
    for n in [3, 1, 2] {
        ledger
            .admit(&[admission("bao", &n.to_string())], at(n))
            .await
            .unwrap();
        close_all(&ledger, at(n)).await;
    }
    let mut order = Vec::new();
    while let Some(claimed) = claim(&ledger, 10).await {
        assert_eq!(claim(&ledger, 10).await, None, "one at a time");
        ledger.sent(&claimed, at(10), "250").await.unwrap();
        order.push(claimed.content.bundle().unwrap().alerts[0].item.clone());
    }
    assert_eq!(order, ["1", "2", "3"]);
}

#[tokio::test]
async fn bytes_are_dropped_only_when_every_delivery_was_made() {
    let (_dir, _path, ledger) = with_a_mail().await;
    let a = claim(&ledger, 1).await.unwrap();
    let b = claim(&ledger, 1).await.unwrap();
    ledger
        .keep_composed(&a.mail, "Tin", b"one".to_vec())
        .await
        .unwrap();
    ledger.sent(&a, at(1), "250").await.unwrap();
    ledger.hold(&b, at(1), "550").await.unwrap();
    assert_eq!(ledger.drop_sent_bytes(at(10)).await.unwrap(), 0);
    ledger.sent(&b, at(2), "250").await.unwrap();
    assert_eq!(ledger.drop_sent_bytes(at(0)).await.unwrap(), 0, "too young");
    assert_eq!(ledger.drop_sent_bytes(at(10)).await.unwrap(), 1);
    assert_eq!(ledger.drop_sent_bytes(at(10)).await.unwrap(), 0);
}

/// Walks an alert through the outbox, and drops the ledger after the given step, as a kill
/// would; whatever the step, the alert arrives, and with the bytes of its first composing.
#[tokio::test]
async fn an_alert_arrives_wherever_the_program_is_killed() {
    const STEPS: usize = 5;
    for killed_after in 0..=STEPS {
        let (_dir, path) = place();
        let mut kept = None;
        let mut arrived = Vec::new();
        for life in 0..2 {
            let ledger = open_at(&path).await;
            let left = if life == 0 { killed_after } else { STEPS };
            walk(&ledger, left, life, &mut kept, &mut arrived).await;
        }
        assert!(!arrived.is_empty(), "lost after step {killed_after}");
        arrived.dedup();
        assert_eq!(arrived.len(), 1, "two contents after step {killed_after}");
        let ledger = open_at(&path).await;
        let overview = ledger.overview().await.unwrap();
        assert_eq!(
            (overview.sent, overview.queued, overview.sending),
            (1, 0, 0)
        );
    }
}

async fn walk(
    ledger: &Ledger,
    steps: usize,
    life: u8,
    kept: &mut Option<Vec<u8>>,
    arrived: &mut Vec<Vec<u8>>,
) {
    ledger.release_claims(at(0)).await.unwrap();
    if steps == 0 {
        return;
    }
    ledger.admit(&[admission("bao", "1")], at(0)).await.unwrap();
    if steps == 1 {
        return;
    }
    close_all(ledger, at(1)).await;
    if steps == 2 {
        return;
    }
    let Some(claimed) = claim(ledger, 1).await else {
        return;
    };
    assert_eq!(claimed.raw, *kept);
    if steps == 3 {
        return;
    }
    let composed = format!("composed in life {life}").into_bytes();
    let raw = ledger
        .keep_composed(&claimed.mail, "Tin", composed)
        .await
        .unwrap();
    *kept = Some(raw.clone());
    arrived.push(raw);
    if steps == 4 {
        return;
    }
    ledger.sent(&claimed, at(2), "250").await.unwrap();
}
