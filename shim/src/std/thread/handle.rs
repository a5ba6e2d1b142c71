//! `JoinHandle`.

use ::std::any::Any;
use ::std::fmt;
use ::std::panic::Location;
use ::std::thread as real;

use coyote_engine::{Access, Op, OpKind, TaskError, TaskHandle, current};

use super::Thread;
use crate::support::Place;

/// Joins a thread, as [`std::thread::JoinHandle`](real::JoinHandle).
pub struct JoinHandle<T>(Kind<T>);

enum Kind<T> {
    Real { handle: real::JoinHandle<T>, thread: Thread },
    Model { handle: sent::Handle<T>, thread: Thread },
}

impl<T> JoinHandle<T> {
    pub(super) fn real(handle: real::JoinHandle<T>) -> JoinHandle<T> {
        let thread = Thread::real(handle.thread().clone());
        JoinHandle(Kind::Real { handle, thread })
    }

    /// The thread must have been spawned with a `T` that may change threads.
    pub(super) fn model(handle: TaskHandle<T>, thread: Thread) -> JoinHandle<T>
    where
        T: Send,
    {
        JoinHandle(Kind::Model { handle: sent::Handle::new(handle), thread })
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
                    // It runs in real time, outside of control.
                    cx.note_uncontrolled(format!("a thread that is not under control is joined at {place}"));
                    cx.point(Op::local(OpKind::Join, place));
                }
                handle.join()
            }
            Kind::Model { handle, thread } => join_task(handle.get(), &thread, place),
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
            Kind::Model { handle, .. } => is_task_finished(handle.get(), Location::caller()),
        }
    }
}

/// Waits for a task's end, and returns its result.
pub(super) fn join_task<T>(handle: &TaskHandle<T>, thread: &Thread, place: Place) -> real::Result<T> {
    let joined = match current() {
        Some(cx) => cx.join(handle, place),
        None => {
            thread.foreign_waits(place);
            Err(TaskError::Cancelled)
        }
    };
    joined.map_err(|error| match error {
        TaskError::Panicked(payload) => payload,
        TaskError::Cancelled => {
            Box::new("the thread was cancelled: its execution has ended") as Box<dyn Any + Send>
        }
    })
}

/// Returns whether a task's end is visible.
pub(super) fn is_task_finished<T>(handle: &TaskHandle<T>, place: Place) -> bool {
    if let Some(cx) = current() {
        cx.point(Op::new(OpKind::Inspect, cx.task_object(handle.id()), Access::Read, place));
    }
    handle.is_finished()
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").finish_non_exhaustive()
    }
}

mod sent {
    #![expect(unsafe_code, reason = "std's handle may change threads whatever the result is")]

    use coyote_engine::TaskHandle;

    /// A handle to a thread whose result may change threads.
    pub(super) struct Handle<T>(TaskHandle<T>);

    // SAFETY: `new` asks for `T: Send`, with which `TaskHandle<T>` is both; the bound is only not
    // repeated here.
    unsafe impl<T> Send for Handle<T> {}
    // SAFETY: as above.
    unsafe impl<T> Sync for Handle<T> {}

    impl<T> Handle<T> {
        pub(super) fn new(handle: TaskHandle<T>) -> Handle<T>
        where
            T: Send,
        {
            Handle(handle)
        }

        pub(super) fn get(&self) -> &TaskHandle<T> {
            &self.0
        }
    }
}
