//! An independent parser reads the same mail: Python's `email` with its default policy.

use std::io::Write;
use std::process::{Command, Stdio};

use super::bundles::{
    answered, at, digest, follow_up, many, office, one, refuted, settings, several,
};
use super::reports::{every, report};
use crate::alert::Occasion;
use crate::mail::{Composed, compose, compose_report, test_mail};
use crate::message::Lang;

/// Prints what the parser finds, and fails on any defect it names.
const READER: &str = r#"
import email, email.policy, sys
sys.stdout.reconfigure(encoding="utf-8")
mail = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
parts = list(mail.walk())
for part in parts:
    assert not part.defects, part.defects
    for name, value in part.items():
        assert not value.defects, (name, value.defects)
print(mail.get_content_type(), [p.get_content_type() for p in parts[1:]])
print(mail["Subject"])
print("From", [(a.display_name, a.addr_spec) for a in mail["From"].addresses])
print("To", [(a.display_name, a.addr_spec) for a in mail["To"].addresses])
for name in ["Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted", "List-Id", "MIME-Version"]:
    print(name, mail[name])
text, html = (p.get_content() for p in parts[1:])
print([p.get_content_charset() for p in parts[1:]])
print(len(text) > 500, len(html) > 2000, "Vắc xin gây vô sinh" in html, "«vắc xin»" in text)
"#;

fn python_reads(raw: &[u8]) -> Option<String> {
    let child = Command::new("python3")
        .args(["-c", READER])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else {
        println!("skipped: no python3");
        return None;
    };
    child.stdin.take().unwrap().write_all(raw).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    Some(
        String::from_utf8(output.stdout)
            .unwrap()
            .replace("\r\n", "\n"),
    )
}

#[test]
fn an_independent_parser_agrees() {
    let mut thread = several();
    thread.references = (0..40)
        .map(|i| format!("m{i}.truc-ban@deomay.example"))
        .collect();
    thread
        .to
        .push("Ông \"Tổ\" Trưởng, xã <to.truong@xã.example>".to_owned());
    let raw = compose(&thread, &office(Lang::Vi), &settings())
        .unwrap()
        .raw;
    if let Some(read) = python_reads(&raw) {
        insta::assert_snapshot!("python-thread", read);
    }
    for bundle in [one(), many(300)] {
        let mail = compose(&bundle, &office(Lang::Vi), &settings()).unwrap();
        if let Some(read) = python_reads(&mail.raw) {
            assert_eq!(read.lines().nth(1), Some(mail.subject.as_str()));
            assert_eq!(read.lines().last(), Some("True True True True"));
        }
    }
}

#[test]
fn an_independent_parser_reads_every_kind_of_mail() {
    let office = office(Lang::Vi);
    let mut storm = digest();
    storm.occasion = Occasion::Cap;
    let mut mails: Vec<Composed> = [refuted(), follow_up(), digest(), storm]
        .iter()
        .map(|bundle| compose(bundle, &office, &answered()).unwrap())
        .collect();
    let told = every().into_iter().map(|matter| report(vec![matter]));
    let told = told.chain([report(every())]);
    mails.extend(told.map(|told| compose_report(&told, &office, &settings()).unwrap()));
    let now = at("2021-08-15T01:00:00Z");
    mails.push(
        test_mail("truc@deomay.example", &office, &settings(), now)
            .unwrap()
            .1,
    );
    assert!(mails.len() > 15, "{}", mails.len());
    for mail in &mails {
        let Some(read) = python_reads(&mail.raw) else {
            return;
        };
        let lines: Vec<&str> = read.lines().collect();
        assert_eq!(
            lines[0],
            "multipart/alternative ['text/plain', 'text/html']"
        );
        assert_eq!(lines[1], mail.subject);
        assert!(lines[2].contains("canhtin@deomay.example"), "{read}");
        assert!(lines[3].contains("@deomay.example"), "{read}");
        assert!(
            lines[4].starts_with("Date ") && lines[4].len() > 20,
            "{read}"
        );
        assert!(lines[5].starts_with("Message-ID <"), "{read}");
        assert!(read.contains("['utf-8', 'utf-8']"), "{read}");
    }
}
