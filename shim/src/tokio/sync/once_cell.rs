//! The mirror of `tokio::sync::OnceCell`.

use ::std::fmt;
use ::std::future::Future;
use ::std::panic::Location;

pub use ::tokio::sync::SetError;
use ::tokio::sync::TryAcquireError;
use coyote_engine::{Access, OpKind};

use super::raw_lock::{Held, How, RawLock};
use super::steer::Act;
use crate::support::Place;

const WHAT: &str = "OnceCell";
static INIT: How = How {
    take: Act::queued(WHAT, OpKind::Init, Access::Acquire),
    try_take: OpKind::Init,
    give: OpKind::Unlock,
    exclusive: true,
    movable: false,
};
static LOOK: Act = Act::new(WHAT, OpKind::Inspect, Access::Read);
static SET: Act = Act::new(WHAT, OpKind::Store, Access::Write);

/// A value that is initialised once, perhaps by asynchronous code; others wait for that.
pub struct OnceCell<T> {
    /// Held by whoever initialises; closed once there is a value.
    raw: RawLock,
    value: ::tokio::sync::OnceCell<T>,
}

impl<T> OnceCell<T> {
    /// Creates an empty cell.
    #[track_caller]
    pub fn new() -> Self {
        OnceCell { raw: RawLock::new(1), value: ::tokio::sync::OnceCell::new() }
    }

    /// Creates an empty cell, in a constant too.
    #[track_caller]
    pub const fn const_new() -> Self {
        OnceCell { raw: RawLock::const_new(1), value: ::tokio::sync::OnceCell::const_new() }
    }

    /// Creates a cell with a value, or an empty one.
    #[track_caller]
    pub fn new_with(value: Option<T>) -> Self {
        OnceCell { raw: RawLock::new(1), value: ::tokio::sync::OnceCell::new_with(value) }
    }

    /// Creates a cell with a value, in a constant too.
    #[track_caller]
    pub const fn const_new_with(value: T) -> Self {
        OnceCell { raw: RawLock::const_new(1), value: ::tokio::sync::OnceCell::const_new_with(value) }
    }

    /// Returns whether there is a value.
    #[track_caller]
    pub fn initialized(&self) -> bool {
        LOOK.point(&self.raw.cell, Location::caller());
        self.value.initialized()
    }

    /// Returns the value, if there is one.
    #[track_caller]
    pub fn get(&self) -> Option<&T> {
        LOOK.point(&self.raw.cell, Location::caller());
        self.value.get()
    }

    /// Returns the value, if there is one; nobody else can use the cell now.
    pub fn get_mut(&mut self) -> Option<&mut T> {
        self.value.get_mut()
    }

    /// Sets the value.
    ///
    /// # Errors
    /// Gives `value` back if there is one already, or if one is being made.
    #[track_caller]
    pub fn set(&self, value: T) -> Result<(), SetError<T>> {
        SET.point(&self.raw.cell, Location::caller());
        if self.value.initialized() {
            return Err(SetError::AlreadyInitializedError(value));
        }
        match self.raw.real.try_acquire() {
            Ok(permit) => {
                permit.forget();
                self.store(value);
                Ok(())
            }
            Err(TryAcquireError::NoPermits) => Err(SetError::InitializingError(value)),
            Err(TryAcquireError::Closed) => Err(SetError::AlreadyInitializedError(value)),
        }
    }

    /// Stores the value, and lets those go on who wait for it. The caller has the permit.
    fn store(&self, value: T) -> &T {
        if self.value.set(value).is_err() {
            unreachable!("only the holder of the permit sets the value, and closes the semaphore then");
        }
        self.raw.real.close();
        self.value.get().expect("the value was just set")
    }

    /// Takes the right to initialise; None if there is a value by then.
    async fn begin(&self, place: Place) -> Option<Initialising<'_>> {
        if self.raw.acquire(&INIT, 1, false, place).await.is_err() {
            return None;
        }
        let held = Held::new(&self.raw, &INIT, 1, place);
        if self.value.initialized() {
            // It had its value from the start, or got it before this was polled.
            return None;
        }
        Some(Initialising { held, place })
    }

    /// Returns the value; if there is none, makes it with `f`, or waits for who does.
    #[track_caller]
    pub fn get_or_init<F, Fut>(&self, f: F) -> impl Future<Output = &T> + use<'_, T, F, Fut>
    where
        F: FnOnce() -> Fut,
        Fut: Future<Output = T>,
    {
        let place = Location::caller();
        async move {
            LOOK.point(&self.raw.cell, place);
            if let Some(value) = self.value.get() {
                return value;
            }
            match self.begin(place).await {
                Some(initialising) => {
                    let value = f().await;
                    initialising.finish(self, value)
                }
                None => self.value.get().expect("the semaphore is closed once there is a value"),
            }
        }
    }

    /// Like [`OnceCell::get_or_init`], with an `f` that can fail.
    ///
    /// # Errors
    /// Passes the error of `f` on; the cell stays empty.
    #[track_caller]
    pub fn get_or_try_init<E, F, Fut>(
        &self,
        f: F,
    ) -> impl Future<Output = Result<&T, E>> + use<'_, T, E, F, Fut>
    where
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        let place = Location::caller();
        async move {
            LOOK.point(&self.raw.cell, place);
            if let Some(value) = self.value.get() {
                return Ok(value);
            }
            match self.begin(place).await {
                Some(initialising) => {
                    let value = f().await?;
                    Ok(initialising.finish(self, value))
                }
                None => Ok(self.value.get().expect("the semaphore is closed once there is a value")),
            }
        }
    }

    /// Takes the value out.
    pub fn into_inner(self) -> Option<T> {
        self.value.into_inner()
    }

    /// Takes the value out, and leaves the cell empty.
    #[track_caller]
    pub fn take(&mut self) -> Option<T> {
        ::std::mem::take(self).into_inner()
    }
}

/// The right to initialise a cell. Dropped, it passes to the next who waits.
struct Initialising<'a> {
    held: Held<'a>,
    place: Place,
}

impl Initialising<'_> {
    /// Stores what was made.
    fn finish<T>(self, cell: &OnceCell<T>, value: T) -> &T {
        SET.point(&cell.raw.cell, self.place);
        cell.raw.left(&INIT);
        self.held.forget();
        cell.store(value)
    }
}

impl<T> Default for OnceCell<T> {
    #[track_caller]
    fn default() -> Self {
        OnceCell::new()
    }
}

impl<T> From<T> for OnceCell<T> {
    #[track_caller]
    fn from(value: T) -> Self {
        OnceCell::new_with(Some(value))
    }
}

impl<T: Clone> Clone for OnceCell<T> {
    #[track_caller]
    fn clone(&self) -> Self {
        OnceCell::new_with(self.get().cloned())
    }
}

impl<T: PartialEq> PartialEq for OnceCell<T> {
    #[track_caller]
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl<T: Eq> Eq for OnceCell<T> {}

impl<T: fmt::Debug> fmt::Debug for OnceCell<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnceCell").field("value", &self.get()).finish()
    }
}
