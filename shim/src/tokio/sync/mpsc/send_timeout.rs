//! A future with a deadline on the virtual clock.

use ::std::future::{Future, poll_fn};
use ::std::pin::pin;
use ::std::task::Poll;
use ::std::time::Duration;

use coyote_engine::{Op, OpKind, TimerKey, current};

use crate::support::Place;

/// An armed timer, disarmed when dropped.
struct Timer(Option<TimerKey>);

impl Timer {
    fn disarm(&mut self) {
        if let (Some(key), Some(cx)) = (self.0.take(), current()) {
            cx.cancel_timer(key);
        }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.disarm();
    }
}

/// Runs a future, under control, for at most `timeout` of virtual time; None if that was too short. As
/// tokio does, it looks at the future first.
pub(super) async fn before<F: Future>(timeout: Duration, place: Place, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let nanos = u64::try_from(timeout.as_nanos()).unwrap_or(u64::MAX);
    let mut deadline = None;
    let mut timer = Timer(None);
    poll_fn(|poll_cx| {
        let begun = current().map_or(0, |cx| cx.now());
        let deadline = *deadline.get_or_insert(begun.saturating_add(nanos));
        if let Poll::Ready(output) = future.as_mut().poll(poll_cx) {
            return Poll::Ready(Some(output));
        }
        timer.disarm();
        let Some(cx) = current() else { return Poll::Pending };
        if cx.now() >= deadline {
            return Poll::Ready(None);
        }
        timer.0 = Some(cx.arm(deadline, poll_cx.waker().clone()));
        cx.note_wait(Op::local(OpKind::Timeout, place), poll_cx.waker());
        Poll::Pending
    })
    .await
}
