//! `Sender` and `SyncSender`.

use ::std::fmt;
use ::std::sync::Arc;
use ::std::sync::mpsc as real;
use ::std::sync::mpsc::{SendError, TrySendError};

use coyote_engine::{Context, Op, OpKind, current};

use super::chan::Chan;
use crate::std::sync::hold::here;
use crate::support::Place;

/// The sending end of a channel without bound, as [`std::sync::mpsc::Sender`](real::Sender).
pub struct Sender<T>(Kind<T, real::Sender<T>>);

/// The sending end of a bounded channel, as [`std::sync::mpsc::SyncSender`](real::SyncSender).
pub struct SyncSender<T>(Kind<T, real::SyncSender<T>>);

enum Kind<T, S> {
    Real(S),
    Model(Model<T>),
}

/// Counts itself among the senders.
struct Model<T>(Arc<Chan<T>>);

impl<T> Clone for Model<T> {
    fn clone(&self) -> Model<T> {
        self.0.add_sender();
        Model(Arc::clone(&self.0))
    }
}

impl<T> Drop for Model<T> {
    fn drop(&mut self) {
        self.0.remove_sender();
    }
}

impl<T, S: Clone> Clone for Kind<T, S> {
    fn clone(&self) -> Kind<T, S> {
        match self {
            Kind::Real(sender) => Kind::Real(sender.clone()),
            Kind::Model(model) => Kind::Model(model.clone()),
        }
    }
}

/// The scheduling point before an operation on a channel that was made outside of control.
pub(super) fn real_point(kind: OpKind, place: Place) -> Option<Context> {
    let cx = current()?;
    cx.point(Op::local(kind, place));
    Some(cx)
}

impl<T> Sender<T> {
    pub(super) fn real(sender: real::Sender<T>) -> Sender<T> {
        Sender(Kind::Real(sender))
    }

    pub(super) fn model(chan: Arc<Chan<T>>) -> Sender<T> {
        Sender(Kind::Model(Model(chan)))
    }

    /// Sends a message; never blocks.
    ///
    /// # Errors
    /// Gives the message back if the receiver is gone.
    #[track_caller]
    pub fn send(&self, t: T) -> Result<(), SendError<T>> {
        match &self.0 {
            Kind::Real(sender) => {
                real_point(OpKind::Send, here());
                sender.send(t)
            }
            Kind::Model(model) => model.0.send(t, here()).map_err(SendError),
        }
    }
}

impl<T> SyncSender<T> {
    pub(super) fn real(sender: real::SyncSender<T>) -> SyncSender<T> {
        SyncSender(Kind::Real(sender))
    }

    pub(super) fn model(chan: Arc<Chan<T>>) -> SyncSender<T> {
        SyncSender(Kind::Model(Model(chan)))
    }

    /// Sends a message, blocking until there is room, or with bound 0 until it is received.
    ///
    /// # Errors
    /// Gives the message back if the receiver is gone.
    #[track_caller]
    pub fn send(&self, t: T) -> Result<(), SendError<T>> {
        let place = here();
        match &self.0 {
            Kind::Model(model) => model.0.send(t, place).map_err(SendError),
            Kind::Real(sender) => match real_point(OpKind::Send, place) {
                None => sender.send(t),
                Some(cx) => send_outside(cx, sender, t, place),
            },
        }
    }

    /// Sends a message if there is room, or with bound 0 if the receiver waits.
    ///
    /// # Errors
    /// Gives the message back if there is no room, or the receiver is gone.
    #[track_caller]
    pub fn try_send(&self, t: T) -> Result<(), TrySendError<T>> {
        match &self.0 {
            Kind::Real(sender) => {
                real_point(OpKind::TrySend, here());
                sender.try_send(t)
            }
            Kind::Model(model) => model.0.try_send(t, here()),
        }
    }
}

/// Sends into a channel made outside of control, letting other tasks run while there is no room.
fn send_outside<T>(
    cx: Context,
    sender: &real::SyncSender<T>,
    mut value: T,
    place: Place,
) -> Result<(), SendError<T>> {
    loop {
        match sender.try_send(value) {
            Ok(()) => return Ok(()),
            Err(TrySendError::Disconnected(value)) => return Err(SendError(value)),
            Err(TrySendError::Full(back)) => value = back,
        }
        wait_outside(cx, place);
    }
}

/// Nothing wakes a task that waits at a channel made outside of control: lets others run.
pub(super) fn wait_outside(cx: Context, place: Place) {
    cx.note_uncontrolled(format!(
        "a channel made outside of the exploration is waited for at {place} (make it inside of the test)"
    ));
    ::std::thread::sleep(::std::time::Duration::from_micros(50));
    cx.yield_now(place);
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Sender<T> {
        Sender(self.0.clone())
    }
}

impl<T> Clone for SyncSender<T> {
    fn clone(&self) -> SyncSender<T> {
        SyncSender(self.0.clone())
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for SyncSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SyncSender").finish_non_exhaustive()
    }
}
