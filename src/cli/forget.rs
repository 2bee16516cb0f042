//! `forget`: a page that asks for it is deleted wherever something of it is kept.

use std::io::Write;

use anyhow::anyhow;
use clap::Args;
use jiff::Timestamp;

use super::queue::open;
use super::setting::{Setting, explained};
use super::{Exit, user};
use crate::config::Config;
use crate::daemon::control::{self, Request};
use crate::daemon::forget::{self, Forgotten};
use crate::extract::normalised;
use crate::message::{Lang, Message, say};

/// What `forget` is asked to do.
#[derive(Debug, Args)]
pub(super) struct ForgetArgs {
    /// The address of the page, as mails and `hits show` tell it
    #[arg(value_parser = address)]
    url: String,
}

fn address(written: &str) -> Result<String, &'static str> {
    normalised(written, None).ok_or("https://…")
}

pub(super) async fn run(
    args: &ForgetArgs,
    setting: &Setting,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let (config, lang, _) = setting.load_or_complain()?;
    let request = Request::Forget {
        url: args.url.clone(),
        by: user::name(),
    };
    let forgotten: Forgotten = match control::ask(&config.store.dir, request).await? {
        Some(answer) => match answer["error"].as_str() {
            Some(error) => return Err(anyhow!(error.to_owned())),
            None => serde_json::from_value(answer)?,
        },
        None => alone(&args.url, &config, lang).await?,
    };
    tell(&args.url, &forgotten, lang, out)
}

/// Without a daemon. The store's lock keeps one from starting meanwhile.
async fn alone(url: &str, config: &Config, lang: Lang) -> anyhow::Result<Forgotten> {
    let (world, now) = (open(&config.store, lang).await?, Timestamp::now());
    let done = async {
        // Whoever was sending is gone.
        world.ledger.release_claims(now).await?;
        forget::forget(&world.ledger, config, (url, &user::name()), now).await
    };
    let done = done.await;
    world.ledger.close().await;
    done.map_err(|error| explained(lang, &error.what(), &error.mend()))
}

fn tell(
    url: &str,
    forgotten: &Forgotten,
    lang: Lang,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let done = match forgotten.is_nothing() {
        true => Message::new("cli-forget-nothing").with("url", url),
        false => Message::new("cli-forget-done")
            .with("url", url)
            .with("alerts", forgotten.alerts)
            .with("mails", forgotten.mails)
            .with("texts", forgotten.texts)
            .with("files", forgotten.files),
    };
    writeln!(out, "{}", done.say(lang))?;
    for (id, number) in [
        ("cli-forget-withdrawn", forgotten.withdrawn),
        ("cli-forget-under-way", forgotten.under_way),
        ("cli-forget-backups", forgotten.backups as u64),
    ] {
        if number > 0 {
            let told = Message::new(id).with("number", number);
            writeln!(out, "{}", told.say(lang))?;
        }
    }
    writeln!(out, "{}", say(lang, "cli-forget-elsewhere"))?;
    Ok(match forgotten.under_way {
        0 => Exit::Done,
        _ => Exit::Problems,
    })
}
