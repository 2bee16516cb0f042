//! Addresses: the words in them are nobody's words.

/// Whether `https:`, `www.` or the stop of `tuoitre.vn/…` was just read, right before a byte.
pub(super) fn begins(text: &[u8], at: usize) -> bool {
    let (before, rest) = text.split_at(at);
    match before.split_last() {
        Some((b':', _)) => rest.starts_with(b"//"),
        Some((b'.', before)) => {
            before.ends_with(b"www")
                || (2..5).any(|n| rest.get(n) == Some(&b'/') && is_domain(&rest[..n]))
        }
        _ => false,
    }
}

/// How much of a text belongs to the address that it begins inside of.
pub(super) fn length(rest: &str) -> usize {
    rest.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '\'' | '”' | '’'))
        .unwrap_or(rest.len())
}

/// Whether a name is the last part of host names that are common in Vietnamese texts.
pub(super) fn is_domain(name: &[u8]) -> bool {
    const DOMAINS: [&[u8]; 9] = [
        b"vn", b"com", b"net", b"org", b"gov", b"edu", b"info", b"tv", b"io",
    ];
    DOMAINS.contains(&name)
}
