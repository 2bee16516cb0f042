//! Bodies: their codings, their limits, and what hostile ones take.

use std::io::Write as _;

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

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    let mut packer = brotli::CompressorWriter::new(&mut packed, 4096, 5, 24);
    packer.write_all(bytes).unwrap();
    drop(packer);
    packed
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

/// A frame that asks for a window of 2^`log` bytes (RFC 8878 §3.1.1.1.2), holding one raw block.
fn zstd_window(log: u8, text: &[u8]) -> Vec<u8> {
    let size = u32::try_from(text.len()).unwrap() << 3 | 1;
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0, (log - 10) << 3];
    frame.extend(&size.to_le_bytes()[..3]);
    frame.extend(text);
    frame
}

/// How a body is packed, in the order of its header.
type Pack = (&'static str, fn(&[u8]) -> Vec<u8>);

const PACKS: [Pack; 9] = [
    ("gzip", gzip),
    ("x-gzip", gzip),
    ("deflate", zlib),
    ("deflate", deflate),
    ("br", brotli),
    ("zstd", zstd),
    ("gzip, br", |text| brotli(&gzip(text))),
    ("zstd , GZIP", |text| gzip(&zstd(text))),
    ("deflate, zstd", |text| zstd(&zlib(text))),
];

#[tokio::test]
async fn every_coding_that_is_offered_is_undone() {
    let text = "Trạm y tế mở cửa.\n".repeat(20_000);
    let body_of = text.clone();
    let server = Server::start(move |path| {
        let (header, pack) = PACKS[path[2..].parse::<usize>().unwrap()];
        let mut packed = pack(body_of.as_bytes());
        match &path[..2] {
            "/w" => {}
            "/e" => packed = pack(b""),
            _ => packed.truncate(packed.len() / 2),
        }
        ok(&format!("Content-Encoding: {header}\r\n"), &packed)
    })
    .await;
    let fetcher = Fetcher::new(&settings()).unwrap();
    for (n, (header, _)) in PACKS.iter().enumerate() {
        let whole = body(get(&fetcher, &server.url(&format!("/w{n}"))).await);
        assert!(whole.body == text.as_bytes(), "{header}");
        let empty = body(get(&fetcher, &server.url(&format!("/e{n}"))).await);
        assert!(empty.body.is_empty(), "{header}");
        let half = get(&fetcher, &server.url(&format!("/h{n}"))).await;
        assert_eq!(class(&half), FailureClass::Unreadable, "{header}: {half:?}");
    }
    let head = &server.seen()[0].head;
    assert!(
        head.contains("accept-encoding: gzip, br, zstd, deflate\r\n"),
        "{head}"
    );
}

#[tokio::test]
async fn bombs_and_floods_stop_at_the_limit() {
    let bomb = gzip_bomb();
    assert!(bomb.len() < 1 << 20, "the bomb is {} bytes", bomb.len());
    let zeros = vec![0; 64 << 20];
    let bombs: Vec<(String, Vec<u8>)> = PACKS
        .iter()
        .map(|(header, pack)| ((*header).to_owned(), pack(&zeros)))
        // Packed nothings: the middle layer is far over the limit, and nothing comes out.
        .chain([("gzip, gzip".to_owned(), gzip(&gzip(b"").repeat(100_000)))])
        .collect();
    let served = bombs.clone();
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
        "/nothings" => Answer::Endless(
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n".to_vec(),
            gzip(b"").repeat(2_000),
            Duration::ZERO,
        ),
        "/thrice" => ok(
            "Content-Encoding: gzip, gzip, gzip\r\n",
            &gzip(&gzip(&gzip(b"x"))),
        ),
        "/apart" => ok(
            "Content-Encoding: gzip\r\nContent-Encoding: br, gzip\r\n",
            b"x",
        ),
        "/unknown" => ok("Content-Encoding: compress\r\n", b"x"),
        "/window" => ok("Content-Encoding: zstd\r\n", &zstd_window(27, b"x")),
        "/small-window" => ok("Content-Encoding: zstd\r\n", &zstd_window(23, b"x")),
        "/torn" => ok("Content-Encoding: gzip\r\n", b"this is no gzip"),
        "/torn-br" => ok("Content-Encoding: br\r\n", b"this is no brotli"),
        "/torn-zstd" => ok("Content-Encoding: zstd\r\n", b"this is no zstd"),
        "/mistaken" => ok("Content-Encoding: UTF-8\r\n", b"x"),
        "/exact" => ok("", &vec![b'x'; 1 << 20]),
        "/over" => ok("", &vec![b'x'; (1 << 20) + 1]),
        number => {
            let (header, bytes) = &served[number[1..].parse::<usize>().unwrap()];
            ok(&format!("Content-Encoding: {header}\r\n"), bytes)
        }
    })
    .await;
    let fetcher = Fetcher::new(&settings()).unwrap();
    let named = [
        ("/bomb", FailureClass::TooBig),
        ("/announced", FailureClass::TooBig),
        ("/flood", FailureClass::TooBig),
        ("/nothings", FailureClass::TooBig),
        ("/over", FailureClass::TooBig),
        ("/thrice", FailureClass::Unreadable),
        ("/apart", FailureClass::Unreadable),
        ("/unknown", FailureClass::Unreadable),
        ("/window", FailureClass::Unreadable),
        ("/torn", FailureClass::Unreadable),
        ("/torn-br", FailureClass::Unreadable),
        ("/torn-zstd", FailureClass::Unreadable),
    ];
    let numbered: Vec<String> = (0..bombs.len()).map(|n| format!("/{n}")).collect();
    let numbered = numbered
        .iter()
        .map(|path| (path.as_str(), FailureClass::TooBig));
    for (path, wanted) in named.into_iter().chain(numbered) {
        let outcome = get(&fetcher, &server.url(path)).await;
        // On a busy machine unpacking may come to its limit of time first.
        let late = wanted == FailureClass::TooBig
            && matches!(&outcome, Outcome::Failed(failure) if failure.detail.contains("too long to unpack"));
        assert!(late || class(&outcome) == wanted, "{path}: {outcome:?}");
    }
    for path in ["/mistaken", "/small-window"] {
        assert_eq!(body(get(&fetcher, &server.url(path)).await).body, b"x");
    }
    let exact = body(get(&fetcher, &server.url("/exact")).await);
    assert_eq!(exact.body.len(), 1 << 20);
}

#[tokio::test]
async fn many_large_bodies_share_their_memory() {
    let server = Server::start(|_| ok("", &vec![b'x'; 8 << 20])).await;
    let fetcher = Fetcher::new(&Settings {
        max_body: 8 << 20,
        ..settings()
    })
    .unwrap();
    let mut held = Vec::new();
    for n in 0..8 {
        held.push(body(get(&fetcher, &server.url(&format!("/{n}"))).await));
    }
    // 62 MiB are held of the 64 beside their beginnings: there is no room for another one until one of them is dropped.
    let outcome = get(&fetcher, &server.url("/9")).await;
    assert_eq!(class(&outcome), FailureClass::Busy, "{outcome:?}");
    held.pop();
    body(get(&fetcher, &server.url("/10")).await);
}
