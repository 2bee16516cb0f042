//! What raw bytes tell before a character is read.

use super::memory::REMEMBERED;

/// What a byte can be, as far as a byte tells.
pub(super) const WORD: u8 = 0;
pub(super) const GAP: u8 = 1;
/// First byte of a character that may be either.
pub(super) const EITHER: u8 = 2;

/// ASCII letters and digits, the lead bytes of the blocks with Vietnamese letters and combining
/// marks (C3–C6, CC, E1) and continuation bytes belong to words; a token that turns out to hold
/// anything else is read character by character.
pub(super) static BYTES: [u8; 256] = {
    let mut bytes = [EITHER; 256];
    let mut byte = 0_u8;
    loop {
        bytes[byte as usize] = match byte {
            0x80..=0xbf | 0xc3..=0xc6 | 0xcc | 0xe1 => WORD,
            0..=0x7f if byte.is_ascii_alphanumeric() => WORD,
            0..=0x7f => GAP,
            _ => EITHER,
        };
        if byte == u8::MAX {
            break bytes;
        }
        byte += 1;
    }
};

/// The bytes up to the next one below `0` (a space, mostly), if they are few, and how many. They
/// are remembered as a token only if they are one.
#[inline]
pub(super) fn glance(bytes: &[u8], at: usize) -> Option<(u128, usize)> {
    let chunk = bytes.get(at..at + REMEMBERED)?;
    let (low, high) = chunk.split_at(8);
    let low = u64::from_le_bytes(low.try_into().ok()?);
    let stops = stops(low);
    if stops != 0 {
        let bits = stops.trailing_zeros() - 7;
        return Some((u128::from(low & ((1 << bits) - 1)), bits as usize / 8));
    }
    let high = u64::from_le_bytes(high.try_into().ok()?);
    let stops = self::stops(high);
    if stops == 0 {
        return None;
    }
    let bits = stops.trailing_zeros() - 7;
    let raw = u128::from(high & ((1 << bits) - 1)) << 64 | u128::from(low);
    Some((raw, 8 + bits as usize / 8))
}

/// The high bits of those bytes that are below `0`.
#[inline]
const fn stops(bytes: u64) -> u64 {
    const HIGH: u64 = u64::from_le_bytes([0x80; 8]);
    const ADD: u64 = u64::from_le_bytes([0x80 - b'0'; 8]);
    // A byte's high bit is set in the sum if the byte is at least `0`.
    !(((bytes & !HIGH) + ADD) | bytes) & HIGH
}
