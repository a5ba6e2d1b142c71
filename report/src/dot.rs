//! The graph of tasks and objects, for Graphviz.

use std::fmt::Write;

use crate::graph::{Graph, Node, Tie};
use crate::model::Recorded;

/// Returns the graph in the DOT language. Waits and holders at the end are drawn in red.
pub fn graph(recorded: &Recorded) -> String {
    let graph = Graph::of(recorded);
    let mut text =
        String::from("digraph coyote {\n  rankdir=LR;\n  node [fontname=\"sans-serif\", fontsize=11];\n");
    text.push_str("  edge [fontname=\"sans-serif\", fontsize=9, color=\"#8a8a92\"];\n");
    let _ = writeln!(text, "  label={};", quote(&format!("{}\n{}", recorded.test, recorded.end.message)));
    for (node, name) in &graph.nodes {
        let failed = matches!(node, Node::Task(task)
            if recorded.end.task == Some(*task) || recorded.cycle.contains(task));
        let shape = match node {
            Node::Task(_) => "shape=box, style=rounded",
            Node::Object(_) => "shape=ellipse",
        };
        let colour = if failed { ", color=\"#c0262d\", penwidth=2" } else { "" };
        let _ = writeln!(text, "  {} [label={}, {shape}{colour}];", id(*node), quote(name));
    }
    for (from, to, tie, said) in &graph.edges {
        let style = match tie {
            Tie::Spawns => "style=dotted",
            Tie::Uses => "arrowhead=none",
            Tie::Waits | Tie::HeldBy => "color=\"#c0262d\", penwidth=2",
        };
        let label = match (tie, said.is_empty()) {
            (Tie::Uses, _) => said.clone(),
            (_, true) => tie.name().to_owned(),
            _ => format!("{}: {said}", tie.name()),
        };
        let _ = writeln!(text, "  {} -> {} [label={}, {style}];", id(*from), id(*to), quote(&label));
    }
    text.push_str("}\n");
    text
}

fn id(node: Node) -> String {
    match node {
        Node::Task(task) => format!("t{task}"),
        Node::Object(object) => format!("o{object}"),
    }
}

pub(crate) fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}
