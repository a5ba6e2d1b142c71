//! What a `LocalSet` shares with the handles of its tasks.

use ::std::sync::atomic::{AtomicBool, Ordering};
use ::std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use ::std::task::{Poll, Wake, Waker};

use coyote_engine::{Access, Context, ObjectCell, ObjectId, Op, OpKind, UnobservedPanic};

use super::{Id, JoinError};
use crate::support::Place;

/// The tasks of a `LocalSet` that are ready, and who is to be told.
#[derive(Default)]
pub(super) struct Queue(Mutex<QueueState>);

#[derive(Default)]
struct QueueState {
    ready: Vec<u64>,
    waker: Option<Waker>,
    /// Whether the set is being polled: then it will see what is added by itself.
    polling: bool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Queue {
    /// Adds a task, unless it is ready already.
    pub(super) fn push(&self, key: u64) {
        let mut state = lock(&self.0);
        if state.ready.contains(&key) {
            return;
        }
        state.ready.push(key);
        let waker = if state.polling { None } else { state.waker.take() };
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    pub(super) fn len(&self) -> usize {
        lock(&self.0).ready.len()
    }

    pub(super) fn take(&self, index: usize) -> u64 {
        lock(&self.0).ready.remove(index)
    }

    /// Begins a poll of the set.
    pub(super) fn begin(&self, waker: &Waker) {
        let mut state = lock(&self.0);
        state.polling = true;
        if !state.waker.as_ref().is_some_and(|known| known.will_wake(waker)) {
            state.waker = Some(waker.clone());
        }
    }

    pub(super) fn end(&self) {
        lock(&self.0).polling = false;
    }
}

/// What is shared by all handles of a task.
pub(super) struct LocalControl {
    pub(super) id: Id,
    key: u64,
    queue: Arc<Queue>,
    cell: ObjectCell,
    aborted: AtomicBool,
    finished: AtomicBool,
}

impl LocalControl {
    pub(super) fn new(id: Id, key: u64, queue: Arc<Queue>, cell: ObjectCell) -> Arc<Self> {
        let (aborted, finished) = (AtomicBool::new(false), AtomicBool::new(false));
        Arc::new(LocalControl { id, key, queue, cell, aborted, finished })
    }

    /// Returns the task as an object, if it belongs to this execution.
    pub(super) fn object(&self, cx: Context) -> Option<ObjectId> {
        cx.known_object(&self.cell)
    }

    pub(super) fn abort(&self, place: Place) {
        if let Some(cx) = coyote_engine::current()
            && let Some(object) = self.object(cx)
        {
            cx.point(Op::new(OpKind::Abort, object, Access::Write, place));
        }
        if !self.is_finished() {
            self.aborted.store(true, Ordering::Release);
            self.queue.push(self.key);
        }
    }

    pub(super) fn is_aborted(&self) -> bool {
        self.aborted.load(Ordering::Acquire)
    }

    pub(super) fn is_finished(&self) -> bool {
        self.finished.load(Ordering::Acquire)
    }
}

impl Wake for LocalControl {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.is_finished() {
            self.queue.push(self.key);
        }
    }
}

/// Where a task leaves its result.
pub(super) struct Slot<T>(Mutex<SlotState<T>>);

struct SlotState<T> {
    result: Option<Result<T, JoinError>>,
    waker: Option<Waker>,
    /// Whether somebody may still take the result.
    wanted: bool,
}

impl<T> Slot<T> {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Slot(Mutex::new(SlotState { result: None, waker: None, wanted: true })))
    }

    /// Leaves the result, and makes the task's end visible.
    pub(super) fn fill(&self, control: &LocalControl, result: Result<T, JoinError>, place: Place) {
        if let Some(cx) = coyote_engine::current()
            && let Some(object) = control.object(cx)
        {
            cx.happened_now(Op::new(OpKind::Exit, object, Access::Write, place));
        }
        control.finished.store(true, Ordering::Release);
        let mut state = lock(&self.0);
        let unwanted = if state.wanted {
            state.result = Some(result);
            None
        } else {
            Some(result)
        };
        let waker = state.waker.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
        unobserved(unwanted, place);
    }
}

/// Fails the run, if it is to be failed, for the panic of a task that nobody joined.
fn unobserved<T>(result: Option<Result<T, JoinError>>, place: Place) {
    let Some(Err(error)) = result else { return };
    let Some(cx) = coyote_engine::current() else { return };
    if error.is_panic() && cx.is_running() && cx.unobserved_panic() == UnobservedPanic::Fail {
        cx.fail(format!("{error}, in a `LocalSet`, and nobody joined it"), Vec::new(), place);
    }
}

/// The one handle that can take a task's result.
pub(super) struct LocalJoin<T> {
    pub(super) control: Arc<LocalControl>,
    slot: Arc<Slot<T>>,
    place: Place,
}

impl<T> LocalJoin<T> {
    pub(super) fn new(control: Arc<LocalControl>, slot: Arc<Slot<T>>, place: Place) -> Self {
        LocalJoin { control, slot, place }
    }

    pub(super) fn poll(&self, waker: &Waker) -> Poll<Result<T, JoinError>> {
        let mut state = lock(&self.slot.0);
        match state.result.take() {
            Some(result) => Poll::Ready(result),
            None => {
                assert!(!self.control.is_finished(), "JoinHandle polled after completion");
                state.waker = Some(waker.clone());
                Poll::Pending
            }
        }
    }
}

impl<T> Drop for LocalJoin<T> {
    fn drop(&mut self) {
        let mut state = lock(&self.slot.0);
        state.wanted = false;
        let result = state.result.take();
        state.waker = None;
        drop(state);
        super::id::on_behalf_of(self.control.id, || unobserved(result, self.place));
    }
}
