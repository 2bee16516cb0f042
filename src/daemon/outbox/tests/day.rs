//! A day of a busy outbox on a virtual clock, with a server that comes and goes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use super::*;

/// Mails of the day; `CANHTIN_MAILS` sets another number.
const MAILS: usize = 240;
const RECIPIENTS: usize = 25;
const MINUTES: i64 = 24 * 60;

/// When the server is away: at night, over noon, and for a moment.
fn is_away(minute: i64) -> bool {
    matches!(minute, 120..410 | 700..765 | 1_100..1_103)
}

#[tokio::test]
async fn a_day_of_mails_arrives_once_and_in_order() {
    let mails = std::env::var("CANHTIN_MAILS")
        .ok()
        .and_then(|mails| mails.parse().ok())
        .unwrap_or(MAILS);
    let clock = Arc::new(AtomicI64::new(0));
    let (servers, asked) = (Arc::clone(&clock), AtomicUsize::new(0));
    let server = Server::asking(move || {
        if is_away(servers.load(Ordering::Relaxed) / 60) {
            Step::Greet("421 4.3.2 not now")
        } else if asked.fetch_add(1, Ordering::Relaxed) % 23 == 0 {
            Step::AtRcpt("450 4.7.1 greylisted")
        } else {
            Step::Take
        }
    })
    .await;
    let house = House::with_server(server.port).await;
    let now = || at(clock.load(Ordering::Relaxed));
    let (desk, stop) = (house.desk(), CancellationToken::new());
    let began = std::time::Instant::now();
    let (mut queued, mut most, mut postponed) = (0, 0, 0);
    // After the day the last ones get the time that a retry may take.
    for minute in 0..MINUTES + 80 {
        clock.store(minute * 60, Ordering::Relaxed);
        let until = mails * usize::try_from(minute.min(MINUTES - 1) + 1).unwrap()
            / usize::try_from(MINUTES).unwrap();
        while queued < until {
            let to = format!("r{}@example.vn", queued * 7 % RECIPIENTS);
            house.mail(&format!("m{queued}"), &[&to], now()).await;
            queued += 1;
        }
        loop {
            let due = house.ledger.next_due(now()).await.unwrap();
            if due.is_none_or(|due| due > now()) {
                break;
            }
            let drained = drain_by_lanes(&desk, now, &stop).await.unwrap();
            postponed += drained.postponed;
        }
        most = most.max(house.ledger.overview().await.unwrap().queued);
    }
    let taken = server.mails();
    let overview = house.ledger.overview().await.unwrap();
    println!(
        "{mails} mails to {RECIPIENTS} recipients in 24 virtual hours, {:?} of real time: {} taken, \
         at most {most} waiting, {postponed} attempts put off",
        began.elapsed(),
        taken.len(),
    );
    assert_eq!(
        (overview.queued, overview.sending, overview.held),
        (0, 0, 0)
    );
    assert!(postponed > 0);
    assert_eq!(taken.len(), mails, "each once");
    let mut orders: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for mail in &taken {
        let to = mail.lines().find(|line| line.starts_with("To: ")).unwrap();
        let number = mail.split("bao.example.vn/m").nth(1).unwrap();
        let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
        let order = orders.entry(to.to_owned()).or_default();
        order.push(digits.parse().unwrap());
    }
    assert_eq!(orders.len(), RECIPIENTS);
    for (recipient, order) in orders {
        assert!(order.is_sorted(), "{recipient}: {order:?}");
        assert!(
            order.windows(2).all(|pair| pair[0] != pair[1]),
            "{recipient}"
        );
    }
}
