//! A server on loopback that answers one path after the other as a test says, on every address
//! of 127.0.0.0/8, and canaries that must never sing.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What is written, and then again and again after each pause.
#[derive(Clone, Default)]
pub struct Answer {
    pub first: Vec<u8>,
    pub again: Option<(Vec<u8>, Duration)>,
    /// Nothing at all is written, and the connection held.
    pub silent: bool,
}

impl Answer {
    /// 200 with a whole body.
    pub fn body(headers: &str, body: &[u8]) -> Self {
        let length = body.len();
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n{headers}\r\n");
        Self {
            first: [head.as_bytes(), body].concat(),
            ..Self::default()
        }
    }

    pub fn redirect(to: &str) -> Self {
        let head = format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n");
        Self {
            first: head.into_bytes(),
            ..Self::default()
        }
    }

    pub fn endless(first: &[u8], again: &[u8], pause: Duration) -> Self {
        Self {
            first: first.to_vec(),
            again: Some((again.to_vec(), pause)),
            silent: false,
        }
    }

    pub fn silence() -> Self {
        Self {
            silent: true,
            ..Self::default()
        }
    }
}

/// Serves until the runtime ends. Hosts have no `robots.txt`.
pub async fn serve(answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let answer = Arc::new(answer);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let answer = Arc::clone(&answer);
            tokio::spawn(async move {
                // A client that hangs up is what the tests are about.
                let _ = one(stream, &*answer).await;
            });
        }
    });
    addr
}

async fn one(mut stream: TcpStream, answer: &impl Fn(&str) -> Answer) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        if stream.read_buf(&mut head).await? == 0 {
            return Ok(());
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or("/");
    if path == "/robots.txt" {
        let none = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        stream.write_all(none).await?;
        return stream.shutdown().await;
    }
    let answer = answer(path);
    if answer.silent {
        stream.read_buf(&mut Vec::new()).await?;
        return Ok(());
    }
    stream.write_all(&answer.first).await?;
    while let Some((again, pause)) = &answer.again {
        stream.write_all(again).await?;
        tokio::time::sleep(*pause).await;
    }
    stream.shutdown().await
}

/// Listeners on one port of several inner addresses, which count who connects.
pub struct Canaries {
    pub port: u16,
    touched: Arc<AtomicUsize>,
}

impl Canaries {
    pub async fn listen() -> Self {
        // A port that is free on the first address may be taken on another.
        for _ in 0..50 {
            let first = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let port = first.local_addr().unwrap().port();
            let (Ok(second), Ok(third)) = (
                TcpListener::bind(("127.0.0.2", port)).await,
                TcpListener::bind(("::1", port)).await,
            ) else {
                continue;
            };
            let touched = Arc::new(AtomicUsize::new(0));
            for listener in [first, second, third] {
                let touched = Arc::clone(&touched);
                tokio::spawn(async move {
                    while listener.accept().await.is_ok() {
                        touched.fetch_add(1, Ordering::SeqCst);
                    }
                });
            }
            return Self { port, touched };
        }
        panic!("no port is free on three addresses");
    }

    /// Asserts that nobody connected, and that the canaries were able to sing.
    pub async fn assert_silent(&self) {
        assert_eq!(self.touched.load(Ordering::SeqCst), 0, "a canary sang");
        for host in ["127.0.0.1", "127.0.0.2", "::1"] {
            TcpStream::connect((host, self.port)).await.unwrap();
        }
        while self.touched.load(Ordering::SeqCst) < 3 {
            tokio::task::yield_now().await;
        }
    }
}
