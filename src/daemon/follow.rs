//! The pages behind the items of a list: each is asked for when its item is new, and again at the
//! next readings where that may help.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use tracing::warn;
use url::Url;

use super::identity::Fresh;
use super::lanes::Lane;
use super::world::Snapshot;
use crate::extract;
use crate::fetch::{Accept, Failure, FailureClass, Outcome, Request};
use crate::source::Source;

/// So many pages are read before what they tell is recorded: at the pauses that hosts ask for, a
/// list of hundreds takes hours.
pub(super) const BATCH: usize = 20;
/// Then a page is given up until its item changes; what the list says of it was scanned.
const MOST_TRIES: u8 = 6;
/// Of so many pages in vain is it known that they were asked for.
const MOST_KNOWN: usize = 10_000;

/// How often pages were asked for in vain. A restart forgets it: they are tried anew.
#[derive(Debug, Default)]
pub struct Tries(Mutex<HashMap<(Arc<str>, String), u8>>);

impl Tries {
    fn of(&self, source: &Source, item: &str) -> u8 {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (Arc::clone(&source.id), item.to_owned());
        known.get(&key).copied().unwrap_or_default()
    }

    /// Counts one more; whether it was the last.
    fn failed(&self, source: &Source, item: &str) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        let key = (Arc::clone(&source.id), item.to_owned());
        let tries = known.entry(key.clone()).or_default();
        *tries += 1;
        let last = *tries >= MOST_TRIES;
        if last {
            known.remove(&key);
        }
        last
    }

    fn succeeded(&self, source: &Source, item: &str) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.remove(&(Arc::clone(&source.id), item.to_owned()));
    }
}

/// Follows the items of one reading.
pub(super) struct Follower<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) source: &'a Arc<Source>,
    pub(super) tries: &'a Tries,
    pub(super) now: Timestamp,
    /// Hosts that answer nobody at the moment.
    silent: HashSet<String>,
}

impl<'a> Follower<'a> {
    pub(super) fn new(
        snapshot: &'a Snapshot,
        source: &'a Arc<Source>,
        tries: &'a Tries,
        now: Timestamp,
    ) -> Self {
        Self {
            snapshot,
            source,
            tries,
            now,
            silent: HashSet::new(),
        }
    }

    /// The items in batches, those that were asked for in vain last: a page that never answers
    /// holds up no other one for good.
    pub(super) fn batches(&self, mut fresh: Vec<Fresh>) -> Vec<Vec<Fresh>> {
        if !self.source.follow {
            return vec![fresh];
        }
        for item in &mut fresh {
            item.again = self.tries.of(self.source, &item.listed.id) > 0;
        }
        fresh.sort_by_key(|item| self.tries.of(self.source, &item.listed.id));
        let mut fresh = fresh.into_iter();
        let mut batches = Vec::new();
        loop {
            let batch: Vec<Fresh> = fresh.by_ref().take(BATCH).collect();
            if batch.is_empty() && !batches.is_empty() {
                return batches;
            }
            batches.push(batch);
        }
    }

    /// Takes the main text of each item's page, where the source wants that.
    pub(super) async fn follow(&mut self, lane: &mut Lane<'_>, batch: &mut [Fresh]) {
        if !self.source.follow {
            return;
        }
        for item in batch {
            let url = item.listed.url.as_deref().map(str::parse::<Url>);
            let Some(Ok(url)) = url else { continue };
            let host = url.host_str().unwrap_or_default();
            if self.silent.contains(host) {
                item.settled = false;
                continue;
            }
            match self.read(lane, item, &url).await {
                Ok(()) => self.tries.succeeded(self.source, &item.listed.id),
                Err(failure) => {
                    let Failure { class, detail, .. } = &failure;
                    warn!(source = %self.source.id, %class, detail, "{url}: {class}: {detail}");
                    item.settled =
                        is_lasting(&failure) || self.tries.failed(self.source, &item.listed.id);
                    if is_of_host(&failure) {
                        self.silent.insert(host.to_owned());
                    }
                }
            }
        }
    }

    async fn read(&self, lane: &mut Lane<'_>, item: &mut Fresh, url: &Url) -> Result<(), Failure> {
        let request = Request::new(url, Accept::Page);
        let fetched = match self.snapshot.fetcher.fetch(request).await {
            Outcome::Fetched(fetched) => fetched,
            Outcome::NotModified { .. } => return Ok(()),
            Outcome::Failed(failure) => return Err(failure),
        };
        let (source, listed) = (Arc::clone(self.source), item.listed.clone());
        let limits = self.snapshot.limits().at(self.now);
        let size = fetched.body.len();
        let read = move || extract::article(&source, &fetched, &listed, &limits);
        match lane.run(size, read).await {
            Ok(article) => item.document = article,
            // Its list entry is scanned; the page would be as unreadable next time.
            Err(failure) => warn!(%url, "{url}: {}", failure.detail),
        }
        Ok(())
    }
}

/// Whether the page will be as absent at the next look. A server that is asked too much, wants a
/// browser or breaks off in the middle may think better of it.
fn is_lasting(failure: &Failure) -> bool {
    use FailureClass::{
        Busy, Closed, Connect, Dns, Http4xx, Http5xx, Refused, Robots, Timeout, Tls, TooBig,
        Unreadable,
    };
    match failure.class {
        Http4xx => ["HTTP 404", "HTTP 410", "HTTP 451"].contains(&failure.detail.as_str()),
        Robots | TooBig | Closed | Refused => true,
        Dns | Connect | Tls | Timeout | Http5xx | Busy | Unreadable => false,
    }
}

/// Whether the host's other pages would fare no better now.
fn is_of_host(failure: &Failure) -> bool {
    use FailureClass::{Connect, Dns, Timeout, Tls};
    failure.retry_after.is_some()
        || matches!(failure.class, Dns | Connect | Tls | Timeout)
        || ["HTTP 429", "HTTP 503"].contains(&failure.detail.as_str())
}
