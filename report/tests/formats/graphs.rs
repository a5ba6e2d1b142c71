use std::io::Write;
use std::process::{Command, Stdio};

use coyote_report::{Actor, ActorEvent, Recorded, coverage::Coverage, dgml, dot, mermaid};

use crate::{ALL, recording};

/// Has Graphviz read a graph; None if it is not there.
fn drawn(graph: &str) -> Option<String> {
    let mut child = Command::new("dot")
        .arg("-Tsvg")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    child.stdin.take().expect("a pipe").write_all(graph.as_bytes()).expect("dot reads");
    let output = child.wait_with_output().expect("dot ends");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).expect("dot writes text"))
}

#[test]
fn graphviz_draws_the_graph() {
    for name in ALL {
        let recorded = recording(name);
        let Some(svg) = drawn(&dot::graph(&recorded)) else {
            eprintln!("skipped: there is no dot here");
            return;
        };
        for task in &recorded.tasks[1..] {
            let name_in_svg = task.name.replace('"', "&quot;");
            assert!(svg.contains(&format!(">{name_in_svg}<")), "{name}: {} is drawn", task.name);
        }
    }
}

#[test]
fn the_graph_of_a_deadlock_leads_from_each_task_to_what_it_waits_for_and_on_to_its_holder() {
    let graph = dot::graph(&recording("v1-deadlock.json"));
    let edges: Vec<&str> =
        graph.lines().filter(|line| line.contains("#c0262d") && line.contains("->")).collect();
    assert_eq!(edges.iter().filter(|line| line.contains("waits for: lock")).count(), 2, "{graph}");
    assert_eq!(edges.iter().filter(|line| line.contains("held by")).count(), 2, "{graph}");
}

#[test]
fn dgml_is_well_formed_and_its_links_have_ends() {
    for name in ALL {
        let text = dgml::graph(&recording(name));
        let document = roxmltree::Document::parse(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let all = |tag: &'static str| {
            document
                .descendants()
                .filter(move |node| node.has_tag_name(("http://schemas.microsoft.com/vs/2009/dgml", tag)))
        };
        let nodes: Vec<&str> = all("Node").filter_map(|node| node.attribute("Id")).collect();
        let categories: Vec<&str> = all("Category").filter_map(|node| node.attribute("Id")).collect();
        assert!(all("Link").count() > 2, "{name}");
        for link in all("Link") {
            for end in ["Source", "Target"] {
                assert!(nodes.contains(&link.attribute(end).expect("an end")), "{name}: {link:?}");
            }
            assert!(
                categories.contains(&link.attribute("Category").expect("a category")),
                "{name}: {link:?}"
            );
        }
    }
}

#[test]
fn a_name_cannot_break_a_graph() {
    let mut recorded = recording("v1-race.json");
    recorded.tasks[1].name = "a \"quoted\" <name> & \\ a\nline\u{1}".to_owned();
    roxmltree::Document::parse(&dgml::graph(&recorded)).expect("well-formed");
    let _drawn_or_not_there = drawn(&dot::graph(&recorded));
    assert!(
        mermaid::sequence(&recorded).lines().all(|line| line.starts_with("  ") || line == "sequenceDiagram")
    );
}

#[test]
fn the_sequence_diagram_declares_whom_it_names() {
    for name in ALL {
        let diagram = mermaid::sequence(&recording(name));
        let declared: Vec<&str> = diagram
            .lines()
            .filter_map(|line| line.trim().strip_prefix("participant ")?.split(' ').next())
            .collect();
        let messages = diagram.lines().filter_map(|line| line.split_once("->>"));
        for (from, to) in messages {
            let to = to.split(':').next().expect("a receiver");
            assert!(declared.contains(&from.trim()) && declared.contains(&to), "{name}: {from} to {to}");
        }
    }
}

#[test]
fn coverage_adds_up_over_runs_and_tells_contradicting_orders() {
    let (race, deadlock) = (recording("v1-race.json"), recording("v1-deadlock.json"));
    let mut both = Coverage::new();
    both.add(&race);
    both.add(&deadlock);
    let mut apart = Coverage::new();
    apart.add(&race);
    let mut other = Coverage::new();
    other.add(&deadlock);
    apart.merge(&Coverage::parse(&other.to_json()).expect("what is written can be read"));
    assert_eq!(apart, both);
    assert_eq!(both.executions, 2);
    let told = race.steps.iter().chain(&deadlock.steps).filter(|step| {
        step.place.is_some() && !matches!(step.op.as_str(), "start" | "resume" | "monitor" | "judge")
    });
    assert_eq!(both.points.values().map(|point| point.reached).sum::<u64>(), told.count() as u64);
    let preemptions = race.steps.iter().chain(&deadlock.steps).filter(|step| step.preempted.is_some());
    assert!(both.points.values().map(|point| point.held_up).sum::<u64>() <= preemptions.count() as u64);
    assert!(!both.text().contains('%'), "there is no denominator");

    let mut orders = Coverage::new();
    orders.lock_orders =
        [("a -> b".to_owned(), 3), ("b -> a".to_owned(), 1), ("a -> c".to_owned(), 1)].into();
    assert_eq!(orders.contradictions(), [("a", "b")]);
    assert!(orders.text().contains("both orders were seen, which may deadlock: a, and b"));
    let _drawn_or_not_there = drawn(&orders.dot());
}

/// A machine that one event takes from one state to the next, and that has a reaction nobody has seen.
fn machines() -> Coverage {
    let event = |after, state: &str, did: &str, event: &str, to: Option<&str>| ActorEvent {
        after,
        state: state.to_owned(),
        did: did.to_owned(),
        event: event.to_owned(),
        to: to.map(str::to_owned),
    };
    let actor = Actor {
        name: "Door 1".to_owned(),
        kind: "machine".to_owned(),
        machine: "Door<\"x\">".to_owned(),
        rules: vec![("Shut".to_owned(), "Knock".to_owned()), ("Shut".to_owned(), "Kick & run".to_owned())],
        events: vec![
            event(1, "", "enters", "Shut", None),
            event(2, "Shut", "handles", "Knock", None),
            event(3, "Shut", "sends", "Hello", Some("Door 1")),
            event(4, "Shut", "enters", "Open", None),
            event(5, "Open", "receives", "Answer", None),
        ],
        ..Actor::default()
    };
    let mut coverage = Coverage::new();
    coverage.add(&Recorded { actors: vec![actor], ..Recorded::default() });
    coverage
}

#[test]
fn coverage_of_machines_is_told_and_drawn() {
    let coverage = machines();
    let machine = &coverage.machines["Door<\"x\">"];
    assert_eq!(machine.declared(), (1, 2));
    assert_eq!(machine.previous("Open"), [("Shut", 1)].into());
    let text = coverage.text();
    for line in [
        "machine Door<\"x\">: 1 of 2 declared reactions were used",
        "  state Open",
        "    handled: Answer (1)",
        "    entered from: Shut (1)",
        "    never handled: Kick & run",
        "    led to: Knock -> Open (1)",
        "    sent: Hello -> Door<\"x\"> (1)",
    ] {
        assert!(text.lines().any(|shown| shown == line), "no {line:?} in:\n{text}");
    }
    if let Some(svg) = drawn(&coverage.dot()) {
        assert!(svg.contains(">Open<") && svg.contains("Knock"), "{svg}");
    }
    let dgml = coverage.dgml();
    let document = roxmltree::Document::parse(&dgml).expect("well-formed");
    let nodes: Vec<&str> = document.descendants().filter_map(|node| node.attribute("Id")).collect();
    let links: Vec<_> = document.descendants().filter(|node| node.has_attribute("Source")).collect();
    assert!(links.iter().any(|link| link.attribute("Label") == Some("Knock ×1")), "{dgml}");
    for link in links {
        for end in ["Source", "Target", "Category"] {
            assert!(nodes.contains(&link.attribute(end).expect("it is there")), "{link:?}");
        }
    }
}
