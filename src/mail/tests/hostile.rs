//! Strangers' words change nothing in headers or markup.

use super::bundles::{alert, bundle, office, settings};
use crate::alert::{Alert, Bundle, Excerpt, Refutation, one_line};
use crate::mail::compose::html_part;
use crate::mail::{Composed, MAX_MAIL, compose};
use crate::message::Lang;

/// A bundle in which every word of a stranger, and the rule's title, is `text`.
fn filled(text: &str) -> Bundle {
    // What reaches a mail went through the alert room.
    let title = one_line(text, 300);
    let hostile = Alert {
        title: text.to_owned(),
        source_name: text.to_owned(),
        page_title: title.clone(),
        item: text.to_owned(),
        url: Some(format!(
            "https://a.example/{}",
            text.chars().take(100).collect::<String>()
        )),
        excerpt: Excerpt {
            text: title,
            marks: Vec::new(),
        },
        terms: vec![text.to_owned()],
        answer: Some(text.to_owned()),
        topic: Some(text.to_owned()),
        ..alert()
    };
    let mut bundle = bundle(vec![hostile]);
    bundle.refutations.push(Refutation {
        rule: "r".to_owned(),
        source_name: text.to_owned(),
        page_title: text.to_owned(),
        url: Some(text.to_owned()),
        at: bundle.closed,
        whole_day: false,
    });
    bundle
}

/// Tags, comments and attributes of an HTML text, without the words between them.
fn skeleton(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        let close = rest[open..]
            .find('>')
            .map_or(rest.len(), |at| open + at + 1);
        let tag = &rest[open..close];
        // Addresses may differ, and only they.
        match tag.split_once("href=\"") {
            Some((head, tail)) => {
                let (_, tail) = tail.split_once('"').unwrap();
                out.push_str(head);
                out.push_str(tail);
            }
            None => out.push_str(tag),
        }
        rest = &rest[close..];
    }
    out
}

fn header_names(raw: &str) -> Vec<&str> {
    let (head, _) = raw.split_once("\r\n\r\n").unwrap();
    head.split("\r\n")
        .filter(|line| !line.starts_with([' ', '\t']))
        .map(|line| line.split_once(':').map_or(line, |(name, _)| name))
        .collect()
}

/// What a stranger may write in the hope that it does more than be read.
pub(super) const HOSTILE: [&str; 12] = [
    "x\r\nBcc: a@b.example\r\n\r\n<p>",
    "x\nSubject: khác",
    "x\0y\u{7}\u{1b}[31m",
    "\u{202e}gnort iad\u{2066}\u{200b}\u{200d}\u{feff}",
    "<script>alert(1)</script><img src=https://a.example/x.png>",
    "\"><a href='https://a.example'>x</a><!--",
    "</title></style><style>*{display:none}</style>",
    "{{ 7*7 }} {% include \"x\" %} {# x #} { $severity } ${x} %s",
    "😀👩\u{200d}👩\u{200d}👧🏳\u{fe0f}\u{200d}🌈 emoji",
    "=?utf-8?q?=0d=0aBcc:_a@b.example?=",
    "\r\n.\r\nMAIL FROM:<a@b.example>",
    "dài ",
];

/// `mail`, which differs from `plain` by a stranger's `text` alone, has its headers and markup.
pub(super) fn assert_unmoved(plain: &Composed, mail: &Composed, text: &str) {
    let shown: String = text.chars().take(40).collect();
    assert!(
        mail.raw.is_ascii() && mail.raw.len() <= MAX_MAIL,
        "{shown:?}"
    );
    let raw = std::str::from_utf8(&mail.raw).unwrap();
    assert!(
        !raw.replace("\r\n", "").contains(['\r', '\n', '\0']),
        "{shown:?}"
    );
    assert!(raw.lines().all(|line| line.len() <= 998), "{shown:?}");
    let plain_raw = std::str::from_utf8(&plain.raw).unwrap();
    assert_eq!(header_names(raw), header_names(plain_raw), "{shown:?}");
    assert!(
        mail.subject.chars().count() <= 180,
        "{shown:?}: {}",
        mail.subject
    );
    assert_eq!(mail.subject, one_line(&mail.subject, 180), "{shown:?}");
    let html = html_part(&mail.raw).unwrap();
    if !text.is_empty() {
        let got = skeleton(&html).replace("<br>", "");
        let want = skeleton(&html_part(&plain.raw).unwrap()).replace("<br>", "");
        assert_eq!(got, want, "{shown:?}");
    }
    let hidden = |c: char| {
        matches!(
            c,
            '\0' | '\u{7}' | '\u{1b}' | '\u{200b}' | '\u{202e}' | '\u{2066}' | '\u{feff}'
        )
    };
    assert!(!html.contains(hidden), "{shown:?}");
}

#[test]
fn nothing_a_stranger_writes_changes_headers_or_markup() {
    let long = "dài ".repeat(2_500);
    let zalgo = format!("a{}", "\u{301}".repeat(500));
    let filled = |text: &str| compose(&filled(text), &office(Lang::Vi), &settings()).unwrap();
    let plain = filled("x");
    for text in HOSTILE.into_iter().chain([&*long, &*zalgo, ""]) {
        assert_unmoved(&plain, &filled(text), text);
    }
}

#[test]
fn nothing_remote_is_loaded() {
    let mail = compose(&super::bundles::several(), &office(Lang::Vi), &settings()).unwrap();
    let html = html_part(&mail.raw).unwrap();
    for word in [
        "src=",
        "url(",
        "@import",
        "<link",
        "<img",
        "<script",
        "<form",
        "http-equiv",
        "background=",
    ] {
        assert!(!html.contains(word), "{word}");
    }
    let links: Vec<&str> = html
        .split("href=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    assert!(links.len() >= 4, "{links:?}");
    for link in links {
        assert!(link.starts_with("https://"), "{link}");
    }
}
