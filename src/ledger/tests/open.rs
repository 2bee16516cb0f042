use std::fs;

use super::*;
use crate::message::Lang;

/// A ledger with some alerts, closed.
async fn written() -> (TempDir, PathBuf) {
    let (dir, path) = place();
    let ledger = open_at(&path).await;
    let some: Vec<Admission> = (0..200).map(|n| admission("bao", &n.to_string())).collect();
    ledger.admit(&some, at(0)).await.unwrap();
    ledger.close().await;
    (dir, path)
}

fn names(dir: &TempDir) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

type Harm = fn(&mut Vec<u8>);

#[tokio::test]
async fn a_damaged_ledger_is_set_aside_and_nothing_takes_its_place() {
    let harms: [(&str, Harm); 5] = [
        ("emptied", |bytes| bytes.clear()),
        ("cut in a page", |bytes| {
            bytes.truncate(bytes.len() / 2 + 100);
        }),
        ("cut between pages", |bytes| bytes.truncate(8 * 4096)),
        ("no header", |bytes| bytes[..16].fill(b'x')),
        ("a page zeroed", |bytes| bytes[4 * 4096..5 * 4096].fill(0)),
    ];
    for (name, harm) in harms {
        let (dir, path) = written().await;
        let mut bytes = fs::read(&path).unwrap();
        harm(&mut bytes);
        fs::write(&path, &bytes).unwrap();

        let error = Ledger::open(&path, at(0)).await.unwrap_err();
        let LedgerError::Damaged {
            set_aside: Some(to),
            ..
        } = &error
        else {
            panic!("{name}: {error:?}");
        };
        assert_eq!(
            to.file_name().unwrap(),
            "ledger.broken-20270115T080000Z.sqlite"
        );
        assert_eq!(fs::read(to).unwrap(), bytes, "{name}: kept as it was");
        assert!(error.what().say(Lang::Vi).contains("ledger.broken-"));
        let all = names(&dir);
        assert!(
            all.iter().all(|name| name.starts_with("ledger.broken-")),
            "{name}: {all:?}"
        );

        // The next start does not begin an empty one either.
        let error = Ledger::open(&path, at(1)).await.unwrap_err();
        assert!(
            matches!(error, LedgerError::Missing { .. }),
            "{name}: {error:?}"
        );
        assert!(!path.exists());
        assert!(error.what().say(Lang::En).contains("ledger.broken-"));
        assert!(!error.mend().say(Lang::Vi).is_empty());

        // Unless someone says so.
        let ledger = Ledger::begin_anew(&path, at(2)).await.unwrap();
        assert_eq!(ledger.overview().await.unwrap(), Overview::default());
        ledger.close().await;
        Ledger::open(&path, at(3)).await.unwrap();
    }
}

/// A flipped bit either shows at opening, or the ledger reads on with what it was told: never a
/// silently empty one, never a panic.
#[tokio::test]
async fn a_flipped_bit_is_noticed_or_harms_one_record_at_most() {
    let (_dir, path) = written().await;
    let sound = fs::read(&path).unwrap();
    let (mut noticed, mut unnoticed) = (0, 0);
    for n in 0..60 {
        let (_other_dir, other) = place();
        let mut bytes = sound.clone();
        let place = (n * 7919 + 31) % bytes.len();
        bytes[place] ^= 1 << (n % 8);
        fs::write(&other, bytes).unwrap();
        match Ledger::open(&other, at(0)).await {
            Ok(ledger) => {
                unnoticed += 1;
                match ledger.overview().await {
                    Ok(overview) => assert!(overview.alerts >= 199, "{n}: {overview:?}"),
                    Err(error) => {
                        assert!(matches!(error, LedgerError::Damaged { .. }), "{error:?}");
                    }
                }
            }
            Err(
                LedgerError::Damaged { .. }
                | LedgerError::NotOurs { .. }
                | LedgerError::Failed { .. },
            ) => {
                noticed += 1;
            }
            Err(error) => panic!("{error:?}"),
        }
    }
    assert_eq!(noticed + unnoticed, 60);
    assert!(unnoticed > 0);
}

#[tokio::test]
async fn a_second_broken_ledger_of_the_same_second_gets_another_name() {
    let (dir, path) = place();
    for _ in 0..2 {
        fs::write(&path, "not a database, though long enough to look at, for SQLite reads a hundred bytes of it first").unwrap();
        Ledger::open(&path, at(0)).await.unwrap_err();
    }
    let expected = [
        "ledger.broken-20270115T080000Z-2.sqlite",
        "ledger.broken-20270115T080000Z.sqlite",
    ];
    assert_eq!(names(&dir), expected);
}

#[tokio::test]
async fn a_journal_without_its_ledger_is_not_played_into_a_new_one() {
    let (dir, path) = place();
    fs::write(dir.path().join("ledger.sqlite-wal"), "left behind").unwrap();
    let error = Ledger::open(&path, at(0)).await.unwrap_err();
    assert!(matches!(error, LedgerError::Damaged { .. }), "{error:?}");
    assert_eq!(names(&dir), ["ledger.broken-20270115T080000Z.sqlite-wal"]);
}

#[tokio::test]
async fn the_journal_is_set_aside_with_its_ledger() {
    let (dir, path) = place();
    let ledger = open_at(&path).await;
    ledger.admit(&[admission("bao", "1")], at(0)).await.unwrap();
    let journal = fs::read(dir.path().join("ledger.sqlite-wal")).unwrap();
    ledger.close().await;
    fs::write(&path, "").unwrap();
    fs::write(dir.path().join("ledger.sqlite-wal"), &journal).unwrap();
    Ledger::open(&path, at(0)).await.unwrap_err();
    let kept = dir.path().join("ledger.broken-20270115T080000Z.sqlite-wal");
    assert_eq!(fs::read(kept).unwrap(), journal);
    assert!(!path.exists());
}

#[tokio::test]
async fn a_beginning_that_was_cut_off_is_begun_again() {
    let (dir, path) = place();
    fs::write(dir.path().join("ledger.sqlite.new"), "half").unwrap();
    let ledger = open_at(&path).await;
    assert_eq!(ledger.overview().await.unwrap(), Overview::default());
    ledger.close().await;
    assert_eq!(names(&dir), ["ledger.sqlite"]);
}

#[tokio::test]
async fn another_database_is_left_alone() {
    let (dir, path) = place();
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true);
    let pool = SqlitePool::connect_with(options).await.unwrap();
    sqlx::raw_sql("CREATE TABLE mine (a)")
        .execute(&pool)
        .await
        .unwrap();
    pool.close().await;
    let error = Ledger::open(&path, at(0)).await.unwrap_err();
    assert!(matches!(error, LedgerError::NotOurs { .. }), "{error:?}");
    assert_eq!(names(&dir), ["ledger.sqlite"]);
}

#[tokio::test]
async fn a_ledger_of_a_newer_program_is_left_alone() {
    let (dir, path) = place();
    let ledger = open_at(&path).await;
    sqlx::raw_sql(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'later', 1, x'00', 0)",
    )
    .execute(&ledger.writer)
    .await
    .unwrap();
    ledger.close().await;
    let error = Ledger::open(&path, at(0)).await.unwrap_err();
    assert!(matches!(error, LedgerError::TooNew { .. }), "{error:?}");
    assert_eq!(names(&dir), ["ledger.sqlite"]);
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_no_damage() {
    let dir = TempDir::new().unwrap();
    fs::write(dir.path().join("file"), "").unwrap();
    let error = Ledger::open(&dir.path().join("file/ledger.sqlite"), at(0))
        .await
        .unwrap_err();
    assert!(matches!(error, LedgerError::Disk { .. }), "{error:?}");
}

#[tokio::test]
async fn writes_are_durable_when_they_return() {
    let (_dir, ledger) = fresh().await;
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode")
        .fetch_one(&ledger.writer)
        .await
        .unwrap();
    let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous")
        .fetch_one(&ledger.writer)
        .await
        .unwrap();
    let foreign_keys: i64 = sqlx::query_scalar("PRAGMA foreign_keys")
        .fetch_one(&ledger.writer)
        .await
        .unwrap();
    // 2 is FULL, <https://sqlite.org/pragma.html#pragma_synchronous>.
    assert_eq!((mode.as_str(), synchronous, foreign_keys), ("wal", 2, 1));
    let refused = sqlx::raw_sql("DELETE FROM alert")
        .execute(&ledger.readers)
        .await;
    assert!(refused.unwrap_err().to_string().contains("readonly"));
}

#[tokio::test]
async fn two_processes_may_share_it_for_reading() {
    let (_dir, path) = place();
    let ledger = open_at(&path).await;
    let other = open_at(&path).await;
    ledger.admit(&[admission("bao", "1")], at(0)).await.unwrap();
    assert_eq!(other.overview().await.unwrap().alerts, 1);
}

#[test]
fn a_wait_that_is_too_long_says_so() {
    assert!(matches!(
        LedgerError::from(sqlx::Error::PoolTimedOut),
        LedgerError::Busy
    ));
    assert!(ORPHAN_WAIT >= Duration::from_secs(60));
}
