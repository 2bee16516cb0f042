use jiff::tz::TimeZone;

use super::*;
use crate::alert::{Bundle, Refutation, Routing, Spread, read_routing};
use crate::problem::toml::read_file;
use crate::problem::{Problems, SourceFile};

pub(super) fn bundle_of(claimed: &Claimed) -> Bundle {
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
    let no_address = |_: &str| Some(Recipients::default());
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

fn routing() -> Routing {
    let text = "[[receiver]]\nname = \"truc\"\nto = \"a@example.vn\"\nnews = \"mail\"\n\
        group_interval = \"0s\"\n[[route]]\nreceiver = \"truc\"\n";
    let problems = Problems::default();
    let file = SourceFile::new("canhtin.toml", text);
    let routing = read_file(&file, &problems, |mut root| {
        read_routing(&mut root, &TimeZone::UTC)
    });
    assert!(problems.is_empty());
    routing
}

/// Admits refutations as they are routed by what was told.
async fn admit_denials(ledger: &Ledger, denials: &[Admission], now: Timestamp) {
    let told = ledger.told("r").await.unwrap();
    let routed = denials.iter().map(|denial| Admission {
        dispatches: routing().route(&denial.alert, &told, now).dispatches,
        ..denial.clone()
    });
    let routed: Vec<Admission> = routed.collect();
    ledger.admit(&routed, now).await.unwrap();
}

/// The bundle of the next delivery, marked as sent.
pub(super) async fn sent_bundle(ledger: &Ledger, now: Timestamp) -> Bundle {
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

    admit_denials(&ledger, &[denial("mang", Trust::Social)], at(2)).await;
    assert_eq!(close_all(&ledger, at(3)).await, Vec::<String>::new());

    let both = [
        denial("bo-y-te", Trust::Official),
        denial("to-bao", Trust::Press),
    ];
    admit_denials(&ledger, &both, at(10)).await;
    admit_denials(&ledger, &both, at(11)).await;
    let early = ledger.close_due(at(129), false, &one, "example.vn").await;
    assert_eq!(early.unwrap().mails, Vec::<String>::new());
    let due = ledger.close_due(at(130), false, &one, "example.vn").await;
    assert_eq!(due.unwrap().mails.len(), 1, "one for both");
    let told = sent_bundle(&ledger, at(130)).await;
    assert_eq!(told.references, first, "in the rumour's thread");
    assert!(told.alerts.iter().all(|a| a.stance == Stance::Denies));
    assert_eq!(told.refutations.len(), 2);
    // What it can be answered about.
    assert_eq!(told.known[0].alert.as_deref(), Some("r/bao/1"));

    admit_denials(&ledger, &[denial("dai", Trust::Press)], at(200)).await;
    assert_eq!(close_all(&ledger, at(400)).await, Vec::<String>::new());
}

#[tokio::test]
async fn news_of_the_rumour_takes_its_refutation_along() {
    let (_dir, ledger) = fresh().await;
    // Refuted before the first mail: it tells that, and no other has to.
    ledger.admit(&[admission("bao", "1")], at(0)).await.unwrap();
    admit_denials(&ledger, &[denial("bo-y-te", Trust::Official)], at(0)).await;
    assert_eq!(close_all(&ledger, at(1)).await.len(), 1);
    assert_eq!(sent_bundle(&ledger, at(1)).await.refutations.len(), 1);
    admit_denials(&ledger, &[denial("dai", Trust::Press)], at(2)).await;
    assert_eq!(close_all(&ledger, at(3)).await, Vec::<String>::new());

    // Refuted between two mails: the second is about the news and shows the refutation.
    let (_dir, ledger) = fresh().await;
    ledger.admit(&[admission("bao", "1")], at(0)).await.unwrap();
    close_all(&ledger, at(1)).await;
    sent_bundle(&ledger, at(1)).await;
    admit_denials(&ledger, &[denial("bo-y-te", Trust::Official)], at(2)).await;
    ledger.admit(&[admission("bao", "2")], at(2)).await.unwrap();
    assert_eq!(close_all(&ledger, at(3)).await.len(), 1);
    let bundle = sent_bundle(&ledger, at(3)).await;
    assert_eq!(bundle.alerts.len(), 1);
    assert_eq!(bundle.alerts[0].stance, Stance::Asserts);
    assert_eq!(bundle.refutations.len(), 1);
    assert_eq!(ledger.next_due(at(4)).await.unwrap(), None);
}

#[tokio::test]
async fn a_known_refutation_is_told_from_the_first_mail_on_and_not_followed_up() {
    let (_dir, ledger) = fresh().await;
    let known = Refutation {
        rule: "r".to_owned(),
        source_name: "Bộ Y tế".to_owned(),
        page_title: "Giun đất không chữa khỏi".to_owned(),
        url: Some("https://bao.example.vn/9".to_owned()),
        at: at(-1_000),
        whole_day: true,
    };
    let mut first = admission("dien-dan", "1");
    first.alert.known_refutations = vec![known.clone()];
    ledger.admit(&[first.clone()], at(0)).await.unwrap();
    assert_eq!(close_all(&ledger, at(1)).await.len(), 1);
    let claimed = ledger.claim(at(2)).await.unwrap().unwrap();
    assert_eq!(
        claimed.content.bundle().unwrap().refutations,
        std::slice::from_ref(&known)
    );

    // Whoever was told so hears of no other refutation by itself.
    let denial = |item: &str| {
        let mut denial = admission("bao", item);
        denial.alert.stance = Stance::Denies;
        denial.dispatches.clear();
        denial
    };
    ledger
        .admit(&[denial("8"), denial("9")], at(3))
        .await
        .unwrap();
    assert!(close_all(&ledger, at(1_000)).await.is_empty());

    // Found by itself, the same page is told once.
    let mut again = first;
    again.alert.id = "again".to_owned();
    again.alert.item = "2".to_owned();
    again.alert.url = None;
    ledger.admit(&[again], at(1_001)).await.unwrap();
    close_all(&ledger, at(1_002)).await;
    ledger.sent(&claimed, at(3), "250").await.unwrap();
    let claimed = ledger.claim(at(1_003)).await.unwrap().unwrap();
    let mut urls: Vec<Option<&str>> = claimed
        .content
        .bundle()
        .unwrap()
        .refutations
        .iter()
        .map(|refutation| refutation.url.as_deref())
        .collect();
    urls.sort_unstable();
    let want = ["https://bao.example.vn/8", "https://bao.example.vn/9"];
    assert_eq!(urls, want.map(Some));
}
