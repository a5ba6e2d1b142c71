//! Depth-first search: every schedule once, or every one with at most so many preemptions; Musuvathi,
//! Qadeer, "Iterative context bounding for systematic testing of multithreaded programs", PLDI 2007.
//!
//! The first schedule lets each task run until it cannot go on. Each further one differs from the one
//! before at the last point where there is an alternative left. A switch away from a task that could go
//! on, and has not just yielded, is a preemption. Values are chosen from in the same way. When all is
//! done the search [`is_exhausted`](Strategy::is_exhausted). Nothing is reduced: orders of independent
//! operations are all made.
//!
//! A task that waits by yielding would make schedules without end. So the search is fair towards those it
//! waits for, as in Musuvathi, Qadeer, "Fair stateless model checking", PLDI 2008: a task that yields
//! twice is put behind all tasks that were enabled, but did not run, in between. No state that is
//! reachable by a fair schedule with few yields is lost by that.

use super::{Point, Strategy};
use crate::bits::TaskSet;
use crate::op::{OpKind, TaskId};

/// Makes every schedule, one after the other.
#[derive(Debug, Default)]
pub struct Dfs {
    /// The most preemptions of a schedule.
    preemptions: Option<u32>,
    /// The branches taken from the root to where the latest execution is.
    path: Vec<Branch>,
    depth: usize,
    /// Preemptions of this execution.
    preempted: u32,
    candidates: Vec<TaskId>,
    yielders: Yielders,
    /// An execution left the path that it was to follow: the program is not repeatable, and nothing can
    /// be said about all schedules.
    lost: bool,
}

#[derive(Clone, Copy, Debug)]
struct Branch {
    alternatives: u32,
    taken: u32,
}

impl Dfs {
    /// Creates a search of all schedules.
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates a search of all schedules with at most `preemptions` preemptions.
    pub fn bounded(preemptions: u32) -> Self {
        Dfs { preemptions: Some(preemptions), ..Self::default() }
    }

    fn branch(&mut self, alternatives: u32) -> u32 {
        let at = self.depth;
        self.depth += 1;
        match self.path.get(at) {
            Some(branch) if branch.alternatives == alternatives => branch.taken,
            known => {
                self.lost |= known.is_some();
                self.path.truncate(at);
                self.path.push(Branch { alternatives, taken: 0 });
                0
            }
        }
    }
}

impl Strategy for Dfs {
    fn begin(&mut self, _seed: u64) {
        // What lies beyond the end of the latest execution was not reached: the program has lost its way.
        self.lost |= self.depth < self.path.len();
        if self.depth > 0 || !self.path.is_empty() {
            while self.path.last().is_some_and(|branch| branch.taken + 1 == branch.alternatives) {
                self.path.pop();
            }
            if let Some(branch) = self.path.last_mut() {
                branch.taken += 1;
            }
        }
        self.depth = 0;
        self.preempted = 0;
        self.yielders.clear();
    }

    fn pick(&mut self, point: &Point<'_>) -> TaskId {
        self.yielders.look(point.enabled);
        let current = point.current;
        let goes_on = current != 0 && !point.op(current).is(OpKind::Yield);
        let is_spent = self.preemptions.is_some_and(|most| self.preempted >= most);
        self.candidates.clear();
        if current != 0 && self.yielders.may_run(current, point.enabled) {
            self.candidates.push(current);
        }
        if !(goes_on && is_spent && !self.candidates.is_empty()) {
            for task in point.enabled.iter() {
                // 0 is the clock, or that nobody has just run.
                if (current == 0 || task != current) && self.yielders.may_run(task, point.enabled) {
                    self.candidates.push(task);
                }
            }
        }
        debug_assert!(!self.candidates.is_empty(), "tasks wait for each other to go first");
        let taken = match self.candidates.len() as u32 {
            1 => 0,
            alternatives => self.branch(alternatives),
        };
        let task = self.candidates[taken as usize];
        self.preempted += u32::from(goes_on && task != current);
        self.yielders.runs(task);
        task
    }

    fn choose(&mut self, n: u32) -> u32 {
        self.branch(n)
    }

    fn yielded(&mut self, task: TaskId) {
        self.yielders.yielded(task);
    }

    fn wants_yields(&self) -> bool {
        true
    }

    fn passed(&mut self, point: &Point<'_>) {
        self.yielders.look(point.enabled);
        self.yielders.runs(point.enabled.select(0));
    }

    fn wants_every_point(&self) -> bool {
        true
    }

    fn is_fair(&self, _step: u64) -> bool {
        false
    }

    fn is_exhausted(&self) -> bool {
        let no_more = |branch: &Branch| branch.taken + 1 == branch.alternatives;
        !self.lost && self.depth == self.path.len() && self.path.iter().all(no_more)
    }

    fn name(&self) -> String {
        self.preemptions.map_or("dfs".to_owned(), |most| format!("dfs({most})"))
    }
}

/// Who has to let whom go first.
#[derive(Debug, Default)]
struct Yielders {
    of: Vec<Yielder>,
    /// Tasks that have yielded since the latest point.
    new: Vec<TaskId>,
    /// Who ran last.
    last: TaskId,
}

/// One task that has yielded, and what has happened since.
#[derive(Debug)]
struct Yielder {
    task: TaskId,
    /// Enabled throughout.
    enabled: TaskSet,
    /// Disabled by it.
    disabled: TaskSet,
    /// Have run.
    ran: TaskSet,
    /// Go first.
    first: TaskSet,
}

impl Yielders {
    fn clear(&mut self) {
        self.of.clear();
        self.new.clear();
        self.last = 0;
    }

    fn yielded(&mut self, task: TaskId) {
        self.new.push(task);
    }

    /// Takes note of the tasks that are enabled now, and of the yields before.
    fn look(&mut self, enabled: &TaskSet) {
        for yielder in &mut self.of {
            let gone: Vec<TaskId> = yielder.enabled.iter().filter(|&task| !enabled.contains(task)).collect();
            for task in gone {
                yielder.enabled.remove(task);
                if self.last == yielder.task {
                    yielder.disabled.insert(task);
                }
            }
        }
        for task in std::mem::take(&mut self.new) {
            let known = self.of.iter().position(|yielder| yielder.task == task);
            let at = known.unwrap_or_else(|| {
                let empty = TaskSet::new;
                self.of.push(Yielder {
                    task,
                    enabled: empty(),
                    disabled: empty(),
                    ran: empty(),
                    first: empty(),
                });
                self.of.len() - 1
            });
            let yielder = &mut self.of[at];
            if known.is_some() {
                for other in yielder.enabled.iter().chain(yielder.disabled.iter()) {
                    if other != task && !yielder.ran.contains(other) {
                        yielder.first.insert(other);
                    }
                }
            }
            yielder.enabled = enabled.clone();
            yielder.disabled.clear();
            yielder.ran.clear();
        }
    }

    fn may_run(&self, task: TaskId, enabled: &TaskSet) -> bool {
        let yielder = self.of.iter().find(|yielder| yielder.task == task);
        yielder.is_none_or(|yielder| yielder.first.first_common(enabled).is_none())
    }

    fn runs(&mut self, task: TaskId) {
        self.last = task;
        for yielder in &mut self.of {
            yielder.first.remove(task);
            yielder.ran.insert(task);
        }
    }
}
