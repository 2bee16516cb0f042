mod mailbox;
mod server;

use jiff::tz::TimeZone;
use tempfile::TempDir;

use super::super::outbox::tests::alert;
use super::*;
use crate::alert::read_routing;
use crate::ledger::Admission;
use crate::mail::Tls;
use crate::problem::toml::read_file;
use crate::problem::{Problems, SourceFile};
use server::{Manner, Server};

const RECEIVERS: &str = r#"
[[receiver]]
name = "truc-ban"
to = ["Chị Lan <Lan@Example.vn>", "truc@example.vn"]
[[receiver]]
name = "lanh-dao"
to = ["giam-doc@example.vn"]
[[route]]
receiver = "truc-ban"
"#;

fn routing() -> Routing {
    let problems = Problems::default();
    let file = SourceFile::new("canhtin.toml", RECEIVERS);
    let routing = read_file(&file, &problems, |mut root| {
        read_routing(&mut root, &TimeZone::UTC)
    });
    assert!(problems.is_empty());
    routing
}

fn key() -> AnswerKey {
    AnswerKey::new([7; 32])
}

async fn ledger() -> (TempDir, Ledger) {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("ledger.sqlite");
    let ledger = Ledger::open(&path, Timestamp::now()).await.unwrap();
    let admission = Admission {
        alert: alert("1"),
        dispatches: Vec::new(),
        muted: None,
    };
    ledger.admit(&[admission], Timestamp::now()).await.unwrap();
    (dir, ledger)
}

/// The head of a mail.
fn head(from: &str, subject: &str, id: &str) -> Vec<u8> {
    format!("From: {from}\r\nSubject: {subject}\r\nMessage-ID: <{id}@example.vn>\r\n\r\n")
        .into_bytes()
}

fn subject(verdict: &str, alert: &str, receiver: &str) -> String {
    let token = key().token(receiver, alert);
    format!("Re: [canhtin {verdict} {alert} {token}]")
}

async fn round(server: &Server, ledger: &Ledger) -> Result<Round, AnswersError> {
    next_round(server, ledger, &mut Passed::default()).await
}

async fn next_round(
    server: &Server,
    ledger: &Ledger,
    passed: &mut Passed,
) -> Result<Round, AnswersError> {
    let mut mailbox = Mailbox::open(&server.settings()).await?;
    let round = read(
        &mut mailbox,
        ledger,
        &routing(),
        &key(),
        Timestamp::now,
        passed,
    )
    .await;
    mailbox.close().await;
    round
}

/// What was said of the story, with who said it.
async fn said(ledger: &Ledger) -> Vec<(Verdict, String)> {
    let said = ledger.verdicts("1").await.unwrap();
    said.into_iter().map(|one| (one.verdict, one.by)).collect()
}

#[tokio::test]
async fn only_receivers_with_the_right_token_are_heeded() {
    let good = subject("tin-gia", "id1", "truc-ban");
    let lan = "Lan <LAN@example.vn>";
    let encoded = {
        let token = key().token("truc-ban", "id1");
        format!("=?utf-8?Q?Tr=E1=BA=A3_l=E1=BB=9Di_[canhtin_tin-gia_id1_{token}]?=")
    };
    let folded = good.replace("id1 ", "id1\r\n ");
    let two = {
        let mut two = b"From: truc@example.vn\r\n".to_vec();
        two.extend(head("xau@example.com", &good, "a"));
        two
    };
    let automatic = {
        let mut mail = b"Auto-Submitted: auto-replied\r\n".to_vec();
        mail.extend(head(lan, &good, "a"));
        mail
    };
    // The mail, the verdict, whether it is marked as seen.
    let rows: Vec<(&str, Vec<u8>, Option<Verdict>, bool)> = vec![
        ("good", head(lan, &good, "a"), Some(Verdict::False), true),
        (
            "other address",
            head("truc@example.vn", &good, "a"),
            Some(Verdict::False),
            true,
        ),
        (
            "encoded",
            head(lan, &encoded, "a"),
            Some(Verdict::False),
            true,
        ),
        (
            "folded",
            head(lan, &folded, "a"),
            Some(Verdict::False),
            true,
        ),
        (
            "long id",
            head(lan, &good, &"x".repeat(200)),
            Some(Verdict::False),
            true,
        ),
        (
            "the other receiver's own token",
            head(
                "giam-doc@example.vn",
                &subject("da-xu-ly", "id1", "lanh-dao"),
                "a",
            ),
            Some(Verdict::Handled),
            true,
        ),
        (
            "another receiver's token",
            head("giam-doc@example.vn", &good, "a"),
            None,
            true,
        ),
        (
            "a stranger",
            head("ai-do@example.com", &good, "a"),
            None,
            true,
        ),
        (
            "a name like an address",
            head("\"lan@example.vn\" <ai-do@example.com>", &good, "a"),
            None,
            true,
        ),
        (
            "two senders",
            head("lan@example.vn, ai-do@example.com", &good, "a"),
            None,
            true,
        ),
        ("two From lines", two, None, true),
        ("no sender", head("", &good, "a"), None, true),
        (
            "wrong token",
            head(
                lan,
                &good.replace(&key().token("truc-ban", "id1"), &"0".repeat(26)),
                "a",
            ),
            None,
            true,
        ),
        (
            "another alert's token",
            head(lan, &good.replace("id1", "id2"), "a"),
            None,
            true,
        ),
        (
            "no such alert",
            head(lan, &subject("tin-gia", "id9", "truc-ban"), "a"),
            None,
            true,
        ),
        ("a machine", automatic, None, true),
        (
            "an ordinary mail",
            head(lan, "Họp giao ban", "a"),
            None,
            false,
        ),
        (
            "half an answer",
            head(lan, "[canhtin tin-gia", "a"),
            None,
            false,
        ),
        (
            "an endless subject",
            head(lan, &format!("{}{good}", "a ".repeat(50_000)), "a"),
            None,
            false,
        ),
        (
            "a bidirectional subject",
            head(
                lan,
                &format!("\u{202e}{}", good.replace("id1", "i\u{202e}d1")),
                "a",
            ),
            None,
            false,
        ),
        ("no head at all", b"\r\n".to_vec(), None, false),
        (
            "bytes",
            vec![0, 255, 13, 10, 58, 13, 10, 13, 10],
            None,
            false,
        ),
    ];
    let routing = routing();
    assert!(rows.len() > 20);
    for (what, mail, verdict, seen) in rows {
        // Each has a ledger of its own, so that none counts as repeated.
        let shared = ledger().await;
        let server = Server::start(vec![mail], Tls::None, Manner::Honest).await;
        let ended = round(&server, &shared.1).await.unwrap();
        let after = said(&shared.1).await;
        assert_eq!(after.len(), usize::from(verdict.is_some()), "{what}");
        assert_eq!(ended.recorded, usize::from(verdict.is_some()), "{what}");
        if let Some(verdict) = verdict {
            let last = after.last().unwrap();
            assert_eq!(last.0, verdict, "{what}");
            assert!(routing.receiver(&last.1).is_some(), "{what}: {}", last.1);
        }
        assert_eq!(server.mails.lock().unwrap()[0].seen, seen, "{what}");
        let trail = shared.1.audit(100).await.unwrap();
        let judged = trail.iter().any(|record| record.event == "judged");
        assert_eq!(judged, verdict.is_some(), "{what}");
        assert!(trail.iter().all(|record| !record.detail.contains('@')));
    }
}

#[tokio::test]
async fn a_mail_read_twice_speaks_once() {
    let (_dir, ledger) = ledger().await;
    let mails = vec![
        head(
            "lan@example.vn",
            &subject("tin-gia", "id1", "truc-ban"),
            "a",
        ),
        head(
            "lan@example.vn",
            &subject("tam-an-7-ngay", "id1", "truc-ban"),
            "b",
        ),
    ];
    let server = Server::start(mails, Tls::None, Manner::Honest).await;
    assert_eq!(round(&server, &ledger).await.unwrap().recorded, 2);
    assert_eq!(round(&server, &ledger).await.unwrap(), Round::default());
    // As if the marks had been lost, and as if somebody sent a copy of the first one again.
    for mail in server.mails.lock().unwrap().iter_mut() {
        mail.seen = false;
    }
    assert_eq!(round(&server, &ledger).await.unwrap(), Round::default());
    let said = ledger.verdicts("1").await.unwrap();
    let verdicts: Vec<Verdict> = said.iter().map(|one| one.verdict).collect();
    assert_eq!(verdicts, [Verdict::False, Verdict::Snooze]);
    assert_eq!(said[1].until.unwrap().duration_since(said[1].at), SNOOZE);
    assert!(server.mails.lock().unwrap().iter().all(|mail| mail.seen));
}

/// The same answer under other Message-IDs, as when a mail program sends it again.
#[tokio::test]
async fn an_answer_sent_again_counts_once_and_a_change_of_mind_counts() {
    let (_dir, ledger) = ledger().await;
    let rows = [
        ("tin-gia", "truc-ban", Heeded::Recorded),
        ("tin-gia", "truc-ban", Heeded::Repeated),
        ("tin-dung", "truc-ban", Heeded::Recorded),
        ("tin-gia", "lanh-dao", Heeded::Recorded),
        ("tin-dung", "truc-ban", Heeded::Repeated),
        ("tin-gia", "truc-ban", Heeded::Recorded),
        ("tam-an-7-ngay", "truc-ban", Heeded::Recorded),
        ("tam-an-7-ngay", "truc-ban", Heeded::Repeated),
    ];
    let now = Timestamp::now();
    let answer = |at: usize, verdict: &str, receiver: &str| Incoming {
        uid: 1,
        from: Some(match receiver {
            "truc-ban" => "lan@example.vn".to_owned(),
            _ => "giam-doc@example.vn".to_owned(),
        }),
        subject: subject(verdict, "id1", receiver),
        name: format!("<{at}@example.vn>"),
        automatic: false,
    };
    for (at, (verdict, receiver, wanted)) in rows.into_iter().enumerate() {
        let mail = answer(at, verdict, receiver);
        let heeded = heed(&ledger, &routing(), &key(), &mail, now).await.unwrap();
        assert_eq!(heeded, wanted, "answer {at}");
    }
    // A snooze that is over may be given again.
    let later = now.checked_add(SNOOZE).unwrap();
    let mail = answer(9, "tam-an-7-ngay", "truc-ban");
    let heeded = heed(&ledger, &routing(), &key(), &mail, later)
        .await
        .unwrap();
    assert_eq!(heeded, Heeded::Recorded);
    assert_eq!(ledger.verdicts("1").await.unwrap().len(), 6);
}

#[tokio::test]
async fn a_server_that_misbehaves_is_left() {
    let mail = || {
        vec![head(
            "lan@example.vn",
            &subject("tin-gia", "id1", "truc-ban"),
            "a",
        )]
    };
    let (_dir, ledger) = ledger().await;
    for manner in [
        Manner::Swollen,
        Manner::Cut,
        Manner::NoLogin,
        Manner::Babble,
        Manner::Garble,
    ] {
        let server = Server::start(mail(), Tls::None, manner).await;
        let ended = round(&server, &ledger).await;
        // A list that breaks off is one that is read to its end in the next round.
        let left = match manner {
            Manner::Cut => matches!(
                ended,
                Ok(Round {
                    recorded: 0,
                    refused: 0
                })
            ),
            _ => matches!(ended, Err(AnswersError::Mailbox(_))),
        };
        assert!(left, "{manner:?}: {ended:?}");
        assert!(said(&ledger).await.is_empty(), "{manner:?}");
    }
    let server = Server::start(mail(), Tls::None, Manner::Honest).await;
    let nowhere = crate::mail::ImapSettings {
        port: 1,
        ..server.settings()
    };
    assert!(matches!(
        Mailbox::open(&nowhere).await,
        Err(ImapError::Io(_))
    ));
    assert_eq!(round(&server, &ledger).await.unwrap().recorded, 1);
}

#[tokio::test]
async fn nothing_is_said_without_tls_where_it_is_wanted() {
    let mail = || {
        vec![head(
            "lan@example.vn",
            &subject("tin-gia", "id1", "truc-ban"),
            "a",
        )]
    };
    for tls in [Tls::Implicit, Tls::Starttls] {
        let (_dir, ledger) = ledger().await;
        let server = Server::start(mail(), tls, Manner::Honest).await;
        let untrusted = crate::mail::ImapSettings {
            authority: None,
            ..server.settings()
        };
        assert!(Mailbox::open(&untrusted).await.is_err(), "{tls:?}");
        let clear = Server::start(mail(), Tls::None, Manner::Honest).await;
        let wanted = crate::mail::ImapSettings {
            port: clear.addr.port(),
            ..server.settings()
        };
        if tls == Tls::Starttls {
            // This one says OK to STARTTLS and goes on in the clear.
            assert!(Mailbox::open(&wanted).await.is_err());
        }
        let heard = [
            server.heard.lock().unwrap().clone(),
            clear.heard.lock().unwrap().clone(),
        ];
        assert!(
            heard.concat().iter().all(|line| !line.contains("LOGIN")),
            "{heard:?}"
        );
        assert_eq!(
            round(&server, &ledger).await.unwrap().recorded,
            1,
            "{tls:?}"
        );
    }
    let inject = Server::start(mail(), Tls::Starttls, Manner::Inject).await;
    assert!(Mailbox::open(&inject.settings()).await.is_err());
    assert!(
        inject
            .heard
            .lock()
            .unwrap()
            .iter()
            .all(|line| !line.contains("LOGIN"))
    );
}
