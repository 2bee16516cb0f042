//! Bodies: their codings, their limits, and what hostile ones take.

use super::*;

/// 64 MiB of zeros, packed: what a bomb looks like on the wire.
fn gzip_bomb() -> Vec<u8> {
    // One stored-free deflate stream: a literal zero, then matches of length 258 at distance 1,
    // by the fixed Huffman codes of RFC 1951 §3.2.6.
    let mut bits = Bits::default();
    bits.push(0b011, 3); // last block, fixed codes
    bits.code(0x30, 8); // literal 0
    for _ in 0..(64 << 20) / 258 {
        bits.code(0b1100_0101, 8); // length 258
        bits.code(0, 5); // distance 1
    }
    bits.code(0, 7); // end of block
    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    bytes.extend(bits.bytes);
    bytes.extend([0; 8]); // checksum and length, never reached
    bytes
}

#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    used: u32,
}

impl Bits {
    fn push(&mut self, value: u32, count: u32) {
        for at in 0..count {
            if self.used.is_multiple_of(8) {
                self.bytes.push(0);
            }
            let bit = u8::from(value >> at & 1 == 1);
            *self.bytes.last_mut().unwrap() |= bit << (self.used % 8);
            self.used += 1;
        }
    }

    /// Huffman codes go in from their highest bit.
    fn code(&mut self, value: u32, count: u32) {
        self.push(value.reverse_bits() >> (32 - count), count);
    }
}

#[tokio::test]
async fn bombs_and_floods_stop_at_the_limit() {
    let bomb = gzip_bomb();
    assert!(
        bomb.len() < 1 << 20,
        "the bomb itself is small: {}",
        bomb.len()
    );
    let server = Server::start(move |path| match path {
        "/bomb" => ok("Content-Encoding: gzip\r\n", &bomb),
        "/announced" => {
            Answer::Bytes(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n".to_vec())
        }
        "/flood" => Answer::Endless(
            b"HTTP/1.1 200 OK\r\n\r\n".to_vec(),
            vec![b'x'; 65_536],
            Duration::ZERO,
        ),
        "/twice" => ok("Content-Encoding: gzip, gzip\r\n", &bomb),
        "/unknown" => ok("Content-Encoding: zstd\r\n", b"x"),
        "/torn" => ok("Content-Encoding: gzip\r\n", b"this is no gzip"),
        "/mistaken" => ok("Content-Encoding: UTF-8\r\n", b"x"),
        "/exact" => ok("", &vec![b'x'; 1 << 20]),
        _ => ok("", &vec![b'x'; (1 << 20) + 1]),
    })
    .await;
    let fetcher = Fetcher::new(&settings()).unwrap();
    for (path, wanted) in [
        ("/bomb", FailureClass::TooBig),
        ("/announced", FailureClass::TooBig),
        ("/flood", FailureClass::TooBig),
        ("/over", FailureClass::TooBig),
        ("/twice", FailureClass::Unreadable),
        ("/unknown", FailureClass::Unreadable),
        ("/torn", FailureClass::Unreadable),
    ] {
        let outcome = get(&fetcher, &server.url(path)).await;
        assert_eq!(class(&outcome), wanted, "{path}: {outcome:?}");
    }
    assert_eq!(
        body(get(&fetcher, &server.url("/mistaken")).await).body,
        b"x"
    );
    assert_eq!(
        body(get(&fetcher, &server.url("/exact")).await).body.len(),
        1 << 20
    );
}
