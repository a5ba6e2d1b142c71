//! Failing schedules of distinct classes are replayed one by one, each in a new process.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

use coyote::{Report, Trace};
use coyote_tests::child;
use coyote_tests::programs::{self, Program};

const PROGRAM: &str = "COYOTE_SUITE_PROGRAM";
const TRACE: &str = "COYOTE_SUITE_TRACE";
/// More explorations than anybody should need to find what is asked for.
const MOST_EXPLORATIONS: u64 = 20_000;

/// Finds so many failing schedules, no two of one class, and writes each to a file.
fn collect(program: &Program, test: &str, wanted: u64) -> Vec<(PathBuf, Trace)> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("replays").join(program.name);
    fs::create_dir_all(&folder).expect("the folder can be created");
    let mut found: BTreeMap<u64, (PathBuf, Trace)> = BTreeMap::new();
    for seed in 0..MOST_EXPLORATIONS {
        if found.len() as u64 == wanted {
            break;
        }
        let report = program.explore(test, seed, 100);
        let Some(bug) = report.bug() else { continue };
        assert!(bug.is_reproduced(), "seed {seed}: {report}");
        assert_eq!(bug.end().kind(), program.end, "seed {seed}: {report}");
        assert!(bug.message().contains(program.message), "seed {seed}: {report}");
        let trace = bug.trace().clone();
        let path = folder.join(format!("{:016x}.trace", trace.fingerprint));
        found.entry(trace.fingerprint).or_insert_with(|| {
            fs::write(&path, trace.to_string()).expect("the file can be written");
            (path, trace)
        });
    }
    assert_eq!(found.len() as u64, wanted, "{}: too few distinct failing schedules", program.name);
    found.into_values().collect()
}

/// How many schedules of each program there are to be.
fn wanted() -> u64 {
    child::count("COYOTE_SUITE_REPLAYS", 10)
}

/// Replays schedules from their files, and a tenth of them from their short strings too.
fn every_schedule_replays(program: &Program) {
    let test = format!("{}::short::{}", module_path!(), program.name);
    let (_, short_test) = test.split_once("::").expect("a path has a crate");
    let schedules = collect(program, &test, wanted());
    let mut failed = Vec::new();
    for (at, (path, trace)) in schedules.iter().enumerate() {
        if let Err(what) = from_file(program, path, trace) {
            failed.push(format!("{}: {what}", path.display()));
        }
        if at % 10 == 0 {
            from_string(short_test, trace);
        }
    }
    assert!(failed.is_empty(), "{} of {} did not replay: {failed:#?}", failed.len(), schedules.len());
    println!("{}: {} of {} replayed", program.name, schedules.len(), schedules.len());
}

fn from_file(program: &Program, path: &Path, trace: &Trace) -> Result<(), String> {
    let settings = [(PROGRAM, program.name.as_ref()), (TRACE, path.as_os_str())];
    let child = child::run("other_processes::replays_one_file", &settings);
    if !child.status.success() {
        return Err(format!("{child:?}"));
    }
    let again =
        (child.value("end"), child.value("message"), child.value("fingerprint"), child.value("reproduced"));
    let recorded = (trace.end.as_str(), flat(&trace.message), format!("{:016x}", trace.fingerprint));
    let same = again == (recorded.0, &recorded.1, &recorded.2, "true");
    if same { Ok(()) } else { Err(format!("recorded {recorded:?}, replayed {again:?}")) }
}

fn from_string(test: &str, trace: &Trace) {
    let child = child::run(test, &[("COYOTE_REPLAY", trace.to_short())]);
    child.fails_with(&["coyote: replayed", &trace.message]);
    assert!(!child.stderr.contains("not in the very execution"), "{child:#?}");
}

fn flat(text: &str) -> String {
    text.replace('\n', "\\n")
}

#[test]
#[ignore = "run by the tests below, in a process of its own"]
fn replays_one_file() {
    let program = Program::named(&child::setting(PROGRAM).expect("the program is named"));
    let path = PathBuf::from(child::setting(TRACE).expect("the trace is named"));
    let trace = programs::read(&path).expect("the trace is whole");
    let report: Report = program.replay(&trace.test, &trace).expect("the trace is of this test");
    match report.bug() {
        Some(bug) => {
            println!("\nend\t{}\nmessage\t{}", bug.end().kind(), flat(&bug.message()));
            println!("fingerprint\t{:016x}\nreproduced\t{}", bug.trace().fingerprint, bug.is_reproduced());
        }
        None => panic!("{report}"),
    }
}

/// The programs as tests, for short strings: what they need besides the trace is said here again.
mod short {
    use super::programs;

    macro_rules! programs {
        ($($program:ident $(($($arguments:tt)*))?),*) => {$(
            #[coyote::test$(($($arguments)*))?]
            #[ignore = "run by the tests of this file, in a process of its own"]
            async fn $program() {
                programs::$program::body().await;
            }
        )*};
    }

    programs!(
        choices,
        deadlock,
        detached_panic,
        lanes(lanes = 2),
        mpsc,
        notify,
        racing_time,
        select,
        timeout
    );

    #[coyote::test]
    #[ignore = "run by the tests of this file, in a process of its own"]
    fn condvar() {
        programs::condvar::body();
    }
}

macro_rules! replays {
    ($($program:ident),*) => {$(
        #[test]
        fn $program() {
            every_schedule_replays(&programs::$program::PROGRAM);
        }
    )*};
}

replays!(choices, condvar, deadlock, detached_panic, lanes, mpsc, notify, racing_time, select, timeout);
