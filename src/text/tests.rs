use super::*;

#[test]
fn x() {
    for (a, b) in [
        ("vắc xin", "VĂ\u{301}C-XIN"),
        ("hòa", "hoà"),
        ("lượng", "lựơng"),
    ] {
        assert_eq!(key(a), key(b));
    }
}
