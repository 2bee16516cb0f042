use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

use super::letter::{Kind, LetterTable, gap};
use super::*;

/// Writings of one word.
const SAME: &[&[&str]] = &[
    &[
        "vắc xin",
        "VẮC XIN",
        "vă\u{301}c-xin",
        "va\u{301}\u{306}c xin",
        "Vắc  Xin.",
    ],
    &["hòa", "hoà", "HOÀ", "hòà"],
    &[
        "lượng",
        "lựơng",
        "lu\u{31b}o\u{31b}\u{323}ng",
        "lươ\u{323}ng",
    ],
    &["đường", "Ðường", "ðường", "ĐƯỜNG"],
    &["quý", "qúy"],
    &["khỏe", "khoẻ"],
    &["người", "nցười", "ngườ\u{200b}i", "ｎｇười"],
    &["không", "кʜôɴɢ"],
    &["fi", "ﬁ"],
    &["武汉", "武汉"],
];

/// Words that are not the same.
const DIFFERENT: &[(&str, &str)] = &[
    ("vắc", "vạc"),
    ("toan", "toán"),
    ("dau", "đau"),
    ("thúy", "thúi"),
    ("mua", "mưa"),
    ("chưa", "chữa"),
    ("ba", "bă"),
];

#[test]
fn keys_are_equal_for_all_writings_of_a_word() {
    for group in SAME {
        for writing in *group {
            assert_eq!(key(writing), key(group[0]), "{writing} and {}", group[0]);
        }
    }
    for (one, other) in DIFFERENT {
        assert_ne!(key(one), key(other));
    }
}

#[test]
fn marks_are_taken_off() {
    assert_eq!(unmarked("Đường hầm VẮC-XIN"), "duong ham vac xin");
    assert_eq!(unmarked("nghiễng"), "nghieng");
}

#[test]
fn syllables_have_exact_ranges() {
    let text = "“Vă\u{301}c-xin”, \u{feff}COVID19…";
    let words: Vec<&str> = syllables(text).map(|s| s.text).collect();
    assert_eq!(words, ["Vă\u{301}c", "xin", "COVID19"]);
    assert!(syllables(text).all(|s| &text[s.range.clone()] == s.text));
}

#[test]
fn possible_syllables_and_words() {
    for syllable in [
        "nghiêng",
        "gì",
        "quyển",
        "khuya",
        "ương",
        "yêu",
        "Hoà",
        "đ\u{1ea1}i",
        "giếng",
    ] {
        assert!(is_syllable(syllable), "{syllable}");
    }
    for other in [
        "vac", "văc", "xyz", "ngiêng", "kông", "covid", "vắcxin", "w", "đd", "", "hai từ",
    ] {
        assert!(!is_syllable(other), "{other}");
    }
    for word in ["chưa", "khỏi", "đọc", "bình", "sỹ"] {
        assert!(is_word(word), "{word}");
    }
    for other in ["triêu", "thuôc", "khoi", "nhiẽm", "bac"] {
        assert!(!is_word(other), "{other} is a word");
    }
}

#[test]
fn look_alikes_are_read_from_the_table() {
    let (homoglyphs, bad) = Homoglyphs::parse(include_str!("../../keywords/homoglyphs.tsv"));
    assert_eq!(bad, []);
    assert_eq!(homoglyphs.get('н'), Some("h"));
    assert_eq!(homoglyphs.get('Н'), Some("h"));
    assert_eq!(homoglyphs.get('🅓'), Some("d"));
    let (own, bad) = Homoglyphs::parse("ꝋ\to # a letter\nU+A730 f\nab\tc\n\tx\n");
    assert_eq!(own.get('ꝋ'), Some("o"));
    assert_eq!(own.get('\u{a730}'), Some("f"));
    assert_eq!(bad, [BadRow(3), BadRow(4)]);
    let table = LetterTable::new(&own);
    assert_eq!(table.entry('ꝋ').base(), b'o');
    assert!(table.entry('ꝋ').disguised());
}

#[test]
fn ascii_cannot_be_read_otherwise() {
    let (own, bad) = Homoglyphs::parse("0\to\na\tb\n");
    assert_eq!(own, Homoglyphs::none());
    assert_eq!(bad.len(), 2);
}

#[test]
fn characters_between_words() {
    let table = LetterTable::builtin();
    for (c, bits) in [
        (' ', gap::SPACE),
        ('\u{a0}', gap::SPACE),
        ('\u{2011}', gap::HYPHEN | gap::SPLITTER),
        ('.', gap::STOP | gap::SPLITTER),
        ('…', gap::STOP),
        ('💉', gap::EMOJI | gap::SPLITTER),
        ('“', gap::OTHER),
        ('\n', gap::NEWLINE),
    ] {
        assert_eq!(table.entry(c).kind(), Kind::Gap, "{c:?}");
        assert_eq!(table.entry(c).gap(), bits, "{c:?}");
    }
    for c in ['\u{200b}', '\u{ad}', '\u{feff}', '\u{e0041}'] {
        assert_eq!(table.entry(c).kind(), Kind::Ignorable, "{c:?}");
    }
}

/// Pieces of the kind that a fold stumbles over: marks on marks, long runs.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "vắc", "xin", "a", "o", "đ", "\u{301}", "\u{300}", "\u{323}", "\u{306}", "\u{302}",
        "\u{31b}", "\u{200b}", "н", "ᴆ", "19", " ", ".", "ﬁ", "İ", "×", "武",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn the_fold_is_idempotent_on_marks_and_long_words(text in pieces()) {
        let once = key(&text);
        prop_assert_eq!(key(&once), once);
    }

    #[test]
    fn the_fold_is_idempotent(text in any::<String>()) {
        let once = key(&text);
        prop_assert_eq!(key(&once), once);
        let bare = unmarked(&text);
        prop_assert_eq!(unmarked(&bare), bare);
    }

    #[test]
    fn normal_forms_do_not_count(text in "[a-zA-ZăâđêôơưáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵĐĂÂ ]{0,40}") {
        let decomposed: String = text.nfd().collect();
        prop_assert_eq!(key(&decomposed), key(&text));
        prop_assert_eq!(key(&text.to_uppercase()), key(&text));
    }

    #[test]
    fn ranges_lie_on_character_borders(text in any::<String>()) {
        let mut end = 0;
        for syllable in syllables(&text) {
            prop_assert!(syllable.range.start >= end && !syllable.range.is_empty());
            prop_assert_eq!(text.get(syllable.range.clone()), Some(syllable.text));
            end = syllable.range.end;
        }
    }
}
