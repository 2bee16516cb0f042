use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::*;

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_backup_made_in_use_is_whole_and_of_one_moment() {
    let (dir, path) = place();
    let ledger = open_at(&path).await;
    let backups_dir = dir.path().join("backups");
    for n in 0..50 {
        let one = admission("bao", &n.to_string());
        ledger.admit(&[one], at(0)).await.unwrap();
    }
    let writing = async {
        for n in 50..150 {
            let one = admission("bao", &n.to_string());
            ledger.admit(&[one], at(0)).await.unwrap();
        }
    };
    let (made, ()) = tokio::join!(ledger.back_up(&backups_dir, at(1)), writing);
    let made = made.unwrap();
    assert!(made.inspection.is_sound(), "{made:?}");
    assert_eq!(names(&backups_dir), ["ledger-20270115T080001Z.sqlite"]);
    let mode = fs::metadata(&made.path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    // Another process may make one, too.
    let other = back_up_file(&path, &backups_dir, at(1)).await.unwrap();
    assert!(other.path.ends_with("ledger-20270115T080001Z-2.sqlite"));

    let copy = Ledger::open(&made.path, at(2)).await.unwrap();
    let alerts = copy.overview().await.unwrap().alerts;
    assert!((50..150).contains(&alerts), "{alerts}");
    assert_eq!(
        copy.inspect(true, Duration::ZERO).await.unwrap().findings,
        []
    );
    assert_eq!(ledger.overview().await.unwrap().alerts, 150);
}

#[tokio::test]
async fn only_the_newest_backups_are_kept_and_nothing_else_is_touched() {
    let (dir, path) = place();
    let ledger = open_at(&path).await;
    let folder = dir.path().join("backups");
    for seconds in [5, 1, 90_000, 3] {
        ledger.back_up(&folder, at(seconds)).await.unwrap();
    }
    for other in ["notes.txt", "ledger-old.sqlite", "ledger.sqlite"] {
        fs::write(folder.join(other), "mine").unwrap();
    }
    fs::write(folder.join("ledger-20270115T080001Z.sqlite.new"), "half").unwrap();
    assert_eq!(prune(&folder, 2).unwrap(), 2);
    let expected = [
        "ledger-20270115T080005Z.sqlite",
        "ledger-20270116T090000Z.sqlite",
        "ledger-old.sqlite",
        "ledger.sqlite",
        "notes.txt",
    ];
    assert_eq!(names(&folder), expected);
    let times: Vec<_> = backups(&folder).unwrap().iter().map(|b| b.at).collect();
    assert_eq!(times, [at(90_000), at(5)]);
    assert_eq!(backups(&dir.path().join("none")).unwrap(), []);
}

/// What the backup knew is not mailed again, and what was there before is kept.
#[tokio::test]
async fn a_restored_backup_knows_what_was_mailed() {
    let (dir, path) = place();
    let ledger = open_at(&path).await;
    ledger.admit(&[admission("bao", "1")], at(0)).await.unwrap();
    close_all(&ledger, at(1)).await;
    let claimed = ledger.claim(at(1)).await.unwrap().unwrap();
    ledger.sent(&claimed, at(2), "250 ok").await.unwrap();
    let folder = dir.path().join("backups");
    ledger.back_up(&folder, at(3)).await.unwrap();
    ledger.admit(&[admission("bao", "2")], at(4)).await.unwrap();
    ledger.close().await;

    let fit = fit_backup(&folder).await.unwrap();
    let restored = restore(&path, fit, at(5)).await.unwrap();
    assert_eq!(restored.at, at(3));
    let replaced = restored.replaced.unwrap();
    assert!(replaced.ends_with("ledger.replaced-20270115T080005Z.sqlite"));
    let before = Ledger::open(&replaced, at(6)).await.unwrap();
    assert_eq!(before.overview().await.unwrap().alerts, 2);

    let ledger = Ledger::open(&path, at(6)).await.unwrap();
    let again = [admission("bao", "1"), admission("bao", "2")];
    let admitted = ledger.admit(&again, at(7)).await.unwrap();
    assert_eq!((admitted.known, admitted.new.len()), (1, 1));
    assert_eq!(ledger.audit(9).await.unwrap()[1].event, "restored");
    let sound = ledger.inspect(true, Duration::ZERO).await.unwrap();
    assert!(sound.is_sound(), "{sound:?}");
    // Once replaced and then lost, nothing is begun in its place either.
    ledger.close().await;
    fs::remove_file(&path).unwrap();
    let error = Ledger::open(&path, at(8)).await.unwrap_err();
    assert!(matches!(error, LedgerError::Missing { .. }), "{error:?}");
}

#[tokio::test]
async fn a_damaged_backup_is_passed_over_or_refused() {
    let (dir, path) = place();
    let ledger = open_at(&path).await;
    let some: Vec<Admission> = (0..200).map(|n| admission("bao", &n.to_string())).collect();
    ledger.admit(&some, at(0)).await.unwrap();
    let folder = dir.path().join("backups");
    ledger.back_up(&folder, at(1)).await.unwrap();
    let newest = ledger.back_up(&folder, at(2)).await.unwrap().path;
    ledger.close().await;
    let mut bytes = fs::read(&newest).unwrap();
    bytes.truncate(bytes.len() - 4096);
    fs::write(&newest, bytes).unwrap();

    let error = fit_backup(&newest).await.unwrap_err();
    assert!(matches!(error, LedgerError::BadBackup { .. }), "{error:?}");
    let before = fs::read(&path).unwrap();
    let fit = fit_backup(&folder).await.unwrap();
    let restored = restore(&path, fit, at(3)).await.unwrap();
    assert_eq!(restored.at, at(1));
    // Under another name it tells its time by what is in it.
    let renamed = dir.path().join("copy.sqlite");
    fs::copy(&restored.from, &renamed).unwrap();
    assert_eq!(fit_backup(&renamed).await.unwrap().at, at(0));
    assert_eq!(fs::read(restored.replaced.unwrap()).unwrap(), before);

    let none = dir.path().join("none");
    fs::create_dir(&none).unwrap();
    let error = fit_backup(&none).await.unwrap_err();
    assert!(matches!(error, LedgerError::NoBackup { .. }), "{error:?}");
    let error = fit_backup(&dir.path().join("nowhere.sqlite"))
        .await
        .unwrap_err();
    assert!(matches!(error, LedgerError::NoBackup { .. }), "{error:?}");
    assert!(path.exists());
}

#[tokio::test]
async fn a_torn_ledger_gives_no_backup_and_leaves_the_others() {
    let (dir, path) = place();
    let ledger = open_at(&path).await;
    let some: Vec<Admission> = (0..200).map(|n| admission("bao", &n.to_string())).collect();
    ledger.admit(&some, at(0)).await.unwrap();
    let folder = dir.path().join("backups");
    ledger.back_up(&folder, at(1)).await.unwrap();
    ledger.close().await;
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    // Some pages: one alone may be free.
    bytes[middle..middle + 8 * 4096].fill(0);
    fs::write(&path, bytes).unwrap();
    let error = back_up_file(&path, &folder, at(2)).await.unwrap_err();
    assert!(matches!(error, LedgerError::Damaged { .. }), "{error:?}");
    assert_eq!(names(&folder), ["ledger-20270115T080001Z.sqlite"]);
}
