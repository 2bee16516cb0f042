//! Holds the direction of imports: rooms import only from floors below their own.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at once"
)]
#![allow(unreachable_pub, reason = "a test binary has no outside")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms by floor, as `docs/ARCHITECTURE.md` draws them.
const FLOORS: [&[&str]; 10] = [
    &["message", "failpoint"],
    &["document", "text", "seen", "problem"],
    &["story", "keyword", "source"],
    &["scan", "fetch"],
    &["alert", "extract"],
    &["mail", "ledger"],
    &["config"],
    &["daemon", "sample"],
    &["cli"],
    &["main"],
];

/// The two wings that know nothing of each other; `alert`, `daemon` and above join them.
const GATHERING: [&str; 3] = ["source", "fetch", "extract"];
const UNDERSTANDING: [&str; 4] = ["keyword", "scan", "story", "text"];

/// What the gathering wing may use of `text`: bytes must become text somewhere.
const SHARED_TEXT: &str = "text::charset";

fn floor(room: &str) -> usize {
    FLOORS
        .iter()
        .position(|rooms| rooms.contains(&room))
        .unwrap_or_else(|| panic!("the room {room} stands on no floor"))
}

fn rust_files(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}

fn room_of(path: &Path, src: &Path) -> String {
    let inside = path.strip_prefix(src).unwrap();
    let first = inside.components().next().unwrap().as_os_str();
    Path::new(first)
        .file_stem()
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned()
}

/// Paths below `crate::` (or `canhtin::` in the binary) that a file names outside comments,
/// `use crate::{a, b}` unfolded.
fn imports(code: &str) -> Vec<String> {
    let code: String = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .map(|line| format!("{line}\n"))
        .collect();
    let mut found = Vec::new();
    for root in ["crate::", "canhtin::"] {
        for (at, _) in code.match_indices(root) {
            let rest = &code[at + root.len()..];
            if let Some(list) = rest.strip_prefix('{') {
                let mut depth = 0;
                let mut item = String::new();
                for c in list.chars() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => found.push(std::mem::take(&mut item)),
                        _ => {}
                    }
                    if c != ',' || depth > 0 {
                        item.push(c);
                    }
                }
                found.push(item);
            } else {
                found.push(
                    rest.chars()
                        .take_while(|c| c.is_alphanumeric() || *c == '_' || *c == ':')
                        .collect(),
                );
            }
        }
    }
    found
        .iter()
        .map(|path| path.trim().to_owned())
        .filter(|path| !path.is_empty())
        .collect()
}

#[test]
fn imports_point_down_the_floors() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    let (mut walked, mut checked) = (0, 0);
    let mut wrong = Vec::new();
    for path in &files {
        let room = room_of(path, &src);
        if room == "lib" {
            continue;
        }
        walked += 1;
        for import in imports(&fs::read_to_string(path).unwrap()) {
            let other = import.split("::").next().unwrap().to_owned();
            // An item of the crate root that is no room is a macro.
            if other == room || !FLOORS.iter().any(|rooms| rooms.contains(&other.as_str())) {
                continue;
            }
            checked += 1;
            let across = GATHERING.contains(&room.as_str())
                && UNDERSTANDING.contains(&other.as_str())
                && !import.starts_with(SHARED_TEXT)
                || UNDERSTANDING.contains(&room.as_str()) && GATHERING.contains(&other.as_str());
            if floor(&other) >= floor(&room) || across {
                let shown = path.strip_prefix(&src).unwrap().display().to_string();
                wrong.push(format!("{shown}: {room} imports {import}"));
            }
        }
    }
    assert!(walked > 40, "only {walked} files walked");
    assert!(checked > 60, "only {checked} imports seen");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_room_stands_on_exactly_one_floor() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut rooms: BTreeMap<String, usize> = BTreeMap::new();
    for entry in fs::read_dir(&src).unwrap() {
        let name = room_of(&entry.unwrap().path(), &src);
        if name != "lib" {
            *rooms.entry(name).or_default() += 1;
        }
    }
    assert!(rooms.len() > 10, "only {} rooms seen", rooms.len());
    for (room, times) in &rooms {
        assert_eq!(*times, 1, "{room} is both a file and a folder");
        floor(room);
    }
}

/// Long files and functions want a reason; the reason stands here.
#[test]
fn files_stay_short() {
    const LONGER_FOR_A_REASON: [&str; 0] = [];
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    rust_files(&root.join("src"), &mut files);
    assert!(files.len() > 40, "only {} files walked", files.len());
    let long: Vec<String> = files
        .iter()
        .map(|path| (path, fs::read_to_string(path).unwrap().lines().count()))
        .filter(|(path, lines)| {
            *lines > 450
                && !path.ends_with("tests.rs")
                && !LONGER_FOR_A_REASON
                    .iter()
                    .any(|known| path.ends_with(known))
        })
        .map(|(path, lines)| format!("{}: {lines} lines", path.display()))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

/// The tests and scripts that a row of a table names in backticks.
fn named(row: &str) -> impl Iterator<Item = &str> {
    let quoted = row.split('`').skip(1).step_by(2);
    quoted.filter(|name| {
        let is_path = |c: char| c.is_alphanumeric() || "_:./-".contains(c);
        name.chars().all(is_path)
            && (name.ends_with(".sh") || name.matches("::").count() >= 2 && !name.contains('/'))
    })
}

/// What `docs/RELIABILITY.md` promises is tested by what it names: every row of its first table
/// names a test, and every test that it names is there.
#[test]
fn every_test_in_the_table_of_reliability_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/RELIABILITY.md")).unwrap();
    let mut files = Vec::new();
    for folder in ["src", "tests"] {
        rust_files(&root.join(folder), &mut files);
    }
    let code: Vec<String> = files
        .iter()
        .map(|file| fs::read_to_string(file).unwrap())
        .collect();
    let exists = |name: &str| match name.ends_with(".sh") {
        true => root.join(name).is_file(),
        false => {
            let function = format!("fn {}(", name.rsplit("::").next().unwrap());
            code.iter().any(|code| code.contains(&function))
        }
    };
    let (mut rows, mut names, mut wrong) = (0, 0, Vec::new());
    let first_table = page.lines().skip_while(|line| !line.starts_with("| --- "));
    for row in first_table.skip(1).take_while(|line| line.starts_with('|')) {
        rows += 1;
        if named(row).next().is_none() {
            wrong.push(format!("no test: {row}"));
        }
    }
    for name in page
        .lines()
        .filter(|line| line.starts_with('|'))
        .flat_map(named)
    {
        names += 1;
        if !exists(name) {
            wrong.push(format!("not there: {name}"));
        }
    }
    assert!(rows > 30 && names > 60, "only {rows} rows, {names} names");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A map that grows without end is read by nobody.
#[test]
fn the_map_fits_on_150_lines() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let map = std::fs::read_to_string(root.join("docs/ARCHITECTURE.md")).unwrap();
    let lines = map.lines().count();
    assert!(lines > 50 && lines <= 150, "{lines} lines");
}
