//! An execution in which nothing runs: it stands for one in another process, for strategies to look at.

use std::cell::Cell;
use std::panic::Location;

use super::{Execution, TASK_OBJECT};
use crate::bits::TaskSet;
use crate::op::{ObjectId, Op, TaskId};
use crate::runner::Runner;
use crate::strategy::{Point, RoundRobin};

/// See the module.
pub(crate) struct Retold {
    execution: Execution,
    tasks: Cell<u32>,
    objects: Cell<u32>,
}

impl Retold {
    /// Makes one in the memory of a runner that does nothing else.
    pub(crate) fn new(runner: &mut Runner) -> Retold {
        // It is not asked.
        let mut nobody = RoundRobin::default();
        runner.begin(&mut nobody, 0);
        let execution = Execution::new(runner.setup(false), &mut nobody);
        Retold { execution, tasks: Cell::new(0), objects: Cell::new(0) }
    }

    /// Returns a point as it was in the other process.
    pub(crate) fn point<'a>(
        &'a self,
        enabled: &'a TaskSet,
        (current, step, state): (TaskId, u64, u64),
        tasks: &[(TaskId, Op, u64)],
        created: &[(ObjectId, Option<&'static Location<'static>>)],
    ) -> Point<'a> {
        self.execution.retell_user_state(state);
        let mut op = self.execution.pending(super::CLOCK);
        for &(task, next, path) in tasks {
            (self.tasks.get()..=task).for_each(|task| self.execution.pool().tasks.reserve(task));
            self.tasks.set(self.tasks.get().max(task + 1));
            let rec = self.execution.task(task);
            rec.set_op(next);
            rec.path.set(path);
            if task == current {
                op = next;
            }
        }
        for &(object, place) in created {
            if object != ObjectId::NONE && object.0 & TASK_OBJECT == 0 {
                let ObjectId(object) = object;
                (self.objects.get()..=object)
                    .for_each(|object| self.execution.pool().objects.reserve(object));
                self.objects.set(self.objects.get().max(object + 1));
                self.execution.object_rec(ObjectId(object)).created.set(place);
            }
        }
        Point { enabled, current, step, execution: &self.execution, op }
    }
}

impl Drop for Retold {
    fn drop(&mut self) {
        self.execution.slot.end();
    }
}
