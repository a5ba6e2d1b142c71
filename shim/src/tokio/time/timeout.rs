//! `timeout` and `timeout_at`.

use ::std::future::{Future, IntoFuture};
use ::std::pin::Pin;
use ::std::task::{Context, Poll};
use ::std::time::Duration;

use pin_project_lite::pin_project;

use super::error::Elapsed;
use super::{Instant, Sleep};
use crate::tokio::coop::{self, public::has_budget_remaining};

/// Waits for a future, but for `duration` at most.
///
/// # Panics
/// Panics if not called in a runtime with time enabled.
#[track_caller]
pub fn timeout<F>(duration: Duration, future: F) -> Timeout<F::IntoFuture>
where
    F: IntoFuture,
{
    // Without a deadline that can be represented it is waited for ever.
    #[expect(clippy::manual_map, reason = "a closure would hide who called")]
    let delay = match Instant::now().checked_add(duration) {
        Some(deadline) => Some(Sleep::new(deadline)),
        None => None,
    };
    Timeout { value: future.into_future(), delay }
}

/// Waits for a future, but until `deadline` at most.
///
/// # Panics
/// Panics if not called in a runtime with time enabled.
#[track_caller]
pub fn timeout_at<F>(deadline: Instant, future: F) -> Timeout<F::IntoFuture>
where
    F: IntoFuture,
{
    Timeout { value: future.into_future(), delay: Some(Sleep::new(deadline)) }
}

pin_project! {
    /// A future that is given a limited time; see [`timeout`].
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    #[derive(Debug)]
    pub struct Timeout<T> {
        #[pin]
        value: T,
        #[pin]
        delay: Option<Sleep>,
    }
}

impl<T> Timeout<T> {
    /// Returns the future.
    pub fn get_ref(&self) -> &T {
        &self.value
    }

    /// Returns the future.
    pub fn get_mut(&mut self) -> &mut T {
        &mut self.value
    }

    /// Gives the future back.
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl<T> Future for Timeout<T>
where
    T: Future,
{
    type Output = Result<T::Output, Elapsed>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let had_budget_before = has_budget_remaining();
        if let Poll::Ready(value) = this.value.poll(cx) {
            return Poll::Ready(Ok(value));
        }
        let Some(delay) = this.delay.as_pin_mut() else { return Poll::Pending };
        // A future that has used up the budget must not keep its own time limit from being seen.
        let elapsed = if had_budget_before && !has_budget_remaining() {
            without_budget(delay, cx)
        } else {
            delay.poll_quietly(cx)
        };
        elapsed.map(|()| Err(Elapsed::new()))
    }
}

fn without_budget(delay: Pin<&mut Sleep>, cx: &mut Context<'_>) -> Poll<()> {
    if coyote_engine::current().is_some() {
        return coop::with_budget(coop::UNCONSTRAINED, || delay.poll_quietly(cx));
    }
    let mut quiet = delay;
    let quiet = ::std::future::poll_fn(move |cx| quiet.as_mut().poll_quietly(cx));
    ::std::pin::pin!(::tokio::task::coop::unconstrained(quiet)).poll(cx)
}
