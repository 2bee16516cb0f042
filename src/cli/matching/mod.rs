//! `match`: documents through the matcher, for people and for programs.

mod input;
mod show;

use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use serde::Serialize;

use self::input::{Entry, Input};
use self::show::Shown;
use super::Exit;
use crate::document::Field;
use crate::keyword::{self, Rulebook, Severity};
use crate::message::{Lang, Message};
use crate::problem::{Level, Problems, Style, render};
use crate::scan::{Hit, Scanner, Speaker, Stance, Tier};

/// What `match` is asked to do.
#[derive(Debug, Args)]
pub(super) struct MatchArgs {
    /// Lists and rules of this folder
    #[arg(
        long,
        value_name = "DIR",
        required_unless_present = "terms",
        conflicts_with = "terms"
    )]
    pub keywords: Option<PathBuf>,
    /// Each line of this file is a rule named by its term
    #[arg(long, value_name = "FILE")]
    pub terms: Option<PathBuf>,
    /// One JSON object for each document with hits
    #[arg(long)]
    pub json: bool,
    /// Totals only
    #[arg(long)]
    pub count: bool,
    /// JSON lines {"id","title","text"}, or plain text, each file one document [default: stdin]
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// Carries the command out on stdin or the named files.
pub(super) fn run(args: &MatchArgs, lang: Lang, out: &mut impl Write) -> anyhow::Result<Exit> {
    let style = |terminal: bool| {
        if terminal {
            Style::Coloured
        } else {
            Style::Plain
        }
    };
    let mut stderr = io::stderr().lock();
    let (book, broken) = rulebook(args, lang, style(io::stderr().is_terminal()), &mut stderr)?;
    let scanner = Scanner::new(Arc::new(book));
    let shown = if args.count {
        Shown::Count
    } else if args.json {
        Shown::Json
    } else {
        Shown::People(lang, style(io::stdout().is_terminal()))
    };
    let mut matching = Matching {
        scanner: &scanner,
        shown,
        lang,
        totals: Totals::new(scanner.rulebook()),
        failed: broken,
        out,
        complaints: &mut stderr,
    };
    if args.files.is_empty() {
        matching.input(Input::stdin())?;
    }
    for path in &args.files {
        if path.as_os_str() == "-" {
            matching.input(Input::stdin())?;
        } else {
            matching.file(path)?;
        }
    }
    let failed = matching.failed;
    if args.count {
        let totals = matching.totals;
        totals.write(lang, args.json, out)?;
    }
    Ok(if failed { Exit::Problems } else { Exit::Done })
}

/// The rules, and whether any of their files has an error; errors are shown, warnings are for
/// `check`.
fn rulebook(
    args: &MatchArgs,
    lang: Lang,
    style: Style,
    complaints: &mut impl Write,
) -> io::Result<(Rulebook, bool)> {
    let problems = Problems::default();
    let book = match (&args.terms, &args.keywords) {
        (Some(terms), _) => Rulebook::from_terms(terms, &problems),
        (None, Some(folder)) => keyword::load(folder, &problems),
        (None, None) => Rulebook::default(),
    };
    let broken = problems.any_error();
    for problem in problems.into_sorted() {
        if problem.level == Level::Error {
            writeln!(complaints, "{}\n", render(&problem, lang, style))?;
        }
    }
    Ok((book, broken))
}

struct Matching<'a, O, E> {
    scanner: &'a Scanner,
    shown: Shown,
    lang: Lang,
    totals: Totals,
    failed: bool,
    out: &'a mut O,
    complaints: &'a mut E,
}

impl<O: Write, E: Write> Matching<'_, O, E> {
    fn file(&mut self, path: &std::path::Path) -> anyhow::Result<()> {
        match Input::file(path) {
            Ok(input) => self.input(input),
            Err(error) => {
                let said = Message::new("match-unreadable")
                    .with("file", path.display())
                    .with("error", error);
                self.complain(&said)
            }
        }
    }

    fn input(&mut self, mut input: Input) -> anyhow::Result<()> {
        loop {
            match input.next() {
                Ok(Some(Entry::Document(document))) => {
                    let hits = self.scanner.scan(document, Speaker::Anyone);
                    self.totals.add(&hits);
                    if !hits.is_empty() {
                        self.shown.write(self.scanner, document, &hits, self.out)?;
                    }
                }
                Ok(Some(Entry::Malformed { line, error })) => {
                    let said = Message::new("match-malformed")
                        .with("file", input.name())
                        .count("line", line)
                        .with("error", error);
                    self.complain(&said)?;
                }
                Ok(None) => return Ok(()),
                Err(error) => {
                    let said = Message::new("match-unreadable")
                        .with("file", input.name())
                        .with("error", error);
                    return self.complain(&said);
                }
            }
        }
    }

    fn complain(&mut self, said: &Message) -> anyhow::Result<()> {
        self.failed = true;
        writeln!(self.complaints, "{}", said.say(self.lang))?;
        Ok(())
    }
}

/// How many documents and hits there were.
#[derive(Debug, Serialize)]
struct Totals {
    documents: u64,
    matched: u64,
    hits: u64,
    asserts: u64,
    denies: u64,
    /// Hits of each rule that has any.
    rules: BTreeMap<String, u64>,
    version: String,
}

impl Totals {
    fn new(book: &Rulebook) -> Self {
        Self {
            documents: 0,
            matched: 0,
            hits: 0,
            asserts: 0,
            denies: 0,
            rules: BTreeMap::new(),
            version: book.version.clone(),
        }
    }

    fn add(&mut self, hits: &[Hit]) {
        self.documents += 1;
        self.matched += u64::from(!hits.is_empty());
        for hit in hits {
            self.hits += 1;
            match hit.stance {
                Stance::Asserts => self.asserts += 1,
                Stance::Denies => self.denies += 1,
            }
            match self.rules.get_mut(&*hit.rule.id) {
                Some(count) => *count += 1,
                None => {
                    self.rules.insert(hit.rule.id.to_string(), 1);
                }
            }
        }
    }

    fn write(&self, lang: Lang, json: bool, out: &mut impl Write) -> anyhow::Result<()> {
        if json {
            serde_json::to_writer(&mut *out, self)?;
            writeln!(out)?;
            return Ok(());
        }
        let total = Message::new("match-total")
            .with("documents", self.documents)
            .with("matched", self.matched)
            .with("hits", self.hits)
            .with("asserts", self.asserts)
            .with("denies", self.denies);
        writeln!(out, "{}", total.say(lang))?;
        let mut rules: Vec<_> = self.rules.iter().collect();
        rules.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        for (id, count) in rules {
            writeln!(out, "{count:>8}  {id}")?;
        }
        Ok(())
    }
}

/// A line of `--json`.
#[derive(Debug, Serialize)]
struct Line<'a> {
    id: &'a str,
    hits: Vec<LineHit<'a>>,
}

#[derive(Debug, Serialize)]
struct LineHit<'a> {
    rule: &'a str,
    severity: Severity,
    stance: Stance,
    tier: Tier,
    spans: Vec<LineSpan<'a>>,
}

#[derive(Debug, Serialize)]
struct LineSpan<'a> {
    field: Field,
    start: usize,
    end: usize,
    term: &'a str,
}

impl<'a> Line<'a> {
    fn new(id: &'a str, hits: &'a [Hit]) -> Self {
        let hits = hits
            .iter()
            .map(|hit| LineHit {
                rule: &hit.rule.id,
                severity: hit.rule.severity,
                stance: hit.stance,
                tier: hit.tier,
                spans: hit
                    .spans
                    .iter()
                    .map(|span| LineSpan {
                        field: span.field,
                        start: span.range.start,
                        end: span.range.end,
                        term: &span.term,
                    })
                    .collect(),
            })
            .collect();
        Self { id, hits }
    }
}

#[cfg(test)]
mod tests;
