//! Named points of the code at which a test can have the process die as `kill -9` ends it: each
//! stands between two writes whose order matters.
//!
//! They do something only where debug assertions are on, as in the builds that tests drive: a
//! release build does not even know the name of the variable. `CANHTIN_FAILPOINT=recorded` kills
//! the process when it comes there first, `CANHTIN_FAILPOINT=recorded:3` at the third time.

macro_rules! points {
    ($($(#[$meaning:meta])* $point:ident $name:literal,)+) => {
        /// A point, named for what has just been done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Point {
            $($(#[$meaning])* $point,)+
        }

        impl Point {
            /// Every point.
            pub const ALL: &[Self] = &[$(Self::$point,)+];

            /// Its name in `CANHTIN_FAILPOINT`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$point => $name,)+
                }
            }
        }
    };
}

points! {
    /// A source was read; nothing of it is recorded.
    Fetched "fetched",
    /// The fingerprints of what tells a rumour are kept, its alerts are not.
    TellingsKept "tellings-kept",
    /// The alerts are in the ledger, the items not in the seen memory.
    Recorded "recorded",
    /// The items are remembered, the validators not.
    ItemsRemembered "items-remembered",
    /// The validators are kept, the state of the source is not.
    ValidatorsKept "validators-kept",
    /// A group is frozen into a mail that is not committed.
    GroupFrozen "group-frozen",
    /// The mail of a group is committed.
    GroupClosed "group-closed",
    /// The same for a mail of several groups.
    DigestFrozen "digest-frozen",
    /// It is committed.
    DigestClosed "digest-closed",
    /// The same for a mail that only refutes.
    FollowUpFrozen "follow-up-frozen",
    /// It is committed.
    FollowUpClosed "follow-up-closed",
    /// Notices are frozen into a mail to the admins that is not committed.
    NoticeFrozen "notice-frozen",
    /// It is committed.
    NoticeClosed "notice-closed",
    /// A delivery is claimed; what became of the one before is recorded.
    DeliveryClaimed "delivery-claimed",
    /// The bytes of the mail are kept, no connection is made.
    MailComposed "mail-composed",
    /// All of the mail is with the server, whose reply is not read.
    MailDotted "mail-dotted",
    /// The server has taken the mail; that is not recorded.
    MailTaken "mail-taken",
    /// It is recorded.
    MailMarked "mail-marked",
    /// The seen memory is copied for its compaction; the old one is in its place.
    SeenCopied "seen-copied",
    /// The old one is moved away; there is none in its place.
    SeenMoved "seen-moved",
    /// The copy is in its place; the old one is not deleted.
    SeenSwapped "seen-swapped",
    /// The old one is deleted.
    SeenCleared "seen-cleared",
    /// A new ledger is whole and has not its name.
    LedgerMade "ledger-made",
    /// An older ledger has the new schema; its records are not sealed.
    SchemaMoved "schema-moved",
    /// They are.
    RecordsSealed "records-sealed",
    /// A backup is whole and has not its name.
    BackupCopied "backup-copied",
    /// It has.
    BackupNamed "backup-named",
    /// The seen memory has forgotten what came after the backup that is to be put back.
    RestoreRewound "restore-rewound",
    /// The backup is copied beside the ledger.
    RestoreCopied "restore-copied",
    /// The ledger is moved away; there is none in its place.
    RestoreCleared "restore-cleared",
    /// The backup is in its place; that is not noted.
    RestoreSwapped "restore-swapped",
    /// A page is refused from now on; what is recorded of it is there.
    PageRefused "page-refused",
    /// An alert of it is deleted.
    PageAlertGone "page-alert-gone",
    /// A mail says nothing of it any more.
    PageMailChanged "page-mail-changed",
    /// The ledger has forgotten it; kept texts and files have not.
    PageForgotten "page-forgotten",
}

/// Dies here, where `CANHTIN_FAILPOINT` says so.
#[cfg(debug_assertions)]
pub fn reach(point: Point) {
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    use rustix::process::{Signal, getpid, kill_process};

    static ASKED: LazyLock<Option<(String, u64)>> = LazyLock::new(|| {
        let asked = std::env::var("CANHTIN_FAILPOINT").ok()?;
        Some(match asked.split_once(':') {
            Some((name, nth)) => (name.to_owned(), nth.parse().ok()?),
            None => (asked, 1),
        })
    });
    static REACHED: AtomicU64 = AtomicU64::new(0);
    let Some((name, nth)) = &*ASKED else {
        return;
    };
    if name == point.name() && REACHED.fetch_add(1, Ordering::Relaxed) + 1 == *nth {
        let killed = kill_process(getpid(), Signal::KILL);
        // The signal may take a moment; nothing may be done in it.
        while killed.is_ok() {
            std::thread::park();
        }
    }
}

/// Does nothing: this is no build for tests.
#[cfg(not(debug_assertions))]
#[inline]
pub fn reach(_: Point) {}

/// Reaches the point when `work` first has to wait for somebody else.
#[cfg(debug_assertions)]
pub async fn reach_waiting<T>(point: Point, work: impl Future<Output = T>) -> T {
    let mut work = std::pin::pin!(work);
    std::future::poll_fn(|cx| {
        let polled = work.as_mut().poll(cx);
        if polled.is_pending() {
            reach(point);
        }
        polled
    })
    .await
}

/// Only does the work: this is no build for tests.
#[cfg(not(debug_assertions))]
pub async fn reach_waiting<T>(_: Point, work: impl Future<Output = T>) -> T {
    work.await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_has_a_name_of_its_own() {
        let names: std::collections::BTreeSet<&str> = Point::ALL.iter().map(|p| p.name()).collect();
        assert_eq!(names.len(), Point::ALL.len());
        assert!(names.len() > 30, "only {} points", names.len());
    }
}
