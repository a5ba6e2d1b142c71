//! Teardown: what is left is cancelled, and unwinds, as a schedule of its own.
//!
//! A future that is not in a poll is dropped where it is. A task that is suspended in a poll is
//! resumed, and unwinds from there with the engine's own payload, up to the top of its carrier, which
//! is used again. Destructors may lock and block: the holder is cancelled too, and comes along. What
//! cannot unwind is abandoned: its stack stays as it is for ever, and is counted.

use super::rec::{NO_CARRIER, State, flag};
use super::{CLOCK, Execution, OVER, Phase, ROOT};
use crate::carrier::{Backend, Fiber};
use crate::end::{Crash, End};
use crate::op::TaskId;
use crate::panics::{Cancelled, PanicRecord};
use crate::task::Stage;

/// A task that was told to unwind this often, and goes on, is abandoned.
const PATIENCE: u8 = 100;
/// Teardown itself ends after this many steps.
const MAX_STEPS: u64 = 200_000;

impl Execution {
    /// Cancels every task that has not ended. From here on the strategy is not asked.
    pub(super) fn begin_teardown(&self) {
        if self.observing.get() && self.phase.get() == Phase::Running {
            self.observe_end();
        }
        if self.phase.replace(Phase::Teardown) == Phase::Teardown {
            return;
        }
        self.record_panics_in_progress();
        self.set_slow(true);
        self.pool().enabled.with(|enabled| enabled.remove(CLOCK));
        for id in ROOT..self.next_task.get() {
            let rec = self.task(id);
            if rec.state.get() == State::Done {
                continue;
            }
            rec.set(flag::CANCEL);
            rec.lane.set(u32::MAX);
            rec.clear(flag::LANE);
            let unwinds = rec.panics.get() > 0;
            if rec.state.get() == State::Parked {
                rec.state.set(State::Ready);
            }
            if !unwinds {
                let (object, gate) = rec.gate.get();
                if object != crate::op::ObjectId::NONE {
                    self.object_rec(object).gates[gate as usize].waiting.with(|waiting| waiting.remove(id));
                }
                self.pool().enabled.with(|enabled| enabled.insert(id));
            }
        }
    }

    /// Returns the next task in turn.
    pub(super) fn next_in_teardown(&self) -> TaskId {
        let steps = self.teardown_steps.get() + 1;
        self.teardown_steps.set(steps);
        let from = self.current.get() + 1;
        self.pool().enabled.with(|enabled| enabled.at_or_after(from).unwrap_or_else(|| enabled.select(0)))
    }

    /// Returns whether the task may be unwound where it is.
    pub(super) fn may_unwind(&self, task: TaskId) -> bool {
        let rec = self.task(task);
        rec.has(flag::CANCEL)
            && !std::thread::panicking()
            && (rec.has(flag::FORCE) || !rec.has(flag::DROPPING))
    }

    /// Unwinds the current task, which is being cancelled. Returns if it must not be: it unwinds
    /// already, or runs destructors.
    pub(super) fn cancelled_here(&self, current: TaskId) {
        if !self.may_unwind(current) {
            return;
        }
        if self.is_host(current) {
            return self.stop_host();
        }
        let rec = self.task(current);
        let refusals = rec.refusals.get() + 1;
        rec.refusals.set(refusals);
        if refusals > PATIENCE {
            self.abandon_current();
        }
        rec.set(flag::UNWINDING);
        rec.relock.set((crate::op::ObjectId::NONE, crate::object::Gate::Exclusive));
        std::panic::resume_unwind(Box::new(Cancelled));
    }

    /// Returns whether the current task unwinds because it is cancelled; then locks are not poisoned.
    pub fn is_cancelling(&self) -> bool {
        self.current_rec().has(flag::UNWINDING)
    }

    /// Nothing is enabled in teardown: somebody must give way.
    pub(super) fn unstick(&self) {
        let blocked = |id: &TaskId| self.task(*id).state.get() != State::Done;
        let all = || (ROOT..self.next_task.get()).filter(blocked);
        // One that runs destructors, but does not unwind, can be unwound all the same.
        let gentle = all().find(|&id| self.task(id).panics.get() == 0 && !self.task(id).has(flag::FORCE));
        if let Some(id) = gentle {
            self.task(id).set(flag::FORCE | flag::CANCEL);
            let (object, gate) = self.task(id).gate.get();
            if object != crate::op::ObjectId::NONE {
                self.object_rec(object).gates[gate as usize].waiting.with(|waiting| waiting.remove(id));
            }
            self.pool().enabled.with(|enabled| enabled.insert(id));
            return;
        }
        match all().find(|&id| !self.is_host(id)) {
            Some(id) => self.abandon(id),
            // It cannot be left either: there are frames below that are not the engine's.
            None => std::process::abort(),
        }
    }

    /// Gives a task up: its stack and its memory stay as they are.
    fn abandon(&self, id: TaskId) {
        let rec = self.task(id);
        let carrier = match rec.carrier.get() {
            NO_CARRIER if id == self.current.get() => self.carrier.get(),
            carrier => carrier,
        };
        if carrier != NO_CARRIER {
            self.with_fiber(carrier, |fiber| fiber.abandoned.set(true));
        }
        rec.state.set(State::Done);
        self.pool().enabled.with(|enabled| enabled.remove(id));
        self.unfinished.set(self.unfinished.get() - 1);
        self.abandoned.set(self.abandoned.get() + 1);
        if let Some(task) = rec.task.take() {
            // The handle, if any, sees a cancelled task; the memory is never given back.
            task.header().stage.set(Stage::Cancelled);
            self.cells.set(self.cells.get() - 1);
        }
    }

    fn with_fiber<R>(&self, carrier: u32, f: impl FnOnce(&Fiber) -> R) -> R {
        let fiber = self.pool().carriers.with(|carriers| carriers.get(carrier));
        #[expect(unsafe_code, reason = "the address of a carrier is stable")]
        // SAFETY: carriers are boxed and live as long as their pool.
        f(unsafe { &*fiber })
    }

    /// Gives the current task up, and never comes back.
    fn abandon_current(&self) -> ! {
        let current = self.current.get();
        let carrier = self.carrier.get();
        self.abandon(current);
        if let Some(words) = self.words {
            words.clear();
        }
        let target = match self.next_task() {
            None => OVER,
            Some(next) => self.enter(next),
        };
        self.leave_for_ever(carrier, target)
    }

    /// Never comes back: everything has ended or was abandoned, the current task included.
    pub(super) fn rest_for_ever(&self) -> ! {
        self.leave_for_ever(self.carrier.get(), OVER)
    }

    fn leave_for_ever(&self, carrier: u32, target: u32) -> ! {
        self.next_carrier.set(target);
        self.with_fiber(carrier, Backend::suspend);
        unreachable!("an abandoned task was resumed")
    }

    /// Called when the process is about to be aborted on this thread. Returns if that is not because of a
    /// panic that cannot unwind.
    pub(crate) fn aborting(&self) {
        if let Some(record) = self.if_cold(|cold| cold.fatal.take()) {
            self.cannot_unwind(self.current.get(), record);
        }
    }

    /// A panic cannot unwind, and the process is about to be aborted: in teardown the task is given up;
    /// otherwise that is the bug, and then it is given up.
    pub(super) fn cannot_unwind(&self, current: TaskId, record: PanicRecord) {
        if self.words.is_none() || self.is_in_place() {
            // The count cannot be put right, and so nothing can run after this; or the program is one that is not
            // judged as a whole, and does what it would do without control.
            return;
        }
        if self.phase.get() == Phase::Running {
            let before =
                self.take_seen_panics(current).into_iter().map(|seen| seen.into_record().to_string());
            let before: Vec<String> = before.collect();
            let after =
                if before.is_empty() { String::new() } else { format!(" (after: {})", before.join("; ")) };
            let task = self.task_name(current);
            let message = format!("{}{after}", record.message);
            self.set_end(End::Crashed { task, what: Crash::Abort(message) });
            self.begin_teardown();
        }
        self.abandon_current();
    }

    /// Returns whether an address lies in the guard page of the current carrier's stack, or a little
    /// below: a stack overflow.
    pub(crate) fn is_below_stack(&self, address: usize) -> bool {
        !self.is_in_place()
            && self.with_fiber(self.carrier.get(), |fiber| {
                let start = fiber.stack().start;
                (start.saturating_sub(64 * 1024)..start + 4096).contains(&address)
            })
    }

    /// Returns the size of a task's stack in bytes.
    pub(crate) fn stack_size(&self) -> usize {
        self.with_fiber(self.carrier.get(), |fiber| fiber.stack().len())
    }

    /// Gives up everything that is left when teardown has gone on for too long.
    pub(super) fn end_endless_teardown(&self) {
        if self.teardown_steps.get() > MAX_STEPS {
            for id in ROOT..self.next_task.get() {
                if self.task(id).state.get() != State::Done && !self.is_host(id) {
                    self.abandon(id);
                }
            }
        }
    }
}
