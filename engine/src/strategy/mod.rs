//! Strategies: which enabled task runs next, and which value a choice takes.
//!
//! A strategy is a function of the enabled tasks with their pending operations, its own state, and a
//! seeded generator. It knows no clock, no environment, no task's body. One file each.
//!
//! | file | strategy | learns |
//! |---|---|---|
//! | `random.rs`, `probabilistic.rs` | random walks | |
//! | `round_robin.rs` | every task in turn | |
//! | `pct.rs` | random priorities with few changes, plain and fair | length |
//! | `delay_bounding.rs` | a fixed order with few exceptions, plain and fair | length |
//! | `pos.rs` | partial order sampling | |
//! | `rff_lite.rs` | partial order sampling steered towards one reads-from pair | profile |
//! | `urw.rs`, `surw.rs` | interleavings, or those on one object, with the same probability | profile |
//! | `q_learning.rs` | away from situations that were seen often | values |
//! | `dfs.rs` | all schedules, or all with few preemptions | |
//! | `portfolio.rs` | others, mixed by execution | |
//! | `replay.rs` | follows a trace | |
//! | `steered.rs` | towards a predicted deadlock | |
//! | `guided.rs` | follows a schedule that is only partly said | |
//!
//! `courtesy.rs` decides how seriously a yield is taken. `profile.rs` holds what is learned of a program from
//! `notes.rs`, and `profiled.rs` the wrapper that learns it. `fair_suffix.rs` makes a strategy fair beyond a step.

mod courtesy;
mod delay_bounding;
mod dfs;
mod fair_suffix;
mod guided;
mod notes;
mod pct;
mod portfolio;
mod pos;
mod probabilistic;
mod profile;
mod profiled;
mod q_learning;
mod random;
mod replay;
mod rff_lite;
mod round_robin;
mod spec;
mod steered;
mod surw;
mod urw;

pub use delay_bounding::DelayBounding;
pub use dfs::Dfs;
pub use fair_suffix::FairSuffix;
pub use guided::{Guide, Guided, Log, Moment, Order, Probe, Sparse, Switch};
pub use pct::Pct;
pub use portfolio::Portfolio;
pub use pos::Pos;
pub use probabilistic::Probabilistic;
pub use profile::Profile;
pub use profiled::Profiled;
pub use q_learning::QLearning;
pub use random::Random;
pub use replay::{Decisions, Expected, Replay};
pub use rff_lite::RffLite;
pub use round_robin::RoundRobin;
pub use spec::{KNOWN, StrategySpec, check};
pub use steered::Steered;
pub use surw::Surw;
pub use urw::Urw;

use std::panic::Location;
use std::sync::Arc;

use crate::bits::TaskSet;
use crate::end::Divergence;
use crate::execution::Execution;
use crate::op::{ObjectId, Op, TaskId};

/// The situation at a scheduling point.
pub struct Point<'a> {
    /// The tasks that can run, in canonical order; where something is to be picked, at least two.
    pub enabled: &'a TaskSet,
    /// The task that has just run and can go on, or 0 if it cannot, or has yielded.
    pub current: TaskId,
    /// The number of scheduling points so far in this execution.
    pub step: u64,
    pub(crate) execution: &'a Execution,
    /// The pending operation of `current`.
    pub(crate) op: Op,
}

impl Point<'_> {
    /// Returns what `task` will do when it runs.
    pub fn op(&self, task: TaskId) -> Op {
        if task == self.current && task != 0 { self.op } else { self.execution.pending(task) }
    }

    /// Returns a task's identity across executions: a hash of its creation path.
    pub fn path(&self, task: TaskId) -> u64 {
        self.execution.path_hash(task)
    }

    /// Returns where an object was created, if that is known and the object is not a task. Unlike an
    /// object's number or name this does not depend on who used it first.
    pub fn created(&self, object: ObjectId) -> Option<&'static Location<'static>> {
        self.execution.object_created_at(object)
    }

    /// Returns a hash of what the program says of its own state; 0 if it says nothing.
    pub fn user_state(&self) -> u64 {
        self.execution.user_state()
    }

    /// Returns a task's name and pending operation, in words.
    pub(crate) fn describe(&self, task: TaskId) -> (String, String) {
        (self.execution.task_name(task), self.execution.describe_op(self.op(task)))
    }
}

/// A way to explore schedules.
pub trait Strategy {
    /// Begins an execution. Everything drawn in it depends on `seed` and what was learned before.
    fn begin(&mut self, seed: u64);

    /// Returns the task to run next, one of `point.enabled`. Its pending operation happens at once.
    fn pick(&mut self, point: &Point<'_>) -> TaskId;

    /// Returns a number below `n`, which is at least 2.
    fn choose(&mut self, n: u32) -> u32;

    /// Returns the engine's verdict on whether this is a livelock; a replay returns the recorded one,
    /// because it cannot know from where on the schedule it repeats was fair.
    fn judge(&mut self, verdict: bool) -> bool {
        verdict
    }

    /// As [`Strategy::choose`], for strategies to which it matters who draws: `point.current` does. The
    /// number of enabled tasks can be anything here.
    fn choose_at(&mut self, _point: &Point<'_>, n: u32) -> u32 {
        self.choose(n)
    }

    /// Notes that `parent` has created `task`, whose identity across executions is `path`: a hash of
    /// its creation path.
    fn spawned(&mut self, _task: TaskId, _parent: TaskId, _path: u64) {}

    /// Notes that a task has asked to let others run.
    fn yielded(&mut self, _task: TaskId) {}

    /// Returns whether [`Strategy::yielded`] does anything.
    fn wants_yields(&self) -> bool {
        false
    }

    /// Notes that the only enabled task of `point` runs: there was nothing to pick.
    fn passed(&mut self, _point: &Point<'_>) {}

    /// Returns whether [`Strategy::passed`] does anything, in the execution that has just begun.
    /// [`Strategy::pick`] and [`Strategy::passed`] together are told of every operation; the second
    /// costs nothing if it is not wanted.
    fn wants_every_point(&self) -> bool {
        false
    }

    /// Takes over what has been learned of the program.
    fn learn(&mut self, _profile: &Arc<Profile>) {}

    /// Returns whether every enabled task runs eventually, at this step of an execution.
    fn is_fair(&self, step: u64) -> bool;

    /// Returns whether a schedule that has been unfair for this many steps should be ended.
    fn has_fair_suffix(&self) -> bool {
        self.is_fair(u64::MAX)
    }

    /// Returns whether there is no further schedule: the strategy is systematic, and has made all.
    fn is_exhausted(&self) -> bool {
        false
    }

    /// Returns the strategy of the current execution, as one would write it in a configuration.
    fn name(&self) -> String;

    /// Returns where the program left the trace that is being replayed, if it has.
    fn divergence(&self) -> Option<Divergence> {
        None
    }
}
