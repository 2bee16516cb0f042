//! The files that people edit → settled settings, with all problems of all files listed at once.
//!
//! Each room owns the reading of its own table; here they are composed.

mod files;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;

use crate::alert::{self, Admin, Routing};
use crate::fetch;
use crate::keyword::{self, Rulebook};
use crate::mail::{self, Office};
use crate::message::{Lang, Message};
use crate::problem::toml::{Table, read_file};
use crate::problem::{Level, Problem, Problems, Spanned, beside, read_text};
use crate::source::{self, Source};

/// What the surroundings say, read once by the command line.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// `$STATE_DIRECTORY` (systemd.exec(5)): takes the place of `store.dir`.
    pub state_directory: Option<PathBuf>,
    /// `$CREDENTIALS_DIRECTORY` (systemd.exec(5)).
    pub credentials_directory: Option<PathBuf>,
    /// The command sends no mail and reads no mailbox: a password that only the service is handed
    /// may be missing.
    pub without_passwords: bool,
}

/// Settings of a whole canhtin, settled.
#[derive(Debug)]
pub struct Config {
    /// The file they came from.
    pub file: PathBuf,
    /// Whose canhtin this is, its language and time zone.
    pub office: Office,
    /// Where the memories lie.
    pub store: Store,
    /// How the web is asked.
    pub fetch: fetch::Settings,
    /// How mails leave.
    pub mail: mail::Settings,
    /// Who gets what.
    pub routing: Routing,
    /// Who is told how canhtin itself fares.
    pub admin: Admin,
    /// What is watched.
    pub sources: Vec<Source>,
    /// Where the keyword files lie.
    pub keywords: PathBuf,
    /// The files and folders that list the sources.
    pub source_files: Vec<PathBuf>,
    /// Whether saved files are taken over without being asked to.
    pub watch_files: bool,
    /// Where numbers for a monitoring system are given; on loopback.
    pub metrics: Option<SocketAddr>,
    /// What is looked for.
    pub rulebook: Arc<Rulebook>,
}

/// `[store]`.
#[derive(Debug, Clone)]
pub struct Store {
    /// Holds `seen/`, `ledger.sqlite` and the control socket.
    pub dir: PathBuf,
    /// How long alerts are kept.
    pub retention: Duration,
    /// How long scanned texts are kept, for trying edited rules on them; zero keeps none.
    pub keep_texts: Duration,
    /// How often the ledger is backed up; zero is never.
    pub backup_every: Duration,
    /// How many backups are kept.
    pub backups: usize,
}

impl Store {
    /// The folder of the seen memory.
    #[must_use]
    pub fn seen(&self) -> PathBuf {
        self.dir.join("seen")
    }

    /// The ledger's file.
    #[must_use]
    pub fn ledger(&self) -> PathBuf {
        self.dir.join("ledger.sqlite")
    }

    /// The folder of the ledger's own backups.
    #[must_use]
    pub fn backup_dir(&self) -> PathBuf {
        self.dir.join("backups")
    }
}

/// What reading the files brought.
#[derive(Debug)]
pub struct Loaded {
    /// The settings, unless `canhtin.toml` itself has an error. Sources and rules with errors
    /// are left out of them; the problems name each.
    pub config: Option<Config>,
    /// Where a canhtin that runs by these files answers, whatever is wrong in them by now; none
    /// where `canhtin.toml` cannot be read.
    pub whereabouts: Option<Whereabouts>,
    /// Everything to mend, by file and place.
    pub problems: Vec<Problem>,
}

/// What is asked for to ask a running canhtin.
#[derive(Debug, Clone)]
pub struct Whereabouts {
    /// The folder of its stores.
    pub store: PathBuf,
    /// Whose it is.
    pub office: Office,
}

impl Loaded {
    /// Whether any problem is an error.
    #[must_use]
    pub fn any_error(&self) -> bool {
        self.problems.iter().any(|p| p.level == Level::Error)
    }
}

/// What `canhtin.toml` alone says.
struct Main {
    office: Office,
    store: Store,
    fetch: fetch::Settings,
    mail: mail::Settings,
    routing: Routing,
    admin: Admin,
    keywords: Spanned<PathBuf>,
    sources: Vec<Spanned<PathBuf>>,
    watch_files: bool,
    metrics: Option<SocketAddr>,
}

/// How long alerts are kept where `retention` does not say.
const RETENTION: Duration = Duration::from_secs(365 * 24 * 3600);

/// How long scanned texts are kept where `keep_texts` does not say.
const KEEP_TEXTS: Duration = Duration::from_secs(30 * 24 * 3600);

/// How often the ledger is backed up where `backup_every` does not say.
const BACKUP_EVERY: Duration = Duration::from_secs(24 * 3600);

/// How many backups are kept where `backups` does not say.
const BACKUPS: usize = 7;

/// Reads `canhtin.toml` at `path` and all that it names.
#[must_use]
pub fn load(path: &Path, environment: &Environment) -> Loaded {
    let problems = Problems::default();
    let mut whereabouts = None;
    let config = load_into(path, environment, &mut whereabouts, &problems);
    Loaded {
        config,
        whereabouts,
        problems: problems.into_sorted(),
    }
}

fn load_into(
    path: &Path,
    environment: &Environment,
    whereabouts: &mut Option<Whereabouts>,
    problems: &Problems,
) -> Option<Config> {
    let file = read_text(path, problems)?;
    let base = path.parent().unwrap_or(Path::new(""));
    let main = read_file(&file, problems, |root| read_main(root, base, environment));
    let settled = !problems.any_error();
    *whereabouts = Some(Whereabouts {
        store: main.store.dir.clone(),
        office: main.office.clone(),
    });
    let before = problems.errors();
    let sources = {
        let credentials = source::Credentials {
            folder: environment.credentials_directory.clone(),
            dispensable: environment.without_passwords,
        };
        files::read_sources(&file, &main.sources, credentials, problems)
    };
    let all_sources = problems.errors() == before;
    let rulebook = if main.keywords.value.is_dir() {
        keyword::load(&main.keywords.value, problems)
    } else {
        problems.push(
            Problem::error(
                &file,
                main.keywords.span.clone(),
                Message::new("config-no-folder").with("path", main.keywords.value.display()),
            )
            .mend(Message::new("config-no-folder-mend")),
        );
        return None;
    };
    main.routing
        .warn(&rulebook, &sources, all_sources, problems);
    settled.then(|| Config {
        file: path.to_owned(),
        office: main.office,
        store: main.store,
        fetch: main.fetch,
        mail: main.mail,
        routing: main.routing,
        admin: main.admin,
        sources,
        keywords: main.keywords.value,
        source_files: main.sources.into_iter().map(|path| path.value).collect(),
        watch_files: main.watch_files,
        metrics: main.metrics,
        rulebook: Arc::new(rulebook),
    })
}

fn read_main(mut root: Table<'_>, base: &Path, environment: &Environment) -> Main {
    let lang = root
        .parsed::<Lang>("lang", "vi | en")
        .map_or(Lang::default(), |lang| lang.value);
    let keywords = match root.required("keywords", "\"../keywords\"") {
        Some(written) => written.map(|dir| beside(base, dir)),
        None => Spanned {
            value: beside(base, "../keywords"),
            span: 0..0,
        },
    };
    let sources = match root.strings("sources") {
        Some(list) => list
            .into_iter()
            .map(|path| path.map(|p| beside(base, p)))
            .collect(),
        None => {
            root.missing("sources", "[\"sources.toml\"]");
            Vec::new()
        }
    };
    let watch_files = root
        .boolean("watch_files")
        .is_none_or(|watch_files| watch_files.value);
    let metrics = root.table("metrics").and_then(read_metrics);
    let office = root.table("office");
    let (office, places) = read_office(&root, office, lang);
    let store = root.table("store");
    let store = read_store(store, base, environment);
    let fetch = fetch::read_settings(root.table("fetch"));
    let mail = root.table("mail");
    if mail.is_none() && !root.has("mail") {
        root.missing(
            "mail",
            "{ from = \"Canh tin <canhtin@…>\", transport = \"dir\" }",
        );
    }
    let mail = mail::read_settings(
        mail,
        base,
        environment.state_directory.as_deref(),
        mail::Credentials {
            folder: environment.credentials_directory.as_deref(),
            dispensable: environment.without_passwords,
        },
    );
    let mut routing = alert::read_routing(&mut root, &office.tz);
    routing.places = places;
    let admin = alert::read_admin(&mut root);
    root.finish();
    Main {
        office,
        store,
        fetch,
        mail,
        routing,
        admin,
        keywords,
        sources,
        watch_files,
        metrics,
    }
}

/// `[metrics]`: what they tell is for this machine only.
fn read_metrics(mut table: Table<'_>) -> Option<SocketAddr> {
    let listen = table.parsed::<SocketAddr>("listen", "\"127.0.0.1:9464\"");
    let listen = listen.filter(|listen| {
        let local = listen.value.ip().is_loopback();
        if !local {
            table.error(
                listen.span.clone(),
                Message::new("config-metrics-not-local"),
                Message::new("config-metrics-not-local-mend"),
            );
        }
        local
    });
    table.finish();
    listen.map(|listen| listen.value)
}

/// The office, and the places that are its own.
fn read_office(root: &Table<'_>, table: Option<Table<'_>>, lang: Lang) -> (Office, Vec<String>) {
    let mut office = Office {
        name: String::new(),
        tz: TimeZone::fixed(jiff::tz::offset(7)),
        lang,
    };
    let Some(mut table) = table else {
        root.missing("office", "{ name = \"…\" }");
        return (office, Vec::new());
    };
    if let Some(name) = table.required("name", "\"Phòng Văn hóa và Thông tin huyện …\"") {
        office.name = name.value;
    }
    let places = table.strings("places").unwrap_or_default();
    let places = places.into_iter().map(|place| place.value).collect();
    if let Some(name) = table.string("timezone") {
        match TimeZone::get(&name.value) {
            Ok(tz) => office.tz = tz,
            Err(_) => table.error(
                name.span,
                Message::new("config-timezone").with("name", &name.value),
                Message::new("config-timezone-mend"),
            ),
        }
    }
    table.finish();
    (office, places)
}

fn read_store(table: Option<Table<'_>>, base: &Path, environment: &Environment) -> Store {
    let mut store = Store {
        dir: beside(base, "../var"),
        retention: RETENTION,
        keep_texts: KEEP_TEXTS,
        backup_every: BACKUP_EVERY,
        backups: BACKUPS,
    };
    if let Some(mut table) = table {
        if let Some(dir) = table.string("dir") {
            store.dir = beside(base, dir.value);
        }
        if let Some(retention) = table.duration("retention") {
            store.retention = retention.value;
        }
        if let Some(keep) = table.duration("keep_texts") {
            store.keep_texts = keep.value;
        }
        if let Some(every) = table.duration("backup_every") {
            store.backup_every = every.value;
        }
        if let Some(number) = table.integer("backups", 1..=1000) {
            store.backups = usize::try_from(number.value).unwrap_or(BACKUPS);
        }
        table.finish();
    }
    if let Some(dir) = &environment.state_directory {
        store.dir.clone_from(dir);
    }
    store
}
