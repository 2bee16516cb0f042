//! `check`: every problem of every file that people edit.

use std::io::{self, IsTerminal, Write};

use jiff::Timestamp;

use super::Exit;
use super::setting::Setting;
use crate::message::Message;
use crate::problem::{Level, Style, render};

pub(super) fn run(setting: &Setting, out: &mut impl Write) -> anyhow::Result<Exit> {
    let mut loaded = setting.load();
    if let Some(config) = &loaded.config {
        let outlived = config.routing.outlived(Timestamp::now());
        loaded.problems.extend(outlived);
    }
    let lang = setting.lang(&loaded);
    let style = if io::stdout().is_terminal() {
        Style::Coloured
    } else {
        Style::Plain
    };
    for problem in &loaded.problems {
        writeln!(out, "{}\n", render(problem, lang, style))?;
    }
    let count = |level| loaded.problems.iter().filter(|p| p.level == level).count();
    let (errors, warnings) = (count(Level::Error), count(Level::Warning));
    if errors + warnings > 0 {
        let summary = Message::new("cli-check-problems")
            .count("errors", errors)
            .count("warnings", warnings);
        writeln!(out, "{}", summary.say(lang))?;
    }
    if let Some(config) = &loaded.config {
        let summary = Message::new("cli-check-fine")
            .count("sources", config.sources.len())
            .count("rules", config.rulebook.metas().count())
            .count("receivers", config.routing.receivers.len());
        writeln!(out, "{}", summary.say(lang))?;
        let described = config.routing.described(lang, Timestamp::now());
        write!(out, "\n{described}")?;
    }
    Ok(if errors > 0 {
        Exit::Problems
    } else {
        Exit::Done
    })
}
