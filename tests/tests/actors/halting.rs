//! Halting, and what becomes of the rest.

use coyote::actors::{Context, Halt, SendOptions, Timers, actor};

use crate::subject::{A, B, D, S, Subject};

/// Asks for something when it halts.
struct Clinging;

#[actor]
impl Clinging {
    #[on_halt]
    fn cling(&mut self, context: &mut Context<Self>) {
        context.raise(A);
    }

    #[on(A)]
    fn a(&mut self) {}
}

rule! {
    halt_ends_with_on_halt_and_without_an_exit(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| context.halt());
        kit.expect(&["enter Base", "bye in Base"]).await;
        assert!(subject.is_halted());
    }

    halt_happens_after_the_action(kit) {
        let subject = kit.subject();
        kit.run(&subject, |subject, context| {
            context.halt();
            subject.diary.write("still here");
        });
        kit.expect(&["enter Base", "still here", "bye in Base"]).await;
    }

    an_event_asks_to_halt(kit) {
        let subject = kit.subject();
        kit.tell(&subject, Halt);
        kit.expect(&["enter Base", "bye in Base"]).await;
        assert!(subject.is_halted());
    }

    what_was_sent_before_is_handled_before(kit) {
        let subject = kit.subject();
        kit.tell(&subject, A);
        kit.tell(&subject, A);
        kit.tell(&subject, Halt);
        kit.tell(&subject, A);
        kit.expect(&["enter Base", "a in Base", "a in Base", "bye in Base"]).await;
    }

    pending_events_are_dropped(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| {
            let me = context.id().clone();
            context.send(&me, A);
            context.send(&me, D(1));
            context.halt();
        });
        kit.expect(&["enter Base", "bye in Base"]).await;
        assert_eq!(subject.inbox_len(), 0);
    }

    deferred_events_are_dropped(kit) {
        let subject = kit.subject();
        kit.tell(&subject, D(1));
        kit.tell(&subject, Halt);
        kit.expect(&["enter Base", "bye in Base"]).await;
        assert_eq!(subject.inbox_len(), 0);
    }

    what_is_sent_to_a_halted_actor_vanishes(kit) {
        let subject = kit.subject();
        kit.tell(&subject, Halt);
        kit.runtime.quiescent().await;
        kit.tell(&subject, A);
        kit.expect(&["enter Base", "bye in Base"]).await;
        assert_eq!(subject.inbox_len(), 0);
    }

    an_entry_action_can_halt(kit) {
        let subject = kit.subject();
        kit.run(&subject, |subject, context| {
            subject.eager = Some(Box::new(|_, context| context.halt()));
            context.goto(S::Eager);
        });
        kit.expect(&["enter Base", "leave Base", "enter Eager", "bye in Eager"]).await;
    }

    halting_does_not_pop(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| context.push(S::Over));
        kit.tell(&subject, Halt);
        kit.runtime.quiescent().await;
        assert!(subject.is_halted());
        assert_eq!(kit.diary.read().last().map(String::as_str), Some("bye in Over"));
    }

    an_action_that_halts_does_not_go_on_to_the_state_of_its_rule(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| context.goto(S::Both));
        kit.run(&subject, |_, context| context.halt());
        kit.expect(&["enter Base", "leave Base", "bye in Both"]).await;
    }

    a_state_can_have_a_rule_of_its_own(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| context.goto(S::Immortal));
        kit.tell(&subject, Halt);
        kit.expect(&["enter Base", "leave Base", "refuse to halt"]).await;
        assert!(!subject.is_halted());
    }

    a_raised_halt_halts(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| context.raise(Halt));
        kit.expect(&["enter Base", "bye in Base"]).await;
    }

    an_identity_can_be_used_again(kit) {
        let subject = kit.subject();
        kit.tell(&subject, Halt);
        kit.runtime.quiescent().await;
        kit.runtime.create_as(&subject, Subject::new(kit.diary.clone()));
        kit.tell(&subject, A);
        kit.expect(&["enter Base", "bye in Base", "enter Base", "a in Base"]).await;
        assert!(!subject.is_halted());
    }

    a_name_can_be_used_before_its_actor(kit) {
        let subject = kit.runtime.reserve("later");
        kit.tell(&subject, A);
        kit.runtime.quiescent().await;
        assert_eq!(subject.inbox_len(), 1);
        kit.runtime.create_named("later", Subject::new(kit.diary.clone()));
        kit.expect(&["enter Base", "a in Base"]).await;
        assert_eq!(subject.to_string(), "later");
    }

    a_name_stands_for_one_actor(kit) {
        let first = kit.runtime.create_named("one", Subject::new(kit.diary.clone()));
        assert_eq!(first, kit.runtime.reserve("one"));
        assert_ne!(first, kit.runtime.reserve("two"));
        kit.tell(&first, Halt);
        kit.runtime.quiescent().await;
        let second = kit.runtime.create_named("one", Subject::new(kit.diary.clone()));
        assert_eq!(first, second);
        kit.expect(&["enter Base", "bye in Base", "enter Base"]).await;
    }

    stopping_lets_all_handle_what_they_were_sent(kit) {
        let (one, two) = (kit.subject(), kit.subject());
        kit.runtime.quiescent().await;
        kit.tell(&one, A);
        kit.runtime.stop().await;
        assert!(one.is_halted() && two.is_halted() && kit.runtime.actors().is_empty());
        let lines = kit.diary.read();
        assert!(lines.contains(&"a in Base".to_owned()), "{lines:?}");
        assert_eq!(lines.iter().filter(|line| *line == "bye in Base").count(), 2);
    }

    what_is_created_while_stopping_halts_too(kit) {
        let subject = kit.subject();
        kit.run(&subject, |subject, context| {
            let diary = subject.diary.clone();
            context.create(Subject::new(diary));
        });
        kit.runtime.stop().await;
        let late = kit.subject();
        kit.runtime.stop().await;
        assert!(late.is_halted() && kit.runtime.actors().is_empty());
        assert_eq!(kit.diary.read().iter().filter(|line| *line == "bye in Base").count(), 3);
    }

    quiescence_waits_for_those_that_are_busy(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| {
            let me = context.id().clone();
            for _ in 0..10 {
                context.send(&me, A);
            }
        });
        kit.runtime.quiescent().await;
        assert_eq!(kit.diary.read().len(), 11);
        assert_eq!(Timers::default(), Timers::Racing);
    }

    what_must_be_handled_can_be_deferred_first(kit) {
        let subject = kit.subject();
        kit.runtime.send_with(&subject, D(1), SendOptions::new().must_handle());
        kit.tell(&subject, B);
        kit.tell(&subject, Halt);
        kit.expect(&["enter Base", "leave Base", "enter Other", "d1 in Other", "bye in Other"]).await;
    }
}

fault! {
    on_halt_can_ask_for_nothing(kit): "asks for `raise` while it leaves" {
        let clinging = kit.runtime.create(Clinging);
        kit.tell(&clinging, Halt);
    }

    a_name_is_taken(kit): "there is an actor one already" {
        kit.runtime.create_named("one", Subject::new(kit.diary.clone()));
        let again = kit.subject();
        kit.run(&again, |subject, context| {
            let diary = subject.diary.clone();
            context.create_named("one", Subject::new(diary));
        });
    }
}
