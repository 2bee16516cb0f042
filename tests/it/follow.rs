//! Lists whose pages are read: what becomes of pages that cannot be read yet.

use axum::http::StatusCode;
use canhtin::sample::Site;
use canhtin::sample::site::Page;

use crate::helpers::{Bench, stderr, stdout};

const HTML: &str = "text/html; charset=utf-8";

const SOURCES: &str = r#"
[[source]]
id = "bao"
name = "Báo thử"
kind = "page"
url = "http://bao.example/"
item = "li"
link = "a@href"
title = "a"
follow = true
"#;

fn list(pages: usize) -> Page {
    let items: String = (0..pages)
        .map(|n| format!("<li><a href=\"/tin/{n}\">Chuyện thứ {n} ở chợ</a></li>"))
        .collect();
    Page::new(HTML, format!("<html><body><ul>{items}</ul></body></html>"))
}

fn article(n: usize, text: &str) -> String {
    format!(
        "<html><head><title>Chuyện thứ {n} ở chợ</title></head><body><article>\
         <h1>Chuyện thứ {n} ở chợ</h1><p>{text}</p><p>Bài viết kể lại câu chuyện mà phóng viên \
         nghe được ở chợ phiên sáng nay.</p></article></body></html>"
    )
}

const RUMOUR: &str = "Nghe nói tiêm vắc xin xong là vô sinh cả đời, đừng ai đi tiêm.";

#[test]
fn a_page_that_is_refused_today_is_read_tomorrow() {
    for status in [
        StatusCode::FORBIDDEN,
        StatusCode::REQUEST_TIMEOUT,
        StatusCode::TOO_MANY_REQUESTS,
        StatusCode::SERVICE_UNAVAILABLE,
    ] {
        let page = Page::failing(status).then(article(0, RUMOUR));
        let site =
            Site::builder()
                .page("bao.example", "/", list(1))
                .page("bao.example", "/tin/0", page);
        let bench = Bench::of(site, SOURCES);
        bench.run(&["once"]);
        assert_eq!(bench.alert_mails(), 0, "{status}");
        bench.site.advance();
        let once = bench.run(&["once"]);
        let said = format!("{}{}", stdout(&once), stderr(&once));
        assert_eq!(bench.alert_mails(), 1, "{status}: {said}");
        // It is read now, and not asked for again.
        bench.run(&["once"]);
        let asked = &bench.site.requests().pages[&("bao.example".into(), "/tin/0".into())];
        assert_eq!(asked.requests, 2, "{status}");
        assert_eq!(bench.alert_mails(), 1, "{status}");
    }
}

#[test]
fn a_page_that_is_gone_is_asked_for_once() {
    let page = Page::failing(StatusCode::NOT_FOUND).then(article(0, RUMOUR));
    let site =
        Site::builder()
            .page("bao.example", "/", list(1))
            .page("bao.example", "/tin/0", page);
    let bench = Bench::of(site, SOURCES);
    bench.run(&["once"]);
    bench.site.advance();
    bench.run(&["once"]);
    let asked = &bench.site.requests().pages[&("bao.example".into(), "/tin/0".into())];
    assert_eq!(asked.requests, 1);
}

#[test]
fn a_host_that_is_asked_too_much_is_left_alone_and_read_to_the_end_later() {
    const PAGES: usize = 45;
    let mut site = Site::builder().page("bao.example", "/", list(PAGES));
    for n in 0..PAGES {
        let text = if n == 19 {
            RUMOUR
        } else {
            "Không có gì lạ."
        };
        let busy = Page::failing(StatusCode::TOO_MANY_REQUESTS);
        site = site.page(
            "bao.example",
            &format!("/tin/{n}"),
            busy.then(article(n, text)),
        );
    }
    let bench = Bench::of(site, SOURCES);
    bench.run(&["once"]);
    let asked = |bench: &Bench| {
        let pages = bench.site.requests().pages;
        let pages = pages
            .iter()
            .filter(|((_, path), _)| path.starts_with("/tin/"));
        pages.map(|(_, count)| count.requests).sum::<u64>()
    };
    assert_eq!(asked(&bench), 1);
    bench.site.advance();
    bench.run(&["once"]);
    // A list without dates: a screenful of it is new at first sight.
    assert_eq!(asked(&bench), 21);
    assert_eq!(bench.alert_mails(), 1);
}
