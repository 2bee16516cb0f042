//! How grave, and why.

use super::{document, rule, source, spans};
use crate::alert::{Alert, Facts, Reason};
use crate::document::Field;
use crate::keyword::Severity::{self, High, Info, Low, Medium, Urgent};
use crate::scan::{Hit, Stance, Tier};
use crate::source::Trust;
use crate::story::StoryId;

fn weighed(
    severity: Severity,
    trust: Trust,
    tier: Tier,
    text: &str,
    pages: u64,
) -> (Severity, Vec<Reason>) {
    let document = document("Tin trong ngày", text);
    let hit = Hit {
        rule: rule("r", severity, None).into(),
        stance: Stance::Asserts,
        tier,
        spans: spans(&document, Field::Text, &["vắc xin"]),
        cue: None,
    };
    let mut alert = Alert::new(&Facts {
        document: &document,
        source: &source(trust, &[]),
        hit: &hit,
        story: StoryId("s".to_owned()),
        rules_version: "v1",
        now: "2021-08-15T01:00:00Z".parse().unwrap(),
        edited: false,
        places: &["Đèo Mây".to_owned()],
        named: &[],
    });
    alert.weigh_spread(pages);
    let weight = alert.weight.unwrap();
    assert_eq!(weight.rule, severity);
    (alert.severity, weight.reasons)
}

#[test]
fn severity_is_moved_by_what_is_known_and_says_why() {
    use Reason::{Disguised, Official, Place, Spread, Unmarked};
    use Tier::Exact;
    use Trust::{Press, Social};
    let (plain, near) = ("vắc xin gây vô sinh", "ở Đèo Mây vắc xin gây vô sinh");
    let here = || Place("Đèo Mây".to_owned());
    let table = [
        (Medium, Social, Exact, plain, 1, Medium, vec![]),
        (Medium, Press, Tier::Variant, plain, 2, Medium, vec![]),
        (
            Medium,
            Trust::Official,
            Exact,
            plain,
            1,
            Low,
            vec![Official],
        ),
        (
            Medium,
            Social,
            Tier::Unmarked,
            plain,
            1,
            Low,
            vec![Unmarked],
        ),
        (Low, Social, Tier::Unmarked, plain, 1, Low, vec![]),
        (
            Medium,
            Social,
            Tier::Disguised,
            plain,
            1,
            High,
            vec![Disguised],
        ),
        (Medium, Social, Exact, near, 1, High, vec![here()]),
        (Urgent, Social, Exact, near, 40, Urgent, vec![]),
        (Medium, Social, Exact, plain, 3, High, vec![Spread(3)]),
        (High, Social, Exact, plain, 9, High, vec![]),
        (High, Social, Exact, plain, 10, Urgent, vec![Spread(10)]),
        (Low, Social, Exact, plain, 29, High, vec![Spread(29)]),
        (Low, Social, Exact, plain, 30, Urgent, vec![Spread(30)]),
        (
            Low,
            Social,
            Tier::Disguised,
            near,
            3,
            High,
            vec![Disguised, here()],
        ),
        (Info, Social, Tier::Disguised, near, 40, Info, vec![]),
    ];
    for (rule, trust, tier, text, pages, severity, reasons) in table {
        let case = format!("{rule} {trust} {tier} {text} {pages}");
        assert_eq!(
            weighed(rule, trust, tier, text, pages),
            (severity, reasons),
            "{case}"
        );
    }
}
