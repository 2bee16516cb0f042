//! May this page be read? Asks the origin's `robots.txt` where it is not known.

use std::time::Duration;

use reqwest::header::{self, HeaderMap, HeaderValue};
use tokio::time::Instant;
use url::Url;

use super::body::Limit;
use super::robots::{self, Answer, MOST_BYTES};
use super::{Errand, Failure, FailureClass, Fetcher, Hop, MAX_HOPS};

/// More comparisons than this, rules times bytes of the address, are made on a thread of their
/// own: they take milliseconds.
const SHORT_DECISION: usize = 1 << 22;

impl Fetcher {
    /// Whether `robots.txt` lets canhtin read this address, and which gap its host asks for.
    pub(super) async fn permit(&self, url: &Url) -> Result<Duration, Failure> {
        if self.robots.is_exempt(url) {
            return Ok(Duration::ZERO);
        }
        let origin = robots::origin(url);
        let entry = self.robots.entry(&origin);
        // Whoever comes second waits for the answer that the first one gets.
        let mut place = entry.lock().await;
        let rules = match &*place {
            Some(known) if known.is_fresh(Instant::now()) => {
                known.rules().map_err(Failure::remembered)
            }
            _ => {
                let answer = self.ask(url).await?;
                self.robots.learn(&origin, &mut place, answer)
            }
        }?;
        drop(place);
        let Some(rules) = rules else {
            return Ok(Duration::ZERO);
        };
        let delay = rules.delay();
        let forbidden = if rules.count() * url.as_str().len() > SHORT_DECISION {
            let url = url.clone();
            let decided = tokio::task::spawn_blocking(move || rules.forbid(&url)).await;
            decided.map_err(|panic| Failure::new(FailureClass::Robots, panic.to_string()))?
        } else {
            rules.forbid(url)
        };
        match forbidden {
            Some(line) => {
                let detail = format!("robots.txt of {origin}: {line}");
                Err(Failure::new(FailureClass::Robots, detail))
            }
            None => Ok(delay),
        }
    }

    /// Asks for the file, at most five redirects away, also on other hosts (RFC 9309 §2.3.1.2).
    /// An error where the guard refuses the host itself.
    async fn ask(&self, page: &Url) -> Result<Answer, Failure> {
        let Ok(mut url) = robotxt::robots_url(page) else {
            return Ok(Answer::Unavailable);
        };
        let mut left = self.timeout;
        for hop in 0..=MAX_HOPS {
            let errand = Errand {
                headers: HeaderMap::from_iter([(
                    header::ACCEPT,
                    HeaderValue::from_static("text/plain, */*;q=0.5"),
                )]),
                conditional: false,
                limit: Limit {
                    max: MOST_BYTES,
                    cut: true,
                },
                delay: Duration::ZERO,
            };
            let answer = match self.guard.url(&url) {
                Ok(()) => self.hop(&url, errand, &mut left).await,
                Err(refusal) => Err(refusal.into()),
            };
            match answer {
                Ok(Hop::Redirect { to, .. }) => url = to,
                Ok(Hop::Body(fetched)) => {
                    return Ok(Answer::File(fetched.body, fetched.fresh_for));
                }
                Ok(Hop::NotModified) => return Ok(Answer::Unavailable),
                // There is a file, and what it says cannot be read.
                Ok(Hop::Spoilt(failure)) => return Ok(out_of_reach(failure)),
                Err(failure) if hop == 0 && failure.class == FailureClass::Refused => {
                    return Err(failure);
                }
                Err(failure) => return Ok(unanswered(failure)),
            }
        }
        Ok(Answer::Unavailable)
    }
}

/// What the absence of a file means. 429, and any 4xx that names a pause, says "later" and not
/// "none"; what leads into a private network, or is no file at all, is none.
fn unanswered(failure: Failure) -> Answer {
    use FailureClass::{Http4xx, Refused, Unreadable};
    match failure.class {
        Http4xx if failure.retry_after.is_some() => out_of_reach(failure),
        Http4xx if failure.has_status(429) => Answer::Later,
        Http4xx | Refused | Unreadable => Answer::Unavailable,
        _ => out_of_reach(failure),
    }
}

fn out_of_reach(mut failure: Failure) -> Answer {
    failure.detail.insert_str(0, "robots.txt: ");
    Answer::Unreachable(failure)
}
