use super::*;

#[tokio::test]
async fn all_that_pass_the_filter_are_found_page_by_page() {
    let (_dir, ledger) = fresh().await;
    for i in 0..7 {
        let mut admission = admission(if i % 2 == 0 { "bao" } else { "dien-dan" }, &i.to_string());
        admission.alert.seen = at(i / 3);
        ledger.admit(&[admission], at(0)).await.unwrap();
    }
    let all = async |filter: HitFilter| {
        let (mut ids, mut place) = (Vec::new(), None);
        loop {
            let (records, next) = ledger.hits(&filter, place.as_ref(), 2).await.unwrap();
            assert!(records.len() <= 2);
            ids.extend(records.into_iter().map(|record| record.alert.id));
            place = next;
            if place.is_none() {
                return ids;
            }
        }
    };
    let none = HitFilter::default();
    assert_eq!(
        all(none.clone()).await,
        [
            "r/bao/6",
            "r/bao/4",
            "r/dien-dan/3",
            "r/dien-dan/5",
            "r/bao/0",
            "r/bao/2",
            "r/dien-dan/1"
        ]
    );
    let filters = [
        (
            HitFilter {
                since: Some(at(1)),
                ..none.clone()
            },
            4,
        ),
        (
            HitFilter {
                source: Some("dien-dan".to_owned()),
                ..none.clone()
            },
            3,
        ),
        (
            HitFilter {
                rule: Some("khac".to_owned()),
                ..none
            },
            0,
        ),
    ];
    for (filter, found) in filters {
        assert_eq!(all(filter.clone()).await.len(), found, "{filter:?}");
    }
}

#[tokio::test]
async fn a_hit_tells_its_mails() {
    let (_dir, ledger) = fresh().await;
    ledger.admit(&[admission("bao", "1")], at(0)).await.unwrap();
    let hit = ledger.hit("r/bao/1").await.unwrap().unwrap();
    assert_eq!(
        (hit.mails.len(), hit.waits_for),
        (0, vec!["truc".to_owned()])
    );
    let mails = close_all(&ledger, at(5)).await;
    let hit = ledger.hit("r/bao/1").await.unwrap().unwrap();
    assert!(hit.waits_for.is_empty());
    assert_eq!(hit.mails[0].message_id, mails[0]);
    assert_eq!(hit.mails[0].state, Some(DeliveryState::Queued));
    assert_eq!((hit.items, hit.sources), (1, 1));
    let claimed = ledger.claim(at(6)).await.unwrap().unwrap();
    ledger.sent(&claimed, at(7), "250").await.unwrap();
    let hit = ledger.hit("r/bao/1").await.unwrap().unwrap();
    assert_eq!(hit.mails[0].state, Some(DeliveryState::Sent));
    assert!(ledger.hit("r/bao/2").await.unwrap().is_none());
}

#[tokio::test]
async fn a_beginning_names_an_alert_where_only_one_has_it() {
    let (_dir, ledger) = fresh().await;
    for id in ["ab01cd", "ab01ce", "ab01", "b9zz00"] {
        let mut admission = admission("bao", id);
        admission.alert.id = id.to_owned();
        ledger.admit(&[admission], at(0)).await.unwrap();
    }
    let one = |id: &str| Named::One(id.to_owned());
    let several = Named::Several(["ab01", "ab01cd", "ab01ce"].map(str::to_owned).to_vec());
    let rows = [
        ("ab01cd", one("ab01cd")),
        ("b", one("b9zz00")),
        (" B9ZZ ", one("b9zz00")),
        ("abo1cd", one("ab01cd")),
        ("ABOLCD", one("ab01cd")),
        // A whole id is that one, though others begin like it.
        ("ab01", one("ab01")),
        ("ab", several),
        ("c", Named::Nothing),
        ("", Named::Nothing),
        ("%", Named::Nothing),
        ("ab01cd0", Named::Nothing),
    ];
    for (typed, want) in rows {
        assert_eq!(ledger.named(typed).await.unwrap(), want, "{typed:?}");
    }
}

#[tokio::test]
async fn a_second_process_may_join() {
    let (_dir, path) = place();
    assert!(matches!(
        Ledger::join(&path).await,
        Err(LedgerError::Disk { .. })
    ));
    assert!(!path.exists());
    let first = open_at(&path).await;
    let second = Ledger::join(&path).await.unwrap();
    first.admit(&[admission("bao", "1")], at(0)).await.unwrap();
    assert!(second.hit("r/bao/1").await.unwrap().is_some());
    second.admit(&[admission("bao", "2")], at(0)).await.unwrap();
    assert!(first.hit("r/bao/2").await.unwrap().is_some());
}
