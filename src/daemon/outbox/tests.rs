mod day;
mod rows;
mod server;

use std::cell::Cell;
use std::path::Path;

use jiff::tz::TimeZone;
use tempfile::TempDir;

use self::server::{Server, Step};
use super::*;
use crate::alert::{Alert, Dispatch, Excerpt};
use crate::keyword::Severity;
use crate::ledger::{Admission, DeliveryState};
use crate::mail::{Delivery, Patience, SmtpSettings, Tls};
use crate::message::Lang;
use crate::scan::{Stance, Tier};
use crate::source::Trust;
use crate::story::StoryId;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

pub(in crate::daemon) fn alert(item: &str) -> Alert {
    Alert {
        id: format!("id{item}"),
        rule: "vac-xin-vo-sinh".to_owned(),
        title: "Vắc xin gây vô sinh".to_owned(),
        severity: Severity::High,
        weight: None,
        topic: None,
        answer: None,
        links: Vec::new(),
        source: "bao".to_owned(),
        source_name: "Báo".to_owned(),
        trust: Trust::Press,
        tags: Vec::new(),
        places: Vec::new(),
        item: item.to_owned(),
        url: Some(format!("https://bao.example.vn/{item}")),
        page_title: format!("Tin {item}"),
        excerpt: Excerpt::default(),
        stance: Stance::Asserts,
        tier: Tier::Exact,
        terms: vec!["vắc xin".to_owned()],
        published: None,
        seen: at(0),
        edited: false,
        story: StoryId(item.to_owned()),
        rules_version: "1".to_owned(),
        known_refutations: Vec::new(),
    }
}

/// A ledger and the settings of an office, with a way for mails to leave.
struct House {
    dir: TempDir,
    ledger: Ledger,
    office: Office,
    settings: Settings,
    transport: Transport,
}

impl House {
    async fn new(delivery: impl FnOnce(&Path) -> Delivery) -> Self {
        let dir = TempDir::new().unwrap();
        let settings = Settings {
            from: "Canh tin <canhtin@example.vn>".parse().unwrap(),
            delivery: delivery(dir.path()),
            answers: None,
        };
        let patience = Patience {
            connect: Duration::from_secs(5),
            command: Duration::from_secs(5),
            data: Duration::from_secs(5),
        };
        Self {
            ledger: Ledger::open(&dir.path().join("ledger.sqlite"), at(0))
                .await
                .unwrap(),
            office: Office {
                name: "Phòng Văn hóa".to_owned(),
                tz: TimeZone::UTC,
                lang: Lang::Vi,
            },
            transport: Transport::with_patience(&settings, patience).unwrap(),
            settings,
            dir,
        }
    }

    async fn with_server(port: u16) -> Self {
        let server = SmtpSettings {
            host: "127.0.0.1".to_owned(),
            port,
            tls: Tls::None,
            authority: None,
            login: None,
        };
        Self::new(|_| Delivery::Smtp(server)).await
    }

    fn desk(&self) -> Desk<'_> {
        Desk {
            ledger: &self.ledger,
            office: &self.office,
            settings: &self.settings,
            transport: &self.transport,
        }
    }

    /// One alert, closed into one mail to these addresses.
    async fn mail(&self, item: &str, to: &[&str], now: Timestamp) {
        let admission = Admission {
            alert: alert(item),
            dispatches: vec![Dispatch {
                receiver: "truc".to_owned(),
                group: "vac-xin-vo-sinh".to_owned(),
                due: now,
                digest: false,
                why: Vec::new(),
            }],
            muted: None,
        };
        self.ledger.admit(&[admission], now).await.unwrap();
        let to: Vec<String> = to.iter().map(|to| (*to).to_owned()).collect();
        let recipients = move |_: &str| {
            Some(Recipients {
                to: to.clone(),
                max_per_hour: None,
            })
        };
        let domain = self.settings.domain();
        let closed = self
            .ledger
            .close_due(now, true, &recipients, &domain)
            .await
            .unwrap();
        assert_eq!(closed.mails.len(), 1);
    }

    async fn drain(&self, now: Timestamp) -> Drained {
        drain(&self.desk(), || now, &CancellationToken::new())
            .await
            .unwrap()
    }
}

fn drained(sent: usize, postponed: usize, held: usize) -> Drained {
    Drained {
        sent,
        postponed,
        held,
    }
}

#[tokio::test]
async fn mails_go_into_the_folder_and_are_sent_once() {
    let house = House::new(|dir| Delivery::Dir(dir.join("mail"))).await;
    house.mail("1", &["a@example.vn"], at(0)).await;
    assert_eq!(house.drain(at(1)).await, drained(1, 0, 0));
    assert_eq!(house.drain(at(2)).await, Drained::default());
    let mails = std::fs::read_dir(house.dir.path().join("mail"))
        .unwrap()
        .filter(|entry| {
            entry
                .as_ref()
                .unwrap()
                .path()
                .extension()
                .is_some_and(|e| e == "eml")
        })
        .count();
    assert_eq!(mails, 1);
    let overview = house.ledger.overview().await.unwrap();
    assert_eq!((overview.sent, overview.last_sent), (1, Some(at(1))));
}

#[tokio::test]
async fn a_mail_that_must_be_retried_is_the_same_to_the_byte() {
    for (name, step) in [
        ("greylisted", Step::AtRcpt("450 4.2.0 come back later")),
        (
            "refused after the dot",
            Step::AfterDot("451 4.3.0 out of space"),
        ),
        ("cut before the answer", Step::CutAfterDot),
        ("cut in the greeting", Step::CutAtOnce),
    ] {
        let server = Server::start(vec![step, Step::Take]).await;
        let mut house = House::with_server(server.port).await;
        house.mail("1", &["a@example.vn"], at(0)).await;
        assert_eq!(house.drain(at(0)).await, drained(0, 1, 0), "{name}");
        let queue = house.ledger.queue().await.unwrap();
        assert_eq!(queue[0].next_attempt, Some(at(300)), "{name}");
        assert_eq!(house.drain(at(299)).await, Drained::default(), "{name}");
        // What the mail would look like now does not count any more.
        house.office.name = "Phòng khác".to_owned();
        assert_eq!(house.drain(at(300)).await, drained(1, 0, 0), "{name}");

        let mails = server.mails();
        let last = mails.last().unwrap();
        assert!(last.contains("Message-ID: <"), "{name}");
        assert!(
            mails.iter().all(|mail| mail == last),
            "{name}: two contents"
        );
        let came_before = usize::from(matches!(step, Step::AfterDot(_) | Step::CutAfterDot));
        assert_eq!(mails.len(), 1 + came_before, "{name}");
    }
}

#[tokio::test]
async fn one_refused_recipient_is_held_and_the_others_get_their_mail() {
    let server = Server::start(vec![
        Step::Take,
        Step::AtRcpt("550 5.1.1 no such user"),
        Step::Take,
    ])
    .await;
    let house = House::with_server(server.port).await;
    house
        .mail(
            "1",
            &["a@example.vn", "b@example.vn", "c@example.vn"],
            at(0),
        )
        .await;
    assert_eq!(house.drain(at(0)).await, drained(2, 0, 1));
    assert_eq!(
        server.recipients(),
        ["a@example.vn", "b@example.vn", "c@example.vn"]
    );
    let queue = house.ledger.queue().await.unwrap();
    assert_eq!(queue.len(), 1);
    assert_eq!(
        (queue[0].recipient.as_str(), queue[0].state),
        ("b@example.vn", DeliveryState::Held)
    );
    assert!(
        queue[0]
            .last_reply
            .as_ref()
            .unwrap()
            .contains("no such user")
    );
    assert_eq!(
        house.drain(at(1_000_000)).await,
        Drained::default(),
        "held for good"
    );
}

#[tokio::test]
async fn a_server_that_is_away_is_asked_for_five_days() {
    // A port where nobody listens.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let house = House::with_server(port).await;
    house.mail("1", &["a@example.vn"], at(0)).await;
    let (mut now, mut waits) = (at(0), Vec::new());
    loop {
        let drained = house.drain(now).await;
        if drained.held == 1 {
            break;
        }
        assert_eq!(drained.postponed, 1);
        let next = house.ledger.next_due(now).await.unwrap().unwrap();
        waits.push(next.duration_since(now).as_secs());
        now = next;
    }
    assert_eq!(waits[..6], [300, 600, 1200, 2400, 4000, 4000]);
    assert!(waits[5..].iter().all(|wait| *wait == 4000));
    let tried = now.duration_since(at(0)).as_secs();
    assert!((432_000..436_000).contains(&tried), "{tried} s");
    let queue = house.ledger.queue().await.unwrap();
    assert_eq!(queue[0].state, DeliveryState::Held);

    // Put back by hand, it has five days again.
    assert_eq!(house.ledger.requeue_held(None, now).await.unwrap(), 1);
    assert_eq!(house.drain(now).await, drained(0, 1, 0));
}

#[tokio::test]
async fn a_mail_that_cannot_be_composed_is_held_and_stops_no_other() {
    let house = House::new(|dir| Delivery::Dir(dir.join("mail"))).await;
    house.mail("1", &["no address"], at(0)).await;
    house.mail("2", &["a@example.vn"], at(1)).await;
    assert_eq!(house.drain(at(2)).await, drained(1, 0, 1));
}

#[tokio::test]
async fn a_stop_finishes_the_mail_under_way_and_begins_no_other() {
    let server = Server::start(vec![Step::Take, Step::Take]).await;
    let house = House::with_server(server.port).await;
    house
        .mail("1", &["a@example.vn", "b@example.vn"], at(0))
        .await;
    let stop = CancellationToken::new();
    let asked = Cell::new(0);
    // The clock is asked at the first claim: the stop comes while that mail is under way.
    let clock = || {
        asked.set(asked.get() + 1);
        stop.cancel();
        at(0)
    };
    let drained = drain(&house.desk(), clock, &stop).await.unwrap();
    assert!(asked.get() > 0);
    assert_eq!(drained, self::drained(1, 0, 0));
    let overview = house.ledger.overview().await.unwrap();
    assert_eq!(
        (overview.queued, overview.sending, overview.sent),
        (1, 0, 1)
    );
}

#[tokio::test]
async fn what_was_sent_is_recorded_once_the_disk_has_room() {
    let full = || LedgerError::Disk {
        detail: "full".to_owned(),
    };
    let damaged = || LedgerError::Damaged {
        set_aside: None,
        detail: "bad".to_owned(),
    };
    let tries = Cell::new(0);
    let third_time = || async {
        tries.set(tries.get() + 1);
        if tries.get() < 3 { Err(full()) } else { Ok(()) }
    };
    let stop = CancellationToken::new();
    insist(third_time, Duration::ZERO, &stop).await.unwrap();
    assert_eq!(tries.get(), 3);
    insist(|| async { Err(damaged()) }, Duration::ZERO, &stop)
        .await
        .unwrap_err();
    stop.cancel();
    insist(|| async { Err(full()) }, Duration::MAX, &stop)
        .await
        .unwrap_err();
}

#[test]
fn the_waits_are_those_of_postfix() {
    let waits: Vec<u64> = (0..9).map(|attempts| backoff(attempts).as_secs()).collect();
    assert_eq!(waits, [300, 300, 600, 1200, 2400, 4000, 4000, 4000, 4000]);
    assert_eq!(backoff(u32::MAX), MAX_BACKOFF);
}
