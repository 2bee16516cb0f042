//! A problem as people see it: file:line:column, the line, a caret, the mend.

use annotate_snippets::{AnnotationKind, Group, Level as Shown, Renderer, Snippet};

use super::{Level, Problem};
use crate::message::{Lang, say};

/// Whether the output may hold terminal colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Text only.
    Plain,
    /// With ANSI colours.
    Coloured,
}

/// Renders one problem.
#[must_use]
pub fn render(problem: &Problem, lang: Lang, style: Style) -> String {
    let level = match problem.level {
        Level::Error => Shown::ERROR.with_name(say(lang, "problem-error")),
        Level::Warning => Shown::WARNING.with_name(say(lang, "problem-warning")),
    };
    let path = problem.file.path.display().to_string();
    let what = problem.what.say(lang);
    let mend = problem.mend.as_ref().map(|mend| {
        Shown::HELP
            .with_name(say(lang, "problem-mend"))
            .message(mend.say(lang))
    });
    let mut group = match &problem.span {
        Some(span) => {
            let text = &problem.file.text;
            let start = text.floor_char_boundary(span.start);
            let end = text.ceil_char_boundary(span.end.max(start));
            Group::with_title(level.primary_title(what)).element(
                Snippet::source(text)
                    .path(path)
                    .annotation(AnnotationKind::Primary.span(start..end)),
            )
        }
        None => Group::with_title(level.primary_title(format!("{path}: {what}"))),
    };
    if let Some(mend) = mend {
        group = group.element(mend);
    }
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Coloured => Renderer::styled(),
    };
    renderer.render(&[group])
}

/// Renders many, one below the other, a blank line between.
#[must_use]
pub fn render_all(problems: &[Problem], lang: Lang, style: Style) -> String {
    let shown: Vec<String> = problems
        .iter()
        .map(|problem| render(problem, lang, style))
        .collect();
    shown.join("\n\n")
}
