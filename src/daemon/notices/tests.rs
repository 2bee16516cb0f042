//! When admins are told what, and that it is told once.

use std::path::Path;

use super::*;
use crate::alert::Content;
use crate::config::{self, Environment};
use crate::ledger::Delay;
use crate::message::Lang;

/// A whole installation in a folder; its office has the time zone of Hà Nội.
async fn installation(dir: &Path) -> (World, Snapshot) {
    for folder in ["config", "keywords/rumours"] {
        std::fs::create_dir_all(dir.join(folder)).unwrap();
    }
    let rule = "[[rule]]\nid = \"r\"\ntitle = \"Vắc xin gây vô sinh\"\nseverity = \"high\"\n\
        match = 'vắc xin vô sinh'\n";
    std::fs::write(dir.join("keywords/rumours/r.toml"), rule).unwrap();
    let source = "[[source]]\nid = \"bao\"\nkind = \"feed\"\nurl = \"http://bao.example/rss\"\n\
        trust = \"press\"\n";
    std::fs::write(dir.join("config/sources.toml"), source).unwrap();
    let main = r#"
keywords = "../keywords"
sources = ["sources.toml"]
[office]
name = "Phòng thử"
timezone = "Asia/Ho_Chi_Minh"
[fetch]
contact = "thu@example.vn"
[mail]
from = "Canh tin <canhtin@example.vn>"
transport = "dir"
dir = "../mail"
[[receiver]]
name = "truc"
to = ["truc@example.vn"]
[[route]]
receiver = "truc"
[admin]
to = ["quan-tri@example.vn"]
heartbeat = "07:00"
weekly = "mon 07:30"
"#;
    let file = dir.join("config/canhtin.toml");
    std::fs::write(&file, main).unwrap();
    let loaded = config::load(&file, &Environment::default());
    assert_eq!(loaded.problems, []);
    let config = loaded.config.unwrap();
    let began = local("2021-08-10 06:00");
    let (world, _) = World::open(&config.store, began).await.unwrap();
    (world, Snapshot::build(config, None).unwrap())
}

fn local(time: &str) -> Timestamp {
    format!("{}:00+07:00", time.replace(' ', "T"))
        .parse()
        .unwrap()
}

/// The matters of the next mail to admins, which is sent.
async fn told(world: &World, now: Timestamp) -> Vec<Matter> {
    let admins = ["quan-tri@example.vn".to_owned()];
    let closed = world.ledger.close_notices(now, true, &admins, "example.vn");
    closed.await.unwrap();
    let Some(claimed) = world.ledger.claim(now).await.unwrap() else {
        return Vec::new();
    };
    world.ledger.sent(&claimed, now, "250").await.unwrap();
    match claimed.content {
        Content::Notices(report) => report.notices.into_iter().map(|n| n.matter).collect(),
        Content::Alerts(_) => panic!("no mail to admins"),
    }
}

#[tokio::test]
async fn the_sign_of_life_comes_once_a_day_after_its_hour() {
    let dir = tempfile::tempdir().unwrap();
    let (world, snapshot) = installation(dir.path()).await;
    // When it is looked, and whether something is told.
    let rows = [
        ("2021-08-11 06:59", false),
        ("2021-08-11 07:00", true),
        ("2021-08-11 07:01", false),
        ("2021-08-11 23:00", false),
        // A start after the hour tells it late, though not in the evening.
        ("2021-08-12 11:30", true),
        ("2021-08-13 20:00", false),
        ("2021-08-14 07:00", true),
    ];
    for (time, wanted) in rows {
        let now = local(time);
        heartbeat(&world, &snapshot, true, now).await.unwrap();
        match &told(&world, now).await[..] {
            [] => assert!(!wanted, "nothing at {time}"),
            [Matter::Heartbeat(beat)] => {
                assert!(wanted, "told at {time}");
                assert_eq!((beat.sources, beat.rules), (1, 1));
                assert!(beat.files_broken && beat.failing.is_empty());
            }
            other => panic!("{other:?}"),
        }
    }
    world.ledger.close().await;
}

#[tokio::test]
async fn the_week_is_summed_up_once_and_not_before_there_was_one() {
    let dir = tempfile::tempdir().unwrap();
    let (world, snapshot) = installation(dir.path()).await;
    // Nothing is recorded before Tuesday the 10th.
    let began = local("2021-08-10 06:00");
    files(&world.ledger, &["a".to_owned()], began).await;
    assert_eq!(told(&world, began).await.len(), 1);
    let rows = [
        // The Monday before.
        ("2021-08-10 12:00", false),
        ("2021-08-15 12:00", false),
        ("2021-08-16 07:29", false),
        ("2021-08-16 07:30", true),
        ("2021-08-17 07:30", false),
        ("2021-08-23 09:00", true),
    ];
    for (time, wanted) in rows {
        let now = local(time);
        weekly(&world, &snapshot, now).await.unwrap();
        let matters = told(&world, now).await;
        let summed_up = matches!(&matters[..], [Matter::Weekly(_)]);
        assert_eq!(summed_up, wanted, "at {time}: {matters:?}");
    }
    world.ledger.close().await;
}

#[tokio::test]
async fn a_queue_that_stands_still_is_told_once_and_so_is_its_end() {
    let dir = tempfile::tempdir().unwrap();
    let (world, _snapshot) = installation(dir.path()).await;
    let ledger = &world.ledger;
    let since = local("2021-08-11 08:00");
    let minutes = |n: i64| since + jiff::SignedDuration::from_mins(n);
    // A mail that the server does not take.
    let problems = vec!["a".to_owned()];
    files(ledger, &problems, since).await;
    let admins = ["quan-tri@example.vn".to_owned()];
    ledger
        .close_notices(since, true, &admins, "example.vn")
        .await
        .unwrap();
    let claimed = ledger.claim(since).await.unwrap().unwrap();
    let away = "451 4.3.0 thử lại sau";
    ledger
        .postpone(&claimed, since, minutes(60), away, Delay::Refused)
        .await
        .unwrap();

    queue(ledger, minutes(29)).await.unwrap();
    assert_eq!(ledger.last_notice("queue").await.unwrap(), None);
    for late in [31, 32, 50] {
        queue(ledger, minutes(late)).await.unwrap();
        let last = ledger.last_notice("queue").await.unwrap().unwrap();
        assert_eq!(last.at, minutes(31), "told again after {late} minutes");
        let Matter::QueueStuck {
            waiting,
            oldest,
            last_reply,
        } = last.matter
        else {
            panic!("{last:?}");
        };
        assert_eq!((waiting, oldest), (1, since));
        assert_eq!(last_reply.as_deref(), Some(away));
    }
    let claimed = ledger.claim(minutes(60)).await.unwrap().unwrap();
    ledger.sent(&claimed, minutes(61), "250").await.unwrap();
    for late in [62, 70] {
        queue(ledger, minutes(late)).await.unwrap();
        let last = ledger.last_notice("queue").await.unwrap().unwrap();
        assert_eq!(last.at, minutes(62));
        assert_eq!(last.matter, Matter::QueueMoves { since });
    }
    world.ledger.close().await;
}

#[tokio::test]
async fn a_queue_that_was_emptied_by_hand_and_stands_still_again_is_told_again() {
    let dir = tempfile::tempdir().unwrap();
    let (world, _snapshot) = installation(dir.path()).await;
    let ledger = &world.ledger;
    let since = local("2021-08-11 08:00");
    let minutes = |n: i64| since + jiff::SignedDuration::from_mins(n);
    let admins = ["quan-tri@example.vn".to_owned()];
    let mut stuck = Vec::new();
    // A mail that the server does not take, dropped by hand after an hour; then the next one.
    for (round, begun) in [0, 120].into_iter().enumerate() {
        files(ledger, &[format!("{round}")], minutes(begun)).await;
        ledger
            .close_notices(minutes(begun), true, &admins, "example.vn")
            .await
            .unwrap();
        let claimed = ledger.claim(minutes(begun)).await.unwrap().unwrap();
        ledger
            .postpone(
                &claimed,
                minutes(begun),
                minutes(begun + 90),
                "451",
                Delay::Refused,
            )
            .await
            .unwrap();
        for late in [31, 45] {
            queue(ledger, minutes(begun + late)).await.unwrap();
            let last = ledger.last_notice("queue").await.unwrap().unwrap();
            stuck.push((last.at, matches!(last.matter, Matter::QueueStuck { .. })));
        }
        // What tells of it waits for the same server.
        ledger
            .close_notices(minutes(begun + 46), true, &admins, "example.vn")
            .await
            .unwrap();
        for row in ledger.queue().await.unwrap() {
            ledger
                .drop_deliveries(&row.mail, minutes(begun + 60))
                .await
                .unwrap();
        }
        queue(ledger, minutes(begun + 61)).await.unwrap();
        let last = ledger.last_notice("queue").await.unwrap().unwrap();
        assert_eq!(last.at, minutes(begun + 31), "nothing left to tell of");
    }
    let at = |n: i64| (minutes(n), true);
    assert_eq!(stuck, [at(31), at(31), at(151), at(151)]);
    world.ledger.close().await;
}

#[tokio::test]
async fn broken_files_are_told_when_they_change_and_when_they_are_mended() {
    let dir = tempfile::tempdir().unwrap();
    let (world, snapshot) = installation(dir.path()).await;
    assert_eq!(snapshot.config.office.lang, Lang::Vi);
    let problem = |text: &str| vec![text.to_owned()];
    // What is wrong at each reading, and how many notices there are by then.
    let rows = [
        (vec![], 0),
        (problem("a"), 1),
        (problem("a"), 1),
        (problem("b"), 2),
        (vec![], 3),
        (vec![], 3),
    ];
    let mut count = 0;
    let mut last = None;
    for (n, (problems, wanted)) in rows.into_iter().enumerate() {
        let now = local(&format!("2021-08-11 08:0{n}"));
        files(&world.ledger, &problems, now).await;
        let newest = world.ledger.last_notice("files").await.unwrap();
        count += usize::from(newest != last);
        last = newest;
        assert_eq!(count, wanted, "{problems:?}");
    }
    assert_eq!(last.unwrap().matter, Matter::KeywordFilesMended);
    world.ledger.close().await;
}
