//! `[[source]]` blocks, right and wrong.

use std::time::Duration;

use super::*;
use crate::message::Lang;
use crate::problem::toml::read_file;
use crate::problem::{Level, Problem, Problems, SourceFile, Style, render_all};

const SHIPPED: &str = include_str!("../../config/sources.toml");

fn read(files: &[(&str, &str)]) -> (Vec<Source>, Vec<Problem>) {
    let problems = Problems::default();
    let mut known = Known::default();
    let mut sources = Vec::new();
    for (name, text) in files {
        let file = SourceFile::new(*name, *text);
        sources.extend(read_file(&file, &problems, |root| {
            read_sources(root, &mut known)
        }));
    }
    (sources, problems.into_sorted())
}

/// The ids of the problems' messages.
fn ids(text: &str) -> Vec<&'static str> {
    let (_, problems) = read(&[("sources.toml", text)]);
    problems.iter().map(|problem| problem.what.id()).collect()
}

#[test]
fn a_feed_and_a_page_with_their_defaults() {
    let text = r#"
[[source]]
id = "bao"
kind = "feed"
url = "https://bao.example/rss"

[[source]]
id = "cong-huyen"
name = "Cổng huyện"
kind = "page"
url = "https://cong.example/tin-tuc"
trust = "official"
every = "1h"
tags = ["dia-phuong", "huyen"]
item = "div.news-item"
link = "a@href"
title = "a"
time = "time@datetime"
follow = true
"#;
    let (sources, problems) = read(&[("sources.toml", text)]);
    assert!(problems.is_empty(), "{problems:?}");
    let [bao, cong] = sources.as_slice() else {
        panic!("{sources:?}")
    };
    assert_eq!(
        (&*bao.id, bao.name.as_str(), bao.kind, bao.trust),
        ("bao", "bao", Kind::Feed, Trust::Social)
    );
    assert_eq!(
        (bao.every, bao.follow, bao.page.is_none()),
        (Duration::from_secs(900), false, true)
    );
    assert_eq!(
        (cong.name.as_str(), cong.kind, cong.trust),
        ("Cổng huyện", Kind::Page, Trust::Official)
    );
    assert_eq!(
        (cong.every, cong.follow, cong.tags.len()),
        (Duration::from_secs(3600), true, 2)
    );
    let page = cong.page.as_ref().unwrap();
    assert_eq!(page.link, CssPath::parse("a@href"));
    assert_eq!(
        page.time,
        Some(CssPath {
            css: "time".to_owned(),
            attribute: Some("datetime".to_owned())
        })
    );
}

#[test]
fn selectors_and_attributes_are_parted() {
    for (written, css, attribute) in [
        ("a@href", "a", Some("href")),
        (" div.x > a @data-url ", "div.x > a", Some("data-url")),
        ("@href", "", Some("href")),
        ("a[href*='@x']", "a[href*='@x']", None),
        ("h3", "h3", None),
        ("a@", "a@", None),
    ] {
        let path = CssPath::parse(written);
        assert_eq!(
            (path.css.as_str(), path.attribute.as_deref()),
            (css, attribute),
            "{written}"
        );
    }
}

#[test]
fn each_mistake_has_its_problem() {
    let feed = |more: &str| {
        format!("[[source]]\nid = 'a'\nkind = 'feed'\nurl = 'https://a.example/'\n{more}")
    };
    let url = |url: &str| format!("[[source]]\nid = 'a'\nkind = 'feed'\nurl = '{url}'");
    let page = |more: &str| {
        format!("[[source]]\nid = 'a'\nkind = 'page'\nurl = 'https://a.example/'\n{more}")
    };
    let kind = |kind: &str| {
        format!("[[source]]\nid = 'a'\nkind = '{kind}'\nurl = 'https://a.example/'\nitem = 'x'")
    };
    let far = |every: &str| format!("{}\nevery = '{every}'", url("https://bao.vn/rss"));
    let rows: Vec<(String, &[&str])> = vec![
        (feed(""), &[]),
        (
            "[[source]]".to_owned(),
            &[
                "problem-missing-key",
                "problem-missing-key",
                "problem-missing-key",
            ],
        ),
        (feed("evry = '1h'"), &["problem-unknown-key"]),
        (feed("every = 5"), &["problem-wrong-type"]),
        (feed("trust = 'offical'"), &["problem-bad-value"]),
        (feed("item = 'div'"), &["source-recipe-key"]),
        (feed("follow = 'có'"), &["problem-wrong-type"]),
        (feed("[khac]"), &["problem-unknown-key"]),
        (feed("every = '30s'"), &["source-every-short"]),
        (far("30s"), &["source-every-short"]),
        (far("60s"), &[]),
        (
            kind("telegram"),
            &["source-telegram-host", "source-recipe-key"],
        ),
        (kind("sitemap"), &["source-recipe-key"]),
        (url("https://www.facebook.com/trang"), &["source-closed"]),
        (url("https://t.me/kenh_thu"), &["source-kind-better"]),
        (
            url("https://a.example/rss?access_token=x"),
            &["source-url-secret"],
        ),
        (kind("fed"), &["problem-bad-value"]),
        (url("a.example/rss"), &["source-url-no-scheme"]),
        (url("ftp://a.example/rss"), &["source-bad-scheme"]),
        (url("https://"), &["source-bad-url"]),
        (url("https://u:p@a.example/"), &["source-url-login"]),
        (page(""), &["problem-missing-key", "problem-missing-key"]),
        (
            page("item = 'div..x'\nlink = 'a@href'"),
            &["source-selector-class"],
        ),
        (
            page("item = 'div'\nlink = 'a@href'\ntime = 'i'"),
            &["source-time-no-format"],
        ),
        (
            page("item = 'div'\nlink = 'a@href'\ntime_format = '%d/%m/%Y'"),
            &["source-format-no-time"],
        ),
        (
            page("item = 'div'\nlink = 'a@href'\ntime = 'i'\ntime_format = '%d/%K'"),
            &["source-bad-format"],
        ),
        (
            page("item = 'div'\nlink = 'a@href'\ntime = 'i'\ntime_format = 'dd/mm/yyyy'"),
            &["source-bad-format"],
        ),
        (
            page("item = ''\nlink = 'a >'"),
            &["source-selector-empty", "source-selector-unfinished"],
        ),
        (
            page("item = 'div:xyz'\nlink = 'a['"),
            &["source-selector-pseudo", "source-selector-unfinished"],
        ),
        (
            page("item = 'div@id'\nlink = 'a@href'"),
            &["source-item-attribute"],
        ),
        (
            "[[source]]\nid = 'Báo Huyện'\nkind = 'feed'\nurl = 'https://a.example/'".to_owned(),
            &["source-bad-id"],
        ),
        (
            "[[source]]\nid = 'a'\nkind = 'article'\nurl = 'https://a.example/'\nfollow = true"
                .to_owned(),
            &["source-follow-article"],
        ),
    ];
    for (text, wanted) in rows {
        let mut found = ids(&text);
        // A bad format leaves the time without one.
        found.retain(|id| !(wanted == ["source-bad-format"] && *id == "source-time-no-format"));
        assert_eq!(found, wanted, "{text}");
    }
}

#[test]
fn a_block_with_an_error_leaves_the_others() {
    let good = "[[source]]\nid = 'a'\nkind = 'feed'\nurl = 'https://a.example/'\n";
    let bad = "[[source]]\nid = 'b'\nkind = 'feed'\nurl = 'b'\n";
    let (sources, problems) = read(&[("1.toml", &format!("{bad}{good}"))]);
    assert_eq!((sources.len(), problems.len()), (1, 1));

    let again = good.replace("'a'", "'c'");
    let (sources, problems) = read(&[("1.toml", good), ("2.toml", &again)]);
    assert_eq!((sources.len(), problems.len()), (2, 1));
    assert_eq!(problems[0].what.id(), "source-duplicate-url");
}

#[test]
fn an_id_is_taken_across_files() {
    let block = "[[source]]\nid = 'a'\nkind = 'feed'\nurl = 'https://a.example/'\n";
    let other = block.replace("a.example", "b.example");
    let (sources, problems) = read(&[("1.toml", block), ("2.toml", &other)]);
    assert_eq!(sources.len(), 1);
    insta::assert_snapshot!(render_all(&problems, Lang::Vi, Style::Plain), @r#"
    lỗi: đã có một nguồn mang `id` "a"
     --> 2.toml:2:6
      |
    2 | id = 'a'
      |      ^^^
      |
      = cách sửa: đặt `id` khác; nguồn kia ở 1.toml, dòng 2
    "#);
}

#[test]
fn problems_tell_the_mend() {
    let text = r#"[[source]]
id = "cong-huyen"
kind = "page"
url = "cong.example/tin-tuc"
item = "div..tin"
time = "span.date"

[[source]]
id = "kenh"
kind = "telegram"
url = "https://kenh.example/"
evry = "5s"
"#;
    let (_, problems) = read(&[("sources.toml", text)]);
    insta::assert_snapshot!(render_all(&problems, Lang::Vi, Style::Plain), @r#"
    lỗi: thiếu khóa `link`
     --> sources.toml:1:1
      |
    1 | [[source]]
      | ^^^^^^^^^^
      |
      = cách sửa: thêm dòng `link = "a@href"`

    lỗi: địa chỉ "cong.example/tin-tuc" thiếu https://
     --> sources.toml:4:7
      |
    4 | url = "cong.example/tin-tuc"
      |       ^^^^^^^^^^^^^^^^^^^^^^
      |
      = cách sửa: viết url = "https://cong.example/tin-tuc"

    lỗi: bộ chọn CSS "div..tin": ngay sau dấu chấm phải là tên lớp
     --> sources.toml:5:8
      |
    5 | item = "div..tin"
      |        ^^^^^^^^^^
      |
      = cách sửa: viết như "div.tin a.tieu-de"; muốn lấy thuộc tính thì thêm @tên ở cuối, ví dụ "a@href"

    cảnh báo: có `time` mà không có `time_format`: chỉ nhận được các dạng ngày giờ quen thuộc
     --> sources.toml:6:8
      |
    6 | time = "span.date"
      |        ^^^^^^^^^^^
      |
      = cách sửa: thêm dòng time_format = "%d/%m/%Y %H:%M" đúng như trang viết

    lỗi: đây không phải địa chỉ một kênh Telegram: "https://kenh.example/"
      --> sources.toml:11:7
       |
    11 | url = "https://kenh.example/"
       |       ^^^^^^^^^^^^^^^^^^^^^^^
       |
       = cách sửa: viết url = "https://t.me/TEN_KENH", kênh phải công khai và bật xem trước trên web

    lỗi: không có khóa nào tên `evry` ở đây
      --> sources.toml:12:1
       |
    12 | evry = "5s"
       | ^^^^
       |
       = cách sửa: viết `every`
    "#);
}

#[test]
fn the_shipped_file_is_right_and_documents_every_key() {
    let (sources, problems) = read(&[("sources.toml", SHIPPED)]);
    assert!(
        problems.is_empty(),
        "{}",
        render_all(&problems, Lang::Vi, Style::Plain)
    );
    assert!(sources.len() >= 10, "{}", sources.len());
    for key in [
        "id",
        "name",
        "kind",
        "url",
        "trust",
        "every",
        "tags",
        "follow",
        "item",
        "link",
        "title",
        "text",
        "time",
        "time_format",
        "item_id",
        "preset",
        "headers_file",
    ] {
        assert!(
            SHIPPED.contains(&format!("\n# {key} = ")),
            "{key} is not documented"
        );
    }
    // What is commented out can be put to use by taking the marks away.
    let hidden: String = SHIPPED
        .lines()
        .skip_while(|line| !line.starts_with("# ──"))
        .filter_map(|line| line.strip_prefix("# "))
        .filter(|line| line.starts_with("[[") || line.contains(" = "))
        .map(|line| line.replace('…', "div") + "\n")
        .collect();
    let (sources, problems) = read(&[("hidden.toml", &hidden)]);
    assert!(
        problems.iter().all(|p| p.level == Level::Warning),
        "{problems:?}"
    );
    assert!(sources.len() >= 10, "{hidden}");
}

#[test]
fn the_shipped_file_shows_an_example_of_each_kind() {
    let examples: String = SHIPPED
        .lines()
        .filter_map(|line| line.strip_prefix("# ▸"))
        .map(|line| line.trim_start().to_owned() + "\n")
        // Whose file of headers is the office's own.
        .filter(|line| !line.starts_with("headers_file"))
        .collect();
    let (sources, problems) = read(&[("vi-du.toml", &examples)]);
    let told: Vec<&str> = problems.iter().map(|p| p.what.id()).collect();
    assert_eq!(told, ["source-robots-youtube", "source-robots-reddit"]);
    let mut kinds: Vec<String> = sources.iter().map(|s| s.kind.to_string()).collect();
    kinds.dedup();
    let all: Vec<&str> = Kind::WANTED.split(" | ").skip(3).collect();
    assert_eq!(kinds, all);
}
