//! What somebody meant who wrote a word that is not known.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Values of settings and commands in the words of those who write Vietnamese, without marks.
const WORDS: [(&str, &str); 31] = [
    ("thong tin", "info"),
    ("theo doi", "info"),
    ("nhe", "low"),
    ("thap", "low"),
    ("vua", "medium"),
    ("trung binh", "medium"),
    ("cao", "high"),
    ("nang", "high"),
    ("nghiem trong", "high"),
    ("khan", "urgent"),
    ("khan cap", "urgent"),
    ("gap", "urgent"),
    ("chinh thong", "official"),
    ("chinh thuc", "official"),
    ("nha nuoc", "official"),
    ("co quan", "official"),
    ("co quan nha nuoc", "official"),
    ("bao", "press"),
    ("bao chi", "press"),
    ("mang xa hoi", "social"),
    ("mxh", "social"),
    ("dien dan", "social"),
    ("trang", "page"),
    ("rss", "feed"),
    ("atom", "feed"),
    ("so do trang", "sitemap"),
    ("tieng viet", "vi"),
    ("vn", "vi"),
    ("tieng anh", "en"),
    ("thu muc", "dir"),
    ("khong", "none"),
];

/// Which of the values that `wanted` names (`a | b | c`) was meant: another spelling, the
/// Vietnamese word for it, or the nearest one.
#[must_use]
pub fn meant<'a>(typed: &str, wanted: &'a str) -> Option<&'a str> {
    let values = || wanted.split(" | ");
    let bare = bare(typed);
    let said = || {
        let (_, value) = WORDS.iter().find(|(word, _)| *word == bare)?;
        values().find(|wanted| wanted == value)
    };
    let same = values().find(|value| *value == bare);
    same.or_else(said).or_else(|| nearest(&bare, values()))
}

/// In small letters, without marks, words parted by one space.
fn bare(text: &str) -> String {
    let letters = text.to_lowercase();
    let letters = letters.replace('đ', "d");
    let letters: String = letters.nfd().filter(|c| !is_combining_mark(*c)).collect();
    let words = letters.split(|c: char| c.is_whitespace() || matches!(c, '-' | '_'));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// The known word nearest to what was typed, where one is near enough to be meant.
#[must_use]
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|word| (strsim::damerau_levenshtein(typed, word), word))
        .filter(|(distance, word)| *distance <= 1 + word.chars().count() / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_meant_by_their_vietnamese_words() {
        let severity = "info | low | medium | high | urgent";
        let rows = [
            ("cao", severity, Some("high")),
            ("Cao", severity, Some("high")),
            ("TRUNG BÌNH", severity, Some("medium")),
            ("trung-binh", severity, Some("medium")),
            ("tha\u{302}\u{301}p", severity, Some("low")),
            ("khẩn cấp", severity, Some("urgent")),
            ("Theo dõi", severity, Some("info")),
            ("HIGH", severity, Some("high")),
            ("hihg", severity, Some("high")),
            ("báo chí", severity, None),
            ("báo chí", "official | press | social", Some("press")),
            ("xanh", severity, None),
            ("", severity, None),
        ];
        for (typed, wanted, value) in rows {
            assert_eq!(meant(typed, wanted), value, "{typed}");
        }
    }
}
