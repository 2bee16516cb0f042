//! `kind = "json"`: paths, presets and the file of headers.

use super::*;
use crate::problem::toml::read_file;
use crate::problem::{Problems, SourceFile, Style, render_all};

fn read(dir: &std::path::Path, known: &mut Known, block: &str) -> (Vec<Source>, Vec<Problem>) {
    let problems = Problems::default();
    let text = format!("[[source]]\nid = 'a'\nkind = 'json'\n{block}");
    let file = SourceFile::new(dir.join("sources.toml"), text);
    let sources = read_file(&file, &problems, |root| read_sources(root, known));
    (sources, problems.into_sorted())
}

const BLOCK: &str = "url = 'https://api.example/v1'\nitem = '$.data[*]'\ntext = '$.body'\n";

#[test]
fn each_mistake_of_an_api_has_its_problem() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("empty"), "# nothing\n").unwrap();
    std::fs::write(dir.path().join("cookie"), "Cookie: phien=BIMAT\n").unwrap();
    std::fs::write(dir.path().join("bad"), "BIMAT without a colon\n").unwrap();
    let graph = "url = 'https://graph.facebook.com/v25.0/1/posts'\npreset = 'graph-api'";
    let rows: [(String, &[&str]); 11] = [
        (BLOCK.to_owned(), &[]),
        (BLOCK.replace("'$.body'", "'$.[x'"), &["source-bad-path"]),
        (BLOCK.replace("text", "link"), &["source-json-mute"]),
        (
            BLOCK.replace("item", "items"),
            &["problem-missing-key", "problem-unknown-key"],
        ),
        (format!("{BLOCK}preset = 'graph'"), &["problem-bad-value"]),
        (graph.to_owned(), &["source-graph-fields"]),
        (
            format!("{BLOCK}headers_file = 'gone'"),
            &["source-headers-file"],
        ),
        (
            format!("{BLOCK}headers_file = 'empty'"),
            &["source-headers-line"],
        ),
        (
            format!("{BLOCK}headers_file = 'bad'"),
            &["source-headers-line"],
        ),
        (
            format!("{BLOCK}headers_file = 'cookie'"),
            &["source-headers-foreign"],
        ),
        (
            format!("{BLOCK}headers_file = 'empty'")
                .replace("https://api.example", "http://api.vn"),
            &["source-headers-plain"],
        ),
    ];
    for (block, wanted) in rows {
        let (_, problems) = read(dir.path(), &mut Known::default(), &block);
        let found: Vec<&str> = problems.iter().map(|p| p.what.id()).collect();
        assert_eq!(found, wanted, "{block}");
        let told = render_all(&problems, crate::message::Lang::Vi, Style::Plain);
        assert!(!told.contains("BIMAT"), "{told}");
    }
}

#[test]
fn headers_come_from_a_file_and_are_never_printed() {
    let dir = tempfile::tempdir().unwrap();
    let file = "# Meta\nAuthorization: Bearer BIMAT\nX-Version : 2\n";
    std::fs::write(dir.path().join("khoa"), file).unwrap();
    let block = format!("{BLOCK}headers_file = 'khoa'");
    let (sources, problems) = read(dir.path(), &mut Known::default(), &block);
    assert!(problems.is_empty(), "{problems:?}");
    let headers = &sources[0].api.as_ref().unwrap().headers;
    assert_eq!(headers.get("authorization").unwrap(), "Bearer BIMAT");
    assert_eq!(headers.get("x-version").unwrap(), "2");
    assert!(!format!("{:?}", sources[0]).contains("BIMAT"));

    // What systemd hands over under that name goes before.
    let handed = tempfile::tempdir().unwrap();
    std::fs::write(handed.path().join("khoa"), "Authorization: Bearer KHAC\n").unwrap();
    let mut known = Known::with_credentials(Credentials {
        folder: Some(handed.path().to_owned()),
        dispensable: true,
    });
    let (sources, _) = read(dir.path(), &mut known, &block);
    let headers = &sources[0].api.as_ref().unwrap().headers;
    assert_eq!(headers.get("authorization").unwrap(), "Bearer KHAC");
}

#[test]
fn headers_that_only_the_service_is_handed_are_missed_by_who_needs_them() {
    let dir = tempfile::tempdir().unwrap();
    let block = format!("{BLOCK}headers_file = 'khoa'");
    // Whether the command only looks at the files; what it says, and whether the source is left out.
    for (dispensable, level, left) in [(true, Level::Warning, 1), (false, Level::Error, 0)] {
        let mut known = Known::with_credentials(Credentials {
            folder: None,
            dispensable,
        });
        let (sources, problems) = read(dir.path(), &mut known, &block);
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert_eq!(problems[0].level, level);
        assert_eq!(sources.len(), left);
    }
}

#[test]
fn a_secret_in_an_address_is_refused_and_not_shown() {
    let dir = tempfile::tempdir().unwrap();
    let block = BLOCK.replace("/v1", "/v1?access_token=BIMAT");
    let (sources, problems) = read(dir.path(), &mut Known::default(), &block);
    assert!(sources.is_empty());
    assert_eq!(problems[0].what.id(), "source-url-secret");
    let told = render_all(&problems, crate::message::Lang::Vi, Style::Plain);
    assert!(!told.contains("BIMAT"), "{told}");
}
