//! Reading a TOML file so that every problem in it is listed, each at its place, instead of
//! the first one only: unknown keys, wrong types, missing keys, values out of range.

use std::collections::BTreeSet;
use std::ops::Range;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use jiff::{Span, SpanRelativeTo};
use toml::de::{DeTable, DeValue};

use super::{Problem, Problems, SourceFile, Spanned, meant, nearest};
use crate::message::Message;

/// Parses `file` and hands its root table to `read`; syntax errors are listed, and what could
/// be parsed in spite of them is read all the same.
pub fn read_file<T>(
    file: &Arc<SourceFile>,
    problems: &Problems,
    read: impl FnOnce(Table<'_>) -> T,
) -> T {
    let (root, errors) = DeTable::parse_recoverable(&file.text);
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        let mend = syntax_mend(
            error.message(),
            file.text.get(span.clone()).unwrap_or_default(),
        );
        let what = Message::new("problem-toml-syntax").with("error", error.message());
        problems.push(Problem::error(file, span, what).mend(Message::new(mend)));
    }
    read(Table {
        file,
        problems,
        span: root.span(),
        table: root.get_ref(),
        seen: BTreeSet::new(),
    })
}

/// The mend of a syntax error, by the parser's word for it and the text at its place.
fn syntax_mend(error: &str, text: &str) -> &'static str {
    if error.starts_with("duplicate key") {
        "problem-toml-twice-mend"
    } else if text.contains(['“', '”', '„', '‘', '’']) {
        // As word processors write them.
        "problem-toml-quotes-mend"
    } else {
        "problem-toml-syntax-mend"
    }
}

/// A table being read: each call takes one key; [`Table::finish`] reports the keys nobody took.
#[derive(Debug)]
pub struct Table<'a> {
    file: &'a Arc<SourceFile>,
    problems: &'a Problems,
    span: Range<usize>,
    table: &'a DeTable<'a>,
    seen: BTreeSet<&'static str>,
}

impl<'a> Table<'a> {
    /// Where the table stands (its header's line for a `[table]`).
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The file it stands in.
    #[must_use]
    pub fn file(&self) -> &'a Arc<SourceFile> {
        self.file
    }

    /// Where its problems go.
    #[must_use]
    pub fn problems(&self) -> &'a Problems {
        self.problems
    }

    /// Reports an error at `span`, with a mend.
    pub fn error(&self, span: Range<usize>, what: Message, mend: Message) {
        self.problems
            .push(Problem::error(self.file, span, what).mend(mend));
    }

    /// Whether the key stands in the table (without taking it).
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.table.get(key).is_some()
    }

    /// The string at the key, where one stands there (without taking it).
    #[must_use]
    pub fn peek(&self, key: &str) -> Option<&'a str> {
        self.table.get(key)?.get_ref().as_str()
    }

    fn take(&mut self, key: &'static str) -> Option<(&'a DeValue<'a>, Range<usize>)> {
        self.seen.insert(key);
        self.table
            .get(key)
            .map(|value| (value.get_ref(), value.span()))
    }

    fn wrong_type(&self, key: &str, span: Range<usize>, wanted: &'static str) {
        self.error(
            span,
            Message::new("problem-wrong-type").with("key", key),
            Message::new(wanted).with("key", key),
        );
    }

    /// Reports that `key` is missing from this table.
    pub fn missing(&self, key: &'static str, example: &str) {
        let end = self.file.text[self.span.start.min(self.file.text.len())..]
            .find('\n')
            .map_or(self.file.text.len(), |at| self.span.start + at);
        self.error(
            self.span.start..end.max(self.span.start),
            Message::new("problem-missing-key").with("key", key),
            Message::new("problem-missing-key-mend")
                .with("key", key)
                .with("example", example),
        );
    }

    /// A string.
    pub fn string(&mut self, key: &'static str) -> Option<Spanned<String>> {
        self.string_of(key, "problem-want-string")
    }

    /// A string; where something else stands, `wanted` says what to write.
    fn string_of(&mut self, key: &'static str, wanted: &'static str) -> Option<Spanned<String>> {
        let (value, span) = self.take(key)?;
        match value {
            DeValue::String(text) => Some(Spanned {
                value: text.clone().into_owned(),
                span,
            }),
            _ => {
                self.wrong_type(key, span, wanted);
                None
            }
        }
    }

    /// A string that must be there; `example` shows what to write.
    pub fn required(&mut self, key: &'static str, example: &str) -> Option<Spanned<String>> {
        if !self.has(key) {
            self.seen.insert(key);
            self.missing(key, example);
            return None;
        }
        self.string(key)
    }

    /// A boolean.
    pub fn boolean(&mut self, key: &'static str) -> Option<Spanned<bool>> {
        let (value, span) = self.take(key)?;
        match value {
            DeValue::Boolean(value) => Some(Spanned {
                value: *value,
                span,
            }),
            _ => {
                self.wrong_type(key, span, "problem-want-boolean");
                None
            }
        }
    }

    /// A whole number within `range`.
    pub fn integer(
        &mut self,
        key: &'static str,
        range: std::ops::RangeInclusive<i64>,
    ) -> Option<Spanned<i64>> {
        let (value, span) = self.take(key)?;
        let DeValue::Integer(digits) = value else {
            self.wrong_type(key, span, "problem-want-integer");
            return None;
        };
        match i64::from_str_radix(digits.as_str(), digits.radix()) {
            Ok(value) if range.contains(&value) => Some(Spanned { value, span }),
            _ => {
                self.error(
                    span,
                    Message::new("problem-out-of-range").with("key", key),
                    Message::new("problem-out-of-range-mend")
                        .with("low", range.start())
                        .with("high", range.end()),
                );
                None
            }
        }
    }

    /// A date, `2021-08-15`.
    pub fn date(&mut self, key: &'static str) -> Option<Spanned<jiff::civil::Date>> {
        let (value, span) = self.take(key)?;
        let written = match value {
            DeValue::Datetime(date) => date.to_string(),
            DeValue::String(text) => text.to_string(),
            _ => String::new(),
        };
        match written.parse() {
            Ok(value) => Some(Spanned { value, span }),
            Err(_) => {
                self.wrong_type(key, span, "problem-want-date");
                None
            }
        }
    }

    /// A list of strings; one string alone counts as a list of one.
    pub fn strings(&mut self, key: &'static str) -> Option<Vec<Spanned<String>>> {
        let (value, span) = self.take(key)?;
        match value {
            DeValue::String(text) => Some(vec![Spanned {
                value: text.clone().into_owned(),
                span,
            }]),
            DeValue::Array(items) => {
                let mut list = Vec::with_capacity(items.len());
                for item in items.iter() {
                    match item.get_ref() {
                        DeValue::String(text) => list.push(Spanned {
                            value: text.clone().into_owned(),
                            span: item.span(),
                        }),
                        _ => self.wrong_type(key, item.span(), "problem-want-strings"),
                    }
                }
                Some(list)
            }
            _ => {
                self.wrong_type(key, span, "problem-want-strings");
                None
            }
        }
    }

    /// A string that `T` can be made of; `wanted` names the values that do.
    pub fn parsed<T: FromStr>(&mut self, key: &'static str, wanted: &str) -> Option<Spanned<T>> {
        let text = self.string(key)?;
        match text.value.parse() {
            Ok(value) => Some(Spanned {
                value,
                span: text.span,
            }),
            Err(_) => {
                let mend = match meant(&text.value, wanted) {
                    Some(near) => Message::new("problem-bad-value-near").with("near", near),
                    None => Message::new("problem-bad-value-mend"),
                };
                self.error(
                    text.span,
                    Message::new("problem-bad-value")
                        .with("key", key)
                        .with("value", &text.value),
                    mend.with("wanted", wanted),
                );
                None
            }
        }
    }

    /// A duration like `"30s"`, `"15m"`, `"2h"`, `"365d"` (a day is 24 hours).
    pub fn duration(&mut self, key: &'static str) -> Option<Spanned<Duration>> {
        let text = self.string_of(key, "problem-want-duration")?;
        match parse_duration(&text.value) {
            Some(value) => Some(Spanned {
                value,
                span: text.span,
            }),
            None => {
                self.wrong_type(key, text.span, "problem-want-duration");
                None
            }
        }
    }

    /// A size in bytes like `"512KiB"`, `"8MiB"`.
    pub fn size(&mut self, key: &'static str) -> Option<Spanned<u64>> {
        let text = self.string_of(key, "problem-want-size")?;
        match parse_size(&text.value) {
            Some(value) => Some(Spanned {
                value,
                span: text.span,
            }),
            None => {
                self.wrong_type(key, text.span, "problem-want-size");
                None
            }
        }
    }

    /// A table below this one.
    pub fn table(&mut self, key: &'static str) -> Option<Table<'a>> {
        let (value, span) = self.take(key)?;
        match value {
            DeValue::Table(table) => Some(self.below(table, span)),
            _ => {
                self.wrong_type(key, span, "problem-want-table");
                None
            }
        }
    }

    /// The tables of an array of tables, `[[key]]`.
    pub fn tables(&mut self, key: &'static str) -> Vec<Table<'a>> {
        let Some((value, span)) = self.take(key) else {
            return Vec::new();
        };
        let DeValue::Array(items) = value else {
            self.wrong_type(key, span, "problem-want-tables");
            return Vec::new();
        };
        let mut tables = Vec::with_capacity(items.len());
        for item in items.iter() {
            match item.get_ref() {
                DeValue::Table(table) => tables.push(self.below(table, item.span())),
                _ => self.wrong_type(key, item.span(), "problem-want-tables"),
            }
        }
        tables
    }

    /// Every key of the table with a string value, for tables whose keys users choose.
    pub fn entries(&mut self) -> Vec<(Spanned<String>, Spanned<String>)> {
        let mut entries = Vec::new();
        for (key, value) in self.table.iter() {
            match value.get_ref() {
                DeValue::String(text) => entries.push((
                    Spanned {
                        value: key.get_ref().to_string(),
                        span: key.span(),
                    },
                    Spanned {
                        value: text.to_string(),
                        span: value.span(),
                    },
                )),
                _ => self.wrong_type(key.get_ref(), value.span(), "problem-want-string"),
            }
        }
        entries
    }

    fn below(&self, table: &'a DeTable<'a>, span: Range<usize>) -> Table<'a> {
        Table {
            file: self.file,
            problems: self.problems,
            span,
            table,
            seen: BTreeSet::new(),
        }
    }

    /// Reports every key that nobody took, with the nearest known one.
    pub fn finish(self) {
        for (key, _) in self.table.iter() {
            let name = key.get_ref();
            if self.seen.contains(name.as_ref()) {
                continue;
            }
            let mend = match nearest(name, self.seen.iter().copied()) {
                Some(near) => Message::new("problem-unknown-key-near").with("near", near),
                None => Message::new("problem-unknown-key-mend").with(
                    "known",
                    self.seen.iter().copied().collect::<Vec<_>>().join(", "),
                ),
            };
            self.error(
                key.span(),
                Message::new("problem-unknown-key").with("key", name),
                mend,
            );
        }
    }
}

/// Reads `"30s"`, `"15m"`, `"1h 30m"`, `"365d"`; a day is 24 hours.
#[must_use]
pub fn parse_duration(text: &str) -> Option<Duration> {
    let span: Span = text.parse().ok()?;
    let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    Duration::try_from(duration).ok()
}

/// Reads `"8MiB"`, `"512 KiB"`, `"1000B"`.
#[must_use]
pub fn parse_size(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let number: u64 = text[..digits].parse().ok()?;
    let unit: u64 = match text[digits..].trim() {
        "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        "KB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        _ => return None,
    };
    number.checked_mul(unit)
}
