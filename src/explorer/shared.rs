//! What the watching thread may read while the other explores.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::search::SearchedBug;
use crate::report::Statistics;

/// What the watching thread may read while the other explores.
#[derive(Default)]
pub(super) struct Progress {
    numbers: [AtomicU64; 11],
    /// What was found so far. Not locked while the program under test runs.
    bugs: Mutex<Vec<SearchedBug>>,
}

impl Progress {
    pub(super) fn publish(&self, s: &Statistics) {
        let numbers = [
            s.iterations,
            s.classes,
            s.fair,
            s.bounded,
            s.min_steps,
            s.max_steps,
            s.total_steps,
            u64::from(s.tasks),
            s.classes_seen_once,
            s.classified,
            s.buggy,
        ];
        self.numbers.iter().zip(numbers).for_each(|(place, number)| place.store(number, Ordering::Relaxed));
    }

    pub(super) fn bugs(&self) -> MutexGuard<'_, Vec<SearchedBug>> {
        self.bugs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns what was published last; the numbers belong together once the other thread stands still.
    pub(super) fn statistics(&self) -> Statistics {
        let numbers = self.numbers.each_ref().map(|place| place.load(Ordering::Relaxed));
        let [
            iterations,
            classes,
            fair,
            bounded,
            min_steps,
            max_steps,
            total_steps,
            tasks,
            once,
            classified,
            buggy,
        ] = numbers;
        let min_steps = if iterations == 0 { u64::MAX } else { min_steps };
        let tasks = tasks as u32;
        let known =
            Statistics { iterations, classes, fair, buggy, bounded, min_steps, ..Statistics::default() };
        Statistics { max_steps, total_steps, tasks, classes_seen_once: once, classified, ..known }
    }
}
