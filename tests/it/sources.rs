//! Every kind of source through the whole program, and the commands that help to add one.

use std::io::Write as _;

use canhtin::sample::Site;
use canhtin::sample::site::{Builder, Page};
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::{SignedDuration, Timestamp};

use crate::daemon::Daemon;
use crate::helpers::{Bench, fed, stderr, stdout, unquoted};

const HTML: &str = "text/html; charset=utf-8";
const XML: &str = "application/xml; charset=utf-8";

/// A rumour in words of its own for each kind, so that each makes its own mail or part of one.
const RUMOURS: [&str; 6] = [
    "Chị bán hàng đầu chợ kể tiêm vắc xin xong thì vô sinh, cả xóm bàn tán suốt buổi sáng.",
    "Có người nói vắc xin đợt này gây vô sinh cho phụ nữ, ai cũng sợ không dám đi.",
    "Nghe bảo bên kia sông mấy cô đi tiêm vắc xin về bị vô sinh cả, không biết thật không.",
    "Anh lái xe ôm quả quyết rằng vắc xin làm đàn ông vô sinh sau hai mũi.",
    "Bà hàng nước thì thầm: vắc xin khiến con gái vô sinh, đừng cho đi tiêm.",
    "Trong nhóm phụ huynh truyền tay nhau tin vắc xin gây vô sinh ở trẻ vị thành niên.",
];

const SOURCES: &str = r#"
[[source]]
id = "so-do"
kind = "sitemap"
url = "http://bao.example/sitemap.xml"

[[source]]
id = "kenh"
kind = "telegram"
url = "http://t.me/kenh_thu"

[[source]]
id = "kenh-kin"
kind = "telegram"
url = "http://t.me/kenh_kin"

[[source]]
id = "video"
kind = "youtube"
url = "http://www.youtube.com/@soyte"

[[source]]
id = "reddit"
kind = "reddit"
url = "http://www.reddit.com/r/lang"

[[source]]
id = "mastodon"
kind = "mastodon"
url = "http://xa.example/@tramyte"

[[source]]
id = "api"
kind = "json"
url = "http://api.example/v1/posts"
item = "$.data[*]"
item_id = "$.id"
text = "$.message"
time = "$.created_time"
"#;

fn site() -> Builder {
    let now = Timestamp::now() - SignedDuration::from_hours(1);
    let rfc = now.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
    let [article, telegram, youtube, reddit, mastodon, api] = RUMOURS;
    let list = format!(
        "<urlset xmlns:news=\"x\"><url><loc>http://bao.example/tin.html</loc><news:news>\
         <news:publication_date>{now}</news:publication_date><news:title>Chuyện ở chợ</news:title>\
         </news:news></url></urlset>"
    );
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(list.as_bytes()).unwrap();
    let feed = "http://www.youtube.com/feeds/videos.xml?channel_id=UC0123456789abcdefABCD_-";
    Site::builder()
        .page("bao.example", "/sitemap.xml", Page::new(XML, "<sitemapindex><sitemap>\
             <loc>http://bao.example/tin.xml.gz</loc></sitemap></sitemapindex>"))
        .page("bao.example", "/tin.xml.gz", Page::new("application/gzip", gzip.finish().unwrap()))
        .page("bao.example", "/tin.html", Page::new(HTML, format!(
            "<html><head><title>Chuyện ở chợ</title></head><body><article><h1>Chuyện ở chợ</h1>\
             <p>{article}</p><p>Bài viết kể lại câu chuyện mà phóng viên nghe được ở chợ phiên.</p>\
             </article></body></html>")))
        .page("t.me", "/s/kenh_thu", Page::new(HTML, format!(
            "<html><body><section class=tgme_channel_history><div class=\"tgme_widget_message\" \
             data-post=\"kenh_thu/7\"><div class=\"tgme_widget_message_text\">{telegram}</div>\
             <a class=tgme_widget_message_date href=\"http://t.me/kenh_thu/7\">\
             <time datetime=\"{now}\"></time></a></div></section></body></html>")))
        .page("t.me", "/s/kenh_kin", Page::new(HTML,
            "<html><body><div class=tgme_page><div class=tgme_page_title>Kín</div></div></body></html>"))
        .page("www.youtube.com", "/@soyte", Page::new(HTML, format!(
            "<html><head><link rel=alternate type=application/rss+xml href=\"{feed}\"></head></html>")))
        .page("www.youtube.com", "/feeds/videos.xml", Page::new(XML, format!(
            "<feed xmlns=\"http://www.w3.org/2005/Atom\" xmlns:media=\"http://search.yahoo.com/mrss/\">\
             <entry><id>yt:video:a</id><title>Video</title><link rel=\"alternate\" \
             href=\"http://www.youtube.com/watch?v=a\"/><published>{now}</published><media:group>\
             <media:description>{youtube}</media:description></media:group></entry></feed>")))
        .page("www.reddit.com", "/r/lang/new/.rss", Page::new(XML, format!(
            "<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><author><name>/u/ai_do</name></author>\
             <id>t3_a</id><title>Hỏi</title><link href=\"http://www.reddit.com/r/lang/comments/a/\"/>\
             <published>{now}</published><content type=\"html\">&lt;p&gt;{reddit}&lt;/p&gt; submitted by \
             &lt;a&gt; /u/ai_do &lt;/a&gt;</content></entry></feed>")))
        .page("xa.example", "/@tramyte.rss", Page::new(XML, format!(
            "<rss version=\"2.0\"><channel><title>Trạm</title><item><guid>http://xa.example/@tramyte/1</guid>\
             <link>http://xa.example/@tramyte/1</link><pubDate>{rfc}</pubDate>\
             <description>&lt;p&gt;{mastodon}&lt;/p&gt;</description></item></channel></rss>")))
        .page("api.example", "/v1/posts", Page::new("application/json", format!(
            "{{\"data\":[{{\"id\":1,\"message\":\"{api}\",\"created_time\":\"{now}\"}}]}}")))
}

#[test]
fn every_kind_is_watched_by_one_pass() {
    let bench = Bench::of(site(), SOURCES);
    let once = bench.run(&["once"]);
    let said = stdout(&once);
    assert_eq!(once.status.code(), Some(1), "{said}{}", stderr(&once));
    let rows: Vec<&str> = said.lines().filter(|l| l.starts_with(['✓', '✗'])).collect();
    assert_eq!(rows.len(), 7, "{said}");
    // A channel without a preview is told as such, not as an empty one.
    for row in rows {
        assert_eq!(row.contains("kenh-kin"), row.contains("[closed]"), "{row}");
        assert_eq!(row.contains("kenh-kin"), row.starts_with('✗'), "{row}");
    }
    let mails: String = bench
        .inbox
        .messages()
        .iter()
        .map(|mail| unquoted(&mail.raw))
        .collect();
    let mails = mails.split_whitespace().collect::<Vec<_>>().join(" ");
    for place in [
        "bao.example/tin.html",
        "t.me/kenh_thu/7",
        "www.youtube.com/watch?v=a",
        "www.reddit.com/r/lang/comments/a/",
        "xa.example/@tramyte/1",
    ] {
        assert!(mails.contains(place), "{place}: {mails}");
    }
    assert!(!mails.contains("ai_do"), "{mails}");

    let first = bench.inbox.messages().len();
    bench.run(&["once"]);
    assert_eq!(
        bench.inbox.messages().len(),
        first,
        "a second pass mailed again"
    );
    assert!(bench.site.requests().pages.len() >= 10);
}

#[test]
fn a_site_is_tried_and_its_block_is_right() {
    let list: String = (1..6)
        .map(|n| {
            format!(
                "<div class=tin><h3><a href='/tin/{n}'>Tin số {n} của huyện nhà</a></h3>\
                 <span class=ngay>{n}/08/2021</span></div>"
            )
        })
        .collect();
    let rss = "<rss version=\"2.0\"><channel><title>Báo</title><item><title>Một</title>\
               <link>http://co-rss.example/1</link></item></channel></rss>";
    let sites = Site::builder()
        .page(
            "co-rss.example",
            "/",
            Page::new(
                HTML,
                "<html><head><title>Báo có RSS</title><link rel=alternate type=application/rss+xml \
             href=/tin-moi.rss></head><body>Chào</body></html>",
            ),
        )
        .page("co-rss.example", "/tin-moi.rss", Page::new(XML, rss))
        .page(
            "giau-rss.example",
            "/",
            Page::new(HTML, "<html><body><p>Chào mừng</p></body></html>"),
        )
        .page("giau-rss.example", "/rss.xml", Page::new(XML, rss))
        .page(
            "danh-sach.example",
            "/tin",
            Page::new(
                HTML,
                format!("<html><head><title>Cổng huyện</title></head><body>{list}</body></html>"),
            ),
        )
        .page(
            "dang-nhap.example",
            "/",
            Page::new(
                HTML,
                "<html><body><form><input name=u><input type=password></form></body></html>",
            ),
        );
    let bench = Bench::of(sites, "");
    for (url, kind, read_at) in [
        (
            "http://co-rss.example/",
            "feed",
            "http://co-rss.example/tin-moi.rss",
        ),
        (
            "http://giau-rss.example/",
            "feed",
            "http://giau-rss.example/rss.xml",
        ),
        (
            "http://danh-sach.example/tin",
            "page",
            "http://danh-sach.example/tin",
        ),
    ] {
        let tried = bench.run(&["sources", "test", "--json", url]);
        assert_eq!(tried.status.code(), Some(0), "{url}: {}", stderr(&tried));
        let report: serde_json::Value = serde_json::from_str(&stdout(&tried)).unwrap();
        assert_eq!(
            (&report["kind"], &report["url"]),
            (&kind.into(), &read_at.into()),
            "{report}"
        );
        assert!(report["count"].as_u64().unwrap() >= 1, "{report}");
        let block = report["block"].as_str().unwrap();
        bench.write("config/sources.toml", block);
        let check = bench.run(&["check"]);
        assert_eq!(check.status.code(), Some(0), "{block}{}", stdout(&check));
    }
    let told = bench.run(&["sources", "test", "http://danh-sach.example/tin"]);
    let told = stdout(&told);
    assert!(
        told.contains("[[source]]") && told.contains("item = \"div.tin\""),
        "{told}"
    );

    for (url, why) in [
        ("http://dang-nhap.example/", "đòi đăng nhập"),
        ("https://www.facebook.com/trang", "graph-api"),
        ("http://khong-co.example/", "không đọc được"),
        ("khong-co-id", "không có nguồn"),
    ] {
        let tried = bench.run(&["sources", "test", url]);
        let said = stderr(&tried);
        assert_eq!(tried.status.code(), Some(1), "{url}");
        assert!(said.contains(why), "{url}: {said}");
    }
}

#[test]
fn a_list_goes_out_as_opml_and_comes_back() {
    let bench = Bench::of(site(), SOURCES);
    let exported = bench.run(&["sources", "export"]);
    let opml = stdout(&exported);
    assert_eq!(opml.matches("<outline ").count(), 7, "{opml}");

    // All of them are watched already.
    let again = fed(bench.command(&["sources", "import", "-"]), &opml);
    assert_eq!(stdout(&again), "", "{}", stderr(&again));

    // On an empty installation the list comes back whole.
    let other = Bench::of(Site::builder(), "");
    let to = other.path("config/sources.d/nhan.toml");
    std::fs::create_dir_all(to.parent().unwrap()).unwrap();
    let to = to.to_str().unwrap();
    let import = fed(
        other.command(&["sources", "import", "-", "--to", to]),
        &opml,
    );
    assert_eq!(import.status.code(), Some(0), "{}", stderr(&import));
    let blocks = std::fs::read_to_string(to).unwrap();
    other.write("config/sources.toml", &blocks);
    assert_eq!(stdout(&other.run(&["sources", "export"])), opml);
    // A file that is there is not written over.
    let refused = fed(
        other.command(&["sources", "import", "-", "--to", to]),
        &opml,
    );
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(std::fs::read_to_string(to).unwrap(), blocks);
}

const HEALTH: &str = r#"
[[source]]
id = "lanh"
kind = "feed"
url = "http://lanh.example/rss"
every = "15m"

[[source]]
id = "doi-nha"
kind = "feed"
url = "http://cu.example/rss"

[[source]]
id = "kenh-kin"
kind = "telegram"
url = "http://t.me/kenh_kin"
"#;

#[test]
fn the_list_says_how_it_goes_with_each_source() {
    let rss = "<rss version=\"2.0\"><channel><title>Báo</title><item><title>Một</title>\
               <link>http://lanh.example/1</link></item></channel></rss>";
    let sites = Site::builder()
        .page("lanh.example", "/rss", Page::new(XML, rss))
        .page("cu.example", "/rss", Page::moved("http://lanh.example/rss"))
        .page(
            "t.me",
            "/s/kenh_kin",
            Page::new(
                HTML,
                "<html><body><div class=tgme_page>Kín</div></body></html>",
            ),
        );
    let bench = Bench::of(sites, HEALTH);
    let unread = stdout(&bench.run(&["sources", "list"]));
    assert_eq!(unread.matches("· ").count(), 3 + 3 * 3, "{unread}");
    for _ in 0..3 {
        bench.run(&["once"]);
    }
    // With no daemon it reads the stores; with one it asks that.
    let at_rest = stdout(&bench.run(&["sources", "list", "--json"]));
    let daemon = Daemon::start(&bench);
    let running = stdout(&bench.run(&["sources", "list", "--json"]));
    daemon.stop();
    assert_eq!(running, at_rest);
    let rows: Vec<serde_json::Value> = at_rest
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let told: Vec<(&str, Vec<&str>)> = rows
        .iter()
        .map(|row| {
            let ailments = row["ailments"].as_array().unwrap();
            let kinds = ailments.iter().map(|ill| ill["kind"].as_str().unwrap());
            (row["id"].as_str().unwrap(), kinds.collect())
        })
        .collect();
    assert_eq!(
        told,
        [
            ("lanh", vec![]),
            ("doi-nha", vec!["moved"]),
            ("kenh-kin", vec!["closed"])
        ]
    );
    assert_eq!(
        (&rows[0]["every"], &rows[0]["failures"]),
        (&900.into(), &0.into())
    );
    assert!(
        rows.iter().all(|row| row["next_due"].is_string()),
        "{at_rest}"
    );
    assert_eq!(rows[2]["last_failure"]["class"], "closed");

    for command in [["sources", "list"].as_slice(), &["status"]] {
        let said = stdout(&bench.run(command));
        for words in [
            "sửa dòng url thành: url = \"http://lanh.example/rss\"",
            "không mở công khai, từ",
            "[closed]",
        ] {
            assert!(said.contains(words), "{command:?}, {words}: {said}");
        }
    }
    let mails: String = bench
        .inbox
        .messages()
        .iter()
        .map(|mail| unquoted(&mail.raw))
        .collect();
    assert!(mails.contains("không mở công khai"), "{mails}");
}
