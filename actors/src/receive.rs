//! Waiting for certain events in the middle of a handler.

use std::any::TypeId;
use std::future::{Future, poll_fn};
use std::panic::Location;
use std::task::Poll;

use crate::actor::Actor;
use crate::context::Context;
use crate::event::{AnyEvent, Event};
use crate::log::LogEvent;
use crate::rt::Place;

/// The event that came.
pub type Received = AnyEvent;

/// Whether an event is waited for.
type Matches<'a> = Box<dyn FnMut(&AnyEvent) -> bool + Send + 'a>;

/// Waits for one of several kinds of events; see [`Context::receive_any`].
#[must_use = "name the events with `of` and `of_where`, then await `next`"]
pub struct ReceiveAny<'a, A: Actor> {
    context: &'a mut Context<A>,
    matches: Vec<Matches<'a>>,
}

impl<'a, A: Actor> ReceiveAny<'a, A> {
    /// Waits for events of this type.
    pub fn of<E: Event>(self) -> Self {
        self.of_where::<E>(|_| true)
    }

    /// Waits for events of this type that the predicate holds for.
    pub fn of_where<E: Event>(mut self, predicate: impl Fn(&E) -> bool + Send + 'a) -> Self {
        self.matches.push(Box::new(move |event| event.get::<E>().is_some_and(&predicate)));
        self
    }

    /// Returns the first event that is waited for.
    #[track_caller]
    pub fn next(self) -> impl Future<Output = Received> + Send + use<'a, A> {
        let place = Location::caller();
        let ReceiveAny { context, mut matches } = self;
        async move { receive(context, place, move |event| matches.iter_mut().any(|matches| matches(event))).await }
    }
}

impl<A: Actor> std::fmt::Debug for ReceiveAny<'_, A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ReceiveAny({} kinds)", self.matches.len())
    }
}

impl<A: Actor> Context<A> {
    /// Waits for an event of this type: the first that is in the inbox, or comes. Others stay there in their
    /// order, whatever the state's rules for them.
    #[track_caller]
    pub fn receive<E: Event>(&mut self) -> impl Future<Output = E> + Send + use<'_, A, E> {
        self.receive_where(|_| true)
    }

    /// Waits for an event of this type that the predicate holds for.
    #[track_caller]
    pub fn receive_where<'a, E: Event>(
        &'a mut self,
        predicate: impl Fn(&E) -> bool + Send + 'a,
    ) -> impl Future<Output = E> + Send + 'a {
        let place = Location::caller();
        let wanted = TypeId::of::<E>();
        async move {
            let matches =
                move |event: &AnyEvent| event.id() == wanted && event.get::<E>().is_some_and(&predicate);
            let event = receive(self, place, matches).await;
            event.take().unwrap_or_else(|_| unreachable!("its type was looked at"))
        }
    }

    /// Waits for one of several kinds of events:
    /// `context.receive_any().of::<Done>().of_where::<Tick>(|tick| tick.round == 3).next().await`.
    pub fn receive_any(&mut self) -> ReceiveAny<'_, A> {
        ReceiveAny { context: self, matches: Vec::new() }
    }
}

async fn receive<A: Actor>(
    context: &mut Context<A>,
    place: Place,
    mut matches: impl FnMut(&AnyEvent) -> bool + Send,
) -> AnyEvent {
    let (runtime, me) = (context.runtime.clone(), context.id.clone());
    runtime.log(place, LogEvent::Waiting { actor: &me, state: me.state() });
    me.0.before_receive(place);
    let mut event = poll_fn(|cx| {
        let picked = me.0.pick(&runtime, cx.waker(), place, |inbox| {
            inbox.queue.retain(|queued| queued.stamp().timer.as_ref().is_none_or(|timer| timer.counts()));
            let at = inbox.queue.iter().position(&mut matches)?;
            inbox.queue.remove(at)
        });
        picked.map_or(Poll::Pending, Poll::Ready)
    })
    .await;
    if let Some(timer) = event.stamp_mut().timer.take() {
        timer.taken();
    }
    context.group = event.stamp_mut().group.take();
    runtime.log(place, LogEvent::Received { actor: &me, state: me.state(), event: event.name() });
    event
}
