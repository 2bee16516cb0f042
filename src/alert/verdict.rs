//! What people may say of an alert.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a person says of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// What the page claims is false: the alert was right.
    False,
    /// What the page claims is true, hence no rumour: its story makes no further mail.
    True,
    /// The page does not tell the rumour: its story makes no further mail.
    Irrelevant,
    /// Somebody has dealt with it: the alert was right.
    Handled,
    /// Not to be mailed for some time. Says nothing of whether the alert was right.
    Snooze,
}

impl Verdict {
    /// All of them, as buttons and lists show them.
    pub const ALL: [Self; 5] = [
        Self::False,
        Self::True,
        Self::Irrelevant,
        Self::Handled,
        Self::Snooze,
    ];

    /// The name in Vietnamese without marks, as commands and the subjects of answers write it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::False => "tin-gia",
            Self::True => "tin-dung",
            Self::Irrelevant => "khong-lien-quan",
            Self::Handled => "da-xu-ly",
            Self::Snooze => "tam-an-7-ngay",
        }
    }

    /// The catalogue's name of its words.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::False => "alert-verdict-false",
            Self::True => "alert-verdict-true",
            Self::Irrelevant => "alert-verdict-irrelevant",
            Self::Handled => "alert-verdict-handled",
            Self::Snooze => "alert-verdict-snooze",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::False => "false",
            Self::True => "true",
            Self::Irrelevant => "irrelevant",
            Self::Handled => "handled",
            Self::Snooze => "snooze",
        })
    }
}

/// A word that names no verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("tin-gia | tin-dung | khong-lien-quan | da-xu-ly | tam-an-7-ngay")]
pub struct UnknownVerdict;

impl FromStr for Verdict {
    type Err = UnknownVerdict;

    /// Reads its name in either language; upper and lower case alike.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.to_ascii_lowercase();
        Self::ALL
            .into_iter()
            .find(|verdict| text == verdict.code() || text == verdict.to_string())
            .or((text == "tam-an").then_some(Self::Snooze))
            .ok_or(UnknownVerdict)
    }
}
