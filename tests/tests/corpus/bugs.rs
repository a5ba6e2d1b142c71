//! Every bug is found with default settings, and its trace replays in a new process.

use std::fs;
use std::path::{Path, PathBuf};

use coyote::{Report, Trace};
use coyote_corpus::{Family, Program, config, programs};
use coyote_tests::child;

const PROGRAM: &str = "COYOTE_SUITE_PROGRAM";
const TRACE: &str = "COYOTE_SUITE_TRACE";

/// Executions within which a bug is to be found.
const CAP: u64 = 10_000;

fn explore(program: &Program) -> Report {
    program.body.explore(config(program.name, CAP))
}

/// Finds a bug, and returns the file of its trace.
fn find(program: &Program) -> (PathBuf, Trace) {
    let name = program.name;
    let report = explore(program);
    println!("{name}\tfound in iteration {}", report.statistics().iterations);
    assert!(report.bug().is_some(), "{name}: not found\n{report}");
    assert!(program.expected.is_shown_by(&report), "{name}: another bug\n{report}");
    let bug = report.bug().expect("just looked at");
    assert!(bug.is_reproduced(), "{name}: the replay differs\n{report}");
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("corpus");
    fs::create_dir_all(&folder).expect("the folder can be created");
    let path = folder.join(format!("{name}.trace"));
    fs::write(&path, bug.trace().to_string()).expect("the file can be written");
    (path, bug.trace().clone())
}

fn replay_elsewhere(program: &Program, path: &Path, trace: &Trace) {
    let settings = [(PROGRAM, program.name.as_ref()), (TRACE, path.as_os_str())];
    let child = child::run("bugs::replays_one_trace", &settings);
    child.passes();
    let replayed = (child.value("end"), child.value("fingerprint"), child.value("expected"));
    assert_eq!(replayed, (trace.end.as_str(), &*format!("{:016x}", trace.fingerprint), "true"), "{child:#?}");
}

fn all_are_found_and_replay(family: Family) {
    let mut count = 0;
    for program in programs().filter(|program| program.family == family) {
        let (path, trace) = find(program);
        replay_elsewhere(program, &path, &trace);
        count += 1;
    }
    assert!(count >= 20, "only {count} programs");
}

#[test]
fn sctbench_bugs_are_found_and_replay() {
    all_are_found_and_replay(Family::SctBench);
}

#[test]
fn async_bugs_are_found_and_replay() {
    all_are_found_and_replay(Family::Async);
}

#[test]
fn names_are_unique() {
    let mut names: Vec<_> = programs().map(|program| program.name).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
}

#[test]
#[ignore = "run by the tests above, in a process of its own"]
fn replays_one_trace() {
    let name = child::setting(PROGRAM).expect("the program is named");
    let program = programs().find(|program| program.name == name).expect("there is such a program");
    let path = child::setting(TRACE).expect("the trace is named");
    let trace = coyote_tests::programs::read(Path::new(&path)).expect("the trace is whole");
    let report = program.body.replay(config(program.name, 1), &trace).expect("the trace is of this test");
    let bug = report.bug().unwrap_or_else(|| panic!("{report}"));
    println!("\nend\t{}\nfingerprint\t{:016x}", bug.end().kind(), bug.trace().fingerprint);
    println!("expected\t{}", program.expected.is_shown_by(&report) && bug.is_reproduced());
}
