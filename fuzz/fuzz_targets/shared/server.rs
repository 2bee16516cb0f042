//! A server on loopback that says the same to everybody, whatever they ask.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use tokio::runtime::{Builder, Runtime};

pub static SERVER: LazyLock<Server> = LazyLock::new(Server::start);

/// Where the conversation runs.
pub static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    // A panic of the library is caught by what is tested; one of this target still ends it.
    std::panic::set_hook(Box::new(|info| {
        if info.location().is_some_and(|place| place.file().starts_with("fuzz_targets")) {
            eprintln!("{info}");
        }
    }));
    Builder::new_current_thread().enable_all().build().expect("a runtime")
});

pub struct Server {
    port: u16,
    talk: Arc<Mutex<Vec<u8>>>,
    visits: AtomicU32,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let talk = Arc::new(Mutex::new(Vec::new()));
        let said = Arc::clone(&talk);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { continue };
                let words = said.lock().expect("no panic").clone();
                // Whoever heard enough hangs up.
                let _ = stream.write_all(&words);
                let _ = stream.shutdown(Shutdown::Write);
                let _ = stream.read_to_end(&mut Vec::new());
            }
        });
        Self { port, talk, visits: AtomicU32::new(0) }
    }

    /// What it says from now on, and where: each visit under another address, since the system
    /// keeps the pair of ports of an ended connection for a minute.
    pub fn says(&self, words: &[u8]) -> (String, u16) {
        *self.talk.lock().expect("no panic") = words.to_vec();
        let n = self.visits.fetch_add(1, Ordering::Relaxed) / 1000 % 0xfff0 + 1;
        (format!("127.0.{}.{}", n >> 8, n & 0xff), self.port)
    }
}
