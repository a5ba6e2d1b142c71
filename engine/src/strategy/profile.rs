//! What was learned of a program in earlier executions: how much each task does, which objects are
//! shared, and which places of the program read what which others wrote.
//!
//! Tasks are known by creation path. Objects have no name that does not depend on the schedule, so they are
//! known by what is done to them: those created at one place, and accessed at one place, count as the
//! same, such as the slots of an array; the fields of a struct do not, though its constructor makes both.

use std::collections::BTreeMap;
use std::panic::Location;

use super::notes::{Notes, ObjectNotes};
use super::urw::fraction;
use crate::hashed::Hashed;
use crate::op::{Access, Op, OpKind};
use crate::rng::{Rng, mix};

/// Pairs of places that are kept at most.
const MOST_PAIRS: usize = 1 << 12;

/// What was learned.
///
/// Of each count it is the most seen in one execution: what a task does may depend on the schedule, and
/// those in which it does little are those in which it comes late.
#[derive(Debug, Default, Clone)]
pub struct Profile {
    /// In order of discovery: parents come before their children.
    tasks: Vec<Task>,
    task_at: Hashed<usize>,
    /// In order of discovery.
    kinds: Vec<Kind>,
    kind_at: Hashed<usize>,
    groups: Vec<Group>,
    pairs: Vec<ReadsFrom>,
    pairs_known: Hashed<()>,
}

#[derive(Debug, Clone)]
struct Task {
    path: u64,
    parent: Option<usize>,
    operations: f64,
    /// With those of its descendants.
    total: f64,
}

/// A kind of accesses: made at one place, to objects created at one place.
#[derive(Debug, Clone)]
struct Kind {
    /// By index of the task.
    by_task: BTreeMap<usize, f64>,
    /// Whether two tasks have used such an object in one execution, and one of them has changed it.
    is_shared: bool,
    /// An earlier kind of accesses to the same objects, or this one.
    same: usize,
    group: Option<usize>,
}

/// Shared objects that are the same to us.
#[derive(Debug, Default, Clone)]
struct Group {
    accesses: f64,
    /// By path of the task, descendants included.
    by_task: Hashed<f64>,
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
pub(super) fn place(location: &Location<'_>) -> u64 {
    let lines = u64::from(location.line()) << 20 | u64::from(location.column());
    mix(lines, location.file().len() as u64)
}

impl Profile {
    /// Returns how many operations a task and its descendants do.
    pub(super) fn operations(&self, path: u64) -> f64 {
        self.task_at.get(&path).map_or(0.0, |&task| self.tasks[task].total)
    }

    /// Returns the group of an object created at a place, to which `op` is done; None if it is not
    /// shared, or that was not seen so far.
    pub(super) fn group_of(&self, created: &Location<'_>, op: Op) -> Option<usize> {
        let kind = self.kind_at.get(&kind(place(created), Site::of(op)))?;
        self.kinds[*kind].group
    }

    /// Returns how many accesses to a group a task and its descendants do.
    pub(super) fn accesses(&self, group: usize, path: u64) -> f64 {
        self.groups[group].by_task.get(&path).copied().unwrap_or(0.0)
    }

    /// Draws a group, in proportion to the accesses; None if there is none.
    pub(super) fn draw_group(&self, rng: &mut Rng) -> Option<usize> {
        let sum: f64 = self.groups.iter().map(|group| group.accesses).sum();
        let mut drawn = fraction(rng) * sum;
        let mut last = None;
        for (index, group) in self.groups.iter().enumerate() {
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

    /// Adds an execution.
    pub(super) fn add(&mut self, notes: &Notes) {
        let tasks = self.add_tasks(notes);
        let mut counts = BTreeMap::new();
        for object in notes.objects() {
            self.add_object(object, &tasks, &mut counts);
        }
        for ((kind, task), count) in counts {
            let most = self.kinds[kind].by_task.entry(task).or_default();
            *most = most.max(f64::from(count));
        }
        self.groups.clear();
        for kind in 0..self.kinds.len() {
            self.kinds[kind].group = self.group(kind);
        }
    }

    /// Returns the indices of the tasks of an execution.
    fn add_tasks(&mut self, notes: &Notes) -> Vec<usize> {
        let mut indices: Vec<usize> = Vec::new();
        for task in notes.tasks() {
            let parent = indices.get(task.parent as usize).copied();
            let index = *self.task_at.entry(task.path).or_insert_with(|| {
                self.tasks.push(Task { path: task.path, parent, operations: 0.0, total: 0.0 });
                self.tasks.len() - 1
            });
            let known = &mut self.tasks[index];
            known.operations = known.operations.max(f64::from(task.operations));
            indices.push(index);
        }
        let mut totals: Vec<f64> = self.tasks.iter().map(|task| task.operations).collect();
        self.add_to_ancestors(&mut totals);
        self.tasks.iter_mut().zip(totals).for_each(|(task, total)| task.total = total);
        indices
    }

    /// Adds what each task did to all tasks that it descends from.
    fn add_to_ancestors(&self, counts: &mut [f64]) {
        for task in (0..counts.len()).rev() {
            if let Some(parent) = self.tasks[task].parent {
                counts[parent] += counts[task];
            }
        }
    }

    fn add_object(
        &mut self,
        object: &ObjectNotes,
        tasks: &[usize],
        counts: &mut BTreeMap<(usize, usize), u32>,
    ) {
        let is_shared = object.is_shared();
        let mut same = None;
        for site in &object.sites {
            let kind = *self.kind_at.entry(kind(object.place, site.site)).or_insert_with(|| {
                let same = self.kinds.len();
                self.kinds.push(Kind { by_task: BTreeMap::new(), is_shared: false, same, group: None });
                same
            });
            for &(task, count) in &site.by_task {
                *counts.entry((kind, tasks[task as usize])).or_default() += count;
            }
            self.kinds[kind].is_shared |= is_shared;
            let root = self.root(kind);
            let other = same.map_or(root, |same| self.root(same));
            self.kinds[root.max(other)].same = root.min(other);
            self.kinds[root.min(other)].is_shared |= is_shared | self.kinds[root.max(other)].is_shared;
            same = Some(kind);
        }
        for (write, read) in object.conflicts() {
            let pair = ReadsFrom { write, read };
            if self.pairs.len() < MOST_PAIRS && self.pairs_known.insert(pair.hash(), ()).is_none() {
                self.pairs.push(pair);
            }
        }
    }

    /// Returns the first of the kinds of accesses to the same objects.
    fn root(&self, mut kind: usize) -> usize {
        while self.kinds[kind].same != kind {
            kind = self.kinds[kind].same;
        }
        kind
    }

    /// Adds a kind to its group, which that of an earlier kind may have made.
    fn group(&mut self, kind: usize) -> Option<usize> {
        let root = self.root(kind);
        if !self.kinds[root].is_shared {
            return None;
        }
        let group = match self.kinds[root].group {
            Some(group) if root != kind => group,
            _ => {
                self.groups.push(Group::default());
                self.groups.len() - 1
            }
        };
        let mut accesses = vec![0.0; self.tasks.len()];
        self.kinds[kind].by_task.iter().for_each(|(&task, &count)| accesses[task] = count);
        self.groups[group].accesses += accesses.iter().sum::<f64>();
        self.add_to_ancestors(&mut accesses);
        for (task, accesses) in self.tasks.iter().zip(accesses).filter(|(_, accesses)| *accesses > 0.0) {
            *self.groups[group].by_task.entry(task.path).or_default() += accesses;
        }
        Some(group)
    }
}

fn kind(created: u64, site: Site) -> u64 {
    mix(created, site.0)
}
