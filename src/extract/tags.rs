//! A linear walk over markup: where tags, comments and text stand. It never fails, never looks
//! back and allocates nothing, so that it can measure what is not to be trusted.

/// How markup is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Html,
    Xml,
}

/// One piece of markup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Text(&'a str),
    /// The inside of a CDATA section.
    Data(&'a str),
    Open {
        name: &'a str,
        attributes: &'a str,
        closed: bool,
        /// The tag as written.
        whole: &'a str,
    },
    Close {
        name: &'a str,
    },
    /// Comments, declarations, processing instructions.
    Other,
}

/// Elements whose inside is no markup (HTML standard §13.2.5).
const RAW: [&str; 8] = [
    "script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes",
];

/// What stands inside `<svg>` or `<math>`: there HTML knows no raw elements.
#[derive(Debug, Clone, Default)]
pub(super) struct Foreign {
    /// The outermost element (`svg`, else `math`), and how deep its own kind is nested.
    inside: Option<(bool, usize)>,
}

impl Foreign {
    /// `closed`: the tag closes itself.
    pub(super) fn open(&mut self, name: &str, closed: bool) {
        let (false, Some(svg)) = (closed, Self::is_svg(name)) else {
            return;
        };
        match &mut self.inside {
            Some((outermost, depth)) => *depth += usize::from(*outermost == svg),
            None => self.inside = Some((svg, 1)),
        }
    }

    pub(super) fn close(&mut self, name: &str) {
        let (Some((outermost, depth)), Some(svg)) = (&mut self.inside, Self::is_svg(name)) else {
            return;
        };
        *depth -= usize::from(*outermost == svg);
        if *depth == 0 {
            self.inside = None;
        }
    }

    fn is_svg(name: &str) -> Option<bool> {
        let svg = name.eq_ignore_ascii_case("svg");
        (svg || name.eq_ignore_ascii_case("math")).then_some(svg)
    }

    /// Whether the inside of an element that opens here is no markup. One that closes itself has
    /// no inside: HTML says otherwise, but feeds hold XHTML, and browsers would lose all that
    /// follows.
    pub(super) fn is_raw(&self, name: &str, closed: bool) -> bool {
        !closed && self.inside.is_none() && RAW.iter().any(|raw| name.eq_ignore_ascii_case(raw))
    }
}

/// The pieces of `text`.
#[derive(Debug, Clone)]
pub(super) struct Pieces<'a> {
    rest: &'a str,
    dialect: Dialect,
    /// The raw element whose inside comes next.
    raw: Option<&'a str>,
    foreign: Foreign,
    /// A declaration that never ended was met; its search is not made again.
    endless: bool,
}

impl<'a> Pieces<'a> {
    pub(super) fn new(text: &'a str, dialect: Dialect) -> Self {
        Self {
            rest: text,
            dialect,
            raw: None,
            foreign: Foreign::default(),
            endless: false,
        }
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length.min(self.rest.len()));
        self.rest = rest;
        taken
    }

    /// Takes up to and with `end`, or all that is left.
    fn through(&mut self, from: usize, end: &str) -> &'a str {
        let length = self.rest[from..]
            .find(end)
            .map_or(self.rest.len(), |at| from + at + end.len());
        self.take(length)
    }

    fn raw_text(&mut self, name: &str) -> Piece<'a> {
        let bytes = self.rest.as_bytes();
        let mut from = 0;
        let end = loop {
            let Some(at) = self.rest[from..].find("</").map(|at| from + at) else {
                break bytes.len();
            };
            let after = &bytes[at + 2..];
            let named = after
                .get(..name.len())
                .is_some_and(|n| n.eq_ignore_ascii_case(name.as_bytes()));
            if named
                && after
                    .get(name.len())
                    .is_none_or(|b| !b.is_ascii_alphanumeric())
            {
                break at;
            }
            from = at + 2;
        };
        Piece::Text(self.take(end))
    }

    fn markup(&mut self) -> Piece<'a> {
        let rest = self.rest;
        let xml = self.dialect == Dialect::Xml;
        if rest.starts_with("<!--") {
            self.through(4, "-->");
            Piece::Other
        } else if xml && rest.starts_with("<![CDATA[") {
            let data = &self.through(9, "]]>")[9..];
            Piece::Data(data.strip_suffix("]]>").unwrap_or(data))
        } else if xml && rest.starts_with("<?") {
            self.through(2, "?>");
            Piece::Other
        } else if rest.starts_with("<!") || rest.starts_with("<?") {
            let subset = if xml && !self.endless {
                declaration(rest)
            } else {
                None
            };
            match subset {
                Some(length) => self.take(length),
                None => {
                    self.endless = xml;
                    self.through(2, ">")
                }
            };
            Piece::Other
        } else if rest[1..].starts_with('/') {
            let name = name_at(&rest[2..]);
            if name.is_empty() {
                return Piece::Text(self.take(2));
            }
            self.through(2, ">");
            self.foreign.close(name);
            Piece::Close { name }
        } else {
            self.open()
        }
    }

    fn open(&mut self) -> Piece<'a> {
        let name = name_at(&self.rest[1..]);
        if name.is_empty() {
            return Piece::Text(self.take(1));
        }
        let start = 1 + name.len();
        let whole = self.take(tag_length(self.rest, start));
        let inside = whole[start..].strip_suffix('>').unwrap_or(&whole[start..]);
        let closed = inside.ends_with('/');
        let attributes = inside.strip_suffix('/').unwrap_or(inside);
        if self.dialect == Dialect::Html {
            self.foreign.open(name, closed);
            self.raw = self.foreign.is_raw(name, closed).then_some(name);
        }
        Piece::Open {
            name,
            attributes,
            closed,
            whole,
        }
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        if let Some(name) = self.raw.take()
            && !self.rest.is_empty()
        {
            return Some(self.raw_text(name));
        }
        match self.rest.find('<') {
            None if self.rest.is_empty() => None,
            None => Some(Piece::Text(self.take(self.rest.len()))),
            Some(0) => Some(self.markup()),
            Some(at) => Some(Piece::Text(self.take(at))),
        }
    }
}

/// The name that `text` begins with; empty where it begins with none.
fn name_at(text: &str) -> &str {
    let begins = text.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let end = text
        .find(|c: char| c.is_whitespace() || matches!(c, '/' | '>' | '<' | '=' | '"' | '\'' | '&'))
        .unwrap_or(text.len());
    if begins { &text[..end] } else { "" }
}

/// The length of a tag whose attributes begin at `from`. A quote that never closes is none: each
/// kind of quote can fail so only once in a text, and the walk stays linear.
fn tag_length(tag: &str, from: usize) -> usize {
    let bytes = tag.as_bytes();
    let mut at = from;
    while at < bytes.len() {
        match bytes[at] {
            b'>' => return at + 1,
            b'=' => {
                at += 1;
                while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
                    at += 1;
                }
                if let Some(quote @ (b'"' | b'\'')) = bytes.get(at) {
                    at += 1;
                    if let Some(end) = tag[at..].find(char::from(*quote)) {
                        at += end + 1;
                    }
                }
            }
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The length of `<!DOCTYPE …>`, internal subset with its quoted values included.
fn declaration(text: &str) -> Option<usize> {
    let mut inside = false;
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (Some(q), b) if q == b => quote = None,
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'[') => inside = true,
            (None, b']') => inside = false,
            (None, b'>') if !inside => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// The attributes of a tag: name and value as written, entities untouched.
pub(super) fn attributes(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if rest.is_empty() {
            return None;
        }
        let end = rest
            .char_indices()
            .skip(1)
            .find(|(_, c)| c.is_whitespace() || matches!(c, '=' | '/'))
            .map_or(rest.len(), |(at, _)| at);
        let (name, after) = rest.split_at(end);
        let Some(value) = after.trim_start().strip_prefix('=').map(str::trim_start) else {
            rest = after;
            return Some((name, ""));
        };
        let quoted = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (value, after) = match quoted.and_then(|q| value[1..].split_once(q)) {
            Some((value, after)) => (value, after),
            None => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
        };
        rest = after;
        Some((name, value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str, dialect: Dialect) -> Vec<Piece<'_>> {
        Pieces::new(text, dialect).collect()
    }

    fn open<'a>(name: &'a str, attributes: &'a str, closed: bool, whole: &'a str) -> Piece<'a> {
        Piece::Open {
            name,
            attributes,
            closed,
            whole,
        }
    }

    #[test]
    fn markup_in_both_dialects() {
        use Piece::{Close, Data, Other, Text};
        let xml = "<?xml v?><!DOCTYPE r [<!ENTITY a \">]\">]><r a=\"<b>\"><![CDATA[<x>]]><c/>1 < 2</r><!-- > -->";
        assert_eq!(
            pieces(xml, Dialect::Xml),
            [
                Other,
                Other,
                open("r", " a=\"<b>\"", false, "<r a=\"<b>\">"),
                Data("<x>"),
                open("c", "", true, "<c/>"),
                Text("1 "),
                Text("<"),
                Text(" 2"),
                Close { name: "r" },
                Other
            ]
        );
        let html = "<p class=a/b>x<script>if (a</b>c) </p></SCRIPT >y<br><!-- never";
        assert_eq!(
            pieces(html, Dialect::Html),
            [
                open("p", " class=a/b", false, "<p class=a/b>"),
                Text("x"),
                open("script", "", false, "<script>"),
                Text("if (a</b>c) </p>"),
                Close { name: "SCRIPT" },
                Text("y"),
                open("br", "", false, "<br>"),
                Other
            ]
        );
    }

    #[test]
    fn attributes_as_written() {
        let read: Vec<_> = attributes(" a = \"1 > 2\" b='x' c=y/z d e=\"open ").collect();
        assert_eq!(
            read,
            [
                ("a", "1 > 2"),
                ("b", "x"),
                ("c", "y/z"),
                ("d", ""),
                ("e", "\"open")
            ]
        );
    }

    proptest::proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_breaks(text in "[<>/!?\\[\\]\"'=a-cấ -]{0,60}") {
            for dialect in [Dialect::Html, Dialect::Xml] {
                let mut walk = Pieces::new(&text, dialect);
                let mut left = text.len();
                while let Some(piece) = walk.next() {
                    proptest::prop_assert!(walk.rest.len() < left, "no progress");
                    left = walk.rest.len();
                    if let Piece::Open { attributes: written, .. } = piece {
                        let _ = attributes(written).count();
                    }
                }
                proptest::prop_assert_eq!(left, 0);
            }
        }
    }
}
