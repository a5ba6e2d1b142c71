//! Panics: what the hook saw, which are a task's end, and which of them nobody has observed.

use super::{Execution, Phase, ROOT, UnobservedPanic};
use crate::end::{End, Failure, FailureKind};
use crate::op::TaskId;
use crate::panics::PanicRecord;

/// A panic that the hook was told of.
pub(super) struct Seen {
    task: TaskId,
    /// Which of all panics it was.
    number: u32,
    record: PanicRecord,
}

impl Execution {
    /// Notes what a task panicked with, which nobody has observed yet.
    pub(super) fn note_panic(&self, id: TaskId, payload: &(dyn std::any::Any + Send)) {
        // One that was resumed rather than raised here has passed by the hook.
        let message = crate::panics::message(payload);
        let seen = self.take_seen_panics(id).into_iter().find(|seen| seen.record.message == message);
        let seen = seen.unwrap_or_else(|| {
            let number = self.cold(|cold| cold.panics_seen);
            Seen { task: id, number, record: PanicRecord { message, location: None } }
        });
        if self.phase.get() == Phase::Running {
            self.record_panic(&seen);
        }
        self.cold(|cold| cold.panics.push((id, seen.record)));
    }

    /// A task's result can be observed no more.
    pub(super) fn nobody_looks(&self, id: TaskId) {
        let panicked = self.if_cold(|cold| cold.panics.iter().any(|panic| panic.0 == id));
        if !panicked || self.phase.get() != Phase::Running {
            return;
        }
        match self.unobserved_panic {
            UnobservedPanic::Fail => {
                self.fail_for_panic(id);
                self.begin_teardown();
            }
            UnobservedPanic::Ignore => self.panic_observed(id),
        }
    }

    pub(super) fn fail_for_panic(&self, id: TaskId) {
        let record = self.if_cold(|cold| {
            let at = cold.panics.iter().position(|panic| panic.0 == id);
            at.map(|at| cold.panics.remove(at).1)
        });
        if let Some(panic) = record {
            let task = self.task_name(id);
            let (in_root, kind, context) = (id == ROOT, FailureKind::Panic, Vec::new());
            self.set_end(End::Failed(Failure { task, in_root, kind, panic, context }));
        }
    }

    /// Notes that a task's panic was seen by whoever joined it.
    pub(crate) fn panic_observed(&self, id: TaskId) {
        self.if_cold(|cold| cold.panics.retain(|panic| panic.0 != id));
    }

    /// Called by the panic hook for a panic under control.
    pub(crate) fn panicked(&self, info: &std::panic::PanicHookInfo<'_>) {
        let record = crate::panics::record(info);
        let current = self.current.get();
        if crate::panics::is_fatal(&record.message) {
            if crate::interpose::SEES_ABORT {
                // std aborts as soon as the hook has returned, and given its lock back.
                self.cold(|cold| cold.fatal = Some(record));
                return;
            }
            return self.cannot_unwind(current, record);
        }
        if self.observing.get() && self.phase.get() == Phase::Running {
            self.observe_panic(current);
        }
        let is_in_destructor = self.words.is_some_and(|words| words.count() > 1);
        self.cold(|cold| {
            if !is_in_destructor {
                cold.seen_panics.retain(|seen| seen.task != current);
            }
            cold.panics_seen += 1;
            cold.seen_panics.push(Seen { task: current, number: cold.panics_seen, record });
        });
    }

    /// Adds the panics to the recording whose tasks are still unwinding.
    pub(super) fn record_panics_in_progress(&self) {
        if self.recording.get() {
            let seen = self.if_cold(|cold| std::mem::take(&mut cold.seen_panics));
            let mut told = Vec::new();
            for seen in &seen {
                if self.is_unwinding(seen.task) && !told.contains(&seen.task) {
                    told.push(seen.task);
                    self.record_panic(seen);
                }
            }
            self.if_cold(|cold| cold.seen_panics = seen);
        }
    }

    /// Returns the tasks that have panicked, which nobody has observed, in the order in which the panics ended; those
    /// that are still unwinding last.
    pub(super) fn unobserved_panics(&self) -> Vec<TaskId> {
        let (mut tasks, seen): (Vec<TaskId>, Vec<TaskId>) = self.if_cold(|cold| {
            let seen = cold.seen_panics.iter().map(|seen| seen.task);
            (cold.panics.iter().map(|panic| panic.0).collect(), seen.collect())
        });
        tasks.extend(seen.into_iter().filter(|&task| self.is_unwinding(task)));
        tasks.dedup();
        tasks
    }

    fn is_unwinding(&self, task: TaskId) -> bool {
        if task == self.current.get() { std::thread::panicking() } else { self.task(task).panics.get() > 0 }
    }

    /// Adds a panic to the recording, in its place: panics are told in the order in which they began.
    fn record_panic(&self, seen: &Seen) {
        if self.recording.get() {
            let panic = (self.task_name(seen.task), seen.record.clone());
            self.cold(|cold| {
                let at = cold.recorded_panics.partition_point(|&number| number <= seen.number);
                cold.recorded_panics.insert(at, seen.number);
                cold.recorded.panics.insert(at, panic);
            });
        }
    }

    /// Takes what the hook saw of a task, in order.
    pub(super) fn take_seen_panics(&self, id: TaskId) -> Vec<Seen> {
        self.if_cold(|cold| cold.seen_panics.extract_if(.., |seen| seen.task == id).collect())
    }
}

impl Seen {
    /// Returns what it said.
    pub(super) fn into_record(self) -> PanicRecord {
        self.record
    }
}
