//! Digests, the hourly limit, and what new settings change of what waits.

use super::close::{bundle_of, sent_bundle};
use super::*;
use crate::alert::{Bundle, Hold, Mute, Occasion};

/// An alert of a rule of its own, due at that second.
fn of_rule(rule: &str, item: &str, due: i64) -> Admission {
    let mut admission = admission("bao", item);
    admission.alert.rule = rule.to_owned();
    admission.alert.id = format!("{rule}/bao/{item}");
    admission.alert.story = StoryId(format!("story {rule}"));
    admission.dispatches = vec![dispatch("truc", due)];
    admission.dispatches[0].group = rule.to_owned();
    admission
}

fn rules(bundle: &Bundle) -> Vec<&str> {
    bundle.alerts.iter().map(|a| a.rule.as_str()).collect()
}

#[tokio::test]
async fn a_digest_holds_what_waits_for_it_and_a_group_takes_its_own_along() {
    let (_dir, ledger) = fresh().await;
    let mut some = Vec::new();
    for (rule, item) in [("x", "1"), ("y", "2"), ("z", "3")] {
        let mut admission = of_rule(rule, item, 100);
        admission.dispatches[0].digest = true;
        some.push(admission);
    }
    some.push(of_rule("z", "4", 10));
    ledger.admit(&some, at(0)).await.unwrap();
    let close = |now| ledger.close_due(at(now), false, &one, "example.vn");
    assert_eq!(close(10).await.unwrap().mails.len(), 1);
    let own = sent_bundle(&ledger, at(10)).await;
    assert_eq!(
        (rules(&own), own.occasion),
        (vec!["z", "z"], Occasion::Group)
    );
    assert_eq!(close(99).await.unwrap(), Closed::default());
    assert_eq!(close(100).await.unwrap().mails.len(), 1);
    let digest = sent_bundle(&ledger, at(100)).await;
    assert_eq!(
        (rules(&digest), digest.occasion),
        (vec!["x", "y"], Occasion::Digest)
    );
    assert_eq!(digest.known, []);
    assert_eq!(ledger.next_due(at(101)).await.unwrap(), None);

    // What was told in a digest is known from then on.
    ledger
        .admit(&[of_rule("x", "5", 200)], at(150))
        .await
        .unwrap();
    assert_eq!(close(200).await.unwrap().mails.len(), 1);
    let known = sent_bundle(&ledger, at(200)).await.known;
    assert_eq!(known.len(), 1);
    assert_eq!(
        (known[0].rule.as_str(), known[0].severity),
        ("x", Severity::High)
    );
}

#[tokio::test]
async fn a_storm_becomes_a_digest_and_loses_nothing() {
    let capped = |name: &str| {
        one(name).map(|to| Recipients {
            max_per_hour: Some(3),
            ..to
        })
    };
    let (_dir, ledger) = fresh().await;
    let mut made = Vec::new();
    let mut told = std::collections::BTreeSet::new();
    // Each minute of an hour and a half another rumour.
    for minute in 0..90 {
        let now = at(minute * 60);
        let admission = of_rule(&format!("r{minute}"), &minute.to_string(), minute * 60);
        ledger.admit(&[admission], now).await.unwrap();
        ledger
            .close_due(now, false, &capped, "example.vn")
            .await
            .unwrap();
        while let Some(claimed) = ledger.claim(now).await.unwrap() {
            ledger.sent(&claimed, now, "250").await.unwrap();
            let bundle = bundle_of(&claimed);
            made.push((minute, bundle.occasion, bundle.alerts.len()));
            for alert in &bundle.alerts {
                assert!(told.insert(alert.rule.clone()), "{} twice", alert.rule);
            }
        }
    }
    use Occasion::{Cap, Group};
    assert_eq!(
        made,
        [
            (0, Group, 1),
            (1, Group, 1),
            (2, Group, 1),
            (60, Cap, 58),
            (61, Group, 1),
            (62, Group, 1)
        ]
    );
    let waiting = ledger.waiting().await.unwrap();
    assert!(
        waiting
            .iter()
            .all(|waiting| waiting.capped && waiting.dispatch.why[0].hold == Hold::Cap)
    );
    assert_eq!(told.len() + waiting.len(), 90);

    // At once, all that is left.
    let all = ledger
        .close_due(at(90 * 60), true, &capped, "example.vn")
        .await
        .unwrap();
    assert_eq!(all.mails.len(), 1);
    assert_eq!(
        sent_bundle(&ledger, at(90 * 60)).await.alerts.len(),
        waiting.len()
    );
}

#[tokio::test]
async fn several_at_once_share_the_last_mail_of_the_hour() {
    let capped = |name: &str| {
        one(name).map(|to| Recipients {
            max_per_hour: Some(3),
            ..to
        })
    };
    let (_dir, ledger) = fresh().await;
    let some: Vec<Admission> = (0..7)
        .map(|n| of_rule(&format!("r{n}"), &n.to_string(), n))
        .collect();
    ledger.admit(&some, at(0)).await.unwrap();
    let closed = ledger
        .close_due(at(10), false, &capped, "example.vn")
        .await
        .unwrap();
    assert_eq!(closed.mails.len(), 3);
    let mut sizes = Vec::new();
    for _ in 0..3 {
        sizes.push(sent_bundle(&ledger, at(10)).await.alerts.len());
    }
    sizes.sort_unstable();
    assert_eq!(sizes, [1, 1, 5]);
}

#[tokio::test]
async fn what_waits_can_be_led_elsewhere_and_muted() {
    let (_dir, ledger) = fresh().await;
    let some = [
        of_rule("x", "1", 100),
        of_rule("y", "2", 100),
        of_rule("z", "3", 100),
    ];
    ledger.admit(&some, at(0)).await.unwrap();
    let mute = Mute {
        rule: Some("z".to_owned()),
        source: None,
        until: at(1000),
        reason: None,
    };
    let mut later = some[0].dispatches[0].clone();
    later.due = at(500);
    let other = Dispatch {
        receiver: "khac".to_owned(),
        ..later.clone()
    };
    let changes = [
        Change::Retimed("x/bao/1".to_owned(), later),
        Change::Redirected("y/bao/2".to_owned(), "truc".to_owned(), vec![other]),
        Change::Muted("z/bao/3".to_owned(), mute.clone()),
    ];
    ledger.change(&changes, at(1)).await.unwrap();
    let waiting: Vec<(String, String, Timestamp)> = ledger
        .waiting()
        .await
        .unwrap()
        .into_iter()
        .map(|w| (w.alert.rule, w.dispatch.receiver, w.dispatch.due))
        .collect();
    let row = |rule: &str, receiver: &str| (rule.to_owned(), receiver.to_owned(), at(500));
    assert_eq!(waiting, [row("y", "khac"), row("x", "truc")]);
    let muted = ledger.muted(at(0), 10).await.unwrap();
    assert_eq!(muted.len(), 1);
    assert_eq!((muted[0].0.rule.as_str(), &muted[0].1), ("z", &mute));
    assert_eq!(
        ledger.find_alert("z/bao/3").await.unwrap().unwrap().1,
        Some(mute)
    );
    assert_eq!(ledger.find_alert("x/bao/1").await.unwrap().unwrap().1, None);
}
