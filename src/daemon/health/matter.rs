//! The notice that a change makes.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Change, Ended, Kind};
use crate::alert::{Matter, SourceName, Trouble};
use crate::daemon::pipeline::End;
use crate::fetch::Failure;
use crate::message::Lang;

/// What admins are told of a change; `None` where it is worth no mail. `open`: what was open
/// before it.
pub(super) fn matter(
    ended: Ended<'_>,
    change: Change,
    open: &BTreeMap<Kind, Timestamp>,
    lang: Lang,
) -> Option<Matter> {
    let Ended { source, state, .. } = ended;
    let name = SourceName {
        id: source.id.to_string(),
        name: source.name.clone(),
    };
    let (kind, since) = match change {
        Change::Begins(kind, since) => (kind, since),
        Change::Ends(_, false) => return None,
        Change::Ends(kind, true) => {
            return Some(Matter::SourceBack {
                source: name,
                since: open.get(&kind).copied(),
            });
        }
    };
    let (source, since, last_new) = (name, Some(since), state.last_new);
    Some(match kind {
        Kind::Dead => Matter::SourceDead {
            source,
            trouble: trouble(ended, since, lang),
        },
        Kind::Closed => Matter::SourceClosed {
            source,
            trouble: trouble(ended, since, lang),
        },
        Kind::Failing => Matter::SourceFailing {
            source,
            trouble: trouble(ended, since, lang),
        },
        Kind::Rotten => Matter::SourceRotten {
            source,
            since: last_new,
        },
        Kind::Empty => Matter::SourceEmpty {
            source,
            since: last_new,
        },
        Kind::Silent => Matter::SourceSilent {
            source,
            since: last_new,
        },
        Kind::Moved => Matter::SourceMoved {
            source,
            from: ended.source.url.to_string(),
            to: state.moved_to.clone().unwrap_or_default(),
        },
        Kind::Gap => Matter::SourceGap {
            source,
            since: state.last_gap_from,
            until: ended.now,
        },
        // It is told with how many hosts are silent.
        Kind::LineDown => return None,
    })
}

fn trouble(ended: Ended<'_>, since: Option<Timestamp>, lang: Lang) -> Trouble {
    let (words, detail) = match ended.end {
        End::Failed(Failure { class, detail, .. }) => (class.what().say(lang), detail.clone()),
        _ => Default::default(),
    };
    Trouble {
        words,
        detail,
        since,
        last_success: ended.state.last_success,
    }
}
