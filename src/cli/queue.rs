//! `queue`: the mails that have not left, and what to do with them.

use std::io::Write;

use anyhow::anyhow;
use clap::Subcommand;
use jiff::Timestamp;

use super::setting::{Setting, start_error};
use super::{Exit, status};
use crate::config::Store;
use crate::daemon::control::{self, Request};
use crate::daemon::upkeep::answer;
use crate::daemon::world::World;
use crate::ledger::QueueRow;
use crate::message::{Lang, Message, say};

/// Characters of a Message-ID that name a mail to people.
const SHORT: usize = 12;

#[derive(Debug, Subcommand)]
pub(super) enum QueueCommand {
    /// List the mails that wait or are held
    List,
    /// Send held mails again: the one named, or all of them
    Retry {
        /// The id that `queue list` shows, or its beginning
        id: Option<String>,
    },
    /// Give a mail up: it is never sent
    Drop {
        /// The id that `queue list` shows, or its beginning
        id: String,
    },
}

pub(super) async fn run(
    setting: &Setting,
    command: QueueCommand,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let (config, lang, _) = setting.load_or_complain()?;
    let (request, told) = match command {
        QueueCommand::List => {
            let tz = config.office.tz.clone();
            let queue = queue(&config.store, lang).await?;
            if queue.is_empty() {
                writeln!(out, "{}", say(lang, "cli-queue-empty"))?;
            }
            for row in &queue {
                let id: String = row.mail.chars().take(SHORT).collect();
                let line = status::queued(row, lang, &|at| status::local(at, &tz));
                writeln!(out, "{id}  {line}")?;
            }
            return Ok(Exit::Done);
        }
        QueueCommand::Retry { id } => (Request::Retry { mail: id }, "cli-queue-retried"),
        QueueCommand::Drop { id } => (Request::Drop { mail: id }, "cli-queue-dropped"),
    };
    let answer = match control::ask(&config.store.dir, request.clone()).await? {
        Some(answer) => answer,
        None => {
            let world = open(&config.store, lang).await?;
            let answer = answer(&world, &request, Timestamp::now()).await;
            world.ledger.close().await;
            answer
        }
    };
    if let Some(error) = answer["error"].as_str() {
        return Err(anyhow!(error.to_owned()));
    }
    let done = answer["done"].as_u64().unwrap_or_default();
    writeln!(out, "{}", Message::new(told).with("number", done).say(lang))?;
    Ok(if done > 0 { Exit::Done } else { Exit::Problems })
}

/// Opens the store of a daemon that does not run.
pub(super) async fn open(store: &Store, lang: Lang) -> anyhow::Result<World> {
    let opened = World::open(store, Timestamp::now()).await;
    let (world, notices) = opened.map_err(|error| start_error(lang, error))?;
    for notice in notices {
        super::report::to_stderr(&notice.say(lang));
    }
    Ok(world)
}

async fn queue(store: &Store, lang: Lang) -> anyhow::Result<Vec<QueueRow>> {
    if let Some(mut answer) = control::ask(&store.dir, Request::Status).await? {
        return Ok(serde_json::from_value(answer["queue"].take())?);
    }
    let world = open(store, lang).await?;
    let queue = world.ledger.queue().await?;
    world.ledger.close().await;
    Ok(queue)
}
