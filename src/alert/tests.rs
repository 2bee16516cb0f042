//! What an alert holds, and who gets it.

mod excerpts;
mod routes;
mod timings;
mod weights;
mod words;

use std::sync::Arc;
use std::time::Duration;

use crate::document::{Document, Field};
use crate::keyword::{RuleMeta, Severity};
use crate::scan::{Hit, Stance, TermSpan, Tier};
use crate::source::{Kind, Source, Trust};
use crate::story::StoryId;

use super::{Alert, Facts};

fn source(trust: Trust, tags: &[&str]) -> Source {
    Source {
        id: "hoi-lang".into(),
        name: "Hội làng".to_owned(),
        kind: Kind::Feed,
        url: "https://hoilang.example/rss".parse().unwrap(),
        address: "https://hoilang.example/rss".parse().unwrap(),
        trust,
        every: Duration::from_secs(900),
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        page: None,
        api: None,
        follow: false,
    }
}

fn rule(id: &str, severity: Severity, topic: Option<&str>) -> RuleMeta {
    RuleMeta {
        id: id.into(),
        title: "Vắc xin gây vô sinh".to_owned(),
        severity,
        topic: topic.map(str::to_owned),
        answer: None,
        links: Vec::new(),
        since: None,
        refutations: Vec::new(),
    }
}

/// Spans of every place where one of `terms` stands in the field.
fn spans(document: &Document, field: Field, terms: &[&str]) -> Vec<TermSpan> {
    let text = document.field(field);
    let mut spans: Vec<TermSpan> = terms
        .iter()
        .flat_map(|term| {
            text.match_indices(term).map(|(at, found)| TermSpan {
                field,
                range: at..at + found.len(),
                term: Arc::from(*term),
                tier: Tier::Exact,
            })
        })
        .collect();
    spans.sort_by_key(|span| span.range.start);
    spans
}

fn document(title: &str, text: &str) -> Document {
    Document {
        id: "1".to_owned(),
        url: Some("https://hoilang.example/1".to_owned()),
        title: title.to_owned(),
        text: text.to_owned(),
        published: None,
    }
}

fn alert_of(rule: RuleMeta, source: &Source, document: &Document, stance: Stance) -> Alert {
    let hit = Hit {
        rule: Arc::new(rule),
        stance,
        tier: Tier::Exact,
        spans: spans(document, Field::Text, &["vắc xin", "vô sinh"]),
        cue: None,
    };
    Alert::new(&Facts {
        document,
        source,
        hit: &hit,
        story: StoryId("s".to_owned()),
        rules_version: "v1",
        now: "2021-08-15T01:00:00Z".parse().unwrap(),
        edited: false,
        places: &[],
        named: &[],
    })
}

#[test]
fn an_alert_is_named_by_rule_stance_source_and_item() {
    let home = source(Trust::Social, &[]);
    let told = document("Tin", "vắc xin gây vô sinh, vắc xin nào cũng vậy");
    let alert = |id, stance, document: &Document| {
        alert_of(rule(id, Severity::High, None), &home, document, stance)
    };
    let first = alert("a", Stance::Asserts, &told);
    assert_eq!(first.terms, ["vắc xin", "vô sinh"]);
    assert_eq!(first.id.len(), 12);
    assert_eq!(first.id, alert("a", Stance::Asserts, &told).id);
    let edited = document("Tin", "vắc xin gây vô sinh!!");
    assert_eq!(first.id, alert("a", Stance::Asserts, &edited).id);
    let mut other = told.clone();
    other.id = "2".to_owned();
    let ids = [
        first.id,
        alert("b", Stance::Asserts, &told).id,
        alert("a", Stance::Denies, &told).id,
        alert("a", Stance::Asserts, &other).id,
    ];
    let different: std::collections::BTreeSet<&String> = ids.iter().collect();
    assert_eq!(different.len(), ids.len());
}
