//! Coverage as graphs: states with what led from one to the next, and who sent what to whom; locks, by the order in
//! which they were taken.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::Coverage;
use crate::dot::quote;
use crate::html::escape;

/// What an edge stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tie {
    Goes,
    Sends,
    Taken,
    Contradicts,
    Has,
}

impl Tie {
    fn name(self) -> &'static str {
        match self {
            Tie::Goes => "goes",
            Tie::Sends => "sends",
            Tie::Taken => "taken",
            Tie::Contradicts => "contradicts",
            Tie::Has => "has",
        }
    }
}

#[derive(Default)]
struct Graph {
    /// Name and whether it was reached, by key.
    nodes: BTreeMap<String, (String, bool)>,
    edges: Vec<(String, String, String, Tie)>,
}

impl Graph {
    fn of(coverage: &Coverage) -> Graph {
        let mut graph = Graph::default();
        for (name, machine) in &coverage.machines {
            graph.nodes.insert(name.clone(), (format!("{} {name}", machine.kind), true));
            let key = |state: &str| if state.is_empty() { name.clone() } else { format!("{name}.{state}") };
            for (state_name, state) in &machine.states {
                let here = key(state_name);
                if !state_name.is_empty() {
                    graph.nodes.insert(here.clone(), (state_name.clone(), state.entered > 0));
                    graph.edges.push((name.clone(), here.clone(), String::new(), Tie::Has));
                }
                for (way, count) in &state.goes {
                    if let Some((event, to)) = way.split_once(" -> ") {
                        graph.edges.push((here.clone(), key(to), format!("{event} ×{count}"), Tie::Goes));
                    }
                }
                for (way, count) in &state.sends {
                    if let Some((event, to)) = way.split_once(" -> ") {
                        let label = format!("{event} ×{count}");
                        graph.nodes.entry(to.to_owned()).or_insert_with(|| (to.to_owned(), true));
                        graph.edges.push((here.clone(), to.to_owned(), label, Tie::Sends));
                    }
                }
            }
        }
        graph.add_locks(coverage);
        graph
    }

    fn add_locks(&mut self, coverage: &Coverage) {
        let both: BTreeSet<(&str, &str)> = coverage.contradictions().into_iter().collect();
        for (order, count) in &coverage.lock_orders {
            let Some((held, taken)) = order.split_once(" -> ") else { continue };
            let is_both = both.contains(&(held, taken)) || both.contains(&(taken, held));
            for lock in [held, taken] {
                self.nodes.insert(lock.to_owned(), (lock.to_owned(), true));
            }
            let tie = if is_both { Tie::Contradicts } else { Tie::Taken };
            self.edges.push((held.to_owned(), taken.to_owned(), format!("×{count}"), tie));
        }
    }
}

impl Coverage {
    /// Returns the machines and the orders of locks as a graph in the DOT language. What was never reached is dashed.
    pub fn dot(&self) -> String {
        let graph = Graph::of(self);
        let mut text = String::from(
            "digraph coverage {\n  node [shape=box, style=rounded, fontname=\"sans-serif\", fontsize=11];\n",
        );
        text.push_str("  edge [fontname=\"sans-serif\", fontsize=9, color=\"#8a8a92\"];\n");
        for (key, (name, is_reached)) in &graph.nodes {
            let style = if *is_reached { "" } else { ", style=\"rounded,dashed\"" };
            let _ = writeln!(text, "  {} [label={}{style}];", quote(key), quote(name));
        }
        for (from, to, label, tie) in &graph.edges {
            let style = match tie {
                Tie::Goes => ", color=\"#3b4cca\"",
                Tie::Sends => ", style=dashed",
                Tie::Taken => "",
                Tie::Contradicts => ", color=\"#c0262d\", penwidth=2",
                Tie::Has => ", style=dotted, arrowhead=none",
            };
            let _ = writeln!(text, "  {} -> {} [label={}{style}];", quote(from), quote(to), quote(label));
        }
        text.push_str("}\n");
        text
    }

    /// Returns the same graph as DGML, which Visual Studio draws.
    pub fn dgml(&self) -> String {
        let graph = Graph::of(self);
        let mut text = String::from(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<DirectedGraph \
             xmlns=\"http://schemas.microsoft.com/vs/2009/dgml\" Title=\"coverage\">\n  <Nodes>\n",
        );
        for (key, (name, is_reached)) in &graph.nodes {
            let category = if *is_reached { "Reached" } else { "Never" };
            let _ = writeln!(
                text,
                "    <Node Id=\"{}\" Label=\"{}\" Category=\"{category}\" />",
                escape(key),
                escape(name)
            );
        }
        text.push_str("  </Nodes>\n  <Links>\n");
        for (from, to, label, tie) in &graph.edges {
            let _ = writeln!(
                text,
                "    <Link Source=\"{}\" Target=\"{}\" Label=\"{}\" Category=\"{}\" />",
                escape(from),
                escape(to),
                escape(label),
                tie.name()
            );
        }
        text.push_str("  </Links>\n  <Categories>\n");
        for (category, style) in [
            ("Reached", "Background=\"#FFE7E9FB\""),
            ("Never", "Background=\"#FFFFFFFF\" StrokeDashArray=\"2\""),
            (Tie::Goes.name(), "Stroke=\"#FF3B4CCA\""),
            (Tie::Sends.name(), "StrokeDashArray=\"2\""),
            (Tie::Taken.name(), "Stroke=\"#FF8A8A92\""),
            (Tie::Contradicts.name(), "Stroke=\"#FFC0262D\""),
            (Tie::Has.name(), "Stroke=\"#FFDDDCD8\""),
        ] {
            let _ = writeln!(text, "    <Category Id=\"{category}\" {style} />");
        }
        text.push_str("  </Categories>\n</DirectedGraph>\n");
        text
    }
}
