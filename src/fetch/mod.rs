//! Source → Fetched: one polite, bounded, guarded request. A fetch that fails is an outcome
//! with a class, never an error that ends anything.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

/// What a server told us to send back next time (RFC 9110 §8.8, §13).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Validators {
    /// `ETag`, exactly as received.
    pub etag: Option<String>,
    /// `Last-Modified`, exactly as received.
    pub last_modified: Option<String>,
}

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
}

/// How a fetch ended.
#[derive(Debug)]
pub enum Outcome {
    /// A new body.
    Fetched(Box<Fetched>),
    /// 304: nothing new.
    NotModified,
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
    /// `Retry-After`, as a duration from now, at most 24 h.
    pub retry_after: Option<Duration>,
}

/// Classes of failed fetches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureClass {
    /// The name does not resolve.
    Dns,
    /// No TCP connection.
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
    /// The guard refused: a non-global address, a scheme other than http(s), too many hops.
    Refused,
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
            Self::Refused => "refused",
        })
    }
}
