//! Reports say which states actors and monitors are in at the end, and what each actor has taken.

use coyote::actors::{ActorId, Context, Event, Halt, Runtime, actor, machine};
use coyote::spec;

struct Asked;
struct Served;

#[spec::monitor]
enum Service {
    #[start]
    #[cold]
    #[on(Asked, goto = Waiting)]
    Idle,
    #[hot]
    #[on(Served, goto = Idle)]
    Waiting,
}

#[derive(Event)]
struct Order {
    from: ActorId,
}

#[derive(Event)]
struct Coffee;

#[derive(Event)]
struct Opened;

#[derive(Event)]
struct Newspaper;

/// Serves those who order once it is open; the others it keeps waiting.
struct Bar;

#[machine(Bar)]
enum BarState {
    #[start]
    #[on(Opened, goto = Open)]
    #[ignore(Order)]
    Closed,
    #[on(Order, do = serve)]
    Open,
}

impl Bar {
    fn serve(&mut self, context: &mut Context<Self>, Order { from }: Order) {
        context.send(&from, Coffee);
    }
}

struct Guest {
    bar: ActorId,
}

#[actor]
impl Guest {
    #[on_start]
    fn order(&mut self, context: &mut Context<Self>) {
        spec::monitor::<Service>(Asked);
        context.send(&self.bar, Order { from: context.id().clone() });
    }

    #[on(Coffee)]
    fn drink(&mut self) {
        spec::monitor::<Service>(Served);
    }

    #[on(Newspaper)]
    fn read(&mut self) {}
}

/// Comes, and goes.
struct Passer;

#[actor]
impl Passer {}

async fn program() {
    spec::register::<Service>();
    let runtime = Runtime::new();
    let bar = runtime.create_named("bar", Bar);
    let guest = runtime.create_named("guest", Guest { bar: bar.clone() });
    let passer = runtime.create(Passer);
    runtime.send(&passer, Halt);
    runtime.send(&guest, Newspaper);
    runtime.send(&bar, Opened);
    runtime.quiescent().await;
}

#[test]
fn a_hot_monitor_comes_first_then_who_waits_for_what_was_never_sent() {
    let report = super::explored("actors", program);
    let verdict = super::verdict(&report);
    let (_, section) = verdict.split_once("the actors and monitors at the end:\n").expect(&verdict);
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let lines: Vec<String> = section.lines().take(4).map(words).collect();
    let [monitor, bar, guest, halted] = &lines[..] else { panic!("{verdict}") };
    assert!(monitor.starts_with("Service in Waiting, hot since tests/tests/reports/actors.rs:"), "{verdict}");
    assert_eq!(bar, "bar in Open has taken Opened");
    assert_eq!(guest, "guest has taken Newspaper");
    assert_eq!(halted, "1 actor has halted");
}

/// That an actor waits for events is said once, there.
#[test]
fn idle_actors_are_not_listed_among_the_tasks() {
    let report = super::explored("actors", program);
    assert!(!super::verdict(&report).contains("waits to recv inbox"), "{report}");
}
