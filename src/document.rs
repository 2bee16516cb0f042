//! What one item of a source says: the type that the gathering and the understanding wing share.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One item of a source: a feed entry, a news item of a page, a followed article.
///
/// It never carries an author: canhtin tracks claims and pages, not persons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Stable identity within its source: the guid where it is stable, else the normalised
    /// URL, else a hash of the content.
    pub id: String,
    /// Absolute http(s) address of the item, normalised (no tracking parameters, no fragment).
    pub url: Option<String>,
    /// Plain text, entities decoded, white space collapsed; empty where the item has none.
    pub title: String,
    /// Plain text, paragraphs parted by a blank line.
    pub text: String,
    /// When the item says it was published.
    pub published: Option<Timestamp>,
}

/// The part of a document that a byte range points into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Field {
    /// [`Document::title`].
    Title,
    /// [`Document::text`].
    Text,
}

impl Document {
    /// The text of a field.
    #[must_use]
    pub fn field(&self, field: Field) -> &str {
        match field {
            Field::Title => &self.title,
            Field::Text => &self.text,
        }
    }

    /// A digest of what the item says; it changes when title or text change.
    #[must_use]
    pub fn content_digest(&self) -> [u8; 16] {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.title.as_bytes());
        hasher.update(&[0]);
        hasher.update(self.text.as_bytes());
        let mut digest = [0; 16];
        hasher.finalize_xof().fill(&mut digest);
        digest
    }
}
