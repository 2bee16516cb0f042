//! A step of a conversation whose library may panic at what the other end says.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

/// What the step gives; nothing where it panicked, and then whatever it worked on is dropped by
/// the caller: lettre 0.11.23 panics at an extension of blanks in the answer to EHLO, imap-proto 0.17.0
/// at a response code that ends in the middle of a character.
pub(super) async fn caught<T>(step: impl Future<Output = T>) -> Option<T> {
    let mut step = pin!(step);
    poll_fn(
        |cx| match catch_unwind(AssertUnwindSafe(|| step.as_mut().poll(cx))) {
            Ok(Poll::Ready(done)) => Poll::Ready(Some(done)),
            Ok(Poll::Pending) => Poll::Pending,
            Err(_) => Poll::Ready(None),
        },
    )
    .await
}
