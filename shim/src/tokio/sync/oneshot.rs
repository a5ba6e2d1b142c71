//! The mirror of `tokio::sync::oneshot`: a channel for one message.

use ::std::fmt;
use ::std::future::Future;
use ::std::panic::Location;
use ::std::pin::Pin;
use ::std::sync::Arc;
use ::std::task::{Context as PollContext, Poll, ready};

use ::tokio::sync::oneshot as real;
use coyote_engine::{Access, ObjectCell, OpKind, current};

use self::error::{RecvError, TryRecvError};
use super::steer::{Act, Parting, block_on, blocks_outside};
use crate::support::Place;
use crate::tokio::coop::poll_proceed;

/// Errors of the channel.
pub mod error {
    pub use ::tokio::sync::oneshot::error::{RecvError, TryRecvError};
}

const WHAT: &str = "oneshot channel";
static SEND: Act = Act::new(WHAT, OpKind::Send, Access::Write);
static RECV: Act = Act::new(WHAT, OpKind::Recv, Access::Acquire);
static TRY_RECV: Act = Act::new(WHAT, OpKind::TryRecv, Access::Acquire);
static CLOSE: Act = Act::new(WHAT, OpKind::Close, Access::Write);
static CLOSED: Act = Act::new(WHAT, OpKind::Wait, Access::Read);
static LOOK: Act = Act::new(WHAT, OpKind::Inspect, Access::Read);

/// Creates a channel for one message.
#[track_caller]
pub fn channel<T>() -> (Sender<T>, Receiver<T>) {
    let place = Location::caller();
    let (tx, rx) = real::channel();
    let end = Parting::new(Arc::new(ObjectCell::new()), &CLOSE, place);
    let other = end.another(&CLOSE, place);
    (Sender { end, real: tx }, Receiver { end: other, polled: None, real: rx })
}

/// Sends the message. Dropped instead, it closes the channel.
pub struct Sender<T> {
    end: Parting<Arc<ObjectCell>>,
    real: real::Sender<T>,
}

/// Receives the message: a future. Dropped, it closes the channel.
pub struct Receiver<T> {
    end: Parting<Arc<ObjectCell>>,
    /// Where the current wait began.
    polled: Option<Place>,
    real: real::Receiver<T>,
}

impl<T> Sender<T> {
    /// Sends the message.
    ///
    /// # Errors
    /// Gives the message back if the receiver is gone, or has closed the channel.
    #[track_caller]
    pub fn send(self, t: T) -> Result<(), T> {
        let Sender { mut end, real } = self;
        SEND.point(end.cell(), Location::caller());
        end.disarm();
        real.send(t)
    }

    /// Waits until the receiver is gone, or has closed the channel.
    #[track_caller]
    pub fn closed(&mut self) -> impl Future<Output = ()> + use<'_, T> {
        let place = Location::caller();
        async move {
            CLOSED.point(self.end.cell(), place);
            ::std::future::poll_fn(|cx| self.poll_closed_from(cx, place)).await;
        }
    }

    /// Returns whether the receiver is gone, or has closed the channel.
    #[track_caller]
    pub fn is_closed(&self) -> bool {
        LOOK.point(self.end.cell(), Location::caller());
        self.real.is_closed()
    }

    /// Like [`Sender::closed`], for futures written by hand.
    #[track_caller]
    pub fn poll_closed(&mut self, cx: &mut PollContext<'_>) -> Poll<()> {
        let place = Location::caller();
        CLOSED.point(self.end.cell(), place);
        self.poll_closed_from(cx, place)
    }

    fn poll_closed_from(&mut self, cx: &mut PollContext<'_>, place: Place) -> Poll<()> {
        let progress = ready!(poll_proceed(cx));
        let polled = self.real.poll_closed(cx);
        match polled {
            Poll::Ready(()) => progress.made_progress(),
            Poll::Pending => CLOSED.note_wait(self.end.cell(), place, cx.waker()),
        }
        polled
    }
}

impl<T> Receiver<T> {
    /// Closes the channel: nothing can be sent from now on.
    #[track_caller]
    pub fn close(&mut self) {
        if !self.real.is_terminated() {
            CLOSE.point(self.end.cell(), Location::caller());
        }
        self.real.close();
    }

    /// Returns whether the message, or the news that none will come, has been received.
    pub fn is_terminated(&self) -> bool {
        self.real.is_terminated()
    }

    /// Returns whether there is no message.
    #[track_caller]
    pub fn is_empty(&self) -> bool {
        if !self.real.is_terminated() {
            LOOK.point(self.end.cell(), Location::caller());
        }
        self.real.is_empty()
    }

    /// Receives the message if it is there.
    ///
    /// # Errors
    /// Fails if there is none yet, or if none will come.
    #[track_caller]
    pub fn try_recv(&mut self) -> Result<T, TryRecvError> {
        if !self.real.is_terminated() {
            TRY_RECV.point(self.end.cell(), Location::caller());
        }
        let received = self.real.try_recv();
        self.disarm_if_terminated();
        received
    }

    /// Receives the message, blocking the thread until it is there.
    ///
    /// # Errors
    /// Fails if none will come.
    ///
    /// # Panics
    /// Panics in asynchronous code.
    #[track_caller]
    pub fn blocking_recv(mut self) -> Result<T, RecvError> {
        let place = Location::caller();
        if let Some(cx) = current() {
            RECV.point(self.end.cell(), place);
            self.polled = Some(place);
            return block_on(cx, place, self);
        }
        if self.real.is_empty() && !self.real.is_terminated() {
            blocks_outside(self.end.cell(), WHAT, place);
        }
        let Receiver { mut end, real, .. } = self;
        end.disarm();
        real.blocking_recv()
    }

    fn disarm_if_terminated(&mut self) {
        if self.real.is_terminated() {
            // Whatever the destructor does now, nobody can see it.
            self.end.disarm();
        }
    }
}

impl<T> Future for Receiver<T> {
    type Output = Result<T, RecvError>;

    #[track_caller]
    fn poll(self: Pin<&mut Self>, cx: &mut PollContext<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        if this.real.is_terminated() {
            // tokio's own panic.
            return Pin::new(&mut this.real).poll(cx);
        }
        let place = match this.polled {
            Some(place) => place,
            None => {
                // That of the `.await`, where there is one.
                let place = Location::caller();
                this.polled = Some(place);
                RECV.point(this.end.cell(), place);
                place
            }
        };
        let progress = ready!(poll_proceed(cx));
        match Pin::new(&mut this.real).poll(cx) {
            Poll::Pending => {
                RECV.note_wait(this.end.cell(), place, cx.waker());
                Poll::Pending
            }
            ready => {
                progress.made_progress();
                this.end.disarm();
                ready
            }
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.real, f)
    }
}

impl<T: fmt::Debug> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.real, f)
    }
}
