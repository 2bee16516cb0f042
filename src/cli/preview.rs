//! `mail preview`: the mail that an alert would make now, without sending anything.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use jiff::Timestamp;
use mail_parser::MessageParser;

use super::Exit;
use super::hits::{ledger_of, meant};
use super::setting::{Setting, explained};
use crate::mail::compose;
use crate::message::Message;

/// What `mail preview` is asked to show.
#[derive(Debug, Args)]
pub(super) struct PreviewArgs {
    /// The ID of an alert (its beginning is enough) [default: the newest]
    hit: Option<String>,
    /// Write the mail here instead of printing its text: whole, or as a page where the name ends
    /// in .html
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) async fn run(
    args: &PreviewArgs,
    setting: &Setting,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let (config, lang, _) = setting.load_or_complain()?;
    let ledger = ledger_of(&config, lang).await?;
    let id = match &args.hit {
        Some(typed) => meant(&ledger, typed, lang).await?,
        None => {
            let newest = ledger.recent(1).await?;
            let newest = newest.into_iter().next();
            newest
                .ok_or_else(|| {
                    explained(
                        lang,
                        &Message::new("cli-preview-none"),
                        &Message::new("cli-preview-none-mend"),
                    )
                })?
                .id
        }
    };
    let receiver = config.routing.receivers.first();
    let to = receiver.map_or_else(Vec::new, |receiver| receiver.to.clone());
    let domain = config.mail.domain();
    let bundle = ledger.preview(&id, to, &domain, Timestamp::now()).await?;
    let bundle = bundle.with_context(|| id.clone())?;
    let mail = compose(&bundle, &config.office, &config.mail)?;
    let parsed = MessageParser::default().parse(&mail.raw);
    let parsed = parsed.context("MIME")?;
    match &args.out {
        None => {
            writeln!(out, "{}\n", mail.subject)?;
            writeln!(out, "{}", parsed.body_text(0).unwrap_or_default())?;
        }
        Some(path) => {
            let page = path.extension().is_some_and(|kind| kind == "html");
            if page {
                let html = parsed.body_html(0).unwrap_or_default();
                std::fs::write(path, html.as_bytes())
            } else {
                std::fs::write(path, &mail.raw)
            }
            .with_context(|| path.display().to_string())?;
            let written = Message::new("cli-preview-written")
                .with("path", path.display())
                .with("subject", &mail.subject);
            writeln!(out, "{}", written.say(lang))?;
        }
    }
    ledger.close().await;
    Ok(Exit::Done)
}
