//! A mail server that does as it is told, one step a connection.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// What it does with one connection.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    /// Takes the mail.
    Take,
    /// Answers RCPT with this.
    AtRcpt(&'static str),
    /// Reads the mail and answers it with this.
    AfterDot(&'static str),
    /// Reads the mail and hangs up.
    CutAfterDot,
    /// Hangs up at once.
    CutAtOnce,
    /// Greets with this and hangs up.
    Greet(&'static str),
    /// Hangs up within the mail.
    CutMidData,
    /// Answers RCPT with a line that does not end.
    Babble,
}

#[derive(Debug, Default)]
struct Heard {
    mails: Vec<String>,
    recipients: Vec<String>,
}

/// What holds mails to `hang@…` up, and counts the others.
struct Gate {
    hold: Arc<Semaphore>,
    taken: Arc<Semaphore>,
}

pub(super) struct Server {
    pub(super) port: u16,
    heard: Arc<Mutex<Heard>>,
    /// A permit for each mail taken by [`Server::hanging`], those to `hang@…` left aside.
    taken: Arc<Semaphore>,
}

impl Server {
    pub(super) async fn start(steps: Vec<Step>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Heard::default()));
        let ears = Arc::clone(&heard);
        tokio::spawn(async move {
            for step in steps {
                let (stream, _) = listener.accept().await.unwrap();
                // A client that hangs up is no failure of the test.
                let _ = talk(stream, step, &ears, None).await;
            }
        });
        let taken = Arc::new(Semaphore::new(0));
        Self { port, heard, taken }
    }

    /// Asks what to do at each connection, of which there may be several at once.
    pub(super) async fn asking(ask: impl Fn() -> Step + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Heard::default()));
        let ears = Arc::clone(&heard);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (ears, step) = (Arc::clone(&ears), ask());
                tokio::spawn(async move {
                    let _ = talk(stream, step, &ears, None).await;
                });
            }
        });
        let taken = Arc::new(Semaphore::new(0));
        Self { port, heard, taken }
    }

    /// Takes everything, from all sides at once, but answers a mail to `hang@…` only when it gets
    /// a permit.
    pub(super) async fn hanging(hold: Arc<Semaphore>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Heard::default()));
        let taken = Arc::new(Semaphore::new(0));
        let gate = Arc::new(Gate {
            hold,
            taken: Arc::clone(&taken),
        });
        let ears = Arc::clone(&heard);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (ears, gate) = (Arc::clone(&ears), Arc::clone(&gate));
                tokio::spawn(async move {
                    let _ = talk(stream, Step::Take, &ears, Some(&gate)).await;
                });
            }
        });
        Self { port, heard, taken }
    }

    /// Waits until it has read so many mails to other recipients than `hang@…`.
    pub(super) async fn until_taken(&self, mails: usize) {
        let taken = u32::try_from(mails).unwrap();
        self.taken.acquire_many(taken).await.unwrap().forget();
    }

    /// Every mail it read to the end, whether it took it or not.
    pub(super) fn mails(&self) -> Vec<String> {
        self.heard.lock().unwrap().mails.clone()
    }

    pub(super) fn recipients(&self) -> Vec<String> {
        self.heard.lock().unwrap().recipients.clone()
    }
}

async fn talk(
    stream: TcpStream,
    step: Step,
    heard: &Mutex<Heard>,
    gate: Option<&Gate>,
) -> std::io::Result<()> {
    let mut hangs = false;
    if matches!(step, Step::CutAtOnce) {
        return Ok(());
    }
    let mut stream = BufReader::new(stream);
    if let Step::Greet(line) = step {
        return stream.write_all(format!("{line}\r\n").as_bytes()).await;
    }
    stream.write_all(b"220 test\r\n").await?;
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let answer = match verb.as_str() {
            "EHLO" => "250-test\r\n250 8BITMIME",
            "RCPT" => {
                let address = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                hangs = address.starts_with("hang@");
                heard.lock().unwrap().recipients.push(address);
                match step {
                    Step::Babble => loop {
                        stream.write_all(&[b'2'; 4096]).await?;
                    },
                    Step::AtRcpt(answer) => answer,
                    _ => "250 ok",
                }
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                if matches!(step, Step::CutMidData) {
                    stream.read_line(&mut line).await?;
                    return Ok(());
                }
                let mail = read_mail(&mut stream).await?;
                heard.lock().unwrap().mails.push(mail);
                match gate {
                    Some(gate) if hangs => gate.hold.acquire().await.unwrap().forget(),
                    Some(gate) => gate.taken.add_permits(1),
                    None => {}
                }
                match step {
                    Step::AfterDot(answer) => answer,
                    Step::CutAfterDot => return Ok(()),
                    _ => "250 taken",
                }
            }
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
}

async fn read_mail(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut mail = String::new();
    loop {
        let begin = mail.len();
        if stream.read_line(&mut mail).await? == 0 || &mail[begin..] == ".\r\n" {
            return Ok(mail);
        }
    }
}
