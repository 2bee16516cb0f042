//! What people are told of their mistakes, word for word, in both languages.

use super::{loaded, loaded_bytes};

fn rule(id: &str, body: &str) -> String {
    format!("[[rule]]\nid = '{id}'\ntitle = 'Tin đồn {id}'\nseverity = 'low'\n{body}\n\n")
}

#[test]
fn mistakes_inside_a_rule() {
    let rules = [
        rule("r1", "match = ''"),
        rule("r2", "match = 'vắc xin AND'"),
        rule("r3", "match = 'OR vắc xin'"),
        rule("r4", "match = '@vac-xin vô sinh'"),
        rule("r5", "match = '(vắc xin OR () AND vô sinh'"),
        rule("r6", "match = 'vắc xin) AND vô sinh'"),
        rule("r7", "match = '\"vắc xin AND vô sinh'"),
        rule("r8", "match = 'vắc xin NEAR vô sinh'"),
        rule("r9", "match = 'vắc xin NEAR/5000 vô sinh'"),
        rule(
            "r10",
            "match = 'Bạch Thông [nam] AND @vac-xin [name] AND cúm gà [strict, loose]'",
        ),
        rule("r11", "match = 'vắc xin AND /vô (sinh/'"),
        rule("r12", "match = '/x*/ OR /y'"),
        rule("r13", "match = 'NOT vắc xin'"),
        rule("r14", "match = 'vắc xin AND NOT NOT vô sinh'"),
        rule("r15", "match = '(vắc xin AND con chip) NEAR/5 tiêm chủng'"),
        rule("r16", "match = 'vắc xin and vô sinh'"),
        rule("r17", "match = 'vắc xin AND @'"),
        rule("r18", "match = 'cúm gà [name AND ...'"),
    ]
    .concat();
    let (_, vi, en) = loaded(&[
        ("lists/vac-xin.txt", "vắc xin\n"),
        ("rumours/tin-don.toml", &rules),
    ]);
    insta::assert_snapshot!("rule_vi", vi);
    insta::assert_snapshot!("rule_en", en);
}

#[test]
fn several_mistakes_of_one_rule_at_their_places_in_the_file() {
    let rules = "[[rule]]\nid = \"r\"\ntitle = \"R\"\nseverity = \"low\"\nmatch = \"\"\"\n  (\\\"vắc xin\\\" OR @vac-xinh) NEAR \\\n    vô sinh AND\n\"\"\"\nunless = 'OR điều trị'\n";
    let (_, vi, en) = loaded(&[
        ("lists/vac-xin.txt", "vắc xin\n"),
        ("rumours/tin-don.toml", rules),
    ]);
    insta::assert_snapshot!("several_vi", vi);
    insta::assert_snapshot!("several_en", en);
}

#[test]
fn mistakes_about_a_rule() {
    let rules = [
        "[[rule]]\nid = 'vắc xin vô sinh'\ntitle = 'A'\nseverity = 'hight'\nmatch = 'vô sinh'\n\n".to_owned(),
        "[[rule]]\nid = 'b'\nseverity = 'low'\nmatch = 'hiếm muộn'\nlink = 'x'\n\n".to_owned(),
        rule("c", "match = 'con chip'\nsince = '15/08/2021'\nlinks = ['suckhoe.vn/bai', 'xem trang Bộ Y tế']"),
        rule("c", "match = 'gắn chip'"),
        rule("d", "match = '@vac-sin NEAR/5 chết người'"),
        rule("e", "match = '@khong-co-that OR chết người'"),
        rule("f", "match = 'chết người AND NOT (chết người OR bị thương)'"),
        rule("g", "match = 'trực thăng NEAR/5 phun thuốc'\nunless = 'diễn tập OR phun thuốc'"),
    ]
    .concat();
    let (_, vi, en) = loaded(&[
        ("lists/vac-xin.txt", "vắc xin\n"),
        ("rumours/tin-don.toml", &rules),
    ]);
    insta::assert_snapshot!("about_vi", vi);
    insta::assert_snapshot!("about_en", en);
}

#[test]
fn mistakes_in_lists() {
    let long = format!("{}\n", "rất dài ".repeat(40));
    let files = [
        (
            "lists/a.txt",
            "@b\nvắc xin [stritc]\ncúm gà [name\n\"tiêm chủng\n[name]\n@\n@vac-xn\n",
        ),
        ("lists/b.txt", "@c\ncúm lợn\n"),
        ("lists/c.txt", "@a\ncúm heo\ncúm  heo\nCúm Heo\n"),
        ("lists/vac-xin.txt", "vắc xin AND vô sinh\nvắc xin\n"),
        ("lists/trong.txt", "# chưa viết gì\n"),
        ("lists/khong-dung.txt", "từ không dùng\n"),
        ("lists/dài dòng.txt", &long),
        (
            "rumours/r.toml",
            &rule("r", "match = '@a OR @trong OR @vac-xin'"),
        ),
    ];
    let (_, vi, en) = loaded(&files);
    insta::assert_snapshot!("lists_vi", vi);
    insta::assert_snapshot!("lists_en", en);
}

#[test]
fn warnings_of_what_would_match_too_much_or_too_little() {
    let files = [
        (
            "lists/benh.txt",
            "dịch\nho\nsốt [strict]\ncúm gà\nvac xin\nkhau trang\nkhẩu trang\nBạch Thông\nPhủ Thông [name]\nVaccine Pfizer\nbạch thông\n",
        ),
        ("lists/benh-2.txt", "dịch\n!dịch vụ\n"),
        ("lists/khong.txt", "không\nko\nkhong\n"),
        (
            "rumours/a.toml",
            &[
                rule("benh", "match = '@benh OR @benh-2'"),
                rule("gan", "match = '@khong NEAR/3 có con'"),
                rule("rong", "match = 'phun thuốc AND trực thăng'"),
                rule("hep", "match = 'trực thăng AND đêm nay AND phun thuốc'"),
                rule("mot-tieng", "match = 'toi OR chết'"),
            ]
            .concat(),
        ),
        (
            "topics/b.toml",
            &rule("gan-2", "match = '@khong NEAR/3 có con'"),
        ),
    ];
    let (_, vi, en) = loaded(&files);
    insta::assert_snapshot!("warnings_vi", vi);
    insta::assert_snapshot!("warnings_en", en);
}

#[test]
fn files_that_cannot_be_read() {
    let (windows, _, _) = encoding_rs::WINDOWS_1258.encode("v\u{103}\u{301}c xin\r\n");
    let files: [(&str, &[u8]); 4] = [
        ("lists/a.txt", &windows),
        ("lists/b.txt", b"cafe\nr\xe9sum\xe9 na\xefve\n"),
        ("rumours/r.toml", b"[[rule]\nid = 'x'\n"),
        ("homoglyphs.tsv", b"xx\n"),
    ];
    let (_, vi, en) = loaded_bytes(&files);
    insta::assert_snapshot!("files_vi", vi);
    insta::assert_snapshot!("files_en", en);
}
