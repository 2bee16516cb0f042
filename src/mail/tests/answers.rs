//! The links under a story.

use super::bundles::{office, one, settings};
use crate::mail::{AnswerKey, Answers, MAX_MAIL, Settings, compose};
use crate::message::Lang;

fn with_answers() -> Settings {
    let mut settings = settings();
    settings.answers = Some(Answers {
        address: "canhtin+tra-loi@deomay.example".parse().unwrap(),
        key: Some(AnswerKey::new([7; 32])),
        mailbox: None,
    });
    settings
}

#[test]
fn each_story_has_five_links_in_both_parts_where_answers_are_taken() {
    let bundle = one();
    let office = office(Lang::Vi);
    let plain = compose(&bundle, &office, &settings()).unwrap();
    let raw = compose(&bundle, &office, &with_answers()).unwrap().raw;
    assert!(raw.len() < MAX_MAIL);
    let count = |raw: &[u8]| {
        let text = quoted_printable::decode(raw, quoted_printable::ParseMode::Robust).unwrap();
        let text = String::from_utf8(text).unwrap();
        text.matches("mailto:canhtin%2Btra-loi@deomay.example?subject=%5Bcanhtin%20")
            .count()
    };
    assert_eq!(count(&plain.raw), 0);
    assert_eq!(count(&raw), 2 * 5);
    // Without the key there is nothing to answer with.
    let mut keyless = with_answers();
    keyless.answers.as_mut().unwrap().key = None;
    assert_eq!(compose(&bundle, &office, &keyless).unwrap(), plain);
}
