use crate::helpers::{Bench, canhtin, stdout};

#[test]
fn the_shipped_files_have_no_error_and_no_warning() {
    let config = concat!(env!("CARGO_MANIFEST_DIR"), "/config/canhtin.toml");
    let check = canhtin()
        .args(["--config", config, "check"])
        .output()
        .unwrap();
    let said = stdout(&check);
    assert!(check.status.success(), "{said}");
    assert!(said.starts_with("Dùng được:"), "{said}");
}

/// Each row: the file, what stands in it, what is broken, and what `check` must say.
#[test]
fn each_mistake_is_shown_with_its_place_and_its_mend() {
    let rows: [(&str, &str, &str, &[&str]); 9] = [
        (
            "config/canhtin.toml",
            "timeout = \"1s\"",
            "timeuot = \"1s\"",
            &["canhtin.toml:15:1", "timeuot", "viết `timeout`"],
        ),
        (
            "config/canhtin.toml",
            "timeout = \"1s\"",
            "timeout = 1",
            &["canhtin.toml:15:11", "timeout"],
        ),
        (
            "config/canhtin.toml",
            "\"sources.toml\"",
            "\"khong-co.toml\"",
            &["canhtin.toml:3:12", "khong-co.toml"],
        ),
        (
            "config/canhtin.toml",
            "receiver = \"truc-ban\"",
            "receiver = \"truc-bna\"",
            &["canhtin.toml:", "truc-bna", "truc-ban"],
        ),
        (
            "config/sources.toml",
            "url = \"http://mevacon.example/rss/bai-moi.rss\"",
            "url = \"mevacon.example/rss\"",
            &["sources.toml:", "url"],
        ),
        (
            "config/sources.toml",
            "item = \"div.news-item\"",
            "item = \"div..news\"",
            &["sources.toml:", "div..news"],
        ),
        (
            "keywords/rumours/vac-xin.toml",
            "@vac-xin",
            "@vac-xinn",
            &["vac-xin.toml:", "vac-xinn", "@vac-xin"],
        ),
        (
            "keywords/rumours/vac-xin.toml",
            "severity",
            "severty",
            &["vac-xin.toml:", "severty", "severity"],
        ),
        (
            "keywords/rumours/vac-xin.toml",
            " NEAR/",
            " NEAR ",
            &["vac-xin.toml:", "NEAR/"],
        ),
    ];
    for (file, whole, broken, wanted) in rows {
        let bench = Bench::new();
        bench.own_keywords();
        let path = bench.path(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(whole), "{file} has no {whole}");
        std::fs::write(&path, text.replacen(whole, broken, 1)).unwrap();
        let check = bench.run(&["check"]);
        let said = stdout(&check);
        assert_eq!(check.status.code(), Some(1), "{broken}: {said}");
        for wanted in wanted {
            assert!(said.contains(wanted), "{broken}: no {wanted} in\n{said}");
        }
        assert!(said.contains("cách sửa"), "{broken}: no mend in\n{said}");
    }
}

#[test]
fn all_problems_of_all_files_are_listed_at_once() {
    let bench = Bench::new();
    bench.own_keywords();
    for (file, whole, broken) in [
        ("config/canhtin.toml", "gap =", "gpa ="),
        ("config/sources.toml", "kind = \"feed\"", "kind = \"feeed\""),
        ("keywords/rumours/vac-xin.toml", "@vac-xin", "@vac-xinn"),
    ] {
        let text = std::fs::read_to_string(bench.path(file)).unwrap();
        std::fs::write(bench.path(file), text.replacen(whole, broken, 1)).unwrap();
    }
    let said = stdout(&bench.run(&["--lang", "en", "check"]));
    for wanted in ["`gpa`", "feeed", "vac-xinn", "mend"] {
        assert!(said.contains(wanted), "no {wanted} in\n{said}");
    }
}

#[test]
fn a_missing_configuration_is_one_plain_line() {
    let check = canhtin()
        .args(["--config", "/khong/co/canhtin.toml", "check"])
        .output()
        .unwrap();
    assert_eq!(check.status.code(), Some(1));
    let said = stdout(&check);
    assert!(said.contains("/khong/co/canhtin.toml"), "{said}");
    assert!(said.contains("cách sửa"), "{said}");
}
