//! Backups that are due.

use super::*;

#[tokio::test]
async fn a_key_that_cannot_be_copied_is_told_until_it_can() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store {
        dir: dir.path().to_owned(),
        retention: Duration::MAX,
        keep_texts: Duration::ZERO,
        backup_every: DAY,
        backups: 3,
    };
    let now: Timestamp = "2021-08-23T07:00:00Z".parse().unwrap();
    let ledger = Ledger::open(&store.ledger(), now).await.unwrap();
    AnswerKey::of_store(&store.dir).unwrap();
    // A folder stands where the copy belongs.
    let obstacle = store.backup_dir().join("answers.key");
    std::fs::create_dir_all(&obstacle).unwrap();
    for turn in 0..3 {
        let due = back_up_if_due(&ledger, &store, now + TURN * turn).await;
        assert!(due.is_err(), "turn {turn}: {due:?}");
    }
    std::fs::remove_dir(&obstacle).unwrap();
    let later = now + AFTER_FAILURE;
    let made = back_up_if_due(&ledger, &store, later).await.unwrap();
    assert!(made.is_some() && obstacle.is_file());
    let again = back_up_if_due(&ledger, &store, later + TURN).await;
    assert!(again.unwrap().is_none());
    ledger.close().await;
}
