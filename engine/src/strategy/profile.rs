//! What was learned of a program in earlier executions: how much each task does, which objects are
//! shared, and which places of the program read what which others wrote.
//!
//! Tasks are known by creation path, objects by the place where they are created, operations by place
//! and kind. Counts are means, since executions differ.

use std::panic::Location;

use super::Point;
use crate::hashed::Hashed;
use crate::op::{Access, ObjectId, Op, OpKind, TaskId};
use crate::rng::{Rng, mix};

/// Operations of one execution that are noted at most.
const LONGEST: u32 = 1 << 16;
/// Pairs of places that are kept at most.
const MOST_PAIRS: usize = 1 << 12;

/// What was learned.
#[derive(Debug, Default, Clone)]
pub struct Profile {
    executions: u32,
    /// Operations of a task and its descendants, by path: sums over the executions.
    operations: Hashed<f64>,
    /// In order of discovery.
    groups: Vec<Group>,
    group_at: Hashed<usize>,
    pairs: Vec<ReadsFrom>,
    pairs_known: Hashed<()>,
}

/// The objects that are created at one place.
#[derive(Debug, Default, Clone)]
struct Group {
    accesses: f64,
    /// By path of the task, descendants included.
    by_task: Hashed<f64>,
    /// Whether two tasks have used one of them in one execution, and one of those has changed it.
    shared: bool,
}

/// A place that changes an object, and one that observes it, in different tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ReadsFrom {
    pub(super) write: Site,
    pub(super) read: Site,
}

impl ReadsFrom {
    fn hash(self) -> u64 {
        mix(self.write.0, self.read.0)
    }
}

/// A place of the program with the kind of operation done there. Not the task: many tasks run one code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Site(u64);

impl Site {
    /// Returns the place of an operation.
    pub(super) fn of(op: Op) -> Site {
        Site(place(op.location()) ^ (op.word() & 0xff) << 56)
    }

    pub(super) fn number(self) -> u64 {
        self.0
    }
}

/// Returns whether others can observe what `op` does to its object.
pub(super) fn writes(op: Op) -> bool {
    matches!(op.access(), Access::Write | Access::Release)
}

/// Returns whether `op` can come to know what others did to its object.
pub(super) fn reads(op: Op) -> bool {
    match op.access() {
        Access::Read | Access::Acquire => true,
        Access::Write => !matches!(op.kind(), OpKind::Store | OpKind::CellWrite | OpKind::Exit),
        Access::None | Access::Release => false,
    }
}

/// Returns a number for a place, the same however often the compiler has copied its record.
fn place(location: &Location<'_>) -> u64 {
    let lines = u64::from(location.line()) << 20 | u64::from(location.column());
    mix(lines, location.file().len() as u64)
}

impl Profile {
    /// Returns how many operations a task and its descendants do.
    pub(super) fn operations(&self, path: u64) -> f64 {
        self.mean(self.operations.get(&path))
    }

    /// Returns the group of the objects created at a place.
    pub(super) fn group_of(&self, created: &Location<'_>) -> Option<usize> {
        self.group_at.get(&place(created)).copied()
    }

    /// Returns how many accesses to a group a task and its descendants do.
    pub(super) fn accesses(&self, group: usize, path: u64) -> f64 {
        self.mean(self.groups[group].by_task.get(&path))
    }

    /// Draws a group of shared objects, in proportion to the accesses; None if there is none.
    pub(super) fn draw_group(&self, rng: &mut Rng) -> Option<usize> {
        let shared = || self.groups.iter().enumerate().filter(|(_, group)| group.shared);
        let sum: f64 = shared().map(|(_, group)| group.accesses).sum();
        let mut drawn = (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64 * sum;
        let mut last = None;
        for (index, group) in shared() {
            last = Some(index);
            if drawn < group.accesses {
                break;
            }
            drawn -= group.accesses;
        }
        last
    }

    /// Returns the pairs of places, in order of discovery.
    pub(super) fn pairs(&self) -> &[ReadsFrom] {
        &self.pairs
    }

    fn mean(&self, sum: Option<&f64>) -> f64 {
        sum.map_or(0.0, |sum| sum / f64::from(self.executions.max(1)))
    }

    /// Adds an execution.
    pub(super) fn add(&mut self, notes: &Notes) {
        self.executions += 1;
        let mut operations: Vec<f64> = notes.tasks.iter().map(|task| f64::from(task.operations)).collect();
        notes.add_to_ancestors(&mut operations);
        for (task, operations) in notes.tasks.iter().zip(operations) {
            *self.operations.entry(task.path).or_default() += operations;
        }
        for object in &notes.objects {
            self.add_object(notes, object);
        }
    }

    fn add_object(&mut self, notes: &Notes, object: &ObjectNotes) {
        let Some(place) = object.place else { return };
        let index = *self.group_at.entry(place).or_insert_with(|| {
            self.groups.push(Group::default());
            self.groups.len() - 1
        });
        let group = &mut self.groups[index];
        let mut accesses = vec![0.0; notes.tasks.len()];
        for &(task, count) in &object.by_task {
            accesses[task as usize] = f64::from(count);
            group.accesses += f64::from(count);
        }
        group.shared |= object.by_task.len() > 1 && object.sites.iter().any(|site| site.writes);
        notes.add_to_ancestors(&mut accesses);
        for (task, accesses) in notes.tasks.iter().zip(accesses).filter(|(_, accesses)| *accesses > 0.0) {
            *group.by_task.entry(task.path).or_default() += accesses;
        }
        for write in object.sites.iter().filter(|site| site.writes) {
            for read in object.sites.iter().filter(|site| site.reads) {
                let several_tasks =
                    write.tasks.0 != read.tasks.0 || write.tasks.1.is_some() || read.tasks.1.is_some();
                let pair = ReadsFrom { write: write.site, read: read.site };
                if several_tasks
                    && self.pairs.len() < MOST_PAIRS
                    && self.pairs_known.insert(pair.hash(), ()).is_none()
                {
                    self.pairs.push(pair);
                }
            }
        }
    }
}

/// What happens in one execution.
#[derive(Debug, Default)]
pub(super) struct Notes {
    tasks: Vec<TaskNotes>,
    objects: Vec<ObjectNotes>,
    length: u32,
}

#[derive(Debug, Default, Clone, Copy)]
struct TaskNotes {
    path: u64,
    parent: TaskId,
    operations: u32,
}

#[derive(Debug, Default)]
struct ObjectNotes {
    /// Where it was created.
    place: Option<u64>,
    /// Accesses by task.
    by_task: Vec<(TaskId, u32)>,
    sites: Vec<SiteNotes>,
}

#[derive(Debug)]
struct SiteNotes {
    site: Site,
    reads: bool,
    writes: bool,
    /// A task that was there, and another one if there was one.
    tasks: (TaskId, Option<TaskId>),
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
        self.task(task).operations += 1;
        let op = point.op(task);
        if op.access() == Access::None || op.object() == ObjectId::NONE {
            return;
        }
        let Some(created) = point.created(op.object()) else { return };
        let index = op.object().0 as usize;
        if index >= self.objects.len() {
            self.objects.resize_with(index + 1, ObjectNotes::default);
        }
        let object = &mut self.objects[index];
        object.place = Some(place(created));
        match object.by_task.iter_mut().find(|(by, _)| *by == task) {
            Some((_, count)) => *count += 1,
            None => object.by_task.push((task, 1)),
        }
        let site = Site::of(op);
        match object.sites.iter_mut().find(|notes| notes.site == site) {
            Some(notes) if notes.tasks.0 != task => notes.tasks.1 = Some(task),
            Some(_) => {}
            None => {
                let (reads, writes) = (reads(op), writes(op));
                object.sites.push(SiteNotes { site, reads, writes, tasks: (task, None) });
            }
        }
    }

    /// Adds what each task did to all tasks that it descends from; a parent has a lower number.
    fn add_to_ancestors(&self, counts: &mut [f64]) {
        for task in (1..counts.len()).rev() {
            let parent = self.tasks[task].parent as usize;
            if parent != task {
                counts[parent] += counts[task];
            }
        }
    }
}
