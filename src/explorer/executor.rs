//! Where executions are made: on the exploring thread, or each in a process of its own.

use coyote_engine::strategy::Strategy;
use coyote_engine::{Decision, Outcome, Runner};

use super::body::One;
#[cfg(unix)]
use crate::config::Config;

/// Runs executions, one at a time.
pub(super) trait Executor {
    fn execute(&mut self, strategy: &mut (dyn Strategy + 'static), seed: u64, record: bool) -> Outcome;

    /// Returns the decisions of the latest execution.
    fn decisions(&self) -> Vec<Decision>;

    /// Returns the bound of fair schedules.
    fn max_fair_steps(&self) -> u64;

    /// Sets the bound of fair schedules.
    fn set_max_fair_steps(&mut self, bound: u64);

    /// Has what is recorded observed, too.
    fn set_observe(&mut self, observe: bool);

    /// Has executions tell only of circles of locks whose parts nothing but locks orders.
    fn set_order_clocks(&mut self, order_clocks: bool);
}

/// On this thread.
pub(super) struct Here<'a> {
    pub(super) runner: &'a mut Runner,
    pub(super) one: &'a One,
}

impl Executor for Here<'_> {
    fn execute(&mut self, strategy: &mut (dyn Strategy + 'static), seed: u64, record: bool) -> Outcome {
        (self.one)(self.runner, strategy, seed, record)
    }

    fn decisions(&self) -> Vec<Decision> {
        self.runner.decisions()
    }

    fn max_fair_steps(&self) -> u64 {
        self.runner.options().max_fair_steps
    }

    fn set_max_fair_steps(&mut self, bound: u64) {
        self.runner.set_max_fair_steps(bound);
    }

    fn set_observe(&mut self, observe: bool) {
        self.runner.set_observe(observe);
    }

    fn set_order_clocks(&mut self, order_clocks: bool) {
        self.runner.set_order_clocks(order_clocks);
    }
}

/// Each in a process of its own.
#[cfg(unix)]
pub(super) struct Forks<'a> {
    isolation: coyote_engine::Isolation,
    one: &'a One,
    decisions: Vec<Decision>,
    observe: bool,
    order_clocks: bool,
}

#[cfg(unix)]
impl Forks<'_> {
    pub(super) fn new<'a>(config: &Config, one: &'a One) -> Forks<'a> {
        let isolation = coyote_engine::Isolation::new(config.options(), config.stuck_after);
        Forks { isolation, one, decisions: Vec::new(), observe: false, order_clocks: false }
    }
}

#[cfg(unix)]
impl Executor for Forks<'_> {
    fn execute(&mut self, strategy: &mut (dyn Strategy + 'static), seed: u64, record: bool) -> Outcome {
        let job = |runner: &mut Runner, strategy: &mut (dyn Strategy + 'static)| {
            runner.set_switch_hook(&coyote_shim::Spans);
            runner.set_observe(self.observe);
            runner.set_order_clocks(self.order_clocks);
            (self.one)(runner, strategy, seed, record)
        };
        let isolated = self.isolation.run(strategy, seed, &job);
        let isolated = isolated.unwrap_or_else(|error| panic!("coyote: no process can be forked: {error}"));
        self.decisions = isolated.decisions;
        isolated.outcome
    }

    fn decisions(&self) -> Vec<Decision> {
        self.decisions.clone()
    }

    fn max_fair_steps(&self) -> u64 {
        self.isolation.options().max_fair_steps
    }

    fn set_max_fair_steps(&mut self, bound: u64) {
        self.isolation.set_max_fair_steps(bound);
    }

    fn set_observe(&mut self, observe: bool) {
        self.observe = observe;
    }

    fn set_order_clocks(&mut self, order_clocks: bool) {
        self.order_clocks = order_clocks;
    }
}
