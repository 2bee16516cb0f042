//! How things stand, for people and for machines (`status --json`).

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

pub use super::health::Kind;
use super::lag::Punctuality;
pub use super::rhythm::Pace;
use super::upkeep::{Health, complaints};
use super::world::{Snapshot, World};
use crate::ledger::{Overview, QueueRow, RulePrecision};
use crate::message::Lang;
use crate::seen::SourceState;

/// Everything `status` shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// When the daemon started; `None` where none is running.
    pub running_since: Option<Timestamp>,
    /// Version of the program.
    pub version: String,
    /// Version of the rules in force.
    pub rules_version: String,
    /// Rules in force.
    pub rules: usize,
    /// How punctual the readings are; `None` where no daemon runs.
    #[serde(default)]
    pub punctuality: Option<Punctuality>,
    /// Since when nearly no host answers, where that is so.
    #[serde(default)]
    pub line_down_since: Option<Timestamp>,
    /// Each source.
    pub sources: Vec<SourceRow>,
    /// Counts of the ledger.
    pub ledger: Option<Overview>,
    /// Mails that wait or are held.
    pub queue: Vec<QueueRow>,
    /// How well each rule was judged, of what was mailed in the last 90 days; only rules
    /// that anybody has judged.
    #[serde(default)]
    pub precision: Vec<RulePrecision>,
    /// Resident memory of the daemon in bytes.
    #[serde(default)]
    pub memory: Option<u64>,
    /// How the stores are.
    #[serde(default)]
    pub stores: Health,
    /// What is wrong, in plain words.
    pub problems: Vec<String>,
}

/// How far back rules are judged: 90 days.
const JUDGED_FOR: SignedDuration = SignedDuration::from_hours(90 * 24);

/// One source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceRow {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its address.
    pub url: String,
    /// Seconds between two readings, as the files say.
    pub every: u64,
    /// How often it is asked, against that.
    pub pace: Pace,
    /// What is wrong with it and was told to the admins.
    pub ailments: Vec<OpenAilment>,
    /// How it goes with it.
    #[serde(flatten)]
    pub state: SourceState,
}

/// Something that is wrong with a source and not over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenAilment {
    /// What.
    pub kind: Kind,
    /// Since when; of a silence and of selectors that fit no longer, when it last had an item.
    pub since: Timestamp,
}

impl Status {
    /// With how the stores are, and what is wrong with them among the problems.
    #[must_use]
    pub fn with_stores(mut self, stores: Health, lang: Lang) -> Self {
        let complaints = complaints(&stores);
        let said = complaints.iter().map(|complaint| complaint.say(lang));
        self.problems.extend(said);
        self.stores = stores;
        self
    }
}

/// Gathers it from open memories. A memory that cannot be read is itself a problem to show.
pub async fn gather(
    world: &World,
    snapshot: &Snapshot,
    mut problems: Vec<String>,
    running_since: Option<Timestamp>,
    now: Timestamp,
) -> Status {
    let mut sources = Vec::with_capacity(snapshot.sources.len());
    for source in &snapshot.sources {
        let state = world.seen.source_state(&source.id).unwrap_or_else(|error| {
            problems.push(error.to_string());
            SourceState::default()
        });
        sources.push(SourceRow {
            id: source.id.to_string(),
            name: source.name.clone(),
            url: source.url.to_string(),
            every: source.every.as_secs(),
            pace: Pace::of(source.every, &state, now),
            ailments: world
                .health
                .of(&source.id)
                .into_iter()
                .map(|(kind, since)| OpenAilment { kind, since })
                .collect(),
            state,
        });
    }
    let mut noted = |error: crate::ledger::LedgerError| problems.push(error.to_string());
    let ledger = world.ledger.overview().await.map_err(&mut noted).ok();
    let queue = world
        .ledger
        .queue()
        .await
        .map_err(&mut noted)
        .unwrap_or_default();
    let since = now.checked_sub(JUDGED_FOR).unwrap_or(Timestamp::MIN);
    let mut precision = world
        .ledger
        .precision(since, Timestamp::MAX)
        .await
        .map_err(&mut noted)
        .unwrap_or_default();
    precision.retain(|rule| rule.share().is_some());
    Status {
        running_since,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        rules_version: snapshot.config.rulebook.version.clone(),
        rules: snapshot.config.rulebook.metas().count(),
        punctuality: None,
        line_down_since: world.health.line_down_since(),
        sources,
        ledger,
        queue,
        precision,
        memory: running_since.and_then(|_| super::memory_in_use()),
        stores: Health::default(),
        problems,
    }
}
