//! `yield_now`.

use ::std::future::Future;
use ::std::marker::{PhantomData, PhantomPinned};
use ::std::pin::{Pin, pin};
use ::std::task::{Context, Poll};

use pin_project_lite::pin_project;

/// Lets other tasks run.
pub fn yield_now() -> impl Future<Output = ()> + Send + Sync {
    YieldNow { yielded: false, _pinned: PhantomPinned, _not_unwind_safe: PhantomData }
}

pin_project! {
    // Not an `async fn`: what a task polls at every step is kept small.
    struct YieldNow {
        yielded: bool,
        // tokio's future is not `Unpin`.
        #[pin]
        _pinned: PhantomPinned,
        // Nor is it `UnwindSafe`.
        _not_unwind_safe: PhantomData<&'static mut ()>,
    }
}

impl Future for YieldNow {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let yielded = self.project().yielded;
        if *yielded {
            return Poll::Ready(());
        }
        *yielded = true;
        if coyote_engine::yield_on_pending(cx.waker()) {
            return Poll::Pending;
        }
        yield_really(cx)
    }
}

/// Once polled, the real one has done all that it does.
#[cold]
#[inline(never)]
fn yield_really(cx: &mut Context<'_>) -> Poll<()> {
    pin!(::tokio::task::yield_now()).poll(cx)
}
