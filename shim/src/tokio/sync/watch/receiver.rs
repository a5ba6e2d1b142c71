//! Receiving, and borrowing the value.

use ::std::fmt;
use ::std::future::Future;
use ::std::ops::Deref;
use ::std::panic::Location;
use ::std::sync::Arc;

use ::tokio::sync::watch as real;
use coyote_engine::{ObjectCell, current};

use super::door::Reading;
use super::error::RecvError;
use super::sender::End;
use super::{BORROW, CHANGED, CLONE, LOOK, RETURN, Shared};
use crate::support::Place;
use crate::tokio::sync::steer::{Parting, Steered};

/// Sees the value that the [`Sender`](super::Sender)s set, and waits for changes.
pub struct Receiver<T> {
    // Dropped first: a point comes before the senders may see that nobody is left.
    end: End,
    real: real::Receiver<T>,
}

/// The value, borrowed. Senders wait until it is dropped.
pub struct Ref<'a, T> {
    // In order of dropping: a point; the real lock; the engine's.
    _parting: Parting<&'a ObjectCell>,
    real: real::Ref<'a, T>,
    _reading: Option<Reading<'a>>,
    has_changed: bool,
}

impl<'a, T> Ref<'a, T> {
    pub(super) fn new(
        cell: &'a ObjectCell,
        place: Place,
        real: real::Ref<'a, T>,
        reading: Option<Reading<'a>>,
    ) -> Self {
        let has_changed = real.has_changed();
        Ref { _parting: Parting::new(cell, &RETURN, place), real, _reading: reading, has_changed }
    }

    /// Returns whether the value was new to the receiver that it was borrowed from.
    pub fn has_changed(&self) -> bool {
        self.has_changed
    }
}

impl<T> Deref for Ref<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.real
    }
}

impl<T: fmt::Debug> fmt::Debug for Ref<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ref").field("inner", &**self).field("has_changed", &self.has_changed).finish()
    }
}

/// Waits until the value is new to `real`, or the last sender has gone.
async fn changed<T>(shared: &Shared, real: &mut real::Receiver<T>) -> Result<(), RecvError> {
    loop {
        let told = shared.changed.notified();
        match real.has_changed() {
            Ok(false) => told.await,
            Ok(true) => {
                real.mark_unchanged();
                return Ok(());
            }
            Err(closed) => {
                // There may be a last value all the same. Without senders its lock is free.
                if !real.borrow().has_changed() {
                    return Err(closed);
                }
                real.mark_unchanged();
                return Ok(());
            }
        }
    }
}

/// Waits until `f` likes the value, and returns with it still locked, and whether it was new.
async fn find<'a, T>(
    shared: &'a Shared,
    real: &mut real::Receiver<T>,
    mut f: impl FnMut(&T) -> bool,
    place: Place,
) -> Result<(Option<Reading<'a>>, bool), RecvError> {
    let mut closed = None;
    loop {
        let reading = shared.door.read(&BORROW, place);
        {
            let value = real.borrow_and_update();
            let is_new = value.has_changed();
            if (closed.is_none() || is_new) && f(&value) {
                drop(value);
                return Ok((reading, is_new));
            }
        }
        drop(reading);
        if let Some(error) = closed {
            return Err(error);
        }
        closed = changed(shared, real).await.err();
    }
}

impl<T> Receiver<T> {
    pub(super) fn of(shared: Arc<Shared>, real: real::Receiver<T>, place: Place) -> Self {
        Receiver { end: End::new(shared, place), real }
    }

    fn cell(&self) -> &ObjectCell {
        &self.end.shared().door.cell
    }

    /// Borrows the value; senders wait meanwhile. It stays new to this receiver if it was.
    #[track_caller]
    pub fn borrow(&self) -> Ref<'_, T> {
        let place = Location::caller();
        let reading = self.end.shared().door.read(&BORROW, place);
        Ref::new(self.cell(), place, self.real.borrow(), reading)
    }

    /// Borrows the value, which is then no longer new; senders wait meanwhile.
    #[track_caller]
    pub fn borrow_and_update(&mut self) -> Ref<'_, T> {
        let place = Location::caller();
        let Receiver { end, real } = self;
        let door = &end.shared().door;
        let reading = door.read(&BORROW, place);
        Ref::new(&door.cell, place, real.borrow_and_update(), reading)
    }

    /// Returns whether the value is new.
    ///
    /// # Errors
    /// Fails if all senders are gone.
    #[track_caller]
    pub fn has_changed(&self) -> Result<bool, RecvError> {
        LOOK.point(self.cell(), Location::caller());
        self.real.has_changed()
    }

    /// Returns whether all senders are gone.
    #[track_caller]
    pub fn is_closed(&self) -> bool {
        LOOK.point(self.cell(), Location::caller());
        self.real.is_closed()
    }

    /// Takes the value as new, seen or not.
    pub fn mark_changed(&mut self) {
        self.real.mark_changed();
    }

    /// Takes the value as seen.
    #[track_caller]
    pub fn mark_unchanged(&mut self) {
        LOOK.point(self.cell(), Location::caller());
        self.real.mark_unchanged();
    }

    /// Waits for a new value, and takes it as seen.
    ///
    /// # Errors
    /// Fails if the value is not new and all senders are gone.
    #[track_caller]
    pub fn changed(&mut self) -> impl Future<Output = Result<(), RecvError>> + use<'_, T> {
        let place = Location::caller();
        async move {
            if current().is_none() {
                return self.real.changed().await;
            }
            let Receiver { end, real } = self;
            let shared = end.shared();
            Steered::cooperative(&shared.door.cell, &CHANGED, place, changed(shared, real)).await
        }
    }

    /// Waits for a value that `f` likes, beginning with the present one, and borrows it.
    ///
    /// # Errors
    /// Fails if there is none and all senders are gone.
    ///
    /// # Panics
    /// Passes a panic of `f` on.
    #[track_caller]
    pub fn wait_for(
        &mut self,
        f: impl FnMut(&T) -> bool,
    ) -> impl Future<Output = Result<Ref<'_, T>, RecvError>> {
        let place = Location::caller();
        async move {
            let Receiver { end, real } = self;
            let shared = end.shared();
            let cell = &shared.door.cell;
            if current().is_none() {
                let value = real.wait_for(f).await?;
                return Ok(Ref::new(cell, place, value, None));
            }
            // Each look at the value waits at the door, and is a point there.
            let found = find(shared, real, f, place);
            let (reading, has_changed) = Steered::begun(cell, &CHANGED, place, found).await?;
            let mut value = Ref::new(cell, place, real.borrow(), reading);
            value.has_changed = has_changed;
            Ok(value)
        }
    }

    /// Returns whether both receive from the same channel.
    pub fn same_channel(&self, other: &Self) -> bool {
        self.real.same_channel(&other.real)
    }
}

impl<T> Clone for Receiver<T> {
    #[track_caller]
    fn clone(&self) -> Self {
        let place = Location::caller();
        CLONE.point(self.cell(), place);
        Receiver::of(Arc::clone(self.end.shared()), self.real.clone(), place)
    }
}

impl<T: fmt::Debug> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.real, f)
    }
}
