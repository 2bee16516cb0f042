use std::collections::BTreeSet;

use super::*;

fn now() -> Timestamp {
    "2021-08-23T08:00:00Z".parse().unwrap()
}

#[test]
fn dates_are_counted_back_and_rounds_differ_only_where_marked() {
    let file = "a {{rfc2822 1h}}\n{{round 1}}\nfirst {{vi 26h}}\n{{round 2}}\nsecond\n{{all}}\n\
                {{rfc3339 0h}} {{unknown}} {{\n";
    assert_eq!(
        fill(file, 1, now()),
        "a Mon, 23 Aug 2021 14:00:00 +0700\nfirst 22/08/2021 13:00\n\
         2021-08-23T15:00:00+07:00 {{unknown}} {{\n"
    );
    assert_eq!(
        fill(file, 2, now()),
        "a Mon, 23 Aug 2021 14:00:00 +0700\nsecond\n\
         2021-08-23T15:00:00+07:00 {{unknown}} {{\n"
    );
}

#[test]
fn no_mark_is_left_and_only_dates_depend_on_the_start() {
    let no_dates = |file: &str, round| {
        let at = |days: i64| {
            now()
                .checked_add(SignedDuration::from_hours(24 * days))
                .unwrap()
        };
        let words = |text: String| -> Vec<String> { text.lines().map(str::to_owned).collect() };
        let (one, other) = (fill(file, round, at(0)), fill(file, round, at(9)));
        assert!(!one.contains("{{"), "{one}");
        let differing = |(a, b): &(String, String)| a != b;
        let pairs = words(one).into_iter().zip(words(other));
        pairs.filter(differing).map(|(a, _)| a).collect::<Vec<_>>()
    };
    let mut seen = 0;
    for (_, path, _, file) in FILES {
        for round in [1, 2] {
            for line in no_dates(file, round) {
                seen += 1;
                assert!(
                    [
                        "pubDate",
                        "datetime",
                        "date",
                        "gio",
                        "published",
                        "updated",
                        "lastBuild"
                    ]
                    .iter()
                    .any(|mark| line.contains(mark)),
                    "{path}: {line}"
                );
            }
        }
    }
    assert!(seen > 50, "{seen} dated lines");
}

#[test]
fn the_old_page_really_is_windows_1258_with_combining_tones() {
    let text = "Đường phố ở huyện: ngày hai lần xông hơi, gừng, lá bưởi – “khỏi”… YẾU";
    let bytes = windows_1258(text);
    assert!(std::str::from_utf8(&bytes).is_err());
    let (decoded, _, errors) = encoding_rs::WINDOWS_1258.decode(&bytes);
    assert!(!errors && !decoded.contains("&#"), "{decoded}");
    assert_ne!(decoded, text);
    assert_eq!(decoded.nfc().collect::<String>(), text);

    let old: Vec<_> = FILES
        .iter()
        .filter(|(_, _, kind, _)| *kind == OLD_XML)
        .collect();
    assert_eq!(old.len(), 1);
    let page = fill(old[0].3, 1, now());
    let bytes = windows_1258(&page);
    let (decoded, _, _) = encoding_rs::WINDOWS_1258.decode(&bytes);
    assert_eq!(decoded.nfc().collect::<String>(), page);
}

#[test]
fn every_source_has_its_page_and_every_host_its_source() {
    let table: toml::Table = SOURCES.parse().unwrap();
    let sources = table["source"].as_array().unwrap();
    assert!(sources.len() >= 12, "{} sources", sources.len());
    let mut ids = BTreeSet::new();
    let mut hosts = BTreeSet::new();
    let pages = pages(now());
    for source in sources {
        let url = url::Url::parse(source["url"].as_str().unwrap()).unwrap();
        let host = url.host_str().unwrap().to_owned();
        assert!(host.ends_with(".example") && url.port().is_none(), "{url}");
        assert!(
            pages
                .iter()
                .any(|(h, path, _)| *h == host && *path == url.path()),
            "{url} has no page"
        );
        assert!(ids.insert(source["id"].as_str().unwrap()));
        assert!(hosts.insert(host), "{url}");
    }
    for (host, path, _) in &pages {
        assert!(
            hosts.contains(*host),
            "{host}{path} is watched by no source"
        );
    }
}
