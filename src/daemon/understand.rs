//! The understanding half of a pass: new documents × rules → alerts.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use jiff::Timestamp;
use tracing::error;

use super::identity::Fresh;
use super::lanes::Lane;
use super::tellings::Teller;
use super::world::{Snapshot, World};
use crate::alert::{Alert, Facts};
use crate::document::Document;
use crate::fetch::{Failure, FailureClass};
use crate::scan::Speaker;
use crate::seen::Fingerprint;
use crate::source::{Source, Trust};

/// Where the rules fail at so many documents and at every one, the fault is theirs.
const MANY: usize = 3;

/// Scans the new items; each hit with its story becomes an alert. Also what was remembered of
/// texts that said something new. A document at which this panics is left out, and counts as
/// read: it would fail at every later look, and hold up all that stands beside it.
///
/// # Errors
/// [`FailureClass::Unreadable`] where it panics at every one of several documents: then none is
/// remembered, and the source is told of as failing.
pub(super) async fn understand(
    world: Option<&World>,
    snapshot: &Arc<Snapshot>,
    lane: &mut Lane<'_>,
    source: &Arc<Source>,
    fresh: &[Fresh],
    now: Timestamp,
) -> Result<(Vec<Alert>, Vec<Fingerprint>), Failure> {
    if fresh.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let documents: Vec<(Document, bool)> = fresh
        .iter()
        .map(|item| (item.document.clone(), item.edited))
        .collect();
    let (shared, source) = (Arc::clone(snapshot), Arc::clone(source));
    let mut teller = Teller::new(world);
    lane.run(0, move || {
        let alerts = of_each(&source, &documents, |document, edited| {
            alerts_of(document, edited, &shared, &source, &mut teller, now)
        })?;
        Ok((alerts, teller.into_new()))
    })
    .await
}

fn alerts_of(
    document: &Document,
    edited: bool,
    snapshot: &Snapshot,
    source: &Source,
    teller: &mut Teller,
    now: Timestamp,
) -> Vec<Alert> {
    let hits = snapshot.scanner.scan(document, speaker(source.trust));
    if hits.is_empty() {
        return Vec::new();
    }
    let telling = teller.telling(document);
    let routing = &snapshot.config.routing;
    let named = routing.places_in(document);
    let alert = |hit| {
        Alert::new(&Facts {
            document,
            source,
            hit,
            story: telling.of_rumour(&hit.rule.id),
            rules_version: &snapshot.config.rulebook.version,
            now,
            edited,
            places: &routing.places,
            named: &named,
        })
    };
    hits.iter().map(alert).collect()
}

/// What the work brings of each document (with: whether it is an edited one), without those at
/// which it panics.
fn of_each<T>(
    source: &Source,
    documents: &[(Document, bool)],
    mut work: impl FnMut(&Document, bool) -> Vec<T>,
) -> Result<Vec<T>, Failure> {
    let (mut all, mut failed) = (Vec::new(), 0);
    for (document, edited) in documents {
        // What a panic may leave half done is the teller's list, of whole entries.
        match catch_unwind(AssertUnwindSafe(|| work(document, *edited))) {
            Ok(found) => all.extend(found),
            Err(_) => {
                failed += 1;
                let (source, id) = (&source.id, &document.id);
                let url = document.url.as_deref().unwrap_or_default();
                error!(%source, id, url, "{source}: the rules failed at a document, it is left out: {id}");
            }
        }
    }
    if failed >= MANY && failed == documents.len() {
        let detail = "the rules failed at every document";
        return Err(Failure::new(FailureClass::Unreadable, detail));
    }
    Ok(all)
}

/// In whose voice a source of this trust speaks.
#[must_use]
pub fn speaker(trust: Trust) -> Speaker {
    match trust {
        Trust::Official | Trust::Press => Speaker::Authority,
        Trust::Social => Speaker::Anyone,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Kind;

    #[test]
    fn a_document_that_breaks_the_rules_breaks_no_other() {
        let source = Source::ad_hoc(Kind::Page, "https://a.example/".parse().unwrap());
        // The ids of the documents, those at which the work fails, what is found.
        let rows: [(&[&str], &str, Option<&str>); 6] = [
            (&["a", "b", "c"], "", Some("aabbcc")),
            (&["a", "b", "c"], "b", Some("aacc")),
            (&["a", "b", "c"], "ab", Some("cc")),
            (&["a"], "a", Some("")),
            (&["a", "b", "c"], "abc", None),
            (&[], "", Some("")),
        ];
        for (ids, broken, wanted) in rows {
            let document = |id: &&str| Document {
                id: (*id).to_owned(),
                url: None,
                title: String::new(),
                text: String::new(),
                published: None,
            };
            let documents: Vec<_> = ids.iter().map(|id| (document(id), false)).collect();
            let found = of_each(&source, &documents, |document, _| {
                assert!(!broken.contains(&document.id), "as a rule might");
                vec![document.id.clone(), document.id.clone()]
            });
            let found = found.map(|found| found.concat());
            assert_eq!(found.as_deref().ok(), wanted, "{ids:?} without {broken:?}");
            assert!(found.is_ok() || found.is_err_and(|f| f.class == FailureClass::Unreadable));
        }
    }
}
