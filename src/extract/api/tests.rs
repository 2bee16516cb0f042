//! Answers of APIs by their recipes.

use super::super::testing::{fetched, limits, source};
use super::super::{Extracted, extract};
use super::*;
use crate::fetch::FailureClass;

fn read_as(block: &str, url: &str, body: &str) -> Result<Extracted, Failure> {
    let source = source(&format!("kind = 'json'\nurl = '{url}'\n{block}"));
    extract(&source, &fetched(url, body), &limits())
}

const WORDPRESS: &str = "item = '$[*]'\nitem_id = '$.id'\nlink = '$.link'\ntitle = '$.title.rendered'\n\
                         text = '$.content.rendered'";

fn wordpress(more: &str) -> Extracted {
    let body = include_str!("../../../tests/fixtures/kinds/wordpress.json");
    let url = "https://xa.example/wp-json/wp/v2/posts";
    read_as(&format!("{WORDPRESS}\n{more}"), url, body).unwrap()
}

#[test]
fn the_graph_api_by_its_preset() {
    let body = include_str!("../../../tests/fixtures/kinds/graph-api.json");
    let url =
        "https://graph.facebook.com/v25.0/1001/posts?fields=id,message,created_time,permalink_url";
    let extracted = read_as("preset = 'graph-api'", url, body).unwrap();
    let ids: Vec<&str> = extracted.documents.iter().map(|d| d.id.as_str()).collect();
    // A post without words is none.
    assert_eq!(ids, ["1001_2002", "1001_2000"]);
    let first = &extracted.documents[0];
    assert!(
        first.text.starts_with("Lịch tiêm tuần này:"),
        "{}",
        first.text
    );
    assert_eq!(
        first.url.as_deref(),
        Some("https://www.facebook.com/1001/posts/2002")
    );
    assert_eq!(
        first.published,
        Some("2021-08-23T02:15:00Z".parse().unwrap())
    );
    assert!(!format!("{extracted:?}").contains("Trang thử"));
}

#[test]
fn html_in_fields_is_read_as_people_see_it() {
    let extracted = wordpress("time = '$.stamp'");
    let rows: Vec<(&str, &str, &str, Option<&str>)> = extracted
        .documents
        .iter()
        .map(|d| {
            (
                d.id.as_str(),
                d.title.as_str(),
                d.text.as_str(),
                d.url.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            (
                "42",
                "Cầu mới & đường mới",
                "Cầu dài 30 m.\n\nXe máy đi được.",
                Some("https://xa.example/?p=42")
            ),
            ("41", "Giá 5 < 6", "", Some("https://xa.example/?p=41")),
        ]
    );
}

#[test]
fn times_as_words_seconds_and_milliseconds() {
    let times = |more: &str| -> Vec<Option<String>> {
        let documents = wordpress(more).documents;
        documents
            .iter()
            .map(|d| d.published.map(|time| time.to_string()))
            .collect()
    };
    let (first, second) = ("2021-08-23T02:00:00Z", "2021-08-22T02:00:00Z");
    assert_eq!(
        times("time = '$.stamp'"),
        [Some(first.to_owned()), Some(second.to_owned())]
    );
    // Without a zone it is the office's.
    let local = times("time = '$.date_gmt'");
    assert_eq!(local[0].as_deref(), Some("2021-08-22T19:00:00Z"));
    let zoned = times("time = '$.date_gmt'\ntime_format = '%Y-%m-%dT%H:%M:%S'");
    assert_eq!(zoned[0].as_deref(), Some("2021-08-22T19:00:00Z"));
    assert_eq!(times(""), [None, None]);
}

#[test]
fn figures_that_write_a_time_are_no_seconds() {
    let written = Some("2021-08-23T07:30:00Z");
    for (time, wanted) in [
        ("20210823143000", written),
        ("\"20210823143000\"", written),
        ("202108231430", written),
        ("1629703800", written),
        ("\" 1629703800 \"", written),
        ("1629703800000", written),
        ("\"Mon Aug 23 07:30:00 +0000 2021\"", written),
        ("\"23/08/21 14:30\"", written),
        ("20210823", Some("2021-08-22T17:00:00Z")),
        ("-1", Some("1969-12-31T23:59:59Z")),
        ("-9223372036854775808", None),
        ("\"-9223372036854775808\"", None),
        ("9223372036854775807", None),
        ("1e30", None),
        ("true", None),
    ] {
        let body = format!("[{{\"x\":\"tin\",\"t\":{time}}}]");
        let block = "item = '$[*]'\ntitle = '$.x'\ntime = '$.t'";
        let extracted = read_as(block, "https://a.example/", &body).unwrap();
        let published = extracted.documents[0].published.map(|at| at.to_string());
        assert_eq!(published.as_deref(), wanted, "{time}");
    }
}

#[test]
fn several_matches_of_the_text_are_paragraphs() {
    let body = r#"{"posts":[{"blocks":[{"t":"một"},{"t":"hai"},{"t":3},{"t":null}]}]}"#;
    let block = "item = '$.posts[*]'\ntext = '$.blocks[*].t'";
    let extracted = read_as(block, "https://a.example/", body).unwrap();
    assert_eq!(extracted.documents[0].text, "một\n\nhai\n\n3");
}

#[test]
fn hostile_answers_stay_within_bounds() {
    let block = "item = '$..x'\ntext = '$..y'";
    let read = |body: &str| read_as(block, "https://a.example/", body);
    for body in ["", "<html>", "{\"x\":", &"[".repeat(200_000)] {
        assert_eq!(read(body).unwrap_err().class, FailureClass::Unreadable);
    }
    let many = format!("[{}]", vec!["{\"x\":{\"y\":\"z\"}}"; 100_000].join(","));
    let begin = std::time::Instant::now();
    let extracted = read(&many).unwrap();
    println!("100,000 items: {:?}", begin.elapsed());
    assert_eq!(extracted.documents.len(), 1);
    assert_eq!(
        extracted.notes,
        [Note::Surplus {
            taken: 2_000,
            shown: 100_000
        }]
    );
    // Nested to the depth that is read, every level an item.
    let nested = format!(
        "{}\"z\"{}",
        "{\"y\":\"a\",\"x\":".repeat(120),
        "}".repeat(120)
    );
    assert!(read(&nested).unwrap().documents.len() <= 120);
}
