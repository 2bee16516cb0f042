//! The links by which a mail is answered.

use super::bundles::{answered, digest, follow_up, office, one, settings};
use super::snapshots::head_and_text;
use crate::alert::Bundle;
use crate::mail::answer::Answer;
use crate::mail::compose::html_part;
use crate::mail::{AnswerKey, MAX_MAIL, Settings, compose};
use crate::message::Lang;

/// The alerts that the links in the HTML are about, each with how many there are; the text part
/// has the same.
fn answerable(bundle: &Bundle, settings: &Settings) -> Vec<(String, usize)> {
    let raw = compose(bundle, &office(Lang::Vi), settings).unwrap().raw;
    assert!(raw.len() < MAX_MAIL);
    let key = AnswerKey::new([7; 32]);
    let subjects = |part: &str| -> Vec<String> {
        let links = part
            .split("mailto:canhtin%2Btra-loi@deomay.example?subject=")
            .skip(1);
        let subject = |link: &str| {
            let end = link.find(['&', '"', '\n', '\r']).unwrap_or(link.len());
            link[..end]
                .replace("%5B", "[")
                .replace("%5D", "]")
                .replace("%20", " ")
        };
        links.map(subject).collect()
    };
    let told = subjects(&html_part(&raw).unwrap());
    assert_eq!(told, subjects(&head_and_text(&raw).1));
    let mut found: Vec<(String, usize)> = Vec::new();
    for subject in told {
        let answer = Answer::of_subject(&subject).unwrap();
        assert!(key.knows(&bundle.receiver, &answer), "{subject}");
        match found.iter_mut().find(|(alert, _)| *alert == answer.alert) {
            Some((_, number)) => *number += 1,
            None => found.push((answer.alert, 1)),
        }
    }
    found
}

#[test]
fn each_kind_of_mail_has_five_links_in_both_parts_where_answers_are_taken() {
    let five = |alerts: &[&str]| -> Vec<(String, usize)> {
        alerts
            .iter()
            .map(|alert| ((*alert).to_owned(), 5))
            .collect()
    };
    let rows = [
        (one(), five(&["7k3m9q2xw0ap"])),
        // About what an earlier mail told.
        (follow_up(), five(&["q8w2e4r6t1yz"])),
        // The newest telling of each rumour; of a refuted one what an earlier mail told.
        (
            digest(),
            five(&["0p6w1g8j4kqc", "q8w2e4r6t1yz", "h5t9k2c7x1wd"]),
        ),
    ];
    for (bundle, wanted) in rows {
        assert_eq!(answerable(&bundle, &answered()), wanted);
        assert_eq!(answerable(&bundle, &settings()), []);
        // Without the key there is nothing to answer with.
        let mut keyless = answered();
        keyless.answers.as_mut().unwrap().key = None;
        assert_eq!(answerable(&bundle, &keyless), []);
    }
    // Nothing is known of the earlier mail any more.
    let mut forgotten = follow_up();
    forgotten.known[0].alert = None;
    assert_eq!(answerable(&forgotten, &answered()), []);
}
