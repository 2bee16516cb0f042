use std::sync::Arc;

use proptest::prelude::*;

use crate::keyword::expr::{Expr, Kind};
use crate::keyword::{FaultKind, Term, TermOptions, parse};

fn phrase() -> impl Strategy<Value = Expr> {
    let text = prop_oneof![
        "[a-zàảãăâđêếôơưữ0-9]{1,5}( [a-zàảãăâđêếôơưữ0-9]{1,5}){0,3}",
        Just("và AND".to_owned()),
        Just("near/5".to_owned()),
        Just("BEFORE x".to_owned()),
        Just("title:x (a)".to_owned()),
        Just("a/b @c [name]".to_owned()),
    ];
    (text, any::<(bool, bool)>()).prop_map(|(text, (strict, name))| {
        let options = TermOptions {
            strict,
            name,
            ..TermOptions::default()
        };
        let text = Arc::from(text);
        Expr::new(Kind::Phrase(Term { text, options }), 0..0)
    })
}

/// What may stand beside NEAR: no AND anywhere in it.
fn near_side() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![
        phrase(),
        "[a-z][a-z0-9-]{0,6}".prop_map(|name| Expr::new(Kind::List(name.into()), 0..0)),
        "[a-z0-9]{1,4}(\\\\/|[+])?"
            .prop_map(|pattern| Expr::new(Kind::Regex(pattern.into()), 0..0)),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4)
                .prop_map(|parts| Expr::new(Kind::Or(parts), 0..0)),
            near(inner.clone()),
            inner.prop_map(|inner| Expr::new(Kind::Title(Box::new(inner)), 0..0)),
        ]
    })
}

fn near(side: impl Strategy<Value = Expr> + Clone) -> impl Strategy<Value = Expr> {
    (side.clone(), side, 0..=200_u32, any::<bool>(), 0..4_u8).prop_map(
        |(left, right, within, ordered, not)| {
            let negated = |side: Expr, wanted: bool| {
                if wanted {
                    Expr::new(Kind::Not(Box::new(side)), 0..0)
                } else {
                    side
                }
            };
            let sides = Box::new([negated(left, not == 1), negated(right, not == 2)]);
            Expr::new(
                Kind::Near {
                    within,
                    ordered,
                    sides,
                },
                0..0,
            )
        },
    )
}

fn rule() -> impl Strategy<Value = Expr> {
    near_side().prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4)
                .prop_map(|parts| Expr::new(Kind::Or(parts), 0..0)),
            (
                prop::collection::vec(inner.clone(), 1..3),
                prop::collection::vec(inner, 1..3)
            )
                .prop_map(|(present, absent)| {
                    let absent = absent
                        .into_iter()
                        .map(|inner| Expr::new(Kind::Not(Box::new(inner)), 0..0));
                    Expr::new(Kind::And(present.into_iter().chain(absent).collect()), 0..0)
                }),
        ]
    })
}

proptest! {
    #[test]
    fn a_printed_rule_parses_to_itself(rule in rule()) {
        let printed = rule.to_string();
        let (parsed, faults) = parse(&printed);
        prop_assert!(faults.is_empty(), "{printed}: {faults:?}");
        prop_assert_eq!(&parsed, &rule, "{}", printed);
        prop_assert_eq!(parsed.to_string(), printed);
    }

    #[test]
    fn no_text_breaks_the_parser(text in "\\PC{0,60}") {
        check(&text);
    }

    #[test]
    fn no_row_of_tokens_breaks_the_parser(
        tokens in prop::collection::vec(
            prop::sample::select(vec![
                "AND", "OR", "NOT", "NEAR/3", "NEAR", "BEFORE/0", "(", ")", "title:", "@a", "@", "/x/", "/",
                "\"", "“b”", "[name]", "[", "vắc xin", "and", "\n", " ",
            ]),
            0..24,
        )
    ) {
        check(&tokens.join(" "));
        check(&tokens.concat());
    }
}

/// Every fault lies on letters of the rule; a rule without one prints to what says the same.
fn check(text: &str) {
    let (expr, faults) = parse(text);
    for fault in &faults {
        assert!(
            text.get(fault.span.clone()).is_some(),
            "{text:?}: {fault:?}"
        );
        assert!(
            !fault.span.is_empty() || fault.kind == FaultKind::EmptyRule,
            "{text:?}: {fault:?}"
        );
    }
    if faults.is_empty() {
        let printed = expr.to_string();
        let (again, faults) = parse(&printed);
        assert!(faults.is_empty(), "{text:?} → {printed:?}: {faults:?}");
        assert_eq!(again, expr, "{text:?} → {printed:?}");
    }
}
