//! Events: what actors send each other.

use std::any::{Any, TypeId};
use std::fmt;

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
pub struct AnyEvent(Box<dyn Erased>);

trait Erased: Any + Send {
    fn name(&self) -> &'static str;
    fn into_any(self: Box<Self>) -> Box<dyn Any + Send>;
    fn as_any(&self) -> &dyn Any;
}

impl<E: Event> Erased for E {
    fn name(&self) -> &'static str {
        E::NAME
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl AnyEvent {
    /// Wraps an event.
    pub fn new(event: impl Event) -> Self {
        AnyEvent(Box::new(event))
    }

    /// Returns the event's name.
    pub fn name(&self) -> &'static str {
        self.0.name()
    }

    /// Returns whether it is of this type.
    pub fn is<E: Event>(&self) -> bool {
        self.id() == TypeId::of::<E>()
    }

    /// Returns the event if it is of this type.
    pub fn get<E: Event>(&self) -> Option<&E> {
        self.0.as_any().downcast_ref()
    }

    /// Takes the event out if it is of this type.
    ///
    /// # Errors
    /// Gives it back if it is of another.
    pub fn take<E: Event>(self) -> Result<E, AnyEvent> {
        if !self.is::<E>() {
            return Err(self);
        }
        Ok(*self.0.into_any().downcast().expect("its type was looked at"))
    }

    pub(crate) fn id(&self) -> TypeId {
        self.0.as_any().type_id()
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
