//! What has to happen, and what must not.

use std::collections::{BTreeMap, BTreeSet};

use coyote::actors::ActorId;
use coyote::spec;

/// A node is pinged.
pub(crate) struct Pinged(pub(crate) ActorId);

/// A node answers.
pub(crate) struct Answered(pub(crate) ActorId);

/// Demands that at most three pings are on their way to a node, and that it answers none that was not sent.
#[derive(Default)]
pub struct Safety {
    pending: BTreeMap<ActorId, u32>,
}

/// The one state of [`Safety`].
#[spec::monitor(Safety)]
pub enum SafetyState {
    /// It counts.
    #[start]
    #[on(Pinged, do = count_ping)]
    #[on(Answered, do = count_answer)]
    Counting,
}

impl Safety {
    fn count_ping(&mut self, Pinged(node): Pinged) {
        let pending = self.pending.entry(node.clone()).or_default();
        *pending += 1;
        spec::assert!(*pending <= 3, "too many pings are on their way to a node"; node, pending = *pending);
    }

    fn count_answer(&mut self, Answered(node): Answered) {
        let pending = self.pending.get_mut(&node).filter(|pending| **pending > 0);
        spec::assert!(pending.is_some(), "a node answers a ping that was not sent"; node);
        if let Some(pending) = pending {
            *pending -= 1;
        }
    }
}

/// These nodes are going to fail.
pub(crate) struct WillFail(pub(crate) BTreeSet<ActorId>);

/// A client was told that a node has failed.
pub(crate) struct ToldOf(pub(crate) ActorId);

/// Demands that a client is told of every node that fails.
#[derive(Default)]
pub struct Liveness {
    untold: BTreeSet<ActorId>,
}

/// What [`Liveness`] waits for.
#[spec::monitor(Liveness)]
pub enum LivenessState {
    /// To hear which nodes there are.
    #[start]
    #[on(WillFail, do = note_nodes, goto = Waiting)]
    Init,
    /// To hear that the client was told of each.
    #[hot]
    #[on(ToldOf, do = note_told)]
    Waiting,
    /// Nothing more.
    #[cold]
    #[ignore(ToldOf)]
    Done,
}

impl Liveness {
    fn note_nodes(&mut self, WillFail(nodes): WillFail) {
        self.untold = nodes;
    }

    fn note_told(&mut self, context: &mut spec::Context<Self>, ToldOf(node): ToldOf) {
        self.untold.remove(&node);
        if self.untold.is_empty() {
            context.goto(LivenessState::Done);
        }
    }
}
