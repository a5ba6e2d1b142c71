//! Rules for any event, and for none.

use coyote::actors::{Context, EventGroup, Halt, State, machine};

use crate::harness::Diary;
use crate::subject::{A, B, D, E, S, X};

/// Raises an event when it is idle, twice.
struct Bored {
    diary: Diary,
    left: u32,
}

#[machine(Bored)]
enum BoredState {
    #[start]
    #[idle(do = bored)]
    #[on(A, do = raised)]
    Waiting,
}

impl Bored {
    fn bored(&mut self, context: &mut Context<Self>) {
        self.diary.write("bored");
        if self.left > 0 {
            self.left -= 1;
            context.raise(A);
        }
    }

    fn raised(&mut self) {
        self.diary.write("raised");
    }
}

/// Raises an event when it is idle, and goes on when it is idle again.
struct Wanderer(Diary);

#[machine(Wanderer)]
enum WandererState {
    #[start]
    #[idle(do = raise)]
    #[on(A, goto = There)]
    Here,
    #[entry(arrive)]
    #[idle(goto = Beyond)]
    There,
    #[entry(arrive)]
    Beyond,
}

impl Wanderer {
    fn raise(&mut self, context: &mut Context<Self>) {
        context.raise(A);
    }

    fn arrive(&mut self, context: &mut Context<Self>) {
        // Looked at, and left.
        let is_led_by_b = context.trigger::<B>().is_some();
        let is_last = context.state().name() == "Beyond";
        let is_led_by_a = is_last && context.trigger::<A>().is_some();
        self.0.write(format!("{} {is_led_by_b} {is_led_by_a}", context.state().name()));
    }
}

/// Has a group only while it acts.
struct Grouped {
    diary: Diary,
    left: u32,
}

#[machine(Grouped)]
enum GroupedState {
    #[start]
    #[idle(do = look)]
    #[on(A, do = stretch)]
    Awake,
}

impl Grouped {
    fn look(&mut self, context: &mut Context<Self>) {
        self.diary.write(format!("{:?}", context.group().map(EventGroup::name)));
        context.set_group(Some(EventGroup::new("a group")));
        if self.left > 0 {
            self.left -= 1;
            context.raise(A);
        }
    }

    fn stretch(&mut self) {}
}

rule! {
    no_event_leads_to_where_being_idle_leads(kit) {
        kit.runtime.create(Wanderer(kit.diary.clone()));
        kit.expect(&["There false false", "Beyond false false"]).await;
    }

    a_group_that_is_set_is_gone_with_the_action(kit) {
        kit.runtime.create(Grouped { diary: kit.diary.clone(), left: 1 });
        kit.expect(&["None", "None"]).await;
    }

    any_event_without_a_rule_is_handled(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| context.goto(S::Any));
        kit.tell(&subject, X);
        kit.tell(&subject, D(1));
        kit.expect(&["enter Base", "leave Base", "any X in Any", "any D in Any"]).await;
    }

    a_rule_for_the_event_comes_first(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| context.goto(S::Any));
        kit.tell(&subject, A);
        kit.expect(&["enter Base", "leave Base", "a in Any"]).await;
    }

    any_on_top_comes_before_what_is_below(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| context.push(S::Any));
        kit.tell(&subject, B);
        kit.tell(&subject, E);
        kit.tell(&subject, D(1));
        kit.expect(&["enter Base", "any B in Any", "any E in Any", "any D in Any"]).await;
    }

    any_is_inherited_from_below(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| context.goto(S::Any));
        kit.run(&subject, |_, context| context.push(S::Over));
        kit.tell(&subject, B);
        kit.tell(&subject, X);
        kit.expect(&["enter Base", "leave Base", "enter Over", "any B in Over", "x in Over"]).await;
    }

    deferring_any_leaves_what_has_a_rule(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| context.goto(S::Deferring));
        kit.tell(&subject, D(1));
        kit.tell(&subject, X);
        kit.tell(&subject, A);
        kit.expect(&["enter Base", "leave Base", "a in Deferring"]).await;
        assert_eq!(subject.inbox_len(), 2);
    }

    ignoring_any_leaves_what_has_a_rule(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| context.goto(S::Ignoring));
        kit.tell(&subject, X);
        kit.tell(&subject, A);
        kit.expect(&["enter Base", "leave Base", "a in Ignoring"]).await;
        assert_eq!(subject.inbox_len(), 0);
    }

    any_does_not_cover_halting(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| context.goto(S::Any));
        kit.tell(&subject, Halt);
        kit.expect(&["enter Base", "leave Base", "bye in Any"]).await;
        assert!(subject.is_halted());
    }

    deferring_any_does_not_cover_halting(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| context.goto(S::Deferring));
        kit.tell(&subject, Halt);
        kit.expect(&["enter Base", "leave Base", "bye in Deferring"]).await;
    }

    ignoring_any_does_not_cover_halting(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| context.goto(S::Ignoring));
        kit.tell(&subject, Halt);
        kit.expect(&["enter Base", "leave Base", "bye in Ignoring"]).await;
    }

    being_idle_is_acted_on_once(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| context.goto(S::Resting));
        kit.expect(&["enter Base", "leave Base", "rest in Resting"]).await;
    }

    being_idle_is_acted_on_again_after_an_event(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| context.goto(S::Resting));
        kit.runtime.quiescent().await;
        kit.tell(&subject, A);
        kit.expect(&["enter Base", "leave Base", "rest in Resting", "a in Resting", "rest in Resting"]).await;
    }

    one_with_something_to_do_is_not_idle(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| {
            let me = context.id().clone();
            context.send(&me, A);
            context.send(&me, A);
            context.goto(S::Resting);
        });
        kit.expect(&["enter Base", "leave Base", "a in Resting", "a in Resting", "rest in Resting"]).await;
    }

    being_idle_is_acted_on_again_after_an_event_that_it_raised(kit) {
        kit.runtime.create(Bored { diary: kit.diary.clone(), left: 2 });
        kit.expect(&["bored", "raised", "bored", "raised", "bored"]).await;
    }

    being_idle_is_acted_on_in_each_state_that_it_leads_to(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| context.goto(S::Nodding));
        kit.expect(&["enter Base", "leave Base", "rest in Resting"]).await;
    }

    being_idle_can_lead_to_another_state(kit) {
        let subject = kit.subject();
        kit.run(&subject, |_, context| context.goto(S::Leaving));
        kit.expect(&["enter Base", "leave Base", "enter Leaving", "leave Leaving", "enter Other"]).await;
    }

    the_idle_rule_of_a_state_below_does_not_count(kit) {
        let subject = kit.subject();
        kit.run(&subject, |subject, context| {
            subject.eager = Some(Box::new(|_, context| context.push(S::Top)));
            context.goto(S::Eager);
        });
        kit.run(&subject, |_, context| context.goto(S::Resting));
        kit.run(&subject, |_, context| context.push(S::Top));
        kit.runtime.quiescent().await;
        let rests = kit.diary.read().iter().filter(|line| *line == "rest in Resting").count();
        let in_top = kit.diary.read().iter().filter(|line| *line == "rest in Top").count();
        // In between it may or may not have been idle in Resting; on top of it, it is not.
        assert!(rests <= 1 && in_top == 0, "{:?}", kit.diary.read());
    }
}
