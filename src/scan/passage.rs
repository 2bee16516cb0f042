//! Stretches of a document that a part of a rule matches, and how two of them make a third.

use std::cmp::Reverse;

/// A stretch that a part of a rule matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Passage {
    /// Its syllables, numbered through the document.
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) paragraph: u32,
    /// Syllables between its parts, summed.
    pub(super) gap: u32,
    /// What it is made of.
    pub(super) part: Part,
}

/// What a passage is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The occurrence of this number.
    One(u32),
    /// The pair of this number in [`Parts`].
    Two(u32),
}

/// Pairs of parts; passages are trees over them.
#[derive(Debug, Default)]
pub(super) struct Parts(Vec<(Part, Part)>);

impl Parts {
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    fn pair(&mut self, left: Part, right: Part) -> Part {
        self.0.push((left, right));
        Part::Two(u32::try_from(self.0.len() - 1).unwrap_or(u32::MAX))
    }

    /// Hands over the number of each occurrence of a part.
    pub(super) fn each(&self, part: Part, visit: &mut impl FnMut(u32)) {
        match part {
            Part::One(occurrence) => visit(occurrence),
            Part::Two(pair) => {
                let (left, right) = self.0[pair as usize];
                self.each(left, visit);
                self.each(right, visit);
            }
        }
    }
}

/// How two passages may stand to one another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bond {
    /// Syllables between, at most.
    pub(super) within: u32,
    /// The left one comes first.
    pub(super) ordered: bool,
    /// They lie in one paragraph, and no syllable counts for both.
    pub(super) close: bool,
}

impl Bond {
    /// AND: somewhere in one document.
    pub(super) const DOCUMENT: Self = Self {
        within: u32::MAX,
        ordered: false,
        close: false,
    };
}

/// Candidates inside one passage that are tried for a place beside its parts.
const MAX_INSIDE: usize = 16;

/// So many pairs are tried one by one: an index would cost more.
const FEW: usize = 64;

/// A list of passages, sorted both ways, in which neighbours are found by halving.
struct Index<'a> {
    by_start: &'a [Passage],
    by_end: Vec<Passage>,
    longest: u32,
}

impl<'a> Index<'a> {
    /// `by_start` is sorted by start, longer ones first.
    fn new(by_start: &'a [Passage]) -> Self {
        let mut by_end = by_start.to_vec();
        by_end.sort_unstable_by_key(|p| (p.to, Reverse(p.from)));
        let longest = by_start.iter().map(|p| p.to - p.from).max().unwrap_or(0);
        Self {
            by_start,
            by_end,
            longest,
        }
    }

    /// The nearest that begins where `passage` has ended.
    fn after(&self, passage: &Passage) -> Option<&Passage> {
        let at = self.by_start.partition_point(|p| p.from < passage.to);
        self.by_start.get(at)
    }

    /// The nearest that ends before `passage` begins.
    fn before(&self, passage: &Passage) -> Option<&Passage> {
        let at = self.by_end.partition_point(|p| p.to <= passage.from);
        self.by_end.get(at.checked_sub(1)?)
    }

    /// Those that share a syllable of the stretch with `passage`.
    fn inside(&self, passage: &Passage) -> impl Iterator<Item = &Passage> {
        let earliest = passage.from.saturating_sub(self.longest);
        let at = self.by_start.partition_point(|p| p.from < earliest);
        self.by_start[at..]
            .iter()
            .take_while(|p| p.from < passage.to)
            .filter(|p| p.to > passage.from)
    }
}

/// Sorts by start, longer ones first, and drops what stands twice.
pub(super) fn sort(passages: &mut Vec<Passage>) {
    let place = |p: &Passage| (p.from, Reverse(p.to), p.gap);
    if !passages.is_sorted_by_key(place) {
        passages.sort_unstable_by_key(place);
    }
    passages.dedup_by_key(|p| (p.from, p.to));
}

/// The closest pairs of `left` and `right` that the bond allows, none of which holds another.
/// Both sides are sorted as [`sort`] does.
pub(super) fn pairs(
    left: &[Passage],
    right: &[Passage],
    bond: Bond,
    spans: &impl Fn(u32) -> (u32, u32),
    parts: &mut Parts,
) -> Vec<Passage> {
    if left.is_empty() || right.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    if left.len() * right.len() <= FEW {
        for a in left {
            for b in right {
                found.extend(either(a, b, bond, spans, parts));
            }
        }
        return closest(found);
    }
    let (lefts, rights) = (Index::new(left), Index::new(right));
    for a in left {
        found.extend(rights.after(a).and_then(|b| join(a, b, bond, parts)));
        if !bond.ordered {
            found.extend(rights.before(a).and_then(|b| join(b, a, bond, parts)));
            let inside = rights
                .inside(a)
                .take(MAX_INSIDE)
                .find(|b| !bond.close || apart(a, b, spans, parts));
            if let Some(b) = inside.copied() {
                found.extend(join(a, &b, bond, parts));
            }
        }
    }
    // What is nearest to the right side need not be nearest to the left.
    for b in right {
        found.extend(lefts.before(b).and_then(|a| join(a, b, bond, parts)));
        if !bond.ordered {
            found.extend(lefts.after(b).and_then(|a| join(b, a, bond, parts)));
        }
    }
    closest(found)
}

/// Joins two passages in the order in which they stand, if the bond allows.
fn either(
    a: &Passage,
    b: &Passage,
    bond: Bond,
    spans: &impl Fn(u32) -> (u32, u32),
    parts: &mut Parts,
) -> Option<Passage> {
    if a.to <= b.from {
        join(a, b, bond, parts)
    } else if bond.ordered {
        None
    } else if b.to <= a.from {
        join(b, a, bond, parts)
    } else if !bond.close || apart(a, b, spans, parts) {
        join(a, b, bond, parts)
    } else {
        None
    }
}

/// Those of `kept` beside which none of `absent` stands within the bond.
pub(super) fn without(
    kept: &[Passage],
    absent: &[Passage],
    bond: Bond,
    kept_first: bool,
) -> Vec<Passage> {
    if absent.is_empty() {
        return kept.to_vec();
    }
    let index = Index::new(absent);
    let near =
        |gap: u32, a: &Passage, b: &Passage| gap <= bond.within && a.paragraph == b.paragraph;
    kept.iter()
        .filter(|a| {
            let after = index.after(a).is_some_and(|b| near(b.from - a.to, a, b));
            let before = index.before(a).is_some_and(|b| near(a.from - b.to, a, b));
            if bond.ordered {
                return if kept_first { !after } else { !before };
            }
            !after && !before && index.inside(a).next().is_none()
        })
        .copied()
        .collect()
}

fn join(a: &Passage, b: &Passage, bond: Bond, parts: &mut Parts) -> Option<Passage> {
    let between = b.from.saturating_sub(a.to);
    if between > bond.within || (bond.close && a.paragraph != b.paragraph) {
        return None;
    }
    Some(Passage {
        from: a.from.min(b.from),
        to: a.to.max(b.to),
        paragraph: a.paragraph.min(b.paragraph),
        gap: a.gap.saturating_add(b.gap).saturating_add(between),
        part: parts.pair(a.part, b.part),
    })
}

/// Whether two passages that cover one another share no syllable.
fn apart(a: &Passage, b: &Passage, spans: &impl Fn(u32) -> (u32, u32), parts: &Parts) -> bool {
    if matches!((a.part, b.part), (Part::One(_), Part::One(_))) {
        return false;
    }
    let mut shared = false;
    parts.each(a.part, &mut |one| {
        let (from, to) = spans(one);
        parts.each(b.part, &mut |other| {
            let (other_from, other_to) = spans(other);
            shared |= from < other_to && other_from < to;
        });
    });
    !shared
}

/// Of passages that share a syllable only the closest knit stays; of equal ones the first.
pub(super) fn distinct(passages: &mut Vec<Passage>) {
    passages.dedup_by(|next, kept| {
        if next.from >= kept.to {
            return false;
        }
        if next.gap < kept.gap {
            *kept = *next;
        }
        true
    });
}

/// Drops passages that hold another one.
fn closest(mut found: Vec<Passage>) -> Vec<Passage> {
    if found.len() < 2 {
        return found;
    }
    found.sort_unstable_by_key(|p| (Reverse(p.from), p.to, p.gap));
    let mut shortest = u32::MAX;
    found.retain(|p| {
        let keeps = p.to < shortest;
        shortest = shortest.min(p.to);
        keeps
    });
    found.reverse();
    found
}
