//! Every program of the corpus: its shrunk report shows no more preemptions than the bug is deep, and it
//! replays in a new process.
//!
//! `COYOTE_SUITE_SHRINKS=20` makes this 20 explorations of each program rather than three.

use std::path::PathBuf;
use std::{env, fs};

use coyote::Trace;
use coyote_corpus::{Expected, Family, Program, config, programs};
use coyote_tests::child;

const TRACES: &str = "COYOTE_SUITE_TRACES";
const NAME: &str = "shrinking corpus";

/// Programs whose bugs can be shrunk: of a livelock, what comes after any schedule counts. SafeStack takes
/// too long to be found.
fn shrinkable() -> impl Iterator<Item = &'static Program> {
    programs().filter(|p| p.family != Family::Apart && p.expected != Expected::Livelock)
}

/// Finds and shrinks the bug; returns the trace.
fn shrunk(program: &Program, seed: u64) -> Trace {
    let report = program.body.explore(config(NAME, program.cap()).seed(seed).shrink(true));
    let bug = report.bug().unwrap_or_else(|| panic!("{}: {report}", program.name));
    assert!(bug.is_reproduced() && program.expected.is_shown_by(&report), "{}: {report}", program.name);
    let preemptions = bug.preemptions().count();
    assert!(preemptions <= program.depth as usize, "{}: seed {seed}: {report}", program.name);
    if let Some(shrinking) = report.shrinking() {
        assert!(shrinking.executions <= 501, "{}: {shrinking:?}", program.name);
        println!("{}: {shrinking:?}, {preemptions} after", program.name);
    }
    bug.trace().clone()
}

fn replay(program: &Program, trace: &Trace) {
    let report = program.body.replay(config(NAME, 1), trace).expect("the trace is of this test");
    let bug = report.bug().unwrap_or_else(|| panic!("{}: {report}", program.name));
    assert!(bug.is_reproduced() && bug.message() == trace.message, "{}: {report}", program.name);
    assert_eq!(bug.trace().fingerprint, trace.fingerprint, "{}", program.name);
}

#[test]
fn every_bug_is_shown_with_as_few_preemptions_as_it_is_deep_and_replays_in_a_new_process() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("shrinking-corpus");
    fs::create_dir_all(&folder).expect("the folder can be created");
    let mut count = 0;
    for program in shrinkable() {
        for seed in 0..child::count("COYOTE_SUITE_SHRINKS", 3) {
            let trace = shrunk(program, seed);
            fs::write(folder.join(program.name), trace.to_string()).expect("the file can be written");
        }
        count += 1;
    }
    assert!(count >= 48, "only {count} programs");
    let child = child::run("corpus::replays_all", &[(TRACES, folder)]);
    child.passes();
    assert_eq!(child.value("replayed"), count.to_string());
}

#[test]
#[ignore = "run by the test above, in a process of its own"]
fn replays_all() {
    let folder = PathBuf::from(child::setting(TRACES).expect("the folder is named"));
    for program in shrinkable() {
        let text = fs::read_to_string(folder.join(program.name)).expect("the trace was written");
        replay(program, &Trace::parse_file(&text).expect("the trace is whole"));
    }
    println!("\nreplayed\t{}", shrinkable().count());
}
