//! A mail server that does as it is told, one step a connection.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

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
}

#[derive(Debug, Default)]
struct Heard {
    mails: Vec<String>,
    recipients: Vec<String>,
}

pub(super) struct Server {
    pub(super) port: u16,
    heard: Arc<Mutex<Heard>>,
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
                let _ = talk(stream, step, &ears).await;
            }
        });
        Self { port, heard }
    }

    /// Every mail it read to the end, whether it took it or not.
    pub(super) fn mails(&self) -> Vec<String> {
        self.heard.lock().unwrap().mails.clone()
    }

    pub(super) fn recipients(&self) -> Vec<String> {
        self.heard.lock().unwrap().recipients.clone()
    }
}

async fn talk(stream: TcpStream, step: Step, heard: &Mutex<Heard>) -> std::io::Result<()> {
    if matches!(step, Step::CutAtOnce) {
        return Ok(());
    }
    let mut stream = BufReader::new(stream);
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
                heard.lock().unwrap().recipients.push(address);
                match step {
                    Step::AtRcpt(answer) => answer,
                    _ => "250 ok",
                }
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                let mail = read_mail(&mut stream).await?;
                heard.lock().unwrap().mails.push(mail);
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
