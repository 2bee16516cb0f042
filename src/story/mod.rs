//! Is this the same story told again?
//!
//! A *telling* is one text and all that are copies of it: cut, with "Theo …" put before, a few
//! words changed, the marks dropped, another page's header and footer around it. It is named by
//! the digest of its first text, and keeps that name. A *story* is a telling of one rumour. The
//! same claim in really different words is another story of the same rumour.

mod shingles;
#[cfg(test)]
mod tests;

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::document::Document;
use crate::seen::{Fingerprint, Fingerprints, KEYS, SeenError};
use shingles::{Likeness, Shingles};

/// Names a story: one telling of one rumour, wherever it stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StoryId(pub String);

impl fmt::Display for StoryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One text and its copies, named by the digest of the first that was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Telling([u8; 16]);

/// What [`identify`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identified {
    /// The telling that the text belongs to.
    pub telling: Telling,
    /// What was remembered of the text, where it said something new: to be kept for the day on
    /// which the fingerprints are lost.
    pub new: Option<Fingerprint>,
}

impl Telling {
    /// The telling that a text would begin. Its copies with other marks, case, spaces and
    /// punctuation begin the same.
    #[must_use]
    pub fn begun_by(document: &Document) -> Self {
        Self(Shingles::of(document).digest)
    }

    /// The story that it tells, given the rule that fired on it.
    #[must_use]
    pub fn of_rumour(self, rule: &str) -> StoryId {
        let mut hasher = blake3::Hasher::new();
        hasher.update(rule.as_bytes());
        hasher.update(&[0]);
        hasher.update(&self.0);
        StoryId(hasher.finalize().to_hex()[..32].to_owned())
    }
}

/// Which telling a document belongs to. A text that is like none is remembered and begins one;
/// one that is like an earlier text joins that text's telling, and the most alike counts. Posts
/// under twelve syllables are only like their copies.
///
/// # Errors
/// If the fingerprints cannot be read or written; [`Telling::begun_by`] still holds then.
pub fn identify(document: &Document, told: &mut Fingerprints) -> Result<Identified, SeenError> {
    let shingles = Shingles::of(document);
    let mut identified = Identified {
        telling: Telling(shingles.digest),
        new: None,
    };
    let sketch = shingles.sketch();
    if sketch.is_empty() {
        return Ok(identified);
    }
    let nearest = nearest(&shingles, told)?;
    if let Some((_, telling)) = nearest {
        identified.telling = Telling(telling);
    }
    if !nearest.is_some_and(|(likeness, _)| likeness.is_alike()) {
        let fingerprint = Fingerprint {
            telling: identified.telling.0,
            sketch: sketch.to_vec(),
            keys: shingles.keys[..shingles.keys.len().min(KEYS)].to_vec(),
        };
        told.insert(&fingerprint)?;
        identified.new = Some(fingerprint);
    }
    Ok(identified)
}

/// The remembered text that is most alike, among those that are the same text told twice; of
/// equals the oldest. With its telling.
fn nearest(
    shingles: &Shingles,
    told: &Fingerprints,
) -> Result<Option<(Likeness, [u8; 16])>, SeenError> {
    let mut nearest: Option<(Likeness, [u8; 16])> = None;
    for text in told.like(&shingles.keys)? {
        let likeness = shingles.likeness(&text.sketch);
        let is_nearer = nearest.is_none_or(|(best, _)| best.resemblance < likeness.resemblance);
        if likeness.is_same() && is_nearer {
            nearest = Some((likeness, text.telling));
        }
    }
    Ok(nearest)
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
