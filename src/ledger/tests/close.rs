use super::*;
use crate::alert::{Bundle, Spread};

fn bundle_of(claimed: &Claimed) -> Bundle {
    claimed.content.bundle().unwrap().clone()
}

async fn bundle(ledger: &Ledger) -> Bundle {
    bundle_of(&ledger.claim(at(1_000_000)).await.unwrap().unwrap())
}

#[tokio::test]
async fn a_group_keeps_its_earlier_due_time() {
    for (first, second) in [(60, 300), (300, 60)] {
        let (_dir, ledger) = fresh().await;
        for (item, due) in [("1", first), ("2", second)] {
            let mut admission = admission("bao", item);
            admission.dispatches = vec![dispatch("truc", due)];
            ledger.admit(&[admission], at(0)).await.unwrap();
        }
        assert_eq!(ledger.next_due(at(0)).await.unwrap(), Some(at(60)));
        let early = ledger
            .close_due(at(59), false, &one, "example.vn")
            .await
            .unwrap();
        assert_eq!(early, Closed::default());
        let closed = ledger
            .close_due(at(60), false, &one, "example.vn")
            .await
            .unwrap();
        assert_eq!(closed.mails.len(), 1);
        assert_eq!(bundle(&ledger).await.alerts.len(), 2);
    }
}

#[tokio::test]
async fn groups_are_closed_each_for_itself() {
    let (_dir, ledger) = fresh().await;
    let mut to_two = admission("bao", "1");
    to_two.dispatches.push(dispatch("lanh-dao", 0));
    let mut other_rule = admission("bao", "1");
    other_rule.alert.id = "s/bao/1".to_owned();
    other_rule.alert.rule = "s".to_owned();
    other_rule.dispatches[0].group = "s".to_owned();
    ledger.admit(&[to_two, other_rule], at(0)).await.unwrap();
    assert_eq!(ledger.overview().await.unwrap().waiting_groups, 3);
    let everybody = |_: &str| one("truc");
    let closed = ledger
        .close_due(at(0), false, &everybody, "example.vn")
        .await
        .unwrap();
    assert_eq!(closed.mails.len(), 3);
    let overview = ledger.overview().await.unwrap();
    assert_eq!((overview.waiting_groups, overview.queued), (0, 3));
}

#[tokio::test]
async fn the_message_id_depends_on_receiver_group_and_alerts_alone() {
    let mut ids = Vec::new();
    for order in [["1", "2"], ["2", "1"], ["1", "3"]] {
        let (_dir, ledger) = fresh().await;
        for (n, item) in order.iter().enumerate() {
            ledger
                .admit(&[admission("bao", item)], at(n as i64))
                .await
                .unwrap();
        }
        let mails = close_all(&ledger, at(9)).await;
        assert!(mails[0].ends_with("@example.vn"), "{mails:?}");
        ids.extend(mails);
    }
    assert_eq!(ids[0], ids[1]);
    assert_ne!(ids[0], ids[2]);
}

#[tokio::test]
async fn a_mail_refers_to_the_earlier_ones_of_its_thread() {
    let (_dir, ledger) = fresh().await;
    let mut thread = Vec::new();
    for n in 0..25 {
        ledger
            .admit(&[admission("bao", &n.to_string())], at(n))
            .await
            .unwrap();
        let mails = close_all(&ledger, at(n)).await;
        let claimed = ledger.claim(at(n)).await.unwrap().unwrap();
        ledger.sent(&claimed, at(n), "250").await.unwrap();
        let references = bundle_of(&claimed).references;
        if thread.len() <= 20 {
            assert_eq!(references, thread);
        } else {
            assert_eq!(references.len(), 20);
            assert_eq!(references[0], thread[0]);
            assert_eq!(references[1..], thread[thread.len() - 19..]);
        }
        thread.extend(mails);
    }
}

#[tokio::test]
async fn the_bundle_is_frozen_when_the_group_is_closed() {
    let (_dir, ledger) = fresh().await;
    let told_again = |source: &str, seen: i64| {
        let mut admission = admission(source, "1");
        admission.alert.seen = at(seen);
        admission.alert.story = StoryId("one".to_owned());
        admission
    };
    let denied = |source: &str, trust: Trust, published: Option<i64>| {
        let mut admission = admission(source, "khong");
        admission.alert.stance = Stance::Denies;
        admission.alert.trust = trust;
        admission.alert.published = published.map(at);
        admission.dispatches.clear();
        admission
    };
    let before = [
        told_again("bao", 20),
        told_again("dien-dan", 10),
        denied("bo-y-te", Trust::Official, Some(5)),
        denied("to-bao", Trust::Press, Some(-5)),
        denied("mang", Trust::Social, None),
    ];
    ledger.admit(&before, at(20)).await.unwrap();
    let mails = close_all(&ledger, at(30)).await;
    ledger
        .admit(&[told_again("muon", 40)], at(40))
        .await
        .unwrap();

    let bundle = bundle(&ledger).await;
    assert_eq!(bundle.message_id, mails[0]);
    assert_eq!(bundle.closed, at(30));
    assert_eq!(bundle.to, ["a@example.vn"]);
    let sources: Vec<&str> = bundle
        .alerts
        .iter()
        .map(|alert| alert.source.as_str())
        .collect();
    assert_eq!(sources, ["dien-dan", "bao"], "oldest first");
    let spread = Spread {
        story: StoryId("one".to_owned()),
        first_seen: at(10),
        items: 2,
        sources: 2,
    };
    assert_eq!(bundle.spread, [spread]);
    let refuters: Vec<(&str, Timestamp)> = bundle
        .refutations
        .iter()
        .map(|r| (r.source_name.as_str(), r.at))
        .collect();
    assert_eq!(
        refuters,
        [("Trang to-bao", at(-5)), ("Trang bo-y-te", at(5))]
    );
}

#[tokio::test]
async fn a_receiver_without_addresses_keeps_its_alerts_and_does_not_spin() {
    let (_dir, ledger) = fresh().await;
    ledger.admit(&[admission("bao", "1")], at(0)).await.unwrap();
    let nobody = |_: &str| None;
    let no_address = |_: &str| Some(Recipients { to: Vec::new() });
    let recipients: [RecipientsOf<'_>; 2] = [&nobody, &no_address];
    for (n, recipients) in recipients.into_iter().enumerate() {
        let now = at(n as i64 * 10_000);
        let closed = ledger
            .close_due(now, false, recipients, "example.vn")
            .await
            .unwrap();
        assert_eq!(closed.orphans, ["truc"]);
        assert_eq!(closed.mails, Vec::<String>::new());
        let next = ledger.next_due(now).await.unwrap().unwrap();
        assert_eq!(next, now.checked_add(ORPHAN_WAIT).unwrap());
    }
    assert_eq!(ledger.overview().await.unwrap().waiting_groups, 1);
    let closed = ledger
        .close_due(at(20_000), false, &one, "example.vn")
        .await
        .unwrap();
    assert_eq!(closed.mails.len(), 1);
}

#[tokio::test]
async fn concurrent_closings_make_one_mail() {
    let (_dir, ledger) = fresh().await;
    let some: Vec<Admission> = (0..20).map(|n| admission("bao", &n.to_string())).collect();
    ledger.admit(&some, at(0)).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let ledger = ledger.clone();
        tasks.spawn(async move { close_all(&ledger, at(1)).await.len() });
    }
    assert_eq!(tasks.join_all().await.iter().sum::<usize>(), 1);
    assert_eq!(ledger.overview().await.unwrap().queued, 1);
}

fn denial(source: &str, trust: Trust) -> Admission {
    let mut admission = admission(source, "khong");
    admission.alert.stance = Stance::Denies;
    admission.alert.trust = trust;
    admission.dispatches.clear();
    admission
}

/// The bundle of the next delivery, marked as sent.
async fn sent_bundle(ledger: &Ledger, now: Timestamp) -> Bundle {
    let claimed = ledger.claim(now).await.unwrap().unwrap();
    ledger.sent(&claimed, now, "250").await.unwrap();
    bundle_of(&claimed)
}

#[tokio::test]
async fn those_who_got_a_rumour_learn_once_that_it_is_refuted() {
    let (_dir, ledger) = fresh().await;
    ledger.admit(&[admission("bao", "1")], at(0)).await.unwrap();
    let first = close_all(&ledger, at(1)).await;
    sent_bundle(&ledger, at(1)).await;

    let nobody = [denial("mang", Trust::Social)];
    ledger.admit(&nobody, at(2)).await.unwrap();
    assert_eq!(close_all(&ledger, at(3)).await, Vec::<String>::new());

    let both = [
        denial("bo-y-te", Trust::Official),
        denial("to-bao", Trust::Press),
    ];
    ledger.admit(&both, at(10)).await.unwrap();
    ledger.admit(&both, at(11)).await.unwrap();
    let early = ledger.close_due(at(129), false, &one, "example.vn").await;
    assert_eq!(early.unwrap().mails, Vec::<String>::new());
    let due = ledger.close_due(at(130), false, &one, "example.vn").await;
    assert_eq!(due.unwrap().mails.len(), 1, "one for both");
    let told = sent_bundle(&ledger, at(130)).await;
    assert_eq!(told.references, first, "in the rumour's thread");
    assert!(told.alerts.iter().all(|a| a.stance == Stance::Denies));
    assert_eq!(told.refutations.len(), 2);

    ledger
        .admit(&[denial("dai", Trust::Press)], at(200))
        .await
        .unwrap();
    assert_eq!(close_all(&ledger, at(400)).await, Vec::<String>::new());
}

#[tokio::test]
async fn news_of_the_rumour_takes_its_refutation_along() {
    let (_dir, ledger) = fresh().await;
    // Refuted before the first mail: it tells that, and no other has to.
    let some = [admission("bao", "1"), denial("bo-y-te", Trust::Official)];
    ledger.admit(&some, at(0)).await.unwrap();
    assert_eq!(close_all(&ledger, at(1)).await.len(), 1);
    assert_eq!(sent_bundle(&ledger, at(1)).await.refutations.len(), 1);
    ledger
        .admit(&[denial("dai", Trust::Press)], at(2))
        .await
        .unwrap();
    assert_eq!(close_all(&ledger, at(3)).await, Vec::<String>::new());

    // Refuted between two mails: the second is about the news and shows the refutation.
    let (_dir, ledger) = fresh().await;
    ledger.admit(&[admission("bao", "1")], at(0)).await.unwrap();
    close_all(&ledger, at(1)).await;
    sent_bundle(&ledger, at(1)).await;
    let some = [denial("bo-y-te", Trust::Official), admission("bao", "2")];
    ledger.admit(&some, at(2)).await.unwrap();
    assert_eq!(close_all(&ledger, at(3)).await.len(), 1);
    let bundle = sent_bundle(&ledger, at(3)).await;
    assert_eq!(bundle.alerts.len(), 1);
    assert_eq!(bundle.alerts[0].stance, Stance::Asserts);
    assert_eq!(bundle.refutations.len(), 1);
    assert_eq!(ledger.next_due(at(4)).await.unwrap(), None);
}
