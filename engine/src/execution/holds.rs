//! Who has what, and since where: locks, shares and permits. What was never given back is a leak; what a
//! future keeps while it waits can block the thread that would have to go on with it.

use std::panic::Location;

use super::rec::{State, flag};
use super::{Execution, ROOT, TASK_OBJECT};
use crate::detect::{Detector, Leaks};
use crate::end::{Awaits, End, Failure, FailureKind, Holder};
use crate::op::{ObjectId, Op, TaskId};
use crate::panics::PanicRecord;

/// How something is held, and how others wait for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Guard {
    /// Alone; others wait with their thread.
    Lock,
    /// With others; whoever wants it alone waits with the thread.
    Shared,
    /// Alone; others wait in an `.await`.
    AsyncLock,
    /// With others; whoever wants it alone waits in an `.await`.
    AsyncShared,
}

impl Guard {
    /// Returns whether others may have it at the same time.
    pub(super) fn is_shared(self) -> bool {
        matches!(self, Guard::Shared | Guard::AsyncShared)
    }

    /// Returns whether those who wait for it keep their thread.
    pub(super) fn blocks_threads(self) -> bool {
        matches!(self, Guard::Lock | Guard::Shared)
    }
}

/// Something that a task has.
#[derive(Clone, Copy)]
pub(crate) struct Held {
    /// The operation that took it.
    pub(super) op: Op,
    pub(super) guard: Guard,
}

/// A lock that a future kept while it waited, in a lane of width 1.
pub(super) struct Kept {
    object: ObjectId,
    lane: u32,
    task: TaskId,
    locked: &'static Location<'static>,
    awaited: Option<&'static Location<'static>>,
}

impl Execution {
    /// Notes that the current task has taken the object of `op`.
    pub fn took(&self, op: Op, guard: Guard) {
        let object = self.object_rec(op.object());
        let current = self.current.get();
        if guard.is_shared() {
            object.sharers.with(|sharers| sharers.push(current));
        } else {
            object.owner.set(current);
        }
        let is_first = self.current_rec().held.with(|held| {
            held.push(Held { op, guard });
            held.len() == 1
        });
        self.held.set(self.held.get() + 1);
        if !is_first || object.kept.get() {
            self.note_taken(op, guard, is_first);
        }
    }

    #[cold]
    #[inline(never)]
    fn note_taken(&self, op: Op, guard: Guard, is_first: bool) {
        if !is_first {
            self.note_order(op, guard);
        }
        if self.object_rec(op.object()).kept.get() {
            self.note_taken_in_lane(op);
        }
    }

    /// Notes that whoever has `object` to itself has given it back, wherever that happens.
    pub fn gave(&self, object: ObjectId) {
        let owner = self.object_rec(object).owner.replace(0);
        if owner != 0 {
            self.drop_held(owner, object, false);
        }
    }

    /// Notes that one of those that share `object` has given its share back: the current task, or if it is not
    /// among them the latest.
    pub fn gave_shared(&self, object: ObjectId) {
        let current = self.current.get();
        let task = self.object_rec(object).sharers.with(|sharers| {
            match sharers.iter().rposition(|&task| task == current) {
                Some(at) => Some(sharers.swap_remove(at)),
                None => sharers.pop(),
            }
        });
        if let Some(task) = task {
            self.drop_held(task, object, true);
        }
    }

    fn drop_held(&self, task: TaskId, object: ObjectId, shared: bool) {
        let is_it = |held: &Held| held.op.object() == object && held.guard.is_shared() == shared;
        let dropped = self.task(task).held.with(|held| {
            // Nearly always the latest.
            if held.last().is_some_and(is_it) {
                held.truncate(held.len() - 1);
                return true;
            }
            let at = held.iter().rposition(is_it);
            at.map(|at| held.swap_remove(at)).is_some()
        });
        if dropped {
            self.held.set(self.held.get() - 1);
        }
    }

    /// Names the task that has `object` to itself now, or none, where that is a mirror's own business for the
    /// time of one operation: for reports and cycles.
    pub fn set_owner(&self, object: ObjectId, owned: bool) {
        self.object_rec(object).owner.set(if owned { self.current.get() } else { 0 });
    }

    /// A task of a lane waits, and has something: if others of its lane have to wait for that with their thread,
    /// and it is the only one, this task cannot go on either.
    #[cold]
    pub(super) fn waits_with_locks(&self, id: TaskId) {
        let rec = self.task(id);
        let lane = rec.lane.get();
        if !self.is_running() || lane == u32::MAX || self.lane(lane).width.get() != 1 {
            return;
        }
        let awaited = self.awaits(id);
        rec.held.with(|held| {
            for held in held.iter().filter(|held| held.guard.blocks_threads()) {
                let object = held.op.object();
                self.object_rec(object).kept.set(true);
                let kept = Kept { object, lane, task: id, locked: held.op.location(), awaited };
                self.cold(|cold| {
                    if !cold.kept.iter().any(|known| known.object == object && known.task == id) {
                        cold.kept.push(kept);
                    }
                });
            }
        });
    }

    #[cold]
    fn note_taken_in_lane(&self, op: Op) {
        let current = self.current.get();
        let lane = self.current_rec().lane.get();
        let found = self.if_cold(|cold| {
            let mut kept = cold.kept.iter();
            kept.find(|kept| kept.object == op.object() && kept.lane == lane && kept.task != current)
                .map(|kept| (kept.locked, kept.awaited))
        });
        let Some((locked, awaited)) = found else { return };
        let name = self.object_rec(op.object()).kind.get();
        let awaited = awaited.map(|at| format!(" at {at}")).unwrap_or_default();
        self.warn(
            Detector::GuardAcrossAwait,
            format!(
                "the {name} locked at {locked} is kept across an .await{awaited}, on a runtime of one thread; another \
                 task of that thread locks it at {}: if it does so meanwhile, neither can go on",
                op.location()
            ),
        );
    }

    /// Returns where a task waits in an `.await`, if known.
    fn awaits(&self, id: TaskId) -> Option<&'static Location<'static>> {
        self.task(id).waits.with(|waits| waits.last().map(|wait| wait.op.location()))
    }

    /// Lists where those who have `object` took it, and what keeps them from giving it back.
    pub(super) fn holders(&self, object: ObjectId) -> Vec<Holder> {
        if object == ObjectId::NONE || object.0 & TASK_OBJECT != 0 {
            return Vec::new();
        }
        let rec = self.object_rec(object);
        let mut tasks: Vec<TaskId> = rec.sharers.with(|sharers| sharers.clone());
        tasks.extend(Some(rec.owner.get()).filter(|&owner| owner != 0));
        tasks.sort_unstable();
        tasks.dedup();
        let holder = |task: TaskId| {
            let held = self
                .task(task)
                .held
                .with(|held| held.iter().rev().find(|held| held.op.object() == object).copied())?;
            let rec = self.task(task);
            let state = rec.state.get();
            let waits = matches!(state, State::Parked | State::Ready) || rec.has(flag::ASLEEP);
            let awaits = match state {
                State::Done => Awaits::Nothing,
                _ if waits && held.guard.blocks_threads() => Awaits::Across(self.awaits(task)),
                _ => Awaits::Running,
            };
            Some(Holder { task: self.task_name(task), taken: held.op.location(), awaits })
        };
        tasks.into_iter().filter_map(holder).collect()
    }

    /// Everything has ended, and every value is gone: whatever is still held was leaked.
    pub(super) fn look_for_leaks(&self) {
        if self.held.get() > 0 {
            self.find_leaks();
        }
    }

    #[cold]
    fn find_leaks(&self) {
        let is_sure = self.abandoned.get() == 0 && !self.foreign.get();
        let failed = self.if_cold(|cold| cold.end.as_ref().is_some_and(|end| !matches!(end, End::Completed)));
        if self.leaks == Leaks::Ignore || !is_sure || failed {
            return;
        }
        // A task that was cut off may not have come to give things back; nor may one to which they were passed on.
        let tasks = || ROOT..self.next_task.get();
        let cut_off =
            |task: TaskId| self.task(task).has(flag::CANCEL) || self.task(task).state.get() != State::Done;
        let any_cut_off = tasks().any(cut_off);
        let mut leaks: Vec<(TaskId, Held)> = Vec::new();
        for task in tasks().filter(|&task| !cut_off(task)) {
            self.task(task).held.with(|held| leaks.extend(held.iter().map(|held| (task, *held))));
        }
        leaks.retain(|(_, held)| !any_cut_off || !self.object_rec(held.op.object()).movable.get());
        for (task, held) in leaks {
            let what = match held.guard {
                Guard::Lock | Guard::AsyncLock => "lock",
                Guard::Shared | Guard::AsyncShared => "share or permit",
            };
            let object = self.object_rec(held.op.object()).kind.get();
            let message = format!(
                "the {what} of a {object} taken at {} was never given back: its guard was leaked (forgotten, in a \
                 circle of references, or in a static)",
                held.op.location()
            );
            if self.leaks == Leaks::Fail {
                let panic = PanicRecord { message, location: Some(held.op.location().to_string()) };
                let (task, kind) = (self.task_name(task), FailureKind::Leak);
                let failure = Failure { task, in_root: false, kind, panic, context: Vec::new() };
                return self.cold(|cold| cold.end = Some(End::Failed(failure)));
            }
            self.warn(Detector::Leak, message);
        }
    }
}
