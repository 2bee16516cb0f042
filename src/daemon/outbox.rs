//! The outbox at work: due groups become mails, mails leave.

use std::time::Duration;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::alert::{Admin, Content, Routing};
use crate::failpoint::{self, Point};
use crate::ledger::{Claimed, Closed, Delay, Ledger, LedgerError, Recipients};
use crate::mail::{Class, ComposeError, Office, SendError, Settings, Transport, compose_content};

/// The first wait after a failed attempt; it doubles with each further one. Postfix's
/// `minimal_backoff_time`, <https://www.postfix.org/postconf.5.html>.
const MIN_BACKOFF: Duration = Duration::from_secs(300);

/// The longest wait between two attempts: Postfix's `maximal_backoff_time`.
const MAX_BACKOFF: Duration = Duration::from_secs(4000);

/// How long a delivery is tried: Postfix's `maximal_queue_lifetime`, and the least that
/// RFC 5321 §4.5.4.1 asks for.
const LIFETIME: Duration = Duration::from_secs(5 * 24 * 3600);

/// How long a mail under way may take to end once the program was asked to stop.
const GRACE: Duration = Duration::from_secs(15);

/// How long to wait before that a mail was sent is recorded once more.
const RECORD_AGAIN: Duration = Duration::from_secs(5);

/// Mails under way at once. Few: an office's own server need not fear its guests.
pub const LANES: usize = 4;

/// What the outbox works with.
#[derive(Debug, Clone, Copy)]
pub struct Desk<'a> {
    /// Where the mails wait.
    pub ledger: &'a Ledger,
    /// Whose mails they are.
    pub office: &'a Office,
    /// What they are composed with.
    pub settings: &'a Settings,
    /// How they leave.
    pub transport: &'a Transport,
}

/// What became of the deliveries that were due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Drained {
    /// Taken by the server.
    pub sent: usize,
    /// To be tried again later.
    pub postponed: usize,
    /// Refused for good, or tried for too long.
    pub held: usize,
}

/// How a delivery ended that was not taken.
enum Ending {
    Postponed,
    Held,
}

/// Makes mails of the groups that are due, of every open one if `all`.
///
/// # Errors
/// When the ledger cannot be read or written.
pub async fn close_due(
    desk: &Desk<'_>,
    routing: &Routing,
    now: Timestamp,
    all: bool,
) -> Result<Closed, LedgerError> {
    let recipients = |name: &str| {
        let receiver = routing
            .receivers
            .iter()
            .find(|receiver| receiver.name == name)?;
        Some(Recipients {
            to: receiver.to.clone(),
            max_per_hour: if all {
                receiver.max_per_hour
            } else {
                Some(receiver.most_per_hour())
            },
        })
    };
    let domain = desk.settings.domain();
    let _turn = desk.ledger.turn().await;
    let closed = desk
        .ledger
        .close_due(now, all, &recipients, &domain)
        .await?;
    for receiver in &closed.orphans {
        warn!(
            receiver,
            "alerts wait for a receiver that the settings know no more"
        );
    }
    Ok(closed)
}

/// Makes mails to the admins of the notices that are due, of all that wait if `all`.
///
/// # Errors
/// When the ledger cannot be read or written.
pub async fn close_notices(
    desk: &Desk<'_>,
    admin: &Admin,
    now: Timestamp,
    all: bool,
) -> Result<Vec<String>, LedgerError> {
    let domain = desk.settings.domain();
    desk.ledger
        .close_notices(now, all, &admin.to, &domain)
        .await
}

/// Sends what is due by several lanes at once, so that a server that hangs over one mail holds up
/// its recipient only.
///
/// # Errors
/// As [`drain`].
pub async fn drain_by_lanes(
    desk: &Desk<'_>,
    clock: impl Fn() -> Timestamp + Copy,
    stop: &CancellationToken,
) -> Result<Drained, LedgerError> {
    let lane = || drain(desk, clock, stop);
    let (a, b, c, d) = tokio::join!(lane(), lane(), lane(), lane());
    [a, b, c, d]
        .into_iter()
        .try_fold(Drained::default(), |sum, lane| {
            let lane = lane?;
            Ok(Drained {
                sent: sum.sent + lane.sent,
                postponed: sum.postponed + lane.postponed,
                held: sum.held + lane.held,
            })
        })
}

/// Sends what is due, oldest first: claim → compose → send → mark. When `stop` is set, the mail
/// under way is finished, or put back for the next start.
///
/// # Errors
/// When the ledger cannot be read or written; a delivery under way is then tried again, with
/// the same bytes.
pub async fn drain(
    desk: &Desk<'_>,
    clock: impl Fn() -> Timestamp,
    stop: &CancellationToken,
) -> Result<Drained, LedgerError> {
    drain_calling(desk, clock, || {}, stop).await
}

/// The same, and calls `more` whenever a mail is about to be sent: there may be others for
/// another lane.
pub(super) async fn drain_calling(
    desk: &Desk<'_>,
    clock: impl Fn() -> Timestamp,
    more: impl Fn(),
    stop: &CancellationToken,
) -> Result<Drained, LedgerError> {
    let mut drained = Drained::default();
    let mut taken: Option<Taken> = None;
    while !stop.is_cancelled() {
        let Some(claimed) = next(desk, taken.take(), clock(), stop).await? else {
            break;
        };
        more();
        failpoint::reach(Point::DeliveryClaimed);
        let raw = match composed(desk, &claimed).await? {
            Ok(raw) => raw,
            Err(error) => {
                // Another attempt would compose the same.
                desk.ledger
                    .hold(&claimed, clock(), &error.to_string())
                    .await?;
                warn!(mail = claimed.mail, %error, "held: it cannot be composed");
                drained.held += 1;
                continue;
            }
        };
        failpoint::reach(Point::MailComposed);
        match send(desk.transport, &claimed, &raw, stop).await {
            Some(Ok(reply)) => {
                failpoint::reach(Point::MailTaken);
                drained.sent += 1;
                taken = Some(Taken {
                    claimed,
                    reply,
                    at: clock(),
                });
            }
            Some(Err(error)) => match mark(desk.ledger, &claimed, Some(error), clock()).await? {
                Ending::Postponed => drained.postponed += 1,
                Ending::Held => drained.held += 1,
            },
            None => {
                mark(desk.ledger, &claimed, None, clock()).await?;
                drained.postponed += 1;
            }
        }
    }
    if let Some(taken) = taken {
        taken.record(desk.ledger, stop).await?;
    }
    Ok(drained)
}

/// A delivery that the server has taken, and that is not recorded yet.
struct Taken {
    claimed: Claimed,
    reply: String,
    at: Timestamp,
}

impl Taken {
    async fn record(&self, ledger: &Ledger, stop: &CancellationToken) -> Result<(), LedgerError> {
        let sent = || ledger.sent(&self.claimed, self.at, &self.reply);
        insist(sent, RECORD_AGAIN, stop).await?;
        self.recorded();
        Ok(())
    }

    fn recorded(&self) {
        failpoint::reach(Point::MailMarked);
        info!(mail = self.claimed.mail, "sent {}", self.claimed.mail);
    }
}

/// Records what was taken, and claims what is next in the same transaction. Where that fails, what
/// was taken is recorded by itself first.
async fn next(
    desk: &Desk<'_>,
    taken: Option<Taken>,
    now: Timestamp,
    stop: &CancellationToken,
) -> Result<Option<Claimed>, LedgerError> {
    let compose = |content: &Content| {
        let mail = compose_content(content, desk.office, desk.settings).ok()?;
        Some((mail.subject, mail.raw))
    };
    let Some(taken) = taken else {
        return desk.ledger.claim_after(None, now, &compose).await;
    };
    let done = Some((&taken.claimed, &*taken.reply));
    match desk.ledger.claim_after(done, now, &compose).await {
        Ok(claimed) => {
            taken.recorded();
            Ok(claimed)
        }
        Err(_) => {
            taken.record(desk.ledger, stop).await?;
            desk.ledger.claim_after(None, now, &compose).await
        }
    }
}

/// The bytes of the mail. They are kept before they are used for the first time, so that a retry
/// sends the very same.
async fn composed(
    desk: &Desk<'_>,
    claimed: &Claimed,
) -> Result<Result<Vec<u8>, ComposeError>, LedgerError> {
    if let Some(raw) = &claimed.raw {
        return Ok(Ok(raw.clone()));
    }
    let mail = match compose_content(&claimed.content, desk.office, desk.settings) {
        Ok(mail) => mail,
        Err(error) => return Ok(Err(error)),
    };
    let kept = desk
        .ledger
        .keep_composed(&claimed.mail, &mail.subject, mail.raw)
        .await?;
    Ok(Ok(kept))
}

/// What the server said; `None` if the program was asked to stop before it said anything.
async fn send(
    transport: &Transport,
    claimed: &Claimed,
    raw: &[u8],
    stop: &CancellationToken,
) -> Option<Result<String, SendError>> {
    let patience = async {
        stop.cancelled().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        answer = transport.send(&claimed.recipient, &claimed.mail, raw) => {
            Some(answer.map(|reply| reply.text))
        }
        () = patience => None,
    }
}

/// Marks a delivery that was not taken: refused, or with `None` stopped on the way.
async fn mark(
    ledger: &Ledger,
    claimed: &Claimed,
    error: Option<SendError>,
    now: Timestamp,
) -> Result<Ending, LedgerError> {
    let mail = &claimed.mail;
    match error {
        Some(error) if error.class == Class::Permanent => {
            ledger.hold(claimed, now, &error.reply).await?;
            // The reply may name the recipient: it is in the ledger, not in the journal.
            warn!(mail, "held: the server refuses {mail} for good");
            Ok(Ending::Held)
        }
        Some(error) if is_too_old(claimed, now) => {
            ledger.hold(claimed, now, &error.reply).await?;
            warn!(mail, "held: {mail} was tried for five days");
            Ok(Ending::Held)
        }
        Some(error) => {
            let next = later(now, backoff(claimed.attempts));
            let why = match error.class {
                Class::Away => Delay::Away,
                Class::Temporary | Class::Permanent => Delay::Refused,
            };
            ledger
                .postpone(claimed, now, next, &error.reply, why)
                .await?;
            warn!(mail, attempts = claimed.attempts, %next, "postponed");
            Ok(Ending::Postponed)
        }
        None => {
            ledger
                .postpone(claimed, now, now, "stopped while sending", Delay::Stopped)
                .await?;
            info!(
                mail,
                "stopped while sending: it is sent again after the start"
            );
            Ok(Ending::Postponed)
        }
    }
}

/// Records what must not be forgotten, as often as it takes: a mail that was taken while the disk
/// is full would otherwise be sent once more. Only a stop ends it, or an error that stays.
async fn insist<F>(
    record: impl Fn() -> F,
    pause: Duration,
    stop: &CancellationToken,
) -> Result<(), LedgerError>
where
    F: Future<Output = Result<(), LedgerError>>,
{
    loop {
        let error = match record().await {
            Err(error @ (LedgerError::Disk { .. } | LedgerError::Busy)) => error,
            ended => return ended,
        };
        if stop.is_cancelled() {
            return Err(error);
        }
        error!(%error, "a mail was sent, and that cannot be recorded yet");
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Whether a delivery has been tried for as long as it is worth.
fn is_too_old(claimed: &Claimed, now: Timestamp) -> bool {
    now >= later(claimed.queued, LIFETIME)
}

/// How long to wait after the given attempt, counted from one.
fn backoff(attempts: u32) -> Duration {
    let doublings = attempts.saturating_sub(1).min(16);
    MIN_BACKOFF.saturating_mul(1 << doublings).min(MAX_BACKOFF)
}

fn later(time: Timestamp, by: Duration) -> Timestamp {
    time.checked_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
pub(super) mod tests;
