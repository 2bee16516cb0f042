//! Rules that were left out for an error of their own: what names them is right.

use std::collections::BTreeSet;
use std::sync::Arc;

/// What is known of the rules that were left out.
#[derive(Debug, Clone, Default)]
pub struct LeftOut {
    ids: BTreeSet<Arc<str>>,
    topics: BTreeSet<String>,
    /// Some rules could not even be named.
    unnamed: bool,
}

impl LeftOut {
    /// A rule with this id and topic, as far as they can be read, is left out.
    pub(super) fn add(&mut self, id: Option<&str>, topic: Option<&str>) {
        match id {
            Some(id) => {
                self.ids.insert(id.into());
            }
            None => self.unnamed = true,
        }
        self.topics.extend(topic.map(str::to_lowercase));
    }

    /// A file of rules could not be read, or not to its end.
    pub(super) fn add_unnamed(&mut self) {
        self.unnamed = true;
    }

    /// Whether a rule that was left out has, or may have, this id.
    #[must_use]
    pub fn may_be_rule(&self, id: &str) -> bool {
        self.unnamed || self.ids.contains(id)
    }

    /// Whether a rule that was left out has, or may have, this topic; case does not count.
    #[must_use]
    pub fn may_be_topic(&self, topic: &str) -> bool {
        self.unnamed || self.topics.contains(&topic.to_lowercase())
    }
}
