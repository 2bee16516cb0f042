//! `[mail]` as admins write it.

use std::path::Path;

use crate::mail::{Credentials, Delivery, Settings, Tls, Transport, read_settings};
use crate::message::Lang;
use crate::problem::toml::read_file;
use crate::problem::{Problems, SourceFile, Style, render_all};

fn read(text: &str, base: &Path, credentials: Option<&Path>) -> (Settings, String) {
    let credentials = Credentials {
        folder: credentials,
        dispensable: false,
    };
    read_with(text, base, credentials)
}

fn read_with(text: &str, base: &Path, credentials: Credentials<'_>) -> (Settings, String) {
    let file = SourceFile::new("canhtin.toml", text);
    let problems = Problems::default();
    let settings = read_file(&file, &problems, |mut root| {
        let table = root.table("mail");
        let settings = read_settings(table, base, None, credentials);
        root.finish();
        settings
    });
    let shown = render_all(&problems.into_sorted(), Lang::Vi, Style::Plain);
    (settings, shown)
}

#[test]
fn a_mail_server_is_read() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("secret"), "mật khẩu dài\n").unwrap();
    let text = "[mail]\nfrom = \"Canh tin <canhtin@thư.example>\"\ntransport = \"smtp\"\n[mail.smtp]\nhost = \"mail.example\"\nusername = \"canhtin\"\npassword_file = \"secret\"\n";
    let (settings, problems) = read(text, dir.path(), None);
    assert_eq!(problems, "");
    assert_eq!(settings.domain(), "xn--th-e0a.example");
    let Delivery::Smtp(smtp) = &settings.delivery else {
        panic!("{settings:?}");
    };
    assert_eq!(
        (smtp.host.as_str(), smtp.port, smtp.tls),
        ("mail.example", 587, Tls::Starttls)
    );
    let shown = format!("{settings:?} {:?}", Transport::new(&settings).unwrap());
    assert!(!shown.contains("mật khẩu"), "{shown}");
}

#[test]
fn the_password_may_be_a_credential() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("smtp-password"), "x").unwrap();
    let text = "[mail]\nfrom = \"canhtin@a.example\"\ntransport = \"smtp\"\n[mail.smtp]\nhost = \"mail.example\"\nport = 465\ntls = \"implicit\"\nusername = \"canhtin\"\n";
    let (settings, problems) = read(text, Path::new("/nowhere"), Some(dir.path()));
    assert_eq!(problems, "");
    assert!(
        matches!(settings.delivery, Delivery::Smtp(smtp) if smtp.login.is_some() && smtp.port == 465)
    );
}

#[test]
fn only_who_sends_needs_the_password() {
    let smtp = "[mail]\nfrom = \"canhtin@a.example\"\ntransport = \"smtp\"\nanswers = \"canhtin@a.example\"\n[mail.smtp]\nhost = \"mail.example\"\nusername = \"canhtin\"\n";
    let imap = "[mail.imap]\nhost = \"mail.example\"\nusername = \"canhtin\"\n";
    let text = format!("{smtp}{imap}");
    for (dispensable, level) in [(false, "lỗi: "), (true, "cảnh báo: ")] {
        let credentials = Credentials {
            folder: None,
            dispensable,
        };
        let (_, problems) = read_with(&text, Path::new("/nowhere"), credentials);
        assert_eq!(problems.matches(level).count(), 2, "{problems}");
        for credential in ["smtp-password", "imap-password"] {
            assert!(problems.contains(credential), "{problems}");
        }
    }
}

#[test]
fn a_folder_is_relative_to_the_file() {
    let text = "[mail]\nfrom = \"canhtin@a.example\"\ntransport = \"dir\"\ndir = \"../var/mail\"\n";
    let (settings, problems) = read(text, Path::new("config"), None);
    assert_eq!(problems, "");
    assert!(matches!(settings.delivery, Delivery::Dir(dir) if dir == Path::new("var/mail")));
}

#[test]
fn every_mistake_is_listed_with_its_mend() {
    let text = "[mail]\nfrom = \"Canh tin\"\ntransport = \"smpt\"\ndri = \"x\"\n[mail.smtp]\nhost = \"mail.example\"\nport = 70000\ntls = \"none\"\nusername = \"canhtin\"\npassword = \"bí mật\"\n";
    let shown = read(text, Path::new("/nowhere"), None).1;
    assert!(!shown.contains("bí mật"), "{shown}");
    insta::assert_snapshot!("every-mistake", shown);
}

#[test]
fn a_server_that_is_not_used_yet_may_lack_its_password() {
    let text = "[mail]\nfrom = \"canhtin@a.example\"\ntransport = \"dir\"\ndir = \"m\"\n[mail.smtp]\nhost = \"mail.example\"\nusername = \"canhtin\"\n";
    assert_eq!(read(text, Path::new("/nowhere"), None).1, "");
}

#[test]
fn each_mistake_of_a_server_is_told() {
    let head = "[mail]\nfrom = \"canhtin@a.example\"\n";
    let rows = [
        ("transport = \"smtp\"\n", "mail.smtp"),
        ("transport = \"dir\"\n", "thiếu khóa `dir`"),
        ("", "thiếu khóa `transport`"),
        (
            "transport = \"smtp\"\n[mail.smtp]\nport = 25\n",
            "thiếu khóa `host`",
        ),
        (
            "transport = \"smtp\"\n[mail.smtp]\nhost = \"a.example\"\ntls = \"startls\"\n",
            "starttls",
        ),
        (
            "transport = \"smtp\"\n[mail.smtp]\nhost = \"a.example\"\nusername = \"x\"\npassword_file = \"gone\"\n",
            "không đọc được mật khẩu",
        ),
    ];
    for (tail, want) in rows {
        let (_, problems) = read(&format!("{head}{tail}"), Path::new("/nowhere"), None);
        assert!(problems.contains(want), "{tail}: {problems}");
    }
    let loopback = "transport = \"smtp\"\n[mail.smtp]\nhost = \"::1\"\ntls = \"none\"\n";
    assert_eq!(
        read(&format!("{head}{loopback}"), Path::new("/nowhere"), None).1,
        ""
    );
}

#[tokio::test]
async fn files_are_written_once_and_whole() {
    let dir = tempfile::tempdir().unwrap();
    let settings = Settings {
        delivery: Delivery::Dir(dir.path().join("mail")),
        ..super::bundles::settings()
    };
    let bundle = super::bundles::one();
    let mail = crate::mail::compose(&bundle, &super::bundles::office(Lang::Vi), &settings).unwrap();
    let transport = Transport::new(&settings).unwrap();
    for to in &bundle.to {
        transport
            .send(to, &bundle.message_id, &mail.raw)
            .await
            .unwrap();
    }
    transport
        .send("a@b.example", "../../x/y@a.example", &mail.raw)
        .await
        .unwrap();
    let mut names: Vec<String> = std::fs::read_dir(dir.path().join("mail"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "b5d2.truc-ban.eml",
            "b5d2.truc-ban.html",
            "xy.eml",
            "xy.html"
        ]
    );
    let eml = std::fs::read(dir.path().join("mail/b5d2.truc-ban.eml")).unwrap();
    assert_eq!(eml, mail.raw);
    let html = std::fs::read_to_string(dir.path().join("mail/b5d2.truc-ban.html")).unwrap();
    assert!(
        html.starts_with("<!DOCTYPE html>") && html.trim_end().ends_with("</html>"),
        "{html}"
    );
}
