//! `do`, `goto`, and what a state inherits.

use coyote::actors::State;

use crate::subject::{A, B, E, Everywhere, F, G, S, X, Y};

rule! {
    the_start_state_is_entered_first(kit) {
        kit.subject();
        kit.expect(&["enter Base"]).await;
    }

    an_action_handles_and_stays(kit) {
        let subject = kit.subject();
        kit.tell(&subject, A);
        kit.tell(&subject, A);
        kit.expect(&["enter Base", "a in Base", "a in Base"]).await;
        assert_eq!(subject.state(), "Base");
    }

    goto_leaves_and_enters(kit) {
        let subject = kit.subject();
        kit.tell(&subject, B);
        kit.expect(&["enter Base", "leave Base", "enter Other"]).await;
        assert_eq!(subject.state(), "Other");
    }

    the_action_of_a_goto_comes_before_the_exit(kit) {
        let subject = kit.subject();
        kit.tell(&subject, F);
        kit.expect(&["enter Base", "f in Base", "leave Base", "enter Other"]).await;
    }

    goto_itself_leaves_and_enters(kit) {
        let subject = kit.subject();
        kit.tell(&subject, G);
        kit.expect(&["enter Base", "leave Base", "enter Base"]).await;
    }

    an_asked_goto_happens_after_the_action(kit) {
        let subject = kit.subject();
        kit.run(&subject, |subject, context| {
            context.goto(S::Other);
            subject.diary.write(format!("still in {}", context.state().name()));
        });
        kit.expect(&["enter Base", "still in Base", "leave Base", "enter Other"]).await;
    }

    an_entry_action_can_go_on(kit) {
        let subject = kit.subject();
        kit.run(&subject, |subject, context| {
            subject.eager = Some(Box::new(|_, context| context.goto(S::Other)));
            context.goto(S::Eager);
        });
        kit.expect(&["enter Base", "leave Base", "enter Eager", "enter Other"]).await;
    }

    the_state_after_a_goto_decides_about_the_next_event(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| {
            let me = context.id().clone();
            context.send(&me, B);
            context.send(&me, A);
            context.send(&me, E);
        });
        kit.expect(&["enter Base", "leave Base", "enter Other", "other a in Other", "e in Other"]).await;
    }

    a_rule_of_the_enum_holds_in_every_state(kit) {
        let subject = kit.subject();
        kit.tell(&subject, Everywhere);
        kit.tell(&subject, B);
        kit.tell(&subject, Everywhere);
        let lines = ["enter Base", "everywhere in Base", "leave Base", "enter Other", "everywhere in Other"];
        kit.expect(&lines).await;
    }

    a_group_overrides_the_enum(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| context.goto(S::Member));
        kit.tell(&subject, Everywhere);
        kit.expect(&["enter Base", "leave Base", "e in Family::Member"]).await;
    }

    a_member_has_the_rules_of_its_group(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| context.goto(S::Member));
        kit.tell(&subject, A);
        kit.expect(&["enter Base", "leave Base", "a in Family::Member"]).await;
        assert_eq!(subject.state(), "Family::Member");
    }

    a_member_overrides_its_group(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| context.goto(S::Member));
        kit.tell(&subject, X);
        kit.expect(&["enter Base", "leave Base", "other a in Family::Member"]).await;
    }

    a_state_inherits_from_a_state_that_inherits(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| context.goto(S::Child));
        kit.tell(&subject, X);
        kit.tell(&subject, Everywhere);
        kit.expect(&["enter Base", "leave Base", "other a in Child", "e in Child"]).await;
    }

    an_inherited_action_is_overridden_by_a_deferral(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| context.goto(S::Child));
        kit.tell(&subject, A);
        kit.expect(&["enter Base", "leave Base"]).await;
        assert_eq!(subject.inbox_len(), 1);
        kit.tell(&subject, B);
        kit.expect(&["enter Base", "leave Base", "enter Base", "a in Base"]).await;
    }

    entry_and_exit_actions_are_not_inherited(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| context.goto(S::Child));
        kit.tell(&subject, B);
        kit.expect(&["enter Base", "leave Base", "enter Base"]).await;
    }

    the_entry_action_can_take_the_event_of_a_goto(kit) {
        let subject = kit.subject();
        kit.run(&subject, |subject, _| {
            subject.eager = Some(Box::new(|subject, context| {
                let wrong = context.trigger::<A>().is_some();
                let right = context.trigger::<Y>().is_some();
                let again = context.trigger::<Y>().is_some();
                subject.diary.write(format!("{wrong} {right} {again}"));
            }));
        });
        kit.tell(&subject, Y);
        kit.expect(&["enter Base", "leave Base", "enter Eager", "false true false"]).await;
    }

    the_event_of_a_goto_is_gone_with_the_next_event(kit) {
        let subject = kit.subject();
        kit.tell(&subject, B);
        kit.run(&subject, |subject, context| {
            subject.diary.write(format!("{}", context.trigger::<B>().is_some()));
        });
        kit.expect(&["enter Base", "leave Base", "enter Other", "false"]).await;
    }

    an_asked_goto_has_no_event_to_take(kit) {
        let subject = kit.subject();
        kit.run(&subject, |subject, context| {
            subject.eager = Some(Box::new(|subject, context| {
                subject.diary.write(format!("{}", context.trigger::<Y>().is_some()));
            }));
            context.goto(S::Eager);
        });
        kit.expect(&["enter Base", "leave Base", "enter Eager", "false"]).await;
    }
}
