//! What happens for no reason: a condition variable wakes up, a weak compare-and-exchange fails.
//!
//! Both may happen at any time for real, and code has to be ready for it. Here it happens once in an execution at
//! most, and not in every one: a program that waits in a loop only waits once more, and no loop of retries is kept
//! from its end. Whether, and at which of the places that the execution comes to, are two values drawn at the first.

use std::panic::Location;

use super::Execution;

/// Nothing was drawn yet.
pub(super) const UNDECIDED: u8 = u8::MAX;
/// Nothing happens for no reason (any more).
pub(super) const NEVER: u8 = 0;

/// At which of the places it happens, counting from 1. The first few are each as likely as several of the later
/// ones together.
const PLACES: [u8; 8] = [1, 2, 3, 4, 6, 9, 14, 21];

impl Execution {
    /// Returns whether what the current task does at this place, which may end or fail for no reason, does so.
    /// A value drawn decides.
    pub fn spurious(&self, location: &'static Location<'static>) -> bool {
        match self.spurious.get() {
            NEVER => false,
            UNDECIDED => self.decide_spurious(location),
            left => self.is_place(left, location),
        }
    }

    #[cold]
    fn decide_spurious(&self, location: &'static Location<'static>) -> bool {
        if !self.is_running() {
            return false;
        }
        self.spurious.set(NEVER);
        if self.draw(2, location) == 0 || !self.is_running() {
            return false;
        }
        let place = PLACES[self.draw(PLACES.len() as u32, location) as usize];
        self.is_place(place, location)
    }

    /// Counts one place; returns whether it was the one.
    fn is_place(&self, left: u8, location: &'static Location<'static>) -> bool {
        self.spurious.set(left - 1);
        let is_it = left == 1 && self.is_running();
        if is_it {
            self.observed(1);
            self.note(location, || "for no reason: a spurious wake-up or failure".to_owned());
        }
        is_it
    }
}
