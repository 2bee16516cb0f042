use super::*;

#[tokio::test]
async fn the_same_hit_is_known_whoever_brings_it_again() {
    let changed = |change: fn(&mut Alert)| {
        let mut admission = admission("bao", "1");
        change(&mut admission.alert);
        admission
    };
    let known = [
        ("itself", changed(|_| {})),
        (
            "with another text",
            changed(|a| {
                a.story = StoryId("other".to_owned());
                a.page_title = "Tin 1 (cập nhật)".to_owned();
                a.url = None;
            }),
        ),
        (
            "from another feed",
            changed(|a| {
                a.id = "b".to_owned();
                a.source = "bao-khac".to_owned();
                a.item = "9".to_owned();
            }),
        ),
        (
            "from another feed in other letters",
            changed(|a| {
                a.id = "c".to_owned();
                a.source = "bao-khac".to_owned();
                a.page_title = "TIN – 1".to_owned();
            }),
        ),
    ];
    let new = [
        ("another item", admission("bao", "2")),
        (
            "another rule",
            changed(|a| {
                a.id = "d".to_owned();
                a.rule = "s".to_owned();
            }),
        ),
        (
            "the other stance",
            changed(|a| {
                a.id = "e".to_owned();
                a.stance = Stance::Denies;
            }),
        ),
        (
            "another title at the same address",
            changed(|a| {
                a.id = "f".to_owned();
                a.item = "3".to_owned();
                a.page_title = "Tin 3".to_owned();
            }),
        ),
        (
            "no address, in another source",
            changed(|a| {
                a.id = "g".to_owned();
                a.source = "bao-khac".to_owned();
                a.url = None;
            }),
        ),
    ];
    let (_dir, ledger) = fresh().await;
    ledger.admit(&[admission("bao", "1")], at(0)).await.unwrap();
    for (name, admission) in known {
        let admitted = ledger.admit(&[admission], at(1)).await.unwrap();
        assert_eq!((admitted.new.len(), admitted.known), (0, 1), "{name}");
    }
    for (name, admission) in new {
        let id = admission.alert.id.clone();
        let admitted = ledger.admit(&[admission], at(1)).await.unwrap();
        assert_eq!((admitted.new, admitted.known), (vec![id], 0), "{name}");
    }
}

#[tokio::test]
async fn a_known_hit_is_not_dispatched_again() {
    let (_dir, ledger) = fresh().await;
    ledger.admit(&[admission("bao", "1")], at(0)).await.unwrap();
    assert_eq!(close_all(&ledger, at(1)).await.len(), 1);
    ledger.admit(&[admission("bao", "1")], at(2)).await.unwrap();
    assert_eq!(close_all(&ledger, at(3)).await, Vec::<String>::new());
}

#[tokio::test]
async fn twins_within_one_call_are_admitted_once() {
    let (_dir, ledger) = fresh().await;
    let twins = [admission("bao", "1"), admission("bao", "1")];
    let admitted = ledger.admit(&twins, at(0)).await.unwrap();
    assert_eq!((admitted.new.len(), admitted.known), (1, 1));
}

#[tokio::test]
async fn two_alerts_whose_ids_are_alike_by_chance_are_both_kept() {
    let (_dir, ledger) = fresh().await;
    let mut other = admission("bao", "2");
    other.alert.id = alert("bao", "1").id;
    let admitted = ledger
        .admit(&[admission("bao", "1"), other], at(0))
        .await
        .unwrap();
    assert_eq!(admitted.new, ["r/bao/1", "r/bao/1x"]);
    let mut kept: Vec<String> = ledger
        .recent(9)
        .await
        .unwrap()
        .into_iter()
        .map(|alert| alert.id)
        .collect();
    kept.sort();
    assert_eq!(kept, ["r/bao/1", "r/bao/1x"]);
}

#[tokio::test]
async fn concurrent_admissions_of_one_hit_make_one_alert() {
    let (_dir, ledger) = fresh().await;
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..40 {
        let ledger = ledger.clone();
        let item = (n % 4).to_string();
        tasks.spawn(async move {
            let admitted = ledger
                .admit(&[admission("bao", &item)], at(0))
                .await
                .unwrap();
            admitted.new.len()
        });
    }
    assert_eq!(tasks.join_all().await.iter().sum::<usize>(), 4);
    assert_eq!(ledger.overview().await.unwrap().alerts, 4);
}

#[tokio::test]
async fn an_admission_that_fails_leaves_nothing() {
    let (_dir, ledger) = fresh().await;
    // The trail refuses its last write.
    sqlx::raw_sql(
        "CREATE TRIGGER refuse BEFORE INSERT ON audit WHEN NEW.detail = 'r/bao/2'
         BEGIN SELECT RAISE(ABORT, 'no'); END",
    )
    .execute(&ledger.writer)
    .await
    .unwrap();
    let both = [admission("bao", "1"), admission("bao", "2")];
    ledger.admit(&both, at(0)).await.unwrap_err();
    assert_eq!(ledger.overview().await.unwrap(), Overview::default());
    sqlx::raw_sql("DROP TRIGGER refuse")
        .execute(&ledger.writer)
        .await
        .unwrap();
    assert_eq!(ledger.admit(&both, at(1)).await.unwrap().new.len(), 2);
}

#[tokio::test]
async fn what_was_admitted_outlives_the_process() {
    let (_dir, path) = place();
    let ledger = open_at(&path).await;
    ledger.admit(&[admission("bao", "1")], at(0)).await.unwrap();
    // No goodbye: the journal was not folded into the file.
    drop(ledger);
    let ledger = open_at(&path).await;
    assert_eq!(ledger.recent(9).await.unwrap(), [alert("bao", "1")]);
    let admitted = ledger.admit(&[admission("bao", "1")], at(5)).await.unwrap();
    assert_eq!((admitted.new.len(), admitted.known), (0, 1));
}

#[tokio::test]
async fn overview_counts_what_is_there() {
    let (_dir, ledger) = fresh().await;
    assert_eq!(ledger.overview().await.unwrap(), Overview::default());
    let mut denial = admission("bo-y-te", "3");
    denial.alert.stance = Stance::Denies;
    denial.dispatches.clear();
    let mut later = admission("bao", "2");
    later.alert.seen = at(60);
    ledger
        .admit(&[admission("bao", "1"), later, denial], at(60))
        .await
        .unwrap();
    let overview = ledger.overview().await.unwrap();
    let expected = Overview {
        alerts: 2,
        refutations: 1,
        stories: 2,
        waiting_groups: 1,
        last_alert: Some(at(60)),
        ..Overview::default()
    };
    assert_eq!(overview, expected);
}

#[tokio::test]
async fn the_audit_trail_cannot_be_rewritten() {
    let (_dir, ledger) = fresh().await;
    let some: Vec<Admission> = (1..=5).map(|n| admission("bao", &n.to_string())).collect();
    ledger.admit(&some, at(7)).await.unwrap();
    let trail = ledger.audit(2).await.unwrap();
    let expected = AuditRecord {
        seq: 5,
        at: at(7),
        event: "admitted".to_owned(),
        detail: "r/bao/5".to_owned(),
    };
    assert_eq!(trail[0], expected);
    assert_eq!(trail.len(), 2);
    for statement in ["UPDATE audit SET at = 0", "DELETE FROM audit"] {
        let refused = sqlx::raw_sql(statement).execute(&ledger.writer).await;
        assert!(refused.unwrap_err().to_string().contains("append-only"));
    }
    assert_eq!(ledger.first_broken_audit_record().await.unwrap(), None);
    // Somebody with the file in hand can drop the triggers; the chain tells.
    for (harm, first) in [
        ("UPDATE audit SET detail = 'r/bao/9' WHERE seq = 4", 4),
        ("DELETE FROM audit WHERE seq = 2", 3),
    ] {
        sqlx::raw_sql(
            "DROP TRIGGER IF EXISTS audit_is_not_rewritten;
             DROP TRIGGER IF EXISTS audit_is_not_shortened",
        )
        .execute(&ledger.writer)
        .await
        .unwrap();
        sqlx::raw_sql(harm).execute(&ledger.writer).await.unwrap();
        assert_eq!(
            ledger.first_broken_audit_record().await.unwrap(),
            Some(first),
            "{harm}"
        );
    }
}

#[tokio::test]
async fn pages_that_tell_a_rumour_are_counted_once_each_and_only_of_late() {
    let (_dir, ledger) = fresh().await;
    let told = |source: &str, item: &str, seen: i64| {
        let mut admission = admission(source, item);
        admission.alert.seen = at(seen);
        admission
    };
    let mut denied = told("bo-y-te", "6", 100);
    denied.alert.stance = Stance::Denies;
    let mut other = told("khac", "7", 100);
    other.alert.rule = "s".to_owned();
    let some = [
        told("cu", "1", 10),
        told("bao", "2", 50),
        told("bao", "3", 60),
        told("mang", "4", 70),
        told("minh", "5", 80),
        denied,
        other,
    ];
    ledger.admit(&some, at(100)).await.unwrap();
    for (since, pages) in [(0, 3), (50, 2), (61, 1), (71, 0)] {
        let found = ledger.pages_beside("r", "minh", at(since)).await.unwrap();
        assert_eq!(found, pages, "since {since}");
    }
}
