//! `scope` and `Scope`.
//!
//! Under control a scope waits at a gate that is open while none of its threads runs. It also waits
//! there while it unwinds, for its threads borrow from the frames above.

use ::std::marker::PhantomData;
use ::std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};
use ::std::sync::Arc;
use ::std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

use coyote_engine::{Access, Context, Gate, ObjectCell, ObjectId, Op, OpKind, current};

use super::builder::Builder;
use super::scoped_handle::{Packet, ScopedJoinHandle};
use crate::support::Place;

/// A scope for threads that borrow, as [`std::thread::Scope`](::std::thread::Scope).
#[derive(Debug)]
pub struct Scope<'scope, 'env: 'scope> {
    kind: Kind,
    scope: PhantomData<&'scope mut &'scope ()>,
    env: PhantomData<&'env mut &'env ()>,
}

#[derive(Debug)]
enum Kind {
    Real(outside::RealScope),
    Model(Arc<Threads>),
}

/// The threads of a scope.
#[derive(Debug)]
pub(super) struct Threads {
    running: AtomicUsize,
    panicked: AtomicBool,
    /// Its exclusive gate is open while none runs.
    ended: ObjectCell,
}

impl Threads {
    fn object(&self, cx: Context) -> ObjectId {
        cx.object(&self.ended, "thread scope")
    }

    fn begin_one(&self, cx: Context) {
        self.running.fetch_add(1, SeqCst);
        cx.set_gate(self.object(cx), Gate::Exclusive, false);
    }

    pub(super) fn end_one(&self) {
        let was_last = self.running.fetch_sub(1, SeqCst) == 1;
        if let Some(cx) = current() {
            let object = self.object(cx);
            cx.releases(object);
            if was_last {
                cx.set_gate(object, Gate::Exclusive, true);
            }
        }
    }

    pub(super) fn note_panic(&self) {
        self.panicked.store(true, SeqCst);
    }

    fn wait(&self, place: Place) {
        if let Some(cx) = current() {
            let object = self.object(cx);
            cx.wait(object, Gate::Exclusive, Op::new(OpKind::Join, object, Access::Acquire, place), None);
        }
    }
}

/// Waits for all threads when dropped. If the wait itself unwinds, because the task is cancelled, waits
/// again: a task that unwinds already can wait in peace.
struct WaitForAll<'a>(&'a Threads, Place);

impl Drop for WaitForAll<'_> {
    fn drop(&mut self) {
        struct Again<'a>(&'a Threads, Place);
        impl Drop for Again<'_> {
            fn drop(&mut self) {
                while self.0.running.load(SeqCst) > 0 {
                    self.0.wait(self.1);
                }
            }
        }
        let _again = Again(self.0, self.1);
        self.0.wait(self.1);
    }
}

/// Runs `f`, which can spawn threads that borrow from outside of it, and waits for all of them.
///
/// # Panics
/// Panics with `f`'s payload if that panics, and if a thread panicked that was not joined.
#[track_caller]
pub fn scope<'env, F, T>(f: F) -> T
where
    F: for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> T,
{
    let place = Location::caller();
    if current().is_none() {
        let scope =
            Scope { kind: Kind::Real(outside::RealScope::new()), scope: PhantomData, env: PhantomData };
        return outside::run(&scope, f);
    }
    let threads = Arc::new(Threads {
        running: AtomicUsize::new(0),
        panicked: AtomicBool::new(false),
        ended: ObjectCell::at(place),
    });
    let scope = Scope { kind: Kind::Model(Arc::clone(&threads)), scope: PhantomData, env: PhantomData };
    let wait = WaitForAll(&threads, place);
    let result = f(&scope);
    drop(wait);
    assert!(!threads.panicked.load(SeqCst), "a scoped thread panicked");
    result
}

impl<'scope, 'env> Scope<'scope, 'env> {
    /// Spawns a thread that may borrow what the scope may.
    ///
    /// # Panics
    /// Panics if the operating system cannot create one.
    #[track_caller]
    pub fn spawn<F, T>(&'scope self, f: F) -> ScopedJoinHandle<'scope, T>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        self.spawn_with(Builder::new(), f, Location::caller()).expect("failed to spawn thread")
    }

    pub(super) fn spawn_with<F, T>(
        &'scope self,
        builder: Builder,
        f: F,
        place: Place,
    ) -> ::std::io::Result<ScopedJoinHandle<'scope, T>>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        match (&self.kind, current()) {
            (Kind::Model(threads), Some(cx)) => {
                threads.begin_one(cx);
                let packet = Arc::new(Packet::new(Arc::clone(threads)));
                let body = Body { f, packet: Arc::clone(&packet), ended: Ended(Arc::clone(threads)) };
                let (task, thread) = builder.create(cx, move || body.run(), place);
                Ok(ScopedJoinHandle::model(task, thread, packet))
            }
            (Kind::Real(scope), _) => scope.spawn(self, builder, f),
            (Kind::Model(_), None) => {
                Err(::std::io::Error::other("the execution that this thread scope belongs to runs elsewhere"))
            }
        }
    }
}

/// What a scoped thread runs. The fields are dropped in this order; only after the last of them does
/// the scope know that nothing borrows from it any more.
struct Body<F, T> {
    f: F,
    packet: Arc<Packet<T>>,
    ended: Ended,
}

impl<F: FnOnce() -> T, T> Body<F, T> {
    fn run(self) {
        let Body { f, packet, ended } = self;
        let result = catch_unwind(AssertUnwindSafe(f));
        if let Err(payload) = result {
            if current().is_some_and(|cx| cx.is_cancelling()) {
                let _ended = ended;
                drop(packet);
                resume_unwind(payload);
            }
            packet.put(Err(payload));
        } else {
            packet.put(result);
        }
        drop(packet);
        drop(ended);
    }
}

struct Ended(Arc<Threads>);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.end_one();
    }
}

mod outside {
    #![expect(unsafe_code, reason = "keeps a real scope beside its lifetime")]

    use ::std::sync::OnceLock;
    use ::std::thread as real;

    use super::super::scoped_handle::ScopedJoinHandle;
    use super::{Builder, Kind, Scope};

    /// The real scope, while it is open.
    #[derive(Debug)]
    pub(super) struct RealScope(OnceLock<&'static real::Scope<'static, 'static>>);

    impl RealScope {
        pub(super) fn new() -> RealScope {
            RealScope(OnceLock::new())
        }

        pub(super) fn spawn<'scope, 'env, F, T>(
            &self,
            _scope: &'scope Scope<'scope, 'env>,
            builder: Builder,
            f: F,
        ) -> ::std::io::Result<ScopedJoinHandle<'scope, T>>
        where
            F: FnOnce() -> T + Send + 'scope,
            T: Send + 'scope,
        {
            let real: &'static real::Scope<'static, 'static> =
                self.0.get().expect("a scope is used only while it is open");
            // SAFETY: only the lifetimes differ. `run` has put it here and is still inside the real
            // `scope`, which waits for every thread before it returns; whatever lives for `'scope`, the
            // time that `scope` was lent for by `run`'s caller, outlives that call.
            let real = unsafe {
                ::std::mem::transmute::<
                    &'static real::Scope<'static, 'static>,
                    &'scope real::Scope<'scope, 'env>,
                >(real)
            };
            builder.real().spawn_scoped(real, f).map(ScopedJoinHandle::real)
        }
    }

    /// Runs `f` inside a real scope.
    #[track_caller]
    pub(super) fn run<'scope, 'env, F, T>(scope: &'scope Scope<'scope, 'env>, f: F) -> T
    where
        F: FnOnce(&'scope Scope<'scope, 'env>) -> T,
    {
        real::scope(|real| {
            if let Kind::Real(slot) = &scope.kind {
                // SAFETY: only the lifetimes differ; see `spawn`, which alone uses it.
                let real = unsafe {
                    ::std::mem::transmute::<&real::Scope<'_, '_>, &'static real::Scope<'static, 'static>>(
                        real,
                    )
                };
                let _ = slot.0.set(real);
            }
            f(scope)
        })
    }
}
