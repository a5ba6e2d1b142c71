//! Real time, and what is made of samples of it.

use std::time::Instant;

/// Returns the real time: outside and inside of an exploration alike.
#[expect(clippy::disallowed_methods, reason = "this package measures real time")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Returns how long `work` took, in seconds.
pub(crate) fn seconds(work: impl FnOnce()) -> f64 {
    let start = now();
    work();
    start.elapsed().as_secs_f64()
}

/// Returns the median; of an even number of samples, the mean of the middle two.
///
/// # Panics
/// Panics if there is no sample.
pub(crate) fn median(samples: &[f64]) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { (sorted[middle - 1] + sorted[middle]) / 2.0 }
}

/// Returns the geometric mean of positive numbers; None of none.
pub(crate) fn geometric_mean(values: &[f64]) -> Option<f64> {
    let sum: f64 = values.iter().map(|value| value.ln()).sum();
    (!values.is_empty()).then(|| (sum / values.len() as f64).exp())
}

/// Finds how many executions take about `target` seconds, given what takes a number of them.
pub(crate) fn calibrate(target: f64, mut run: impl FnMut(u64) -> f64) -> u64 {
    let mut executions = 16;
    loop {
        let took = run(executions);
        if took >= target / 8.0 || executions >= 1 << 40 {
            return ((executions as f64 * target / took) as u64).max(1);
        }
        // Aim at a quarter of the target, but do not trust a very short sample too far.
        let factor = (target / 4.0 / took.max(1e-9)).clamp(2.0, 32.0);
        executions = (executions as f64 * factor) as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_means_are_exact() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        assert_eq!(geometric_mean(&[]), None);
        assert!((geometric_mean(&[2.0, 8.0]).expect("two values") - 4.0).abs() < 1e-12);
    }

    #[test]
    fn calibration_hits_the_target_of_a_linear_cost() {
        let executions = calibrate(0.5, |executions| executions as f64 * 1e-6);
        assert!((450_000..=550_000).contains(&executions), "{executions}");
    }
}
