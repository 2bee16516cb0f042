//! UTF-8 with broken places stays UTF-8.

use super::{Markup, decode};

const FEED: &str = "<rss><channel><item><title>Mở cửa trạm y tế</title>\
    <description>§</description></item></channel></rss>";

/// The feed with these bytes in it, and its declaration.
fn feed(declared: &str, bytes: &[u8]) -> Vec<u8> {
    let (before, after) = FEED.split_once('§').unwrap();
    [
        declared.as_bytes(),
        before.as_bytes(),
        bytes,
        after.as_bytes(),
    ]
    .concat()
}

#[test]
fn a_few_broken_bytes_do_not_garble_the_rest() {
    let utf8 = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    let letters = "Trạm y tế xã mở cửa cả ngày thứ bảy, bà con đến khám không mất tiền. ".repeat(3);
    let mid = [letters.as_bytes(), b"\xff", letters.as_bytes(), b"\xe1\xba"].concat();
    for (name, declared, bytes, header) in [
        ("two bytes, short", utf8, &b"\xff\xfe"[..], None),
        (
            "two bytes, header",
            "",
            b"\xff\xfe",
            Some("text/xml; charset=utf-8"),
        ),
        ("two bytes, nothing said", "", b"\xff\xfe", None),
        ("half a letter", utf8, b"tr\xe1\xbam", None),
        ("two places", utf8, &mid, None),
        ("two places, nothing said", "", &mid, None),
        (
            "two places, header untrue",
            "",
            &mid,
            Some("text/xml; charset=iso-8859-1"),
        ),
    ] {
        let decoded = decode(&feed(declared, bytes), header, Markup::Xml);
        assert_eq!(decoded.encoding, "UTF-8", "{name}");
        assert!(
            decoded.text.contains("Mở cửa trạm y tế"),
            "{name}: {}",
            decoded.text
        );
        assert!(
            decoded.had_errors && decoded.text.contains('\u{fffd}'),
            "{name}"
        );
    }
}

#[test]
fn other_encodings_are_not_taken_for_broken_utf8() {
    let label = |encoding: &'static encoding_rs::Encoding| {
        format!("<?xml version=\"1.0\" encoding=\"{}\"?>", encoding.name())
    };
    for (encoding, text) in [
        (encoding_rs::WINDOWS_1252, "déjà vu à l’hôtel"),
        (encoding_rs::GBK, "卫生站整个星期六开放"),
        (encoding_rs::SHIFT_JIS, "保健所は土曜日も開いています"),
        (encoding_rs::EUC_KR, "보건소는 토요일에도 문을 엽니다"),
        (encoding_rs::WINDOWS_1251, "Медпункт открыт всю субботу"),
    ] {
        let (bytes, _, unmappable) = encoding.encode(text);
        assert!(!unmappable);
        for declared in [String::new(), label(encoding)] {
            let body = [
                declared.as_bytes(),
                b"<rss><title>",
                &*bytes,
                b"</title></rss>",
            ]
            .concat();
            let decoded = decode(&body, None, Markup::Xml);
            assert_ne!(
                decoded.encoding,
                "UTF-8",
                "{}: {}",
                encoding.name(),
                decoded.text
            );
            assert!(
                declared.is_empty() || decoded.text.contains(text),
                "{}",
                decoded.text
            );
        }
    }
}
