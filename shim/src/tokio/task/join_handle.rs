//! `tokio::task::{JoinHandle, AbortHandle}`.

use ::std::fmt;
use ::std::future::Future;
use ::std::panic::Location;
use ::std::pin::Pin;
use ::std::sync::Arc;
use ::std::task::{Context, Poll, Waker, ready};

use coyote_engine::{AbortRef, Access, Op, OpKind, TaskError, TaskHandle};

use super::local_join::{LocalControl, LocalJoin};
use super::{Id, JoinError};
use crate::support::Place;
use crate::tokio::coop;

/// Waits for a task, or aborts it; dropped, the task goes on.
pub struct JoinHandle<T> {
    inner: Inner<T>,
    /// Whether it was waited for: the first time there is a scheduling point.
    polled: bool,
}

enum Inner<T> {
    Real(::tokio::task::JoinHandle<T>),
    Model(TaskHandle<T>),
    Local(LocalJoin<T>),
    /// The task was cancelled before it began, because its runtime had been shut down.
    Cancelled(Id),
}

impl<T> Unpin for JoinHandle<T> {}
impl<T> ::std::panic::UnwindSafe for JoinHandle<T> {}
impl<T> ::std::panic::RefUnwindSafe for JoinHandle<T> {}

impl<T> JoinHandle<T> {
    fn new(inner: Inner<T>) -> Self {
        JoinHandle { inner, polled: false }
    }

    pub(crate) fn real(real: ::tokio::task::JoinHandle<T>) -> Self {
        JoinHandle::new(Inner::Real(real))
    }

    pub(crate) fn model(handle: TaskHandle<T>) -> Self {
        JoinHandle::new(Inner::Model(handle))
    }

    pub(super) fn local(join: LocalJoin<T>) -> Self {
        JoinHandle::new(Inner::Local(join))
    }

    /// Creates the handle of a task that a runtime refused, being shut down.
    pub(crate) fn cancelled() -> Self {
        JoinHandle::new(Inner::Cancelled(Id::model(0)))
    }

    /// Asks the task to stop where it waits next.
    #[track_caller]
    pub fn abort(&self) {
        match &self.inner {
            Inner::Real(real) => real.abort(),
            Inner::Model(handle) => abort(handle.abort_handle(), Location::caller()),
            Inner::Local(join) => join.control.abort(Location::caller()),
            Inner::Cancelled(_) => {}
        }
    }

    /// Returns whether the task has ended.
    #[track_caller]
    pub fn is_finished(&self) -> bool {
        match &self.inner {
            Inner::Real(real) => real.is_finished(),
            Inner::Model(handle) => {
                self.point(OpKind::Inspect, Location::caller());
                handle.is_finished()
            }
            Inner::Local(join) => {
                self.point(OpKind::Inspect, Location::caller());
                join.control.is_finished()
            }
            Inner::Cancelled(_) => true,
        }
    }

    /// Returns the id of the task.
    pub fn id(&self) -> Id {
        match &self.inner {
            Inner::Real(real) => Id::real(real.id()),
            Inner::Model(handle) => Id::model(handle.id()),
            Inner::Local(join) => join.control.id,
            Inner::Cancelled(id) => *id,
        }
    }

    /// Returns a handle that can abort the task.
    pub fn abort_handle(&self) -> AbortHandle {
        let inner = match &self.inner {
            Inner::Real(real) => AbortInner::Real(real.abort_handle()),
            Inner::Model(handle) => AbortInner::Model(handle.abort_handle()),
            Inner::Local(join) => AbortInner::Local(Arc::clone(&join.control)),
            Inner::Cancelled(id) => AbortInner::Cancelled(*id),
        };
        AbortHandle { inner }
    }

    /// Returns what looking at the task is, if it can be seen from here.
    fn op(&self, kind: OpKind, place: Place) -> Option<Op> {
        let cx = coyote_engine::current()?;
        let object = match &self.inner {
            Inner::Model(handle) if handle.is_here() => cx.task_object(handle.id()),
            Inner::Local(join) => join.control.object(cx)?,
            _ => return None,
        };
        Some(Op::new(kind, object, Access::Read, place))
    }

    /// A scheduling point before looking at the task.
    pub(super) fn point(&self, kind: OpKind, place: Place) {
        if let (Some(op), Some(cx)) = (self.op(kind, place), coyote_engine::current()) {
            cx.point(op);
        }
    }

    /// Takes the result if it is there, and otherwise has `waker` woken when it is: no scheduling point,
    /// no budget.
    pub(super) fn poll_quietly(&mut self, waker: &Waker) -> Poll<Result<T, JoinError>> {
        match &mut self.inner {
            Inner::Real(real) => {
                let mut free = ::tokio::task::coop::unconstrained(real);
                Pin::new(&mut free).poll(&mut Context::from_waker(waker)).map_err(JoinError::real)
            }
            Inner::Model(handle) => {
                let id = Id::model(handle.id());
                handle.poll_join(waker).map_err(|error| match error {
                    TaskError::Cancelled => JoinError::cancelled(id),
                    TaskError::Panicked(payload) => JoinError::panicked(id, payload),
                })
            }
            Inner::Local(join) => join.poll(waker),
            Inner::Cancelled(id) => Poll::Ready(Err(JoinError::cancelled(*id))),
        }
    }

    /// Notes that the current task waits for this one.
    pub(super) fn note_wait(&self, waker: &Waker, place: Place) {
        if let (Some(op), Some(cx)) = (self.op(OpKind::Join, place), coyote_engine::current()) {
            cx.note_wait(op, waker);
        }
    }
}

impl<T> Drop for JoinHandle<T> {
    fn drop(&mut self) {
        if let Inner::Model(handle) = &self.inner
            && ::std::mem::needs_drop::<T>()
            && handle.has_output()
        {
            // Whoever destroys an output does so as its task.
            super::id::on_behalf_of(Id::model(handle.id()), || handle.destroy_output());
        }
    }
}

/// Aborts a task of the exploration.
fn abort(task: AbortRef, place: Place) {
    if let Some(cx) = coyote_engine::current().filter(|_| task.is_here()) {
        cx.point(Op::new(OpKind::Abort, cx.task_object(task.id()), Access::Write, place));
    }
    task.abort();
}

impl<T> Future for JoinHandle<T> {
    type Output = Result<T, JoinError>;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let place = Location::caller();
        if let Inner::Real(real) = &mut self.inner {
            return Pin::new(real).poll(cx).map_err(JoinError::real);
        }
        let unit = ready!(coop::poll_proceed(cx));
        if !self.polled {
            self.polled = true;
            self.point(OpKind::Join, place);
        }
        let polled = self.poll_quietly(cx.waker());
        if polled.is_ready() {
            unit.made_progress();
        } else {
            self.note_wait(cx.waker(), place);
        }
        polled
    }
}

impl<T> fmt::Debug for JoinHandle<T>
where
    T: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").field("id", &self.id()).finish()
    }
}

/// Aborts a task, without keeping its result.
#[derive(Clone)]
pub struct AbortHandle {
    inner: AbortInner,
}

#[derive(Clone)]
enum AbortInner {
    Real(::tokio::task::AbortHandle),
    Model(AbortRef),
    Local(Arc<LocalControl>),
    Cancelled(Id),
}

impl ::std::panic::UnwindSafe for AbortHandle {}
impl ::std::panic::RefUnwindSafe for AbortHandle {}

impl AbortHandle {
    /// Asks the task to stop where it waits next.
    #[track_caller]
    pub fn abort(&self) {
        match &self.inner {
            AbortInner::Real(real) => real.abort(),
            AbortInner::Model(task) => abort(*task, Location::caller()),
            AbortInner::Local(control) => control.abort(Location::caller()),
            AbortInner::Cancelled(_) => {}
        }
    }

    /// Returns whether the task has ended.
    #[track_caller]
    pub fn is_finished(&self) -> bool {
        let place = Location::caller();
        let look = |object| {
            if let (Some(object), Some(cx)) = (object, coyote_engine::current()) {
                cx.point(Op::new(OpKind::Inspect, object, Access::Read, place));
            }
        };
        let cx = coyote_engine::current();
        match &self.inner {
            AbortInner::Real(real) => real.is_finished(),
            AbortInner::Model(task) => {
                look(cx.filter(|_| task.is_here()).map(|cx| cx.task_object(task.id())));
                task.is_finished()
            }
            AbortInner::Local(control) => {
                look(cx.and_then(|cx| control.object(cx)));
                control.is_finished()
            }
            AbortInner::Cancelled(_) => true,
        }
    }

    /// Returns the id of the task.
    pub fn id(&self) -> Id {
        match &self.inner {
            AbortInner::Real(real) => Id::real(real.id()),
            AbortInner::Model(task) => Id::model(task.id()),
            AbortInner::Local(control) => control.id,
            AbortInner::Cancelled(id) => *id,
        }
    }
}

impl fmt::Debug for AbortHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AbortHandle").field("id", &self.id()).finish()
    }
}
