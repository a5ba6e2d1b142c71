//! Q-learning: Mukherjee, Deligiannis, Biswas, Lal, "Learning-based controlled concurrency testing",
//! OOPSLA 2020.
//!
//! What a *situation* is worth is learned over executions: being in one costs as much as how often it
//! was there, so the strategy is driven to where it has rarely been. A situation is the set of enabled
//! tasks with the place of each one's pending operation, and what the program says of its state; an action is the task picked there. An action
//! is picked with a probability in proportion to `exp(Q)`.
//!
//! After an execution, from its last step to its first, with the learning rate α = 0.3 and the discount
//! γ = 0.7: `Q(s, a) ← (1 - α) Q(s, a) + α (γ max Q(s', ·) - visits(s'))`.
//!
//! Two things differ from the original, which degenerates when it runs for long: the exponents have
//! their maximum subtracted, so that they never all vanish; and visits decay by a tenth with each
//! execution, so that values stay bounded. At most 65,536 situations are kept. Fair by its suffix only.

use super::profile::Site;
use super::urw::fraction;
use super::{Point, Strategy};
use crate::hashed::Hashed;
use crate::op::TaskId;
use crate::rng::{Rng, mix};

const RATE: f64 = 0.3;
const DISCOUNT: f64 = 0.7;
/// What is left of the visits with each execution.
const DECAY: f64 = 0.9;
const MOST_SITUATIONS: usize = 1 << 16;

/// Avoids situations that were seen often.
#[derive(Debug, Default)]
pub struct QLearning {
    rng: Option<Rng>,
    executions: u32,
    situations: Vec<Situation>,
    index: Hashed<u32>,
    /// This execution: situations with the number of the action taken.
    steps: Vec<(u32, u32)>,
    weights: Vec<f64>,
}

#[derive(Debug, Default)]
struct Situation {
    visits: f64,
    /// The execution of the latest visit.
    seen: u32,
    /// By the task's path.
    actions: Vec<(u64, f64)>,
}

impl Situation {
    fn action(&mut self, path: u64) -> u32 {
        let known = self.actions.iter().position(|action| action.0 == path);
        known.unwrap_or_else(|| {
            self.actions.push((path, 0.0));
            self.actions.len() - 1
        }) as u32
    }

    fn best(&self) -> f64 {
        self.actions.iter().map(|action| action.1).fold(f64::NEG_INFINITY, f64::max)
    }

    fn visit(&mut self, execution: u32) {
        let passed = i32::try_from(execution - self.seen).unwrap_or(i32::MAX);
        self.visits = self.visits * DECAY.powi(passed) + 1.0;
        self.seen = execution;
    }
}

impl QLearning {
    /// Creates the strategy.
    pub fn new() -> Self {
        Self::default()
    }

    fn rng(&mut self) -> &mut Rng {
        self.rng.get_or_insert_with(|| Rng::new(0))
    }

    /// Learns from the execution that has ended.
    fn learn_from_steps(&mut self) {
        let steps = std::mem::take(&mut self.steps);
        for &(situation, _) in &steps {
            self.situations[situation as usize].visit(self.executions);
        }
        for pair in steps.windows(2).rev() {
            let [(from, action), (to, _)] = [pair[0], pair[1]];
            let to = &self.situations[to as usize];
            let gain = DISCOUNT * to.best() - to.visits;
            let value = &mut self.situations[from as usize].actions[action as usize].1;
            *value = (1.0 - RATE) * *value + RATE * gain;
        }
        self.steps = steps;
        self.steps.clear();
    }

    /// Returns the situation at a point; None if there is no room for a new one.
    fn situation(&mut self, point: &Point<'_>) -> Option<u32> {
        let each = point.enabled.iter().map(|task| mix(point.path(task), Site::of(point.op(task)).number()));
        let hash = each.fold(point.user_state(), u64::wrapping_add);
        let is_full = self.situations.len() >= MOST_SITUATIONS;
        match self.index.get(&hash) {
            Some(&index) => Some(index),
            None if is_full => None,
            None => {
                let index = self.situations.len() as u32;
                self.situations.push(Situation::default());
                self.index.insert(hash, index);
                Some(index)
            }
        }
    }
}

impl Strategy for QLearning {
    fn begin(&mut self, seed: u64) {
        self.learn_from_steps();
        self.executions += 1;
        self.rng = Some(Rng::new(seed));
    }

    fn pick(&mut self, point: &Point<'_>) -> TaskId {
        let count = point.enabled.len() as u32;
        let Some(index) = self.situation(point) else {
            return point.enabled.select(self.rng().below(count));
        };
        let mut weights = std::mem::take(&mut self.weights);
        weights.clear();
        let situation = &mut self.situations[index as usize];
        for task in point.enabled.iter() {
            let action = situation.action(point.path(task));
            weights.push(situation.actions[action as usize].1);
        }
        let picked = soft_max(&mut weights, self.rng());
        self.weights = weights;
        let task = point.enabled.select(picked);
        let action = self.situations[index as usize].action(point.path(task));
        self.steps.push((index, action));
        task
    }

    fn choose(&mut self, n: u32) -> u32 {
        self.rng().below(n)
    }

    fn is_fair(&self, _step: u64) -> bool {
        false
    }

    fn name(&self) -> String {
        "q-learning".to_owned()
    }
}

/// Draws an index with a probability in proportion to `exp` of its value.
fn soft_max(values: &mut [f64], rng: &mut Rng) -> u32 {
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    values.iter_mut().for_each(|value| *value = (*value - most).exp());
    let sum: f64 = values.iter().sum();
    let mut drawn = fraction(rng) * sum;
    for (index, weight) in values.iter().enumerate() {
        if drawn < *weight {
            return index as u32;
        }
        drawn -= weight;
    }
    values.len() as u32 - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_bounded_however_often_a_situation_is_seen() {
        let mut learner = QLearning::new();
        learner.situations.resize_with(3, Situation::default);
        learner.situations.iter_mut().for_each(|situation| {
            situation.action(1);
            situation.action(2);
        });
        let mut rng = Rng::new(5);
        for _ in 0..10_000 {
            // Ten visits each, of two situations in turn, and one that is never left.
            learner.steps.extend((0..10).map(|step| (step % 2, rng.below(2))));
            learner.learn_from_steps();
            learner.executions += 1;
        }
        // Visits of one execution over what decays, and as much again and again, discounted.
        let most = 5.0 / (1.0 - DECAY) / (1.0 - DISCOUNT);
        for situation in &learner.situations {
            for (_, value) in &situation.actions {
                assert!(value.is_finite() && (-most..=0.0).contains(value), "{value}");
            }
        }
        assert!(learner.situations[0].best() < 0.0);
    }

    #[test]
    fn draws_are_in_proportion_and_never_fail_however_low_the_values() {
        let mut rng = Rng::new(5);
        let mut seen = [0u32; 3];
        for _ in 0..10_000 {
            let drawn = soft_max(&mut [-1e9, -1e9 - 1.0, f64::MIN], &mut rng);
            seen[drawn as usize] += 1;
        }
        let share = f64::from(seen[0]) / 10_000.0;
        let expected = 1.0 / (1.0 + (-1.0f64).exp());
        assert!((share - expected).abs() < 0.02, "{share} instead of {expected}");
        assert_eq!(seen[2], 0);
    }
}
