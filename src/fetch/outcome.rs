//! How a fetch ended.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use super::Validators;
use super::budget::Share;
use crate::message::Message;

/// A body that arrived whole, within its limits.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// The address after redirects.
    pub url: Url,
    /// The `Content-Type` header.
    pub content_type: Option<String>,
    /// Decoded bytes.
    pub body: Vec<u8>,
    /// For the next conditional request.
    pub validators: Validators,
    /// Where a chain of permanent redirects (301, 308) leads.
    pub moved_to: Option<Url>,
    /// How long the server says that the answer stays good.
    pub fresh_for: Option<Duration>,
    /// What the body takes of the memory for all bodies, until it is dropped.
    pub share: Share,
}

impl Fetched {
    /// A body that lies somewhere already, as from this address.
    #[must_use]
    pub fn saved(url: Url, content_type: Option<String>, body: Vec<u8>) -> Self {
        Self {
            url,
            content_type,
            body,
            validators: Validators::default(),
            moved_to: None,
            fresh_for: None,
            share: Share::default(),
        }
    }
}

/// How a fetch ended.
#[derive(Debug)]
pub enum Outcome {
    /// A new body.
    Fetched(Box<Fetched>),
    /// 304: nothing new.
    NotModified {
        /// Where a chain of permanent redirects (301, 308) leads.
        moved_to: Option<Url>,
    },
    /// No body, and why.
    Failed(Failure),
}

/// Why a fetch brought nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The class, by which the schedule backs off.
    pub class: FailureClass,
    /// One line for operators; holds no secret.
    pub detail: String,
    /// How long the host is to be left alone from now on, at most 24 h: its `Retry-After`, or
    /// our own back-off from a name that does not resolve.
    pub retry_after: Option<Duration>,
    /// What the attempt says of the host.
    #[serde(skip)]
    pub heard: Heard,
}

/// What a failed fetch says of the host: what was known before says nothing of it now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Heard {
    /// It answered.
    Answer,
    /// It was asked, and no answer came.
    Silence,
    /// It was not asked, or what answered may be another: an address refused, a page forbidden by
    /// `robots.txt`, a failure remembered, a certificate that is not the host's.
    #[default]
    Nothing,
}

/// Classes of failed fetches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureClass {
    /// The name does not resolve.
    Dns,
    /// No TCP connection, or it broke off.
    Connect,
    /// The TLS handshake or certificate failed.
    Tls,
    /// A deadline passed.
    Timeout,
    /// 4xx.
    Http4xx,
    /// 5xx.
    Http5xx,
    /// robots.txt says no.
    Robots,
    /// The decoded body passed its limit.
    TooBig,
    /// The body cannot be read as what it should be.
    Unreadable,
    /// It can be reached and shows nothing in public: a channel without a preview, a page that
    /// asks for a login.
    Closed,
    /// The guard refused: a non-global address, a scheme other than http(s), too many hops.
    Refused,
    /// It answered, and there was no room here for what it sent.
    Busy,
}

impl FailureClass {
    const ALL: [Self; 12] = [
        Self::Dns,
        Self::Connect,
        Self::Tls,
        Self::Timeout,
        Self::Http4xx,
        Self::Http5xx,
        Self::Robots,
        Self::TooBig,
        Self::Unreadable,
        Self::Closed,
        Self::Refused,
        Self::Busy,
    ];

    /// The class of this name, as [`Display`](fmt::Display) writes it.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|class| class.to_string() == name)
    }

    /// The class as people read it.
    #[must_use]
    pub fn what(self) -> Message {
        Message::new(match self {
            Self::Dns => "gathering-class-dns",
            Self::Connect => "gathering-class-connect",
            Self::Tls => "gathering-class-tls",
            Self::Timeout => "gathering-class-timeout",
            Self::Http4xx => "gathering-class-http-4xx",
            Self::Http5xx => "gathering-class-http-5xx",
            Self::Robots => "gathering-class-robots",
            Self::TooBig => "gathering-class-too-big",
            Self::Unreadable => "gathering-class-unreadable",
            Self::Closed => "gathering-class-closed",
            Self::Refused => "gathering-class-refused",
            Self::Busy => "gathering-class-busy",
        })
    }
}

impl fmt::Display for FailureClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dns => "dns",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Timeout => "timeout",
            Self::Http4xx => "http-4xx",
            Self::Http5xx => "http-5xx",
            Self::Robots => "robots",
            Self::TooBig => "too-big",
            Self::Unreadable => "unreadable",
            Self::Closed => "closed",
            Self::Refused => "refused",
            Self::Busy => "busy",
        })
    }
}
