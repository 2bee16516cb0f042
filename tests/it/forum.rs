//! A forum's section, and an API that asks for headers, through the whole program.

use canhtin::sample::Site;
use canhtin::sample::site::Page;
use jiff::{SignedDuration, Timestamp};

use crate::helpers::{Bench, stderr, stdout, unquoted};

const FORUM: &str =
    "Chị bán hàng đầu chợ kể tiêm vắc xin xong thì vô sinh, cả xóm bàn tán suốt buổi sáng.";
const API: &str =
    "Trong nhóm phụ huynh truyền tay nhau tin vắc xin gây vô sinh ở trẻ vị thành niên.";

#[test]
fn a_forum_and_an_api_with_its_headers_are_watched() {
    let now = Timestamp::now() - SignedDuration::from_hours(1);
    let posts = |id: u8, text: &str| {
        format!("{{\"data\":[{{\"id\":{id},\"message\":\"{text}\",\"created_time\":\"{now}\"}}]}}")
    };
    let site = Site::builder()
        .page(
            "dien-dan.example",
            "/forums/chuyen-lang.5/index.rss",
            Page::new(
                "application/xml; charset=utf-8",
                format!(
                    "<rss version=\"2.0\"><channel><title>Chuyện làng</title><item>\
                     <title>Hỏi chuyện tiêm</title><guid>77</guid>\
                     <link>http://dien-dan.example/threads/hoi-chuyen-tiem.77/</link>\
                     <pubDate>{}</pubDate><description>{}</description></item></channel></rss>",
                    now.strftime("%a, %d %b %Y %H:%M:%S +0000"),
                    FORUM,
                ),
            ),
        )
        .page(
            "api.example",
            "/v1/posts",
            Page::new("application/json", posts(1, API)).behind("x-key", "ma-cua-co-quan"),
        );
    let bench = Bench::of(
        site,
        r#"
[[source]]
id = "dien-dan"
kind = "forum"
url = "http://dien-dan.example/forums/chuyen-lang.5/"

[[source]]
id = "api"
kind = "json"
url = "http://api.example/v1/posts"
item = "$.data[*]"
item_id = "$.id"
text = "$.message"
time = "$.created_time"
headers_file = "api.headers"
"#,
    );
    bench.write("config/api.headers", "X-Key: sai\n");
    let refused = bench.run(&["once"]);
    let said = stdout(&refused);
    assert_eq!(refused.status.code(), Some(1), "{said}{}", stderr(&refused));
    let rows: Vec<&str> = said.lines().filter(|l| l.starts_with('✗')).collect();
    assert!(
        rows.len() == 1 && rows[0].contains("api") && rows[0].contains("401"),
        "{said}"
    );
    assert_eq!(bench.inbox.messages().len(), 1, "the forum's");

    bench.write("config/api.headers", "X-Key: ma-cua-co-quan\n");
    let once = bench.run(&["once"]);
    assert_eq!(
        once.status.code(),
        Some(0),
        "{}{}",
        stdout(&once),
        stderr(&once)
    );
    let mails: String = bench
        .inbox
        .messages()
        .iter()
        .map(|mail| unquoted(&mail.raw))
        .collect();
    assert!(mails.contains("dien-dan.example/threads/hoi-chuyen-tiem.77/"));
    assert!(mails.contains("vị thành niên"), "{mails}");
    assert!(!mails.contains("ma-cua-co-quan"));
}
