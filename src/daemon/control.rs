//! The running daemon answers the command line over a unix socket in the store's folder, since
//! the stores allow one opener: one JSON line asks, one JSON line answers.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

/// A question is never longer; more is cut off unread.
const LONGEST_REQUEST: u64 = 16 * 1024;
/// Neither side waits longer for the other.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the command line may ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "lowercase")]
pub enum Request {
    /// How things stand.
    Status,
    /// Read the files again.
    Reload,
    /// Look the stores over.
    Verify {
        /// The audit trail, too.
        audit: bool,
    },
    /// Put held mails back into the queue.
    Retry {
        /// Only those whose Message-ID begins so.
        mail: Option<String>,
    },
    /// Give mails up.
    Drop {
        /// Those whose Message-ID begins so.
        mail: String,
    },
    /// Delete all that is known of a page.
    Forget {
        /// Its normalised address.
        url: String,
        /// Who asks for it.
        by: String,
    },
}

impl Request {
    /// How long the answer may take.
    #[must_use]
    pub fn patience(&self) -> Duration {
        match self {
            // Every page of the ledger is read.
            Self::Verify { .. } => 90 * PATIENCE,
            // Every alert and mail is read, and mails under way are waited for.
            Self::Forget { .. } => 30 * PATIENCE,
            _ => PATIENCE,
        }
    }
}

/// Answers requests; implemented by the daemon.
pub trait Answers: Send + Sync + 'static {
    /// The answer: JSON on one line. A text and no value, which would take some 30 MB for
    /// the state of 10,000 sources.
    fn answer(self: Arc<Self>, request: Request) -> impl Future<Output = String> + Send;
}

/// Where the socket of a store lies.
#[must_use]
pub fn socket_path(store: &Path) -> PathBuf {
    store.join("control.sock")
}

/// Makes the socket: from now on who asks waits for an answer. The caller holds the store's lock,
/// so a socket that is there already was left by a dead process.
///
/// # Errors
/// When the socket cannot be made.
pub fn listen(store: &Path) -> io::Result<UnixListener> {
    let path = socket_path(store);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => UnixListener::bind(&path),
    }
}

/// Serves the socket of a store until `stop`.
pub async fn serve<A: Answers>(
    store: &Path,
    listener: UnixListener,
    answers: Arc<A>,
    stop: CancellationToken,
) {
    loop {
        let stream = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Out of descriptors: others are being closed meanwhile.
                    warn!(%error, "control socket");
                    tokio::time::sleep(Duration::from_millis(200)).await;
                    continue;
                }
            },
        };
        let answers = Arc::clone(&answers);
        tokio::spawn(async move {
            match converse(stream, answers).await {
                Ok(()) => {}
                Err(error) => debug!(%error, "control conversation"),
            }
        });
    }
    // A stale socket would be met with "connection refused": tidier to leave none.
    let _ = std::fs::remove_file(socket_path(store));
}

async fn converse(stream: UnixStream, answers: Arc<impl Answers>) -> io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    let mut read = BufReader::new(read.take(LONGEST_REQUEST));
    tokio::time::timeout(PATIENCE, read.read_line(&mut line)).await??;
    let mut line = match serde_json::from_str::<Request>(&line) {
        Ok(request) => tokio::time::timeout(request.patience(), answers.answer(request)).await?,
        Err(error) => serde_json::json!({ "error": error.to_string() }).to_string(),
    };
    line.push('\n');
    tokio::time::timeout(PATIENCE, write.write_all(line.as_bytes())).await??;
    write.shutdown().await
}

/// Asks the daemon of a store; `None` where none is running.
///
/// # Errors
/// When it runs and does not answer as it should.
pub async fn ask(store: &Path, request: Request) -> io::Result<Option<serde_json::Value>> {
    let stream = match UnixStream::connect(socket_path(store)).await {
        Ok(stream) => stream,
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused
            ) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    let talk = async {
        let (read, mut write) = stream.into_split();
        let line = serde_json::to_string(&request)?;
        write.write_all(format!("{line}\n").as_bytes()).await?;
        let mut answer = String::new();
        BufReader::new(read).read_line(&mut answer).await?;
        serde_json::from_str(&answer).map_err(io::Error::from)
    };
    match tokio::time::timeout(request.patience(), talk).await {
        Ok(answer) => answer.map(Some),
        Err(_) => Err(io::ErrorKind::TimedOut.into()),
    }
}
