//! `[[receiver]]` and `[[route]]`: who gets what.

use super::{alert_of, document, rule, source};
use crate::alert::{Alert, Routing, parse_address, read_routing};
use crate::keyword::Severity;
use crate::message::Lang;
use crate::problem::toml::read_file;
use crate::problem::{Problems, SourceFile, Style, render_all};
use crate::scan::Stance;
use crate::source::Trust;
use jiff::tz::{TimeZone, offset};

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

#[test]
fn rules_that_reach_nobody_are_warned_of() {
    let (routing, problems) = read(&format!(
        "{RECEIVERS}[[route]]\nreceiver = \"truc-ban\"\nmin_severity = \"medium\"\n[[route]]\nreceiver = \"lanh-dao\"\nrule = [\"vac-xni\"]\n"
    ));
    assert_eq!(problems, "");
    let rules = [
        rule("vac-xin", Severity::Medium, None),
        rule("giun-dat", Severity::Low, None),
    ];
    let list = Problems::default();
    routing.warn(&rules, &[source(Trust::Social, &[])], &list);
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
