//! The order of events: deferred, ignored, raised.

use coyote::actors::{Context, Runtime, State, actor};

use crate::harness::Diary;
use crate::subject::{A, B, D, E, Everywhere, S, Tick};

rule! {
    events_of_one_sender_come_in_order(kit) {
        let subject = kit.subject();
        kit.tell(&subject, B);
        for number in 0..5 {
            kit.tell(&subject, D(number));
        }
        let lines = ["enter Base", "leave Base", "enter Other", "d0 in Other", "d1 in Other", "d2 in Other"];
        kit.expect(&[&lines[..], &["d3 in Other", "d4 in Other"]].concat()).await;
    }

    deferred_events_wait_in_the_inbox(kit) {
        let subject = kit.subject();
        kit.tell(&subject, D(1));
        kit.tell(&subject, D(2));
        kit.expect(&["enter Base"]).await;
        assert_eq!(subject.inbox_len(), 2);
    }

    deferred_events_keep_their_order(kit) {
        let subject = kit.subject();
        kit.tell(&subject, D(1));
        kit.tell(&subject, D(2));
        kit.tell(&subject, B);
        kit.expect(&["enter Base", "leave Base", "enter Other", "d1 in Other", "d2 in Other"]).await;
    }

    deferred_events_do_not_hold_up_later_ones(kit) {
        let subject = kit.subject();
        kit.tell(&subject, D(1));
        kit.tell(&subject, A);
        kit.expect(&["enter Base", "a in Base"]).await;
        assert_eq!(subject.inbox_len(), 1);
    }

    deferred_events_come_before_those_sent_later(kit) {
        let subject = kit.subject();
        kit.tell(&subject, D(1));
        kit.run(&subject, |_, context| {
            let me = context.id().clone();
            context.send(&me, A);
            context.goto(S::Other);
        });
        kit.expect(&["enter Base", "leave Base", "enter Other", "d1 in Other", "other a in Other"]).await;
    }

    deferred_events_stay_through_a_state_that_defers_them_too(kit) {
        let subject = kit.subject();
        kit.tell(&subject, D(1));
        kit.run(&subject, |_, context| context.goto(S::Deferring));
        kit.run(&subject, |_, context| context.goto(S::Other));
        kit.expect(&["enter Base", "leave Base", "enter Other", "d1 in Other"]).await;
    }

    ignored_events_are_dropped_for_good(kit) {
        let subject = kit.subject();
        kit.tell(&subject, E);
        kit.runtime.quiescent().await;
        kit.tell(&subject, B);
        kit.expect(&["enter Base", "leave Base", "enter Other"]).await;
        assert_eq!(subject.inbox_len(), 0);
    }

    what_is_ignored_is_decided_when_it_is_its_turn(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| {
            let me = context.id().clone();
            context.send(&me, B);
            context.send(&me, E);
        });
        kit.expect(&["enter Base", "leave Base", "enter Other", "e in Other"]).await;
    }

    ignored_events_before_the_one_taken_are_dropped(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| {
            let me = context.id().clone();
            context.send(&me, E);
            context.send(&me, B);
        });
        kit.expect(&["enter Base", "leave Base", "enter Other"]).await;
        assert_eq!(subject.inbox_len(), 0);
    }

    ignored_events_after_the_one_taken_stay(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| {
            let me = context.id().clone();
            context.send(&me, B);
            context.send(&me, Tick);
            context.send(&me, E);
            context.send(&me, A);
        });
        // Tick is ignored in Other, E handled.
        kit.expect(&["enter Base", "leave Base", "enter Other", "e in Other", "other a in Other"]).await;
    }

    a_raised_event_comes_before_the_inbox(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| {
            let me = context.id().clone();
            context.send(&me, A);
            context.raise(Everywhere);
        });
        kit.expect(&["enter Base", "everywhere in Base", "a in Base"]).await;
    }

    a_raised_event_is_handled_after_the_action(kit) {
        let subject = kit.subject();
        kit.run(&subject, |subject, context| {
            context.raise(A);
            subject.diary.write("raised");
        });
        kit.expect(&["enter Base", "raised", "a in Base"]).await;
    }

    a_raised_event_can_lead_to_another_state(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| context.raise(B));
        kit.expect(&["enter Base", "leave Base", "enter Other"]).await;
    }

    a_raised_event_carries_its_content(kit) {
        let subject = kit.subject();
        kit.tell(&subject, B);
        kit.run(&subject, |_, context| context.raise(D(7)));
        kit.expect(&["enter Base", "leave Base", "enter Other", "d7 in Other"]).await;
    }

    an_entry_action_can_raise(kit) {
        let subject = kit.subject();
        kit.run(&subject, |subject, context| {
            let me = context.id().clone();
            context.send(&me, A);
            subject.eager = Some(Box::new(|_, context| context.raise(Everywhere)));
            context.goto(S::Eager);
        });
        kit.expect(&["enter Base", "leave Base", "enter Eager", "everywhere in Eager", "a in Eager"]).await;
    }

    a_raised_event_pops_states_without_a_rule(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| context.push(S::Over));
        kit.run(&subject, |_, context| context.raise(B));
        kit.expect(&["enter Base", "enter Over", "leave Over", "leave Base", "enter Other"]).await;
    }

    a_raised_event_that_is_ignored_is_dropped(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| context.raise(E));
        kit.tell(&subject, B);
        kit.expect(&["enter Base", "leave Base", "enter Other"]).await;
    }

    a_raised_event_that_is_deferred_goes_to_the_inbox(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| {
            let me = context.id().clone();
            context.send(&me, D(1));
            context.raise(D(2));
        });
        kit.tell(&subject, B);
        kit.expect(&["enter Base", "leave Base", "enter Other", "d1 in Other", "d2 in Other"]).await;
    }

    events_sent_while_a_handler_waits_are_kept(kit) {
        let subject = kit.subject();
        kit.run(&subject, |subject, context| {
            let me = context.id().clone();
            context.send(&me, A);
            subject.diary.write(context.inbox_len().to_string());
        });
        kit.expect(&["enter Base", "1", "a in Base"]).await;
    }

    a_context_tells_its_state(kit) {
        let subject = kit.subject();
        kit.run(&subject, |subject, context| {
            subject.diary.write(format!("{} {:?} {}", context.state().name(), context.state(), context.id()));
        });
        kit.expect(&["enter Base", "Base Base Subject(0)"]).await;
    }
}

/// Sends itself the next event when it handles one.
struct Busy {
    left: u32,
    diary: Diary,
}

#[actor]
impl Busy {
    #[on_start]
    fn start(&mut self, context: &mut Context<Self>) {
        let me = context.id().clone();
        context.send(&me, A);
    }

    #[on(A)]
    fn go_on(&mut self, context: &mut Context<Self>) {
        self.left -= 1;
        if self.left == 0 {
            self.diary.write("the actor has done all");
        } else {
            let me = context.id().clone();
            context.send(&me, A);
        }
    }
}

#[test]
fn one_that_always_has_something_to_do_lets_other_tasks_go() {
    let tokio = real_tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    tokio.block_on(async {
        let (runtime, diary) = (Runtime::new(), Diary::default());
        runtime.create(Busy { left: 10_000, diary: diary.clone() });
        let other = diary.clone();
        real_tokio::spawn(async move { other.write("another task has run") })
            .await
            .expect("it does not panic");
        runtime.quiescent().await;
        assert_eq!(diary.read(), ["another task has run", "the actor has done all"]);
    });
}
