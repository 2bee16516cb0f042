use super::*;

fn ruling(item: &str, verdict: Verdict) -> Ruling {
    Ruling {
        target: Target::Alert(format!("r/bao/{item}")),
        verdict,
        until: (verdict == Verdict::Snooze).then(|| at(1_000)),
        by: "lan".to_owned(),
        way: Way::Command,
        note: None,
        answer: None,
    }
}

/// An alert whose text is the one of `item`, in another source.
fn copy(source: &str, item: &str) -> Admission {
    admission(source, item)
}

#[tokio::test]
async fn what_is_silenced_makes_no_mail_and_is_recorded() {
    // Verdict, when the copy comes, whether it is mailed.
    let rows = [
        (None, 10, true),
        (Some(Verdict::False), 10, true),
        (Some(Verdict::Handled), 10, true),
        (Some(Verdict::True), 10, false),
        (Some(Verdict::Irrelevant), 10, false),
        (Some(Verdict::Snooze), 10, false),
        (Some(Verdict::Snooze), 1_000, true),
    ];
    for (verdict, when, mailed) in rows {
        let (_dir, ledger) = fresh().await;
        ledger.admit(&[admission("bao", "1")], at(0)).await.unwrap();
        close_all(&ledger, at(1)).await;
        if let Some(verdict) = verdict {
            let ruled = ledger.judge(&ruling("1", verdict), at(2)).await.unwrap();
            assert_eq!(ruled, Ruled::Recorded { withdrawn: 0 });
        }
        let both = [copy("trang-khac", "1"), admission("bao", "2")];
        let admitted = ledger.admit(&both, at(when)).await.unwrap();
        assert_eq!(admitted.new.len(), 2);
        let waiting = |hit: Option<HitRecord>| !hit.unwrap().waits_for.is_empty();
        let copied = ledger.hit("r/trang-khac/1").await.unwrap();
        assert_eq!(waiting(copied), mailed, "{verdict:?} at {when}");
        // Another story of the rumour is news all the same.
        assert!(waiting(ledger.hit("r/bao/2").await.unwrap()));
    }
}

#[tokio::test]
async fn a_snooze_leaves_what_was_said_before_in_force() {
    // What is said in turn (a snooze until 1,000 unless it is to end at once), and whether a copy
    // at 2,000 is mailed.
    let snooze = |until| Ruling {
        until: Some(at(until)),
        ..ruling("1", Verdict::Snooze)
    };
    let said = |verdict| ruling("1", verdict);
    let rows = [
        (vec![said(Verdict::Irrelevant), snooze(1_000)], false),
        (vec![said(Verdict::True), snooze(1_000)], false),
        (vec![said(Verdict::False), snooze(1_000)], true),
        (vec![snooze(1_000), said(Verdict::Irrelevant)], false),
        (
            vec![
                said(Verdict::Irrelevant),
                snooze(1_000),
                said(Verdict::False),
            ],
            true,
        ),
        // `mark ID tam-an --for 0s` shows it again.
        (vec![said(Verdict::Irrelevant), snooze(0)], true),
    ];
    for (rulings, mailed) in rows {
        let (_dir, ledger) = fresh().await;
        ledger.admit(&[admission("bao", "1")], at(0)).await.unwrap();
        close_all(&ledger, at(1)).await;
        for ruling in &rulings {
            ledger.judge(ruling, at(2)).await.unwrap();
        }
        ledger.admit(&[copy("khac", "1")], at(2_000)).await.unwrap();
        let copied = ledger.hit("r/khac/1").await.unwrap().unwrap();
        assert_eq!(!copied.waits_for.is_empty(), mailed, "{rulings:?}");
    }
}

#[tokio::test]
async fn what_waits_is_withdrawn() {
    let (_dir, ledger) = fresh().await;
    let three = [copy("bao", "1"), copy("trang-khac", "1"), copy("bao", "2")];
    ledger.admit(&three, at(0)).await.unwrap();
    let ruled = ledger
        .judge(&ruling("1", Verdict::Irrelevant), at(1))
        .await
        .unwrap();
    assert_eq!(ruled, Ruled::Recorded { withdrawn: 2 });
    let mails = close_all(&ledger, at(2)).await;
    assert_eq!(mails.len(), 1);
    let claimed = ledger.claim(at(3)).await.unwrap().unwrap();
    let told: Vec<&str> = claimed
        .content
        .bundle()
        .unwrap()
        .alerts
        .iter()
        .map(|a| a.id.as_str())
        .collect();
    assert_eq!(told, ["r/bao/2"]);
    assert_eq!(ledger.overview().await.unwrap().alerts, 3);
}

#[tokio::test]
async fn a_whole_rumour_can_be_hidden_and_shown_again() {
    let (_dir, ledger) = fresh().await;
    let hide = |until| Ruling {
        target: Target::Rule("r".to_owned()),
        until: Some(at(until)),
        ..ruling("", Verdict::Snooze)
    };
    let unknown = ledger.judge(&hide(100), at(0)).await.unwrap();
    assert_eq!(unknown, Ruled::Unknown);
    ledger.admit(&[copy("bao", "1")], at(0)).await.unwrap();
    let ruled = ledger.judge(&hide(100), at(1)).await.unwrap();
    assert_eq!(ruled, Ruled::Recorded { withdrawn: 1 });
    assert_eq!(
        ledger.hidden_until("r", at(50)).await.unwrap(),
        Some(at(100))
    );
    assert_eq!(ledger.hidden_until("r", at(100)).await.unwrap(), None);
    ledger.admit(&[copy("bao", "2")], at(50)).await.unwrap();
    assert!(close_all(&ledger, at(51)).await.is_empty());
    ledger.judge(&hide(52), at(52)).await.unwrap();
    ledger.admit(&[copy("bao", "3")], at(53)).await.unwrap();
    assert_eq!(close_all(&ledger, at(54)).await.len(), 1);
}

#[tokio::test]
async fn the_latest_verdict_counts_and_all_are_kept() {
    let (_dir, ledger) = fresh().await;
    ledger.admit(&[copy("bao", "1")], at(0)).await.unwrap();
    let noted = Ruling {
        note: Some("Đã gọi trạm y tế".to_owned()),
        ..ruling("1", Verdict::Irrelevant)
    };
    ledger.judge(&noted, at(1)).await.unwrap();
    ledger
        .judge(&ruling("1", Verdict::False), at(2))
        .await
        .unwrap();
    let said = ledger.verdicts("story 1").await.unwrap();
    let words: Vec<Verdict> = said.iter().map(|said| said.verdict).collect();
    assert_eq!(words, [Verdict::Irrelevant, Verdict::False]);
    assert_eq!(said[0].note.as_deref(), Some("Đã gọi trạm y tế"));
    assert_eq!((said[1].at, said[1].by.as_str()), (at(2), "lan"));
    // Taken back, it silences no more.
    ledger.admit(&[copy("khac", "1")], at(3)).await.unwrap();
    assert_eq!(close_all(&ledger, at(4)).await.len(), 1);

    let trail = ledger.audit(10).await.unwrap();
    let judged: Vec<&str> = trail
        .iter()
        .filter(|record| record.event == "judged")
        .map(|record| record.detail.as_str())
        .collect();
    assert_eq!(judged.len(), 2);
    assert_eq!(judged[0], "r/bao/1 false by lan way command");
    assert!(judged[1].starts_with("r/bao/1 irrelevant by lan way command note "));
    assert!(!judged[1].contains("trạm"));
    assert_eq!(ledger.first_broken_audit_record().await.unwrap(), None);
}

#[tokio::test]
async fn one_answer_speaks_once() {
    let (_dir, ledger) = fresh().await;
    ledger.admit(&[copy("bao", "1")], at(0)).await.unwrap();
    let answer = |verdict, name: &str| Ruling {
        way: Way::Mail,
        answer: Some(name.to_owned()),
        ..ruling("1", verdict)
    };
    for (name, verdict, want) in [
        ("x", Verdict::False, Ruled::Recorded { withdrawn: 0 }),
        ("x", Verdict::False, Ruled::Repeated),
        ("x", Verdict::True, Ruled::Repeated),
        ("y", Verdict::Handled, Ruled::Recorded { withdrawn: 0 }),
    ] {
        let ruled = ledger.judge(&answer(verdict, name), at(1)).await.unwrap();
        assert_eq!(ruled, want, "{name} {verdict}");
    }
    assert_eq!(ledger.verdicts("story 1").await.unwrap().len(), 2);
    let nobody = Ruling {
        target: Target::Alert("r/bao/9".to_owned()),
        ..answer(Verdict::True, "z")
    };
    assert_eq!(ledger.judge(&nobody, at(1)).await.unwrap(), Ruled::Unknown);
}

#[tokio::test]
async fn precision_counts_stories_that_were_mailed() {
    let (_dir, ledger) = fresh().await;
    // Six stories, the first one on two pages; the last one is not mailed yet.
    for item in 1..=6 {
        if item == 6 {
            close_all(&ledger, at(10)).await;
        }
        ledger
            .admit(&[copy("bao", &item.to_string())], at(0))
            .await
            .unwrap();
    }
    ledger.admit(&[copy("khac", "1")], at(11)).await.unwrap();
    let mut denial = copy("bao", "7");
    denial.alert.stance = Stance::Denies;
    ledger.admit(&[denial], at(12)).await.unwrap();
    for (item, verdict) in [
        ("1", Verdict::Irrelevant),
        ("1", Verdict::False),
        ("1", Verdict::Snooze),
        ("2", Verdict::Handled),
        ("3", Verdict::True),
        ("4", Verdict::Irrelevant),
        ("6", Verdict::Irrelevant),
    ] {
        ledger.judge(&ruling(item, verdict), at(20)).await.unwrap();
    }
    let row = |right, wrong, irrelevant, told| RulePrecision {
        rule: "r".to_owned(),
        right,
        wrong,
        irrelevant,
        told,
    };
    let spans = [
        (0, 1_000_000, vec![row(2, 1, 1, 5)]),
        (11, 1_000_000, vec![]),
        // What was mailed after the span is told of the next one.
        (0, 1, vec![]),
    ];
    for (since, until, expected) in spans {
        let rules = ledger.precision(at(since), at(until)).await.unwrap();
        assert_eq!(rules, expected, "{since} to {until}");
    }
    assert_eq!(row(2, 1, 1, 5).share(), Some(0.5));
    assert_eq!(row(0, 0, 0, 5).share(), None);
}

#[test]
fn verdicts_have_names_in_both_languages() {
    for verdict in Verdict::ALL {
        assert_eq!(verdict.code().parse(), Ok(verdict));
        assert_eq!(verdict.to_string().to_uppercase().parse(), Ok(verdict));
    }
    assert_eq!("tam-an".parse(), Ok(Verdict::Snooze));
    assert_eq!("tin".parse::<Verdict>(), Err(UnknownVerdict));
}
