//! Events: what actors send each other.

use std::any::{Any, TypeId};
use std::fmt;
use std::panic::Location;
use std::sync::Arc;

use crate::group::EventGroup;
use crate::rt::Place;
use crate::timer::Armed;

/// An event. Derive it: `#[derive(Event)] struct Ping { from: ActorId }`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no event",
    note = "write `#[derive(coyote::actors::Event)]` on it"
)]
pub trait Event: Send + 'static {
    /// Its name in logs.
    const NAME: &'static str;
}

/// Asks an actor to halt once it has handled what was sent before. A state may have a rule of its own for
/// it; `_` does not cover it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Halt;

impl Event for Halt {
    const NAME: &'static str = "Halt";
}

/// An event of any type.
pub struct AnyEvent(Box<Envelope<dyn Content>>);

/// An event and what goes with it: one piece of memory, so that it is moved as one pointer, however often.
struct Envelope<C: ?Sized> {
    stamp: Stamp,
    content: C,
}

/// What goes with an event.
pub(crate) struct Stamp {
    /// The event's name.
    name: &'static str,
    /// Where it was sent.
    pub(crate) place: Place,
    pub(crate) group: Option<EventGroup>,
    /// The timer that sent it.
    pub(crate) timer: Option<Arc<Armed>>,
    pub(crate) must_handle: bool,
}

/// The event, until it is taken out.
trait Content: Send {
    fn id(&self) -> TypeId;
    fn event(&self) -> Option<&dyn Any>;
    fn slot(&mut self) -> &mut dyn Any;
}

impl<E: Event> Content for Option<E> {
    fn id(&self) -> TypeId {
        TypeId::of::<E>()
    }

    fn event(&self) -> Option<&dyn Any> {
        self.as_ref().map(|event| event as &dyn Any)
    }

    fn slot(&mut self) -> &mut dyn Any {
        self
    }
}

impl AnyEvent {
    /// Wraps an event.
    #[track_caller]
    pub fn new(event: impl Event) -> Self {
        AnyEvent::sent(event, None, Location::caller())
    }

    /// Wraps an event that is sent in a group, or in none.
    pub(crate) fn sent<E: Event>(event: E, group: Option<EventGroup>, place: Place) -> Self {
        // Written where it stays, rather than copied there.
        let memory = Box::<Envelope<Option<E>>>::new_uninit();
        let stamp = Stamp { name: E::NAME, place, group, timer: None, must_handle: false };
        let envelope = Box::write(memory, Envelope { stamp, content: Some(event) });
        AnyEvent(envelope)
    }

    /// Returns the event's name.
    pub fn name(&self) -> &'static str {
        self.0.stamp.name
    }

    /// Returns whether it is of this type.
    pub fn is<E: Event>(&self) -> bool {
        self.id() == TypeId::of::<E>()
    }

    /// Returns the event if it is of this type.
    pub fn get<E: Event>(&self) -> Option<&E> {
        self.0.content.event()?.downcast_ref()
    }

    /// Takes the event out if it is of this type.
    ///
    /// # Errors
    /// Gives it back if it is of another.
    pub fn take<E: Event>(mut self) -> Result<E, AnyEvent> {
        let slot = self.0.content.slot().downcast_mut::<Option<E>>();
        slot.and_then(Option::take).ok_or(self)
    }

    pub(crate) fn id(&self) -> TypeId {
        self.0.content.id()
    }

    pub(crate) fn stamp(&self) -> &Stamp {
        &self.0.stamp
    }

    pub(crate) fn stamp_mut(&mut self) -> &mut Stamp {
        &mut self.0.stamp
    }
}

impl fmt::Debug for AnyEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Takes the event whose type the dispatch has looked at.
#[doc(hidden)]
pub fn take<E: Event>(event: Option<AnyEvent>) -> E {
    let event = event.and_then(|event| event.take().ok());
    event.expect("the dispatch has looked at the event's type")
}

/// Takes the event whatever its type.
#[doc(hidden)]
pub fn whole(event: Option<AnyEvent>) -> AnyEvent {
    event.expect("an event led to this")
}

/// Whether this is [`Halt`].
#[doc(hidden)]
pub fn is_halt(event: TypeId) -> bool {
    event == TypeId::of::<Halt>()
}
