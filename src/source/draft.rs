//! A `[[source]]` block being written: from the command line, from OPML, from what a look at a
//! page found. It is settled by the very reader that reads the files, so that a block that is
//! shown is a block that `check` takes.

use std::fmt::Write as _;

use super::{Kind, Known, Source, Trust, read_sources};
use crate::problem::toml::read_file;
use crate::problem::{Level, Problem, Problems, SourceFile};

/// What a block will say; what is empty is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// `id`
    pub id: String,
    /// `name`
    pub name: String,
    /// `kind`
    pub kind: Kind,
    /// `url`
    pub url: String,
    /// `trust`
    pub trust: Option<Trust>,
    /// `every`, as written.
    pub every: String,
    /// `tags`
    pub tags: Vec<String>,
    /// `follow`
    pub follow: Option<bool>,
    /// Keys of the recipe with their values: `item`, `link`, `headers_file` …
    pub recipe: Vec<(String, String)>,
}

impl Draft {
    /// A draft that says nothing more than it must.
    #[must_use]
    pub fn new(id: impl Into<String>, kind: Kind, url: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            name: String::new(),
            kind,
            url: url.into(),
            trust: None,
            every: String::new(),
            tags: Vec::new(),
            follow: None,
            recipe: Vec::new(),
        }
    }

    /// The block, as TOML.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut block = String::from("[[source]]\n");
        let mut line = |key: &str, value: toml::Value| {
            // Writing to a string cannot fail.
            let _ = writeln!(block, "{key} = {value}");
        };
        let kind = self.kind.to_string();
        let trust = self.trust.map(|trust| trust.to_string());
        let named = [
            ("id", self.id.as_str()),
            ("name", self.name.as_str()),
            ("kind", kind.as_str()),
            ("url", self.url.as_str()),
            ("trust", trust.as_deref().unwrap_or_default()),
            ("every", self.every.as_str()),
        ];
        for (key, value) in named {
            if !value.is_empty() {
                line(key, value.into());
            }
        }
        if !self.tags.is_empty() {
            line("tags", self.tags.clone().into());
        }
        for (key, value) in &self.recipe {
            line(key, value.as_str().into());
        }
        if let Some(follow) = self.follow {
            line("follow", follow.into());
        }
        block
    }

    /// The source that the block makes, or what is wrong with it.
    ///
    /// # Errors
    /// The problems, as `check` would list them.
    pub fn settle(&self) -> Result<Source, Vec<Problem>> {
        let problems = Problems::default();
        let file = SourceFile::new("[[source]]", self.to_toml());
        let sources = read_file(&file, &problems, |root| {
            read_sources(root, &mut Known::default())
        });
        let problems = problems.into_sorted();
        match sources.into_iter().next() {
            Some(source) if problems.iter().all(|p| p.level != Level::Error) => Ok(source),
            _ => Err(problems),
        }
    }
}

/// A source as the block that it could have been read from. The headers of an API are not told
/// again, so that nothing secret gets into what is handed on.
impl From<&Source> for Draft {
    fn from(source: &Source) -> Self {
        let mut draft = Self::new(&*source.id, source.kind, source.address.as_str());
        if source.name != *source.id {
            draft.name.clone_from(&source.name);
        }
        draft.trust = Some(source.trust);
        draft.every = format!("{}s", source.every.as_secs());
        draft.tags.clone_from(&source.tags);
        let usual = source.kind == Kind::Sitemap;
        draft.follow =
            (source.follow != usual && source.kind != Kind::Article).then_some(source.follow);
        let mut key = |name: &str, value: Option<String>| {
            draft
                .recipe
                .extend(value.map(|value| (name.to_owned(), value)));
        };
        if let Some(page) = &source.page {
            key("item", Some(page.item.to_string()));
            key("link", Some(page.link.to_string()));
            key("title", page.title.as_ref().map(ToString::to_string));
            key("text", page.text.as_ref().map(ToString::to_string));
            key("time", page.time.as_ref().map(ToString::to_string));
            key("time_format", page.time_format.clone());
        }
        if let Some(api) = &source.api {
            key("item", Some(api.item.to_string()));
            key("item_id", api.id.as_ref().map(ToString::to_string));
            key("link", api.link.as_ref().map(ToString::to_string));
            key("title", api.title.as_ref().map(ToString::to_string));
            key("text", api.text.as_ref().map(ToString::to_string));
            key("time", api.time.as_ref().map(ToString::to_string));
            key("time_format", api.time_format.clone());
        }
        draft
    }
}

/// An id made of a name or a host: lower case, no marks, hyphens for the rest; never one of
/// `taken`.
#[must_use]
pub fn fresh_id(wish: &str, taken: &dyn Fn(&str) -> bool) -> String {
    let mut id = String::new();
    for c in wish.to_lowercase().chars() {
        match bare(c) {
            c if c.is_ascii_lowercase() || c.is_ascii_digit() => id.push(c),
            _ if !id.is_empty() && !id.ends_with('-') => id.push('-'),
            _ => {}
        }
    }
    id.truncate(56);
    let id = match id.trim_end_matches('-') {
        "" => "nguon",
        id => id,
    };
    let mut number = 1;
    let mut fresh = id.to_owned();
    while taken(&fresh) {
        number += 1;
        fresh = format!("{id}-{number}");
    }
    fresh
}

/// A Vietnamese letter without its marks.
fn bare(c: char) -> char {
    if c == 'đ' {
        return 'd';
    }
    let mut base = c;
    unicode_normalization::char::decompose_canonical(c, |part| {
        if part.is_ascii() {
            base = part;
        }
    });
    base
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_comes_back_as_it_was() {
        let mut page = Draft::new("cong", Kind::Page, "https://cong.example/tin");
        page.name = "Cổng \"huyện\"".to_owned();
        page.trust = Some(Trust::Official);
        page.every = "900s".to_owned();
        page.tags = vec!["y-te".to_owned()];
        page.follow = Some(true);
        page.recipe = [
            ("item", "div.tin"),
            ("link", "a@href"),
            ("time", "i"),
            ("time_format", "%d/%m/%Y"),
        ]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into();
        let mut api = Draft::new("api", Kind::Json, "https://api.example/v1");
        api.trust = Some(Trust::Press);
        api.every = "60s".to_owned();
        api.recipe = [
            ("item", "$.data[*]"),
            ("item_id", "$.id"),
            ("text", "$.body"),
        ]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into();
        let mut channel = Draft::new("kenh", Kind::Telegram, "https://t.me/kenh_thu");
        channel.trust = Some(Trust::Social);
        channel.every = "900s".to_owned();
        for draft in [page, api, channel] {
            let source = draft.settle().unwrap();
            let mut again = Draft::from(&source);
            // JSONPath is written back in its normal form.
            for (key, value) in &mut again.recipe {
                if key.starts_with("item") || key == "text" {
                    *value = value.replace("['", ".").replace("']", "");
                }
            }
            assert_eq!(again, draft);
            assert_eq!(again.settle().unwrap().url, source.url);
        }
    }

    #[test]
    fn what_is_wrong_is_told() {
        let draft = Draft::new("a", Kind::Page, "https://www.facebook.com/x");
        let problems = draft.settle().unwrap_err();
        assert!(
            problems.iter().any(|p| p.what.id() == "source-closed"),
            "{problems:?}"
        );
    }

    #[test]
    fn ids_from_names() {
        let taken = |id: &str| id == "so-y-te" || id == "so-y-te-2";
        for (wish, wanted) in [
            ("Sở Y tế", "so-y-te-3"),
            ("Báo Đất Việt – Sức khỏe", "bao-dat-viet-suc-khoe"),
            ("www.bao.example", "www-bao-example"),
            ("日本", "nguon"),
            ("--", "nguon"),
        ] {
            assert_eq!(fresh_id(wish, &taken), wanted, "{wish}");
        }
    }
}
