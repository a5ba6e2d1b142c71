//! The carriers' loop, and what becomes of a poll.

use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use super::in_place::HOST;
use super::rec::{BUDGET, NO_CARRIER, State, flag, wake};
use super::{CLOCK, Execution, OVER, Phase, ROOT, TaskRec, UnobservedPanic};
use crate::carrier::{Backend, Fiber};
use crate::end::End;
use crate::op::{Access, Op, OpKind, TaskId};
use crate::panics::Cancelled;
use crate::task::Stage;
use crate::waker;

/// The place of decisions between polls, which belong to no operation.
const HERE: &std::panic::Location<'static> = std::panic::Location::caller();

/// What every carrier does, for ever: run the current task, pick the next, until that one is suspended
/// on another carrier.
///
/// Parked here, at the suspension, a carrier's frames own nothing, so its stack may be unmapped.
pub(crate) fn drive() {
    loop {
        let execution = crate::context::current().expect("a carrier runs inside an execution");
        let me = execution.carrier.get();
        let mut id = execution.current.get();
        let mut rec = execution.current_rec();
        loop {
            execution.poll_task(id, rec);
            let target = match execution.next_task() {
                None => OVER,
                Some(next) => {
                    (id, rec) = (next, execution.enter_here(next));
                    match rec.carrier.get() {
                        NO_CARRIER => continue,
                        carrier => carrier,
                    }
                }
            };
            execution.next_carrier.set(target);
            let fiber = execution.park_carrier(me);
            suspend(fiber);
            break;
        }
    }
}

/// Destroys a future whose poll panics while that panic unwinds, as tokio does: its destructors see that the
/// thread panics.
struct DestroyOnPanic<'a> {
    execution: &'a Execution,
    id: TaskId,
}

impl Drop for DestroyOnPanic<'_> {
    #[cold]
    fn drop(&mut self) {
        if !self.execution.is_cancelling() {
            let task = self.execution.task(self.id).task.get();
            task.expect("a task that has not ended has memory").drop_future();
        }
    }
}

#[expect(unsafe_code, reason = "the address of a carrier is stable")]
fn suspend(fiber: *const Fiber) {
    // SAFETY: carriers are boxed and live as long as their pool, and this runs on that very carrier.
    unsafe { (*fiber).suspend() }
}

impl Execution {
    /// Runs the execution, from its beginning to its end.
    pub(super) fn run_to_end(&self) {
        self.next_carrier.set(self.enter(ROOT));
        self.run_carriers();
    }

    /// Resumes one carrier after the other until the execution is over, or it is the host's turn.
    pub(super) fn run_carriers(&self) {
        loop {
            let carrier = self.next_carrier.replace(OVER);
            self.carrier.set(carrier);
            if carrier >= HOST {
                break;
            }
            let fiber = self.pool().carriers.with(|carriers| carriers.get(carrier));
            #[expect(unsafe_code, reason = "the address of a carrier is stable")]
            // SAFETY: as in `suspend`; this is the hub, on the thread's own stack.
            unsafe {
                (*fiber).resume();
            }
        }
    }

    /// Called by a new carrier on its own stack.
    pub(crate) fn adopt_yielder(&self, yielder: *const corosensei::Yielder<(), ()>) {
        let fiber = self.pool().carriers.with(|carriers| carriers.get(self.carrier.get()));
        #[expect(unsafe_code, reason = "the address of a carrier is stable")]
        // SAFETY: as in `suspend`.
        unsafe {
            (*fiber).set_yielder(yielder);
        }
    }

    fn park_carrier(&self, carrier: u32) -> *const Fiber {
        self.pool().carriers.with(|carriers| {
            carriers.park(carrier);
            carriers.get(carrier)
        })
    }

    /// Makes `next` current, to be run on the carrier that asks if it is on none.
    #[inline(always)]
    fn enter_here(&self, next: TaskId) -> &TaskRec {
        let rec = self.set_current(next);
        if rec.lane.get() != u32::MAX && !rec.has(flag::LANE) {
            self.enter_lane(next);
        }
        rec
    }

    /// Leaves the carrier in the middle of a poll; returns when the task is resumed there.
    pub(super) fn suspend(&self, rec: &TaskRec) {
        if let Some(words) = self.words {
            rec.panics.set(words.take());
        }
        let left = self.switch_hook.map(|hook| hook.leave());
        rec.stack.set((&raw const left).addr());
        let carrier = self.carrier.get();
        if carrier == HOST {
            self.run_carriers();
            assert!(self.carrier.get() == HOST, "an execution in place ended without its host");
        } else {
            suspend(self.pool().carriers.with(|carriers| carriers.get(carrier)));
        }
        if let (Some(hook), Some(left)) = (self.switch_hook, left) {
            hook.enter(left);
        }
        if let Some(words) = self.words {
            words.put(rec.panics.replace(0));
        }
    }

    /// Returns the task to run next, none being in the middle of running; None if all have ended.
    #[inline(always)]
    pub(super) fn next_task(&self) -> Option<TaskId> {
        loop {
            let step = self.slot.next_step();
            if step > self.slot.fast_until.load(Ordering::Relaxed) {
                self.attend(CLOCK, false);
                self.end_endless_teardown();
            }
            let enabled = self.pool().enabled.get(|enabled| enabled.len());
            if enabled > 1 {
                return Some(self.pick(0, Op::local(OpKind::Resume, HERE)));
            } else if enabled == 1 {
                if !self.attentive.get() {
                    return Some(self.pool().enabled.get(|enabled| enabled.select(0)));
                }
                if let Some(only) = self.only() {
                    return Some(only);
                }
            } else if !self.idle() {
                return None;
            }
        }
    }

    /// Returns the one task that is enabled; None if that was the clock, which has been served.
    #[cold]
    fn only(&self) -> Option<TaskId> {
        let only = self.pool().enabled.with(|enabled| enabled.select(0));
        if only == CLOCK {
            let arrived = self.look_outside();
            if !arrived {
                self.pass_time();
            }
            return None;
        }
        self.alone(0, self.pending(only));
        Some(only)
    }

    /// Polls the current task, or does what else is pending for it. Its number and record are passed in
    /// registers: through memory, they would lie on the longest chain of a step.
    #[inline(always)]
    fn poll_task(&self, id: TaskId, rec: &TaskRec) {
        let flags = rec.flags.get();
        rec.budget.set(BUDGET);
        if flags & (flag::EXITING | flag::ABORT | flag::CANCEL | flag::OPAQUE | flag::THREAD) != 0 {
            if flags & (flag::EXITING | flag::ABORT | flag::CANCEL) != 0 {
                return self.run_end(id);
            }
            rec.begin_unusual_poll();
        }
        rec.state.set(State::Running);
        rec.wake.set(wake::NONE);
        if rec.waits.get(|waits| !waits.is_empty()) {
            self.goes_on(rec);
        }
        let waker = ManuallyDrop::new(waker::waker(waker::word(self.epoch, id)));
        let mut cx = Context::from_waker(&waker);
        let Some(task) = rec.task.get() else { unreachable!("a task that has not ended has memory") };
        let poll = || {
            let guard = DestroyOnPanic { execution: self, id };
            let polled = task.poll(&mut cx);
            std::mem::forget(guard);
            polled
        };
        match catch_unwind(AssertUnwindSafe(poll)) {
            Ok(Poll::Pending) => {
                let yielded = rec.wake.get() == wake::YIELDED;
                if yielded && rec.flags.get() & flag::UNUSUAL == 0 && !self.slow.get() {
                    // It stays enabled, and in no lane: nothing but its pending operation changes.
                    rec.set_resume();
                    rec.state.set(State::Ready);
                    if self.tell_yields {
                        self.strategy().yielded(id);
                    }
                } else {
                    self.pending_again(id);
                }
            }
            Ok(Poll::Ready(())) => self.returned(id),
            Err(payload) => self.unwound(id, payload),
        }
    }

    /// The current task is polled again: this looks at all that it waited for, and may go on with some of it,
    /// long after the scheduling points before those operations.
    pub(super) fn goes_on(&self, rec: &TaskRec) {
        rec.waits.with(|waits| {
            for wait in waits.drain(..) {
                self.happened(self.current.get(), wait.op);
            }
        });
    }

    fn pending_again(&self, id: TaskId) {
        let rec = self.task(id);
        let flags = rec.flags.get();
        if flags & (flag::ABORT | flag::CANCEL) != 0 {
            return self.destroy(id);
        }
        rec.set_resume();
        if flags & flag::LANE != 0 && rec.held.get(|held| !held.is_empty()) {
            self.waits_with_locks(id);
        }
        let wake = rec.wake.get();
        if flags & flag::AWAY != 0 {
            self.return_to_lane(id);
            if wake != wake::NONE {
                self.pool().enabled.with(|enabled| enabled.remove(id));
                rec.state.set(State::Ready);
                return self.make_ready(id);
            }
        }
        if wake == wake::NONE {
            rec.state.set(State::Parked);
            self.pool().enabled.with(|enabled| enabled.remove(id));
            if flags & flag::LANE != 0 {
                self.leave_lane(id);
            }
            self.look_for_async_cycle(id);
            return;
        }
        rec.state.set(State::Ready);
        if wake == wake::YIELDED {
            self.strategy().yielded(id);
        }
        if flags & flag::LANE != 0 {
            self.pool().enabled.with(|enabled| enabled.remove(id));
            self.leave_lane(id);
            self.make_ready(id);
        }
        if wake == wake::YIELDED {
            self.yields_to_outside(id);
        }
    }

    /// The future has returned and is gone; its output waits to become visible.
    pub(super) fn returned(&self, id: TaskId) {
        self.drop_locals(id);
        let rec = self.task(id);
        let task = rec.task.get().expect("a task that has not ended has memory");
        if id == ROOT || !task.header().handle.get() || self.phase.get() == Phase::Teardown {
            self.exits_unseen(id);
            return self.finish(id, Stage::Output);
        }
        self.await_exit(id);
    }

    /// Makes the end a step of its own: whoever looks at the handle may still be first.
    fn await_exit(&self, id: TaskId) {
        let rec = self.task(id);
        rec.state.set(State::Ready);
        rec.set(flag::EXITING);
        rec.set_op(Op::new(OpKind::Exit, self.task_object(id), Access::Write, rec.spawned.get()));
        // In its lane it is no longer in anybody's way.
        if rec.has(flag::LANE) {
            self.leave_lane(id);
        }
        rec.lane.set(u32::MAX);
    }

    /// Notes the end of a task that nobody can join any more: whether its handle was dropped before that, or
    /// right after, makes no difference, and must make none to the fingerprint.
    fn exits_unseen(&self, id: TaskId) {
        if id != ROOT && self.phase.get() == Phase::Running {
            let place = self.task(id).spawned.get();
            self.happened(id, Op::new(OpKind::Exit, self.task_object(id), Access::Write, place));
        }
    }

    /// The poll has unwound.
    #[cold]
    fn unwound(&self, id: TaskId, payload: Box<dyn std::any::Any + Send>) {
        let rec = self.task(id);
        let task = rec.task.get().expect("a task that has not ended has memory");
        rec.clear(flag::UNWINDING);
        if payload.is::<Cancelled>() {
            drop(payload);
            return self.destroy(id);
        }
        self.destroy_future(id);
        self.drop_locals(id);
        self.note_panic(id, &*payload);
        task.header().panic.set(Some(payload));
        if id == ROOT || !task.header().handle.get() || self.phase.get() == Phase::Teardown {
            self.exits_unseen(id);
            return self.finish(id, Stage::Panicked);
        }
        self.await_exit(id);
    }

    /// What is pending for a task besides a poll: its end, or its destruction.
    #[cold]
    fn run_end(&self, id: TaskId) {
        let rec = self.task(id);
        if !rec.has(flag::EXITING) {
            return self.destroy(id);
        }
        // The decision to run it, or that there was none to take, has recorded it.
        self.happened(id, rec.op());
        self.make_end_visible(id);
    }

    /// Ends a task whose future is gone in the way in which that ended.
    fn make_end_visible(&self, id: TaskId) {
        let task = self.task(id).task.get().expect("a task that has not ended has memory");
        let header = task.header();
        let panicked = header.panic.take();
        let stage = match panicked {
            Some(payload) => {
                header.panic.set(Some(payload));
                Stage::Panicked
            }
            None if header.returned.get() => Stage::Output,
            None => Stage::Cancelled,
        };
        self.finish(id, stage);
    }

    /// Makes the end of a task visible now, if its future has ended and that is all that is left to do: for
    /// whoever has waited for the future in another way.
    pub fn settle(&self, id: TaskId) {
        if id < self.next_task.get() && self.task(id).has(flag::EXITING) {
            self.happened(self.current.get(), self.task(id).op());
            self.make_end_visible(id);
        }
    }

    /// Destroys a task's future where it stands, and ends the task as cancelled.
    #[cold]
    pub(super) fn destroy(&self, id: TaskId) {
        let rec = self.task(id);
        rec.state.set(State::Running);
        let panicked = self.destroy_future(id);
        self.drop_locals(id);
        let task = rec.task.get().expect("a task that has not ended has memory");
        // A destructor's panic is how an aborted task ended, as in tokio.
        let stage = match panicked {
            Some(payload) if self.phase.get() == Phase::Running => {
                self.note_panic(id, &*payload);
                task.header().panic.set(Some(payload));
                Stage::Panicked
            }
            _ => Stage::Cancelled,
        };
        if self.phase.get() == Phase::Running && task.header().handle.get() {
            return self.await_exit(id);
        }
        self.finish(id, stage);
    }

    /// Runs a future's destructor, if the future is there still. Returns what that panics with.
    fn destroy_future(&self, id: TaskId) -> Option<Box<dyn std::any::Any + Send>> {
        let rec = self.task(id);
        let task = rec.task.get().expect("a task that has not ended has memory");
        rec.set(flag::DROPPING);
        let dropped = catch_unwind(AssertUnwindSafe(|| task.drop_future()));
        rec.clear(flag::DROPPING | flag::UNWINDING);
        dropped.err().filter(|payload| !payload.is::<Cancelled>())
    }

    /// Runs the destructors of what belongs to the task.
    #[inline]
    fn drop_locals(&self, id: TaskId) {
        if self.task(id).locals.with(|locals| !locals.is_empty()) {
            self.drop_all_locals(id);
        }
    }

    #[inline(never)]
    fn drop_all_locals(&self, id: TaskId) {
        while self.task(id).locals.with(|locals| !locals.is_empty()) {
            let locals = self.task(id).locals.with(std::mem::take);
            let _ = catch_unwind(AssertUnwindSafe(|| drop(locals)));
        }
    }

    /// Makes a task's end visible.
    fn finish(&self, id: TaskId, stage: Stage) {
        let rec = self.task(id);
        let task = rec.task.get().expect("a task that has not ended has memory");
        let header = task.header();
        rec.state.set(State::Done);
        rec.clear(flag::EXITING);
        self.pool().enabled.with(|enabled| enabled.remove(id));
        if rec.has(flag::LANE) {
            self.leave_lane(id);
        }
        self.unfinished.set(self.unfinished.get() - 1);
        header.stage.set(stage);
        if let Some(waker) = header.join_waker.take() {
            waker.wake();
        }
        if id == ROOT {
            self.root_ended(stage);
        } else if !header.handle.get() {
            self.nobody_looks(id);
        }
        header.released.set(true);
        if !header.handle.get() {
            rec.task.set(None);
            self.free(task);
        }
    }

    fn root_ended(&self, stage: Stage) {
        if stage == Stage::Panicked {
            self.fail_for_panic(ROOT);
        } else if self.phase.get() == Phase::Running && self.has_cold() {
            self.root_returned();
        }
        if self.unfinished.get() > 0 {
            self.begin_teardown();
        }
    }

    /// Something may be wrong though the root has returned.
    #[cold]
    fn root_returned(&self) {
        let unobserved = self.if_cold(|cold| cold.panics.first().map(|panic| panic.0));
        match unobserved {
            Some(task) if self.unobserved_panic == UnobservedPanic::Fail => self.fail_for_panic(task),
            _ => self.set_end(self.hot_at_end().unwrap_or(End::Completed)),
        }
    }
}
