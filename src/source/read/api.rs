//! The paths and headers of a documented API.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json_path::JsonPath;
use url::Url;

use super::super::ApiRecipe;
use super::page::read_time_format;
use super::{Credentials, is_own_server};
use crate::message::Message;
use crate::problem::toml::Table;
use crate::problem::{Problem, Spanned, beside};

/// Ready recipes, by name.
const PRESETS: &str = "graph-api";
/// The Graph API's page posts (Facebook's reference of `/{page-id}/posts`): fields that are told
/// of a public page to an app with Page Public Content Access. No author, comment or reaction.
const GRAPH_API: [(&str, &str); 5] = [
    ("item", "$.data[*]"),
    ("item_id", "$.id"),
    ("link", "$.permalink_url"),
    ("text", "$.message"),
    ("time", "$.created_time"),
];
/// What the preset asks the Graph API for.
const GRAPH_FIELDS: &str = "id,message,created_time,permalink_url";
/// Headers of a login or of the connection itself: not an API's credentials.
const FOREIGN_HEADERS: [&str; 6] = [
    "cookie",
    "host",
    "content-length",
    "connection",
    "transfer-encoding",
    "user-agent",
];
/// A credential file is not longer.
const LONGEST_FILE: u64 = 64 << 10;

/// Reads the recipe of a `json` block.
pub(super) fn read(
    block: &mut Table<'_>,
    url: Option<&Url>,
    credentials: &Credentials,
) -> Option<ApiRecipe> {
    let preset = block.parsed::<Preset>("preset", PRESETS).is_some();
    if let (true, Some(url)) = (preset, url)
        && !url.query_pairs().any(|(key, _)| key == "fields")
    {
        block.error(
            block.span(),
            Message::new("source-graph-fields"),
            Message::new("source-graph-fields-mend")
                .with("url", url)
                .with("fields", GRAPH_FIELDS),
        );
    }
    let headers = read_headers(block, url, credentials);
    let item = read_path(block, "item", preset, true);
    let id = read_path(block, "item_id", preset, false);
    let link = read_path(block, "link", preset, false);
    let title = read_path(block, "title", preset, false);
    let text = read_path(block, "text", preset, false);
    let time = read_path(block, "time", preset, false);
    let time_format = read_time_format(block);
    if title.is_none() && text.is_none() && !block.has("title") && !block.has("text") {
        block.error(
            block.span(),
            Message::new("source-json-mute"),
            Message::new("source-json-mute-mend"),
        );
        return None;
    }
    Some(ApiRecipe {
        item: item?,
        id,
        link,
        title,
        text,
        time,
        time_format: time_format.map(|format| format.value),
        headers: Arc::new(headers?),
    })
}

struct Preset;

impl std::str::FromStr for Preset {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        (name == PRESETS).then_some(Self).ok_or(())
    }
}

/// A path as written, else as the preset has it.
fn read_path(
    block: &mut Table<'_>,
    key: &'static str,
    preset: bool,
    required: bool,
) -> Option<JsonPath> {
    let ready = GRAPH_API.iter().find(|(name, _)| preset && *name == key);
    let written = match ready {
        Some((_, path)) if !block.has(key) => return JsonPath::parse(path).ok(),
        None if required => block.required(key, "\"$.data[*]\"")?,
        _ => block.string(key)?,
    };
    match JsonPath::parse(written.value.trim()) {
        Ok(path) => Some(path),
        Err(error) => {
            block.error(
                written.span,
                Message::new("source-bad-path")
                    .with("path", &written.value)
                    .with("error", error.message())
                    .count("position", error.position()),
                Message::new("source-bad-path-mend"),
            );
            None
        }
    }
}

/// The headers of the file that the block names; empty where it names none. `None`: a problem.
fn read_headers(
    block: &mut Table<'_>,
    url: Option<&Url>,
    credentials: &Credentials,
) -> Option<HeaderMap> {
    let Some(named) = block.string("headers_file") else {
        return (!block.has("headers_file")).then(HeaderMap::new);
    };
    if url.is_some_and(|url| url.scheme() != "https" && !is_own_server(url)) {
        block.error(
            named.span,
            Message::new("source-headers-plain"),
            Message::new("source-headers-plain-mend"),
        );
        return None;
    }
    let path = headers_path(block, &named.value, credentials.folder.as_deref());
    let text = match text_of(&path) {
        Ok(text) => text,
        // Someone at the keyboard cannot see what only the service is handed.
        Err(error) if credentials.may_be_unseen(&error) => {
            let what = Message::new("source-headers-unseen").with("path", path.display());
            let mend = Message::new("source-headers-unseen-mend").with("file", &named.value);
            let problem = Problem::warning(block.file(), named.span, what).mend(mend);
            block.problems().push(problem);
            return Some(HeaderMap::new());
        }
        Err(error) => {
            block.error(
                named.span,
                Message::new("source-headers-file")
                    .with("path", path.display())
                    .with("error", error),
                Message::new("source-headers-file-mend"),
            );
            return None;
        }
    };
    parse_headers(block, &named, &text)
}

/// Relative to the file that names it; where it is not there and systemd hands over a credential
/// of that name, that.
fn headers_path(block: &Table<'_>, named: &str, credentials: Option<&Path>) -> PathBuf {
    let base = block.file().path.parent().unwrap_or(Path::new(""));
    let beside = beside(base, named);
    let handed = Path::new(named)
        .file_name()
        .and_then(|name| Some(credentials?.join(name)));
    match handed {
        Some(handed) if handed.exists() => handed,
        _ => beside,
    }
}

fn text_of(path: &Path) -> std::io::Result<String> {
    use std::io::Read as _;
    let mut text = String::new();
    fs::File::open(path)?
        .take(LONGEST_FILE)
        .read_to_string(&mut text)?;
    Ok(text)
}

/// Lines `Name: value`; `#` begins a comment. No problem shows what a line holds.
fn parse_headers(block: &Table<'_>, named: &Spanned<String>, text: &str) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    let refuse = |number: usize, what: &'static str| {
        block.error(
            named.span.clone(),
            Message::new(what).count("line", number + 1),
            Message::new("source-headers-line-mend"),
        );
        None
    };
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let header = line.split_once(':').and_then(|(name, value)| {
            let name: HeaderName = name.trim().parse().ok()?;
            let value = HeaderValue::from_str(value.trim()).ok()?;
            Some((name, value))
        });
        let Some((name, mut value)) = header else {
            return refuse(number, "source-headers-line");
        };
        if FOREIGN_HEADERS.contains(&name.as_str()) {
            return refuse(number, "source-headers-foreign");
        }
        value.set_sensitive(true);
        headers.append(name, value);
    }
    if headers.is_empty() {
        return refuse(0, "source-headers-line");
    }
    Some(headers)
}
