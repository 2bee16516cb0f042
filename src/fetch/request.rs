//! What is asked for, and how it is said.

use reqwest::header::{self, HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::source::Kind;

/// What a server told us to send back next time (RFC 9110 §8.8, §13).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Validators {
    /// `ETag`, exactly as received.
    pub etag: Option<String>,
    /// `Last-Modified`, exactly as received.
    pub last_modified: Option<String>,
}

/// What kind of body is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accept {
    /// RSS, Atom or JSON Feed.
    Feed,
    /// An HTML page.
    Page,
    /// The answer of an API.
    Json,
}

impl From<Kind> for Accept {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Feed
            | Kind::Sitemap
            | Kind::Youtube
            | Kind::Reddit
            | Kind::Mastodon
            | Kind::Forum => Self::Feed,
            Kind::Page | Kind::Article | Kind::Telegram => Self::Page,
            Kind::Json => Self::Json,
        }
    }
}

impl Accept {
    /// The `Accept` header (RFC 9110 §12.5.1).
    pub(super) fn header(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Feed => {
                "application/rss+xml, application/atom+xml, application/feed+json, \
                 application/rdf+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
            }
            Self::Page => "text/html, application/xhtml+xml;q=0.9, */*;q=0.5",
            Self::Json => "application/json, */*;q=0.5",
        })
    }
}

/// One request: what, and what is known of it.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The address.
    pub url: &'a Url,
    /// What the last answer told; `None` asks for the body in any case.
    pub validators: Option<&'a Validators>,
    /// The kind of body wanted.
    pub accept: Accept,
    /// Headers by which a documented API knows whom it serves; see [`Request::api`].
    pub credentials: Option<&'a HeaderMap>,
}

impl<'a> Request<'a> {
    /// A request for the body in any case.
    #[must_use]
    pub fn new(url: &'a Url, accept: Accept) -> Self {
        Self {
            url,
            validators: None,
            accept,
            credentials: None,
        }
    }

    /// Asks only for what changed since these validators.
    #[must_use]
    pub fn known(mut self, validators: Option<&'a Validators>) -> Self {
        self.validators = validators;
        self
    }

    /// The call of a documented API with the credentials it gave out: `robots.txt` is not asked,
    /// since RFC 9309 §1 is about crawlers and an API's terms say what may be called. The headers
    /// go to the origin of [`url`](Self::url) alone, never along with a redirect elsewhere.
    #[must_use]
    pub fn api(mut self, credentials: &'a HeaderMap) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// The headers for one hop.
    pub(super) fn headers(&self, hop: &Url) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, self.accept.header());
        if let Some(known) = self.validators {
            // Both are sent: RFC 9110 §13.2.2 lets the ETag decide where the server knows it.
            for (name, value) in [
                (header::IF_NONE_MATCH, &known.etag),
                (header::IF_MODIFIED_SINCE, &known.last_modified),
            ] {
                if let Some(value) = value.as_deref().and_then(|v| HeaderValue::from_str(v).ok()) {
                    headers.insert(name, value);
                }
            }
        }
        if let Some(credentials) = self.credentials
            && hop.origin() == self.url.origin()
        {
            for (name, value) in credentials {
                let mut value = value.clone();
                value.set_sensitive(true);
                headers.insert(name.clone(), value);
            }
        }
        headers
    }

    /// Whether the answer 304 was asked for.
    pub(super) fn is_conditional(&self) -> bool {
        self.validators
            .is_some_and(|known| *known != Validators::default())
    }
}
