//! The rule language as a tree. Printing a tree gives a rule that parses to the same tree.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::Term;
use super::lex::needs_quotes;

/// A rule, or a part of one.
#[derive(Debug, Clone)]
pub struct Expr {
    /// What it says.
    pub kind: Kind,
    /// Byte range in the rule's own text.
    pub span: Range<usize>,
}

/// What a part of a rule says.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// A phrase written in the rule.
    Phrase(Term),
    /// `@name`: any term of a list.
    List(Arc<str>),
    /// `/pattern/`, upper and lower case alike.
    Regex(Arc<str>),
    /// `title:`: what follows counts in the title only.
    Title(Box<Expr>),
    /// `NOT`: beside AND, absent from the document; beside NEAR or BEFORE, absent from there.
    Not(Box<Expr>),
    /// `NEAR/n` and `BEFORE/n`: at most n syllables between, in one paragraph.
    Near {
        /// Syllables that may stand between.
        within: u32,
        /// BEFORE: the left side comes first.
        ordered: bool,
        /// Left and right.
        sides: Box<[Expr; 2]>,
    },
    /// All of them in one document.
    And(Vec<Expr>),
    /// Any of them.
    Or(Vec<Expr>),
    /// A place where something is missing; stands only in rules with an error.
    Missing,
}

/// Trees are equal when they say the same, wherever they stand.
impl PartialEq for Expr {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// How tightly a kind binds: a part that binds less than its place asks for stands in
/// parentheses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Or,
    And,
    Near,
    Not,
    Primary,
}

impl Expr {
    pub(super) fn new(kind: Kind, span: Range<usize>) -> Self {
        Self { kind, span }
    }

    /// The direct parts.
    #[must_use]
    pub fn parts(&self) -> &[Expr] {
        match &self.kind {
            Kind::Title(inner) | Kind::Not(inner) => std::slice::from_ref(inner),
            Kind::Near { sides, .. } => &sides[..],
            Kind::And(parts) | Kind::Or(parts) => parts,
            Kind::Phrase(_) | Kind::List(_) | Kind::Regex(_) | Kind::Missing => &[],
        }
    }

    /// Calls `visit` for this part and all parts below it.
    pub fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Expr)) {
        visit(self);
        for part in self.parts() {
            part.walk(visit);
        }
    }

    /// Whether it stands for an absence.
    pub(super) fn is_not(&self) -> bool {
        matches!(self.kind, Kind::Not(_))
    }

    fn binding(&self) -> Binding {
        match self.kind {
            Kind::Or(_) => Binding::Or,
            Kind::And(_) => Binding::And,
            Kind::Near { .. } => Binding::Near,
            Kind::Not(_) => Binding::Not,
            _ => Binding::Primary,
        }
    }

    fn at_least(&self, least: Binding) -> Shown<'_> {
        Shown {
            expr: self,
            parens: self.binding() < least,
        }
    }
}

struct Shown<'a> {
    expr: &'a Expr,
    parens: bool,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.parens {
            write!(f, "({})", self.expr)
        } else {
            self.expr.fmt(f)
        }
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Phrase(term) => {
                if needs_quotes(&term.text) {
                    write!(f, "\"{}\"", term.text)?;
                } else {
                    f.write_str(&term.text)?;
                }
                for (name, set) in [
                    ("strict", term.options.strict),
                    ("loose", term.options.loose),
                    ("name", term.options.name),
                ] {
                    if set {
                        write!(f, " [{name}]")?;
                    }
                }
                Ok(())
            }
            Kind::List(name) => write!(f, "@{name}"),
            Kind::Regex(pattern) => write!(f, "/{pattern}/"),
            Kind::Title(inner) if matches!(inner.kind, Kind::Title(_)) => {
                write!(f, "title:({inner})")
            }
            Kind::Title(inner) => write!(f, "title:{}", inner.at_least(Binding::Primary)),
            Kind::Not(inner) => write!(f, "NOT {}", inner.at_least(Binding::Primary)),
            Kind::Near {
                within,
                ordered,
                sides,
            } => {
                let [left, right] = &**sides;
                let operator = if *ordered { "BEFORE" } else { "NEAR" };
                write!(
                    f,
                    "{} {operator}/{within} {}",
                    left.at_least(Binding::Near),
                    right.at_least(Binding::Not)
                )
            }
            Kind::And(parts) => joined(f, parts, " AND ", Binding::Near),
            Kind::Or(parts) => joined(f, parts, " OR ", Binding::And),
            Kind::Missing => f.write_str("…"),
        }
    }
}

fn joined(
    f: &mut fmt::Formatter<'_>,
    parts: &[Expr],
    between: &str,
    least: Binding,
) -> fmt::Result {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(between)?;
        }
        write!(f, "{}", part.at_least(least))?;
    }
    Ok(())
}
