//! A small SMTP server on loopback: the inbox of `canhtin demo`, and for tests one that refuses,
//! hangs and cuts off as told (RFC 5321, with 8BITMIME and SIZE; no TLS, no login).

mod session;

use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use session::Session;

/// Connections at a time.
const MAX_CONNECTIONS: usize = 32;

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
    /// AUTH, which the inbox offers only when it is told to.
    Auth,
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
    /// Gives its usual reply, so much later; after the dot the mail is kept at once.
    Late(Duration),
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
    /// Where each mail is written, too, before it is acknowledged.
    folder: Option<PathBuf>,
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
        Self::serve(listen, Shared::default()).await
    }

    /// The same, and each mail is written into `folder` (as `.eml`, its HTML beside it) before
    /// it is acknowledged.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn start_in(listen: SocketAddr, folder: &Path) -> io::Result<Self> {
        let shared = Shared {
            folder: Some(folder.to_owned()),
            ..Shared::default()
        };
        Self::serve(listen, shared).await
    }

    async fn serve(listen: SocketAddr, shared: Shared) -> io::Result<Self> {
        let listener = TcpListener::bind(listen).await?;
        let inbox = Self {
            addr: listener.local_addr()?,
            shared: Arc::new(shared),
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
        lock(&self.shared.acts)
            .entry(step)
            .or_default()
            .push_back(act);
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
            let _ = stop
                .run_until_cancelled(Session::new(stream, &shared).run())
                .await;
            drop(place);
        });
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tls_tests;
