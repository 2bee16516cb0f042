//! A small SMTP server on loopback: the inbox of `canhtin demo`, and for tests one that refuses,
//! hangs and cuts off as told (RFC 5321, with 8BITMIME and SIZE; no TLS, no login).

use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// Bytes of a line, command or text (RFC 5321 §4.5.3.1.6 asks for 1,000).
const MAX_LINE: u64 = 8 * 1024;
/// Bytes of a mail.
const MAX_MAIL: usize = 1024 * 1024;
/// Mails kept.
const MAX_MAILS: usize = 10_000;
/// Recipients of a mail (RFC 5321 §4.5.3.1.8).
const MAX_RECIPIENTS: usize = 100;
/// Connections at a time.
const MAX_CONNECTIONS: usize = 32;
/// How long a client may be silent.
const IDLE: Duration = Duration::from_secs(60);

/// A mail that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The envelope's sender.
    pub from: String,
    /// The envelope's recipients.
    pub to: Vec<String>,
    /// The mail, dot-stuffing undone.
    pub raw: Vec<u8>,
}

/// A moment of the dialogue at which the inbox can be told to behave otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// A client has connected.
    Greeting,
    /// EHLO or HELO.
    Hello,
    /// MAIL.
    Mail,
    /// RCPT.
    Rcpt,
    /// DATA.
    Data,
    /// The final dot.
    Dot,
    /// QUIT.
    Quit,
}

/// What the inbox does instead of its usual reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Says this line.
    Say(String),
    /// Closes the connection without a word; after the dot the mail is kept all the same.
    Cut,
    /// Says nothing more, and leaves the connection open.
    Hang,
    /// Talks without ever ending the line.
    Babble,
}

/// A running inbox; dropping it closes it.
#[derive(Debug)]
pub struct Inbox {
    addr: SocketAddr,
    shared: Arc<Shared>,
    stop: CancellationToken,
}

#[derive(Debug, Default)]
struct Shared {
    mails: Mutex<Vec<Received>>,
    acts: Mutex<HashMap<Step, VecDeque<Act>>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // No code panics while it holds a lock; the content is whole in any case.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Inbox {
    /// Listens on `listen` (port 0 for any) until it is dropped.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn start(listen: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(listen).await?;
        let inbox = Self {
            addr: listener.local_addr()?,
            shared: Arc::default(),
            stop: CancellationToken::new(),
        };
        let (shared, stop) = (Arc::clone(&inbox.shared), inbox.stop.clone());
        tokio::spawn(async move {
            let serving = accept(listener, shared, stop.clone());
            stop.run_until_cancelled(serving).await;
        });
        Ok(inbox)
    }

    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The mails taken so far, oldest first.
    #[must_use]
    pub fn messages(&self) -> Vec<Received> {
        lock(&self.shared.mails).clone()
    }

    /// The next time `step` is reached, and no act is waiting for it, does `act` once.
    pub fn script(&self, step: Step, act: Act) {
        lock(&self.shared.acts).entry(step).or_default().push_back(act);
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>, stop: CancellationToken) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        // Out of descriptors or a client gone already: the next one may do better.
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let (shared, stop) = (Arc::clone(&shared), stop.clone());
        tokio::spawn(async move {
            // A client that breaks off is its own affair.
            let _ = stop.run_until_cancelled(Session::new(stream, &shared).run()).await;
            drop(place);
        });
    }
}

/// Whether the dialogue goes on.
enum Next {
    Go,
    End,
}

/// One client's dialogue.
struct Session<'a> {
    read: BufReader<OwnedReadHalf>,
    write: OwnedWriteHalf,
    shared: &'a Shared,
    from: Option<String>,
    to: Vec<String>,
}

impl<'a> Session<'a> {
    fn new(stream: TcpStream, shared: &'a Shared) -> Self {
        let (read, write) = stream.into_split();
        Self {
            read: BufReader::new(read),
            write,
            shared,
            from: None,
            to: Vec::new(),
        }
    }

    async fn run(mut self) -> io::Result<()> {
        let greeting = self.answer(Step::Greeting, "220 inbox.example canhtin sample inbox").await?;
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
        let verb = command.split(' ').next().unwrap_or_default().to_ascii_uppercase();
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
        if !self.keep(mail) {
            return self.say("452 the inbox is full").await;
        }
        self.answer(Step::Dot, "250 taken").await
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
        lock(&self.shared.acts).get(&step).and_then(|acts| acts.front().cloned())
    }

    /// Does what the script wants at `step`, else says `usual`.
    async fn answer(&mut self, step: Step, usual: &str) -> io::Result<Next> {
        let act = lock(&self.shared.acts).get_mut(&step).and_then(VecDeque::pop_front);
        match act {
            None => self.say(usual).await,
            Some(Act::Say(line)) => self.say(&line).await,
            Some(Act::Cut) => Ok(Next::End),
            Some(Act::Hang) => std::future::pending().await,
            Some(Act::Babble) => loop {
                self.write.write_all(&[b'x'; 4096]).await?;
            },
        }
    }

    async fn say(&mut self, line: &str) -> io::Result<Next> {
        self.write.write_all(format!("{line}\r\n").as_bytes()).await?;
        // RFC 5321 §3.8: the server goes away after a 421.
        Ok(if line.starts_with("421") { Next::End } else { Next::Go })
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
    let (inside, _) = rest[word.len()..].trim_start().strip_prefix('<')?.split_once('>')?;
    Some(inside.to_owned())
}

#[cfg(test)]
mod tests;
