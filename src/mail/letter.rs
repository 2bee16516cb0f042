//! What a mail says, in plain words, before it is set in HTML and text.

use std::collections::BTreeMap;

use askama::Template;

use super::Office;
use super::answer::{self, AnswerLink};
use super::link::Link;
use super::plan::Plan;
use super::settings::Settings;
use super::words::{
    MAX_TITLE, clock, counts, day, footer, gravest, is_first, severity_colour, severity_word,
    steps, tier_word, trust_word, weight,
};
use crate::alert::{Alert, Bundle, Excerpt, Refutation, one_line};
use crate::keyword::Severity;
use crate::message::{Lang, Message, say};
use crate::scan::Tier;
use crate::story::StoryId;

/// Characters of the official answer: an admin's text, so it is only kept from bursting the mail.
const MAX_ANSWER: usize = 4_000;
/// Official links, refutations and terms shown; of more, the number is told.
const MAX_LIST: usize = 12;
/// Places of one story shown in full.
const MAX_PLACES: usize = 4;

/// A stretch of a passage.
pub(super) struct Piece<'a> {
    pub text: &'a str,
    pub marked: bool,
}

/// One place where a story stands.
struct Place<'a> {
    name: String,
    trust: String,
    title: String,
    link: Option<Link>,
    published: Option<String>,
    seen: String,
    edited: bool,
    id: &'a str,
}

/// One telling of the rumour.
struct Story<'a> {
    heading: Option<String>,
    pieces: Vec<Piece<'a>>,
    places: Vec<Place<'a>>,
    /// What the reader may answer with.
    answers: Vec<AnswerLink>,
    spread: String,
    why: Vec<String>,
}

/// An item on one line.
struct Line<'a> {
    id: &'a str,
    seen: String,
    name: String,
    title: String,
    link: Option<Link>,
}

/// A refutation.
pub(super) struct Refuted {
    pub name: String,
    pub title: String,
    pub at: String,
    pub link: Option<Link>,
}

/// A mail about a rumour.
#[derive(Template)]
#[template(path = "letter.html")]
pub(super) struct Letter<'a> {
    lang: Lang,
    colour: &'static str,
    badge: String,
    claim: String,
    summary: String,
    topic: Option<String>,
    weight: Option<String>,
    refuted: Vec<Refuted>,
    more_refuted: Option<String>,
    stories: Vec<Story<'a>>,
    lines: Vec<Line<'a>>,
    ids: Vec<&'a str>,
    uncounted: Option<String>,
    /// Whether the rule follows a subject instead of a rumour: nothing to refute or answer.
    followed: bool,
    answer: Vec<String>,
    links: Vec<Link>,
    steps: Vec<String>,
    footer: Vec<String>,
}

#[derive(Template)]
#[template(path = "letter.txt")]
struct LetterText<'a> {
    l: &'a Letter<'a>,
}

/// A passage cut at its marks. Marks that fit no character border are left out, not trusted.
pub(super) fn pieces(excerpt: &Excerpt) -> Vec<Piece<'_>> {
    let text = excerpt.text.as_str();
    let mut pieces = Vec::new();
    let mut at = 0;
    for mark in &excerpt.marks {
        let (Some(before), Some(inside)) = (text.get(at..mark.start), text.get(mark.clone()))
        else {
            continue;
        };
        if !before.is_empty() {
            pieces.push(Piece {
                text: before,
                marked: false,
            });
        }
        pieces.push(Piece {
            text: inside,
            marked: true,
        });
        at = mark.end;
    }
    if at < text.len() {
        pieces.push(Piece {
            text: &text[at..],
            marked: false,
        });
    }
    pieces
}

impl<'a> Letter<'a> {
    pub(super) fn new(bundle: &'a Bundle, office: &Office, plan: &Plan) -> Self {
        let lang = office.lang;
        let first = &bundle.alerts[0];
        let grave = gravest(&bundle.alerts);
        let followed = grave == Severity::Info;
        let (items, pages) = counts(bundle);
        let (stories, rest) = tell(bundle, office, plan);
        let shown = rest.len().min(plan.lines);
        let (lines, rest) = rest.split_at(shown);
        let ids: Vec<&str> = rest.iter().take(plan.ids).map(|a| a.id.as_str()).collect();
        let (refuted, more_refuted) = refuted(bundle, office);
        let (answer, links) = answer(first);
        let summary = if is_first(bundle) {
            "mail-summary"
        } else {
            "mail-summary-again"
        };
        Self {
            lang,
            colour: severity_colour(grave),
            badge: Message::new("mail-badge")
                .with("severity", say(lang, severity_word(grave)))
                .say(lang),
            claim: one_line(&first.title, MAX_TITLE),
            summary: Message::new(summary)
                .count("items", items)
                .count("pages", pages)
                .with("at", clock(bundle.closed, office))
                .say(lang),
            topic: first.topic.as_deref().map(|topic| {
                let topic = one_line(topic, MAX_TITLE);
                Message::new("mail-topic").with("topic", topic).say(lang)
            }),
            weight: weight(bundle, lang),
            lines: lines.iter().map(|alert| line(alert, office)).collect(),
            uncounted: more("mail-uncounted", rest.len() - ids.len(), lang),
            steps: if followed {
                vec![say(lang, "mail-step-follow"), say(lang, "mail-step-id")]
            } else {
                let answered = !answer.is_empty() || !links.is_empty();
                steps(lang, answered, !refuted.is_empty(), &first.rule)
            },
            footer: footer(bundle, office),
            ids,
            followed,
            refuted,
            more_refuted,
            stories,
            answer,
            links,
        }
    }

    /// The same with what the reader may answer each story with, where answers are taken.
    pub(super) fn with_answers(
        mut self,
        bundle: &Bundle,
        office: &Office,
        settings: &Settings,
    ) -> Self {
        for story in &mut self.stories {
            if let Some(place) = story.places.first() {
                story.answers = answer::links(settings, &bundle.receiver, place.id, office);
            }
        }
        self
    }

    pub(super) fn html(&self) -> Result<String, askama::Error> {
        self.render()
    }

    pub(super) fn text(&self) -> Result<String, askama::Error> {
        let mut text = LetterText { l: self }.render()?;
        // Parts that are left out leave their blank lines behind.
        while text.contains("\n\n\n") {
            text = text.replace("\n\n\n", "\n\n");
        }
        Ok(text)
    }

    fn t(&self, id: &'static str) -> String {
        say(self.lang, id)
    }

    fn id(&self, id: &str) -> String {
        Message::new("mail-id").with("id", id).say(self.lang)
    }
}

/// How many there are beyond those shown, if any.
fn more(id: &'static str, count: usize, lang: Lang) -> Option<String> {
    (count > 0).then(|| Message::new(id).count("count", count).say(lang))
}

/// The official answer by paragraphs, and the official links.
pub(super) fn answer(alert: &Alert) -> (Vec<String>, Vec<Link>) {
    let paragraphs = alert
        .answer
        .iter()
        .flat_map(|answer| answer.split("\n\n"))
        .map(|paragraph| one_line(paragraph, MAX_ANSWER))
        .filter(|paragraph| !paragraph.is_empty())
        .take(MAX_LIST)
        .collect();
    let links = alert.links.iter().filter_map(|link| Link::new(link));
    (paragraphs, links.take(MAX_LIST).collect())
}

/// The refutations shown, and how many there are beyond.
pub(super) fn refuted(bundle: &Bundle, office: &Office) -> (Vec<Refuted>, Option<String>) {
    let shown: Vec<Refuted> = bundle
        .refutations
        .iter()
        .take(MAX_LIST)
        .map(|refutation| refutes(refutation, office))
        .collect();
    let hidden = bundle.refutations.len() - shown.len();
    (shown, more("mail-more-refuted", hidden, office.lang))
}

/// The stories in full, and the alerts that did not fit into them.
fn tell<'a>(bundle: &'a Bundle, office: &Office, plan: &Plan) -> (Vec<Story<'a>>, Vec<&'a Alert>) {
    let mut order: Vec<&StoryId> = Vec::new();
    let mut by_story: BTreeMap<&StoryId, Vec<&'a Alert>> = BTreeMap::new();
    for alert in &bundle.alerts {
        let alerts = by_story.entry(&alert.story).or_default();
        if alerts.is_empty() {
            order.push(&alert.story);
        }
        alerts.push(alert);
    }
    let mut left = plan.full;
    let mut stories = Vec::new();
    let mut rest = Vec::new();
    let total = order.len();
    for (i, id) in order.into_iter().enumerate() {
        let alerts = &by_story[id];
        // Each story that comes later gets at least one place while there are any.
        let shown = alerts.len().min(MAX_PLACES).min(left);
        left -= shown;
        if shown > 0 {
            let heading = (total > 1).then(|| {
                Message::new("mail-story")
                    .count("number", i + 1)
                    .count("total", total)
                    .say(office.lang)
            });
            stories.push(story(bundle, alerts, shown, heading, office));
        }
        rest.extend_from_slice(&alerts[shown..]);
    }
    (stories, rest)
}

fn story<'a>(
    bundle: &Bundle,
    alerts: &[&'a Alert],
    shown: usize,
    heading: Option<String>,
    office: &Office,
) -> Story<'a> {
    let lang = office.lang;
    let first = alerts[0];
    let spread = match bundle
        .spread
        .iter()
        .find(|spread| spread.story == first.story)
    {
        // What the head of the mail says already is not said again.
        Some(spread) if spread.items == 1 => {
            Message::new("mail-spread-one").with("since", clock(spread.first_seen, office))
        }
        Some(spread) if is_first(bundle) && spread.items == alerts.len() as u64 => {
            Message::new("mail-spread-unknown").with("since", clock(spread.first_seen, office))
        }
        Some(spread) => Message::new("mail-spread")
            .count("items", usize::try_from(spread.items).unwrap_or(usize::MAX))
            .count(
                "pages",
                usize::try_from(spread.sources).unwrap_or(usize::MAX),
            )
            .with("since", clock(spread.first_seen, office)),
        None => Message::new("mail-spread-unknown").with("since", clock(first.seen, office)),
    };
    Story {
        heading,
        pieces: pieces(&first.excerpt),
        places: alerts[..shown]
            .iter()
            .map(|alert| place(alert, first, office))
            .collect(),
        answers: Vec::new(),
        spread: spread.say(lang),
        why: why(alerts, lang),
    }
}

/// Why a story is in the mail: the terms, how they were written, how the page speaks.
fn why(alerts: &[&Alert], lang: Lang) -> Vec<String> {
    let mut terms: Vec<String> = Vec::new();
    for term in alerts.iter().flat_map(|alert| &alert.terms) {
        let term = format!("“{}”", one_line(term, 60));
        if !terms.contains(&term) {
            terms.push(term);
        }
    }
    let hidden = terms.len().saturating_sub(MAX_LIST);
    terms.truncate(MAX_LIST);
    terms.extend(more("mail-more-terms", hidden, lang));
    let tier = alerts
        .iter()
        .map(|alert| alert.tier)
        .max()
        .unwrap_or(Tier::Exact);
    let mut why = vec![
        Message::new("mail-why-rule")
            .with("rule", one_line(&alerts[0].rule, 60))
            .with("terms", terms.join(", "))
            .say(lang),
        say(lang, tier_word(tier)),
    ];
    if gravest(alerts.iter().copied()) > Severity::Info {
        why.push(say(lang, "mail-stance-asserts"));
    }
    why
}

fn place<'a>(alert: &'a Alert, first: &Alert, office: &Office) -> Place<'a> {
    let title = one_line(&alert.page_title, MAX_TITLE);
    // A passage taken from the title tells it already.
    let told = first.excerpt.text.starts_with(&title);
    Place {
        name: one_line(&alert.source_name, MAX_TITLE),
        trust: say(office.lang, trust_word(alert.trust)),
        title: if told { String::new() } else { title },
        link: alert.url.as_deref().and_then(Link::new),
        // A time that is not before the sighting is the sighting's own: the page names a later one.
        published: alert.published.filter(|at| *at < alert.seen).map(|at| {
            Message::new("mail-published")
                .with("at", clock(at, office))
                .say(office.lang)
        }),
        seen: Message::new("mail-seen")
            .with("at", clock(alert.seen, office))
            .say(office.lang),
        edited: alert.edited,
        id: &alert.id,
    }
}

fn line<'a>(alert: &'a Alert, office: &Office) -> Line<'a> {
    let title = if alert.page_title.is_empty() {
        &alert.excerpt.text
    } else {
        &alert.page_title
    };
    Line {
        id: &alert.id,
        seen: clock(alert.seen, office),
        name: one_line(&alert.source_name, 60),
        title: one_line(title, 80),
        link: alert.url.as_deref().and_then(Link::new),
    }
}

pub(super) fn refutes(refutation: &Refutation, office: &Office) -> Refuted {
    Refuted {
        name: one_line(&refutation.source_name, MAX_TITLE),
        title: one_line(&refutation.page_title, MAX_TITLE),
        at: match refutation.whole_day {
            true => day(refutation.at, office),
            false => clock(refutation.at, office),
        },
        link: refutation.url.as_deref().and_then(Link::new),
    }
}
