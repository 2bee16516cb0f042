//! Ordinary addresses and where their feeds are.

use super::*;

fn place(kind: Kind, url: &str) -> String {
    match fetched_at(kind, &url.parse().unwrap()) {
        Ok(url) => url.to_string(),
        Err(refused) => refused.what.id().to_owned(),
    }
}

#[test]
fn the_address_of_the_feed() {
    let telegram = "https://t.me/s/kenh_thu";
    let youtube = "https://www.youtube.com/feeds/videos.xml?";
    let channel = "UC0123456789abcdefABCD_-";
    let reddit = "https://www.reddit.com/r/vietnam/new/.rss";
    let rows = [
        (Kind::Telegram, "https://t.me/kenh_thu", telegram.to_owned()),
        (
            Kind::Telegram,
            "https://t.me/s/kenh_thu?before=9",
            telegram.to_owned(),
        ),
        (
            Kind::Telegram,
            "https://telegram.me/kenh_thu/123",
            telegram.to_owned(),
        ),
        (
            Kind::Telegram,
            "https://t.me/+AbCdEf",
            "source-telegram-invite".to_owned(),
        ),
        (
            Kind::Telegram,
            "https://t.me/joinchat/AbCdEf",
            "source-telegram-invite".to_owned(),
        ),
        (
            Kind::Telegram,
            "https://t.me/c/12345/6",
            "source-telegram-invite".to_owned(),
        ),
        (
            Kind::Telegram,
            "https://t.me/",
            "source-telegram-host".to_owned(),
        ),
        (
            Kind::Telegram,
            "https://bao.example/kenh",
            "source-telegram-host".to_owned(),
        ),
        (
            Kind::Youtube,
            &format!("https://m.youtube.com/channel/{channel}/videos"),
            format!("{youtube}channel_id={channel}"),
        ),
        (
            Kind::Youtube,
            "https://www.youtube.com/playlist?list=PL0a-1",
            format!("{youtube}playlist_id=PL0a-1"),
        ),
        (
            Kind::Youtube,
            "https://www.youtube.com/watch?v=x&list=PL0",
            format!("{youtube}playlist_id=PL0"),
        ),
        (
            Kind::Youtube,
            "https://www.youtube.com/user/botruong",
            format!("{youtube}user=botruong"),
        ),
        (
            Kind::Youtube,
            "https://youtube.com/@soyte/videos",
            "https://www.youtube.com/@soyte".to_owned(),
        ),
        (
            Kind::Youtube,
            "https://www.youtube.com/c/soyte",
            "https://www.youtube.com/c/soyte".to_owned(),
        ),
        (
            Kind::Youtube,
            "https://www.youtube.com/feeds/videos.xml?channel_id=UC1",
            format!("{youtube}channel_id=UC1"),
        ),
        (
            Kind::Youtube,
            "https://www.youtube.com/watch?v=abc",
            "source-youtube-video".to_owned(),
        ),
        (
            Kind::Youtube,
            "https://youtu.be/abc",
            "source-youtube-video".to_owned(),
        ),
        (
            Kind::Youtube,
            "https://www.youtube.com/",
            "source-youtube-host".to_owned(),
        ),
        (
            Kind::Youtube,
            "https://notyoutube.com/channel/x",
            "source-youtube-host".to_owned(),
        ),
        (
            Kind::Reddit,
            "https://old.reddit.com/r/vietnam",
            reddit.to_owned(),
        ),
        (
            Kind::Reddit,
            "https://www.reddit.com/r/vietnam/top/?t=day",
            reddit.to_owned(),
        ),
        (
            Kind::Reddit,
            "https://www.reddit.com/user/ai-do",
            "source-reddit-person".to_owned(),
        ),
        (
            Kind::Reddit,
            "https://www.reddit.com/u/ai-do",
            "source-reddit-person".to_owned(),
        ),
        (
            Kind::Reddit,
            "https://www.reddit.com/r/vietnam/comments/1/x/",
            "source-reddit-comments".to_owned(),
        ),
        (
            Kind::Reddit,
            "https://www.reddit.com/",
            "source-reddit-host".to_owned(),
        ),
        (
            Kind::Mastodon,
            "https://xa.example/@soyte",
            "https://xa.example/@soyte.rss".to_owned(),
        ),
        (
            Kind::Mastodon,
            "https://xa.example/@soyte/1234",
            "https://xa.example/@soyte.rss".to_owned(),
        ),
        (
            Kind::Mastodon,
            "https://xa.example/@soyte.rss",
            "https://xa.example/@soyte.rss".to_owned(),
        ),
        (
            Kind::Mastodon,
            "https://xa.example/@soyte@tinh.example",
            "https://tinh.example/@soyte.rss".to_owned(),
        ),
        (
            Kind::Mastodon,
            "https://xa.example/users/soyte",
            "https://xa.example/@soyte.rss".to_owned(),
        ),
        (
            Kind::Mastodon,
            "https://xa.example/tags/vacxin",
            "https://xa.example/tags/vacxin.rss".to_owned(),
        ),
        (
            Kind::Mastodon,
            "https://xa.example/explore",
            "source-mastodon-host".to_owned(),
        ),
        (
            Kind::Mastodon,
            "https://xa.example/",
            "source-mastodon-host".to_owned(),
        ),
        (
            Kind::Feed,
            "https://www.facebook.com/trang",
            "source-closed".to_owned(),
        ),
        (
            Kind::Page,
            "https://m.facebook.com/trang",
            "source-closed".to_owned(),
        ),
        (
            Kind::Page,
            "https://zalo.me/123",
            "source-closed".to_owned(),
        ),
        (
            Kind::Page,
            "https://www.tiktok.com/@ai",
            "source-closed".to_owned(),
        ),
        (Kind::Page, "https://x.com/ai", "source-closed".to_owned()),
        (
            Kind::Page,
            "https://tex.com/ai",
            "https://tex.com/ai".to_owned(),
        ),
        (
            Kind::Json,
            "https://www.facebook.com/trang",
            "source-closed".to_owned(),
        ),
        (
            Kind::Json,
            "https://graph.facebook.com/v25.0/1/posts",
            "https://graph.facebook.com/v25.0/1/posts".to_owned(),
        ),
    ];
    for (kind, url, wanted) in rows {
        assert_eq!(place(kind, url), wanted, "{kind} {url}");
    }
}

#[test]
fn the_feeds_of_forums() {
    for (url, wanted) in [
        ("https://d.example/latest", "https://d.example/latest.rss"),
        (
            "https://d.example/c/suc-khoe/5",
            "https://d.example/c/suc-khoe/5.rss",
        ),
        (
            "https://d.example/tag/covid",
            "https://d.example/tag/covid.rss",
        ),
        (
            "https://d.example/c/suc-khoe/5.rss",
            "https://d.example/c/suc-khoe/5.rss",
        ),
        ("https://d.example/t/mot-chu-de/77", "source-forum-thread"),
        ("https://d.example/u/ai-do", "source-forum-person"),
        (
            "https://x.example/forums/suc-khoe.12/",
            "https://x.example/forums/suc-khoe.12/index.rss",
        ),
        (
            "https://x.example/f/suc-khoe.12/?page=2",
            "https://x.example/f/suc-khoe.12/index.rss",
        ),
        (
            "https://x.example/dien-dan/forums/",
            "https://x.example/dien-dan/forums/index.rss",
        ),
        (
            "https://x.example/index.php?forums/suc-khoe.12/",
            "https://x.example/index.php?forums/suc-khoe.12/index.rss",
        ),
        (
            "https://x.example/threads/chuyen.99/",
            "source-forum-thread",
        ),
        ("https://x.example/members/ai.7/", "source-forum-person"),
        (
            "https://p.example/db/viewforum.php?f=5&sid=x",
            "https://p.example/db/feed.php?f=5",
        ),
        ("https://p.example/viewtopic.php?t=5", "source-forum-thread"),
        (
            "https://p.example/app.php/feed/forum/5",
            "https://p.example/app.php/feed/forum/5",
        ),
        (
            "https://v.example/forumdisplay.php?f=5",
            "https://v.example/external.php?type=RSS2&forumids=5",
        ),
        (
            "https://v.example/forumdisplay.php?5-Suc-khoe",
            "https://v.example/external.php?type=RSS2&forumids=5",
        ),
        (
            "https://v.example/showthread.php?t=1",
            "source-forum-thread",
        ),
        ("https://khac.example/", "https://khac.example/"),
    ] {
        assert_eq!(place(Kind::Forum, url), wanted, "{url}");
    }
}

#[test]
fn ordinary_addresses_tell_their_kind() {
    for (url, wanted) in [
        ("https://t.me/kenh", Some(Kind::Telegram)),
        ("https://www.youtube.com/@soyte", Some(Kind::Youtube)),
        ("https://www.youtube.com/feeds/videos.xml?user=x", None),
        ("https://www.reddit.com/r/vietnam", Some(Kind::Reddit)),
        ("https://www.reddit.com/r/vietnam/.rss", None),
        ("https://bao.example/rss", None),
    ] {
        assert_eq!(recognised(&url.parse().unwrap()), wanted, "{url}");
    }
}
