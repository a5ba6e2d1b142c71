//! `ScopedJoinHandle`, and where a scoped thread leaves its result.

use ::std::fmt;
use ::std::panic::Location;
use ::std::sync::{Arc, Mutex, PoisonError};
use ::std::thread as real;

use coyote_engine::{Op, OpKind, TaskHandle, current};

use super::Thread;
use super::handle::{is_task_finished, join_task};
use super::scoped::Threads;

/// Joins a scoped thread, as [`std::thread::ScopedJoinHandle`](real::ScopedJoinHandle).
pub struct ScopedJoinHandle<'scope, T>(Kind<'scope, T>);

enum Kind<'scope, T> {
    Real { handle: real::ScopedJoinHandle<'scope, T>, thread: Thread },
    Model { task: TaskHandle<()>, thread: Thread, packet: sent::Shared<T> },
}

/// A scoped thread's result, which may borrow from the scope: it is taken, or destroyed, before the
/// thread counts as ended.
pub(super) struct Packet<T> {
    result: Mutex<Option<real::Result<T>>>,
    threads: Arc<Threads>,
}

impl<T> Packet<T> {
    pub(super) fn new(threads: Arc<Threads>) -> Packet<T> {
        Packet { result: Mutex::new(None), threads }
    }

    pub(super) fn put(&self, result: real::Result<T>) {
        *self.result.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
    }

    fn take(&self) -> Option<real::Result<T>> {
        self.result.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl<T> Drop for Packet<T> {
    fn drop(&mut self) {
        if let Some(Err(payload)) = self.take() {
            self.threads.note_panic();
            drop(payload);
        }
    }
}

impl<'scope, T> ScopedJoinHandle<'scope, T> {
    pub(super) fn real(handle: real::ScopedJoinHandle<'scope, T>) -> ScopedJoinHandle<'scope, T> {
        let thread = Thread::real(handle.thread().clone());
        ScopedJoinHandle(Kind::Real { handle, thread })
    }

    pub(super) fn model(
        task: TaskHandle<()>,
        thread: Thread,
        packet: Arc<Packet<T>>,
    ) -> ScopedJoinHandle<'scope, T>
    where
        T: Send,
    {
        ScopedJoinHandle(Kind::Model { task, thread, packet: sent::Shared::new(packet) })
    }

    /// Returns the thread.
    #[must_use]
    pub fn thread(&self) -> &Thread {
        match &self.0 {
            Kind::Real { thread, .. } | Kind::Model { thread, .. } => thread,
        }
    }

    /// Blocks until the thread has ended, and returns its result.
    ///
    /// # Errors
    /// Returns the payload if it panicked.
    #[track_caller]
    pub fn join(self) -> real::Result<T> {
        let place = Location::caller();
        match self.0 {
            Kind::Real { handle, .. } => {
                if let Some(cx) = current() {
                    cx.note_uncontrolled(format!("a thread that is not under control is joined at {place}"));
                    cx.point(Op::local(OpKind::Join, place));
                }
                handle.join()
            }
            Kind::Model { task, thread, packet } => {
                join_task(&task, &thread, place)?;
                packet.get().take().unwrap_or_else(|| Err(Box::new("the thread was cancelled")))
            }
        }
    }

    /// Returns whether the thread has ended.
    #[track_caller]
    pub fn is_finished(&self) -> bool {
        match &self.0 {
            Kind::Real { handle, .. } => {
                if let Some(cx) = current() {
                    cx.point(Op::local(OpKind::Inspect, Location::caller()));
                }
                handle.is_finished()
            }
            Kind::Model { task, .. } => is_task_finished(task, Location::caller()),
        }
    }
}

impl<T> fmt::Debug for ScopedJoinHandle<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScopedJoinHandle").finish_non_exhaustive()
    }
}

mod sent {
    #![expect(unsafe_code, reason = "std's handle may change threads whatever the result is")]

    use super::{Arc, Packet};

    /// A result that may change threads.
    pub(super) struct Shared<T>(Arc<Packet<T>>);

    // SAFETY: `new` asks for `T: Send`, with which `Arc<Packet<T>>` is both; the bound is only not
    // repeated here.
    unsafe impl<T> Send for Shared<T> {}
    // SAFETY: as above.
    unsafe impl<T> Sync for Shared<T> {}

    impl<T> Shared<T> {
        pub(super) fn new(packet: Arc<Packet<T>>) -> Shared<T>
        where
            T: Send,
        {
            Shared(packet)
        }

        pub(super) fn get(&self) -> &Packet<T> {
            &self.0
        }
    }
}
