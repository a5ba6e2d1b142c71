//! What each detector finds is found again from its trace in a new process, and found as well where every
//! execution has a process of its own. The twins pass there.

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::{env, fs};

use coyote::{Config, Detector, Explorer, Isolate, Lanes, Leaks, Report, Trace};
use coyote_tests::child;

use super::{config, data_races, guards_across_await, leaks, lock_order, lost_wakeups, spurious};

const CASE: &str = "COYOTE_SUITE_CASE";
const TRACE: &str = "COYOTE_SUITE_TRACE";

type Body = fn() -> Pin<Box<dyn Future<Output = ()>>>;

/// What one detector finds, and its twin.
struct Case {
    name: &'static str,
    configure: fn(Config) -> Config,
    wrong: Body,
    right: Body,
    /// What the report of the wrong one says.
    says: &'static str,
}

const CASES: [Case; 6] = [
    Case {
        name: "lost-wakeup",
        configure: |config| config,
        wrong: || Box::pin(lost_wakeups::one_waits(false, true)),
        right: || Box::pin(lost_wakeups::one_waits(true, true)),
        says: "lost wake-up: main/1 can never be woken: its future returned `Pending` without keeping its waker",
    },
    Case {
        name: "leak",
        configure: |config| config.leaks(Leaks::Fail),
        wrong: || Box::pin(leaks::forgets_a_permit()),
        right: || Box::pin(leaks::leaks_nothing()),
        says: "leak in task main/1: the share or permit of a Semaphore",
    },
    Case {
        name: "guard-across-await",
        configure: |config| config.lanes(Lanes::CurrentThread),
        wrong: || Box::pin(guards_across_await::deadlocks()),
        right: || Box::pin(guards_across_await::passes_on()),
        says: " across an .await at ",
    },
    Case {
        name: "data-race",
        configure: |config| config,
        wrong: || Box::pin(async { data_races::relaxed() }),
        right: || Box::pin(async { data_races::released() }),
        says: "data race in task main: UnsafeCell main",
    },
    Case {
        name: "lock-order",
        configure: lock_order::in_turn,
        wrong: || Box::pin(lock_order::circle()),
        right: || Box::pin(lock_order::no_circle()),
        says: " wait for each other",
    },
    Case {
        name: "spurious",
        configure: |config| config,
        wrong: || Box::pin(spurious::one_opens(false)),
        right: || Box::pin(spurious::one_opens(true)),
        says: "went through a closed gate",
    },
];

impl Case {
    fn config(&self) -> Config {
        (self.configure)(config(self.name))
    }

    fn check(&self, report: &Report) {
        let bug = report.bug().unwrap_or_else(|| panic!("{}: nothing was found\n{report}", self.name));
        assert!(bug.is_reproduced() && bug.message().contains(self.says), "{}: {report}", self.name);
    }
}

fn isolated(config: Config) -> Config {
    config.isolate(Isolate::Process).iterations(200)
}

#[test]
fn findings_replay_in_a_new_process() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("detectors");
    fs::create_dir_all(&folder).expect("the folder can be created");
    for case in CASES {
        let report = Explorer::new(case.config()).run(case.wrong);
        case.check(&report);
        let trace = report.bug().expect("just looked at").trace();
        let path = folder.join(format!("{}.trace", case.name));
        fs::write(&path, trace.to_string()).expect("the file can be written");
        let settings = [(CASE, case.name.as_ref()), (TRACE, path.as_os_str())];
        let child = child::run("other_processes::replays_one", &settings);
        child.passes();
        assert_eq!(child.value("fingerprint"), format!("{:016x}", trace.fingerprint), "{}", case.name);
    }
}

#[test]
#[ignore = "run by the test above, in a process of its own"]
fn replays_one() {
    let name = child::setting(CASE).expect("the case is named");
    let case = CASES.into_iter().find(|case| case.name == name).expect("there is such a case");
    let path = child::setting(TRACE).expect("the trace is named");
    let text = fs::read_to_string(path).expect("the trace was written");
    let trace = Trace::parse_file(&text).expect("the trace is whole");
    let report = Explorer::new(case.config()).replay(&trace, case.wrong).expect("the trace is this test's");
    case.check(&report);
    println!("\nfingerprint\t{:016x}", report.bug().expect("just looked at").trace().fingerprint);
}

#[test]
fn isolated_executions_show_the_same() {
    for case in CASES {
        case.check(&Explorer::new(isolated(case.config())).run(case.wrong));
        let report = Explorer::new(isolated(case.config())).run(case.right);
        assert!(report.bug().is_none() && report.warnings().is_empty(), "{}: {report}", case.name);
    }
}

#[test]
fn isolated_executions_warn_of_the_same() {
    let warned = |config: Config, body: Body| {
        let report = Explorer::new(isolated(config)).run(body);
        assert!(report.bug().is_none(), "{report}");
        let [warning] = report.warnings() else { panic!("{report}") };
        warning.detector
    };
    assert_eq!(warned(config("leak"), || Box::pin(leaks::forgets_a_permit())), Detector::Leak);
    let one_thread = config("guard").lanes(Lanes::CurrentThread);
    let guard = warned(one_thread, || Box::pin(guards_across_await::locks_later()));
    assert_eq!(guard, Detector::GuardAcrossAwait);
    let circle = warned(config("circle"), || Box::pin(async { lock_order::either_or() }));
    assert_eq!(circle, Detector::LockOrder);
}
