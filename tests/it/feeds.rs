//! Sources that change under one's eyes: what is known stays known, what is old stays past.

use canhtin::sample::Site;
use canhtin::sample::site::Page;
use jiff::{SignedDuration, Timestamp};

use crate::helpers::{Bench, stdout, unquoted};

const RSS: &str = "application/rss+xml; charset=utf-8";

/// A rumour told in so many ways that no two are one text.
const RUMOURS: [&str; 4] = [
    "Chị bán hàng đầu chợ kể tiêm vắc xin xong thì vô sinh, cả xóm bàn tán suốt buổi sáng.",
    "Có người nói vắc xin đợt này gây vô sinh cho phụ nữ, ai cũng sợ không dám đi.",
    "Nghe bảo bên kia sông mấy cô đi tiêm vắc xin về bị vô sinh cả, không biết thật không.",
    "Anh lái xe ôm quả quyết rằng vắc xin làm đàn ông vô sinh sau hai mũi.",
];

struct Item {
    guid: String,
    link: String,
    text: String,
    age: Option<i64>,
}

/// The four rumours with these guids and addresses, of today.
fn four(guid: &str, path: &str) -> Vec<Item> {
    let rows = RUMOURS.iter().enumerate();
    rows.map(|(n, text)| Item {
        guid: format!("{guid}-{n}"),
        link: format!("http://nguon.example/{path}/{n}"),
        text: (*text).to_owned(),
        age: Some(2),
    })
    .collect()
}

fn rss(items: &[Item]) -> String {
    let now = Timestamp::now();
    let items: String =
        items
            .iter()
            .map(|item| {
                let date = item.age.map_or_else(String::new, |hours| {
                    let at = now - SignedDuration::from_hours(hours);
                    format!(
                        "<pubDate>{}</pubDate>",
                        at.strftime("%a, %d %b %Y %H:%M:%S +0000")
                    )
                });
                let (guid, link, text) = (&item.guid, &item.link, &item.text);
                let link = match link.is_empty() {
                    true => String::new(),
                    false => format!("<link>{link}</link>"),
                };
                format!(
                "<item><title>Chuyện {guid}</title>{link}<guid isPermaLink=\"false\">{guid}</guid>\
                 <description>{text}</description>{date}</item>",
            )
            .replace(&format!("Chuyện {guid}"), &text[..text.find(' ').unwrap_or(0)])
            })
            .collect();
    format!("<rss version=\"2.0\"><channel><title>Nguồn</title>{items}</channel></rss>")
}

const FEED: &str = "[[source]]\nid = 'nguon'\nkind = 'feed'\nurl = 'http://nguon.example/rss'\n\
                    trust = 'social'\n";

/// Reads a feed that says these in turn; gives the alerts mailed after each reading.
fn mailed(bodies: Vec<String>) -> Vec<usize> {
    let mut bodies = bodies.into_iter();
    let rounds = bodies.len();
    let first = Page::new(RSS, bodies.next().unwrap());
    let page = bodies.fold(first, Page::then);
    let site = Site::builder().page("nguon.example", "/rss", page);
    let bench = Bench::of(site, FEED);
    let mut counts = Vec::new();
    for _ in 0..rounds {
        let once = bench.run(&["once"]);
        assert!(once.status.success(), "{}", stdout(&once));
        counts.push(bench.alerts().len());
        for (alert, mails) in bench.alerts() {
            assert_eq!(mails.len(), 1, "alert {alert} came in {mails:?}");
        }
        bench.site.advance();
    }
    counts
}

#[test]
fn no_feed_makes_its_items_new_again() {
    let first = || rss(&four("a", "bai"));
    let mut reversed = four("a", "bai");
    reversed.reverse();
    let mut redated = four("a", "bai");
    redated.iter_mut().for_each(|item| item.age = Some(0));
    let nowhere = |guid| {
        let mut items = four(guid, "bai");
        items.iter_mut().for_each(|item| item.link.clear());
        rss(&items)
    };
    let mut doubled = four("a", "bai");
    doubled.extend(four("a", "bai"));
    let rows = [
        ("other guids", first(), rss(&four("b", "bai"))),
        ("other guids and addresses", first(), rss(&four("b", "moi"))),
        ("other guids, no address", nowhere("a"), nowhere("b")),
        ("another order", first(), rss(&reversed)),
        ("other dates", first(), rss(&redated)),
        ("each item twice", first(), rss(&doubled)),
        ("nothing for a while", first(), rss(&[])),
    ];
    for (what, first, second) in rows {
        let counts = mailed(vec![first.clone(), second, first]);
        assert_eq!(counts, [4, 4, 4], "{what}");
    }
}

#[test]
fn the_past_of_a_feed_is_not_mailed_and_what_comes_later_is() {
    let mut items = four("a", "bai");
    items
        .iter_mut()
        .skip(1)
        .for_each(|item| item.age = Some(24 * 30));
    let first = rss(&items);
    items.push(Item {
        guid: "moi".to_owned(),
        link: "http://nguon.example/bai/moi".to_owned(),
        text: "Bà cụ đầu ngõ dặn cháu gái đừng tiêm vắc xin kẻo vô sinh.".to_owned(),
        age: Some(0),
    });
    assert_eq!(mailed(vec![first, rss(&items)]), [1, 2]);
}

#[test]
fn an_edited_item_is_mailed_as_edited() {
    let mut items = four("a", "bai");
    items[0].text = "Sáng nay chợ đông hơn mọi khi.".to_owned();
    items.truncate(1);
    let before = rss(&items);
    items[0].text = RUMOURS[0].to_owned();
    let page = Page::new(RSS, before).then(rss(&items));
    let site = Site::builder().page("nguon.example", "/rss", page);
    let bench = Bench::of(site, FEED);
    bench.run(&["once"]);
    assert_eq!(bench.inbox.messages().len(), 0);
    bench.site.advance();
    bench.run(&["once"]);
    let mails = bench.inbox.messages();
    assert_eq!(mails.len(), 1);
    let mail = unquoted(&mails[0].raw);
    assert!(mail.contains("Bài đã được sửa"), "{mail}");
}
