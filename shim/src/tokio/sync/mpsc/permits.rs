//! Room reserved in a bounded channel.

use ::std::fmt;
use ::std::iter::FusedIterator;
use ::std::panic::Location;
use ::std::sync::Arc;

use ::tokio::sync::mpsc as real;
use coyote_engine::ObjectCell;

use super::{CLOSE, RELEASE, SEND, Sender};
use crate::support::Place;
use crate::tokio::sync::steer::Parting;

/// Room for a message. Dropped, it gives the room back.
pub struct Permit<'a, T> {
    // Dropped first: a point comes before the room is given back.
    end: Parting<&'a ObjectCell>,
    real: real::Permit<'a, T>,
}

/// Room for several messages: gives out the [`Permit`]s. Dropped, it gives back what is left.
pub struct PermitIterator<'a, T> {
    end: Parting<&'a ObjectCell>,
    cell: &'a ObjectCell,
    place: Place,
    real: real::PermitIterator<'a, T>,
}

/// Room for a message, with the sender that it was reserved with.
pub struct OwnedPermit<T> {
    end: Parting<Arc<ObjectCell>>,
    real: real::OwnedPermit<T>,
}

impl<'a, T> Permit<'a, T> {
    pub(super) fn new(cell: &'a ObjectCell, place: Place, real: real::Permit<'a, T>) -> Self {
        Permit { end: Parting::new(cell, &RELEASE, place), real }
    }

    /// Sends a message.
    #[track_caller]
    pub fn send(self, value: T) {
        let Permit { mut end, real } = self;
        SEND.point(end.cell(), Location::caller());
        end.disarm();
        real.send(value);
    }
}

impl<'a, T> PermitIterator<'a, T> {
    pub(super) fn new(cell: &'a ObjectCell, place: Place, real: real::PermitIterator<'a, T>) -> Self {
        let mut permits = PermitIterator { end: Parting::new(cell, &RELEASE, place), cell, place, real };
        permits.disarm_if_used_up();
        permits
    }

    fn disarm_if_used_up(&mut self) {
        if self.real.len() == 0 {
            self.end.disarm();
        }
    }
}

impl<'a, T> Iterator for PermitIterator<'a, T> {
    type Item = Permit<'a, T>;

    fn next(&mut self) -> Option<Self::Item> {
        let real = self.real.next()?;
        self.disarm_if_used_up();
        Some(Permit::new(self.cell, self.place, real))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.real.size_hint()
    }
}

impl<T> ExactSizeIterator for PermitIterator<'_, T> {}
impl<T> FusedIterator for PermitIterator<'_, T> {}

impl<T> OwnedPermit<T> {
    pub(super) fn new(cell: Arc<ObjectCell>, place: Place, real: real::OwnedPermit<T>) -> Self {
        OwnedPermit { end: Parting::new(cell, &RELEASE, place), real }
    }

    /// Sends a message, and returns the sender.
    #[track_caller]
    pub fn send(self, value: T) -> Sender<T> {
        let place = Location::caller();
        let OwnedPermit { mut end, real } = self;
        SEND.point(end.cell(), place);
        end.disarm();
        Sender { end: end.another(&CLOSE, place), real: real.send(value) }
    }

    /// Gives the room back, and returns the sender.
    #[track_caller]
    pub fn release(self) -> Sender<T> {
        let place = Location::caller();
        let OwnedPermit { mut end, real } = self;
        RELEASE.point(end.cell(), place);
        end.disarm();
        Sender { end: end.another(&CLOSE, place), real: real.release() }
    }

    /// Returns whether both are of the same channel.
    pub fn same_channel(&self, other: &Self) -> bool {
        self.real.same_channel(&other.real)
    }

    /// Returns whether `sender` sends to the same channel.
    pub fn same_channel_as_sender(&self, sender: &Sender<T>) -> bool {
        self.real.same_channel_as_sender(&sender.real)
    }
}

impl<T> fmt::Debug for Permit<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.real, f)
    }
}

impl<T> fmt::Debug for PermitIterator<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.real, f)
    }
}

impl<T> fmt::Debug for OwnedPermit<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.real, f)
    }
}
