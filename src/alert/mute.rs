//! Rules and sources that nobody wants mails about for some time: their alerts are recorded.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Alert;

/// Mails about a rule, a source, or a rule in a source, are not wanted until some time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mute {
    /// The rule's id; `None` for every rule.
    pub rule: Option<String>,
    /// The source's id; `None` for every source.
    pub source: Option<String>,
    /// From this moment on mails are wanted again.
    pub until: Timestamp,
    /// Why, in the words of whoever set it.
    pub reason: Option<String>,
}

impl Mute {
    /// Whether it holds an alert back at `now`.
    #[must_use]
    pub fn holds(&self, alert: &Alert, now: Timestamp) -> bool {
        let fits = |wanted: &Option<String>, is: &str| wanted.as_deref().is_none_or(|w| w == is);
        now < self.until
            && (self.rule.is_some() || self.source.is_some())
            && fits(&self.rule, &alert.rule)
            && fits(&self.source, &alert.source)
    }
}
