//! A folder with the files of an installation, the sample web, an SMTP inbox, and the binary.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use canhtin::sample::site::Builder;
use canhtin::sample::{Inbox, Site};
use jiff::Timestamp;
use tempfile::TempDir;
use tokio::runtime::Runtime;

pub const LOOPBACK: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// The shipped keyword files.
pub fn keywords() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("keywords")
}

/// The binary, with nothing of the surroundings that could change what it does.
pub fn canhtin() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_canhtin"));
    for name in [
        "STATE_DIRECTORY",
        "CREDENTIALS_DIRECTORY",
        "NOTIFY_SOCKET",
        "WATCHDOG_USEC",
    ] {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

/// An installation in a folder of its own, with servers that it watches and mails to.
pub struct Bench {
    pub dir: TempDir,
    pub site: Site,
    pub inbox: Inbox,
    /// Serves the two; dropped last.
    _runtime: Runtime,
}

impl Bench {
    /// The sample web in its first round and an empty inbox.
    pub fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let site = runtime
            .block_on(Site::start(LOOPBACK, Timestamp::now()))
            .unwrap();
        let sources = site.sources_toml();
        Self::with_site(runtime, site, sources)
    }

    /// A site of the test's own and an empty inbox.
    pub fn of(site: Builder, sources: &str) -> Self {
        let runtime = Runtime::new().unwrap();
        let site = runtime.block_on(site.start(LOOPBACK)).unwrap();
        Self::with_site(runtime, site, sources)
    }

    pub fn with_site(runtime: Runtime, site: Site, sources: &str) -> Self {
        let inbox = runtime.block_on(Inbox::start(LOOPBACK)).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let bench = Self {
            dir,
            site,
            inbox,
            _runtime: runtime,
        };
        bench.write("config/sources.toml", sources);
        bench.configure("");
        bench
    }

    /// Writes `canhtin.toml`; `more` stands at its top level, before the tables.
    pub fn configure(&self, more: &str) {
        self.write(
            "config/canhtin.toml",
            &format!(
                r#"
keywords = "{keywords}"
sources = ["sources.toml"]
{more}

[office]
name = "Phòng thử"

[store]
dir = "../var"

[fetch]
contact = "thu@example.vn"
gap = "10ms"
timeout = "1s"
allow_networks = ["127.0.0.0/8"]

{resolve}

[mail]
from = "Canh tin <canhtin@example.vn>"
transport = "smtp"

[mail.smtp]
host = "127.0.0.1"
port = {port}
tls = "none"

[[receiver]]
name = "truc-ban"
to = ["truc@example.vn"]

[[route]]
receiver = "truc-ban"
min_severity = "low"
group_wait = "1s"

[admin]
to = ["quan-tri@example.vn"]
heartbeat = ""
weekly = ""
"#,
                keywords = self.keywords().display(),
                resolve = self.site.resolve_toml(),
                port = self.inbox.addr().port(),
            ),
        );
    }

    /// Its own keyword folder where one was made, else the shipped one.
    fn keywords(&self) -> PathBuf {
        let own = self.path("keywords");
        if own.exists() { own } else { keywords() }
    }

    /// Gives it a copy of the shipped keyword files that a test may edit.
    pub fn own_keywords(&self) {
        copy_dir(&keywords(), &self.path("keywords"));
        self.configure("");
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// The binary on this installation.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = canhtin();
        command
            .arg("--config")
            .arg(self.path("config/canhtin.toml"))
            .args(args);
        command
    }

    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// How many mails about alerts came; what admins are told is another matter.
    pub fn alert_mails(&self) -> usize {
        let mails = self.inbox.messages();
        let about_alerts = |raw: &[u8]| !message_id(raw).starts_with("<notice.");
        mails.iter().filter(|mail| about_alerts(&mail.raw)).count()
    }

    /// Every alert id that stands in a received mail, with the Message-IDs it came by.
    pub fn alerts(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut alerts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for mail in self.inbox.messages() {
            for id in alert_ids(&mail.raw) {
                alerts.entry(id).or_default().insert(message_id(&mail.raw));
            }
        }
        alerts
    }
}

pub fn copy_dir(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_dir(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Runs a command with `input` on its stdin.
pub fn fed(mut command: Command, input: &str) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    child.wait_with_output().unwrap()
}

/// A header of a raw mail, unfolded.
pub fn header(raw: &[u8], name: &str) -> Option<String> {
    let text = String::from_utf8_lossy(raw);
    let head = text.split("\r\n\r\n").next()?;
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    unfolded.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name)
            .then(|| value.trim().to_owned())
    })
}

pub fn message_id(raw: &[u8]) -> String {
    header(raw, "Message-ID").unwrap()
}

/// The ids of the alerts in a Vietnamese mail: twelve characters behind `Mã `.
pub fn alert_ids(raw: &[u8]) -> BTreeSet<String> {
    let text = unquoted(raw);
    text.match_indices("Mã ")
        .map(|(at, mark)| text[at + mark.len()..].chars().take(12).collect::<String>())
        .filter(|id: &String| id.len() == 12 && id.chars().all(|c| c.is_ascii_alphanumeric()))
        .collect()
}

/// The mail with quoted-printable undone, enough to look for words.
pub fn unquoted(raw: &[u8]) -> String {
    let mut bytes = Vec::new();
    let mut i = 0;
    while i < raw.len() {
        if raw[i] == b'=' && raw.get(i + 1..i + 3) == Some(b"\r\n") {
            i += 3;
            continue;
        }
        let hex = raw
            .get(i + 1..i + 3)
            .and_then(|h| std::str::from_utf8(h).ok());
        match hex.and_then(|h| u8::from_str_radix(h, 16).ok()) {
            Some(byte) if raw[i] == b'=' => {
                bytes.push(byte);
                i += 3;
            }
            _ => {
                bytes.push(raw[i]);
                i += 1;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
