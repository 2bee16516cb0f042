//! What one `robots.txt` says to canhtin (RFC 9309). Crate robotxt decides; what real files need
//! beyond the letter of the RFC is put in its words first.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::time::Duration;

use robotxt::{Robots, Rule};
use url::{Position, Url};

/// The product token (RFC 9309 §2.2.1) that a site's operator writes to speak to canhtin alone.
pub const AGENT: &str = "canhtin";
/// Bytes that are read of a file; what follows is ignored (RFC 9309 §2.5: at least 500 KiB).
pub(in crate::fetch) const MOST_BYTES: usize = robotxt::BYTE_LIMIT + 1;
/// A line is read up to here: eight times the longest URL of old browsers, Google's bound.
const LONGEST_LINE: usize = 8 * 2083;
/// A `Crawl-delay` above is taken for a mistake.
const LONGEST_DELAY: Duration = Duration::from_secs(30);

/// The rules for one agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules(Robots);

impl Rules {
    /// Reads a file for an agent, which is named by its product token.
    pub fn read(file: &[u8], agent: &str) -> Self {
        let robots = Robots::parse(&plain(whole_lines(file)), agent);
        let indexes: Vec<String> = robots
            .rules()
            .iter()
            .filter(|rule| rule.is_allow())
            .filter_map(|rule| index_folder(rule.pattern()))
            .collect();
        if indexes.is_empty() {
            return Self(robots);
        }
        let mut text = Self(robots).text();
        for folder in indexes {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "allow: {folder}/$");
        }
        Self(Robots::parse(text.as_bytes(), agent))
    }

    /// Nothing is forbidden.
    pub(super) fn allow_all() -> Self {
        Self(Robots::allow_all())
    }

    /// The rules as a file of their own, which reads as the same rules.
    pub fn text(&self) -> String {
        let mut text = String::from("user-agent: *\n");
        for rule in self.0.rules() {
            let verb = if rule.is_allow() { "allow" } else { "disallow" };
            let _ = writeln!(text, "{verb}: {}", rule.pattern());
        }
        if let Some(delay) = self.0.crawl_delay() {
            let _ = writeln!(text, "crawl-delay: {}", delay.as_secs_f64());
        }
        text
    }

    /// Whether a page may not be read, and the line that says so.
    pub fn forbid(&self, url: &Url) -> Option<String> {
        let path = &url[Position::BeforePath..Position::AfterQuery];
        if path == "/robots.txt" || self.0.always() == Some(true) {
            return None;
        }
        let rule = self.deciding(path).filter(|rule| !rule.is_allow())?;
        Some(format!("Disallow: {}", rule.pattern()))
    }

    /// The first rule in order of precedence that matches. A `*` or `$` in an address is matched
    /// as it stands and as a rule writes it that means the character itself (RFC 9309 §2.2.3).
    fn deciding(&self, path: &str) -> Option<&Rule> {
        if !path.contains(['*', '$']) {
            return self.0.matching_rule(path);
        }
        let encoded = path.replace('*', "%2A").replace('$', "%24");
        let mut rules = self.0.rules().iter();
        rules.find(|rule| rule.is_match(path) || rule.is_match(&encoded))
    }

    /// The pause that the site asks for between two requests, at most half a minute.
    pub fn delay(&self) -> Duration {
        let asked = self.0.crawl_delay().unwrap_or_default();
        asked.min(LONGEST_DELAY)
    }

    /// How many comparisons a decision may take.
    pub(in crate::fetch) fn count(&self) -> usize {
        self.0.rules().len()
    }

    /// About how many bytes they take.
    pub(super) fn weight(&self) -> usize {
        let patterns = self.0.rules().iter().map(|rule| rule.pattern().len() + 48);
        patterns.sum()
    }
}

fn is_line_end(byte: &u8) -> bool {
    matches!(byte, b'\n' | b'\r' | b'\0')
}

/// The file up to its bound, without the line that was cut there.
fn whole_lines(file: &[u8]) -> &[u8] {
    let Some(read) = file.get(..MOST_BYTES) else {
        return file;
    };
    let end = read.iter().rposition(is_line_end);
    &read[..end.unwrap_or(0)]
}

/// The file in the words of the RFC: a broken byte order mark left out, endless lines cut, and of
/// the name of an agent only the product token kept (`canhtin/0.1 (+https://…)` means canhtin).
fn plain(file: &[u8]) -> Cow<'_, [u8]> {
    let mark = b"\xef\xbb\xbf";
    let broken = file.iter().zip(mark).take_while(|(a, b)| a == b).count();
    let file = &file[broken..];
    if !file
        .split(is_line_end)
        .any(|line| plain_line(line).len() < line.len())
    {
        return Cow::Borrowed(file);
    }
    let mut changed = Vec::with_capacity(file.len());
    for line in file.split(is_line_end) {
        changed.extend_from_slice(plain_line(line));
        changed.push(b'\n');
    }
    Cow::Owned(changed)
}

fn plain_line(line: &[u8]) -> &[u8] {
    let line = &line[..line.len().min(LONGEST_LINE)];
    let bare = line.trim_ascii_start();
    let key = ["user-agent", "useragent", "user agent"]
        .iter()
        .find(|key| {
            let begin = bare.get(..key.len());
            begin.is_some_and(|begin| begin.eq_ignore_ascii_case(key.as_bytes()))
        });
    let Some(key) = key else { return line };
    let value = bare[key.len()..].trim_ascii_start();
    let value = value.strip_prefix(b":").unwrap_or(value).trim_ascii_start();
    let is_token = |byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'_' | b'*');
    let token = value.iter().take_while(|byte| is_token(byte)).count();
    &line[..line.len() - value.len() + token]
}

/// `/tin/` for a rule that allows `/tin/index.html`: the page that a server shows for a folder
/// is the folder's own (Google's reading; servers do it so).
fn index_folder(pattern: &str) -> Option<String> {
    let (folder, page) = pattern.rsplit_once('/')?;
    page.starts_with("index.htm").then(|| folder.to_owned())
}
