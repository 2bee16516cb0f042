//! Letters that imitate Latin ones: a table that an admin may extend, since styles change by
//! the year.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

/// Which characters are read as which Latin letters.
///
/// The file has a row a character: the character (or `U+XXXX`, or a range `U+XXXX-U+YYYY` whose
/// members are read as the letters from the given one on), a tab, the letters; `#` begins a
/// comment. Capitals and small letters have rows of their own, since `Н` imitates H and `н` a
/// small capital of it, but `В` and `в` both b.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Homoglyphs(Arc<BTreeMap<char, String>>);

/// A row that says nothing usable: its line, from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {0}: not `character TAB letters`")]
pub struct BadRow(pub usize);

impl Homoglyphs {
    /// No look-alikes at all.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// The table shipped with the program (`keywords/homoglyphs.tsv`).
    #[must_use]
    pub fn builtin() -> Self {
        static BUILTIN: LazyLock<Homoglyphs> =
            LazyLock::new(|| Homoglyphs::parse(include_str!("../../keywords/homoglyphs.tsv")).0);
        BUILTIN.clone()
    }

    /// Reads a table; rows that cannot be read are skipped and named.
    #[must_use]
    pub fn parse(table: &str) -> (Self, Vec<BadRow>) {
        let (mut rows, mut bad) = (BTreeMap::new(), Vec::new());
        for (line, row) in (1..).zip(table.lines()) {
            let row = row.split('#').next().unwrap_or_default().trim();
            if !row.is_empty() && read_row(row, &mut rows).is_none() {
                bad.push(BadRow(line));
            }
        }
        (Self(Arc::new(rows)), bad)
    }

    /// Adds the rows of another table; they win over rows of the same character.
    pub fn extend(&mut self, other: Self) {
        Arc::make_mut(&mut self.0).extend(Arc::unwrap_or_clone(other.0));
    }

    /// What a character is read as.
    #[must_use]
    pub fn get(&self, c: char) -> Option<&str> {
        self.0.get(&c).map(String::as_str)
    }
}

fn read_row(row: &str, rows: &mut BTreeMap<char, String>) -> Option<()> {
    let (chars, letters) = row.split_once(char::is_whitespace)?;
    let letters = letters.trim().to_lowercase();
    if letters.is_empty() || !letters.chars().all(char::is_alphanumeric) {
        return None;
    }
    let code = |text: &str| match text.strip_prefix("U+") {
        Some(hex) => char::from_u32(u32::from_str_radix(hex, 16).ok()?),
        None => text.chars().next().filter(|c| text.len() == c.len_utf8()),
    };
    match chars.split_once("-U+") {
        Some((from, to)) => {
            let first = letters.chars().next().filter(|c| c.is_ascii_lowercase())?;
            let (from, to) = (code(from)?, code(&format!("U+{to}"))?);
            let letters = (first..='z').map(String::from);
            // ASCII must stay itself.
            (from > '\u{7f}').then_some(())?;
            rows.extend((from..=to).zip(letters));
        }
        None => {
            let c = code(chars).filter(|c| *c > '\u{7f}')?;
            rows.insert(c, letters);
        }
    }
    Some(())
}
