//! Two actors: one asks for greetings, the other greets.

mod greeter;
mod host;

use coyote::actors::Runtime;

pub use greeter::{Greeter, Greeting, RequestGreeting};
pub use host::Host;

/// Greets until nothing happens any more; says so, if `aloud`.
pub async fn greet(repeats_itself: bool, aloud: bool) {
    let runtime = Runtime::new();
    runtime.create(Host::new(repeats_itself, aloud));
    runtime.quiescent().await;
}
