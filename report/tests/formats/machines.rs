use coyote_report::text::{Style, console, first_screen, full};
use coyote_report::{github, html, junit, summary};
use serde_json::Value;

use crate::{ALL, recording};

#[test]
fn annotations_are_workflow_commands_one_a_line() {
    let mut recorded = recording("v1-race.json");
    recorded.end.message = "50 % lost\nline 2".to_owned();
    let commands = github::annotations(&recorded);
    for line in commands.lines() {
        assert!(line.starts_with("::error ") || line.starts_with("::warning "), "{line}");
        assert!(!line.contains("line=0"), "{line}");
    }
    assert!(commands.contains("::50 %25 lost%0Aline 2"), "{commands}");
    assert!(commands.contains("file=tests/corpus/src/sctbench/work_steal_queue.rs,line=111,"), "{commands}");
}

#[test]
fn properties_are_well_formed() {
    for name in ALL {
        let mut recorded = recording(name);
        recorded.end.message = "<a> & \"b\"\n\u{1b}[1m".to_owned();
        let element = junit::element(&recorded);
        let document = roxmltree::Document::parse(&element).unwrap_or_else(|error| panic!("{name}: {error}"));
        let message = document
            .descendants()
            .find(|node| node.attribute("name") == Some("coyote.message"))
            .and_then(|node| node.attribute("value"));
        assert_eq!(message, Some("<a> & \"b\"\n\u{fffd}[1m"));
    }
}

#[test]
fn the_summary_names_the_places_that_matter() {
    let summary: Value = serde_json::from_str(&summary::json(&recording("v1-race.json"))).expect("JSON");
    assert_eq!(summary["version"], 1);
    assert_eq!(summary["preemptions"], 2);
    let causes = summary["causes"].as_array().expect("causes");
    let lines = causes.iter().flat_map(|cause| cause["places"].as_array().expect("places"));
    let lines: Vec<u64> = lines.map(|mark| mark["place"]["line"].as_u64().expect("a line")).collect();
    assert!(lines.contains(&111) && lines.contains(&138), "{lines:?}");
}

#[test]
fn plain_text_has_no_escapes_and_colours_change_nothing_else() {
    for name in ALL {
        let recorded = recording(name);
        let plain = console(&recorded, Style::Plain);
        assert!(!plain.contains('\u{1b}'));
        let coloured = console(&recorded, Style::Coloured);
        assert!(coloured.contains('\u{1b}'));
        assert_eq!(without_escapes(&coloured), plain, "{name}");
    }
}

fn without_escapes(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    parts.for_each(|part| plain.push_str(part.split_once('m').map_or("", |(_, rest)| rest)));
    plain
}

#[test]
fn the_first_screen_is_one() {
    for name in ALL {
        let lines = first_screen(&recording(name), Style::Plain).lines().count();
        assert!(lines <= 50, "{name}: {lines} lines");
    }
}

#[test]
fn the_file_has_every_step() {
    let recorded = recording("v1-race.json");
    let text = full(&recorded);
    for step in recorded.steps.iter().filter(|step| step.op == "store") {
        let line = recorded.places[step.place.expect("a place") as usize].line;
        assert!(text.contains(&format!("work_steal_queue.rs:{line} ")), "{line}");
    }
}

#[test]
fn the_page_is_closed_and_whole() {
    let mut recorded = recording("v1-race.json");
    recorded.output = "</script><script>alert(1)</script> {{data}} <!-- ".to_owned();
    recorded.test = "<b>{{style}}</b>".to_owned();
    let page = html::page(&recorded);
    assert_eq!(page.matches("</script>").count(), 3, "what is recorded ends no script");
    assert!(page.contains("<title>failed: &lt;b&gt;{{style}}&lt;/b&gt;</title>"));
    assert!(page.contains("default-src 'none'"));
    for outside in ["src=", "href=", "@import", "url(", "fetch(", "XMLHttpRequest", "http://", "https://"] {
        let script = page.split("<script type=\"application/json\"").next().expect("a head");
        assert!(!script.contains(outside), "the page reaches for {outside}");
    }
}
