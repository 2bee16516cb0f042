//! What is said of documents, sentences and several terms at once.

use super::*;
use crate::document::Field;
use crate::scan::Tier;

fn occurrences(terms: &[&str], title: &str, text: &str) -> (Vec<Occurrence>, DocumentShape) {
    let mut found = Vec::new();
    let shape = matcher(terms).find(title, text, &mut Scratch::default(), &mut found);
    (found, shape)
}

#[test]
fn sentences_paragraphs_and_syllables_are_numbered_through_the_document() {
    let text = "Một chết. Hai chết! TS. Nam chết 3.5 lần\nchết.\n\nBa chết ở TP.HCM chết.Bốn chết";
    let (found, shape) = occurrences(&["chết"], "Tin chết. Hay chết", text);
    let places: Vec<_> = found
        .iter()
        .map(|o| (o.field, o.sentence, o.paragraph, o.syllables.start))
        .collect();
    assert_eq!(
        places,
        [
            (Field::Title, 0, 0, 1),
            (Field::Title, 1, 0, 3),
            (Field::Text, 2, 1, 5),
            (Field::Text, 3, 1, 7),
            (Field::Text, 4, 1, 10),
            (Field::Text, 4, 1, 14),
            (Field::Text, 5, 2, 16),
            (Field::Text, 5, 2, 20),
            (Field::Text, 6, 2, 22),
        ]
    );
    assert_eq!(shape.syllables, 23);
    assert!(shape.marks && shape.capitals);
}

#[test]
fn overlapping_and_nested_terms_are_all_reported() {
    let terms = [
        "xét nghiệm",
        "nghiệm nhanh",
        "xét nghiệm nhanh",
        "nhanh",
        "xét nghiệm",
    ];
    let (found, _) = occurrences(&terms, "", "xét nghiệm nhanh");
    let seen: Vec<_> = found.iter().map(|o| (o.range.clone(), o.term)).collect();
    let (one, two) = ("xét ".len(), "xét nghiệm ".len());
    let end = "xét nghiệm nhanh".len();
    assert_eq!(
        seen,
        [
            (0..two - 1, 0),
            (0..two - 1, 4),
            (0..end, 2),
            (one..end, 1),
            (two..end, 3),
        ]
    );
    assert!(found.iter().all(|o| o.tier == Tier::Exact));
}

#[test]
fn the_title_counts_for_marks_and_capitals() {
    let terms = ["sốt [loose]", "Bạch Thông [name]"];
    assert_eq!(occurrences(&terms, "", "bi sot o bach thong").0.len(), 2);
    assert_eq!(
        occurrences(&terms, "Tin nóng", "bi sot o bach thong")
            .0
            .len(),
        0
    );
    assert_eq!(
        occurrences(&terms, "tin nóng", "bi sot o bach thong")
            .0
            .len(),
        1
    );
    assert_eq!(
        occurrences(&terms, "Tin nong", "bi sot o bach thong")
            .0
            .len(),
        2
    );
}

#[test]
fn a_page_of_mixed_alphabets_shows_as_such() {
    let (_, plain) = occurrences(&["chết"], "", "Một câu bình thường");
    assert_eq!(plain.mixed_script_permille, 0);
    let (_, mixed) = occurrences(&["chết"], "", "ĸнông ai вiết gì");
    assert_eq!(mixed.mixed_script_permille, 500);
}

#[test]
fn one_scratch_serves_several_matchers() {
    let (one, two) = (matcher(&["vắc xin"]), matcher(&["xin vắc", "xin"]));
    let (mut scratch, mut found) = (Scratch::default(), Vec::new());
    for _ in 0..3 {
        one.find("", "vắc xin vắc", &mut scratch, &mut found);
        assert_eq!(found.iter().map(|o| o.term).collect::<Vec<_>>(), [0]);
        two.find("", "vắc xin vắc", &mut scratch, &mut found);
        assert_eq!(found.iter().map(|o| o.term).collect::<Vec<_>>(), [1, 0]);
    }
}

#[test]
fn odd_terms_do_no_harm() {
    let long = "a".repeat(500);
    let many = "dài ".repeat(40);
    let terms = [
        "",
        "...",
        &long,
        &many,
        "TP.HCM",
        "5,5 tỷ",
        "bệnh/dịch",
        "xin",
    ];
    let (found, _) = occurrences(
        &terms,
        "",
        "xin TP.HCM 5,5 tỷ, bệnh/dịch và TP HCM bệnh. dịch",
    );
    let terms: Vec<u32> = found.iter().map(|o| o.term).collect();
    assert_eq!(terms, [7, 4, 5, 6, 4]);
    assert!(occurrences(&[], "a", "b").0.is_empty());
}
