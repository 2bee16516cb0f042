//! Documents from JSON lines or plain text, one at a time.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use serde::Deserialize;

use crate::document::Document;
use crate::text::charset::{Markup, decode};

/// Read at once.
const BUFFER: usize = 1 << 20;
/// A longer line is refused, so that memory stays bounded.
const MAX_LINE: u64 = 64 << 20;

/// One document, or a line that is none.
pub(super) enum Entry<'a> {
    Document(&'a Document),
    Malformed { line: usize, error: String },
}

/// A stream of documents.
pub(super) struct Input {
    name: String,
    reader: Box<dyn BufRead>,
    kind: Kind,
    line: Vec<u8>,
    number: usize,
    document: Document,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// To be told by the first letter.
    Unknown,
    Lines,
    Plain,
    Done,
}

/// A line of JSON; what it does not name is empty.
#[derive(Debug, Deserialize)]
struct Row<'a> {
    #[serde(borrow, default)]
    id: Option<Id<'a>>,
    #[serde(borrow, default)]
    title: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    text: Option<Cow<'a, str>>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Id<'a> {
    #[serde(borrow)]
    Text(Cow<'a, str>),
    Number(i64),
}

impl Input {
    pub(super) fn stdin() -> Self {
        Self::new(
            "-",
            Box::new(BufReader::with_capacity(BUFFER, io::stdin())),
            Kind::Unknown,
        )
    }

    pub(super) fn file(path: &Path) -> io::Result<Self> {
        let reader = BufReader::with_capacity(BUFFER, File::open(path)?);
        let lines = path
            .extension()
            .is_some_and(|extension| extension == "jsonl" || extension == "ndjson");
        let kind = if lines { Kind::Lines } else { Kind::Unknown };
        Ok(Self::new(
            &path.display().to_string(),
            Box::new(reader),
            kind,
        ))
    }

    fn new(name: &str, reader: Box<dyn BufRead>, kind: Kind) -> Self {
        Self {
            name: name.to_owned(),
            reader,
            kind,
            line: Vec::new(),
            number: 0,
            document: Document {
                id: String::new(),
                url: None,
                title: String::new(),
                text: String::new(),
                published: None,
            },
        }
    }

    #[cfg(test)]
    pub(super) fn of_text(name: &str, text: &str) -> Self {
        let reader = Box::new(io::Cursor::new(text.as_bytes().to_vec()));
        Self::new(name, reader, Kind::Unknown)
    }

    /// As people see it.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The next document; `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Entry<'_>>> {
        if self.kind == Kind::Unknown {
            self.kind = self.sniff()?;
        }
        match self.kind {
            Kind::Lines => self.next_line(),
            Kind::Plain => self.whole(),
            Kind::Unknown | Kind::Done => Ok(None),
        }
    }

    /// JSON lines begin with a brace.
    fn sniff(&mut self) -> io::Result<Kind> {
        let begin = self.reader.fill_buf()?;
        let begin = begin.strip_prefix(b"\xef\xbb\xbf").unwrap_or(begin);
        Ok(
            match begin.iter().find(|byte| !byte.is_ascii_whitespace()) {
                Some(b'{') => Kind::Lines,
                Some(_) => Kind::Plain,
                None => Kind::Done,
            },
        )
    }

    fn whole(&mut self) -> io::Result<Option<Entry<'_>>> {
        self.kind = Kind::Done;
        let mut bytes = Vec::new();
        self.reader.read_to_end(&mut bytes)?;
        self.document.id.clone_from(&self.name);
        self.document.text = decode(&bytes, None, Markup::Plain).text;
        Ok(Some(Entry::Document(&self.document)))
    }

    fn next_line(&mut self) -> io::Result<Option<Entry<'_>>> {
        loop {
            self.line.clear();
            let mut bounded = (&mut self.reader).take(MAX_LINE);
            if bounded.read_until(b'\n', &mut self.line)? == 0 {
                self.kind = Kind::Done;
                return Ok(None);
            }
            self.number += 1;
            if self.line.len() as u64 == MAX_LINE && self.line.last() != Some(&b'\n') {
                self.skip_line()?;
                return Ok(Some(self.malformed("64 MiB".to_owned())));
            }
            let mark: &[u8] = b"\xef\xbb\xbf";
            if self.number == 1 && self.line.starts_with(mark) {
                self.line.drain(..mark.len());
            }
            if !self.line.iter().all(u8::is_ascii_whitespace) {
                break;
            }
        }
        match serde_json::from_slice::<Row<'_>>(&self.line) {
            Ok(row) => {
                let document = &mut self.document;
                document.id.clear();
                match row.id {
                    Some(Id::Text(id)) => document.id.push_str(&id),
                    Some(Id::Number(id)) => document.id = id.to_string(),
                    None => document.id = self.number.to_string(),
                }
                let fill = |field: &mut String, value: Option<Cow<'_, str>>| {
                    field.clear();
                    field.push_str(&value.unwrap_or_default());
                };
                fill(&mut document.title, row.title);
                fill(&mut document.text, row.text);
                Ok(Some(Entry::Document(&self.document)))
            }
            Err(error) => {
                // Its own "line 1" is a line of the line.
                let said = error.to_string();
                let said = said.split(" at line ").next().unwrap_or_default();
                let said = format!("{said} ({})", error.column());
                Ok(Some(self.malformed(said)))
            }
        }
    }

    fn malformed(&self, error: String) -> Entry<'_> {
        Entry::Malformed {
            line: self.number,
            error,
        }
    }

    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                return Ok(());
            }
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let used = end.map_or(buffer.len(), |end| end + 1);
            self.reader.consume(used);
            if end.is_some() {
                return Ok(());
            }
        }
    }
}
