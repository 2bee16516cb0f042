//! One client's dialogue with the inbox.

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use super::{Act, Received, Shared, Step, lock};
use crate::mail::Transport;

/// Bytes of a line, command or text (RFC 5321 §4.5.3.1.6 asks for 1,000).
const MAX_LINE: u64 = 8 * 1024;
/// Bytes of a mail.
pub(super) const MAX_MAIL: usize = 1024 * 1024;
/// Mails kept.
const MAX_MAILS: usize = 10_000;
/// Recipients of a mail (RFC 5321 §4.5.3.1.8).
const MAX_RECIPIENTS: usize = 100;
/// How long a client may be silent.
const IDLE: Duration = Duration::from_secs(60);

/// What an endless reply repeats.
const BABBLE: &[u8] = &[b'x'; 4096];

/// Whether the dialogue goes on.
enum Next {
    Go,
    End,
}

/// One client's dialogue.
pub(super) struct Session<'a> {
    read: BufReader<OwnedReadHalf>,
    write: OwnedWriteHalf,
    shared: &'a Shared,
    from: Option<String>,
    to: Vec<String>,
}

impl<'a> Session<'a> {
    pub(super) fn new(stream: TcpStream, shared: &'a Shared) -> Self {
        let (read, write) = stream.into_split();
        Self {
            read: BufReader::new(read),
            write,
            shared,
            from: None,
            to: Vec::new(),
        }
    }

    pub(super) async fn run(mut self) -> io::Result<()> {
        let greeting = self
            .answer(Step::Greeting, "220 inbox.example canhtin sample inbox")
            .await?;
        if matches!(greeting, Next::End) {
            return Ok(());
        }
        loop {
            let Some(line) = self.line().await? else {
                return Ok(());
            };
            let command = String::from_utf8_lossy(&line);
            let command = command.trim_end();
            if matches!(self.obey(command).await?, Next::End) {
                return Ok(());
            }
        }
    }

    async fn obey(&mut self, command: &str) -> io::Result<Next> {
        let verb = command
            .split(' ')
            .next()
            .unwrap_or_default()
            .to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" => {
                self.reset();
                let offer = format!("250-inbox.example\r\n250-8BITMIME\r\n250 SIZE {MAX_MAIL}");
                self.answer(Step::Hello, &offer).await
            }
            "HELO" => {
                self.reset();
                self.answer(Step::Hello, "250 inbox.example").await
            }
            "MAIL" => match path(command, "FROM:") {
                Some(_) if self.from.is_some() => self.say("503 nested MAIL").await,
                Some(from) => {
                    if refused(&self.peek(Step::Mail)) {
                        return self.answer(Step::Mail, "").await;
                    }
                    self.from = Some(from);
                    self.answer(Step::Mail, "250 sender ok").await
                }
                None => self.say("501 syntax: MAIL FROM:<address>").await,
            },
            "RCPT" => self.recipient(command).await,
            "DATA" if self.to.is_empty() => self.say("503 RCPT first").await,
            "DATA" => self.data().await,
            "RSET" => {
                self.reset();
                self.say("250 reset").await
            }
            "NOOP" => self.say("250 ok").await,
            "QUIT" => {
                self.answer(Step::Quit, "221 bye").await?;
                Ok(Next::End)
            }
            "AUTH" => self.answer(Step::Auth, "502 not implemented").await,
            _ => self.say("502 not implemented").await,
        }
    }

    async fn recipient(&mut self, command: &str) -> io::Result<Next> {
        if self.from.is_none() {
            return self.say("503 MAIL first").await;
        }
        if self.to.len() >= MAX_RECIPIENTS {
            return self.say("452 too many recipients").await;
        }
        match path(command, "TO:") {
            Some(to) if !to.is_empty() => {
                if !refused(&self.peek(Step::Rcpt)) {
                    self.to.push(to);
                }
                self.answer(Step::Rcpt, "250 recipient ok").await
            }
            _ => self.say("501 syntax: RCPT TO:<address>").await,
        }
    }

    async fn data(&mut self) -> io::Result<Next> {
        if self.peek(Step::Data).is_some() {
            return self.answer(Step::Data, "").await;
        }
        self.say("354 end with a line that holds one dot").await?;
        let Some(raw) = self.body().await? else {
            return Ok(Next::End);
        };
        let act = self.peek(Step::Dot);
        let mail = Received {
            from: self.from.take().unwrap_or_default(),
            to: std::mem::take(&mut self.to),
            raw,
        };
        if mail.raw.len() > MAX_MAIL {
            return self.say("552 too big").await;
        }
        if refused(&act) {
            return self.answer(Step::Dot, "").await;
        }
        if !self.file(&mail).await || !self.keep(mail) {
            return self.say("452 the inbox is full").await;
        }
        self.answer(Step::Dot, "250 taken").await
    }

    /// Writes a mail into the folder, where there is one.
    async fn file(&self, mail: &Received) -> bool {
        let Some(folder) = &self.shared.folder else {
            return true;
        };
        let Some(id) = header(&mail.raw, "message-id") else {
            return false;
        };
        let folder = Transport::Dir(folder.clone());
        folder
            .send("", id.trim_matches(['<', '>']), &mail.raw)
            .await
            .is_ok()
    }

    /// Keeps a mail if there is room.
    fn keep(&self, mail: Received) -> bool {
        let mut mails = lock(&self.shared.mails);
        let room = mails.len() < MAX_MAILS;
        if room {
            mails.push(mail);
        }
        room
    }

    /// The text up to the final dot; `None` where the client went away. Of a mail too big, only
    /// so much is kept as shows that it is.
    async fn body(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut raw = Vec::new();
        loop {
            let Some(line) = self.line().await? else {
                return Ok(None);
            };
            if line == b".\r\n" {
                return Ok(Some(raw));
            }
            if raw.len() <= MAX_MAIL {
                raw.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
            }
        }
    }

    /// A whole line; `None` at the end, after a line that is too long, and after a long silence.
    async fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let mut limited = (&mut self.read).take(MAX_LINE);
        match tokio::time::timeout(IDLE, limited.read_until(b'\n', &mut line)).await {
            Ok(read) => read?,
            Err(_) => return Ok(None),
        };
        Ok(line.ends_with(b"\n").then_some(line))
    }

    fn reset(&mut self) {
        self.from = None;
        self.to.clear();
    }

    /// What the script wants at `step`, left in place.
    fn peek(&self, step: Step) -> Option<Act> {
        lock(&self.shared.acts)
            .get(&step)
            .and_then(|acts| acts.front().cloned())
    }

    /// Does what the script wants at `step`, else says `usual`.
    async fn answer(&mut self, step: Step, usual: &str) -> io::Result<Next> {
        let act = lock(&self.shared.acts)
            .get_mut(&step)
            .and_then(VecDeque::pop_front);
        match act {
            None => self.say(usual).await,
            Some(Act::Say(line)) => self.say(&line).await,
            Some(Act::Late(by)) => {
                tokio::time::sleep(by).await;
                self.say(usual).await
            }
            Some(Act::Cut) => Ok(Next::End),
            Some(Act::Hang) => std::future::pending().await,
            Some(Act::Babble) => loop {
                self.write.write_all(BABBLE).await?;
            },
        }
    }

    async fn say(&mut self, line: &str) -> io::Result<Next> {
        self.write
            .write_all(format!("{line}\r\n").as_bytes())
            .await?;
        // RFC 5321 §3.8: the server goes away after a 421.
        Ok(if line.starts_with("421") {
            Next::End
        } else {
            Next::Go
        })
    }
}

/// Whether an act is a reply that refuses.
fn refused(act: &Option<Act>) -> bool {
    matches!(act, Some(Act::Say(line)) if line.starts_with(['4', '5']))
}

/// The address in `MAIL FROM:<address> OPTIONS`.
fn path(command: &str, word: &str) -> Option<String> {
    let (_, rest) = command.split_once(' ')?;
    let rest = rest.trim_start();
    let head = rest.get(..word.len())?;
    if !head.eq_ignore_ascii_case(word) {
        return None;
    }
    let (inside, _) = rest[word.len()..]
        .trim_start()
        .strip_prefix('<')?
        .split_once('>')?;
    Some(inside.to_owned())
}

/// A header that stands on one line of a mail.
fn header<'m>(raw: &'m [u8], name: &str) -> Option<&'m str> {
    raw.split(|byte| *byte == b'\n')
        .take_while(|line| !line.trim_ascii().is_empty())
        .filter_map(|line| std::str::from_utf8(line).ok()?.split_once(':'))
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}
