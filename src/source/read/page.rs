//! The selectors of a list page.

use scraper::Selector;
use scraper::error::SelectorErrorKind;

use super::super::{CssPath, PageRecipe};
use super::warn;
use crate::message::Message;
use crate::problem::Spanned;
use crate::problem::toml::Table;

pub(super) fn read(block: &mut Table<'_>) -> Option<PageRecipe> {
    let item = read_path(block, "item", Some("\"div.news-item\""));
    let link = read_path(block, "link", Some("\"a@href\""));
    let title = read_path(block, "title", None);
    let text = read_path(block, "text", None);
    let time = block.string("time");
    let time_path = time.clone().and_then(|time| checked_path(block, time));
    let time_format = read_time_format(block);
    match (&time, &time_path, &time_format) {
        (Some(time), Some(path), None) if path.attribute.as_deref() != Some("datetime") => warn(
            block,
            time.span.clone(),
            Message::new("source-time-no-format"),
            Message::new("source-time-no-format-mend"),
        ),
        (None, _, Some(format)) => warn(
            block,
            format.span.clone(),
            Message::new("source-format-no-time"),
            Message::new("source-format-no-time-mend"),
        ),
        _ => {}
    }
    let item = item?;
    if let Some(attribute) = &item.attribute {
        block.error(
            block.span(),
            Message::new("source-item-attribute").with("attribute", attribute),
            Message::new("source-item-attribute-mend"),
        );
        return None;
    }
    Some(PageRecipe {
        item,
        link: link?,
        title,
        text,
        time: time_path,
        time_format: time_format.map(|format| format.value),
    })
}

fn read_path(block: &mut Table<'_>, key: &'static str, required: Option<&str>) -> Option<CssPath> {
    let written = match required {
        Some(example) => block.required(key, example),
        None => block.string(key),
    }?;
    checked_path(block, written)
}

fn checked_path(block: &Table<'_>, written: Spanned<String>) -> Option<CssPath> {
    let path = CssPath::parse(&written.value);
    // An empty selector is the item itself; alone it says nothing.
    if path.css.is_empty() && path.attribute.is_some() {
        return Some(path);
    }
    match Selector::parse(&path.css) {
        Ok(_) => Some(path),
        Err(error) => {
            block.error(
                written.span,
                Message::new(reason(&error)).with("selector", &path.css),
                Message::new("source-bad-selector-mend"),
            );
            None
        }
    }
}

/// The parser's own words name its tokens, not what an admin wrote.
fn reason(error: &SelectorErrorKind) -> &'static str {
    let known = [
        ("EmptySelector", "source-selector-empty"),
        ("EndOfLine", "source-selector-unfinished"),
        ("DanglingCombinator", "source-selector-unfinished"),
        ("ClassNeedsIdent", "source-selector-class"),
        ("UnsupportedPseudo", "source-selector-pseudo"),
    ];
    let kind = format!("{error:?}");
    let found = known.iter().find(|(name, _)| kind.contains(name));
    found.map_or("source-bad-selector", |(_, message)| message)
}

pub(super) fn read_time_format(block: &mut Table<'_>) -> Option<Spanned<String>> {
    let format = block.string("time_format")?;
    // A format that can be written can be read: a fixed time shows whether it is one.
    let sample = jiff::civil::date(2021, 8, 23)
        .at(14, 30, 0, 0)
        .to_zoned_datetime(jiff::tz::TimeZone::UTC)
        .ok()?;
    let tried = jiff::fmt::strtime::format(&format.value, &sample);
    match tried {
        Ok(_) if format.value.contains('%') => Some(format),
        _ => {
            block.error(
                format.span,
                Message::new("source-bad-format").with("format", &format.value),
                Message::new("source-bad-format-mend"),
            );
            None
        }
    }
}
