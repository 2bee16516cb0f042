//! Mails to admins: each matter, several together, and strangers' words in them.

use super::bundles::{at, office, settings};
use super::hostile::{HOSTILE, assert_unmoved};
use super::snapshots::{head_and_text, snapshots};
use crate::alert::{
    Heartbeat, Matter, Notice, Precision, Report, RumourWeek, SourceName, Trouble, Weekly,
};
use crate::keyword::Severity;
use crate::mail::compose::{MAX_MAIL, html_part};
use crate::mail::{Composed, compose_report};
use crate::message::Lang;

fn source(id: &str, name: &str) -> SourceName {
    SourceName {
        id: id.to_owned(),
        name: name.to_owned(),
    }
}

fn trouble(words: &str, detail: &str) -> Trouble {
    Trouble {
        words: words.to_owned(),
        detail: detail.to_owned(),
        since: Some(at("2021-08-14T20:00:00Z")),
        last_success: Some(at("2021-08-14T19:45:00Z")),
    }
}

pub(super) fn report(matters: Vec<Matter>) -> Report {
    let notices = matters.into_iter().enumerate().map(|(n, matter)| Notice {
        key: format!("k{n}"),
        at: at("2021-08-15T01:00:00Z"),
        matter,
    });
    Report {
        to: vec!["Quản trị <quan-tri@deomay.example>".to_owned()],
        message_id: "notice.0011@deomay.example".to_owned(),
        references: Vec::new(),
        closed: at("2021-08-15T01:03:00Z"),
        notices: notices.collect(),
    }
}

fn composed(report: &Report, lang: Lang) -> Composed {
    compose_report(report, &office(lang), &settings()).unwrap()
}

pub(super) fn broken() -> Matter {
    Matter::KeywordFilesBroken {
        problems: vec![
            "lỗi: không có danh sách nào tên `@vac-xinn`\n  ╭▸ keywords/rumours/vac-xin.toml:4:12\n  │\n4 │ match    = '@vac-xinn NEAR/12 (vô sinh OR hiếm muộn)'\n  │             ━━━━━━━━━\n  ╰ cách sửa: viết `@vac-xin`".to_owned(),
            "lỗi: thiếu dấu `)`\n  ╭▸ keywords/rumours/vac-xin.toml:12:40\n  │\n12 │ match    = '(tiêm AND (vắc xin OR vacxin)'\n  │                                          ━\n  ╰ cách sửa: thêm `)` ở cuối".to_owned(),
        ],
    }
}

fn failing(n: usize) -> Matter {
    Matter::SourceFailing {
        source: source(&format!("bao-{n}"), &format!("Báo Đèo Mây {n}")),
        trouble: trouble(
            "không tìm thấy tên máy chủ (sai địa chỉ hoặc mất mạng)",
            "dns: no address for baodeomay.example",
        ),
    }
}

pub(super) fn heartbeat() -> Matter {
    Matter::Heartbeat(Heartbeat {
        since: at("2021-08-14T00:00:00Z"),
        sources: 42,
        failing: vec!["Báo Đèo Mây".to_owned()],
        rules: 37,
        hits: 3,
        refutations: 1,
        sent: 2,
        queued: 0,
        held: 1,
        files_broken: true,
    })
}

fn rumour(rule: &str, title: &str, severity: Severity, items: u64) -> RumourWeek {
    RumourWeek {
        rule: rule.to_owned(),
        title: title.to_owned(),
        severity,
        stories: items / 5 + 1,
        items,
        pages: items / 2 + 1,
        items_before: items / 3,
        first_seen: at("2021-08-10T02:00:00Z"),
        first_mail: (items > 1).then(|| at("2021-08-10T02:03:10Z")),
        refuted: (items > 9).then(|| at("2021-08-11T02:00:00Z")),
    }
}

pub(super) fn weekly() -> Matter {
    let rule = |title: &str, right, judged, told| Precision {
        rule: title.to_owned(),
        title: title.to_owned(),
        right,
        judged,
        told,
    };
    Matter::Weekly(Box::new(Weekly {
        since: at("2021-08-08T17:30:00Z"),
        until: at("2021-08-15T00:30:00Z"),
        rumours: vec![
            rumour(
                "vac-xin-vo-sinh",
                "Vắc xin gây vô sinh",
                Severity::Urgent,
                31,
            ),
            rumour(
                "gia-chip",
                "Căn cước gắn chip để theo dõi người dân",
                Severity::High,
                12,
            ),
            rumour("cau-sap", "Cầu Suối Ngàn sắp sập", Severity::Medium, 4),
            rumour("muoi-i-ot", "Muối i-ốt gây ung thư", Severity::Low, 1),
        ],
        rules: vec![
            rule("Vắc xin gây vô sinh", 9, 10, 14),
            rule("Cầu Suối Ngàn sắp sập", 0, 2, 4),
        ],
        sent: 9,
        sources: 42,
        failing: 1,
    }))
}

/// Every matter once.
pub(super) fn every() -> Vec<Matter> {
    let bao = || source("bao-deo-may", "Báo Đèo Mây");
    let gone = || trouble("máy chủ từ chối hoặc không còn trang này", "HTTP 410 Gone");
    let since = Some(at("2021-08-14T20:00:00Z"));
    vec![
        Matter::StoreSetAside {
            which: "seen".to_owned(),
            path: "/var/lib/canhtin/seen.broken-20210815T010000Z".to_owned(),
        },
        Matter::StoreSetAside {
            which: "ledger".to_owned(),
            path: "/var/lib/canhtin/ledger.broken-20210815T010000Z.sqlite".to_owned(),
        },
        Matter::LedgerDamaged {
            findings: vec![
                "bản ghi alert \"k7t2m9x4q1wz\" không còn đúng như lúc được ghi".to_owned(),
            ],
            left: 2,
            mended: 3,
        },
        Matter::LedgerDamaged {
            findings: Vec::new(),
            left: 0,
            mended: 1,
        },
        Matter::DiskTrouble {
            detail: "No space left on device (os error 28)".to_owned(),
        },
        Matter::DiskBack { since },
        broken(),
        Matter::KeywordFilesMended,
        Matter::QueueStuck {
            waiting: 7,
            oldest: at("2021-08-15T00:20:00Z"),
            last_reply: Some("451 4.7.1 Greylisting in action, please come back later".to_owned()),
        },
        Matter::QueueMoves {
            since: at("2021-08-15T00:20:00Z"),
        },
        Matter::LineDown { sources: 40, since },
        Matter::LineBack { since },
        failing(1),
        Matter::SourceDead {
            source: bao(),
            trouble: gone(),
        },
        Matter::SourceClosed {
            source: bao(),
            trouble: gone(),
        },
        Matter::SourceRotten {
            source: bao(),
            since,
        },
        Matter::SourceSilent {
            source: bao(),
            since,
        },
        Matter::SourceEmpty {
            source: bao(),
            since: None,
        },
        Matter::SourceMoved {
            source: bao(),
            from: "http://baodeomay.example/rss".to_owned(),
            to: "https://báogiả.example/rss/tin-moi.rss".to_owned(),
        },
        Matter::SourceGap {
            source: bao(),
            since,
            until: at("2021-08-15T01:00:00Z"),
        },
        Matter::SourceBack {
            source: bao(),
            since,
        },
    ]
}

#[test]
fn broken_files() {
    snapshots!(
        "notice-files-vi",
        composed(&report(vec![broken()]), Lang::Vi)
    );
}

#[test]
fn a_dead_source() {
    let dead = Matter::SourceDead {
        source: source("bao-deo-may", "Báo Đèo Mây"),
        trouble: trouble("máy chủ từ chối hoặc không còn trang này", "HTTP 410 Gone"),
    };
    snapshots!("notice-dead-vi", composed(&report(vec![dead]), Lang::Vi));
}

#[test]
fn the_sign_of_life() {
    snapshots!(
        "heartbeat-vi",
        composed(&report(vec![heartbeat()]), Lang::Vi)
    );
    let mail = composed(&report(vec![heartbeat()]), Lang::En);
    insta::assert_snapshot!("heartbeat-en-text", head_and_text(&mail.raw).1);
}

#[test]
fn the_week() {
    snapshots!("weekly-vi", composed(&report(vec![weekly()]), Lang::Vi));
    let mail = composed(&report(vec![weekly()]), Lang::En);
    insta::assert_snapshot!("weekly-en-text", head_and_text(&mail.raw).1);
}

#[test]
fn every_matter_together() {
    snapshots!("notices-vi", composed(&report(every()), Lang::Vi));
    let mail = composed(&report(every()), Lang::En);
    insta::assert_snapshot!("notices-en-text", head_and_text(&mail.raw).1);
}

#[test]
fn subjects_tell_the_gravest_and_count_the_rest() {
    let rows = [
        (
            vec![failing(1)],
            "[Canh tin · QUẢN TRỊ] Không đọc được nguồn Báo Đèo Mây 1",
        ),
        (
            (0..5).map(failing).collect(),
            "[Canh tin · QUẢN TRỊ] 5 nguồn không đọc được",
        ),
        (
            vec![failing(1), broken(), failing(2)],
            "[Canh tin · QUẢN TRỊ] Tệp cấu hình hoặc từ khóa có 2 lỗi, và 2 việc khác",
        ),
        (
            vec![Matter::KeywordFilesMended, failing(1), failing(2)],
            "[Canh tin · QUẢN TRỊ] 2 nguồn không đọc được, và 1 việc khác",
        ),
        (
            vec![heartbeat()],
            "[Canh tin] đang hoạt động: 42 nguồn, 1 lỗi, 3 tin, 0 thư chờ",
        ),
        (
            vec![weekly()],
            "[Canh tin] Tổng kết tuần 09/08/2021 – 15/08/2021",
        ),
    ];
    for (matters, subject) in rows {
        assert_eq!(composed(&report(matters), Lang::Vi).subject, subject);
    }
}

#[test]
fn a_day_on_which_everything_fails_fits_into_a_mail() {
    let long = Matter::KeywordFilesBroken {
        problems: vec!["rất dài ".repeat(4_000); 300],
    };
    for matters in [vec![long], (0..200).map(failing).collect::<Vec<_>>()] {
        let count = matters.len();
        let mail = composed(&report(matters), Lang::Vi);
        assert!(mail.raw.len() <= MAX_MAIL, "{}", mail.raw.len());
        let html = html_part(&mail.raw).unwrap();
        assert!(
            count == 1 || html.contains("việc nữa không đủ chỗ"),
            "{count}"
        );
    }
}

/// Every word of a stranger, and of an admin, is `text`.
fn filled(text: &str) -> Vec<Report> {
    let words = || text.to_owned();
    let source = || source(text, text);
    let trouble = || trouble(text, text);
    let since = None;
    let mut matters = vec![
        Matter::StoreSetAside {
            which: words(),
            path: words(),
        },
        Matter::LedgerDamaged {
            findings: vec![words()],
            left: 1,
            mended: 1,
        },
        Matter::DiskTrouble { detail: words() },
        Matter::KeywordFilesBroken {
            problems: vec![words()],
        },
        Matter::QueueStuck {
            waiting: 1,
            oldest: at("2021-08-15T00:20:00Z"),
            last_reply: Some(words()),
        },
        Matter::SourceFailing {
            source: source(),
            trouble: trouble(),
        },
        Matter::SourceDead {
            source: source(),
            trouble: trouble(),
        },
        Matter::SourceMoved {
            source: source(),
            from: words(),
            to: words(),
        },
        Matter::SourceBack {
            source: source(),
            since,
        },
    ];
    let beat = Heartbeat {
        failing: vec![words(); 3],
        ..Heartbeat::default()
    };
    let week = Weekly {
        rumours: vec![rumour(text, text, Severity::High, 3)],
        rules: vec![Precision {
            rule: words(),
            title: words(),
            right: 1,
            judged: 1,
            told: 1,
        }],
        ..Weekly::default()
    };
    let mut reports = vec![
        report(matters[..3].to_vec()),
        report(matters[5..7].to_vec()),
    ];
    matters.extend([Matter::Heartbeat(beat), Matter::Weekly(Box::new(week))]);
    reports.extend(matters.into_iter().map(|matter| report(vec![matter])));
    reports
}

#[test]
fn nothing_a_stranger_writes_changes_headers_or_markup() {
    let plain: Vec<Composed> = filled("x").iter().map(|r| composed(r, Lang::Vi)).collect();
    assert_eq!(plain.len(), 13);
    for text in HOSTILE {
        let long = text.repeat(10_000 / text.len().max(1) + 1);
        for text in [text, &long] {
            for (plain, report) in plain.iter().zip(filled(text)) {
                assert_unmoved(plain, &composed(&report, Lang::Vi), text);
            }
        }
    }
}
