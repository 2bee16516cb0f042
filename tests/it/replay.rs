use crate::helpers::{Bench, copy_dir, keywords, stderr, stdout};

#[test]
fn edited_rules_are_tried_on_the_kept_texts() {
    let bench = Bench::new();
    bench.own_keywords();
    bench.run(&["once"]);

    // Unedited rules say what was recorded.
    let same = bench.run(&["replay"]);
    assert!(same.status.success(), "{}{}", stdout(&same), stderr(&same));
    let said = stdout(&same);
    assert!(
        !said.lines().any(|line| line.starts_with(['+', '-'])),
        "{said}"
    );

    // One rule gone, one come.
    let edited = bench.path("edited");
    copy_dir(&keywords(), &edited);
    let file = edited.join("rumours/vac-xin.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let renamed = text
        .replacen("id = \"vac-xin-vo-sinh\"", "id = \"ten-moi\"", 1)
        .replacen("id       = \"vac-xin-vo-sinh\"", "id = \"ten-moi\"", 1);
    assert_ne!(text, renamed, "the rule to rename was not found");
    std::fs::write(&file, renamed).unwrap();
    let edited = edited.display().to_string();
    let replay = bench.run(&["replay", "--since", "1d", "--keywords", &edited]);
    let said = stdout(&replay);
    assert!(
        said.lines().any(|line| line.starts_with("+ ten-moi")),
        "{said}{}",
        stderr(&replay)
    );
    assert!(
        said.lines()
            .any(|line| line.starts_with("- vac-xin-vo-sinh")),
        "{said}"
    );

    let json = stdout(&bench.run(&["replay", "--json", "--keywords", &edited]));
    let first: serde_json::Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    assert!(
        first["change"].is_string() && first["rule"].is_string(),
        "{first}"
    );
}
