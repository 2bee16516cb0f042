//! The command line: one file a command.

mod check;
mod demo;
mod explain;
mod extraction;
mod forget;
mod help;
mod hits;
mod mail_test;
mod mark;
mod matching;
mod once;
mod preview;
mod queue;
mod recipe;
mod refutations;
mod reload;
mod replay;
mod report;
mod run;
mod setting;
mod sources;
mod status;
mod store;
mod usage;
mod user;

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use self::setting::Setting;
use crate::message::{Lang, say};

/// Keeps watch over public pages and feeds for health rumours in Vietnamese, and mails what it
/// finds to the office that answers them.
#[derive(Debug, Parser)]
#[command(name = "canhtin", version, about, max_term_width = 100)]
struct Cli {
    /// The configuration file [default: config/canhtin.toml, else /etc/canhtin/canhtin.toml]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Language of all output, vi or en [default: as configured, else vi]
    #[arg(long, global = true, value_name = "LANG")]
    lang: Option<Lang>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve a small sample web and an SMTP inbox on loopback and run canhtin on them
    Demo {
        /// Everything is left in this folder
        #[arg(long, default_value = "canhtin-demo", value_name = "DIR")]
        dir: PathBuf,
    },
    /// Run as a service until SIGTERM; SIGHUP reloads the files
    Run,
    /// One pass over all sources, then the outbox
    Once {
        /// Fetch and match, but record and mail nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// List every problem in the configuration, the sources and the keyword files
    Check,
    /// Put documents through the matcher
    Match(matching::MatchArgs),
    /// Show what a source would yield from a file or an address
    Extract(extraction::ExtractArgs),
    /// Show what edited rules would add and lose on the texts that were kept
    Replay(replay::ReplayArgs),
    /// Look through what was found
    #[command(subcommand)]
    Hits(hits::HitsCommand),
    /// Alerts and their ways
    #[command(subcommand)]
    Alert(explain::AlertCommand),
    /// Record what a person says of an alert
    Mark(mark::MarkArgs),
    /// Delete all that is known of a page, and never record it again
    Forget(forget::ForgetArgs),
    /// What is known to be refuted
    #[command(subcommand)]
    Refutations(refutations::RefutationsCommand),
    /// Show how sources, stores and mails stand
    Status {
        /// One JSON object instead of text
        #[arg(long)]
        json: bool,
    },
    /// Ask the running service to read its files again
    Reload,
    /// Sources: try one, take them over from another reader, hand them on
    #[command(subcommand)]
    Sources(sources::SourcesCommand),
    /// The stores: look them over, back them up, restore them
    #[command(subcommand)]
    Store(store::StoreCommand),
    /// Mails that have not left
    #[command(subcommand)]
    Queue(queue::QueueCommand),
    /// Mails
    #[command(subcommand)]
    Mail(MailCommand),
}

#[derive(Debug, Subcommand)]
enum MailCommand {
    /// Send a test mail to an address by the configured transport
    Test {
        /// Where to
        address: String,
    },
    /// Show the mail that an alert would make now; nothing is sent
    Preview(preview::PreviewArgs),
}

/// The exit code of wrong usage.
const WRONG_USAGE: u8 = 2;

/// How a command ended. (2 is wrong usage.)
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: done.
    Done,
    /// 1: problems in the user's files, or some part failed.
    Problems,
    /// 3: the ledger is lost, no backup takes its place, and somebody must decide. The unit does
    /// not start again after it.
    Undecided,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Done => Self::SUCCESS,
            Exit::Problems => Self::from(1),
            Exit::Undecided => Self::from(3),
        }
    }
}

/// Parses the arguments and carries the command out.
#[must_use]
pub fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().collect();
    let lang = setting::lang_of(&args);
    let cli = match parsed(&args, lang) {
        Ok(cli) => cli,
        Err(error) => return explain(&error, &args, lang),
    };
    let mut out = io::BufWriter::new(io::stdout().lock());
    let done = carry_out(cli, &mut out).and_then(|exit| {
        out.flush()?;
        Ok(exit)
    });
    match done {
        Ok(exit) => exit.into(),
        // The reader of a pipe went away: nobody is left to tell.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            complain(lang, &error);
            match error.is::<setting::Undecided>() {
                true => Exit::Undecided.into(),
                false => Exit::Problems.into(),
            }
        }
    }
}

fn parsed(args: &[OsString], lang: Lang) -> Result<Cli, clap::Error> {
    let command = help::localised(Cli::command(), lang);
    let matches = command.try_get_matches_from(args)?;
    Cli::from_arg_matches(&matches)
}

/// Prints the help or the version that was asked for, or what is wrong with the arguments.
fn explain(error: &clap::Error, args: &[OsString], lang: Lang) -> ExitCode {
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let help = help::worded_frame(&error.render().to_string(), lang);
        let _ = write!(io::stderr(), "{help}");
        return ExitCode::from(WRONG_USAGE);
    }
    if error.use_stderr() {
        // Nothing can be done where even stderr is gone.
        let _ = write!(io::stderr(), "{}", usage::told(error, args, lang));
        return ExitCode::from(WRONG_USAGE);
    }
    let help = help::worded_frame(&error.render().to_string(), lang);
    let _ = write!(io::stdout(), "{help}");
    ExitCode::SUCCESS
}

fn carry_out(cli: Cli, out: &mut impl Write) -> anyhow::Result<Exit> {
    let setting = Setting::new(cli.config, cli.lang);
    match cli.command {
        Command::Check => check::run(&setting, out),
        Command::Match(args) => matching::run(&args, setting.lang_or_default(), out),
        Command::Run => run::run(&setting),
        Command::Once { dry_run } => report::block_on(once::run(&setting, dry_run, out)),
        Command::Demo { dir } => report::block_on(demo::run(&dir, setting.lang_or_default(), out)),
        Command::Extract(args) => report::block_on(extraction::run(&args, &setting, out)),
        Command::Replay(args) => report::block_on(replay::run(&args, &setting, out)),
        Command::Hits(command) => report::block_on(hits::run(&command, &setting, out)),
        Command::Alert(command) => report::block_on(explain::run(&command, &setting, out)),
        Command::Mark(args) => report::block_on(mark::run(&args, &setting, out)),
        Command::Forget(args) => report::block_on(forget::run(&args, &setting, out)),
        Command::Refutations(command) => {
            report::block_on(refutations::run(&command, &setting, out))
        }
        Command::Status { json } => report::block_on(status::run(&setting, json, out)),
        Command::Sources(command) => report::block_on(sources::run(&command, &setting, out)),
        Command::Reload => report::block_on(reload::run(&setting, out)),
        Command::Store(command) => report::block_on(store::run(&setting, command, out)),
        Command::Queue(command) => report::block_on(queue::run(&setting, command, out)),
        Command::Mail(MailCommand::Preview(args)) => {
            report::block_on(preview::run(&args, &setting, out))
        }
        Command::Mail(MailCommand::Test { address }) => {
            report::block_on(mail_test::run(&setting, &address, out))
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}

/// One line on stderr: what failed, and the mend where there is one.
fn complain(lang: Lang, error: &anyhow::Error) {
    let line = format!("{error:#}").replace('\n', " ");
    // Nothing can be done where even stderr is gone.
    let _ = writeln!(io::stderr(), "{}: {line}", say(lang, "problem-error"));
}

/// Whether a person watches stderr, so that a progress bar makes sense.
fn is_watched() -> bool {
    io::stderr().is_terminal()
}
