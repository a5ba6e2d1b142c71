//! How much memory this process has in use.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Returns the resident memory of this process, in KiB.
///
/// # Panics
/// Panics on systems that do not tell it as Linux does.
pub fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("Linux tells");
    line.trim().trim_end_matches(" kB").parse().expect("a number of KiB")
}

/// Looks at the memory ten times in so many executions.
#[derive(Debug)]
pub struct Samples {
    every: u64,
    seen: AtomicU64,
    resident: [AtomicU64; 10],
}

impl Samples {
    /// Prepares for so many executions, which are a multiple of ten.
    pub fn of(executions: u64) -> Samples {
        Samples { every: executions / 10, seen: AtomicU64::new(0), resident: Default::default() }
    }

    /// Counts one execution.
    pub fn count(&self) {
        let seen = self.seen.fetch_add(1, Relaxed) + 1;
        if seen.is_multiple_of(self.every)
            && let Some(sample) = self.resident.get((seen / self.every - 1) as usize)
        {
            sample.store(resident(), Relaxed);
        }
    }

    /// Returns what was seen, in KiB.
    ///
    /// # Panics
    /// Panics if there were fewer executions.
    pub fn all(&self) -> [u64; 10] {
        let all = self.resident.each_ref().map(|sample| sample.load(Relaxed));
        assert!(!all.contains(&0), "too few executions: {all:?}");
        all
    }
}
