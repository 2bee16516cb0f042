//! Every word that officers, admins and operators read, in Vietnamese and English, from one
//! Fluent catalogue (`vi/*.ftl`, `en/*.ftl`, compiled in).

mod catalogue;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// A language that canhtin speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Lang {
    /// Vietnamese.
    #[default]
    Vi,
    /// English.
    En,
}

impl FromStr for Lang {
    type Err = UnknownLang;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        match s {
            "vi" => Ok(Self::Vi),
            "en" => Ok(Self::En),
            _ => Err(UnknownLang),
        }
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Vi => "vi",
            Self::En => "en",
        })
    }
}

/// A language name other than `vi` or `en`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("vi | en")]
pub struct UnknownLang;

/// An argument of a message.
#[derive(Debug, Clone, PartialEq)]
pub enum Arg {
    /// Text, shown as it stands.
    Text(String),
    /// A count, shown without grouping.
    Count(u64),
}

impl<T: Into<Cow<'static, str>>> From<T> for Arg {
    fn from(value: T) -> Self {
        Self::Text(value.into().into_owned())
    }
}

/// A message of the catalogue with its arguments, to be said in a language later on.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    id: &'static str,
    args: Vec<(&'static str, Arg)>,
}

impl Message {
    /// The message `id` of the catalogue.
    #[must_use]
    pub fn new(id: &'static str) -> Self {
        Self {
            id,
            args: Vec::new(),
        }
    }

    /// Adds a text argument.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.args.push((name, Arg::Text(value.to_string())));
        self
    }

    /// Adds a count, by which the catalogue may choose a plural form.
    #[must_use]
    pub fn count(mut self, name: &'static str, value: usize) -> Self {
        self.args.push((name, Arg::Count(value as u64)));
        self
    }

    /// The catalogue's name of this message.
    #[must_use]
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// The message in `lang`.
    #[must_use]
    pub fn say(&self, lang: Lang) -> String {
        catalogue::say(lang, self.id, &self.args)
    }
}

/// The message `id` in `lang`, without arguments.
#[must_use]
pub fn say(lang: Lang, id: &'static str) -> String {
    catalogue::say(lang, id, &[])
}

/// The message of a name that is put together, such as a command's; `None` where there is none.
#[must_use]
pub fn say_named(lang: Lang, id: &str) -> Option<String> {
    catalogue::has(lang, id).then(|| catalogue::say(lang, id, &[]))
}
