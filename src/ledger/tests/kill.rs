use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Instant;

use super::*;

/// In a child process: admits and closes without end, and says so. Otherwise nothing.
#[tokio::test]
async fn admits_until_killed() {
    let Some(path) = std::env::var_os("CANHTIN_TEST_LEDGER") else {
        return;
    };
    println!("\nopening");
    let ledger = Ledger::open(Path::new(&path), at(0)).await.unwrap();
    let begin = ledger.overview().await.unwrap().alerts;
    for n in begin.. {
        let admission = admission("bao", &n.to_string());
        ledger.admit(&[admission], at(0)).await.unwrap();
        println!("\nadmitted {n}");
        if n % 3 == 0 {
            close_all(&ledger, at(1)).await;
        }
    }
}

/// Kills the child after so many alerts; with none, while it opens, `delay` after it began to.
/// Gives the last alert that it said was admitted.
fn admit_and_kill(path: &Path, alerts: usize, delay: Duration) -> Option<u64> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "ledger::tests::kill::admits_until_killed",
            "--nocapture",
        ])
        .env("CANHTIN_TEST_LEDGER", path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    assert!(
        lines.any(|line| line == "opening"),
        "the child did not begin"
    );
    let begun = Instant::now();
    while alerts == 0 && begun.elapsed() < delay {
        std::hint::spin_loop();
    }
    let admitted: Vec<u64> = lines
        .by_ref()
        .take_while(|_| alerts > 0)
        .filter_map(|line| line.strip_prefix("admitted ").map(|n| n.parse().unwrap()))
        .take(alerts)
        .collect();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(admitted.len(), alerts, "the child ended by itself");
    admitted.last().copied()
}

#[tokio::test]
async fn a_kill_loses_no_alert_and_no_dispatch() {
    let (_dir, path) = place();
    let mut last = None;
    for round in 0..30 {
        let alerts = if round % 3 == 0 { 0 } else { round };
        let delay = Duration::from_micros(round as u64 * 700);
        last = admit_and_kill(&path, alerts, delay).or(last);

        let ledger = open_at(&path).await;
        let known = last.map_or(0, |n| n + 1);
        let overview = ledger.overview().await.unwrap();
        // The child may have been ahead of what was heard of it.
        assert!(overview.alerts >= known, "round {round}: {overview:?}");
        let (mails, alerts): (i64, i64) =
            sqlx::query_as("SELECT COUNT(DISTINCT mail), COUNT(*) FROM dispatch")
                .fetch_one(&ledger.readers)
                .await
                .unwrap();
        assert_eq!(
            alerts, overview.alerts as i64,
            "round {round}: each alert has its dispatch"
        );
        assert_eq!(
            mails, overview.queued as i64,
            "round {round}: each mail has its delivery"
        );
        assert_eq!(ledger.first_broken_audit_record().await.unwrap(), None);
        last = overview.alerts.checked_sub(1);
        ledger.close().await;
    }
    assert!(last > Some(100));
}
