//! Is this the same story told again?

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::document::Document;

/// Names a story: one telling of one rumour, wherever it stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StoryId(pub String);

impl fmt::Display for StoryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which story a document tells, given the rule that fired on it.
///
/// A copy of the same title and text is the same story, however it is spaced, marked,
/// capitalised or punctuated: the digest covers the bare letters and digits only.
#[must_use]
pub fn identify(rule: &str, document: &Document) -> StoryId {
    let mut hasher = blake3::Hasher::new();
    hasher.update(rule.as_bytes());
    hasher.update(&[0]);
    hasher.update(bare(&document.title).as_bytes());
    hasher.update(bare(&document.text).as_bytes());
    StoryId(hasher.finalize().to_hex()[..32].to_owned())
}

/// The letters and digits of a text, without marks, case, spaces and punctuation: equal for two
/// copies of one text.
#[must_use]
pub fn bare(text: &str) -> String {
    text.nfkd()
        .flat_map(char::to_lowercase)
        .map(|c| if c == 'đ' { 'd' } else { c })
        .filter(|c| c.is_alphanumeric())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(title: &str, text: &str) -> Document {
        Document {
            id: "1".to_owned(),
            url: None,
            title: title.to_owned(),
            text: text.to_owned(),
            published: None,
        }
    }

    #[test]
    fn a_copy_in_other_dress_is_the_same_story() {
        let told = identify(
            "r",
            &document("Vắc xin gây vô sinh", "Nghe nói đã có 3 ca.\n\nThật!"),
        );
        let copies = [
            ("VẮC-XIN GÂY VÔ SINH!!!", "nghe nói đã có 3 ca. Thật"),
            ("vac xin gay vo sinh", "Nghe noi da co 3 ca\nthat"),
            (
                "Vắcxin gây vô sinh",
                "Nghe nói: \u{201c}đã có 3 ca\u{201d}. Thật…",
            ),
            (
                "Va\u{302}\u{301}c xin ga\u{302}y vo\u{302} sinh",
                "Nghe no\u{301}i đa\u{303} co\u{301} 3 ca, tha\u{323}\u{302}t",
            ),
        ];
        for (title, text) in copies {
            assert_eq!(identify("r", &document(title, text)), told, "{title}");
        }
    }

    #[test]
    fn another_rule_or_another_text_is_another_story() {
        let told = identify("r", &document("Vắc xin gây vô sinh", "Có 3 ca."));
        let others = [
            identify("s", &document("Vắc xin gây vô sinh", "Có 3 ca.")),
            identify("r", &document("Vắc xin gây vô sinh", "Có 4 ca.")),
            identify("r", &document("Vắc xin không gây vô sinh", "Có 3 ca.")),
            identify("r", &document("", "")),
        ];
        for other in others {
            assert_ne!(other, told);
        }
    }
}
