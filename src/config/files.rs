//! The source files that `canhtin.toml` names: single files, and folders of them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::message::Message;
use crate::problem::toml::read_file;
use crate::problem::{Problem, Problems, SourceFile, Spanned, read_text};
use crate::source::{self, Credentials, Known, Source};

/// Reads all source files. A folder that is not there holds no sources; a file that is not there
/// is a problem, shown where it is named.
pub(super) fn read_sources(
    main: &Arc<SourceFile>,
    named: &[Spanned<PathBuf>],
    credentials: Credentials,
    problems: &Problems,
) -> Vec<Source> {
    let mut known = Known::with_credentials(credentials);
    let mut sources = Vec::new();
    for path in named.iter().flat_map(|path| unfold(main, path, problems)) {
        let Some(file) = read_text(&path, problems) else {
            continue;
        };
        let read = read_file(&file, problems, |root| {
            source::read_sources(root, &mut known)
        });
        sources.extend(read);
    }
    if sources.is_empty() && !problems.any_error() {
        let span = named.first().map_or(0..0, |first| first.span.clone());
        problems.push(
            Problem::warning(main, span, Message::new("config-no-sources"))
                .mend(Message::new("config-no-sources-mend")),
        );
    }
    sources
}

/// A folder as the `*.toml` files in it, in the order of their names.
fn unfold(main: &Arc<SourceFile>, named: &Spanned<PathBuf>, problems: &Problems) -> Vec<PathBuf> {
    let path = &named.value;
    if !looks_like_folder(path) {
        if !path.exists() {
            problems.push(
                Problem::error(
                    main,
                    named.span.clone(),
                    Message::new("config-no-source-file").with("path", path.display()),
                )
                .mend(Message::new("config-no-source-file-mend")),
            );
            return Vec::new();
        }
        return vec![path.clone()];
    }
    let Ok(entries) = std::fs::read_dir(path) else {
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "toml") && !is_hidden(path))
        .collect();
    files.sort();
    files
}

fn looks_like_folder(path: &Path) -> bool {
    path.is_dir() || (!path.exists() && path.extension().is_some_and(|e| e == "d"))
}

/// Editors leave files like `.#name.toml` behind.
fn is_hidden(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with('.'))
}
