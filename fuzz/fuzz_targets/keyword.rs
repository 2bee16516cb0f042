//! Any text as a rule: the parser neither panics nor points outside it, and a rule without a
//! fault prints to a rule that says the same.
//!
//! `cargo fuzz run keyword` (needs a nightly toolchain).

#![no_main]

use libfuzzer_sys::fuzz_target;

use canhtin::keyword::parse;

fuzz_target!(|rule: &str| {
    let (expr, faults) = parse(rule);
    for fault in &faults {
        assert!(rule.get(fault.span.clone()).is_some(), "{fault:?}");
    }
    if faults.is_empty() {
        let printed = expr.to_string();
        let (again, faults) = parse(&printed);
        assert!(faults.is_empty(), "{printed}: {faults:?}");
        assert_eq!(again, expr, "{printed}");
    }
});
