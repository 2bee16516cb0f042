//! Bytes → text, whatever a server or a page claims about its charset.

mod fonts;
mod viscii;

use std::borrow::Cow;
use std::collections::HashSet;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, WINDOWS_1258, X_USER_DEFINED,
};
use unicode_normalization::UnicodeNormalization;

/// A declaration stands at the beginning: HTML wants it within 1,024 bytes, pages put it later.
const DECLARATION_WITHIN: usize = 4096;
/// A text is UTF-8 with broken places where so many of its letters are whole for each that is
/// not. Letters of other encodings are hardly ever whole ones of UTF-8: they are broken each.
const WHOLE_FOR_BROKEN: usize = 10;

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
    /// The name of the encoding it was read as (WHATWG Encoding Standard; or TCVN3, VNI, VISCII).
    pub encoding: &'static str,
    /// Some bytes meant nothing in this encoding and became U+FFFD.
    pub had_errors: bool,
}

/// Decodes `bytes` by, in this order: the byte order mark; UTF-16 without one; UTF-8 where the
/// bytes are valid as such (servers that declare ISO 8859-1 and send UTF-8 are common, and
/// text in another encoding is hardly ever valid UTF-8); the `Content-Type` header; the
/// document's own declaration; detection. What then is no Vietnamese and is Vietnamese as TCVN3,
/// VNI or VISCII, is read as that: no label names these.
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
            text: shown(text).into_owned(),
            encoding: UTF_8.name(),
            had_errors: false,
        };
    }
    let chosen = read(choose(bytes, header, own), bytes);
    unlabelled(bytes, &chosen.text).unwrap_or(chosen)
}

/// The text as its readers saw it, where it is Vietnamese written for a TCVN3 or VNI font:
/// `Céng hßa x· héi` is `Cộng hòa xã hội`. Any other text is left as it is.
#[must_use]
pub fn shown(text: &str) -> Cow<'_, str> {
    fonts::mended(text).map_or(Cow::Borrowed(text), |(mended, _)| Cow::Owned(mended))
}

/// Whether [`shown`] may change a text that has this part: quickly told, mostly no.
#[must_use]
pub fn may_be_in_a_font(part: &str) -> bool {
    fonts::may_hold(part)
}

/// The bytes as TCVN3, VNI or VISCII, where these make Vietnamese of them and what was chosen
/// does not.
fn unlabelled(bytes: &[u8], chosen: &str) -> Option<Decoded> {
    let as_chosen = Vietnamese::in_text(chosen);
    if as_chosen.words > 0 && as_chosen.share() >= SURELY {
        return None;
    }
    let decoded = |text, encoding| Decoded {
        text,
        encoding,
        had_errors: false,
    };
    let (western, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
    if let Some((text, font)) = fonts::mended(&western) {
        return Some(decoded(text, font.name()));
    }
    let text = viscii::decode(bytes);
    let read = Vietnamese::in_text(&text);
    let clear = read.words >= 4 && read.distinct >= 3 && read.share() >= LIKELY;
    let better = read.share() > as_chosen.share() + BETTER;
    (clear && better).then(|| decoded(text, "VISCII"))
}

/// A text of which this share of the marked words is Vietnamese was read rightly,
const SURELY: f64 = 0.9;
/// and one with this share may have been.
const LIKELY: f64 = 0.7;
/// By so much another reading must be better: the encodings share some letters.
const BETTER: f64 = 0.15;

/// How much of a text is Vietnamese.
struct Vietnamese {
    /// Words with letters outside ASCII.
    marked: usize,
    /// Vietnamese words among them.
    words: usize,
    /// Different ones.
    distinct: usize,
}

impl Vietnamese {
    /// Words that are looked at.
    const LOOKED_AT: usize = 2000;

    fn share(&self) -> f64 {
        self.words as f64 / self.marked.max(1) as f64
    }

    fn in_text(text: &str) -> Self {
        let marked = text
            .split(|c: char| !c.is_alphanumeric() && !('\u{300}'..='\u{323}').contains(&c))
            .filter(|word| !word.is_ascii())
            .take(Self::LOOKED_AT);
        let mut read = Self {
            marked: 0,
            words: 0,
            distinct: 0,
        };
        let mut distinct = HashSet::new();
        for word in marked {
            read.marked += 1;
            if super::is_word(word) {
                read.words += 1;
                distinct.insert(word);
            }
        }
        read.distinct = distinct.len();
        read
    }
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
    let utf8 = Wholeness::of(bytes);
    match claimed {
        Some(encoding) if encoding == UTF_8 => {
            if utf8.is_likely() {
                UTF_8
            } else {
                detect(bytes)
            }
        }
        Some(encoding) if looked(&encoding) => encoding,
        Some(_) if utf8.is_sure() => UTF_8,
        Some(_) if detect(bytes) == WINDOWS_1258 => WINDOWS_1258,
        Some(encoding) => encoding,
        None if utf8.is_likely() => UTF_8,
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
        _ => by_zeros(bytes),
    }
}

/// Half of the letters and all spaces and signs of a Vietnamese text lie below U+0100: every
/// other byte of UTF-16 is then zero, and hardly one in between.
fn by_zeros(bytes: &[u8]) -> Option<&'static Encoding> {
    let pairs = bytes.len().min(1024) / 2;
    if pairs < 8 {
        return None;
    }
    let zeros = |from: usize| {
        let every = bytes[from..2 * pairs].iter().step_by(2);
        every.filter(|byte| **byte == 0).count()
    };
    let (high, low) = (zeros(0), zeros(1));
    if 2 * low >= pairs && 50 * high <= pairs {
        Some(UTF_16LE)
    } else if 2 * high >= pairs && 50 * low <= pairs {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// How much of a text is UTF-8, where a few places are broken (cut short, badly joined).
struct Wholeness {
    /// Whole letters outside ASCII.
    whole: usize,
    /// Places that are none; two bytes in a row are one.
    broken: usize,
}

impl Wholeness {
    fn of(bytes: &[u8]) -> Self {
        let (mut whole, mut broken) = (0, 0);
        let mut in_row = false;
        for chunk in bytes.utf8_chunks() {
            whole += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
            if chunk.invalid().is_empty() {
                continue;
            }
            let second = in_row && chunk.valid().is_empty();
            broken += usize::from(!second);
            in_row = !second;
        }
        Self { whole, broken }
    }

    /// The end of a body that was cut is one broken place, however short the text.
    fn is_likely(&self) -> bool {
        self.whole > 0 && self.broken <= 1 + self.whole / WHOLE_FOR_BROKEN
    }

    fn is_sure(&self) -> bool {
        self.broken * WHOLE_FOR_BROKEN <= self.whole
    }
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
mod broken;
#[cfg(test)]
mod tests;
