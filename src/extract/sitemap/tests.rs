//! Sitemaps of every kind the protocol knows.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::super::testing::{fetched, limits, source};
use super::super::{Extracted, extract};
use super::*;

const NEWS: &str = include_str!("../../../tests/fixtures/kinds/sitemap-tin.xml");
const PAGES: &str = include_str!("../../../tests/fixtures/kinds/sitemap-trang.xml");
const INDEX: &str = include_str!("../../../tests/fixtures/kinds/sitemap-muc-luc.xml");

fn read_as(body: impl AsRef<[u8]>) -> Result<Extracted, Failure> {
    let source = source("kind = 'sitemap'\nurl = 'https://bao.example/sitemap.xml'");
    extract(
        &source,
        &fetched("https://bao.example/sitemap.xml", body),
        &limits(),
    )
}

fn rows(extracted: &Extracted) -> Vec<(&str, &str, Option<String>)> {
    extracted
        .documents
        .iter()
        .map(|d| {
            let time = d.published.map(|time| time.to_string());
            (d.id.as_str(), d.title.as_str(), time)
        })
        .collect()
}

fn packed(body: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(body).unwrap();
    gzip.finish().unwrap()
}

#[test]
fn news_with_titles_and_times_the_newest_first() {
    let wanted = [
        (
            "https://bao.example/moi.html?a=1&b=2",
            "Cầu \"mới\" & đường mới",
            Some("2021-08-23T02:00:00Z".to_owned()),
        ),
        (
            "https://bao.example/cu.html",
            "Lúa thu sớm ở vùng cao",
            Some("2021-08-22T01:00:00Z".to_owned()),
        ),
    ];
    assert_eq!(rows(&read_as(NEWS).unwrap()), wanted);
    assert_eq!(rows(&read_as(packed(NEWS.as_bytes())).unwrap()), wanted);
}

#[test]
fn pages_without_titles() {
    let extracted = read_as(PAGES).unwrap();
    let ids: Vec<&str> = extracted.documents.iter().map(|d| d.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "https://cong.example/tin/2",
            "https://cong.example/tin/1",
            "https://cong.example/gioi-thieu"
        ]
    );
    let plain = "\u{feff}https://cong.example/a\r\n\nhttps://cong.example/b?x=1\n";
    let extracted = read_as(plain).unwrap();
    assert_eq!(
        rows(&extracted),
        [
            ("https://cong.example/a", "", None),
            ("https://cong.example/b?x=1", "", None)
        ]
    );
}

#[test]
fn an_index_names_its_newest_own_lists() {
    let extracted = read_as(INDEX).unwrap();
    let lists: Vec<&str> = extracted.further.iter().map(Url::as_str).collect();
    let wanted: Vec<String> = (2017..2022)
        .rev()
        .map(|year| format!("https://bao.example/sitemaps/{year}.xml"))
        .collect();
    assert_eq!(lists, wanted);
    assert_eq!(extracted.notes, [Note::Lists { taken: 5, shown: 8 }]);

    // Without times: from both ends.
    let undated = INDEX.replace("<lastmod>", "<x>");
    let extracted = read_as(&undated).unwrap();
    let lists: Vec<&str> = extracted.further.iter().map(Url::as_str).collect();
    assert_eq!(lists.len(), MOST_LISTS);
    assert!(
        lists[..2].contains(&"https://bao.example/sitemaps/2015.xml"),
        "{lists:?}"
    );
    assert!(
        lists[..3].contains(&"https://bao.example/sitemaps/2021.xml"),
        "{lists:?}"
    );
}

#[test]
fn a_feed_may_stand_for_a_sitemap() {
    let feed = include_str!("../../../tests/fixtures/kinds/xenforo.rss");
    assert_eq!(read_as(feed).unwrap().documents.len(), 1);
}

#[test]
fn what_is_no_sitemap_is_told() {
    for (body, class) in [
        ("", FailureClass::Unreadable),
        ("xin chào", FailureClass::Unreadable),
        ("<!doctype html><html><p>404", FailureClass::Unreadable),
        ("<opml></opml>", FailureClass::Unreadable),
    ] {
        assert_eq!(read_as(body).unwrap_err().class, class, "{body}");
    }
    let broken = &packed(NEWS.as_bytes())[..60];
    assert_eq!(read_as(broken).unwrap_err().class, FailureClass::Unreadable);
    // Nothing is lost of what stands before a place that cannot be read.
    let cut = NEWS.split("Cầu").next().unwrap();
    assert_eq!(read_as(cut).unwrap().documents.len(), 1);
}

#[test]
fn hostile_sitemaps_stay_within_bounds() {
    let bomb = packed(&vec![b' '; 64 << 20]);
    assert!(bomb.len() < 1 << 20);
    assert_eq!(read_as(&bomb).unwrap_err().class, FailureClass::TooBig);

    let many: String = (0..60_000)
        .map(|n| format!("<url><loc>https://bao.example/{n}</loc></url>"))
        .collect();
    let extracted = read_as(format!("<urlset>{many}</urlset>")).unwrap();
    assert_eq!(extracted.documents.len(), MOST_PAGES);
    assert_eq!(
        extracted.notes,
        [Note::Surplus {
            taken: MOST_PAGES,
            shown: 60_000
        }]
    );

    let deep = format!("<urlset>{}", "<url>".repeat(500_000));
    assert_eq!(read_as(&deep).unwrap().documents.len(), 0);
    let laughs = "<!DOCTYPE u [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><urlset><url><loc>https://bao.example/&b;</loc></url></urlset>";
    assert_eq!(
        read_as(laughs).unwrap().documents[0].id,
        "https://bao.example/"
    );
    let long = format!(
        "<urlset><url><loc>https://bao.example/a</loc><title>{}</title></url></urlset>",
        "dài ".repeat(100_000)
    );
    assert!(read_as(&long).unwrap().documents[0].title.len() <= LONGEST_FIELD);
}
