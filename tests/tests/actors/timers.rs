//! Timers.

use std::time::Duration;

use coyote::actors::{Context, Halt, Timer};

use crate::subject::{B, D, S, Subject, Tick};

const SHORT: Duration = Duration::from_millis(2);
const LONG: Duration = Duration::from_secs(3600);

/// Counts the ticks that were handled.
fn ticks(kit: &crate::harness::Kit) -> usize {
    kit.diary.read().iter().filter(|line| line.starts_with("tick")).count()
}

fn start(context: &mut Context<Subject>) -> Timer {
    context.start_timer(SHORT, Tick)
}

rule! {
    a_timer_fires_once(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| drop(start(context)));
        kit.expect(&["enter Base", "tick in Base"]).await;
    }

    two_timers_fire_both(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| {
            start(context);
            start(context);
        });
        kit.expect(&["enter Base", "tick in Base", "tick in Base"]).await;
    }

    a_stopped_timer_does_not_fire(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| {
            let timer = context.start_timer(LONG, Tick);
            context.stop_timer(&timer);
        });
        kit.expect(&["enter Base"]).await;
    }

    a_stopped_timers_event_does_not_count_though_it_is_in_the_inbox(kit) {
        let subject = kit.subject();
        kit.run(&subject, |subject, context| {
            let timer = context.start_timer(SHORT, D(1));
            subject.sticky = Some(Box::new(move |_, context| context.stop_timer(&timer)));
        });
        // The event is deferred in Base, until the timer has been stopped.
        kit.runtime.quiescent().await;
        kit.run(&subject, |subject, context| {
            let stop = subject.sticky.take().expect("it is there");
            stop(subject, context);
            context.goto(S::Other);
        });
        kit.expect(&["enter Base", "leave Base", "enter Other"]).await;
        assert_eq!(subject.inbox_len(), 0);
    }

    the_event_of_a_timer_can_be_deferred(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| drop(context.start_timer(SHORT, D(1))));
        kit.expect(&["enter Base"]).await;
        kit.tell(&subject, B);
        kit.expect(&["enter Base", "leave Base", "enter Other", "d1 in Other"]).await;
    }

    a_halting_actor_stops_its_timers(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| {
            context.start_timer(LONG, Tick);
            context.start_periodic_timer(LONG, LONG, Tick);
            context.halt();
        });
        // If not, an hour would have to pass.
        kit.expect(&["enter Base", "bye in Base"]).await;
    }

    a_halted_actor_gets_no_ticks(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| drop(start(context)));
        kit.tell(&subject, Halt);
        kit.runtime.quiescent().await;
        assert!(subject.is_halted());
        assert!(ticks(&kit) <= 1);
        assert_eq!(subject.inbox_len(), 0);
    }

    a_periodic_timer_fires_until_it_is_stopped(kit) {
        let counter = kit.runtime.create(Counter { left: 3, timer: None, diary: kit.diary.clone() });
        kit.expect(&["3 left", "2 left", "1 left"]).await;
        assert_eq!(counter.inbox_len(), 0);
    }

    a_periodic_timer_does_not_flood(kit) {
        let subject = kit.subject();
        kit.run(&subject, |subject, context| {
            let timer = context.start_periodic_timer(Duration::ZERO, Duration::ZERO, D(1));
            subject.sticky = Some(Box::new(move |_, context| context.stop_timer(&timer)));
        });
        // D is deferred in Base: the timer waits for it to be taken.
        for _ in 0..20 {
            kit.run(&subject, |_, _| {});
        }
        kit.run(&subject, |subject, context| {
            subject.diary.write(format!("{}", context.inbox_len() <= 1));
            let stop = subject.sticky.take().expect("it is there");
            stop(subject, context);
        });
        kit.expect(&["enter Base", "true"]).await;
    }

    the_next_period_begins_when_an_event_is_ignored_as_well(kit) {
        let deaf = kit.runtime.create(Deaf { timer: None, diary: kit.diary.clone() });
        // On tokio some may have come by then; under control one has.
        tokio::time::sleep(20 * SHORT).await;
        kit.tell(&deaf, B);
        kit.expect(&["tick"]).await;
    }

    a_timer_that_is_armed_is_waited_for(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| drop(context.start_timer(SHORT, Tick)));
        kit.runtime.quiescent().await;
        assert_eq!(ticks(&kit), 1);
    }
}

struct Counter {
    left: u32,
    timer: Option<Timer>,
    diary: crate::harness::Diary,
}

#[coyote::actors::actor]
impl Counter {
    #[on_start]
    fn begin(&mut self, context: &mut Context<Self>) {
        self.timer = Some(context.start_periodic_timer(SHORT, SHORT, Tick));
    }

    #[on(Tick)]
    fn tick(&mut self, context: &mut Context<Self>) {
        self.diary.write(format!("{} left", self.left));
        self.left -= 1;
        if self.left == 0 {
            let timer = self.timer.take().expect("it was started");
            context.stop_timer(&timer);
        }
    }
}

/// Ignores its timer's events at first.
struct Deaf {
    timer: Option<Timer>,
    diary: crate::harness::Diary,
}

#[coyote::actors::machine(Deaf)]
enum DeafState {
    #[start]
    #[entry(begin)]
    #[ignore(Tick)]
    #[on(B, goto = Hearing)]
    Ignoring,
    #[on(Tick, do = stop)]
    Hearing,
}

impl Deaf {
    fn begin(&mut self, context: &mut Context<Self>) {
        self.timer = Some(context.start_periodic_timer(SHORT, SHORT, Tick));
    }

    fn stop(&mut self, context: &mut Context<Self>) {
        self.diary.write("tick");
        let timer = self.timer.take().expect("it was started");
        context.stop_timer(&timer);
    }
}

/// Starts a short and a long timer, and says which fires first.
struct Race(crate::harness::Diary);

#[coyote::actors::actor]
impl Race {
    #[on_start]
    fn begin(&mut self, context: &mut Context<Self>) {
        context.start_timer(LONG, crate::subject::A);
        context.start_timer(SHORT, crate::subject::C);
    }

    #[on(crate::subject::A)]
    fn long(&mut self) {
        self.0.write("long");
    }

    #[on(crate::subject::C)]
    fn short(&mut self) {
        self.0.write("short");
    }
}

fn orders(timers: coyote::actors::Timers) -> Vec<String> {
    let diary = crate::harness::Diary::default();
    let all = diary.clone();
    let report = coyote::Explorer::new(coyote::Config::new("race").iterations(100)).run(move || {
        let all = all.clone();
        async move {
            let runtime = coyote::actors::Runtime::builder().timers(timers).build();
            let one = crate::harness::Diary::default();
            runtime.create(Race(one.clone()));
            runtime.quiescent().await;
            all.write(one.read().join(" "));
        }
    });
    assert!(report.bug().is_none() && report.is_repeatable(), "{report}");
    let mut orders = diary.read();
    orders.sort();
    orders.dedup();
    orders
}

#[test]
fn timers_race_under_control() {
    assert_eq!(orders(coyote::actors::Timers::Racing), ["long short", "short long"]);
}

#[test]
fn timers_in_order_do_not() {
    assert_eq!(orders(coyote::actors::Timers::InOrder), ["short long"]);
}

/// Says when its periodic timer fires, three times.
struct Metronome {
    began: tokio::time::Instant,
    left: u32,
    timer: Option<Timer>,
    diary: crate::harness::Diary,
}

#[coyote::actors::actor]
impl Metronome {
    #[on_start]
    fn begin(&mut self, context: &mut Context<Self>) {
        let (first, period) = (Duration::from_secs(1), Duration::from_secs(10));
        self.timer = Some(context.start_periodic_timer(first, period, Tick));
    }

    #[on(Tick)]
    fn tick(&mut self, context: &mut Context<Self>) {
        self.diary.write(format!("{} s", self.began.elapsed().as_secs()));
        self.left -= 1;
        if self.left == 0 {
            let timer = self.timer.take().expect("it was started");
            context.stop_timer(&timer);
        }
    }
}

#[test]
fn the_first_wait_of_a_periodic_timer_is_its_own() {
    let report = coyote::Explorer::new(coyote::Config::new("periods").iterations(40)).run(|| async {
        let runtime = coyote::actors::Runtime::builder().timers(coyote::actors::Timers::InOrder).build();
        let (began, diary) = (tokio::time::Instant::now(), crate::harness::Diary::default());
        runtime.create(Metronome { began, left: 3, timer: None, diary: diary.clone() });
        runtime.quiescent().await;
        assert_eq!(diary.read(), ["1 s", "11 s", "21 s"]);
    });
    assert!(report.bug().is_none(), "{report}");
}
