//! Mails as files: for the demo, and for offices that fetch them by other means.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::compose::html_part;
use super::transport::{Reply, SendError};

/// Writes `<left side of the Message-ID>.eml`, and the mail's HTML beside it for looking at.
/// Writing it again leaves one file: a mail to several recipients, or a retry.
pub(super) async fn write(dir: &Path, message_id: &str, raw: &[u8]) -> Result<Reply, SendError> {
    let dir = dir.to_owned();
    let name = file_name(message_id);
    let raw = raw.to_owned();
    let written = tokio::task::spawn_blocking(move || -> io::Result<PathBuf> {
        std::fs::create_dir_all(&dir)?;
        if let Some(html) = html_part(&raw) {
            settle(&dir, &format!("{name}.html"), html.as_bytes())?;
        }
        settle(&dir, &format!("{name}.eml"), &raw)
    })
    .await;
    match written {
        Ok(Ok(path)) => Ok(Reply {
            text: path.display().to_string(),
        }),
        // A full disk or a missing right can be mended.
        Ok(Err(error)) => Err(SendError::away(&error)),
        Err(error) => Err(SendError::away(&error)),
    }
}

/// Deletes the files of these mails, and of every mail that links to `url`; gives how many mails
/// those were. None at all where there is no such folder.
pub(super) fn forget(dir: &Path, message_ids: &[String], url: &str) -> io::Result<usize> {
    let names: Vec<String> = message_ids.iter().map(|id| file_name(id)).collect();
    let entries = match std::fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        entries => entries?,
    };
    let mut forgotten = 0;
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_none_or(|e| e != "eml") {
            continue;
        }
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        if !names.iter().any(|known| *known == name) && !links_to(&std::fs::read(&path)?, url) {
            continue;
        }
        // The mail last: what fails in between is done when it is asked for again.
        match std::fs::remove_file(path.with_extension("html")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        std::fs::remove_file(&path)?;
        forgotten += 1;
    }
    Ok(forgotten)
}

fn links_to(raw: &[u8], url: &str) -> bool {
    let unescaped = |html: String| {
        html.replace("&#38;", "&")
            .replace("&amp;", "&")
            .replace("&#39;", "'")
    };
    html_part(raw)
        .map(unescaped)
        .is_some_and(|html| html.contains(&format!("\"{url}\"")))
}

/// The left side of a Message-ID as a file name.
fn file_name(message_id: &str) -> String {
    let left = message_id.split('@').next().unwrap_or_default();
    let name: String = left
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        .take(100)
        .collect();
    match name.trim_matches('.') {
        "" => "mail".to_owned(),
        name => name.to_owned(),
    }
}

/// Writes a file so that it is there whole or not at all, also after a power cut.
fn settle(dir: &Path, name: &str, content: &[u8]) -> io::Result<PathBuf> {
    let path = dir.join(name);
    let fresh = dir.join(format!(".{name}.tmp"));
    let mut file = std::fs::File::create(&fresh)?;
    file.write_all(content)?;
    file.sync_all()?;
    std::fs::rename(&fresh, &path)?;
    // The name is durable when its folder is.
    std::fs::File::open(dir)?.sync_all()?;
    Ok(path)
}
