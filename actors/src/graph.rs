//! The actor graph: who created whom, and who sent what to whom, in which states.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use crate::id::ActorId;
use crate::log::{Log, LogEvent};

/// Collects the actor graph, as a [`Log`]. Shared by the executions of an exploration it collects that of
/// all: actors of one type are then one node. Names given by the program are nodes of their own.
#[derive(Debug, Default)]
pub struct Graph {
    data: Mutex<Data>,
}

#[derive(Debug, Default)]
struct Data {
    nodes: BTreeMap<String, NodeData>,
    edges: BTreeMap<(String, String, &'static str), EdgeData>,
}

#[derive(Debug, Default)]
struct NodeData {
    created: u64,
    creators: BTreeSet<String>,
}

#[derive(Debug, Default)]
struct EdgeData {
    sent: u64,
    from_states: BTreeSet<String>,
    in_states: BTreeSet<String>,
}

/// A kind of actor, or a named one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Node {
    /// The type of the actors, or the name of the one.
    pub name: String,
    /// How often it was created.
    pub created: u64,
    /// By whom; the empty string stands for what is no actor.
    pub creators: Vec<String>,
}

/// Events of one type from one kind of actor to another.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Edge {
    /// Who sent them; the empty string stands for what is no actor.
    pub from: String,
    /// To whom.
    pub to: String,
    /// The event.
    pub event: &'static str,
    /// How many were sent.
    pub sent: u64,
    /// The states of the senders.
    pub from_states: Vec<String>,
    /// The states in which such events were taken by the receiver, whoever sent them.
    pub in_states: Vec<String>,
}

impl Graph {
    /// Creates an empty graph.
    pub fn new() -> Self {
        Graph::default()
    }

    /// Returns the nodes, by name.
    pub fn nodes(&self) -> Vec<Node> {
        let data = self.data.lock().unwrap_or_else(PoisonError::into_inner);
        let node = |(name, node): (&String, &NodeData)| {
            let creators = node.creators.iter().cloned().collect();
            Node { name: name.clone(), created: node.created, creators }
        };
        data.nodes.iter().map(node).collect()
    }

    /// Returns the edges, by sender, receiver and event.
    pub fn edges(&self) -> Vec<Edge> {
        let data = self.data.lock().unwrap_or_else(PoisonError::into_inner);
        let edge = |((from, to, event), edge): (&(String, String, &'static str), &EdgeData)| {
            let list = |states: &BTreeSet<String>| states.iter().cloned().collect();
            let (from, to, sent) = (from.clone(), to.clone(), edge.sent);
            let (from_states, in_states) = (list(&edge.from_states), list(&edge.in_states));
            Edge { from, to, event, sent, from_states, in_states }
        };
        data.edges.iter().map(edge).collect()
    }
}

fn name(actor: Option<&ActorId>) -> String {
    actor
        .map_or_else(String::new, |actor| actor.name().map_or_else(|| actor.kind().to_owned(), str::to_owned))
}

impl Log for Graph {
    fn log(&self, event: &LogEvent<'_>) {
        let mut data = self.data.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            LogEvent::Created { actor, creator, .. } => {
                let node = data.nodes.entry(name(Some(actor))).or_default();
                node.created += 1;
                node.creators.insert(name(*creator));
            }
            LogEvent::Sent { from, state, to, event } => {
                let edge = data.edges.entry((name(*from), name(Some(to)), event)).or_default();
                edge.sent += 1;
                if !state.is_empty() {
                    edge.from_states.insert((*state).to_owned());
                }
            }
            LogEvent::TimerElapsed { actor, event } => {
                let name = name(Some(actor));
                data.edges.entry((name.clone(), name, event)).or_default().sent += 1;
            }
            LogEvent::Dequeued { actor, state, event } | LogEvent::Received { actor, state, event } => {
                let name = name(Some(actor));
                for ((_, to, sent), edge) in &mut data.edges {
                    if *to == name && sent == event && !state.is_empty() {
                        edge.in_states.insert((*state).to_owned());
                    }
                }
            }
            _ => {}
        }
    }
}
