//! Creating, waking, aborting and joining tasks; lanes; futures run to their end by a thread.

use std::future::Future;
use std::mem::ManuallyDrop;
use std::panic::Location;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use super::rec::{State, TaskRec, Wait, flag, wake};
use super::{Execution, Phase};
use crate::lane::LaneId;
use crate::op::{Op, OpKind, TaskId};
use crate::remote::Message;
use crate::task::{Stage, TaskError, TaskHandle, TaskRef};
use crate::waker;

/// How a task is to be created.
#[derive(Clone, Debug)]
pub struct Spawn {
    /// Whether it stands for a thread: it may block, and nothing else waits for its place.
    pub is_thread: bool,
    /// The name given by the user.
    pub name: Option<Rc<str>>,
    /// The lane it runs in.
    pub lane: LaneId,
    /// Where it is created.
    pub location: &'static Location<'static>,
}

impl Execution {
    /// Creates a task. It runs when the strategy picks it: this is no scheduling point.
    pub fn create<F: Future>(&self, future: F, spawn: Spawn) -> TaskHandle<F::Output> {
        let id = self.next_id();
        let task = TaskRef::new(future, id, self.epoch, |layout| {
            self.pool().blocks.with(|blocks| blocks.alloc(layout))
        });
        self.admit(id, task, spawn);
        task.handle()
    }

    /// Creates a task from a closure that stands for a thread.
    pub fn create_thread<F, T>(&self, body: F, spawn: Spawn) -> TaskHandle<T>
    where
        F: FnOnce() -> T,
    {
        self.create(async move { body() }, Spawn { is_thread: true, ..spawn })
    }

    /// A scheduling point after the current task has created another, the latest: that one may run before
    /// this one goes on.
    pub fn point_after_spawn(&self, location: &'static Location<'static>) {
        let created = self.task_object(self.next_task.get() - 1);
        self.point(Op::new(OpKind::Spawn, created, crate::op::Access::None, location));
    }

    fn next_id(&self) -> TaskId {
        let id = self.next_task.get();
        assert!(id < 1 << waker::ID_BITS, "more than 16 million tasks in one execution");
        self.next_task.set(id + 1);
        id
    }

    fn admit(&self, id: TaskId, task: TaskRef, spawn: Spawn) {
        let parent = self.current.get();
        let (ordinal, path) = if parent == super::CLOCK {
            (1, 0x6d61_696e)
        } else {
            let creator = self.task(parent);
            let ordinal = creator.children.get() + 1;
            creator.children.set(ordinal);
            (ordinal, super::point::path_hash(creator.path.get(), ordinal, 0x7461_736b))
        };
        let mut flags = if spawn.is_thread { flag::THREAD } else { 0 };
        if self.phase.get() == Phase::Teardown {
            flags |= flag::CANCEL;
        }
        self.pool().tasks.begin(id, |rec| {
            rec.begin(task, parent, ordinal, path, spawn.lane.0, flags, spawn.name, spawn.location);
        });
        self.unfinished.set(self.unfinished.get() + 1);
        self.cells.set(self.cells.get() + 1);
        if self.clocked.get() {
            self.hands_on(id);
        }
        self.strategy().spawned(id, parent, path);
        self.make_ready(id);
    }

    /// Adds a task that is ready, and not in a poll, to the enabled set or behind its lane.
    #[inline]
    pub(super) fn make_ready(&self, id: TaskId) {
        let rec = self.task(id);
        let lane = rec.lane.get();
        if lane != u32::MAX && !rec.has(flag::LANE) {
            let lane = self.lane(lane);
            lane.ready.with(|ready| ready.insert(id));
            if !lane.has_room() {
                return;
            }
        }
        self.pool().enabled.with(|enabled| enabled.insert(id));
    }

    /// Gives the task about to run a place in its lane; if that was the last, the others are hidden.
    pub(super) fn enter_lane(&self, id: TaskId) {
        let rec = self.task(id);
        let lane = self.lane(rec.lane.get());
        rec.set(flag::LANE);
        if self.clocked.get() && lane.width.get() == 1 {
            self.turns(id, rec.lane.get(), true);
        }
        lane.running.set(lane.running.get() + 1);
        lane.entered.set(self.slot.steps());
        lane.ready.with(|ready| {
            ready.remove(id);
            if !lane.has_room() && !ready.is_empty() {
                self.pool().enabled.with(|enabled| enabled.remove_subset(ready));
            }
        });
    }

    /// Takes a task's place in its lane away; if that was the last, the others can be seen again.
    pub(super) fn leave_lane(&self, id: TaskId) {
        let rec = self.task(id);
        let lane = self.lane(rec.lane.get());
        rec.clear(flag::LANE);
        if self.clocked.get() && lane.width.get() == 1 {
            self.turns(id, rec.lane.get(), false);
        }
        let was_full = !lane.has_room();
        lane.running.set(lane.running.get() - 1);
        if was_full && lane.has_room() {
            lane.ready.with(|ready| {
                if !ready.is_empty() {
                    self.pool().enabled.with(|enabled| enabled.add_disjoint(ready));
                }
            });
        }
    }

    /// Gives up the current task's place in its lane until its poll ends, as `block_in_place` does.
    pub fn leave_own_lane(&self) {
        let current = self.current.get();
        let rec = self.task(current);
        if rec.has(flag::LANE) {
            self.leave_lane(current);
            rec.away_from.set(rec.lane.replace(u32::MAX));
            rec.set(flag::AWAY);
        }
    }

    /// Puts a task whose poll has ended back into the lane that it left in the middle of it.
    #[cold]
    pub(super) fn return_to_lane(&self, id: TaskId) {
        let rec = self.task(id);
        rec.clear(flag::AWAY);
        rec.lane.set(rec.away_from.get());
    }

    /// Asks a task to stop: at once if it is not in a poll, otherwise when that returns `Pending`.
    pub(crate) fn abort(&self, id: TaskId) {
        if id >= self.next_task.get() {
            return;
        }
        let rec = self.task(id);
        if rec.state.get() == State::Done || rec.has(flag::EXITING) {
            return;
        }
        if rec.has(flag::THREAD) && !(rec.state.get() == State::Ready && rec.op().is(OpKind::Start)) {
            // A thread, once running, cannot be stopped.
            return;
        }
        rec.set(flag::ABORT);
        self.wake(id);
    }

    /// Returns whether a task's end is visible.
    pub fn is_finished(&self, id: TaskId) -> bool {
        id >= self.next_task.get() || self.task(id).state.get() == State::Done
    }

    pub(crate) fn waker_cloned(&self, id: TaskId) {
        if id < self.next_task.get() {
            let wakers = &self.task(id).wakers;
            wakers.set(wakers.get().wrapping_add(1));
        }
    }

    pub(crate) fn waker_dropped(&self, id: TaskId) {
        if id < self.next_task.get() {
            let wakers = &self.task(id).wakers;
            wakers.set(wakers.get().wrapping_sub(1));
        }
    }

    /// Returns what is left of the current task's cooperative budget in this poll.
    pub fn budget(&self) -> u8 {
        self.current_rec().budget.get()
    }

    /// Sets what is left of the current task's cooperative budget in this poll.
    pub fn set_budget(&self, budget: u8) {
        self.current_rec().budget.set(budget);
    }

    /// Notes what the current task's future waits for, on returning `Pending` to `waker`, for reports
    /// and for finding circles of waiting at once.
    pub fn note_wait(&self, op: Op, waker: &Waker) {
        self.note_wait_in_line(op, waker, 0);
    }

    /// The same for something that is given to one waiter after the other, with what
    /// [`Execution::join_line`] returned.
    pub fn note_wait_in_line(&self, op: Op, waker: &Waker, ticket: u32) {
        let current = self.current.get();
        let rec = self.current_rec();
        if !waker::is_plain(waker, waker::word(self.epoch, current)) {
            rec.set(flag::OPAQUE);
        }
        rec.waits.with(|waits| waits.push(Wait { op, ticket }));
    }

    /// Returns whether the current task stands for a thread, which may block.
    pub fn in_thread(&self) -> bool {
        self.current_rec().has(flag::THREAD)
    }

    /// Runs a future to its end on the current task, whose stack it keeps. With a lane, each poll
    /// takes a place in it.
    pub fn block_on<F: Future>(
        &self,
        future: F,
        lane: LaneId,
        location: &'static Location<'static>,
    ) -> F::Output {
        let current = self.current.get();
        let rec = self.task(current);
        let mut future = pin!(future);
        let waker = ManuallyDrop::new(waker::waker(waker::word(self.epoch, current)));
        let mut cx = Context::from_waker(&waker);
        let outer = rec.lane.get();
        let held = rec.flags.get() & flag::LANE;
        let budget = rec.budget.get();
        let _restore_wake = RestoreWake { execution: self, current };
        let _restore = RestoreLane { execution: self, current, outer, held, budget };
        rec.clear(flag::LANE);
        rec.lane.set(lane.0);
        if lane != LaneId::UNLIMITED {
            if self.lane(lane.0).thread.get() == 0 {
                self.lane(lane.0).thread.set(current);
            }
            self.sleep_on_waker(current, Op::local(OpKind::BlockOn, location), true, true);
        }
        loop {
            rec.budget.set(super::rec::BUDGET);
            if let Poll::Ready(output) = self.poll_here(rec, future.as_mut(), &mut cx) {
                return output;
            }
            let lane = rec.lane.get() != u32::MAX;
            self.sleep_on_waker(
                current,
                Op::local(OpKind::Resume, location),
                rec.wake.get() != wake::NONE,
                lane,
            );
        }
    }

    /// Runs a future to its end on the current task, and blocks the thread meanwhile: a place in a lane is not
    /// given up, and the cooperative budget stays that of the poll around.
    pub fn block_thread_on<F: Future>(&self, future: F, location: &'static Location<'static>) -> F::Output {
        let current = self.current.get();
        let rec = self.task(current);
        let mut future = pin!(future);
        let waker = ManuallyDrop::new(waker::waker(waker::word(self.epoch, current)));
        let mut cx = Context::from_waker(&waker);
        let _restore = RestoreWake { execution: self, current };
        loop {
            if let Poll::Ready(output) = self.poll_here(rec, future.as_mut(), &mut cx) {
                return output;
            }
            self.sleep_on_waker(
                current,
                Op::local(OpKind::Resume, location),
                rec.wake.get() != wake::NONE,
                false,
            );
        }
    }

    /// Polls what the current task blocks on.
    fn poll_here<F: Future>(
        &self,
        rec: &TaskRec,
        future: Pin<&mut F>,
        cx: &mut Context<'_>,
    ) -> Poll<F::Output> {
        rec.wake.set(wake::NONE);
        rec.clear(flag::OPAQUE);
        self.goes_on(rec);
        let polled = future.poll(cx);
        if polled.is_pending() && rec.wake.get() == wake::YIELDED {
            self.strategy().yielded(self.current.get());
        }
        polled
    }

    /// Waits, with the stack, for a wake-up of the current task; or just lets others go first if one
    /// came already. With `gives_way`, its place in a lane is given up meanwhile.
    fn sleep_on_waker(&self, current: TaskId, op: Op, woken: bool, gives_way: bool) {
        let rec = self.task(current);
        rec.set_op(op);
        rec.wake.set(wake::NONE);
        if gives_way {
            self.pool().enabled.with(|enabled| enabled.remove(current));
            if rec.held.get(|held| !held.is_empty()) {
                self.waits_with_locks(current);
            }
            if rec.has(flag::LANE) {
                self.leave_lane(current);
            }
        }
        if !woken {
            rec.set(flag::ASLEEP);
            if !gives_way {
                self.pool().enabled.with(|enabled| enabled.remove(current));
            }
            self.look_for_async_cycle(current);
        } else if gives_way {
            self.make_ready(current);
        }
        match self.next_task() {
            Some(next) if next == current => {
                if rec.lane.get() != u32::MAX && !rec.has(flag::LANE) {
                    self.enter_lane(current);
                }
            }
            Some(next) => self.switch_to(next),
            None => self.rest_for_ever(),
        }
        rec.clear(flag::ASLEEP);
        if rec.has(flag::CANCEL) {
            self.cancelled_here(current);
        }
    }

    /// Waits, on a thread's stack, for a task's end and returns its result.
    pub fn join<T>(
        &self,
        handle: &TaskHandle<T>,
        location: &'static Location<'static>,
    ) -> Result<T, TaskError> {
        let op = Op::new(OpKind::Join, self.task_object(handle.id()), crate::op::Access::Read, location);
        self.point(op);
        let joined = std::future::poll_fn(|cx| {
            let polled = handle.poll_join(cx.waker());
            if polled.is_pending() {
                self.note_wait(op, cx.waker());
            }
            polled
        });
        self.block_thread_on(joined, location)
    }

    pub(crate) fn handle_dropped(&self, task: TaskRef) {
        let header = task.header();
        header.handle.set(false);
        if !header.released.get() {
            return;
        }
        let id = header.id;
        if header.stage.get() == Stage::Panicked {
            self.nobody_looks(id);
        }
        self.task(id).task.set(None);
        self.free(task);
    }

    /// Destroys what is left in a task's memory and gives that back.
    pub(super) fn free(&self, task: TaskRef) {
        if task.has_result() {
            let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| task.drop_result()));
        }
        let layout = task.layout();
        let block = task.block();
        self.cells.set(self.cells.get() - 1);
        #[expect(unsafe_code, reason = "frees a task's memory")]
        // SAFETY: the block came from this pool with this layout; execution and handle, its only
        // referrers, have both let go.
        self.pool().blocks.with(|blocks| unsafe { blocks.free(block, layout) });
    }

    pub(super) fn read_mail(&self) {
        self.foreign.set(true);
        for message in self.slot.take_messages() {
            match message {
                Message::Wake(task) => self.wake(task),
                Message::Abort(task) => self.abort(task),
                Message::DropHandle(task) => self.handle_dropped(task.0),
                Message::Call(call) => call(self),
            }
        }
        self.set_fast_until();
        self.note_uncontrolled(
            "an OS thread that is not under control woke or used something of the test (when it does so is not \
             repeatable)"
                .to_owned(),
        );
    }

    /// Leaves task memory that handles still refer to, to those.
    #[inline]
    pub(super) fn give_back(&self) {
        self.slot.end();
        if self.cells.get() > 0 {
            self.leave_to_handles();
        }
    }

    #[inline(never)]
    fn leave_to_handles(&self) {
        for id in super::ROOT..self.next_task.get() {
            if self.cells.get() == 0 {
                break;
            }
            let rec = self.task(id);
            if let Some(task) = rec.task.take() {
                task.header().released.set(true);
                self.cells.set(self.cells.get() - 1);
            }
        }
    }
}

/// Makes the current task yield when its future returns `Pending` to `waker`, as `yield_now` does. Returns
/// false, having done nothing, if no execution controls this OS thread.
pub fn yield_on_pending(waker: &Waker) -> bool {
    /// A combinator polls its part again only if the waker that it gave it was woken.
    #[cold]
    #[inline(never)]
    fn wake_combinator(execution: &Execution, waker: &Waker) {
        waker.wake_by_ref();
        execution.current_rec().wake.set(wake::YIELDED);
    }
    let yields = |execution: &Execution| {
        if waker::is_plain(waker, waker::word(execution.epoch, execution.current.get())) {
            execution.current_rec().wake.set(wake::YIELDED);
        } else {
            wake_combinator(execution, waker);
        }
    };
    crate::context::with_current(yields).is_some()
}

/// Wakes a task again after a `block_on` inside of it: a wake-up that was meant for a future further out may have been
/// taken for one of that which blocked.
struct RestoreWake<'a> {
    execution: &'a Execution,
    current: TaskId,
}

impl Drop for RestoreWake<'_> {
    fn drop(&mut self) {
        self.execution.task(self.current).wake.set(wake::WOKEN);
    }
}

/// Puts a task back into the lane it was in before `block_on`.
struct RestoreLane<'a> {
    execution: &'a Execution,
    current: TaskId,
    outer: u32,
    held: u16,
    budget: u8,
}

impl Drop for RestoreLane<'_> {
    fn drop(&mut self) {
        let rec = self.execution.task(self.current);
        if rec.has(flag::LANE) {
            self.execution.leave_lane(self.current);
        }
        let lane = rec.lane.get();
        if lane != u32::MAX && self.execution.lane(lane).thread.get() == self.current {
            self.execution.lane(lane).thread.set(0);
        }
        rec.lane.set(self.outer);
        rec.budget.set(self.budget);
        if self.execution.phase.get() == Phase::Running {
            rec.set(self.held);
        }
    }
}

/// Frees the memory of a task whose execution has ended, when its handle is dropped at last.
pub(crate) fn free_orphan(task: TaskRef) {
    let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| task.drop_result()));
    let layout = task.layout();
    let block = task.block();
    #[expect(unsafe_code, reason = "frees a task's memory")]
    // SAFETY: the execution has let go of it (`give_back`, or its end), so the dropped handle was the
    // last referrer.
    unsafe {
        crate::alloc::free_to_system(block, layout);
    }
}
