//! The passage: short, whole words, marks exact.

use proptest::prelude::*;

use super::{document, spans};
use crate::alert::excerpt::{MAX_EXCERPT, excerpt};
use crate::alert::{Excerpt, one_line};
use crate::document::{Document, Field};
use crate::scan::TermSpan;

/// The passage with its marks shown as brackets.
fn shown(excerpt: &Excerpt) -> String {
    let mut out = String::new();
    let mut at = 0;
    for mark in &excerpt.marks {
        out.push_str(&excerpt.text[at..mark.start]);
        out.push('[');
        out.push_str(&excerpt.text[mark.clone()]);
        out.push(']');
        at = mark.end;
    }
    out.push_str(&excerpt.text[at..]);
    out
}

fn cut(title: &str, text: &str, terms: &[&str]) -> String {
    let document = document(title, text);
    let mut all = spans(&document, Field::Title, terms);
    all.extend(spans(&document, Field::Text, terms));
    shown(&excerpt(&document, &all))
}

#[test]
fn the_passage_shows_the_match_and_nothing_hidden() {
    let rows: [(&str, &str, &[&str], &str); 9] = [
        (
            "T",
            "Nghe nói vắc xin gây vô sinh đấy",
            &["vắc xin", "vô sinh"],
            "Nghe nói [vắc xin] gây [vô sinh] đấy",
        ),
        (
            "Vắc xin và vô sinh",
            "Xem tin.",
            &["Vắc xin", "vô sinh"],
            "[Vắc xin] và [vô sinh]",
        ),
        (
            "Vắc xin và vô sinh",
            "Bác sĩ nói gì về chuyện này?\n\nMời xem.",
            &["Vắc xin", "vô sinh"],
            "[Vắc xin] và [vô sinh] — Bác sĩ nói gì về chuyện này? Mời xem.",
        ),
        (
            "T",
            "v\u{200b}ắ\u{200b}c xin\r\n\r\ngây\u{202e} vô sinh",
            &["v\u{200b}ắ\u{200b}c xin", "vô sinh"],
            "[vắc xin] gây [vô sinh]",
        ),
        (
            "T",
            "a\0b \t vắc xin \u{7}x",
            &["vắc xin"],
            "ab [vắc xin] x",
        ),
        (
            "T",
            "vắc xinh đẹp vắc xin",
            &["vắc xin"],
            "[vắc xin]h đẹp [vắc xin]",
        ),
        // Decomposed in the original, composed in the passage.
        (
            "T",
            "tiêm va\u{306}\u{301}c xin",
            &["va\u{306}\u{301}c xin"],
            "tiêm [vắc xin]",
        ),
        // Overlapping terms.
        (
            "T",
            "tiêm vắc xin ngừa",
            &["tiêm vắc xin", "vắc xin ngừa"],
            "[tiêm vắc xin ngừa]",
        ),
        ("", "", &["x"], ""),
    ];
    for (title, text, terms, want) in rows {
        assert_eq!(cut(title, text, terms), want, "{text:?}");
    }
}

#[test]
fn a_long_text_is_cut_at_sentences_around_the_densest_match() {
    let filler = "Hôm nay chợ họp đông hơn mọi khi. ".repeat(40);
    let text = format!(
        "vắc xin về xã. {filler}Bà con kháo nhau vắc xin làm con gái vô sinh. {filler}vô sinh là bệnh khó."
    );
    let got = cut("T", &text, &["vắc xin", "vô sinh"]);
    assert!(got.starts_with("… Hôm nay chợ"), "{got}");
    assert!(got.ends_with("mọi khi. …"), "{got}");
    assert!(
        got.contains("kháo nhau [vắc xin] làm con gái [vô sinh]. "),
        "{got}"
    );
    let length = got.chars().filter(|c| !matches!(c, '[' | ']')).count();
    assert!((300..=MAX_EXCERPT).contains(&length), "{length}");
}

#[test]
fn a_text_without_borders_is_cut_all_the_same() {
    let text = format!("{}vắc xin{}", "x".repeat(20_000), "y".repeat(20_000));
    let got = cut("T", &text, &["vắc xin"]);
    assert!(got.contains("[vắc xin]"), "{got}");
    assert!(got.starts_with("… x") && got.ends_with("y …"), "{got}");
}

#[test]
fn letters_that_come_apart_when_composed_stay_within_the_limit() {
    let text = format!("vắc xin {}", "\u{fb4c}".repeat(600));
    let document = document("T", &text);
    let got = excerpt(&document, &spans(&document, Field::Text, &["vắc xin"]));
    assert!(
        got.text.chars().count() <= MAX_EXCERPT,
        "{}",
        got.text.chars().count()
    );
    assert_eq!(&got.text[got.marks[0].clone()], "vắc xin");
}

#[test]
fn one_line_keeps_words_whole() {
    let rows = [
        ("  a \n b\t\tc ", 10, "a b c"),
        ("một hai ba bốn năm", 12, "một hai ba…"),
        ("xxxxxxxxxxxxxxxxxxxx", 5, "xxxx…"),
        ("\u{202e}\u{200b}", 5, ""),
        ("é", 1, "é"),
        ("e\u{301}", 1, "é"),
        ("ab", 0, "…"),
    ];
    for (text, max, want) in rows {
        assert_eq!(one_line(text, max), want, "{text:?}");
    }
}

fn words() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        4 => Just("vắc xin".to_owned()),
        2 => Just("vô sinh".to_owned()),
        6 => "[a-zăâđêôơưáàảãạ]{1,8}",
        2 => Just(". ".to_owned()),
        1 => Just("\n\n".to_owned()),
        1 => any::<char>().prop_map(String::from),
        1 => Just("\u{200b}\u{202e}".to_owned()),
        1 => "\\PC{0,60}",
    ];
    prop::collection::vec(word, 0..300).prop_map(|words| words.join(" "))
}

#[test]
fn marks_that_are_two_when_decomposed_count_as_two() {
    for text in [
        "vắc xin \u{11347}\u{fa7}\u{1171d}",
        "a\u{301}\u{302}\u{fa7}\u{303}",
        "ế\u{301}\u{302}",
    ] {
        let once = one_line(text, 100);
        assert_eq!(one_line(&once, 100), once, "{text:?}");
    }
}

proptest! {
    #[test]
    fn any_text_gives_a_sound_passage(title in words(), text in words(), wild in prop::collection::vec((0usize..4000, 0usize..40), 0..4)) {
        let document = document(&title, &text);
        let mut all = spans(&document, Field::Text, &["vắc xin", "vô sinh"]);
        // Ranges that are no honest match must do no harm either.
        for (start, length) in wild {
            all.push(TermSpan {
                field: Field::Text,
                range: start..start + length,
                term: "x".into(),
                tier: crate::scan::Tier::Exact,
            });
        }
        sound(&document, &all)?;
    }
}

fn sound(document: &Document, all: &[TermSpan]) -> Result<(), TestCaseError> {
    let got = excerpt(document, all);
    prop_assert!(got.text.chars().count() <= MAX_EXCERPT);
    prop_assert_eq!(one_line(&got.text, MAX_EXCERPT), got.text.trim_end());
    let mut at = 0;
    for mark in &got.marks {
        prop_assert!(mark.start >= at && mark.start < mark.end, "{:?}", got);
        prop_assert!(got.text.get(mark.clone()).is_some(), "{:?}", got);
        at = mark.end;
    }
    let honest = all.iter().any(|span| {
        document
            .text
            .get(span.range.clone())
            .is_some_and(|m| m.starts_with('v'))
    });
    if honest {
        prop_assert!(!got.marks.is_empty(), "{:?}", got);
    }
    Ok(())
}
