//! What the tests of this room share.

use jiff::tz::TimeZone;

use super::Limits;
use crate::fetch::{Fetched, Share, Validators};
use crate::problem::toml::read_file;
use crate::problem::{Problems, SourceFile};
use crate::source::{Known, Source, read_sources};

pub(super) fn limits() -> Limits {
    Limits::new(TimeZone::get("Asia/Ho_Chi_Minh").unwrap())
}

/// A body without a content type, as from this address.
pub(super) fn fetched(url: &str, body: impl AsRef<[u8]>) -> Fetched {
    Fetched {
        url: url.parse().unwrap(),
        content_type: None,
        body: body.as_ref().to_vec(),
        validators: Validators::default(),
        moved_to: None,
        fresh_for: None,
        share: Share::default(),
    }
}

/// The one source of a `[[source]]` block without its header; it has no error.
pub(super) fn source(block: &str) -> Source {
    let problems = Problems::default();
    let file = SourceFile::new("sources.toml", format!("[[source]]\nid = 'thu'\n{block}"));
    let read = read_file(&file, &problems, |root| {
        read_sources(root, &mut Known::default())
    });
    assert!(!problems.any_error(), "{:?}", problems.into_sorted());
    read.into_iter().next().unwrap()
}
