//! The web and the mail server of the boot test: the sample web and an SMTP inbox on loopback.
//!
//! `servers DIR` writes `sources.toml`, `resolve.toml` and `smtp-port` into DIR, keeps what
//! arrives as files in DIR/mail, and goes on to the web's second round on SIGHUP.

use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use canhtin::sample::inbox::{Act, Step};
use canhtin::sample::{Inbox, Site};
use jiff::Timestamp;
use tokio::signal::unix::{SignalKind, signal};

/// More than a run of the test needs.
const LOGINS: usize = 1000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let dir: PathBuf = std::env::args_os()
        .nth(1)
        .ok_or("usage: servers DIR")?
        .into();
    let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    std::fs::create_dir_all(dir.join("mail"))?;
    let site = Site::start(loopback, Timestamp::now()).await?;
    let inbox = Inbox::start_in(loopback, &dir.join("mail")).await?;
    // Whoever has a password to the service's account may send.
    for _ in 0..LOGINS {
        let offer = "250-inbox.example\r\n250-8BITMIME\r\n250 AUTH PLAIN";
        inbox.script(Step::Hello, Act::Say(offer.to_owned()));
        inbox.script(Step::Auth, Act::Say("235 welcome".to_owned()));
    }
    let mut hup = signal(SignalKind::hangup())?;
    std::fs::write(dir.join("sources.toml"), site.sources_toml())?;
    std::fs::write(dir.join("resolve.toml"), site.resolve_toml())?;
    // Last: whoever waits for it finds the others whole.
    let port = dir.join("smtp-port.new");
    std::fs::write(&port, inbox.addr().port().to_string())?;
    std::fs::rename(&port, dir.join("smtp-port"))?;
    while hup.recv().await.is_some() {
        site.advance();
    }
    Ok(())
}
