//! What a site could be watched by, the best first: feeds it names, feeds that its program is
//! known to have, usual places, sitemaps, and last the page itself.

use url::Url;

use crate::extract::Discovery;
use crate::source::{Draft, Kind, fetched_at};

/// Places where sites keep a feed without naming it.
const USUAL: [&str; 6] = [
    "/rss",
    "/feed",
    "/rss.xml",
    "/rss/home.rss",
    "/feed.xml",
    "/atom.xml",
];
/// Places of a sitemap, news first.
const SITEMAPS: [&str; 2] = ["/news-sitemap.xml", "/sitemap.xml"];
/// Feeds that a program is known to have, by a word of its `generator`.
const BY_PROGRAM: [(&str, Kind, &str); 8] = [
    ("wordpress", Kind::Feed, "/feed/"),
    ("drupal", Kind::Feed, "/rss.xml"),
    ("joomla", Kind::Feed, "/?format=feed&type=rss"),
    ("blogger", Kind::Feed, "/feeds/posts/default"),
    ("hugo", Kind::Feed, "/index.xml"),
    ("nukeviet", Kind::Feed, "/rss/"),
    ("discourse", Kind::Forum, "/latest.rss"),
    ("xenforo", Kind::Forum, "/forums/index.rss"),
];

/// A source to be tried.
fn draft(kind: Kind, url: impl Into<String>) -> Draft {
    Draft::new("thu", kind, url)
}

/// What the page itself tells: no address is guessed.
pub(super) fn told(page: &Url, found: &Discovery) -> Vec<Draft> {
    let feed = |named: &crate::extract::NamedFeed| draft(Kind::Feed, named.url.as_str());
    let mut drafts: Vec<Draft> = found.feeds.iter().map(feed).collect();
    if let Ok(forum) = fetched_at(Kind::Forum, page)
        && forum != *page
    {
        drafts.push(draft(Kind::Forum, page.as_str()));
    }
    for (word, kind, path) in BY_PROGRAM {
        if found.generator.contains(word) {
            drafts.extend(page.join(path).ok().map(|url| draft(kind, url)));
        }
    }
    if found.generator.contains("mastodon") && fetched_at(Kind::Mastodon, page).is_ok() {
        drafts.push(draft(Kind::Mastodon, page.as_str()));
    }
    drafts
}

/// Usual places of the page's site.
pub(super) fn usual(page: &Url) -> Vec<Draft> {
    let at = |kind: Kind, path: &str| page.join(path).ok().map(|url| draft(kind, url));
    let feeds = USUAL.iter().filter_map(|path| at(Kind::Feed, path));
    feeds.collect()
}

/// Sitemaps that `robots.txt` names (`Sitemap:` lines, RFC 9309 §2.2.4), and usual places.
pub(super) fn sitemaps(page: &Url, robots: &str) -> Vec<Draft> {
    let named = robots.lines().filter_map(|line| {
        let (key, value) = line.split_once(':')?;
        let url = Url::parse(value.trim()).ok()?;
        key.trim().eq_ignore_ascii_case("sitemap").then_some(url)
    });
    let mut urls: Vec<Url> = named.take(4).collect();
    // News first: they tell titles and times.
    urls.sort_by_key(|url| !url.path().contains("news"));
    urls.extend(SITEMAPS.iter().filter_map(|path| page.join(path).ok()));
    urls.dedup();
    urls.into_iter()
        .map(|url| draft(Kind::Sitemap, url))
        .collect()
}

/// The page itself: by its list, else as one text.
pub(super) fn page_itself(page: &Url, found: &Discovery) -> Vec<Draft> {
    let mut drafts = Vec::new();
    if let Some(recipe) = &found.recipe {
        let mut list = draft(Kind::Page, page.as_str());
        list.recipe.clone_from(recipe);
        list.follow = Some(true);
        drafts.push(list);
    }
    drafts.push(draft(Kind::Article, page.as_str()));
    drafts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_comes_first() {
        let page: Url = "https://cong.example/tin?x=1".parse().unwrap();
        let found = Discovery {
            generator: "wordpress 6.1".to_owned(),
            ..Discovery::default()
        };
        let urls = |drafts: Vec<Draft>| -> Vec<String> {
            drafts
                .into_iter()
                .map(|d| format!("{} {}", d.kind, d.url))
                .collect()
        };
        assert_eq!(
            urls(told(&page, &found)),
            ["feed https://cong.example/feed/"]
        );
        let robots = "User-agent: *\nsitemap: https://cong.example/a.xml\nSitemap:https://cong.example/news.xml\nSitemap: x";
        assert_eq!(
            urls(sitemaps(&page, robots)),
            [
                "sitemap https://cong.example/news.xml",
                "sitemap https://cong.example/a.xml",
                "sitemap https://cong.example/news-sitemap.xml",
                "sitemap https://cong.example/sitemap.xml",
            ]
        );
        assert_eq!(
            urls(page_itself(&page, &found)),
            ["article https://cong.example/tin?x=1"]
        );
    }
}
