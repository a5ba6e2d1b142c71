//! Every failing program, found by each strategy in turn: the report shows as few preemptions as the bug
//! needs, in time, and what it shows replays, in a new process too.

use std::path::PathBuf;
use std::time::Duration;
use std::{env, fs};

use coyote::{Bug, Report, Trace};
use coyote_tests::child;
use coyote_tests::programs::{self, Program};

const PROGRAM: &str = "COYOTE_SUITE_PROGRAM";
const TRACE: &str = "COYOTE_SUITE_TRACE";

/// Explorations of each program, each with another seed and the next strategy.
fn explorations() -> u64 {
    child::count("COYOTE_SUITE_SHRINKS", 24)
}

fn preemptions(bug: &Bug) -> usize {
    bug.preemptions().count()
}

fn check(program: &Program, report: &Report) -> Trace {
    let bug = report.bug().expect("a bug");
    assert!(bug.is_reproduced(), "{report}");
    assert_eq!(bug.end().kind(), program.end, "{report}");
    assert!(bug.message().contains(program.message), "{report}");
    let (left, needed) = (preemptions(bug), program.preemptions);
    assert_eq!(left, needed, "{}: seed {}: {report}", program.name, bug.trace().seed);
    if let Some(shrinking) = report.shrinking() {
        assert!(shrinking.executions <= 501, "{shrinking:?}");
        assert!(shrinking.preemptions_before >= left, "{shrinking:?}");
        assert!(shrinking.elapsed < Duration::from_secs(10), "{shrinking:?}");
        let original = bug.original_trace().expect("kept");
        assert_eq!(original.end, bug.trace().end);
        assert_ne!(original.decisions, bug.trace().decisions);
    }
    let again = program.replay(&bug.trace().test, bug.trace()).expect("a trace of this test");
    let replayed = again.bug().unwrap_or_else(|| panic!("{again}"));
    assert!(replayed.is_reproduced(), "{again}");
    bug.trace().clone()
}

fn in_a_new_process(program: &Program, trace: &Trace) {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("shrinking");
    fs::create_dir_all(&folder).expect("the folder can be created");
    let path = folder.join(format!("{}.trace", program.name));
    fs::write(&path, trace.to_string()).expect("the file can be written");
    let settings = [(PROGRAM, program.name.as_ref()), (TRACE, path.as_os_str())];
    let child = child::run("simplest::replays_one", &settings);
    child.passes();
    assert_eq!(child.value("end"), program.end);
    assert_eq!(child.value("fingerprint"), format!("{:016x}", trace.fingerprint));
    assert_eq!(child.value("preemptions"), program.preemptions.to_string());
}

#[test]
#[ignore = "run by the tests below, in a process of its own"]
fn replays_one() {
    let program = Program::named(&child::setting(PROGRAM).expect("the program is named"));
    let path = PathBuf::from(child::setting(TRACE).expect("the trace is named"));
    let trace = programs::read(&path).expect("the trace is whole");
    let report = program.replay(&trace.test, &trace).expect("the trace is of this test");
    let bug = report.bug().unwrap_or_else(|| panic!("{report}"));
    assert!(bug.is_reproduced(), "{report}");
    println!("\nend\t{}\nfingerprint\t{:016x}", bug.end().kind(), bug.trace().fingerprint);
    println!("preemptions\t{}", preemptions(bug));
}

fn shrinks(program: &Program) {
    let reports = (0..explorations()).map(|seed| program.explore_and_shrink("simplest", seed));
    let traces: Vec<Trace> =
        reports.filter(|report| report.bug().is_some()).map(|report| check(program, &report)).collect();
    assert!(traces.len() > 1, "{}: found by too few strategies", program.name);
    in_a_new_process(program, &traces[0]);
}

macro_rules! shrinks {
    ($($program:ident),*) => {$(
        #[test]
        fn $program() {
            shrinks(&programs::$program::PROGRAM);
        }
    )*};
}

shrinks!(choices, condvar, deadlock, detached_panic, lanes, mpsc, notify, racing_time, select, timeout);

#[test]
fn the_report_leads_with_what_is_held_up_and_where() {
    let report = programs::deadlock::PROGRAM.explore_and_shrink("simplest", 0).to_string();
    let at = |part: &str| report.find(part).unwrap_or_else(|| panic!("no {part:?} in:\n{report}"));
    let (headline, cause) = (at("deadlock: "), at("it takes one preemption:"));
    assert!(headline < cause && cause < at("where the tasks are:"), "{report}");
    let lines: Vec<&str> = report[cause..].lines().skip(1).collect();
    assert!(lines[0].contains(" is held up before `") && lines[0].ends_with(" goes on"), "{report}");
    // With an excerpt, unless that of who waits for what has all of its lines.
    let place = lines[1].trim_start().trim_start_matches("--> ");
    assert!(place.starts_with("tests/src/programs/deadlock.rs:"), "{report}");
    let excerpts: Vec<&str> = report[headline..cause].lines().collect();
    assert!(excerpts.iter().any(|line| line.trim().starts_with("--> tests/src/programs/deadlock.rs:")));
    assert!(excerpts.iter().any(|line| line.contains("| ") && line.ends_with(".lock().await;")), "{report}");
    assert!(
        excerpts.iter().any(|line| line.contains("^^^^ main/") && line.contains(" waits here to lock ")),
        "{report}"
    );
    assert!(report.contains("  shrunk from "), "{report}");
}
