//! How punctual the schedule is: how long after its time each source was read.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// So many of the last readings are counted.
const COUNTED: usize = 10_000;

/// The last readings' lags.
#[derive(Debug, Default)]
pub(super) struct Lags {
    /// Milliseconds, the oldest overwritten first.
    last: Vec<u32>,
    next: usize,
    readings: u64,
    waiting: usize,
}

/// How long after they were due sources were read, over the last 10,000 readings. The time that
/// the server took to answer is in it, and so is the host's gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Punctuality {
    /// Readings since the start.
    pub readings: u64,
    /// Sources that are due and wait for their turn.
    pub waiting: usize,
    /// Median, in milliseconds.
    pub p50_ms: u32,
    /// 95 of 100 were read within this time, in milliseconds.
    pub p95_ms: u32,
    /// The latest, in milliseconds.
    pub max_ms: u32,
}

impl Lags {
    pub(super) fn add(&mut self, lag: Duration, waiting: usize) {
        let millis = u32::try_from(lag.as_millis()).unwrap_or(u32::MAX);
        if self.last.len() < COUNTED {
            self.last.push(millis);
        } else {
            self.last[self.next] = millis;
            self.next = (self.next + 1) % COUNTED;
        }
        self.readings += 1;
        self.waiting = waiting;
    }

    pub(super) fn told(&self) -> Punctuality {
        let mut sorted = self.last.clone();
        sorted.sort_unstable();
        let of = |hundredths: usize| {
            let place = (sorted.len() * hundredths).div_ceil(100).saturating_sub(1);
            sorted.get(place).copied().unwrap_or(0)
        };
        Punctuality {
            readings: self.readings,
            waiting: self.waiting,
            p50_ms: of(50),
            p95_ms: of(95),
            max_ms: of(100),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_the_last_readings() {
        let mut lags = Lags::default();
        assert_eq!(lags.told(), Punctuality::default());
        // The first ones are forgotten.
        for millis in (0..20_000).chain(1..=10_000) {
            lags.add(Duration::from_millis(millis), 3);
        }
        let wanted = Punctuality {
            readings: 30_000,
            waiting: 3,
            p50_ms: 5000,
            p95_ms: 9500,
            max_ms: 10_000,
        };
        assert_eq!(lags.told(), wanted);
    }
}
