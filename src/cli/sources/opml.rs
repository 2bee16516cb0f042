//! `sources import` and `sources export`.

use std::io::{Read as _, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::super::Exit;
use super::super::setting::{Setting, explained};
use crate::message::{Lang, Message};
use crate::problem::{Style, render_all};
use crate::source::{Draft, fresh_id, opml};

/// An OPML file is not longer.
const LONGEST: u64 = 16 << 20;

/// What `sources import` is asked to do.
#[derive(Debug, Args)]
pub(in crate::cli) struct ImportArgs {
    /// The OPML file; - is stdin
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Write the blocks to a new file, such as config/sources.d/other.toml [default: stdout]
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

pub(super) fn import(
    args: &ImportArgs,
    setting: &Setting,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let loaded = setting.load();
    let lang = setting.lang(&loaded);
    let text = text_of(&args.file, lang)?;
    let drafts = opml::read(&text).map_err(|error| {
        let what = Message::new("sources-opml").with("error", error);
        explained(lang, &what, &Message::new("sources-opml-mend"))
    })?;
    let known = loaded
        .config
        .map(|config| config.sources)
        .unwrap_or_default();
    let mut ids: Vec<String> = known.iter().map(|source| source.id.to_string()).collect();
    let mut urls: Vec<String> = known.iter().map(|source| source.url.to_string()).collect();
    let (mut blocks, mut count, mut doubles, mut refused) = (String::new(), 0, 0, 0);
    for mut draft in drafts {
        draft.id = wished(&draft, &ids);
        match draft.settle() {
            Ok(source) if urls.contains(&source.url.to_string()) => doubles += 1,
            Ok(source) => {
                urls.push(source.url.to_string());
                ids.push(draft.id.clone());
                blocks.push_str(&draft.to_toml());
                blocks.push('\n');
                count += 1;
            }
            Err(problems) => {
                refused += 1;
                super::super::report::to_stderr(&render_all(&problems, lang, Style::Plain));
            }
        }
    }
    match &args.to {
        Some(path) => write_new(path, &blocks, lang)?,
        None => out.write_all(blocks.as_bytes())?,
    }
    let told = Message::new("sources-imported")
        .count("count", count)
        .count("doubles", doubles)
        .count("refused", refused);
    super::super::report::to_stderr(&told.say(lang));
    Ok(if refused > 0 {
        Exit::Problems
    } else {
        Exit::Done
    })
}

/// The id that the file keeps where it is free and fits, else one made of the name.
fn wished(draft: &Draft, taken: &[String]) -> String {
    let host = || {
        let url = url::Url::parse(&draft.url).ok();
        url.and_then(|url| url.host_str().map(str::to_owned))
    };
    let wish = match (draft.id.as_str(), draft.name.as_str()) {
        ("", "") => host().unwrap_or_default(),
        ("", name) => name.to_owned(),
        (id, _) => id.to_owned(),
    };
    fresh_id(&wish, &|id| taken.iter().any(|known| known == id))
}

fn text_of(path: &Path, lang: Lang) -> anyhow::Result<String> {
    let mut text = String::new();
    let read = if path.as_os_str() == "-" {
        std::io::stdin()
            .lock()
            .take(LONGEST)
            .read_to_string(&mut text)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(LONGEST).read_to_string(&mut text))
    };
    read.map_err(|error| {
        let what = Message::new("extract-file").with("file", path.display());
        let mend = Message::new("extract-file-mend");
        explained(lang, &what.with("error", error), &mend)
    })?;
    Ok(text)
}

/// Never over a file that is there: its blocks may have been edited.
fn write_new(path: &Path, text: &str, lang: Lang) -> anyhow::Result<()> {
    let file = std::fs::File::create_new(path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| {
            let what = Message::new("sources-write")
                .with("file", path.display())
                .with("error", error);
            explained(lang, &what, &Message::new("sources-write-mend"))
        })
}

pub(super) fn export(path: &Path, setting: &Setting, out: &mut impl Write) -> anyhow::Result<Exit> {
    let (config, lang, any_error) = setting.load_or_complain()?;
    let text = opml::write(&config.sources, &config.office.name);
    if path.as_os_str() == "-" {
        out.write_all(text.as_bytes())?;
    } else {
        write_new(path, &text, lang)?;
        let written = Message::new("sources-exported")
            .count("sources", config.sources.len())
            .with("file", path.display());
        writeln!(out, "{}", written.say(lang))?;
    }
    Ok(if any_error {
        Exit::Problems
    } else {
        Exit::Done
    })
}
