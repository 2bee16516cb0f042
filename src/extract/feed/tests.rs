//! Feeds in the shapes they come in, honest and hostile.

use jiff::tz::TimeZone;

use super::super::{Extracted, Limits, Note, extract};
use super::mend::{NoFeed, mend};
use crate::document::Document;
use crate::fetch::{Failure, Fetched, Share, Validators};
use crate::source::{Kind, Source};

fn limits() -> Limits {
    Limits::new(TimeZone::get("Asia/Ho_Chi_Minh").unwrap())
}

fn read_bytes(body: &[u8], content_type: Option<&str>) -> Result<Extracted, Failure> {
    let url: url::Url = "https://bao.example/rss/suc-khoe.rss".parse().unwrap();
    let fetched = Fetched {
        url: url.clone(),
        content_type: content_type.map(str::to_owned),
        body: body.to_vec(),
        validators: Validators::default(),
        moved_to: None,
        fresh_for: None,
        share: Share::default(),
    };
    extract(&Source::ad_hoc(Kind::Feed, url), &fetched, &limits())
}

fn read(body: &str) -> Vec<Document> {
    read_bytes(body.as_bytes(), None).unwrap().documents
}

/// What the item of every one of these feeds says.
fn same() -> Document {
    Document {
        id: "https://bao.example/tin-1.html".to_owned(),
        url: Some("https://bao.example/tin-1.html".to_owned()),
        title: "Bộ Y tế: \"vắc xin & an toàn\"".to_owned(),
        text: "Đoạn một có in đậm.\n\nĐoạn hai 5 < 6.".to_owned(),
        published: Some("2021-08-23T14:30:00+07:00".parse().unwrap()),
    }
}

const HTML: &str = "&lt;p&gt;Đoạn một có &lt;b&gt;in đậm&lt;/b&gt;.&lt;/p&gt;&lt;p&gt;Đoạn hai 5 &amp;lt; 6.&lt;/p&gt;";
const DATA: &str = "<![CDATA[<p>Đoạn một có <b>in đậm</b>.</p><p>Đoạn hai 5 &lt; 6.</p>]]>";

#[test]
fn one_item_in_every_format() {
    let title = "<title>Bộ Y tế: \"vắc xin &amp; an toàn\"</title>";
    let link = "<link>https://bao.example/tin-1.html?utm_source=rss</link>";
    let guid = "<guid isPermaLink=\"true\">https://bao.example/tin-1.html</guid>";
    let date = "<pubDate>Mon, 23 Aug 2021 14:30:00 +0700</pubDate>";
    let rss = |root: &str, item: String| {
        format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<{root}><channel><title>Báo</title><link>https://bao.example/</link><description/><item>{item}</item></channel></rss>"
        )
    };
    let rss2 = "rss version=\"2.0\"";
    let content = "xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"";
    let rows = [
        ("RSS 2.0", rss(rss2, format!("{title}{link}<description>{DATA}</description>{guid}{date}"))),
        ("escaped description", rss(rss2, format!("{title}{link}<description>{HTML}</description>{guid}{date}"))),
        ("content:encoded is longer", rss(&format!("{rss2} {content}"), format!("{title}{link}<description>Ngắn</description><content:encoded>{DATA}</content:encoded>{guid}{date}"))),
        ("undeclared content:encoded", rss(rss2, format!("{title}{link}<description>Ngắn</description><content:encoded>{DATA}</content:encoded>{guid}{date}"))),
        ("RSS without a version", rss("rss", format!("{title}{link}<description>{DATA}</description>{guid}{date}"))),
        ("RSS 0.91", rss("rss version=\"0.91\"", format!("{title}{link}<description>{DATA}</description>{guid}{date}"))),
        ("an odd version", rss("rss version='2.0.1'", format!("{title}{link}<description>{DATA}</description>{guid}{date}"))),
        ("a namespace of its own", rss(&format!("{rss2} xmlns=\"http://backend.userland.com/rss2\""), format!("{title}{link}<description>{DATA}</description>{guid}{date}"))),
        ("HTML left unescaped", rss(rss2, format!("{title}{link}<description><p>Đoạn một có <b>in đậm</b>.<p>Đoạn hai 5 &amp;lt; 6.</description>{guid}{date}"))),
        ("nothing closed", format!("<rss version=\"2.0\"><channel><title>Báo</title><item>{title}{link}{guid}{date}<description>{DATA}")),
        ("bare ampersands, stray brackets, controls", rss(rss2, format!("<title>Bộ Y tế: \"vắc\u{8} xin & an toàn\"</title>{link}<description>&lt;p>Đoạn một có &lt;b>in đậm&lt;/b>.&lt;/p>&lt;p>Đoạn hai 5 &amp;lt; 6.</description>{guid}{date}&#0;&#x1f; < 7"))),
        ("HTML entities", rss(rss2, format!("<title>Bộ Y tế&#58; &quot;vắc xin &#38;amp; an to&agrave;n&quot;</title>{link}<description>{DATA}</description>{guid}{date}"))),
        ("no guid", rss(rss2, format!("{title}{link}<description>{DATA}</description>{date}"))),
        ("a link by guid only", rss(rss2, format!("{title}<description>{DATA}</description>{guid}{date}"))),
        ("a relative link", rss(rss2, format!("{title}<link>/tin-1.html</link><description>{DATA}</description>{date}"))),
        ("a comment in the way", rss(rss2, format!("<!-- x -->{title}<!-- <item> -->{link}<description>{DATA}</description>{guid}{date}"))),
        ("a zone-less date", rss(rss2, format!("{title}{link}<description>{DATA}</description>{guid}<pubDate>23/08/2021 14:30</pubDate>"))),
        ("media titles beside it", rss(&format!("{rss2} xmlns:media=\"http://search.yahoo.com/mrss/\""), format!("{title}{link}<media:title>khác</media:title><description>{DATA}</description>{guid}{date}"))),
        ("undeclared media titles", rss(rss2, format!("{title}{link}<media:title>khác</media:title><description>{DATA}</description>{guid}{date}"))),
        ("a document type", format!("<!DOCTYPE rss [<!ENTITY a \"x>\">]>{}", rss(rss2, format!("{title}{link}<description>{DATA}</description>{guid}{date}")))),
        ("RSS 1.0", format!("<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns=\"http://purl.org/rss/1.0/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" {content}><channel rdf:about=\"x\"><title>Báo</title></channel><item rdf:about=\"https://bao.example/tin-1.html\">{title}{link}<content:encoded>{DATA}</content:encoded><dc:date>2021-08-23T14:30:00+07:00</dc:date></item></rdf:RDF>")),
        ("RSS 0.90", format!("<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns=\"http://my.netscape.com/rdf/simple/0.9/\"><channel><title>Báo</title></channel><item>{title}{link}<description>{DATA}</description><dc:date>2021-08-23T14:30:00+07:00</dc:date></item></rdf:RDF>")),
        ("Atom 1.0", format!("<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Báo</title><entry><id>https://bao.example/tin-1.html</id>{title}<link rel=\"self\" href=\"https://bao.example/atom\"/><link href=\"https://bao.example/tin-1.html#binh-luan\"/><updated>2021-08-24T00:00:00Z</updated><published>2021-08-23T07:30:00Z</published><content type=\"html\">{HTML}</content></entry></feed>")),
        ("Atom with an inline page", format!("<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><id>https://bao.example/tin-1.html</id>{title}<link href=\"tin-1.html\" rel=\"alternate\" xml:base=\"https://xau.example/\"/><link rel=\"alternate\" href=\"/tin-1.html\"/><updated>2021-08-23T07:30:00Z</updated><content type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\"><p>Đoạn một có <b>in đậm</b>.</p><p>Đoạn hai 5 &lt; 6.</p></div></content></entry></feed>").replace("href=\"tin-1.html\" rel=\"alternate\" xml:base=\"https://xau.example/\"", "href=\"/tin-1.html\" xml:base=\"https://xau.example/\"")),
        ("Atom 0.3", format!("<feed version=\"0.3\" xmlns=\"http://purl.org/atom/ns#\"><entry><id>https://bao.example/tin-1.html</id>{title}<link rel=\"alternate\" type=\"text/html\" href=\"https://bao.example/tin-1.html\"/><modified>2021-08-24T00:00:00Z</modified><issued>2021-08-23T14:30:00+07:00</issued><content type=\"text/html\" mode=\"escaped\">{HTML}</content></entry></feed>")),
        ("Atom with an odd type", format!("<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><id>https://bao.example/tin-1.html</id><title type=\"text/html\">Bộ Y tế: \"vắc xin &amp;amp; an toàn\"</title><summary type=\"chữ\">{HTML}</summary><link href=\"https://bao.example/tin-1.html\"/><updated>2021-08-23T07:30:00Z</updated></entry></feed>")),
        ("JSON Feed", serde_json::json!({"version": "https://jsonfeed.org/version/1.1", "title": "Báo", "items": [{"id": "https://bao.example/tin-1.html", "url": "https://bao.example/tin-1.html", "title": "Bộ Y tế: \"vắc xin & an toàn\"", "content_html": "<p>Đoạn một có <b>in đậm</b>.</p><p>Đoạn hai 5 &lt; 6.</p>", "date_published": "2021-08-23T14:30:00+07:00", "author": {"name": "Ai đó"}}]}).to_string()),
    ];
    for (name, body) in rows {
        assert_eq!(read(&body), [same()], "{name}\n{body}");
    }
}

#[test]
fn identity_is_the_feeds_own_or_the_address_or_the_text() {
    let feed = |items: &str| format!("<rss version=\"2.0\"><channel>{items}</channel></rss>");
    let ids =
        |items: &str| -> Vec<String> { read(&feed(items)).into_iter().map(|d| d.id).collect() };
    assert_eq!(
        ids("<item><guid>tin 7</guid><title>a</title><link>http://x.example/7</link></item>"),
        ["tin 7"]
    );
    assert_eq!(
        ids("<item><title>a</title><link>http://X.example/7?fbclid=1</link></item>"),
        ["http://x.example/7"]
    );
    let nameless = "<item><title>không địa chỉ</title></item>";
    assert_eq!(ids(nameless), ids(nameless));
    assert_eq!(ids(nameless)[0].len(), 32);
    let shared = "<item><guid>0</guid><title>a</title><link>http://x.example/1</link></item><item><guid>0</guid><title>b</title><link>http://x.example/2</link></item>";
    assert_eq!(ids(shared), ["http://x.example/1", "http://x.example/2"]);
    let doubled = "<item><guid>1</guid><title>a</title></item><item><guid>1</guid><title>a</title></item><item><guid>1</guid><title>b</title></item>";
    let doubled = ids(doubled);
    assert_eq!(doubled.len(), 2);
    assert!(doubled.iter().all(|id| id.starts_with("1#")), "{doubled:?}");
    // All items link to one address: what comes and goes around an item leaves its id.
    let front = |titles: &[&str]| {
        let items = titles.iter().map(|title| {
            format!("<item><title>{title}</title><link>http://x.example/</link></item>")
        });
        ids(&items.collect::<String>())
    };
    let (before, after) = (front(&["a", "b"]), front(&["c", "a", "b"]));
    assert_eq!(before[..], after[1..]);
    let long = format!(
        "<item><guid>{}</guid><title>a</title></item>",
        "x".repeat(5_000)
    );
    assert_eq!(ids(&long)[0].len(), 32);
}

#[test]
fn plain_titles_keep_their_signs() {
    let atom = |title: &str| {
        format!(
            "<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><id>1</id>{title}<link href=\"http://x.example/1\"/></entry></feed>"
        )
    };
    for (title, wanted) in [
        ("<title>1 &lt; 2 và &lt;b&gt;</title>", "1 < 2 và <b>"),
        (
            "<title type=\"html\">1 &amp;lt; 2 &lt;b&gt;đậm&lt;/b&gt;</title>",
            "1 < 2 đậm",
        ),
        (
            "<title>Tin &amp;#7871; &amp;amp; bài</title>",
            "Tin ế & bài",
        ),
        ("<title>a; R&amp;D; b</title>", "a; R&D; b"),
    ] {
        assert_eq!(read(&atom(title))[0].title, wanted, "{title}");
    }
}

#[test]
fn other_charsets() {
    let feed = "<?xml version=\"1.0\" encoding=\"utf-16\"?><rss version=\"2.0\"><channel><item><title>Vắc xin</title><link>http://x.example/1</link></item></channel></rss>";
    let mut big = vec![0xfe, 0xff];
    big.extend(feed.encode_utf16().flat_map(u16::to_be_bytes));
    let read = read_bytes(&big, Some("application/rss+xml; charset=utf-8")).unwrap();
    assert_eq!(read.documents[0].title, "Vắc xin");
    let latin = b"<?xml version='1.0' encoding='iso-8859-1'?><rss><channel><item><title>caf\xe9</title></item></channel></rss>";
    assert_eq!(read_bytes(latin, None).unwrap().documents[0].title, "café");
}

#[test]
fn what_is_no_feed_says_so() {
    for (body, wanted) in [
        (
            "<!doctype html><html><head><title>Báo</title>",
            "an HTML page, not a feed",
        ),
        (
            "<urlset><url/></urlset>",
            "not a feed: the root element is <urlset>",
        ),
        ("", "no XML and no JSON"),
        ("502 Bad Gateway", "no XML and no JSON"),
        ("{\"error\": 1}", "JSON, but no JSON Feed"),
        ("{\"items\": [{]}", "not JSON"),
        ("\0\0\0", "no XML and no JSON"),
    ] {
        let failure = read_bytes(body.as_bytes(), None).unwrap_err();
        assert!(
            failure.detail.starts_with(wanted),
            "{body}: {}",
            failure.detail
        );
    }
    let empty = read_bytes(
        b"<rss version=\"2.0\"><channel><title>x</title></channel></rss>",
        None,
    );
    assert_eq!(empty.unwrap().notes, [Note::Nothing]);
}

#[test]
fn too_many_items_are_counted_and_left() {
    let items: String = (0..100_000).map(|n| format!("<item><title>Tin {n}</title><link>http://x.example/{n}</link><description>d</description></item>")).collect();
    let begin = std::time::Instant::now();
    let read = read_bytes(
        format!("<rss version=\"2.0\"><channel>{items}</channel></rss>").as_bytes(),
        None,
    )
    .unwrap();
    println!("100,000 items: {:?}", begin.elapsed());
    assert_eq!(read.documents.len(), 2_000);
    assert_eq!(read.documents[1_999].title, "Tin 1999");
    assert_eq!(
        read.notes,
        [Note::Surplus {
            taken: 2_000,
            shown: 100_000
        }]
    );
}

#[test]
fn a_json_feed_of_millions() {
    let body = format!(
        "{{\"items\":[{{\"id\":7,\"title\":\"x\",\"tags\":[{}1]}}{}]}}",
        "1,".repeat(500_000),
        ",{}".repeat(1_000_000)
    );
    let begin = std::time::Instant::now();
    let read = read_bytes(body.as_bytes(), Some("application/json")).unwrap();
    println!("JSON of {} KB: {:?}", body.len() / 1024, begin.elapsed());
    // All the empty ones are one.
    assert_eq!(
        (read.documents.len(), read.documents[0].id.as_str()),
        (2, "7")
    );
    assert_eq!(
        read.notes,
        [Note::Surplus {
            taken: 2_000,
            shown: 1_000_001
        }]
    );
}

#[test]
fn bombs_do_not_go_off() {
    let item = "<item><title>x</title><link>http://x.example/1</link></item>";
    let laughs: String = (1..30)
        .map(|n| format!("<!ENTITY l{n} \"&l{};&l{};&l{};\">", n - 1, n - 1, n - 1))
        .collect();
    let attributes: String = (0..80_000).map(|n| format!(" a{n}='1'")).collect();
    let rows = [
        ("laughs", format!("<!DOCTYPE r [<!ENTITY l0 \"ha\">{laughs}]><rss version=\"2.0\"><channel><item><title>x&l29;</title></item></channel></rss>")),
        ("outside entity", "<!DOCTYPE r [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><rss version=\"2.0\"><channel><item><title>x&e;</title></item></channel></rss>".to_owned()),
        ("attributes", format!("<rss version=\"2.0\"><channel{attributes}>{item}</channel></rss>")),
        ("bases", format!("<rss version=\"2.0\"><channel>{}{item}", "<a xml:base=\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/\">".repeat(100))),
        ("long line", format!("<rss version=\"2.0\"><channel>{item}<item><title>{}</title></item></channel></rss>", "v".repeat(1 << 20))),
        ("empty items", format!("<rss version=\"2.0\"><channel>{item}{}</channel></rss>", "<item/>".repeat(500_000))),
        ("unclosed items", format!("<rss version=\"2.0\"><channel>{item}{}", "<item><title>".repeat(100_000))),
    ];
    for (name, body) in rows {
        let begin = std::time::Instant::now();
        let read = read_bytes(body.as_bytes(), None).unwrap();
        println!(
            "{name}: {} KB, {:?}, {} documents",
            body.len() / 1024,
            begin.elapsed(),
            read.documents.len()
        );
        assert!(read.documents[0].title.starts_with('x'), "{name}");
        assert!(
            read.documents
                .iter()
                .all(|d| !d.title.contains("root:") && d.title.len() <= 1 << 20)
        );
        assert!(begin.elapsed().as_secs() < 6, "{name}");
    }
    let deep = format!("<rss version=\"2.0\"><channel>{}", "<a>".repeat(100_000));
    assert_eq!(mend(&deep, 10).unwrap_err(), NoFeed::Deep);
}

#[test]
fn fixtures_are_read_whole() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/feeds");
    let mut walked = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let body = std::fs::read(&path).unwrap();
        let read = read_bytes(&body, None).unwrap();
        assert!(
            read.notes.is_empty(),
            "{}: {:?}",
            path.display(),
            read.notes
        );
        assert_eq!(read.documents.len(), 3, "{}", path.display());
        for document in &read.documents {
            assert!(
                !document.title.is_empty() && !document.text.is_empty(),
                "{}: {document:?}",
                path.display()
            );
            assert!(
                document.url.is_some() && document.published.is_some(),
                "{}: {document:?}",
                path.display()
            );
            assert!(
                !document.text.contains('<') && !document.text.contains("&amp;"),
                "{}: {document:?}",
                path.display()
            );
        }
        walked += 1;
    }
    assert!(walked >= 6, "{walked} fixtures");
}

proptest::proptest! {
    #[test]
    fn mended_text_is_well_formed(
        text in "(<(/?(item|title|a|b:c|rss|entry|br)( x=['\"]?y)?/?|!--|!\\[CDATA\\[|\\?|!D)?>?|\\]\\]>|-->|&(amp|#1|#38|x)?;?|[a-cấ \u{1}])\\PC{0,3}"
    ) {
        let feed = format!("<rss version=\"2.0\"><channel><item>{}</item>", text.repeat(3));
        if let Ok(mended) = mend(&feed, 2) {
            let mut reader = quick_xml::Reader::from_str(&mended.xml);
            loop {
                match reader.read_event() {
                    Ok(quick_xml::events::Event::Eof) => break,
                    Ok(_) => {}
                    Err(error) => panic!("{error}: {}", mended.xml),
                }
            }
        }
    }

    #[test]
    fn no_text_breaks_the_reading(text in "[<>/!?&;#x\\[\\]\"'=a-cấ\u{0}-]{0,80}") {
        let _ = read_bytes(text.as_bytes(), None);
        let _ = read_bytes(format!("<rss><channel><item><title>{text}</title></item>").as_bytes(), None);
        let _ = read_bytes(format!("<feed><entry>{text}<title>").as_bytes(), None);
    }
}

#[test]
fn atom_texts_in_base64() {
    // "Tin <b>mới</b>" and "<p>Đoạn</p>".
    let (title, text) = ("VGluIDxiPm3hu5tpPC9iPg==", "PHA+xJBv4bqhbjwvcD4=");
    for (root, kind) in [
        (
            "version='0.3' xmlns='http://purl.org/atom/ns#'",
            "mode='base64'",
        ),
        (
            "xmlns='http://www.w3.org/2005/Atom'",
            "type='application/octet-stream'",
        ),
    ] {
        let items = read(&format!(
            "<feed {root}><entry><id>1</id><title {kind}>\n {title} </title><content type='text/html' {kind}>{text}</content></entry></feed>"
        ).replace("type='text/html' type", "type"));
        assert_eq!(
            (&*items[0].title, &*items[0].text),
            ("Tin mới", "Đoạn"),
            "{root}"
        );
    }
    // What is no base64 is what it says.
    let items = read("<feed><entry><title mode='base64'>Không phải mã</title></entry></feed>");
    assert_eq!(items[0].title, "Không phải mã");
}
