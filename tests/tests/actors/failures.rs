//! Panics, errors, and events that nobody handles.

use coyote::actors::{OnFailure, SendOptions};

use crate::harness::Kit;
use crate::subject::{A, B, D, Everywhere, S, X};

/// Creates a subject that has decided what becomes of a failure.
fn decided(kit: &Kit, decision: OnFailure) -> coyote::actors::ActorId {
    let subject = kit.subject();
    kit.run(&subject, move |subject, _| subject.decision = decision);
    subject
}

rule! {
    one_that_continues_handles_the_next_event(kit) {
        let subject = decided(&kit, OnFailure::Continue);
        kit.run(&subject, |_, _| panic!("a mistake"));
        kit.tell(&subject, A);
        kit.expect(&["enter Base", "Panic of Run in Base: a mistake", "a in Base"]).await;
    }

    one_that_continues_forgets_what_the_action_asked_for(kit) {
        let subject = decided(&kit, OnFailure::Continue);
        kit.run(&subject, |_, context| {
            context.goto(S::Other);
            panic!("a mistake");
        });
        kit.tell(&subject, A);
        kit.expect(&["enter Base", "Panic of Run in Base: a mistake", "a in Base"]).await;
    }

    one_that_halts_says_bye(kit) {
        let subject = decided(&kit, OnFailure::Halt);
        kit.run(&subject, |_, _| panic!("a mistake"));
        kit.tell(&subject, A);
        kit.expect(&["enter Base", "Panic of Run in Base: a mistake", "bye in Base"]).await;
        assert!(subject.is_halted());
    }

    one_that_halts_does_not_go_where_the_rule_leads(kit) {
        let subject = decided(&kit, OnFailure::Halt);
        kit.run(&subject, |_, context| context.goto(S::Both));
        kit.run(&subject, |_, _| panic!("a mistake"));
        kit.expect(&["enter Base", "leave Base", "Panic of Run in Both: a mistake", "bye in Both"]).await;
    }

    one_that_halts_for_an_event_that_nobody_handles_says_bye(kit) {
        let subject = decided(&kit, OnFailure::Halt);
        kit.tell(&subject, X);
        kit.tell(&subject, A);
        let said = "Unhandled of X in Base: Subject(0) does not handle X in state Base";
        kit.expect(&["enter Base", said, "bye in Base"]).await;
        assert!(subject.is_halted());
    }

    one_that_halts_for_its_exit_action_enters_nothing(kit) {
        let subject = decided(&kit, OnFailure::Halt);
        kit.run(&subject, |subject, context| {
            subject.sticky = Some(Box::new(|_, _| panic!("a mistake")));
            context.goto(S::Sticky);
        });
        kit.tell(&subject, B);
        let said = "Panic of B in Sticky: a mistake";
        kit.expect(&["enter Base", "leave Base", "leave Sticky", said, "bye in Sticky"]).await;
    }

    what_an_action_asks_for_in_vain_is_forgotten(kit) {
        let subject = decided(&kit, OnFailure::Continue);
        kit.run(&subject, |_, context| context.goto(S::Both));
        kit.run(&subject, |_, context| context.goto(S::Other));
        kit.tell(&subject, Everywhere);
        let said = "Conflict of Run in Both: Subject(0): the action for Run asks for something, but leads to Base";
        kit.expect(&["enter Base", "leave Base", said, "everywhere in Both"]).await;
    }

    an_event_that_nobody_handles_can_be_survived(kit) {
        let subject = decided(&kit, OnFailure::Continue);
        kit.tell(&subject, X);
        kit.tell(&subject, A);
        let said = "Unhandled of X in Base: Subject(0) does not handle X in state Base";
        kit.expect(&["enter Base", said, "a in Base"]).await;
    }

    a_raised_event_that_nobody_handles_is_named(kit) {
        let subject = decided(&kit, OnFailure::Continue);
        kit.run(&subject, |_, context| context.raise(X));
        let said = "Unhandled of X in Base: Subject(0) does not handle X in state Base";
        kit.expect(&["enter Base", said]).await;
    }

    the_states_popped_for_it_stay_popped(kit) {
        let subject = decided(&kit, OnFailure::Continue);
        kit.run(&subject, |_, context| context.push(S::Top));
        kit.tell(&subject, X);
        kit.tell(&subject, A);
        let said = "Unhandled of X in Base: Subject(0) does not handle X in state Base";
        kit.expect(&["enter Base", "enter Top", "leave Top", said, "a in Base"]).await;
    }

    the_failure_of_an_entry_action_leaves_the_actor_in_the_state(kit) {
        let subject = decided(&kit, OnFailure::Continue);
        kit.run(&subject, |subject, context| {
            subject.eager = Some(Box::new(|_, _| panic!("a mistake")));
            context.goto(S::Eager);
        });
        kit.tell(&subject, A);
        let said = "Panic of Run in Eager: a mistake";
        kit.expect(&["enter Base", "leave Base", "enter Eager", said, "a in Eager"]).await;
    }

    what_must_be_handled_may_be_handled_at_last(kit) {
        let subject = kit.subject();
        kit.runtime.send_with(&subject, A, SendOptions::new().must_handle());
        kit.expect(&["enter Base", "a in Base"]).await;
    }

    as_many_as_allowed_are_allowed(kit) {
        let subject = kit.subject();
        for number in 1..=3 {
            kit.runtime.send_with(&subject, D(number), SendOptions::new().at_most(3));
        }
        kit.expect(&["enter Base"]).await;
        assert_eq!(subject.inbox_len(), 3);
    }

    only_events_of_the_type_count(kit) {
        let subject = kit.subject();
        kit.tell(&subject, D(1));
        kit.run(&subject, |_, context| context.goto(S::Deferring));
        kit.tell(&subject, X);
        kit.runtime.send_with(&subject, B, SendOptions::new().at_most(1));
        kit.expect(&["enter Base", "leave Base"]).await;
        assert_eq!(subject.inbox_len(), 3);
    }
}

fault! {
    what_an_actor_sends_must_be_handled_if_it_says_so(kit): "D must be handled, but Subject(1) has halted" {
        let (sender, to) = (kit.subject(), kit.subject());
        kit.tell(&to, coyote::actors::Halt);
        kit.runtime.quiescent().await;
        kit.run(&sender, move |_, context| context.send_with(&to, D(1), SendOptions::new().must_handle()));
    }

    what_an_actor_sends_may_be_one_too_many(kit): "at most 1 were allowed" {
        let (sender, to) = (kit.subject(), kit.subject());
        kit.run(&sender, move |_, context| {
            context.send(&to, D(1));
            context.send_with(&to, D(2), SendOptions::new().at_most(1));
        });
    }

    a_panic_is_a_failure(kit): "a mistake" {
        let subject = kit.subject();
        kit.run(&subject, |_, _| panic!("a mistake"));
    }

    one_that_fails_does_not_say_bye(kit): "a mistake" {
        let subject = kit.subject();
        kit.run(&subject, |_, _| panic!("a mistake"));
        kit.expect(&["enter Base"]).await;
    }

    one_that_has_failed_handles_nothing_more(kit): "a mistake" {
        let subject = kit.subject();
        kit.run(&subject, |_, _| panic!("a mistake"));
        kit.tell(&subject, A);
        kit.runtime.quiescent().await;
        assert!(!kit.diary.read().iter().any(|line| line == "a in Base"), "it goes on");
    }

    a_panic_of_an_entry_action_is_a_failure(kit): "a mistake" {
        let subject = kit.subject();
        kit.run(&subject, |subject, context| {
            subject.eager = Some(Box::new(|_, _| panic!("a mistake")));
            context.goto(S::Eager);
        });
    }

    a_panic_of_an_exit_action_is_a_failure(kit): "a mistake" {
        let subject = kit.subject();
        kit.run(&subject, |subject, context| {
            subject.sticky = Some(Box::new(|_, _| panic!("a mistake")));
            context.goto(S::Sticky);
        });
        kit.tell(&subject, B);
    }

    an_event_that_nobody_handles_is_a_failure(kit): "Subject(0) does not handle X in state Base" {
        let subject = kit.subject();
        kit.tell(&subject, X);
    }

    a_raised_event_that_nobody_handles_is_a_failure(kit): "Subject(0) does not handle X in state Base" {
        let subject = kit.subject();
        kit.run(&subject, |_, context| context.raise(X));
    }

    what_must_be_handled_must_not_be_left(kit): "D must be handled, but Subject(0) has halted" {
        let subject = kit.subject();
        kit.runtime.send_with(&subject, D(1), SendOptions::new().must_handle());
        kit.run(&subject, |_, context| context.halt());
    }

    what_must_be_handled_must_not_come_too_late(kit): "A must be handled, but Subject(0) has halted" {
        let subject = kit.subject();
        kit.run(&subject, |_, context| context.halt());
        kit.runtime.quiescent().await;
        kit.runtime.send_with(&subject, A, SendOptions::new().must_handle());
    }

    more_than_allowed_is_a_failure(kit): "there are 3 events D in the inbox of Subject(0), and at most 2 were allowed" {
        let subject = kit.subject();
        for number in 1..=3 {
            kit.runtime.send_with(&subject, D(number), SendOptions::new().at_most(2));
        }
    }
}
