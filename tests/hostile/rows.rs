//! Each row of what must not hurt: its end, its processor time and its memory.

use std::time::Duration;

use tokio::runtime::Runtime;

use crate::documents as doc;
use crate::probe::{self, Taken};
use crate::server::{Answer, Canaries, serve};

/// Seconds of processor time for one document, as promised of an optimised build. A build for
/// debugging is some ten times slower.
const MOST_CPU: f64 = if cfg!(debug_assertions) { 20.0 } else { 2.0 };
/// MB above idle, as promised.
const MOST_MEMORY: f64 = 256.0;
/// For what is slow on purpose.
const SHORT: Duration = Duration::from_millis(1500);
/// For what is not: the machine may be busy.
const LONG: Duration = Duration::from_secs(60);

struct Row {
    name: &'static str,
    kind: &'static str,
    timeout: Duration,
    answer: Answer,
    /// How it may end.
    ends: &'static [&'static str],
    /// What the first item says.
    says: &'static str,
}

fn row(
    name: &'static str,
    kind: &'static str,
    answer: Answer,
    ends: &'static [&'static str],
) -> Row {
    Row {
        name,
        kind,
        timeout: LONG,
        answer,
        ends,
        says: "",
    }
}

/// Connections that do not end, and bodies that do not.
fn slow_and_endless() -> Vec<Row> {
    let begin = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n";
    let pause = Duration::from_millis(50);
    let slow = |name, answer| Row {
        timeout: SHORT,
        ..row(name, "feed", answer, &["timeout"])
    };
    vec![
        slow("no answer", Answer::silence()),
        slow(
            "slowloris: a header each 50 ms",
            Answer::endless(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n", pause),
        ),
        slow("a byte each 50 ms", Answer::endless(begin, b"x", pause)),
        row(
            "a body without end",
            "feed",
            Answer::endless(begin, &[b'x'; 65_536], Duration::ZERO),
            &["too-big"],
        ),
        row(
            "a header without end",
            "feed",
            Answer::endless(b"HTTP/1.1 200 OK\r\nX-A: ", &[b'x'; 65_536], Duration::ZERO),
            &["connect"],
        ),
        row(
            "headers without end",
            "feed",
            Answer::endless(
                b"HTTP/1.1 200 OK\r\n",
                &b"X-A: b\r\n".repeat(4096),
                Duration::ZERO,
            ),
            &["connect"],
        ),
    ]
}

/// 64 MiB of zeros in every coding, and codings in each other.
fn bombs() -> Vec<Row> {
    let zeros = vec![0; 64 << 20];
    let packed =
        |coding: &str, body: &[u8]| Answer::body(&format!("Content-Encoding: {coding}\r\n"), body);
    let (gzip, brotli, zstd) = (doc::gzip(&zeros), doc::brotli(&zeros), doc::zstd(&zeros));
    let nothings = doc::gzip(&doc::gzip(b"").repeat(400_000));
    let thrice = doc::gzip(&doc::gzip(&doc::gzip(b"x")));
    vec![
        row("gzip bomb", "feed", packed("gzip", &gzip), &["too-big"]),
        row("brotli bomb", "feed", packed("br", &brotli), &["too-big"]),
        row("zstd bomb", "feed", packed("zstd", &zstd), &["too-big"]),
        row(
            "gzip bomb in gzip",
            "feed",
            packed("gzip, gzip", &doc::gzip(&gzip)),
            &["too-big"],
        ),
        row(
            "zstd bomb in brotli",
            "feed",
            packed("zstd, br", &doc::brotli(&zstd)),
            &["too-big"],
        ),
        row(
            "400,000 packed nothings in gzip",
            "feed",
            packed("gzip, gzip", &nothings),
            &["too-big", "unreadable"],
        ),
        row(
            "three codings",
            "feed",
            packed("gzip, gzip, gzip", &thrice),
            &["unreadable"],
        ),
    ]
}

/// Text that is none, or not as announced.
fn letters() -> Vec<Row> {
    let feed = |body: Vec<u8>| Answer::body("Content-Type: text/xml\r\n", &body);
    let html = |body: Vec<u8>| Answer::body("Content-Type: text/html; charset=utf-8\r\n", &body);
    let line = "a".repeat(1 << 20);
    let mut torn = doc::feed("Tr\u{1ea1}m");
    let at = torn.windows(2).position(|two| two == b"Tr").unwrap();
    torn[at..at + 2].copy_from_slice(&[0xff, 0xfe]);
    let says = |row: Row, says| Row { says, ..row };
    let either: &[&str] = &["items", "unreadable"];
    vec![
        says(
            row("a line of 1 MB", "feed", feed(doc::feed(&line)), &["items"]),
            "Mở cửa trạm y tế",
        ),
        row(
            "a line of 1 MB in a page",
            "article",
            html(doc::page(&line)),
            &["items"],
        ),
        row(
            "NUL bytes",
            "feed",
            feed(doc::feed("a\0b\0".repeat(100_000).as_str())),
            either,
        ),
        row(
            "NUL bytes alone",
            "feed",
            feed(vec![0; 4 << 20]),
            &["unreadable"],
        ),
        says(
            row("bytes that are no UTF-8", "feed", feed(torn), &["items"]),
            "Mở cửa trạm y tế",
        ),
        row("noise", "feed", feed(doc::noise(6 << 20)), &["unreadable"]),
        row(
            "noise as an article",
            "article",
            html(doc::noise(6 << 20)),
            either,
        ),
        says(
            row(
                "windows-1258",
                "feed",
                feed(doc::windows_1258()),
                &["items"],
            ),
            "Mở cửa trạm y tế",
        ),
        says(
            row(
                "a charset that is not the one announced",
                "feed",
                Answer::body(
                    "Content-Type: text/xml; charset=iso-8859-1\r\n",
                    &doc::feed("x"),
                ),
                &["items"],
            ),
            "trạm y tế",
        ),
        row(
            "UTF-16 without an end",
            "feed",
            feed([&[0xfe, 0xff][..], &doc::noise(1 << 20)].concat()),
            &["unreadable"],
        ),
    ]
}

/// Structures that are quadratic or worse for a careless reader.
fn structures() -> Vec<Row> {
    let html = |body: &str| Answer::body("Content-Type: text/html\r\n", &doc::page(body));
    let either: &[&str] = &["items", "unreadable"];
    vec![
        row(
            "<div> without end, as an article",
            "article",
            html(&doc::nested("<div>")),
            either,
        ),
        row(
            "<ul><li> without end, as a list",
            "page",
            html(&doc::nested("<ul><li>")),
            either,
        ),
        row(
            "<table><tr><td> without end",
            "article",
            html(&doc::nested("<table><tr><td>")),
            either,
        ),
        row(
            "<p><b> without end",
            "article",
            html(&doc::nested("<p><b>")),
            either,
        ),
        row(
            "<font> misnested",
            "article",
            html(&doc::nested("<font><p></font>")),
            either,
        ),
        row(
            "<a> in tables",
            "article",
            html(&doc::nested("<a><table>")),
            either,
        ),
        row(
            "<svg> in <svg>",
            "article",
            html(&doc::nested("<svg><foreignObject>")),
            either,
        ),
    ]
}

/// Comments, attributes, entities and sheer numbers.
fn numbers_and_entities() -> Vec<Row> {
    let feed = |body: Vec<u8>| Answer::body("Content-Type: text/xml\r\n", &body);
    let html = |body: &str| Answer::body("Content-Type: text/html\r\n", &doc::page(body));
    let either: &[&str] = &["items", "unreadable"];
    let file = "file:///etc/passwd";
    vec![
        row(
            "comments without end",
            "article",
            html(&doc::nested("<!--")),
            either,
        ),
        row(
            "<div> in a feed's text",
            "feed",
            feed(doc::feed(&doc::nested("<div>"))),
            &["items"],
        ),
        row("deep XML", "feed", feed(doc::deep_feed()), either),
        row("nested xml:base", "feed", feed(doc::nested_base()), either),
        row(
            "80,000 attributes in a page",
            "article",
            html(&doc::attributes(80_000)),
            either,
        ),
        row(
            "450,000 attributes in a page",
            "article",
            html(&doc::attributes(450_000)),
            either,
        ),
        row(
            "80,000 attributes in a feed",
            "feed",
            feed(doc::feed(&doc::attributes(80_000))),
            &["items"],
        ),
        row(
            "80,000 attributes of an XML element",
            "feed",
            feed(
                [
                    b"<rss version=\"2.0\"><channel>".as_slice(),
                    doc::attributes(80_000).as_bytes(),
                    b"<title>x</title></item></channel></rss>",
                ]
                .concat(),
            ),
            either,
        ),
        row(
            "billion laughs",
            "feed",
            feed(doc::billion_laughs()),
            either,
        ),
        row(
            "quadratic blowup",
            "feed",
            feed(doc::quadratic_blowup()),
            either,
        ),
        row(
            "external entity: a file",
            "feed",
            feed(doc::external(file)),
            either,
        ),
        row(
            "100,000 items",
            "feed",
            feed(doc::many_items(100_000)),
            &["items"],
        ),
        row(
            "100,000 links",
            "page",
            html(std::str::from_utf8(&doc::many_links(100_000)).unwrap()),
            either,
        ),
    ]
}

fn assert_bounded(row: &Row, taken: &Taken) {
    let Row {
        name, ends, says, ..
    } = row;
    assert!(ends.contains(&taken.end.as_str()), "{name}: {taken:?}");
    assert!(taken.begin.contains(says), "{name}: {taken:?}");
    assert!(!taken.begin.contains("root:"), "{name}: {taken:?}");
    assert!(taken.items <= 2_000, "{name}: {taken:?}");
    assert!(
        taken.cpu <= MOST_CPU,
        "{name}: {} s of a processor",
        taken.cpu
    );
    assert!(taken.memory <= MOST_MEMORY, "{name}: {} MB", taken.memory);
    if *name == "100,000 items" {
        assert_eq!(taken.items, 2_000, "{taken:?}");
        assert!(
            taken.detail.contains("100000"),
            "the rest is told: {taken:?}"
        );
    }
}

fn all_stay_within_bounds(rows: &[Row]) {
    assert!(!rows.is_empty());
    let runtime = Runtime::new().unwrap();
    let answers: Vec<Answer> = rows.iter().map(|row| row.answer.clone()).collect();
    let serving = serve(move |path| answers[path[1..].parse::<usize>().unwrap()].clone());
    let port = runtime.block_on(serving).port();
    for (n, row) in rows.iter().enumerate() {
        let url = format!("http://127.0.0.9:{port}/{n}");
        let taken = probe::take(row.kind, row.timeout, &url);
        let Taken {
            end,
            items,
            cpu,
            memory,
            wall,
            ..
        } = &taken;
        println!(
            "| {} | {} | {end} ({items}) | {cpu:.2} | {memory:.0} | {wall:.2} |",
            row.name, row.kind
        );
        assert_bounded(row, &taken);
    }
}

#[test]
fn slowloris_endless_bodies_and_single_bytes_end_at_their_limits() {
    all_stay_within_bounds(&slow_and_endless());
}

#[test]
fn bombs_in_gzip_brotli_zstd_and_nested_codings_are_counted_decoded() {
    all_stay_within_bounds(&bombs());
}

#[test]
fn long_lines_nul_bytes_and_bad_charsets_are_text_or_unreadable() {
    all_stay_within_bounds(&letters());
}

#[test]
fn deep_html_stays_within_its_bounds() {
    all_stay_within_bounds(&structures());
}

#[test]
fn deep_xml_entities_attributes_and_100_000_items_stay_within_their_bounds() {
    all_stay_within_bounds(&numbers_and_entities());
}

/// Every form of an inner address, as a redirect, as a `robots.txt` elsewhere and as an entity.
#[test]
fn redirects_to_inner_addresses_are_refused_and_loops_end() {
    let runtime = Runtime::new().unwrap();
    let canaries = runtime.block_on(Canaries::listen());
    let port = canaries.port;
    let forms = [
        "127.0.0.1:PORT",
        "127.1:PORT",
        "2130706433:PORT",
        "0x7f.1:PORT",
        "0177.0.0.1:PORT",
        "127.0.0.1.:PORT",
        "127.0.0.2:PORT",
        "localhost:PORT",
        "[::1]:PORT",
        "[::]:PORT",
        "0.0.0.0:PORT",
        "0:PORT",
        "[::ffff:7f00:1]:PORT",
        "[::ffff:127.0.0.1]:PORT",
        "[64:ff9b::7f00:1]:PORT",
        "[2002:7f00:1::]:PORT",
        "100.64.0.1:PORT",
        "169.254.169.254",
        "10.0.0.1",
        "192.168.1.1",
        "[fd00::1]:PORT",
        "[fe80::1]:PORT",
    ]
    .map(|form| form.replace("PORT", &port.to_string()));
    let targets = forms.clone();
    let serving = serve(move |path| {
        let (how, n) = path[1..].split_once('/').unwrap_or(("loop", "0"));
        let target = targets.get(n.parse::<usize>().unwrap_or(0));
        match how {
            "to" => Answer::redirect(&format!("http://{}/", target.unwrap())),
            "entity" => Answer::body("", &doc::external(&format!("http://{}/x", target.unwrap()))),
            "page" => Answer::body(
                "Content-Type: text/html\r\n",
                &doc::page(&format!(
                    "<base href=http://{0}/><link rel=stylesheet href=/a><img src=/b><script src=/c></script>\
                 <iframe src=http://{0}/d></iframe><meta http-equiv=refresh content='0;url=http://{0}/e'>",
                    target.unwrap()
                )),
            ),
            _ => Answer::redirect("/loop/0"),
        }
    });
    let server = runtime.block_on(serving).port();
    let at = |path: String| format!("http://127.0.0.9:{server}{path}");
    for (n, form) in forms.iter().enumerate() {
        let taken = probe::take("feed", LONG, &at(format!("/to/{n}")));
        assert_eq!(taken.end, "refused", "{form}: {taken:?}");
        assert!(!taken.detail.is_empty(), "{form}");
        let direct = probe::take("feed", LONG, &format!("http://{form}/"));
        assert_eq!(direct.end, "refused", "{form}: {direct:?}");
    }
    for n in [0, 8] {
        let taken = probe::take("feed", LONG, &at(format!("/entity/{n}")));
        assert!(
            ["items", "unreadable"].contains(&taken.end.as_str()),
            "{taken:?}"
        );
        let taken = probe::take("article", LONG, &at(format!("/page/{n}")));
        assert_eq!(taken.end, "items", "{taken:?}");
    }
    let taken = probe::take("feed", LONG, &at("/loop/0".to_owned()));
    assert_eq!(taken.end, "refused", "{taken:?}");
    runtime.block_on(canaries.assert_silent());
    println!("{} forms of inner addresses, none reached", forms.len());
}
