//! Scheduling points and gates: the hot path.
//!
//! Nothing here is generic or `#[inline]` across crates: a user's debug build calls these functions as
//! they were compiled here, optimised.

use std::panic::Location;
use std::sync::atomic::Ordering;

use super::in_place::HOST;
use super::rec::{NO_CARRIER, State, flag, wake};
use super::{CLOCK, Execution, Granularity, Phase, TASK_OBJECT, TaskRec, Time};
use crate::bits::TaskSet;
use crate::carrier::{prefetch, prefetch_stack};
use crate::end::End;
use crate::object::{Gate, GateState, ObjectCell};
use crate::op::{Access, ObjectId, Op, OpKind, TaskId};
use crate::strategy::Point;
use crate::waker::ID_BITS;

/// Marks a decision that is a value drawn rather than a task picked.
pub(crate) const CHOICE: u32 = 1 << 31;

/// With more tasks than this, what a task goes on with may be in no near cache.
const MANY: TaskId = 256;

/// Mixes two words; cheap, and good enough for fingerprints once finished by [`finish`].
#[inline]
fn mix(a: u64, b: u64) -> u64 {
    (a.rotate_left(23) ^ b).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

#[inline]
fn finish(h: u64) -> u64 {
    (h ^ h >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93)
}

/// Mixes words into a name's hash.
pub(super) fn path_hash(parent: u64, ordinal: u32, what: u64) -> u64 {
    finish(mix(mix(parent, u64::from(ordinal) + 1), what))
}

impl Execution {
    /// Lets the strategy decide who runs before the current task does `op`. Returns when that is this
    /// task's turn: the operation must follow at once.
    ///
    /// # Panics
    /// Unwinds with a payload of the engine's own if the execution is being torn down.
    pub fn point(&self, op: Op) {
        let step = self.slot.next_step();
        let current = self.current.get();
        if step > self.slot.fast_until.load(Ordering::Relaxed) && !self.attend(current, true) {
            return self.pass(current, op);
        }
        if self.pool().enabled.get(|enabled| enabled.len()) > 1 {
            let next = self.pick(current, op);
            if next != current {
                let rec = self.current_rec();
                rec.set_op(op);
                self.switch_to(next);
                if rec.has(flag::CANCEL) {
                    self.cancelled_here(current);
                }
            }
        } else if self.attentive.get() {
            self.alone(current, op);
        }
        self.happened(current, op);
    }

    /// The only enabled task runs: nothing was to be picked, but somebody wants to know.
    #[cold]
    pub(super) fn alone(&self, current: TaskId, op: Op) {
        self.tell_passed(current, op);
        let only = if current != 0 { current } else { self.pool().enabled.with(|enabled| enabled.select(0)) };
        if self.phase.get() == Phase::Running {
            self.record_step(only, op, 1, 0, None);
        }
    }

    /// Tells the strategy, if it wants to know, that the only enabled task runs.
    fn tell_passed(&self, current: TaskId, op: Op) {
        if self.tell_all && self.phase.get() == Phase::Running {
            self.pool().enabled.with(|enabled| self.strategy().passed(&self.here(enabled, current, op)));
        }
    }

    /// Goes on without a switch; what happens is noted all the same.
    #[cold]
    fn pass(&self, current: TaskId, op: Op) {
        if self.phase.get() == Phase::Running && self.suppressed.get() == 0 {
            self.record_step(current, op, 1, 0, None);
            self.happened(current, op);
        }
    }

    /// Notes that the current task has done `op`, without a scheduling point: for operations whose
    /// place in the order is settled by one that has a point.
    pub fn happened_now(&self, op: Op) {
        let current = self.current.get();
        if self.slow.get() {
            self.record_step(current, op, 1, 0, None);
        }
        self.happened(current, op);
    }

    /// Extends the happens-before hashes of the task and the object, and the fingerprint.
    #[inline]
    pub(super) fn happened(&self, task: TaskId, op: Op) {
        let object = op.object();
        if object == ObjectId::NONE || op.access() == Access::None {
            return;
        }
        debug_assert_eq!(task, self.current.get(), "only the current task does things");
        let rec = self.current_rec();
        let (changed, read) = if object.0 & TASK_OBJECT != 0 {
            let other = self.task(object.0 & !TASK_OBJECT);
            (&other.changed, &other.read)
        } else {
            let object = self.object_rec(object);
            (&object.changed, &object.read)
        };
        let history = mix(rec.history.get(), op.word() & 0xffff);
        let event = if op.access() == Access::Read {
            let event = mix(history, changed.get());
            read.set(read.get().wrapping_add(event));
            event
        } else {
            let event = mix(history, changed.get().wrapping_add(read.get()));
            changed.set(event);
            read.set(0);
            event
        };
        rec.history.set(event);
        if self.clocked.get() {
            self.synchronised(task, op);
        }
        self.fingerprint.set(self.fingerprint.get().wrapping_add(finish(event)));
    }

    /// Looks around, off the fast path. Returns false if the point is to be passed without a switch.
    #[cold]
    pub(super) fn attend(&self, current: TaskId, in_poll: bool) -> bool {
        let yielding = self.yielding.take();
        if self.slot.mail.load(Ordering::Relaxed) {
            self.read_mail();
        }
        if self.phase.get() == Phase::Teardown {
            if in_poll && self.may_unwind(current) {
                self.cancelled_here(current);
            }
            return !in_poll;
        }
        let step = self.slot.steps();
        if step > self.alarm.get() && self.alarmed(step) {
            if in_poll && self.may_unwind(current) {
                self.cancelled_here(current);
            }
            return !in_poll;
        }
        let fair = self.strategy().is_fair(step);
        let bound = if fair || self.strategy().has_fair_suffix() {
            self.max_fair_steps
        } else {
            self.max_unfair_steps
        };
        if step > bound {
            self.set_end(self.starvation(step, fair).unwrap_or(End::StepBound { bound, fair }));
            self.begin_teardown();
            if in_poll && self.may_unwind(current) {
                self.cancelled_here(current);
            }
            return !in_poll;
        }
        if !self.slow.get() {
            self.slot.fast_until.store(bound.min(self.alarm.get()), Ordering::Relaxed);
        }
        if !in_poll {
            return true;
        }
        self.suppressed.get() == 0
            && (self.granularity == Granularity::Op || yielding)
            && (self.words.is_some() || !std::thread::panicking())
    }

    /// Asks the strategy, with at least two tasks enabled; `current` is 0 if none can simply go on.
    #[inline]
    pub(super) fn pick(&self, current: TaskId, op: Op) -> TaskId {
        if self.slow.get() {
            return self.pick_slowly(current, op);
        }
        let next = self.ask(current, op);
        self.pool().decisions.with(|decisions| decisions.push(next));
        next
    }

    #[inline]
    fn ask(&self, current: TaskId, op: Op) -> TaskId {
        self.pool().enabled.with(|enabled| self.strategy().pick(&self.here(enabled, current, op)))
    }

    #[inline]
    fn here<'a>(&'a self, enabled: &'a TaskSet, current: TaskId, op: Op) -> Point<'a> {
        Point { enabled, current, step: self.slot.steps(), execution: self, op }
    }

    /// Asks the strategy, records the answer, and serves the clock when that is picked.
    #[cold]
    fn pick_slowly(&self, current: TaskId, op: Op) -> TaskId {
        loop {
            let alternatives = self.pool().enabled.with(|enabled| enabled.len() as u32);
            if self.phase.get() == Phase::Teardown || alternatives < 2 {
                let next = self.next_in_teardown();
                if next == CLOCK {
                    self.tick();
                    continue;
                }
                self.tell_passed(current, op);
                if self.phase.get() == Phase::Running {
                    let done = if next == current { op } else { self.pending(next) };
                    self.record_step(next, done, 1, 0, None);
                }
                return next;
            }
            let next = self.ask(current, op);
            if let Some(divergence) = self.strategy().divergence() {
                self.set_end(End::Diverged(divergence));
                self.begin_teardown();
                continue;
            }
            self.pool().decisions.with(|decisions| decisions.push(next));
            let done = if next == current && next != CLOCK { op } else { self.pending(next) };
            let index = self.pool().enabled.with(|enabled| enabled.rank(next));
            let held_up = current != 0 && next != current && !op.is(OpKind::Yield);
            self.record_step(next, done, alternatives, index, held_up.then_some((current, op)));
            if next != CLOCK {
                return next;
            }
            self.tick();
        }
    }

    /// Returns a number below `n`, drawn by the strategy and kept in the trace.
    ///
    /// # Panics
    /// Panics if `n` is 0 or above 2^31.
    pub fn choose(&self, n: u32, location: &'static Location<'static>) -> u32 {
        assert!(n > 0 && n <= CHOICE, "cannot choose among {n} values: give 1 to 2^31");
        if n == 1 || self.phase.get() == Phase::Teardown {
            return 0;
        }
        let value = self.draw(n, location);
        self.observed(u64::from(value));
        value
    }

    /// The same, where the task does not come to know the value.
    pub(super) fn draw(&self, n: u32, location: &'static Location<'static>) -> u32 {
        let current = self.current.get();
        let value = self.pool().enabled.with(|enabled| {
            let (step, op) = (self.slot.steps(), Op::local(OpKind::Choose, location));
            self.strategy().choose_at(&Point { enabled, current, step, execution: self, op }, n)
        });
        if let Some(mut divergence) = self.strategy().divergence() {
            // A strategy does not know whose choice it makes.
            let task = self.task_name(current);
            divergence.found = format!("{} by {task} at {location}", divergence.found);
            self.set_end(End::Diverged(divergence));
            self.begin_teardown();
            return value;
        }
        self.pool().decisions.with(|decisions| decisions.push(CHOICE | value));
        if self.recording.get() {
            self.record_step(current, Op::local(OpKind::Choose, location), n, value, None);
        }
        value
    }

    /// Notes what the current task has come to know otherwise than from an object, such as the time: its
    /// later events, and with them the fingerprint, depend on that.
    pub fn observed(&self, value: u64) {
        let rec = self.task(self.current.get());
        rec.history.set(mix(rec.history.get(), value));
    }

    /// Returns an object's number in this execution, giving it one at first use.
    pub fn object(&self, cell: &ObjectCell, kind: &'static str) -> ObjectId {
        let word = cell.word();
        if word >> ID_BITS == self.epoch.0 {
            ObjectId((word & ((1 << ID_BITS) - 1)) as u32)
        } else {
            self.register(cell, kind)
        }
    }

    /// Returns an object's number if it has one in this execution.
    pub fn known_object(&self, cell: &ObjectCell) -> Option<ObjectId> {
        let word = cell.word();
        (word >> ID_BITS == self.epoch.0).then_some(ObjectId((word & ((1 << ID_BITS) - 1)) as u32))
    }

    #[cold]
    fn register(&self, cell: &ObjectCell, kind: &'static str) -> ObjectId {
        if crate::remote::is_live_elsewhere(cell.word() >> ID_BITS, self.epoch) {
            let created = cell.created().map(|at| format!(" created at {at}")).unwrap_or_default();
            self.end_uncontrolled(format!(
                "a {kind}{created} is used by two explorations at the same time (a static? run its tests with \
                 --test-threads=1)"
            ));
        }
        let id = self.next_object.get();
        self.next_object.set(id + 1);
        let creator = self.current.get();
        let rec = self.task(creator);
        let ordinal = rec.objects.get() + 1;
        rec.objects.set(ordinal);
        // Neither who got here first, perhaps only to wait before the operation, nor how many objects there
        // were before may tell one execution of a class from another: an object's history begins with the
        // first event on it.
        let hash = path_hash(0, 0, cell.created().map_or(0, |at| u64::from(at.line())));
        self.pool().objects.begin(id, |object| object.begin(kind, cell.created(), creator, ordinal, hash));
        cell.set_word(self.epoch.0 << ID_BITS | u64::from(id));
        ObjectId(id)
    }

    /// Returns a task as an object: what joining it looks at.
    pub fn task_object(&self, task: TaskId) -> ObjectId {
        ObjectId(TASK_OBJECT | task)
    }

    #[inline]
    fn gate(&self, object: ObjectId, gate: Gate) -> &GateState {
        &self.object_rec(object).gates[gate as usize]
    }

    /// Returns whether a gate is open. Gates of a new object are.
    pub fn is_open(&self, object: ObjectId, gate: Gate) -> bool {
        self.gate(object, gate).open.get()
    }

    /// Opens or closes a gate. All tasks that wait at it are enabled, or disabled, with that, without
    /// running.
    pub fn set_gate(&self, object: ObjectId, gate: Gate, open: bool) {
        let gate = self.gate(object, gate);
        if gate.open.replace(open) == open {
            return;
        }
        if open && self.clocked.get() {
            return self.open_clocked(object, gate);
        }
        self.let_by(gate, open);
    }

    #[cold]
    #[inline(never)]
    fn open_clocked(&self, object: ObjectId, gate: &GateState) {
        self.releases(object);
        self.let_by(gate, true);
    }

    /// Enables those who wait at a gate, or disables them.
    #[inline(always)]
    fn let_by(&self, gate: &GateState, open: bool) {
        gate.waiting.with(|waiting| {
            if !waiting.is_empty() {
                self.pool().enabled.with(|enabled| {
                    if open { enabled.add_disjoint(waiting) } else { enabled.remove_subset(waiting) }
                });
            }
        });
    }

    /// A scheduling point before `op`, which needs an open gate: the current task is enabled exactly
    /// while the gate is open, and this returns true when it is open and this task's turn; the caller
    /// then closes it if need be. Returns false if `deadline`, in virtual nanoseconds, came first.
    ///
    /// # Panics
    /// Unwinds with a payload of the engine's own if the execution is being torn down.
    pub fn wait(&self, object: ObjectId, gate: Gate, op: Op, deadline: Option<u64>) -> bool {
        let step = self.slot.next_step();
        let current = self.current.get();
        let state = self.gate(object, gate);
        let switches = step <= self.slot.fast_until.load(Ordering::Relaxed) || self.attend(current, true);
        if state.open.get() {
            if switches {
                if self.pool().enabled.get(|enabled| enabled.len()) > 1 {
                    let next = self.pick(current, op);
                    if next != current {
                        self.current_rec().set_op(op);
                        self.wait_at(current, object, gate, next);
                    }
                } else if self.attentive.get() {
                    self.alone(current, op);
                }
            }
        } else {
            self.current_rec().set_op(op);
            if !self.block(current, object, gate, deadline) {
                return false;
            }
        }
        if op.object() != object {
            self.acquires(object);
        }
        self.happened(current, op);
        true
    }

    /// Registers the current task at an open gate while another goes first.
    fn wait_at(&self, current: TaskId, object: ObjectId, gate: Gate, next: TaskId) {
        let state = self.gate(object, gate);
        let rec = self.task(current);
        state.waiting.with(|waiting| waiting.insert(current));
        rec.gate.set((object, gate));
        self.switch_to(next);
        self.left_gate(current);
        if !state.open.get() {
            // Only teardown runs a waiter at a closed gate.
            self.cancelled_here(current);
            self.block(current, object, gate, None);
        }
    }

    /// Waits at a closed gate, or for a notification. Returns false if the deadline came first.
    fn block(&self, current: TaskId, object: ObjectId, gate: Gate, deadline: Option<u64>) -> bool {
        let rec = self.task(current);
        rec.clear(flag::TIMED_OUT);
        let timer = deadline.map(|deadline| self.arm_task(deadline, current));
        loop {
            self.gate(object, gate).waiting.with(|waiting| waiting.insert(current));
            rec.gate.set((object, gate));
            self.pool().enabled.with(|enabled| enabled.remove(current));
            if timer.is_none() {
                self.look_for_cycle(current);
            }
            self.switch_away(current);
            self.left_gate(current);
            if rec.has(flag::CANCEL) {
                // Only teardown runs a waiter at a closed gate. A task that unwinds already cannot be
                // unwound again: it waits on, until the holder has unwound.
                self.cancelled_here(current);
            }
            let relock = rec.relock.get();
            if rec.has(flag::TIMED_OUT) && relock.0 == ObjectId::NONE {
                rec.clear(flag::TIMED_OUT);
                self.observed(1);
                return false;
            }
            let (object, gate) = if relock.0 == ObjectId::NONE { (object, gate) } else { relock };
            if self.gate(object, gate).open.get() {
                break;
            }
        }
        if let Some(timer) = timer {
            self.cancel_timer(timer);
        }
        true
    }

    fn left_gate(&self, current: TaskId) {
        let rec = self.task(current);
        let (object, gate) = rec.gate.replace((ObjectId::NONE, Gate::Exclusive));
        if object != ObjectId::NONE {
            self.gate(object, gate).waiting.with(|waiting| waiting.remove(current));
        }
    }

    /// Gives back the lock `mutex` and waits at `condition` to be notified, in one step; then waits
    /// for the lock. Returns true if notified, false if `deadline` came first; in both cases the
    /// lock's gate is open and it is this task's turn.
    pub fn wait_notified(
        &self,
        condition: ObjectId,
        op: Op,
        (mutex, gate): (ObjectId, Gate),
        relock: Op,
        deadline: Option<u64>,
    ) -> bool {
        let current = self.current.get();
        let rec = self.task(current);
        self.set_gate(condition, Gate::Exclusive, false);
        rec.set_op(op);
        rec.relock.set((mutex, gate));
        if self.slow.get() {
            self.record_step(current, op, 1, 0, None);
        }
        self.happened(current, op);
        self.block(current, condition, Gate::Exclusive, deadline);
        rec.relock.set((ObjectId::NONE, Gate::Exclusive));
        let timed_out = rec.has(flag::TIMED_OUT);
        rec.clear(flag::TIMED_OUT);
        self.observed(u64::from(timed_out));
        self.acquires(condition);
        self.happened(current, relock);
        !timed_out
    }

    /// Returns how many tasks wait to be notified.
    pub fn waiters(&self, condition: ObjectId) -> u32 {
        self.gate(condition, Gate::Exclusive).waiting.with(|waiting| waiting.len() as u32)
    }

    /// Notifies the `k`-th waiter in order of creation: it goes on to wait for its lock.
    pub fn notify(&self, condition: ObjectId, k: u32) {
        let task = self.gate(condition, Gate::Exclusive).waiting.with(|waiting| {
            let task = waiting.select(k);
            waiting.remove(task);
            task
        });
        self.await_lock(task);
    }

    /// Moves a task from the condition it waited for to the lock it needs next.
    pub(super) fn await_lock(&self, task: TaskId) {
        let rec = self.task(task);
        let (mutex, gate) = rec.relock.get();
        rec.gate.set((mutex, gate));
        rec.set_op(Op::new(OpKind::Lock, mutex, Access::Acquire, rec.op().location()));
        let state = self.gate(mutex, gate);
        state.waiting.with(|waiting| waiting.insert(task));
        if state.open.get() {
            self.pool().enabled.with(|enabled| enabled.insert(task));
        }
    }

    /// Notes that what `object` gives to its holders can be passed on to other tasks, or given back by
    /// anyone (an owned guard, a permit): holders are then named in reports, but no circle is
    /// concluded from them.
    pub fn holders_may_move(&self, object: ObjectId) {
        self.object_rec(object).movable.set(true);
    }

    /// Returns how many times `object` is shared now.
    pub fn sharers(&self, object: ObjectId) -> u32 {
        self.object_rec(object).sharers.with(|sharers| sharers.len() as u32)
    }

    /// A scheduling point at which the current task, on its stack, asks to let others run.
    ///
    /// # Panics
    /// Unwinds with a payload of the engine's own if the execution is being torn down.
    pub fn yield_now(&self, location: &'static Location<'static>) {
        self.strategy().yielded(self.current.get());
        // A thread that asks for it is switched in any granularity, or one that polls would never end.
        self.yielding.set(self.granularity == Granularity::Await && self.in_thread());
        self.point(Op::local(OpKind::Yield, location));
    }

    /// Makes points pass without a switch until [`Execution::resume_points`]; calls nest.
    pub fn suppress_points(&self) {
        self.suppressed.set(self.suppressed.get() + 1);
        self.refresh_slow();
    }

    /// Ends one [`Execution::suppress_points`].
    pub fn resume_points(&self) {
        self.suppressed.set(self.suppressed.get().saturating_sub(1));
        self.refresh_slow();
    }

    fn refresh_slow(&self) {
        self.set_slow(
            self.recording.get()
                || self.time == Time::Racing
                || self.granularity == Granularity::Await
                || self.words.is_none()
                || self.suppressed.get() > 0
                || self.phase.get() == Phase::Teardown,
        );
    }

    /// Runs another task now; returns when the current one, which stays in its poll, is picked again.
    pub(super) fn switch_to(&self, next: TaskId) {
        let rec = self.current_rec();
        let carrier = self.carrier.get();
        rec.carrier.set(carrier);
        self.next_carrier.set(self.enter(next));
        self.suspend(rec);
        rec.carrier.set(NO_CARRIER);
    }

    /// Runs other tasks, the current one being disabled; returns when it is picked again.
    pub(super) fn switch_away(&self, current: TaskId) {
        match self.next_task() {
            Some(next) if next == current => {}
            Some(next) => self.switch_to(next),
            None => self.rest_for_ever(),
        }
    }

    /// Makes `next` current, and returns the carrier that runs it: its own, or an idle one.
    #[inline]
    pub(super) fn enter(&self, next: TaskId) -> u32 {
        let rec = self.set_current(next);
        if next > MANY {
            self.prefetch(rec);
        }
        if rec.lane.get() != u32::MAX && !rec.has(flag::LANE) {
            self.enter_lane(next);
        }
        match rec.carrier.get() {
            NO_CARRIER => self.pool().carriers.with(|carriers| carriers.take_idle()),
            carrier => carrier,
        }
    }

    /// Has what a task goes on with fetched, all at once. It would otherwise miss the cache piece by piece: each
    /// return leads to the next frame.
    #[cold]
    #[inline(never)]
    fn prefetch(&self, rec: &TaskRec) {
        let carrier = rec.carrier.get();
        if carrier < HOST {
            prefetch_stack(rec.stack.get());
            self.pool().carriers.with(|carriers| prefetch(carriers.get(carrier)));
            let object = rec.op().object();
            if object != ObjectId::NONE && object.0 & TASK_OBJECT == 0 {
                prefetch(self.object_rec(object));
            }
        }
    }

    /// Wakes a task, as its waker does.
    pub(crate) fn wake(&self, task: TaskId) {
        if task == self.current.get() {
            // It is in a poll: the wake-up comes from inside of it, or from a waiting thread's.
            let rec = self.current_rec();
            if rec.state.get() == State::Running && !rec.has(flag::ASLEEP) {
                if rec.wake.get() == wake::NONE {
                    rec.wake.set(wake::WOKEN);
                }
                return;
            }
        }
        if task >= self.next_task.get() {
            return;
        }
        if self.recording.get() {
            self.record_wake(task);
        }
        if self.clocked.get() {
            self.hands_on(task);
        }
        let rec = self.task(task);
        match rec.state.get() {
            State::Parked => {
                rec.state.set(State::Ready);
                self.make_ready(task);
            }
            State::Running if rec.has(flag::ASLEEP) => {
                rec.clear(flag::ASLEEP);
                self.make_ready(task);
            }
            State::Running if rec.wake.get() == wake::NONE => rec.wake.set(wake::WOKEN),
            State::Running => {}
            State::Ready | State::Done => {}
        }
    }
}
