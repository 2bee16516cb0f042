//! The mail that tells admins how canhtin itself fares.

use askama::Template;

use super::Office;
use super::link::Link;
use super::notice::{heading, section};
use super::words::{MAX_TITLE, clock, offset};
use crate::alert::{Matter, Notice, Report, one_line};
use crate::message::{Lang, Message, say};

/// Notices told in one mail; of more, the number is told.
const MAX_SECTIONS: usize = 40;

/// A label with what it stands for.
pub(super) struct Fact {
    pub label: String,
    pub value: String,
    /// Where the value is an address.
    pub link: Option<Link>,
}

/// A bar of the weekly chart, with its figures.
pub(super) struct Bar {
    pub title: String,
    /// Per cent of the longest bar, at least 1.
    pub share: usize,
    pub colour: &'static str,
    /// The bar in letters, for the text part.
    pub text: String,
    pub numbers: String,
    pub answer: String,
}

/// One matter.
#[derive(Default)]
pub(super) struct Section {
    /// `None` where the mail's own heading says it.
    pub heading: Option<String>,
    pub lines: Vec<String>,
    pub facts: Vec<Fact>,
    /// Text whose line breaks and columns count.
    pub blocks: Vec<String>,
    pub bars: Vec<Bar>,
    /// What the bars leave out.
    pub after_bars: Option<String>,
    /// What stands above the items.
    pub title: Option<String>,
    pub items: Vec<String>,
    pub step: Option<String>,
}

/// A mail to admins.
#[derive(Template)]
#[template(path = "report.html")]
pub(super) struct ReportLetter {
    lang: Lang,
    colour: &'static str,
    badge: String,
    claim: String,
    summary: String,
    sections: Vec<Section>,
    more: Option<String>,
    footer: Vec<String>,
}

#[derive(Template)]
#[template(path = "report.txt")]
struct ReportText<'a> {
    l: &'a ReportLetter,
}

/// The subject.
pub(super) fn subject(report: &Report, office: &Office) -> String {
    let lang = office.lang;
    let (claim, beside) = claim(&report.notices, office);
    let id = match &report.notices[0].matter {
        matter if matter.is_report() => "notice-subject-report",
        _ if beside > 0 => "notice-subject-more",
        _ => "notice-subject",
    };
    let subject = Message::new(id).with("heading", claim);
    match beside {
        0 => subject.say(lang),
        _ => subject.count("count", beside).say(lang),
    }
}

/// What the mail is about, and how many matters that does not cover.
fn claim(notices: &[Notice], office: &Office) -> (String, usize) {
    let failing = notices
        .iter()
        .filter(|notice| matches!(notice.matter, Matter::SourceFailing { .. }))
        .count();
    // Of equals the first.
    let backwards = notices.iter().rev();
    let gravest = backwards.max_by_key(|notice| gravity(&notice.matter));
    let Some(gravest) = gravest else {
        return (String::new(), 0);
    };
    if failing > 1 && matches!(gravest.matter, Matter::SourceFailing { .. }) {
        let claim = Message::new("notice-sources-failing").count("count", failing);
        return (claim.say(office.lang), notices.len() - failing);
    }
    (heading(&gravest.matter, office), notices.len() - 1)
}

/// Which of several matters gives the mail its name: the larger.
fn gravity(matter: &Matter) -> u8 {
    match matter {
        Matter::StoreSetAside { which, .. } if which == "ledger" => 7,
        Matter::LedgerDamaged { left: 1.., .. } => 7,
        Matter::StoreSetAside { .. } | Matter::DiskTrouble { .. } => 6,
        Matter::LedgerDamaged { .. } => 5,
        Matter::KeywordFilesBroken { .. } | Matter::QueueStuck { .. } => 5,
        Matter::LineDown { .. } => 4,
        Matter::SourceRotten { .. } | Matter::SourceDead { .. } | Matter::SourceClosed { .. } => 3,
        Matter::SourceFailing { .. }
        | Matter::SourceEmpty { .. }
        | Matter::SourceSilent { .. }
        | Matter::SourceMoved { .. }
        | Matter::SourceGap { .. } => 2,
        Matter::KeywordFilesMended
        | Matter::SourceBack { .. }
        | Matter::LineBack { .. }
        | Matter::QueueMoves { .. }
        | Matter::DiskBack { .. } => 1,
        Matter::Heartbeat(_) | Matter::Weekly(_) => 0,
    }
}

/// White letters on each have a contrast of at least 4.5 (WCAG 2.2, 1.4.3).
fn colour(notices: &[Notice]) -> &'static str {
    let gravest = notices.iter().map(|notice| gravity(&notice.matter)).max();
    match gravest.unwrap_or(0) {
        5.. => "#b0001e",
        2..5 => "#8a5a00",
        1 => "#1a6b3c",
        0 => "#475569",
    }
}

impl ReportLetter {
    /// The first `shown` notices in full.
    pub(super) fn new(report: &Report, office: &Office, shown: usize) -> Self {
        let lang = office.lang;
        let notices = &report.notices;
        let shown = shown.min(notices.len());
        let alone = notices.len() == 1;
        let sections = notices[..shown].iter().map(|notice| {
            let mut section = section(&notice.matter, office);
            if alone {
                section.heading = None;
            } else {
                section.heading = Some(heading(&notice.matter, office));
                let at = Message::new("notice-at").with("at", clock(notice.at, office));
                section.lines.insert(0, at.say(lang));
            }
            section
        });
        let at = clock(report.closed, office);
        let summary = if alone {
            Message::new("notice-summary").with("at", at)
        } else {
            Message::new("notice-summary-more")
                .count("count", notices.len())
                .with("at", at)
        };
        let hidden = notices.len() - shown;
        let office_line = Message::new("mail-footer-office")
            .with("office", one_line(&office.name, MAX_TITLE))
            .say(lang);
        let hours = Message::new("notice-footer").with("offset", offset(report.closed, office));
        Self {
            lang,
            colour: colour(notices),
            badge: say(lang, "notice-badge"),
            claim: capitalised(&claim(notices, office).0),
            summary: summary.say(lang),
            sections: sections.collect(),
            more: (hidden > 0).then(|| {
                Message::new("notice-not-shown")
                    .count("count", hidden)
                    .say(lang)
            }),
            footer: vec![office_line, hours.say(lang)],
        }
    }

    pub(super) fn html(&self) -> Result<String, askama::Error> {
        self.render()
    }

    pub(super) fn text(&self) -> Result<String, askama::Error> {
        let mut text = ReportText { l: self }.render()?;
        // Parts that are left out leave their blank lines behind.
        while text.contains("\n\n\n") {
            text = text.replace("\n\n\n", "\n\n");
        }
        Ok(text)
    }

    fn t(&self, id: &'static str) -> String {
        say(self.lang, id)
    }
}

/// How many notices a mail may tell at first; fewer where they are long.
pub(super) fn most_sections(report: &Report) -> usize {
    report.notices.len().min(MAX_SECTIONS)
}

fn capitalised(text: &str) -> String {
    let mut rest = text.chars();
    match rest.next() {
        Some(first) => first.to_uppercase().chain(rest).collect(),
        None => String::new(),
    }
}
