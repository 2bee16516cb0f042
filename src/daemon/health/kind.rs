//! What can be wrong with a source.

use serde::{Deserialize, Serialize};

use crate::message::Message;

/// What is wrong with a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Gone: 404, 410, no such name.
    Dead,
    /// It shows nothing in public: a channel without a preview, a page that asks for a login.
    Closed,
    /// It fails otherwise.
    Failing,
    /// Its selectors found something once and find nothing now.
    Rotten,
    /// It answers and shows no item.
    Empty,
    /// It shows what it always showed, and has had nothing new for unusually long.
    Silent,
    /// It answers from another address for good.
    Moved,
    /// More came than it shows at once.
    Gap,
    /// Nearly no host answers.
    LineDown,
}

impl Kind {
    const ALL: [Self; 9] = [
        Self::Dead,
        Self::Closed,
        Self::Failing,
        Self::Rotten,
        Self::Empty,
        Self::Silent,
        Self::Moved,
        Self::Gap,
        Self::LineDown,
    ];

    /// Those of a source that cannot be read; one at a time is open.
    pub(super) const UNREAD: [Self; 3] = [Self::Dead, Self::Closed, Self::Failing];

    /// As the ledger, the journal and `sources list --json` name it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Dead => "dead",
            Self::Closed => "closed",
            Self::Failing => "failing",
            Self::Rotten => "rotten",
            Self::Empty => "empty",
            Self::Silent => "silent",
            Self::Moved => "moved",
            Self::Gap => "gap",
            Self::LineDown => "line-down",
        }
    }

    pub(super) fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// As people read it. Wants `since`, a time in words, and for a move `to`, the new address.
    #[must_use]
    pub fn what(self) -> Message {
        Message::new(match self {
            Self::Dead => "daemon-ill-dead",
            Self::Closed => "daemon-ill-closed",
            Self::Failing => "daemon-ill-failing",
            Self::Rotten => "daemon-ill-rotten",
            Self::Empty => "daemon-ill-empty",
            Self::Silent => "daemon-ill-silent",
            Self::Moved => "daemon-ill-moved",
            Self::Gap => "daemon-ill-gap",
            Self::LineDown => "daemon-ill-line-down",
        })
    }
}
