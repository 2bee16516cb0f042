use super::seal::{full, look, run};
use super::*;
use crate::ledger::seal::KINDS;

/// A backup of a ledger as it is.
async fn backed_up(dir: &TempDir, ledger: &Ledger) -> PathBuf {
    let made = ledger.back_up(&dir.path().join("backups"), at(4)).await;
    made.unwrap().path
}

/// Changes a column of the newest record of a kind by itself.
async fn harm(ledger: &Ledger, table: &str, column: &str, only: &str) {
    run(
        ledger,
        &format!(
            "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON;
             UPDATE {table} SET {column} = CASE typeof({column})
                 WHEN 'integer' THEN {column} + 1
                 WHEN 'blob' THEN {column} || x'00'
                 ELSE {column} || 'x' END
             WHERE rowid = (SELECT MAX(rowid) FROM {table} WHERE {only})"
        ),
    )
    .await;
}

#[tokio::test]
async fn a_record_is_put_back_whatever_of_it_was_damaged() {
    let mut put_back = 0;
    for kind in KINDS {
        for column in kind.columns.iter().chain([&kind.seal]) {
            let (dir, _path, ledger) = full().await;
            let backup = backed_up(&dir, &ledger).await;
            harm(&ledger, kind.table, column, kind.only).await;
            assert!(!look(&ledger).await.is_sound(), "{}.{column}", kind.table);
            let done = ledger.salvage(&backup, at(5)).await.unwrap();
            let found = look(&ledger).await;
            assert!(found.is_sound(), "{}.{column}: {found:?}", kind.table);
            let audit = ledger.audit(1).await.unwrap().remove(0);
            assert_eq!((done > 0, audit.event.as_str()), (true, "salvaged"));
            assert_eq!(ledger.salvage(&backup, at(6)).await.unwrap(), 0);
            put_back += 1;
        }
    }
    assert!(put_back > 30, "only {put_back}");
}

#[tokio::test]
async fn what_changed_since_the_backup_is_not_brought_back() {
    let (dir, _path, ledger) = full().await;
    let backup = backed_up(&dir, &ledger).await;
    // The story goes on, and with it its seal.
    let one = admission("mang", "3");
    ledger.admit(&[one], at(5)).await.unwrap();
    harm(&ledger, "story", "items", "1").await;
    assert_eq!(ledger.salvage(&backup, at(6)).await.unwrap(), 0);
    assert!(!look(&ledger).await.is_sound());
}

#[tokio::test]
async fn an_alert_that_was_passed_over_is_mailed_once_it_is_put_back() {
    let (dir, _path, ledger) = full().await;
    ledger
        .admit(&[admission("mang", "3")], at(4))
        .await
        .unwrap();
    let backup = backed_up(&dir, &ledger).await;
    harm(&ledger, "alert", "body", "1").await;
    assert_eq!(close_all(&ledger, at(5)).await.len(), 0);
    assert_eq!(ledger.salvage(&backup, at(6)).await.unwrap(), 1);
    assert_eq!(close_all(&ledger, at(7)).await.len(), 1);
    assert_eq!(close_all(&ledger, at(8)).await.len(), 0);
}

#[tokio::test]
async fn a_delivery_that_was_held_for_damage_is_made_once_it_is_put_back() {
    let (dir, _path, ledger) = full().await;
    let backup = backed_up(&dir, &ledger).await;
    harm(&ledger, "mail", "bundle", "raw IS NULL").await;
    assert_eq!(ledger.claim(at(5)).await.unwrap(), None);
    assert_eq!(ledger.overview().await.unwrap().held, 1);
    assert_eq!(ledger.salvage(&backup, at(6)).await.unwrap(), 1);
    let claimed = ledger.claim(at(7)).await.unwrap().unwrap();
    assert_eq!(claimed.attempts, 1);
    assert_eq!(ledger.overview().await.unwrap().held, 0);
}
