//! The mirror of `std::sync::mpsc`.
//!
//! A channel made under control is a queue with two gates: one that is open while the receiver need
//! not wait, one that is open while senders need not. A channel made outside is the real one.

mod chan;
mod iter;
mod receiver;
mod sender;
mod signals;

pub use ::std::sync::mpsc::{RecvError, RecvTimeoutError, SendError, TryRecvError, TrySendError};

pub use iter::{IntoIter, Iter, TryIter};
pub use receiver::Receiver;
pub use sender::{Sender, SyncSender};

use ::std::sync::Arc;
use ::std::sync::mpsc as real;

use coyote_engine::current;

use chan::Chan;
use receiver::Kind;

/// Creates a channel that holds any number of messages.
#[track_caller]
#[must_use]
pub fn channel<T>() -> (Sender<T>, Receiver<T>) {
    if current().is_none() {
        let (sender, receiver) = real::channel();
        return (Sender::real(sender), Receiver::new(Kind::Real(receiver)));
    }
    let chan = Arc::new(Chan::new(None, super::hold::here()));
    (Sender::model(Arc::clone(&chan)), Receiver::new(Kind::Model(chan)))
}

/// Creates a channel that holds at most `bound` messages; with 0, each message is handed over.
#[track_caller]
#[must_use]
pub fn sync_channel<T>(bound: usize) -> (SyncSender<T>, Receiver<T>) {
    if current().is_none() {
        let (sender, receiver) = real::sync_channel(bound);
        return (SyncSender::real(sender), Receiver::new(Kind::Real(receiver)));
    }
    let chan = Arc::new(Chan::new(Some(bound), super::hold::here()));
    (SyncSender::model(Arc::clone(&chan)), Receiver::new(Kind::Model(chan)))
}
