//! What every body must yield, whatever it holds.

use std::collections::HashSet;

use canhtin::extract::{Limits, extract};
use canhtin::fetch::Fetched;
use canhtin::source::{Kind, Source};
use jiff::tz::TimeZone;

/// Reads the body as a source of this kind would, and holds what came out to what is promised.
pub fn read(kind: Kind, body: &[u8]) {
    let url: url::Url = "https://bao.example/tin/danh-sach".parse().expect("an address");
    let limits = Limits::new(TimeZone::UTC).at(jiff::Timestamp::UNIX_EPOCH);
    let source = Source::ad_hoc(kind, url.clone());
    // The first byte says what the server claims.
    let (claim, body) = body.split_first().map_or((0, body), |(first, rest)| (*first, rest));
    let content_type = match claim {
        b'1' => Some("text/html; charset=windows-1258"),
        b'2' => Some("application/xml; charset=utf-16"),
        b'3' => Some("text/plain"),
        _ => None,
    };
    let fetched = Fetched::saved(url, content_type.map(str::to_owned), body.to_vec());
    let Ok(extracted) = extract(&source, &fetched, &limits) else {
        return;
    };
    assert!(extracted.documents.len() <= limits.max_items);
    let mut ids = HashSet::new();
    for document in &extracted.documents {
        assert!(!document.id.is_empty() && ids.insert(&document.id), "{document:?}");
        assert!(!document.title.contains(char::is_control), "{document:?}");
        let text = |c: char| c.is_control() && c != '\n';
        assert!(!document.text.contains(text), "{document:?}");
        assert!(document.text.len() <= 8 * body.len() + 64, "{} of {}", document.text.len(), body.len());
        if let Some(url) = &document.url {
            let url: url::Url = url.parse().expect("a whole address");
            assert!(matches!(url.scheme(), "http" | "https"), "{url}");
            assert!(url.username().is_empty() && url.password().is_none(), "{url}");
        }
    }
    // The same body yields the same.
    let again = extract(&source, &fetched, &limits).expect("what was read once");
    assert_eq!(again.documents, extracted.documents);
}
