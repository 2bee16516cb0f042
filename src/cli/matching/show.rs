//! A document's hits as JSON, or as people read them: the passage, the rule, why.

use std::io::{self, Write};
use std::ops::Range;

use super::Line;
use crate::document::{Document, Field};
use crate::message::{Lang, Message, say};
use crate::problem::Style;
use crate::scan::{Explained, Hit, Scanner, Stance, TermSpan, Tier};

/// Bytes shown before and after a match.
const AROUND: usize = 160;
/// Passages shown of one hit.
const MAX_PASSAGES: usize = 3;
/// Branches of an OR that are named though they were not found.
const MAX_MISSING: usize = 8;
/// Depth to which a rule's parts are shown.
const MAX_DEPTH: usize = 6;

/// How hits are shown.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shown {
    Json,
    People(Lang, Style),
    /// Nothing: the totals come at the end.
    Count,
}

impl Shown {
    pub(super) fn write(
        self,
        scanner: &Scanner,
        document: &Document,
        hits: &[Hit],
        out: &mut impl Write,
    ) -> io::Result<()> {
        match self {
            Self::Count => Ok(()),
            Self::Json => {
                serde_json::to_writer(&mut *out, &Line::new(&document.id, hits))?;
                out.write_all(b"\n")
            }
            Self::People(lang, style) => {
                People { lang, style, out }.document(scanner, document, hits)
            }
        }
    }
}

struct People<'o, O> {
    lang: Lang,
    style: Style,
    out: &'o mut O,
}

impl<O: Write> People<'_, O> {
    fn paint(&self, code: &str, text: &str) -> String {
        match self.style {
            Style::Coloured => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
            Style::Plain => text.to_owned(),
        }
    }

    fn bold(&self, text: &str) -> String {
        self.paint("1", text)
    }

    fn document(&mut self, scanner: &Scanner, document: &Document, hits: &[Hit]) -> io::Result<()> {
        let heading = if document.title.trim().is_empty() {
            harmless(&document.id)
        } else {
            format!("{} · {}", harmless(&document.id), harmless(&document.title))
        };
        writeln!(self.out, "{}", self.paint("1;4", &heading))?;
        for hit in hits {
            self.hit(scanner, document, hit)?;
        }
        writeln!(self.out)
    }

    fn hit(&mut self, scanner: &Scanner, document: &Document, hit: &Hit) -> io::Result<()> {
        let severity = say(
            self.lang,
            match hit.rule.severity {
                crate::keyword::Severity::Info => "match-info",
                crate::keyword::Severity::Low => "match-low",
                crate::keyword::Severity::Medium => "match-medium",
                crate::keyword::Severity::High => "match-high",
                crate::keyword::Severity::Urgent => "match-urgent",
            },
        );
        let stance = say(
            self.lang,
            match hit.stance {
                Stance::Asserts => "match-asserts",
                Stance::Denies => "match-denies",
            },
        );
        let tier = say(
            self.lang,
            match hit.tier {
                Tier::Exact => "match-exact",
                Tier::Variant => "match-variant",
                Tier::Unmarked => "match-unmarked",
                Tier::Disguised => "match-disguised",
            },
        );
        let name = if hit.rule.title == *hit.rule.id {
            self.bold(&hit.rule.title)
        } else {
            format!("{} ({})", self.bold(&hit.rule.title), hit.rule.id)
        };
        let colour = if hit.stance == Stance::Denies {
            "32"
        } else {
            "33"
        };
        let stance = self.paint(colour, &stance);
        writeln!(self.out, "  {name} · {severity} · {stance} · {tier}")?;
        let shown = passages(document, &hit.spans);
        for (field, range, marks) in shown.iter().take(MAX_PASSAGES) {
            let text = self.passage(document.field(*field), range, marks);
            let label = if *field == Field::Title {
                format!("{} ", say(self.lang, "match-title"))
            } else {
                String::new()
            };
            writeln!(self.out, "    {label}{text}")?;
        }
        if shown.len() > MAX_PASSAGES {
            let more = Message::new("match-more").count("count", shown.len() - MAX_PASSAGES);
            writeln!(self.out, "    {}", more.say(self.lang))?;
        }
        if let Some(cue) = &hit.cue {
            let words = document
                .field(cue.field)
                .get(cue.range.clone())
                .unwrap_or_default();
            let said = Message::new("match-cue").with("cue", harmless(words));
            writeln!(self.out, "    {}", said.say(self.lang))?;
        }
        // A rule that is one term explains itself.
        if let Some(why) = scanner.explain(document, &hit.rule.id)
            && !(why.matches.parts.is_empty() && why.unless.is_none())
        {
            writeln!(self.out, "    {}", say(self.lang, "match-why"))?;
            self.part(document, &why.matches, 0)?;
            if let Some(unless) = &why.unless {
                writeln!(self.out, "    {}", say(self.lang, "match-unless"))?;
                self.part(document, unless, 0)?;
            }
        }
        Ok(())
    }

    /// One operator or term with its truth; a branch of OR that was not found is one line.
    fn part(&mut self, document: &Document, part: &Explained, depth: usize) -> io::Result<()> {
        let sign = if part.holds {
            self.paint("32", "✓")
        } else {
            self.paint("31", "✗")
        };
        let indent = "  ".repeat(depth + 3);
        let mut found: Vec<String> = Vec::new();
        for span in &part.found {
            let words = document
                .field(span.field)
                .get(span.range.clone())
                .unwrap_or_default();
            let words = format!("“{}”", harmless(words));
            if !found.contains(&words) {
                found.push(words);
            }
        }
        let short = !part.holds || depth == MAX_DEPTH || part.operator.is_empty();
        let name = if short { &part.written } else { &part.operator };
        let found = if found.is_empty() {
            String::new()
        } else {
            format!(": {}", found.join(", "))
        };
        writeln!(self.out, "{indent}{sign} {}{found}", harmless(name))?;
        // What does not hold is shown by its parts only where these tell more than it.
        let opens =
            depth < MAX_DEPTH && (part.holds || matches!(part.operator.as_str(), "AND" | "NOT"));
        if !opens {
            return Ok(());
        }
        // Of the branches of an OR those that were not found share one line.
        let aside = |below: &Explained| part.operator == "OR" && !below.holds;
        for below in part.parts.iter().filter(|below| !aside(below)) {
            self.part(document, below, depth + 1)?;
        }
        let missing: Vec<&str> = part
            .parts
            .iter()
            .filter(|below| aside(below))
            .map(|below| below.written.as_str())
            .collect();
        if !missing.is_empty() {
            let sign = self.paint("31", "✗");
            let more = if missing.len() > MAX_MISSING {
                " …"
            } else {
                ""
            };
            let shown = missing[..missing.len().min(MAX_MISSING)].join(" OR ");
            writeln!(self.out, "{indent}  {sign} {}{more}", harmless(&shown))?;
        }
        Ok(())
    }

    fn passage(&self, text: &str, range: &Range<usize>, marks: &[Range<usize>]) -> String {
        let mut shown = String::new();
        if range.start > 0 {
            shown.push_str("… ");
        }
        let mut at = range.start;
        for mark in marks {
            shown.push_str(&harmless(&text[at..mark.start]));
            let words = harmless(&text[mark.clone()]);
            shown.push_str(&match self.style {
                Style::Coloured => self.paint("1;7", &words),
                Style::Plain => format!("«{words}»"),
            });
            at = mark.end;
        }
        shown.push_str(&harmless(&text[at..range.end]));
        if range.end < text.len() {
            shown.push_str(" …");
        }
        shown
    }
}

/// A passage: its field, its byte range, the matched ranges inside.
type Passage = (Field, Range<usize>, Vec<Range<usize>>);

/// The stretches around the spans; spans that lie close share one. Spans come in order.
fn passages(document: &Document, spans: &[TermSpan]) -> Vec<Passage> {
    let mut passages: Vec<Passage> = Vec::new();
    for span in spans {
        let text = document.field(span.field);
        if text.get(span.range.clone()).is_none() {
            continue;
        }
        let start = word_start(
            text,
            span.range.start.saturating_sub(AROUND),
            span.range.start,
        );
        let end = word_end(
            text,
            span.range.end,
            (span.range.end + AROUND).min(text.len()),
        );
        match passages.last_mut() {
            Some((field, range, marks))
                if *field == span.field
                    && start <= range.end
                    && marks
                        .last()
                        .is_some_and(|mark| mark.end <= span.range.start) =>
            {
                range.end = end.max(range.end);
                marks.push(span.range.clone());
            }
            Some((field, range, marks)) if *field == span.field && start <= range.end => {
                // Two terms that overlap are one mark.
                if let Some(mark) = marks.last_mut() {
                    mark.end = mark.end.max(span.range.end);
                }
                range.end = end.max(range.end);
            }
            _ => passages.push((span.field, start..end, vec![span.range.clone()])),
        }
    }
    passages
}

/// The first word's start in `from..until`, or the last line break's end.
fn word_start(text: &str, from: usize, until: usize) -> usize {
    let from = text.ceil_char_boundary(from).min(until);
    let before = &text[from..until];
    if let Some(line) = before.rfind("\n\n") {
        return from + line + 2;
    }
    if from == 0 {
        return 0;
    }
    before.find(char::is_whitespace).map_or(from, |at| {
        from + at + before[at..].chars().next().map_or(0, char::len_utf8)
    })
}

/// The last word's end in `from..until`, or the next paragraph's beginning.
fn word_end(text: &str, from: usize, until: usize) -> usize {
    let until = text.floor_char_boundary(until).max(from);
    let after = &text[from..until];
    if let Some(line) = after.find("\n\n") {
        return from + line;
    }
    if until == text.len() {
        return until;
    }
    after
        .rfind(char::is_whitespace)
        .map_or(until, |at| from + at)
}

/// Text of strangers on a terminal: no control characters, no marks that turn its direction.
fn harmless(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}'))
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}
