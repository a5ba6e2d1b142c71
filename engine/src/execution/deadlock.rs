//! Who waits for what: deadlocks, at quiescence or as soon as a circle closes.

use super::rec::{State, flag};
use super::{Execution, ROOT, TASK_OBJECT};
use std::panic::Location;

use crate::end::{Deadlock, End, Starved, Unpolled, Waiting, WaitingOn};
use crate::op::{ObjectId, Op, TaskId};

/// One that waits in line for an object.
pub(super) struct InLine {
    object: ObjectId,
    task: TaskId,
    location: &'static Location<'static>,
    ticket: u32,
}

impl Execution {
    /// Notes that a future of the current task waits in line for an object, which is given to whoever is first.
    /// Returns what to give to [`Execution::leave_line`]; 0, and nothing is noted, unless the execution is
    /// recorded.
    pub fn join_line(&self, object: ObjectId, location: &'static Location<'static>) -> u32 {
        if !self.recording.get() {
            return 0;
        }
        let task = self.current.get();
        self.cold(|cold| {
            cold.tickets += 1;
            cold.lines.push(InLine { object, task, location, ticket: cold.tickets });
            cold.tickets
        })
    }

    /// Notes that a future waits in line no more.
    pub fn leave_line(&self, ticket: u32) {
        self.if_cold(|cold| cold.lines.retain(|place| place.ticket != ticket));
    }

    /// Returns who is first in line for an object that nobody has, if it is a future that its task did not
    /// poll when it ran last.
    fn unpolled_first(&self, object: ObjectId) -> Option<Unpolled> {
        let (task, location, ticket) = self.if_cold(|cold| {
            let first = cold.lines.iter().find(|place| place.object == object);
            first.map(|first| (first.task, first.location, first.ticket))
        })?;
        let polled = self.task(task).waits.with(|waits| waits.iter().any(|wait| wait.ticket == ticket));
        (!polled).then(|| Unpolled { task: self.task_name(task), location })
    }

    /// Lists the runtimes all of whose workers are blocked while a task is ready.
    fn starved(&self) -> Vec<Starved> {
        let lanes = (0..self.next_lane.get()).map(|lane| (lane, self.lane(lane)));
        let starved = lanes.filter(|(_, lane)| !lane.has_room()).filter_map(|(id, lane)| {
            let ready: Vec<TaskId> = lane.ready.with(|ready| ready.iter().collect());
            let has_place =
                |task: &TaskId| self.task(*task).lane.get() == id && self.task(*task).has(flag::LANE);
            let name = |task: TaskId| self.task_name(task);
            (!ready.is_empty()).then(|| Starved {
                workers: lane.width.get(),
                blocked: (ROOT..self.next_task.get()).filter(has_place).map(name).collect(),
                ready: ready.into_iter().map(name).collect(),
            })
        });
        starved.collect()
    }

    /// Nothing can ever run again: ends the run.
    pub(super) fn deadlocked(&self) {
        self.set_end(End::Deadlock(self.wait_graph(Vec::new())));
        self.begin_teardown();
    }

    /// The current task is about to block at a gate: ends the run if that closes a circle.
    pub(super) fn look_for_cycle(&self, current: TaskId) {
        let (object, _) = self.task(current).gate.get();
        if self.is_running() && self.is_held_fast(object) {
            self.look_from(current);
        }
    }

    /// A future has returned `Pending`: ends the run if that closes a circle.
    #[inline]
    pub(super) fn look_for_async_cycle(&self, id: TaskId) {
        let rec = self.task(id);
        if rec.waits.get(|waits| waits.is_empty()) || rec.has(flag::OPAQUE) || !self.is_running() {
            return;
        }
        if rec.waits.with(|waits| waits.iter().all(|wait| self.is_held_fast(wait.op.object()))) {
            self.look_from(id);
        }
    }

    /// Returns whether everybody who has `object` is blocked too; false if nobody is known to have it.
    /// Most waits end here, without collecting anything.
    fn is_held_fast(&self, object: ObjectId) -> bool {
        let is_blocked = |task: TaskId| {
            let rec = self.task(task);
            rec.state.get() == State::Parked || rec.has(flag::ASLEEP) || rec.gate.get().0 != ObjectId::NONE
        };
        if object == ObjectId::NONE {
            return false;
        }
        if object.0 & TASK_OBJECT != 0 {
            return is_blocked(object.0 & !TASK_OBJECT);
        }
        let object = self.object_rec(object);
        let owner = object.owner.get();
        if object.movable.get() || (owner != 0 && !is_blocked(owner)) {
            return false;
        }
        object.sharers.with(|sharers| {
            (owner != 0 || !sharers.is_empty()) && sharers.iter().all(|&task| is_blocked(task))
        })
    }

    /// Collects everything that would have to move before `start` can; if all of it waits for the
    /// rest of it, none ever will.
    #[cold]
    fn look_from(&self, start: TaskId) {
        let mut seen = vec![start];
        let mut at = 0;
        while at < seen.len() {
            let task = seen[at];
            at += 1;
            let Some(holders) = self.blockers(task) else { return };
            for holder in holders {
                if !seen.contains(&holder) {
                    if self.task(holder).state.get() == State::Done {
                        // A guard that was leaked, or moved elsewhere: leave it to quiescence.
                        return;
                    }
                    seen.push(holder);
                }
            }
        }
        let cycle = self.shortest_cycle(start, &seen);
        self.set_end(End::Deadlock(self.wait_graph(cycle)));
        self.begin_teardown();
    }

    /// Returns the tasks without which `task` cannot go on; None if it can, or if something unknown,
    /// a timer, or a message may wake it.
    fn blockers(&self, task: TaskId) -> Option<Vec<TaskId>> {
        let rec = self.task(task);
        let holders_of = |object: ObjectId| -> Option<Vec<TaskId>> {
            if object.0 & TASK_OBJECT != 0 {
                return Some(vec![object.0 & !TASK_OBJECT]);
            }
            if object == ObjectId::NONE {
                return None;
            }
            let object = self.object_rec(object);
            if object.movable.get() {
                return None;
            }
            let owner = object.owner.get();
            let mut holders = object.sharers.with(|sharers| sharers.clone());
            if owner != 0 {
                holders.push(owner);
            }
            // A lock nobody has is given to somebody else just now.
            (!holders.is_empty()).then_some(holders)
        };
        let (object, gate) = rec.gate.get();
        if object != ObjectId::NONE {
            let closed = !self.is_open(object, gate) && !self.pool().enabled.with(|e| e.contains(task));
            let may_time_out = self.waits_with_deadline(task);
            return if closed && !may_time_out { holders_of(object) } else { None };
        }
        let asleep = rec.state.get() == State::Parked || rec.has(flag::ASLEEP);
        if !asleep || rec.has(flag::OPAQUE) {
            return None;
        }
        let waits = rec.waits.with(|waits| waits.clone());
        if waits.is_empty() || rec.wakers.get() != waits.len() as u32 {
            return None;
        }
        let mut all = Vec::new();
        for wait in waits {
            all.extend(holders_of(wait.op.object())?);
        }
        Some(all)
    }

    pub(super) fn waits_with_deadline(&self, task: TaskId) -> bool {
        // Waits with a deadline do not call `look_for_cycle`, but a circle may lead through them.
        self.pool().timers.with(|timers| timers.has_task(task))
    }

    fn shortest_cycle(&self, start: TaskId, tasks: &[TaskId]) -> Vec<String> {
        // Breadth first from each member back to itself; the sets are tiny.
        let mut best: Vec<TaskId> = Vec::new();
        for &from in std::iter::once(&start).chain(tasks) {
            let mut paths = vec![vec![from]];
            let mut reached = vec![];
            'search: while !paths.is_empty() {
                let mut longer = Vec::new();
                for path in &paths {
                    let last = *path.last().unwrap_or(&from);
                    for next in self.blockers(last).unwrap_or_default() {
                        if next == from {
                            if best.is_empty() || path.len() < best.len() {
                                best.clone_from(path);
                            }
                            break 'search;
                        }
                        if !reached.contains(&next) {
                            reached.push(next);
                            let mut path = path.clone();
                            path.push(next);
                            longer.push(path);
                        }
                    }
                }
                paths = longer;
            }
        }
        best.into_iter().map(|task| self.task_name(task)).collect()
    }

    /// Lists every task that waits, and for what.
    fn wait_graph(&self, cycle: Vec<String>) -> Deadlock {
        let waits = |id: &TaskId| {
            let rec = self.task(*id);
            rec.state.get() == State::Parked
                || rec.has(flag::ASLEEP)
                || (rec.gate.get().0 != ObjectId::NONE && !self.pool().enabled.with(|e| e.contains(*id)))
        };
        let waiting = (ROOT..self.next_task.get()).filter(waits).map(|id| {
            let rec = self.task(id);
            let mut ops: Vec<Op> = rec.waits.with(|waits| waits.iter().map(|wait| wait.op).collect());
            if rec.gate.get().0 != ObjectId::NONE || ops.is_empty() {
                ops = vec![rec.op()];
            }
            let on = ops.into_iter().map(|op| self.waiting_on(op)).collect();
            Waiting { task: self.task_name(id), on, without_waker: self.is_without_waker(id) }
        });
        let panicked = self.unobserved_panics().into_iter().map(|task| self.task_name(task)).collect();
        Deadlock { waiting: waiting.collect(), cycle, starved: self.starved(), panicked }
    }

    /// Returns whether a task waits in an `.await`, and no waker of it is left. Wakers that another OS thread
    /// may have cloned are not known.
    fn is_without_waker(&self, id: TaskId) -> bool {
        let rec = self.task(id);
        let awaits = rec.state.get() == State::Parked || rec.has(flag::ASLEEP);
        awaits && rec.gate.get().0 == ObjectId::NONE && rec.wakers.get() == 0 && !self.foreign.get()
    }

    fn waiting_on(&self, op: Op) -> WaitingOn {
        let object = op.object();
        let is_object = object != ObjectId::NONE && object.0 & TASK_OBJECT == 0;
        let mut held_by = Vec::new();
        if is_object {
            let rec = self.object_rec(object);
            held_by.extend((rec.owner.get() != 0).then(|| self.task_name(rec.owner.get())));
            held_by.extend(rec.sharers.with(|s| s.clone()).into_iter().map(|task| self.task_name(task)));
            held_by.dedup();
        }
        let created =
            self.object_location(object).map(|at| format!(" (created at {at})")).unwrap_or_default();
        WaitingOn {
            op: op.kind().name(),
            object: (object != ObjectId::NONE).then(|| self.object_name(object) + &created),
            location: op.location(),
            first_in_line: if held_by.is_empty() { self.unpolled_first(object) } else { None },
            held_by,
            holders: self.holders(object),
        }
    }
}
