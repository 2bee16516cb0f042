use super::*;

const YEAR: i64 = 365 * 24 * 3600;

/// Two mails that were sent long ago, one that is held, one that waits, and an alert without a
/// mail yet.
async fn old() -> (TempDir, Ledger) {
    let (dir, ledger) = fresh().await;
    for item in ["1", "2", "3", "4"] {
        let mut one = admission("bao", item);
        for dispatch in &mut one.dispatches {
            dispatch.group = item.to_owned();
        }
        ledger.admit(&[one], at(0)).await.unwrap();
        close_all(&ledger, at(0)).await;
    }
    for n in 0..3 {
        let claimed = ledger.claim(at(1)).await.unwrap().unwrap();
        let raw = b"From: a\r\n\r\nxin".to_vec();
        let raw = ledger.keep_composed(&claimed.mail, "Tin", raw).await;
        assert!(!raw.unwrap().is_empty());
        match n {
            0 | 1 => ledger.sent(&claimed, at(1), "250 ok").await.unwrap(),
            _ => ledger.hold(&claimed, at(1), "550 no").await.unwrap(),
        }
    }
    ledger.admit(&[admission("bao", "5")], at(0)).await.unwrap();
    (dir, ledger)
}

#[tokio::test]
async fn what_is_too_old_goes_and_is_known_all_the_same() {
    let (_dir, ledger) = old().await;
    let early = ledger.forget_before(at(0), at(YEAR)).await.unwrap();
    assert_eq!(early, Forgotten::default());

    let forgotten = ledger.forget_before(at(YEAR), at(YEAR + 1)).await.unwrap();
    assert_eq!(
        (forgotten.mails, forgotten.alerts, forgotten.stories),
        (3, 3, 3)
    );
    // What waits for its mail, or with it, stays.
    let overview = ledger.overview().await.unwrap();
    assert_eq!((overview.alerts, overview.stories), (2, 2));
    assert_eq!((overview.queued, overview.sent, overview.held), (1, 0, 0));
    // Nobody is told of the deleted pages again, by whatever source.
    let mut elsewhere = admission("trang", "9");
    elsewhere.alert.url = Some("https://bao.example.vn/1".to_owned());
    elsewhere.alert.page_title = "Tin 1".to_owned();
    let again = [admission("bao", "1"), elsewhere, admission("bao", "6")];
    let admitted = ledger.admit(&again, at(YEAR + 2)).await.unwrap();
    assert_eq!((admitted.known, admitted.new.len()), (2, 1));
    // The trail says what was done, and is whole.
    let trail = ledger.audit(2).await.unwrap();
    assert_eq!(trail[1].event, "forgotten");
    assert_eq!(trail[1].detail, "3 mails, 3 alerts, 3 stories");
    let sound = ledger.inspect(true, Duration::ZERO).await.unwrap();
    assert!(sound.is_sound(), "{sound:?}");
    let nothing = ledger.forget_before(at(YEAR), at(YEAR + 3)).await.unwrap();
    assert_eq!(nothing, Forgotten::default());
}

#[tokio::test]
async fn deleted_text_is_not_left_in_the_file() {
    let (dir, ledger) = fresh().await;
    let mut one = admission("bao", "1");
    one.alert.page_title = "Mot-chuoi-rieng-biet".to_owned();
    ledger.admit(&[one], at(0)).await.unwrap();
    close_all(&ledger, at(0)).await;
    let claimed = ledger.claim(at(1)).await.unwrap().unwrap();
    ledger.sent(&claimed, at(1), "250 ok").await.unwrap();
    let in_file = || {
        let bytes = std::fs::read(dir.path().join("ledger.sqlite")).unwrap();
        bytes.windows(20).any(|w| w == b"Mot-chuoi-rieng-biet")
    };
    ledger.close().await;
    assert!(in_file());
    let ledger = open_at(&dir.path().join("ledger.sqlite")).await;
    ledger.forget_before(at(YEAR), at(YEAR)).await.unwrap();
    ledger.close().await;
    assert!(!in_file());
}

#[tokio::test]
async fn held_mails_are_sent_again_or_given_up_by_the_beginning_of_their_id() {
    let (_dir, ledger) = old().await;
    let queue = ledger.queue().await.unwrap();
    assert_eq!(queue.len(), 2, "{queue:?}");
    let (held, waiting) = (queue[0].mail.clone(), queue[1].mail.clone());
    let retried = |mail: Option<&str>| {
        let (ledger, mail) = (ledger.clone(), mail.map(str::to_owned));
        async move { ledger.requeue_held(mail.as_deref(), at(9)).await.unwrap() }
    };
    assert_eq!(retried(Some("khong-co")).await, 0);
    assert_eq!(retried(Some(&held[..12])).await, 1);
    assert_eq!(retried(None).await, 0);
    let queue = ledger.queue().await.unwrap();
    assert!(queue.iter().all(|row| row.state == DeliveryState::Queued));
    assert_eq!(ledger.drop_deliveries("", at(9)).await.unwrap(), 0);
    let dropped = ledger.drop_deliveries(&waiting[..12], at(9)).await.unwrap();
    assert_eq!(dropped, 1);
    let queue = ledger.queue().await.unwrap();
    assert_eq!(queue.len(), 1);
    assert_eq!(queue[0].mail, held);
    assert_eq!(ledger.audit(1).await.unwrap()[0].event, "dropped");
}
