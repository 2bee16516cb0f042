//! Bytes in every encoding that Vietnamese text comes in, whatever they claim.

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
    let xml =
        |charset: &str| format!("<?xml version=\"1.0\" encoding=\"{charset}\"?><rss>{SAID}</rss>");
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
            "UTF-16 little, plain",
            utf16(SAID, true, false),
            None,
            Markup::Plain,
            "UTF-16LE",
        ),
        (
            "UTF-16 big, plain",
            utf16(SAID, false, false),
            Some("text/plain; charset=utf-8"),
            Markup::Plain,
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

/// TCVN3 as its keyboards write it: capitals with tones are small letters.
fn tcvn3(text: &str) -> String {
    const SMALL: &str = "ĂÂÊÔƠƯĐăâêôơưđ······àảãáạ·ằẳẵắ·······ặầẩẫấậè·ẻẽéẹềểễếệìỉ···ĩíịò·ỏõóọồổỗốộờởỡớợù·ủũúụừửữứựỳỷỹýỵ";
    let at = |c: char| SMALL.chars().position(|letter| letter == c);
    let byte = |c: char| {
        let small = c.to_lowercase().next().unwrap();
        let at = at(c).or_else(|| at(small)).filter(|_| !c.is_ascii());
        at.map_or(c, |at| char::from(u8::try_from(0xa1 + at).unwrap()))
    };
    text.chars().map(byte).collect()
}

/// VNI: the shape or tone stands behind its letter.
fn vni(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        let small = c.to_lowercase().next().unwrap();
        let single = match small {
            'đ' => Some('ñ'),
            'ơ' => Some('ô'),
            'ư' => Some('ö'),
            'í' => Some('í'),
            'ì' => Some('ì'),
            'ỉ' => Some('æ'),
            'ĩ' => Some('ó'),
            'ị' => Some('ò'),
            'ỵ' => Some('î'),
            _ => None,
        };
        let big = |western: char| {
            if c.is_uppercase() {
                western.to_uppercase().next().unwrap()
            } else {
                western
            }
        };
        if let Some(single) = single {
            out.push(big(single));
            continue;
        }
        let apart: Vec<char> = std::iter::once(small).nfd().collect();
        let base = apart[0];
        let has = |mark: char| apart.contains(&mark);
        let tone = |marks: [char; 6]| {
            let tones = ['\u{301}', '\u{300}', '\u{309}', '\u{303}', '\u{323}'];
            let at = tones.iter().position(|tone| has(*tone));
            marks[at.map_or(5, |at| at)]
        };
        let mark = if has('\u{302}') {
            tone(['á', 'à', 'å', 'ã', 'ä', 'â'])
        } else if has('\u{306}') {
            tone(['é', 'è', 'ú', 'ü', 'ë', 'ê'])
        } else {
            tone(['ù', 'ø', 'û', 'õ', 'ï', '\0'])
        };
        let base = match (base, has('\u{31b}')) {
            ('o', true) => 'ô',
            ('u', true) => 'ö',
            (base, _) => base,
        };
        out.push(big(base));
        if mark != '\0' {
            out.push(big(mark));
        }
    }
    out
}

fn western(text: &str) -> Vec<u8> {
    text.chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect()
}

/// Every syllable of the vocabulary, small and with a capital.
fn every_word() -> Vec<String> {
    let words: Vec<&str> = include_str!("../words.txt").split_whitespace().collect();
    assert!(words.len() > 3000, "{}", words.len());
    let capital = |word: &str| {
        let mut letters = word.chars();
        let first: String = letters.next().unwrap().to_uppercase().collect();
        first + letters.as_str()
    };
    words
        .iter()
        .flat_map(|word| {
            [
                (*word).nfc().collect(),
                capital(&word.nfc().collect::<String>()),
            ]
        })
        .collect()
}

#[test]
fn every_syllable_comes_back_from_the_fonts() {
    for word in every_word() {
        let read = fonts::Font::Tcvn3.decode(&tcvn3(&word)).unwrap();
        // Capitals with tones are small there.
        assert_eq!(read.to_lowercase(), word.to_lowercase());
        assert_eq!(
            fonts::Font::Vni.decode(&vni(&word)).unwrap(),
            word,
            "{}",
            vni(&word)
        );
    }
}

#[test]
fn text_for_fonts_is_read_as_it_was_shown() {
    let motto = "Cộng hòa xã hội chủ nghĩa Việt Nam. Độc lập - Tự do - Hạnh phúc.";
    for (written, font) in [
        (
            "Céng hßa x· héi chñ nghÜa ViÖt Nam. §éc lËp - Tù do - H¹nh phóc.",
            "TCVN3",
        ),
        (
            "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam. Ñoäc laäp - Töï do - Haïnh phuùc.",
            "VNI",
        ),
    ] {
        assert_eq!(shown(written), motto);
        assert_eq!(shown(motto), motto);
        // As bytes, whatever is declared; as a page; as UTF-8.
        let page =
            format!("<html><body title='Tr¾ng'><p>{written}</p><i>Ngày 2/9, đã</i></body></html>");
        for header in [
            None,
            Some("text/html; charset=iso-8859-1"),
            Some("text/html; charset=windows-1258"),
            Some("text/html; charset=utf-8"),
        ] {
            let read = decode(&western(written), header, Markup::Html);
            assert_eq!((&*read.text, read.encoding), (motto, font), "{header:?}");
        }
        let read = decode(page.as_bytes(), None, Markup::Html);
        assert!(
            read.text.contains(&format!(
                "<body title='Tr¾ng'><p>{motto}</p><i>Ngày 2/9, đã</i>"
            )),
            "{}",
            read.text
        );
    }
    // Titles in a font of capitals, and with the capitals typed.
    let title = "Uû ban nh©n d©n huyÖn. CéNG HßA X· HéI CHñ NGHÜA VIÖT NAM. bé y tÕ th«ng b¸o";
    assert_eq!(
        shown(title),
        "Uỷ ban nhân dân huyện. CỘNG HÒA Xã HỘI CHỦ NGHĨA VIỆT NAM. bộ y tế thông báo"
    );
    let said = decode(&western(&tcvn3(SAID)), Some("text/html"), Markup::Html);
    assert_eq!(
        (&*said.text.to_lowercase(), said.encoding),
        (&*SAID.to_lowercase(), "TCVN3")
    );
    let said = decode(&western(&vni(SAID)), Some("text/html"), Markup::Html);
    assert_eq!((&*said.text, said.encoding), (SAID, "VNI"));
}

#[test]
fn viscii_is_told_by_its_words() {
    let letters: Vec<char> = viscii::decode(&(0..=255).collect::<Vec<u8>>())
        .chars()
        .collect();
    let bytes: Vec<u8> = SAID
        .chars()
        .map(|c| u8::try_from(letters.iter().position(|letter| *letter == c).unwrap()).unwrap())
        .collect();
    for header in [
        None,
        Some("text/html; charset=viscii"),
        Some("text/html; charset=utf-8"),
        Some("text/html; charset=iso-8859-1"),
    ] {
        let read = decode(&bytes, header, Markup::Html);
        assert_eq!((&*read.text, read.encoding), (SAID, "VISCII"), "{header:?}");
    }
    let distinct: std::collections::HashSet<char> = letters.iter().copied().collect();
    assert_eq!(distinct.len(), 256);
}

#[test]
fn ordinary_text_is_left_as_it_is() {
    for text in [
        SAID,
        "Cà phê và bánh mì: đi chợ về, có thì mua, không thì thôi. Là gì? Bà tôi bán hàng ở đó.",
        "Cà phê là gì? Bà có hàng thì cho hai ông bà về quê.",
        "L'été dernier, à Genève, le théâtre a été fermé; très déçus, les élèves ont protesté.",
        "El niño está aquí; mañana será otro día. ¿Qué más? Así, sí, mí, tú, él.",
        "Größe, Straße, für, über, müssen, können, schön, Äpfel und Öl; 5 × 4 = 20 ± 1 °C.",
        "Não há informação; são os irmãos à porta. Você é só um avô, pá!",
        "Åse på øya så æren; også få må gå på blåbærtur.",
        "© 2021 Báo Mẫu® · 20 °C ± 2 · «trích» ½ ¼ ¾",
        "Dấu tiếng Việt tổ hợp: Tiê\u{301}ng Viê\u{323}t",
        "Xã hội · héi lµ ch÷ cò nh\u{ad}ng dßng nµy lÉn ch÷ míi",
    ] {
        assert_eq!(shown(text), text);
        let bytes = WINDOWS_1252.encode(text);
        if !bytes.2 {
            let header = Some("text/plain; charset=windows-1252");
            assert_eq!(decode(&bytes.0, header, Markup::Plain).text, text);
        }
    }
    let legacy = windows_1258(SAID);
    assert_eq!(
        decode(&legacy, None, Markup::Plain).encoding,
        "windows-1258"
    );
}

/// Text of others, kept outside the tree.
#[test]
fn a_corpus_is_left_as_it_is() {
    let Some(corpus) = std::env::var_os("CANHTIN_CORPUS") else {
        println!("skipped: CANHTIN_CORPUS is not set");
        return;
    };
    let corpus = std::path::Path::new(&corpus);
    let mut lines = 0;
    for file in ["news.jsonl", "comments.jsonl", "laws.jsonl"] {
        let text = std::fs::read_to_string(corpus.join("text").join(file)).unwrap();
        for line in text.lines() {
            lines += 1;
            assert!(fonts::mended(line).is_none(), "{file}: {line:.200}");
        }
    }
    assert!(lines > 10_000, "{lines}");
    let legacy = corpus.join("legacy/charset");
    let read = |name: &str| {
        decode(
            &std::fs::read(legacy.join(name)).unwrap(),
            None,
            Markup::Plain,
        )
    };
    let utf8 = read("uchardet_utf-8.txt");
    let viscii = read("uchardet_viscii.txt");
    let windows = read("uchardet_windows-1258.txt");
    assert_eq!(
        (utf8.encoding, viscii.encoding, windows.encoding),
        ("UTF-8", "VISCII", "windows-1258")
    );
    println!("{}\n{}\n{}", utf8.text, viscii.text, windows.text);
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
