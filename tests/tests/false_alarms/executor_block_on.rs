//! A thread waits for a flag with `futures::executor::block_on`; another sets it.
//! The mistake: to look at the flag first, and to leave the waker afterwards. What is set in between wakes nobody.

use crate::suite::threads;

#[coyote::instrument]
mod program {
    use std::pin::Pin;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Arc, Mutex};
    use std::task::{Context, Poll, Waker};

    use futures::executor::block_on;

    #[derive(Default)]
    pub(super) struct Flag {
        is_set: AtomicBool,
        waker: Mutex<Option<Waker>>,
    }

    impl Flag {
        fn set(&self) {
            self.is_set.store(true, Ordering::SeqCst);
            if let Some(waker) = self.waker.lock().unwrap().take() {
                waker.wake();
            }
        }

        fn leave(&self, waker: &Waker) {
            *self.waker.lock().unwrap() = Some(waker.clone());
        }
    }

    pub(super) struct LeaveFirst(pub(super) Arc<Flag>);

    impl Future for LeaveFirst {
        type Output = ();

        fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
            self.0.leave(cx.waker());
            if self.0.is_set.load(Ordering::SeqCst) { Poll::Ready(()) } else { Poll::Pending }
        }
    }

    pub(super) struct LookFirst(pub(super) Arc<Flag>);

    impl Future for LookFirst {
        type Output = ();

        fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
            if self.0.is_set.load(Ordering::SeqCst) {
                return Poll::Ready(());
            }
            self.0.leave(cx.waker());
            Poll::Pending
        }
    }

    pub(super) fn wait<F: Future<Output = ()>>(waiting: fn(Arc<Flag>) -> F) {
        for _ in 0..2 {
            let flag = Arc::new(Flag::default());
            let theirs = Arc::clone(&flag);
            let setter = std::thread::spawn(move || theirs.set());
            block_on(waiting(flag));
            setter.join().unwrap();
        }
    }
}

use program::{LeaveFirst, LookFirst, wait};

#[test]
fn a_thread_in_block_on_is_woken() {
    threads(|| wait(LeaveFirst)).passes();
}

#[test]
fn a_lost_wake_up_in_block_on_deadlocks() {
    threads(|| wait(LookFirst)).deadlocks();
}
