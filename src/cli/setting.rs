//! What every command begins with: where the configuration is, what language to speak, and how
//! an error that has a mend becomes one line.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::anyhow;

use crate::config::{self, Config, Environment, Loaded};
use crate::daemon::world::StartError;
use crate::message::{Lang, Message, say};
use crate::problem::toml::read_file;
use crate::problem::{Level, Problem, Problems, Style, read_text, render_all};

/// Where the configuration is looked for.
const PLACES: [&str; 2] = ["config/canhtin.toml", "/etc/canhtin/canhtin.toml"];

/// The arguments that all commands share.
#[derive(Debug)]
pub(super) struct Setting {
    /// The configuration file.
    pub config: PathBuf,
    lang: Option<Lang>,
}

impl Setting {
    pub(super) fn new(config: Option<PathBuf>, lang: Option<Lang>) -> Self {
        let first_there = || PLACES.iter().map(Path::new).find(|path| path.exists());
        Self {
            config: config
                .unwrap_or_else(|| first_there().unwrap_or(Path::new(PLACES[0])).to_owned()),
            lang,
        }
    }

    /// The language where no configuration is read.
    pub(super) fn lang_or_default(&self) -> Lang {
        self.lang.unwrap_or_default()
    }

    /// The language asked for, else the configured one.
    pub(super) fn lang(&self, loaded: &Loaded) -> Lang {
        let configured = loaded.whereabouts.as_ref().map(|of| of.office.lang);
        self.lang.or(configured).unwrap_or_default()
    }

    /// Reads all files.
    pub(super) fn load(&self) -> Loaded {
        let environment = Environment {
            without_passwords: true,
            ..environment()
        };
        config::load(&self.config, &environment)
    }

    /// Reads all files for a command that talks to mail servers.
    pub(super) fn load_to_send(&self) -> Loaded {
        config::load(&self.config, &environment())
    }

    /// Reads all files for a command that needs them. How many errors there are goes to stderr;
    /// what they are is for `check`, and so are warnings. Errors in `canhtin.toml` itself are
    /// shown, and end the command.
    pub(super) fn load_or_complain(&self) -> anyhow::Result<(Config, Lang, bool)> {
        self.or_complain(self.load())
    }

    /// The same for a command that talks to mail servers.
    pub(super) fn load_to_send_or_complain(&self) -> anyhow::Result<(Config, Lang, bool)> {
        self.or_complain(self.load_to_send())
    }

    fn or_complain(&self, loaded: Loaded) -> anyhow::Result<(Config, Lang, bool)> {
        let lang = self.lang(&loaded);
        let errors: Vec<Problem> = loaded
            .problems
            .into_iter()
            .filter(|problem| problem.level == Level::Error)
            .collect();
        if let Some(config) = loaded.config {
            if !errors.is_empty() {
                let left_out = Message::new("cli-left-out").count("errors", errors.len());
                super::report::to_stderr(&left_out.say(lang));
            }
            return Ok((config, lang, !errors.is_empty()));
        }
        let main = |problem: &Problem| problem.file.path == self.config;
        let (main, others): (Vec<Problem>, Vec<Problem>) = errors.into_iter().partition(main);
        let shown = if main.is_empty() { others } else { main };
        super::report::to_stderr(&render_all(&shown, lang, Style::Plain));
        Err(anyhow!(
            Message::new("cli-config-unusable")
                .with("file", self.config.display())
                .say(lang)
        ))
    }
}

/// The language for the help and for what is wrong with the arguments: asked for among them, else
/// the configured one.
pub(super) fn lang_of(args: &[OsString]) -> Lang {
    let value = |name: &str| {
        let mut args = args.iter().filter_map(|arg| arg.to_str());
        let found = args.find(|arg| {
            *arg == name
                || arg
                    .strip_prefix(name)
                    .is_some_and(|rest| rest.starts_with('='))
        })?;
        match found.split_once('=') {
            Some((_, value)) => Some(value),
            None => args.next(),
        }
    };
    if let Some(lang) = value("--lang").and_then(|lang| lang.parse().ok()) {
        return lang;
    }
    let setting = Setting::new(value("--config").map(PathBuf::from), None);
    let problems = Problems::default();
    let file = setting
        .config
        .is_file()
        .then(|| read_text(&setting.config, &problems))
        .flatten();
    let lang =
        file.and_then(|file| read_file(&file, &problems, |root| root.peek("lang")?.parse().ok()));
    lang.unwrap_or_default()
}

fn environment() -> Environment {
    // systemd lists several directories parted by colons; the unit has one.
    let folder = |name| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    Environment {
        state_directory: folder("STATE_DIRECTORY"),
        credentials_directory: folder("CREDENTIALS_DIRECTORY"),
        without_passwords: false,
    }
}

/// What went wrong and the mend, in one line.
pub(super) fn explained(lang: Lang, what: &Message, mend: &Message) -> anyhow::Error {
    anyhow!(
        "{} → {}: {}",
        what.say(lang),
        say(lang, "problem-mend"),
        mend.say(lang)
    )
}

/// Somebody must decide what becomes of a lost ledger.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Undecided(String);

/// A failed start in one line.
pub(super) fn start_error(lang: Lang, error: StartError) -> anyhow::Error {
    match error {
        StartError::Seen(error) => explained(lang, &error.what(), &error.mend()),
        StartError::Ledger(error) if error.is_lost() => {
            let line = explained(lang, &error.what(), &error.mend());
            anyhow::Error::new(Undecided(line.to_string()))
        }
        StartError::Ledger(error) => explained(lang, &error.what(), &error.mend()),
        StartError::Foreign { dir, owner } => {
            let owner = super::user::name_or_number(owner);
            let what = Message::new("cli-foreign").with("dir", dir.display());
            let what = what.with("owner", &owner);
            explained(
                lang,
                &what,
                &Message::new("cli-foreign-mend").with("owner", owner),
            )
        }
        other => other.into(),
    }
}
