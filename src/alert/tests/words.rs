//! The schedule in words, and why an alert goes where it goes.

use super::routes::{alert, sound};
use crate::alert::Told;
use crate::keyword::Severity::{High, Low, Medium, Urgent};
use crate::message::Lang;
use crate::source::Trust;

const TREE: &str = r#"
[[receiver]]
name = "xa"
to = "xa@office.example"
digest = ["07:30", "16:30"]
news = "raised"
quiet = "21:00-06:00"
working_days = ["mon", "tue", "wed", "thu", "fri"]
max_per_hour = 4
[[route]]
receiver = "truc-ban"
min_severity = "low"
group_interval = "1h"
[[route.route]]
trust = "social"
tags = "y-te"
receiver = "xa"
continue = true
[[route.route]]
place = ["Đèo Mây", "Phiêng Lầu"]
receiver = "lanh-dao"
group_by = "all"
group_wait = "0s"
[[mute]]
rule = "giun-dat"
until = 2021-09-01
reason = "đã trả lời"
"#;

#[test]
fn the_schedule_is_told_in_words() {
    let routing = sound(TREE);
    let now = "2021-08-15T01:00:00Z".parse().unwrap();
    insta::assert_snapshot!("schedule-vi", routing.described(Lang::Vi, now));
    insta::assert_snapshot!("schedule-en", routing.described(Lang::En, now));
}

#[test]
fn why_an_alert_goes_where_it_goes() {
    let routing = sound(TREE);
    // Friday, 21:30 in the office.
    let now = "2021-08-13T14:30:00Z".parse().unwrap();
    let tags: &[&str] = &["y-te"];
    let mut text = String::new();
    let told = |group: &str, severity| Told {
        receiver: "xa".to_owned(),
        group: group.to_owned(),
        last: now,
        severity,
        refuted: false,
    };
    for (severity, trust, words, told) in [
        (High, Trust::Social, "vắc xin ở Đèo Mây", vec![]),
        (Urgent, Trust::Social, "vắc xin", vec![]),
        (Low, Trust::Social, "vắc xin", vec![]),
        (
            High,
            Trust::Social,
            "vắc xin",
            vec![told("vac-xin", Medium)],
        ),
        (Medium, Trust::Press, "vắc xin", vec![]),
    ] {
        let alert = alert(severity, None, trust, tags, words);
        text.push_str(&routing.explained(&alert, &told, now, Lang::Vi));
        text.push('\n');
    }
    let mut muted = alert(High, None, Trust::Press, &[], "giun đất");
    muted.rule = "giun-dat".to_owned();
    text.push_str(&routing.explained(&muted, &[], now, Lang::Vi));
    insta::assert_snapshot!("explained-vi", text);
    let english = alert(High, None, Trust::Social, tags, "vắc xin ở Đèo Mây");
    insta::assert_snapshot!(
        "explained-en",
        routing.explained(&english, &[], now, Lang::En)
    );
}
