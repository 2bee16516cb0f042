//! Our own set of surfaces and traps: every term of a list of the field, through every
//! transformation that leaves its meaning and every one that does not.

use unicode_normalization::UnicodeNormalization;

use super::*;
use crate::text;

/// Phrases of two syllables or more, as lists have them.
const TERMS: [&str; 60] = [
    "vắc xin",
    "tiêm chủng",
    "tác dụng phụ",
    "đông máu",
    "vô sinh",
    "biến đổi gen",
    "tử vong",
    "ca nhiễm",
    "ổ dịch",
    "cách ly",
    "phong tỏa",
    "giãn cách",
    "khẩu trang",
    "xét nghiệm",
    "dương tính",
    "âm tính",
    "nước muối",
    "súc miệng",
    "xông hơi",
    "tỏi đen",
    "thuốc nam",
    "chữa khỏi",
    "kháng sinh",
    "trực thăng",
    "phun thuốc",
    "khử khuẩn",
    "thiết quân luật",
    "giới nghiêm",
    "đóng cửa",
    "tích trữ",
    "hết gạo",
    "lừa đảo",
    "giả mạo",
    "chuyển khoản",
    "tin giả",
    "tin đồn",
    "bưng bít",
    "giấu dịch",
    "bệnh viện",
    "bác sĩ",
    "bộ y tế",
    "lò thiêu",
    "xác chết",
    "lây nhiễm",
    "biến chủng",
    "sức khỏe",
    "hỗ trợ",
    "từ thiện",
    "quyên góp",
    "thất thủ",
    "vỡ trận",
    "gắn chip",
    "sóng điện thoại",
    "uống rượu",
    "trứng gà",
    "mật ong",
    "đầu độc",
    "nhiễm trùng",
    "khó thở",
    "sốt cao",
];

/// Sentences around the term, marked by `{}`.
const FRAMES: [&str; 4] = [
    "{}",
    "Người dân đồn nhau rằng {}, ai cũng lo.",
    "Hôm qua ở chợ có tin “{}” lan rất nhanh!",
    "Cán bộ xã đã nói rõ\n\n{} là chuyện không có thật.",
];

/// The same frames without marks, for documents that have none.
fn bare(text: &str) -> String {
    text.nfd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .map(|c| match c {
            'đ' => 'd',
            'Đ' => 'D',
            c => c,
        })
        .collect()
}

/// Tone marks behind the last vowel, whatever the rules say.
fn late_tones(term: &str) -> String {
    let mut out = Vec::new();
    for word in term.split(' ') {
        let (mut letters, mut tone) = (String::new(), None);
        for c in word.nfd() {
            if "\u{300}\u{301}\u{303}\u{309}\u{323}".contains(c) {
                tone = Some(c);
            } else {
                letters.push(c);
            }
        }
        let vowel = letters.rfind(['a', 'e', 'i', 'o', 'u', 'y']).unwrap_or(0);
        let mut at = vowel + 1;
        while letters[at..].starts_with(['\u{302}', '\u{306}', '\u{31b}']) {
            at += 2;
        }
        letters.insert_str(at, &tone.map(String::from).unwrap_or_default());
        out.push(letters.nfc().collect::<String>());
    }
    out.join(" ")
}

fn between_letters(term: &str, separator: &str) -> String {
    let letters = |word: &str| {
        let letters: Vec<String> = word.nfc().map(String::from).collect();
        letters.join(separator)
    };
    term.split(' ').map(letters).collect::<Vec<_>>().join(" ")
}

/// Letters exchanged for their look-alikes.
fn look_alike(term: &str) -> String {
    let twins = [
        ('a', 'а'),
        ('o', 'о'),
        ('c', 'с'),
        ('h', 'һ'),
        ('n', 'ո'),
        ('i', 'і'),
        ('t', 'т'),
    ];
    term.chars()
        .map(|c| {
            twins
                .iter()
                .find(|(latin, _)| *latin == c)
                .map_or(c, |(_, twin)| *twin)
        })
        .collect()
}

fn fullwidth(term: &str) -> String {
    term.chars()
        .map(|c| match c {
            'a'..='z' => char::from_u32(c as u32 - 'a' as u32 + 0xff41).unwrap(),
            c => c,
        })
        .collect()
}

/// Every surface of a term that must be found.
fn surfaces(term: &str) -> Vec<String> {
    let title: Vec<String> = term
        .split(' ')
        .map(|w| {
            w.chars()
                .take(1)
                .flat_map(char::to_uppercase)
                .chain(w.chars().skip(1))
                .collect()
        })
        .collect();
    let last = term.chars().next_back().unwrap();
    vec![
        term.to_owned(),
        term.nfd().collect(),
        term.to_uppercase(),
        title.join(" "),
        title.concat(),
        late_tones(term),
        term.replace(' ', "-"),
        term.replace(' ', "\u{a0}"),
        term.replace(' ', " – "),
        term.replace(' ', "\n"),
        term.replace(' ', "  "),
        bare(term),
        bare(&term.to_uppercase()),
        term.replace(' ', "_"),
        term.replace(' ', "💉"),
        between_letters(term, "."),
        between_letters(term, "-"),
        between_letters(term, "*"),
        between_letters(term, "\u{200b}"),
        between_letters(term, "\u{ad}"),
        between_letters(term, " "),
        look_alike(term),
        fullwidth(term),
        format!("{term}{last}{last}{last}"),
    ]
}

#[test]
fn surfaces_are_found_with_exact_spans() {
    let (mut all, mut found, mut exact, mut misses) = (0, 0, 0, Vec::new());
    let terms = TERMS.map(term);
    let matcher = TermMatcher::build(&terms, &Homoglyphs::builtin());
    for (index, term) in (0..).zip(TERMS) {
        for (n, surface) in surfaces(term).into_iter().enumerate() {
            let frame = FRAMES[(n + index as usize) % FRAMES.len()];
            let text = frame.replace("{}", &surface);
            let start = frame.find("{}").unwrap();
            all += 1;
            let ranges: Vec<_> = find(&matcher, &text)
                .into_iter()
                .filter(|(found, ..)| *found == index)
                .map(|(_, range, _)| range)
                .collect();
            found += usize::from(!ranges.is_empty());
            if ranges.contains(&(start..start + surface.len())) {
                exact += 1;
            } else {
                misses.push(format!("{surface:?} {ranges:?}"));
            }
        }
    }
    println!(
        "{all} surfaces, {found} found, {exact} exact; not so: {}",
        misses.join(" ")
    );
    assert!(all > 1000);
    assert!(found * 1000 >= all * 990 && exact * 1000 >= all * 980);
}

/// A term with another tone in one syllable: another word.
fn other_tones(term: &str) -> Vec<String> {
    let words: Vec<&str> = term.split(' ').collect();
    let mut traps = Vec::new();
    for at in 0..words.len() {
        for tone in ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'] {
            let other: String = words[at]
                .nfd()
                .map(|c| {
                    if "\u{300}\u{301}\u{303}\u{309}\u{323}".contains(c) {
                        tone
                    } else {
                        c
                    }
                })
                .nfc()
                .collect();
            if text::key(&other) != text::key(words[at]) {
                let mut trap = words.clone();
                trap[at] = &other;
                traps.push(trap.join(" "));
            }
        }
    }
    traps
}

/// Surfaces near a term that are not it.
fn traps(term: &str) -> Vec<String> {
    let words: Vec<&str> = term.split(' ').collect();
    let mut traps = other_tones(term);
    let first = words[0];
    let rest = words[1..].join(" ");
    for border in [
        ". ",
        "! ",
        "? ",
        "... ",
        ", ",
        "; ",
        "\n\n",
        ".",
        " (",
        "” và “",
    ] {
        traps.push(format!("{first}{border}{rest}"));
    }
    traps.push(format!("{first} thì {rest}"));
    traps.push(
        words
            .iter()
            .rev()
            .copied()
            .collect::<Vec<_>>()
            .join(" thì "),
    );
    traps.push(format!("{first}h {rest}"));
    traps.push(format!("{term}ng"));
    traps.push(format!("q{term}"));
    traps.push(format!("http://tin.vn/{}", bare(term).replace(' ', "-")));
    traps.push(format!("www.{}.vn", bare(term).replace(' ', "")));
    traps
}

/// Written by hand: (term, text that must not give it).
const WRITTEN: [(&str, &str); 44] = [
    ("ca", "các cháu ở cao nguyên"),
    ("ho", "hoa nở, họ về, hố sâu"),
    ("sốt", "còn sót lại, sọt rác, một"),
    ("dịch", "đích đến, địch thủ"),
    ("ma", "mà, mã số, má, mạ"),
    ("cúm", "cụm dân cư, cùm tay"),
    ("chết", "chệt, chét"),
    ("toi", "tôi tới tối"),
    ("tỏi", "toi không biết"),
    ("tỏi", "tôi"),
    ("cồn", "con còn cơn"),
    ("ca chết", "cá chết hàng loạt"),
    ("đầu độc", "đầu đọc thẻ"),
    ("chữa khỏi", "bệnh chưa khỏi"),
    ("chữa khỏi", "chưa khởi công"),
    ("dương tính", "đường tình đôi ngã"),
    ("đông máu", "dòng máu Việt"),
    ("vô sinh", "vợ sinh con"),
    ("hết gạo", "hét gào"),
    ("tin giả", "tin giá xăng tăng"),
    ("trứng gà", "trúng ga"),
    ("mua gạo", "mưa gào"),
    ("Phủ Thông [name]", "Chính phủ thông qua"),
    ("Bạch Thông [name]", "Sự minh bạch thông tin"),
    ("Sĩ Bình [name]", "Nghệ sĩ bình dân"),
    ("Quang Thuận [name]", "Vinh quang thuận lợi"),
    ("Dương Phong [name]", "hướng dương phong phú, ở Hà Nội"),
    ("Mỹ Thanh [name]", "thẩm mỹ thanh lịch ở Huế"),
    ("tay", "tai"),
    ("thúy", "thúi"),
    ("thải", "ông T.Hải"),
    ("thải", "ông T. Hải"),
    ("tanh", "bà T.Anh"),
    ("cty", "c.ty xây dựng"),
    ("tphcm", "TP.HCM"),
    ("ôtô", "mua ô-tô"),
    ("lênin", "chủ nghĩa Lê-nin"),
    ("nva", "ông N.V.A bị bắt"),
    ("abcd", "nhóm a b c d"),
    ("abc", "mục a.b.c"),
    ("35", "tăng 3.5 phần trăm"),
    ("1000", "còn 1.000 người"),
    ("vắc xin [strict]", "vac xin"),
    ("tử vong [strict]", "tu vong"),
];

#[test]
fn traps_are_not_taken() {
    let (mut all, mut taken) = (0, Vec::new());
    let terms = TERMS.map(term);
    let matcher = TermMatcher::build(&terms, &Homoglyphs::builtin());
    for (index, term) in (0..).zip(TERMS) {
        for trap in traps(term) {
            let text = format!("Ông ấy kể {trap} ấy mà.");
            all += 1;
            if find(&matcher, &text)
                .iter()
                .any(|(found, ..)| *found == index)
            {
                taken.push(trap);
            }
        }
    }
    for (term, text) in WRITTEN {
        all += 1;
        if !find(&super::matcher(&[term]), text).is_empty() {
            taken.push(text.to_owned());
        }
    }
    println!("{all} traps, {} taken: {}", taken.len(), taken.join(" | "));
    assert!(all > 1000);
    assert!(taken.len() * 1000 <= all * 5);
}
