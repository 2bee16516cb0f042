//! `answers` of `[mail]`, and `[mail.imap]`: where readers answer to, and where their answers are
//! looked for.

use std::path::Path;
use std::time::Duration;

use secrecy::SecretString;

use super::settings::{Answers, Credentials, Tls, is_loopback, read_authority, read_login};
use crate::alert::parse_address;
use crate::message::Message;
use crate::problem::toml::Table;

/// The mailbox with the answers.
#[derive(Debug, Clone)]
pub struct ImapSettings {
    /// Its server's name, against which the certificate is checked.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is kept secret.
    pub tls: Tls,
    /// Certificates of an authority of the office's own (PEM), trusted besides the system's.
    pub authority: Option<Vec<u8>>,
    /// Who logs in.
    pub username: String,
    /// With which password.
    pub password: SecretString,
    /// How often answers are looked for.
    pub every: Duration,
}

/// How often answers are looked for where `every` does not say.
const EVERY: Duration = Duration::from_secs(5 * 60);

/// A mailbox is not asked more often.
const LEAST: Duration = Duration::from_secs(10);

/// The name of the systemd credential that holds the password.
const CREDENTIAL: &str = "imap-password";

/// Takes `answers` and `imap` of `[mail]`.
pub(super) fn read_answers(
    table: &mut Table<'_>,
    base: &Path,
    credentials: Credentials<'_>,
) -> Option<Answers> {
    let address = table.string("answers");
    let imap = table.table("imap");
    let imap_span = imap.as_ref().map(Table::span);
    let mailbox = imap.and_then(|imap| read_imap(imap, base, credentials));
    let Some(address) = address else {
        if let Some(span) = imap_span {
            table.error(
                span,
                Message::new("mail-imap-answers"),
                Message::new("mail-imap-answers-mend"),
            );
        }
        return None;
    };
    let Some((_, parsed)) = parse_address(&address.value) else {
        table.error(
            address.span,
            Message::new("alert-bad-address").with("address", &address.value),
            Message::new("alert-bad-address-mend"),
        );
        return None;
    };
    Some(Answers {
        address: parsed,
        key: None,
        mailbox,
    })
}

fn read_imap(
    mut table: Table<'_>,
    base: &Path,
    credentials: Credentials<'_>,
) -> Option<ImapSettings> {
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
    let every = table.duration("every");
    if !table.has("username") {
        table.error(
            table.span(),
            Message::new("mail-imap-login"),
            Message::new("mail-imap-login-mend"),
        );
    }
    let login = read_login(&mut table, true, base, credentials, CREDENTIAL);
    table.finish();
    let (username, password) = login?;
    let tls = tls.map_or(Tls::Implicit, |tls| tls.value);
    Some(ImapSettings {
        host: host?.value.trim_matches(['[', ']']).to_owned(),
        port: port
            .and_then(|port| u16::try_from(port.value).ok())
            // RFC 8314 §3.2; RFC 9051 §2.1.
            .unwrap_or(if tls == Tls::Implicit { 993 } else { 143 }),
        tls,
        authority,
        username,
        password,
        every: every.map_or(EVERY, |every| every.value).max(LEAST),
    })
}
