//! Feed-shaped text → well-formed XML that no parser can be hurt by, in one linear walk: tags
//! closed in order, ampersands and angle brackets escaped where they are text, HTML inside a
//! title or description kept as text, no document type (nothing is ever expanded), no
//! `xml:base` (joined without bound, 385 KB of it took 730 MB), bounded depth and number of
//! items.

use super::super::tags::{Dialect, Piece, Pieces, attributes};

/// Honest feeds nest their items a dozen levels deep.
const DEEPEST: usize = 128;
/// More attributes than any feed's element has; parsers compare each with all others.
const MOST_ATTRIBUTES: usize = 64;

/// Prefixes that feeds use, often without declaring them or with a slip in the address. They are
/// declared at the root as their own documents say.
const NAMESPACES: [(&str, &str); 7] = [
    ("atom", "http://www.w3.org/2005/Atom"),
    ("content", "http://purl.org/rss/1.0/modules/content/"),
    ("dc", "http://purl.org/dc/elements/1.1/"),
    ("itunes", "http://www.itunes.com/dtds/podcast-1.0.dtd"),
    ("media", "http://search.yahoo.com/mrss/"),
    ("podcast", "https://podcastindex.org/namespace/1.0"),
    ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
];

/// What was mended.
#[derive(Debug, Default)]
pub(super) struct Mended {
    /// The feed.
    pub(super) xml: String,
    /// Items in it.
    pub(super) kept: usize,
    /// Items there were.
    pub(super) shown: usize,
}

/// Why a text is no feed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoFeed {
    #[error("an HTML page, not a feed")]
    Page,
    #[error("not a feed: the root element is <{0}>")]
    Root(String),
    #[error("no XML and no JSON")]
    Nothing,
    #[error("nested more than {DEEPEST} levels deep")]
    Deep,
}

/// Elements that are never read: persons, comments, media, labels. They are left out here, so
/// that they cost nothing further on.
const UNREAD: [&str; 10] = [
    "author",
    "creator",
    "contributor",
    "managingeditor",
    "webmaster",
    "category",
    "enclosure",
    "comments",
    "commentrss",
    "person",
];
/// Prefixes of which only some elements are read.
const UNREAD_PREFIXES: [&str; 7] = ["itunes", "podcast", "slash", "wfw", "thr", "geo", "georss"];

fn is_unread(name: &str) -> bool {
    let prefix = name.split_once(':').map_or("", |(prefix, _)| prefix);
    let media = is(prefix, &["media"]) && !is(local(name), &["group", "title", "description"]);
    media || is(prefix, &UNREAD_PREFIXES) || is(local(name), &UNREAD)
}

/// Mends a feed; items beyond `max_items` are counted and left out.
pub(super) fn mend(text: &str, max_items: usize) -> Result<Mended, NoFeed> {
    let mut mending = Mending {
        max_items,
        ..Mending::default()
    };
    for piece in Pieces::new(text, Dialect::Xml) {
        match piece {
            Piece::Open {
                name,
                attributes,
                closed,
                whole,
            } => mending.open(name, attributes, closed, whole)?,
            Piece::Close { name } => mending.close(name),
            Piece::Text(text) => mending.text(text),
            Piece::Data(text) => mending.data(text),
            Piece::Other => {}
        }
        if mending.done {
            break;
        }
    }
    while !mending.stack.is_empty() {
        mending.pop();
    }
    if mending.out.xml.is_empty() {
        return Err(NoFeed::Nothing);
    }
    Ok(mending.out)
}

#[derive(Default)]
struct Mending<'a> {
    out: Mended,
    /// Names of the open elements.
    stack: Vec<&'a str>,
    /// How many of them lie outside the item that is open.
    item: Option<usize>,
    /// The open item is one too many.
    surplus: bool,
    /// How many elements lie outside the open one that nobody reads.
    unread: Option<usize>,
    /// The open element holds text only, and its markup is text too.
    verbatim: bool,
    /// RSS of any kind: titles and descriptions hold no elements.
    rss: bool,
    max_items: usize,
    done: bool,
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

fn is(name: &str, known: &[&str]) -> bool {
    known.iter().any(|known| name.eq_ignore_ascii_case(known))
}

fn is_item(name: &str) -> bool {
    is(local(name), &["item", "entry"])
}

/// Whether an attribute declares one of the common prefixes.
fn is_common(key: &str) -> bool {
    let prefix = key.strip_prefix("xmlns:");
    prefix.is_some_and(|prefix| NAMESPACES.iter().any(|(known, _)| prefix == *known))
}

impl<'a> Mending<'a> {
    fn open(
        &mut self,
        name: &'a str,
        written: &str,
        closed: bool,
        whole: &str,
    ) -> Result<(), NoFeed> {
        if self.stack.is_empty() {
            self.root(name)?;
        }
        // An item inside an item means that the first was never closed.
        if is_item(name) && self.item.is_some() {
            let inside = self.item.unwrap_or(0);
            while self.stack.len() > inside {
                self.pop();
            }
        }
        if self.verbatim && !is_item(name) {
            self.escaped(whole);
            return Ok(());
        }
        if self.verbatim {
            self.pop();
        }
        if is_item(name) && !self.stack.is_empty() {
            self.out.shown += 1;
            self.surplus = self.out.shown > self.max_items;
            self.out.kept += usize::from(!self.surplus);
            self.item = Some(self.stack.len());
        }
        // HTML that was pasted in leaves these open.
        let closed = closed || is(name, &["br", "img", "hr", "wbr"]);
        if self.unread.is_none() && is_unread(name) {
            self.unread = (!closed).then_some(self.stack.len());
            if closed {
                return Ok(());
            }
        }
        if !self.is_left_out() {
            self.tag(name, written, closed);
        }
        if closed {
            self.end_item(self.stack.len());
            return Ok(());
        }
        self.stack.push(name);
        if self.stack.len() > DEEPEST {
            return Err(NoFeed::Deep);
        }
        let text_only = ["title", "description", "encoded", "summary"];
        self.verbatim = self.rss && is(local(name), &text_only);
        Ok(())
    }

    fn is_left_out(&self) -> bool {
        self.surplus || self.unread.is_some()
    }

    fn root(&mut self, name: &str) -> Result<(), NoFeed> {
        let root = local(name);
        if is(root, &["html", "head", "body"]) {
            return Err(NoFeed::Page);
        }
        if !is(root, &["rss", "rdf", "feed", "channel", "entry"]) {
            return Err(NoFeed::Root(root.chars().take(40).collect()));
        }
        self.rss = is(root, &["rss", "rdf", "channel"]);
        Ok(())
    }

    fn close(&mut self, name: &str) {
        let top = self.stack.last().copied().unwrap_or_default();
        if self.verbatim && !name.eq_ignore_ascii_case(top) {
            // A title that was never closed ends with its item.
            if !(is_item(name) || is(name, &["channel", "rss", "feed"])) {
                self.escaped("</");
                self.escaped(name);
                self.escaped(">");
                return;
            }
        }
        let Some(at) = self
            .stack
            .iter()
            .rposition(|open| open.eq_ignore_ascii_case(name))
        else {
            return;
        };
        while self.stack.len() > at {
            self.pop();
        }
        self.done = self.stack.is_empty();
    }

    fn pop(&mut self) {
        self.verbatim = false;
        if let Some(name) = self.stack.pop() {
            if !self.is_left_out() {
                self.out.xml.extend(["</", name, ">"]);
            }
            if self.unread == Some(self.stack.len()) {
                self.unread = None;
            }
            self.end_item(self.stack.len());
        }
    }

    /// The item ends where as few elements are open as before it.
    fn end_item(&mut self, open: usize) {
        if self.item == Some(open) {
            self.item = None;
            self.surplus = false;
        }
    }

    fn tag(&mut self, name: &str, written: &str, closed: bool) {
        let xml = &mut self.out.xml;
        xml.extend(["<", name]);
        let mut seen: Vec<&str> = Vec::new();
        for (key, value) in attributes(written) {
            let named = key.starts_with(|c: char| c.is_alphabetic() || c == '_')
                && key
                    .chars()
                    .all(|c| c.is_alphanumeric() || matches!(c, ':' | '-' | '_' | '.'));
            if !named || is(key, &["xml:base"]) || is_common(key) || seen.contains(&key) {
                continue;
            }
            if seen.len() == MOST_ATTRIBUTES {
                break;
            }
            seen.push(key);
            xml.extend([" ", key, "=\""]);
            push_text(xml, value);
            xml.push('"');
        }
        if self.stack.is_empty() {
            for (prefix, address) in NAMESPACES {
                xml.extend([" xmlns:", prefix, "=\"", address, "\""]);
            }
        }
        xml.push_str(if closed { "/>" } else { ">" });
    }

    fn text(&mut self, text: &str) {
        if !self.stack.is_empty() && !self.is_left_out() {
            push_text(&mut self.out.xml, text);
        }
    }

    fn data(&mut self, text: &str) {
        if self.stack.is_empty() || self.is_left_out() {
            return;
        }
        self.out.xml.push_str("<![CDATA[");
        if is_surely_xml(text) {
            self.out.xml.push_str(text);
        } else {
            for allowed in text.split(|c| !is_xml(c)) {
                self.out.xml.push_str(allowed);
            }
        }
        self.out.xml.push_str("]]>");
    }

    /// Markup that is text: one level of escaping is added, so that one can be taken away.
    fn escaped(&mut self, markup: &str) {
        if !self.is_left_out() {
            for c in markup.chars().filter(|c| is_xml(*c)) {
                match c {
                    '<' => self.out.xml.push_str("&lt;"),
                    '&' => self.out.xml.push_str("&amp;"),
                    '>' => self.out.xml.push_str("&gt;"),
                    c => self.out.xml.push(c),
                }
            }
        }
    }
}

/// Characters of XML 1.0 §2.2; NUL and its like are dropped.
fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// Whether no byte may be of a character that XML does not know: quickly told, mostly yes. Those
/// are control characters, or begin with EF (U+FFFE, U+FFFF).
fn is_surely_xml(text: &str) -> bool {
    // No early end, so that many bytes are looked at in one step.
    text.bytes().fold(true, |yes, byte| {
        yes & ((byte >= b' ') | matches!(byte, b'\t' | b'\n' | b'\r')) & (byte != 0xef)
    })
}

/// Text and values of attributes: references that XML knows stay; HTML's keep their form for
/// the HTML reader; any other ampersand is text.
fn push_text(xml: &mut String, text: &str) {
    let mut rest = text;
    if is_surely_xml(text) && !text.bytes().any(|b| matches!(b, b'&' | b'<' | b'>' | b'"')) {
        xml.push_str(text);
        return;
    }
    while let Some(at) = rest.find(|c: char| matches!(c, '&' | '<' | '>' | '"') || !is_xml(c)) {
        xml.push_str(&rest[..at]);
        let special = rest[at..].chars().next().unwrap_or(' ');
        rest = &rest[at + special.len_utf8()..];
        match special {
            '&' => match reference(rest) {
                Reference::Xml => xml.push('&'),
                Reference::Void(length) => rest = &rest[length..],
                Reference::Shouted => {
                    xml.push_str("&#x");
                    rest = &rest[2..];
                }
                Reference::None => xml.push_str("&amp;"),
            },
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            _ => {}
        }
    }
    xml.push_str(rest);
}

enum Reference {
    /// One that XML resolves to an allowed character.
    Xml,
    /// One to a character that no XML may hold, and its length.
    Void(usize),
    /// `&#X`: XML knows the small letter only.
    Shouted,
    /// None, or one of HTML's.
    None,
}

/// What stands after an ampersand.
fn reference(after: &str) -> Reference {
    let window = &after.as_bytes()[..after.len().min(12)];
    let Some(end) = window.iter().position(|b| *b == b';') else {
        return Reference::None;
    };
    let name = &after[..end];
    if ["amp", "lt", "gt", "quot", "apos"].contains(&name) {
        return Reference::Xml;
    }
    let Some(digits) = name.strip_prefix('#') else {
        return Reference::None;
    };
    let code = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => digits.parse(),
    };
    match code.ok() {
        // What HTML reads as windows-1252.
        Some(0x80..=0x9f) | None => Reference::None,
        Some(code) if !char::from_u32(code).is_some_and(is_xml) => Reference::Void(end + 1),
        Some(_) if digits.starts_with('X') => Reference::Shouted,
        Some(_) => Reference::Xml,
    }
}
