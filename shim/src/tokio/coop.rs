//! tokio's cooperative budget, kept per task by the engine: 128 operations in one poll.
//!
//! A resource that is ready may still make a future return `Pending`, once it has used up its budget,
//! so that it cannot starve its lane. Outside an exploration the real resources do this themselves.

use ::std::task::{Context, Poll};

/// The budget of a future that is not constrained.
pub(crate) const UNCONSTRAINED: u8 = u8::MAX;

/// Gives the unit of budget back when dropped, unless progress was made.
#[must_use]
pub(crate) struct RestoreOnPending(Option<u8>);

impl RestoreOnPending {
    /// Keeps the budget spent: the operation was ready.
    pub(crate) fn made_progress(mut self) {
        self.0 = None;
    }
}

impl Drop for RestoreOnPending {
    fn drop(&mut self) {
        if let (Some(budget), Some(execution)) = (self.0, coyote_engine::current()) {
            execution.set_budget(budget);
        }
    }
}

/// Takes one unit of the current task's budget; if there is none left, wakes the task and returns
/// `Pending`.
pub(crate) fn poll_proceed(cx: &mut Context<'_>) -> Poll<RestoreOnPending> {
    let Some(execution) = coyote_engine::current() else { return Poll::Ready(RestoreOnPending(None)) };
    match execution.budget() {
        UNCONSTRAINED => Poll::Ready(RestoreOnPending(None)),
        0 => {
            cx.waker().wake_by_ref();
            Poll::Pending
        }
        budget => {
            execution.set_budget(budget - 1);
            Poll::Ready(RestoreOnPending(Some(budget)))
        }
    }
}
