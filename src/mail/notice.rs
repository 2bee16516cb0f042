//! What a mail to admins says of each matter.

use jiff::Timestamp;

use super::Office;
use super::link::Link;
use super::report::{Fact, Section};
use super::weekly;
use super::words::{MAX_TITLE, clock};
use crate::alert::{Heartbeat, Matter, SourceName, Trouble, block, one_line};
use crate::message::{Message, say};

/// Characters of what a server or the system said.
const MAX_DETAIL: usize = 500;
/// Problems of the files shown; of more, the number is told.
const MAX_PROBLEMS: usize = 15;
/// Lines and columns of one problem.
const PROBLEM_LINES: usize = 14;
const PROBLEM_COLUMNS: usize = 200;
/// Names of failing sources in a heartbeat.
const MAX_NAMES: usize = 30;

/// A matter in one line.
pub(super) fn heading(matter: &Matter, office: &Office) -> String {
    let named = |id, source: &SourceName| Message::new(id).with("name", name(source));
    let counted =
        |id, n: u64| Message::new(id).count("count", usize::try_from(n).unwrap_or(usize::MAX));
    let message = match matter {
        Matter::KeywordFilesBroken { problems } => {
            Message::new("notice-files-broken").count("count", problems.len())
        }
        Matter::KeywordFilesMended => Message::new("notice-files-mended"),
        Matter::SourceFailing { source, .. } => named("notice-failing", source),
        Matter::SourceDead { source, .. } => named("notice-dead", source),
        Matter::SourceClosed { source, .. } => named("notice-closed", source),
        Matter::SourceRotten { source, .. } => named("notice-rotten", source),
        Matter::SourceEmpty { source, .. } => named("notice-empty", source),
        Matter::SourceSilent { source, .. } => named("notice-silent", source),
        Matter::SourceMoved { source, .. } => named("notice-moved", source),
        Matter::SourceGap { source, .. } => named("notice-gap", source),
        Matter::SourceBack { source, .. } => named("notice-back", source),
        Matter::LineDown { sources, .. } => counted("notice-line-down", *sources),
        Matter::LineBack { .. } => Message::new("notice-line-back"),
        Matter::QueueStuck { waiting, .. } => counted("notice-queue-stuck", *waiting),
        Matter::QueueMoves { .. } => Message::new("notice-queue-moves"),
        Matter::DiskTrouble { .. } => Message::new("notice-disk"),
        Matter::DiskBack { .. } => Message::new("notice-disk-back"),
        Matter::StoreSetAside { which, .. } => {
            let name = match which.as_str() {
                "seen" => say(office.lang, "notice-store-seen"),
                "ledger" => say(office.lang, "notice-store-ledger"),
                other => one_line(other, 40),
            };
            Message::new("notice-set-aside").with("which", name)
        }
        Matter::LedgerDamaged {
            left: 0, mended, ..
        } => counted("notice-damaged-mended", *mended),
        Matter::LedgerDamaged { left, .. } => counted("notice-damaged", *left),
        Matter::Heartbeat(beat) => Message::new("notice-heartbeat")
            .with("sources", beat.sources)
            .with("failing", beat.failing.len())
            .with("hits", beat.hits)
            .with("queued", beat.queued),
        Matter::Weekly(week) => weekly::heading(week, office),
    };
    message.say(office.lang)
}

/// A matter in full, its heading left out.
pub(super) fn section(matter: &Matter, office: &Office) -> Section {
    let words = Words { office };
    match matter {
        Matter::KeywordFilesBroken { problems } => words.files_broken(problems),
        Matter::KeywordFilesMended => words.plain("notice-files-mended-what"),
        Matter::SourceFailing { source, trouble } => {
            words.trouble(source, trouble, "notice-failing-step")
        }
        Matter::SourceDead { source, trouble } => {
            words.trouble(source, trouble, "notice-dead-step")
        }
        Matter::SourceClosed { source, trouble } => {
            words.trouble(source, trouble, "notice-closed-step")
        }
        Matter::SourceRotten { source, since } => {
            let last = words.moment("notice-label-last-item", *since);
            words.source(
                source,
                "notice-rotten-what",
                vec![last],
                "notice-rotten-step",
            )
        }
        Matter::SourceEmpty { source, since } => {
            let last = words.moment("notice-label-last-item", *since);
            words.source(source, "notice-empty-what", vec![last], "notice-empty-step")
        }
        Matter::SourceSilent { source, since } => {
            let last = words.moment("notice-label-last-item", *since);
            words.source(
                source,
                "notice-silent-what",
                vec![last],
                "notice-silent-step",
            )
        }
        Matter::SourceMoved { source, from, to } => {
            let facts = vec![
                words.address("notice-label-from", from),
                words.address("notice-label-to", to),
            ];
            words.source(source, "notice-moved-what", facts, "notice-moved-step")
        }
        Matter::SourceGap {
            source,
            since,
            until,
        } => {
            let facts = vec![
                words.moment("notice-label-before-gap", *since),
                words.moment("notice-label-after-gap", Some(*until)),
            ];
            words.source(source, "notice-gap-what", facts, "notice-gap-step")
        }
        Matter::SourceBack { source, since } => Section {
            step: None,
            ..words.source(
                source,
                "notice-back-what",
                vec![words.moment("notice-label-since", *since)],
                "notice-next",
            )
        },
        Matter::LedgerDamaged {
            findings,
            left,
            mended,
        } => words.damaged(findings, *left, *mended),
        Matter::Heartbeat(beat) => words.heartbeat(beat),
        Matter::Weekly(week) => weekly::section(week, office),
        _ => words.house(matter),
    }
}

fn name(source: &SourceName) -> String {
    one_line(&source.name, MAX_TITLE)
}

struct Words<'a> {
    office: &'a Office,
}

impl Words<'_> {
    fn say(&self, id: &'static str) -> String {
        say(self.office.lang, id)
    }

    fn plain(&self, id: &'static str) -> Section {
        Section {
            lines: vec![self.say(id)],
            ..Section::default()
        }
    }

    fn fact(&self, label: &'static str, value: &(impl ToString + ?Sized)) -> Fact {
        Fact {
            label: self.say(label),
            value: one_line(&value.to_string(), MAX_DETAIL),
            link: None,
        }
    }

    fn moment(&self, label: &'static str, at: Option<Timestamp>) -> Fact {
        let at = at.map_or_else(|| self.say("notice-unknown"), |at| clock(at, self.office));
        self.fact(label, &at)
    }

    fn address(&self, label: &'static str, url: &str) -> Fact {
        let link = Link::new(url).filter(|link| !link.href.is_empty());
        let shown = match &link {
            Some(link) => format!("{} ({})", link.href, link.host),
            None => url.to_owned(),
        };
        Fact {
            link,
            ..self.fact(label, &shown)
        }
    }

    fn source(
        &self,
        source: &SourceName,
        what: &'static str,
        mut facts: Vec<Fact>,
        step: &'static str,
    ) -> Section {
        let id = one_line(&source.id, 80);
        facts.push(self.fact("notice-label-source", &id));
        Section {
            lines: vec![self.say(what)],
            facts,
            step: Some(Message::new(step).with("id", id).say(self.office.lang)),
            ..Section::default()
        }
    }

    fn trouble(&self, source: &SourceName, trouble: &Trouble, step: &'static str) -> Section {
        let facts = vec![
            self.fact("notice-label-why", &trouble.words),
            self.fact("notice-label-detail", &trouble.detail),
            self.moment("notice-label-since", trouble.since),
            self.moment("notice-label-last-success", trouble.last_success),
        ];
        Section {
            lines: Vec::new(),
            ..self.source(source, "notice-unknown", facts, step)
        }
    }

    fn files_broken(&self, problems: &[String]) -> Section {
        let shown = problems.iter().take(MAX_PROBLEMS);
        let hidden = problems.len().saturating_sub(MAX_PROBLEMS);
        let more = Message::new("notice-files-broken-more").count("count", hidden);
        Section {
            lines: vec![self.say("notice-files-broken-what")],
            blocks: shown
                .map(|problem| block(problem, PROBLEM_LINES, PROBLEM_COLUMNS))
                .collect(),
            items: (hidden > 0)
                .then(|| more.say(self.office.lang))
                .into_iter()
                .collect(),
            step: Some(self.say("notice-files-broken-step")),
            ..Section::default()
        }
    }

    fn damaged(&self, findings: &[String], left: u64, mended: u64) -> Section {
        let (what, step) = match left {
            0 => ("notice-damaged-mended-what", "notice-set-aside-step-seen"),
            _ => ("notice-damaged-what", "notice-damaged-step"),
        };
        let mut lines = vec![self.say(what)];
        let mended = usize::try_from(mended).unwrap_or(usize::MAX);
        if left > 0 && mended > 0 {
            let also = Message::new("notice-damaged-also-mended").count("count", mended);
            lines.push(also.say(self.office.lang));
        }
        let shown = findings.iter().take(MAX_PROBLEMS);
        let mut items: Vec<String> = shown.map(|one| one_line(one, MAX_DETAIL)).collect();
        let hidden = usize::try_from(left)
            .unwrap_or(usize::MAX)
            .saturating_sub(items.len());
        if hidden > 0 {
            let more = Message::new("notice-damaged-more").count("count", hidden);
            items.push(more.say(self.office.lang));
        }
        Section {
            lines,
            items,
            step: Some(self.say(step)),
            ..Section::default()
        }
    }

    /// What concerns the machine, the line, the disk and the mail server.
    fn house(&self, matter: &Matter) -> Section {
        let (what, facts, step) = match matter {
            Matter::LineDown { since, .. } => (
                "notice-line-down-what",
                vec![self.moment("notice-label-since", *since)],
                Some("notice-line-down-step"),
            ),
            Matter::LineBack { since } => (
                "notice-line-back-what",
                vec![self.moment("notice-label-since", *since)],
                None,
            ),
            Matter::QueueStuck {
                oldest, last_reply, ..
            } => {
                let unknown = self.say("notice-unknown");
                let reply = last_reply.as_deref().unwrap_or(&unknown);
                let facts = vec![
                    self.moment("notice-label-oldest", Some(*oldest)),
                    self.fact("notice-label-reply", reply),
                ];
                (
                    "notice-queue-stuck-what",
                    facts,
                    Some("notice-queue-stuck-step"),
                )
            }
            Matter::QueueMoves { since } => (
                "notice-queue-moves-what",
                vec![self.moment("notice-label-since", Some(*since))],
                None,
            ),
            Matter::DiskTrouble { detail } => (
                "notice-disk-what",
                vec![self.fact("notice-label-detail", detail)],
                Some("notice-disk-step"),
            ),
            Matter::DiskBack { since } => (
                "notice-disk-back-what",
                vec![self.moment("notice-label-since", *since)],
                None,
            ),
            Matter::StoreSetAside { which, path } => {
                let facts = vec![self.fact("notice-label-path", path)];
                match which.as_str() {
                    "seen" => (
                        "notice-set-aside-seen",
                        facts,
                        Some("notice-set-aside-step-seen"),
                    ),
                    _ => (
                        "notice-set-aside-ledger",
                        facts,
                        Some("notice-set-aside-step-ledger"),
                    ),
                }
            }
            // The others have sections of their own.
            _ => return Section::default(),
        };
        Section {
            facts,
            step: step.map(|id| self.say(id)),
            ..self.plain(what)
        }
    }

    fn heartbeat(&self, beat: &Heartbeat) -> Section {
        let lang = self.office.lang;
        let mut failing = beat.failing.len().to_string();
        if !beat.failing.is_empty() {
            let names: Vec<String> = beat
                .failing
                .iter()
                .take(MAX_NAMES)
                .map(|name| one_line(name, 60))
                .collect();
            let rest = if beat.failing.len() > MAX_NAMES {
                "…"
            } else {
                ""
            };
            failing = format!("{failing} ({}{rest})", names.join(", "));
        }
        let mut items = Vec::new();
        if beat.files_broken {
            items.push(self.say("notice-heartbeat-broken"));
        }
        if beat.held > 0 {
            let held = usize::try_from(beat.held).unwrap_or(usize::MAX);
            items.push(
                Message::new("notice-heartbeat-held")
                    .count("count", held)
                    .say(lang),
            );
        }
        let failing = Fact {
            label: self.say("notice-label-failing"),
            value: one_line(&failing, 2_500),
            link: None,
        };
        Section {
            facts: vec![
                self.moment("notice-label-span", Some(beat.since)),
                self.fact("notice-label-sources", &beat.sources),
                failing,
                self.fact("notice-label-rules", &beat.rules),
                self.fact("notice-label-hits", &beat.hits),
                self.fact("notice-label-refutations", &beat.refutations),
                self.fact("notice-label-sent", &beat.sent),
                self.fact("notice-label-queued", &beat.queued),
                self.fact("notice-label-held", &beat.held),
            ],
            items,
            ..self.plain("notice-heartbeat-what")
        }
    }
}
