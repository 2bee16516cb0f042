//! A body, read piece by piece against its limit.

use reqwest::Response;
use reqwest::header::{self, HeaderMap, HeaderName};
use url::Url;

use super::budget::{Budget, Share};
use super::decode::{self, Decoder, Undecodable};
use super::{Failure, FailureClass, Fetched, Validators, failure, freshness};

/// How much of a body is wanted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limit {
    /// Decoded bytes.
    pub(super) max: usize,
    /// Whether the beginning of a longer body will do.
    pub(super) cut: bool,
}

/// Reads a body; its bytes are counted on the wire, in every layer of its codings and as they come
/// out, so that a bomb stops at the limit as well.
pub(super) async fn read(
    mut response: Response,
    url: &Url,
    limit: Limit,
    budget: &Budget,
) -> Result<Fetched, Failure> {
    let Limit { max, cut } = limit;
    let headers = response.headers();
    let validators = Validators {
        etag: text(headers, header::ETAG),
        last_modified: text(headers, header::LAST_MODIFIED),
    };
    let content_type = text(headers, header::CONTENT_TYPE);
    let fresh_for = freshness::fresh_for(headers);
    let mut decoder = decoder(headers, max)?;
    let announced = response.content_length().unwrap_or(0);
    if announced > max as u64 && !cut {
        return Err(too_big(max));
    }
    let mut share = Share::default();
    let body = loop {
        let next = response.chunk().await;
        let Some(chunk) = next.map_err(|error| failure::of(&error))? else {
            break decoder.finish();
        };
        let pushed = decoder.push(&chunk);
        // What is packed stands in a decoder's window, too.
        let takes = decoder.len() * if decoder.is_packed() { 2 } else { 1 };
        budget.grow(&mut share, takes).await?;
        match pushed {
            Err(Undecodable::Full) if cut => break Ok(decoder.begun()),
            Err(why) => break Err(why),
            Ok(()) => {}
        }
    };
    let mut body = body.map_err(|why| match why {
        Undecodable::Full => too_big(max),
        Undecodable::Broken(error) => {
            Failure::new(FailureClass::Unreadable, failure::chain(&error))
        }
    })?;
    body.shrink_to_fit();
    share.shrink_to(body.len());
    Ok(Fetched {
        url: url.clone(),
        content_type,
        body,
        validators,
        moved_to: None,
        fresh_for,
        share,
    })
}

fn too_big(max: usize) -> Failure {
    Failure::new(FailureClass::TooBig, format!("more than {max} bytes"))
}

fn decoder(headers: &HeaderMap, max: usize) -> Result<Decoder, Failure> {
    let values = headers.get_all(header::CONTENT_ENCODING).iter();
    let written: Vec<_> = values
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .collect();
    let codings = decode::codings(&written.join(","));
    let unreadable = |why: String| Failure::new(FailureClass::Unreadable, why);
    let decoder = Decoder::new(&codings.map_err(unreadable)?, max);
    decoder.map_err(|error| unreadable(error.to_string()))
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}
