//! A daemon under test, waiting, and chance that can be repeated.

use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// A child that does not outlive its test.
pub struct Daemon(pub Child);

impl Daemon {
    /// Starts it with its log in a file.
    pub fn start(mut command: Command, log: &Path) -> Self {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(log)
            .unwrap();
        let child = command.stdout(Stdio::null()).stderr(log).spawn().unwrap();
        Self(child)
    }

    /// The same, and waits until it says that it can work (sd_notify(3)); how long that took.
    pub fn start_ready(mut command: Command, log: &Path) -> (Self, Duration) {
        let socket = log.with_extension("notify");
        let _ = std::fs::remove_file(&socket);
        let manager = UnixDatagram::bind(&socket).unwrap();
        manager
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        command.env("NOTIFY_SOCKET", &socket);
        let began = Instant::now();
        let daemon = Self::start(command, log);
        let mut buffer = [0; 4096];
        loop {
            let length = manager.recv(&mut buffer).expect("it is not ready in 60 s");
            let said = String::from_utf8_lossy(&buffer[..length]);
            if said.lines().any(|line| line == "READY=1") {
                return (daemon, began.elapsed());
            }
        }
    }

    /// Processor time that it has taken so far (proc_pid_stat(5), in hundredths of a second).
    pub fn processor(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.0.id())).unwrap();
        let after_name = stat.rsplit(')').next().unwrap();
        let ticks = after_name.split_whitespace().skip(11).take(2);
        Duration::from_millis(10 * ticks.map(|n| n.parse::<u64>().unwrap()).sum::<u64>())
    }

    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args(["-s", name, &self.0.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
    }

    pub fn runs(&mut self) -> bool {
        self.0.try_wait().unwrap().is_none()
    }

    /// SIGTERM; how it ended, and how long that took.
    pub fn stop(mut self) -> (ExitStatus, Duration) {
        let began = Instant::now();
        self.signal("TERM");
        (self.0.wait().unwrap(), began.elapsed())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Polls what another process does; there is nothing to wait on.
pub fn eventually(what: &str, holds: impl FnMut() -> bool) {
    eventually_within(Duration::from_secs(60), what, holds);
}

/// The same for what takes longer.
pub fn eventually_within(longest: Duration, what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + longest;
    while !holds() {
        assert!(
            Instant::now() < deadline,
            "{what} did not come about in {longest:?}"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// xorshift64*, so that a failing run can be made again.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) % bound.max(1)
    }
}

/// How often a test repeats: its own number, or what this variable says.
pub fn rounds(variable: &str, default: u64) -> u64 {
    std::env::var(variable)
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(default)
}

/// The seed of a test's chance: its own, or what this variable says.
pub fn seed(own: u64) -> u64 {
    let asked = std::env::var("CANHTIN_SEED").ok();
    asked.and_then(|n| n.parse().ok()).unwrap_or(own).max(1)
}

pub fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout == b"0\n"
}
