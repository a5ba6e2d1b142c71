//! Who wants to be greeted.

use coyote::actors::{Context, actor};
use coyote::spec;

use crate::{Greeter, Greeting, RequestGreeting};

/// Asks for up to five greetings, and expects as many.
pub struct Host {
    expected: i32,
    repeats_itself: bool,
    aloud: bool,
}

impl Host {
    /// Creates a host.
    pub fn new(repeats_itself: bool, aloud: bool) -> Self {
        Host { expected: 1 + coyote::choose(5) as i32, repeats_itself, aloud }
    }
}

#[actor]
impl Host {
    #[on_start]
    fn ask(&mut self, context: &mut Context<Self>) {
        let greeter = context.create(Greeter { repeats_itself: self.repeats_itself });
        self.say(format_args!("asking for {} greetings", self.expected));
        for _ in 0..self.expected {
            let caller = context.id().clone();
            context.send(&greeter, RequestGreeting { caller });
        }
    }

    #[on(Greeting)]
    fn listen(&mut self, Greeting { text }: Greeting) {
        self.expected -= 1;
        self.say(format_args!("{text} ({} to come)", self.expected));
        spec::assert!(self.expected >= 0, "too many greetings"; surplus = -self.expected);
    }
}

impl Host {
    fn say(&self, what: std::fmt::Arguments<'_>) {
        if self.aloud {
            println!("<Host> {what}");
        }
    }
}
