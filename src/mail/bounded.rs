//! A connection to an IMAP server that can say so much and no more.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes that a server may say in one conversation.
const LONGEST_TALK: usize = 1024 * 1024;
/// The longest literal that it may announce: the reader makes room for all of it at once.
const LONGEST_LITERAL: usize = 64 * 1024;
/// Bytes at a line's end that can be the announcement of a literal.
const TAIL: usize = 32;

/// A stream whose other end may say [`LONGEST_TALK`] and announce no literal (RFC 9051 §4.3)
/// beyond [`LONGEST_LITERAL`].
#[derive(Debug)]
pub(super) struct Bounded<S> {
    stream: S,
    heard: usize,
    /// Bytes of a literal still to come; what stands in one is not looked at.
    literal: usize,
    /// The end of the line so far.
    tail: Vec<u8>,
    /// Hands over byte by byte: what was slipped in behind the answer to STARTTLS then stays
    /// outside and meets the TLS handshake, which fails (CVE-2011-0411 and its kin).
    slowly: bool,
}

impl<S> Bounded<S> {
    pub(super) fn new(stream: S) -> Self {
        Self {
            stream,
            heard: 0,
            literal: 0,
            tail: Vec::new(),
            slowly: false,
        }
    }

    pub(super) fn line_by_line(stream: S) -> Self {
        Self {
            slowly: true,
            ..Self::new(stream)
        }
    }

    fn hear(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        self.heard += bytes.len();
        if self.heard > LONGEST_TALK {
            return Err(io::Error::other("the server talks without end"));
        }
        while let Some((first, rest)) = bytes.split_first() {
            if self.literal > 0 {
                let inside = self.literal.min(bytes.len());
                self.literal -= inside;
                bytes = &bytes[inside..];
                continue;
            }
            bytes = rest;
            if *first != b'\n' {
                if self.tail.len() == TAIL {
                    self.tail.remove(0);
                }
                self.tail.push(*first);
                continue;
            }
            if let Some(length) = announced(&self.tail) {
                if length > LONGEST_LITERAL {
                    return Err(io::Error::other("the server announces too much"));
                }
                self.literal = length;
            }
            self.tail.clear();
        }
        Ok(())
    }
}

/// The length of the literal that a line announces at its end: `{123}` or `{123+}`.
fn announced(line: &[u8]) -> Option<usize> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let inside = line.strip_suffix(b"}")?;
    let start = inside.iter().rposition(|byte| *byte == b'{')?;
    let digits = &inside[start + 1..];
    let digits = digits.strip_suffix(b"+").unwrap_or(digits);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let digits = std::str::from_utf8(digits).ok()?;
    Some(digits.parse().unwrap_or(usize::MAX))
}

impl<S: AsyncRead + Unpin> AsyncRead for Bounded<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.slowly {
            let mut one = [0];
            let mut fresh = ReadBuf::new(&mut one);
            ready!(Pin::new(&mut this.stream).poll_read(cx, &mut fresh))?;
            let fresh = fresh.filled();
            this.hear(fresh)?;
            buffer.put_slice(fresh);
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(cx, buffer))?;
        let heard = buffer.filled()[before..].to_vec();
        this.hear(&heard)?;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Bounded<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_may_not_be_announced_too_long_and_its_inside_is_not_looked_at() {
        let rows: [(&[&str], bool); 8] = [
            (&["* OK ready\r\n"], true),
            (
                &["* 1 FETCH (BODY[HEADER] {2}\r\n", "ab{99999999}\r\n"],
                false,
            ),
            // The announcement stands inside the literal.
            (
                &["* 1 FETCH (BODY[HEADER] {14}\r\n", "ab{99999999}\r\n)\r\n"],
                true,
            ),
            (&["* 1 FETCH (BODY[HEADER] {65537}\r\n"], false),
            (&["* 1 FETCH (BODY[HEADER] {655", "37}\r", "\n"], false),
            (&["{99999999999999999999999}\r\n"], false),
            (&["{123456789+}\n"], false),
            (&["{} {a} {12}x\r\n"], true),
        ];
        for (parts, fine) in rows {
            let mut bounded = Bounded::new(());
            let heard = parts
                .iter()
                .try_for_each(|part| bounded.hear(part.as_bytes()));
            assert_eq!(heard.is_ok(), fine, "{parts:?}");
        }
        let mut endless = Bounded::new(());
        let line = [b'x'; 4096];
        assert!((0..256).all(|_| endless.hear(&line).is_ok()));
        assert!(endless.hear(b"x").is_err());
    }
}
