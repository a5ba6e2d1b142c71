//! `Receiver`.

use ::std::fmt;
use ::std::sync::Arc;
use ::std::sync::mpsc as real;
use ::std::sync::mpsc::{RecvError, RecvTimeoutError, TryRecvError};
use ::std::time::Duration;

use coyote_engine::{Context, OpKind};

use super::chan::Chan;
use super::iter::{IntoIter, Iter, TryIter};
use super::sender::{real_point, wait_outside};
use crate::std::sync::hold::here;
use crate::std::time::deadline_after;
use crate::support::Place;

/// The receiving end of a channel, as [`std::sync::mpsc::Receiver`](real::Receiver).
pub struct Receiver<T>(Kind<T>);

pub(super) enum Kind<T> {
    Real(real::Receiver<T>),
    Model(Arc<Chan<T>>),
}

impl<T> Receiver<T> {
    pub(super) fn new(kind: Kind<T>) -> Receiver<T> {
        Receiver(kind)
    }

    /// Receives a message if there is one; never blocks.
    ///
    /// # Errors
    /// Tells whether there may be one later.
    #[track_caller]
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        match &self.0 {
            Kind::Model(chan) => chan.try_recv(here()),
            Kind::Real(receiver) => {
                real_point(OpKind::TryRecv, here());
                receiver.try_recv()
            }
        }
    }

    /// Receives a message, blocking until there is one.
    ///
    /// # Errors
    /// Returns an error if all senders are gone.
    #[track_caller]
    pub fn recv(&self) -> Result<T, RecvError> {
        let place = here();
        match &self.0 {
            Kind::Model(chan) => chan.recv(None, place).map_err(|_| RecvError),
            Kind::Real(receiver) => match real_point(OpKind::Recv, place) {
                None => receiver.recv(),
                Some(cx) => recv_outside(cx, receiver, None, place).map_err(|_| RecvError),
            },
        }
    }

    /// Receives a message, blocking until there is one, or until time is up.
    ///
    /// # Errors
    /// Tells whether time was up, or all senders are gone.
    #[track_caller]
    pub fn recv_timeout(&self, timeout: Duration) -> Result<T, RecvTimeoutError> {
        let place = here();
        match &self.0 {
            Kind::Model(chan) => chan.recv(Some(timeout), place),
            Kind::Real(receiver) => match real_point(OpKind::Recv, place) {
                None => receiver.recv_timeout(timeout),
                Some(cx) => recv_outside(cx, receiver, deadline_after(cx, timeout), place),
            },
        }
    }

    /// Returns an iterator over messages, which blocks for each, and ends when all senders are gone.
    pub fn iter(&self) -> Iter<'_, T> {
        Iter(self)
    }

    /// Returns an iterator over the messages that are there, which never blocks.
    pub fn try_iter(&self) -> TryIter<'_, T> {
        TryIter(self)
    }
}

/// Receives from a channel made outside of control, letting other tasks run while there is nothing.
fn recv_outside<T>(
    cx: Context,
    receiver: &real::Receiver<T>,
    deadline: Option<u64>,
    place: Place,
) -> Result<T, RecvTimeoutError> {
    loop {
        match receiver.try_recv() {
            Ok(value) => return Ok(value),
            Err(TryRecvError::Disconnected) => return Err(RecvTimeoutError::Disconnected),
            Err(TryRecvError::Empty) => {}
        }
        if let Some(deadline) = deadline {
            // Nothing can be heard of the other end while this waits for the virtual time to pass.
            let now = cx.now();
            if now >= deadline {
                return Err(RecvTimeoutError::Timeout);
            }
            let step = Duration::from_nanos(deadline - now).min(Duration::from_millis(1));
            crate::std::thread::sleep_at(cx, step, place);
        } else {
            wait_outside(cx, place);
        }
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        if let Kind::Model(chan) = &self.0 {
            chan.remove_receiver();
        }
    }
}

impl<'a, T> IntoIterator for &'a Receiver<T> {
    type Item = T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

impl<T> IntoIterator for Receiver<T> {
    type Item = T;
    type IntoIter = IntoIter<T>;

    fn into_iter(self) -> IntoIter<T> {
        IntoIter(self)
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").finish_non_exhaustive()
    }
}
