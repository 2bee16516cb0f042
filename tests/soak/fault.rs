//! What may go wrong, drawn by chance that can be repeated.

/// A fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// `kill -9`, then a new start.
    Kill,
    /// The mail server is away.
    Smtp,
    /// The daemon is stopped, as on a machine that swaps.
    Stop,
    /// A keyword file is broken, then mended.
    BrokenList,
    /// A keyword file is edited.
    Reload,
    /// A third of the hosts.
    Web(Trouble),
}

/// What is wrong with hosts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Requests are never answered.
    Hangs,
    /// 500.
    Fails,
    /// 429 with `Retry-After`.
    Throttles,
    /// A page that is no feed.
    Garbage,
    /// The body never ends.
    Endless,
}

impl Fault {
    /// The next one; `kill` only where that is allowed.
    pub(crate) fn draw(random: &mut Random, kill: bool) -> Self {
        match random.below(if kill { 12 } else { 10 }) {
            0 => Self::Smtp,
            1 => Self::Stop,
            2 => Self::BrokenList,
            3 | 4 => Self::Reload,
            5 => Self::Web(Trouble::Hangs),
            6 => Self::Web(Trouble::Fails),
            7 => Self::Web(Trouble::Throttles),
            8 => Self::Web(Trouble::Garbage),
            9 => Self::Web(Trouble::Endless),
            _ => Self::Kill,
        }
    }
}

/// xorshift64*.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) % bound.max(1)
    }
}
