//! Forums: the feeds of Discourse, XenForo, phpBB and vBulletin, by the shape of the address.
//! A page of another shape is fetched, and the feed that it names itself is taken.

use url::Url;

use super::{Refused, at, parts, query};
use crate::message::Message;

/// The feed of a forum or of one of its sections; the page itself where only it can tell.
pub(super) fn feed(url: &Url) -> Result<Url, Refused> {
    let parts = parts(url);
    let last = parts.last().copied().unwrap_or_default();
    if is_feed(url, last) {
        return Ok(url.clone());
    }
    if is_person(&parts) {
        return Err(Refused::new(
            Message::new("source-forum-person"),
            "source-forum-mend",
        ));
    }
    if is_thread(&parts, last) {
        return Err(Refused::new(
            Message::new("source-forum-thread"),
            "source-forum-mend",
        ));
    }
    Ok(discourse(url, &parts)
        .or_else(|| phpbb(url, last))
        .or_else(|| vbulletin(url, last))
        .or_else(|| xenforo(url, &parts))
        .unwrap_or_else(|| url.clone()))
}

fn is_feed(url: &Url, last: &str) -> bool {
    let ends = [".rss", ".xml", ".atom"]
        .iter()
        .any(|end| last.ends_with(end));
    let scripts = last == "feed.php" || last == "external.php";
    ends || scripts || url.path().contains("/app.php/feed") || last == "feed"
}

/// A member's page: persons are not tracked.
fn is_person(parts: &[&str]) -> bool {
    let first = parts.first().copied().unwrap_or_default();
    matches!(first, "u" | "members" | "users" | "profile")
        || ["memberlist.php", "member.php"].contains(&parts.last().copied().unwrap_or_default())
}

/// One thread is a talk among persons: its posts are comments.
fn is_thread(parts: &[&str], last: &str) -> bool {
    let first = parts.first().copied().unwrap_or_default();
    matches!(first, "threads" | "topic") && parts.len() > 1
        || first == "t" && parts.len() > 1 && parts[1..].iter().any(|part| is_number(part))
        || ["viewtopic.php", "showthread.php"].contains(&last)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_digit())
}

/// `/latest`, `/c/NAME/5`, `/tag/NAME` → the same with `.rss` (Discourse's own RSS links).
fn discourse(url: &Url, parts: &[&str]) -> Option<Url> {
    let fits = match parts {
        ["latest" | "top"] => true,
        ["c", .., id] => is_number(id),
        ["tag", _] => true,
        _ => false,
    };
    fits.then(|| at(url, &format!("/{}.rss", parts.join("/")), None))
}

/// `viewforum.php?f=5` → `feed.php?f=5` (phpBB's Atom feed, its documentation §3.4.4).
fn phpbb(url: &Url, last: &str) -> Option<Url> {
    if last != "viewforum.php" {
        return None;
    }
    let id = query(url, "f").filter(|id| is_number(id))?;
    let path = url.path().replace("viewforum.php", "feed.php");
    Some(at(url, &path, Some(&format!("f={id}"))))
}

/// `forumdisplay.php?f=5`, `forumdisplay.php?5-Ten` → `external.php` with that forum's number.
fn vbulletin(url: &Url, last: &str) -> Option<Url> {
    if last != "forumdisplay.php" {
        return None;
    }
    let bare = || {
        let digits: String = url
            .query()?
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        Some(digits)
    };
    let id = query(url, "f").or_else(bare).filter(|id| is_number(id))?;
    let path = url.path().replace("forumdisplay.php", "external.php");
    Some(at(url, &path, Some(&format!("type=RSS2&forumids={id}"))))
}

/// `…/forums/ten.12/` (also under another word, as `f/ten.12/`) → the same with `index.rss`.
fn xenforo(url: &Url, parts: &[&str]) -> Option<Url> {
    let is_section = |part: &&str| {
        part.rsplit_once('.')
            .is_some_and(|(name, id)| !name.is_empty() && is_number(id))
    };
    let last = parts.last()?;
    // Without friendly addresses the path stands in the query: `index.php?forums/ten.12/`.
    if *last == "index.php" {
        let inside = url.query()?.trim_end_matches('/');
        let section = inside.split('/').next_back()?;
        return is_section(&section)
            .then(|| at(url, url.path(), Some(&format!("{inside}/index.rss"))));
    }
    if is_section(last) || *last == "forums" {
        let path = format!("{}/index.rss", url.path().trim_end_matches('/'));
        return Some(at(url, &path, None));
    }
    None
}
