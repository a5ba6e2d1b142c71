//! Who greets.

use coyote::actors::{ActorId, Context, Event, actor};

/// Asks for a [`Greeting`].
#[derive(Event)]
pub struct RequestGreeting {
    /// Who wants to be greeted.
    pub caller: ActorId,
}

/// A greeting.
#[derive(Event)]
pub struct Greeting {
    /// What is said.
    pub text: &'static str,
}

/// Greets whoever asks for it.
pub struct Greeter {
    /// Sometimes it greets twice: the bug.
    pub repeats_itself: bool,
}

#[actor]
impl Greeter {
    #[on(RequestGreeting)]
    fn greet(&mut self, context: &mut Context<Self>, RequestGreeting { caller }: RequestGreeting) {
        let text = if coyote::random_bool() { "Hello World!" } else { "Good Morning" };
        context.send(&caller, Greeting { text });
        if self.repeats_itself && coyote::choose(10) == 0 {
            context.send(&caller, Greeting { text });
        }
    }
}
