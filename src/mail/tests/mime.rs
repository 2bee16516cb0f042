//! An independent parser reads the same mail: Python's `email` with its default policy.

use std::io::Write;
use std::process::{Command, Stdio};

use super::bundles::{many, office, one, settings, several};
use crate::mail::compose;
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
