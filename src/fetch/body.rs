//! A body, read piece by piece against its limit.

use reqwest::Response;
use reqwest::header::{self, HeaderMap, HeaderName};
use url::Url;

use super::budget::{Budget, Share};
use super::{Failure, FailureClass, Fetched, Validators, failure, freshness};

/// How much of a body is wanted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limit {
    /// Decoded bytes.
    pub(super) max: usize,
    /// Whether the beginning of a longer body will do.
    pub(super) cut: bool,
}

/// Reads a body; what is counted is what comes out of the decoder, so that a bomb stops at the
/// limit as well.
pub(super) async fn read(
    mut response: Response,
    url: &Url,
    limit: Limit,
    budget: &Budget,
) -> Result<Fetched, Failure> {
    let headers = response.headers();
    // The one coding that was undone is taken out of the headers. What is left is a coding that
    // was not offered, or one in another: nobody honest sends them.
    if let Some(coding) = text(headers, header::CONTENT_ENCODING)
        && is_packed(&coding)
    {
        let detail = format!("the content coding `{coding}` was not asked for");
        return Err(Failure::new(FailureClass::Unreadable, detail));
    }
    let Limit { max, cut } = limit;
    let too_big = || Failure::new(FailureClass::TooBig, format!("more than {max} bytes"));
    let announced = response.content_length().unwrap_or(0);
    if announced > max as u64 && !cut {
        return Err(too_big());
    }
    let validators = Validators {
        etag: text(headers, header::ETAG),
        last_modified: text(headers, header::LAST_MODIFIED),
    };
    let content_type = text(headers, header::CONTENT_TYPE);
    let fresh_for = freshness::fresh_for(headers);
    let (mut body, mut share) = (Vec::new(), Share::default());
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| failure::of(&error))?
    {
        if body.len() + chunk.len() > max {
            if !cut {
                return Err(too_big());
            }
            body.extend_from_slice(&chunk[..max - body.len()]);
            break;
        }
        budget.grow(&mut share, body.len() + chunk.len()).await?;
        body.extend_from_slice(&chunk);
    }
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

/// Whether a coding packs the body (the registry of RFC 9110 §16.6.1); a charset that was put
/// into this header by mistake does not.
fn is_packed(coding: &str) -> bool {
    const PACKED: [&str; 7] = ["gzip", "deflate", "br", "zstd", "dcb", "dcz", "compress"];
    coding.split(',').any(|one| {
        let one = one.trim().to_ascii_lowercase();
        PACKED.contains(&one.trim_start_matches("x-"))
    })
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}
