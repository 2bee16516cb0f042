//! `sources`: how it goes with each, try one, take a list over from another reader, hand the list on.

mod candidates;
mod list;
mod opml;
mod trial;

use std::io::Write;
use std::path::PathBuf;

use clap::Subcommand;

use super::Exit;
use super::setting::Setting;

/// What `sources` can do.
#[derive(Debug, Subcommand)]
pub(super) enum SourcesCommand {
    /// How it goes with each source: when it was and will be read, how often, what is wrong
    List {
        /// One line of JSON a source
        #[arg(long)]
        json: bool,
    },
    /// Try a source or an address: its feeds, what it would yield, and a ready `[[source]]` block
    Test(trial::TestArgs),
    /// Take sources over from an OPML file of another feed reader
    Import(opml::ImportArgs),
    /// Write the sources as OPML, for another feed reader
    Export {
        /// The file to write; - is stdout
        #[arg(value_name = "FILE", default_value = "-")]
        file: PathBuf,
    },
}

/// Carries the command out.
pub(super) async fn run(
    command: &SourcesCommand,
    setting: &Setting,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    match command {
        SourcesCommand::List { json } => list::run(setting, *json, out).await,
        SourcesCommand::Test(args) => trial::run(args, setting, out).await,
        SourcesCommand::Import(args) => opml::import(args, setting, out),
        SourcesCommand::Export { file } => opml::export(file, setting, out),
    }
}
