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
        for c in text.chars() {
            if c.is_whitespace() {
                self.gap = self.gap.max(Gap::Space);
            } else if !c.is_control() {
                if self.gap > Gap::None && !self.text.is_empty() {
                    self.text.push_str(match self.gap {
                        Gap::None => "",
                        Gap::Space => " ",
                        Gap::Line => "\n",
                        Gap::Paragraph => "\n\n",
                    });
                }
                self.gap = Gap::None;
                self.text.push(c);
            }
        }
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
}
