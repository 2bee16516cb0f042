//! Documents that mean ill.

use std::fmt::Write as _;
use std::io::Write as _;

/// Near the limit of 8 MiB.
const BIG: usize = 7 << 20;

/// A feed with one item; `{}` of the description is `text`.
pub fn feed(text: &str) -> Vec<u8> {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\"><channel><title>Tin</title>\
         <item><title>Mở cửa trạm y tế</title><link>https://tin.example/1</link>\
         <description><![CDATA[{text}]]></description></item></channel></rss>"
    )
    .into_bytes()
}

/// A page with links and a text.
pub fn page(body: &str) -> Vec<u8> {
    format!(
        "<!doctype html><meta charset=utf-8><title>Tin</title><h1>Mở cửa trạm y tế</h1>\
         <p>Trạm y tế xã mở cửa cả ngày thứ bảy.</p>{body}"
    )
    .into_bytes()
}

pub fn many_items(count: usize) -> Vec<u8> {
    let mut feed = String::from("<rss version=\"2.0\"><channel><title>Tin</title>");
    for n in 0..count {
        write!(feed, "<item><guid>{n}</guid><title>Tin {n}</title></item>").unwrap();
    }
    feed.push_str("</channel></rss>");
    feed.into_bytes()
}

pub fn many_links(count: usize) -> Vec<u8> {
    let links: String = (0..count)
        .map(|n| format!("<li><a href=/tin/{n}>Tin số {n} hôm nay</a>"))
        .collect();
    page(&format!("<ul>{links}</ul>"))
}

/// Elements one in the other, never closed.
pub fn nested(open: &str) -> String {
    open.repeat(BIG / open.len())
}

pub fn deep_feed() -> Vec<u8> {
    let (open, close) = ("<a>".repeat(BIG / 8), "</a>".repeat(BIG / 8));
    format!(
        "<rss version=\"2.0\"><channel><item><title>x</title>{open}y{close}</item></channel></rss>"
    )
    .into_bytes()
}

/// Each level's base is joined to the one above.
pub fn nested_base() -> Vec<u8> {
    let mut feed =
        String::from("<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:base=\"http://a.example/\">");
    while feed.len() < BIG / 2 {
        feed.push_str("<entry xml:base=\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/\"><x xml:base=\"b/\">");
    }
    feed.into_bytes()
}

pub fn attributes(count: usize) -> String {
    let mut tag = String::from("<item");
    for n in 0..count {
        write!(tag, " a{n}=\"{n}\"").unwrap();
    }
    tag.push('>');
    tag
}

pub fn billion_laughs() -> Vec<u8> {
    let mut text = String::from("<?xml version=\"1.0\"?><!DOCTYPE rss [<!ENTITY a0 \"ha\">");
    for n in 1..30 {
        let again = format!("&a{};", n - 1).repeat(10);
        write!(text, "<!ENTITY a{n} \"{again}\">").unwrap();
    }
    text.push_str(
        "]><rss version=\"2.0\"><channel><item><guid>1</guid><title>Cười &a29;</title></item></channel></rss>",
    );
    text.into_bytes()
}

/// One entity, long and called often.
pub fn quadratic_blowup() -> Vec<u8> {
    let long = "a".repeat(BIG / 4);
    let calls = "&a;".repeat(BIG / 8);
    format!(
        "<?xml version=\"1.0\"?><!DOCTYPE rss [<!ENTITY a \"{long}\">]><rss version=\"2.0\"><channel>\
         <item><guid>1</guid><title>x{calls}</title></item></channel></rss>"
    )
    .into_bytes()
}

/// Entities and declarations that name a file and an address.
pub fn external(entity: &str) -> Vec<u8> {
    format!(
        "<?xml version=\"1.0\"?><!DOCTYPE rss SYSTEM \"{entity}\" [<!ENTITY x SYSTEM \"{entity}\">\
         <!ENTITY % y SYSTEM \"{entity}\"> %y;]><rss version=\"2.0\" xmlns:xi=\"http://www.w3.org/2001/XInclude\">\
         <channel><item><guid>1</guid><title>Tin &x;</title><description>&x;<xi:include href=\"{entity}\" \
         parse=\"text\"/></description></item></channel></rss>"
    )
    .into_bytes()
}

/// Text in windows-1258 as Vietnamese programs wrote it: the tone follows its letter.
pub fn windows_1258() -> Vec<u8> {
    let text = "M\u{1a1}\u{309} c\u{1b0}\u{309}a tra\u{323}m y t\u{ea}\u{301}";
    let feed = format!(
        "<?xml version=\"1.0\" encoding=\"windows-1258\"?><rss version=\"2.0\"><channel><item><guid>1</guid>\
         <title>{text}</title></item></channel></rss>"
    );
    encoding_rs::WINDOWS_1258.encode(&feed).0.into_owned()
}

/// Bytes from all over.
pub fn noise(count: usize) -> Vec<u8> {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut bytes = Vec::with_capacity(count + 8);
    while bytes.len() < count {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend(state.to_le_bytes());
    }
    bytes
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

pub fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    let mut packer = brotli::CompressorWriter::new(&mut packed, 4096, 1, 22);
    packer.write_all(bytes).unwrap();
    drop(packer);
    packed
}

pub fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}
