//! The buffer.

pub use instrumented::{BoundedBuffer, Wakes};

// What is in here is under control in tests: its locks are scheduling points. Otherwise the attribute does nothing.
#[coyote::instrument]
mod instrumented {
    use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

    /// Whom a buffer wakes when it has changed.
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub enum Wakes {
        /// One of those who wait. It may be one who waits for the opposite: the bug.
        One,
        /// All who wait.
        All,
    }

    /// A ring of values: who puts one waits while it is full, who takes one while it is empty.
    #[derive(Debug)]
    pub struct BoundedBuffer<T> {
        ring: Mutex<Ring<T>>,
        /// Readers and writers wait here alike.
        changed: Condvar,
        wakes: Wakes,
    }

    #[derive(Debug)]
    struct Ring<T> {
        slots: Vec<Option<T>>,
        put_at: usize,
        take_at: usize,
        occupied: usize,
    }

    impl<T> BoundedBuffer<T> {
        /// Creates a buffer for `size` values.
        ///
        /// # Panics
        /// Panics if there is no room for any.
        pub fn new(size: usize, wakes: Wakes) -> Self {
            assert!(size > 0, "a buffer of size 0 has room for nothing: write 1 or more");
            let slots = (0..size).map(|_| None).collect();
            let ring = Mutex::new(Ring { slots, put_at: 0, take_at: 0, occupied: 0 });
            BoundedBuffer { ring, changed: Condvar::new(), wakes }
        }

        /// Puts a value in, as soon as there is room.
        pub fn put(&self, value: T) {
            let mut ring = self.lock();
            while ring.occupied == ring.slots.len() {
                ring = self.changed.wait(ring).unwrap_or_else(PoisonError::into_inner);
            }
            let at = ring.put_at;
            ring.slots[at] = Some(value);
            ring.put_at = (at + 1) % ring.slots.len();
            ring.occupied += 1;
            self.wake();
        }

        /// Takes the oldest value out, as soon as there is one.
        pub fn take(&self) -> T {
            let mut ring = self.lock();
            while ring.occupied == 0 {
                ring = self.changed.wait(ring).unwrap_or_else(PoisonError::into_inner);
            }
            let at = ring.take_at;
            let value = ring.slots[at].take();
            ring.take_at = (at + 1) % ring.slots.len();
            ring.occupied -= 1;
            self.wake();
            value.expect("an occupied slot has a value")
        }

        fn lock(&self) -> MutexGuard<'_, Ring<T>> {
            self.ring.lock().unwrap_or_else(PoisonError::into_inner)
        }

        fn wake(&self) {
            match self.wakes {
                Wakes::One => self.changed.notify_one(),
                Wakes::All => self.changed.notify_all(),
            }
        }
    }
}
