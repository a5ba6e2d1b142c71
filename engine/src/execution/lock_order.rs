//! Circles in the order in which tasks take locks: deadlocks that other schedules may run into.
//!
//! Each time a task that has locks waits for a further one, that is an edge from each of them to it. A circle of edges
//! of different tasks is a candidate (Havelund, "Using runtime analysis to guide model checking of Java programs",
//! SPIN 2000), unless two of the tasks hold a common lock all the while (a gate), or share locks that readers may
//! share, or live on the one thread of a runtime. Where it is asked for, edges also know what synchronisation other
//! than locking orders before them (see `clocks.rs`): those that come after each other in every schedule make no
//! circle.

use std::panic::Location;

use super::holds::{Guard, Held};
use super::{Execution, ROOT};
use crate::lane::LaneId;
use crate::op::{ObjectId, Op, OpKind, TaskId};

/// More edges than this are not looked at.
const EDGES: usize = 64;
/// More edges than this are not known from one execution to the next.
const KNOWN: usize = 4_096;
/// Longer circles are not looked for.
const LONGEST: usize = 4;

/// A deadlock that another schedule may run into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockCycle {
    /// What each task does; the lock it takes last is the one that the next task has.
    pub steps: Vec<CycleStep>,
}

/// One task's part in a circle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CycleStep {
    /// Stands for the task's creation path, and is the same in every execution.
    pub task: u64,
    /// What it has, in the program's words.
    pub has: &'static str,
    /// Where that was created, if known.
    pub created: Option<&'static Location<'static>>,
    /// Where it took that.
    pub taken: &'static Location<'static>,
    /// Where it then waits for the next.
    pub wants: &'static Location<'static>,
}

/// A task took a lock while it had another, in an order that no execution before has shown; the locks are known by
/// where they were created, where there is no other. Orders of different executions make circles, too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockOrder {
    /// What the task has, and where it wants the next.
    pub step: CycleStep,
    /// Where what it wants was created.
    pub wants_created: Option<&'static Location<'static>>,
    /// Whether it shares what it has, and what it wants.
    pub shares: (bool, bool),
    /// Where everything else that it has was created.
    pub gates: Vec<Option<&'static Location<'static>>>,
}

/// A task took a lock while it had another.
pub(super) struct Edge {
    task: TaskId,
    outer: Held,
    inner: Held,
    /// Everything else that it had.
    gates: Vec<Held>,
    lane: u32,
    /// Its own time, and what it knew of other tasks' times.
    known: Vec<u32>,
}

impl Execution {
    /// Notes that the current task, which has locks, has just taken another one.
    #[cold]
    pub(super) fn note_order(&self, op: Op, guard: Guard) {
        let is_try = matches!(op.kind(), OpKind::TryLock | OpKind::TryReadLock | OpKind::TryWriteLock);
        if is_try || !self.lock_order || !self.is_running() || self.object_rec(op.object()).movable.get() {
            return;
        }
        let task = self.current.get();
        let rec = self.current_rec();
        let inner = Held { op, guard };
        rec.held.with(|held| {
            let Some((_, before)) = held.split_last() else { return };
            for outer in before.iter().filter(|outer| outer.op.object() != op.object()) {
                if self.object_rec(outer.op.object()).movable.get() {
                    continue;
                }
                self.cold(|cold| {
                    let is_known = |edge: &Edge| {
                        edge.task == task && same(&edge.outer, outer) && same(&edge.inner, &inner)
                    };
                    if cold.edges.len() == EDGES || cold.edges.iter().any(is_known) {
                        return;
                    }
                    let gates = before.iter().filter(|gate| gate.op.object() != outer.op.object());
                    let (gates, lane) = (gates.copied().collect(), rec.lane.get());
                    let known = self.known_times(task);
                    cold.has_new_edges |= self.is_new_edge(outer, &inner);
                    cold.edges.push(Edge { task, outer: *outer, inner, gates, lane, known });
                });
            }
        });
    }

    /// Looks for circles among the edges of this execution, which is over.
    #[inline]
    pub(super) fn look_for_circles(&self) {
        if self.has_cold() {
            self.find_circles();
        }
    }

    #[cold]
    fn find_circles(&self) {
        if self.cold(|cold| cold.has_new_edges) {
            let edges = self.cold(|cold| std::mem::take(&mut cold.edges));
            let orders = edges.iter().filter_map(|edge| self.lock_order_of(edge)).collect();
            self.cold(|cold| (cold.edges, cold.orders) = (edges, orders));
        }
        let cycles = self.lock_cycles();
        self.cold(|cold| cold.cycles = cycles);
    }

    /// Notes an edge for the executions to come; returns whether none before has had it.
    fn is_new_edge(&self, outer: &Held, inner: &Held) -> bool {
        let place = |held: &Held| std::ptr::from_ref(held.op.location()).addr();
        let created = |held: &Held| {
            self.object_rec(held.op.object()).created.get().map_or(0, |at| std::ptr::from_ref(at).addr())
        };
        let key = [
            self.current_rec().path.get() as usize,
            place(outer),
            place(inner),
            created(outer),
            created(inner),
        ];
        self.pool().edges.with(|known| known.len() < KNOWN && known.insert(key))
    }

    /// Returns an edge as what it is in every execution; None if its locks have nothing to know them by.
    fn lock_order_of(&self, edge: &Edge) -> Option<LockOrder> {
        let created = |held: &Held| self.object_rec(held.op.object()).created.get();
        let is_alone = |held: &Held| {
            let like = |&id: &u32| self.object_rec(ObjectId(id)).created.get() == created(held);
            created(held).is_some() && (1..self.next_object.get()).filter(like).nth(1).is_none()
        };
        (is_alone(&edge.outer) && is_alone(&edge.inner)).then(|| LockOrder {
            step: self.cycle_step(edge),
            wants_created: created(&edge.inner),
            shares: (edge.outer.guard.is_shared(), edge.inner.guard.is_shared()),
            gates: edge.gates.iter().map(created).collect(),
        })
    }

    /// Lists the circles, each once.
    fn lock_cycles(&self) -> Vec<LockCycle> {
        let edges = self.if_cold(|cold| std::mem::take(&mut cold.edges));
        // Objects have numbers: a circle goes up somewhere, and down somewhere.
        let goes_up = |edge: &Edge| edge.outer.op.object().0 < edge.inner.op.object().0;
        if edges.iter().all(goes_up) || !edges.iter().any(goes_up) {
            return Vec::new();
        }
        let mut found = Vec::new();
        for (at, first) in edges.iter().enumerate() {
            self.follow(&edges[at..], &mut vec![first], &mut found);
        }
        found
    }

    /// Extends a path by edges that come later in the list than its first.
    fn follow<'a>(&self, edges: &'a [Edge], path: &mut Vec<&'a Edge>, found: &mut Vec<LockCycle>) {
        let last = path[path.len() - 1];
        if path.len() > 1 && leads_to(last, path[0]) {
            let steps = path.iter().map(|edge| self.cycle_step(edge)).collect();
            let cycle = LockCycle { steps };
            if !found.contains(&cycle) {
                found.push(cycle);
            }
            return;
        }
        if path.len() == LONGEST {
            return;
        }
        for next in edges {
            if leads_to(last, next) && path.iter().all(|edge| self.may_meet(edge, next)) {
                path.push(next);
                self.follow(edges, path, found);
                path.pop();
            }
        }
    }

    /// Returns whether the tasks of two edges can stand before their inner locks at the same time.
    fn may_meet(&self, a: &Edge, b: &Edge) -> bool {
        let is_gate = |gate: &Held, other: &Held| {
            gate.op.object() == other.op.object() && !(gate.guard.is_shared() && other.guard.is_shared())
        };
        let share_gate = a.gates.iter().any(|gate| b.gates.iter().any(|other| is_gate(gate, other)));
        let one_thread = a.lane == b.lane
            && a.lane != LaneId::UNLIMITED.0
            && self.lane(a.lane).width.get() == 1
            && a.outer.guard.blocks_threads()
            && b.outer.guard.blocks_threads();
        let known = |by: &Edge, of: TaskId| by.known.get(of as usize).copied().unwrap_or(0);
        let after = |late: &Edge, early: &Edge| {
            let time = known(early, early.task);
            time > 0 && known(late, early.task) >= time
        };
        a.task != b.task && !share_gate && !one_thread && !after(a, b) && !after(b, a)
    }

    fn cycle_step(&self, edge: &Edge) -> CycleStep {
        debug_assert!(edge.task >= ROOT, "the clock takes no locks");
        let outer = self.object_rec(edge.outer.op.object());
        CycleStep {
            task: self.path_hash(edge.task),
            has: outer.kind.get(),
            created: outer.created.get(),
            taken: edge.outer.op.location(),
            wants: edge.inner.op.location(),
        }
    }
}

fn same(a: &Held, b: &Held) -> bool {
    let place = |held: &Held| (held.op.object(), std::ptr::from_ref(held.op.location()));
    place(a) == place(b)
}

/// Returns whether what one task wants last is what the other one has, so that it has to wait.
fn leads_to(from: &Edge, to: &Edge) -> bool {
    let object: ObjectId = from.inner.op.object();
    object == to.outer.op.object() && !(from.inner.guard.is_shared() && to.outer.guard.is_shared())
}
