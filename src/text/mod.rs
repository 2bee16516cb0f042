//! Vietnamese text: what a letter, a syllable and a word are, whatever way they were typed.
//!
//! A syllable is its letters (`a`–`z`, digits) with their shape marks (breve, circumflex, horn,
//! the stroke of `đ`) plus one tone, wherever that tone was typed.

mod fold;

pub use fold::{Homoglyphs, Syllable, is_syllable, is_word, key, syllables, unmarked};
