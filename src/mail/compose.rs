//! A bundle → the bytes of a mail (RFC 5322, MIME).

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use lettre::Address;
use lettre::address::Envelope;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MessageBuilder, MultiPart, SinglePart};

use super::Office;
use super::digest::{self, Digest, is_digest};
use super::followup::{self, FollowUp, is_follow_up};
use super::letter::Letter;
use super::plan::Plan;
use super::report::{self, ReportLetter};
use super::settings::{Settings, ascii_address};
use super::trial::Trial;
use super::words::subject;
use crate::alert::{Bundle, Content, Report, one_line, parse_address};
use crate::message::say;

/// Bytes of a mail: Gmail hides what lies beyond 102 KB.
pub const MAX_MAIL: usize = 100_000;

/// Characters of a subject.
const MAX_SUBJECT: usize = 180;
/// Message-IDs in `References`: the thread's first and the latest ones (RFC 5322 §3.6.4 lets
/// long lists be cut).
const MAX_REFERENCES: usize = 20;

/// A mail, ready to be sent as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composed {
    /// For lists and logs.
    pub subject: String,
    /// The mail's bytes, ASCII, lines ending in CRLF, below [`MAX_MAIL`].
    pub raw: Vec<u8>,
}

/// Why no mail can be made.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// Nothing to tell.
    #[error("there is nothing to tell")]
    Empty,
    /// No address that mail could go to.
    #[error("no usable address")]
    NoRecipient,
    /// The headers do not make a mail.
    #[error("headers: {0}")]
    Headers(#[from] lettre::error::Error),
    /// The template failed.
    #[error("template: {0}")]
    Template(#[from] askama::Error),
}

/// Composes the mail of a bundle. Pure: the same bundle gives the same bytes.
///
/// # Errors
/// When the bundle is empty or none of its addresses is one.
pub fn compose(
    bundle: &Bundle,
    office: &Office,
    settings: &Settings,
) -> Result<Composed, ComposeError> {
    if bundle.alerts.is_empty() {
        return Err(ComposeError::Empty);
    }
    let several = is_digest(bundle);
    let follows = !several && is_follow_up(bundle);
    let subject = match (several, follows) {
        (true, _) => digest::subject(bundle, office.lang),
        (_, true) => followup::subject(bundle, office),
        (false, false) => subject(bundle, office.lang),
    };
    let subject = one_line(&subject, MAX_SUBJECT);
    let envelope = Headers {
        to: &bundle.to,
        subject: &subject,
        message_id: &bundle.message_id,
        references: &bundle.references,
        date: bundle.closed,
    };
    if follows {
        let letter = FollowUp::new(bundle, office).with_answers(bundle, office, settings);
        let (text, html) = (letter.text()?, letter.html()?);
        let raw = assemble(&envelope, office, settings, &text, &html)?;
        return Ok(Composed { subject, raw });
    }
    if several {
        let mut plan = digest::Plan::default();
        loop {
            let letter = Digest::new(bundle, office, settings, &plan);
            let (text, html) = (letter.text()?, letter.html()?);
            let raw = assemble(&envelope, office, settings, &text, &html)?;
            if raw.len() <= MAX_MAIL || !plan.shrink() {
                return Ok(Composed { subject, raw });
            }
        }
    }
    let mut plan = Plan::default();
    loop {
        let letter = Letter::new(bundle, office, &plan).with_answers(bundle, office, settings);
        let raw = assemble(
            &envelope,
            office,
            settings,
            &letter.text()?,
            &letter.html()?,
        )?;
        if raw.len() <= MAX_MAIL || !plan.shrink() {
            return Ok(Composed { subject, raw });
        }
    }
}

/// Composes the mail of notices. Pure: the same report gives the same bytes.
///
/// # Errors
/// When the report is empty or none of its addresses is one.
pub fn compose_report(
    report: &Report,
    office: &Office,
    settings: &Settings,
) -> Result<Composed, ComposeError> {
    if report.notices.is_empty() {
        return Err(ComposeError::Empty);
    }
    let subject = one_line(&report::subject(report, office), MAX_SUBJECT);
    let headers = Headers {
        to: &report.to,
        subject: &subject,
        message_id: &report.message_id,
        references: &report.references,
        date: report.closed,
    };
    let mut shown = report::most_sections(report);
    loop {
        let letter = ReportLetter::new(report, office, shown);
        let raw = assemble(&headers, office, settings, &letter.text()?, &letter.html()?)?;
        if raw.len() <= MAX_MAIL || shown == 0 {
            return Ok(Composed { subject, raw });
        }
        shown = shown * 2 / 3;
    }
}

/// Composes whatever a mail is made of.
///
/// # Errors
/// As [`compose`] and [`compose_report`].
pub fn compose_content(
    content: &Content,
    office: &Office,
    settings: &Settings,
) -> Result<Composed, ComposeError> {
    match content {
        Content::Alerts(bundle) => compose(bundle, office, settings),
        Content::Notices(report) => compose_report(report, office, settings),
    }
}

/// A mail that shows that mails arrive, for `mail test`.
///
/// # Errors
/// When `address` is no mail address.
pub fn test_mail(
    address: &str,
    office: &Office,
    settings: &Settings,
    now: Timestamp,
) -> Result<(String, Composed), ComposeError> {
    let trial = Trial::new(office, now);
    let subject = say(office.lang, "mail-trial-subject");
    let digest = blake3::hash(format!("{address} {now}").as_bytes());
    let message_id = format!("trial.{}@{}", &digest.to_hex()[..24], settings.domain());
    let headers = Headers {
        to: &[address.to_owned()],
        subject: &subject,
        message_id: &message_id,
        references: &[],
        date: now,
    };
    let raw = assemble(&headers, office, settings, &trial.text(), &trial.html()?)?;
    Ok((message_id, Composed { subject, raw }))
}

struct Headers<'a> {
    to: &'a [String],
    subject: &'a str,
    message_id: &'a str,
    references: &'a [String],
    date: Timestamp,
}

fn assemble(
    headers: &Headers<'_>,
    office: &Office,
    settings: &Settings,
    text: &str,
    html: &str,
) -> Result<Vec<u8>, ComposeError> {
    let recipients: Vec<(Option<String>, Address)> = headers
        .to
        .iter()
        .filter_map(|to| parse_address(to))
        .collect();
    let Some((_, first)) = recipients.first() else {
        return Err(ComposeError::NoRecipient);
    };
    // Unused, since each delivery has its own envelope; without one the builder makes its own.
    let envelope = Envelope::new(Some(settings.from.email.clone()), vec![first.clone()])?;
    let mut builder = MessageBuilder::new()
        .envelope(envelope)
        .date(date(headers.date))
        .from(ascii_mailbox(settings.from.clone()));
    for (name, address) in recipients {
        builder = builder.to(ascii_mailbox(Mailbox::new(name, address)));
    }
    builder = builder
        .subject(headers.subject)
        .message_id(Some(format!("<{}>", headers.message_id)));
    if let Some(last) = headers.references.last() {
        let skip = headers
            .references
            .len()
            .saturating_sub(MAX_REFERENCES - 1)
            .max(1);
        let chain: Vec<String> = headers.references[..1]
            .iter()
            .chain(headers.references.iter().skip(skip))
            .map(|id| format!("<{id}>"))
            .collect();
        builder = builder
            .in_reply_to(format!("<{last}>"))
            .references(chain.join(" "));
    }
    // RFC 3834: so that no holiday reply comes back; RFC 2919: so that filters can sort it.
    let list = format!("Canh tin <canhtin.{}>", settings.domain());
    builder = builder
        .raw_header(header("Auto-Submitted", "auto-generated"))
        .raw_header(header("List-Id", &list))
        .raw_header(header("Content-Language", &office.lang.to_string()));
    let boundary = blake3::hash(headers.message_id.as_bytes()).to_hex();
    let parts = MultiPart::alternative()
        .boundary(format!("=_{}", &boundary[..32]))
        .singlepart(part(ContentType::TEXT_PLAIN, text))
        .singlepart(part(ContentType::TEXT_HTML, html));
    Ok(builder.multipart(parts)?.formatted())
}

fn part(kind: ContentType, body: &str) -> SinglePart {
    SinglePart::builder()
        .header(kind)
        .header(ContentTransferEncoding::QuotedPrintable)
        .body(body.to_owned())
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// The time for `Date`; a clock before 1970 or after 9999 has no place in that header.
fn date(at: Timestamp) -> SystemTime {
    const LAST: u64 = 253_402_300_799;
    let seconds = u64::try_from(at.as_second()).unwrap_or(0).min(LAST);
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

fn ascii_mailbox(mailbox: Mailbox) -> Mailbox {
    Mailbox {
        email: ascii_address(&mailbox.email),
        ..mailbox
    }
}

/// The HTML of a mail that was composed here.
pub(super) fn html_part(raw: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(raw).ok()?;
    let at = text.find("\r\nContent-Type: text/html")?;
    let (_, body) = text[at..].split_once("\r\n\r\n")?;
    let end = body.rfind("\r\n--=_")?;
    let decoded =
        quoted_printable::decode(&body[..end], quoted_printable::ParseMode::Robust).ok()?;
    String::from_utf8(decoded).ok()
}
