//! What `#[coyote::instrument]` puts into the program: named scheduling points, and statics that begin
//! anew in each execution.

#![expect(unsafe_code, reason = "lends a value that the execution keeps")]

use std::any::Any;
use std::future::{Future, IntoFuture};
use std::ops::Deref;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::OnceLock;
use std::task::{Context, Poll};

use coyote_engine::{Op, OpKind};

#[track_caller]
fn point(kind: OpKind) {
    if let Some(execution) = coyote_engine::current() {
        execution.point(Op::local(kind, Location::caller()));
    }
}

/// A scheduling point at the entry of an `async fn`.
#[track_caller]
pub fn at_async_entry() {
    point(OpKind::Entry);
}

/// A scheduling point at the head of a loop's body.
#[track_caller]
pub fn at_loop() {
    point(OpKind::Loop);
}

/// A scheduling point before a future is polled for the first time.
#[track_caller]
pub fn at_await<F: IntoFuture>(future: F) -> AtAwait<F::IntoFuture> {
    AtAwait { location: Some(Location::caller()), future: future.into_future() }
}

/// What is written at the address of a pointer that a tracked cell has just given out is known to be.
#[track_caller]
pub fn written<P>(pointer: P) -> P {
    if let Some(execution) = coyote_engine::current()
        && let Some(address) = address(&pointer)
    {
        execution.touched_to_write(address, Location::caller());
    }
    pointer
}

/// Returns the address in a raw pointer; None of anything else.
fn address<P>(pointer: &P) -> Option<usize> {
    let is_pointer = std::any::type_name::<P>().starts_with("*mut ") && size_of::<P>() >= size_of::<usize>();
    // SAFETY: a raw pointer begins with its address; `P` is one, by its name.
    is_pointer.then(|| unsafe { (&raw const *pointer).cast::<usize>().read() })
}

/// A destructor runs until what this returns is dropped: what it touches is its own.
pub fn destroys() -> Destroys {
    Destroys(coyote_engine::current().is_some_and(|execution| execution.destroys(true)))
}

/// See [`destroys`].
#[derive(Debug)]
pub struct Destroys(bool);

impl Drop for Destroys {
    fn drop(&mut self) {
        if self.0
            && let Some(execution) = coyote_engine::current()
        {
            execution.destroys(false);
        }
    }
}

/// This file, as locations name it: futures that are polled here by an instrumented `.await` see it.
pub(crate) const FILE: &str = file!();

/// See [`at_await`].
#[derive(Debug)]
pub struct AtAwait<F> {
    location: Option<&'static Location<'static>>,
    future: F,
}

impl<F: Future> Future for AtAwait<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        // SAFETY: `future` is pinned with `self` and never moved out; `location` is not pinned.
        let this = unsafe { self.get_unchecked_mut() };
        if let Some(location) = this.location.take()
            && let Some(execution) = coyote_engine::current()
        {
            execution.point(Op::local(OpKind::Await, location));
        }
        // SAFETY: as above.
        unsafe { Pin::new_unchecked(&mut this.future) }.poll(cx)
    }
}

/// A static of instrumented code. Each execution has a value of its own; outside of executions there is
/// one for the process, as without instrumentation.
pub struct PerExecution<T: 'static> {
    init: fn() -> T,
    outside: OnceLock<T>,
}

impl<T: 'static> PerExecution<T> {
    /// Creates the static; `init` is called at first use in each execution.
    pub const fn new(init: fn() -> T) -> Self {
        PerExecution { init, outside: OnceLock::new() }
    }
}

impl<T: 'static> Deref for PerExecution<T> {
    type Target = T;

    fn deref(&self) -> &T {
        let Some(execution) = coyote_engine::current() else {
            return self.outside.get_or_init(self.init);
        };
        let key = &raw const *self as usize;
        let value: Rc<dyn Any> = execution.global(key).unwrap_or_else(|| {
            let value: Rc<dyn Any> = Rc::new((self.init)());
            execution.set_global(key, Rc::clone(&value));
            value
        });
        let value: *const T = value.downcast_ref::<T>().expect("a static has one type");
        // SAFETY: the execution keeps the value until all its tasks have ended, and only they can
        // reach it. What they might leave behind elsewhere would outlive its execution, as the report's
        // check for leaking state would show.
        unsafe { &*value }
    }
}

// SAFETY: a static's value is shared by reference only, as `T: Sync` allows; it is neither moved to
// another thread nor dropped there: outside of executions it lives for ever, and inside of one it stays
// on that execution's thread.
unsafe impl<T: Sync> Sync for PerExecution<T> {}

impl<T: std::fmt::Debug> std::fmt::Debug for PerExecution<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: std::fmt::Display> std::fmt::Display for PerExecution<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        (**self).fmt(f)
    }
}
