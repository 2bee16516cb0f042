//! `[mail]` and `[mail.smtp]` of `canhtin.toml`.

use std::io;
use std::net::IpAddr;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use lettre::Address;
use lettre::message::Mailbox;
use lettre::transport::smtp::client::Certificate;
use secrecy::SecretString;

use super::answer::AnswerKey;
use super::dir;
use super::imap_settings::{self, ImapSettings};
use crate::alert::parse_address;
use crate::message::Message;
use crate::problem::toml::Table;
use crate::problem::{Level, Problem, Spanned, beside};

/// How mails leave.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Who writes.
    pub from: Mailbox,
    /// Which way.
    pub delivery: Delivery,
    /// Where readers answer to; nowhere if they do not answer by mail.
    pub answers: Option<Answers>,
}

/// Where readers answer to.
#[derive(Debug, Clone)]
pub struct Answers {
    /// The address.
    pub address: Address,
    /// The key of the tokens. Without one, mails have no links to answer by.
    pub key: Option<AnswerKey>,
    /// The mailbox in which answers are looked for; nowhere if only people read them.
    pub mailbox: Option<ImapSettings>,
}

/// Which way mails leave.
#[derive(Debug, Clone)]
pub enum Delivery {
    /// To a mail server.
    Smtp(SmtpSettings),
    /// Into this folder, as `.eml` files.
    Dir(PathBuf),
}

/// The mail server.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// Its name, against which its certificate is checked.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is kept secret.
    pub tls: Tls,
    /// Certificates of an authority of the office's own (PEM), trusted besides the system's.
    pub authority: Option<Vec<u8>>,
    /// Who logs in with which password; nobody where the server asks for none.
    pub login: Option<(String, SecretString)>,
}

/// How a connection to a mail server is kept secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// Begun in the clear, then required (RFC 3207); never sent without.
    Starttls,
    /// From the first byte (RFC 8314).
    Implicit,
    /// Not at all: to loopback only.
    None,
}

impl Tls {
    /// The values as files write them, for problem reports.
    pub const WANTED: &'static str = "starttls | implicit | none";

    /// The port that belongs to it (RFC 6409, RFC 8314; 25 for a relay on the same machine).
    #[must_use]
    pub fn port(self) -> u16 {
        match self {
            Self::Starttls => 587,
            Self::Implicit => 465,
            Self::None => 25,
        }
    }
}

impl FromStr for Tls {
    type Err = ();

    fn from_str(s: &str) -> Result<Self, ()> {
        Ok(match s {
            "starttls" => Self::Starttls,
            "implicit" => Self::Implicit,
            "none" => Self::None,
            _ => return Err(()),
        })
    }
}

impl Settings {
    /// Deletes the `.eml` files of these mails, and of every mail that links to `url`; gives how
    /// many mails those were. Mails that went to a server are out of reach.
    ///
    /// # Errors
    /// When a file cannot be read or deleted.
    pub fn forget_files(&self, message_ids: &[String], url: &str) -> io::Result<usize> {
        match &self.delivery {
            Delivery::Dir(dir) => dir::forget(dir, message_ids, url),
            Delivery::Smtp(_) => Ok(0),
        }
    }

    /// Settings that write `.eml` files into `dir`.
    #[must_use]
    pub fn to_dir(dir: PathBuf) -> Self {
        Self {
            from: nobody(),
            delivery: Delivery::Dir(dir),
            answers: None,
        }
    }

    /// The domain of the sender, in ASCII: the right side of Message-IDs and of the List-Id.
    #[must_use]
    pub fn domain(&self) -> String {
        ascii_domain(&self.from.email)
    }
}

/// The domain of an address, in ASCII (RFC 5891).
fn ascii_domain(address: &Address) -> String {
    idna::domain_to_ascii(address.domain()).unwrap_or_else(|_| "localhost".to_owned())
}

/// The same address with its domain in ASCII, as servers and headers without SMTPUTF8 need it.
pub(super) fn ascii_address(address: &Address) -> Address {
    Address::new(address.user(), ascii_domain(address)).unwrap_or_else(|_| address.clone())
}

fn nobody() -> Mailbox {
    let address = Address::new_dangerous("canhtin", "localhost");
    Mailbox::new(Some("Canh tin".to_owned()), address)
}

/// The name of the systemd credential that holds the password.
const CREDENTIAL: &str = "smtp-password";

/// What the service manager hands over (systemd.exec(5), `LoadCredential=`).
#[derive(Debug, Clone, Copy, Default)]
pub struct Credentials<'a> {
    /// Where it lies, if this is a service.
    pub folder: Option<&'a Path>,
    /// Nothing is sent: a password that only the service gets may be missing.
    pub dispensable: bool,
}

/// Reads `[mail]`. Paths are relative to `base`; under a service manager mails written as files
/// go below its state directory instead of `dir`, and the password may be its credential
/// `smtp-password`. Without a table, mails are written as files into `../var/mail`.
#[must_use]
pub fn read_settings(
    table: Option<Table<'_>>,
    base: &Path,
    state_directory: Option<&Path>,
    credentials: Credentials<'_>,
) -> Settings {
    let in_state = state_directory.map(|dir| dir.join("mail"));
    let mut settings = Settings::to_dir(
        in_state
            .clone()
            .unwrap_or_else(|| beside(base, "../var/mail")),
    );
    let Some(mut table) = table else {
        return settings;
    };
    if let Some(from) = table.required("from", "\"Canh tin <canhtin@example.vn>\"") {
        match parse_address(&from.value) {
            Some((name, address)) => settings.from = Mailbox::new(name, address),
            None => table.error(
                from.span,
                Message::new("alert-bad-address").with("address", &from.value),
                Message::new("alert-bad-address-mend"),
            ),
        }
    }
    settings.answers = imap_settings::read_answers(&mut table, base, credentials);
    let way = table.required("transport", "\"smtp\"");
    let dir = table.string("dir");
    let has_smtp = table.has("smtp");
    let used = way.as_ref().is_none_or(|way| way.value != "dir");
    let smtp = table
        .table("smtp")
        .and_then(|smtp| read_smtp(smtp, used, base, credentials));
    match way
        .as_ref()
        .map(|way| (way.value.as_str(), way.span.clone()))
    {
        Some(("dir", _)) => match (in_state, dir) {
            (Some(dir), _) => settings.delivery = Delivery::Dir(dir),
            (None, Some(dir)) => settings.delivery = Delivery::Dir(beside(base, dir.value)),
            (None, None) => table.missing("dir", "\"../var/mail\""),
        },
        Some(("smtp", span)) => match smtp {
            Some(smtp) => settings.delivery = Delivery::Smtp(smtp),
            // What is wrong inside the table was told there.
            None if has_smtp => {}
            None => table.error(
                span,
                Message::new("mail-no-smtp"),
                Message::new("mail-no-smtp-mend"),
            ),
        },
        Some((other, span)) => table.error(
            span,
            Message::new("problem-bad-value")
                .with("key", "transport")
                .with("value", other),
            Message::new("problem-bad-value-mend").with("wanted", "smtp | dir"),
        ),
        None => {}
    }
    table.finish();
    settings
}

/// A table that is not `used` may lack its password: it waits for the day when it is.
fn read_smtp(
    mut table: Table<'_>,
    used: bool,
    base: &Path,
    credentials: Credentials<'_>,
) -> Option<SmtpSettings> {
    let host = table.required("host", "\"mail.example.vn\"");
    let tls = table.parsed::<Tls>("tls", Tls::WANTED);
    let port = table.integer("port", 1..=65_535);
    if let (Some(host), Some(tls)) = (&host, &tls)
        && tls.value == Tls::None
        && !is_loopback(&host.value)
    {
        table.error(
            tls.span.clone(),
            Message::new("mail-clear-text").with("host", &host.value),
            Message::new("mail-clear-text-mend"),
        );
    }
    let authority = read_authority(&mut table, base);
    let login = read_login(&mut table, used, base, credentials, CREDENTIAL);
    table.finish();
    let tls = tls.map_or(Tls::Starttls, |tls| tls.value);
    Some(SmtpSettings {
        host: host?.value,
        port: port
            .and_then(|port| u16::try_from(port.value).ok())
            .unwrap_or_else(|| tls.port()),
        tls,
        authority,
        login,
    })
}

/// State networks have authorities of their own, which no system knows.
pub(super) fn read_authority(table: &mut Table<'_>, base: &Path) -> Option<Vec<u8>> {
    let file = table.string("ca_file")?;
    let path = beside(base, &file.value);
    let why = match std::fs::read(&path) {
        Ok(pem) if has_certificate(&pem) => return Some(pem),
        Ok(_) => "PEM".to_owned(),
        Err(error) => error.to_string(),
    };
    table.error(
        file.span,
        Message::new("mail-ca-file")
            .with("path", path.display())
            .with("error", why),
        Message::new("mail-ca-file-mend"),
    );
    None
}

/// Without one, a mistaken file would be taken for an authority of nobody.
fn has_certificate(pem: &[u8]) -> bool {
    const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";
    pem.windows(BEGIN.len()).any(|window| window == BEGIN) && Certificate::from_pem(pem).is_ok()
}

pub(super) fn read_login(
    table: &mut Table<'_>,
    used: bool,
    base: &Path,
    credentials: Credentials<'_>,
    name: &'static str,
) -> Option<(String, SecretString)> {
    if table.has("password")
        && let Some(inline) = table.string("password")
    {
        // Without a span, so that no report shows the line with the password in it.
        let file = table.file();
        let what =
            Message::new("mail-inline-password").count("line", file.position(inline.span.start).0);
        table.problems().push(Problem {
            level: Level::Error,
            file: Arc::clone(file),
            span: None,
            what,
            mend: Some(Message::new("mail-inline-password-mend")),
        });
    }
    let file = table.string("password_file");
    let user = table.string("username").filter(|_| used)?;
    let file = match (file, credentials.folder) {
        (Some(file), _) => file.map(|path| beside(base, path)),
        (None, Some(folder)) => Spanned {
            value: folder.join(name),
            span: user.span.clone(),
        },
        (None, None) => {
            no_password(table, user.span, credentials.dispensable, name);
            return None;
        }
    };
    match std::fs::read_to_string(&file.value) {
        Ok(secret) if !secret.trim_end_matches(['\r', '\n']).is_empty() => {
            let secret = SecretString::from(secret.trim_end_matches(['\r', '\n']));
            Some((user.value, secret))
        }
        other => {
            let why = other
                .err()
                .map_or_else(|| "0 B".to_owned(), |error| error.to_string());
            table.error(
                file.span,
                Message::new("mail-password-file")
                    .with("path", file.value.display())
                    .with("error", why),
                Message::new("mail-password-file-mend"),
            );
            None
        }
    }
}

/// Someone at the keyboard cannot see what only the service is handed.
fn no_password(table: &Table<'_>, span: Range<usize>, dispensable: bool, name: &'static str) {
    if dispensable {
        let what = Message::new("mail-password-unseen").with("credential", name);
        let mend = Message::new("mail-password-unseen-mend").with("credential", name);
        let problem = Problem::warning(table.file(), span, what).mend(mend);
        table.problems().push(problem);
    } else {
        table.error(
            span,
            Message::new("mail-no-password"),
            Message::new("mail-no-password-mend").with("credential", name),
        );
    }
}

pub(super) fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host
            .trim_matches(['[', ']'])
            .parse::<IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}
