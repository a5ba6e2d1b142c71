//! The mirror of `tokio::sync::Semaphore`.

use ::std::fmt;
use ::std::future::Future;
use ::std::panic::Location;
use ::std::sync::Arc;

pub use ::tokio::sync::{AcquireError, TryAcquireError};
use coyote_engine::{Access, OpKind, current};

use super::raw_lock::{How, RawLock};
use super::steer::Act;
use crate::support::{Place, point_on};

/// Permits can be given back by anybody (`add_permits`, a permit that was sent elsewhere).
static PERMITS: How = How {
    take: Act::queued("Semaphore", OpKind::AcquirePermits, Access::Acquire),
    try_take: OpKind::TryAcquirePermits,
    give: OpKind::ReleasePermits,
    exclusive: false,
    movable: true,
};

/// A counting semaphore, served in order of arrival.
pub struct Semaphore {
    raw: RawLock,
}

/// Permits of a [`Semaphore`], borrowed. Dropping it gives them back.
#[must_use]
pub struct SemaphorePermit<'a> {
    semaphore: &'a Semaphore,
    permits: usize,
    place: Place,
}

/// Permits of a [`Semaphore`], which is kept alive. Dropping it gives them back.
#[must_use]
pub struct OwnedSemaphorePermit {
    semaphore: Arc<Semaphore>,
    permits: usize,
    place: Place,
}

impl Semaphore {
    /// The most permits a semaphore can have.
    pub const MAX_PERMITS: usize = ::tokio::sync::Semaphore::MAX_PERMITS;

    /// Creates a semaphore with `permits` permits.
    ///
    /// # Panics
    /// Panics if `permits` is above [`Semaphore::MAX_PERMITS`].
    #[track_caller]
    pub fn new(permits: usize) -> Self {
        Semaphore { raw: RawLock::new(permits) }
    }

    /// Creates a semaphore with `permits` permits, in a constant too.
    ///
    /// # Panics
    /// Panics if `permits` is above [`Semaphore::MAX_PERMITS`].
    #[track_caller]
    pub const fn const_new(permits: usize) -> Self {
        Semaphore { raw: RawLock::const_new(permits) }
    }

    fn point(&self, kind: OpKind, access: Access, place: Place) {
        if let Some(cx) = current() {
            point_on(cx, &self.raw.cell, PERMITS.take.what, kind, access, place);
        }
    }

    /// Returns how many permits are free.
    #[track_caller]
    pub fn available_permits(&self) -> usize {
        self.point(OpKind::Inspect, Access::Read, Location::caller());
        self.raw.real.available_permits()
    }

    /// Adds `n` permits.
    ///
    /// # Panics
    /// Panics if there are then more than [`Semaphore::MAX_PERMITS`].
    #[track_caller]
    pub fn add_permits(&self, n: usize) {
        self.point(OpKind::ReleasePermits, Access::Release, Location::caller());
        self.raw.real.add_permits(n);
    }

    /// Takes up to `n` free permits away for good, and returns how many.
    #[track_caller]
    pub fn forget_permits(&self, n: usize) -> usize {
        self.point(OpKind::TryAcquirePermits, Access::Acquire, Location::caller());
        self.raw.real.forget_permits(n)
    }

    fn permit(&self, permits: u32, place: Place) -> SemaphorePermit<'_> {
        SemaphorePermit { semaphore: self, permits: permits as usize, place }
    }

    fn owned(self: Arc<Self>, permits: u32, place: Place) -> OwnedSemaphorePermit {
        OwnedSemaphorePermit { semaphore: self, permits: permits as usize, place }
    }

    /// Takes a permit, waiting for one.
    ///
    /// # Errors
    /// Fails if the semaphore is closed.
    #[track_caller]
    pub fn acquire(&self) -> impl Future<Output = Result<SemaphorePermit<'_>, AcquireError>> + use<'_> {
        self.acquire_many(1)
    }

    /// Takes `n` permits, waiting for them.
    ///
    /// # Errors
    /// Fails if the semaphore is closed.
    ///
    /// # Panics
    /// Panics, when polled, if `n` is above [`Semaphore::MAX_PERMITS`].
    #[track_caller]
    pub fn acquire_many(
        &self,
        n: u32,
    ) -> impl Future<Output = Result<SemaphorePermit<'_>, AcquireError>> + use<'_> {
        let place = Location::caller();
        async move {
            self.raw.acquire(&PERMITS, n, false, place).await?;
            Ok(self.permit(n, place))
        }
    }

    /// Takes a permit if there is one.
    ///
    /// # Errors
    /// Fails if there is none, or if the semaphore is closed.
    #[track_caller]
    pub fn try_acquire(&self) -> Result<SemaphorePermit<'_>, TryAcquireError> {
        self.try_acquire_many(1)
    }

    /// Takes `n` permits if they are there.
    ///
    /// # Errors
    /// Fails if there are fewer, or if the semaphore is closed.
    #[track_caller]
    pub fn try_acquire_many(&self, n: u32) -> Result<SemaphorePermit<'_>, TryAcquireError> {
        let place = Location::caller();
        self.raw.try_acquire(&PERMITS, n, false, place)?;
        Ok(self.permit(n, place))
    }

    /// Takes a permit, blocking the thread.
    ///
    /// # Errors
    /// Fails if the semaphore is closed.
    ///
    /// # Panics
    /// Panics in asynchronous code.
    #[track_caller]
    pub fn blocking_acquire(&self) -> Result<SemaphorePermit<'_>, AcquireError> {
        self.blocking_acquire_many(1)
    }

    /// Takes `n` permits, blocking the thread.
    ///
    /// # Errors
    /// Fails if the semaphore is closed.
    ///
    /// # Panics
    /// Panics in asynchronous code.
    #[track_caller]
    pub fn blocking_acquire_many(&self, n: u32) -> Result<SemaphorePermit<'_>, AcquireError> {
        let place = Location::caller();
        self.raw.blocking_acquire(&PERMITS, n, false, place)?;
        Ok(self.permit(n, place))
    }

    /// Like [`Semaphore::acquire`], with a permit that keeps the semaphore alive.
    ///
    /// # Errors
    /// Fails if the semaphore is closed.
    #[track_caller]
    pub fn acquire_owned(
        self: Arc<Self>,
    ) -> impl Future<Output = Result<OwnedSemaphorePermit, AcquireError>> + use<> {
        self.acquire_many_owned(1)
    }

    /// Like [`Semaphore::acquire_many`], with permits that keep the semaphore alive.
    ///
    /// # Errors
    /// Fails if the semaphore is closed.
    #[track_caller]
    pub fn acquire_many_owned(
        self: Arc<Self>,
        n: u32,
    ) -> impl Future<Output = Result<OwnedSemaphorePermit, AcquireError>> + use<> {
        let place = Location::caller();
        async move {
            self.raw.acquire(&PERMITS, n, true, place).await?;
            Ok(self.owned(n, place))
        }
    }

    /// Like [`Semaphore::try_acquire`], with a permit that keeps the semaphore alive.
    ///
    /// # Errors
    /// Fails if there is none, or if the semaphore is closed.
    #[track_caller]
    pub fn try_acquire_owned(self: Arc<Self>) -> Result<OwnedSemaphorePermit, TryAcquireError> {
        self.try_acquire_many_owned(1)
    }

    /// Like [`Semaphore::try_acquire_many`], with permits that keep the semaphore alive.
    ///
    /// # Errors
    /// Fails if there are fewer, or if the semaphore is closed.
    #[track_caller]
    pub fn try_acquire_many_owned(self: Arc<Self>, n: u32) -> Result<OwnedSemaphorePermit, TryAcquireError> {
        let place = Location::caller();
        self.raw.try_acquire(&PERMITS, n, true, place)?;
        Ok(self.owned(n, place))
    }

    /// Like [`Semaphore::blocking_acquire`], with a permit that keeps the semaphore alive.
    ///
    /// # Errors
    /// Fails if the semaphore is closed.
    ///
    /// # Panics
    /// Panics in asynchronous code.
    #[track_caller]
    pub fn blocking_acquire_owned(self: Arc<Self>) -> Result<OwnedSemaphorePermit, AcquireError> {
        self.blocking_acquire_many_owned(1)
    }

    /// Like [`Semaphore::blocking_acquire_many`], with permits that keep the semaphore alive.
    ///
    /// # Errors
    /// Fails if the semaphore is closed.
    ///
    /// # Panics
    /// Panics in asynchronous code.
    #[track_caller]
    pub fn blocking_acquire_many_owned(
        self: Arc<Self>,
        n: u32,
    ) -> Result<OwnedSemaphorePermit, AcquireError> {
        let place = Location::caller();
        self.raw.blocking_acquire(&PERMITS, n, true, place)?;
        Ok(self.owned(n, place))
    }

    /// Closes the semaphore: no more permits are issued, and those that wait are told.
    #[track_caller]
    pub fn close(&self) {
        self.point(OpKind::Close, Access::Write, Location::caller());
        self.raw.real.close();
    }

    /// Returns whether the semaphore is closed.
    #[track_caller]
    pub fn is_closed(&self) -> bool {
        self.point(OpKind::Inspect, Access::Read, Location::caller());
        self.raw.real.is_closed()
    }

    fn give_back(&self, permits: usize, place: Place) {
        /// Gives back even if the point unwinds.
        struct Give<'a>(&'a RawLock, usize);
        impl Drop for Give<'_> {
            fn drop(&mut self) {
                self.0.left(&PERMITS);
                self.0.real.add_permits(self.1);
            }
        }
        if permits > 0 {
            let _give = Give(&self.raw, permits);
            self.point(OpKind::ReleasePermits, Access::Release, place);
        }
    }
}

impl fmt::Debug for Semaphore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.raw.real, f)
    }
}

/// Writes what both kinds of permit have.
macro_rules! permit {
    ([$($lifetime:tt)?] $permit:ident, $semaphore:ty, |$this:ident, $other:ident| $same:expr) => {
        impl$(<$lifetime>)? $permit$(<$lifetime>)? {
            /// Keeps the permits from ever being given back.
            pub fn forget(mut self) {
                if self.permits > 0 {
                    self.semaphore.raw.left(&PERMITS);
                }
                self.permits = 0;
            }

            /// Adds the permits of `other` to these.
            ///
            /// # Panics
            /// Panics if they are of different semaphores.
            #[track_caller]
            pub fn merge(&mut self, mut other: Self) {
                let ($this, $other) = (&*self, &other);
                assert!($same, "merging permits from different semaphore instances");
                if self.permits > 0 && other.permits > 0 {
                    self.semaphore.raw.left(&PERMITS);
                }
                self.permits = self.permits.checked_add(other.permits).expect("number of permits overflowed");
                other.permits = 0;
            }

            /// Splits `n` permits off, or returns `None` if there are fewer.
            pub fn split(&mut self, n: usize) -> Option<Self> {
                if n > self.permits {
                    return None;
                }
                if n > 0 && n < self.permits {
                    self.semaphore.raw.taken(&PERMITS, PERMITS.try_take, false, self.place);
                }
                self.permits -= n;
                Some($permit { semaphore: self.semaphore.clone(), permits: n, place: self.place })
            }

            /// Returns the semaphore.
            pub fn semaphore(&self) -> $semaphore {
                &self.semaphore
            }

            /// Returns how many permits these are.
            pub fn num_permits(&self) -> usize {
                self.permits
            }
        }

        impl$(<$lifetime>)? Drop for $permit$(<$lifetime>)? {
            fn drop(&mut self) {
                self.semaphore.give_back(self.permits, self.place);
            }
        }

        impl$(<$lifetime>)? fmt::Debug for $permit$(<$lifetime>)? {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($permit))
                    .field("sem", &self.semaphore)
                    .field("permits", &self.permits)
                    .finish()
            }
        }
    };
}

permit!(['a] SemaphorePermit, &Semaphore, |this, other| ::std::ptr::eq(this.semaphore, other.semaphore));
permit!([] OwnedSemaphorePermit, &Arc<Semaphore>, |this, other| Arc::ptr_eq(&this.semaphore, &other.semaphore));
