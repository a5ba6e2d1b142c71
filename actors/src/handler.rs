//! What may be a handler: a method that takes what it wants, `async` or not, with or without an error.

use std::error::Error;
use std::future::Future;

use crate::actor::Actor;
use crate::context::Context;

/// What came of a handler: so small that it is returned in registers.
pub type Outcome = Result<(), Box<HandlerError>>;

/// What a handler has returned an error of.
#[derive(Debug)]
pub struct HandlerError(pub(crate) Box<dyn Error + Send + Sync>);

/// What a handler may return.
pub trait Returned {
    /// Returns the error if there is one.
    fn outcome(self) -> Outcome;
}

impl Returned for () {
    fn outcome(self) -> Outcome {
        Ok(())
    }
}

impl<E: Into<Box<dyn Error + Send + Sync>>> Returned for Result<(), E> {
    fn outcome(self) -> Outcome {
        self.map_err(|error| Box::new(HandlerError(error.into())))
    }
}

/// A method that handles an event of type `E`: it takes `&mut self`, then the context, then the event, each
/// if it wants them.
#[diagnostic::on_unimplemented(
    message = "this method cannot handle `{E}`",
    note = "write `async fn name(&mut self, context: &mut Context<Self>, event: {E})`; context and event may be \
            left out, `async` too, and a `Result<(), _>` may be returned"
)]
pub trait Handler<'a, A: Actor, E, K> {
    /// Calls it.
    fn call(
        self,
        actor: &'a mut A,
        context: &'a mut Context<A>,
        event: E,
    ) -> impl Future<Output = Outcome> + Send;
}

/// Marks the forms of handlers, so that one trait can be implemented for all of them.
#[derive(Debug)]
pub struct Form<const ASYNC: bool, const CONTEXT: bool, const EVENT: bool>;

macro_rules! forms {
    ($([$takes_context:literal $takes_event:literal] $context:ident $event:ident ($($argument:ident: $type:ty),*);)*) => {$(
        impl<'a, F, R, A, E> Handler<'a, A, E, (Form<false, $takes_context, $takes_event>, R)> for F
        where
            F: FnOnce(&'a mut A $(, $type)*) -> R,
            R: Returned,
            A: Actor,
        {
            #[allow(unused_variables, reason = "not every form takes all")]
            fn call(
                self,
                actor: &'a mut A,
                $context: &'a mut Context<A>,
                $event: E,
            ) -> impl Future<Output = Outcome> + Send {
                std::future::ready(self(actor $(, $argument)*).outcome())
            }
        }

        impl<'a, F, P, A, E> Handler<'a, A, E, (Form<true, $takes_context, $takes_event>, P)> for F
        where
            F: FnOnce(&'a mut A $(, $type)*) -> P,
            P: Future<Output: Returned> + Send,
            A: Actor,
        {
            #[allow(unused_variables, reason = "not every form takes all")]
            fn call(
                self,
                actor: &'a mut A,
                $context: &'a mut Context<A>,
                $event: E,
            ) -> impl Future<Output = Outcome> + Send {
                let future = self(actor $(, $argument)*);
                async move { future.await.outcome() }
            }
        }
    )*};
}

forms! {
    [false false] context event ();
    [true false] context event (context: &'a mut Context<A>);
    [false true] context event (event: E);
    [true true] context event (context: &'a mut Context<A>, event: E);
}
