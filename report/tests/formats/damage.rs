use coyote_report::text::{Style, console, full};
use coyote_report::{Recorded, dgml, dot, github, html, junit, mermaid, perfetto, summary};

use crate::{ALL, recording, text};

fn render_all(recorded: &Recorded) {
    console(recorded, Style::Coloured);
    full(recorded);
    for render in [
        html::page,
        dot::graph,
        dgml::graph,
        mermaid::sequence,
        perfetto::timeline,
        junit::element,
        github::annotations,
        summary::json,
    ] {
        render(recorded);
    }
}

#[test]
fn what_is_written_can_be_read_again() {
    for name in ALL {
        let recorded = recording(name);
        assert_eq!(Recorded::parse(&recorded.to_json()).expect("what is written can be read"), recorded);
        render_all(&recorded);
    }
    render_all(&Recorded::default());
}

#[test]
fn another_version_is_refused_by_its_number() {
    let other = text("v1-race.json").replacen("\"version\":1", "\"version\":99", 1);
    let error = Recorded::parse(&other).expect_err("of another version").to_string();
    assert!(error.contains("version 99") && error.contains("version 1;"), "{error}");
}

#[test]
fn a_file_of_something_else_is_refused_with_what_to_give_instead() {
    for text in ["", "{}", "[]", "coyote trace 1", "{\"version\":\"new\"}"] {
        let error = Recorded::parse(text).expect_err(text).to_string();
        assert!(error.contains("give the .json file"), "{error}");
    }
}

#[test]
fn an_index_out_of_range_is_named() {
    let mut recorded = recording("v1-race.json");
    recorded.steps[3].task = 1_000_000;
    let error = Recorded::parse(&recorded.to_json()).expect_err("there is no such task").to_string();
    assert!(error.contains("there is no task 1000000"), "{error}");
    let mut recorded = recording("v1-deadlock.json");
    recorded.positions[0].on[0].held_by = vec![77];
    let error = Recorded::parse(&recorded.to_json()).expect_err("there is no such task").to_string();
    assert!(error.contains("there is no task 77"), "{error}");
}

/// Whatever is cut or changed: an error, or something that can be rendered; never a panic.
#[test]
fn damaged_files_are_refused_or_rendered() {
    let whole = text("v1-deadlock.json");
    for cut in (0..whole.len()).step_by(97).filter(|&cut| whole.is_char_boundary(cut)) {
        assert!(Recorded::parse(&whole[..cut]).is_err(), "cut at {cut}");
    }
    let mut random = 7_u64;
    let mut draw = |n: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as usize % n
    };
    let mut rendered = 0;
    for _ in 0..400 {
        let mut bytes = whole.clone().into_bytes();
        for _ in 0..1 + draw(3) {
            let at = draw(bytes.len());
            bytes[at] = b"0129,:\"x]}"[draw(10)];
        }
        let Ok(changed) = String::from_utf8(bytes) else { continue };
        if let Ok(recorded) = Recorded::parse(&changed) {
            render_all(&recorded);
            rendered += 1;
        }
    }
    assert!(rendered > 20, "only {rendered} of the changed files could be read at all");
}
