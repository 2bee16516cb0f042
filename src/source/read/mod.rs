//! `[[source]]` blocks → settled sources, every problem listed at its place.

mod api;
mod page;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use url::{Host, Url};

use super::{Kind, Source, Trust, platform};
use crate::message::Message;
use crate::problem::toml::Table;
use crate::problem::{Level, Problem, Spanned};

/// How often a source is looked at where its block does not say.
pub(super) const DEFAULT_EVERY: Duration = Duration::from_secs(15 * 60);
/// The shortest interval that a public server is asked at.
const SHORTEST_EVERY: Duration = Duration::from_secs(60);
/// The shortest interval on servers of one's own: loopback and the names kept for tests.
const SHORTEST_TEST_EVERY: Duration = Duration::from_secs(1);
/// Keys of the kinds that find items by a recipe, with those kinds.
const RECIPE_KEYS: [(&str, &[Kind]); 9] = [
    ("item", &[Kind::Page, Kind::Json]),
    ("link", &[Kind::Page, Kind::Json]),
    ("title", &[Kind::Page, Kind::Json]),
    ("text", &[Kind::Page, Kind::Json]),
    ("time", &[Kind::Page, Kind::Json]),
    ("time_format", &[Kind::Page, Kind::Json]),
    ("item_id", &[Kind::Json]),
    ("preset", &[Kind::Json]),
    ("headers_file", &[Kind::Json]),
];
/// Parts of an address that let in whoever holds them.
const SECRET_PARTS: [&str; 6] = [
    "access_token",
    "api_key",
    "apikey",
    "client_secret",
    "token",
    "password",
];

/// What earlier blocks took, in this file and in the files read before it: one value is passed
/// through all of them, so that a double is found wherever it stands.
#[derive(Debug, Default)]
pub struct Known {
    credentials: Credentials,
    ids: BTreeMap<String, Place>,
    urls: BTreeMap<String, String>,
}

/// What the service manager hands over (systemd.exec(5), `LoadCredential=`).
#[derive(Debug, Clone, Default)]
pub struct Credentials {
    /// Where it lies, if this is a service.
    pub folder: Option<PathBuf>,
    /// The command only looks at the files: what only the service is handed may be missing.
    pub dispensable: bool,
}

impl Credentials {
    /// Whether a file that cannot be read may well be there for the service.
    fn may_be_unseen(&self, error: &std::io::Error) -> bool {
        use std::io::ErrorKind::{NotFound, PermissionDenied};
        self.dispensable
            && self.folder.is_none()
            && matches!(error.kind(), NotFound | PermissionDenied)
    }
}

#[derive(Debug)]
struct Place {
    file: PathBuf,
    line: usize,
}

impl Known {
    /// Nothing taken yet; credentials that blocks name are also looked for in their folder.
    #[must_use]
    pub fn with_credentials(credentials: Credentials) -> Self {
        Self {
            credentials,
            ..Self::default()
        }
    }
}

/// Reads every `[[source]]` block of a file's root table. A block with an error is left out;
/// the problems say why.
#[must_use]
pub fn read_sources(mut root: Table<'_>, known: &mut Known) -> Vec<Source> {
    let blocks = root.tables("source");
    root.finish();
    blocks
        .into_iter()
        .filter_map(|block| read_source(block, known))
        .collect()
}

fn read_source(mut block: Table<'_>, known: &mut Known) -> Option<Source> {
    let id = read_id(&mut block, known);
    let kind = read_kind(&mut block);
    let place = read_place(&mut block, kind, known);
    let name = block.string("name");
    let trust = block.parsed::<Trust>("trust", Trust::WANTED);
    let every = read_every(&mut block, place.as_ref().map(|place| &place.written));
    let tags = block.strings("tags").unwrap_or_default();
    let follow = block.boolean("follow");
    let (mut page, mut api) = (None, None);
    match kind {
        Some(Kind::Page) => page = page::read(&mut block).map(Box::new),
        Some(Kind::Json) => {
            let url = place.as_ref().map(|place| &place.written);
            api = api::read(&mut block, url, &known.credentials).map(Box::new);
        }
        _ => {}
    }
    refuse_recipe_keys(&mut block, kind);
    if let (Some(Kind::Article), Some(follow)) = (kind, &follow)
        && follow.value
    {
        warn(
            &block,
            follow.span.clone(),
            Message::new("source-follow-article"),
            Message::new("source-follow-article-mend"),
        );
    }
    block.finish();

    let (id, kind, place) = (id?, kind?, place?);
    if kind == Kind::Page && page.is_none() || kind == Kind::Json && api.is_none() {
        return None;
    }
    known
        .urls
        .entry(place.fetched.to_string())
        .or_insert_with(|| id.clone());
    // A sitemap that tells no titles is worth nothing unless its pages are read.
    let follow = follow.map_or(kind == Kind::Sitemap, |follow| follow.value);
    Some(Source {
        name: name.map_or_else(|| id.clone(), |name| name.value),
        id: Arc::from(id),
        kind,
        url: place.fetched,
        address: place.written,
        trust: trust.map_or(Trust::Social, |trust| trust.value),
        every: every.unwrap_or(DEFAULT_EVERY),
        tags: tags.into_iter().map(|tag| tag.value).collect(),
        page,
        api,
        follow: kind != Kind::Article && follow,
    })
}

fn warn(block: &Table<'_>, span: Range<usize>, what: Message, mend: Message) {
    block
        .problems()
        .push(Problem::warning(block.file(), span, what).mend(mend));
}

fn read_id(block: &mut Table<'_>, known: &mut Known) -> Option<String> {
    let id = block.required("id", "\"cong-huyen\"")?;
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if id.value.is_empty() || id.value.len() > 64 || !id.value.chars().all(fits) {
        block.error(
            id.span,
            Message::new("source-bad-id").with("id", &id.value),
            Message::new("source-bad-id-mend"),
        );
        return None;
    }
    if let Some(place) = known.ids.get(&id.value) {
        block.error(
            id.span,
            Message::new("source-duplicate-id").with("id", &id.value),
            Message::new("source-duplicate-id-mend")
                .with("file", place.file.display())
                .with("line", place.line),
        );
        return None;
    }
    let place = Place {
        file: block.file().path.clone(),
        line: block.file().position(id.span.start).0,
    };
    known.ids.insert(id.value.clone(), place);
    Some(id.value)
}

fn read_kind(block: &mut Table<'_>) -> Option<Kind> {
    if !block.has("kind") {
        block.missing("kind", "\"feed\"");
    }
    let kind = block.parsed::<Kind>("kind", Kind::WANTED)?;
    Some(kind.value)
}

/// An address as it is written, and where it is fetched.
struct WrittenPlace {
    written: Url,
    fetched: Url,
}

fn read_place(block: &mut Table<'_>, kind: Option<Kind>, known: &Known) -> Option<WrittenPlace> {
    let url = read_url(block)?;
    let refuse = |refused: platform::Refused| {
        let what = refused.what.with("url", &url.value);
        block.error(url.span.clone(), what, refused.mend);
        None
    };
    let Some(kind) = kind else {
        return match platform::closed(None, &url.value) {
            Some(refused) => refuse(refused),
            None => Some(WrittenPlace {
                fetched: url.value.clone(),
                written: url.value,
            }),
        };
    };
    let fetched = match platform::fetched_at(kind, &url.value) {
        Ok(fetched) => fetched,
        Err(refused) => return refuse(refused),
    };
    if matches!(kind, Kind::Youtube | Kind::Reddit) {
        let (what, mend) = match kind {
            Kind::Youtube => ("source-robots-youtube", "source-robots-youtube-mend"),
            _ => ("source-robots-reddit", "source-robots-reddit-mend"),
        };
        let (what, mend) = (Message::new(what), Message::new(mend));
        warn(block, url.span.clone(), what, mend);
    }
    if let Some(better) = platform::recognised(&url.value).filter(|better| *better != kind) {
        warn(
            block,
            url.span.clone(),
            Message::new("source-kind-better").with("kind", better),
            Message::new("source-kind-better-mend").with("kind", better),
        );
    }
    if let Some(other) = known.urls.get(fetched.as_str()) {
        warn(
            block,
            url.span,
            Message::new("source-duplicate-url").with("other", other),
            Message::new("source-duplicate-url-mend"),
        );
    }
    Some(WrittenPlace {
        written: url.value,
        fetched,
    })
}

fn read_url(block: &mut Table<'_>) -> Option<Spanned<Url>> {
    let written = block.required("url", "\"https://…\"")?;
    let refuse = |what: Message, mend: Message| {
        block.error(written.span.clone(), what.with("url", &written.value), mend);
        None
    };
    let url = match Url::parse(written.value.trim()) {
        Ok(url) => url,
        Err(url::ParseError::RelativeUrlWithoutBase) => {
            return refuse(
                Message::new("source-url-no-scheme"),
                Message::new("source-url-no-scheme-mend")
                    .with("url", written.value.trim_start_matches('/')),
            );
        }
        Err(error) => {
            return refuse(
                Message::new("source-bad-url").with("error", error),
                Message::new("source-bad-url-mend"),
            );
        }
    };
    if !matches!(url.scheme(), "http" | "https") {
        return refuse(
            Message::new("source-bad-scheme").with("scheme", url.scheme()),
            Message::new("source-bad-scheme-mend"),
        );
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse(
            Message::new("source-url-login"),
            Message::new("source-url-login-mend"),
        );
    }
    if let Some((part, _)) = url
        .query_pairs()
        .find(|(part, _)| SECRET_PARTS.contains(&part.to_ascii_lowercase().as_str()))
    {
        // Without a span, so that no report shows the line with the secret in it.
        block.problems().push(Problem {
            level: Level::Error,
            file: Arc::clone(block.file()),
            span: None,
            what: Message::new("source-url-secret")
                .with("part", part)
                .count("line", block.file().position(written.span.start).0),
            mend: Some(Message::new("source-url-secret-mend")),
        });
        return None;
    }
    Some(Spanned {
        value: url,
        span: written.span,
    })
}

fn read_every(block: &mut Table<'_>, url: Option<&Url>) -> Option<Duration> {
    let every = block.duration("every")?;
    if every.value >= SHORTEST_EVERY {
        return Some(every.value);
    }
    let own = url.is_some_and(is_own_server);
    let (what, mend) = (
        Message::new("source-every-short"),
        Message::new("source-every-short-mend"),
    );
    if own && every.value >= SHORTEST_TEST_EVERY {
        warn(block, every.span, what, mend);
        return Some(every.value);
    }
    block.error(every.span, what, mend);
    None
}

/// Whether the address is one's own server or a name that RFC 2606 and RFC 6761 keep for tests.
fn is_own_server(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => ["localhost", "example", "test"]
            .iter()
            .any(|top| name == *top || name.ends_with(&format!(".{top}"))),
        None => false,
    }
}

/// Keys of a recipe that another kind has; where the kind is not known, none is called unknown.
fn refuse_recipe_keys(block: &mut Table<'_>, kind: Option<Kind>) {
    for (key, kinds) in RECIPE_KEYS {
        if kind.is_some_and(|kind| kinds.contains(&kind)) {
            continue;
        }
        let (Some(value), Some(kind)) = (block.string(key), kind) else {
            continue;
        };
        let wanted: Vec<String> = kinds.iter().map(Kind::to_string).collect();
        let wanted = wanted.join(" | ");
        block.error(
            value.span,
            Message::new("source-recipe-key")
                .with("key", key)
                .with("kind", kind)
                .with("wanted", &wanted),
            Message::new("source-recipe-key-mend")
                .with("key", key)
                .with("wanted", wanted),
        );
    }
}

#[cfg(test)]
mod tests;
