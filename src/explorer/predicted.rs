//! Deadlocks that an execution has not run into, but others may: looked for, by steering, before anything is said.

use std::fmt::Write;

use coyote_engine::strategy::Steered;
use coyote_engine::trace::Repeat;
use coyote_engine::{Detector, LockCycle, LockOrder, Outcome, Warning, mix};

use super::executor::Executor;

/// At most so many circles are looked into in one exploration.
const MOST: usize = 8;
/// At most so many executions are repeated to see whether something orders the parts of a circle.
const LOOKS: u32 = 32;
/// More orders of locks are not kept.
const ORDERS: usize = 256;
/// Schedules that are steered towards each.
const TRIES: u64 = 20;

/// The circles that an exploration has come upon.
#[derive(Default)]
pub(super) struct Predicted {
    /// Those that were looked into.
    known: Vec<LockCycle>,
    looks: u32,
    /// The orders of locks of all executions.
    orders: Vec<LockOrder>,
    /// Circles of two executions that were steered to.
    tried: usize,
    warnings: Vec<Warning>,
}

impl Predicted {
    /// Looks into the circles of an execution that are new: whether something orders its parts, and whether there is
    /// a schedule that deadlocks. Returns
    /// the seed and the outcome of that; it is the executor's latest.
    pub(super) fn look_into(
        &mut self,
        executor: &mut dyn Executor,
        outcome: &Outcome,
        seed: u64,
    ) -> Option<(u64, Outcome)> {
        self.within(executor, outcome, seed).or_else(|| self.across(executor, outcome, seed))
    }

    /// Looks into the circles that one execution has shown.
    fn within(
        &mut self,
        executor: &mut dyn Executor,
        outcome: &Outcome,
        seed: u64,
    ) -> Option<(u64, Outcome)> {
        let is_new = |cycle: &&LockCycle| !self.known.iter().any(|known| places(known) == places(cycle));
        let new: Vec<LockCycle> = outcome.notes.cycles.iter().filter(is_new).take(MOST).cloned().collect();
        if new.is_empty() || self.known.len() >= MOST || self.looks == LOOKS {
            return None;
        }
        self.looks += 1;
        let decisions = executor.decisions();
        executor.set_order_clocks(true);
        let ordered = executor.execute(&mut Repeat::new(decisions), seed, false);
        executor.set_order_clocks(false);
        for cycle in new {
            if self.known.iter().any(|known| places(known) == places(&cycle)) {
                continue;
            }
            if !ordered.notes.cycles.iter().any(|possible| places(possible) == places(&cycle)) {
                // Here its parts come one after the other. Another execution may show it otherwise.
                continue;
            }
            self.known.push(cycle.clone());
            if let Some(confirmed) = steer(executor, &cycle, seed) {
                return Some(confirmed);
            }
            self.warnings.push(warning(&cycle));
        }
        None
    }

    /// Looks into the circles of this execution's orders and those of others. That both can come in one execution is
    /// not known, so nothing is said of those that do not deadlock.
    fn across(
        &mut self,
        executor: &mut dyn Executor,
        outcome: &Outcome,
        seed: u64,
    ) -> Option<(u64, Outcome)> {
        for order in &outcome.notes.orders {
            if self.orders.len() >= ORDERS || self.orders.contains(order) {
                continue;
            }
            let opposite = self.orders.iter().filter(|known| are_opposite(known, order));
            let circles: Vec<LockCycle> = opposite.map(|known| circle(known, order)).collect();
            self.orders.push(order.clone());
            for cycle in circles {
                let is_known = self.known.iter().any(|known| places(known) == places(&cycle));
                if is_known || self.tried == MOST {
                    continue;
                }
                self.tried += 1;
                if let Some(confirmed) = steer(executor, &cycle, seed) {
                    return Some(confirmed);
                }
            }
        }
        None
    }

    /// Returns what was predicted, and not confirmed.
    pub(super) fn into_warnings(self) -> Vec<Warning> {
        self.warnings
    }
}

/// Looks for a schedule that deadlocks.
fn steer(executor: &mut dyn Executor, cycle: &LockCycle, seed: u64) -> Option<(u64, Outcome)> {
    for attempt in 0..TRIES {
        let seed = mix(seed, attempt);
        let outcome = executor.execute(&mut Steered::new(cycle.clone()), seed, false);
        if outcome.end.is_bug() {
            return Some((seed, outcome));
        }
    }
    None
}

/// Returns whether two tasks take two locks one in the other's order, with nothing that keeps them apart.
fn are_opposite(a: &LockOrder, b: &LockOrder) -> bool {
    let meet = |has: &LockOrder, wants: &LockOrder| {
        has.step.created == wants.wants_created && !(has.shares.0 && wants.shares.1)
    };
    let is_gate = |gate: &Option<_>| gate.is_none() || b.gates.contains(gate);
    a.step.task != b.step.task && meet(a, b) && meet(b, a) && !a.gates.iter().any(is_gate)
}

fn circle(a: &LockOrder, b: &LockOrder) -> LockCycle {
    LockCycle { steps: vec![a.step.clone(), b.step.clone()] }
}

/// Returns what makes two circles the same for a reader.
fn places(cycle: &LockCycle) -> Vec<(String, String)> {
    let mut places: Vec<_> =
        cycle.steps.iter().map(|step| (step.taken.to_string(), step.wants.to_string())).collect();
    places.sort_unstable();
    places.dedup();
    places
}

fn warning(cycle: &LockCycle) -> Warning {
    let mut message = "tasks take locks in a circle:".to_owned();
    for (at, step) in cycle.steps.iter().enumerate() {
        let created = step.created.map(|at| format!(" created at {at}")).unwrap_or_default();
        let who = if at == 0 { "one" } else { "another" };
        let _ = write!(
            message,
            "{} {who} has the {}{created} since {}, and waits for the next at {}",
            if at == 0 { "" } else { ";" },
            step.has,
            step.taken,
            step.wants
        );
    }
    let _ = write!(
        message,
        ". {TRIES} schedules that were steered there came to no deadlock: something else may forbid it"
    );
    Warning { detector: Detector::LockOrder, message }
}
