//! Who is watched.

use coyote::actors::{ActorId, Context, Event, actor};
use coyote::spec;

use crate::Safety;
use crate::monitors::Answered;

/// Asks a node whether it is there.
#[derive(Event)]
pub(crate) struct Ping {
    pub(crate) from: ActorId,
    pub(crate) round: u32,
}

/// A node is there.
#[derive(Event)]
pub(crate) struct Pong {
    pub(crate) node: ActorId,
    /// That of the ping.
    pub(crate) round: u32,
}

/// Answers pings, until it is halted.
#[derive(Default)]
pub struct Node;

#[actor]
impl Node {
    #[on(Ping)]
    fn answer(&mut self, context: &mut Context<Self>, Ping { from, round }: Ping) {
        let node = context.id().clone();
        spec::monitor::<Safety>(Answered(node.clone()));
        context.send(&from, Pong { node, round });
    }
}
