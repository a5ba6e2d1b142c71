//! Channels with room for any number of messages.

use ::std::fmt;
use ::std::future::{Future, poll_fn};
use ::std::panic::Location;
use ::std::sync::Arc;
use ::std::task::{Context as PollContext, Poll, ready};

use ::tokio::sync::mpsc as real;
use coyote_engine::{ObjectCell, current};

use super::error::{SendError, TryRecvError};
use super::receive::{receiver, sender, weak_sender};
use super::{CLONE, CLOSE, CLOSED, LOOK, RECV, SEND, TRY_RECV, WHAT};
use crate::support::Place;
use crate::tokio::coop::poll_proceed;
use crate::tokio::sync::steer::{Parting, Steered, block_on, blocks_outside};

/// Creates a channel with room for any number of messages.
#[track_caller]
pub fn unbounded_channel<T>() -> (UnboundedSender<T>, UnboundedReceiver<T>) {
    let place = Location::caller();
    let (tx, rx) = real::unbounded_channel();
    let end = Parting::new(Arc::new(ObjectCell::new()), &CLOSE, place);
    let other = end.another(&CLOSE, place);
    (UnboundedSender { end, real: tx }, UnboundedReceiver { end: other, real: rx })
}

/// Sends to an [`UnboundedReceiver`]. The channel closes when all senders are dropped.
pub struct UnboundedSender<T> {
    // Dropped first: a point comes before the channel may close.
    end: Parting<Arc<ObjectCell>>,
    real: real::UnboundedSender<T>,
}

/// An [`UnboundedSender`] that does not keep the channel open.
pub struct WeakUnboundedSender<T> {
    end: Parting<Arc<ObjectCell>>,
    real: real::WeakUnboundedSender<T>,
}

/// Receives what the [`UnboundedSender`]s send. The channel closes when it is dropped.
pub struct UnboundedReceiver<T> {
    end: Parting<Arc<ObjectCell>>,
    real: real::UnboundedReceiver<T>,
}

receiver!(UnboundedReceiver);
sender!(UnboundedSender, WeakUnboundedSender);
weak_sender!(WeakUnboundedSender, UnboundedSender);

impl<T> UnboundedSender<T> {
    /// Sends a message; there is always room.
    ///
    /// # Errors
    /// Gives the message back if the channel is closed.
    #[track_caller]
    pub fn send(&self, message: T) -> Result<(), SendError<T>> {
        SEND.point(self.end.cell(), Location::caller());
        self.real.send(message)
    }
}
