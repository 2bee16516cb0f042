//! Warnings about single terms: what would match too much or too little.

use std::ops::Range;
use std::sync::Arc;

use super::Term;
use crate::message::Message;
use crate::problem::{Problem, Problems, SourceFile};
use crate::text::{self, phonology};

/// Terms that stand inside common words of another meaning. "Dịch" alone means disease in three
/// of ten hits in newspapers; the names are communes of one district and what contains them.
const COMPOUNDS: &[(&str, &str)] = &[
    ("dịch", "dịch vụ, chiến dịch, giao dịch"),
    ("ca", "ca sĩ, ca khúc, ca ngợi"),
    ("tin", "thông tin, tin tưởng, tin học"),
    ("giả", "tác giả, khán giả, giả sử"),
    ("thuốc", "thuốc lá, thuốc nổ"),
    ("sốt", "cơn sốt giá, sốt ruột"),
    ("bán", "bán kết, bán đảo"),
    ("mạng", "cách mạng, tính mạng"),
    ("nhiễm", "ô nhiễm"),
    ("nước", "đất nước, nhà nước"),
    ("cồn", "cồn cát, cồn cào"),
    ("tử", "tử tế, nguyên tử, điện tử"),
    ("mổ", "mổ xẻ"),
    ("độc", "độc lập, độc giả, độc quyền"),
    ("chống", "chống chọi, chống đối"),
    ("bạch thông", "minh bạch thông tin"),
    ("phủ thông", "Chính phủ thông qua"),
    ("sĩ bình", "bác sĩ Bình"),
    ("mỹ thanh", "người Mỹ thanh toán"),
    ("quân hà", "quân Hà Nội"),
    ("lục bình", "bèo lục bình"),
    ("tin giả", "thông tin giả định"),
    ("vùng dịch", "vùng dịch vụ"),
    ("ổ dịch", "ổ dịch chuyển"),
];

/// Loan words that are spelt without marks.
const LOANS: &[&str] = &["chip", "gien", "pin", "sim", "tem", "ten", "gam", "lit"];

/// The lints of one place where terms stand.
pub(super) struct Lint<'a> {
    pub(super) file: &'a Arc<SourceFile>,
    pub(super) problems: &'a Problems,
    /// The term alone makes a rule fire, without a word near it.
    pub(super) alone: bool,
    /// Keys of the passages that cancel it.
    pub(super) vetoes: &'a [String],
    /// Unmarked forms of the terms with marks that stand beside it.
    pub(super) marked: &'a std::collections::HashSet<String>,
}

impl Lint<'_> {
    pub(super) fn term(&self, term: &Term, span: &Range<usize>) {
        if term.options.veto {
            return;
        }
        let syllables: Vec<&str> = text::syllables(&term.text).map(|s| s.text).collect();
        if self.looks_like_name(term, &syllables, span) {
            return;
        }
        self.without_marks(term, &syllables, span);
        let key = text::key(&term.text);
        let inside = COMPOUNDS.iter().find(|(known, _)| text::key(known) == key);
        let cancelled = self.vetoes.iter().any(|veto| veto.contains(&key));
        match (inside, syllables.len()) {
            _ if term.options.name || cancelled => {}
            (_, 1) if !self.alone => {}
            (Some((_, compounds)), _) => self.warn(
                span,
                Message::new("keyword-in-compound")
                    .with("term", &term.text)
                    .with("compounds", compounds),
                Message::new("keyword-in-compound-mend")
                    .with("veto", compounds.split(',').next().unwrap_or_default()),
            ),
            (None, 1) if text::is_word(&term.text) => self.warn(
                span,
                Message::new("keyword-one-syllable").with("term", &term.text),
                Message::new("keyword-one-syllable-mend").with("term", &term.text),
            ),
            _ => {}
        }
    }

    /// Every syllable Vietnamese and with a capital, and no `[name]`.
    fn looks_like_name(&self, term: &Term, syllables: &[&str], span: &Range<usize>) -> bool {
        let capital = |syllable: &&str| {
            let mut letters = syllable.chars();
            letters.next().is_some_and(char::is_uppercase)
                && letters.all(|c| !c.is_uppercase())
                && text::is_syllable(syllable)
        };
        let name = syllables.len() > 1 && !term.options.name && syllables.iter().all(capital);
        if name {
            self.warn(
                span,
                Message::new("keyword-name").with("term", &term.text),
                Message::new("keyword-name-mend").with("term", &term.text),
            );
        }
        name
    }

    /// Letters that Vietnamese syllables are made of, no marks, and no words as they stand.
    fn without_marks(&self, term: &Term, syllables: &[&str], span: &Range<usize>) {
        let options = term.options;
        if !term.text.is_ascii() || options.strict || options.loose || options.name {
            return;
        }
        let skeleton = |syllable: &&str| {
            syllable.len() > 1 && phonology::is_skeleton(syllable.to_ascii_lowercase().as_bytes())
        };
        if syllables.iter().all(skeleton)
            && syllables.iter().any(|syllable| {
                !text::is_word(syllable) && !LOANS.contains(&syllable.to_ascii_lowercase().as_str())
            })
            && !self.marked.contains(&text::unmarked(&term.text))
        {
            self.warn(
                span,
                Message::new("keyword-without-marks").with("term", &term.text),
                Message::new(if syllables.len() > 1 {
                    "keyword-without-marks-mend"
                } else {
                    "keyword-without-marks-one-mend"
                }),
            );
        }
    }

    fn warn(&self, span: &Range<usize>, what: Message, mend: Message) {
        self.problems
            .push(Problem::warning(self.file, span.clone(), what).mend(mend));
    }
}
