//! The Fluent bundles, parsed once at first use.

use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use super::{Arg, Lang};

/// One file a room, in both languages.
macro_rules! files {
    ($lang:literal) => {
        [
            include_str!(concat!($lang, "/problem.ftl")),
            include_str!(concat!($lang, "/source.ftl")),
            include_str!(concat!($lang, "/keyword.ftl")),
            include_str!(concat!($lang, "/understanding.ftl")),
            include_str!(concat!($lang, "/gathering.ftl")),
            include_str!(concat!($lang, "/alert.ftl")),
            include_str!(concat!($lang, "/mail.ftl")),
            include_str!(concat!($lang, "/notice.ftl")),
            include_str!(concat!($lang, "/seen.ftl")),
            include_str!(concat!($lang, "/ledger.ftl")),
            include_str!(concat!($lang, "/config.ftl")),
            include_str!(concat!($lang, "/daemon.ftl")),
            include_str!(concat!($lang, "/cli.ftl")),
            include_str!(concat!($lang, "/help.ftl")),
        ]
    };
}

const VI: [&str; 14] = files!("vi");
const EN: [&str; 14] = files!("en");

fn bundle(lang: Lang) -> &'static FluentBundle<FluentResource> {
    static BUNDLES: OnceLock<[FluentBundle<FluentResource>; 2]> = OnceLock::new();
    let bundles = BUNDLES.get_or_init(|| {
        let build = |id: &str, files: [&str; 14]| {
            let mut bundle = FluentBundle::new_concurrent(vec![
                id.parse::<LanguageIdentifier>().unwrap_or_default(),
            ]);
            // The isolation marks would stand between the words of a terminal and of a mail.
            bundle.set_use_isolating(false);
            for file in files {
                // What Fluent cannot read it leaves out; a test holds that nothing is.
                let resource = match FluentResource::try_new(file.to_owned()) {
                    Ok(resource) | Err((resource, _)) => resource,
                };
                bundle.add_resource_overriding(resource);
            }
            bundle
        };
        [build("vi", VI), build("en", EN)]
    });
    match lang {
        Lang::Vi => &bundles[0],
        Lang::En => &bundles[1],
    }
}

pub(super) fn has(lang: Lang, id: &str) -> bool {
    bundle(lang).has_message(id)
}

pub(super) fn say(lang: Lang, id: &str, args: &[(&'static str, Arg)]) -> String {
    let bundle = bundle(lang);
    let Some(pattern) = bundle.get_message(id).and_then(|message| message.value()) else {
        debug_assert!(false, "no message {id} in {lang}");
        return id.to_owned();
    };
    let args: FluentArgs<'_> = args
        .iter()
        .map(|(name, arg)| {
            let value = match arg {
                Arg::Text(text) => FluentValue::from(text.as_str()),
                Arg::Count(count) => FluentValue::from(*count),
            };
            (*name, value)
        })
        .collect();
    let mut errors = Vec::new();
    let said = bundle.format_pattern(pattern, Some(&args), &mut errors);
    debug_assert!(errors.is_empty(), "message {id} in {lang}: {errors:?}");
    said.into_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    /// Message ids of a file with the variables each one uses, by a plain reading of the file.
    fn ids(files: [&str; 14]) -> BTreeMap<String, BTreeSet<String>> {
        let mut ids: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut current = String::new();
        for line in files.iter().flat_map(|file| file.lines()) {
            if line.starts_with(|c: char| c.is_ascii_lowercase())
                && let Some((id, _)) = line.split_once('=')
            {
                current = id.trim().to_owned();
                let fresh = ids.insert(current.clone(), BTreeSet::new()).is_none();
                assert!(fresh, "message {current} stands twice");
            }
            for part in line.split('$').skip(1) {
                let name: String = part
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '-' || *c == '_')
                    .collect();
                ids.entry(current.clone()).or_default().insert(name);
            }
        }
        ids
    }

    #[test]
    fn both_languages_say_the_same_messages_with_the_same_arguments() {
        let (vi, en) = (ids(VI), ids(EN));
        assert!(!vi.is_empty());
        assert_eq!(vi, en);
    }

    #[test]
    fn every_file_is_read_whole() {
        for file in VI.iter().chain(&EN) {
            if let Err((_, errors)) = FluentResource::try_new((*file).to_owned()) {
                panic!("{errors:?} in {file}");
            }
        }
    }
}
