//! Content codings (RFC 9110 §8.4.1), undone piece by piece. Every layer's bytes are counted, so
//! that a bomb stops at the limit wherever in it the bytes come out.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use brotli_decompressor::DecompressorWriter;
use flate2::write::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use zstd::stream::raw;
use zstd::zstd_safe::DParameter;

/// What is offered. More than two at once nobody honest sends.
pub(super) const OFFERED: &str = "gzip, br, zstd, deflate";
/// Codings one in the other that are undone.
const MOST_LAYERS: usize = 2;
/// A frame may not ask for a window above 2^23 bytes (RFC 9659 §3).
const ZSTD_WINDOW_LOG: u32 = 23;
/// The last resort on top of the counts: 400,000 empty members of a gzip file are 8 MB and take
/// seconds. An honest body takes some ten milliseconds.
const LONGEST: Duration = Duration::from_secs(2);
/// Bytes that a decoder hands on at once.
const BUFFER: usize = 32 << 10;

/// One content coding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    Gzip,
    Deflate,
    Brotli,
    Zstd,
}

/// The codings of a body in the order they were applied; an error names what cannot be undone.
/// What is no coding at all, such as a charset put into this header by mistake, is passed over.
pub(super) fn codings(header: &str) -> Result<Vec<Coding>, String> {
    let mut found = Vec::new();
    for name in header.split(',') {
        let name = name.trim().to_ascii_lowercase();
        match name.trim_start_matches("x-") {
            "gzip" => found.push(Coding::Gzip),
            "deflate" => found.push(Coding::Deflate),
            "br" => found.push(Coding::Brotli),
            "zstd" => found.push(Coding::Zstd),
            "compress" | "dcb" | "dcz" => {
                return Err(format!("the content coding `{name}` was not asked for"));
            }
            _ => {}
        }
    }
    if found.len() > MOST_LAYERS {
        return Err(format!("{} content codings one in the other", found.len()));
    }
    Ok(found)
}

/// Why a body cannot be taken.
#[derive(Debug)]
pub(super) enum Undecodable {
    /// More bytes than the limit, in one layer or another.
    Full,
    /// Not what its coding says.
    Broken(io::Error),
}

/// A body on its way through its layers.
pub(super) struct Decoder {
    top: Box<dyn Layer>,
    body: Arc<Mutex<Body>>,
    packed: bool,
    spent: Duration,
}

/// What has come out.
#[derive(Debug, Default)]
struct Body {
    bytes: Vec<u8>,
    full: bool,
}

impl Decoder {
    /// For a body of at most `max` bytes.
    pub(super) fn new(codings: &[Coding], max: usize) -> io::Result<Self> {
        let body = Arc::default();
        let mut top: Box<dyn Layer> = Box::new(Bottom {
            body: Arc::clone(&body),
            max,
        });
        for coding in codings {
            top = layer(*coding, top)?;
            top = Box::new(Counted {
                body: Arc::clone(&body),
                left: max,
                next: top,
            });
        }
        Ok(Self {
            top,
            body,
            packed: !codings.is_empty(),
            spent: Duration::ZERO,
        })
    }

    /// Takes the next bytes of the wire.
    pub(super) fn push(&mut self, chunk: &[u8]) -> Result<(), Undecodable> {
        let began = Instant::now();
        let done = self.top.write_all(chunk);
        self.spent += began.elapsed();
        if self.spent > LONGEST {
            return Err(Undecodable::Broken(io::Error::other(
                "it takes too long to unpack",
            )));
        }
        if self.lock().full {
            return Err(Undecodable::Full);
        }
        done.map_err(Undecodable::Broken)
    }

    /// Whether any coding is undone.
    pub(super) fn is_packed(&self) -> bool {
        self.packed
    }

    /// How many bytes have come out.
    pub(super) fn len(&self) -> usize {
        self.lock().bytes.len()
    }

    /// The whole body; broken where its end is missing.
    pub(super) fn finish(self) -> Result<Vec<u8>, Undecodable> {
        let Self { top, body, .. } = self;
        let done = top.finish();
        let mut body = body.lock().unwrap_or_else(PoisonError::into_inner);
        if body.full {
            return Err(Undecodable::Full);
        }
        done.map_err(Undecodable::Broken)?;
        Ok(std::mem::take(&mut body.bytes))
    }

    /// The beginning, as far as it goes.
    pub(super) fn begun(self) -> Vec<u8> {
        std::mem::take(&mut self.lock().bytes)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Body> {
        self.body.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One step on the way down to the body.
trait Layer: Write + Send {
    /// Hands on what is left; an error where the coding's end is missing.
    fn finish(self: Box<Self>) -> io::Result<()>;
}

fn layer(coding: Coding, next: Box<dyn Layer>) -> io::Result<Box<dyn Layer>> {
    Ok(match coding {
        Coding::Gzip => Box::new(MultiGzDecoder::new(next)),
        Coding::Deflate => Box::new(Deflate::Unknown(Some(next))),
        Coding::Brotli => Box::new(DecompressorWriter::new(next, BUFFER)),
        Coding::Zstd => {
            let mut raw = raw::Decoder::new()?;
            raw.set_parameter(DParameter::WindowLogMax(ZSTD_WINDOW_LOG))?;
            let out = vec![0; BUFFER];
            let (begun, open) = (false, false);
            Box::new(Zstd {
                raw,
                out,
                begun,
                open,
                next,
            })
        }
    })
}

fn cut_off() -> io::Error {
    io::Error::new(
        io::ErrorKind::UnexpectedEof,
        "the packed body ends too early",
    )
}

/// The body itself.
struct Bottom {
    body: Arc<Mutex<Body>>,
    max: usize,
}

impl Write for Bottom {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut body = self.body.lock().unwrap_or_else(PoisonError::into_inner);
        let room = self.max - body.bytes.len().min(self.max);
        let taken = bytes.len().min(room);
        body.bytes.extend_from_slice(&bytes[..taken]);
        if taken < bytes.len() {
            body.full = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Layer for Bottom {
    fn finish(self: Box<Self>) -> io::Result<()> {
        Ok(())
    }
}

/// Counts what goes into a decoder: a stream of packed nothings would keep it busy for ever.
struct Counted {
    body: Arc<Mutex<Body>>,
    left: usize,
    next: Box<dyn Layer>,
}

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(left) = self.left.checked_sub(bytes.len()) else {
            let mut body = self.body.lock().unwrap_or_else(PoisonError::into_inner);
            body.full = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        };
        self.left = left;
        self.next.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.next.flush()
    }
}

impl Layer for Counted {
    fn finish(self: Box<Self>) -> io::Result<()> {
        self.next.finish()
    }
}

impl Layer for MultiGzDecoder<Box<dyn Layer>> {
    fn finish(self: Box<Self>) -> io::Result<()> {
        MultiGzDecoder::finish(*self)?.finish()
    }
}

impl Layer for DecompressorWriter<Box<dyn Layer>> {
    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.close()?;
        let next = (*self).into_inner().map_err(|_| cut_off())?;
        next.finish()
    }
}

/// `deflate` is zlib's format (RFC 9110 §8.4.1.2); some servers send the bare stream instead, as
/// its first byte tells.
enum Deflate {
    Unknown(Option<Box<dyn Layer>>),
    Zlib(ZlibDecoder<Box<dyn Layer>>),
    Bare(DeflateDecoder<Box<dyn Layer>>),
}

impl Write for Deflate {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let (Self::Unknown(next), Some(first)) = (&mut *self, bytes.first()) {
            let next = next.take().ok_or_else(cut_off)?;
            // Method 8 with a window of 32 KiB at most (RFC 1950 §2.2).
            *self = if first & 0x0f == 8 && first >> 4 <= 7 {
                Self::Zlib(ZlibDecoder::new(next))
            } else {
                Self::Bare(DeflateDecoder::new(next))
            };
        }
        match self {
            Self::Unknown(_) => Ok(0),
            Self::Zlib(zlib) => zlib.write(bytes),
            Self::Bare(bare) => bare.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Unknown(_) => Ok(()),
            Self::Zlib(zlib) => zlib.flush(),
            Self::Bare(bare) => bare.flush(),
        }
    }
}

impl Layer for Deflate {
    fn finish(self: Box<Self>) -> io::Result<()> {
        match *self {
            Self::Unknown(None) => Err(cut_off()),
            Self::Unknown(Some(next)) => next.finish(),
            Self::Zlib(zlib) => zlib.finish()?.finish(),
            Self::Bare(bare) => bare.finish()?.finish(),
        }
    }
}

struct Zstd {
    raw: raw::Decoder<'static>,
    out: Vec<u8>,
    /// Whether anything came at all, and whether a frame is open.
    begun: bool,
    open: bool,
    next: Box<dyn Layer>,
}

impl Write for Zstd {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        use zstd::stream::raw::Operation as _;
        let mut at = 0;
        loop {
            let status = self.raw.run_on_buffers(&bytes[at..], &mut self.out)?;
            at += status.bytes_read;
            self.begun = true;
            self.open = status.remaining != 0;
            self.next.write_all(&self.out[..status.bytes_written])?;
            // A full buffer may have more behind it, also at the end of what came in.
            let more = status.bytes_written == self.out.len() && self.open;
            if at == bytes.len() && !more {
                return Ok(at);
            }
            if status.bytes_read + status.bytes_written == 0 {
                return Err(cut_off());
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.next.flush()
    }
}

impl Layer for Zstd {
    fn finish(self: Box<Self>) -> io::Result<()> {
        if self.begun && self.open {
            return Err(cut_off());
        }
        self.next.finish()
    }
}
