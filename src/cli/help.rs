//! The help of every command in the language of the office: clap's texts from the catalogue.

use clap::{Arg, ArgAction, Command};

use crate::message::{Lang, say, say_named};

/// Gives a built command and all below it the words of `lang`.
pub(super) fn localised(mut command: Command, lang: Lang) -> Command {
    command.build();
    worded(command, "", lang)
}

/// `path` is the names of the commands down to this one, joined by `-`.
fn worded(command: Command, path: &str, lang: Lang) -> Command {
    let about = match path {
        "" => say_named(lang, "help-canhtin"),
        _ => say_named(lang, &format!("help-{path}")),
    };
    let names: Vec<String> = command
        .get_subcommands()
        .map(|below| below.get_name().to_owned())
        .collect();
    let mut command = command
        .help_template(template(lang))
        .subcommand_value_name(value_name(lang, "command"))
        .mut_args(|arg| worded_arg(arg, path, lang))
        .long_about(None);
    if let Some(about) = about {
        command = command.about(about);
    }
    for name in names {
        command =
            command.mut_subcommand(&name, |below| worded(below, &below_path(path, &name), lang));
    }
    command
}

/// `help` has the same words everywhere, and lists commands with their own.
fn below_path(path: &str, name: &str) -> String {
    match (path, name) {
        ("" | "help", _) | (_, "help") => name.to_owned(),
        _ => format!("{path}-{name}"),
    }
}

fn worded_arg(arg: Arg, path: &str, lang: Lang) -> Arg {
    let id = arg.get_id().as_str().replace('_', "-");
    let own = say_named(lang, &format!("help-{path}-{id}"));
    let help = own.or_else(|| say_named(lang, &format!("help-any-{id}")));
    let names: Vec<String> = arg
        .get_value_names()
        .unwrap_or_default()
        .iter()
        .map(|name| {
            name.split('|')
                .map(|part| value_name(lang, part))
                .collect::<Vec<_>>()
                .join("|")
        })
        .collect();
    let takes = matches!(arg.get_action(), ArgAction::Set | ArgAction::Append);
    let mut arg = arg.long_help(None);
    if arg.get_help_heading().is_some() {
        arg = arg.help_heading(say(lang, "help-recipe"));
    }
    if let Some(help) = help {
        arg = arg.help(help);
    }
    if takes && !names.is_empty() {
        arg = arg.value_names(names);
    }
    arg
}

fn value_name(lang: Lang, name: &str) -> String {
    let id = format!("help-value-{}", name.to_lowercase());
    say_named(lang, &id).unwrap_or_else(|| name.to_owned())
}

fn template(lang: Lang) -> String {
    format!(
        "{{about}}\n\n{} {{usage}}\n\n{{all-args}}",
        say(lang, "help-usage")
    )
}

/// The words that clap puts in by itself.
pub(super) fn worded_frame(text: &str, lang: Lang) -> String {
    let mut text = text.to_owned();
    for (theirs, ours) in [
        ("Usage:", "help-usage"),
        ("\nCommands:\n", "help-commands"),
        ("\nArguments:\n", "help-arguments"),
        ("\nOptions:\n", "help-options"),
        ("[OPTIONS]", "help-usage-options"),
        ("[default:", "help-default"),
    ] {
        // Headings stand on lines of their own.
        let ours = match theirs.starts_with('\n') {
            true => format!("\n{}:\n", say(lang, ours)),
            false => say(lang, ours),
        };
        text = text.replace(theirs, &ours);
    }
    text
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::super::Cli;
    use super::*;

    /// Every command and argument with what it is called in the catalogue.
    fn walk(command: &Command, path: &str, found: &mut Vec<(String, Option<String>)>) {
        for arg in command.get_arguments() {
            let id = format!("{path} {}", arg.get_id());
            found.push((id, arg.get_help().map(ToString::to_string)));
        }
        for below in command.get_subcommands() {
            let path = format!("{path} {}", below.get_name());
            found.push((path.clone(), below.get_about().map(ToString::to_string)));
            if below.get_name() != "help" {
                walk(below, &path, found);
            }
        }
    }

    #[test]
    fn every_command_and_argument_has_words_in_both_languages() {
        let words = |lang| {
            let mut found = Vec::new();
            walk(&localised(Cli::command(), lang), "canhtin", &mut found);
            found
        };
        let (vi, en) = (words(Lang::Vi), words(Lang::En));
        assert!(vi.len() > 150, "{}", vi.len());
        for ((name, vi), (_, en)) in vi.iter().zip(&en) {
            assert!(vi.is_some() && en.is_some(), "{name} has no words");
            assert_ne!(vi, en, "{name} has the same words in both languages");
        }
    }

    #[test]
    fn no_word_is_left_over() {
        let mut names = vec!["canhtin".to_owned(), "help".to_owned()];
        let mut ids = Vec::new();
        let mut command = Cli::command();
        command.build();
        fn go(command: &Command, path: &str, names: &mut Vec<String>, ids: &mut Vec<String>) {
            for arg in command.get_arguments() {
                let id = arg.get_id().as_str().replace('_', "-");
                ids.push(format!("any-{id}"));
                names.push(format!("{path}-{id}"));
            }
            for below in command.get_subcommands() {
                let path = below_path(path, below.get_name());
                names.push(path.clone());
                if below.get_name() != "help" {
                    go(below, &path, names, ids);
                }
            }
        }
        go(&command, "", &mut names, &mut ids);
        names.extend(ids);
        let frame = [
            "recipe",
            "usage",
            "commands",
            "arguments",
            "options",
            "usage-options",
            "default",
        ];
        let text = include_str!("../message/vi/help.ftl");
        let mut seen = 0;
        for line in text.lines().filter(|line| line.starts_with("help-")) {
            let name = &line[5..line.find(" =").unwrap()];
            seen += 1;
            let known = frame.contains(&name) || name.starts_with("value-");
            assert!(
                known || names.iter().any(|n| n == name),
                "{name} names nothing"
            );
        }
        assert!(seen > 80);
    }
}
