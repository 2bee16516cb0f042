//! Text of documents that was written for a TCVN3 or VNI font, and came as entities or in a page
//! that says it is Unicode.

use crate::document::Document;
use crate::text::charset;

/// Stands between a document's fields, and between documents; pages lose it when they are read.
const FIELD: &str = "\n\u{1}\n";
const DOCUMENT: &str = "\n\u{2}\n";

/// Writes the documents as their readers saw them. A title alone is too short to tell by.
pub(super) fn settle(documents: &mut [Document]) {
    let may_be = |part: &str| charset::may_be_in_a_font(part);
    if !documents
        .iter()
        .any(|document| may_be(&document.title) || may_be(&document.text))
    {
        return;
    }
    let whole: Vec<String> = documents
        .iter()
        .map(|document| [&*document.title, &document.text].join(FIELD))
        .collect();
    let whole = whole.join(DOCUMENT);
    let std::borrow::Cow::Owned(shown) = charset::shown(&whole) else {
        return;
    };
    for (document, shown) in documents.iter_mut().zip(shown.split(DOCUMENT)) {
        if let Some((title, text)) = shown.split_once(FIELD) {
            document.title = title.to_owned();
            document.text = text.to_owned();
        }
    }
}
