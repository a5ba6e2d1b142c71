//! The mirror of `tokio::sync::watch`: a channel that keeps the latest value.

mod door;
mod receiver;
mod sender;

pub use receiver::{Receiver, Ref};
pub use sender::Sender;

use ::std::panic::Location;
use ::std::sync::Arc;
use ::std::sync::atomic::AtomicUsize;

use ::tokio::sync::Notify;
use coyote_engine::{Access, OpKind};

use self::door::Door;
use super::steer::Act;

/// Errors of the channel.
pub mod error {
    pub use ::tokio::sync::watch::error::{RecvError, SendError};
}

const WHAT: &str = "watch channel";
static SEND: Act = Act::new(WHAT, OpKind::Send, Access::Write);
static BORROW: Act = Act::new(WHAT, OpKind::ReadLock, Access::Read);
static RETURN: Act = Act::new(WHAT, OpKind::ReadUnlock, Access::Read);
static CHANGED: Act = Act::new(WHAT, OpKind::Recv, Access::Read);
static CLOSED: Act = Act::new(WHAT, OpKind::Wait, Access::Read);
static LOOK: Act = Act::new(WHAT, OpKind::Inspect, Access::Read);
static CLONE: Act = Act::new(WHAT, OpKind::Clone, Access::Write);
static CLOSE: Act = Act::new(WHAT, OpKind::Close, Access::Write);

/// What all ends of a channel share, beside the real channel.
struct Shared {
    door: Door,
    senders: AtomicUsize,
    /// Told of every change, and when the last sender goes. The real channel draws at random in which of
    /// eight queues a receiver waits; the order of wake-ups can be seen through combinators such as
    /// `FuturesUnordered`, so that receivers under control wait here.
    changed: Notify,
}

/// Creates a channel that holds `init`.
#[track_caller]
pub fn channel<T>(init: T) -> (Sender<T>, Receiver<T>) {
    let place = Location::caller();
    let (tx, rx) = ::tokio::sync::watch::channel(init);
    let shared = Arc::new(Shared { door: Door::new(), senders: AtomicUsize::new(0), changed: Notify::new() });
    (Sender::of(Arc::clone(&shared), tx, place), Receiver::of(shared, rx, place))
}
