//! A server on loopback that does what a test says.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// What a server does with one request: what to write, and what then.
pub(super) enum Answer {
    /// Write it, then close.
    Bytes(Vec<u8>),
    /// Write the first, then the second again and again until the other side hangs up.
    Endless(Vec<u8>, Vec<u8>, Duration),
    /// Write it after a while, then close.
    Late(Duration, Vec<u8>),
    /// Never write.
    Silence,
}

/// A server on loopback that counts connections and keeps what it was asked.
pub(super) struct Server {
    pub(super) addr: SocketAddr,
    connections: Arc<AtomicUsize>,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: tokio::task::JoinHandle<()>,
}

#[derive(Clone)]
pub(super) struct Seen {
    pub(super) head: String,
    pub(super) begin: Instant,
    pub(super) end: Option<Instant>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// A server without a `robots.txt`, whose absence is neither counted nor kept.
    pub(super) async fn start(answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Self {
        Self::start_with(answer, false).await
    }

    /// A server that answers for its `robots.txt`, too.
    pub(super) async fn whole(answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Self {
        Self::start_with(answer, true).await
    }

    async fn start_with(
        answer: impl Fn(&str) -> Answer + Send + Sync + 'static,
        whole: bool,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let answer = Arc::new(answer);
        let (count, log) = (Arc::clone(&connections), Arc::clone(&seen));
        let task = tokio::spawn(async move {
            loop {
                let Ok((stream, _)) = listener.accept().await else {
                    return;
                };
                count.fetch_add(1, Ordering::SeqCst);
                let (answer, count, log) =
                    (Arc::clone(&answer), Arc::clone(&count), Arc::clone(&log));
                tokio::spawn(async move {
                    if !serve(stream, answer, log, whole).await {
                        count.fetch_sub(1, Ordering::SeqCst);
                    }
                });
            }
        });
        Self {
            addr,
            connections,
            seen,
            task,
        }
    }

    pub(super) fn url(&self, path: &str) -> Url {
        format!("http://{}{path}", self.addr).parse().unwrap()
    }

    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

/// Serves one request; whether it counts.
async fn serve(
    mut stream: TcpStream,
    answer: Arc<impl Fn(&str) -> Answer>,
    log: Arc<Mutex<Vec<Seen>>>,
    whole: bool,
) -> bool {
    let begin = Instant::now();
    let mut head = Vec::new();
    let mut buffer = [0; 4096];
    while !head.windows(4).any(|w| w == b"\r\n\r\n") {
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return true,
            Ok(n) => head.extend_from_slice(&buffer[..n]),
        }
        // The first byte of a TLS handshake: this server does not speak it.
        if head[0] == 0x16 {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
            return true;
        }
    }
    let head = String::from_utf8(head).unwrap();
    let path = head.split(' ').nth(1).unwrap().to_owned();
    let head = head.to_ascii_lowercase();
    if path == "/robots.txt" && !whole {
        if let Answer::Bytes(bytes) = bare("404 Not Found", "") {
            let _ = stream.write_all(&bytes).await;
        }
        return false;
    }
    let index = {
        let mut log = log.lock().unwrap();
        log.push(Seen {
            head: head.clone(),
            begin,
            end: None,
        });
        log.len() - 1
    };
    match answer(&path) {
        Answer::Bytes(bytes) => {
            let _ = stream.write_all(&bytes).await;
        }
        Answer::Late(pause, bytes) => {
            tokio::time::sleep(pause).await;
            let _ = stream.write_all(&bytes).await;
        }
        Answer::Endless(first, again, pause) => {
            let mut ok = stream.write_all(&first).await.is_ok();
            while ok {
                ok = stream.write_all(&again).await.is_ok();
                tokio::time::sleep(pause).await;
            }
        }
        Answer::Silence => {
            let _ = stream.read(&mut buffer).await;
        }
    }
    log.lock().unwrap()[index].end = Some(Instant::now());
    let _ = stream.shutdown().await;
    true
}

pub(super) fn ok(headers: &str, body: &[u8]) -> Answer {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n{headers}Connection: close\r\n\r\n",
        body.len()
    );
    Answer::Bytes([head.as_bytes(), body].concat())
}

pub(super) fn bare(status: &str, headers: &str) -> Answer {
    Answer::Bytes(
        format!("HTTP/1.1 {status}\r\n{headers}Content-Length: 0\r\nConnection: close\r\n\r\n")
            .into_bytes(),
    )
}
