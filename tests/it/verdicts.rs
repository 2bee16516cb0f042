use serde_json::Value;

use crate::daemon::Daemon;
use crate::helpers::{Bench, stderr, stdout};

fn ok(bench: &Bench, args: &[&str]) -> String {
    let output = bench.run(args);
    assert!(output.status.success(), "{args:?}: {}", stderr(&output));
    stdout(&output)
}

fn hits(bench: &Bench) -> Vec<Value> {
    ok(bench, &["hits", "list", "--json"])
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn what_was_found_is_listed_shown_and_exported() {
    let bench = Bench::new();
    let none = bench.run(&["hits", "list"]);
    assert_eq!(none.status.code(), Some(1));
    assert!(stderr(&none).contains("canhtin once"), "{}", stderr(&none));
    bench.run(&["once"]);

    let hits = hits(&bench);
    assert!(hits.len() >= 6, "{hits:?}");
    let list = ok(&bench, &["hits", "list"]);
    let first = &hits[0];
    let id = first["id"].as_str().unwrap();
    assert!(list.starts_with(id), "{list}");
    assert_eq!(list.lines().count(), hits.len() + 1);

    // The beginning of an id is enough, in capitals too.
    let shown = ok(&bench, &["hits", "show", &id[..7].to_uppercase()]);
    for part in ["id", "title", "excerpt", "source_name", "url"] {
        let value = first[part].as_str().unwrap();
        assert!(shown.contains(value), "no {part} in {shown}");
    }
    let unknown = bench.run(&["hits", "show", "khong-co"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(stderr(&unknown).contains("khong-co"));

    let rule = first["rule"].as_str().unwrap();
    let of_rule = ok(&bench, &["hits", "list", "--json", "--rule", rule]);
    assert!(of_rule.lines().count() < hits.len());
    let urgent = ok(&bench, &["hits", "list", "--json", "--severity", "urgent"]);
    assert!(urgent.lines().count() < hits.len());
    for line in urgent.lines() {
        assert!(line.contains(r#""severity":"urgent""#), "{line}");
    }
    assert_eq!(ok(&bench, &["hits", "list", "--json", "--since", "0s"]), "");
    assert_eq!(
        bench
            .run(&["hits", "list", "--since", "hôm qua"])
            .status
            .code(),
        Some(1)
    );
    assert_eq!(bench.run(&["hits", "export"]).status.code(), Some(2));
    let lines = ok(&bench, &["hits", "export", "--jsonl"]);
    assert_eq!(lines.lines().count(), hits.len());
}

#[test]
fn the_table_opens_with_its_letters_intact() {
    let bench = Bench::new();
    bench.run(&["once"]);
    let file = bench.path("tin.csv");
    ok(&bench, &["hits", "export", "--csv", file.to_str().unwrap()]);
    let bytes = std::fs::read(&file).unwrap();
    let text = std::str::from_utf8(&bytes).unwrap();
    let text = text.strip_prefix('\u{feff}').expect("no byte order mark");
    assert!(text.ends_with("\r\n"));
    assert!(!text.replace("\r\n", "").contains('\n'));
    let mut table = csv::Reader::from_reader(text.as_bytes());
    assert_eq!(&table.headers().unwrap()[0], "Mã tin");
    let column = |name: &str, table: &mut csv::Reader<&[u8]>| {
        table
            .headers()
            .unwrap()
            .iter()
            .position(|head| head == name)
            .unwrap()
    };
    let (passage, level) = (column("Đoạn trích", &mut table), column("Mức", &mut table));
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    let hits = hits(&bench);
    assert_eq!(rows.len(), hits.len());
    for (row, hit) in rows.iter().zip(&hits) {
        assert_eq!(&row[0], hit["id"].as_str().unwrap());
        let told = hit["excerpt"].as_str().unwrap();
        assert_eq!(row[passage].trim_start_matches('\''), told);
        assert!(!row[level].is_empty());
        assert!(
            !row.iter()
                .any(|cell| cell.starts_with(['=', '+', '-', '@']))
        );
    }
}

#[test]
fn a_verdict_silences_a_story_while_the_daemon_runs() {
    let bench = Bench::new();
    bench.run(&["once"]);
    let daemon = Daemon::start(&bench);
    let before = hits(&bench);
    let told = before
        .iter()
        .find(|hit| hit["stance"] == "asserts" && !hit["mails"].as_array().unwrap().is_empty())
        .unwrap();
    let (id, story) = (told["id"].as_str().unwrap(), &told["story"]);
    let said = ok(
        &bench,
        &[
            "mark",
            id,
            "khong-lien-quan",
            "--note",
            "Bài nói chuyện khác",
        ],
    );
    assert!(said.contains(id), "{said}");
    let marked: Vec<Value> = hits(&bench)
        .into_iter()
        .filter(|hit| hit["story"] == *story)
        .collect();
    assert!(!marked.is_empty());
    for hit in &marked {
        assert_eq!(hit["verdict"], "irrelevant");
        assert_eq!(hit["verdicts"][0]["note"], "Bài nói chuyện khác");
    }
    let shown = ok(&bench, &["hits", "show", id]);
    assert!(
        shown.contains("Không liên quan") && shown.contains("Bài nói chuyện khác"),
        "{shown}"
    );
    let status = ok(&bench, &["status"]);
    let rule = told["rule"].as_str().unwrap();
    assert!(
        status.contains(&format!("quy tắc {rule}: 0 đúng / ")),
        "{status}"
    );

    let hidden = ok(&bench, &["mark", rule, "tam-an", "--for", "30d"]);
    assert!(
        hidden.contains("– Tạm ẩn.\nCả tin đồn này sẽ không được báo đến "),
        "{hidden}"
    );
    let shown = ok(&bench, &["mark", rule, "tam-an", "--for", "0s"]);
    assert!(
        shown.ends_with("– Thôi ẩn.\nTừ giờ lại được báo như trước.\n"),
        "{shown}"
    );
    ok(&bench, &["mark", rule, "tam-an", "--for", "30d"]);
    assert!(ok(&bench, &["hits", "show", id]).contains("tạm ẩn đến"));
    let wrong = bench.run(&["mark", "zzzzzz", "tin-gia"]);
    assert_eq!(wrong.status.code(), Some(1));
    assert_eq!(bench.run(&["mark", id, "tin-that"]).status.code(), Some(2));
    daemon.stop();
}

#[test]
fn refutations_are_imported_and_told_from_the_first_mail_on() {
    let bench = Bench::new();
    bench.own_keywords();
    let page = r#"<html><head><script type="application/ld+json">{"@graph":[
        {"@type":"ClaimReview","claimReviewed":"Vắc xin gây vô sinh","datePublished":"2021-08-20",
         "url":"https://kiem.example/vo-sinh","reviewRating":{"alternateName":"Sai sự thật"},
         "author":{"@type":"Organization","name":"Trung tâm kiểm chứng \"Sự thật\""}},
        {"@type":"ClaimReview","claimReviewed":"Mặt trời mọc ở đằng tây","reviewRating":{"alternateName":"Sai"}},
        {"@type":"ClaimReview","claimReviewed":"Vắc xin gây vô sinh","reviewRating":{"alternateName":"Đúng"}}
        ]}</script></head></html>"#;
    bench.write("kiem-chung.html", page);
    let file = bench.path("kiem-chung.html").display().to_string();
    let printed = bench.run(&["refutations", "import", &file]);
    assert!(printed.status.success(), "{}", stderr(&printed));
    let blocks = stdout(&printed);
    assert_eq!(blocks.matches("[[refutation]]").count(), 1, "{blocks}");
    assert!(blocks.contains("rule  = \"vac-xin-vo-sinh\""), "{blocks}");
    assert!(
        stderr(&printed).contains("Mặt trời"),
        "{}",
        stderr(&printed)
    );

    ok(&bench, &["refutations", "import", &file, "--append"]);
    ok(&bench, &["check"]);
    // What is there already is not added again.
    let again = bench.run(&["refutations", "import", &file, "--append"]);
    assert_eq!(again.status.code(), Some(1));

    bench.run(&["once"]);
    let told = bench.inbox.messages().into_iter().any(|mail| {
        let text = crate::helpers::unquoted(&mail.raw);
        text.contains("kiem.example/vo-sinh") && text.contains("20/08/2021")
    });
    assert!(told, "no mail tells the refutation");
}
