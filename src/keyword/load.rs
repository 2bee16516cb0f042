//! A directory of keyword files, or a plain file of terms, as a rulebook.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::encode::decode;
use super::expr::{Expr, Kind};
use super::left_out::LeftOut;
use super::list::{Line, List, lines, read_line, read_list};
use super::refutation::add_refutations;
use super::rule::{Mention, Placed, Shelf, lists_in, read_rules, unknown_list};
use super::{Rule, RuleMeta, Severity, check};
use crate::message::Message;
use crate::problem::{Problem, Problems, SourceFile, nearest};
use crate::text::Homoglyphs;

/// Lists that the stance reads, used without any rule naming them.
pub const CUE_LISTS: [&str; 4] = [DENIALS, NEGATIONS, REVERSALS, POINTERS];
/// Words that refute: "sai sự thật", "bác bỏ".
pub const DENIALS: &str = "phu-nhan";
/// Negations of the claim's own verb: "không gây", "không chữa được".
pub const NEGATIONS: &str = "phu-dinh";
/// Words that turn a denial round: "không phải tin giả", "để giấu dân".
pub const REVERSALS: &str = "dao-nguoc";
/// Words that point back at what was told: "thông tin trên".
pub const POINTERS: &str = "chi-lai";

/// A file with more bytes was not written by hand: 100,000 terms fit in.
const MAX_FILE: u64 = 4 << 20;

/// The file of known refutations, in the folder of the keyword files.
pub const REFUTATIONS: &str = "refutations.toml";

/// All lists and rules, as files say them and as far as they are free of errors.
#[derive(Debug, Clone, Default)]
pub struct Rulebook {
    /// Names the content of all files: equal files, equal version.
    pub version: String,
    /// The rules, by file and place.
    pub rules: Vec<Rule>,
    /// The lists by name.
    pub lists: BTreeMap<Arc<str>, List>,
    /// Passages that cancel any rule's terms inside them; only a plain file of terms has them.
    pub vetoes: Vec<super::Term>,
    /// Letters that imitate others.
    pub homoglyphs: Homoglyphs,
    /// The rules that are not in it for an error of their own.
    pub left_out: LeftOut,
}

impl Rulebook {
    /// What each rule says of itself.
    pub fn metas(&self) -> impl Iterator<Item = &RuleMeta> {
        self.rules.iter().map(|rule| &*rule.meta)
    }

    /// Every line of a plain file of terms as a rule named by its term.
    #[must_use]
    pub fn from_terms(path: &Path, problems: &Problems) -> Self {
        let Some(bytes) = read_bytes(path, problems) else {
            return Self::default();
        };
        let version = digest([(Path::new("terms"), bytes.as_slice())]);
        let Some(file) = decode(path, &bytes, problems) else {
            return Self::default();
        };
        Self::from_terms_text(&file, version, problems)
    }

    fn from_terms_text(file: &Arc<SourceFile>, version: String, problems: &Problems) -> Self {
        let mut book = Self {
            version,
            homoglyphs: Homoglyphs::builtin(),
            ..Self::default()
        };
        let mut seen = HashMap::new();
        for (start, line) in lines(&file.text) {
            let (said, span) = read_line(line, start, file, problems);
            match said {
                Line::Term(term) if term.options.veto => book.vetoes.push(term),
                Line::Term(term) => {
                    if let Some(first) = seen.insert(Arc::clone(&term.text), span.start) {
                        check::twice(file, span, &term.text, first, problems);
                        continue;
                    }
                    book.rules.push(rule_of_term(term));
                }
                Line::Include(name) => problems.push(
                    Problem::error(
                        file,
                        span,
                        Message::new("keyword-include-in-terms").with("name", name),
                    )
                    .mend(Message::new("keyword-include-in-terms-mend")),
                ),
                Line::Nothing => {}
            }
        }
        book
    }
}

fn rule_of_term(term: super::Term) -> Rule {
    let meta = RuleMeta {
        id: Arc::clone(&term.text),
        title: term.text.to_string(),
        severity: Severity::Info,
        topic: None,
        answer: None,
        links: Vec::new(),
        since: None,
        refutations: Vec::new(),
    };
    let span = 0..term.text.len();
    Rule {
        meta: Arc::new(meta),
        matches: Expr::new(Kind::Phrase(term), span),
        unless: None,
    }
}

/// Reads `lists/*.txt`, `rumours/*.toml`, `topics/*.toml`, `homoglyphs.tsv` and
/// `refutations.toml` under `dir`.
/// What has an error is left out and told; everything else is loaded.
#[must_use]
pub fn load(dir: &Path, problems: &Problems) -> Rulebook {
    if !dir.is_dir() {
        problems.push(
            Problem::whole_file(dir, Message::new("keyword-no-directory"))
                .mend(Message::new("keyword-no-directory-mend")),
        );
        return Rulebook::default();
    }
    let (mut read, mut unread) = (Vec::new(), Vec::new());
    let mut files = |folder: &str, extension: &str| {
        let mut decoded = Vec::new();
        for path in files_in(&dir.join(folder), extension, problems) {
            let bytes = read_bytes(&path, problems);
            match bytes.as_deref().and_then(|b| decode(&path, b, problems)) {
                Some(file) => decoded.push(file),
                None => unread.push(path.clone()),
            }
            read.extend(bytes.map(|bytes| (path, bytes)));
        }
        decoded
    };
    let lists = files("lists", "txt");
    let rumours = files("rumours", "toml");
    let topics = files("topics", "toml");
    let tables = files("", "tsv");
    let refutations = files("", "toml");
    let mut left_out = LeftOut::default();
    let is_rules = |path: &PathBuf| {
        path.extension().is_some_and(|of| of == "toml") && path.parent() != Some(dir)
    };
    if unread.iter().any(is_rules) {
        left_out.add_unnamed();
    }
    let unread = list_names(&unread);
    let mut lists = named_lists(&lists, problems);
    settle_includes(&mut lists, &unread, problems);
    let (mut placed, mut mentions) = (Vec::new(), Vec::new());
    for (files, shelf) in [(rumours, Shelf::Rumours), (topics, Shelf::Topics)] {
        for file in &files {
            placed.extend(read_rules(
                file,
                shelf,
                &mut mentions,
                &mut left_out,
                problems,
            ));
        }
    }
    mentions.retain(|mention| !unread.contains(&mention.name));
    report_unknown(&mentions, &lists, problems);
    let mut placed = unique(placed, problems);
    let is_refutations = |file: &&Arc<SourceFile>| file.path.ends_with(REFUTATIONS);
    for file in refutations.iter().filter(is_refutations) {
        add_refutations(file, &mut placed, &left_out, problems);
    }
    placed.retain(|placed| {
        let mut named = placed.expressions().flat_map(|(expr, _)| lists_in(expr));
        let known = named.all(|(name, _)| lists.contains_key(&name));
        if !known {
            let meta = &placed.rule.meta;
            left_out.add(Some(&meta.id), meta.topic.as_deref());
        }
        known
    });
    check::check(&placed, &lists, &mentions, problems);
    Rulebook {
        version: digest(
            read.iter()
                .map(|(path, bytes)| (path.strip_prefix(dir).unwrap_or(path), bytes.as_slice())),
        ),
        rules: placed.into_iter().map(|placed| placed.rule).collect(),
        lists,
        vetoes: Vec::new(),
        homoglyphs: homoglyphs(&tables, problems),
        left_out,
    }
}

/// The shipped letters, with those of `homoglyphs.tsv` besides.
fn homoglyphs(tables: &[Arc<SourceFile>], problems: &Problems) -> Homoglyphs {
    let mut all = Homoglyphs::builtin();
    let own = |file: &&Arc<SourceFile>| {
        file.path
            .file_stem()
            .is_some_and(|name| name == "homoglyphs")
    };
    for file in tables.iter().filter(own) {
        let (rows, bad) = Homoglyphs::parse(&file.text);
        all.extend(rows);
        for row in bad {
            let (start, line) = file
                .text
                .split_inclusive('\n')
                .scan(0, |at, line| {
                    let start = *at;
                    *at += line.len();
                    Some((start, line))
                })
                .nth(row.0.saturating_sub(1))
                .unwrap_or_default();
            problems.push(
                Problem::error(
                    file,
                    start..start + line.trim_end().len(),
                    Message::new("keyword-homoglyph"),
                )
                .mend(Message::new("keyword-homoglyph-mend")),
            );
        }
    }
    all
}

/// The files of a folder with an extension, by name; none where there is no such folder.
fn files_in(folder: &Path, extension: &str, problems: &Problems) -> Vec<PathBuf> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Vec::new(),
        Err(error) => {
            unreadable(folder, &error, problems);
            return Vec::new();
        }
    };
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        // Editors leave `.name.txt.swp` and `.#name.txt` behind.
        .filter(|path| {
            path.file_name()
                .and_then(|name| name.to_str())
                .is_none_or(|name| !name.starts_with('.'))
        })
        .collect();
    files.sort();
    files
}

fn read_bytes(path: &Path, problems: &Problems) -> Option<Vec<u8>> {
    let opened = std::fs::File::open(path);
    let mut bytes = Vec::new();
    let read = opened.and_then(|file| file.take(MAX_FILE + 1).read_to_end(&mut bytes));
    match read {
        Ok(read) if read as u64 > MAX_FILE => {
            let limit = MAX_FILE >> 20;
            problems.push(
                Problem::whole_file(
                    path,
                    Message::new("keyword-file-too-big").with("limit", limit),
                )
                .mend(Message::new("keyword-file-too-big-mend")),
            );
            None
        }
        Ok(_) => Some(bytes),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            problems.push(
                Problem::whole_file(path, Message::new("problem-file-missing"))
                    .mend(Message::new("problem-file-missing-mend")),
            );
            None
        }
        Err(error) => {
            unreadable(path, &error, problems);
            None
        }
    }
}

fn unreadable(path: &Path, error: &std::io::Error, problems: &Problems) {
    problems.push(
        Problem::whole_file(
            path,
            Message::new("problem-file-unreadable").with("error", error),
        )
        .mend(Message::new("problem-file-unreadable-mend")),
    );
}

fn digest<'a>(files: impl IntoIterator<Item = (&'a Path, &'a [u8])>) -> String {
    let mut hasher = blake3::Hasher::new();
    for (path, bytes) in files {
        hasher.update(path.as_os_str().as_encoded_bytes());
        hasher.update(&[0]);
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    }
    hasher.finalize().to_hex()[..12].to_owned()
}

fn named_lists(files: &[Arc<SourceFile>], problems: &Problems) -> BTreeMap<Arc<str>, List> {
    files
        .iter()
        .map(|file| {
            let name = file.path.file_stem().map(|stem| stem.to_string_lossy());
            let name = name.unwrap_or_default();
            check::list_name(file, &name, problems);
            (Arc::from(name.as_ref()), read_list(file, problems))
        })
        .collect()
}

/// Names of the lists among files that are there but could not be read: what names them is right.
fn list_names(unread: &[PathBuf]) -> BTreeSet<Arc<str>> {
    let lists = unread
        .iter()
        .filter(|path| path.extension().is_some_and(|of| of == "txt"));
    let names = lists.filter_map(|path| path.file_stem());
    names
        .map(|name| Arc::from(name.to_string_lossy()))
        .collect()
}

/// Drops includes that lead nowhere or round in a circle, each with a problem; those of `unread`
/// lists without one, since the file has its own.
fn settle_includes(
    lists: &mut BTreeMap<Arc<str>, List>,
    unread: &BTreeSet<Arc<str>>,
    problems: &Problems,
) {
    let names: BTreeSet<Arc<str>> = lists.keys().cloned().collect();
    for list in lists.values_mut() {
        list.includes.retain(|include| {
            let known = names.contains(&include.value);
            if !known && !unread.contains(&include.value) {
                let near = nearest(&include.value, names.iter().map(AsRef::as_ref));
                unknown_list(
                    &list.file,
                    include.span.clone(),
                    &include.value,
                    near,
                    problems,
                );
            }
            known
        });
    }
    // Depth first; an include of a list that is still being walked closes a circle.
    let mut done = BTreeSet::new();
    for name in &names {
        let mut path = Vec::new();
        open_circles(name, lists, &mut path, &mut done, problems);
    }
}

fn open_circles(
    name: &Arc<str>,
    lists: &mut BTreeMap<Arc<str>, List>,
    path: &mut Vec<Arc<str>>,
    done: &mut BTreeSet<Arc<str>>,
    problems: &Problems,
) {
    if done.contains(name) {
        return;
    }
    path.push(Arc::clone(name));
    let includes = lists.get(name).map(|list| list.includes.clone());
    for include in includes.unwrap_or_default() {
        if let Some(from) = path.iter().position(|above| *above == include.value) {
            if let Some(list) = lists.get_mut(name) {
                list.includes.retain(|other| other.span != include.span);
                let circle: Vec<String> = path[from..]
                    .iter()
                    .chain([&include.value])
                    .map(|name| format!("@{name}"))
                    .collect();
                problems.push(
                    Problem::error(
                        &list.file,
                        include.span,
                        Message::new("keyword-circle").with("circle", circle.join(" → ")),
                    )
                    .mend(Message::new("keyword-circle-mend")),
                );
            }
        } else {
            open_circles(&include.value, lists, path, done, problems);
        }
    }
    path.pop();
    done.insert(Arc::clone(name));
}

/// Leaves out rules whose id is taken.
fn unique(placed: Vec<Placed>, problems: &Problems) -> Vec<Placed> {
    let mut first: HashMap<Arc<str>, (Arc<SourceFile>, usize)> = HashMap::new();
    placed
        .into_iter()
        .filter(|placed| {
            let id = &placed.rule.meta.id;
            let Some((file, at)) = first.get(id) else {
                let place = (Arc::clone(&placed.file), placed.id.start);
                first.insert(Arc::clone(id), place);
                return true;
            };
            let (line, _) = file.position(*at);
            problems.push(
                Problem::error(
                    &placed.file,
                    placed.id.clone(),
                    Message::new("keyword-duplicate-id")
                        .with("id", id)
                        .with("place", format!("{}:{line}", file.path.display())),
                )
                .mend(Message::new("keyword-duplicate-id-mend").with("near", format!("{id}-2"))),
            );
            false
        })
        .collect()
}

/// Tells of every list that a rule names and that is not there.
fn report_unknown(mentions: &[Mention], lists: &BTreeMap<Arc<str>, List>, problems: &Problems) {
    for mention in mentions {
        if !lists.contains_key(&mention.name) {
            let near = nearest(&mention.name, lists.keys().map(AsRef::as_ref));
            let place = mention.place.clone();
            unknown_list(&mention.file, place, &mention.name, near, problems);
        }
    }
}
