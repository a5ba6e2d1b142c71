//! Happens-before by real synchronisation, and what it does not order: data races on tracked cells.
//!
//! A task's clock says up to where it knows of each other task; synchronisation carries it from one to the other by
//! way of objects. Locks give it on as they are unlocked and locked; atomics as their orderings say, with release
//! sequences and fences; channels, joins, wake-ups and everything else at each operation, which may be more than
//! the real one promises: so a race may be missed there, but none is made up. Accesses are compared as in FastTrack
//! (Flanagan, Freund, PLDI 2009): the latest write, and the latest read by each task since.
//!
//! Clocks are kept only in explorations that use tracked cells. The first execution finds out; it is of those that
//! follow, and of any that is recorded, that races are known.

use std::panic::Location;

use super::{CLOCK, Execution, TASK_OBJECT};
use crate::end::FailureKind;
use crate::object::ObjectCell;
use crate::op::{Access, ObjectId, Op, OpKind, Ordered, TaskId};

/// Up to where each task is known, by task.
#[derive(Clone, Debug, Default)]
struct Clock(Vec<u32>);

impl Clock {
    fn get(&self, task: TaskId) -> u32 {
        self.0.get(task as usize).copied().unwrap_or(0)
    }

    fn set(&mut self, task: TaskId, time: u32) {
        let at = task as usize;
        if self.0.len() <= at {
            self.0.resize(at + 1, 0);
        }
        self.0[at] = time;
    }

    fn join(&mut self, other: &Clock) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine = (*mine).max(*theirs);
        }
    }
}

/// What is known of one task.
#[derive(Default)]
struct TaskClock {
    clock: Clock,
    /// What its relaxed loads have seen, for an acquire fence.
    seen: Clock,
    /// What it had come to at its last release fence.
    fenced: Clock,
    /// Stores that it has seen without an edge: whose, when, where, and where it saw them.
    missed: Vec<Missed>,
    /// Whether destructors run: what they touch is theirs alone, by reference counts that are not known here.
    alone: u32,
    /// The cell it touched last, and where that is in memory.
    touched: Option<(ObjectId, usize)>,
}

/// A store that was seen by a load, one of them too weak to give an edge.
#[derive(Clone, Copy)]
struct Missed {
    task: TaskId,
    time: u32,
    stored: &'static Location<'static>,
    loaded: &'static Location<'static>,
}

/// How many of them are kept by each task.
const MISSED: usize = 16;

/// What an object gives on, and what a cell has seen.
#[derive(Default)]
struct ObjectClock {
    clock: Clock,
    /// The latest store, where it is an atomic.
    stored: Option<Touch>,
    written: Option<Touch>,
    reads: Vec<Touch>,
}

/// Who touched something, when on its own clock, and where.
#[derive(Clone, Copy)]
struct Touch {
    task: TaskId,
    time: u32,
    place: &'static Location<'static>,
}

/// The clocks of an execution.
#[derive(Default)]
pub(super) struct Clocks {
    tasks: Vec<TaskClock>,
    objects: Vec<ObjectClock>,
    /// What a task's end gives on to those who join it.
    ends: Vec<Clock>,
    lanes: Vec<Clock>,
    /// Whether they tell what comes after what in every schedule: then who gets a lock first says nothing.
    without_locks: bool,
}

fn slot<T: Default>(list: &mut Vec<T>, at: u32) -> &mut T {
    let at = at as usize;
    if list.len() <= at {
        list.resize_with(at + 1, T::default);
    }
    &mut list[at]
}

impl Clocks {
    /// Makes the clocks of an execution.
    pub(super) fn new(without_locks: bool) -> Self {
        Clocks { without_locks, ..Clocks::default() }
    }

    fn task(&mut self, task: TaskId) -> &mut TaskClock {
        let known = slot(&mut self.tasks, task);
        if known.clock.get(task) == 0 {
            known.clock.set(task, 1);
        }
        known
    }

    fn source(&mut self, object: ObjectId) -> &mut Clock {
        match object.0 & TASK_OBJECT {
            0 => &mut slot(&mut self.objects, object.0).clock,
            _ => slot(&mut self.ends, object.0 & !TASK_OBJECT),
        }
    }

    fn acquire(&mut self, task: TaskId, object: ObjectId) {
        let clock = std::mem::take(self.source(object));
        self.task(task).clock.join(&clock);
        *self.source(object) = clock;
    }

    fn release(&mut self, task: TaskId, object: ObjectId) {
        let clock = std::mem::take(&mut self.task(task).clock);
        self.source(object).join(&clock);
        self.task(task).clock = clock;
        self.step(task);
    }

    /// What the task does from now on is not known to those who have its clock.
    fn step(&mut self, task: TaskId) {
        let clock = &mut self.task(task).clock;
        let time = clock.get(task) + 1;
        clock.set(task, time);
    }

    fn load(&mut self, task: TaskId, object: ObjectId, acquires: bool, place: &'static Location<'static>) {
        if acquires {
            self.acquire(task, object);
        }
        let slot = slot(&mut self.objects, object.0);
        let (stored, clock) = (slot.stored, slot.clock.clone());
        let known = self.task(task);
        if !acquires {
            known.seen.join(&clock);
        }
        if let Some(stored) = stored.filter(|stored| known.clock.get(stored.task) < stored.time) {
            if known.missed.len() == MISSED {
                known.missed.remove(0);
            }
            let Touch { task, time, place: stored } = stored;
            known.missed.push(Missed { task, time, stored, loaded: place });
        }
    }

    fn store(&mut self, task: TaskId, op: Op, releases: bool, continues: bool) {
        let known = self.task(task);
        let time = known.clock.get(task);
        let mut given = known.fenced.clone();
        if releases {
            given.join(&known.clock);
        }
        let slot = slot(&mut self.objects, op.object().0);
        if continues {
            slot.clock.join(&given);
        } else {
            slot.clock = given;
        }
        slot.stored = Some(Touch { task, time, place: op.location() });
        self.step(task);
    }

    /// Finds an access that nothing orders before one of `task` at its present time.
    fn race(&mut self, task: TaskId, object: ObjectId, write: bool) -> Option<(Touch, bool)> {
        let clock = std::mem::take(&mut self.task(task).clock);
        let cell = slot(&mut self.objects, object.0);
        let is_unordered = |touch: &&Touch| touch.task != task && touch.time > clock.get(touch.task);
        let written = cell.written.as_ref().filter(is_unordered).map(|touch| (*touch, true));
        let read = || cell.reads.iter().find(is_unordered).map(|touch| (*touch, false));
        let found = written.or_else(|| if write { read() } else { None });
        self.task(task).clock = clock;
        found
    }

    fn touch(&mut self, touch: Touch, object: ObjectId, write: bool) {
        let cell = slot(&mut self.objects, object.0);
        if write {
            cell.written = Some(touch);
            cell.reads.clear();
            return;
        }
        match cell.reads.iter_mut().find(|read| read.task == touch.task) {
            Some(read) => *read = touch,
            None => cell.reads.push(touch),
        }
    }
}

impl Execution {
    /// Lends the clocks, if they are kept.
    fn clocks<R: Default>(&self, f: impl FnOnce(&mut Clocks) -> R) -> R {
        self.clocks.with(|clocks| clocks.as_mut().map(|clocks| f(clocks)).unwrap_or_default())
    }

    /// The current task does `op`.
    #[cold]
    #[inline(never)]
    pub(super) fn synchronised(&self, task: TaskId, op: Op) {
        use OpKind::{
            CellRead, CellWrite, Lock, ReadLock, ReadUnlock, TryLock, TryReadLock, TryWriteLock, Unlock,
            WriteLock, WriteUnlock,
        };
        let object = op.object();
        self.clocks(|clocks| match op.kind() {
            CellRead | CellWrite => {}
            Lock | ReadLock | WriteLock | Unlock | ReadUnlock | WriteUnlock if clocks.without_locks => {}
            Lock | TryLock | ReadLock | TryReadLock | WriteLock | TryWriteLock => {
                clocks.acquire(task, object)
            }
            Unlock | ReadUnlock | WriteUnlock => clocks.release(task, object),
            kind => match op.ordered() {
                Ordered::Unknown => {
                    clocks.acquire(task, object);
                    if op.access() != Access::Read {
                        clocks.release(task, object);
                    }
                }
                order => {
                    if kind != OpKind::Store {
                        clocks.load(task, object, order.acquires(), op.location());
                    }
                    if kind != OpKind::Load {
                        clocks.store(task, op, order.releases(), kind == OpKind::Rmw);
                    }
                }
            },
        });
    }

    /// The current task gives what it knows on to whoever takes from `object`: for edges that no operation of its
    /// own stands for.
    pub fn releases(&self, object: ObjectId) {
        #[cold]
        #[inline(never)]
        fn release(execution: &Execution, object: ObjectId) {
            execution.clocks(|clocks| clocks.release(execution.current.get(), object));
        }
        if self.clocked.get() {
            release(self, object);
        }
    }

    /// The current task comes to know what was given on to `object`.
    pub(super) fn acquires(&self, object: ObjectId) {
        #[cold]
        #[inline(never)]
        fn acquire(execution: &Execution, object: ObjectId) {
            execution.clocks(|clocks| clocks.acquire(execution.current.get(), object));
        }
        if self.clocked.get() {
            acquire(self, object);
        }
    }

    /// What the current task knows, the other one knows when it goes on: it creates it, or wakes it.
    #[cold]
    #[inline(never)]
    pub(super) fn hands_on(&self, to: TaskId) {
        let from = self.current.get();
        if from == CLOCK || from == to {
            return;
        }
        self.clocks(|clocks| {
            let clock = clocks.task(from).clock.clone();
            clocks.task(to).clock.join(&clock);
            clocks.step(from);
        });
    }

    /// The task takes its turn on the thread of a lane of width 1, or leaves it.
    #[cold]
    #[inline(never)]
    pub(super) fn turns(&self, task: TaskId, lane: u32, begins: bool) {
        self.clocks(|clocks| {
            if begins {
                let clock = slot(&mut clocks.lanes, lane).clone();
                clocks.task(task).clock.join(&clock);
            } else {
                let clock = clocks.task(task).clock.clone();
                slot(&mut clocks.lanes, lane).join(&clock);
                clocks.step(task);
            }
        });
    }

    /// Returns up to where a task knows the others, and itself; nothing unless clocks are kept.
    pub(super) fn known_times(&self, task: TaskId) -> Vec<u32> {
        self.clocks(
            |clocks| {
                if clocks.without_locks { clocks.task(task).clock.0.clone() } else { Vec::new() }
            },
        )
    }

    /// The current task passes a fence.
    pub fn fence(&self, order: Ordered) {
        if !self.clocked.get() {
            return;
        }
        let current = self.current.get();
        self.clocks(|clocks| {
            let known = clocks.task(current);
            if order.acquires() {
                let seen = std::mem::take(&mut known.seen);
                known.clock.join(&seen);
            }
            if order.releases() {
                known.fenced = known.clock.clone();
                clocks.step(current);
            }
        });
    }

    /// The current task reads or writes a tracked cell: no scheduling point. If nothing orders that after what
    /// another task has done to it, and one of the two is a write, the execution fails.
    pub fn touch_cell(
        &self,
        cell: &ObjectCell,
        what: &'static str,
        (write, address): (bool, usize),
        place: &'static Location<'static>,
    ) {
        if !self.is_running() {
            return;
        }
        let object = self.object(cell, what);
        self.pool().tracked.set(true);
        self.touch_object(object, write, place);
        let current = self.current.get();
        self.clocks(|clocks| clocks.task(current).touched = Some((object, address)));
    }

    /// The cell that the current task touched last was written, if it is at this address.
    pub fn touched_to_write(&self, address: usize, place: &'static Location<'static>) {
        if !self.is_running() || !self.clocked.get() {
            return;
        }
        let current = self.current.get();
        let touched = self.clocks(|clocks| clocks.task(current).touched);
        if let Some((object, _)) = touched.filter(|(_, known)| *known == address) {
            self.touch_object(object, true, place);
        }
    }

    fn touch_object(&self, object: ObjectId, write: bool, place: &'static Location<'static>) {
        let current = self.current.get();
        let (kind, access) =
            if write { (OpKind::CellWrite, Access::Write) } else { (OpKind::CellRead, Access::Read) };
        if self.slow.get() {
            self.record_step(current, Op::new(kind, object, access, place), 1, 0, None);
        }
        if !self.clocked.get() || self.foreign.get() {
            return;
        }
        let raced = self.clocks(|clocks| {
            if clocks.without_locks || clocks.task(current).alone > 0 {
                return None;
            }
            let raced = clocks.race(current, object, write);
            let time = clocks.task(current).clock.get(current);
            clocks.touch(Touch { task: current, time, place }, object, write);
            raced
        });
        if let Some((other, other_wrote)) = raced {
            self.fail_for_race(object, (place, write), other, other_wrote);
        }
    }

    #[cold]
    fn fail_for_race(
        &self,
        object: ObjectId,
        (place, write): (&'static Location<'static>, bool),
        other: Touch,
        other_wrote: bool,
    ) {
        let current = self.current.get();
        let did = |write: bool| if write { "written" } else { "read" };
        let (name, them) = (self.object_name(object), self.task_name(other.task));
        let message = format!(
            "{name} is {} at {place}, and was {} by {them} at {}; nothing orders the two",
            did(write),
            did(other_wrote),
            other.place
        );
        let missed = self.clocks(|clocks| {
            let missed = &clocks.task(current).missed;
            missed.iter().rev().find(|seen| seen.task == other.task && seen.time >= other.time).copied()
        });
        let missing = match missed {
            Some(Missed { stored, loaded, .. }) => format!(
                "the store at {stored} was seen by the load at {loaded}: they would order the two if they were at \
                 least `Release` and `Acquire`"
            ),
            None => "no lock, channel, join, or atomic leads from the one to the other".to_owned(),
        };
        self.fail_as(FailureKind::Race, message, vec![("missing".to_owned(), missing)], place);
    }

    /// Destructors begin, or end, on the current task: what they touch is theirs alone.
    /// Returns whether that is of interest.
    pub fn destroys(&self, begins: bool) -> bool {
        let is_clocked = self.clocked.get();
        if is_clocked {
            let current = self.current.get();
            self.clocks(|clocks| {
                let alone = &mut clocks.task(current).alone;
                *alone = if begins { *alone + 1 } else { alone.saturating_sub(1) };
            });
        }
        is_clocked
    }
}
