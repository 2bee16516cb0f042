//! Alerts as a table that opens in Excel: UTF-8 with a byte order mark (without one Excel takes
//! it for the system's encoding), lines ending in CRLF (RFC 4180), and no cell that a
//! spreadsheet would take for a formula.

use std::borrow::Cow;
use std::io::Write;

use csv::{Terminator, Writer, WriterBuilder};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::row::{Row, severity, stance, tier, trust};
use super::said;
use crate::message::{Lang, say};

/// The columns, by the catalogue's names of their words.
const COLUMNS: [&str; 21] = [
    "cli-hits-id",
    "cli-hits-seen",
    "cli-hits-published",
    "cli-hits-severity",
    "cli-hits-rumour",
    "cli-hits-rule",
    "cli-hits-topic",
    "cli-hits-stance",
    "cli-hits-tier",
    "cli-hits-source",
    "cli-hits-trust",
    "cli-hits-page-title",
    "cli-hits-excerpt",
    "cli-hits-url",
    "cli-hits-items",
    "cli-hits-sources",
    "cli-hits-verdict",
    "cli-hits-verdict-at",
    "cli-hits-verdict-by",
    "cli-hits-note",
    "cli-hits-mailed",
];

/// A table being written.
pub(super) struct Table<W: Write> {
    to: Writer<W>,
    lang: Lang,
}

impl<W: Write> Table<W> {
    pub(super) fn begin(mut out: W, lang: Lang) -> anyhow::Result<Self> {
        out.write_all("\u{feff}".as_bytes())?;
        let mut to = WriterBuilder::new()
            .terminator(Terminator::CRLF)
            .from_writer(out);
        to.write_record(COLUMNS.map(|column| say(lang, column)))?;
        Ok(Self { to, lang })
    }

    pub(super) fn add(&mut self, row: &Row, tz: &TimeZone) -> anyhow::Result<()> {
        let lang = self.lang;
        let at = |time: Option<Timestamp>| time.map(|time| cell_time(time, tz)).unwrap_or_default();
        let last = row
            .verdicts
            .iter()
            .rfind(|said| Some(said.verdict) == row.verdict);
        let receivers: Vec<&str> = row.mails.iter().map(|mail| &*mail.receiver).collect();
        let cells: [String; COLUMNS.len()] = [
            row.id.clone(),
            at(Some(row.seen)),
            at(row.published),
            severity(row.severity, lang),
            row.title.clone(),
            row.rule.clone(),
            row.topic.clone().unwrap_or_default(),
            stance(row.stance, lang),
            tier(row.tier, lang),
            row.source_name.clone(),
            trust(row.trust, lang),
            row.page_title.clone(),
            row.excerpt.clone(),
            row.url.clone().unwrap_or_default(),
            row.items.to_string(),
            row.sources.to_string(),
            row.verdict
                .map(|verdict| said(verdict, lang))
                .unwrap_or_default(),
            at(last.map(|last| last.at)),
            last.map(|last| last.by.clone()).unwrap_or_default(),
            last.and_then(|last| last.note.clone()).unwrap_or_default(),
            receivers.join(", "),
        ];
        self.to
            .write_record(cells.iter().map(|cell| harmless(cell).into_owned()))?;
        Ok(())
    }

    pub(super) fn end(mut self) -> anyhow::Result<()> {
        Ok(self.to.flush()?)
    }
}

/// A form of time that Excel reads as a time whatever the country it is set to.
fn cell_time(at: Timestamp, tz: &TimeZone) -> String {
    at.to_zoned_datetime(tz.clone())
        .strftime("%Y-%m-%d %H:%M")
        .to_string()
}

/// A cell that no spreadsheet takes for a formula: one that begins like a formula gets an
/// apostrophe before it. Source: OWASP, "CSV Injection"
/// (<https://owasp.org/www-community/attacks/CSV_Injection>), with the full-width forms.
fn harmless(cell: &str) -> Cow<'_, str> {
    let begins = |c: char| {
        matches!(
            c,
            '=' | '+'
                | '-'
                | '@'
                | '\u{FF1D}'
                | '\u{FF0B}'
                | '\u{FF0D}'
                | '\u{FF20}'
                | '\t'
                | '\r'
                | '\n'
        )
    };
    let risky = cell.starts_with(begins) || cell.trim_start().starts_with(begins);
    if risky {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        let rows = [
            ("=1+1", "'=1+1"),
            ("+84 912", "'+84 912"),
            ("-2", "'-2"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            (" =cmd|'/c calc'!A0", "' =cmd|'/c calc'!A0"),
            ("＝1", "'＝1"),
            ("a=1", "a=1"),
            ("Vắc xin – tin giả", "Vắc xin – tin giả"),
            ("", ""),
        ];
        for (cell, want) in rows {
            assert_eq!(harmless(cell), want, "{cell:?}");
        }
    }
}
