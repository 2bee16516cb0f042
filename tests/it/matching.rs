use crate::helpers::{canhtin, fed, keywords, stderr, stdout};

#[test]
fn the_readme_example_names_the_rule_and_the_exact_span() {
    let mut command = canhtin();
    command
        .args(["match", "--json", "--keywords"])
        .arg(keywords());
    let text = "Nghe nói vac-xin gây vô sinh đấy";
    let done = fed(
        command,
        &format!("{{\"id\":\"1\",\"title\":\"\",\"text\":\"{text}\"}}\n"),
    );
    assert!(done.status.success(), "{}", stderr(&done));
    let line: serde_json::Value = serde_json::from_str(&stdout(&done)).unwrap();
    assert_eq!(line["id"], "1");
    let hit = line["hits"]
        .as_array()
        .unwrap()
        .iter()
        .find(|hit| hit["rule"] == "vac-xin-vo-sinh")
        .unwrap_or_else(|| panic!("{line}"));
    assert_eq!(hit["stance"], "asserts");
    let spans: Vec<&str> = hit["spans"]
        .as_array()
        .unwrap()
        .iter()
        .map(|span| {
            assert_eq!(span["field"], "text");
            let at = |key: &str| usize::try_from(span[key].as_u64().unwrap()).unwrap();
            &text[at("start")..at("end")]
        })
        .collect();
    assert!(spans.contains(&"vac-xin"), "{spans:?}");
    assert!(spans.contains(&"vô sinh"), "{spans:?}");
}

#[test]
fn terms_of_a_file_are_rules_named_by_themselves() {
    let dir = tempfile::tempdir().unwrap();
    let terms = dir.path().join("terms.txt");
    std::fs::write(&terms, "đầu độc\nvắc xin\n").unwrap();
    let mut command = canhtin();
    command.args(["match", "--json", "--terms"]).arg(&terms);
    let input = "{\"id\":\"a\",\"title\":\"VẮC-XIN\",\"text\":\"cái đầu đọc\"}\n\
                 {\"id\":\"b\",\"title\":\"\",\"text\":\"không có gì\"}\n";
    let done = fed(command, input);
    assert!(done.status.success(), "{}", stderr(&done));
    let lines: Vec<serde_json::Value> = stdout(&done)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!(lines[0]["id"], "a");
    assert_eq!(lines[0]["hits"][0]["rule"], "vắc xin");
    assert_eq!(lines[0]["hits"][0]["tier"], "exact");
    assert_eq!(lines[0]["hits"].as_array().unwrap().len(), 1);
}

#[test]
fn a_broken_line_is_reported_and_the_others_are_matched() {
    let mut command = canhtin();
    command
        .args(["match", "--json", "--keywords"])
        .arg(keywords());
    let done = fed(
        command,
        "{\"id\":\"1\",\n{\"id\":\"2\",\"title\":\"\",\"text\":\"Tiêm vắc xin gây vô sinh\"}\n",
    );
    assert_eq!(done.status.code(), Some(1));
    assert!(stdout(&done).contains("\"id\":\"2\""), "{}", stdout(&done));
    assert!(!stderr(&done).is_empty());
}

#[test]
fn wrong_usage_is_exit_code_2() {
    assert_eq!(
        canhtin()
            .args(["match", "--nothing"])
            .output()
            .unwrap()
            .status
            .code(),
        Some(2)
    );
    assert_eq!(
        canhtin().args(["match"]).output().unwrap().status.code(),
        Some(2)
    );
}
