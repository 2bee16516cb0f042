//! From one fetch to the items, where it takes more than one: the lists of a sitemap index, the
//! feed that a channel's page names.

use std::sync::Arc;

use tracing::warn;

use super::lanes::Lane;
use crate::extract::{self, Extracted, Limits};
use crate::fetch::{Failure, FailureClass, Fetched, Fetcher, Outcome, Request};
use crate::source::Source;

/// The request for a source's address, or for one that its body named.
#[must_use]
pub fn request<'a>(source: &'a Source, url: &'a url::Url) -> Request<'a> {
    let request = Request::new(url, source.kind.into());
    match &source.api {
        Some(api) => request.api(&api.headers),
        None => request,
    }
}

/// Extracts a body, and what the addresses hold that it names instead of items. Parsing runs on
/// blocking threads, in the pass's `lane` where there is one: it ignores the runtime's deadlines.
///
/// # Errors
/// Why the body cannot be read; where it names addresses, why none of them could be.
pub async fn extract(
    fetcher: &Fetcher,
    mut lane: Option<&mut Lane<'_>>,
    source: &Arc<Source>,
    limits: &Limits,
    fetched: Fetched,
) -> Result<Extracted, Failure> {
    let mut all = one(lane.as_deref_mut(), source, limits, fetched).await?;
    let mut failed = None;
    let (named, mut read) = (all.further.len(), 0);
    for url in all.further.clone() {
        let held = match fetcher.fetch(request(source, &url)).await {
            Outcome::Fetched(fetched) => one(lane.as_deref_mut(), source, limits, *fetched).await,
            Outcome::Failed(failure) => Err(failure),
            // Only a conditional request is answered so.
            Outcome::NotModified { .. } => continue,
        };
        match held {
            Ok(held) => {
                read += 1;
                all.absorb(held, limits);
            }
            Err(failure) => {
                let Failure { class, detail, .. } = &failure;
                warn!(source = %source.id, %class, detail, "{url}: {class}: {detail}");
                failed = Some(failure);
            }
        }
    }
    match failed {
        Some(failure) if named > 0 && read == 0 => Err(failure),
        _ => Ok(all),
    }
}

async fn one(
    lane: Option<&mut Lane<'_>>,
    source: &Arc<Source>,
    limits: &Limits,
    fetched: Fetched,
) -> Result<Extracted, Failure> {
    let (source, limits) = (Arc::clone(source), limits.clone());
    let size = fetched.body.len();
    let work = move || extract::extract(&source, &fetched, &limits);
    if let Some(lane) = lane {
        return lane.run(size, work).await;
    }
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(panic) => Err(Failure::new(FailureClass::Unreadable, panic.to_string())),
    }
}
