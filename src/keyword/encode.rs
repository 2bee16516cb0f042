//! The bytes of a keyword file as text. Editors on office machines still save UTF-16 and
//! windows-1258; what can be read for certain is read, the rest is named with its mend.

use std::path::Path;
use std::sync::Arc;

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1258};
use unicode_normalization::UnicodeNormalization;

use crate::message::Message;
use crate::problem::{Problem, Problems, SourceFile};
use crate::text;

/// The text of `bytes`; problems are pushed.
pub(super) fn decode(path: &Path, bytes: &[u8], problems: &Problems) -> Option<Arc<SourceFile>> {
    let (encoding, rest) = match bytes {
        [0xff, 0xfe, rest @ ..] => (Some(UTF_16LE), rest),
        [0xfe, 0xff, rest @ ..] => (Some(UTF_16BE), rest),
        [0xef, 0xbb, 0xbf, rest @ ..] => (None, rest),
        _ => (bare_utf16(bytes), bytes),
    };
    if let Some(encoding) = encoding {
        let (decoded, broken) = encoding.decode_without_bom_handling(rest);
        if !broken {
            return Some(SourceFile::new(path, decoded));
        }
    } else if let Ok(utf8) = std::str::from_utf8(rest) {
        return Some(SourceFile::new(path, utf8));
    } else if let Some(decoded) = certainly_windows_1258(rest) {
        let file = SourceFile::new(path, decoded);
        let end = file.text.find('\n').unwrap_or(file.text.len());
        problems.push(
            Problem::warning(&file, 0..end, Message::new("keyword-windows-1258"))
                .mend(Message::new("keyword-windows-1258-mend")),
        );
        return Some(file);
    }
    let valid = std::str::from_utf8(rest).map_or_else(|error| error.valid_up_to(), |_| 0);
    let line = rest[..valid].iter().filter(|b| **b == b'\n').count() + 1;
    problems.push(
        Problem::whole_file(path, Message::new("problem-not-utf8").count("line", line))
            .mend(Message::new("problem-not-utf8-mend")),
    );
    None
}

/// UTF-16 without its mark: the spaces and line breaks have a zero byte, always on one side.
fn bare_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let zeros = |side: usize| {
        bytes
            .iter()
            .skip(side)
            .step_by(2)
            .filter(|byte| **byte == 0)
            .count()
    };
    let many = bytes.len() / 20;
    match (zeros(0), zeros(1)) {
        (0, second) if second > many => Some(UTF_16LE),
        (first, 0) if first > many => Some(UTF_16BE),
        _ => None,
    }
}

/// The text as windows-1258, where nearly every word beyond ASCII is then a Vietnamese syllable.
fn certainly_windows_1258(bytes: &[u8]) -> Option<String> {
    let (decoded, broken) = WINDOWS_1258.decode_without_bom_handling(bytes);
    if broken {
        return None;
    }
    let composed: String = decoded.nfc().collect();
    let marked: Vec<_> = text::syllables(&composed)
        .filter(|syllable| !syllable.text.is_ascii())
        .collect();
    let vietnamese = marked
        .iter()
        .filter(|syllable| text::is_syllable(syllable.text))
        .count();
    (!marked.is_empty() && vietnamese * 20 >= marked.len() * 19).then_some(composed)
}
