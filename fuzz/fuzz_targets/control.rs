//! Any bytes on the control socket: one answer in JSON on one line, and the next one who asks
//! is answered too.
#![no_main]

use std::io::{Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use canhtin::daemon::control::{Answers, Request, listen, serve, socket_path};
use libfuzzer_sys::fuzz_target;

struct Yes;

impl Answers for Yes {
    async fn answer(self: Arc<Self>, _: Request) -> String {
        r#"{"yes":true}"#.to_owned()
    }
}

/// A served socket in a folder of its own.
static SOCKET: LazyLock<PathBuf> = LazyLock::new(|| {
    let store = std::env::temp_dir().join(format!("canhtin-fuzz-{}", std::process::id()));
    std::fs::create_dir_all(&store).expect("a folder");
    let path = socket_path(&store);
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(async {
            let listener = listen(&store).expect("a socket");
            let stop = tokio_util::sync::CancellationToken::new();
            serve(&store, listener, Arc::new(Yes), stop).await;
        });
    });
    while !path.exists() {
        std::thread::yield_now();
    }
    path
});

fn ask(bytes: &[u8]) -> Vec<u8> {
    let mut stream = loop {
        if let Ok(stream) = UnixStream::connect(&*SOCKET) {
            break stream;
        }
    };
    // One who sent too much is hung up on.
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    answer
}

fuzz_target!(|bytes: &[u8]| {
    let answer = ask(bytes);
    if !answer.is_empty() {
        let line = answer.strip_suffix(b"\n").expect("a whole line");
        assert!(!line.contains(&b'\n'));
        serde_json::from_slice::<serde_json::Value>(line).expect("JSON");
    }
    let status = ask(b"{\"command\":\"status\"}\n");
    assert!(!status.is_empty());
});
