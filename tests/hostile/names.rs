//! Name servers that fail, are silent or change their mind, seen by the real binary through the
//! system's own resolver. Needs the right to mount and to listen on port 53.

use std::net::{Ipv4Addr, UdpSocket};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Instant;

use tokio::runtime::Runtime;

use crate::server::{Answer, Canaries, serve};

/// The only address that the test's name server listens on.
const SERVER: Ipv4Addr = Ipv4Addr::new(127, 66, 0, 53);

/// What is said of a name (RFC 1035 §4.1): its first label tells.
fn reply(query: &[u8], turn: &mut u32) -> Option<Vec<u8>> {
    let length = usize::from(*query.get(12)?);
    let label = query.get(13..13 + length)?;
    let end = 12 + query.get(12..)?.iter().position(|byte| *byte == 0)? + 5;
    let is_a = query.get(end - 4..end - 2)? == [0, 1];
    let (code, address) = match label {
        b"mat" => (3, None),
        b"hong" => (2, None),
        b"im" => return None,
        // The good address for one reading (`robots.txt` and the page), then the canary's.
        b"doi" => {
            *turn += u32::from(is_a);
            let last = if turn.is_multiple_of(3) { 2 } else { 9 };
            (0, Some([127, 0, 0, last]))
        }
        _ => (0, Some([127, 0, 0, 2])),
    };
    let address = address.filter(|_| is_a);
    let mut answer = query.get(..2)?.to_vec();
    answer.extend([
        0x81,
        0x80 | code,
        0,
        1,
        0,
        u8::from(address.is_some()),
        0,
        0,
        0,
        0,
    ]);
    answer.extend(query.get(12..end)?);
    if let Some(address) = address {
        answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4]);
        answer.extend(address);
    }
    Some(answer)
}

/// The binary with this name server as its only one.
fn extract(dir: &Path, url: &str) -> Output {
    Command::new("unshare")
        .args(["--mount", "sh", "-c"])
        .arg("mount --bind \"$1\" /etc/resolv.conf && shift && exec \"$@\"")
        .arg("sh")
        .arg(dir.join("resolv.conf"))
        .arg(env!("CARGO_BIN_EXE_canhtin"))
        .args(["--lang", "en", "--config"])
        .arg(dir.join("canhtin.toml"))
        .args(["extract", "--kind", "feed", url])
        .output()
        .unwrap()
}

#[test]
fn dns_rebinding_and_names_that_fail_reach_no_inner_address() {
    let mounts = Command::new("unshare").args(["--mount", "true"]).status();
    let socket = UdpSocket::bind((SERVER, 53));
    let (true, Ok(socket)) = (mounts.is_ok_and(|status| status.success()), socket) else {
        println!("skipped: needs the right to mount and to listen on port 53");
        return;
    };
    let (asked, stop) = (
        Arc::new(AtomicU32::new(0)),
        Arc::new(AtomicBool::new(false)),
    );
    let (count, stopped) = (Arc::clone(&asked), Arc::clone(&stop));
    let serving = std::thread::spawn(move || {
        let (mut buffer, mut turn) = ([0; 512], 0);
        while let Ok((length, from)) = socket.recv_from(&mut buffer) {
            if stopped.load(Ordering::SeqCst) {
                return;
            }
            count.fetch_add(1, Ordering::SeqCst);
            if let Some(answer) = reply(&buffer[..length], &mut turn) {
                socket.send_to(&answer, from).unwrap();
            }
        }
    });
    let runtime = Runtime::new().unwrap();
    let canaries = runtime.block_on(Canaries::listen());
    let feed = crate::documents::feed("x");
    let good = runtime
        .block_on(serve(move |_| Answer::body("", &feed)))
        .port();
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(
        dir.path().join("resolv.conf"),
        format!("nameserver {SERVER}\n"),
    )
    .unwrap();
    let keywords = Path::new(env!("CARGO_MANIFEST_DIR")).join("keywords");
    let settings = format!(
        "keywords = {keywords:?}\nsources = []\n[office]\nname = \"Phòng thử\"\n[store]\ndir = \"var\"\n\
         [fetch]\ncontact = \"thu@example.vn\"\ngap = \"0s\"\nallow_networks = [\"127.0.0.9/32\"]\n\
         [mail]\nfrom = \"thu@example.vn\"\ntransport = \"dir\"\ndir = \"mail\"\n\
         [[receiver]]\nname = \"truc-ban\"\nto = [\"truc@example.vn\"]\n[[route]]\nreceiver = \"truc-ban\"\n"
    );
    std::fs::write(dir.path().join("canhtin.toml"), settings).unwrap();

    for host in ["mat", "hong", "im"] {
        let began = Instant::now();
        let ended = extract(dir.path(), &format!("http://{host}.thu.example/"));
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!(ended.status.code(), Some(1), "{said}");
        assert!(said.contains("[dns]"), "{host}: {said}");
        println!(
            "{host}: {:.1} s: {}",
            began.elapsed().as_secs_f32(),
            said.trim()
        );
    }
    let mut read = 0;
    for _ in 0..6 {
        // On the port of the canary nobody is at the good address.
        for port in [good, canaries.port] {
            let ended = extract(dir.path(), &format!("http://doi.thu.example:{port}/"));
            read += usize::from(ended.status.success());
        }
    }
    let ended = extract(
        dir.path(),
        &format!("http://trong.thu.example:{}/", canaries.port),
    );
    assert!(
        String::from_utf8_lossy(&ended.stderr).contains("public"),
        "{ended:?}"
    );
    assert!(read > 0, "the good address was never read");
    assert!(asked.load(Ordering::SeqCst) >= 20);
    runtime.block_on(canaries.assert_silent());
    stop.store(true, Ordering::SeqCst);
    UdpSocket::bind("127.0.0.1:0")
        .unwrap()
        .send_to(b"stop", (SERVER, 53))
        .unwrap();
    serving.join().unwrap();
}
