//! Shrinking: of the schedules that fail in the same way, the simplest that can be found soon.
//!
//! The schedule found is brought into an order with fewer switches, independent steps being moved past
//! each other. A single preemption that has to do with the task that failed is guessed. Then tasks are put
//! off, so that some never run, and preemptions, other switches and drawn values are taken out as long as
//! the same failure comes (delta debugging). Then one switch is sought in the place of two preemptions, and
//! schedules with fewer of them are drawn at random. What comes out is an ordinary trace.

mod passes;
mod search;
mod signature;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use coyote_engine::{Decision, Outcome, Supervised, supervise};

use crate::config::Config;
use crate::explorer::{One, now, repeat};
use search::{Best, Budget, Search};
pub(crate) use signature::Signature;

/// What shrinking may cost.
const BUDGET: Budget = Budget { replays: 500, time: Duration::from_secs(5) };

/// A simpler schedule, as repeated.
pub(crate) struct Shrunk {
    /// The execution, recorded.
    pub(crate) outcome: Outcome,
    pub(crate) replays: u32,
    pub(crate) elapsed: Duration,
}

/// Looks for a simpler schedule than the one of `decisions`, which came to `found`, recorded. Returns None if there
/// is nothing to be found, or it does not hold when it is made again.
pub(crate) fn shrink(
    config: &Config,
    one: &Arc<One>,
    found: &Outcome,
    decisions: Vec<Decision>,
    seed: u64,
) -> Option<Shrunk> {
    let signature = Signature::of(found)?;
    let start = now();
    let best: Arc<Mutex<Option<Best>>> = Arc::default();
    let (theirs, body, wanted) = (Arc::clone(&best), Arc::clone(one), signature.clone());
    let (fingerprint, patient) = (found.fingerprint, found.steps > config.max_steps);
    let as_found = decisions.clone();
    // On a thread of its own: a candidate may do what freezes that.
    let searched = supervise(config.options(), config.stuck_after.min(BUDGET.time), move |runner| {
        runner.set_switch_hook(&coyote_shim::Spans);
        let one = &*body;
        let (signature, budget, best) = (wanted, BUDGET, &*theirs);
        let mut search = Search { runner, one, signature, patient, budget, seed, best, replays: 0 };
        search.run(decisions, fingerprint);
        search.replays
    });
    let replays = match searched {
        Supervised::Done(replays) => replays,
        Supervised::Frozen(_) => BUDGET.replays,
    };
    let best = best.lock().unwrap_or_else(PoisonError::into_inner).take()?;
    if best.decisions == as_found {
        return None;
    }
    let outcome = repeat(config, best.decisions, Arc::clone(one))?;
    let holds = outcome.fingerprint == best.fingerprint && Signature::of(&outcome) == Some(signature);
    holds.then(|| Shrunk { outcome, replays: replays + 1, elapsed: start.elapsed() })
}
