//! `Builder` and `spawn`.

use ::std::io;
use ::std::panic::Location;
use ::std::rc::Rc;
use ::std::sync::Arc;
use ::std::thread as real;

use coyote_engine::{Context, LaneId, Spawn, TaskHandle, current};

use super::Thread;
use super::handle::JoinHandle;
use super::scoped::Scope;
use super::scoped_handle::ScopedJoinHandle;
use crate::support::Place;

/// The stack, in bytes, that a thread gets if nothing is asked for; what tasks have by default too.
const USUAL_STACK: usize = 2 << 20;

/// Says how a thread is to be spawned, as [`std::thread::Builder`](real::Builder).
#[must_use = "must eventually spawn the thread"]
#[derive(Debug, Default)]
pub struct Builder {
    name: Option<String>,
    stack_size: Option<usize>,
}

/// Spawns a thread.
///
/// # Panics
/// Panics if the operating system cannot create one.
#[track_caller]
pub fn spawn<F, T>(f: F) -> JoinHandle<T>
where
    F: FnOnce() -> T,
    F: Send + 'static,
    T: Send + 'static,
{
    Builder::new().spawn(f).expect("failed to spawn thread")
}

impl Builder {
    /// Creates a builder that asks for nothing in particular.
    pub fn new() -> Builder {
        Builder::default()
    }

    /// Names the thread.
    pub fn name(mut self, name: String) -> Builder {
        self.name = Some(name);
        self
    }

    /// Sets the size of the thread's stack, in bytes. Under control every task has the stack size that
    /// the exploration was configured with; asking for more than 2 MiB is noted in its report.
    pub fn stack_size(mut self, size: usize) -> Builder {
        self.stack_size = Some(size);
        self
    }

    /// Spawns a thread.
    ///
    /// # Errors
    /// Returns an error if the operating system cannot create one.
    ///
    /// # Panics
    /// Panics if the name contains a zero byte.
    #[track_caller]
    pub fn spawn<F, T>(self, f: F) -> io::Result<JoinHandle<T>>
    where
        F: FnOnce() -> T,
        F: Send + 'static,
        T: Send + 'static,
    {
        let place = Location::caller();
        match current() {
            Some(cx) => {
                let (handle, thread) = self.create(cx, f, place);
                Ok(JoinHandle::model(handle, thread))
            }
            None => self.real().spawn(f).map(JoinHandle::real),
        }
    }

    /// Spawns a thread that may borrow what its scope may.
    ///
    /// # Errors
    /// Returns an error if the operating system cannot create one.
    ///
    /// # Panics
    /// Panics if the name contains a zero byte.
    #[track_caller]
    pub fn spawn_scoped<'scope, 'env, F, T>(
        self,
        scope: &'scope Scope<'scope, 'env>,
        f: F,
    ) -> io::Result<ScopedJoinHandle<'scope, T>>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        scope.spawn_with(self, f, Location::caller())
    }

    /// Returns the real builder for the same.
    pub(super) fn real(self) -> real::Builder {
        let mut builder = real::Builder::new();
        if let Some(name) = self.name {
            builder = builder.name(name);
        }
        if let Some(size) = self.stack_size {
            builder = builder.stack_size(size);
        }
        builder
    }

    /// Creates a task for the thread; then comes a scheduling point.
    pub(super) fn create<F, T>(self, cx: Context, f: F, place: Place) -> (TaskHandle<T>, Thread)
    where
        F: FnOnce() -> T,
    {
        let (spawn, name) = self.prepare(cx, place);
        let handle = cx.create_thread(f, spawn);
        let thread = Thread::model(cx, handle.id(), name);
        cx.point_after_spawn(place);
        (handle, thread)
    }

    /// Checks what was asked for; most threads ask for nothing.
    fn prepare(self, cx: Context, place: Place) -> (Spawn, Option<Arc<str>>) {
        if let Some(size) = self.stack_size.filter(|&size| size > USUAL_STACK) {
            cx.note_uncontrolled(format!(
                "a stack of {size} bytes was asked for at {place}: threads under control have the stack size of \
                 the exploration (option `stack_size`)"
            ));
        }
        let mut spawn = Spawn { is_thread: true, name: None, lane: LaneId::UNLIMITED, location: place };
        let name = self.name.map(|name| {
            assert!(!name.contains('\0'), "thread name may not contain interior null bytes");
            spawn.name = Some(Rc::from(name.as_str()));
            Arc::from(name)
        });
        (spawn, name)
    }
}

mod unchecked {
    #![expect(unsafe_code, reason = "mirrors an unsafe function")]

    use super::{Builder, JoinHandle, Location, current, io};

    impl Builder {
        /// Spawns a thread that may borrow anything.
        ///
        /// # Errors
        /// Returns an error if the operating system cannot create one.
        ///
        /// # Safety
        /// The thread must have ended, by being joined, before anything it borrows is gone; and its
        /// result must not outlive what that borrows.
        #[track_caller]
        pub unsafe fn spawn_unchecked<F, T>(self, f: F) -> io::Result<JoinHandle<T>>
        where
            F: FnOnce() -> T,
            F: Send,
            T: Send,
        {
            let place = Location::caller();
            match current() {
                Some(cx) => {
                    let (handle, thread) = self.create(cx, f, place);
                    Ok(JoinHandle::model(handle, thread))
                }
                // SAFETY: the caller promises what std asks for.
                None => unsafe { self.real().spawn_unchecked(f) }.map(JoinHandle::real),
            }
        }
    }
}
