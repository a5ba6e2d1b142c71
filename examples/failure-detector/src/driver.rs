//! A client of the detector, which has nodes fail.

use std::collections::BTreeSet;

use coyote::actors::{ActorId, Context, Event, Halt, actor};
use coyote::spec;

use crate::failure_detector::RegisterClient;
use crate::monitors::{ToldOf, WillFail};
use crate::{FailureDetector, Liveness, Node, Plan};

/// A node has failed.
#[derive(Event)]
pub(crate) struct NodeFailed {
    pub(crate) node: ActorId,
}

/// It is time for the nodes to fail.
#[derive(Event)]
struct InjectFailures;

/// Creates two nodes and their detector, and halts the nodes after a while.
pub struct Driver {
    plan: Plan,
    nodes: BTreeSet<ActorId>,
}

impl Driver {
    /// Creates the driver.
    pub fn new(plan: Plan) -> Self {
        Driver { plan, nodes: BTreeSet::new() }
    }
}

#[actor]
impl Driver {
    #[on_start]
    fn start(&mut self, context: &mut Context<Self>) {
        self.nodes = (0..2).map(|_| context.create(Node)).collect();
        spec::monitor::<Liveness>(WillFail(self.nodes.clone()));
        let detector = context.create(FailureDetector::new(self.plan, self.nodes.clone()));
        let client = context.id().clone();
        context.send(&detector, RegisterClient { client });
        context.start_timer(self.plan.millis(1000 + coyote::choose(9000)), InjectFailures);
    }

    #[on(InjectFailures)]
    fn inject_failures(&mut self, context: &mut Context<Self>) {
        for node in &self.nodes {
            self.plan.say("Driver", format_args!("Halting {node}"));
            context.send(node, Halt);
        }
    }

    #[on(NodeFailed)]
    fn note_failure(&mut self, NodeFailed { node }: NodeFailed) {
        self.plan.say("Driver", format_args!("I was told that {node} has failed"));
        spec::monitor::<Liveness>(ToldOf(node));
    }
}
