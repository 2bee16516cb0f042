//! One request at a time per host, with a gap between the end of one and the start of the next.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::OwnedMutexGuard;
use tokio::time::Instant;
use url::Url;

use super::Failure;

/// Fewer idle hosts than this are not worth a search.
const KEEP: usize = 64;

/// The gates of all hosts that were asked a short while ago.
#[derive(Debug)]
pub(super) struct Gates {
    gap: Duration,
    hosts: Mutex<Hosts>,
}

#[derive(Debug)]
struct Hosts {
    gates: HashMap<String, Arc<tokio::sync::Mutex<State>>>,
    prune_at: usize,
}

#[derive(Debug, Default)]
struct State {
    ended: Option<Instant>,
    /// What the host's `robots.txt` asked for, where that is more than the usual gap.
    delay: Duration,
    closed: Option<(Instant, Failure)>,
}

impl State {
    fn idle(&self, gap: Duration, now: Instant) -> bool {
        self.ended
            .is_none_or(|ended| ended + gap.max(self.delay) <= now)
            && self.closed.as_ref().is_none_or(|(until, _)| *until <= now)
    }
}

/// The right to send one request to a host; the gap begins where it is dropped.
#[derive(Debug)]
pub(super) struct Turn(OwnedMutexGuard<State>);

impl Turn {
    /// The host asked to be left alone: until then every request fails as this one did.
    pub(super) fn close_for(&mut self, pause: Duration, failure: Failure) {
        self.0.closed = Some((Instant::now() + pause, failure));
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.ended = Some(Instant::now());
    }
}

impl Gates {
    pub(super) fn new(gap: Duration) -> Self {
        let hosts = Hosts {
            gates: HashMap::new(),
            prune_at: KEEP,
        };
        Self {
            gap,
            hosts: Mutex::new(hosts),
        }
    }

    /// Waits in line for the host, with a gap of `delay` at least; an error tells that the host
    /// asked for a longer pause.
    pub(super) async fn enter(&self, url: &Url, delay: Duration) -> Result<Turn, Failure> {
        let gate = self.gate(url);
        let mut state = gate.lock_owned().await;
        if let Some((until, failure)) = &state.closed {
            let left = until.saturating_duration_since(Instant::now());
            if !left.is_zero() {
                return Err(Failure {
                    retry_after: Some(left),
                    ..failure.clone().remembered()
                });
            }
            state.closed = None;
        }
        if let Some(ended) = state.ended {
            let gap = delay.max(state.delay).max(self.gap);
            tokio::time::sleep_until(ended + gap).await;
        }
        state.delay = delay;
        Ok(Turn(state))
    }

    fn gate(&self, url: &Url) -> Arc<tokio::sync::Mutex<State>> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.gates.len() >= hosts.prune_at {
            let now = Instant::now();
            hosts.gates.retain(|_, gate| {
                Arc::strong_count(gate) > 1
                    || !gate.try_lock().is_ok_and(|state| state.idle(self.gap, now))
            });
            hosts.prune_at = KEEP.max(2 * hosts.gates.len());
        }
        Arc::clone(hosts.gates.entry(gate_of(url)).or_default())
    }
}

/// Platforms whose many host names are one site: whoever reads ten of its blogs asks the same
/// machines. The public suffix list would tell of far more names, of which most are hosts of
/// their own.
const PLATFORMS: [&str; 20] = [
    "blogspot.com",
    "facebook.com",
    "feedburner.com",
    "github.io",
    "google.com",
    "googleapis.com",
    "livejournal.com",
    "medium.com",
    "reddit.com",
    "substack.com",
    "t.me",
    "tiktok.com",
    "tumblr.com",
    "violet.vn",
    "weebly.com",
    "wixsite.com",
    "wordpress.com",
    "youtu.be",
    "youtube.com",
    "zalo.me",
];

/// What gets one request at a time: a host by its name, or a platform with all of its names;
/// another port that is not the scheme's own is another server.
#[must_use]
pub fn gate_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default().trim_end_matches('.');
    let platform = PLATFORMS.iter().find(|platform| {
        let sub = host.strip_suffix(**platform);
        sub.is_some_and(|sub| sub.is_empty() || sub.ends_with('.'))
    });
    match (platform, url.port()) {
        (Some(platform), _) => (*platform).to_owned(),
        (None, Some(port)) => format!("{host}:{port}"),
        (None, None) => host.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fetch::FailureClass;

    fn url(n: usize) -> Url {
        format!("http://h{n}.example/").parse().unwrap()
    }

    #[test]
    fn the_names_of_a_platform_are_one_host() {
        for (url, wanted) in [
            ("https://soyte.blogspot.com/feeds", "blogspot.com"),
            ("http://blogspot.com./", "blogspot.com"),
            ("https://www.youtube.com/feeds/videos.xml", "youtube.com"),
            ("https://old.reddit.com:443/r/x/.rss", "reddit.com"),
            ("https://notreddit.com/", "notreddit.com"),
            ("https://reddit.com.example/", "reddit.com.example"),
            ("http://a.example:8080/", "a.example:8080"),
            ("https://a.example:443/", "a.example"),
            ("http://[2001:db8::1]/", "[2001:db8::1]"),
        ] {
            assert_eq!(gate_of(&url.parse().unwrap()), wanted, "{url}");
        }
    }

    #[tokio::test]
    async fn one_host_waits_and_others_do_not() {
        let gap = Duration::from_millis(80);
        let gates = Gates::new(gap);
        let begin = Instant::now();
        drop(gates.enter(&url(1), Duration::ZERO).await.unwrap());
        let _other = gates.enter(&url(2), Duration::ZERO).await.unwrap();
        assert!(begin.elapsed() < gap, "another host does not wait");
        let turn = gates.enter(&url(1), Duration::ZERO).await.unwrap();
        assert!(begin.elapsed() >= gap);
        let line = tokio::time::timeout(gap, gates.enter(&url(1), Duration::ZERO)).await;
        assert!(line.is_err(), "one request at a time");
        drop(turn);
        let ended = Instant::now();
        let _turn = gates.enter(&url(1), Duration::ZERO).await.unwrap();
        assert!(ended.elapsed() >= gap, "the gap begins at the end");
    }

    #[tokio::test]
    async fn idle_hosts_are_forgotten() {
        let gates = Gates::new(Duration::ZERO);
        let _busy = gates.enter(&url(0), Duration::ZERO).await.unwrap();
        for n in 1..10_000 {
            drop(gates.enter(&url(n), Duration::ZERO).await.unwrap());
        }
        let kept = gates.hosts.lock().unwrap().gates.len();
        assert!((1..=2 * KEEP).contains(&kept), "{kept} gates kept");
        let busy = tokio::time::timeout(
            Duration::from_millis(20),
            gates.enter(&url(0), Duration::ZERO),
        )
        .await;
        assert!(busy.is_err(), "a busy host is kept");
    }

    #[tokio::test]
    async fn a_host_that_asks_for_a_pause_gets_it() {
        let gates = Gates::new(Duration::ZERO);
        let failure = Failure::new(FailureClass::Http4xx, "429");
        let mut turn = gates.enter(&url(1), Duration::ZERO).await.unwrap();
        turn.close_for(Duration::from_millis(100), failure);
        let closed = Instant::now();
        drop(turn);
        let refused = gates.enter(&url(1), Duration::ZERO).await.unwrap_err();
        let left = refused.retry_after.unwrap();
        assert!(left <= Duration::from_millis(100) && refused.class == FailureClass::Http4xx);
        tokio::time::sleep_until(closed + Duration::from_millis(101)).await;
        assert!(gates.enter(&url(1), Duration::ZERO).await.is_ok());
    }
}
