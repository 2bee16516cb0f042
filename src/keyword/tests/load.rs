use super::{loaded, loaded_bytes, write};
use crate::keyword::{Rulebook, Severity};
use crate::problem::Problems;

const RULE: &str = "[[rule]]\nid = 'r'\ntitle = 'R'\nseverity = 'low'\nmatch = '@ds AND vô sinh'\n";

fn terms(book: &Rulebook, list: &str) -> Vec<String> {
    let list = &book.lists[list];
    list.terms
        .iter()
        .map(|term| term.value.text.to_string())
        .collect()
}

#[test]
fn a_list_is_read_in_every_encoding_that_offices_save() {
    let text = "vắc xin\r\nthuốc ngừa # chú thích\r\n\r\n# cả dòng\r\n!thuốc ngừa thai\r\n";
    let utf16 = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        let mark = [0xfeff].into_iter();
        mark.chain(text.encode_utf16()).flat_map(bytes).collect()
    };
    let bare = |bytes: fn(u16) -> [u8; 2]| utf16(bytes)[2..].to_vec();
    let with_mark = [b"\xef\xbb\xbf", text.as_bytes()].concat();
    // Decomposed as windows-1258 wants it: letters with their shape, the tone behind.
    let decomposed = "v\u{103}\u{301}c xin\r\nthu\u{f4}\u{301}c ng\u{1b0}\u{300}a\r\n!thu\u{f4}\u{301}c ng\u{1b0}\u{300}a thai\r\n";
    let (windows, _, broken) = encoding_rs::WINDOWS_1258.encode(decomposed);
    assert!(!broken);
    for (name, bytes, quiet) in [
        ("UTF-8", text.as_bytes().to_vec(), true),
        ("UTF-8 with a mark", with_mark, true),
        ("UTF-16LE", utf16(u16::to_le_bytes), true),
        ("UTF-16BE", utf16(u16::to_be_bytes), true),
        ("UTF-16LE without a mark", bare(u16::to_le_bytes), true),
        ("UTF-16BE without a mark", bare(u16::to_be_bytes), true),
        ("windows-1258", windows.into_owned(), false),
    ] {
        let (book, said, _) = loaded_bytes(&[
            ("lists/ds.txt", &bytes),
            ("rumours/r.toml", RULE.as_bytes()),
        ]);
        assert_eq!(terms(&book, "ds"), ["vắc xin", "thuốc ngừa"], "{name}");
        assert_eq!(book.lists["ds"].vetoes.len(), 1, "{name}");
        assert_eq!(said.is_empty(), quiet, "{name}: {said}");
        assert_eq!(said.contains("windows-1258"), !quiet, "{name}: {said}");
    }
}

#[test]
fn one_bad_line_disables_no_other() {
    let rules = format!(
        "[[rule]]\nid = 'x'\ntitle = 'X'\nseverity = 'low'\nmatch = 'a AND'\n{RULE}\
         [[rule]]\nid = 'y'\ntitle = 'Y'\nseverity = 'lwo'\nmatch = 'b'\n\
         [[rule]]\nid = 'z'\ntitle = 'Z'\nseverity = 'high'\nmatch = 'chữa khỏi'\nlinks = ['ftp://x', 'https://x.vn/a']\nsince = 'hôm qua'\n"
    );
    let (book, said, _) = loaded(&[
        ("lists/ds.txt", "vắc xin\n[name]\nthuốc ngừa\n"),
        ("rumours/r.toml", &rules),
    ]);
    let ids: Vec<&str> = book.rules.iter().map(|rule| &*rule.meta.id).collect();
    assert_eq!(ids, ["r", "z"], "{said}");
    assert_eq!(terms(&book, "ds"), ["vắc xin", "thuốc ngừa"]);
    assert_eq!(book.rules[1].meta.links, ["https://x.vn/a"]);
    assert_eq!(book.rules[1].meta.since, None);
}

#[test]
fn topics_need_no_severity() {
    let topic = "[[rule]]\nid = 't'\ntitle = 'T'\nmatch = 'tiêm chủng'\n";
    let (book, said, _) = loaded(&[("topics/t.toml", topic)]);
    assert_eq!(said, "");
    assert_eq!(book.rules[0].meta.severity, Severity::Info);
}

#[test]
fn the_version_names_the_content() {
    let version = |list: &str| {
        loaded(&[("lists/ds.txt", list), ("rumours/r.toml", RULE)])
            .0
            .version
    };
    assert_eq!(version("vắc xin\n"), version("vắc xin\n"));
    assert_ne!(version("vắc xin\n"), version("vắc xin\n\n"));
    assert_eq!(version("vắc xin\n").len(), 12);
}

#[test]
fn look_alikes_of_the_admin_are_added() {
    let files = [
        ("lists/ds.txt", "vắc xin\n"),
        ("rumours/r.toml", RULE),
        ("homoglyphs.tsv", "☉\to\nxx\n"),
    ];
    let (book, said, _) = loaded(&files);
    assert_eq!(book.homoglyphs.get('☉'), Some("o"));
    assert!(said.contains("homoglyphs.tsv:2:1"), "{said}");
}

#[test]
fn a_hundred_thousand_terms_load_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let lines: String = (0..100_000)
        .map(|n| format!("từ khóa số {n} [strict]\n"))
        .collect();
    write(folder.path(), &[("t.txt", lines.as_bytes())]);
    let problems = Problems::default();
    let start = std::time::Instant::now();
    let book = Rulebook::from_terms(&folder.path().join("t.txt"), &problems);
    let took = start.elapsed();
    assert_eq!(book.rules.len(), 100_000);
    assert_eq!(&*book.rules[99_999].meta.id, "từ khóa số 99999");
    assert!(problems.is_empty());
    // Unoptimised; a release build needs a tenth of it.
    assert!(took.as_secs() < 10, "{took:?}");
}

#[test]
fn a_file_of_terms_may_cancel_but_not_include() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        &[(
            "t.txt",
            "dịch bệnh\n!dịch bệnh viện\n@khac\ndịch bệnh\n".as_bytes(),
        )],
    );
    let problems = Problems::default();
    let book = Rulebook::from_terms(&folder.path().join("t.txt"), &problems);
    assert_eq!((book.rules.len(), book.vetoes.len()), (1, 1));
    assert_eq!(problems.len(), 2);
}

#[test]
fn what_names_a_list_that_cannot_be_read_is_not_called_wrong() {
    let broken = b"v\xffc xin\n".as_slice();
    let (book, said, _) = loaded_bytes(&[
        ("lists/ds.txt", broken),
        ("lists/them.txt", "@ds\n@dss\nthuốc ngừa\n".as_bytes()),
        ("rumours/r.toml", RULE.as_bytes()),
    ]);
    assert!(book.rules.is_empty(), "{said}");
    // The unreadable file, and the include of a list that is nowhere.
    assert_eq!(said.matches("lỗi:").count(), 2, "{said}");
    assert!(
        said.contains("lists/ds.txt: tệp không phải UTF-8"),
        "{said}"
    );
    assert!(said.contains("nào tên @dss\n"), "{said}");
}
