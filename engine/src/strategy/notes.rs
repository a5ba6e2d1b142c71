//! What happens in one execution, as far as it is worth learning.

use super::Point;
use super::profile::{Site, place, reads, writes};
use crate::op::{Access, ObjectId, TaskId};

/// Operations of one execution that are noted at most.
const LONGEST: u32 = 1 << 16;

/// Notes about one execution.
#[derive(Debug, Default)]
pub(super) struct Notes {
    tasks: Vec<TaskNotes>,
    objects: Vec<ObjectNotes>,
    length: u32,
}

#[derive(Debug, Default, Clone, Copy)]
pub(super) struct TaskNotes {
    pub(super) path: u64,
    pub(super) parent: TaskId,
    pub(super) operations: u32,
}

/// An object and what is done to it.
#[derive(Debug, Default)]
pub(super) struct ObjectNotes {
    /// Where it was created.
    pub(super) place: u64,
    pub(super) sites: Vec<SiteNotes>,
}

#[derive(Debug)]
pub(super) struct SiteNotes {
    pub(super) site: Site,
    reads: bool,
    writes: bool,
    /// Accesses by task.
    pub(super) by_task: Vec<(TaskId, u32)>,
}

impl Notes {
    pub(super) fn clear(&mut self) {
        self.tasks.clear();
        self.objects.clear();
        self.length = 0;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Returns what was noted of the tasks, by number.
    pub(super) fn tasks(&self) -> &[TaskNotes] {
        &self.tasks
    }

    pub(super) fn objects(&self) -> impl Iterator<Item = &ObjectNotes> {
        self.objects.iter().filter(|object| !object.sites.is_empty())
    }

    pub(super) fn spawned(&mut self, task: TaskId, parent: TaskId, path: u64) {
        *self.task(task) = TaskNotes { path, parent, operations: 0 };
    }

    fn task(&mut self, task: TaskId) -> &mut TaskNotes {
        let index = task as usize;
        if index >= self.tasks.len() {
            self.tasks.resize(index + 1, TaskNotes::default());
        }
        &mut self.tasks[index]
    }

    /// Notes that the pending operation of `task` happens.
    pub(super) fn happens(&mut self, point: &Point<'_>, task: TaskId) {
        self.length += 1;
        if self.length > LONGEST {
            return;
        }
        let op = point.op(task);
        self.task(task).operations += u32::from(!op.commutes_with_all());
        if op.access() == Access::None || op.object() == ObjectId::NONE {
            return;
        }
        let Some(created) = point.created(op.object()) else { return };
        let index = op.object().0 as usize;
        if index >= self.objects.len() {
            self.objects.resize_with(index + 1, ObjectNotes::default);
        }
        let object = &mut self.objects[index];
        object.place = place(created);
        let site = Site::of(op);
        let at = object.sites.iter().position(|notes| notes.site == site).unwrap_or_else(|| {
            let (reads, writes) = (reads(op), writes(op));
            object.sites.push(SiteNotes { site, reads, writes, by_task: Vec::new() });
            object.sites.len() - 1
        });
        let by_task = &mut object.sites[at].by_task;
        match by_task.iter_mut().rev().find(|(by, _)| *by == task) {
            Some((_, count)) => *count += 1,
            None => by_task.push((task, 1)),
        }
    }
}

impl ObjectNotes {
    /// Returns whether two tasks have used it, and one has changed it.
    pub(super) fn is_shared(&self) -> bool {
        let mut tasks = self.sites.iter().flat_map(|site| &site.by_task).map(|(task, _)| task);
        let first = tasks.next();
        self.sites.iter().any(|site| site.writes) && tasks.any(|task| Some(task) != first)
    }

    /// Returns the pairs of a place that changes it and one that observes it, in different tasks.
    pub(super) fn conflicts(&self) -> impl Iterator<Item = (Site, Site)> {
        let reads = || self.sites.iter().filter(|site| site.reads);
        let pairs = self
            .sites
            .iter()
            .filter(|site| site.writes)
            .flat_map(move |write| reads().map(move |read| (write, read)));
        let by_different_tasks =
            |(write, read): &(&SiteNotes, &SiteNotes)| match (&*write.by_task, &*read.by_task) {
                ([(write, _)], [(read, _)]) => write != read,
                _ => true,
            };
        pairs.filter(by_different_tasks).map(|(write, read)| (write.site, read.site))
    }
}
