//! `reload`: the running daemon reads its files again, and says what it found.

use std::io::Write;

use anyhow::anyhow;

use super::Exit;
use super::setting::Setting;
use crate::daemon::control::{self, Request};
use crate::message::{Message, say};

pub(super) async fn run(setting: &Setting, out: &mut impl Write) -> anyhow::Result<Exit> {
    let loaded = setting.load();
    let lang = setting.lang(&loaded);
    let Some(of) = loaded.whereabouts else {
        return Err(anyhow!(
            Message::new("cli-config-unusable")
                .with("file", setting.config.display())
                .say(lang)
        ));
    };
    let Some(answer) = control::ask(&of.store, Request::Reload).await? else {
        return Err(anyhow!(say(lang, "cli-not-running")));
    };
    for problem in answer["problems"].as_array().into_iter().flatten() {
        writeln!(out, "{}\n", problem.as_str().unwrap_or_default())?;
    }
    if answer["reloaded"].as_bool() == Some(true) {
        writeln!(out, "{}", say(lang, "cli-reloaded"))?;
        Ok(Exit::Done)
    } else {
        writeln!(out, "{}", say(lang, "cli-not-reloaded"))?;
        Ok(Exit::Problems)
    }
}
