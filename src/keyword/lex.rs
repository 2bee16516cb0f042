//! A rule's text as tokens. Mistakes inside one token are found here, each at its place, and
//! a token is made all the same, so that the rest of the rule is still looked at.

use std::ops::Range;
use std::sync::Arc;

use super::TermOptions;
use super::fault::{Fault, FaultKind};

/// A token with its byte range in the rule.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Range<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum TokenKind {
    Word(Arc<str>),
    Quoted(Arc<str>),
    List(Arc<str>),
    Regex(Arc<str>),
    Options(TermOptions),
    Title,
    And,
    Or,
    Not,
    Near { within: u32, ordered: bool },
    Open,
    Close,
}

impl TokenKind {
    pub(super) fn is_operator(&self) -> bool {
        matches!(self, Self::And | Self::Or | Self::Not | Self::Near { .. })
    }
}

/// The farthest that NEAR and BEFORE reach, in syllables: about three long sentences.
pub(super) const MAX_DISTANCE: u32 = 200;
/// What stands for a distance that is missing or wrong.
const USUAL_DISTANCE: u32 = 5;
/// Groups in groups beyond this depth are refused: nobody reads them, and they cost stack.
const MAX_DEPTH: usize = 24;
/// Tokens of one rule.
const MAX_TOKENS: usize = 4_000;
/// The length of a pattern in bytes.
pub(super) const MAX_PATTERN: usize = 1024;

const OPENING_QUOTES: &[char] = &['"', '“', '”', '„', '«'];
const CLOSING_QUOTES: &[char] = &['"', '“', '”', '»'];

/// Whether a phrase reads as something else unless it stands in quotes.
pub(super) fn needs_quotes(text: &str) -> bool {
    text.contains(['(', ')', '[', ']', '@', '/'])
        || text.contains(OPENING_QUOTES)
        || text.contains(CLOSING_QUOTES)
        || text.split(' ').any(|word| {
            word.starts_with("title:")
                || is_operator_word(word)
                || lower_case_operator(word).is_some()
        })
}

fn is_operator_word(word: &str) -> bool {
    matches!(word, "AND" | "OR" | "NOT") || word.starts_with("NEAR") || word.starts_with("BEFORE")
}

/// `and`, `Near/5`: what the operator would be, were it in capitals.
pub(super) fn lower_case_operator(word: &str) -> Option<String> {
    let upper = word.to_ascii_uppercase();
    let stem = upper.split('/').next().unwrap_or_default();
    let known = match stem {
        "AND" | "OR" | "NOT" => upper == stem,
        "NEAR" | "BEFORE" => true,
        _ => false,
    };
    (known && word != upper).then_some(upper)
}

pub(super) fn lex(rule: &str, faults: &mut Vec<Fault>) -> Vec<Token> {
    let mut lexer = Lexer {
        rule,
        at: 0,
        depth: 0,
        tokens: Vec::new(),
        faults,
    };
    while lexer.tokens.len() < MAX_TOKENS {
        lexer.skip_space();
        if !lexer.token() {
            return lexer.tokens;
        }
    }
    let rest = lexer.at..rule.len();
    lexer.fault(FaultKind::TooLong, rest);
    lexer.tokens
}

struct Lexer<'a, 'f> {
    rule: &'a str,
    at: usize,
    depth: usize,
    tokens: Vec<Token>,
    faults: &'f mut Vec<Fault>,
}

impl<'a> Lexer<'a, '_> {
    fn rest(&self) -> &'a str {
        &self.rule[self.at..]
    }

    fn fault(&mut self, kind: FaultKind, span: Range<usize>) {
        self.faults.push(Fault { kind, span });
    }

    fn push(&mut self, kind: TokenKind, len: usize) {
        let span = self.at..self.at + len;
        self.at = span.end;
        self.tokens.push(Token { kind, span });
    }

    fn skip_space(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    /// Takes one token; false at the end.
    fn token(&mut self) -> bool {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else {
            return false;
        };
        match first {
            '(' => self.open(),
            ')' => self.close(),
            '@' => self.list(),
            '/' => self.regex(),
            '[' => self.options(),
            quote if OPENING_QUOTES.contains(&quote) => self.quoted(quote),
            _ if rest.starts_with("title:") => self.push(TokenKind::Title, "title:".len()),
            _ => self.word(),
        }
        true
    }

    fn open(&mut self) {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let span = self.at..self.at + 1;
            self.fault(FaultKind::TooDeep, span);
            self.at = self.rule.len();
            return;
        }
        self.push(TokenKind::Open, 1);
    }

    fn close(&mut self) {
        if self.depth == 0 {
            let span = self.at..self.at + 1;
            self.fault(FaultKind::Unopened, span);
            self.at += 1;
            return;
        }
        self.depth -= 1;
        self.push(TokenKind::Close, 1);
    }

    fn list(&mut self) {
        let name: &str = list_name(&self.rest()[1..]);
        if name.is_empty() {
            let span = self.at..self.at + 1;
            self.fault(FaultKind::ListWithoutName, span);
        }
        self.push(TokenKind::List(name.into()), 1 + name.len());
    }

    fn regex(&mut self) {
        let body = &self.rest()[1..];
        let mut escaped = false;
        let end = body.find(|c| {
            let ends = c == '/' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        });
        let (pattern, len) = match end {
            Some(end) => (&body[..end], end + 2),
            None => {
                let span = self.at..self.at + 1;
                self.fault(FaultKind::UnclosedRegex, span);
                (body, body.len() + 1)
            }
        };
        let span = self.at..self.at + len;
        if end.is_some()
            && let Some(kind) = wrong_pattern(pattern)
        {
            self.fault(kind, span);
        }
        self.push(TokenKind::Regex(pattern.into()), len);
    }

    fn options(&mut self) {
        let rest = self.rest();
        let Some(end) = rest.find(']') else {
            let span = self.at..self.at + 1;
            self.fault(FaultKind::UnclosedOptions, span);
            self.at += rest.len();
            return;
        };
        let mut options = match self.tokens.last() {
            // `[name] [strict]` are the options of one phrase.
            Some(Token {
                kind: TokenKind::Options(options),
                ..
            }) => *options,
            _ => TermOptions::default(),
        };
        let inside = self.at + 1;
        read_options(&rest[1..end], inside, &mut options, self.faults);
        let span = self.at..self.at + end + 1;
        match self.tokens.last_mut() {
            Some(Token {
                kind: TokenKind::Options(before),
                span: whole,
            }) => {
                *before = options;
                whole.end = span.end;
                self.at = span.end;
            }
            Some(Token {
                kind: TokenKind::Word(_) | TokenKind::Quoted(_),
                ..
            }) => self.push(TokenKind::Options(options), end + 1),
            _ => {
                self.at = span.end;
                self.fault(FaultKind::OptionsWithoutPhrase, span);
            }
        }
    }

    fn quoted(&mut self, quote: char) {
        let body = &self.rest()[quote.len_utf8()..];
        let (inside, len) = match body.find(CLOSING_QUOTES) {
            Some(end) => {
                let closing = body[end..].chars().next().map_or(1, char::len_utf8);
                (&body[..end], quote.len_utf8() + end + closing)
            }
            None => {
                let span = self.at..self.at + quote.len_utf8();
                self.fault(FaultKind::UnclosedQuote, span);
                (body, self.rest().len())
            }
        };
        if !inside.chars().any(char::is_alphanumeric) {
            let span = self.at..self.at + len;
            self.fault(FaultKind::EmptyPhrase, span);
        }
        self.push(TokenKind::Quoted(collapse(inside)), len);
    }

    fn word(&mut self) {
        let rest = self.rest();
        let end = rest
            .find(|c: char| {
                c.is_whitespace()
                    || matches!(c, '(' | ')' | '[')
                    || OPENING_QUOTES.contains(&c)
                    || CLOSING_QUOTES.contains(&c)
            })
            .unwrap_or(rest.len());
        let word = &rest[..end];
        match word {
            "AND" => self.push(TokenKind::And, end),
            "OR" => self.push(TokenKind::Or, end),
            "NOT" => self.push(TokenKind::Not, end),
            _ if word.starts_with("NEAR") => self.near("NEAR", false),
            _ if word.starts_with("BEFORE") => self.near("BEFORE", true),
            _ => {
                let span = self.at..self.at + end;
                if let Some(upper) = lower_case_operator(word) {
                    self.fault(FaultKind::LowerCaseOperator(upper), span);
                } else if end == 0 {
                    // A stray closing mark that opens nothing.
                    self.at += rest.chars().next().map_or(1, char::len_utf8);
                    return;
                }
                self.push(TokenKind::Word(word.into()), end);
            }
        }
    }

    /// `NEAR/5`; also `NEAR`, `NEAR 5`, `NEAR / 5`, `NEAR/x`, each with its mend.
    fn near(&mut self, name: &'static str, ordered: bool) {
        let after = &self.rest()[name.len()..];
        let tight = after.strip_prefix('/');
        let loose = after.trim_start().strip_prefix('/').map(str::trim_start);
        let bare = after.trim_start();
        let digits =
            |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, fine) = match (tight, loose) {
            (Some(tight), _) if digits(tight) > 0 => (tight, true),
            (_, Some(loose)) => (loose, false),
            _ => (bare, false),
        };
        let count = digits(number);
        let mut len = if count > 0 || loose.is_some() {
            self.rest().len() - number.len() + count
        } else {
            name.len()
        };
        // `NEAR/5x`, `NEAR/xa`: what sticks to it is no distance.
        let tail = &self.rest()[len..];
        let stuck = tail
            .find(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '@' | '"'))
            .unwrap_or(tail.len());
        len += stuck;
        let span = self.at..self.at + len;
        let within = match number[..count].parse::<u32>() {
            Ok(within) if within > MAX_DISTANCE => {
                self.fault(FaultKind::TooFar(name), span);
                MAX_DISTANCE
            }
            Ok(within) => {
                if !fine || stuck > 0 {
                    self.fault(FaultKind::NearWithoutDistance(name, within), span);
                }
                within
            }
            Err(_) if count > 0 => {
                self.fault(FaultKind::TooFar(name), span);
                MAX_DISTANCE
            }
            Err(_) => {
                self.fault(FaultKind::NearWithoutDistance(name, USUAL_DISTANCE), span);
                USUAL_DISTANCE
            }
        };
        self.push(TokenKind::Near { within, ordered }, len);
    }
}

/// The name after an `@`: letters, digits, `-`, `_`.
pub(super) fn list_name(text: &str) -> &str {
    let end = text
        .find(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_'))
        .unwrap_or(text.len());
    &text[..end]
}

/// What is wrong with a pattern, if anything.
fn wrong_pattern(pattern: &str) -> Option<FaultKind> {
    if pattern.len() > MAX_PATTERN {
        return Some(FaultKind::PatternTooLong);
    }
    match super::regex(pattern) {
        Ok(regex) if regex.is_match("") => Some(FaultKind::PatternMatchesAll),
        Ok(_) => None,
        Err(error) => Some(FaultKind::BadPattern(first_line(&error))),
    }
}

/// The last line of a regex error says what is wrong; those before draw it.
fn first_line(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default().trim();
    last.strip_prefix("error: ").unwrap_or(last).to_owned()
}

/// Reads `name`, `strict, name` between brackets; `inside` is the offset of the first byte.
pub(super) fn read_options(
    text: &str,
    inside: usize,
    options: &mut TermOptions,
    faults: &mut Vec<Fault>,
) {
    let mut at = inside;
    for part in text.split_inclusive([',', ' ', ';']) {
        let name = part.trim_matches([',', ' ', ';']);
        let start = at + part.find(name).unwrap_or(0);
        at += part.len();
        match name {
            "" => continue,
            "strict" => options.strict = true,
            "loose" => options.loose = true,
            "name" => options.name = true,
            _ => faults.push(Fault {
                kind: FaultKind::UnknownOption(name.to_owned()),
                span: start..start + name.len(),
            }),
        }
    }
    if options.strict && options.loose {
        options.loose = false;
        faults.push(Fault {
            kind: FaultKind::StrictAndLoose,
            span: inside..inside + text.len(),
        });
    }
}

/// White space collapsed to single spaces.
pub(super) fn collapse(text: &str) -> Arc<str> {
    let mut collapsed = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !collapsed.is_empty() {
            collapsed.push(' ');
        }
        collapsed.push_str(word);
    }
    collapsed.into()
}
