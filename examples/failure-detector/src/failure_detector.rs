//! Who watches.

use std::collections::BTreeSet;

use coyote::actors::{ActorId, Context, Event, machine};
use coyote::spec;

use crate::driver::NodeFailed;
use crate::monitors::Pinged;
use crate::node::{Ping, Pong};
use crate::timer::{Cancel, CancelFailure, CancelSuccess, StartTimer, Timeout};
use crate::{Plan, Safety, Timer};

/// From now on, this client is told of nodes that have failed.
#[derive(Event)]
pub(crate) struct RegisterClient {
    pub(crate) client: ActorId,
}

/// All nodes have answered, or have had their chances.
#[derive(Event)]
struct RoundDone;

/// How often a node is pinged in a round before it is taken to have failed.
const ATTEMPTS: u32 = 2;

/// Pings nodes, round by round, and tells its clients who does not answer.
pub struct FailureDetector {
    plan: Plan,
    alive: BTreeSet<ActorId>,
    failed: Vec<ActorId>,
    answered: BTreeSet<ActorId>,
    clients: BTreeSet<ActorId>,
    timer: Option<ActorId>,
    round: u32,
    attempts: u32,
}

/// What the detector is doing.
#[machine(FailureDetector)]
pub enum FailureDetectorState {
    /// Nothing: below the others it takes registrations.
    #[start]
    #[entry(start)]
    #[on(RegisterClient, do = register)]
    Init,

    /// It pings those who have not answered, and waits.
    #[entry(ping)]
    #[on(Pong, do = note_answer)]
    #[on(Timeout, do = try_again)]
    #[on(RoundDone, goto = Reset)]
    SendPing,

    /// All have answered, and it waits for the timer to be cancelled. `RoundDone` is handled below.
    #[on(CancelSuccess, do = finish_round)]
    #[on(CancelFailure, do = go_back)]
    #[defer(Timeout, Pong)]
    WaitForCancelResponse,

    /// It waits for the next round.
    #[entry(reset)]
    #[on(Timeout, goto = SendPing)]
    #[ignore(Pong)]
    Reset,

    /// All nodes have failed.
    #[entry(say_done)]
    #[ignore(Pong, Timeout)]
    NobodyLeft,
}

impl FailureDetector {
    /// Creates a detector for these nodes.
    pub(crate) fn new(plan: Plan, nodes: BTreeSet<ActorId>) -> Self {
        FailureDetector {
            plan,
            alive: nodes,
            failed: Vec::new(),
            answered: BTreeSet::new(),
            clients: BTreeSet::new(),
            timer: None,
            round: 1,
            attempts: 0,
        }
    }

    fn start(&mut self, context: &mut Context<Self>) {
        let me = context.id().clone();
        self.timer = Some(context.create(Timer::new(self.plan, me)));
        context.push(FailureDetectorState::SendPing);
    }

    fn register(&mut self, context: &mut Context<Self>, RegisterClient { client }: RegisterClient) {
        if !self.plan.bugs.forgotten_failures {
            for node in &self.failed {
                context.send(&client, NodeFailed { node: node.clone() });
            }
        }
        self.clients.insert(client);
    }

    fn ping(&mut self, context: &mut Context<Self>) {
        self.plan.say("FailureDetector", format_args!("Round {}: pinging", self.round));
        for node in self.alive.difference(&self.answered) {
            spec::monitor::<Safety>(Pinged(node.clone()));
            context.send(node, Ping { from: context.id().clone(), round: self.round });
        }
        context.send(self.timer(), StartTimer { millis: 100 });
    }

    fn note_answer(&mut self, context: &mut Context<Self>, Pong { node, round }: Pong) {
        let counts = round == self.round || self.plan.bugs.stale_answers;
        if !counts || !self.alive.contains(&node) {
            return;
        }
        self.answered.insert(node);
        if self.answered.len() == self.alive.len() {
            context.send(self.timer(), Cancel);
            context.push(FailureDetectorState::WaitForCancelResponse);
        }
    }

    fn finish_round(&mut self, context: &mut Context<Self>) {
        context.raise(RoundDone);
    }

    fn go_back(&mut self, context: &mut Context<Self>) {
        context.pop();
    }

    fn try_again(&mut self, context: &mut Context<Self>) {
        self.attempts += 1;
        let is_missing = self.answered.len() < self.alive.len();
        if is_missing && self.attempts < ATTEMPTS {
            context.goto(FailureDetectorState::SendPing);
            return;
        }
        let missing: Vec<ActorId> = self.alive.difference(&self.answered).cloned().collect();
        for node in missing {
            self.plan.say("FailureDetector", format_args!("{node} has failed"));
            for client in &self.clients {
                context.send(client, NodeFailed { node: node.clone() });
            }
            self.alive.remove(&node);
            self.failed.push(node);
        }
        if self.alive.is_empty() {
            context.goto(FailureDetectorState::NobodyLeft);
        } else {
            context.raise(RoundDone);
        }
    }

    fn reset(&mut self, context: &mut Context<Self>) {
        self.round += 1;
        self.attempts = 0;
        self.answered.clear();
        context.send(self.timer(), StartTimer { millis: 1000 });
    }

    fn say_done(&mut self) {
        self.plan.say("FailureDetector", format_args!("Nobody is left to be watched"));
    }

    fn timer(&self) -> &ActorId {
        self.timer.as_ref().expect("it is created first")
    }
}
