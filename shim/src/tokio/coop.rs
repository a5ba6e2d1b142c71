//! tokio's cooperative budget, kept per task by the engine: 128 operations in one poll.
//!
//! A resource that is ready may still make a future return `Pending`, once it has used up its budget,
//! so that it cannot starve its lane. Outside an exploration the real resources do this themselves.

use ::std::cell::Cell;
use ::std::fmt;
use ::std::future::Future;
use ::std::pin::Pin;
use ::std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

/// The budget of a future that is not constrained.
pub(crate) const UNCONSTRAINED: u8 = u8::MAX;
/// The budget of a future at the beginning of a poll.
pub(crate) const INITIAL: u8 = 128;

/// Gives the unit of budget back when dropped, unless progress was made.
#[must_use]
pub struct RestoreOnPending {
    /// What was left before, under control.
    before: Cell<Option<u8>>,
    /// tokio's own, outside of any exploration; it also keeps this `!Send`.
    real: Option<::tokio::task::coop::RestoreOnPending>,
}

impl RestoreOnPending {
    fn of(before: Option<u8>) -> Self {
        RestoreOnPending { before: Cell::new(before), real: None }
    }

    /// Keeps the budget spent: the operation was ready.
    pub fn made_progress(&self) {
        self.before.set(None);
        if let Some(real) = &self.real {
            real.made_progress();
        }
    }
}

impl Drop for RestoreOnPending {
    fn drop(&mut self) {
        if let (Some(budget), Some(execution)) = (self.before.get(), coyote_engine::current()) {
            execution.set_budget(budget);
        }
    }
}

impl fmt::Debug for RestoreOnPending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RestoreOnPending").field(&self.before).finish()
    }
}

/// Takes one unit of the current task's budget; if there is none left, wakes the task and returns
/// `Pending`. Outside of any exploration the mirrors' real resources count for themselves, so that this
/// does nothing there.
pub(crate) fn poll_proceed(cx: &mut Context<'_>) -> Poll<RestoreOnPending> {
    let Some(execution) = coyote_engine::current() else { return Poll::Ready(RestoreOnPending::of(None)) };
    match execution.budget() {
        UNCONSTRAINED => Poll::Ready(RestoreOnPending::of(None)),
        0 => {
            cx.waker().wake_by_ref();
            Poll::Pending
        }
        budget => {
            execution.set_budget(budget - 1);
            Poll::Ready(RestoreOnPending::of(Some(budget)))
        }
    }
}

/// Returns `Pending`, having woken the task, if its budget is used up.
pub(crate) fn poll_budget_available(cx: &mut Context<'_>) -> Poll<()> {
    if public::has_budget_remaining() {
        return Poll::Ready(());
    }
    cx.waker().wake_by_ref();
    Poll::Pending
}

/// Runs `f` with a budget of its own, under control.
pub(crate) fn with_budget<R>(budget: u8, f: impl FnOnce() -> R) -> R {
    struct Restore(Option<u8>);
    impl Drop for Restore {
        fn drop(&mut self) {
            if let (Some(budget), Some(execution)) = (self.0, coyote_engine::current()) {
                execution.set_budget(budget);
            }
        }
    }
    let before = coyote_engine::current().map(|execution| {
        let before = execution.budget();
        execution.set_budget(budget);
        before
    });
    let _restore = Restore(before);
    f()
}

/// What `tokio::task::coop` offers.
pub(crate) mod public {
    use super::*;

    /// Returns whether the current task has budget left; true outside of a task.
    pub fn has_budget_remaining() -> bool {
        match coyote_engine::current() {
            Some(execution) => execution.budget() > 0,
            None => ::tokio::task::coop::has_budget_remaining(),
        }
    }

    /// Takes one unit of the task's budget, or returns `Pending` if there is none, in which case the task
    /// is woken. Dropped, the result gives the unit back, unless [`RestoreOnPending::made_progress`] was
    /// called.
    pub fn poll_proceed(cx: &mut Context<'_>) -> Poll<RestoreOnPending> {
        if coyote_engine::current().is_some() {
            return super::poll_proceed(cx);
        }
        let real = ready!(::tokio::task::coop::poll_proceed(cx));
        Poll::Ready(RestoreOnPending { before: Cell::new(None), real: Some(real) })
    }

    /// Takes one unit of the task's budget, and yields if there is none.
    pub async fn consume_budget() {
        let mut status = Poll::Pending;
        ::std::future::poll_fn(move |cx| {
            if status.is_pending() {
                status = poll_proceed(cx).map(|restore| restore.made_progress());
            }
            status
        })
        .await;
    }

    pin_project! {
        /// Makes a future take part in the cooperative budget; see [`cooperative`].
        #[derive(Debug)]
        #[must_use = "futures do nothing unless polled"]
        pub struct Coop<F: Future> {
            #[pin]
            fut: F,
        }
    }

    impl<F: Future> Future for Coop<F> {
        type Output = F::Output;

        fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
            let unit = ready!(poll_proceed(cx));
            let output = ready!(self.project().fut.poll(cx));
            unit.made_progress();
            Poll::Ready(output)
        }
    }

    /// Makes a future take one unit of budget whenever it makes progress.
    pub fn cooperative<F: Future>(fut: F) -> Coop<F> {
        Coop { fut }
    }

    pin_project! {
        /// A future that no budget constrains; see [`unconstrained`].
        #[must_use = "Unconstrained does nothing unless polled"]
        pub struct Unconstrained<F> {
            #[pin]
            inner: ::tokio::task::coop::Unconstrained<F>,
        }
    }

    impl<F: Future> Future for Unconstrained<F> {
        type Output = F::Output;

        fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
            let inner = self.project().inner;
            with_budget(UNCONSTRAINED, || inner.poll(cx))
        }
    }

    /// Turns the cooperative budget off for a future.
    pub fn unconstrained<F>(inner: F) -> Unconstrained<F> {
        Unconstrained { inner: ::tokio::task::coop::unconstrained(inner) }
    }
}
