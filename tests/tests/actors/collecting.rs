//! Logs, the actor graph, and coverage; state that actors share.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use coyote::actors::{
    Context, Coverage, Graph, Halt, Log, LogEvent, Runtime, SharedCounter, SharedDictionary, SharedRegister,
    TextLog,
};
use coyote::{Config, Explorer};

use crate::harness::Diary;
use crate::subject::{A, B, D, E, Run, S, Subject};

/// What a log was told, in words.
#[derive(Default)]
struct Told(Mutex<Vec<String>>);

impl Log for Told {
    fn log(&self, event: &LogEvent<'_>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(event.to_string());
    }
}

rule! {
    a_log_is_told_once_that_a_timer_is_stopped(kit) {
        let told = Arc::new(Told::default());
        let runtime = Runtime::builder().log(Arc::clone(&told)).build();
        let subject = runtime.create(Subject::new(kit.diary.clone()));
        let stop_twice = |_: &mut Subject, context: &mut Context<Subject>| {
            let timer = context.start_timer(std::time::Duration::from_secs(3600), A);
            context.stop_timer(&timer);
            context.stop_timer(&timer);
        };
        runtime.send(&subject, Run(Box::new(stop_twice)));
        runtime.quiescent().await;
        let told = told.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        assert_eq!(told.iter().filter(|line| line.contains("stops a timer")).count(), 1, "{told:?}");
    }

    a_log_is_told_of_what_is_ignored(kit) {
        let told = Arc::new(Told::default());
        let runtime = Runtime::builder().log(Arc::clone(&told)).build();
        let subject = runtime.create(Subject::new(kit.diary.clone()));
        runtime.send(&subject, E);
        runtime.send(&subject, A);
        runtime.quiescent().await;
        let told = told.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        assert_eq!(told.iter().filter(|line| *line == "Subject(0) ignores E").count(), 1, "{told:?}");
    }

    a_log_is_told_that_an_event_is_lost_but_not_that_of_a_timer(kit) {
        let told = Arc::new(Told::default());
        let runtime = Runtime::builder().log(Arc::clone(&told)).build();
        let subject = runtime.create(Subject::new(kit.diary.clone()));
        let start = |_: &mut Subject, context: &mut Context<Subject>| {
            context.start_timer(std::time::Duration::ZERO, D(1));
        };
        runtime.send(&subject, Run(Box::new(start)));
        runtime.send(&subject, D(2));
        runtime.quiescent().await;
        // Both are deferred.
        assert_eq!(subject.inbox_len(), 2);
        runtime.send(&subject, Halt);
        runtime.quiescent().await;
        let told = told.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let lost: Vec<&String> = told.iter().filter(|line| line.contains("is lost")).collect();
        assert_eq!(lost, ["D is lost: Subject(0) has halted"], "{told:?}");
    }

    a_log_is_told_of_everything_in_order(kit) {
        let told = Arc::new(Told::default());
        let runtime = Runtime::builder().log(Arc::clone(&told)).build();
        let subject = runtime.create(Subject::new(kit.diary.clone()));
        runtime.quiescent().await;
        runtime.send(&subject, A);
        runtime.quiescent().await;
        runtime.send(&subject, B);
        runtime.quiescent().await;
        runtime.send(&subject, Halt);
        runtime.quiescent().await;
        let told = told.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        // What the sender and the actor do at the same time may be told in either order.
        let of_actor = |line: &&String| !line.contains("is in the inbox of");
        let lines: Vec<&str> = told.iter().filter(of_actor).map(String::as_str).collect();
        let expected = [
            "Subject(0) is created",
            "Subject(0) is in Base",
            "Subject(0) in Base has done entry action",
            "A is sent to Subject(0)",
            "Subject(0) in Base takes A",
            "Subject(0) in Base has done A",
            "B is sent to Subject(0)",
            "Subject(0) in Base takes B",
            "Subject(0) goes from Base to Other",
            "Subject(0) in Base has done exit action",
            "Subject(0) leaves Base",
            "Subject(0) is in Other",
            "Subject(0) in Other has done entry action",
            "Halt is sent to Subject(0)",
            "Subject(0) in Other takes Halt",
            "Subject(0) has halted",
        ];
        assert_eq!(lines, expected);
    }

    text_is_written_line_by_line(kit) {
        #[derive(Clone, Default)]
        struct Sink(Arc<Mutex<Vec<u8>>>);
        impl Write for Sink {
            fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
                self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
                Ok(bytes.len())
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let sink = Sink::default();
        let runtime = Runtime::builder().log(TextLog::new(sink.clone())).build();
        let subject = runtime.create(Subject::new(kit.diary.clone()));
        runtime.send(&subject, A);
        runtime.quiescent().await;
        let text = String::from_utf8(sink.0.lock().unwrap_or_else(PoisonError::into_inner).clone());
        let text = text.expect("it is text");
        assert!(text.lines().any(|line| line == "Subject(0) in Base takes A"), "{text}");
    }

    a_graph_knows_who_sends_what_to_whom(kit) {
        let graph = Arc::new(Graph::new());
        let runtime = Runtime::builder().log(Arc::clone(&graph)).build();
        let named = runtime.create_named("receiver", Subject::new(kit.diary.clone()));
        let sender = runtime.create(Subject::new(kit.diary.clone()));
        let to = named.clone();
        let call = move |subject: &mut Subject, context: &mut Context<Subject>| {
            context.send(&to, A);
            context.send(&to, A);
            let diary = subject.diary.clone();
            context.create(Subject::new(diary));
        };
        runtime.send(&sender, Run(Box::new(call)));
        runtime.quiescent().await;
        let nodes = graph.nodes();
        let names: Vec<(&str, u64)> = nodes.iter().map(|node| (node.name.as_str(), node.created)).collect();
        assert_eq!(names, [("Subject", 2), ("receiver", 1)]);
        assert_eq!(nodes[0].creators, ["", "Subject"]);
        let edges = graph.edges();
        let edge = edges.iter().find(|edge| edge.event == "A").expect("it was sent");
        assert_eq!((edge.from.as_str(), edge.to.as_str(), edge.sent), ("Subject", "receiver", 2));
        assert_eq!((edge.from_states.as_slice(), edge.in_states.as_slice()), (&["Base".to_owned()][..], &["Base".to_owned()][..]));
    }

    coverage_counts_declared_rules(kit) {
        let coverage = Arc::new(Coverage::new());
        let runtime = Runtime::builder().log(Arc::clone(&coverage)).build();
        let subject = runtime.create(Subject::new(kit.diary.clone()));
        runtime.send(&subject, A);
        runtime.send(&subject, A);
        runtime.send(&subject, E);
        runtime.send(&subject, B);
        runtime.send(&subject, D(1));
        runtime.quiescent().await;
        let machines = coverage.machines();
        assert_eq!(machines.len(), 1);
        let covered = &machines[0];
        assert_eq!((covered.machine, covered.states.0), ("Subject", 2));
        let count = |state: &str, event: &str| {
            let rule = covered.rules.iter().find(|rule| rule.state == state && rule.event == event);
            rule.map(|rule| rule.count)
        };
        assert_eq!(count("Base", "A"), Some(2));
        assert_eq!(count("Base", "B"), Some(1));
        assert_eq!(count("Base", "C"), Some(0));
        assert_eq!(count("Base", "E"), None, "ignoring is no rule to be covered");
        assert_eq!(count("Other", "D"), Some(1));
        assert_eq!(count("Family::Member", "A"), Some(0), "inherited rules are declared");
        let (used, declared) = covered.count();
        assert!(used == 3 && declared > 30, "{used} of {declared}");
        assert!(coverage.to_string().contains("never: C in Base"), "{coverage}");
        assert_ne!(S::Base, S::Other);
    }

    shared_state_is_shared(kit) {
        let register = SharedRegister::new(1);
        let other = register.clone();
        assert_eq!((other.set(2), register.get(), register.update(|value| value * 5)), (1, 2, 10));
        let counter = SharedCounter::new(5);
        assert_eq!((counter.clone().add(2), counter.get(), counter.exchange(1), counter.get()), (7, 7, 7, 1));
        assert_eq!((counter.compare_exchange(2, 9), counter.compare_exchange(1, 9), counter.get()), (1, 1, 9));
        let map = SharedDictionary::new();
        assert!(map.is_empty() && map.try_insert("a", 1) && !map.try_insert("a", 2));
        assert!(!map.try_update(&"a", 3, &2) && map.try_update(&"a", 3, &1));
        assert_eq!((map.get(&"a"), map.insert("a", 4), map.remove(&"a"), map.len()), (Some(3), Some(3), Some(4), 0));
        kit.expect(&[]).await;
    }
}

#[test]
fn coverage_adds_up_over_an_exploration() {
    let coverage = Arc::new(Coverage::new());
    let shared = Arc::clone(&coverage);
    let report = Explorer::new(Config::new("coverage").iterations(10)).run(move || {
        let coverage = Arc::clone(&shared);
        async move {
            let runtime = Runtime::builder().log(coverage).build();
            let subject = runtime.create(Subject::new(Diary::default()));
            runtime.send(&subject, A);
            runtime.quiescent().await;
        }
    });
    assert!(report.bug().is_none(), "{report}");
    let rules = &coverage.machines()[0].rules;
    let rule = rules.iter().find(|rule| rule.state == "Base" && rule.event == "A").expect("it is declared");
    // Ten executions, and the first once more.
    assert_eq!(rule.count, 11);
}

#[test]
fn an_operation_on_shared_state_is_one_step() {
    let report = Explorer::new(Config::new("lost").iterations(200)).run(|| async {
        let counter = SharedCounter::new(0);
        let other = counter.clone();
        let task = tokio::spawn(async move { other.exchange(other.get() + 1) });
        counter.exchange(counter.get() + 1);
        task.await.expect("nobody panics");
        assert_eq!(counter.get(), 2, "an addition was lost");
    });
    assert!(report.bug().is_some_and(|bug| bug.message().contains("an addition was lost")), "{report}");
    let report = Explorer::new(Config::new("kept").iterations(200)).run(|| async {
        let counter = SharedCounter::new(0);
        let other = counter.clone();
        let task = tokio::spawn(async move { other.add(1) });
        counter.add(1);
        task.await.expect("nobody panics");
        assert_eq!(counter.get(), 2);
    });
    assert!(report.bug().is_none(), "{report}");
}
