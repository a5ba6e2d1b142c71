//! A livelock is reported only if it stays one, however the execution goes on.

use coyote_engine::strategy::{Random, RoundRobin, Strategy};
use coyote_engine::trace::{Continued, Repeat};
use coyote_engine::{Decision, End, Livelock, Outcome};

use super::executor::Executor;

/// Returns whether the latest execution, which ended in a livelock, ends in one again when it is continued in
/// three other fair ways. Leaves its decisions as those of the runner's latest execution.
pub(super) fn holds(executor: &mut dyn Executor, outcome: &Outcome) -> bool {
    if matches!(outcome.end, End::Livelock(Livelock::HotAtEnd { .. })) {
        // That is no matter of patience.
        return true;
    }
    let decisions = executor.decisions();
    let mut prefix = decisions.clone();
    if matches!(outcome.end, End::Livelock(Livelock::Hot { .. })) {
        // The last one is the verdict.
        prefix.pop();
    }
    let bound = executor.max_fair_steps();
    executor.set_max_fair_steps(outcome.steps.saturating_add(bound));
    let stays = continues(executor, &prefix, 0x0c0_ffee, Box::new(Random::new()))
        && continues(executor, &prefix, 0x7ea, Box::new(Random::new()))
        && continues(executor, &prefix, 0, Box::new(RoundRobin::new()));
    executor.set_max_fair_steps(bound);
    if stays {
        executor.execute(&mut Repeat::new(decisions), 0, false);
    }
    stays
}

fn continues(
    executor: &mut dyn Executor,
    prefix: &[Decision],
    seed: u64,
    then: Box<dyn Strategy + Send>,
) -> bool {
    let mut strategy = Continued::new(prefix.to_vec(), then);
    matches!(executor.execute(&mut strategy, seed, false).end, End::Livelock(_))
}
