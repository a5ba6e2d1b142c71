//! `yield_now`.

use ::std::future::poll_fn;
use ::std::task::Poll;

/// Lets other tasks run.
pub async fn yield_now() {
    if coyote_engine::current().is_none() {
        return ::tokio::task::yield_now().await;
    }
    let mut yielded = false;
    poll_fn(|cx| {
        if yielded {
            return Poll::Ready(());
        }
        yielded = true;
        // A combinator polls its part again only if the waker that it gave it was woken.
        cx.waker().wake_by_ref();
        if let Some(execution) = coyote_engine::current() {
            execution.yield_on_pending();
        }
        Poll::Pending
    })
    .await;
}
