//! When mails leave.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::routes::sound;
use crate::alert::{Hold, Timing, Told};
use crate::keyword::Severity::{self, High, Info, Low, Medium, Urgent};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn timing(settings: &str) -> Timing {
    sound(&format!("[[route]]\nreceiver = \"truc-ban\"\n{settings}\n")).routes[0]
        .timing
        .clone()
}

fn told(last: &str, severity: Severity) -> Told {
    Told {
        receiver: "truc-ban".to_owned(),
        group: "r".to_owned(),
        last: at(last),
        severity,
        refuted: false,
    }
}

/// Settings, severity, what was told, when it came in; when it is due, and why.
type Row<'a> = (&'a str, Severity, Option<Told>, &'a str, &'a str, Vec<Hold>);

#[test]
fn an_alert_is_due_by_wait_interval_digest_quiet_hours_and_working_days() {
    use Hold::{DayOff, Interval, Light, News, Quiet, Wait};
    const NIGHT: &str = "quiet = \"21:00-06:00\"";
    const DIGEST: &str = "digest = [\"16:30\", \"7:30\"]";
    const WEEK: &str = "working_days = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"]";
    let plain = String::new();
    let all = format!("{NIGHT}\n{DIGEST}\n{WEEK}");
    let raised = format!("{DIGEST}\nnews = \"raised\"");
    let mail = format!("{DIGEST}\nnews = \"mail\"");
    let off = format!("{DIGEST}\nquiet = [\"12:00-14:00\", \"21:00-06:00\"]");
    let known = |last, severity| Some(told(last, severity));
    // 13 August 2021 is a Friday.
    let (ten, late, weekend) = (
        "2021-08-13T10:00:00+07:00",
        "2021-08-13T22:00:00+07:00",
        "2021-08-14T05:59:00+07:00",
    );
    let table: Vec<Row<'_>> = vec![
        (
            &plain,
            High,
            None,
            ten,
            "2021-08-13T10:02:00+07:00",
            vec![Wait],
        ),
        (
            &plain,
            Low,
            None,
            ten,
            "2021-08-13T10:02:00+07:00",
            vec![Wait],
        ),
        (
            &plain,
            High,
            known("2021-08-13T09:50:00+07:00", High),
            ten,
            "2021-08-13T10:20:00+07:00",
            vec![Wait, Interval],
        ),
        (
            &plain,
            High,
            known("2021-08-13T08:00:00+07:00", High),
            ten,
            "2021-08-13T10:02:00+07:00",
            vec![Wait],
        ),
        (
            NIGHT,
            High,
            None,
            late,
            "2021-08-14T06:00:00+07:00",
            vec![Wait, Quiet],
        ),
        (
            NIGHT,
            Urgent,
            None,
            late,
            "2021-08-13T22:02:00+07:00",
            vec![Wait],
        ),
        (
            NIGHT,
            High,
            None,
            "2021-08-13T20:59:00+07:00",
            "2021-08-14T06:00:00+07:00",
            vec![Wait, Quiet],
        ),
        (
            NIGHT,
            High,
            None,
            "2021-08-14T05:59:00+07:00",
            "2021-08-14T06:01:00+07:00",
            vec![Wait],
        ),
        (
            &all,
            High,
            None,
            late,
            "2021-08-16T06:00:00+07:00",
            vec![Wait, Quiet, DayOff, Quiet],
        ),
        (
            &all,
            High,
            None,
            weekend,
            "2021-08-16T06:00:00+07:00",
            vec![Wait, DayOff, Quiet],
        ),
        (
            &all,
            Low,
            None,
            weekend,
            "2021-08-16T07:30:00+07:00",
            vec![Light],
        ),
        (
            &all,
            Urgent,
            None,
            weekend,
            "2021-08-14T06:01:00+07:00",
            vec![Wait],
        ),
        (
            DIGEST,
            Info,
            None,
            ten,
            "2021-08-13T16:30:00+07:00",
            vec![Light],
        ),
        (
            DIGEST,
            Low,
            None,
            "2021-08-13T16:30:00+07:00",
            "2021-08-14T07:30:00+07:00",
            vec![Light],
        ),
        (
            DIGEST,
            Urgent,
            known("2021-08-13T09:00:00+07:00", High),
            ten,
            "2021-08-13T16:30:00+07:00",
            vec![News],
        ),
        (
            &raised,
            Urgent,
            known("2021-08-13T09:50:00+07:00", High),
            ten,
            "2021-08-13T10:20:00+07:00",
            vec![Wait, Interval],
        ),
        (
            &raised,
            High,
            known("2021-08-13T09:50:00+07:00", High),
            ten,
            "2021-08-13T16:30:00+07:00",
            vec![News],
        ),
        (
            &mail,
            Medium,
            known("2021-08-13T09:00:00+07:00", High),
            ten,
            "2021-08-13T10:02:00+07:00",
            vec![Wait],
        ),
        (
            &mail,
            Low,
            known("2021-08-13T09:00:00+07:00", High),
            ten,
            "2021-08-13T16:30:00+07:00",
            vec![News],
        ),
        (
            &off,
            High,
            None,
            "2021-08-13T12:30:00+07:00",
            "2021-08-13T14:00:00+07:00",
            vec![Wait, Quiet],
        ),
    ];
    let tz = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
    for (settings, severity, told, now, want, why) in table {
        let case = format!("{settings}\n{severity} at {now}, told {told:?}");
        let due = timing(settings).due(severity, told.as_ref(), at(now), &tz);
        assert_eq!(due.at, at(want), "{case}: {due:?}");
        let holds: Vec<Hold> = due.why.iter().map(|step| step.hold).collect();
        assert_eq!(holds, why, "{case}");
        assert_eq!(due.why.last().unwrap().until, due.at, "{case}");
        assert_eq!(due.digest, matches!(why[0], Light | News), "{case}");
    }
}

#[test]
fn a_clock_that_is_put_forward_or_back_neither_stalls_nor_repeats() {
    // Put forward on 28 March 2021 from 02:00 to 03:00, back on 31 October from 03:00 to 02:00.
    let tz = TimeZone::get("Europe/Berlin").unwrap();
    let quiet = timing("quiet = \"22:00-02:30\"");
    let due = |now: &str| quiet.due(High, None, at(now), &tz).at;
    assert_eq!(
        due("2021-03-28T00:00:00+01:00"),
        at("2021-03-28T03:30:00+02:00")
    );
    assert_eq!(
        due("2021-10-31T00:00:00+02:00"),
        at("2021-10-31T02:30:00+02:00")
    );
    let digest = timing("digest = \"02:30\"");
    let next = |now: &str| digest.next_digest(at(now), &tz).unwrap();
    assert_eq!(
        next("2021-03-28T00:00:00+01:00"),
        at("2021-03-28T03:30:00+02:00")
    );
    assert_eq!(
        next("2021-10-31T00:00:00+02:00"),
        at("2021-10-31T02:30:00+02:00")
    );
    assert_eq!(
        next("2021-10-31T02:30:00+02:00"),
        at("2021-11-01T02:30:00+01:00")
    );
}

#[test]
fn a_schedule_without_an_open_hour_holds_nothing_for_ever() {
    let never = timing("quiet = [\"00:00-12:00\", \"12:00-00:00\"]\ndigest = \"07:30\"");
    let now = at("2021-08-13T10:00:00+07:00");
    let due = never.due(High, None, now, &TimeZone::UTC);
    assert_eq!(due.at, at("2021-08-13T10:02:00+07:00"));
    let light = never.due(Low, None, now, &TimeZone::UTC);
    assert_eq!((light.at, light.digest), (due.at, false));
}
