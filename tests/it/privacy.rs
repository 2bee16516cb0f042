//! What is asked to be forgotten is forgotten, and who wrote a page is never known.

use std::fs;
use std::path::Path;

use canhtin::sample::Site;
use canhtin::sample::site::Page;

use crate::daemon::{Daemon, eventually};
use crate::helpers::{Bench, stderr, stdout, unquoted};

const RSS: &str = "application/rss+xml; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";

/// Tells a rumour that the shipped rules know.
const RUMOUR: &str = "Chị bán hàng đầu chợ kể tiêm vắc xin xong thì vô sinh, cả xóm bàn tán suốt \
    buổi sáng hôm qua, người thì tin người thì không.";

/// Every file below a folder, with its bytes.
fn files(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else if let Ok(bytes) = fs::read(&path) {
            all.push((path.display().to_string(), bytes));
        }
    }
    all
}

/// The files of the store that hold these words, in Unicode or as quoted-printable.
fn holders(bench: &Bench, words: &str) -> Vec<String> {
    let all = files(&bench.path("var"));
    assert!(all.len() > 3, "hardly any file is looked at");
    let holds = |bytes: &[u8]| {
        bytes
            .windows(words.len())
            .any(|part| part == words.as_bytes())
            || unquoted(bytes).contains(words)
    };
    let holding = all.into_iter().filter(|(_, bytes)| holds(bytes));
    holding.map(|(path, _)| path).collect()
}

/// A feed of two items that tell the rumour, each in its own words.
fn two_pages() -> String {
    let item = |n: u8, words: &str| {
        format!(
            "<item><title>{words} tiêu đề</title><link>http://nguon.example/{n}</link>\
             <guid isPermaLink=\"false\">tin-{n}</guid>\
             <description>{words}. {RUMOUR}</description></item>"
        )
    };
    format!(
        "<rss version=\"2.0\"><channel><title>Nguồn</title>{}{}</channel></rss>",
        item(1, "Trang xin được quên"),
        item(2, "Trang ở lại mãi")
    )
}

const ONE: &str = "[[source]]\nid = \"nguon\"\nkind = \"feed\"\nurl = \"http://nguon.example/rss\"\n\
    trust = \"social\"\nevery = \"1m\"\n";

/// Mails go into a folder.
fn to_folder(bench: &Bench) {
    let config = fs::read_to_string(bench.path("config/canhtin.toml")).unwrap();
    let config = config.replace("transport = \"smtp\"", "transport = \"dir\"");
    let config = config.replace("[mail.smtp]", "dir = \"../var/mail\"\n[mail.smtp]");
    bench.write("config/canhtin.toml", &config);
}

#[test]
fn a_page_that_asks_for_it_is_forgotten_with_and_without_a_daemon() {
    let site = Site::builder().page("nguon.example", "/rss", Page::new(RSS, two_pages()));
    let bench = Bench::of(site, ONE);
    to_folder(&bench);
    let once = bench.run(&["once"]);
    assert!(once.status.success(), "{}", stderr(&once));
    let (gone, stays) = ("Trang xin được quên", "Trang ở lại mãi");
    let names = |words: &str| holders(&bench, words).join(" ");
    for (words, place) in [
        (gone, ".eml"),
        (gone, ".html"),
        (gone, ".jsonl"),
        (gone, "ledger.sqlite"),
    ] {
        assert!(names(words).contains(place), "{place}: {}", names(words));
    }
    // The backup of the first run holds it, which the command says.
    fs::remove_dir_all(bench.path("var/backups")).unwrap();

    let wrong = bench.run(&["forget", "javascript:1"]);
    assert_eq!(wrong.status.code(), Some(2));
    let asked = ["forget", "http://nguon.example/1?utm_source=x#dau"];
    let forgotten = bench.run(&asked);
    assert!(forgotten.status.success(), "{}", stderr(&forgotten));
    let said = stdout(&forgotten);
    assert!(
        said.contains("http://nguon.example/1: 1 tin, 1 thư"),
        "{said}"
    );
    assert_eq!(holders(&bench, gone), Vec::<String>::new());
    assert_eq!(
        holders(&bench, "http://nguon.example/1"),
        Vec::<String>::new()
    );
    // Its neighbour in the same mail is still known; that mail's file is gone with it.
    assert!(names(stays).contains("ledger.sqlite"), "{}", names(stays));
    assert!(names(stays).contains(".jsonl"), "{}", names(stays));

    // It does not come back, not even once all that was seen is lost.
    fs::remove_dir_all(bench.path("var/seen")).unwrap();
    let again = bench.run(&["once"]);
    assert!(again.status.success(), "{}", stderr(&again));
    assert_eq!(holders(&bench, gone), Vec::<String>::new());
    let verified = bench.run(&["store", "verify", "--audit"]);
    assert!(verified.status.success(), "{}", stdout(&verified));

    let daemon = Daemon::start(&bench);
    eventually("the backup", || names(stays).contains("backups"));
    let forgotten = bench.run(&["forget", "http://nguon.example/2"]);
    assert!(forgotten.status.success(), "{}", stderr(&forgotten));
    let said = stdout(&forgotten);
    assert!(said.contains("1 bản sao lưu"), "{said}");
    let left = holders(&bench, stays);
    assert!(left.iter().all(|path| path.contains("backups")), "{left:?}");
    let verified = bench.run(&["store", "verify", "--audit"]);
    assert!(verified.status.success(), "{}", stdout(&verified));
    daemon.stop();
}

/// A person's name, as no text of ours has it.
const NAME: &str = "Zuyên Thị Khả Danh";
const ADDRESS: &str = "zuyenkhadanh";

/// Pages in every form in which a source may name its author.
fn authored() -> Vec<(&'static str, &'static str, String)> {
    let by = format!(
        "<name>{NAME}</name><email>{ADDRESS}@thu.example</email><uri>http://{ADDRESS}.example/</uri>"
    );
    let article = |n: u8| {
        format!(
            "<html><head><title>Chuyện {n}</title><meta name=\"author\" content=\"{NAME}\">\
             <meta property=\"article:author\" content=\"http://{ADDRESS}.example/\">\
             <meta name=\"twitter:creator\" content=\"@{ADDRESS}\">\
             <link rel=\"author\" href=\"http://{ADDRESS}.example/\">\
             <script type=\"application/ld+json\">{{\"@context\":\"https://schema.org\",\
             \"@type\":\"NewsArticle\",\"headline\":\"Chuyện {n}\",\
             \"author\":{{\"@type\":\"Person\",\"name\":\"{NAME}\",\"email\":\"{ADDRESS}@thu.example\"}},\
             \"creator\":\"{NAME}\",\"editor\":\"{NAME}\"}}</script></head><body><article>\
             <h1>Chuyện {n}</h1><div class=\"byline\">Tác giả: <a rel=\"author\" \
             href=\"http://{ADDRESS}.example/\">{NAME}</a></div>\
             <p>{RUMOUR}</p><p>Đoạn thứ hai kể tiếp rằng bà con trong xóm bàn tán mãi, chẳng ai biết \
             chuyện ấy ở đâu ra, và cán bộ y tế xã đã phải đến từng nhà giải thích.</p>\
             <p class=\"author\">{NAME}</p><div itemprop=\"author\" itemscope>\
             <span itemprop=\"name\">{NAME}</span></div></article>\
             <div class=\"comments\"><p class=\"comment\">{NAME}: đúng thế</p></div></body></html>"
        )
    };
    let rss = format!(
        "<rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
         xmlns:media=\"http://search.yahoo.com/mrss/\" \
         xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\">\
         <channel><title>Rss</title><managingEditor>{ADDRESS}@thu.example ({NAME})</managingEditor>\
         <webMaster>{ADDRESS}@thu.example ({NAME})</webMaster><itunes:author>{NAME}</itunes:author>\
         <itunes:owner><itunes:name>{NAME}</itunes:name></itunes:owner>\
         <item><title>Chuyện một</title><link>http://rss.example/1</link>\
         <author>{ADDRESS}@thu.example ({NAME})</author><dc:creator>{NAME}</dc:creator>\
         <dc:contributor>{NAME}</dc:contributor><itunes:author>{NAME}</itunes:author>\
         <media:content url=\"http://rss.example/a.jpg\"><media:credit role=\"author\">{NAME}\
         </media:credit></media:content><description>{RUMOUR}</description></item></channel></rss>"
    );
    let now = jiff::Timestamp::now();
    let atom = format!(
        "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Atom</title><id>a</id>\
         <author>{by}</author><contributor>{by}</contributor>\
         <entry><title>Chuyện hai</title><id>a:1</id><link href=\"http://atom.example/1\"/>\
         <updated>{now}</updated><author>{by}</author><contributor>{by}</contributor>\
         <source><author>{by}</author></source><content type=\"html\">{RUMOUR}</content></entry></feed>"
    );
    let json = serde_json::json!({
        "version": "https://jsonfeed.org/version/1.1", "title": "Json",
        "author": {"name": NAME, "url": format!("http://{ADDRESS}.example/")},
        "authors": [{"name": NAME}],
        "items": [{"id": "j1", "url": "http://json.example/1", "title": "Chuyện ba",
            "content_text": RUMOUR, "author": {"name": NAME},
            "authors": [{"name": NAME, "url": format!("http://{ADDRESS}.example/")}]}]
    });
    let list = format!(
        "<html><body><div class=\"tin\"><a href=\"/1\">Chuyện năm</a>\
         <span class=\"byline\">{NAME}</span><p class=\"author\">{NAME}</p></div></body></html>"
    );
    let followed = "<rss version=\"2.0\"><channel><title>Theo</title><item><title>Chuyện bốn</title>\
        <link>http://theo.example/1</link></item></channel></rss>";
    vec![
        ("rss.example", RSS, rss),
        ("atom.example", "application/atom+xml", atom),
        ("json.example", "application/feed+json", json.to_string()),
        ("theo.example", RSS, followed.to_owned()),
        ("theo.example/1", HTML, article(4)),
        ("trang.example", HTML, list),
        ("trang.example/1", HTML, article(5)),
    ]
}

fn authored_sources() -> String {
    let feed = |id: &str, more: &str| {
        format!(
            "[[source]]\nid = \"{id}\"\nkind = \"feed\"\nurl = \"http://{id}.example/\"\n\
             trust = \"social\"\n{more}\n"
        )
    };
    let page = "[[source]]\nid = \"trang\"\nkind = \"page\"\nurl = \"http://trang.example/\"\n\
        trust = \"social\"\nitem = \"div.tin\"\nlink = \"a@href\"\ntitle = \"a\"\nfollow = true\n";
    [
        feed("rss", ""),
        feed("atom", ""),
        feed("json", ""),
        feed("theo", "follow = true"),
        page.to_owned(),
    ]
    .concat()
}

#[test]
fn who_wrote_it_is_nowhere() {
    let mut site = Site::builder();
    for (place, kind, body) in authored() {
        let (host, path) = place.split_once('/').unwrap_or((place, ""));
        site = site.page(host, &format!("/{path}"), Page::new(kind, body));
    }
    let bench = Bench::of(site, &authored_sources());
    let once = bench
        .command(&["once"])
        .env("CANHTIN_LOG", "debug")
        .output()
        .unwrap();
    let printed = format!("{}{}", stdout(&once), stderr(&once));
    assert!(once.status.success(), "{printed}");

    // All five were read and told.
    let hits = stdout(&bench.run(&["hits", "list", "--json"]));
    for source in ["rss", "atom", "json", "theo", "trang"] {
        let found = hits.contains(&format!("\"source\":\"{source}\""));
        assert!(found, "{source} told nothing: {hits}{printed}");
    }
    let exported = stdout(&bench.run(&["hits", "export", "--jsonl"]));
    let mails: String = bench
        .inbox
        .messages()
        .iter()
        .map(|mail| unquoted(&mail.raw))
        .collect();
    assert!(mails.contains("cả xóm bàn tán"), "{mails}");
    // In its letters, as JSON escapes or in capitals; and what else names the person.
    let words = [NAME, "Zuyên", "Zuy\\u00ean", "ZUYÊN", ADDRESS];
    for words in words {
        for (what, text) in [
            ("printed", &printed),
            ("hits", &exported),
            ("mails", &mails),
        ] {
            assert!(!text.contains(words), "{words} is in the {what}: {text}");
        }
        assert_eq!(holders(&bench, words), Vec::<String>::new(), "{words}");
    }
    assert!(!holders(&bench, "cả xóm bàn tán").is_empty());
}
