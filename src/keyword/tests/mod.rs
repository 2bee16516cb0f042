mod diagnostics;
mod load;
mod parse;
mod property;

use std::path::Path;

use super::{Rulebook, load as load_folder};
use crate::message::Lang;
use crate::problem::{Problems, Style, render_all};

/// Writes files below `folder`.
fn write(folder: &Path, files: &[(&str, &[u8])]) {
    for (path, bytes) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

/// The rulebook of some files, and what `check` says of them in both languages.
fn loaded(files: &[(&str, &str)]) -> (Rulebook, String, String) {
    let files: Vec<(&str, &[u8])> = files
        .iter()
        .map(|(path, text)| (*path, text.as_bytes()))
        .collect();
    loaded_bytes(&files)
}

fn loaded_bytes(files: &[(&str, &[u8])]) -> (Rulebook, String, String) {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), files);
    let problems = Problems::default();
    let book = load_folder(folder.path(), &problems);
    let problems = problems.into_sorted();
    let said = |lang| {
        let root = format!("{}/", folder.path().display());
        render_all(&problems, lang, Style::Plain).replace(&root, "")
    };
    (book, said(Lang::Vi), said(Lang::En))
}
