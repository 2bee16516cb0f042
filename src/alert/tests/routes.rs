//! `[[receiver]]` and `[[route]]`: who gets what.

use super::{alert_of, document, rule, source};
use crate::alert::{Alert, Routing, parse_address, read_routing};
use crate::keyword::{Rulebook, Severity};
use crate::message::Lang;
use crate::problem::toml::read_file;
use crate::problem::{Problems, SourceFile, Style, render_all};
use crate::scan::Stance;
use crate::source::Trust;
use jiff::tz::{TimeZone, offset};
use jiff::{SignedDuration, Timestamp};

const RECEIVERS: &str = r#"
[[receiver]]
name = "truc-ban"
to = ["truc@office.example"]
[[receiver]]
name = "lanh-dao"
to = ["Lãnh đạo <ld@office.example>", "pld@office.example"]
"#;

fn read(text: &str) -> (Routing, String) {
    let file = SourceFile::new("canhtin.toml", text);
    let problems = Problems::default();
    let routing = read_file(&file, &problems, |mut root| {
        let routing = read_routing(&mut root, &TimeZone::fixed(offset(7)));
        root.finish();
        routing
    });
    (
        routing,
        render_all(&problems.into_sorted(), Lang::Vi, Style::Plain),
    )
}

pub(super) fn sound(routes: &str) -> Routing {
    let (routing, problems) = read(&format!("{RECEIVERS}{routes}"));
    assert_eq!(problems, "");
    routing
}

pub(super) fn alert(
    severity: Severity,
    topic: Option<&str>,
    trust: Trust,
    tags: &[&str],
    text: &str,
) -> Alert {
    let source = source(trust, tags);
    let document = document("Tin trong ngày", text);
    alert_of(
        rule("vac-xin", severity, topic),
        &source,
        &document,
        Stance::Asserts,
    )
}

fn receivers(routing: &Routing, alert: &Alert) -> Vec<String> {
    let now = "2021-08-15T01:00:00Z".parse().unwrap();
    routing
        .route(alert, &[], now)
        .dispatches
        .into_iter()
        .map(|d| d.receiver)
        .collect()
}

#[test]
fn the_first_route_that_matches_wins_unless_it_goes_on() {
    let plain = alert(
        Severity::Medium,
        Some("vắc xin"),
        Trust::Social,
        &["y-te"],
        "vắc xin gây vô sinh ở Đèo Mây",
    );
    let rows: [(&str, &[&str]); 14] = [
        ("receiver = \"truc-ban\"", &["truc-ban"]),
        (
            "receiver = \"truc-ban\"\n[[route]]\nreceiver = \"lanh-dao\"",
            &["truc-ban"],
        ),
        (
            "receiver = \"truc-ban\"\ncontinue = true\n[[route]]\nreceiver = \"lanh-dao\"",
            &["truc-ban", "lanh-dao"],
        ),
        (
            "receiver = \"truc-ban\"\ncontinue = true\n[[route]]\nreceiver = \"truc-ban\"",
            &["truc-ban"],
        ),
        (
            "receiver = \"truc-ban\"\nmin_severity = \"medium\"",
            &["truc-ban"],
        ),
        (
            "receiver = \"truc-ban\"\nmin_severity = \"high\"\n[[route]]\nreceiver = \"lanh-dao\"",
            &["lanh-dao"],
        ),
        (
            "receiver = \"truc-ban\"\ntopic = [\"5G\", \"Vắc xin\"]",
            &["truc-ban"],
        ),
        ("receiver = \"truc-ban\"\ntopic = \"5G\"", &[]),
        ("receiver = \"truc-ban\"\nrule = \"vac-xin\"", &["truc-ban"]),
        ("receiver = \"truc-ban\"\ntags = [\"giao-duc\"]", &[]),
        (
            "receiver = \"truc-ban\"\ntags = [\"Y-te\"]\ntrust = [\"social\", \"press\"]",
            &["truc-ban"],
        ),
        ("receiver = \"truc-ban\"\ntrust = \"official\"", &[]),
        (
            "receiver = \"truc-ban\"\nplace = \"đèo mây\"",
            &["truc-ban"],
        ),
        ("receiver = \"truc-ban\"\nplace = [\"Mâ\", \"Đèo Mâ\"]", &[]),
    ];
    for (route, want) in rows {
        let routing = sound(&format!("[[route]]\n{route}\n"));
        assert_eq!(receivers(&routing, &plain), want, "{route}");
    }
}

#[test]
fn a_group_is_a_rule_and_waits_as_told() {
    let routing = sound("[[route]]\nreceiver = \"truc-ban\"\ngroup_wait = \"5m\"\n");
    let alert = alert(Severity::Low, None, Trust::Press, &[], "vắc xin");
    let dispatches = routing
        .route(&alert, &[], "2021-08-15T01:00:00Z".parse().unwrap())
        .dispatches;
    assert_eq!(dispatches.len(), 1);
    assert_eq!(dispatches[0].group, "vac-xin");
    assert_eq!(dispatches[0].due, "2021-08-15T01:05:00Z".parse().unwrap());
    assert_eq!(routing.receiver("lanh-dao").unwrap().to.len(), 2);
}

#[test]
fn a_refutation_goes_to_nobody_by_itself() {
    let routing = sound("[[route]]\nreceiver = \"truc-ban\"\n");
    let mut alert = alert(Severity::Urgent, None, Trust::Official, &[], "vắc xin");
    assert_eq!(receivers(&routing, &alert).len(), 1);
    alert.stance = Stance::Denies;
    assert_eq!(receivers(&routing, &alert).len(), 0);
}

#[test]
fn every_mistake_is_listed_with_its_mend() {
    let text = r#"
[[receiver]]
name = "truc-ban"
to = ["truc@office.example", "truc ban", "a@b.example, c@d.example"]
[[receiver]]
name = "lanh-dao"
to = []
[[receiver]]
name = "lanh-dao"
to = "x@office.example"
[[receiver]]
name = "khac"
[[route]]
receiver = "truc-bna"
min_severity = "hihg"
trust = ["báo chí"]
palce = "Đèo Mây"
[[route]]
receiver = "y-te-huyen"
group_wait = 5
[[route]]
min_severity = "low"
"#;
    insta::assert_snapshot!("mistakes", read(text).1);
    insta::assert_snapshot!("nothing", read("").1);
}

/// Two rules, and what stands behind them in their file.
fn rulebook(more: &str) -> Rulebook {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("rumours")).unwrap();
    let rules = "[[rule]]\nid = \"vac-xin\"\ntitle = \"T\"\nseverity = \"medium\"\n\
        topic = \"vắc xin\"\nmatch = 'vắc xin vô sinh'\n\
        [[rule]]\nid = \"giun-dat\"\ntitle = \"T\"\nseverity = \"low\"\nmatch = 'giun đất khô'\n";
    std::fs::write(dir.path().join("rumours/r.toml"), format!("{rules}{more}")).unwrap();
    crate::keyword::load(dir.path(), &Problems::default())
}

/// What `routes` are warned of, with a source that has the tag y-te.
fn warned(routes: &str, rulebook: &Rulebook, all_sources: bool) -> String {
    let list = Problems::default();
    let sources = [source(Trust::Social, &["y-te"])];
    sound(routes).warn(rulebook, &sources, all_sources, &list);
    render_all(&list.into_sorted(), Lang::Vi, Style::Plain)
}

const ALL: &str = "[[route]]\nreceiver = \"truc-ban\"\ncontinue = true\n";

#[test]
fn what_is_asked_for_and_is_not_there_is_warned_of() {
    let routes = format!(
        "{ALL}[[route]]\nreceiver = \"lanh-dao\"\ntopic = [\"Vắc Xin\", \"vắc xnin\", \"5G\"]\n\
         tags = [\"Y-TE\", \"y-tế\"]\nsource = [\"hoi-lang\", \"hoi-lng\"]\n"
    );
    let book = rulebook("");
    insta::assert_snapshot!("unknown", warned(&routes, &book, true));
    // A source that was left out may be the one that is meant.
    let some = warned(&routes, &book, false);
    assert!(
        !some.contains("hoi-lng") && !some.contains("y-tế"),
        "{some}"
    );
    // So may a rule that was.
    let broken = "[[rule]]\nid = \"vac-xni\"\ntitle = \"T\"\ntopic = \"5g\"\nmatch = 'giun'\n";
    let routes = format!(
        "{ALL}[[route]]\nreceiver = \"lanh-dao\"\nrule = \"vac-xni\"\n[[route]]\n\
         receiver = \"lanh-dao\"\ntopic = \"5G\"\n[[mute]]\nrule = \"vac-xni\"\nuntil = 2021-08-15\n"
    );
    assert_eq!(
        warned(&routes, &book, true)
            .matches("canhtin.toml:")
            .count(),
        3
    );
    assert_eq!(warned(&routes, &rulebook(broken), true), "");
}

#[test]
fn a_mute_that_is_over_is_warned_of() {
    let routing = sound(&format!(
        "{ALL}[[mute]]\nrule = \"vac-xin\"\nuntil = 2021-08-15\n"
    ));
    // The office's midnight.
    let over: Timestamp = "2021-08-14T17:00:00Z".parse().unwrap();
    assert_eq!(routing.outlived(over - SignedDuration::from_secs(1)), []);
    let told = render_all(&routing.outlived(over), Lang::Vi, Style::Plain);
    assert!(
        told.contains("đã hết hạn") && told.contains("2021-08-15"),
        "{told}"
    );
}

#[test]
fn rules_that_reach_nobody_are_warned_of() {
    let (routing, problems) = read(&format!(
        "{RECEIVERS}[[route]]\nreceiver = \"truc-ban\"\nmin_severity = \"medium\"\n[[route]]\nreceiver = \"lanh-dao\"\nrule = [\"vac-xni\"]\n"
    ));
    assert_eq!(problems, "");
    let list = Problems::default();
    let book = rulebook("");
    routing.warn(&book, &[source(Trust::Social, &[])], true, &list);
    insta::assert_snapshot!(
        "unrouted",
        render_all(&list.into_sorted(), Lang::Vi, Style::Plain)
    );
}

#[test]
fn addresses_are_read_whole_or_not_at_all() {
    let rows = [
        ("a@b.example", Some((None, "a@b.example"))),
        (
            " Trực ban <a@b.example> ",
            Some((Some("Trực ban"), "a@b.example")),
        ),
        (
            "\"Ban, trực\" <a@b.example>",
            Some((Some("Ban, trực"), "a@b.example")),
        ),
        ("<a@b.example>", Some((None, "a@b.example"))),
        ("a@b.example, c@d.example", None),
        ("a@b.example>", None),
        ("a b@c.example", None),
        ("a@b.example\r\nBcc: c@d.example", None),
        ("x <a@b.example> y", None),
        ("@b.example", None),
        ("", None),
    ];
    for (text, want) in rows {
        let got = parse_address(text);
        let got = got
            .as_ref()
            .map(|(name, address)| (name.as_deref(), address.as_ref()));
        assert_eq!(got, want, "{text:?}");
    }
}
