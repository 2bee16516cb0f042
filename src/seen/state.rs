//! How it goes with one source.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How it goes with one source, and what was learned of it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SourceState {
    /// The address that all of this was learned of; another one is another page.
    pub address: Option<String>,
    /// When it was asked last.
    pub last_attempt: Option<Timestamp>,
    /// When it answered last, with a body or with 304.
    pub last_success: Option<Timestamp>,
    /// When it last had an item not seen before.
    pub last_new: Option<Timestamp>,
    /// Failures in a row since the last success.
    pub failures: u32,
    /// When the first of them was.
    pub failing_since: Option<Timestamp>,
    /// The last failure, also after a later success.
    pub last_failure: Option<LastFailure>,
    /// Readings in a row that found no item at all: a redesigned page, an emptied feed.
    pub empty_readings: u32,
    /// When it is to be asked next.
    pub next_due: Option<Timestamp>,
    /// How often it brings something new.
    pub rhythm: Rhythm,
    /// Seconds for which its last body asked to be left alone (`ttl`, `max-age` and the like).
    pub at_least: Option<u64>,
    /// Hours of the day in which its feed does not want to be asked: bit n is n o'clock GMT.
    pub skip_hours: u32,
    /// Days likewise: bit 0 is Monday.
    pub skip_days: u8,
    /// It told a rumour a short while ago, and is asked more often until then.
    pub hot_until: Option<Timestamp>,
    /// So many readings to come are made sooner, since items may have come and gone unseen.
    pub hurried: u32,
    /// The reading before the last gap.
    pub last_gap_from: Option<Timestamp>,
    /// Seconds in which it was watched and had nothing new, since it last had.
    pub quiet: u64,
    /// Seconds for which it is usually quiet between two readings that bring something new, the
    /// later ones counting more; `None` until it brought something after its first sight.
    pub usual_quiet: Option<u64>,
    /// Where a chain of permanent redirects led at the last reading.
    pub moved_to: Option<String>,
}

/// New items over time, the older ones counting less.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Rhythm {
    /// Items that came.
    pub arrivals: f64,
    /// Seconds in which they came.
    pub watched: f64,
}

/// Why a source failed last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastFailure {
    /// The class, as `fetch::FailureClass` writes it: `dns`, `http-5xx`, …
    pub class: String,
    /// One line for operators.
    pub detail: String,
    /// When.
    pub at: Timestamp,
}
