//! A small IMAP server on loopback that serves one INBOX and misbehaves as told.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::mail::{ImapSettings, Tls};

/// What the server does otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    Honest,
    /// Announces a literal of 400 MB.
    Swollen,
    /// Closes the connection instead of answering a FETCH.
    Cut,
    /// Knows no such user.
    NoLogin,
    /// Talks without end.
    Babble,
    /// Opens the mailbox with bytes that are no text, at which the library panics.
    Garble,
    /// Slips a reply in behind the one to STARTTLS.
    Inject,
}

#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub head: Vec<u8>,
    pub seen: bool,
}

/// What a test sees of it.
pub(super) struct Server {
    pub addr: SocketAddr,
    pub mails: Arc<Mutex<Vec<Kept>>>,
    /// Every command, in order.
    pub heard: Arc<Mutex<Vec<String>>>,
    tls: Tls,
}

pub(super) fn fixture(name: &str) -> Vec<u8> {
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

impl Server {
    pub(super) async fn start(heads: Vec<Vec<u8>>, tls: Tls, manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            addr: listener.local_addr().unwrap(),
            mails: Arc::new(Mutex::new(
                heads
                    .into_iter()
                    .map(|head| Kept { head, seen: false })
                    .collect(),
            )),
            heard: Arc::default(),
            tls,
        };
        let (mails, heard) = (Arc::clone(&server.mails), Arc::clone(&server.heard));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let talk = Talk {
                    mails: Arc::clone(&mails),
                    heard: Arc::clone(&heard),
                    manner,
                };
                // A client that breaks off ends its conversation, not the server.
                tokio::spawn(async move { talk.begin(stream, tls).await });
            }
        });
        server
    }

    pub(super) fn settings(&self) -> ImapSettings {
        ImapSettings {
            host: if self.tls == Tls::None {
                "127.0.0.1"
            } else {
                "localhost"
            }
            .to_owned(),
            port: self.addr.port(),
            tls: self.tls,
            authority: Some(fixture("localhost.crt")),
            username: "canhtin".to_owned(),
            password: "mật khẩu \"1\"".to_owned().into(),
            every: std::time::Duration::from_secs(60),
        }
    }
}

struct Talk {
    mails: Arc<Mutex<Vec<Kept>>>,
    heard: Arc<Mutex<Vec<String>>>,
    manner: Manner,
}

impl Talk {
    async fn begin(&self, mut stream: TcpStream, tls: Tls) -> std::io::Result<()> {
        match tls {
            Tls::None => self.converse(stream, true).await,
            Tls::Implicit => self.converse(acceptor().accept(stream).await?, true).await,
            Tls::Starttls => {
                stream.write_all(b"* OK ready\r\n").await?;
                let mut lines = BufReader::new(&mut stream);
                let mut line = String::new();
                lines.read_line(&mut line).await?;
                self.heard.lock().unwrap().push(line.trim_end().to_owned());
                let tag = line.split(' ').next().unwrap_or_default();
                let mut reply = format!("{tag} OK go ahead\r\n");
                if self.manner == Manner::Inject {
                    reply.push_str("* OK slipped in\r\n");
                }
                stream.write_all(reply.as_bytes()).await?;
                self.converse(acceptor().accept(stream).await?, false).await
            }
        }
    }

    async fn converse<S>(&self, stream: S, greet: bool) -> std::io::Result<()>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let mut stream = BufReader::new(stream);
        if greet {
            stream.write_all(b"* OK ready\r\n").await?;
            stream.flush().await?;
        }
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let line = line.trim_end();
            self.heard.lock().unwrap().push(line.to_owned());
            let (tag, command) = line.split_once(' ').unwrap_or((line, ""));
            let Some(reply) = self.reply(tag, command) else {
                return Ok(());
            };
            stream.write_all(&reply).await?;
            stream.flush().await?;
        }
    }

    /// `None` closes the connection.
    fn reply(&self, tag: &str, command: &str) -> Option<Vec<u8>> {
        let ok = |untagged: &str| Some(format!("{untagged}{tag} OK done\r\n").into_bytes());
        let upper = command.to_uppercase();
        assert!(
            !upper.contains("DELETED") && !upper.contains("EXPUNGE"),
            "{command}"
        );
        if upper.starts_with("LOGIN") {
            return match self.manner {
                Manner::NoLogin => Some(format!("{tag} NO no such user\r\n").into_bytes()),
                _ => ok(""),
            };
        }
        if upper.starts_with("SELECT") {
            if self.manner == Manner::Garble {
                return Some(b"* OK [UIDVALIDITY 7]\xabx\r\n".to_vec());
            }
            return ok("* 9 EXISTS\r\n* OK [UIDVALIDITY 7] valid\r\n");
        }
        if upper.starts_with("UID SEARCH") {
            let mails = self.mails.lock().unwrap();
            let from = upper.strip_prefix("UID SEARCH UID ").map(|range| {
                let from = range.split(':').next().unwrap();
                // The last mail is in every range that ends in `*`.
                from.parse::<usize>().unwrap().min(mails.len())
            });
            let found = mails.iter().enumerate().filter(|(at, mail)| match from {
                Some(from) => at + 1 >= from,
                None => !mail.seen,
            });
            let uids: String = found.map(|(at, _)| format!(" {}", at + 1)).collect();
            return ok(&format!("* SEARCH{uids}\r\n"));
        }
        if upper.starts_with("UID FETCH") {
            return self.fetch(tag, command);
        }
        if upper.starts_with("UID STORE") {
            for uid in uids(command) {
                self.mails.lock().unwrap()[uid - 1].seen = true;
            }
        }
        ok("")
    }

    fn fetch(&self, tag: &str, command: &str) -> Option<Vec<u8>> {
        match self.manner {
            Manner::Cut => return None,
            Manner::Swollen => {
                return Some(b"* 1 FETCH (UID 1 BODY[HEADER] {400000000}\r\nFrom: ".to_vec());
            }
            Manner::Babble => return Some(b"* OK still here\r\n".repeat(100_000)),
            Manner::Honest | Manner::NoLogin | Manner::Inject | Manner::Garble => {}
        }
        let mut reply = Vec::new();
        for uid in uids(command) {
            let head = self.mails.lock().unwrap()[uid - 1].head.clone();
            let head = &head[..head.len().min(4096)];
            let fields = "HEADER.FIELDS (FROM SUBJECT MESSAGE-ID AUTO-SUBMITTED)";
            let start = format!(
                "* {uid} FETCH (UID {uid} BODY[{fields}]<0> {{{}}}\r\n",
                head.len()
            );
            reply.extend_from_slice(start.as_bytes());
            reply.extend_from_slice(head);
            reply.extend_from_slice(b")\r\n");
        }
        reply.extend_from_slice(format!("{tag} OK done\r\n").as_bytes());
        Some(reply)
    }
}

fn uids(command: &str) -> Vec<usize> {
    let set = command.split(' ').nth(2).unwrap();
    set.split(',').map(|uid| uid.parse().unwrap()).collect()
}
