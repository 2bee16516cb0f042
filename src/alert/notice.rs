//! What admins are told of canhtin itself: pure data, frozen when it happens.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::keyword::Severity;

/// One thing that admins are told, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// What makes it the same notice: a second one with this key is not told. A matter that can
    /// come again has its beginning in the key, like `source-failing:soyte:2026-11-24T07:00:00Z`.
    pub key: String,
    /// When it was noticed.
    pub at: Timestamp,
    /// What there is to tell.
    pub matter: Matter,
}

/// The source that a notice is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceName {
    /// Its id.
    pub id: String,
    /// Its name as officers read it.
    pub name: String,
}

/// Why a source cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// What kind of failure it is, in the office's language.
    pub words: String,
    /// The failure in detail: one line for operators.
    pub detail: String,
    /// When it failed first since it last succeeded.
    pub since: Option<Timestamp>,
    /// When it was last read.
    pub last_success: Option<Timestamp>,
}

/// What admins are told of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Matter {
    /// The files have errors: the last good ones stay in force.
    KeywordFilesBroken {
        /// Each error as `check` shows it: file, place, line, mend.
        problems: Vec<String>,
    },
    /// The files are without errors again, and in force.
    KeywordFilesMended,
    /// A source has failed for some time.
    SourceFailing {
        /// Which.
        source: SourceName,
        /// Why.
        trouble: Trouble,
    },
    /// A source has failed for so long that nobody can expect it to come back by itself.
    SourceDead {
        /// Which.
        source: SourceName,
        /// Why.
        trouble: Trouble,
    },
    /// A source can be reached and shows nothing in public.
    SourceClosed {
        /// Which.
        source: SourceName,
        /// Why.
        trouble: Trouble,
    },
    /// The selectors of a page find nothing any more.
    SourceRotten {
        /// Which.
        source: SourceName,
        /// When they last found something.
        since: Option<Timestamp>,
    },
    /// A source answers and shows no item at all.
    SourceEmpty {
        /// Which.
        source: SourceName,
        /// When it last had something new.
        since: Option<Timestamp>,
    },
    /// A source shows what it always showed, and has had nothing new for unusually long.
    SourceSilent {
        /// Which.
        source: SourceName,
        /// When it last had something new.
        since: Option<Timestamp>,
    },
    /// A source answers from another address for good.
    SourceMoved {
        /// Which.
        source: SourceName,
        /// The address in the files.
        from: String,
        /// Where it says that it went.
        to: String,
    },
    /// A source had more new items than it shows at once: some may have passed unseen.
    SourceGap {
        /// Which.
        source: SourceName,
        /// The reading before the gap.
        since: Option<Timestamp>,
        /// The reading after it.
        until: Timestamp,
    },
    /// A source that was told of as failing, dead, rotten or empty is well again.
    SourceBack {
        /// Which.
        source: SourceName,
        /// Since when it was not.
        since: Option<Timestamp>,
    },
    /// Nearly no source can be reached: the line of the office is down, not the sources.
    LineDown {
        /// How many sources fail.
        sources: u64,
        /// When it began.
        since: Option<Timestamp>,
    },
    /// Sources can be reached again.
    LineBack {
        /// Since when they could not.
        since: Option<Timestamp>,
    },
    /// Mails wait for the mail server. This mail waits with them: `status` says it at once.
    QueueStuck {
        /// How many deliveries wait.
        waiting: u64,
        /// Since when the oldest does.
        oldest: Timestamp,
        /// What the server, or the network, last said.
        last_reply: Option<String>,
    },
    /// The mails that waited have left.
    QueueMoves {
        /// Since when the queue stood.
        since: Timestamp,
    },
    /// Nothing can be written: no source is read until it can.
    DiskTrouble {
        /// What the system said.
        detail: String,
    },
    /// The disk takes writing again.
    DiskBack {
        /// Since when it did not.
        since: Option<Timestamp>,
    },
    /// A damaged store was set aside.
    StoreSetAside {
        /// Which: `seen` or `ledger`.
        which: String,
        /// Where it lies now.
        path: String,
    },
    /// Records of the ledger are not what was written.
    LedgerDamaged {
        /// What still is not, in the office's language; the first of it where it is much.
        findings: Vec<String>,
        /// How much still is not.
        left: u64,
        /// Records that were put back from a backup.
        mended: u64,
    },
    /// The sign of life of each day.
    Heartbeat(Heartbeat),
    /// The summary of a week.
    Weekly(Box<Weekly>),
}

impl Matter {
    /// What it is about: news of one topic refer to each other's mails. `None` for what stands
    /// by itself.
    #[must_use]
    pub fn topic(&self) -> Option<String> {
        Some(match self {
            Self::KeywordFilesBroken { .. } | Self::KeywordFilesMended => "files".to_owned(),
            Self::SourceFailing { source, .. }
            | Self::SourceDead { source, .. }
            | Self::SourceClosed { source, .. }
            | Self::SourceRotten { source, .. }
            | Self::SourceEmpty { source, .. }
            | Self::SourceSilent { source, .. }
            | Self::SourceMoved { source, .. }
            | Self::SourceGap { source, .. }
            | Self::SourceBack { source, .. } => format!("source:{}", source.id),
            Self::LineDown { .. } | Self::LineBack { .. } => "line".to_owned(),
            Self::QueueStuck { .. } | Self::QueueMoves { .. } => "queue".to_owned(),
            Self::DiskTrouble { .. } | Self::DiskBack { .. } => "disk".to_owned(),
            Self::StoreSetAside { .. }
            | Self::LedgerDamaged { .. }
            | Self::Heartbeat(_)
            | Self::Weekly(_) => return None,
        })
    }

    /// Whether it continues a matter that was told before, so that its mail refers to that one.
    #[must_use]
    pub fn continues(&self) -> bool {
        matches!(
            self,
            Self::KeywordFilesMended
                | Self::SourceDead { .. }
                | Self::SourceBack { .. }
                | Self::LineBack { .. }
                | Self::QueueMoves { .. }
                | Self::DiskBack { .. }
        )
    }

    /// Whether it has a mail of its own, at once; the others wait a little for each other.
    #[must_use]
    pub fn is_report(&self) -> bool {
        matches!(self, Self::Heartbeat(_) | Self::Weekly(_))
    }
}

/// How things stand, once a day, so that silence means something.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Heartbeat {
    /// The numbers of what happened begin here.
    pub since: Timestamp,
    /// Sources that are watched.
    pub sources: u64,
    /// Those that cannot be read at present.
    pub failing: Vec<String>,
    /// Rules in force.
    pub rules: u64,
    /// Hits that assert a rumour, since then.
    pub hits: u64,
    /// Hits that refute one, since then.
    pub refutations: u64,
    /// Deliveries made since then.
    pub sent: u64,
    /// Deliveries that wait.
    pub queued: u64,
    /// Deliveries that someone must look at.
    pub held: u64,
    /// Whether the files have errors, so that older ones are in force.
    pub files_broken: bool,
}

/// A week in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Weekly {
    /// Where it begins.
    pub since: Timestamp,
    /// Where it ends.
    pub until: Timestamp,
    /// The rumours told in it, the most told first.
    pub rumours: Vec<RumourWeek>,
    /// What officers said of each rule's hits.
    pub rules: Vec<Precision>,
    /// Deliveries made.
    pub sent: u64,
    /// Sources that are watched.
    pub sources: u64,
    /// Those that cannot be read at present.
    pub failing: u64,
}

/// A rumour in a week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RumourWeek {
    /// Rule id.
    pub rule: String,
    /// The claim.
    pub title: String,
    /// The gravest that was told.
    pub severity: Severity,
    /// Different tellings.
    pub stories: u64,
    /// Items that tell it as true.
    pub items: u64,
    /// Sources that do.
    pub pages: u64,
    /// Such items in the week before.
    pub items_before: u64,
    /// When it was seen first in this week.
    pub first_seen: Timestamp,
    /// When the first mail about it was taken by its server, after that.
    pub first_mail: Option<Timestamp>,
    /// When it was last refuted by an official or press source, this week or before.
    pub refuted: Option<Timestamp>,
}

/// What officers said of a rule's hits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Precision {
    /// Rule id.
    pub rule: String,
    /// The claim.
    pub title: String,
    /// Hits that an officer found right.
    pub right: u64,
    /// Hits that an officer judged at all.
    pub judged: u64,
    /// Hits told.
    pub told: u64,
}

/// Notices that travel together: the content of one mail to admins, frozen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Addresses for the `To` header.
    pub to: Vec<String>,
    /// Deterministic Message-ID, without angle brackets.
    pub message_id: String,
    /// Message-IDs of earlier mails about the same matters, oldest first.
    pub references: Vec<String>,
    /// When they were put together: the mail's `Date`.
    pub closed: Timestamp,
    /// The notices, oldest first; at least one.
    pub notices: Vec<Notice>,
}
