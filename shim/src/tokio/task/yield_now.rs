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
        match coyote_engine::current() {
            Some(execution) => execution.yield_on_pending(cx.waker()),
            None => cx.waker().wake_by_ref(),
        }
        Poll::Pending
    })
    .await;
}
