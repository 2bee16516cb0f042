//! Forgetting a page in every place where something of it is kept.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::identity::{Fresh, Past};
use super::texts::Texts;
use super::world::World;
use crate::config::Config;
use crate::document::Document;
use crate::failpoint::{self, Point};
use crate::ledger::{self, Ledger, LedgerError};

/// How often mails that are being sent are waited for, a second each.
const TURNS: usize = 60;

/// What was deleted of a page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Forgotten {
    /// Alerts and refutations.
    pub alerts: u64,
    /// Mails of which it was taken out.
    pub mails: usize,
    /// Deliveries that are not made.
    pub withdrawn: u64,
    /// Mails that were being sent all the time, and still tell it.
    pub under_way: u64,
    /// Kept texts.
    pub texts: usize,
    /// Mails in the folder of mails.
    pub files: usize,
    /// Backups, in the store's folder, that may still hold something of it.
    pub backups: usize,
}

impl Forgotten {
    /// Whether nothing of the page was there.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        let Self {
            alerts,
            mails,
            under_way,
            texts,
            files,
            ..
        } = *self;
        alerts + under_way == 0 && mails + texts + files == 0
    }
}

/// Deletes what the stores and the folder of mails hold of the page at `url` (normalised), and
/// keeps it from being recorded again. `by` asks for it.
///
/// # Errors
/// When a store cannot be written; asking again deletes the rest.
pub async fn forget(
    ledger: &Ledger,
    config: &Config,
    (url, by): (&str, &str),
    now: Timestamp,
) -> Result<Forgotten, LedgerError> {
    let mut done = Forgotten::default();
    let mut mails = Vec::new();
    for turn in 0..TURNS {
        if turn > 0 {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        let forgotten = ledger.forget_page(url, by, now).await?;
        done.alerts += forgotten.alerts;
        done.withdrawn += forgotten.withdrawn;
        done.under_way = forgotten.under_way;
        mails.extend(forgotten.mails);
        if done.under_way == 0 {
            break;
        }
    }
    failpoint::reach(Point::PageForgotten);
    done.mails = mails.len();
    let store = &config.store;
    done.backups = ledger::backups(&store.backup_dir())?.len();
    let texts = Texts::new(&store.dir, store.keep_texts);
    let (settings, url) = (config.mail.clone(), url.to_owned());
    let files = tokio::task::spawn_blocking(move || {
        let texts = texts.forget_page(&url)?;
        Ok::<_, std::io::Error>((texts, settings.forget_files(&mails, &url)?))
    });
    (done.texts, done.files) = files.await.map_err(std::io::Error::other)??;
    Ok(done)
}

/// Parts off the items on pages that are to be forgotten: they are remembered as seen, so that
/// they do not come again, and are neither read nor kept.
pub(super) async fn part_off(world: &World, fresh: Vec<Fresh>) -> (Vec<Fresh>, Vec<Past>) {
    let documents = fresh.iter().flat_map(|item| [&item.listed, &item.document]);
    let urls = documents.filter_map(|document| document.url.clone());
    let refused = refused(world, urls.collect()).await;
    let (off, fresh): (Vec<Fresh>, Vec<Fresh>) = fresh
        .into_iter()
        .partition(|item| is_on(&refused, &item.listed) || is_on(&refused, &item.document));
    (fresh, off.into_iter().map(Past::from).collect())
}

/// Those texts that may be kept.
pub(super) async fn keepable(world: &World, fresh: &[Fresh]) -> Vec<Document> {
    let mut documents: Vec<Document> = fresh.iter().map(|item| item.document.clone()).collect();
    let urls = documents.iter().filter_map(|document| document.url.clone());
    let refused = refused(world, urls.collect()).await;
    documents.retain(|document| !is_on(&refused, document));
    documents
}

/// Where the ledger cannot be read, none: nothing is recorded then either.
async fn refused(world: &World, urls: Vec<String>) -> BTreeSet<String> {
    let forgotten = world.ledger.forgotten_pages(urls).await;
    forgotten.unwrap_or_default()
}

fn is_on(refused: &BTreeSet<String>, document: &Document) -> bool {
    let url = document.url.as_deref();
    url.is_some_and(|url| refused.contains(url))
}
