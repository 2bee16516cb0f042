use crate::keyword::{FaultKind, parse};

#[test]
fn printing_a_parsed_rule_shows_how_it_was_read() {
    for (rule, printed) in [
        ("vắc xin", "vắc xin"),
        ("\"vắc  xin\"", "vắc xin"),
        (
            "@vac-xin NEAR/12 (vô sinh OR hiếm muộn OR @khong NEAR/3 có con)",
            "@vac-xin NEAR/12 (vô sinh OR hiếm muộn OR @khong NEAR/3 có con)",
        ),
        ("a b AND c OR d", "a b AND c OR d"),
        ("a AND (b OR c) AND NOT d", "a AND (b OR c) AND NOT d"),
        ("NOT a NEAR/3 b", "NOT a NEAR/3 b"),
        ("a NEAR/3 b BEFORE/2 c", "a NEAR/3 b BEFORE/2 c"),
        ("a NEAR/3 (b BEFORE/2 c)", "a NEAR/3 (b BEFORE/2 c)"),
        (
            "title:(tin giả OR tin đồn) AND @covid",
            "title:(tin giả OR tin đồn) AND @covid",
        ),
        ("title: vắc xin", "title:vắc xin"),
        (
            "Bạch Thông [name] AND \"tỏi\" [loose]",
            "Bạch Thông [name] AND tỏi [loose]",
        ),
        ("“tin (giả)” AND /5\\s?g/", "\"tin (giả)\" AND /5\\s?g/"),
        ("24/7 AND cảm ơn \"AND\"", ""),
        ("5g AND \"BEFORE sunrise\"", "5g AND \"BEFORE sunrise\""),
    ] {
        let (expr, faults) = parse(rule);
        if printed.is_empty() {
            assert!(!faults.is_empty(), "{rule}");
            continue;
        }
        assert!(faults.is_empty(), "{rule}: {faults:?}");
        assert_eq!(expr.to_string(), printed);
    }
}

#[test]
fn every_mistake_of_a_rule_is_found_at_its_place() {
    use FaultKind as F;
    let long = format!("/{}/", "a".repeat(1025));
    let deep = format!("{}a{}", "(".repeat(40), ")".repeat(40));
    for (rule, wanted) in [
        ("", vec![(F::EmptyRule, "")]),
        ("a AND", vec![(F::MissingAfter, "AND")]),
        ("OR a", vec![(F::MissingBefore, "OR")]),
        ("a AND OR b", vec![(F::MissingAfter, "AND")]),
        (
            "a OR () AND title:",
            vec![(F::EmptyGroup, "()"), (F::MissingAfter, "title:")],
        ),
        ("(a OR b", vec![(F::Unclosed, "(")]),
        ("a OR b) AND c", vec![(F::Unopened, ")")]),
        ("\"a AND b", vec![(F::UnclosedQuote, "\"")]),
        (
            "a /b",
            vec![(F::UnclosedRegex, "/"), (F::MissingOperator, "/b")],
        ),
        ("@ds vô sinh", vec![(F::MissingOperator, "vô")]),
        (
            "a NEAR b",
            vec![(F::NearWithoutDistance("NEAR", 5), "NEAR")],
        ),
        (
            "a NEAR 7 b",
            vec![(F::NearWithoutDistance("NEAR", 7), "NEAR 7")],
        ),
        (
            "a NEAR / 7 b",
            vec![(F::NearWithoutDistance("NEAR", 7), "NEAR / 7")],
        ),
        (
            "a BEFORE/x b",
            vec![(F::NearWithoutDistance("BEFORE", 5), "BEFORE/x")],
        ),
        ("a NEAR/999 b", vec![(F::TooFar("NEAR"), "NEAR/999")]),
        (
            "a NEAR/99999999999999999999 b",
            vec![(F::TooFar("NEAR"), "NEAR/99999999999999999999")],
        ),
        (
            "a [stritc] AND b [nam",
            vec![
                (F::UnknownOption("stritc".into()), "stritc"),
                (F::UnclosedOptions, "["),
            ],
        ),
        (
            "a [strict, loose]",
            vec![(F::StrictAndLoose, "strict, loose")],
        ),
        ("@a [name]", vec![(F::OptionsWithoutPhrase, "[name]")]),
        ("@ OR b", vec![(F::ListWithoutName, "@")]),
        (
            "/a(/ OR b",
            vec![(F::BadPattern("unclosed group".into()), "/a(/")],
        ),
        ("/a*/ OR b", vec![(F::PatternMatchesAll, "/a*/")]),
        (&long, vec![(F::PatternTooLong, &*long)]),
        (&deep, vec![(F::TooDeep, "(")]),
        ("NOT a", vec![(F::NotAlone, "NOT a")]),
        ("NOT a AND NOT b", vec![(F::NotAlone, "NOT a AND NOT b")]),
        ("a OR NOT b", vec![(F::NotAlone, "NOT b")]),
        ("NOT NOT a", vec![(F::DoubleNot, "NOT NOT a")]),
        ("(a AND b) NEAR/3 c", vec![(F::AndInNear, "(a AND b)")]),
        ("a and b", vec![(F::LowerCaseOperator("AND".into()), "and")]),
        (
            "a near/5 b OR c AND",
            vec![
                (F::LowerCaseOperator("NEAR/5".into()), "near/5"),
                (F::MissingAfter, "AND"),
            ],
        ),
        (
            "(a NEAR b AND [x] c OR",
            vec![
                (F::Unclosed, "("),
                (F::NearWithoutDistance("NEAR", 5), "NEAR"),
                (F::OptionsWithoutPhrase, "[x]"),
                (F::UnknownOption("x".into()), "x"),
                (F::MissingAfter, "OR"),
            ],
        ),
        ("... AND a", vec![(F::EmptyPhrase, "...")]),
    ] {
        let (_, faults) = parse(rule);
        let found: Vec<_> = faults
            .iter()
            .filter(|fault| fault.kind != F::TooDeep || !faults[0].span.is_empty())
            .map(|fault| (fault.kind.clone(), &rule[fault.span.clone()]))
            .collect();
        if matches!(wanted[0].0, F::TooDeep) {
            assert!(found.contains(&wanted[0]), "{found:?}");
        } else {
            assert_eq!(found, wanted, "{rule}");
        }
    }
}
