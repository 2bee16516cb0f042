use sqlx::AssertSqlSafe;

use super::*;
use crate::ledger::seal::KINDS;
use crate::seen::Fingerprint;

/// A ledger with a record of every kind: two mails, one of them composed and sent.
pub(super) async fn full() -> (TempDir, PathBuf, Ledger) {
    let (dir, path) = place();
    let ledger = open_at(&path).await;
    for (n, item) in ["1", "2"].iter().enumerate() {
        let now = at(n as i64);
        ledger.admit(&[admission("bao", item)], now).await.unwrap();
        close_all(&ledger, now).await;
    }
    let claimed = ledger.claim(at(2)).await.unwrap().unwrap();
    let raw = b"From: a\r\n\r\nxin ch\xc3\xa0o".to_vec();
    ledger
        .keep_composed(&claimed.mail, "Tin", raw)
        .await
        .unwrap();
    ledger.sent(&claimed, at(3), "250 ok").await.unwrap();
    let text = Fingerprint {
        telling: [7; 16],
        sketch: vec![1],
        keys: vec![2],
    };
    ledger.keep_fingerprints(&[text], at(3)).await.unwrap();
    (dir, path, ledger)
}

pub(super) async fn run(ledger: &Ledger, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
        .execute(&ledger.writer)
        .await
        .unwrap();
}

pub(super) async fn look(ledger: &Ledger) -> Inspection {
    ledger.inspect(true, Duration::ZERO).await.unwrap()
}

#[tokio::test]
async fn a_sound_ledger_has_no_finding() {
    let (_dir, path, ledger) = full().await;
    let inspection = look(&ledger).await;
    assert!(inspection.is_sound(), "{inspection:?}");
    assert_eq!(inspection.records, 2 + 2 + 2 + 2 + 1 + 2 + 1);
    assert!(inspection.audit > Some(4), "{inspection:?}");
    ledger.close().await;
    assert_eq!(inspect_file(&path, true).await.unwrap(), inspection);
}

/// Of each kind, each sealed column is changed in turn.
#[tokio::test]
async fn every_changed_column_is_found() {
    let mut changed = 0;
    for kind in KINDS {
        for column in kind.columns {
            let (_dir, _path, ledger) = full().await;
            run(
                &ledger,
                "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON",
            )
            .await;
            let row = format!(
                "rowid = (SELECT MAX(rowid) FROM {} WHERE {})",
                kind.table, kind.only
            );
            run(
                &ledger,
                &format!(
                    "UPDATE {} SET {column} = CASE typeof({column})
                         WHEN 'integer' THEN {column} + 1
                         WHEN 'blob' THEN {column} || x'00'
                         ELSE {column} || 'x' END WHERE {row}",
                    kind.table
                ),
            )
            .await;
            let found = look(&ledger).await.findings;
            assert!(
                found.iter().any(
                    |finding| matches!(finding, Finding::Record { kind: k, .. } if k == kind.name)
                ),
                "{}.{column}: {found:?}",
                kind.table
            );
            changed += 1;
        }
    }
    assert!(changed > 25, "only {changed} columns were changed");
}

#[tokio::test]
async fn a_record_without_its_seal_is_found() {
    for kind in KINDS {
        let (_dir, _path, ledger) = full().await;
        run(
            &ledger,
            &format!("UPDATE {} SET {} = NULL", kind.table, kind.seal),
        )
        .await;
        assert!(!look(&ledger).await.is_sound(), "{}", kind.name);
    }
}

#[tokio::test]
async fn a_changed_or_cut_trail_is_found() {
    for harm in [
        "UPDATE audit SET detail = 'x' WHERE seq = 3",
        "DELETE FROM audit WHERE seq = 3",
        "UPDATE audit SET at = at + 1 WHERE seq = 3",
    ] {
        let (_dir, _path, ledger) = full().await;
        run(
            &ledger,
            "DROP TRIGGER audit_is_not_rewritten; DROP TRIGGER audit_is_not_shortened",
        )
        .await;
        run(&ledger, harm).await;
        let inspection = look(&ledger).await;
        let first = if harm.starts_with("DELETE") { 4 } else { 3 };
        assert_eq!(
            inspection.findings,
            [Finding::Audit { seq: first }],
            "{harm}"
        );
        assert_eq!(inspection.audit, Some(2), "{harm}");
        assert!(
            ledger
                .inspect(false, Duration::ZERO)
                .await
                .unwrap()
                .is_sound()
        );
    }
}

#[tokio::test]
async fn a_damaged_mail_is_held_and_the_next_one_goes() {
    for harm in [
        "UPDATE mail SET bundle = replace(bundle, 'bao', 'bap') WHERE closed = (SELECT MIN(closed) FROM mail)",
        "UPDATE mail SET raw = x'00' WHERE raw IS NOT NULL",
        "UPDATE delivery SET recipient = 'c' || recipient
         WHERE rowid = (SELECT MIN(rowid) FROM delivery)",
    ] {
        let (_dir, _path, ledger) = full().await;
        run(
            &ledger,
            "UPDATE delivery SET state = 'queued', next_attempt = queued_at",
        )
        .await;
        run(&ledger, harm).await;
        let claimed = ledger.claim(at(9)).await.unwrap().unwrap();
        ledger.sent(&claimed, at(9), "250 ok").await.unwrap();
        assert_eq!(ledger.claim(at(9)).await.unwrap(), None, "{harm}");
        let queue = ledger.queue().await.unwrap();
        assert_eq!(queue.len(), 1, "{harm}: {queue:?}");
        assert_eq!(queue[0].state, DeliveryState::Held, "{harm}");
        assert!(queue[0].last_reply.as_ref().unwrap().contains("damaged"));
        let trail = ledger.audit(9).await.unwrap();
        assert!(
            trail.iter().any(|record| record.event == "damaged"),
            "{harm}: {trail:?}"
        );
    }
}

#[tokio::test]
async fn a_damaged_alert_leaves_its_group_and_the_others_are_mailed() {
    let (_dir, ledger) = fresh().await;
    let both = [admission("bao", "1"), admission("bao", "2")];
    ledger.admit(&both, at(0)).await.unwrap();
    run(
        &ledger,
        "UPDATE alert SET body = CAST(x'ff' AS TEXT) || body WHERE item = '1'",
    )
    .await;
    assert_eq!(close_all(&ledger, at(1)).await.len(), 1);
    let claimed = ledger.claim(at(1)).await.unwrap().unwrap();
    let items: Vec<_> = claimed
        .content
        .bundle()
        .unwrap()
        .alerts
        .iter()
        .map(|a| &a.item)
        .collect();
    assert_eq!(items, ["2"]);
    ledger.sent(&claimed, at(1), "250 ok").await.unwrap();
    // Nothing is due for ever on its account.
    assert_eq!(ledger.next_due(at(2)).await.unwrap(), None);
    assert_eq!(look(&ledger).await.found, 1);
}

#[tokio::test]
async fn counts_of_a_damaged_story_do_not_hide_it() {
    let (_dir, ledger) = fresh().await;
    ledger.admit(&[admission("bao", "1")], at(0)).await.unwrap();
    run(&ledger, "UPDATE story SET items = items + 64").await;
    let mut again = admission("dien-dan", "1");
    again.alert.rule = "r".to_owned();
    ledger.admit(&[again], at(1)).await.unwrap();
    let found = look(&ledger).await.findings;
    assert_eq!(
        found,
        [Finding::Record {
            kind: "story".to_owned(),
            label: "story 1".to_owned()
        }]
    );
}

/// A ledger as the program before seals left it, with everything in it.
#[tokio::test]
async fn an_older_ledger_is_sealed_at_its_first_opening() {
    let (_dir, path, now) = {
        let (dir, path, ledger) = full().await;
        ledger.close().await;
        (dir, path, at(10))
    };
    let (_other_dir, older) = place();
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(&older)
        .create_if_missing(true)
        .foreign_keys(false)
        .pragma("application_id", 0x636e_6874.to_string());
    let pool = SqlitePool::connect_with(options).await.unwrap();
    crate::ledger::open::migrator_up_to(2)
        .run(&pool)
        .await
        .unwrap();
    let columns = [
        ("story", "id, rule, first_seen, last_seen, items, sources"),
        (
            "alert",
            "id, rule, stance, source, item, page, story, trust, seen, told, body",
        ),
        (
            "mail",
            "message_id, receiver, grouping, closed, bundle, subject, raw",
        ),
        ("dispatch", "alert, receiver, grouping, due, mail"),
        (
            "delivery",
            "mail, recipient, state, queued_at, attempts, next_attempt, claimed_at, ended_at, last_reply",
        ),
        ("audit", "seq, at, event, detail, chain"),
        ("fingerprint", "seq, kept, record"),
    ];
    let mut copy = format!("ATTACH '{}' AS newer;", path.display());
    for (table, columns) in columns {
        copy += &format!("INSERT INTO {table} ({columns}) SELECT {columns} FROM newer.{table};");
    }
    sqlx::raw_sql(AssertSqlSafe(copy))
        .execute(&pool)
        .await
        .unwrap();
    pool.close().await;
    // It can be looked over before, too.
    let before = inspect_file(&older, true).await.unwrap();
    assert!(before.is_sound() && before.records == 0, "{before:?}");

    let ledger = Ledger::open(&older, now).await.unwrap();
    let after = look(&ledger).await;
    assert!(after.is_sound(), "{after:?}");
    assert_eq!(after.records, 12);
    let overview = ledger.overview().await.unwrap();
    assert_eq!((overview.alerts, overview.sent, overview.queued), (2, 1, 1));
    let again = ledger.admit(&[admission("bao", "1")], now).await.unwrap();
    assert_eq!(again.known, 1);
    assert!(ledger.claim(now).await.unwrap().is_some());
    // It was sealed once: what changes from now on shows at every opening.
    run(
        &ledger,
        "UPDATE alert SET body = 'x', seal = NULL WHERE item = '1'",
    )
    .await;
    ledger.close().await;
    let ledger = Ledger::open(&older, now).await.unwrap();
    assert_eq!(look(&ledger).await.found, 1);
}

#[tokio::test]
async fn a_ledger_without_its_mark_or_with_a_torn_schema_is_damaged() {
    for harm in [
        "PRAGMA application_id = 1",
        "DROP INDEX delivery_waiting",
        "ALTER TABLE alert RENAME COLUMN told TO tole",
        "UPDATE _sqlx_migrations SET checksum = x'00' WHERE version = 2",
    ] {
        let (_dir, path, ledger) = full().await;
        run(&ledger, harm).await;
        ledger.close().await;
        let error = Ledger::open(&path, at(9)).await.unwrap_err();
        assert!(
            matches!(
                error,
                LedgerError::Damaged {
                    set_aside: Some(_),
                    ..
                }
            ),
            "{harm}: {error:?}"
        );
    }
}
