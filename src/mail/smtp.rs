//! One mail to one recipient over SMTP (RFC 5321), each step under its own time limit.
//!
//! Every mail has a connection of its own: a connection that a cancelled send left behind would
//! give its replies to the next mail.

use std::io;
use std::net::SocketAddr;
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, AsyncTokioStream, Certificate, TlsParameters,
};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::{Response, Severity};
use secrecy::ExposeSecret;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::caught::caught;
use super::settings::{Settings, SmtpSettings, Tls, ascii_address};
use super::transport::{Reply, SendError, TransportError};
use crate::alert::{one_line, parse_address};
use crate::failpoint::{self, Point};

/// How long each step may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Until a connection stands (and, with implicit TLS, is encrypted and greeted).
    pub connect: Duration,
    /// Until a command is answered: 5 minutes (RFC 5321 §4.5.3.2.1–3).
    pub command: Duration,
    /// From the first byte of the mail until the final reply: 10 minutes (RFC 5321
    /// §4.5.3.2.6); a shorter wait makes duplicates.
    pub data: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(30),
            command: Duration::from_secs(300),
            data: Duration::from_secs(600),
        }
    }
}

/// How long a server may take to say goodbye: nothing depends on it any more.
const GOODBYE: Duration = Duration::from_secs(3);
/// Bytes that a server may say in one transaction, TLS handshake included.
const LONGEST_TALK: usize = 256 * 1024;
/// Where the library lost its footing.
const GARBLED: &str = "the server's words cannot be understood";
/// Characters of a reply that are kept.
const MAX_REPLY: usize = 500;
/// Replies that blame the login or the encryption (RFC 4954 §6, RFC 3207 §4), which an operator
/// can mend, and not this mail.
const MENDABLE: [u16; 4] = [530, 534, 535, 538];

/// "Service not available, closing transmission channel" (RFC 5321 §4.2.3): no word on the mail.
const GOING_AWAY: u16 = 421;

/// A mail server and how to talk to it.
#[derive(Debug)]
pub struct Smtp {
    host: String,
    port: u16,
    mode: Mode,
    login: Option<Credentials>,
    from: Address,
    hello: ClientId,
    patience: Patience,
}

enum Mode {
    Starttls(TlsParameters),
    Implicit(TlsParameters),
    Clear,
}

impl std::fmt::Debug for Mode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Starttls(_) => "Starttls",
            Self::Implicit(_) => "Implicit",
            Self::Clear => "Clear",
        })
    }
}

impl Smtp {
    pub(super) fn new(
        smtp: &SmtpSettings,
        settings: &Settings,
        patience: Patience,
    ) -> Result<Self, TransportError> {
        let host = smtp.host.trim_matches(['[', ']']).to_owned();
        let parameters = || {
            tls_parameters(&host, smtp.authority.as_deref())
                .map_err(|error| TransportError::Tls(words(&error)))
        };
        let mode = match smtp.tls {
            Tls::Starttls => Mode::Starttls(parameters()?),
            Tls::Implicit => Mode::Implicit(parameters()?),
            Tls::None => Mode::Clear,
        };
        Ok(Self {
            mode,
            host,
            port: smtp.port,
            login: smtp.login.as_ref().map(|(user, secret)| {
                Credentials::new(user.clone(), secret.expose_secret().to_owned())
            }),
            from: ascii_address(&settings.from.email),
            hello: ClientId::default(),
            patience,
        })
    }

    pub(super) async fn send(&self, to: &str, raw: &[u8]) -> Result<Reply, SendError> {
        let Some((_, to)) = parse_address(to) else {
            return Err(SendError::permanent("not a mail address"));
        };
        let mut connection = self.connect().await?;
        let to = ascii_address(&to);
        let outcome = caught(self.transact(&mut connection, &to, raw)).await;
        // The outcome is settled: a server that hangs now must not turn it into a failure.
        let _ = timeout(GOODBYE, caught(connection.abort())).await;
        outcome.unwrap_or_else(|| Err(SendError::temporary(GARBLED)))
    }

    /// A connection, encrypted and logged in as configured. Whatever fails here can be mended
    /// by an operator or passes by itself, so it never speaks of this mail.
    async fn connect(&self) -> Result<AsyncSmtpConnection, SendError> {
        let mut connection = match &self.mode {
            Mode::Implicit(parameters) => {
                let greeted = AsyncSmtpConnection::connect_tokio1(
                    (self.host.as_str(), self.port),
                    None,
                    &self.hello,
                    Some(parameters.clone()),
                    None,
                );
                self.opening(self.patience.connect, greeted).await?
            }
            Mode::Starttls(_) | Mode::Clear => {
                let stream = self.dial().await?;
                let greeted =
                    AsyncSmtpConnection::connect_with_transport(Box::new(stream), &self.hello);
                self.opening(self.patience.command, greeted).await?
            }
        };
        if let Mode::Starttls(parameters) = &self.mode {
            if !connection.can_starttls() {
                let _ = timeout(GOODBYE, caught(connection.abort())).await;
                return Err(SendError::away(
                    "the server offers no STARTTLS: nothing was sent",
                ));
            }
            let upgraded = connection.starttls(parameters.clone(), &self.hello);
            self.opening(self.patience.command, upgraded).await?;
        }
        if let Some(login) = &self.login {
            let welcomed = connection.auth(DEFAULT_MECHANISMS, login);
            self.opening(self.patience.command, welcomed).await?;
        }
        Ok(connection)
    }

    /// A step before the mail is spoken of.
    async fn opening<T>(
        &self,
        limit: Duration,
        step: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, SendError> {
        match timeout(limit, caught(step)).await {
            Ok(Some(Ok(done))) => Ok(done),
            Ok(Some(Err(error))) => Err(SendError::away(&words(&error))),
            Ok(None) => Err(SendError::away(GARBLED)),
            Err(_) => Err(SendError::away("no answer from the server")),
        }
    }

    async fn dial(&self) -> Result<Capped, SendError> {
        let dialled = TcpStream::connect((self.host.as_str(), self.port));
        match timeout(self.patience.connect, dialled).await {
            Ok(Ok(stream)) => Ok(Capped::new(stream)),
            Ok(Err(error)) => Err(SendError::away(&one_line(&error.to_string(), MAX_REPLY))),
            Err(_) => Err(SendError::away("no connection in time")),
        }
    }

    async fn transact(
        &self,
        connection: &mut AsyncSmtpConnection,
        to: &Address,
        raw: &[u8],
    ) -> Result<Reply, SendError> {
        let mut options = Vec::new();
        let server = connection.server_info();
        if !(is_ascii(to) && is_ascii(&self.from)) {
            if !server.supports_feature(Extension::SmtpUtfEight) {
                return Err(SendError::permanent(
                    "the server takes no address with such letters (SMTPUTF8)",
                ));
            }
            options.push(MailParameter::SmtpUtfEight);
        }
        if !raw.is_ascii() {
            if !server.supports_feature(Extension::EightBitMime) {
                return Err(SendError::permanent(
                    "the server takes no 8-bit mail (8BITMIME)",
                ));
            }
            options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        let command = self.patience.command;
        let mail = Mail::new(Some(self.from.clone()), options);
        step(
            command,
            Severity::PositiveCompletion,
            connection.command(mail),
        )
        .await?;
        let rcpt = Rcpt::new(to.clone(), Vec::new());
        step(
            command,
            Severity::PositiveCompletion,
            connection.command(rcpt),
        )
        .await?;
        step(
            command,
            Severity::PositiveIntermediate,
            connection.command(Data),
        )
        .await?;
        let taken = failpoint::reach_waiting(Point::MailDotted, connection.message(raw));
        let response = step(self.patience.data, Severity::PositiveCompletion, taken).await?;
        Ok(Reply {
            text: reply_words(&response),
        })
    }
}

/// The system's authorities, and the office's own if it has one.
fn tls_parameters(host: &str, authority: Option<&[u8]>) -> Result<TlsParameters, Error> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(pem) = authority {
        builder = builder.add_root_certificate(Certificate::from_pem(pem)?);
    }
    builder.build()
}

/// A step of the transaction: its reply must have the wanted severity.
async fn step(
    limit: Duration,
    wanted: Severity,
    answer: impl Future<Output = Result<Response, Error>>,
) -> Result<Response, SendError> {
    match timeout(limit, answer).await {
        Ok(Ok(response)) if response.code().severity == wanted => Ok(response),
        Ok(Ok(response)) => Err(SendError::temporary(&format!(
            "unexpected reply: {}",
            reply_words(&response)
        ))),
        Ok(Err(error)) => Err(refusal(&error)),
        Err(_) => Err(SendError::temporary("no answer from the server")),
    }
}

/// Only a 5xx reply that speaks of this mail or recipient is final.
fn refusal(error: &Error) -> SendError {
    let code = error.status().map(u16::from);
    if code.is_some_and(|code| code == GOING_AWAY || MENDABLE.contains(&code)) {
        return SendError::away(&words(error));
    }
    if error.is_permanent() {
        SendError::permanent(&words(error))
    } else {
        SendError::temporary(&words(error))
    }
}

/// The server's words where it spoke, else what failed.
fn words(error: &Error) -> String {
    use std::error::Error as _;
    let mut text = match (error.status(), error.source()) {
        (Some(code), Some(said)) => format!("{} {said}", u16::from(code)),
        (Some(code), None) => u16::from(code).to_string(),
        (None, _) => error.to_string(),
    };
    let mut source = error.source().and_then(|inner| inner.source());
    while let Some(inner) = source {
        text = format!("{text}: {inner}");
        source = inner.source();
    }
    one_line(&text, MAX_REPLY)
}

fn reply_words(response: &Response) -> String {
    let lines: Vec<&str> = response.message().collect();
    one_line(
        &format!("{} {}", response.code(), lines.join(" ")),
        MAX_REPLY,
    )
}

fn is_ascii(address: &Address) -> bool {
    let text: &str = address.as_ref();
    text.is_ascii()
}

/// A connection whose other end may say so much and no more, and that hands over one line at a
/// time: what was slipped in behind the reply to STARTTLS then meets the TLS handshake, which
/// fails, instead of passing for an encrypted reply (CVE-2011-0411 and its kin).
#[derive(Debug)]
struct Capped {
    stream: TcpStream,
    heard: usize,
    line: Box<[u8; 4096]>,
    waiting: Range<usize>,
}

impl Capped {
    fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            heard: 0,
            line: Box::new([0; 4096]),
            waiting: 0..0,
        }
    }
}

impl AsyncTokioStream for Capped {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.stream.peer_addr()
    }
}

impl AsyncRead for Capped {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.waiting.is_empty() {
            if this.heard >= LONGEST_TALK {
                return Poll::Ready(Err(io::Error::other("the server talks without end")));
            }
            let mut fresh = ReadBuf::new(&mut this.line[..]);
            ready!(Pin::new(&mut this.stream).poll_read(cx, &mut fresh))?;
            this.waiting = 0..fresh.filled().len();
            this.heard += this.waiting.len();
        }
        let waiting = &this.line[this.waiting.clone()];
        let line = waiting
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(waiting.len(), |at| at + 1)
            .min(buffer.remaining());
        buffer.put_slice(&waiting[..line]);
        this.waiting.start += line;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Capped {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
