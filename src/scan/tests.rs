use std::sync::Arc;

use super::*;
use crate::document::Document;
use crate::keyword::{Rulebook, load};
use crate::problem::Problems;

/// A rulebook of one rule `r` beside lists, written to a directory of its own.
fn book(lists: &[(&str, &str)], rules: &str) -> (Rulebook, Vec<crate::problem::Problem>) {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("lists")).unwrap();
    std::fs::create_dir(dir.path().join("rumours")).unwrap();
    for (name, text) in lists {
        std::fs::write(dir.path().join(format!("lists/{name}.txt")), text).unwrap();
    }
    std::fs::write(dir.path().join("rumours/r.toml"), rules).unwrap();
    let problems = Problems::default();
    let book = load(dir.path(), &problems);
    (book, problems.into_sorted())
}

fn scanner(lists: &[(&str, &str)], rules: &[(&str, &str, &str)]) -> Scanner {
    let mut text = String::new();
    for (id, matches, unless) in rules {
        text += &format!(
            "[[rule]]\nid = '{id}'\ntitle = '{id}'\nseverity = 'low'\nmatch = '{matches}'\n"
        );
        if !unless.is_empty() {
            text += &format!("unless = '{unless}'\n");
        }
    }
    let (book, problems) = book(lists, &text);
    let errors: Vec<_> = problems
        .iter()
        .filter(|p| p.level == crate::problem::Level::Error)
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert_eq!(book.rules.len(), rules.len());
    Scanner::new(Arc::new(book))
}

fn document(title: &str, text: &str) -> Document {
    Document {
        id: "d".into(),
        url: None,
        title: title.into(),
        text: text.into(),
        published: None,
    }
}

/// The texts of the spans.
fn spans<'d>(document: &'d Document, hit: &Hit) -> Vec<&'d str> {
    hit.spans
        .iter()
        .map(|span| &document.field(span.field)[span.range.clone()])
        .collect()
}

const LISTS: &[(&str, &str)] = &[
    ("vac-xin", "vắc xin\nvaccine\n@thuoc-ngua\n"),
    ("thuoc-ngua", "thuốc ngừa\nthuốc phòng\n!thuốc phòng thân\n"),
    ("khong", "không\nko\nhông\n"),
    ("dich", "dịch bệnh\nbạch thông\n!minh bạch thông tin\n"),
];

#[test]
fn rules_fire_where_they_should_with_the_spans_that_made_them() {
    // rule, unless, title, text, spans of the hit (none: it does not fire)
    let rows: &[(&str, &str, &str, &str, &[&str])] = &[
        ("vô sinh", "", "", "bị vô sinh rồi", &["vô sinh"]),
        ("vô sinh", "", "", "sinh vô", &[]),
        (
            "vô sinh",
            "",
            "",
            "vô sinh rồi lại vô sinh",
            &["vô sinh", "vô sinh"],
        ),
        ("a1 AND b1", "", "", "x a1 y b1", &["a1", "b1"]),
        ("a1 AND b1", "", "a1", "x\n\ny b1", &["a1", "b1"]),
        ("a1 AND b1", "", "", "x a1 y", &[]),
        ("a1 OR b1", "", "", "x b1 y", &["b1"]),
        ("a1 AND NOT b1", "", "", "x a1 y", &["a1"]),
        ("a1 AND NOT b1", "", "", "x a1 y b1", &[]),
        ("a1 OR b1 AND c1", "", "", "b1", &[]),
        ("(a1 OR b1) AND c1", "", "", "c1 b1", &["c1", "b1"]),
        // distance
        ("a1 NEAR/2 b1", "", "", "a1 x y b1", &["a1", "b1"]),
        ("a1 NEAR/2 b1", "", "", "a1 x y z b1", &[]),
        ("a1 NEAR/2 b1", "", "", "b1 x a1", &["b1", "a1"]),
        ("a1 NEAR/0 b1", "", "", "a1 b1", &["a1", "b1"]),
        ("a1 NEAR/0 b1", "", "", "a1 x b1", &[]),
        ("a1 BEFORE/2 b1", "", "", "a1 x b1", &["a1", "b1"]),
        ("a1 BEFORE/2 b1", "", "", "b1 x a1", &[]),
        ("a1 NEAR/9 b1", "", "", "a1 x\n\nb1", &[]),
        ("a1 NEAR/9 b1", "", "a1", "b1", &[]),
        // the closest pair
        ("a1 NEAR/9 b1", "", "", "a1 x x a1 b1", &["a1", "b1"]),
        ("a1 NEAR/9 b1", "", "", "b1 x x x a1 x b1", &["a1", "b1"]),
        // chains and groups
        (
            "a1 NEAR/1 b1 NEAR/1 c1",
            "",
            "",
            "a1 x b1 x c1",
            &["a1", "b1", "c1"],
        ),
        ("a1 NEAR/1 b1 NEAR/1 c1", "", "", "a1 x b1 x x c1", &[]),
        (
            "(a1 NEAR/5 b1) NEAR/1 c1",
            "",
            "",
            "b1 x a1 b1 x c1",
            &["a1", "b1", "c1"],
        ),
        (
            "(a1 NEAR/5 b1) NEAR/0 c1",
            "",
            "",
            "a1 c1 b1",
            &["a1", "c1", "b1"],
        ),
        ("(a1 NEAR/5 b1) NEAR/5 b1", "", "", "a1 b1", &[]),
        ("a1 NEAR/3 (b1 OR c1)", "", "", "a1 x c1", &["a1", "c1"]),
        // absence beside a word
        ("a1 NEAR/2 NOT b1", "", "", "a1 x x x b1", &["a1"]),
        ("a1 NEAR/2 NOT b1", "", "", "b1 a1 x", &[]),
        ("a1 NEAR/2 NOT b1", "", "", "b1 a1 x x x x a1", &["a1"]),
        ("NOT b1 BEFORE/2 a1", "", "", "b1 a1", &[]),
        ("NOT b1 BEFORE/2 a1", "", "", "a1 b1", &["a1"]),
        ("a1 BEFORE/2 NOT b1", "", "", "a1 b1", &[]),
        (
            "vô sinh NEAR/2 NOT điều trị vô sinh",
            "",
            "",
            "điều trị vô sinh",
            &[],
        ),
        // title
        ("title:a1", "", "", "a1", &[]),
        ("title:a1", "", "x a1", "a1", &["a1"]),
        ("title:(a1 OR b1) AND c1", "", "b1", "c1", &["b1", "c1"]),
        ("title:(a1 AND NOT b1)", "", "a1", "b1", &["a1"]),
        // unless
        ("vô sinh", "điều trị vô sinh", "", "điều trị vô sinh", &[]),
        ("vô sinh", "điều trị vô sinh", "", "vô sinh", &["vô sinh"]),
        // lists
        ("@vac-xin", "", "", "thuốc ngừa", &["thuốc ngừa"]),
        (
            "@vac-xin NEAR/12 vô sinh",
            "",
            "",
            "Vaccine gây ra vô sinh",
            &["Vaccine", "vô sinh"],
        ),
        (
            "@khong NEAR/3 có con",
            "",
            "",
            "sẽ không có con",
            &["không", "có con"],
        ),
        ("@dich", "", "", "minh bạch thông tin", &[]),
        (
            "@dich",
            "",
            "",
            "minh bạch thông tin về bạch thông",
            &["bạch thông"],
        ),
        ("@vac-xin", "", "", "thuốc phòng thân", &[]),
        ("bạch thông", "", "", "minh bạch thông tin", &["bạch thông"]),
        // longest of nested terms
        (
            "vắc xin OR vắc xin covid",
            "",
            "",
            "vắc xin covid",
            &["vắc xin covid"],
        ),
        // patterns
        ("/[0-9]+g\\b/", "", "", "mạng 5G x", &["5G"]),
        (
            "/5g/ NEAR/1 covid",
            "",
            "",
            "trạm 5g gây covid",
            &["5g", "covid"],
        ),
        ("/5g/ NEAR/1 covid", "", "", "trạm 5g có thể gây covid", &[]),
        ("/5g/ AND covid", "", "covid", "x\n\n5g", &["covid", "5g"]),
        ("a1 AND NOT /[0-9]{4}/", "", "", "a1 2021", &[]),
    ];
    let mut wrong = Vec::new();
    for (rule, unless, title, text, wanted) in rows {
        let scanner = scanner(LISTS, &[("r", rule, unless)]);
        let document = document(title, text);
        let hits = scanner.scan(&document, Speaker::Anyone);
        let found = hits
            .first()
            .map(|hit| spans(&document, hit))
            .unwrap_or_default();
        if found != *wanted {
            wrong.push(format!(
                "{rule} on {title} | {text}: {found:?}, not {wanted:?}"
            ));
        }
        let explained = scanner.explain(&document, "r").unwrap();
        let cancelled = explained.unless.is_some_and(|unless| unless.holds);
        if (explained.matches.holds && !cancelled) != found.is_empty() {
            continue;
        }
        wrong.push(format!("{rule} on {title} | {text}: explained otherwise"));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const CUES: &[(&str, &str)] = &[
    (
        "phu-nhan",
        "sai sự thật\ntin giả\nbác bỏ\nkhông có chuyện\nđính chính\nbịa đặt\n",
    ),
    (
        "phu-dinh",
        "không gây\nkhông hề gây\nkhông chữa được\nkhông nên\n",
    ),
    ("dao-nguoc", "không phải tin giả\nđể giấu dân\n"),
    ("chi-lai", "thông tin trên\nthông tin này\n"),
];

#[test]
fn each_claim_has_a_stance_of_its_own() {
    use Stance::{Asserts, Denies};
    let rules = [
        ("vo-sinh", "vắc xin NEAR/8 vô sinh", ""),
        ("toi", "tỏi NEAR/6 chữa", ""),
        (
            "con",
            "vắc xin NEAR/6 (không có con OR không hề gây dựng)",
            "",
        ),
        ("gia", "tin giả AND bạch thông", ""),
    ];
    let scanner = scanner(CUES, &rules);
    // title, text, (rule, stance, cue)
    type Row = (
        &'static str,
        &'static str,
        &'static [(&'static str, Stance, &'static str)],
    );
    let rows: &[Row] = &[
        (
            "",
            "Tiêm vắc xin gây vô sinh đó bà con",
            &[("vo-sinh", Asserts, "")],
        ),
        (
            "",
            "Thông tin vắc xin gây vô sinh là sai sự thật.",
            &[("vo-sinh", Denies, "sai sự thật")],
        ),
        (
            "",
            "Mạng lan truyền vắc xin gây vô sinh. Bộ Y tế bác bỏ điều đó.",
            &[("vo-sinh", Denies, "bác bỏ")],
        ),
        (
            "",
            "Vắc xin không gây vô sinh.",
            &[("vo-sinh", Denies, "không gây")],
        ),
        (
            "",
            "Không nên tin vắc xin gây vô sinh",
            &[("vo-sinh", Denies, "Không nên")],
        ),
        // The negation belongs to another sentence.
        (
            "",
            "Ăn tỏi không gây hại. Vắc xin mới làm vô sinh.",
            &[("vo-sinh", Asserts, "")],
        ),
        // Too far away: two sentences, another paragraph.
        (
            "",
            "Vắc xin gây vô sinh. Trời mưa. Có bác bán tin giả.",
            &[("vo-sinh", Asserts, "")],
        ),
        (
            "",
            "Vắc xin gây vô sinh.\n\nChuyện khác thì bác bỏ.",
            &[("vo-sinh", Asserts, "")],
        ),
        // It points back over the paragraph.
        (
            "",
            "Vắc xin gây vô sinh.\n\nBộ Y tế: thông tin trên là bịa đặt.",
            &[("vo-sinh", Denies, "bịa đặt")],
        ),
        // Reversals.
        (
            "",
            "Vắc xin gây vô sinh, không phải tin giả đâu",
            &[("vo-sinh", Asserts, "")],
        ),
        (
            "",
            "Vắc xin gây vô sinh, họ bác bỏ để giấu dân",
            &[("vo-sinh", Asserts, "")],
        ),
        // One refuted, one spread.
        (
            "",
            "Vắc xin gây vô sinh là tin giả. Còn tỏi thì chữa được thật.",
            &[("vo-sinh", Denies, "tin giả"), ("toi", Asserts, "")],
        ),
        (
            "",
            "Tỏi chữa được bệnh.\n\nVắc xin gây vô sinh.\n\nThông tin này là bịa đặt.",
            &[("vo-sinh", Denies, "bịa đặt"), ("toi", Asserts, "")],
        ),
        // The title asks, the text begins by denying; a denial of something else is no answer.
        (
            "Vắc xin gây vô sinh?",
            "Theo chuyên gia, điều này là sai sự thật. Hãy yên tâm.",
            &[("vo-sinh", Denies, "sai sự thật")],
        ),
        (
            "Vắc xin gây vô sinh",
            "Nghe kể mãi. Ai cũng biết. Ai cũng sợ. Trời mưa, có người bác bỏ.",
            &[("vo-sinh", Asserts, "")],
        ),
        (
            "Vắc xin gây vô sinh",
            "Tỏi chữa được bệnh là tin giả. Còn cái kia thì biết rồi đó.",
            &[("vo-sinh", Asserts, ""), ("toi", Denies, "tin giả")],
        ),
        // The title refutes, the text quotes three times.
        (
            "Bác bỏ tin đồn về vắc xin",
            "Vắc xin gây vô sinh. Ai cũng nói vậy.\n\nVắc xin làm vô sinh. Thế đó.\n\nVắc xin vô sinh",
            &[("vo-sinh", Denies, "Bác bỏ")],
        ),
        (
            "Bác bỏ tin đồn về giá xăng",
            "Vắc xin gây vô sinh",
            &[("vo-sinh", Asserts, "")],
        ),
        // The claim's own words are no cue.
        ("", "Tiêm vắc xin là không có con", &[("con", Asserts, "")]),
        ("", "Tin giả ở Bạch Thông", &[("gia", Asserts, "")]),
    ];
    for (title, text, wanted) in rows {
        let document = document(title, text);
        let hits = scanner.scan(&document, Speaker::Anyone);
        let found: Vec<_> = hits
            .iter()
            .map(|hit| {
                let cue = hit.cue.as_ref();
                let cue = cue.map_or("", |cue| &document.field(cue.field)[cue.range.clone()]);
                (&*hit.rule.id, hit.stance, cue)
            })
            .collect();
        assert_eq!(&found, wanted, "{title} | {text}");
    }
}

#[test]
fn an_authority_refutes_with_the_whole_paragraph() {
    let scanner = scanner(CUES, &[("r", "vắc xin NEAR/8 vô sinh", "")]);
    let document = document(
        "",
        "Vắc xin gây vô sinh. Người đăng ở tỉnh khác. Công an đã làm việc. Đó là tin giả.",
    );
    let stance = |speaker| scanner.scan(&document, speaker)[0].stance;
    assert_eq!(stance(Speaker::Anyone), Stance::Asserts);
    assert_eq!(stance(Speaker::Authority), Stance::Denies);
}

#[test]
fn scanning_is_linear_in_hostile_text() {
    let scanner = scanner(
        CUES,
        &[
            ("r", "a b NEAR/50 (c d OR a b c) NEAR/20 e f", ""),
            ("s", "tin giả AND a b", "zz"),
            ("t", "a b NEAR/9 NOT c d", ""),
            ("u", "/a+b/ NEAR/9 a b", ""),
            ("v", "(a b AND c d OR e f) AND tin giả AND a b", ""),
        ],
    );
    for unit in [
        "a b ",
        "a b c d ",
        "tin giả a b. ",
        "a",
        "a b c d e f. ",
        "a b c d tin giả e f ",
    ] {
        let time = |n: usize| {
            // A lonely term far before the others makes one passage long.
            let text = format!("c d {}{}", "x y ".repeat(n), unit.repeat(n));
            let document = document("", &text);
            let start = std::time::Instant::now();
            let hits = scanner.scan(&document, Speaker::Anyone);
            (start.elapsed(), hits.len())
        };
        time(1_000);
        let (small, _) = time(10_000);
        let (large, _) = time(80_000);
        // Eight times the text: quadratic time would be 64 times as long.
        assert!(
            large < small * 30 + std::time::Duration::from_millis(200),
            "{unit}: {small:?} {large:?}"
        );
    }
}
