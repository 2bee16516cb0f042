use super::*;

fn terms(text: &str) -> Scanner {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("terms.txt");
    std::fs::write(&path, text).unwrap();
    let problems = Problems::default();
    let book = Rulebook::from_terms(&path, &problems);
    assert!(problems.is_empty(), "{:?}", problems.into_sorted());
    Scanner::new(Arc::new(book))
}

fn folder(scratch: &std::path::Path) -> Scanner {
    for (path, text) in [
        ("lists/vac-xin.txt", "vắc xin\nvaccine\n"),
        ("lists/phu-nhan.txt", "sai sự thật\n"),
        (
            "rumours/r.toml",
            "[[rule]]\nid = 'vac-xin-vo-sinh'\ntitle = 'Vắc xin gây vô sinh'\nseverity = 'high'\n\
             match = '@vac-xin NEAR/12 (vô sinh OR hiếm muộn)'\nunless = 'điều trị vô sinh'\n",
        ),
    ] {
        let path = scratch.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let problems = Problems::default();
    let book = keyword::load(scratch, &problems);
    assert!(!problems.any_error(), "{:?}", problems.into_sorted());
    Scanner::new(Arc::new(book))
}

/// What is printed, what is complained of, and whether some part failed.
fn matched(scanner: &Scanner, shown: Shown, input: Input) -> (String, String, bool) {
    let (mut out, mut complaints) = (Vec::new(), Vec::new());
    let mut matching = Matching {
        scanner,
        shown,
        lang: Lang::Vi,
        totals: Totals::new(scanner.rulebook()),
        failed: false,
        out: &mut out,
        complaints: &mut complaints,
    };
    matching.input(input).unwrap();
    let failed = matching.failed;
    let totals = matching.totals;
    if matches!(shown, Shown::Count) {
        totals.write(Lang::Vi, false, &mut out).unwrap();
        totals.write(Lang::Vi, true, &mut out).unwrap();
    }
    (
        String::from_utf8(out).unwrap(),
        String::from_utf8(complaints).unwrap(),
        failed,
    )
}

#[test]
fn a_json_line_has_the_promised_shape() {
    let dir = tempfile::tempdir().unwrap();
    let scanner = folder(dir.path());
    let input = Input::of_text(
        "-",
        r#"{"id":"1","title":"","text":"Nghe nói vac-xin gây vô sinh đấy"}"#,
    );
    let (out, complaints, failed) = matched(&scanner, Shown::Json, input);
    assert_eq!(complaints, "");
    assert!(!failed);
    assert_eq!(
        out,
        concat!(
            r#"{"id":"1","hits":[{"rule":"vac-xin-vo-sinh","severity":"high","stance":"asserts","tier":"unmarked","#,
            r#""spans":[{"field":"text","start":10,"end":17,"term":"vắc xin"},"#,
            r#"{"field":"text","start":23,"end":31,"term":"vô sinh"}]}]}"#,
            "\n"
        )
    );
}

#[test]
fn a_malformed_line_is_told_with_its_number_and_the_others_are_matched() {
    let scanner = terms("vô sinh\n");
    let input = Input::of_text(
        "x.jsonl",
        "{\"id\":\"1\",\"text\":\"vô sinh\"}\n{\"id\":\n\n{\"id\":7,\"title\":null,\"text\":\"bị vô sinh\"}\n",
    );
    let (out, complaints, failed) = matched(&scanner, Shown::Json, input);
    assert!(failed);
    assert!(complaints.starts_with("x.jsonl, dòng 2:"), "{complaints}");
    let ids: Vec<&str> = out.lines().map(|line| &line[..9]).collect();
    assert_eq!(ids, ["{\"id\":\"1\"", "{\"id\":\"7\""]);
}

#[test]
fn a_plain_text_is_one_document_named_by_its_file() {
    let scanner = terms("vô sinh\n");
    let input = Input::of_text("ghi-chu.txt", "dòng một\nbị vô\nsinh rồi\n");
    let (out, _, _) = matched(&scanner, Shown::Json, input);
    assert!(
        out.starts_with(r#"{"id":"ghi-chu.txt","hits":[{"rule":"vô sinh""#),
        "{out}"
    );
}

#[test]
fn totals_count_documents_and_hits() {
    let scanner = terms("vô sinh\ncovid\n");
    let text = "{\"id\":\"1\",\"text\":\"vô sinh covid\"}\n{\"id\":\"2\",\"text\":\"không có gì\"}\n{\"id\":\"3\",\"text\":\"covid\"}\n";
    let (out, _, _) = matched(&scanner, Shown::Count, Input::of_text("-", text));
    let (words, json) = out.split_at(out.find('{').unwrap());
    assert_eq!(
        words,
        "3 văn bản, 2 có khớp; 3 lần khớp: 3 khẳng định, 0 bác bỏ\n       2  covid\n       1  vô sinh\n"
    );
    let value: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!(value["documents"], 3);
    assert_eq!(value["rules"]["covid"], 2);
}

#[test]
fn people_see_the_passage_and_why() {
    let dir = tempfile::tempdir().unwrap();
    let scanner = folder(dir.path());
    let text = "{\"id\":\"bai-1\",\"title\":\"Hỏi đáp\",\"text\":\"Bà con ơi\\u001b[31m.\\n\\nTin đồn vắc xin gây vô sinh là sai sự thật.\"}";
    let input = Input::of_text("-", text);
    let (out, _, _) = matched(&scanner, Shown::People(Lang::Vi, Style::Plain), input);
    assert!(!out.contains('\u{1b}'));
    insta::assert_snapshot!(out);
}
