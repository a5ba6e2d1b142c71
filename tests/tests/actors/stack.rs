//! `push`, `pop`, and what holds in a state on top of others.

use coyote::actors::State;

use crate::subject::{A, B, C, D, E, Everywhere, F, H, S, X};

rule! {
    push_does_not_leave(kit) {
        let subject = kit.subject();
        kit.tell(&subject, C);
        kit.expect(&["enter Base", "enter Over"]).await;
        assert_eq!(subject.state(), "Over");
    }

    the_action_of_a_push_comes_before_the_entry(kit) {
        let subject = kit.subject();
        kit.tell(&subject, H);
        kit.expect(&["enter Base", "f in Base", "enter Over"]).await;
    }

    an_asked_push_happens_after_the_action(kit) {
        let subject = kit.subject();
        kit.run(&subject, |subject, context| {
            context.push(S::Over);
            subject.diary.write(format!("still in {}", context.state().name()));
        });
        kit.expect(&["enter Base", "still in Base", "enter Over"]).await;
    }

    pop_leaves_the_top_and_does_not_enter_below(kit) {
        let subject = kit.subject();
        kit.tell(&subject, C);
        kit.run(&subject, |_, context| context.pop());
        kit.tell(&subject, A);
        kit.expect(&["enter Base", "enter Over", "leave Over", "a in Base"]).await;
        assert_eq!(subject.state(), "Base");
    }

    goto_replaces_the_top_alone(kit) {
        let subject = kit.subject();
        kit.tell(&subject, C);
        kit.run(&subject, |_, context| context.goto(S::Top));
        kit.run(&subject, |_, context| context.pop());
        kit.tell(&subject, A);
        kit.expect(&["enter Base", "enter Over", "leave Over", "enter Top", "leave Top", "a in Base"]).await;
    }

    the_same_state_can_be_on_the_stack_twice(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| context.push(S::Base));
        kit.run(&subject, |subject, context| subject.diary.write(context.depth().to_string()));
        kit.run(&subject, |_, context| context.pop());
        kit.run(&subject, |subject, context| subject.diary.write(context.depth().to_string()));
        kit.expect(&["enter Base", "enter Base", "2", "leave Base", "1"]).await;
    }

    an_action_is_inherited_from_below(kit) {
        let subject = kit.subject();
        kit.tell(&subject, C);
        kit.tell(&subject, A);
        kit.expect(&["enter Base", "enter Over", "a in Over"]).await;
    }

    an_action_is_inherited_through_two_states(kit) {
        let subject = kit.subject();
        kit.tell(&subject, C);
        kit.run(&subject, |_, context| context.push(S::Top));
        kit.tell(&subject, A);
        kit.expect(&["enter Base", "enter Over", "enter Top", "a in Top"]).await;
    }

    the_nearest_state_below_is_inherited_from(kit) {
        let subject = kit.subject();
        kit.tell(&subject, C);
        kit.run(&subject, |_, context| context.push(S::Top));
        // Base ignores it, Over above it handles it.
        kit.tell(&subject, E);
        kit.expect(&["enter Base", "enter Over", "enter Top", "e in Top"]).await;
    }

    a_deferral_is_inherited_from_below(kit) {
        let subject = kit.subject();
        kit.tell(&subject, C);
        kit.tell(&subject, D(1));
        kit.expect(&["enter Base", "enter Over"]).await;
        assert_eq!(subject.inbox_len(), 1);
        assert_eq!(subject.state(), "Over");
    }

    ignoring_is_inherited_from_below(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| context.push(S::Top));
        kit.tell(&subject, E);
        kit.expect(&["enter Base", "enter Top"]).await;
        assert_eq!((subject.inbox_len(), subject.state()), (0, "Top"));
    }

    an_own_rule_comes_before_one_from_below(kit) {
        let subject = kit.subject();
        kit.tell(&subject, C);
        kit.tell(&subject, E);
        kit.expect(&["enter Base", "enter Over", "e in Over"]).await;
    }

    a_rule_of_the_enum_counts_as_the_own(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| context.goto(S::Member));
        kit.run(&subject, |_, context| context.push(S::Top));
        kit.tell(&subject, Everywhere);
        kit.expect(&["enter Base", "leave Base", "enter Top", "everywhere in Top"]).await;
    }

    a_goto_is_not_inherited_but_pops(kit) {
        let subject = kit.subject();
        kit.tell(&subject, C);
        kit.tell(&subject, B);
        kit.expect(&["enter Base", "enter Over", "leave Over", "leave Base", "enter Other"]).await;
    }

    a_goto_with_an_action_is_not_inherited_either(kit) {
        let subject = kit.subject();
        kit.tell(&subject, C);
        kit.tell(&subject, F);
        kit.expect(&["enter Base", "enter Over", "leave Over", "f in Base", "leave Base", "enter Other"]).await;
    }

    a_push_is_not_inherited_but_pops(kit) {
        let subject = kit.subject();
        kit.tell(&subject, C);
        kit.tell(&subject, C);
        kit.expect(&["enter Base", "enter Over", "leave Over", "enter Over"]).await;
    }

    a_transition_hides_an_action_below_it(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| context.push(S::Between));
        kit.run(&subject, |_, context| context.push(S::Top));
        // Base would handle it, but Between leads elsewhere: Top is popped for that.
        kit.tell(&subject, A);
        let lines = ["enter Base", "enter Between", "enter Top", "leave Top", "leave Between", "enter Other"];
        kit.expect(&lines).await;
    }

    an_event_pops_as_many_states_as_it_takes(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| context.push(S::Top));
        kit.run(&subject, |_, context| context.push(S::Top));
        kit.tell(&subject, B);
        let lines = ["enter Base", "enter Top", "enter Top", "leave Top", "leave Top", "leave Base", "enter Other"];
        kit.expect(&lines).await;
    }

    what_is_above_does_not_count_once_popped(kit) {
        let subject = kit.subject();
        kit.tell(&subject, C);
        kit.run(&subject, |_, context| context.pop());
        kit.tell(&subject, E);
        kit.expect(&["enter Base", "enter Over", "leave Over"]).await;
        assert_eq!(subject.inbox_len(), 0);
    }

    deferred_events_are_handled_by_the_state_that_is_pushed(kit) {
        let subject = kit.subject();
        kit.tell(&subject, D(1));
        kit.run(&subject, |_, context| context.push(S::Other));
        kit.expect(&["enter Base", "enter Other", "d1 in Other"]).await;
    }

    an_entry_action_can_push(kit) {
        let subject = kit.subject();
        kit.run(&subject, |subject, context| {
            subject.eager = Some(Box::new(|_, context| context.push(S::Over)));
            context.goto(S::Eager);
        });
        kit.tell(&subject, X);
        kit.expect(&["enter Base", "leave Base", "enter Eager", "enter Over", "x in Over"]).await;
    }

    an_entry_action_can_pop(kit) {
        let subject = kit.subject();
        kit.run(&subject, |subject, context| {
            subject.eager = Some(Box::new(|_, context| context.pop()));
            context.push(S::Eager);
        });
        kit.tell(&subject, A);
        kit.expect(&["enter Base", "enter Eager", "a in Base"]).await;
    }
}

fault! {
    an_event_without_a_rule_pops_all_and_fails(kit): "Subject(0) does not handle X in state Base" {
        let subject = kit.subject();
        kit.run(&subject, |_, context| context.push(S::Top));
        kit.tell(&subject, X);
    }

    the_only_state_cannot_be_popped(kit): "pops its only state, Base" {
        let subject = kit.subject();
        kit.run(&subject, |_, context| context.pop());
    }
}
