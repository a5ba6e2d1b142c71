//! Sending.

use ::std::fmt;
use ::std::future::Future;
use ::std::panic::Location;
use ::std::sync::Arc;
use ::std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use ::tokio::sync::{Notify, watch as real};

use super::door::Door;
use super::error::SendError;
use super::{BORROW, CLONE, CLOSE, CLOSED, LOOK, Receiver, Ref, SEND, Shared};
use crate::support::Place;
use crate::tokio::sync::steer::Steered;

/// Sets the value that [`Receiver`]s see. The channel closes when all senders are dropped.
pub struct Sender<T> {
    // In order of dropping: a point; the real one, which may close the channel; telling so.
    parting: End,
    real: real::Sender<T>,
    bell: Bell,
}

/// A scheduling point before an end of the channel is dropped.
pub(super) struct End {
    shared: Arc<Shared>,
    place: Place,
}

impl End {
    pub(super) fn new(shared: Arc<Shared>, place: Place) -> Self {
        End { shared, place }
    }

    pub(super) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }
}

impl Drop for End {
    fn drop(&mut self) {
        CLOSE.point(&self.shared.door.cell, self.place);
    }
}

/// Tells the receivers when the last sender has gone.
struct Bell(Arc<Shared>);

impl Drop for Bell {
    fn drop(&mut self) {
        if self.0.senders.fetch_sub(1, Relaxed) == 1 {
            self.0.changed.notify_waiters();
        }
    }
}

impl<T> Sender<T> {
    /// Creates a channel that holds `init`, without a receiver.
    #[track_caller]
    pub fn new(init: T) -> Self {
        let shared =
            Arc::new(Shared { door: Door::new(), senders: AtomicUsize::new(0), changed: Notify::new() });
        Sender::of(shared, real::Sender::new(init), Location::caller())
    }

    pub(super) fn of(shared: Arc<Shared>, real: real::Sender<T>, place: Place) -> Self {
        shared.senders.fetch_add(1, Relaxed);
        Sender { parting: End::new(Arc::clone(&shared), place), real, bell: Bell(shared) }
    }

    /// Changes the value, alone with it, and tells the receivers if `change` says that it did.
    fn write<R>(
        &self,
        place: Place,
        change: impl FnOnce(&real::Sender<T>) -> R,
        did: impl FnOnce(&R) -> bool,
    ) -> R {
        let shared = &self.bell.0;
        let writing = shared.door.write(&SEND, place);
        let result = change(&self.real);
        drop(writing);
        if did(&result) {
            shared.changed.notify_waiters();
        }
        result
    }

    /// Sets the value.
    ///
    /// # Errors
    /// Gives the value back if there are no receivers.
    #[track_caller]
    pub fn send(&self, value: T) -> Result<(), SendError<T>> {
        let place = Location::caller();
        if self.real.receiver_count() == 0 {
            // Then the lock is not taken; but somebody may subscribe in the meantime.
            SEND.point(&self.bell.0.door.cell, place);
            if self.real.receiver_count() == 0 {
                return Err(SendError(value));
            }
        }
        self.write(place, |real| real.send(value), Result::is_ok)
    }

    /// Changes the value in place, whether there are receivers or not.
    ///
    /// # Panics
    /// Passes a panic of `modify` on; receivers are not told then.
    #[track_caller]
    pub fn send_modify<F>(&self, modify: F)
    where
        F: FnOnce(&mut T),
    {
        self.write(Location::caller(), |real| real.send_modify(modify), |()| true);
    }

    /// Changes the value in place, and tells the receivers if `modify` returns true, as this does then.
    ///
    /// # Panics
    /// Passes a panic of `modify` on; receivers are not told then.
    #[track_caller]
    pub fn send_if_modified<F>(&self, modify: F) -> bool
    where
        F: FnOnce(&mut T) -> bool,
    {
        self.write(Location::caller(), |real| real.send_if_modified(modify), |&modified| modified)
    }

    /// Sets the value, whether there are receivers or not, and returns the old one.
    #[track_caller]
    pub fn send_replace(&self, value: T) -> T {
        self.write(Location::caller(), |real| real.send_replace(value), |_| true)
    }

    /// Borrows the value; senders wait meanwhile.
    #[track_caller]
    pub fn borrow(&self) -> Ref<'_, T> {
        let place = Location::caller();
        let reading = self.bell.0.door.read(&BORROW, place);
        Ref::new(&self.bell.0.door.cell, place, self.real.borrow(), reading)
    }

    /// Returns whether there are no receivers.
    #[track_caller]
    pub fn is_closed(&self) -> bool {
        LOOK.point(&self.bell.0.door.cell, Location::caller());
        self.real.is_closed()
    }

    /// Waits until there are no receivers.
    #[track_caller]
    pub fn closed(&self) -> impl Future<Output = ()> + use<'_, T> {
        let cell = &self.bell.0.door.cell;
        Steered::cooperative(cell, &CLOSED, Location::caller(), self.real.closed())
    }

    /// Makes a receiver, which has seen the value as it is.
    #[track_caller]
    pub fn subscribe(&self) -> Receiver<T> {
        let place = Location::caller();
        CLONE.point(&self.bell.0.door.cell, place);
        Receiver::of(Arc::clone(&self.bell.0), self.real.subscribe(), place)
    }

    /// Returns how many receivers there are.
    #[track_caller]
    pub fn receiver_count(&self) -> usize {
        LOOK.point(&self.bell.0.door.cell, Location::caller());
        self.real.receiver_count()
    }

    /// Returns how many senders there are.
    #[track_caller]
    pub fn sender_count(&self) -> usize {
        LOOK.point(&self.bell.0.door.cell, Location::caller());
        self.real.sender_count()
    }

    /// Returns whether both send to the same channel.
    pub fn same_channel(&self, other: &Self) -> bool {
        self.real.same_channel(&other.real)
    }
}

impl<T> Clone for Sender<T> {
    #[track_caller]
    fn clone(&self) -> Self {
        let place = Location::caller();
        CLONE.point(&self.bell.0.door.cell, place);
        Sender::of(Arc::clone(self.parting.shared()), self.real.clone(), place)
    }
}

impl<T: Default> Default for Sender<T> {
    #[track_caller]
    fn default() -> Self {
        Sender::new(T::default())
    }
}

impl<T: fmt::Debug> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.real, f)
    }
}
