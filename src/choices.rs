//! Nondeterminism for mocks: values that an exploration varies, and a replay repeats.

use std::ops::Range;

/// Returns true or false. Under control the strategy decides, and the trace keeps it; otherwise it is
/// random.
///
/// # Examples
/// ```
/// // A mock of a service that may fail.
/// fn store(_row: &str) -> Result<(), &'static str> {
///     if coyote::random_bool() { Ok(()) } else { Err("the service is busy") }
/// }
/// let _ = store("a row");
/// ```
#[track_caller]
pub fn random_bool() -> bool {
    choose(2) == 1
}

/// Returns a number below `n`. Under control the strategy decides, and the trace keeps it; otherwise it
/// is random.
///
/// # Panics
/// Panics if `n` is 0 or above 2^31.
#[track_caller]
pub fn choose(n: u32) -> u32 {
    assert!(n > 0 && n <= 1 << 31, "cannot choose among {n} values: give 1 to 2^31");
    #[cfg(feature = "control")]
    if let Some(execution) = coyote_engine::current() {
        return execution.choose(n, std::panic::Location::caller());
    }
    ((u64::from(random()) * u64::from(n)) >> 32) as u32
}

/// Returns a number in `range`, as [`choose`] does.
///
/// # Panics
/// Panics if the range is empty.
#[track_caller]
pub fn random_range(range: Range<u64>) -> u64 {
    assert!(range.start < range.end, "cannot choose from the empty range {range:?}");
    let width = range.end - range.start;
    if width <= 1 << 31 {
        return range.start + u64::from(choose(width as u32));
    }
    // 64 bits, by which the width is scaled: the bias is below width / 2^64.
    let draw = u128::from(choose(1 << 31)) << 33 | u128::from(choose(1 << 31)) << 2 | u128::from(choose(4));
    range.start + ((draw * u128::from(width)) >> 64) as u64
}

/// Returns 32 random bits, outside of control. `RandomState` is seeded by the operating system.
fn random() -> u32 {
    use std::hash::{BuildHasher, RandomState};
    thread_local! {
        static STATE: (RandomState, std::cell::Cell<u64>) = (RandomState::new(), std::cell::Cell::new(0));
    }
    STATE.with(|(state, count)| {
        count.set(count.get().wrapping_add(1));
        (state.hash_one(count.get()) >> 32) as u32
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_in_range_and_vary() {
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..1000 {
            assert!(choose(7) < 7);
            let wide = random_range(10..u64::MAX);
            assert!(wide >= 10);
            seen.insert(wide);
            assert_eq!(random_range(3..4), 3);
        }
        assert!(seen.len() > 990);
        assert!((0..200).any(|_| random_bool()) && (0..200).any(|_| !random_bool()));
    }
}
