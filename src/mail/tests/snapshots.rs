//! The mails as officers get them: read these files when a template or a word changes.

use super::bundles::{answered, digest, follow_up, many, office, one, refuted, settings, several};
use crate::alert::Bundle;
use crate::keyword::Severity;
use crate::mail::compose::{MAX_MAIL, html_part};
use crate::mail::{Composed, compose, test_mail};
use crate::message::Lang;

fn composed(bundle: &Bundle, lang: Lang) -> Composed {
    compose(bundle, &office(lang), &settings()).unwrap()
}

/// The headers and the text part, undone from quoted-printable.
pub(super) fn head_and_text(raw: &[u8]) -> (String, String) {
    let raw = std::str::from_utf8(raw).unwrap();
    let (head, body) = raw.split_once("\r\n\r\n").unwrap();
    let (_, text) = body.split_once("\r\n\r\n").unwrap();
    let (text, _) = text.split_once("\r\n--=_").unwrap();
    let text = quoted_printable::decode(text, quoted_printable::ParseMode::Strict).unwrap();
    let plain = |text: &str| text.replace("\r\n", "\n");
    (plain(head), plain(std::str::from_utf8(&text).unwrap()))
}

macro_rules! snapshots {
    ($name:literal, $mail:expr) => {
        let mail = $mail;
        let (head, text) = crate::mail::tests::snapshots::head_and_text(&mail.raw);
        let html = crate::mail::compose::html_part(&mail.raw)
            .unwrap()
            .replace("\r\n", "\n");
        insta::assert_snapshot!(
            concat!($name, "-head"),
            format!("{}\n\n{head}", mail.subject)
        );
        insta::assert_snapshot!(concat!($name, "-text"), text);
        insta::assert_snapshot!(concat!($name, "-html"), html);
    };
}
pub(super) use snapshots;

#[test]
fn one_item() {
    snapshots!("one-vi", composed(&one(), Lang::Vi));
}

#[test]
fn one_story_refuted() {
    snapshots!("refuted-vi", composed(&refuted(), Lang::Vi));
}

#[test]
fn a_refutation_that_follows() {
    let mut bundle = follow_up();
    snapshots!("follow-up-vi", composed(&bundle, Lang::Vi));
    bundle.alerts[0].title = "x\r\nBcc: a@b.example {{ <script>".repeat(400);
    bundle.alerts[0].source_name = bundle.alerts[0].title.clone();
    let mail = composed(&bundle, Lang::Vi);
    assert!(mail.raw.len() < MAX_MAIL);
    assert!(!mail.raw.windows(6).any(|bytes| bytes == b"\r\nBcc:"));
    assert!(!html_part(&mail.raw).unwrap().contains("<script>"));
}

#[test]
fn several_stories() {
    snapshots!("several-vi", composed(&several(), Lang::Vi));
}

#[test]
fn several_stories_in_english() {
    snapshots!("several-en", composed(&several(), Lang::En));
}

#[test]
fn a_subject_that_is_merely_followed() {
    let mut bundle = one();
    for alert in &mut bundle.alerts {
        alert.severity = Severity::Info;
        alert.title = "Tiêm chủng trên địa bàn huyện".to_owned();
        alert.answer = None;
        alert.links.clear();
    }
    snapshots!("followed-vi", composed(&bundle, Lang::Vi));
}

#[test]
fn a_digest() {
    snapshots!("digest-vi", composed(&digest(), Lang::Vi));
    let mut bundle = digest();
    bundle.occasion = crate::alert::Occasion::Cap;
    snapshots!("storm-en", composed(&bundle, Lang::En));
}

#[test]
fn mails_that_can_be_answered() {
    let composed = |bundle: Bundle| compose(&bundle, &office(Lang::Vi), &answered()).unwrap();
    snapshots!("refuted-answered-vi", composed(refuted()));
    snapshots!("follow-up-answered-vi", composed(follow_up()));
    snapshots!("digest-answered-vi", composed(digest()));
}

#[test]
fn a_long_digest_fits_and_names_every_item_it_can() {
    for (rumours, n) in [(2, 40), (30, 300), (200, 1_500), (1_000, 6_000)] {
        let mut bundle = many(n);
        for (i, alert) in bundle.alerts.iter_mut().enumerate() {
            alert.rule = format!("quy-tac-{}", i % rumours);
        }
        // Each item that can be answered takes room from what is named.
        let mail = compose(&bundle, &office(Lang::Vi), &answered()).unwrap();
        assert!(mail.raw.len() <= MAX_MAIL, "{n}: {}", mail.raw.len());
        let html = html_part(&mail.raw).unwrap();
        let (_, text) = head_and_text(&mail.raw);
        let named = |part: &str| {
            let of = |alert: &&crate::alert::Alert| part.contains(&alert.id);
            bundle.alerts.iter().filter(of).count()
        };
        let shown = named(&html);
        assert_eq!(shown, named(&text), "{n}");
        assert!(shown >= n.min(1_000), "{n}: only {shown} are named");
        if shown < n {
            let rest = format!("và {} tin nữa", n - shown);
            assert!(html.contains(&rest) && text.contains(&rest), "{n}: {rest}");
        }
    }
}

#[test]
fn hostile_words_change_nothing_in_a_digest() {
    let mut bundle = digest();
    for alert in &mut bundle.alerts {
        alert.title = "x\r\nBcc: a@b.example {{ <script>".repeat(400);
        alert.source_name = alert.title.clone();
        alert.page_title = alert.title.clone();
        alert.answer = Some(alert.title.clone());
        alert.excerpt.text = alert.title.replace("\r\n", " ");
        alert.excerpt.marks = vec![3..9, 5..1_000_000];
    }
    let mail = composed(&bundle, Lang::Vi);
    assert!(mail.raw.len() < MAX_MAIL);
    let (head, _) = head_and_text(&mail.raw);
    assert!(head.lines().all(|line| !line.starts_with("Bcc:")), "{head}");
    assert!(!html_part(&mail.raw).unwrap().contains("<script>"));
}

#[test]
fn what_does_not_fit_is_listed() {
    let (_, text) = head_and_text(&composed(&many(11), Lang::Vi).raw);
    insta::assert_snapshot!("listed-vi-text", text);
}

#[test]
fn a_test_mail() {
    let now = super::bundles::at("2021-08-15T01:00:00Z");
    let (id, mail) = test_mail("truc@deomay.example", &office(Lang::Vi), &settings(), now).unwrap();
    assert!(id.ends_with("@deomay.example"));
    snapshots!("trial-vi", mail);
}

#[test]
fn the_same_bundle_gives_the_same_bytes() {
    for lang in [Lang::Vi, Lang::En] {
        assert_eq!(composed(&several(), lang), composed(&several(), lang));
    }
}

#[test]
fn a_long_bundle_fits_and_drops_nothing_silently() {
    for n in [13, 100, 500, 3_000] {
        let bundle = many(n);
        let mail = composed(&bundle, Lang::Vi);
        assert!(mail.raw.len() <= MAX_MAIL, "{n}: {}", mail.raw.len());
        let html = html_part(&mail.raw).unwrap();
        let (_, text) = head_and_text(&mail.raw);
        let shown = bundle
            .alerts
            .iter()
            .filter(|alert| html.contains(&alert.id))
            .count();
        let told = bundle
            .alerts
            .iter()
            .filter(|alert| text.contains(&alert.id))
            .count();
        assert_eq!(shown, told, "{n}");
        assert!(shown >= n.min(500), "{n}: only {shown} are shown");
        if shown < n {
            let rest = format!("và {} bài nữa", n - shown);
            assert!(html.contains(&rest) && text.contains(&rest), "{n}: {rest}");
        }
    }
}
