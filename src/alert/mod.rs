//! Hits → Alerts: what is told, to whom, how grouped, and when.

mod admin;
mod excerpt;
mod mute;
mod notice;
mod read;
mod read_timing;
mod route;
mod timing;
mod verdict;
mod visible;
mod warn;
mod weight;
mod words;

use std::ops::Range;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::document::Document;
use crate::keyword::{KnownRefutation, RuleMeta, Severity};
use crate::scan::{Hit, Stance, Tier};
use crate::source::{Source, Trust};
use crate::story::StoryId;

pub use admin::{Admin, read_admin};
pub use excerpt::MAX_EXCERPT;
pub use mute::Mute;
pub use notice::{
    Heartbeat, Matter, Notice, Precision, Report, RumourWeek, SourceName, Trouble, Weekly,
};
pub use read::{parse_address, read_routing};
pub use route::{Condition, Conditions, Receiver, Route, Routed, Routing};
pub use timing::{
    Days, Due, GROUP_INTERVAL, GROUP_WAIT, GroupBy, Hold, News, Overrides, Quiet, Step, Timing,
    Told,
};
pub use verdict::{UnknownVerdict, Verdict};
pub use visible::{block, one_line};
pub use weight::{Reason, SPREAD_WINDOW, Weight};

/// What is known when a rule has fired on a document.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    /// The document.
    pub document: &'a Document,
    /// Where it was found.
    pub source: &'a Source,
    /// The rule that fired, and where.
    pub hit: &'a Hit,
    /// Which story the document tells.
    pub story: StoryId,
    /// Version of the rules that matched.
    pub rules_version: &'a str,
    /// When canhtin saw the document.
    pub now: Timestamp,
    /// Whether an earlier version of the item had been scanned without this hit.
    pub edited: bool,
    /// The office's own places, which weigh more.
    pub places: &'a [String],
    /// The places that a route asks for and the document names.
    pub named: &'a [String],
}

/// Everything that a mail says of one hit in one document: self-contained, so that it can be
/// composed again after the rules and sources have changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// Names it: a digest of rule, stance, source and item.
    pub id: String,
    /// Rule id.
    pub rule: String,
    /// The claim.
    pub title: String,
    /// How grave, all weighed.
    pub severity: Severity,
    /// Why so grave; `None` in alerts of versions that did not weigh.
    #[serde(default)]
    pub weight: Option<Weight>,
    /// What it is about.
    pub topic: Option<String>,
    /// The official answer.
    pub answer: Option<String>,
    /// Official material.
    pub links: Vec<String>,
    /// Source id.
    pub source: String,
    /// Source name as officers read it.
    pub source_name: String,
    /// Who speaks there.
    pub trust: Trust,
    /// The source's tags.
    pub tags: Vec<String>,
    /// The places that a route asked for and the whole document named when it was read.
    #[serde(default)]
    pub places: Vec<String>,
    /// Identity of the item within its source.
    pub item: String,
    /// Where the item stands.
    pub url: Option<String>,
    /// The item's title.
    pub page_title: String,
    /// The passage with the match, at most 500 characters.
    pub excerpt: Excerpt,
    /// Asserts or denies.
    pub stance: Stance,
    /// How the surface differs.
    pub tier: Tier,
    /// The terms that matched, each once.
    pub terms: Vec<String>,
    /// When the item says it was published.
    pub published: Option<Timestamp>,
    /// When canhtin saw it first.
    pub seen: Timestamp,
    /// Whether an earlier version of the item had been scanned without this hit.
    pub edited: bool,
    /// Which story it tells.
    pub story: StoryId,
    /// Version of the rules that matched.
    pub rules_version: String,
    /// Who had refuted the claim already, as the keyword files know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub known_refutations: Vec<Refutation>,
}

impl Alert {
    /// Tells a hit. Pure: the same facts give the same alert.
    #[must_use]
    pub fn new(facts: &Facts<'_>) -> Self {
        let Facts {
            document,
            source,
            hit,
            ..
        } = facts;
        let mut terms: Vec<String> = Vec::new();
        for span in &hit.spans {
            if !terms.iter().any(|term| **term == *span.term) {
                terms.push(span.term.to_string());
            }
        }
        let mut alert = Self {
            id: alert_id(&hit.rule.id, hit.stance, &source.id, &document.id),
            rule: hit.rule.id.to_string(),
            title: hit.rule.title.clone(),
            severity: hit.rule.severity,
            weight: None,
            topic: hit.rule.topic.clone(),
            answer: hit.rule.answer.clone(),
            links: hit.rule.links.clone(),
            source: source.id.to_string(),
            source_name: source.name.clone(),
            trust: source.trust,
            tags: source.tags.clone(),
            places: facts.named.to_vec(),
            item: document.id.clone(),
            url: document.url.clone(),
            page_title: one_line(&document.title, MAX_TITLE),
            excerpt: excerpt::excerpt(document, &hit.spans),
            stance: hit.stance,
            tier: hit.tier,
            terms,
            published: document.published,
            seen: facts.now,
            edited: facts.edited,
            story: facts.story.clone(),
            rules_version: facts.rules_version.to_owned(),
            known_refutations: known(&hit.rule),
        };
        alert.weigh(facts.places);
        alert
    }
}

/// Characters of an item's title that an alert keeps.
const MAX_TITLE: usize = 300;

/// The refutations that the keyword files know. Their day is told at noon of Vietnam's clock, so that
/// it is the same day in every office.
fn known(rule: &RuleMeta) -> Vec<Refutation> {
    let known = rule.refutations.iter();
    known.map(|known| known_to(rule, known)).collect()
}

fn known_to(rule: &RuleMeta, refutation: &KnownRefutation) -> Refutation {
    const VIETNAM: TimeZone = TimeZone::fixed(jiff::tz::offset(7));
    let noon = refutation.at.at(12, 0, 0, 0).to_zoned_datetime(VIETNAM);
    let told = match &refutation.quote {
        Some(quote) => format!("{} – “{quote}”", refutation.title),
        None => refutation.title.clone(),
    };
    Refutation {
        rule: rule.id.to_string(),
        source_name: refutation.by.clone(),
        page_title: one_line(&told, MAX_EXCERPT),
        url: refutation.url.clone(),
        at: noon.map_or(Timestamp::UNIX_EPOCH, |noon| noon.timestamp()),
        whole_day: true,
    }
}

/// Twelve characters (60 bits) that an officer can read out: in a million alerts two share one
/// with probability below one in a million, and the ledger's unique keys do not rest on it.
fn alert_id(rule: &str, stance: Stance, source: &str, item: &str) -> String {
    // Crockford's base32: no i, l, o, u.
    const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut hasher = blake3::Hasher::new();
    for part in [rule, &stance.to_string(), source, item] {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    let digest = hasher.finalize();
    digest.as_bytes()[..12]
        .iter()
        .map(|byte| char::from(DIGITS[usize::from(byte & 31)]))
        .collect()
}

/// A passage with the matched parts marked.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Excerpt {
    /// The passage, one paragraph.
    pub text: String,
    /// Byte ranges in `text`, in order, not overlapping.
    pub marks: Vec<Range<usize>>,
}

/// Where an alert goes and when its group is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispatch {
    /// Receiver name.
    pub receiver: String,
    /// Alerts of one group travel in one mail; mostly the rule's id.
    pub group: String,
    /// When the group is closed, unless one is open already with an earlier time.
    pub due: Timestamp,
    /// Whether it waits for a digest. A mail of its group takes it along all the same.
    pub digest: bool,
    /// Why it is due then.
    pub why: Vec<Step>,
}

impl Dispatch {
    /// An alert of `group` on its way to `receiver`.
    #[must_use]
    pub fn new(receiver: &str, group: String, due: Due) -> Self {
        Self {
            receiver: receiver.to_owned(),
            group,
            due: due.at,
            digest: due.digest,
            why: due.why,
        }
    }
}

/// What kind of mail a bundle makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Occasion {
    /// A group was due.
    #[default]
    Group,
    /// It was time for the digest.
    Digest,
    /// The receiver got as many mails within the hour as it may.
    Cap,
}

/// A rumour that the receiver had been mailed before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// Its rule.
    pub rule: String,
    /// The gravest it was told as.
    pub severity: Severity,
    /// The newest alert of it that the receiver was mailed, where one is still kept.
    #[serde(default)]
    pub alert: Option<String>,
}

/// A closed group: the content of one mail, frozen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bundle {
    /// Receiver name.
    pub receiver: String,
    /// Addresses for the `To` header.
    pub to: Vec<String>,
    /// Deterministic Message-ID, without angle brackets.
    pub message_id: String,
    /// Message-IDs of the thread's earlier mails to this receiver, oldest first.
    pub references: Vec<String>,
    /// When the group was closed: the mail's `Date`.
    pub closed: Timestamp,
    /// The alerts, oldest first; at least one. Where all those of one rule deny, the mail tells
    /// those who got the rumour that it is refuted; else all of them assert.
    pub alerts: Vec<Alert>,
    /// What the ledger knows of each story in `alerts`, as of `closed`.
    pub spread: Vec<Spread>,
    /// Who refuted the rumours, as of `closed`, oldest first.
    pub refutations: Vec<Refutation>,
    /// Why it is mailed now.
    #[serde(default)]
    pub occasion: Occasion,
    /// Those rumours that were mailed to the receiver before.
    #[serde(default)]
    pub known: Vec<Known>,
}

/// What a mail is composed from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A rumour, for officers.
    Alerts(Box<Bundle>),
    /// What happened to canhtin itself, for admins.
    Notices(Box<Report>),
}

impl Content {
    /// The alerts, if it is of them.
    #[must_use]
    pub fn bundle(&self) -> Option<&Bundle> {
        match self {
            Self::Alerts(bundle) => Some(bundle),
            Self::Notices(_) => None,
        }
    }
}

/// A `denies` hit from an official or press source, or one that the keyword files know: what
/// officers may answer with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refutation {
    /// The rumour's rule; empty in bundles that tell one rumour only.
    #[serde(default)]
    pub rule: String,
    /// Source name as officers read it.
    pub source_name: String,
    /// The item's title.
    pub page_title: String,
    /// Where it stands.
    pub url: Option<String>,
    /// When it was published; else when it was seen.
    pub at: Timestamp,
    /// Only the day of `at` is known.
    #[serde(default)]
    pub whole_day: bool,
}

/// How far a story has spread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spread {
    /// The story.
    pub story: StoryId,
    /// When it was first seen, in this mail or before.
    pub first_seen: Timestamp,
    /// Distinct items that tell it.
    pub items: u64,
    /// Distinct sources that tell it.
    pub sources: u64,
}

#[cfg(test)]
mod tests;
