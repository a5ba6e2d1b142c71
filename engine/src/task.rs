//! The memory of a task: a header, then its future, then in the future's place its output.
//!
//! ```text
//! TaskCell<F>: | Header { vtable, execution, id, state, … } | union { future: F, output: F::Output } |
//! ```
//!
//! One pooled allocation per task. It is shared by the execution, until the task has ended, and by
//! the [`TaskHandle`], until that is dropped; whoever is last gives it back. All of it is touched by
//! the execution's own thread alone; a handle dropped elsewhere goes through `remote`.

#![expect(unsafe_code, reason = "type-erased task memory")]

use std::alloc::Layout;
use std::any::Any;
use std::cell::{Cell, UnsafeCell};
use std::future::Future;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::pin::Pin;
use std::ptr::NonNull;
use std::task::{Context as PollContext, Poll, Waker};

use crate::execution::Execution;
use crate::op::TaskId;
use crate::waker::Epoch;

/// How a task ended, if it did not return.
#[derive(Debug)]
pub enum TaskError {
    /// It was aborted, or its runtime or execution ended first.
    Cancelled,
    /// It panicked, with this payload.
    Panicked(Box<dyn Any + Send + 'static>),
}

/// What the memory behind the header holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Stage {
    /// The future: the task has not ended.
    Future,
    /// The future is being destroyed, or is destroyed; the end is not visible yet.
    Ending,
    /// The output, not taken yet.
    Output,
    /// The payload of a panic, not taken yet, is in `Header::panic`.
    Panicked,
    /// Nothing: cancelled.
    Cancelled,
    /// Nothing: the output was taken, or dropped.
    Taken,
}

pub(crate) struct VTable {
    poll: unsafe fn(NonNull<Header>, &mut PollContext<'_>) -> Poll<()>,
    drop_future: unsafe fn(NonNull<Header>),
    drop_output: unsafe fn(NonNull<Header>),
    layout: Layout,
    /// Where the output lies, from the start of the header.
    output: usize,
}

pub(crate) struct Header {
    vtable: &'static VTable,
    pub(crate) epoch: Epoch,
    pub(crate) id: TaskId,
    pub(crate) stage: Cell<Stage>,
    /// Whether the task returned, while the stage is `Ending`.
    pub(crate) returned: Cell<bool>,
    /// Whether a handle may still look at the end.
    pub(crate) handle: Cell<bool>,
    /// Whether the execution has dropped its interest.
    pub(crate) released: Cell<bool>,
    pub(crate) panic: Cell<Option<Box<dyn Any + Send>>>,
    pub(crate) join_waker: Cell<Option<Waker>>,
}

#[repr(C)]
struct TaskCell<F: Future> {
    header: Header,
    body: UnsafeCell<Body<F>>,
}

/// `repr(C)`: both fields begin where the union does.
#[repr(C)]
union Body<F: Future> {
    future: ManuallyDrop<F>,
    output: ManuallyDrop<F::Output>,
}

impl<F: Future> TaskCell<F> {
    const VTABLE: VTable = VTable {
        poll: Self::poll,
        drop_future: Self::drop_future,
        drop_output: Self::drop_output,
        layout: Layout::new::<Self>(),
        output: std::mem::offset_of!(Self, body),
    };

    unsafe fn poll(header: NonNull<Header>, cx: &mut PollContext<'_>) -> Poll<()> {
        let cell = header.cast::<TaskCell<F>>();
        // SAFETY: the header is that of a `TaskCell<F>` (this vtable is its), in stage `Future`; the
        // future is not moved until it is dropped in place; only the carrier that runs the task
        // calls this, so there is one reference to the body.
        unsafe {
            let body = cell.as_ref().body.get();
            let future = Pin::new_unchecked(&mut *(*body).future);
            match future.poll(cx) {
                Poll::Pending => Poll::Pending,
                Poll::Ready(output) => {
                    Self::returned(cell, output);
                    Poll::Ready(())
                }
            }
        }
    }

    /// Puts the output in the future's place. Not inlined: a poll that returns `Pending` is to be short.
    ///
    /// # Safety
    /// As for `poll`, and the future has just returned `output`.
    #[inline(never)]
    unsafe fn returned(cell: NonNull<Self>, output: F::Output) {
        // SAFETY: as for `poll`; the future's poll has returned, so nothing borrows the body.
        unsafe {
            let (header, body) = (&cell.as_ref().header, cell.as_ref().body.get());
            header.stage.set(Stage::Ending);
            // The future's own destructor may panic: then that is how the task ended, and the output is
            // dropped with this frame.
            let output = DropOnUnwind(ManuallyDrop::new(output));
            ManuallyDrop::drop(&mut (*body).future);
            (*body).output = ManuallyDrop::new(output.take());
            header.returned.set(true);
        }
    }

    unsafe fn drop_future(header: NonNull<Header>) {
        let cell = header.cast::<TaskCell<F>>();
        // SAFETY: as for `poll`; the caller has just left stage `Future`.
        unsafe { ManuallyDrop::drop(&mut (*cell.as_ref().body.get()).future) }
    }

    unsafe fn drop_output(header: NonNull<Header>) {
        let cell = header.cast::<TaskCell<F>>();
        // SAFETY: as for `poll`; the caller has just left stage `Output`.
        unsafe { ManuallyDrop::drop(&mut (*cell.as_ref().body.get()).output) }
    }
}

/// Holds an output while the future it came from is destroyed.
struct DropOnUnwind<T>(ManuallyDrop<T>);

impl<T> DropOnUnwind<T> {
    fn take(mut self) -> T {
        // SAFETY: `self` is forgotten at once, so the value is not dropped twice.
        let value = unsafe { ManuallyDrop::take(&mut self.0) };
        std::mem::forget(self);
        value
    }
}

impl<T> Drop for DropOnUnwind<T> {
    fn drop(&mut self) {
        // SAFETY: `take` forgets `self`, so here the value is still there.
        unsafe { ManuallyDrop::drop(&mut self.0) }
    }
}

/// The execution's own reference to a task's memory.
#[derive(Clone, Copy)]
pub(crate) struct TaskRef(NonNull<Header>);

impl TaskRef {
    /// Moves a future into fresh memory.
    pub(crate) fn new<F: Future>(
        future: F,
        id: TaskId,
        epoch: Epoch,
        allocate: impl FnOnce(Layout) -> NonNull<u8>,
    ) -> TaskRef {
        let cell = allocate(Layout::new::<TaskCell<F>>()).cast::<TaskCell<F>>();
        let header = Header {
            vtable: const { &TaskCell::<F>::VTABLE },
            epoch,
            id,
            stage: Cell::new(Stage::Future),
            returned: Cell::new(false),
            handle: Cell::new(true),
            released: Cell::new(false),
            panic: Cell::new(None),
            join_waker: Cell::new(None),
        };
        // SAFETY: the memory was just allocated for this type. Header and body are written apart,
        // so that a large future is moved once.
        unsafe {
            (&raw mut (*cell.as_ptr()).header).write(header);
            (*cell.as_ptr()).body.get().cast::<F>().write(future);
        }
        TaskRef(cell.cast())
    }

    #[inline]
    pub(crate) fn header(&self) -> &Header {
        // SAFETY: the execution frees the memory only when it drops this reference (`free`).
        unsafe { self.0.as_ref() }
    }

    /// Polls the future, which must still be there; on `Ready` the output is in its place, in stage
    /// `Ending`.
    #[inline]
    pub(crate) fn poll(&self, cx: &mut PollContext<'_>) -> Poll<()> {
        let header = self.header();
        // SAFETY: the vtable belongs to this cell.
        unsafe { (header.vtable.poll)(self.0, cx) }
    }

    /// Destroys the future if it is there still.
    pub(crate) fn drop_future(&self) {
        let header = self.header();
        if header.stage.get() == Stage::Future {
            header.stage.set(Stage::Ending);
            // SAFETY: the stage was `Future`, and is left before user code runs.
            unsafe { (header.vtable.drop_future)(self.0) }
        }
    }

    /// Returns whether an output, or a panic's payload, was not taken yet.
    #[inline]
    pub(crate) fn has_result(&self) -> bool {
        matches!(self.header().stage.get(), Stage::Output | Stage::Panicked)
    }

    /// Destroys an output that nobody will take, or a panic's payload.
    pub(crate) fn drop_result(&self) {
        let header = self.header();
        match header.stage.replace(Stage::Taken) {
            // SAFETY: the stage was `Output`, and is left before user code runs.
            Stage::Output => unsafe { (header.vtable.drop_output)(self.0) },
            Stage::Panicked => drop(header.panic.take()),
            other => header.stage.set(other),
        }
    }

    pub(crate) fn layout(&self) -> Layout {
        self.header().vtable.layout
    }

    pub(crate) fn block(self) -> NonNull<u8> {
        drop(self.header().join_waker.take());
        self.0.cast()
    }

    pub(crate) fn handle<T>(self) -> TaskHandle<T> {
        TaskHandle { task: self, output: PhantomData }
    }
}

/// The one handle to a task's end: joins it, or asks it to stop. Dropped, the task goes on detached.
pub struct TaskHandle<T> {
    task: TaskRef,
    output: PhantomData<fn() -> T>,
}

// SAFETY: on its execution's thread a handle touches the header directly; from any other thread every
// method goes through `remote`, which serialises with that execution, or finds it ended. The output
// is moved to where the handle is, hence `T: Send`.
unsafe impl<T: Send> Send for TaskHandle<T> {}
// SAFETY: as above; no method gives out a reference to the output.
unsafe impl<T: Send> Sync for TaskHandle<T> {}

impl<T> std::panic::UnwindSafe for TaskHandle<T> {}
impl<T> std::panic::RefUnwindSafe for TaskHandle<T> {}
impl<T> Unpin for TaskHandle<T> {}

impl<T> TaskHandle<T> {
    fn header(&self) -> &Header {
        self.task.header()
    }

    /// Returns the task's number in its execution.
    pub fn id(&self) -> TaskId {
        self.header().id
    }

    /// Returns whether this handle belongs to the execution that runs on this thread now.
    pub fn is_here(&self) -> bool {
        let epoch = self.header().epoch;
        crate::context::with_current(|ex| ex.epoch() == epoch) == Some(true)
    }

    /// Returns true once the task's end is visible. On a thread, or at a time, that does not belong
    /// to the task's execution, every task counts as finished.
    pub fn is_finished(&self) -> bool {
        !self.is_here() || !matches!(self.header().stage.get(), Stage::Future | Stage::Ending)
    }

    /// Takes the task's result if its end is visible; otherwise keeps `waker`, to be woken then.
    ///
    /// # Panics
    /// Panics if the result was taken before.
    pub fn poll_join(&self, waker: &Waker) -> Poll<Result<T, TaskError>> {
        if !self.is_here() {
            return Poll::Ready(self.take_afterwards());
        }
        let header = self.header();
        match header.stage.get() {
            Stage::Future | Stage::Ending => {
                let old = header.join_waker.take();
                if old.as_ref().is_some_and(|old| old.will_wake(waker)) {
                    header.join_waker.set(old);
                } else {
                    header.join_waker.set(Some(waker.clone()));
                }
                Poll::Pending
            }
            _ => Poll::Ready(self.take().expect("the end is visible")),
        }
    }

    /// Takes the task's result if its end is visible.
    ///
    /// # Panics
    /// Panics if the result was taken before.
    pub fn take(&self) -> Option<Result<T, TaskError>> {
        if !self.is_here() {
            return Some(self.take_afterwards());
        }
        let taken = self.take_visible();
        if let Some(Err(TaskError::Panicked(_))) = &taken {
            crate::context::with_current(|ex| ex.panic_observed(self.id()));
        }
        taken
    }

    /// Takes the task's result if its end is visible, and drops the handle; `execution` is the task's, and runs on
    /// this thread.
    pub(crate) fn take_last(self, execution: &Execution) -> Option<Result<T, TaskError>> {
        let handle = ManuallyDrop::new(self);
        let taken = handle.take_visible();
        if let Some(Err(TaskError::Panicked(_))) = &taken {
            execution.panic_observed(handle.id());
        }
        execution.handle_dropped(handle.task);
        taken
    }

    /// Returns whether the task's output lies there, for this handle to take, or to destroy when it is dropped.
    pub fn has_output(&self) -> bool {
        self.is_here() && self.header().stage.get() == Stage::Output
    }

    /// Destroys the task's output if it lies there. A panic of its destructor goes no further.
    pub fn destroy_output(&self) {
        if self.has_output() {
            let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.task.drop_result()));
        }
    }

    /// Takes what a task of another execution has left, if that is over. While it is not, what the handle
    /// could give is out of reach.
    fn take_afterwards(&self) -> Result<T, TaskError> {
        if crate::remote::is_live(self.header().epoch.0) {
            return Err(TaskError::Cancelled);
        }
        self.take_visible().unwrap_or(Err(TaskError::Cancelled))
    }

    fn take_visible(&self) -> Option<Result<T, TaskError>> {
        let header = self.header();
        match header.stage.get() {
            Stage::Future | Stage::Ending => None,
            Stage::Output => {
                header.stage.set(Stage::Taken);
                // SAFETY: the stage was `Output`: a `T`, as this handle was made with the task, lies
                // there; it is read once, the stage being left.
                Some(Ok(unsafe { self.output_of().read() }))
            }
            Stage::Panicked => {
                header.stage.set(Stage::Taken);
                Some(Err(TaskError::Panicked(header.panic.take().expect("a panic has a payload"))))
            }
            Stage::Cancelled => Some(Err(TaskError::Cancelled)),
            Stage::Taken => panic!("JoinHandle polled after completion"),
        }
    }

    /// Returns where the output lies.
    fn output_of(&self) -> *const T {
        let offset = self.header().vtable.output;
        // SAFETY: the offset is that of the body in this very allocation.
        unsafe { self.task.0.as_ptr().cast::<u8>().add(offset).cast() }
    }

    /// Asks the task to stop the next time it returns `Pending`, or at once if it is not running.
    pub fn abort(&self) {
        let header = self.header();
        crate::remote::abort(header.epoch, header.id);
    }

    /// Returns a way to abort the task that does not keep it joinable.
    pub fn abort_handle(&self) -> AbortRef {
        AbortRef { epoch: self.header().epoch, id: self.header().id }
    }
}

impl<T> Drop for TaskHandle<T> {
    fn drop(&mut self) {
        let epoch = self.header().epoch;
        let drop_here = |ex: &Execution| {
            let is_here = ex.epoch() == epoch;
            if is_here {
                ex.handle_dropped(self.task);
            }
            is_here
        };
        if crate::context::with_current(drop_here) != Some(true) {
            crate::remote::drop_handle(self.task);
        }
    }
}

impl<T> std::fmt::Debug for TaskHandle<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TaskHandle").field("id", &self.id()).finish()
    }
}

/// Names a task, for aborting it.
#[derive(Clone, Copy, Debug)]
pub struct AbortRef {
    epoch: Epoch,
    id: TaskId,
}

impl AbortRef {
    /// Asks the task to stop; ignored if it has ended.
    pub fn abort(&self) {
        crate::remote::abort(self.epoch, self.id);
    }

    /// Returns the task's number in its execution.
    pub fn id(&self) -> TaskId {
        self.id
    }

    /// Returns whether the task belongs to the execution that runs on this thread now.
    pub fn is_here(&self) -> bool {
        crate::context::with_current(|ex| ex.epoch() == self.epoch) == Some(true)
    }

    /// Returns true once the task's end is visible.
    pub fn is_finished(&self) -> bool {
        crate::context::with_current(|ex| ex.epoch() == self.epoch && !ex.is_finished(self.id)) != Some(true)
    }
}
