//! How much of a bundle fits into one mail.

/// How much of a bundle is shown how fully; what does not fit moves to the next form, and what
/// fits no form is counted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    /// Items with passage, place and times.
    pub(super) full: usize,
    /// Items with one line.
    pub(super) lines: usize,
    /// Items with their ID only.
    pub(super) ids: usize,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            full: 8,
            lines: 120,
            ids: 1_500,
        }
    }
}

impl Plan {
    /// A smaller plan; false where there is none.
    pub(super) fn shrink(&mut self) -> bool {
        if self.lines > self.full * 2 {
            self.lines /= 2;
        } else if self.full > 1 {
            self.full = self.full * 2 / 3;
        } else if self.ids > 0 {
            self.ids /= 2;
        } else if self.lines > 0 {
            self.lines /= 2;
        } else {
            return false;
        }
        true
    }
}
