//! How seriously a yield is taken.

use crate::rng::Rng;

/// The most yields that are ignored, as a power of two.
const MOST: u32 = 7;

/// A task that yields is put behind all others, or one that waits by yielding would keep them from what it
/// waits for. But a task that has yielded may well be the next to run, and some bugs need just that: so in
/// every second execution the first few yields, at most 128, are ignored.
#[derive(Debug, Default)]
pub(super) struct Courtesy {
    ignored: u32,
}

impl Courtesy {
    /// Begins an execution.
    pub(super) fn begin(&mut self, rng: &mut Rng) {
        self.ignored = match rng.below(2) {
            0 => 0,
            _ => 1 << rng.below(MOST + 1),
        };
    }

    /// Returns whether a yield is to be ignored.
    #[inline]
    pub(super) fn ignores(&mut self) -> bool {
        let ignores = self.ignored > 0;
        self.ignored -= u32::from(ignores);
        ignores
    }
}
