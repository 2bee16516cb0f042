//! Any bytes as a list page: documents within bounds with distinct ids, clean lines and web addresses, or a
//! failure; the same again for the same bytes.
#![no_main]

mod shared;

use canhtin::source::Kind;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| shared::read(Kind::Page, body));
