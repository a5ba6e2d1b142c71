//! The least of a mirror that the function-like macros need: a root with `__macros`, and an executor.

use std::cell::{Cell, RefCell};
use std::future::{Future, IntoFuture};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

pub use coyote_macros::{join_impl, select_impl, try_join_impl};

thread_local! {
    /// What the next calls of `thread_rng_n` return, 0 when used up.
    static STARTS: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
    /// How many polls the budget is not available for.
    static EXHAUSTED: Cell<u32> = const { Cell::new(0) };
}

pub fn starts(starts: &[u32]) {
    STARTS.with(|cell| *cell.borrow_mut() = starts.iter().rev().copied().collect());
}

pub fn exhaust_budget(polls: u32) {
    EXHAUSTED.with(|cell| cell.set(polls));
}

pub fn block_on<F: IntoFuture>(future: F) -> F::Output {
    let mut future = pin!(future.into_future());
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..1_000 {
        if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
            return output;
        }
    }
    panic!("the future is still pending after 1,000 polls");
}

/// Is ready at the given poll, the first being 1.
pub async fn ready_at<T>(poll: u32, value: T) -> T {
    let mut polls = 0;
    std::future::poll_fn(|_| {
        polls += 1;
        if polls >= poll { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    value
}

pub mod support {
    use super::*;

    pub fn thread_rng_n(n: u32) -> u32 {
        let start = STARTS.with(|cell| cell.borrow_mut().pop()).unwrap_or(0);
        assert!(start < n);
        start
    }

    pub fn poll_budget_available(_: &mut Context<'_>) -> Poll<()> {
        EXHAUSTED.with(|cell| match cell.get() {
            0 => Poll::Ready(()),
            left => {
                cell.set(left - 1);
                Poll::Pending
            }
        })
    }

    /// Boxed, for this crate has no `unsafe` to project a pin with.
    pub enum MaybeDone<F: Future> {
        Future(Pin<Box<F>>),
        Done(Option<F::Output>),
    }

    pub fn maybe_done<F: IntoFuture>(future: F) -> MaybeDone<F::IntoFuture> {
        MaybeDone::Future(Box::pin(future.into_future()))
    }

    impl<F: Future<Output: Unpin>> MaybeDone<F> {
        pub fn output_mut(self: Pin<&mut Self>) -> Option<&mut F::Output> {
            if let Self::Done(output) = self.get_mut() { output.as_mut() } else { None }
        }

        pub fn take_output(self: Pin<&mut Self>) -> Option<F::Output> {
            if let Self::Done(output) = self.get_mut() { output.take() } else { None }
        }
    }

    impl<F: Future<Output: Unpin>> Future for MaybeDone<F> {
        type Output = ();

        fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
            let this = self.get_mut();
            if let Self::Future(future) = this {
                match future.as_mut().poll(cx) {
                    Poll::Ready(output) => *this = Self::Done(Some(output)),
                    Poll::Pending => return Poll::Pending,
                }
            }
            Poll::Ready(())
        }
    }
}

#[macro_export]
macro_rules! select {
    ($($arguments:tt)*) => { $crate::__macros::select_impl! { @krate[$crate] $($arguments)* } };
}

#[macro_export]
macro_rules! join {
    ($($arguments:tt)*) => { $crate::__macros::join_impl! { @krate[$crate] $($arguments)* } };
}

#[macro_export]
macro_rules! try_join {
    ($($arguments:tt)*) => { $crate::__macros::try_join_impl! { @krate[$crate] $($arguments)* } };
}
