//! Any bytes as text: no panic, no mark left at the beginning, valid UTF-8 as it stands unless
//! it was written for a font, and that only once.
#![no_main]

use canhtin::text::charset::{Markup, decode, shown};
use libfuzzer_sys::fuzz_target;

const CLAIMS: [Option<&str>; 6] = [
    None,
    Some("text/html; charset=utf-8"),
    Some("text/html; charset=windows-1258"),
    Some("text/html; charset=iso-8859-1"),
    Some("text/xml; charset=shift_jis"),
    Some("text/html; charset=utf-16le"),
];

fuzz_target!(|bytes: &[u8]| {
    for claim in CLAIMS {
        for markup in [Markup::Html, Markup::Xml, Markup::Plain] {
            let read = decode(bytes, claim, markup);
            assert!(read.text.len() <= 4 * bytes.len());
            if let (Ok(text), "UTF-8") = (std::str::from_utf8(bytes), read.encoding) {
                let text = text.strip_prefix('\u{feff}').unwrap_or(text);
                assert!(read.text == text || read.text == shown(text));
            }
        }
    }
});
