//! The grammar of rules. It accepts every row of tokens: where something is missing it says so
//! and goes on, so that all mistakes of a rule are shown at once.

use std::ops::Range;

use chumsky::error::{Error, LabelError};
use chumsky::prelude::*;
use chumsky::util::MaybeRef;

use super::expr::{Expr, Kind};
use super::fault::{Fault, FaultKind, is_error};
use super::lex::{Token, TokenKind, collapse, lex};
use super::{Term, TermOptions};

/// The longest chain of NEAR and BEFORE.
const MAX_CHAIN: usize = 12;

/// Parses a rule. The tree is whole only if no fault is an error.
#[must_use]
pub fn parse(rule: &str) -> (Expr, Vec<Fault>) {
    let mut faults = Vec::new();
    let tokens = lex(rule, &mut faults);
    let (tree, found) = if tokens.is_empty() {
        if faults.iter().all(|fault| !is_error(&fault.kind)) {
            faults.push(Fault {
                kind: FaultKind::EmptyRule,
                span: 0..rule.len(),
            });
        }
        (None, Vec::new())
    } else {
        grammar().parse(tokens.as_slice()).into_output_errors()
    };
    faults.extend(found.into_iter().map(|hole| hole.place(&tokens)));
    let tree = tree.unwrap_or_else(|| Expr::new(Kind::Missing, 0..rule.len()));
    if !faults.iter().any(|fault| is_error(&fault.kind)) {
        check_shape(&tree, Place::Top, &mut faults);
    }
    faults.sort_by_key(|fault| fault.span.start);
    (tree, faults)
}

/// A mistake as the grammar sees it: which token it is at.
#[derive(Debug)]
enum Hole {
    /// Nothing stands where a term should, before the token of this number.
    Operand(usize),
    /// No operator stands before the token of this number.
    Operator(usize),
    /// The parenthesis at this token is never closed.
    Unclosed(usize),
    TooManyNots(Range<usize>),
    ChainTooLong(Range<usize>),
    /// The grammar accepts everything, so this never comes.
    Unexpected(usize),
}

impl Hole {
    fn place(self, tokens: &[Token]) -> Fault {
        let span = |at: usize| tokens.get(at).map_or(0..0, |token| token.span.clone());
        let operator = |at: usize| tokens.get(at).is_some_and(|token| token.kind.is_operator());
        let (kind, span) = match self {
            Self::Operand(at)
                if at > 0 && (operator(at - 1) || tokens[at - 1].kind == TokenKind::Title) =>
            {
                (FaultKind::MissingAfter, span(at - 1))
            }
            Self::Operand(at) if operator(at) => (FaultKind::MissingBefore, span(at)),
            Self::Operand(at) => {
                let open = at.saturating_sub(1);
                (
                    FaultKind::EmptyGroup,
                    span(open).start..span(at.min(tokens.len() - 1)).end,
                )
            }
            Self::Operator(at) => (FaultKind::MissingOperator, span(at)),
            Self::Unclosed(at) => (FaultKind::Unclosed, span(at)),
            Self::TooManyNots(span) => (FaultKind::DoubleNot, span),
            Self::ChainTooLong(span) => (FaultKind::ChainTooLong, span),
            Self::Unexpected(at) => (FaultKind::MissingOperator, span(at)),
        };
        Fault { kind, span }
    }
}

impl<'a> Error<'a, &'a [Token]> for Hole {}

impl<'a, L> LabelError<'a, &'a [Token], L> for Hole {
    fn expected_found<E: IntoIterator<Item = L>>(
        _: E,
        _: Option<MaybeRef<'a, Token>>,
        span: SimpleSpan,
    ) -> Self {
        Self::Unexpected(span.start)
    }
}

type Extra = extra::Err<Hole>;

/// or: and (OR and)* ; and: near (AND? near)* ; near: unary (NEAR unary)* ; unary: NOT? primary
fn grammar<'a>() -> impl Parser<'a, &'a [Token], Expr, Extra> {
    recursive(|or| {
        let primary = primary(or);
        let not = token(|kind| *kind == TokenKind::Not);
        let unary = not.repeated().collect::<Vec<_>>().then(primary).validate(
            |(nots, inner), _, emitter| {
                let Some(first) = nots.first() else {
                    return inner;
                };
                let last = nots.last().map_or(first.span.end, |last| last.span.end);
                let span = cover(&(first.span.start..last), &inner.span);
                if nots.len() > 1 {
                    emitter.emit(Hole::TooManyNots(span.clone()));
                }
                Expr::new(Kind::Not(Box::new(inner)), span)
            },
        );
        let operator = any().filter_map_token(|kind| match kind {
            TokenKind::Near { within, ordered } => Some((*within, *ordered)),
            _ => None,
        });
        let near = unary
            .clone()
            .then(operator.then(unary).repeated().collect::<Vec<_>>())
            .validate(|(first, rest), _, emitter| {
                if rest.len() > MAX_CHAIN {
                    let span = rest.iter().fold(first.span.clone(), |span, (_, next)| {
                        cover(&span, &next.span)
                    });
                    emitter.emit(Hole::ChainTooLong(span));
                    return first;
                }
                rest.into_iter()
                    .fold(first, |left, ((within, ordered), right)| {
                        let span = cover(&left.span, &right.span);
                        let sides = Box::new([left, right]);
                        Expr::new(
                            Kind::Near {
                                within,
                                ordered,
                                sides,
                            },
                            span,
                        )
                    })
            });
        // Where two parts stand side by side the operator between them is missing.
        let begins = token(|kind| {
            !matches!(
                kind,
                TokenKind::And
                    | TokenKind::Or
                    | TokenKind::Near { .. }
                    | TokenKind::Close
                    | TokenKind::Options(_)
            )
        });
        let implied = begins
            .rewind()
            .validate(|_, extra, emitter| emitter.emit(Hole::Operator(extra.span().start)));
        let and = near
            .clone()
            .then(
                token(|kind| *kind == TokenKind::And)
                    .ignored()
                    .or(implied)
                    .ignore_then(near)
                    .repeated()
                    .collect::<Vec<_>>(),
            )
            .map(|(first, rest)| several(first, rest, Kind::And));
        and.clone()
            .then(
                token(|kind| *kind == TokenKind::Or)
                    .ignore_then(and)
                    .repeated()
                    .collect::<Vec<_>>(),
            )
            .map(|(first, rest)| several(first, rest, Kind::Or))
    })
}

fn primary<'a>(
    or: impl Parser<'a, &'a [Token], Expr, Extra> + Clone,
) -> impl Parser<'a, &'a [Token], Expr, Extra> + Clone {
    let options = any().filter_map_token(|kind| match kind {
        TokenKind::Options(options) => Some(*options),
        _ => None,
    });
    let words = token(|kind| matches!(kind, TokenKind::Word(_)))
        .repeated()
        .at_least(1)
        .collect::<Vec<_>>();
    let quoted = token(|kind| matches!(kind, TokenKind::Quoted(_))).map(|token| vec![token]);
    let phrase = words
        .or(quoted)
        .then(options.or_not())
        .map(|(tokens, options)| phrase(&tokens, options.unwrap_or_default()));
    let single =
        token(|kind| matches!(kind, TokenKind::List(_) | TokenKind::Regex(_))).map(|token| {
            let kind = match token.kind {
                TokenKind::List(name) => Kind::List(name),
                TokenKind::Regex(pattern) => Kind::Regex(pattern),
                _ => Kind::Missing,
            };
            Expr::new(kind, token.span)
        });
    let group = token(|kind| *kind == TokenKind::Open)
        .then(or)
        .then(token(|kind| *kind == TokenKind::Close).or_not())
        .validate(|((open, inner), close), extra, emitter| {
            let end = match close {
                Some(close) => close.span.end,
                None => {
                    emitter.emit(Hole::Unclosed(extra.span().start));
                    inner.span.end
                }
            };
            Expr::new(inner.kind, open.span.start..end)
        });
    let missing = empty::<&'a [Token], Extra>().validate(|(), extra, emitter| {
        emitter.emit(Hole::Operand(extra.span().start));
        Expr::new(Kind::Missing, 0..0)
    });
    let plain = choice((phrase, single, group, missing));
    let title = token(|kind| *kind == TokenKind::Title)
        .then(plain.clone())
        .map(|(title, inner)| {
            let span = cover(&title.span, &inner.span);
            Expr::new(Kind::Title(Box::new(inner)), span)
        });
    title.or(plain)
}

/// From the beginning of one to the end of the other; what is missing has an empty place.
fn cover(first: &Range<usize>, last: &Range<usize>) -> Range<usize> {
    match (first.is_empty(), last.is_empty()) {
        (true, _) => last.clone(),
        (false, true) => first.clone(),
        (false, false) => first.start.min(last.start)..last.end.max(first.end),
    }
}

fn phrase(tokens: &[Token], options: TermOptions) -> Expr {
    let text = tokens
        .iter()
        .filter_map(|token| match &token.kind {
            TokenKind::Word(text) | TokenKind::Quoted(text) => Some(&**text),
            _ => None,
        })
        .collect::<Vec<_>>()
        .join(" ");
    let start = tokens.first().map_or(0, |token| token.span.start);
    let end = tokens.last().map_or(start, |token| token.span.end);
    let term = Term {
        text: collapse(&text),
        options,
    };
    Expr::new(Kind::Phrase(term), start..end)
}

fn several(first: Expr, rest: Vec<Expr>, kind: impl Fn(Vec<Expr>) -> Kind) -> Expr {
    let Some(last) = rest.last() else {
        return first;
    };
    let span = cover(&first.span, &last.span);
    let parts = std::iter::once(first).chain(rest).collect();
    Expr::new(kind(parts), span)
}

/// One token of a kind.
fn token<'a>(
    wanted: impl Fn(&TokenKind) -> bool + Clone,
) -> impl Parser<'a, &'a [Token], Token, Extra> + Clone {
    any().filter(move |token: &Token| wanted(&token.kind))
}

/// One token of which something can be made.
trait FilterMapToken<'a>: Parser<'a, &'a [Token], Token, Extra> + Clone + Sized {
    fn filter_map_token<T: 'a>(
        self,
        wanted: impl Fn(&TokenKind) -> Option<T> + Clone,
    ) -> impl Parser<'a, &'a [Token], T, Extra> + Clone {
        self.try_map(move |token, span: SimpleSpan| {
            wanted(&token.kind).ok_or(Hole::Unexpected(span.start))
        })
    }
}

impl<'a, P: Parser<'a, &'a [Token], Token, Extra> + Clone> FilterMapToken<'a> for P {}

/// Where a part stands, for what may not stand there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Top,
    BesideAnd,
    InNear,
    BesideNear,
}

/// NOT needs something beside it that is present; AND does not measure distances.
fn check_shape(expr: &Expr, place: Place, faults: &mut Vec<Fault>) {
    let mut fault = |kind: FaultKind| {
        faults.push(Fault {
            kind,
            span: expr.span.clone(),
        });
    };
    match &expr.kind {
        Kind::Not(inner) => {
            match place {
                Place::BesideAnd | Place::BesideNear => {}
                Place::Top | Place::InNear => fault(FaultKind::NotAlone),
            }
            let below = if place == Place::BesideNear {
                Place::InNear
            } else {
                Place::Top
            };
            check_shape(inner, below, faults);
        }
        Kind::And(parts) => {
            if place == Place::InNear {
                fault(FaultKind::AndInNear);
            } else if parts.iter().all(Expr::is_not) {
                fault(FaultKind::NotAlone);
            }
            for part in parts {
                check_shape(part, Place::BesideAnd, faults);
            }
        }
        Kind::Near { sides, .. } => {
            if sides.iter().all(Expr::is_not) {
                fault(FaultKind::NotAlone);
            }
            for side in sides.iter() {
                let below = if side.is_not() {
                    Place::BesideNear
                } else {
                    Place::InNear
                };
                check_shape(side, below, faults);
            }
        }
        Kind::Or(parts) => {
            let below = if place == Place::InNear {
                Place::InNear
            } else {
                Place::Top
            };
            for part in parts {
                check_shape(part, below, faults);
            }
        }
        Kind::Title(inner) => {
            let below = if place == Place::InNear {
                Place::InNear
            } else {
                Place::Top
            };
            check_shape(inner, below, faults);
        }
        Kind::Phrase(term) if !term.text.chars().any(char::is_alphanumeric) => {
            fault(FaultKind::EmptyPhrase);
        }
        Kind::Phrase(_) | Kind::List(_) | Kind::Regex(_) | Kind::Missing => {}
    }
}
