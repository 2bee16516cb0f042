//! Answers by mail: looked for in the mailbox, checked, recorded as verdicts. That the mailbox
//! cannot be reached is no trouble for anything else.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::world::Snapshot;
use super::{Clock, with_key};
use crate::alert::{Routing, Verdict, parse_address};
use crate::ledger::{Ledger, LedgerError, Ruled, Ruling, Target, Way};
use crate::mail::{Answer, AnswerKey, ImapError, Incoming, Mailbox, Passed};

/// How long a snooze by mail hides.
const SNOOZE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How long to wait where no mailbox is configured: a reload may bring one.
const IDLE: Duration = Duration::from_secs(60);

/// What became of a mail that looked like an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heeded {
    /// Its verdict is recorded.
    Recorded,
    /// It said so before.
    Repeated,
    /// It is no answer: left as it is.
    NoAnswer,
    /// A machine wrote it.
    Automatic,
    /// None of the receivers has the address that it comes from.
    Stranger,
    /// The token is not the one of this alert's mails to that receiver.
    WrongToken,
    /// There is no such alert any more.
    Unknown,
}

/// What was looked at in one round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Round {
    /// Verdicts recorded.
    pub recorded: usize,
    /// Mails refused.
    pub refused: usize,
}

/// Why a round was not finished; it is made again.
#[derive(Debug, thiserror::Error)]
pub enum AnswersError {
    /// The mailbox.
    #[error(transparent)]
    Mailbox(#[from] ImapError),
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Looks for answers until `stop`, by the settings that `live` gives at each round.
pub(super) async fn watch(
    ledger: &Ledger,
    live: impl Fn() -> std::sync::Arc<Snapshot>,
    clock: Clock,
    stop: &CancellationToken,
) {
    let mut passed = Passed::default();
    while !stop.is_cancelled() {
        // Not kept over the wait: it would keep replaced settings alive.
        let looked = {
            let snapshot = live();
            stop.run_until_cancelled(look(ledger, &snapshot, clock, &mut passed))
                .await
        };
        let wait = match looked {
            None => return,
            Some(Ok(None)) => IDLE,
            Some(Ok(Some((round, every)))) => {
                let Round { recorded, refused } = round;
                if recorded + refused > 0 {
                    info!(recorded, refused, "answers by mail");
                }
                every
            }
            Some(Err((error, every))) => {
                let error = without_addresses(&error.to_string());
                warn!(error, "answers by mail could not be read: {error}");
                every
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// One round with the snapshot's mailbox, if it has one; and how long to wait after it.
async fn look(
    ledger: &Ledger,
    snapshot: &Snapshot,
    clock: Clock,
    passed: &mut Passed,
) -> Result<Option<(Round, Duration)>, (AnswersError, Duration)> {
    let settings = with_key(&snapshot.config);
    let Some((mailbox, key)) = settings
        .answers
        .as_ref()
        .and_then(|answers| Some((answers.mailbox.as_ref()?, answers.key.as_ref()?)))
    else {
        return Ok(None);
    };
    let every = mailbox.every;
    let round = async {
        let mut mailbox = Mailbox::open(mailbox).await?;
        let routing = &snapshot.config.routing;
        let round = read(&mut mailbox, ledger, routing, key, clock, passed).await;
        mailbox.close().await;
        round
    };
    match round.await {
        Ok(round) => Ok(Some((round, every))),
        Err(error) => Err((error, every)),
    }
}

/// What a server said, without the addresses in it: the journal holds none.
fn without_addresses(text: &str) -> String {
    let words = text.split_whitespace();
    let plain = words.map(|word| if word.contains('@') { "…" } else { word });
    plain.collect::<Vec<_>>().join(" ")
}

/// Reads what is new, and marks as seen what was recorded or refused. What the ledger could
/// not record is read again; what is no answer stays unseen. What was read is `passed` over from
/// then on.
///
/// # Errors
/// When the mailbox or the ledger fails; the rest is read in the next round.
pub async fn read(
    mailbox: &mut Mailbox,
    ledger: &Ledger,
    routing: &Routing,
    key: &AnswerKey,
    clock: Clock,
    passed: &mut Passed,
) -> Result<Round, AnswersError> {
    let mut round = Round::default();
    for mail in mailbox.fresh(passed).await? {
        let heeded = heed(ledger, routing, key, &mail, clock()).await?;
        match heeded {
            Heeded::NoAnswer => {
                passed.note(mail.uid);
                continue;
            }
            Heeded::Recorded => round.recorded += 1,
            Heeded::Repeated => {}
            refused => {
                // Who wrote it stands in the mailbox, not in the journal.
                warn!(?refused, "an answer by mail was refused");
                round.refused += 1;
            }
        }
        mailbox.mark_seen(&[mail.uid]).await?;
        passed.note(mail.uid);
    }
    Ok(round)
}

/// Checks one mail, and records its verdict: it must come from an address of a receiver, and
/// bear the token of the alert's mails to that receiver.
///
/// # Errors
/// When the ledger cannot be written.
pub async fn heed(
    ledger: &Ledger,
    routing: &Routing,
    key: &AnswerKey,
    mail: &Incoming,
    now: Timestamp,
) -> Result<Heeded, LedgerError> {
    let Some(answer) = Answer::of_subject(&mail.subject) else {
        return Ok(Heeded::NoAnswer);
    };
    if mail.automatic {
        return Ok(Heeded::Automatic);
    }
    let is_sender = |to: &String| {
        let address = parse_address(to).map(|(_, address)| address.to_string().to_lowercase());
        address.is_some() && address == mail.from
    };
    let mut known = false;
    let mut by = None;
    for receiver in &routing.receivers {
        if receiver.to.iter().any(is_sender) {
            known = true;
            if key.knows(&receiver.name, &answer) {
                by = Some(receiver.name.clone());
            }
        }
    }
    let Some(by) = by else {
        return Ok(if known {
            Heeded::WrongToken
        } else {
            Heeded::Stranger
        });
    };
    let snoozes = answer.verdict == Verdict::Snooze;
    let ruling = Ruling {
        target: Target::Alert(answer.alert),
        verdict: answer.verdict,
        until: snoozes.then(|| now.checked_add(SNOOZE).unwrap_or(Timestamp::MAX)),
        by,
        way: Way::Mail,
        note: None,
        answer: Some(mail.name.clone()),
    };
    Ok(match ledger.judge(&ruling, now).await? {
        Ruled::Recorded { .. } => Heeded::Recorded,
        Ruled::Repeated => Heeded::Repeated,
        Ruled::Unknown => Heeded::Unknown,
    })
}

#[cfg(test)]
mod tests;
