//! A modelled channel: the queue, who is there, and what each operation does to them.

use ::std::collections::VecDeque;
use ::std::sync::mpsc::{RecvTimeoutError, TryRecvError, TrySendError};
use ::std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use ::std::time::{Duration, Instant};

use coyote_engine::{ObjectCell, OpKind, current};

use super::signals::{End, Signals, Ticket};
use crate::std::time::deadline_after;
use crate::support::Place;

/// A channel, shared by its ends.
pub(super) struct Chan<T> {
    signals: Signals,
    created: Place,
    /// Never held at a scheduling point, nor while a message is destroyed.
    state: Mutex<State<T>>,
}

struct State<T> {
    queue: VecDeque<Message<T>>,
    /// How many messages there is room for; None for any number.
    bound: Option<usize>,
    senders: usize,
    receiver: bool,
    /// With bound 0: whether the receiver waits and nothing was handed to it yet.
    receiver_waits: bool,
}

struct Message<T> {
    value: T,
    /// With bound 0: the sender that waits until this is taken.
    ticket: Option<Arc<Ticket>>,
}

impl<T> State<T> {
    fn can_receive(&self) -> bool {
        !self.queue.is_empty() || self.senders == 0
    }

    /// Whether a sender's message would be put into the queue at once. With bound 0 it always is; its
    /// sender then waits elsewhere.
    fn can_send(&self) -> bool {
        !self.receiver
            || match self.bound {
                None | Some(0) => true,
                Some(bound) => self.queue.len() < bound,
            }
    }
}

impl<T> Chan<T> {
    pub(super) fn new(bound: Option<usize>, created: Place) -> Chan<T> {
        let queue = VecDeque::new();
        let state = State { queue, bound, senders: 1, receiver: true, receiver_waits: false };
        Chan { signals: Signals::new(created, true), created, state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state, and tells the ends.
    fn change<R>(&self, f: impl FnOnce(&mut State<T>) -> R) -> R {
        let mut state = self.state();
        let result = f(&mut state);
        self.signals.record(state.can_receive(), state.can_send());
        drop(state);
        self.signals.show();
        result
    }

    /// Sends, waiting for room. Gives the message back if the receiver is gone.
    pub(super) fn send(&self, mut value: T, place: Place) -> Result<(), T> {
        let Some(cx) = current() else { return self.send_for_real(value) };
        loop {
            self.signals.wait(cx, End::Sender, OpKind::Send, None, place);
            match self.put(value, true) {
                Ok(None) => return Ok(()),
                Ok(Some(ticket)) => {
                    ticket.wait(cx, place);
                    return self.take_back(&ticket);
                }
                // A thread outside of control was faster.
                Err(TrySendError::Full(back)) => value = back,
                Err(TrySendError::Disconnected(value)) => return Err(value),
            }
        }
    }

    pub(super) fn try_send(&self, value: T, place: Place) -> Result<(), TrySendError<T>> {
        self.signals.point(OpKind::TrySend, place);
        self.put(value, false).map(drop)
    }

    /// Puts a message into the queue if there is room. A ticket is what its sender, if it `may_wait`,
    /// then waits for.
    fn put(&self, value: T, may_wait: bool) -> Result<Option<Arc<Ticket>>, TrySendError<T>> {
        self.change(|state| {
            if !state.receiver {
                return Err(TrySendError::Disconnected(value));
            }
            if state.bound != Some(0) {
                if !state.can_send() {
                    return Err(TrySendError::Full(value));
                }
                state.queue.push_back(Message { value, ticket: None });
                return Ok(None);
            }
            if state.receiver_waits {
                state.receiver_waits = false;
                state.queue.push_back(Message { value, ticket: None });
                return Ok(None);
            }
            if !may_wait {
                return Err(TrySendError::Full(value));
            }
            let ticket = Arc::new(Ticket(ObjectCell::at(self.created)));
            if let Some(cx) = current() {
                ticket.close(cx);
            }
            state.queue.push_back(Message { value, ticket: Some(Arc::clone(&ticket)) });
            Ok(Some(ticket))
        })
    }

    /// Takes back what was not taken from the queue before the receiver went away.
    fn take_back(&self, ticket: &Arc<Ticket>) -> Result<(), T> {
        let message = self.change(|state| {
            let mine = |message: &Message<T>| message.ticket.as_ref().is_some_and(|t| Arc::ptr_eq(t, ticket));
            let at = state.queue.iter().position(mine);
            at.and_then(|at| state.queue.remove(at))
        });
        message.map_or(Ok(()), |message| Err(message.value))
    }

    fn send_for_real(&self, value: T) -> Result<(), T> {
        let state = self.state();
        drop(self.signals.while_foreign(|| {
            self.signals
                .changed
                .wait_while(state, |state| !state.can_send())
                .unwrap_or_else(PoisonError::into_inner)
        }));
        match self.put(value, true) {
            Ok(None) => Ok(()),
            Ok(Some(ticket)) => {
                let state = self.state();
                let waiting = |state: &mut State<T>| {
                    state.receiver
                        && state
                            .queue
                            .iter()
                            .any(|message| message.ticket.as_ref().is_some_and(|t| Arc::ptr_eq(t, &ticket)))
                };
                drop(self.signals.while_foreign(|| {
                    self.signals.changed.wait_while(state, waiting).unwrap_or_else(PoisonError::into_inner)
                }));
                self.take_back(&ticket)
            }
            // Another sender was faster.
            Err(TrySendError::Full(value)) => self.send_for_real(value),
            Err(TrySendError::Disconnected(value)) => Err(value),
        }
    }

    pub(super) fn try_recv(&self, place: Place) -> Result<T, TryRecvError> {
        self.signals.point(OpKind::TryRecv, place);
        self.take()
    }

    /// Receives, waiting for a message, at most for `timeout`.
    pub(super) fn recv(&self, timeout: Option<Duration>, place: Place) -> Result<T, RecvTimeoutError> {
        let Some(cx) = current() else { return self.recv_for_real(timeout) };
        let deadline = timeout.and_then(|timeout| deadline_after(cx, timeout));
        {
            let mut state = self.state();
            state.receiver_waits = state.queue.is_empty();
        }
        // If this unwinds, the receiver waits no more.
        let waits = Waits(self);
        self.signals.wait(cx, End::Receiver, OpKind::Recv, deadline, place);
        drop(waits);
        // Also when time was up: a message may have been handed over just then.
        self.take().map_err(|error| match error {
            TryRecvError::Empty => RecvTimeoutError::Timeout,
            TryRecvError::Disconnected => RecvTimeoutError::Disconnected,
        })
    }

    #[expect(clippy::disallowed_methods, reason = "a thread outside of control lives in real time")]
    fn recv_for_real(&self, timeout: Option<Duration>) -> Result<T, RecvTimeoutError> {
        let started = Instant::now();
        loop {
            match self.take() {
                Ok(value) => return Ok(value),
                Err(TryRecvError::Disconnected) => return Err(RecvTimeoutError::Disconnected),
                Err(TryRecvError::Empty) => {}
            }
            let left = timeout.map(|timeout| timeout.saturating_sub(started.elapsed()));
            if left == Some(Duration::ZERO) {
                return Err(RecvTimeoutError::Timeout);
            }
            let mut state = self.state();
            state.receiver_waits = state.queue.is_empty();
            let _waits = Waits(self);
            drop(self.signals.while_foreign(|| {
                let condvar = &self.signals.changed;
                let waiting = |state: &mut State<T>| !state.can_receive();
                let forever = Duration::MAX;
                condvar
                    .wait_timeout_while(state, left.unwrap_or(forever), waiting)
                    .map_or_else(|poison| poison.into_inner().0, |(state, _)| state)
            }));
        }
    }

    fn take(&self) -> Result<T, TryRecvError> {
        let message = self.change(|state| {
            let message = state.queue.pop_front();
            message.ok_or(if state.senders == 0 { TryRecvError::Disconnected } else { TryRecvError::Empty })
        })?;
        if let Some(ticket) = message.ticket {
            ticket.open();
        }
        Ok(message.value)
    }

    pub(super) fn add_sender(&self) {
        self.state().senders += 1;
    }

    /// Drops a sender. Only the last one's going can be seen, and is a scheduling point.
    pub(super) fn remove_sender(&self) {
        struct Remove<'a, T>(&'a Chan<T>);
        impl<T> Drop for Remove<'_, T> {
            fn drop(&mut self) {
                self.0.change(|state| state.senders -= 1);
            }
        }
        let _remove = Remove(self);
        let last = self.state().senders == 1;
        if last {
            self.signals.point(OpKind::Close, self.created);
        }
    }

    /// Drops the receiver: what was not received is destroyed, or goes back to senders that wait.
    pub(super) fn remove_receiver(&self) {
        struct Remove<'a, T>(&'a Chan<T>);
        impl<T> Drop for Remove<'_, T> {
            fn drop(&mut self) {
                let dropped = self.0.change(|state| {
                    state.receiver = false;
                    let (kept, dropped): (VecDeque<_>, VecDeque<_>) =
                        state.queue.drain(..).partition(|message| message.ticket.is_some());
                    state.queue = kept;
                    dropped
                });
                let tickets: Vec<_> =
                    self.0.state().queue.iter().filter_map(|message| message.ticket.clone()).collect();
                tickets.iter().for_each(|ticket| ticket.open());
                drop(dropped);
            }
        }
        let _remove = Remove(self);
        self.signals.point(OpKind::Close, self.created);
    }
}

/// The receiver waits; dropped, it does no more.
struct Waits<'a, T>(&'a Chan<T>);

impl<T> Drop for Waits<'_, T> {
    fn drop(&mut self) {
        self.0.state().receiver_waits = false;
    }
}
