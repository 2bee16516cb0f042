//! The fold: idempotent, ranges on character borders, no panic.
#![no_main]

use canhtin::text;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| {
    let key = text::key(input);
    assert_eq!(text::key(&key), key);
    let bare = text::unmarked(input);
    assert_eq!(text::unmarked(&bare), bare);
    let mut end = 0;
    for syllable in text::syllables(input) {
        assert!(syllable.range.start >= end && !syllable.range.is_empty());
        assert_eq!(input.get(syllable.range.clone()), Some(syllable.text));
        end = syllable.range.end;
        let _ = text::is_syllable(syllable.text);
        let _ = text::is_word(syllable.text);
    }
});
