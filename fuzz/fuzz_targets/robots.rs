//! Any bytes as `robots.txt`: a decision for any path, a bounded pause, and what is kept of the
//! file reads as the same rules. The first line is the path.
#![no_main]

use std::time::Duration;

use canhtin::fetch::{AGENT, Rules};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let border = input.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let (path, file) = input.split_at(border);
    let rules = Rules::read(file, AGENT);
    assert!(rules.delay() <= Duration::from_secs(30));
    let kept = Rules::read(rules.text().as_bytes(), AGENT);
    assert_eq!(kept.delay(), rules.delay());
    for path in [&*String::from_utf8_lossy(path), "/", "/tin/1?p=*", "/tin/index.html"] {
        let base: url::Url = "https://bao.example/".parse().expect("an address");
        let Ok(url) = base.join(path) else { continue };
        let (forbidden, still) = (rules.forbid(&url), kept.forbid(&url));
        assert_eq!(forbidden.is_some(), still.is_some(), "{url}: {forbidden:?}, kept {still:?}");
    }
    let always = "https://bao.example/robots.txt".parse().expect("an address");
    assert_eq!(rules.forbid(&always), None);
});
