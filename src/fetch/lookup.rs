//! From names to addresses that passed the guard. Names that do not resolve are not asked again
//! at once.

use std::collections::HashMap;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::{Semaphore, oneshot};
use tokio::time::Instant;

use super::guard::Guard;

/// Names looked up at once. A dead name server holds a lookup for half a minute.
static LOOKUPS: Semaphore = Semaphore::const_new(64);
/// The system's resolver needs little stack.
const LOOKUP_STACK: usize = 256 << 10;
/// A name server that takes longer gives no answer; below the time for a connection, which
/// includes this.
const LONGEST: Duration = Duration::from_secs(8);
/// A name that did not resolve is left alone for so long at first, twice as long each time.
const FIRST_PAUSE: Duration = Duration::from_secs(15);
/// No longer than this: when a line is back, the sources should be, too.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// Fewer names than this are not worth a search for old ones.
const KEEP: usize = 256;

/// Asks the system's resolver on a thread of its own: it cannot be cancelled, and the runtime's
/// few blocking threads are there for parsing.
async fn look_up(host: String) -> io::Result<Vec<SocketAddr>> {
    let gone = || io::Error::other("the resolver went away");
    let permit = LOOKUPS.acquire().await.map_err(|_| gone())?;
    let (told, answer) = oneshot::channel();
    std::thread::Builder::new()
        .name("lookup".to_owned())
        .stack_size(LOOKUP_STACK)
        .spawn(move || {
            let found = (host.as_str(), 0).to_socket_addrs().map(Iterator::collect);
            // Nobody may be waiting any more.
            let _ = told.send(found);
            drop(permit);
        })?;
    match tokio::time::timeout(LONGEST, answer).await {
        Ok(answer) => answer.map_err(|_| gone())?,
        Err(_) => Err(io::Error::other("the name server does not answer")),
    }
}

/// Resolves names to addresses that passed the guard: these very addresses are dialled, so a
/// name that answers differently a moment later gains nothing.
#[derive(Debug, Clone)]
pub(super) struct GuardedResolver {
    guard: Arc<Guard>,
    lost: Arc<Lost>,
}

impl GuardedResolver {
    pub(super) fn new(guard: Arc<Guard>) -> Self {
        let lost = Arc::default();
        Self { guard, lost }
    }
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (guard, lost) = (Arc::clone(&self.guard), Arc::clone(&self.lost));
        Box::pin(async move {
            let host = name.as_str().trim_end_matches('.').to_ascii_lowercase();
            let found: Vec<SocketAddr> = match guard.fixed.get(&host) {
                Some(fixed) => vec![*fixed],
                None => {
                    lost.check(&host, Instant::now())?;
                    let found = look_up(host.clone()).await;
                    lost.learn(host, found.as_ref().err(), Instant::now());
                    found?
                }
            };
            let mut refusal = None;
            let good: Vec<SocketAddr> = found
                .into_iter()
                .filter(|address| match guard.address(address.ip()) {
                    Ok(()) => true,
                    Err(why) => {
                        refusal = Some(why);
                        false
                    }
                })
                .collect();
            match (good.is_empty(), refusal) {
                (true, Some(why)) => Err(why.into()),
                _ => Ok(Box::new(good.into_iter()) as Addrs),
            }
        })
    }
}

/// The name is not asked for at present, since it did not resolve a moment ago.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct LeftAlone(String);

/// The names that did not resolve.
#[derive(Debug, Default)]
struct Lost(Mutex<HashMap<String, Pause>>);

#[derive(Debug)]
struct Pause {
    until: Instant,
    length: Duration,
    why: String,
}

impl Lost {
    /// An error while the name is left alone.
    fn check(&self, host: &str, now: Instant) -> Result<(), LeftAlone> {
        let names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match names.get(host) {
            Some(pause) if pause.until > now => {
                let left = (pause.until - now).as_secs() + 1;
                let why = &pause.why;
                Err(LeftAlone(format!("{why} (asked again in {left} s)")))
            }
            _ => Ok(()),
        }
    }

    fn learn(&self, host: String, failed: Option<&io::Error>, now: Instant) {
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(error) = failed else {
            names.remove(&host);
            return;
        };
        if names.len() >= KEEP {
            // Whoever stayed away for twice its pause begins anew.
            names.retain(|_, pause| pause.until + pause.length > now);
        }
        let length = match names.get(&host) {
            Some(before) => (before.length * 2).min(LONGEST_PAUSE),
            None => FIRST_PAUSE,
        };
        let pause = Pause {
            until: now + length,
            length,
            why: error.to_string(),
        };
        names.insert(host, pause);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_name_is_left_alone_for_longer_each_time() {
        let lost = Lost::default();
        let error = io::Error::other("no such name");
        let begin = Instant::now();
        let mut now = begin;
        let mut pauses = Vec::new();
        for _ in 0..7 {
            assert!(lost.check("mat.example", now).is_ok());
            lost.learn("mat.example".to_owned(), Some(&error), now);
            let said = lost.check("mat.example", now).unwrap_err().to_string();
            assert!(said.starts_with("no such name (asked again in "), "{said}");
            let from = now;
            while lost.check("mat.example", now).is_err() {
                now += Duration::from_secs(5);
            }
            pauses.push(now.duration_since(from).as_secs());
        }
        assert_eq!(pauses, [15, 30, 60, 120, 240, 300, 300]);
        assert!(lost.check("khac.example", begin).is_ok(), "another name");
        lost.learn("mat.example".to_owned(), None, now);
        lost.learn("mat.example".to_owned(), Some(&error), now);
        assert!(
            lost.check("mat.example", now + FIRST_PAUSE).is_ok(),
            "an answer ends it"
        );
    }

    #[test]
    fn old_names_are_forgotten() {
        let lost = Lost::default();
        let error = io::Error::other("no such name");
        let mut now = Instant::now();
        for n in 0..20 * KEEP {
            lost.learn(format!("h{n}.example"), Some(&error), now);
            now += Duration::from_secs(1);
        }
        let kept = lost.0.lock().unwrap().len();
        assert!((1..=KEEP).contains(&kept), "{kept}");
    }
}
