//! The mailbox with the answers, over IMAP (RFC 3501, RFC 9051): reads the heads of new mails,
//! marks as seen what was heeded, deletes nothing.

use std::collections::{BTreeSet, HashSet};
use std::fmt::Debug;
use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use async_imap::{Client, Session};
use futures_core::Stream;
use mail_parser::{HeaderName, MessageParser};
use secrecy::ExposeSecret;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::bounded::Bounded;
use super::caught::caught;
use super::imap_settings::ImapSettings;
use super::settings::Tls;

/// How long the whole conversation up to the list of mails may take, and each step after it.
const PATIENCE: Duration = Duration::from_secs(60);
/// Mails looked at in one round; the others are seen in the next ones.
const MOST: usize = 40;
/// What the subject of an answer holds, as a search key (RFC 9051 §6.4.4).
const ANSWERS: &str = "SUBJECT \"[canhtin \"";
/// Bytes of each mail's head that are asked for.
const HEAD: usize = 4 * 1024;

/// Why the mailbox cannot be read. Everything is tried again later.
#[derive(Debug, thiserror::Error)]
pub enum ImapError {
    /// The network or the other end.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The server's words, or what it said cannot be understood.
    #[error("{0}")]
    Imap(#[from] async_imap::error::Error),
    /// The library panicked at its words.
    #[error("the server's words cannot be understood")]
    Garbled,
    /// It did not answer in time.
    #[error("no answer in time")]
    Slow,
    /// It ended the connection.
    #[error("the connection was closed")]
    Closed,
    /// The certificates cannot be used.
    #[error("TLS: {0}")]
    Tls(String),
}

/// The head of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// Its number in the mailbox.
    pub uid: u32,
    /// The one address that wrote it, in lower case; `None` where there is not exactly one.
    pub from: Option<String>,
    /// Its subject, decoded; empty where it has none.
    pub subject: String,
    /// Names it: a digest of its Message-ID, or of its place in the mailbox.
    pub name: String,
    /// Whether a machine wrote it (RFC 3834).
    pub automatic: bool,
}

/// Mails of one mailbox that were looked at. What is no answer stays unseen for whoever reads the
/// mailbox, and must not keep the answers behind it from being reached; what came since the first
/// look is looked at though somebody else has opened it before.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Passed {
    place: Option<Place>,
    /// The highest number at the first look.
    first: Option<u32>,
    uids: BTreeSet<u32>,
}

/// Where numbers of mails hold (RFC 9051 §2.3.1.1): in one mailbox, as long as its UIDVALIDITY does.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    host: String,
    port: u16,
    username: String,
    validity: u32,
}

impl Passed {
    /// Notes that a mail was looked at.
    pub fn note(&mut self, uid: u32) {
        self.uids.insert(uid);
    }

    /// Begins anew at another place.
    fn follow(&mut self, place: &Place) {
        if self.place.as_ref() != Some(place) {
            *self = Self {
                place: Some(place.clone()),
                ..Self::default()
            };
        }
    }

    /// What is to be looked at of the `unseen`, and of `later`: all from the number asked for on.
    fn fresh(&mut self, unseen: &HashSet<u32>, later: &HashSet<u32>) -> Vec<u32> {
        let highest = || later.iter().max().copied().unwrap_or_default();
        let first = *self.first.get_or_insert_with(highest);
        // `*` names the last mail, also where a higher number was asked for (RFC 9051 §6.4.8).
        let since = later.iter().filter(|uid| **uid > first);
        let found: BTreeSet<u32> = unseen.iter().chain(since).copied().collect();
        self.uids.retain(|uid| found.contains(uid));
        found.difference(&self.uids).copied().collect()
    }
}

trait Duplex: AsyncRead + AsyncWrite + Unpin + Send + Debug {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + Debug> Duplex for T {}

/// An open mailbox.
#[derive(Debug)]
pub struct Mailbox {
    session: Session<Bounded<Box<dyn Duplex>>>,
    place: Place,
}

impl Mailbox {
    /// Logs in and opens INBOX.
    ///
    /// # Errors
    /// When any step fails or takes too long. Without TLS where it is wanted, nothing is said.
    pub async fn open(settings: &ImapSettings) -> Result<Self, ImapError> {
        in_time(Self::opened(settings)).await
    }

    async fn opened(settings: &ImapSettings) -> Result<Self, ImapError> {
        let stream = TcpStream::connect((settings.host.as_str(), settings.port)).await?;
        let stream: Box<dyn Duplex> = match settings.tls {
            Tls::None => Box::new(stream),
            Tls::Implicit => Box::new(encrypted(stream, settings).await?),
            Tls::Starttls => {
                let mut client = Client::new(Bounded::line_by_line(stream));
                greeted(&mut client).await?;
                client.run_command_and_check_ok("STARTTLS", None).await?;
                Box::new(encrypted(client.into_inner(), settings).await?)
            }
        };
        let mut client = Client::new(Bounded::new(stream));
        if settings.tls != Tls::Starttls {
            greeted(&mut client).await?;
        }
        let password = settings.password.expose_secret();
        let logged_in = client.login(&settings.username, password).await;
        let mut session = logged_in.map_err(|(error, _)| error)?;
        let inbox = session.select("INBOX").await?;
        Ok(Self {
            session,
            place: Place {
                host: settings.host.clone(),
                port: settings.port,
                username: settings.username.clone(),
                validity: inbox.uid_validity.unwrap_or_default(),
            },
        })
    }

    /// The heads of mails whose subject may be an answer's, oldest first, some at a time, without
    /// those that were `passed` before: at the first look the unseen ones, later also what came
    /// since then, seen or not.
    ///
    /// # Errors
    /// When any step fails or takes too long.
    pub async fn fresh(&mut self, passed: &mut Passed) -> Result<Vec<Incoming>, ImapError> {
        let validity = self.place.validity;
        passed.follow(&self.place);
        let from = passed.first.unwrap_or_default().saturating_add(1);
        let (unseen, later) = in_time(async {
            let unseen = format!("UNSEEN {ANSWERS}");
            let later = format!("UID {from}:* {ANSWERS}");
            Ok((
                self.session.uid_search(unseen).await?,
                self.session.uid_search(later).await?,
            ))
        })
        .await?;
        let mut uids = passed.fresh(&unseen, &later);
        uids.truncate(MOST);
        if uids.is_empty() {
            return Ok(Vec::new());
        }
        let wanted = format!(
            "(UID BODY.PEEK[HEADER.FIELDS (FROM SUBJECT MESSAGE-ID AUTO-SUBMITTED)]<0.{HEAD}>)"
        );
        let mut heads = Vec::new();
        in_time(async {
            let fetched = self.session.uid_fetch(set(&uids), wanted).await?;
            let mut fetched = pin!(fetched);
            while let Some(mail) = poll_fn(|cx| fetched.as_mut().poll_next(cx)).await {
                let mail = mail?;
                if let (Some(uid), Some(head)) = (mail.uid, mail.header())
                    && uids.contains(&uid)
                    && heads.len() < MOST
                {
                    heads.push(incoming(uid, validity, head));
                }
            }
            Ok(())
        })
        .await?;
        heads.sort_by_key(|head: &Incoming| head.uid);
        Ok(heads)
    }

    /// Marks mails as seen.
    ///
    /// # Errors
    /// When it fails or takes too long; then they are met again.
    pub async fn mark_seen(&mut self, uids: &[u32]) -> Result<(), ImapError> {
        if uids.is_empty() {
            return Ok(());
        }
        in_time(async {
            let marked = self
                .session
                .uid_store(set(uids), "+FLAGS.SILENT (\\Seen)")
                .await?;
            let mut marked = pin!(marked);
            while let Some(one) = poll_fn(|cx| marked.as_mut().poll_next(cx)).await {
                one?;
            }
            Ok(())
        })
        .await
    }

    /// Says goodbye; that it fails harms nothing.
    pub async fn close(mut self) {
        let _ = timeout(Duration::from_secs(3), caught(self.session.logout())).await;
    }
}

async fn in_time<T>(step: impl Future<Output = Result<T, ImapError>>) -> Result<T, ImapError> {
    match timeout(PATIENCE, caught(step)).await {
        Ok(Some(done)) => done,
        Ok(None) => Err(ImapError::Garbled),
        Err(_) => Err(ImapError::Slow),
    }
}

async fn greeted<S: Duplex>(client: &mut Client<S>) -> Result<(), ImapError> {
    match client.read_response().await? {
        Some(_) => Ok(()),
        None => Err(ImapError::Closed),
    }
}

async fn encrypted<S: Duplex>(
    stream: S,
    settings: &ImapSettings,
) -> Result<tokio_rustls::client::TlsStream<S>, ImapError> {
    let mut roots = RootCertStore::empty();
    // Some of a system's certificates may be of no use to rustls; the others do.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(pem) = &settings.authority {
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|error| ImapError::Tls(error.to_string()))?;
            roots
                .add(certificate)
                .map_err(|error| ImapError::Tls(error.to_string()))?;
        }
    }
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| ImapError::Tls(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(settings.host.clone())
        .map_err(|error| ImapError::Tls(error.to_string()))?;
    let connector = TlsConnector::from(Arc::new(config));
    Ok(connector.connect(name, stream).await?)
}

fn set(uids: &[u32]) -> String {
    let uids: Vec<String> = uids.iter().map(u32::to_string).collect();
    uids.join(",")
}

fn incoming(uid: u32, validity: u32, head: &[u8]) -> Incoming {
    let parsed = MessageParser::default().parse_headers(head);
    let message = parsed.as_ref();
    let senders = message.map_or(0, |message| {
        let headers = message.headers().iter();
        headers
            .filter(|header| header.name == HeaderName::From)
            .count()
    });
    let from = message
        .and_then(|message| message.from())
        .filter(|_| senders == 1)
        .and_then(|from| {
            let mut addresses = from.iter().filter_map(|one| one.address());
            addresses.next().filter(|_| addresses.next().is_none())
        })
        .map(str::to_lowercase);
    let id = message
        .and_then(|message| message.message_id())
        .map_or_else(|| format!("uid {validity} {uid}"), str::to_owned);
    let automatic = message.is_some_and(|message| {
        message.headers().iter().any(|header| {
            let value = header.value.as_text().unwrap_or_default().trim();
            header.name().eq_ignore_ascii_case("Auto-Submitted")
                && !value.eq_ignore_ascii_case("no")
        })
    });
    Incoming {
        uid,
        from,
        subject: message
            .and_then(|message| message.subject())
            .unwrap_or_default()
            .to_owned(),
        name: blake3::hash(id.as_bytes()).to_hex()[..32].to_owned(),
        automatic,
    }
}
