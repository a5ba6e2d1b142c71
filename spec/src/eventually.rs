//! Futures that have to complete.

use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A future that has to complete eventually; see [`eventually`].
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct Eventually<F> {
    future: F,
    /// The execution, and the number of what is owed in it.
    #[cfg(feature = "control")]
    owed: Option<(u64, usize)>,
}

/// Demands that a future completes: from this call until then it counts as a monitor that is hot. Dropped
/// before, it can complete no more, and the demand stays.
///
/// # Examples
/// ```
/// # async fn reply() -> u8 { 7 }
/// # async fn example() {
/// let reply = coyote_spec::eventually(reply()).await;
/// # let _ = reply;
/// # }
/// ```
#[track_caller]
pub fn eventually<F: Future>(future: F) -> Eventually<F> {
    let place = Location::caller();
    #[cfg(feature = "control")]
    {
        let owed = coyote_engine::current().filter(|execution| execution.is_running()).map(|execution| {
            let number = crate::registry::controlled::next_number(execution);
            execution.monitor_hot(number, "eventually", format!("incomplete, of the future at {place}"));
            (execution.id(), number)
        });
        Eventually { future, owed }
    }
    #[cfg(not(feature = "control"))]
    {
        let _ = place;
        Eventually { future }
    }
}

impl<F: Future> Future for Eventually<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        #[expect(unsafe_code, reason = "pins the future beside what it owes")]
        // SAFETY: `future` is pinned with `self` and never moved out; the other field is not pinned.
        let (this, future) = unsafe {
            let this = self.get_unchecked_mut();
            let future: *mut F = &raw mut this.future;
            (this, Pin::new_unchecked(&mut *future))
        };
        let polled = future.poll(cx);
        #[cfg(feature = "control")]
        if polled.is_ready()
            && let Some((execution, number)) = this.owed.take()
            && let Some(current) = coyote_engine::current()
            && current.id() == execution
        {
            current.monitor_cold(number);
        }
        #[cfg(not(feature = "control"))]
        let _ = this;
        polled
    }
}
