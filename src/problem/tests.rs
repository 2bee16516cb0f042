use super::toml::{parse_duration, parse_size, read_file};
use super::*;
use crate::message::Lang;

const FILE: &str = "\
# nguồn
ten = \"báo mẫu\"
urll = 'http://a.example/'
moi = 15
gio = \"15 phut\"
co = \"đúng\"

[con]
la = 1
";

fn problems(lang: Lang) -> String {
    let file = SourceFile::new("config/mẫu.toml", FILE);
    let problems = Problems::default();
    read_file(&file, &problems, |mut table| {
        assert_eq!(table.string("ten").unwrap().value, "báo mẫu");
        table.required("url", "\"https://…\"");
        table.string("moi");
        table.duration("gio");
        table.boolean("co");
        let mut below = table.table("con").unwrap();
        below.integer("la", 2..=5);
        below.finish();
        table.finish();
    });
    render_all(&problems.into_sorted(), lang, Style::Plain)
}

#[test]
fn every_problem_is_shown_with_its_place_and_its_mend() {
    insta::assert_snapshot!("vi", problems(Lang::Vi));
    insta::assert_snapshot!("en", problems(Lang::En));
}

#[test]
fn a_broken_line_does_not_hide_the_others() {
    let file = SourceFile::new("a.toml", "a = \nb = 3\nc = tám\nd = 4\n");
    let problems = Problems::default();
    let (b, d) = read_file(&file, &problems, |mut table| {
        (table.integer("b", 0..=9), table.integer("d", 0..=9))
    });
    assert_eq!(b.unwrap().value, 3);
    assert_eq!(d.unwrap().value, 4);
    let list = problems.into_sorted();
    let lines: Vec<usize> = list
        .iter()
        .map(|p| p.file.position(p.span.clone().unwrap().start).0)
        .collect();
    assert!(lines.contains(&1) && lines.contains(&3), "{lines:?}");
}

#[test]
fn mends_can_be_typed_as_they_stand() {
    let rows = [
        ("max_body = -5", "8MiB"),
        ("timeout = 30", "30s"),
        ("lang = “vi”", "ngoặc kép thẳng"),
        ("lang = 'vi'\nlang = 'en'", "một trong hai dòng"),
        ("lang = \"vi", "khóa ="),
    ];
    for (text, mend) in rows {
        let file = SourceFile::new("a.toml", text);
        let problems = Problems::default();
        read_file(&file, &problems, |mut table| {
            table.size("max_body");
            table.duration("timeout");
        });
        let said = render_all(&problems.into_sorted(), Lang::Vi, Style::Plain);
        assert!(said.contains(mend), "{text}: {said}");
    }
}

#[test]
fn positions_count_characters_not_bytes() {
    let file = SourceFile::new("a", "một\nvắc xin\n");
    let at = file.text.find("xin").unwrap();
    assert_eq!(file.position(at), (2, 5));
    assert_eq!(file.position(0), (1, 1));
    assert_eq!(file.position(9999), (3, 1));
}

#[test]
fn durations_and_sizes() {
    let rows = [
        ("30s", Some(30)),
        ("15m", Some(900)),
        ("1h 30m", Some(5400)),
        ("365d", Some(365 * 86400)),
        ("-5s", None),
        ("5", None),
        ("", None),
    ];
    for (text, seconds) in rows {
        assert_eq!(
            parse_duration(text).map(|d| d.as_secs()),
            seconds,
            "{text:?}"
        );
    }
    let rows = [
        ("8MiB", Some(8 << 20)),
        ("512 KiB", Some(512 << 10)),
        ("1MB", Some(1_000_000)),
        ("8", None),
        ("MiB", None),
        ("99999999999GiB", None),
    ];
    for (text, bytes) in rows {
        assert_eq!(parse_size(text), bytes, "{text:?}");
    }
}

#[test]
fn a_path_is_shown_without_steps_there_and_back() {
    let dir = tempfile::tempdir().unwrap();
    let inside = dir.path().join("that/sau");
    std::fs::create_dir_all(&inside).unwrap();
    std::os::unix::fs::symlink(&inside, dir.path().join("config")).unwrap();
    let linked = dir.path().join("config");
    let rows = [
        ("config", "../keywords", PathBuf::from("keywords")),
        ("/etc/canhtin", "keywords", "/etc/canhtin/keywords".into()),
        ("/etc/canhtin", "./a/../../b", "/etc/b".into()),
        ("config", "/var/lib/canhtin", "/var/lib/canhtin".into()),
        ("", "../keywords", "../keywords".into()),
        ("..", "../keywords", "../../keywords".into()),
        ("config", "..", ".".into()),
        // A step back out of a link leads elsewhere.
        (
            linked.to_str().unwrap(),
            "../keywords",
            linked.join("../keywords"),
        ),
    ];
    for (base, written, wanted) in rows {
        assert_eq!(beside(Path::new(base), written), wanted, "{base} {written}");
    }
}
