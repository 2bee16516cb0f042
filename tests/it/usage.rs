//! The help and wrong usage, as the binary prints them.

use crate::helpers::{Bench, canhtin, stderr, stdout};

#[test]
fn the_help_is_in_the_language_asked_for_else_in_the_configured_one() {
    let vietnamese = canhtin()
        .args(["hits", "export", "--help"])
        .output()
        .unwrap();
    let said = stdout(&vietnamese);
    assert!(vietnamese.status.success());
    for word in [
        "Cách dùng: canhtin hits export [TÙY CHỌN]",
        "Tham số:",
        "Tùy chọn:",
    ] {
        assert!(said.contains(word), "no {word} in\n{said}");
    }
    for word in [
        "Usage",
        "Options",
        "Arguments",
        "Print help",
        "OPTIONS",
        "default",
    ] {
        assert!(!said.contains(word), "{word} in\n{said}");
    }
    let english = canhtin()
        .args(["--lang", "en", "help", "hits"])
        .output()
        .unwrap();
    assert!(stdout(&english).contains("Usage: canhtin hits [OPTIONS] <COMMAND>"));

    let bench = Bench::new();
    bench.configure("lang = \"en\"");
    assert!(stdout(&bench.run(&["once", "--help"])).contains("Usage: canhtin once"));
    assert!(stderr(&bench.run(&["once", "--dry"])).starts_with("error: "));
}

#[test]
fn wrong_usage_ends_with_two_and_tells_the_mend() {
    let wrong = canhtin().args(["chek"]).output().unwrap();
    assert_eq!(wrong.status.code(), Some(2));
    assert!(stdout(&wrong).is_empty());
    assert!(stderr(&wrong).starts_with("lỗi: không có lệnh \"chek\" → cách sửa: viết check\n"));
    let nothing = canhtin().output().unwrap();
    assert_eq!(nothing.status.code(), Some(2));
    assert!(stderr(&nothing).contains("Cách dùng: canhtin [TÙY CHỌN] <LỆNH>"));
}
