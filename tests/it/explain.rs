//! `alert explain` and `mail preview`, and what a reload changes of what waits.

use std::time::Duration;

use crate::daemon::{Daemon, eventually};
use crate::helpers::{Bench, header, stderr, stdout, unquoted};

fn ok(bench: &Bench, args: &[&str]) -> String {
    let output = bench.run(args);
    assert!(output.status.success(), "{args:?}: {}", stderr(&output));
    stdout(&output)
}

fn first_hit(bench: &Bench) -> serde_json::Value {
    let hits = ok(bench, &["hits", "list", "--json"]);
    let asserted = hits.lines().map(|line| serde_json::from_str(line).unwrap());
    let mut asserted = asserted.filter(|hit: &serde_json::Value| hit["stance"] == "asserts");
    asserted.next().unwrap()
}

#[test]
fn who_gets_an_alert_when_and_why_is_explained() {
    let bench = Bench::new();
    // Before anything was found, what could be.
    let would = ok(
        &bench,
        &[
            "alert",
            "explain",
            "--rule",
            "vac-xin-vo-sinh",
            "--source",
            "dien-dan-me",
        ],
    );
    for part in [
        "Tuyến 1 nhận tin, gửi đến truc-ban",
        "truc-ban nhận lúc",
        "gom thêm bài cùng nhóm",
    ] {
        assert!(would.contains(part), "no {part} in\n{would}");
    }
    let light = ok(
        &bench,
        &[
            "alert",
            "explain",
            "--rule",
            "vac-xin-vo-sinh",
            "--source",
            "dien-dan-me",
            "--severity",
            "info",
        ],
    );
    assert!(light.contains("Không ai nhận tin này"), "{light}");
    for (args, what) in [
        (
            ["--rule", "khong-co", "--source", "dien-dan-me"],
            "khong-co",
        ),
        (
            ["--rule", "vac-xin-vo-sinh", "--source", "khong-co"],
            "khong-co",
        ),
    ] {
        let unknown = bench.run(&[&["alert", "explain"], &args[..]].concat());
        assert_eq!(unknown.status.code(), Some(1));
        let said = stderr(&unknown);
        assert!(said.contains(what) && said.contains("cách sửa"), "{said}");
    }

    // What was found and mailed.
    bench.run(&["once"]);
    let hit = first_hit(&bench);
    let id = hit["id"].as_str().unwrap();
    let told = ok(&bench, &["alert", "explain", &id[..8]]);
    assert!(told.contains(hit["rule"].as_str().unwrap()), "{told}");
    assert!(told.contains("Đã gửi: truc-ban"), "{told}");
    let unknown = bench.run(&["alert", "explain", "zzzz"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(stderr(&unknown).contains("canhtin hits list"));
}

#[test]
fn a_mail_is_previewed_as_it_would_be_and_nothing_is_sent() {
    let bench = Bench::new();
    let none = bench.run(&["mail", "preview"]);
    assert_eq!(none.status.code(), Some(1));
    assert!(stderr(&none).contains("canhtin once"), "{}", stderr(&none));
    bench.run(&["once"]);
    let sent = bench.inbox.messages().len();
    let hit = first_hit(&bench);
    let (id, title) = (hit["id"].as_str().unwrap(), hit["title"].as_str().unwrap());

    let text = ok(&bench, &["mail", "preview", id]);
    assert!(text.lines().next().unwrap().contains("[Canh tin"), "{text}");
    assert!(
        text.contains(&title.to_uppercase()) && text.contains(id),
        "{text}"
    );
    let (page, whole) = (bench.path("thu.html"), bench.path("thu.eml"));
    ok(
        &bench,
        &["mail", "preview", id, "--out", page.to_str().unwrap()],
    );
    let html = std::fs::read_to_string(&page).unwrap();
    assert!(
        html.starts_with("<!DOCTYPE html>") && html.contains(title),
        "{html}"
    );
    ok(
        &bench,
        &["mail", "preview", id, "--out", whole.to_str().unwrap()],
    );
    let raw = std::fs::read(&whole).unwrap();
    assert!(header(&raw, "To").unwrap().contains("truc@example.vn"));
    assert!(unquoted(&raw).contains(title));
    // The newest, where none is named.
    assert!(ok(&bench, &["mail", "preview"]).contains("[Canh tin"));
    assert_eq!(bench.inbox.messages().len(), sent, "a preview was sent");
}

#[test]
fn what_waits_goes_where_the_files_lead_it_after_a_reload() {
    let bench = Bench::new();
    let file = bench.path("config/canhtin.toml");
    let slow = std::fs::read_to_string(&file).unwrap();
    let slow = slow.replace("group_wait = \"1s\"", "group_wait = \"12h\"");
    std::fs::write(&file, format!("watch_files = false\n{slow}")).unwrap();
    let daemon = Daemon::start(&bench);
    let groups = || {
        let status = stdout(&bench.run(&["status", "--json"]));
        let status: serde_json::Value = serde_json::from_str(&status).unwrap();
        status["ledger"]["waiting_groups"].as_u64().unwrap()
    };
    eventually("alerts that wait", || groups() >= 3);
    assert_eq!(bench.alert_mails(), 0);

    // Another receiver takes the place of the first, and mails leave at once.
    let quick = slow
        .replace("truc-ban", "lanh-dao")
        .replace("truc@example.vn", "lanh-dao@example.vn")
        .replace("group_wait = \"12h\"", "group_wait = \"1s\"");
    std::fs::write(&file, format!("watch_files = false\n{quick}")).unwrap();
    ok(&bench, &["reload"]);
    eventually("the mails that waited", || bench.alert_mails() >= 3);
    for mail in bench.inbox.messages() {
        let to = header(&mail.raw, "To").unwrap();
        assert!(to.contains("lanh-dao@example.vn"), "{to}");
    }
    assert!(daemon.stop() < Duration::from_secs(25));
}
