//! Wrong usage, told in a line with the mend.

use std::error::Error as _;
use std::ffi::OsString;

use clap::CommandFactory;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::Cli;
use super::help::worded_frame;
use crate::message::{Lang, Message, say};
use crate::problem::meant;

/// What clap found wrong with `args`, as people read it.
pub(super) fn told(error: &clap::Error, args: &[OsString], lang: Lang) -> String {
    let what = what(error);
    let mut told = format!("{}: {}", say(lang, "problem-error"), what.say(lang));
    if let Some(mend) = mend(error) {
        told.push_str(&format!(
            " → {}: {}",
            say(lang, "problem-mend"),
            mend.say(lang)
        ));
    }
    told.push_str("\n\n");
    if let Some(usage) = text(error, ContextKind::Usage) {
        told.push_str(&worded_frame(usage.trim(), lang));
        told.push('\n');
    }
    let see = Message::new("usage-see").with("command", help_of(args));
    told.push_str(&see.say(lang));
    told.push('\n');
    told
}

/// The command whose help tells more.
fn help_of(args: &[OsString]) -> String {
    let mut words = vec!["canhtin"];
    let root = Cli::command();
    let mut command = &root;
    for word in args.iter().skip(1).filter_map(|arg| arg.to_str()) {
        if let Some(below) = command.find_subcommand(word) {
            words.push(word);
            command = below;
        }
    }
    format!("{} --help", words.join(" "))
}

fn what(error: &clap::Error) -> Message {
    let arg = || text(error, ContextKind::InvalidArg).unwrap_or_default();
    let value = || text(error, ContextKind::InvalidValue).unwrap_or_default();
    match error.kind() {
        ErrorKind::UnknownArgument => Message::new("usage-unknown-argument").with("arg", arg()),
        ErrorKind::InvalidSubcommand => {
            let name = text(error, ContextKind::InvalidSubcommand).unwrap_or_default();
            Message::new("usage-unknown-command").with("arg", name)
        }
        ErrorKind::InvalidValue if value().is_empty() => {
            Message::new("usage-no-value").with("arg", arg())
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => Message::new("usage-bad-value")
            .with("value", value())
            .with("arg", arg()),
        ErrorKind::MissingRequiredArgument => Message::new("usage-missing").with("arg", arg()),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            Message::new("usage-missing-command")
        }
        ErrorKind::ArgumentConflict => Message::new("usage-conflict").with("arg", arg()).with(
            "other",
            text(error, ContextKind::PriorArg).unwrap_or_else(arg),
        ),
        ErrorKind::TooManyValues | ErrorKind::WrongNumberOfValues => Message::new("usage-surplus")
            .with("value", value())
            .with("arg", arg()),
        ErrorKind::TooFewValues | ErrorKind::NoEquals => {
            Message::new("usage-no-value").with("arg", arg())
        }
        ErrorKind::InvalidUtf8 => Message::new("usage-not-utf8"),
        _ => Message::new("usage-other"),
    }
}

fn mend(error: &clap::Error) -> Option<Message> {
    let near = [
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedArg,
        ContextKind::SuggestedValue,
    ];
    if let Some(near) = near.into_iter().find_map(|kind| first(error, kind)) {
        return Some(Message::new("usage-write").with("near", near));
    }
    match error.kind() {
        ErrorKind::ArgumentConflict => Some(Message::new("usage-leave-one")),
        // Our own parsers say which values there are, or what one looks like.
        ErrorKind::ValueValidation => {
            let wanted = error.source()?.to_string();
            let value = text(error, ContextKind::InvalidValue)?;
            if !wanted.contains(" | ") {
                return Some(Message::new("usage-like").with("wanted", wanted));
            }
            match meant(&value, &wanted) {
                Some(near) => Some(Message::new("usage-write").with("near", near)),
                None => Some(Message::new("usage-choose").with("wanted", wanted)),
            }
        }
        ErrorKind::InvalidValue => {
            let wanted = text(error, ContextKind::ValidValue)?;
            Some(Message::new("usage-choose").with("wanted", wanted))
        }
        _ => None,
    }
}

fn text(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(list) => Some(list.join(", ")),
        ContextValue::StyledStr(text) => Some(text.to_string()),
        ContextValue::StyledStrs(list) => Some(
            list.iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(", "),
        ),
        _ => None,
    }
    .filter(|text| !text.is_empty())
}

fn first(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::Strings(list) => list.first().cloned(),
        _ => text(error, kind),
    }
}

#[cfg(test)]
mod tests {
    use super::super::parsed;
    use super::*;

    /// What is said of each command line.
    fn said(lang: Lang) -> String {
        let lines: [&[&str]; 17] = [
            &["chek"],
            &["hits", "lst"],
            &["once", "--dryrun"],
            &["check", "x"],
            &["mark"],
            &["alert", "explain"],
            &["hits", "list", "--since"],
            &["hits", "list", "--severity", "cao"],
            &["hits", "list", "--severity", "xanh"],
            &["mark", "abc", "xau"],
            &["mark", "abc", "tin-gai"],
            &["mark", "abc", "tam-an", "--for", "lau"],
            &["alert", "explain", "x", "--rule", "y"],
            &["alert", "explain", "--rule", "y"],
            &[
                "alert", "explain", "--rule", "y", "--source", "z", "--at", "mai",
            ],
            &["--lang", "fr", "check"],
            &["forget", "abc"],
        ];
        let told = lines.map(|line| {
            let args = std::iter::once("canhtin").chain(line.iter().copied());
            let args: Vec<OsString> = args.map(OsString::from).collect();
            let error = parsed(&args, lang).unwrap_err();
            format!(
                "$ canhtin {}\n{}",
                line.join(" "),
                super::told(&error, &args, lang)
            )
        });
        told.join("\n")
    }

    #[test]
    fn wrong_usage_is_told_with_its_mend() {
        insta::assert_snapshot!("usage-vi", said(Lang::Vi));
        insta::assert_snapshot!("usage-en", said(Lang::En));
    }
}
