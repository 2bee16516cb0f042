//! The inbox, and the mail transport against it.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::session::MAX_MAIL;
use super::*;
use crate::mail::{Class, Delivery, Patience, SendError, Settings, SmtpSettings, Tls, Transport};

const RAW: &[u8] = b"Subject: x\r\n\r\n.dot\r\n..\r\nend\r\n";

fn loopback() -> SocketAddr {
    "127.0.0.1:0".parse().unwrap()
}

fn settings(addr: SocketAddr, tls: Tls) -> Settings {
    Settings {
        from: "Canh tin <canhtin@office.example>".parse().unwrap(),
        delivery: Delivery::Smtp(SmtpSettings {
            host: addr.ip().to_string(),
            port: addr.port(),
            tls,
            authority: None,
            login: None,
        }),
        answers: None,
    }
}

/// Long enough for a loaded machine, short enough for a test that must wait it out.
fn patience() -> Patience {
    Patience {
        connect: Duration::from_secs(20),
        command: Duration::from_secs(20),
        data: Duration::from_secs(20),
    }
}

fn transport(addr: SocketAddr, patience: Patience) -> Transport {
    Transport::with_patience(&settings(addr, Tls::None), patience).unwrap()
}

async fn send(transport: &Transport) -> Result<String, SendError> {
    let sent = transport
        .send("Trực ban <truc@office.example>", "id@office.example", RAW)
        .await;
    sent.map(|reply| reply.text)
}

#[tokio::test]
async fn a_mail_arrives_byte_for_byte() {
    let inbox = Inbox::start(loopback()).await.unwrap();
    let reply = send(&transport(inbox.addr(), patience())).await.unwrap();
    assert_eq!(reply, "250 taken");
    let mails = inbox.messages();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].from, "canhtin@office.example");
    assert_eq!(mails[0].to, ["truc@office.example"]);
    // The client ends the text with one more line end (RFC 5321 §4.1.1.4).
    assert_eq!(mails[0].raw.strip_suffix(b"\r\n"), Some(RAW));
}

#[tokio::test]
async fn each_refusal_has_its_class() {
    use Class::{Away, Permanent, Temporary};
    let rows = [
        (Step::Greeting, "421 busy", Away),
        (Step::Greeting, "554 no service here", Away),
        (Step::Hello, "550 who are you", Away),
        // An extension of blanks, at which the library panics.
        (Step::Hello, "250-inbox.example\r\n250  ", Away),
        (Step::Mail, "451 later", Temporary),
        (Step::Mail, "530 login first", Away),
        (Step::Mail, "550 sender unknown", Permanent),
        (Step::Rcpt, "450 greylisted", Temporary),
        (Step::Rcpt, "421 closing", Away),
        (Step::Rcpt, "452 full", Temporary),
        (Step::Rcpt, "550 no such user", Permanent),
        (Step::Rcpt, "354 nonsense", Temporary),
        (Step::Data, "451 later", Temporary),
        (Step::Data, "554 no", Permanent),
        (Step::Data, "250 nonsense", Temporary),
        (Step::Dot, "452 full", Temporary),
        (Step::Dot, "552 too big", Permanent),
        (Step::Dot, "554 spam", Permanent),
        (Step::Dot, "gibberish", Temporary),
    ];
    let inbox = Inbox::start(loopback()).await.unwrap();
    let transport = transport(inbox.addr(), patience());
    for (step, line, class) in rows {
        inbox.script(step, Act::Say(line.to_owned()));
        let before = inbox.messages().len();
        let error = send(&transport).await.expect_err(line);
        assert_eq!(error.class, class, "{step:?} {line}");
        if line.starts_with(['4', '5']) {
            assert_eq!(error.reply, line, "{step:?}");
            assert_eq!(inbox.messages().len(), before, "{step:?} {line}");
        }
        // The next mail is not harmed by what befell the last one.
        assert_eq!(
            send(&transport).await.unwrap(),
            "250 taken",
            "after {step:?} {line}"
        );
    }
}

/// Before a mail is spoken of, whatever fails is no word on it.
fn until(step: Step) -> Class {
    match step {
        Step::Greeting | Step::Hello => Class::Away,
        _ => Class::Temporary,
    }
}

#[tokio::test]
async fn a_refused_login_is_temporary() {
    let inbox = Inbox::start(loopback()).await.unwrap();
    let mut settings = settings(inbox.addr(), Tls::None);
    if let Delivery::Smtp(smtp) = &mut settings.delivery {
        smtp.login = Some(("canhtin".to_owned(), "bí mật".into()));
    }
    let transport = Transport::with_patience(&settings, patience()).unwrap();
    let offer = Act::Say("250-inbox.example\r\n250 AUTH PLAIN".to_owned());
    for (reply, want) in [
        ("235 welcome", Ok("250 taken".to_owned())),
        ("535 wrong password", Err(Class::Away)),
    ] {
        inbox.script(Step::Hello, offer.clone());
        inbox.script(Step::Auth, Act::Say(reply.to_owned()));
        let got = send(&transport).await;
        assert_eq!(got.map_err(|error| error.class), want, "{reply}");
    }
    // A server that offers no login gets no mail without one.
    let error = send(&transport).await.expect_err("no AUTH");
    assert_eq!(error.class, Class::Away);
    assert_eq!(inbox.messages().len(), 1);
}

#[tokio::test]
async fn a_cut_connection_is_temporary_and_after_the_dot_unknown() {
    let inbox = Inbox::start(loopback()).await.unwrap();
    let transport = transport(inbox.addr(), patience());
    for step in [
        Step::Greeting,
        Step::Hello,
        Step::Mail,
        Step::Rcpt,
        Step::Data,
        Step::Dot,
    ] {
        inbox.script(step, Act::Cut);
        let error = send(&transport).await.expect_err("cut");
        assert_eq!(error.class, until(step), "{step:?}: {error}");
    }
    // The mail cut off after the dot has arrived nevertheless: the retry sends the same bytes.
    assert_eq!(inbox.messages().len(), 1);
}

#[tokio::test]
async fn a_silent_server_is_given_up() {
    let short = Patience {
        connect: Duration::from_secs(20),
        command: Duration::from_millis(300),
        data: Duration::from_millis(300),
    };
    let inbox = Inbox::start(loopback()).await.unwrap();
    let transport = transport(inbox.addr(), short);
    for step in [Step::Greeting, Step::Mail, Step::Dot] {
        inbox.script(step, Act::Hang);
        let error = send(&transport).await.expect_err("silence");
        assert_eq!(error.class, until(step), "{step:?}: {error}");
    }
}

#[tokio::test]
async fn a_server_silent_at_goodbye_has_taken_the_mail() {
    let inbox = Inbox::start(loopback()).await.unwrap();
    inbox.script(Step::Quit, Act::Hang);
    assert_eq!(
        send(&transport(inbox.addr(), patience())).await.unwrap(),
        "250 taken"
    );
}

#[tokio::test]
async fn an_endless_reply_is_cut_short() {
    let inbox = Inbox::start(loopback()).await.unwrap();
    let transport = transport(inbox.addr(), patience());
    for step in [Step::Greeting, Step::Rcpt, Step::Dot] {
        inbox.script(step, Act::Babble);
        let error = send(&transport).await.expect_err("babble");
        assert_eq!(error.class, until(step), "{step:?}");
        assert!(error.reply.contains("without end"), "{step:?}: {error}");
    }
}

#[tokio::test]
async fn nothing_is_sent_in_the_clear_when_tls_is_required() {
    let inbox = Inbox::start(loopback()).await.unwrap();
    for tls in [Tls::Starttls, Tls::Implicit] {
        let transport = Transport::with_patience(&settings(inbox.addr(), tls), patience()).unwrap();
        let error = send(&transport).await.expect_err("no TLS");
        assert_eq!(error.class, Class::Away, "{tls:?}: {error}");
    }
    assert_eq!(inbox.messages(), []);
}

#[tokio::test]
async fn a_closed_port_is_temporary() {
    let inbox = Inbox::start(loopback()).await.unwrap();
    let addr = inbox.addr();
    drop(inbox);
    // The port may take a moment to close; a mail taken before that is no failure of the test.
    for _ in 0..1_000 {
        if let Err(error) = send(&transport(addr, patience())).await {
            assert_eq!(error.class, Class::Away);
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("the port never closed");
}

/// Sends lines as they are and gives what the inbox says until it closes the connection.
async fn dialogue(inbox: &Inbox, lines: &[u8]) -> String {
    let mut stream = TcpStream::connect(inbox.addr()).await.unwrap();
    stream.write_all(lines).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).await.unwrap();
    said
}

#[tokio::test]
async fn the_dialogue_keeps_its_order() {
    let inbox = Inbox::start(loopback()).await.unwrap();
    let lines = "HELO x\r\nDATA\r\nRCPT TO:<a@b.example>\r\nMAIL FROM:a\r\nMAIL FROM:<>\r\nmail from:<x@y.example>\r\nRCPT TO:<>\r\nRCPT TO:<a@b.example> NOTIFY=NEVER\r\nRSET\r\nDATA\r\nVRFY a\r\nNOOP\r\nQUIT\r\nNOOP\r\n";
    let said = dialogue(&inbox, lines.as_bytes()).await;
    let codes: Vec<&str> = said.lines().map(|line| &line[..3]).collect();
    let want = [
        "220", "250", "503", "503", "501", "250", "503", "501", "250", "250", "503", "502", "250",
        "221",
    ];
    assert_eq!(codes, want, "{said}");
}

#[tokio::test]
async fn what_is_too_big_is_refused() {
    let inbox = Inbox::start(loopback()).await.unwrap();
    let mut lines =
        b"EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<a@b.example>\r\nDATA\r\n".to_vec();
    for _ in 0..MAX_MAIL / 64 + 1 {
        lines.extend_from_slice(&[b'x'; 62]);
        lines.extend_from_slice(b"\r\n");
    }
    lines.extend_from_slice(b".\r\nQUIT\r\n");
    let said = dialogue(&inbox, &lines).await;
    assert!(said.contains("\n552 "), "{said}");
    assert_eq!(inbox.messages(), []);
}
