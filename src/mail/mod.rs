//! Alerts → Mail: what an officer reads, and how it leaves the house.
//!
//! Composing is pure: the same bundle gives the same bytes, so a retry sends the very mail that
//! may have arrived already.

mod answer;
mod bounded;
mod caught;
mod compose;
mod digest;
mod dir;
mod followup;
mod imap;
mod imap_settings;
mod letter;
mod link;
mod notice;
mod plan;
mod report;
mod settings;
mod smtp;
mod transport;
mod trial;
mod weekly;
mod words;

use jiff::tz::TimeZone;

use crate::message::Lang;

pub use answer::{Answer, AnswerKey};
pub use compose::{
    ComposeError, Composed, MAX_MAIL, compose, compose_content, compose_report, test_mail,
};
pub use imap::{ImapError, Incoming, Mailbox, Passed};
pub use imap_settings::ImapSettings;
pub use settings::{Answers, Credentials, Delivery, Settings, SmtpSettings, Tls, read_settings};
pub use smtp::Patience;
pub use transport::{Class, Reply, SendError, Transport, TransportError};

/// Whose mail it is.
#[derive(Debug, Clone)]
pub struct Office {
    /// Its name, at the foot of each mail.
    pub name: String,
    /// The zone in which mails tell the time.
    pub tz: TimeZone,
    /// The language of its officers.
    pub lang: Lang,
}

#[cfg(test)]
mod tests;
