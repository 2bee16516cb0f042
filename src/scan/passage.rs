//! Stretches of a document that a part of a rule matches, and how two of them make a third.

use std::cmp::Reverse;
use std::sync::OnceLock;

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
const MAX_INSIDE: usize = 64;

/// So many pairs are tried one by one: an index would cost more.
const FEW: usize = 64;

/// A list of passages in which neighbours are found by halving.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    /// By start, longer ones first: as [`sort`] leaves them.
    list: Vec<Passage>,
    longest: u32,
    /// By end, the longest of those with one end last; made when asked for.
    by_end: OnceLock<Vec<Passage>>,
}

impl Sorted {
    /// `list` is as [`sort`] leaves it.
    pub(super) fn new(list: Vec<Passage>) -> Self {
        let longest = list.iter().map(|p| p.to - p.from).max().unwrap_or(0);
        Self {
            list,
            longest,
            by_end: OnceLock::new(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub(super) fn to_vec(&self) -> Vec<Passage> {
        self.list.clone()
    }

    /// The nearest that begins where `passage` has ended.
    fn after(&self, passage: &Passage) -> Option<&Passage> {
        let at = self.list.partition_point(|p| p.from < passage.to);
        self.list.get(at)
    }

    /// The nearest that ends before `passage` begins; of equally near ones the longest.
    fn before(&self, passage: &Passage) -> Option<&Passage> {
        let by_end = self.by_end.get_or_init(|| {
            let mut by_end = self.list.clone();
            let place = |p: &Passage| (p.to, Reverse(p.from));
            if !by_end.is_sorted_by_key(place) {
                by_end.sort_unstable_by_key(place);
            }
            by_end
        });
        let at = by_end.partition_point(|p| p.to <= passage.from);
        by_end.get(at.checked_sub(1)?)
    }

    /// Those that share a syllable of the stretch with `passage`, the last ones first; where
    /// many do, not all of them.
    fn inside(&self, passage: &Passage) -> impl Iterator<Item = &Passage> {
        let at = self.list.partition_point(|p| p.from < passage.to);
        self.list[..at]
            .iter()
            .rev()
            .take_while(|p| p.from.saturating_add(self.longest) > passage.from)
            .take(MAX_INSIDE)
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
///
/// In such a pair each is the other's nearest on its side, so that one look from either will do:
/// the shorter list is gone through, the longer one searched.
pub(super) fn pairs(
    left: &Sorted,
    right: &Sorted,
    bond: Bond,
    spans: &impl Fn(u32) -> (u32, u32),
    parts: &mut Parts,
) -> Vec<Passage> {
    let mut found = Vec::new();
    if left.list.len() * right.list.len() <= FEW {
        for a in &left.list {
            for b in &right.list {
                found.extend(either(a, b, bond, spans, parts));
            }
        }
        return closest(found);
    }
    let from_left = left.list.len() <= right.list.len();
    let (few, many) = if from_left {
        (left, right)
    } else {
        (right, left)
    };
    for one in &few.list {
        if from_left || !bond.ordered {
            let after = many.after(one);
            found.extend(after.and_then(|other| join(one, other, bond, parts)));
        }
        if !from_left || !bond.ordered {
            let before = many.before(one);
            found.extend(before.and_then(|other| join(other, one, bond, parts)));
        }
        if !bond.ordered {
            let inside = many
                .inside(one)
                .find(|other| !bond.close || apart(one, other, spans, parts));
            if let Some(other) = inside.copied() {
                found.extend(join(one, &other, bond, parts));
            }
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
    kept: &Sorted,
    absent: &Sorted,
    bond: Bond,
    kept_first: bool,
) -> Vec<Passage> {
    let near =
        |gap: u32, a: &Passage, b: &Passage| gap <= bond.within && a.paragraph == b.paragraph;
    let stands = |a: &&Passage| {
        let after = || absent.after(a).is_some_and(|b| near(b.from - a.to, a, b));
        let before = || absent.before(a).is_some_and(|b| near(a.from - b.to, a, b));
        match (bond.ordered, kept_first) {
            (true, true) => !after(),
            (true, false) => !before(),
            (false, _) => !after() && !before() && absent.inside(a).next().is_none(),
        }
    };
    kept.list.iter().filter(stands).copied().collect()
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
