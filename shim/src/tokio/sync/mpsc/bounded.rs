//! Channels with room for a number of messages.

use ::std::fmt;
use ::std::future::{Future, poll_fn};
use ::std::panic::Location;
use ::std::sync::Arc;
use ::std::task::{Context as PollContext, Poll, ready};
use ::std::time::Duration;

use ::tokio::sync::mpsc as real;
use coyote_engine::{ObjectCell, current};

use super::error::{SendError, SendTimeoutError, TryRecvError, TrySendError};
use super::receive::{receiver, sender, weak_sender};
use super::send_timeout::before;
use super::{CLONE, CLOSE, CLOSED, LOOK, RECV, RESERVE, SEND, TRY_RECV, TRY_SEND, WHAT};
use super::{OwnedPermit, Permit, PermitIterator};
use crate::support::Place;
use crate::tokio::coop::poll_proceed;
use crate::tokio::sync::steer::{Acquire, Parting, Steered, block_on, blocks_outside};

/// Creates a channel with room for `buffer` messages.
///
/// # Panics
/// Panics if `buffer` is 0, or above [`Semaphore::MAX_PERMITS`](crate::tokio::sync::Semaphore::MAX_PERMITS).
#[track_caller]
pub fn channel<T>(buffer: usize) -> (Sender<T>, Receiver<T>) {
    let place = Location::caller();
    let (tx, rx) = real::channel(buffer);
    let end = Parting::new(Arc::new(ObjectCell::new()), &CLOSE, place);
    let other = end.another(&CLOSE, place);
    (Sender { end, real: tx }, Receiver { end: other, real: rx })
}

/// Sends to a [`Receiver`]. The channel closes when all senders are dropped.
pub struct Sender<T> {
    // Dropped first: a point comes before the channel may close.
    pub(super) end: Parting<Arc<ObjectCell>>,
    pub(super) real: real::Sender<T>,
}

/// A [`Sender`] that does not keep the channel open.
pub struct WeakSender<T> {
    end: Parting<Arc<ObjectCell>>,
    real: real::WeakSender<T>,
}

/// Receives what the [`Sender`]s send. The channel closes when it is dropped.
pub struct Receiver<T> {
    end: Parting<Arc<ObjectCell>>,
    real: real::Receiver<T>,
}

receiver!(Receiver);
sender!(Sender, WeakSender);
weak_sender!(WeakSender, Sender);

impl<T> Receiver<T> {
    /// Returns for how many more messages there is room.
    #[track_caller]
    pub fn capacity(&self) -> usize {
        LOOK.point(self.end.cell(), Location::caller());
        self.real.capacity()
    }

    /// Returns for how many messages the channel was made.
    pub fn max_capacity(&self) -> usize {
        self.real.max_capacity()
    }
}

impl<T> Sender<T> {
    /// Sends a message, waiting for room.
    ///
    /// # Errors
    /// Gives the message back if the channel is closed.
    #[track_caller]
    pub fn send(&self, value: T) -> impl Future<Output = Result<(), SendError<T>>> + use<'_, T> {
        let place = Location::caller();
        async move {
            match Acquire::new(self.end.cell(), &SEND, place, self.real.reserve()).await {
                Ok(permit) => {
                    permit.send(value);
                    Ok(())
                }
                Err(_) => Err(SendError(value)),
            }
        }
    }

    /// Sends a message if there is room.
    ///
    /// # Errors
    /// Gives the message back if there is none, or if the channel is closed.
    #[track_caller]
    pub fn try_send(&self, message: T) -> Result<(), TrySendError<T>> {
        TRY_SEND.point(self.end.cell(), Location::caller());
        self.real.try_send(message)
    }

    /// Sends a message, waiting for room for at most `timeout`.
    ///
    /// # Errors
    /// Gives the message back if there was no room in time, or if the channel is closed.
    #[track_caller]
    pub fn send_timeout(
        &self,
        value: T,
        timeout: Duration,
    ) -> impl Future<Output = Result<(), SendTimeoutError<T>>> + use<'_, T> {
        let place = Location::caller();
        async move {
            if current().is_none() {
                return self.real.send_timeout(value, timeout).await;
            }
            let reserve = Acquire::new(self.end.cell(), &SEND, place, self.real.reserve());
            match before(timeout, reserve).await {
                None => Err(SendTimeoutError::Timeout(value)),
                Some(Err(_)) => Err(SendTimeoutError::Closed(value)),
                Some(Ok(permit)) => {
                    permit.send(value);
                    Ok(())
                }
            }
        }
    }

    /// Sends a message, blocking the thread until there is room.
    ///
    /// # Errors
    /// Gives the message back if the channel is closed.
    ///
    /// # Panics
    /// Panics in asynchronous code.
    #[track_caller]
    pub fn blocking_send(&self, value: T) -> Result<(), SendError<T>> {
        let place = Location::caller();
        if let Some(cx) = current() {
            return block_on(cx, place, self.send(value));
        }
        if self.real.capacity() == 0 && !self.real.is_closed() {
            blocks_outside(self.end.cell(), WHAT, place);
        }
        self.real.blocking_send(value)
    }

    /// Reserves room for a message, waiting for it.
    ///
    /// # Errors
    /// Fails if the channel is closed.
    #[track_caller]
    pub fn reserve(&self) -> impl Future<Output = Result<Permit<'_, T>, SendError<()>>> + use<'_, T> {
        let place = Location::caller();
        async move {
            let real = Acquire::new(self.end.cell(), &RESERVE, place, self.real.reserve()).await?;
            Ok(Permit::new(self.end.cell(), place, real))
        }
    }

    /// Reserves room for `n` messages, waiting for it.
    ///
    /// # Errors
    /// Fails if the channel is closed, or was made for fewer.
    #[track_caller]
    pub fn reserve_many(
        &self,
        n: usize,
    ) -> impl Future<Output = Result<PermitIterator<'_, T>, SendError<()>>> + use<'_, T> {
        let place = Location::caller();
        async move {
            let real = Acquire::new(self.end.cell(), &RESERVE, place, self.real.reserve_many(n)).await?;
            Ok(PermitIterator::new(self.end.cell(), place, real))
        }
    }

    /// Reserves room for a message, waiting for it, and keeps the sender until the permit is used.
    ///
    /// # Errors
    /// Fails if the channel is closed.
    #[track_caller]
    pub fn reserve_owned(self) -> impl Future<Output = Result<OwnedPermit<T>, SendError<()>>> + use<T> {
        let place = Location::caller();
        async move {
            let Sender { mut end, real } = self;
            let cell = end.share();
            // Until the wait is over, dropping the real sender is this sender's parting; then the
            // permit's own.
            let waiting = Acquire::new(&cell, &RESERVE, place, real.reserve_owned());
            let real = waiting.await?;
            end.disarm();
            Ok(OwnedPermit::new(cell, place, real))
        }
    }

    /// Reserves room for a message if there is some.
    ///
    /// # Errors
    /// Fails if there is none, or if the channel is closed.
    #[track_caller]
    pub fn try_reserve(&self) -> Result<Permit<'_, T>, TrySendError<()>> {
        let place = Location::caller();
        TRY_SEND.point(self.end.cell(), place);
        Ok(Permit::new(self.end.cell(), place, self.real.try_reserve()?))
    }

    /// Reserves room for `n` messages if there is that much.
    ///
    /// # Errors
    /// Fails if there is not, or if the channel is closed.
    #[track_caller]
    pub fn try_reserve_many(&self, n: usize) -> Result<PermitIterator<'_, T>, TrySendError<()>> {
        let place = Location::caller();
        TRY_SEND.point(self.end.cell(), place);
        Ok(PermitIterator::new(self.end.cell(), place, self.real.try_reserve_many(n)?))
    }

    /// Reserves room for a message if there is some, and keeps the sender until the permit is used.
    ///
    /// # Errors
    /// Gives the sender back if there is none, or if the channel is closed.
    #[track_caller]
    pub fn try_reserve_owned(self) -> Result<OwnedPermit<T>, TrySendError<Self>> {
        let place = Location::caller();
        TRY_SEND.point(self.end.cell(), place);
        let Sender { mut end, real } = self;
        match real.try_reserve_owned() {
            Ok(real) => {
                end.disarm();
                Ok(OwnedPermit::new(end.share(), place, real))
            }
            Err(TrySendError::Full(real)) => Err(TrySendError::Full(Sender { end, real })),
            Err(TrySendError::Closed(real)) => Err(TrySendError::Closed(Sender { end, real })),
        }
    }

    /// Returns for how many more messages there is room.
    #[track_caller]
    pub fn capacity(&self) -> usize {
        LOOK.point(self.end.cell(), Location::caller());
        self.real.capacity()
    }

    /// Returns for how many messages the channel was made.
    pub fn max_capacity(&self) -> usize {
        self.real.max_capacity()
    }
}
