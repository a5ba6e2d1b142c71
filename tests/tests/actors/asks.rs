//! One thing may be asked for per action.

use crate::subject::{A, B, F, S};

fault! {
    goto_after_raise(kit): "asks for `goto` after `raise`" {
        let subject = kit.subject();
        kit.run(&subject, |_, context| {
            context.raise(A);
            context.goto(S::Other);
        });
    }

    raise_after_goto(kit): "asks for `raise` after `goto`" {
        let subject = kit.subject();
        kit.run(&subject, |_, context| {
            context.goto(S::Other);
            context.raise(A);
        });
    }

    two_raises(kit): "asks for `raise` after `raise`" {
        let subject = kit.subject();
        kit.run(&subject, |_, context| {
            context.raise(A);
            context.raise(A);
        });
    }

    pop_after_push(kit): "asks for `pop` after `push`" {
        let subject = kit.subject();
        kit.run(&subject, |_, context| context.push(S::Over));
        kit.run(&subject, |_, context| {
            context.push(S::Top);
            context.pop();
        });
    }

    halt_after_goto(kit): "asks for `halt` after `goto`" {
        let subject = kit.subject();
        kit.run(&subject, |_, context| {
            context.goto(S::Other);
            context.halt();
        });
    }

    raise_in_an_action_that_leads_elsewhere(kit): "the action for Run asks for something, but leads to Base" {
        let subject = kit.subject();
        kit.run(&subject, |_, context| context.goto(S::Both));
        kit.run(&subject, |_, context| context.raise(A));
    }

    an_exit_action_cannot_goto(kit): "asks for `goto` while it leaves Sticky" {
        let subject = kit.subject();
        kit.run(&subject, |subject, context| {
            subject.sticky = Some(Box::new(|_, context| context.goto(S::Other)));
            context.goto(S::Sticky);
        });
        kit.tell(&subject, B);
    }

    an_exit_action_cannot_raise(kit): "asks for `raise` while it leaves Sticky" {
        let subject = kit.subject();
        kit.run(&subject, |subject, context| {
            subject.sticky = Some(Box::new(|_, context| context.raise(A)));
            context.goto(S::Sticky);
        });
        kit.tell(&subject, B);
    }

    an_exit_action_cannot_halt(kit): "asks for `halt` while it leaves Sticky" {
        let subject = kit.subject();
        kit.run(&subject, |subject, context| {
            subject.sticky = Some(Box::new(|_, context| context.halt()));
            context.goto(S::Sticky);
        });
        kit.tell(&subject, B);
    }
}

rule! {
    an_exit_action_can_send(kit) {
        let subject = kit.subject();
        kit.run(&subject, |subject, context| {
            subject.sticky = Some(Box::new(|_, context| {
                let me = context.id().clone();
                context.send(&me, A);
            }));
            context.goto(S::Sticky);
        });
        kit.tell(&subject, B);
        kit.expect(&["enter Base", "leave Base", "leave Sticky", "enter Base", "a in Base"]).await;
    }

    each_action_may_ask_anew(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| context.raise(F));
        kit.run(&subject, |_, context| context.goto(S::Base));
        let lines = ["enter Base", "f in Base", "leave Base", "enter Other", "leave Other", "enter Base"];
        kit.expect(&lines).await;
    }
}
