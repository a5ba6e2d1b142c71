use coyote::spec;

use crate::{found, passes};

struct Go;
struct Act;
struct Loop;
struct Any;

/// Writes down what happens.
#[derive(Default)]
struct Diary {
    lines: Vec<&'static str>,
}

#[spec::monitor(Diary)]
enum DiaryState {
    #[start]
    #[entry(enter_first)]
    #[exit(leave_first)]
    #[on(Go, do = go, goto = Second)]
    #[on(Act, do = act)]
    First,
    #[entry(enter_second)]
    #[on(Go, goto = Second)]
    #[on(Act, do = raise)]
    #[on(Loop, do = check)]
    #[ignore(_)]
    Second,
}

impl Diary {
    fn enter_first(&mut self) {
        self.lines.push("enter first");
    }
    fn leave_first(&mut self) {
        self.lines.push("leave first");
    }
    fn enter_second(&mut self, context: &mut spec::Context<Self>) {
        spec::assert!(context.state() == DiaryState::Second);
        self.lines.push("enter second");
    }
    fn go(&mut self, _: Go) {
        self.lines.push("go");
    }
    fn act(&mut self, context: &mut spec::Context<Self>) {
        self.lines.push("act");
        context.goto(DiaryState::Second);
    }
    fn raise(&mut self, context: &mut spec::Context<Self>, _: Act) {
        self.lines.push("raise");
        context.raise(Loop);
    }
    fn check(&mut self) {
        spec::assert!(
            self.lines == ["enter first", "go", "leave first", "enter second", "enter second", "raise"],
            "wrong order"; lines = self.lines
        );
        self.lines.push("checked");
    }
}

#[test]
fn entries_exits_actions_and_raised_events_come_in_order() {
    passes("order", || async {
        spec::register::<Diary>();
        spec::monitor::<Diary>(Go);
        spec::monitor::<Diary>(Go);
        spec::monitor::<Diary>(Act);
    });
}

#[test]
fn an_action_can_go_to_another_state() {
    let report = found("goes", || async {
        spec::register::<Diary>();
        spec::monitor::<Diary>(Act);
        spec::monitor::<Diary>(Loop);
    });
    assert!(report.contains("wrong order"), "{report}");
    assert!(report.contains(r#"lines = ["enter first", "act", "leave first", "enter second"]"#), "{report}");
}

#[test]
fn an_event_without_a_rule_is_a_violation() {
    let report = found("no rule", || async {
        spec::register::<Diary>();
        spec::monitor::<Diary>(Loop);
    });
    assert!(report.contains("the monitor Diary has no rule for Loop in state First"), "{report}");
}

#[test]
fn an_ignored_event_changes_nothing() {
    passes("ignored", || async {
        spec::register::<Diary>();
        spec::monitor::<Diary>(Go);
        spec::monitor::<Diary>(Any);
    });
}

struct Poke;

/// Asks for two things at once.
#[derive(Default)]
struct Greedy;

#[spec::monitor(Greedy)]
enum GreedyState {
    #[start]
    #[on(Poke, do = twice)]
    #[on(Go, do = once, goto = Other)]
    One,
    #[group]
    #[on(Poke, goto = One)]
    Rest,
    #[group(Rest)]
    #[on(Go, goto = Nested)]
    Other,
    #[inherit(Other)]
    Nested,
}

impl Greedy {
    fn twice(&mut self, context: &mut spec::Context<Self>) {
        context.goto(GreedyState::Other);
        context.goto(GreedyState::One);
    }
    fn once(&mut self, context: &mut spec::Context<Self>) {
        if coyote::random_bool() {
            context.goto(GreedyState::One);
        }
    }
}

#[test]
fn an_action_asks_for_one_thing() {
    let report = found("twice", || async {
        spec::register::<Greedy>();
        spec::monitor::<Greedy>(Poke);
    });
    assert!(report.contains("asks for two things"), "{report}");
    let report = found("both", || async {
        spec::register::<Greedy>();
        spec::monitor::<Greedy>(Go);
    });
    assert!(report.contains("Go leads to Rest::Other after it"), "{report}");
}

#[test]
fn states_inherit_rules() {
    let report = found("inherit", || async {
        spec::register::<Greedy>();
        while coyote::random_bool() {
            spec::monitor::<Greedy>(Go);
            spec::monitor::<Greedy>(Go);
            spec::monitor::<Greedy>(Go);
            spec::monitor::<Greedy>(Poke);
            spec::monitor::<Greedy>(Poke);
        }
    });
    // Go: One -> Other -> Nested -> Nested; Poke: -> One; Poke: asks for two things.
    assert!(report.contains("asks for two things") || report.contains("after it"), "{report}");
    assert!(!report.contains("has no rule"), "{report}");
}

#[test]
fn nothing_runs_between_an_action_of_a_task_and_its_event() {
    passes("atomic", || async {
        spec::register::<Slow>();
        let other = tokio::spawn(async { spec::monitor::<Slow>(Poke) });
        spec::monitor::<Slow>(Poke);
        other.await.expect("nobody panics");
    });
}

/// Uses a mirrored atomic inside of its action.
#[derive(Default)]
struct Slow {
    calls: coyote::std::sync::atomic::AtomicU32,
}

#[spec::monitor(Slow)]
enum SlowState {
    #[start]
    #[on(Poke, do = count)]
    Only,
}

impl Slow {
    fn count(&mut self) {
        use std::sync::atomic::Ordering::SeqCst;
        let seen = self.calls.load(SeqCst);
        self.calls.store(seen + 1, SeqCst);
        spec::assert!(self.calls.load(SeqCst) == seen + 1);
    }
}

#[test]
fn a_strategy_that_tells_states_apart_asks_for_the_programs() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    let asked = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&asked);
    let config = crate::config("state").iterations(10).strategy(coyote::StrategySpec::QLearning);
    let report = coyote::Explorer::new(config).run(move || {
        let counter = Arc::clone(&counter);
        async move {
            spec::add_state(move || counter.fetch_add(1, Ordering::Relaxed) % 2);
            let other = tokio::spawn(async { tokio::task::yield_now().await });
            tokio::task::yield_now().await;
            other.await.expect("nobody panics");
        }
    });
    assert!(report.bug().is_none(), "{report}");
    assert!(asked.load(Ordering::Relaxed) > 10);
}
