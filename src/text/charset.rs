//! Bytes → text, whatever a server or a page claims about its charset.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, WINDOWS_1258, X_USER_DEFINED,
};
use unicode_normalization::UnicodeNormalization;

/// A declaration stands at the beginning: HTML wants it within 1,024 bytes, pages put it later.
const DECLARATION_WITHIN: usize = 4096;
/// Of a text that is cut or has a few broken letters at most this share is not UTF-8.
const UTF8_ERRORS_PER_MILLE: usize = 5;

/// Where a document may declare its own charset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Markup {
    /// In a `<meta>` element.
    Html,
    /// In the XML declaration.
    Xml,
    /// Nowhere.
    Plain,
}

/// A text with what is known of the way it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The text; windows-1258 is composed (NFC), no byte order mark.
    pub text: String,
    /// The name of the encoding it was read as (WHATWG Encoding Standard).
    pub encoding: &'static str,
    /// Some bytes meant nothing in this encoding and became U+FFFD.
    pub had_errors: bool,
}

/// Decodes `bytes` by, in this order: the byte order mark; UTF-16 without one; UTF-8 where the
/// bytes are valid as such (servers that declare ISO 8859-1 and send UTF-8 are common, and
/// text in another encoding is hardly ever valid UTF-8); the `Content-Type` header; the
/// document's own declaration; detection.
#[must_use]
pub fn decode(bytes: &[u8], content_type: Option<&str>, markup: Markup) -> Decoded {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return read(encoding, &bytes[mark..]);
    }
    if let Some(encoding) = bare_utf16(bytes) {
        return read(encoding, bytes);
    }
    let header = content_type.and_then(header_charset);
    let own = declared(bytes, markup);
    // ISO-2022-JP is all ASCII bytes, and so would pass for UTF-8.
    if let Some(encoding) = header.or(own).filter(|encoding| *encoding == ISO_2022_JP) {
        return read(encoding, bytes);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Decoded {
            text: text.to_owned(),
            encoding: UTF_8.name(),
            had_errors: false,
        };
    }
    read(choose(bytes, header, own), bytes)
}

/// The encoding of bytes that are no valid UTF-8.
fn choose(
    bytes: &[u8],
    header: Option<&'static Encoding>,
    own: Option<&'static Encoding>,
) -> &'static Encoding {
    // windows-1252 (also under the name ISO 8859-1) is what servers say without looking.
    let looked = |encoding: &&'static Encoding| *encoding != WINDOWS_1252;
    let claimed = header.filter(looked).or(own).or(header);
    match claimed {
        Some(encoding) if encoding == UTF_8 => {
            if nearly_utf8(bytes) {
                UTF_8
            } else {
                detect(bytes)
            }
        }
        Some(encoding) if looked(&encoding) => encoding,
        Some(_) if detect(bytes) == WINDOWS_1258 => WINDOWS_1258,
        Some(encoding) => encoding,
        None if nearly_utf8(bytes) => UTF_8,
        None => detect(bytes),
    }
}

fn read(encoding: &'static Encoding, bytes: &[u8]) -> Decoded {
    let (text, had_errors) = encoding.decode_without_bom_handling(bytes);
    // windows-1258 keeps five tones as combining marks.
    let text = if encoding == WINDOWS_1258 {
        Cow::Owned(text.nfc().collect())
    } else {
        text
    };
    Decoded {
        text: text.into_owned(),
        encoding: encoding.name(),
        had_errors,
    }
}

/// UTF-16 without a byte order mark shows by `<` or `{` with a NUL beside it (XML 1.0,
/// appendix F).
fn bare_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [b'<' | b'{', 0, second, 0, ..] if *second != 0 => Some(UTF_16LE),
        [0, b'<' | b'{', 0, second, ..] if *second != 0 => Some(UTF_16BE),
        _ => None,
    }
}

/// Whether the text is UTF-8 but for a few broken places (cut short, badly joined).
fn nearly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    // The end of a body that was cut is one error, however short the text.
    good > 0 && bad <= 1 + good * UTF8_ERRORS_PER_MILLE / 1000
}

fn detect(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(Some(b"vn"), Utf8Detection::Allow)
}

/// `text/html; charset="utf-8"` (RFC 9110 §8.3).
fn header_charset(content_type: &str) -> Option<&'static Encoding> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches(['"', '\'']);
        name.trim()
            .eq_ignore_ascii_case("charset")
            .then(|| label(value))?
    })
}

fn label(label: &str) -> Option<&'static Encoding> {
    let encoding = Encoding::for_label_no_replacement(label.as_bytes())?;
    // The HTML standard's prescan: what was just read as ASCII cannot be UTF-16.
    if encoding == UTF_16LE || encoding == UTF_16BE {
        return Some(UTF_8);
    }
    (encoding != X_USER_DEFINED).then_some(encoding)
}

fn declared(bytes: &[u8], markup: Markup) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(DECLARATION_WITHIN)];
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    match markup {
        Markup::Plain => None,
        Markup::Xml => {
            let declaration = head.trim_start().strip_prefix("<?xml")?;
            value_after(declaration.split_once("?>")?.0, "encoding")
        }
        Markup::Html => head
            .split("<meta")
            .skip(1)
            .filter_map(|rest| rest.split_once('>'))
            .find_map(|(meta, _)| value_after(meta, "charset"))
            // XHTML.
            .or_else(|| declared(bytes, Markup::Xml)),
    }
}

/// The label after `name =`, in quotes or not; `content="text/html; charset=utf-8"` too.
fn value_after(text: &str, name: &str) -> Option<&'static Encoding> {
    text.match_indices(name).find_map(|(at, _)| {
        let value = text[at + name.len()..].trim_start().strip_prefix('=')?;
        let value = value.trim_start().trim_start_matches(['"', '\'']);
        let end = value
            .find(['"', '\'', ';', ' ', '/', '>'])
            .unwrap_or(value.len());
        label(&value[..end])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &str = "Bộ Y tế bác bỏ tin đồn vắc xin gây vô sinh; người dân không nên chia sẻ. \
                        Đề nghị các xã, thị trấn tuyên truyền để bà con yên tâm, không hoang mang.";

    /// windows-1258 as editors write it: base letters with their shape, tones as combining marks.
    fn windows_1258(text: &str) -> Vec<u8> {
        let tone = |c: char| matches!(c, '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}');
        let mut bytes = Vec::new();
        for c in text.chars() {
            let apart: Vec<char> = std::iter::once(c).nfd().collect();
            let shaped: String = apart.iter().copied().filter(|c| !tone(*c)).nfc().collect();
            let tones: String = apart.iter().filter(|c| tone(**c)).collect();
            let (encoded, _, unmapped) = WINDOWS_1258.encode(&shaped);
            assert!(!unmapped, "{c}");
            bytes.extend_from_slice(&encoded);
            bytes.extend_from_slice(&WINDOWS_1258.encode(&tones).0);
        }
        bytes
    }

    fn utf16(text: &str, little: bool, mark: bool) -> Vec<u8> {
        let units = mark
            .then_some(0xfeff)
            .into_iter()
            .chain(text.encode_utf16());
        units
            .flat_map(|unit| {
                if little {
                    unit.to_le_bytes()
                } else {
                    unit.to_be_bytes()
                }
            })
            .collect()
    }

    #[test]
    fn every_way_a_vietnamese_page_comes() {
        let html = format!("<html><title>{SAID}</title>");
        let meta = |charset: &str| {
            format!(
                "<html><head><META content='text/html; charset={charset}' http-equiv=content-type>{SAID}"
            )
        };
        let xml = |charset: &str| {
            format!("<?xml version=\"1.0\" encoding=\"{charset}\"?><rss>{SAID}</rss>")
        };
        let legacy = windows_1258;
        let rows = vec![
            (
                "plain",
                html.clone().into_bytes(),
                None,
                Markup::Html,
                "UTF-8",
            ),
            (
                "mark",
                [b"\xef\xbb\xbf", html.as_bytes()].concat(),
                Some("text/html; charset=windows-1258"),
                Markup::Html,
                "UTF-8",
            ),
            (
                "a lying header",
                html.clone().into_bytes(),
                Some("text/html; charset=iso-8859-1"),
                Markup::Html,
                "UTF-8",
            ),
            (
                "a lying meta",
                meta("windows-1252").into_bytes(),
                None,
                Markup::Html,
                "UTF-8",
            ),
            (
                "a lying declaration",
                xml("utf-16").into_bytes(),
                None,
                Markup::Xml,
                "UTF-8",
            ),
            (
                "legacy by header",
                legacy(&html),
                Some("text/html;charset=\"windows-1258\""),
                Markup::Html,
                "windows-1258",
            ),
            (
                "legacy by meta",
                legacy(&meta("windows-1258")),
                Some("text/html"),
                Markup::Html,
                "windows-1258",
            ),
            (
                "legacy by meta against the default",
                legacy(&meta("windows-1258")),
                Some("text/html; charset=ISO-8859-1"),
                Markup::Html,
                "windows-1258",
            ),
            (
                "legacy by declaration",
                legacy(&xml("WINDOWS-1258")),
                None,
                Markup::Xml,
                "windows-1258",
            ),
            (
                "legacy undeclared",
                legacy(&html),
                None,
                Markup::Html,
                "windows-1258",
            ),
            (
                "legacy declared as UTF-8",
                legacy(&xml("utf-8")),
                Some("text/xml; charset=utf-8"),
                Markup::Xml,
                "windows-1258",
            ),
            (
                "legacy declared as Latin",
                legacy(&html),
                Some("text/html; charset=windows-1252"),
                Markup::Html,
                "windows-1258",
            ),
            (
                "UTF-16 little",
                utf16(&html, true, true),
                None,
                Markup::Html,
                "UTF-16LE",
            ),
            (
                "UTF-16 big",
                utf16(&html, false, true),
                None,
                Markup::Html,
                "UTF-16BE",
            ),
            (
                "UTF-16 little unmarked",
                utf16(&html, true, false),
                None,
                Markup::Html,
                "UTF-16LE",
            ),
            (
                "UTF-16 big unmarked",
                utf16(&xml("utf-16"), false, false),
                None,
                Markup::Xml,
                "UTF-16BE",
            ),
            (
                "cut",
                html.as_bytes()[..html.find('ẻ').unwrap() + 1].to_vec(),
                Some("text/html; charset=utf-8"),
                Markup::Html,
                "UTF-8",
            ),
        ];
        for (name, bytes, header, markup, encoding) in rows {
            let decoded = decode(&bytes, header, markup);
            assert_eq!(decoded.encoding, encoding, "{name}");
            let said = if name == "cut" {
                &SAID[..SAID.find('ẻ').unwrap()]
            } else {
                SAID
            };
            assert!(decoded.text.contains(said), "{name}: {}", decoded.text);
            assert_eq!(decoded.had_errors, name == "cut", "{name}");
        }
    }

    #[test]
    fn noise_is_text_or_an_honest_error() {
        for bytes in [
            &b""[..],
            b"\0\0\0\0",
            b"\xff",
            b"\xfe\xff",
            b"\xff\xfe\0",
            &[0x80; 64],
        ] {
            let decoded = decode(bytes, Some("text/html; charset="), Markup::Html);
            assert!(decoded.text.len() <= 3 * bytes.len());
        }
    }

    proptest::proptest! {
        #[test]
        fn utf8_always_comes_through(text in "\\PC*", lie in proptest::sample::select(vec!["", "windows-1258", "iso-8859-1", "utf-8", "shift_jis", "nonsense"])) {
            let header = format!("text/html; charset={lie}");
            let expected = text.strip_prefix('\u{feff}').unwrap_or(&text);
            let decoded = decode(text.as_bytes(), Some(&header), Markup::Plain);
            proptest::prop_assert_eq!(decoded.text, expected);
        }

        #[test]
        fn no_bytes_break_it(bytes: Vec<u8>) {
            for markup in [Markup::Html, Markup::Xml, Markup::Plain] {
                let _ = decode(&bytes, None, markup);
            }
        }
    }
}
