//! `refutations.toml`: what is known to be refuted, told in mails from the first one on.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use super::left_out::LeftOut;
use super::rule::{Placed, checked_link};
use crate::message::Message;
use crate::problem::toml::{Table, read_file};
use crate::problem::{Problem, Problems, SourceFile, Spanned, nearest};

/// Who refuted a rumour, and where that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownRefutation {
    /// What was refuted, or the title of the page that says so.
    pub title: String,
    /// Who refuted it.
    pub by: String,
    /// On which day.
    pub at: Date,
    /// Where it stands.
    pub url: Option<String>,
    /// The sentence that officers may cite.
    pub quote: Option<String>,
}

/// Gives each rule the refutations that the file names it in. One that names no rule is told.
pub(super) fn add_refutations(
    file: &Arc<SourceFile>,
    placed: &mut [Placed],
    left_out: &LeftOut,
    problems: &Problems,
) {
    let read = read_file(file, problems, |mut root| {
        let read: Vec<_> = root
            .tables("refutation")
            .into_iter()
            .filter_map(read_refutation)
            .collect();
        root.finish();
        read
    });
    let mut by_rule: BTreeMap<String, Vec<KnownRefutation>> = BTreeMap::new();
    for (rule, refutation) in read {
        let ids = || placed.iter().map(|placed| &*placed.rule.meta.id);
        if ids().any(|id| *id == *rule.value) {
            by_rule.entry(rule.value).or_default().push(refutation);
            continue;
        }
        if left_out.may_be_rule(&rule.value) {
            continue;
        }
        let mend = match nearest(&rule.value, ids()) {
            Some(near) => Message::new("keyword-refutation-rule-near").with("near", near),
            None => Message::new("keyword-refutation-rule-mend"),
        };
        let what = Message::new("keyword-refutation-rule").with("rule", &rule.value);
        problems.push(Problem::error(file, rule.span, what).mend(mend));
    }
    for placed in placed {
        if let Some(refutations) = by_rule.remove(&*placed.rule.meta.id) {
            Arc::make_mut(&mut placed.rule.meta).refutations = refutations;
        }
    }
}

fn read_refutation(mut table: Table<'_>) -> Option<(Spanned<String>, KnownRefutation)> {
    let rule = table.required("rule", "\"vac-xin-vo-sinh\"");
    let title = table.required("title", "\"Vắc xin không gây vô sinh\"");
    let by = table.required("by", "\"Bộ Y tế\"");
    if !table.has("at") {
        table.missing("at", "2021-08-29");
    }
    let at = table.date("at");
    let url = table.string("url");
    let url = url.and_then(|url| checked_link(&table, url));
    let quote = table.string("quote").map(|quote| quote.value);
    table.finish();
    let refutation = KnownRefutation {
        title: title?.value,
        by: by?.value,
        at: at?.value,
        url,
        quote,
    };
    Some((rule?, refutation))
}

#[cfg(test)]
mod tests {
    use super::super::{Rulebook, load};
    use crate::message::Lang;
    use crate::problem::{Problems, Style, render_all};

    const RULE: &str =
        "[[rule]]\nid = \"r\"\ntitle = \"T\"\nseverity = \"low\"\nmatch = 'giun đất'\n";

    fn loaded(refutations: &str) -> (Rulebook, String) {
        loaded_with(RULE, refutations)
    }

    fn loaded_with(rule: &str, refutations: &str) -> (Rulebook, String) {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("rumours")).unwrap();
        std::fs::write(dir.path().join("rumours/r.toml"), rule).unwrap();
        std::fs::write(dir.path().join("refutations.toml"), refutations).unwrap();
        let problems = Problems::default();
        let book = load(dir.path(), &problems);
        let shown = render_all(&problems.into_sorted(), Lang::Vi, Style::Plain);
        let shown = shown.replace(&dir.path().display().to_string(), "keywords");
        (book, shown)
    }

    const GOOD: &str = "[[refutation]]\nrule = \"r\"\ntitle = \"Giun đất không chữa khỏi\"\n\
        by = \"Bộ Y tế\"\nat = 2021-08-29\nurl = \"https://bao.example/giun\"\nquote = \"Chưa có\"\n";

    #[test]
    fn a_rule_gets_its_refutations() {
        let (book, problems) = loaded(GOOD);
        assert_eq!(problems, "");
        let known = &book.rules[0].meta.refutations;
        assert_eq!(known.len(), 1);
        assert_eq!(known[0].by, "Bộ Y tế");
        assert_eq!(known[0].at.to_string(), "2021-08-29");
        let (other, _) = loaded(&GOOD.replace("Bộ Y tế", "Sở Y tế"));
        assert_ne!(book.version, other.version);
    }

    #[test]
    fn a_rule_with_an_error_of_its_own_is_not_called_unknown() {
        // What is wrong with the rule, and how many problems there are: that one alone.
        let rows = [
            (RULE.to_owned(), 0),
            (RULE.replace("low", "rat-cao"), 1),
            (RULE.replace("giun đất", "giun AND"), 1),
            (RULE.replace("giun đất", "@khong-co"), 1),
            (RULE.replace("match = '", "match = "), 1),
        ];
        for (rule, wanted) in rows {
            let (_, problems) = loaded_with(&rule, GOOD);
            assert_eq!(
                problems.matches("rumours/r.toml").count(),
                wanted,
                "{problems}"
            );
            assert!(!problems.contains("refutations.toml"), "{problems}");
        }
        let other = GOOD.replace("rule = \"r\"", "rule = \"khac\"");
        let (_, problems) = loaded_with(&RULE.replace("low", "rat-cao"), &other);
        assert!(problems.contains("refutations.toml:2:8"), "{problems}");
    }

    #[test]
    fn what_is_wrong_is_listed_and_the_rest_is_read() {
        let wrong = "[[refutation]]\nrule = \"rr\"\ntitle = \"a\"\nby = \"b\"\nat = 2021-08-29\n\
            [[refutation]]\nrule = \"r\"\ntitle = \"a\"\nat = \"hôm qua\"\nurl = \"bao.example\"\nwho = 1\n";
        let (book, problems) = loaded(&format!("{wrong}{GOOD}"));
        assert_eq!(book.rules[0].meta.refutations.len(), 1);
        insta::assert_snapshot!(problems);
    }
}
