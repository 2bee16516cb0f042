//! What a mail server may do, row by row: nothing is lost, nothing is doubled, order is kept.

use std::sync::Arc;

use tokio::sync::Semaphore;

use super::*;

/// One mail after another to one recipient, with `steps` for the first connections and a server
/// that takes everything after them; gives all that was read to the end, in order.
async fn after(steps: Vec<Step>) -> Vec<String> {
    let failures = steps.len();
    let mut script = steps;
    script.extend([Step::Take; 8]);
    let server = Server::start(script).await;
    let house = House::with_server(server.port).await;
    for (n, item) in ["1", "2", "3"].into_iter().enumerate() {
        house.mail(item, &["a@example.vn"], at(n as i64)).await;
    }
    let mut now = 10;
    let mut sent = 0;
    for _ in 0..=failures {
        sent += house.drain(at(now)).await.sent;
        // The longest wait between two attempts, and a little more.
        now += 4_100;
    }
    assert_eq!(sent, 3);
    let overview = house.ledger.overview().await.unwrap();
    assert_eq!((overview.sent, overview.queued, overview.held), (3, 0, 0));
    server.mails()
}

/// The Message-IDs of mails, in order.
fn ids(mails: &[String]) -> Vec<&str> {
    mails
        .iter()
        .map(|mail| {
            let line = mail.lines().find(|line| line.starts_with("Message-ID: "));
            line.unwrap_or_else(|| panic!("no Message-ID in {mail}"))
        })
        .collect()
}

/// The mails came in order, each once.
fn assert_once_in_order(mails: &[String]) {
    let ids = ids(mails);
    assert_eq!(ids.len(), 3, "{ids:?}");
    let items: Vec<bool> = mails
        .iter()
        .zip(["Tin 1", "Tin 2", "Tin 3"])
        .map(|(mail, title)| mail.contains(title))
        .collect();
    assert_eq!(items, [true; 3], "{ids:?}");
}

#[tokio::test]
async fn row_421_in_the_greeting() {
    let mails = after(vec![Step::Greet("421 4.3.2 shutting down"); 2]).await;
    assert_once_in_order(&mails);
}

#[tokio::test]
async fn row_421_at_rcpt() {
    assert_once_in_order(&after(vec![Step::AtRcpt("421 4.7.0 try again later")]).await);
}

#[tokio::test]
async fn row_450_greylisting() {
    let mails = after(vec![
        Step::AtRcpt("450 4.7.1 greylisted, come back in 300 s");
        2
    ])
    .await;
    assert_once_in_order(&mails);
}

#[tokio::test]
async fn row_452_no_room() {
    assert_once_in_order(&after(vec![Step::AtRcpt("452 4.2.2 mailbox full"); 2]).await);
}

#[tokio::test]
async fn row_451_after_the_dot_sends_the_same_bytes_again() {
    let mails = after(vec![Step::AfterDot("451 4.3.0 local error")]).await;
    assert_eq!(mails[0], mails[1]);
    assert_once_in_order(&mails[1..]);
}

#[tokio::test]
async fn row_cut_mid_data() {
    assert_once_in_order(&after(vec![Step::CutMidData]).await);
}

#[tokio::test]
async fn row_cut_after_the_dot_sends_the_same_bytes_again() {
    // Whether the server kept the first one is not known: the second has its Message-ID.
    let mails = after(vec![Step::CutAfterDot]).await;
    assert_eq!(mails[0], mails[1]);
    assert_once_in_order(&mails[1..]);
}

#[tokio::test]
async fn row_endless_reply() {
    assert_once_in_order(&after(vec![Step::Babble]).await);
}

#[tokio::test]
async fn row_no_starttls_when_it_is_required() {
    let server = Server::start(vec![Step::Take; 4]).await;
    let smtp = SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port: server.port,
        tls: Tls::Starttls,
        authority: None,
        login: None,
    };
    let house = House::new(|_| Delivery::Smtp(smtp)).await;
    house.mail("1", &["a@example.vn"], at(0)).await;
    assert_eq!(house.drain(at(0)).await, drained(0, 1, 0));
    assert_eq!(server.mails(), Vec::<String>::new());
    assert_eq!(server.recipients(), Vec::<String>::new());
    let queue = house.ledger.queue().await.unwrap();
    assert_eq!(queue[0].state, DeliveryState::Queued);
    assert!(queue[0].last_reply.as_ref().unwrap().contains("STARTTLS"));
}

#[tokio::test]
async fn row_550_552_554_for_one_of_several_recipients() {
    for step in [
        Step::AtRcpt("550 5.1.1 no such user"),
        Step::AfterDot("552 5.3.4 too big"),
        Step::AfterDot("554 5.7.1 not wanted"),
    ] {
        let server = Server::start(vec![Step::Take, step, Step::Take]).await;
        let house = House::with_server(server.port).await;
        let to = ["a@example.vn", "b@example.vn", "c@example.vn"];
        house.mail("1", &to, at(0)).await;
        assert_eq!(house.drain(at(0)).await, drained(2, 0, 1), "{step:?}");
        assert_eq!(server.recipients(), to, "{step:?}");
        let queue = house.ledger.queue().await.unwrap();
        let held = (queue[0].recipient.as_str(), queue[0].state);
        assert_eq!(held, ("b@example.vn", DeliveryState::Held), "{step:?}");
        assert_eq!(house.drain(at(1_000_000)).await, Drained::default());
    }
}

#[tokio::test]
async fn a_mail_that_is_refused_again_and_again_does_not_hold_up_the_next() {
    let server = Server::start(
        [
            vec![Step::AfterDot("451 4.7.1 scanner failed"); 3],
            vec![Step::Take; 3],
        ]
        .concat(),
    )
    .await;
    let house = House::with_server(server.port).await;
    house.mail("1", &["a@example.vn"], at(0)).await;
    house.mail("2", &["a@example.vn"], at(1)).await;
    for (now, want) in [
        (10, drained(0, 1, 0)),
        // The second waits behind the first.
        (20, Drained::default()),
        (310, drained(0, 1, 0)),
        (400, Drained::default()),
        // The third refusal of the first lets it go ahead.
        (910, drained(1, 1, 0)),
        (2_200, drained(1, 0, 0)),
    ] {
        assert_eq!(house.drain(at(now)).await, want, "{now}");
    }
    let mails = server.mails();
    assert!(mails[3].contains("Tin 2") && mails[4].contains("Tin 1"));
}

#[tokio::test]
async fn a_server_that_is_back_gets_what_waited_for_it_at_once() {
    let server = Server::start([vec![Step::CutAtOnce; 3], vec![Step::Take; 4]].concat()).await;
    let house = House::with_server(server.port).await;
    for to in ["a@example.vn", "b@example.vn", "c@example.vn"] {
        house.mail(to, &[to], at(0)).await;
    }
    assert_eq!(house.drain(at(0)).await, drained(0, 3, 0));
    house.mail("urgent", &["d@example.vn"], at(60)).await;
    // Its success shows that the others need not wait for their time.
    assert_eq!(house.drain(at(60)).await, drained(4, 0, 0));
}

#[tokio::test]
async fn a_server_that_hangs_over_one_mail_holds_up_its_recipient_only() {
    let hold = Arc::new(Semaphore::new(0));
    let server = Server::hanging(Arc::clone(&hold)).await;
    let house = House::with_server(server.port).await;
    house.mail("1", &["hang@example.vn"], at(0)).await;
    house.mail("2", &["hang@example.vn"], at(1)).await;
    for n in 0..6 {
        let to = format!("{n}@example.vn");
        house.mail(&format!("ok{n}"), &[&to], at(2)).await;
    }
    let desk = house.desk();
    let stop = CancellationToken::new();
    let draining = drain_by_lanes(&desk, || at(10), &stop);
    let releasing = async {
        // The others arrive while the first is still under way.
        server.until_taken(6).await;
        let queue = house.ledger.queue().await.unwrap();
        let slow = queue
            .iter()
            .filter(|row| row.recipient == "hang@example.vn");
        let states: Vec<DeliveryState> = slow.map(|row| row.state).collect();
        assert_eq!(states, [DeliveryState::Sending, DeliveryState::Queued]);
        hold.add_permits(2);
    };
    let (drained_, ()) = tokio::join!(draining, releasing);
    assert_eq!(drained_.unwrap(), drained(8, 0, 0));
    let mails = server.mails();
    assert_eq!(mails.len(), 8);
    let place = |title: &str| mails.iter().position(|mail| mail.contains(title));
    assert!(place("Tin 1") < place("Tin 2"));
}
