//! The graph of tasks and objects as DGML, which Visual Studio draws.

use std::fmt::Write;

use crate::graph::{Graph, Node};
use crate::html::escape;
use crate::model::Recorded;

/// Returns the graph.
pub fn graph(recorded: &Recorded) -> String {
    let graph = Graph::of(recorded);
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    let _ = writeln!(
        text,
        "<DirectedGraph xmlns=\"http://schemas.microsoft.com/vs/2009/dgml\" Title=\"{}\">",
        escape(&recorded.test)
    );
    text.push_str("  <Nodes>\n");
    for (node, name) in &graph.nodes {
        let category = match node {
            Node::Task(task) if recorded.end.task == Some(*task) || recorded.cycle.contains(task) => "Failed",
            Node::Task(_) => "Task",
            Node::Object(_) => "Object",
        };
        let _ = writeln!(
            text,
            "    <Node Id=\"{}\" Label=\"{}\" Category=\"{category}\" />",
            id(*node),
            escape(name)
        );
    }
    text.push_str("  </Nodes>\n  <Links>\n");
    for (from, to, tie, said) in &graph.edges {
        let label = if said.is_empty() { tie.name() } else { said };
        let _ = writeln!(
            text,
            "    <Link Source=\"{}\" Target=\"{}\" Label=\"{}\" Category=\"{}\" />",
            id(*from),
            id(*to),
            escape(label),
            escape(tie.name())
        );
    }
    text.push_str("  </Links>\n  <Categories>\n");
    for (category, style) in [
        ("Task", "Background=\"#FFE7E9FB\""),
        ("Object", "Background=\"#FFF1F1EF\""),
        ("Failed", "Background=\"#FFFDE8E8\" Stroke=\"#FFC0262D\""),
        ("waits for", "Stroke=\"#FFC0262D\""),
        ("held by", "Stroke=\"#FFC0262D\""),
        ("spawns", "StrokeDashArray=\"2\""),
        ("uses", "Stroke=\"#FF8A8A92\""),
    ] {
        let _ = writeln!(text, "    <Category Id=\"{category}\" {style} />");
    }
    text.push_str("  </Categories>\n</DirectedGraph>\n");
    text
}

fn id(node: Node) -> String {
    match node {
        Node::Task(task) => format!("task{task}"),
        Node::Object(object) => format!("object{object}"),
    }
}
