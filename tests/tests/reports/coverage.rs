//! What executions have covered is counted if that is asked for, and written for people and tools.

use std::path::PathBuf;
use std::sync::Arc;

use coyote::__private::TestSpec;
use coyote::actors::{ActorId, Context, Event, Runtime, actor, machine};
use coyote::std::sync::Mutex;
use coyote::{Config, Explorer, Isolate};
use coyote_report::coverage::Coverage;
use coyote_tests::child;

#[derive(Event)]
struct Insert;
#[derive(Event)]
struct Jam;
#[derive(Event)]
struct Push {
    who: ActorId,
}
#[derive(Event)]
struct Open;

struct Turnstile;

#[machine(Turnstile)]
enum TurnstileState {
    #[start]
    #[on(Insert, goto = Unlocked)]
    #[on(Jam, goto = Broken)]
    #[defer(Push)]
    Locked,
    #[on(Push, do = let_in, goto = Locked)]
    #[ignore(Insert)]
    Unlocked,
    Broken,
}

impl Turnstile {
    #[expect(clippy::needless_pass_by_value, reason = "so are handlers")]
    fn let_in(&mut self, context: &mut Context<Self>, push: Push) {
        context.send(&push.who, Open);
    }
}

struct Visitor;

#[actor]
impl Visitor {
    #[on(Open)]
    fn enter(&mut self) {}
}

async fn visits() {
    let runtime = Runtime::new();
    let turnstile = runtime.create(Turnstile);
    for _ in 0..2 {
        let who = runtime.create(Visitor);
        runtime.send(&turnstile, Insert);
        runtime.send(&turnstile, Push { who });
    }
    runtime.quiescent().await;
}

/// Takes two locks in both orders, but never at once.
async fn both_orders() {
    let (a, b) = (Arc::new(Mutex::new(0)), Arc::new(Mutex::new(0)));
    let (first, second) = (Arc::clone(&a), Arc::clone(&b));
    let task = coyote::tokio::spawn(async move {
        let _held = first.lock().unwrap();
        *second.lock().unwrap() += 1;
    });
    task.await.unwrap();
    let _held = b.lock().unwrap();
    *a.lock().unwrap() += 1;
}

fn covered<F, Fut>(config: Config, body: F) -> Coverage
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = ()>,
{
    let report = Explorer::new(config.coverage(true)).run(body);
    assert!(report.bug().is_none(), "{report}");
    report.coverage().expect("that was asked for").clone()
}

#[test]
fn events_of_machines_are_counted_by_state() {
    let coverage = covered(Config::new("visits").iterations(20), visits);
    assert_eq!(coverage.executions, 20);
    let turnstile = &coverage.machines["Turnstile"];
    assert_eq!((turnstile.kind.as_str(), turnstile.instances), ("machine", 20));
    assert_eq!(turnstile.declared(), (2, 3), "nothing jams");
    let reaction = |state: &str, event: &str| turnstile.states[state].reactions[event];
    assert_eq!(reaction("Locked", "Jam").count, 0);
    assert_eq!(reaction("Unlocked", "Push").count, turnstile.states["Unlocked"].goes["Push -> Locked"]);
    assert!(turnstile.states["Unlocked"].sends["Open -> Visitor"] >= 20);
    assert_eq!(turnstile.previous("Unlocked"), [("Locked", reaction("Locked", "Insert").count)].into());
    assert_eq!(coverage.machines["Visitor"].declared(), (1, 1));
    let text = coverage.text();
    assert!(text.contains("machine Turnstile: 2 of 3 declared reactions were used"), "{text}");
    assert!(text.contains("    never handled: Jam\n"), "{text}");
}

#[test]
fn orders_of_locks_are_seen_though_nothing_fails() {
    let coverage = covered(Config::new("both-orders").iterations(20), both_orders);
    assert_eq!(coverage.lock_orders.len(), 2, "{}", coverage.text());
    assert_eq!(coverage.contradictions().len(), 1, "{}", coverage.text());
    let reached = coverage.points.keys().filter(|key| key.contains("reports/coverage.rs"));
    assert!(reached.count() >= 4, "{}", coverage.text());
}

/// Counting changes nothing; nor does it matter in which process an execution runs.
#[test]
fn the_same_is_explored_and_covered_whoever_looks() {
    let config = || Config::new("visits").iterations(30);
    let plain = Explorer::new(config()).run(visits);
    assert!(plain.coverage().is_none());
    let counted = Explorer::new(config().coverage(true)).run(visits);
    let numbers = |report: &coyote::Report| {
        let statistics = report.statistics();
        (statistics.iterations, statistics.classes, statistics.total_steps)
    };
    assert_eq!(numbers(&plain), numbers(&counted));
    if cfg!(unix) {
        let forked = Explorer::new(config().coverage(true).isolate(Isolate::Process)).run(visits);
        assert_eq!(forked.coverage(), counted.coverage());
    }
}

#[test]
fn runs_add_up() {
    let part = |seed| covered(Config::new("visits").iterations(10).seed(seed), visits);
    let (one, two) = (part(1), part(2));
    let mut both = Coverage::new();
    both.merge(&one);
    both.merge(&Coverage::parse(&two.to_json()).expect("what is written can be read"));
    assert_eq!(both.executions, 20);
    let handled =
        |coverage: &Coverage| coverage.machines["Turnstile"].states["Locked"].reactions["Insert"].count;
    assert_eq!(handled(&both), handled(&one) + handled(&two));
    assert_eq!(both.machines["Turnstile"].declared(), (2, 3));
}

#[test]
#[ignore = "run by the test below, in a process of its own"]
fn visited() {
    TestSpec::new("a_package", "visited", env!("CARGO_MANIFEST_DIR")).iterations(25).run_async(visits);
}

#[test]
fn the_environment_asks_for_files() {
    let out = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("coverage");
    let stem = out.join("a_package.visited/a_package.visited");
    let file = |extension: &str| PathBuf::from(format!("{}.coverage.{extension}", stem.display()));
    let out = out.display().to_string();
    let _none_yet = std::fs::remove_dir_all(&out);
    child::run("coverage::visited", &[("COYOTE_OUT", &out)]).passes();
    assert!(!file("json").exists(), "nobody asked");
    child::run("coverage::visited", &[("COYOTE_OUT", out.as_str()), ("COYOTE_COVERAGE", "on")]).passes();
    let read = |extension| std::fs::read_to_string(file(extension)).expect("the file is there");
    let coverage = Coverage::parse(&read("json")).expect("what is written can be read");
    assert_eq!(coverage.executions, 25);
    assert_eq!(read("txt"), coverage.text());
    assert_eq!(read("dot"), coverage.dot());
    assert_eq!(read("dgml"), coverage.dgml());
}
