//! The address that a person copies → the address of its public feed. What stands behind a
//! login, or is a person's and not an institution's, is refused with what to do instead.

mod forum;

use url::Url;

use super::Kind;
use crate::message::Message;

/// Why an address cannot be watched, and what to do instead.
#[derive(Debug, Clone, PartialEq)]
pub struct Refused {
    /// What is wrong.
    pub what: Message,
    /// What to write instead.
    pub mend: Message,
}

impl Refused {
    fn new(what: Message, mend: &'static str) -> Self {
        Self {
            what,
            mend: Message::new(mend),
        }
    }
}

/// Platforms whose pages show nothing lasting without a login, by their hosts. Each forbids
/// automated reading of its pages in its terms; what is official there is an API.
const CLOSED: [(&str, &str); 16] = [
    ("facebook.com", "Facebook"),
    ("fb.com", "Facebook"),
    ("fb.watch", "Facebook"),
    ("messenger.com", "Facebook"),
    ("instagram.com", "Instagram"),
    ("threads.net", "Threads"),
    ("threads.com", "Threads"),
    ("tiktok.com", "TikTok"),
    ("x.com", "X"),
    ("twitter.com", "X"),
    ("zalo.me", "Zalo"),
    ("zaloapp.com", "Zalo"),
    ("linkedin.com", "LinkedIn"),
    ("whatsapp.com", "WhatsApp"),
    ("discord.com", "Discord"),
    ("discord.gg", "Discord"),
];
/// First labels of the hosts of documented APIs.
const API_HOSTS: [&str; 3] = ["graph", "api", "open"];
/// Hosts of Telegram's public pages.
const TELEGRAM: [&str; 3] = ["t.me", "telegram.me", "telegram.dog"];

/// Whether `host` is `domain` or lies below it.
fn is_under(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

fn host(url: &Url) -> &str {
    url.host_str().unwrap_or_default()
}

/// The parts of the path, without empty ones.
fn parts(url: &Url) -> Vec<&str> {
    url.path_segments()
        .map(|parts| parts.filter(|part| !part.is_empty()).collect())
        .unwrap_or_default()
}

fn query(url: &Url, name: &str) -> Option<String> {
    url.query_pairs()
        .find(|(key, value)| key == name && !value.is_empty())
        .map(|(_, value)| value.into_owned())
}

/// The same origin with another path and query.
fn at(url: &Url, path: &str, query: Option<&str>) -> Url {
    let mut url = url.clone();
    url.set_path(path);
    url.set_query(query);
    url.set_fragment(None);
    url
}

/// The platform whose pages cannot be read without a login, where the address is one of them.
#[must_use]
pub fn closed(kind: Option<Kind>, url: &Url) -> Option<Refused> {
    let host = host(url);
    let (_, name) = CLOSED.iter().find(|(domain, _)| is_under(host, domain))?;
    let first = host.split('.').next().unwrap_or_default();
    if kind == Some(Kind::Json) && API_HOSTS.contains(&first) {
        return None;
    }
    let mend = match *name {
        "Facebook" => "source-closed-facebook-mend",
        "Zalo" => "source-closed-zalo-mend",
        _ => "source-closed-mend",
    };
    let what = Message::new("source-closed").with("platform", name);
    Some(Refused::new(what, mend))
}

/// The kind that reads an ordinary address of a platform, where another kind would not; `None`
/// for addresses of no platform, and for a platform's own feeds.
#[must_use]
pub fn recognised(url: &Url) -> Option<Kind> {
    let host = host(url);
    if TELEGRAM.contains(&host) {
        return Some(Kind::Telegram);
    }
    if is_under(host, "youtube.com") && !url.path().starts_with("/feeds/") || host == "youtu.be" {
        return Some(Kind::Youtube);
    }
    (is_under(host, "reddit.com") && !url.path().ends_with("rss")).then_some(Kind::Reddit)
}

/// Where a source of this kind is fetched, for the address that was written.
///
/// # Errors
/// When the address is none of the kind's, or not to be watched.
pub fn fetched_at(kind: Kind, url: &Url) -> Result<Url, Refused> {
    if let Some(refused) = closed(Some(kind), url) {
        return Err(refused);
    }
    match kind {
        Kind::Telegram => telegram(url),
        Kind::Youtube => youtube(url),
        Kind::Reddit => reddit(url),
        Kind::Mastodon => mastodon(url),
        Kind::Forum => forum::feed(url),
        Kind::Feed | Kind::Page | Kind::Article | Kind::Sitemap | Kind::Json => Ok(url.clone()),
    }
}

/// `t.me/CHANNEL`, `t.me/s/CHANNEL`, `t.me/CHANNEL/123` → the preview page `t.me/s/CHANNEL`.
/// Names: 4 to 32 letters, digits and `_` (Telegram's documentation of usernames).
fn telegram(url: &Url) -> Result<Url, Refused> {
    let refuse = |what, mend| Err(Refused::new(Message::new(what), mend));
    if !TELEGRAM.contains(&host(url)) {
        return refuse("source-telegram-host", "source-telegram-mend");
    }
    let parts = parts(url);
    let name = match parts.as_slice() {
        ["joinchat" | "c", ..] => return refuse("source-telegram-invite", "source-telegram-mend"),
        ["s", name, ..] | [name, ..] => *name,
        [] => return refuse("source-telegram-host", "source-telegram-mend"),
    };
    if name.starts_with('+') {
        return refuse("source-telegram-invite", "source-telegram-mend");
    }
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !(4..=32).contains(&name.len()) || !name.chars().all(fits) {
        return refuse("source-telegram-host", "source-telegram-mend");
    }
    let mut preview = at(url, &format!("/s/{name}"), None);
    // The other two lead here; the host cannot fail, being a constant.
    let _ = preview.set_host(Some("t.me"));
    Ok(preview)
}

/// A channel or playlist → its Atom feed `feeds/videos.xml`; a handle stays the channel's page,
/// on which the feed is looked up.
fn youtube(url: &Url) -> Result<Url, Refused> {
    let refuse = |what| Err(Refused::new(Message::new(what), "source-youtube-mend"));
    if !is_under(host(url), "youtube.com") && host(url) != "youtu.be" {
        return refuse("source-youtube-host");
    }
    let mut site = url.clone();
    // The host cannot fail, being a constant.
    let _ = site.set_host(Some("www.youtube.com"));
    let feed = |query: String| Ok(at(&site, "/feeds/videos.xml", Some(&query)));
    let word = |text: &str| {
        text.chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
    };
    if let Some(list) = query(url, "list").filter(|list| word(list)) {
        return feed(format!("playlist_id={list}"));
    }
    match parts(url).as_slice() {
        ["feeds", "videos.xml"] => Ok(at(&site, "/feeds/videos.xml", url.query())),
        ["channel", id, ..] if id.starts_with("UC") && id.len() == 24 && word(id) => {
            feed(format!("channel_id={id}"))
        }
        ["user", name, ..] if word(name) => feed(format!("user={name}")),
        [handle, ..] if handle.starts_with('@') => Ok(at(&site, &format!("/{handle}"), None)),
        ["c", name, ..] => Ok(at(&site, &format!("/c/{name}"), None)),
        ["watch" | "shorts" | "live" | "embed", ..] => refuse("source-youtube-video"),
        [_] if host(url) == "youtu.be" => refuse("source-youtube-video"),
        _ => refuse("source-youtube-host"),
    }
}

/// `r/NAME` → its newest posts as a feed. Persons are not tracked, comments not read.
fn reddit(url: &Url) -> Result<Url, Refused> {
    let refuse = |what| Err(Refused::new(Message::new(what), "source-reddit-mend"));
    if !is_under(host(url), "reddit.com") {
        return refuse("source-reddit-host");
    }
    let mut site = url.clone();
    // The host cannot fail, being a constant.
    let _ = site.set_host(Some("www.reddit.com"));
    let parts = parts(url);
    match parts.as_slice() {
        ["u" | "user", ..] => refuse("source-reddit-person"),
        ["r", _, "comments", ..] | ["comments", ..] => refuse("source-reddit-comments"),
        ["r", name, ..] => Ok(at(&site, &format!("/r/{name}/new/.rss"), None)),
        _ => refuse("source-reddit-host"),
    }
}

/// `HOST/@name`, `HOST/tags/word` → the same with `.rss`, as Mastodon itself links it. An account
/// of another server is asked there.
fn mastodon(url: &Url) -> Result<Url, Refused> {
    let refuse = |what| Err(Refused::new(Message::new(what), "source-mastodon-mend"));
    let parts = parts(url);
    let (prefix, name) = match parts.as_slice() {
        ["tags", word, ..] => ("/tags/", *word),
        ["web", account, ..] | ["users", account, ..] | [account, ..] => {
            ("/@", account.trim_start_matches('@'))
        }
        [] => return refuse("source-mastodon-host"),
    };
    let written = url.path().contains("/@") || matches!(parts[0], "tags" | "users");
    let name = name.strip_suffix(".rss").unwrap_or(name);
    if !written || name.is_empty() {
        return refuse("source-mastodon-host");
    }
    match name.split_once('@') {
        None => Ok(at(url, &format!("{prefix}{name}.rss"), None)),
        Some((name, server)) => {
            let mut home = at(url, &format!("/@{name}.rss"), None);
            match home.set_host(Some(server)) {
                Ok(()) => Ok(home),
                Err(_) => refuse("source-mastodon-host"),
            }
        }
    }
}

#[cfg(test)]
mod tests;
