//! What the mirrored primitives share: a scheduling point before the first poll of a real future, one
//! before an end of a channel is dropped, and waiting with a thread's stack.

#![expect(unsafe_code, reason = "pins a real future beside what steers it")]

use ::std::future::Future;
use ::std::ops::Deref;
use ::std::pin::Pin;
use ::std::task::{Context as PollContext, Poll, Waker, ready};

use coyote_engine::{Access, Context, LaneId, ObjectCell, Op, OpKind, current};

use crate::support::{Place, point_on};
use crate::tokio::coop::poll_proceed;

/// An operation of a primitive, as scheduling points name it.
pub(crate) struct Act {
    /// The primitive, in the user's words.
    pub(crate) what: &'static str,
    pub(crate) kind: OpKind,
    pub(crate) access: Access,
    /// Whether giving up a wait for it is visible to others: it leaves a queue, or passes on what it
    /// was given.
    pub(crate) cancels: bool,
}

impl Act {
    pub(crate) const fn new(what: &'static str, kind: OpKind, access: Access) -> Act {
        Act { what, kind, access, cancels: false }
    }

    /// The same, where giving up the wait is visible.
    pub(crate) const fn queued(what: &'static str, kind: OpKind, access: Access) -> Act {
        Act { what, kind, access, cancels: true }
    }

    /// A scheduling point before this operation, if under control.
    pub(crate) fn point(&self, cell: &ObjectCell, place: Place) {
        if let Some(cx) = current() {
            point_on(cx, cell, self.what, self.kind, self.access, place);
        }
    }

    /// Notes that the current task waits to do this.
    pub(crate) fn note_wait(&self, cell: &ObjectCell, place: Place, waker: &Waker) {
        if let Some(cx) = current() {
            let object = cx.object(cell, self.what);
            cx.note_wait(Op::new(self.kind, object, self.access, place), waker);
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Never polled.
    New,
    /// Its point has been passed.
    Begun,
    /// It returned `Pending`.
    Waiting,
    Done,
}

/// How far an operation has come that may have to wait. Dropped while it waits, it is given up, which
/// is a scheduling point if others can see it.
pub(crate) struct Visit<'a> {
    cell: &'a ObjectCell,
    act: &'static Act,
    place: Place,
    stage: Stage,
    /// Its place in line, while that is recorded; otherwise 0.
    ticket: u32,
}

impl<'a> Visit<'a> {
    pub(crate) fn new(cell: &'a ObjectCell, act: &'static Act, place: Place) -> Self {
        Visit { cell, act, place, stage: Stage::New, ticket: 0 }
    }

    /// The scheduling point before the operation, the first time.
    pub(crate) fn begin(&mut self) {
        if self.stage == Stage::New {
            self.stage = Stage::Begun;
            self.act.point(self.cell, self.place);
        }
    }

    /// Notes that the operation waits.
    pub(crate) fn wait(&mut self, waker: &Waker) {
        let Some(cx) = current() else {
            self.stage = Stage::Waiting;
            return;
        };
        let object = cx.object(self.cell, self.act.what);
        if self.stage != Stage::Waiting && self.act.cancels {
            self.ticket = cx.join_line(object, self.place);
        }
        self.stage = Stage::Waiting;
        let op = Op::new(self.act.kind, object, self.act.access, self.place);
        cx.note_wait_in_line(op, waker, self.ticket);
    }

    /// Notes that there is something to be given up, although nothing is waited for.
    pub(crate) fn hold(&mut self) {
        self.stage = Stage::Waiting;
    }

    pub(crate) fn end(&mut self) {
        self.stage = Stage::Done;
        self.leave_line();
    }

    fn leave_line(&mut self) {
        if self.ticket != 0
            && let Some(cx) = current()
        {
            cx.leave_line(self.ticket);
        }
    }
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        if self.stage == Stage::Waiting && self.act.cancels {
            let give_up = Act::new(self.act.what, OpKind::Cancel, Access::Write);
            give_up.point(self.cell, self.place);
        }
        self.leave_line();
    }
}

/// A real future with a scheduling point before its first poll.
pub(crate) struct Steered<'a, F> {
    // Dropped first: the point comes before what the real future's destructor does.
    visit: Visit<'a>,
    /// Whether a poll costs a unit of the cooperative budget.
    costs: bool,
    real: F,
}

impl<'a, F: Future> Steered<'a, F> {
    pub(crate) fn new(cell: &'a ObjectCell, act: &'static Act, place: Place, real: F) -> Self {
        Steered { visit: Visit::new(cell, act, place), costs: false, real }
    }

    /// The same for a cooperative future whose scheduling point has been passed already.
    pub(crate) fn begun(cell: &'a ObjectCell, act: &'static Act, place: Place, real: F) -> Self {
        let mut steered = Steered::cooperative(cell, act, place, real);
        steered.visit.stage = Stage::Begun;
        steered
    }

    /// The same for a future that takes a unit of budget before each attempt.
    pub(crate) fn cooperative(cell: &'a ObjectCell, act: &'static Act, place: Place, real: F) -> Self {
        Steered { visit: Visit::new(cell, act, place), costs: true, real }
    }
}

impl<F: Future> Future for Steered<'_, F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut PollContext<'_>) -> Poll<F::Output> {
        // SAFETY: `real` is pinned with `self`: it is not moved out, `Steered` has no destructor of
        // its own, and is `Unpin` only if `real` is. The other fields are not pinned.
        let (visit, costs, real) = unsafe {
            let this = self.get_unchecked_mut();
            (&mut this.visit, this.costs, Pin::new_unchecked(&mut this.real))
        };
        visit.begin();
        let progress = if costs { Some(ready!(poll_proceed(cx))) } else { None };
        match real.poll(cx) {
            Poll::Pending => {
                visit.wait(cx.waker());
                Poll::Pending
            }
            ready => {
                if let Some(progress) = progress {
                    progress.made_progress();
                }
                visit.end();
                ready
            }
        }
    }
}

/// A real future that acquires something from a queue of permits. Like tokio's, it takes its unit of
/// cooperative budget after it has acquired, and keeps what it acquired if it has to yield then.
pub(crate) struct Acquire<'a, F: Future> {
    visit: Visit<'a>,
    acquired: Option<F::Output>,
    real: F,
}

impl<'a, F: Future> Acquire<'a, F> {
    pub(crate) fn new(cell: &'a ObjectCell, act: &'static Act, place: Place, real: F) -> Self {
        Acquire { visit: Visit::new(cell, act, place), acquired: None, real }
    }
}

impl<F, P, E> Future for Acquire<'_, F>
where
    F: Future<Output = Result<P, E>>,
{
    type Output = Result<P, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut PollContext<'_>) -> Poll<Result<P, E>> {
        // SAFETY: as for `Steered`; `acquired` is not pinned.
        let (visit, acquired, real) = unsafe {
            let this = self.get_unchecked_mut();
            (&mut this.visit, &mut this.acquired, Pin::new_unchecked(&mut this.real))
        };
        visit.begin();
        let result = match acquired.take() {
            Some(result) => result,
            None => match real.poll(cx) {
                Poll::Pending => {
                    visit.wait(cx.waker());
                    return Poll::Pending;
                }
                Poll::Ready(result) => result,
            },
        };
        if result.is_ok() {
            match poll_proceed(cx) {
                Poll::Pending => {
                    *acquired = Some(result);
                    visit.hold();
                    return Poll::Pending;
                }
                Poll::Ready(progress) => progress.made_progress(),
            }
        }
        visit.end();
        Poll::Ready(result)
    }
}

/// Placed in a struct before the real thing: a scheduling point right before that is dropped.
pub(crate) struct Parting<C: Deref<Target = ObjectCell>> {
    cell: C,
    act: &'static Act,
    place: Place,
    armed: bool,
}

impl<C: Deref<Target = ObjectCell>> Parting<C> {
    pub(crate) fn new(cell: C, act: &'static Act, place: Place) -> Self {
        Parting { cell, act, place, armed: true }
    }

    pub(crate) fn cell(&self) -> &ObjectCell {
        &self.cell
    }

    /// Dropping the real thing is no longer an operation: it has been used up.
    pub(crate) fn disarm(&mut self) {
        self.armed = false;
    }
}

impl<C: Deref<Target = ObjectCell> + Clone> Parting<C> {
    /// One for another end of the same channel.
    pub(crate) fn another(&self, act: &'static Act, place: Place) -> Self {
        Parting::new(self.cell.clone(), act, place)
    }

    pub(crate) fn share(&self) -> C {
        self.cell.clone()
    }
}

impl<C: Deref<Target = ObjectCell>> Drop for Parting<C> {
    fn drop(&mut self) {
        if self.armed {
            self.act.point(&self.cell, self.place);
        }
    }
}

/// Runs a future to its end on the current task's stack, as the `blocking_*` methods do.
///
/// # Panics
/// Panics on a task that is a future, as tokio does within a runtime.
#[track_caller]
pub(crate) fn block_on<F: Future>(cx: Context, place: Place, future: F) -> F::Output {
    assert!(
        crate::tokio::runtime::context::may_block(cx),
        "Cannot block the current thread from within a runtime. This happens because a function \
         attempted to block the current thread while the thread is being used to drive asynchronous \
         tasks."
    );
    cx.block_on(future, LaneId::UNLIMITED, place)
}

/// Called on a thread that is not under control before it blocks for real: if a live execution has the
/// object, its run ends, since the schedule cannot be repeated.
#[cold]
pub(crate) fn blocks_outside(cell: &ObjectCell, what: &'static str, place: Place) {
    let thread = ::std::thread::current();
    let name = thread.name().unwrap_or("without a name").to_owned();
    coyote_engine::deliver(cell, move |execution, _| {
        execution.end_uncontrolled(format!(
            "OS thread {name}, which is not under control, blocked on a {what} of the test at {place}"
        ));
    });
}
