//! The pages of the sample web: written for this program, about places that do not exist.
//!
//! A page file is plain text with two kinds of marks:
//! - `{{rfc2822 5h}}`, `{{rfc3339 5h}}`, `{{vi 5h}}`: the time so many hours before the start;
//! - a line `{{round 1}}` or `{{round 2}}` begins lines for that round only, `{{all}}` ends them.
//!
//! Dates are the only thing that differs from run to run: identities, titles and texts stay,
//! so that a second demo over the same folder finds nothing new.

use axum::http::StatusCode;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use unicode_normalization::UnicodeNormalization;

use super::site::Page;

/// The `[[source]]` blocks that watch these pages.
pub(super) const SOURCES: &str = include_str!("web/sources.toml");

const RSS: &str = "application/rss+xml; charset=utf-8";
const ATOM: &str = "application/atom+xml; charset=utf-8";
const JSON: &str = "application/feed+json; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";
/// Old servers name no charset: the XML declaration does.
const OLD_XML: &str = "text/xml";

macro_rules! files {
    ($($host:literal $path:literal $kind:ident $file:literal),+ $(,)?) => {
        &[$(($host, $path, $kind, include_str!(concat!("web/", $file)))),+]
    };
}

/// Host, path, content type, page file.
const FILES: &[(&str, &str, &str, &str)] = files![
    "baothuongson.example" "/rss/suc-khoe.rss" RSS "baothuongson.xml",
    "suckhoecongdong.example" "/rss/home.rss" RSS "suckhoecongdong.xml",
    "soyte.thuongson.example" "/tin-tuc/atom.xml" ATOM "soyte.xml",
    "suoingan.thuongson.example" "/thong-bao" HTML "suoingan.html",
    "mevacon.example" "/rss/bai-moi.rss" RSS "mevacon.xml",
    "xomnui.example" "/feed.json" JSON "xomnui.json",
    "thuocnamquanhnha.example" "/bai-viet" HTML "thuocnam.html",
    "tinnong24.example" "/tin-moi" HTML "tinnong24.html",
    "tinnong24.example" "/tin/truc-thang-dem-nay" HTML "tinnong24-truc-thang.html",
    "tinnong24.example" "/tin/o-to-khan-hiem-chip" HTML "tinnong24-chip.html",
    "tinnong24.example" "/tin/cau-treo-na-may" HTML "tinnong24-cau.html",
    "doisim.example" "/tin.xml" OLD_XML "doisim.xml",
    "chiasenhanh.example" "/feed/" RSS "chiasenhanh.xml",
    "raovat.example" "/rss/suoi-ngan.rss" RSS "raovat.xml",
];

/// All pages; dates are counted back from `now`.
pub(super) fn pages(now: Timestamp) -> Vec<(&'static str, &'static str, Page)> {
    let mut pages: Vec<_> = FILES
        .iter()
        .map(|&(host, path, kind, file)| {
            let [first, second] = [1, 2].map(|round| fill(file, round, now));
            let page = match kind {
                OLD_XML => Page::new(kind, windows_1258(&first)).then(windows_1258(&second)),
                _ => Page::new(kind, first).then(second),
            };
            let page = if kind == ATOM { page.with_etag() } else { page };
            (host, path, page)
        })
        .collect();
    pages.push((
        "baodadoi.example",
        "/rss/tin-moi.rss",
        Page::failing(StatusCode::NOT_FOUND),
    ));
    pages.push(("trangtreo.example", "/rss/home.rss", Page::hanging()));
    pages
}

/// The page file as `round` shows it.
fn fill(file: &str, round: u8, now: Timestamp) -> String {
    let mut page = String::with_capacity(file.len());
    let mut shown = true;
    for line in file.split_inclusive('\n') {
        match line.trim() {
            "{{all}}" => shown = true,
            "{{round 1}}" => shown = round == 1,
            "{{round 2}}" => shown = round == 2,
            _ if shown => fill_line(line, now, &mut page),
            _ => {}
        }
    }
    page
}

fn fill_line(line: &str, now: Timestamp, page: &mut String) {
    let mut rest = line;
    while let Some((before, (mark, after))) = rest
        .split_once("{{")
        .and_then(|(before, from)| Some((before, from.split_once("}}")?)))
    {
        page.push_str(before);
        page.push_str(&date(mark, now).unwrap_or_else(|| format!("{{{{{mark}}}}}")));
        rest = after;
    }
    page.push_str(rest);
}

/// `FORMAT HOURSh` as a time in Vietnam (UTC+7 all year).
fn date(mark: &str, now: Timestamp) -> Option<String> {
    let (format, back) = mark.split_once(' ')?;
    let hours: i64 = back.strip_suffix('h')?.parse().ok()?;
    let format = match format {
        "rfc2822" => "%a, %d %b %Y %H:%M:00 %z",
        "rfc3339" => "%Y-%m-%dT%H:%M:00%:z",
        "vi" => "%d/%m/%Y %H:%M",
        _ => return None,
    };
    let at = now.checked_sub(SignedDuration::from_hours(hours)).ok()?;
    let there = at.to_zoned_datetime(TimeZone::fixed(Offset::constant(7)));
    Some(there.strftime(format).to_string())
}

/// Text as old Vietnamese Windows programs wrote it: letters with their shape marks, and each
/// tone as a combining mark after its letter, since the code page has no room for both at once.
fn windows_1258(text: &str) -> Vec<u8> {
    const TONES: [char; 5] = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];
    let mut parted = String::with_capacity(text.len() * 2);
    for letter in text.nfc() {
        let (tone, letter): (String, String) = std::iter::once(letter)
            .nfd()
            .partition(|c| TONES.contains(c));
        parted.extend(letter.nfc());
        parted.push_str(&tone);
    }
    encoding_rs::WINDOWS_1258.encode(&parted).0.into_owned()
}

#[cfg(test)]
mod tests;
