//! Tasks, what they share, and how they touch it: what the graph formats draw.

use std::collections::BTreeMap;

use crate::model::{Index, Readiness, Recorded};

/// A node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Node {
    Task(Index),
    Object(Index),
}

/// What an edge stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tie {
    /// A task has created another.
    Spawns,
    /// A task has used an object, so often.
    Uses,
    /// At the end, a task waits for an object.
    Waits,
    /// At the end, an object is held by a task.
    HeldBy,
}

impl Tie {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Tie::Spawns => "spawns",
            Tie::Uses => "uses",
            Tie::Waits => "waits for",
            Tie::HeldBy => "held by",
        }
    }
}

/// Nodes, and edges with a label each.
pub(crate) struct Graph {
    pub(crate) nodes: Vec<(Node, String)>,
    pub(crate) edges: Vec<(Node, Node, Tie, String)>,
}

impl Graph {
    pub(crate) fn of(recorded: &Recorded) -> Graph {
        let node_of = |object: Index| match recorded.objects[object as usize].task {
            Some(task) => Node::Task(task),
            None => Node::Object(object),
        };
        let mut edges: BTreeMap<(Node, Node, Tie), BTreeMap<&str, usize>> = BTreeMap::new();
        for (at, task) in recorded.tasks.iter().enumerate() {
            if let Some(parent) = task.parent {
                edges.entry((Node::Task(parent), Node::Task(at as Index), Tie::Spawns)).or_default();
            }
        }
        for step in &recorded.steps {
            let object = step.object.filter(|&object| recorded.objects[object as usize].task.is_none());
            if let Some(object) = object {
                let ops = edges.entry((Node::Task(step.task), Node::Object(object), Tie::Uses)).or_default();
                *ops.entry(step.op.as_str()).or_default() += 1;
            }
        }
        for position in recorded.positions.iter().filter(|position| position.state == Readiness::Waits) {
            for on in &position.on {
                let Some(object) = on.object else { continue };
                let wanted = node_of(object);
                *edges
                    .entry((Node::Task(position.task), wanted, Tie::Waits))
                    .or_default()
                    .entry(on.op.as_str())
                    .or_default() += 1;
                for &holder in on.held_by.iter().filter(|&&holder| wanted != Node::Task(holder)) {
                    edges.entry((wanted, Node::Task(holder), Tie::HeldBy)).or_default();
                }
            }
        }
        let tasks = recorded.tasks.iter().enumerate().skip(1);
        let tasks = tasks.map(|(at, task)| (Node::Task(at as Index), task.name.clone()));
        let objects = recorded.objects.iter().enumerate().filter(|(_, object)| object.task.is_none());
        let objects = objects.map(|(at, object)| (Node::Object(at as Index), object.name.clone()));
        let edges = edges.into_iter().map(|((from, to, tie), ops)| {
            let said: Vec<String> = ops
                .into_iter()
                .map(|(op, count)| match (tie, count) {
                    (Tie::Waits, _) | (_, 1) => op.to_owned(),
                    (_, count) => format!("{op} ×{count}"),
                })
                .collect();
            (from, to, tie, said.join(", "))
        });
        Graph { edges: edges.collect(), nodes: tasks.chain(objects).collect() }
    }
}
