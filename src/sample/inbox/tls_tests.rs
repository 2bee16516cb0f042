//! Mail over TLS: the inbox behind a server that speaks it, with a certificate of our own.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::*;
use crate::mail::{Class, Delivery, Patience, Settings, SmtpSettings, Tls, Transport};

fn fixture(name: &str) -> Vec<u8> {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/mail");
    std::fs::read(Path::new(dir).join(name)).unwrap()
}

fn acceptor() -> TlsAcceptor {
    let certificate = CertificateDer::from_pem_slice(&fixture("localhost.crt")).unwrap();
    let key = PrivateKeyDer::from_pem_slice(&fixture("localhost.key")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

/// The plain beginning of a dialogue that asks for STARTTLS (RFC 3207); false where the client
/// goes away instead.
async fn plain_beginning(stream: &mut TcpStream, ready: &str) -> bool {
    stream.write_all(b"220 tls.example\r\n").await.unwrap();
    let mut lines = BufReader::new(&mut *stream);
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line).await.unwrap_or(0) == 0 {
            return false;
        }
        let reply: &[u8] = match line.trim_end() {
            line if line.starts_with("EHLO") => b"250-tls.example\r\n250 STARTTLS\r\n",
            "STARTTLS" => ready.as_bytes(),
            line => panic!("said in the clear: {line}"),
        };
        lines.get_mut().write_all(reply).await.unwrap();
        if line.trim_end() == "STARTTLS" {
            return true;
        }
    }
}

/// Speaks TLS before `inbox`, from the first byte or after STARTTLS.
async fn before(inbox: SocketAddr, tls: Tls) -> SocketAddr {
    before_saying(inbox, tls, "220 go ahead\r\n").await
}

/// The same, with a reply to STARTTLS of its own.
async fn before_saying(inbox: SocketAddr, tls: Tls, ready: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let acceptor = acceptor();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            if tls == Tls::Starttls && !plain_beginning(&mut stream, ready).await {
                continue;
            }
            // A client that distrusts the certificate breaks off here.
            let Ok(mut secure) = acceptor.accept(stream).await else {
                continue;
            };
            let mut inner = TcpStream::connect(inbox).await.unwrap();
            if tls == Tls::Starttls {
                // The greeting was said in the clear.
                while inner.read_u8().await.unwrap() != b'\n' {}
            }
            let _ = copy_bidirectional(&mut secure, &mut inner).await;
        }
    });
    addr
}

fn transport(addr: SocketAddr, tls: Tls, host: &str, trusted: bool) -> Transport {
    let settings = Settings {
        from: "canhtin@office.example".parse().unwrap(),
        delivery: Delivery::Smtp(SmtpSettings {
            host: host.to_owned(),
            port: addr.port(),
            tls,
            authority: trusted.then(|| fixture("localhost.crt")),
            login: None,
        }),
        answers: None,
    };
    let limit = Duration::from_secs(20);
    let patience = Patience {
        connect: limit,
        command: limit,
        data: limit,
    };
    Transport::with_patience(&settings, patience).unwrap()
}

#[tokio::test]
async fn a_mail_is_sent_over_tls_to_a_server_that_proves_its_name() {
    for tls in [Tls::Starttls, Tls::Implicit] {
        let inbox = Inbox::start("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let addr = before(inbox.addr(), tls).await;
        for host in ["127.0.0.1", "localhost"] {
            let transport = transport(addr, tls, host, true);
            let sent = transport
                .send("truc@office.example", "id@x", b"Subject: x\r\n\r\ny\r\n")
                .await;
            assert_eq!(sent.unwrap().text, "250 taken", "{tls:?} {host}");
        }
        assert_eq!(inbox.messages().len(), 2, "{tls:?}");
    }
}

#[tokio::test]
async fn a_certificate_of_unknown_authority_gets_no_mail() {
    for tls in [Tls::Starttls, Tls::Implicit] {
        let inbox = Inbox::start("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let addr = before(inbox.addr(), tls).await;
        let transport = transport(addr, tls, "127.0.0.1", false);
        let error = transport
            .send("truc@office.example", "id@x", b"Subject: x\r\n\r\ny\r\n")
            .await
            .expect_err("untrusted");
        assert_eq!(error.class, Class::Away, "{tls:?}: {error}");
        assert!(error.reply.contains("certificate"), "{tls:?}: {error}");
        assert_eq!(inbox.messages(), [], "{tls:?}");
    }
}

#[tokio::test]
async fn replies_slipped_in_before_encryption_are_not_believed() {
    let inbox = Inbox::start("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let slipped = "220 go ahead\r\n250 x\r\n250 x\r\n250 x\r\n354 x\r\n250 taken\r\n";
    let addr = before_saying(inbox.addr(), Tls::Starttls, slipped).await;
    let error = transport(addr, Tls::Starttls, "127.0.0.1", true)
        .send("truc@office.example", "id@x", b"Subject: x\r\n\r\ny\r\n")
        .await
        .expect_err("slipped in");
    assert_eq!(error.class, Class::Away, "{error}");
    assert_eq!(inbox.messages(), []);
}
