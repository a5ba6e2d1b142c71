//! The mirror of `tokio::sync::broadcast`: every receiver gets every message.
//!
//! While a message is cloned or dropped, which runs code of the user, other tasks that use the channel
//! wait. tokio keeps out those only that need the same slot, or the tail.

mod room;

use ::std::fmt;
use ::std::future::{Future, poll_fn};
use ::std::panic::Location;
use ::std::pin::pin;
use ::std::task::{Poll, ready};

use ::tokio::sync::broadcast as real;
use coyote_engine::{Access, OpKind, current};

use self::error::{RecvError, SendError, TryRecvError};
use self::room::{Enter, Leave, Queue, Room, around};
use super::steer::{Act, Parting, block_on, blocks_outside};
use crate::support::Place;
use crate::tokio::coop::poll_proceed;

/// Errors of the channel.
pub mod error {
    pub use ::tokio::sync::broadcast::error::{RecvError, SendError, TryRecvError};
}

const WHAT: &str = "broadcast channel";
static SEND: Act = Act::new(WHAT, OpKind::Send, Access::Write);
static RECV: Act = Act::new(WHAT, OpKind::Recv, Access::Acquire);
static TRY_RECV: Act = Act::new(WHAT, OpKind::TryRecv, Access::Acquire);
static LOOK: Act = Act::new(WHAT, OpKind::Inspect, Access::Read);
static CLOSED: Act = Act::new(WHAT, OpKind::Wait, Access::Read);
static CLONE: Act = Act::new(WHAT, OpKind::Clone, Access::Write);
static CLOSE: Act = Act::new(WHAT, OpKind::Close, Access::Write);

/// Creates a channel that keeps at least the latest `capacity` messages.
///
/// # Panics
/// Panics if `capacity` is 0, or above `usize::MAX / 2`.
#[track_caller]
pub fn channel<T: Clone>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    let place = Location::caller();
    let (tx, rx) = real::channel(capacity);
    let room = Room::new();
    (Sender::of(room.clone(), tx, place), Receiver::of(room, rx, place))
}

/// Sends to all [`Receiver`]s. The channel closes when all senders are dropped.
pub struct Sender<T> {
    enter: Enter,
    real: real::Sender<T>,
    _leave: Leave,
}

/// A [`Sender`] that does not keep the channel open.
pub struct WeakSender<T> {
    end: Parting<Room>,
    real: real::WeakSender<T>,
}

/// Receives every message that is sent while it exists, unless it falls too far behind.
pub struct Receiver<T> {
    enter: Enter,
    real: real::Receiver<T>,
    _leave: Leave,
}

impl<T> Sender<T> {
    /// Creates a channel that keeps at least the latest `capacity` messages, without a receiver.
    ///
    /// # Panics
    /// Panics if `capacity` is 0, or above `usize::MAX / 2`.
    #[track_caller]
    pub fn new(capacity: usize) -> Self {
        Sender::of(Room::new(), real::Sender::new(capacity), Location::caller())
    }

    fn of(room: Room, real: real::Sender<T>, place: Place) -> Self {
        let (enter, _leave) = around(room, &CLOSE, place);
        Sender { enter, real, _leave }
    }

    fn room(&self) -> &Room {
        &self.enter.room
    }

    /// Sends a message, and returns to how many receivers.
    ///
    /// # Errors
    /// Gives the message back if there are no receivers.
    #[track_caller]
    pub fn send(&self, value: T) -> Result<usize, SendError<T>> {
        let _alone = self.room().enter(&SEND, Location::caller());
        self.real.send(value)
    }

    /// Makes a receiver, of what is sent from now on.
    #[track_caller]
    pub fn subscribe(&self) -> Receiver<T> {
        let place = Location::caller();
        self.room().look(&CLONE, place);
        Receiver::of(self.enter.room.clone(), self.real.subscribe(), place)
    }

    /// Makes a sender that does not keep the channel open.
    #[must_use = "Downgrade creates a WeakSender without destroying the original non-weak sender."]
    #[track_caller]
    pub fn downgrade(&self) -> WeakSender<T> {
        let place = Location::caller();
        CLONE.point(self.room(), place);
        let end = Parting::new(self.enter.room.clone(), &CLOSE, place);
        WeakSender { end, real: self.real.downgrade() }
    }

    /// Returns how many messages are in the channel that some receiver has not received.
    #[track_caller]
    pub fn len(&self) -> usize {
        self.room().look(&LOOK, Location::caller());
        self.real.len()
    }

    /// Returns whether every receiver has received every message.
    #[track_caller]
    pub fn is_empty(&self) -> bool {
        self.room().look(&LOOK, Location::caller());
        self.real.is_empty()
    }

    /// Returns how many receivers there are.
    #[track_caller]
    pub fn receiver_count(&self) -> usize {
        self.room().look(&LOOK, Location::caller());
        self.real.receiver_count()
    }

    /// Returns whether both send to the same channel.
    pub fn same_channel(&self, other: &Self) -> bool {
        self.real.same_channel(&other.real)
    }

    /// Waits until there are no receivers.
    #[track_caller]
    pub fn closed(&self) -> impl Future<Output = ()> + use<'_, T> {
        let place = Location::caller();
        async move {
            let mut real = pin!(self.real.closed());
            let mut begun = false;
            poll_fn(move |cx| {
                let _alone = if begun {
                    self.room().enter_again(&CLOSED, place)
                } else {
                    begun = true;
                    self.room().enter(&CLOSED, place)
                };
                let polled = real.as_mut().poll(cx);
                if polled.is_pending() {
                    CLOSED.note_wait(self.room(), place, cx.waker());
                }
                polled
            })
            .await;
        }
    }

    /// Returns how many senders there are.
    #[track_caller]
    pub fn strong_count(&self) -> usize {
        LOOK.point(self.room(), Location::caller());
        self.real.strong_count()
    }

    /// Returns how many weak senders there are.
    #[track_caller]
    pub fn weak_count(&self) -> usize {
        LOOK.point(self.room(), Location::caller());
        self.real.weak_count()
    }
}

impl<T> WeakSender<T> {
    /// Makes this a sender again, unless all senders are gone.
    #[must_use]
    #[track_caller]
    pub fn upgrade(&self) -> Option<Sender<T>> {
        let place = Location::caller();
        CLONE.point(self.end.cell(), place);
        Some(Sender::of(self.end.share(), self.real.upgrade()?, place))
    }

    /// Returns how many senders there are.
    #[track_caller]
    pub fn strong_count(&self) -> usize {
        LOOK.point(self.end.cell(), Location::caller());
        self.real.strong_count()
    }

    /// Returns how many weak senders there are.
    #[track_caller]
    pub fn weak_count(&self) -> usize {
        LOOK.point(self.end.cell(), Location::caller());
        self.real.weak_count()
    }
}

impl<T> Receiver<T> {
    fn of(room: Room, real: real::Receiver<T>, place: Place) -> Self {
        let (enter, _leave) = around(room, &CLOSE, place);
        Receiver { enter, real, _leave }
    }

    fn room(&self) -> &Room {
        &self.enter.room
    }

    /// Returns how many messages have been sent that this has not received, lost ones included.
    #[track_caller]
    pub fn len(&self) -> usize {
        self.room().look(&LOOK, Location::caller());
        self.real.len()
    }

    /// Returns whether this has received every message.
    #[track_caller]
    pub fn is_empty(&self) -> bool {
        self.room().look(&LOOK, Location::caller());
        self.real.is_empty()
    }

    /// Returns whether both receive from the same channel.
    pub fn same_channel(&self, other: &Self) -> bool {
        self.real.same_channel(&other.real)
    }

    /// Returns how many senders there are.
    #[track_caller]
    pub fn sender_strong_count(&self) -> usize {
        LOOK.point(self.room(), Location::caller());
        self.real.sender_strong_count()
    }

    /// Returns how many weak senders there are.
    #[track_caller]
    pub fn sender_weak_count(&self) -> usize {
        LOOK.point(self.room(), Location::caller());
        self.real.sender_weak_count()
    }

    /// Returns whether all senders are gone.
    #[track_caller]
    pub fn is_closed(&self) -> bool {
        LOOK.point(self.room(), Location::caller());
        self.real.is_closed()
    }
}

impl<T: Clone> Receiver<T> {
    /// Makes a receiver of what is sent from now on.
    #[track_caller]
    pub fn resubscribe(&self) -> Self {
        let place = Location::caller();
        self.room().look(&CLONE, place);
        Receiver::of(self.enter.room.clone(), self.real.resubscribe(), place)
    }

    /// Receives the next message, waiting for it.
    ///
    /// # Errors
    /// Fails if the channel is closed and empty, or if messages were lost because this was too slow.
    #[track_caller]
    pub fn recv(&mut self) -> impl Future<Output = Result<T, RecvError>> + use<'_, T> {
        let place = Location::caller();
        async move {
            if current().is_none() {
                return self.real.recv().await;
            }
            let room = &self.enter.room;
            let mut real = pin!(self.real.recv());
            let mut queue = Queue::new(room, &RECV, place);
            let mut begun = false;
            poll_fn(|cx| {
                let alone = if begun {
                    room.enter_again(&RECV, place)
                } else {
                    begun = true;
                    room.enter(&RECV, place)
                };
                let progress = ready!(poll_proceed(cx));
                let polled = real.as_mut().poll(cx);
                drop(alone);
                match polled {
                    Poll::Ready(_) => progress.made_progress(),
                    Poll::Pending => RECV.note_wait(room, place, cx.waker()),
                }
                queue.waits = polled.is_pending();
                polled
            })
            .await
        }
    }

    /// Receives the next message if it is there.
    ///
    /// # Errors
    /// Fails if there is none, if the channel is closed and empty, or if messages were lost because this
    /// was too slow.
    #[track_caller]
    pub fn try_recv(&mut self) -> Result<T, TryRecvError> {
        let _alone = self.enter.room.enter(&TRY_RECV, Location::caller());
        self.real.try_recv()
    }

    /// Receives the next message, blocking the thread until it is there.
    ///
    /// # Errors
    /// As for [`Receiver::recv`].
    ///
    /// # Panics
    /// Panics in asynchronous code.
    #[track_caller]
    pub fn blocking_recv(&mut self) -> Result<T, RecvError> {
        let place = Location::caller();
        if let Some(cx) = current() {
            return block_on(cx, place, self.recv());
        }
        if self.real.is_empty() && !self.real.is_closed() {
            blocks_outside(self.room(), WHAT, place);
        }
        self.real.blocking_recv()
    }
}

impl<T> Clone for Sender<T> {
    #[track_caller]
    fn clone(&self) -> Self {
        let place = Location::caller();
        CLONE.point(self.room(), place);
        Sender::of(self.enter.room.clone(), self.real.clone(), place)
    }
}

impl<T> Clone for WeakSender<T> {
    #[track_caller]
    fn clone(&self) -> Self {
        let place = Location::caller();
        CLONE.point(self.end.cell(), place);
        WeakSender { end: self.end.another(&CLOSE, place), real: self.real.clone() }
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.real, f)
    }
}

impl<T> fmt::Debug for WeakSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.real, f)
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.real, f)
    }
}
