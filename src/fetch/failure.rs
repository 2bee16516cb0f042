//! What went wrong, by class.

use std::error::Error;
use std::time::Duration;

use reqwest::header::{self, HeaderMap};
use url::Url;

use super::lookup::LeftAlone;
use super::{Failure, FailureClass, Heard, Refusal};

/// A server may ask for this much patience, not more.
const LONGEST_PAUSE: Duration = Duration::from_secs(24 * 60 * 60);
/// One line for operators is no longer than this, in characters.
const LONGEST_DETAIL: usize = 300;
/// What the C library says of `EAI_NONAME` and `EAI_NODATA` (RFC 3493 §6.1): glibc, then musl.
/// All else is a resolver that does not answer, or answers with a fault of its own.
const NO_SUCH_NAME: [&str; 4] = [
    "Name or service not known",
    "No address associated with hostname",
    "Name does not resolve",
    "Name has no usable address",
];

impl Failure {
    /// A failure that names no pause, of this very attempt.
    #[must_use]
    pub fn new(class: FailureClass, detail: impl Into<String>) -> Self {
        Self {
            class,
            detail: one_line(&detail.into()),
            retry_after: None,
            heard: heard(class),
        }
    }

    /// The same where the host was not asked, since it failed so a moment ago.
    #[must_use]
    pub(super) fn remembered(self) -> Self {
        Self {
            heard: Heard::Nothing,
            ..self
        }
    }

    /// Whether a server answered with this status.
    pub(super) fn has_status(&self, code: u16) -> bool {
        self.detail == format!("HTTP {code}")
    }

    /// Whether the page is gone for good, as far as anybody can tell: 404, 410, or a name of which
    /// a name server said that it does not exist.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        match self.class {
            FailureClass::Http4xx => self.has_status(404) || self.has_status(410),
            FailureClass::Dns => NO_SUCH_NAME.iter().any(|said| self.detail.contains(said)),
            _ => false,
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::new(FailureClass::Refused, refusal.to_string())
    }
}

/// What a failure of this class says of the host that was asked.
fn heard(class: FailureClass) -> Heard {
    use FailureClass::{
        Busy, Closed, Connect, Dns, Http4xx, Http5xx, Refused, Robots, Timeout, Tls, TooBig,
        Unreadable,
    };
    match class {
        Http4xx | Http5xx | TooBig | Unreadable | Closed | Busy => Heard::Answer,
        Dns | Connect | Timeout => Heard::Silence,
        Tls | Robots | Refused => Heard::Nothing,
    }
}

/// What a server wrote may hold anything; an operator's terminal and journal get plain text.
fn one_line(text: &str) -> String {
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    plain.take(LONGEST_DETAIL).collect()
}

/// An error with its causes, each said once.
pub(super) fn chain(error: &dyn Error) -> String {
    let mut said = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let more = cause.to_string();
        if !said.contains(&more) {
            said.push_str(": ");
            said.push_str(&more);
        }
        next = cause.source();
    }
    said
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error: &&'a (dyn Error + 'static)| {
        (*error).source()
    })
}

/// Whether a cause is a TLS error. It comes wrapped in `io::Error`s, whose `source` passes over
/// the error they hold, so that one is looked into too.
fn is_tls(error: &(dyn Error + 'static)) -> bool {
    causes(error).any(|cause| {
        let inner = cause
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        cause.is::<rustls::Error>() || inner.is_some_and(|inner| is_tls(inner))
    })
}

/// Whether a body ended too early: the decoder sits on the connection, so that a cut is
/// reported as something that cannot be decoded.
fn broke_off(error: &(dyn Error + 'static)) -> bool {
    causes(error)
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|io| {
            io.kind() != std::io::ErrorKind::InvalidData && io.kind() != std::io::ErrorKind::Other
        })
}

/// The class of a request that brought no answer.
pub(super) fn of(error: &reqwest::Error) -> Failure {
    if let Some(refusal) = causes(error).find_map(|cause| cause.downcast_ref::<Refusal>()) {
        return refusal.clone().into();
    }
    if let Some(pause) = causes(error).find_map(|cause| cause.downcast_ref::<LeftAlone>()) {
        return Failure::new(FailureClass::Dns, pause.to_string()).remembered();
    }
    let class = if error.is_timeout() {
        FailureClass::Timeout
    } else if error.is_dns() {
        FailureClass::Dns
    } else if is_tls(error) {
        FailureClass::Tls
    } else if error.is_decode() && !broke_off(error) {
        FailureClass::Unreadable
    } else {
        FailureClass::Connect
    };
    // The URL is known to whoever reads this.
    Failure::new(
        class,
        causes(error)
            .skip(1)
            .last()
            .map_or_else(|| chain(error), chain),
    )
}

/// The class of an answer that is neither a body nor a redirect.
pub(super) fn status(code: u16, headers: &HeaderMap) -> Failure {
    let class = match code {
        400..=499 => FailureClass::Http4xx,
        500..=599 => FailureClass::Http5xx,
        _ => FailureClass::Unreadable,
    };
    Failure {
        retry_after: retry_after(headers),
        ..Failure::new(class, format!("HTTP {code}"))
    }
}

/// Where a redirect leads, without credentials and fragment.
pub(super) fn target(from: &Url, headers: &HeaderMap) -> Result<Url, Failure> {
    let unreadable = || Failure::new(FailureClass::Unreadable, "a redirect to nowhere");
    let location = headers.get(header::LOCATION).ok_or_else(unreadable)?;
    let location = String::from_utf8_lossy(location.as_bytes());
    let mut to = from.join(location.trim()).map_err(|_| unreadable())?;
    to.set_fragment(None);
    // These two fail only for addresses that hold no host, which the guard refuses anyway.
    let _ = to.set_username("");
    let _ = to.set_password(None);
    Ok(to)
}

/// `Retry-After` (RFC 9110 §10.2.3): seconds, or a date, which is taken relative to the
/// server's own `Date`, so that neither clock need be right.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let pause = match value.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let then = http_date(value)?;
            let now = http_date(headers.get(header::DATE)?.to_str().ok()?)?;
            Duration::try_from(then.duration_since(now)).ok()?
        }
    };
    Some(pause.min(LONGEST_PAUSE))
}

/// A date as HTTP writes it (RFC 9110 §5.6.7).
pub(super) fn http_date(text: &str) -> Option<jiff::Timestamp> {
    jiff::fmt::rfc2822::DateTimeParser::new()
        .parse_timestamp(text.trim())
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_in_both_forms() {
        let date = "Mon, 23 Aug 2021 07:00:00 GMT";
        for (value, wanted) in [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("999999999", Some(86_400)),
            ("Mon, 23 Aug 2021 07:05:00 GMT", Some(300)),
            ("Tue, 24 Aug 2021 19:00:00 GMT", Some(86_400)),
            ("Mon, 23 Aug 2021 06:00:00 GMT", None),
            ("-5", None),
            ("soon", None),
        ] {
            let headers = HeaderMap::from_iter([
                (header::RETRY_AFTER, value.parse().unwrap()),
                (header::DATE, date.parse().unwrap()),
            ]);
            assert_eq!(
                retry_after(&headers),
                wanted.map(Duration::from_secs),
                "{value}"
            );
        }
    }

    #[test]
    fn a_name_is_gone_where_a_name_server_says_so() {
        let lookup = "failed to lookup address information";
        for (class, detail, gone) in [
            (FailureClass::Http4xx, "HTTP 404", true),
            (FailureClass::Http4xx, "HTTP 410", true),
            (FailureClass::Http4xx, "HTTP 403", false),
            (FailureClass::Dns, "Name or service not known", true),
            (
                FailureClass::Dns,
                "robots.txt: Name or service not known (asked again in 15 s)",
                true,
            ),
            (
                FailureClass::Dns,
                "No address associated with hostname",
                true,
            ),
            (
                FailureClass::Dns,
                "Temporary failure in name resolution",
                false,
            ),
            (
                FailureClass::Dns,
                "Non-recoverable failure in name resolution",
                false,
            ),
            (FailureClass::Dns, "the name server does not answer", false),
            (FailureClass::Dns, "the resolver went away", false),
            (
                FailureClass::Dns,
                "Resource temporarily unavailable (os error 11)",
                false,
            ),
            (FailureClass::Connect, "Name or service not known", false),
        ] {
            let failure = Failure::new(class, format!("{lookup}: {detail}"));
            let failure = match class {
                FailureClass::Dns => failure,
                _ => Failure::new(class, detail),
            };
            assert_eq!(failure.is_gone(), gone, "{class}: {detail}");
        }
    }

    #[test]
    fn details_are_one_plain_line() {
        let failure = Failure::new(FailureClass::Dns, "a\r\nb\u{1b}[2J".repeat(100));
        assert!(!failure.detail.contains(char::is_control));
        assert!(failure.detail.chars().count() <= LONGEST_DETAIL);
    }
}
