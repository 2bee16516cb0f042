//! Plain text: white space collapsed, control characters gone, paragraphs parted by a blank
//! line.

/// Text on one line.
pub(super) fn line(text: &str) -> String {
    let mut flow = Flow::default();
    flow.push(text);
    flow.finish()
}

/// Text that keeps its own blank lines as borders of paragraphs.
pub(super) fn plain(text: &str) -> String {
    let mut flow = Flow::default();
    for row in text.lines() {
        if row.trim().is_empty() {
            flow.paragraph();
        } else {
            flow.push(row);
            flow.line();
        }
    }
    flow.finish()
}

/// Collects running text with its borders.
#[derive(Debug, Default)]
pub(super) struct Flow {
    text: String,
    gap: Gap,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    #[default]
    None,
    Space,
    Line,
    Paragraph,
}

impl Flow {
    /// Adds text; white space in it is a space.
    pub(super) fn push(&mut self, text: &str) {
        let mut rest = text;
        loop {
            let words = plain_words(rest);
            if words > 0 {
                self.word(&rest[..words]);
                rest = &rest[words..];
            }
            let mut chars = rest.chars();
            match chars.next() {
                None => break,
                Some(c) if c.is_whitespace() => self.gap = self.gap.max(Gap::Space),
                Some(c) if c.is_control() => {}
                Some(c) => self.word(c.encode_utf8(&mut [0; 4])),
            }
            rest = chars.as_str();
        }
    }

    fn word(&mut self, word: &str) {
        if self.gap > Gap::None && !self.text.is_empty() {
            self.text.push_str(match self.gap {
                Gap::None => "",
                Gap::Space => " ",
                Gap::Line => "\n",
                Gap::Paragraph => "\n\n",
            });
        }
        self.gap = Gap::None;
        self.text.push_str(word);
    }

    /// A line break; two make a paragraph.
    pub(super) fn line(&mut self) {
        self.gap = match self.gap {
            Gap::Line | Gap::Paragraph => Gap::Paragraph,
            _ => Gap::Line,
        };
    }

    /// The border of a paragraph.
    pub(super) fn paragraph(&mut self) {
        self.gap = Gap::Paragraph;
    }

    /// A space, where none may be written between two cells.
    pub(super) fn space(&mut self) {
        self.gap = self.gap.max(Gap::Space);
    }

    pub(super) fn finish(self) -> String {
        self.text
    }
}

/// Length of the beginning that is words with single spaces between them, ready to be taken as it
/// is: no other white space, no control character. All such are ASCII or begin with one of a few
/// bytes (U+0080 to U+00A0, U+1680, U+2000 to U+205F, U+3000).
fn plain_words(text: &str) -> usize {
    let bytes = text.as_bytes();
    let is_plain = |at: usize| match bytes.get(at) {
        None | Some(..=b' ' | 0x7f | 0xc2 | 0xe2) => false,
        Some(0xe1) => bytes.get(at + 1) != Some(&0x9a),
        Some(0xe3) => bytes.get(at + 1) != Some(&0x80),
        Some(_) => true,
    };
    let mut at = 0;
    while is_plain(at) || at > 0 && bytes.get(at) == Some(&b' ') && is_plain(at + 1) {
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_and_controls() {
        assert_eq!(line("  a\t\n b\u{0}c\u{a0}\u{3000}d\u{7f} "), "a bc d");
        assert_eq!(plain("a\nb\r\n\r\n \nc\n"), "a\nb\n\nc");
        assert_eq!(plain(" \n\n"), "");
        // What disguises a word is left for the matcher to see.
        assert_eq!(line("v\u{200b}ắ\u{ad}c"), "v\u{200b}ắ\u{ad}c");
    }

    #[test]
    fn no_white_space_and_no_control_is_in_a_plain_run() {
        for c in (0..=u32::from(char::MAX)).filter_map(char::from_u32) {
            let special = c.is_whitespace() || c.is_control();
            let text = format!("a{c}");
            assert!(
                !special || plain_words(&text) == 1,
                "U+{:04X} passes for a letter",
                u32::from(c)
            );
        }
        assert_eq!(plain_words("tiếng đệm  x"), "tiếng đệm".len());
        assert_eq!(plain_words("tiếng đệm "), "tiếng đệm".len());
        assert_eq!(plain_words(" x"), 0);
    }
}
